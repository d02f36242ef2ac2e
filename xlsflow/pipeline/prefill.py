"""Chooses the rows that a region's next workbook is prefilled with: its own open rows, under their present ids.

A row is open if its table has a `follow` section and its status is neither done nor dropped. Rows of other tables are
prefilled if the caller names the table; forms never are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlsflow.errors import InputError, nearest_match
from xlsflow.i18n import LocalizedText, untranslated
from xlsflow.model.consolidated_book import ORIGIN

if TYPE_CHECKING:
    from xlsflow.model.consolidated_book import Book
    from xlsflow.model.progress import Progress
    from xlsflow.model.project import Project
    from xlsflow.template.loading.load import Library
    from xlsflow.template.model import DataBlock, Template

_FILE, _, _, _REGION, _ROUND = ORIGIN
# Stands in for an unknown time of saving, so that any file with a known one is later.
_LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)

_Row = dict[str, object]


@dataclass(frozen=True)
class PrefilledRows:
    """The rows of one region's workbook.

    Attributes:
        rows: Full block name -> its rows, as data.
        numbers: Full block name -> the first running number that no row has used.
        found: Whether there is any return of the region.
        round: The latest round that rows are from; empty where there is no row.
    """

    rows: Mapping[str, Sequence[_Row]]
    numbers: Mapping[str, int]
    found: bool
    round: str = ""


@dataclass(frozen=True)
class Prefill:
    """The book of an earlier round, and which of its rows are prefilled.

    Attributes:
        book: The book.
        templates: The sheets that go out.
        closed: Whether rows that are done or dropped are prefilled too.
        also: Sheets or blocks without a `follow` section whose rows are all prefilled.
    """

    book: Book
    templates: Sequence[Template]
    closed: bool = False
    also: frozenset[str] = frozenset()

    def of(self, region: str, year: int) -> PrefilledRows:
        """Return the rows of a region's workbook.

        Args:
            region: Its code.
            year: The year of the ids of new rows.
        """
        files = set(self._latest(region))
        rows: dict[str, Sequence[_Row]] = {}
        numbers: dict[str, int] = {}
        rounds: set[str] = set()
        for name, template, block in self._blocks():
            own = self._own[name].get(region, ())
            if next_number := self._next(name, block, own, (region, year)):
                numbers[name] = next_number
            if self._is_prefilled(template, block):
                columns = self._columns[name]
                latest = [position for position in own if columns[_FILE][position] in files]
                returned = _rows(columns, block, latest)
                prefilled = [row for row in returned if self._is_open(row, template, block)]
                rows |= {name: prefilled} if prefilled else {}
                rounds.update(str(columns[_ROUND][position]) for position in latest if prefilled)
        return PrefilledRows(rows, numbers, found=bool(files), round=max(rounds, default=""))

    @cached_property
    def _own(self) -> Mapping[str, Mapping[str, Sequence[int]]]:
        """Full block name -> region -> positions of its rows, found once for all regions."""
        found: dict[str, dict[str, list[int]]] = {name: {} for name, _, _ in self._blocks()}
        for name, regions in found.items():
            for position, region in enumerate(self.book.tables[name][_REGION].tolist()):
                regions.setdefault(region, []).append(position)
        return found

    @cached_property
    def _columns(self) -> Mapping[str, Mapping[str, Sequence[object]]]:
        """Full block name -> column -> its values as plain data, read once for all regions."""
        return {
            name: {column: _values(table[column]) for column in table.columns}
            for name, table in ((name, self.book.tables[name]) for name, _, _ in self._blocks())
        }

    def _blocks(self) -> Iterator[tuple[str, Template, DataBlock]]:
        """Yield every table that goes out and is in the book, with its full name."""
        for template in self.templates:
            for block in template.data:
                name = template.full_name(block)
                if block.has_rows and name in self.book.tables:
                    yield name, template, block

    def _latest(self, region: str) -> Iterator[str]:
        """Yield the names of the region's latest returns, one for each pack."""
        packs: dict[str, list[tuple[datetime, str, str]]] = {}
        for record in self.book.counted:
            if record.stamp.region == region:
                saved = record.saved or _LONG_AGO
                saved = saved if saved.tzinfo else saved.replace(tzinfo=UTC)
                packs.setdefault(record.stamp.pack, []).append((saved, record.stamp.round, record.file))
        yield from (max(files)[-1] for files in packs.values())

    def _is_prefilled(self, template: Template, block: DataBlock) -> bool:
        """Return whether rows of a block are prefilled at all."""
        return (
            bool(self.also & {template.name, template.full_name(block)}) or getattr(block, "follow", None) is not None
        )

    def _is_open(self, row: _Row, template: Template, block: DataBlock) -> bool:
        if self.also & {template.name, template.full_name(block)}:
            return True
        follow = getattr(block, "follow", None)
        if follow is None:
            return False
        return self.closed or row.get(follow.status) not in (*follow.done, *follow.dropped)

    def _next(self, name: str, block: DataBlock, own: Sequence[int], of: tuple[str, int]) -> int:
        """Return the number after the highest that a region has used in a block this year; 0 if it has used none.

        Args:
            name: Full name of the block.
            block: The block.
            own: Positions of the region's rows.
            of: The region's code, and the year.
        """
        region, year = of
        numbered = [field for field in block.columns if field.preset_value(1, year, region) is not None]
        used = (
            field.running_number(value, year, region)
            for field in numbered
            if field.name in self._columns[name]
            for position in own
            if (value := self._columns[name][field.name][position]) is not None
        )
        return max((number + 1 for number in used if number is not None), default=0)


