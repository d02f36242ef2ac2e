"""Finds what concerns several files: a row that is there twice, a key used elsewhere, a cell filled differently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

from xlsflow.fileformat.cells import a1, display_text
from xlsflow.fileformat.stamp import COORDINATOR_KIND
from xlsflow.findings import Finding, Location, Severity, cell_row
from xlsflow.i18n import LocalizedText, untranslated
from xlsflow.model.consolidated_book import ROW_SOURCE

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.fileformat.cells import Scalar
    from xlsflow.model.consolidated_book import BlockOutline
    from xlsflow.model.proposals import Proposal
    from xlsflow.model.returns import Return

_NUMBER, _SHEET, _ROW, _CELL = ROW_SOURCE
# Number of the return, sheet and address of the key of a row.
_Place = tuple[int, str, str]

Found = Iterator[tuple[int, Finding]]
"""Findings, each with the number of the return that it is about."""


@dataclass(frozen=True)
class AcrossFiles:
    """Finds what concerns several of the files of a merge.

    Attributes:
        returns: The files.
        outlines: Full block name -> what is known of the block.
    """

    returns: Sequence[Return]
    outlines: Mapping[str, BlockOutline]

    def repeated(self, name: str, table: pd.DataFrame, repeated: Mapping[int, int]) -> Found:
        """Yield a finding at every row that is the same as another one of its return."""
        outline = self.outlines[name]
        for position, first in sorted(repeated.items()):
            here, there = self._place(table, position), self._place(table, first)
            if here not in self._errors:
                key = str(table[outline.key].iloc[position])
                yield here[0], row_twice(self._location(here, name), key, there[1:])

    def clashes(self, name: str, rows: pd.DataFrame) -> Found:
        """Yield a finding at every row of the data whose key is that of something else in another file."""
        key_field = self.outlines[name].key
        if not key_field or not rows[key_field].duplicated().any():
            return
        shared = rows[rows[key_field].duplicated(keep=False)]
        by_key: dict[str, list[_Place]] = {}
        columns = (shared[column].tolist() for column in (key_field, _NUMBER, _SHEET, _CELL))
        for key, *place in zip(*columns, strict=True):
            by_key.setdefault(str(key), []).append(cast("_Place", tuple(place)))
        for key, places in by_key.items():
            for here in places:
                there = next((place for place in places if place[0] != here[0]), None)
                if there is not None and here not in self._errors:
                    facts = {"other": self._address(there)}
                    yield here[0], Finding("used_elsewhere", self._location(here, name), key, facts)

    def conflicts(self, proposals: Sequence[Proposal]) -> Found:
        """Yield a finding for each cell that two colleagues filled differently."""
        numbers = {returned.record.file: number for number, returned in enumerate(self.returns)}
        for proposal in proposals:
            if proposal.kind != "conflict" or not proposal.row:
                continue
            number = numbers[proposal.file]
            fields = self.returns[number].positions.get((proposal.sheet, proposal.block), {})
            row, col = fields.get(proposal.field, (None, 0))
            cell = a1(proposal.row - 1 if row is None else row, col)
            location = Location(proposal.file, proposal.sheet, cell, proposal.block, proposal.field)
            current = _shown(proposal.current)
            yield (
                number,
                Finding("cell_conflict", location, _shown(proposal.value), {"key": proposal.key, "current": current}),
            )

    def news(
        self, found: Mapping[int, Sequence[Finding]], tables: Mapping[str, pd.DataFrame]
    ) -> Mapping[int, Sequence[Finding]]:
        """Return the findings of each file; of the coordinator's edits, without those that repeat a return's.

        An edit is checked as a whole row. What was found before in cells that the coordinator has left alone is a
        matter of the return; what the edit causes there, such as a start after the new due date, is found only now.

        Args:
            found: Number of a return -> its findings.
            tables: Full block name -> the rows of all returns.
        """
        edits = [n for n, returned in enumerate(self.returns) if returned.record.stamp.kind == COORDINATOR_KIND]
        if not any(found.get(number) for number in edits):
            return found
        keys: dict[tuple[str, int, str, int], str] = {}
        for name, table in tables.items():
            if key := self.outlines[name].key:
                places = zip(*(table[column].tolist() for column in (_NUMBER, _SHEET, _ROW, key)), strict=True)
                keys |= {(name, number, sheet, row): str(text) for number, sheet, row, text in places}

        def cell(number: int, finding: Finding) -> tuple[str, str, str]:
            at = finding.location
            return at.block, keys.get((at.block, number, at.sheet, cell_row(at.cell)), ""), at.field

        told = {cell(n, finding) for n, findings in found.items() if n not in edits for finding in findings}

        def is_new(number: int, finding: Finding) -> bool:
            block, key, name = at = cell(number, finding)
            return name in self.returns[number].touched.get(block, {}).get(key, (name,)) or not key or at not in told

        return {n: [f for f in lines if n not in edits or is_new(n, f)] for n, lines in found.items()}

    @cached_property
    def _errors(self) -> frozenset[_Place]:
        """Number, sheet and cell of every error of the files by themselves: one cell, one finding."""
        found = ((number, f) for number, returned in enumerate(self.returns) for f in returned.findings)
        return frozenset(
            (number, f.location.sheet, f.location.cell) for number, f in found if f.severity == Severity.ERROR
        )

    def _place(self, table: pd.DataFrame, position: int) -> _Place:
        number, sheet, cell = (table[column].iloc[position] for column in (_NUMBER, _SHEET, _CELL))
        return int(str(number)), str(sheet), str(cell)

    def _location(self, place: _Place, name: str) -> Location:
        outline = self.outlines[name]
        return Location(self.returns[place[0]].record.file, place[1], place[2], name, outline.key, outline.label)

    def _address(self, place: _Place) -> LocalizedText:
        number, sheet, cell = place
        file = self.returns[number].record.file
        return LocalizedText(f"《{file}》{sheet} {cell}", f"{file}, sheet {sheet}, {cell}")


def row_twice(here: Location, key: str, there: tuple[str, str]) -> Finding:
    """Return the finding of a row that is the same as another one of its return.

    Args:
        here: Its key.
        key: The value of that.
        there: Sheet and cell of the key of the other row.
    """
    sheet, cell = there
    other = LocalizedText(f"{sheet} {cell}", f"sheet {sheet}, {cell}")
    return Finding("row_twice", here, key, {"other": untranslated(cell) if sheet == here.sheet else other})


def _shown(value: object) -> str:
    """Return a value of the data as a finding shows it."""
    return display_text(cast("Scalar", value))
