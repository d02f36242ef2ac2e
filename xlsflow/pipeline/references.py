"""What a sheet refers to must stand somewhere: asked of everything that counts at once, of whatever files it came from.

A reference is no matter of one file: a task in one return may name a requirement in another, and a book that joins two
others may have what either lacked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import a1
from xlsflow.findings import (
    Finding,
    Location,
    Severity,
)

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.i18n import LocalizedText
    from xlsflow.model.records import (
        Gathered,
        Part,
    )
    from xlsflow.pipeline.session import Desk
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import DataBlock, Template

NOTHING = "refers_to_nothing"


def referred(gathered: Gathered, desk: Desk) -> Gathered:
    """Return what files say with the references that lead nowhere; what was said of them before is forgotten."""
    plain = tuple(_forgetful(part) for part in gathered.parts)
    return _References(replace(gathered, parts=plain), desk).gathered()


def _forgetful(part: Part) -> Part:
    """Return a file as it is without regard to any other."""
    kept = tuple(finding for finding in part.findings if finding.code != NOTHING)
    return _judged(part, kept) if len(kept) < len(part.findings) else part


def _judged(part: Part, findings: tuple[Finding, ...]) -> Part:
    """Return a file with other findings, and the status that follows from them."""
    wrong = any(finding.severity == Severity.ERROR for finding in findings)
    status = part.record.status if part.record.status == "refused" else "findings" if wrong else "ok"
    return replace(part, record=replace(part.record, status=status), findings=findings)


@dataclass(frozen=True)
class _References:
    """Everything that refers to something, and what may be referred to."""

    whole: Gathered
    desk: Desk

    def gathered(self) -> Gathered:
        """Return the files with what is to be said of them."""
        said: dict[int, list[Finding]] = {}
        for name in self.whole.tables:
            for number, finding in self._of_block(name):
                said.setdefault(number, []).append(finding)
        parts = tuple(
            _judged(part, (*part.findings, *said[number])) if number in said else part
            for number, part in enumerate(self.whole.parts)
        )
        return replace(self.whole, parts=parts)

    @cached_property
    def _packs(self) -> Mapping[str, list[int]]:
        """Pack -> the files of it that count."""
        from xlsflow.merge.precedence import standings

        packs: dict[str, list[int]] = {}
        for number, standing in enumerate(standings(self.whole.parts)):
            record = self.whole.parts[number].record
            if standing.counts and record.status != "refused" and record.stamp.pack:
                packs.setdefault(record.stamp.pack, []).append(number)
        return dict(sorted(packs.items()))

    @cached_property
    def _definitions(self) -> Mapping[str, Mapping[str, tuple[Template, DataBlock]]]:
        """Pack -> full name of a block -> its definition."""
        return {
            pack: {t.full_name(b): (t, b) for t in self.desk.pack(pack).templates for b in t.data}
            for pack in self._packs
        }

    def _of_block(self, name: str) -> Iterator[tuple[int, Finding]]:
        """Yield what is to be said of the references of one block, each with the number of its file."""
        table = self.whole.tables[name]
        for pack, numbers in self._packs.items():
            _, block = self._definitions[pack].get(name, (None, None))
            for field in block.columns if block else ():
                if field.to and field.name in table.columns:
                    yield from self._of_field(name, field, table[table["_part"].isin(numbers)])

    def _of_field(self, name: str, field: FieldBase, rows: pd.DataFrame) -> Iterator[tuple[int, Finding]]:
        from xlsflow.checks.constraints import ValueConstraint
        from xlsflow.checks.context import CheckContext

        known = self._known(field.to)
        target = CheckContext(known={field.to: known} if known else {}, titles=self._titles).target(field.to)
        if target is None:  # where nobody has filled anything in, nothing can be held against it
            return
        asked = ValueConstraint(field.name, "reference", among=target)
        lost = rows[rows[field.name].notna() & ~rows[field.name].isin(list(target.values))]
        columns = (lost["_part"], lost["_sheet"], lost["_row"], lost[field.name])
        for number, sheet, row, value in zip(*(column.tolist() for column in columns), strict=True):
            fixed, col = self.whole.parts[number].places.get((sheet, name), {}).get(field.name, (None, 0))
            cell = a1(row - 1 if fixed is None else fixed, col)
            diagnostic = asked.diagnostic(value)
            if diagnostic is not None and (number, sheet, cell) not in self._marked:
                place = Location(self.whole.parts[number].record.file, sheet, cell, name, field.name, field.label)
                yield number, Finding(diagnostic.code, place, str(value), diagnostic.facts)

    def _known(self, target: str) -> frozenset[object]:
        """Return every value of a field, of whatever file that counts; rows set aside are not among them."""
        name, _, field = target.rpartition(".")
        table = self.whole.tables.get(name)
        if table is None or field not in table.columns:
            return frozenset()
        counted = [number for numbers in self._packs.values() for number in numbers]
        return frozenset(table.loc[table["_part"].isin(counted), field].dropna())

    @cached_property
    def _titles(self) -> Mapping[str, LocalizedText]:
        """Full name of every field -> title of its sheet."""
        return {
            f"{name}.{field.name}": template.tab
            for blocks in reversed([*self._definitions.values()])
            for name, (template, block) in blocks.items()
            for field in block.columns
        }

    @cached_property
    def _marked(self) -> frozenset[tuple[int, str, str]]:
        """File, sheet and cell of everything that is wrong or doubtful already: one cell, one fault."""
        return frozenset(
            (number, finding.location.sheet, finding.location.cell)
            for number, part in enumerate(self.whole.parts)
            for finding in part.findings
            if finding.severity != Severity.INFO
        )