def prefill_from(
    paths: Sequence[Path],
    project: Project,
    templates: Sequence[Template],
    library: Library,
    progress: Progress | None = None,
) -> Prefill:
    """Return the rows of an earlier round: those of a consolidated workbook, or of returns of any round of the project.

    Raises:
        InputError: A path is not there, or nothing in it was sent out for this project.
    """
    from xlsflow.pipeline.definitions import Definitions
    from xlsflow.pipeline.merge import merge_paths

    book = merge_paths(paths, Definitions(library, project, any_round=True), progress)
    if not book.counted:
        raise InputError("nothing_to_go_on_from", path=", ".join(map(str, paths)))
    return Prefill(book, templates)


def known_tables(names: Sequence[str], templates: Sequence[Template]) -> frozenset[str]:
    """Return the sheets or blocks that names stand for.

    Raises:
        InputError: There is none of that name with rows in it.
    """
    known: dict[str, str] = {}
    for template in templates:
        many = [template.full_name(block) for block in template.data if block.has_rows]
        known |= dict.fromkeys((*template.tab.both(), template.name), template.name) if many else {}
        known |= {name: name for name in many}
    for name in names:
        if name not in known:
            near = nearest_match(name, known)
            suggestion = (
                LocalizedText(f"（是不是“{near}”？）", f" (did you mean “{near}”?)") if near else untranslated("")
            )
            names_known = ", ".join(template.name for template in templates if template.name in known)
            raise InputError("no_such_table", table=name, near=suggestion, known=names_known)
    return frozenset(known[name] for name in names)


def _rows(columns: Mapping[str, Sequence[object]], block: DataBlock, positions: Sequence[int]) -> Iterator[_Row]:
    """Yield rows as field name -> value, without blanks and without fields that a workbook fills in itself."""
    names = [f.name for f in block.columns if f.name in columns and f.is_typed]
    for position in positions:
        yield {name: value for name in names if (value := columns[name][position]) is not None}


def _values(column: Any) -> list[object]:  # noqa: ANN401 - of pandas
    """Return a column as plain data, a blank as None."""
    values = zip(column.tolist(), column.isna().tolist(), strict=True)
    return [
        None if blank else value.to_pydatetime() if hasattr(value, "to_pydatetime") else value
        for value, blank in values
    ]
