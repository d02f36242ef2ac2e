"""Checks references over all files that count: a value must be in the data, of whatever file it came from.

A reference concerns more than one file: a task in one return may name a requirement in another, and a book that joins
two others may have what either lacked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from xlsflow.checks.constraints import ValueConstraint
from xlsflow.checks.context import CheckContext, ReferenceTarget
from xlsflow.checks.linked_rows import LINKED_CODES, LinkedRows, linking_fields
from xlsflow.fileformat.cells import a1
from xlsflow.findings import Finding, Location, Severity
from xlsflow.model.consolidated_book import ROW_SOURCE, ReturnSet
from xlsflow.model.returns import Return

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.i18n import LocalizedText
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import DataBlock, Template

_CODES = LINKED_CODES | {"refers_to_nothing"}

Blocks = Mapping[str, tuple["Template", "DataBlock"]]
"""Full name of a block -> its sheet and definition."""


def check_references(
    returns: ReturnSet, counted: Mapping[str, Sequence[int]], packs: Mapping[str, Blocks]
) -> ReturnSet:
    """Return returns with findings of the references that lead nowhere; earlier ones are discarded.

    Args:
        returns: The returns.
        counted: Pack -> numbers of the returns of it that count.
        packs: Pack -> the definitions of its blocks.
    """
    plain = tuple(_without_references(returned) for returned in returns.returns)
    return _References(replace(returns, returns=plain), counted, packs).checked()


def _without_references(returned: Return) -> Return:
    """Return a return without regard to any other."""
    findings = tuple(finding for finding in returned.findings if finding.code not in _CODES)
    return judged(returned, findings) if len(findings) < len(returned.findings) else returned


def judged(returned: Return, findings: tuple[Finding, ...]) -> Return:
    """Return a return with other findings, and the status that follows from them."""
    wrong = any(finding.severity == Severity.ERROR for finding in findings)
    # A refused file stays refused: nothing of it is in the data that references are checked against.
    status = returned.record.status if returned.record.status == "refused" else "findings" if wrong else "ok"
    return replace(returned, record=replace(returned.record, status=status), findings=findings)


@dataclass(frozen=True)
class _References:
    """All fields that refer to another, and the values that they may have."""

    whole: ReturnSet
    counted: Mapping[str, Sequence[int]]
    packs: Mapping[str, Blocks]

    def checked(self) -> ReturnSet:
        """Return the returns with the findings."""
        found: dict[int, list[Finding]] = {}
        for name in self.whole.tables:
            for number, finding in self._of_block(name):
                found.setdefault(number, []).append(finding)
        returns = tuple(
            judged(returned, (*returned.findings, *found[number])) if number in found else returned
            for number, returned in enumerate(self.whole.returns)
        )
        return replace(self.whole, returns=returns)

    def _of_block(self, name: str) -> Iterator[tuple[int, Finding]]:
        """Yield the findings of a block's references and linked rows, each with the number of its return."""
        table = self.whole.tables[name]
        for pack, numbers in self.counted.items():
            _, block = self.packs[pack].get(name, (None, None))
            if block is None:
                continue
            counts = table["_part"].isin(numbers)
            rows = table if counts.all() else table[counts]
            for field in block.columns:
                if field.to and field.name in table.columns:
                    yield from self._of_field(name, field, rows)
            yield from self._linked(name, block, rows)

    def _linked(self, name: str, block: DataBlock, rows: pd.DataFrame) -> Iterator[tuple[int, Finding]]:
        source = list(zip(*(rows[column].tolist() for column in ROW_SOURCE[:3]), strict=True))
        columns = {one: rows[one].tolist() for one in linking_fields(name, block) if one in rows.columns}
        for found in LinkedRows(name, block, source, columns).found():
            cell = self._cell(found.number, name, found.field, found.sheet, found.row)
            if (found.number, found.sheet, cell) not in self._reported:
                label = block.label_of(found.field)
                location = Location(self._file(found.number), found.sheet, cell, name, found.field, label)
                yield found.number, Finding(found.code, location, found.value, found.facts)

    def _file(self, number: int) -> str:
        return self.whole.returns[number].record.file

    def _cell(self, number: int, name: str, field: str, sheet: str, row: int) -> str:
        fixed, col = self.whole.returns[number].positions.get((sheet, name), {}).get(field, (None, 0))
        return a1(row - 1 if fixed is None else fixed, col)

    def _of_field(self, name: str, field: FieldBase, rows: pd.DataFrame) -> Iterator[tuple[int, Finding]]:
        target = self._target(field.to)
        if target is None:  # where nobody has filled anything in, nothing can be checked against it
            return
        constraint = ValueConstraint(field.name, "reference", among=target)
        lost = rows[rows[field.name].notna() & ~rows[field.name].isin(list(target.values))]
        columns = (lost["_part"], lost["_sheet"], lost["_row"], lost[field.name])
        for number, sheet, row, value in zip(*(column.tolist() for column in columns), strict=True):
            if self._was_sent(number, name, field.name, sheet, row):
                continue
            cell = self._cell(number, name, field.name, sheet, row)
            diagnostic = constraint.diagnostic(value)
            if diagnostic is not None and (number, sheet, cell) not in self._reported:
                location = Location(self._file(number), sheet, cell, name, field.name, field.label)
                yield number, Finding(diagnostic.code, location, str(value), diagnostic.facts)

    def _was_sent(self, number: int, name: str, field: str, sheet: str, row: int) -> bool:
        """Return whether a cell is as the workbook was sent out: what we have written ourselves is no fault."""
        touched = self.whole.returns[number].touched.get(name)
        if not touched:
            return False
        key = self._keys(name).get((number, sheet, row), "")
        return key in touched and field not in touched[key]

    @cached_property
    def _known_keys(self) -> dict[str, Mapping[tuple[int, str, int], str]]:
        return {}

    def _keys(self, name: str) -> Mapping[tuple[int, str, int], str]:
        """Return number, sheet and row -> key of the rows of a block."""
        if name not in self._known_keys:
            table, key = self.whole.tables[name], self.whole.outlines[name].key
            columns = (table[column].tolist() for column in (*ROW_SOURCE[:3], key))
            self._known_keys[name] = {
                (number, sheet, row): str(value) for number, sheet, row, value in zip(*columns, strict=True)
            }
        return self._known_keys[name]

    @cached_property
    def _known_targets(self) -> dict[str, ReferenceTarget | None]:
        return {}

    def _target(self, name: str) -> ReferenceTarget | None:
        """Return the values of a field that others refer to, None where there are none."""
        if name not in self._known_targets:
            known = self._known(name)
            context = CheckContext(known={name: known} if known else {}, titles=self._titles)
            self._known_targets[name] = context.target(name)
        return self._known_targets[name]

    def _known(self, target: str) -> frozenset[object]:
        """Return every value of a field, of all files that count; rows set aside are not among them."""
        name, _, field = target.rpartition(".")
        table = self.whole.tables.get(name)
        if table is None or field not in table.columns:
            return frozenset()
        counted = [number for numbers in self.counted.values() for number in numbers]
        present = frozenset(table.loc[table["_part"].isin(counted), field].dropna())
        outline = self.whole.outlines.get(name)
        return present | self._of_earlier_rounds(name) if outline and outline.key == field else present

    def _of_earlier_rounds(self, name: str) -> frozenset[object]:
        """Return the keys of a block that earlier rounds had, or that workbooks were sent out with."""
        history = {line.key for line in self.whole.history if line.block == name}
        sent = (key for r in self.whole.returns for rows in (r.touched, r.gone) for key in rows.get(name, ()))
        return frozenset((*history, *sent))

    @cached_property
    def _titles(self) -> Mapping[str, LocalizedText]:
        """Full name of every field -> title of its sheet."""
        return {
            f"{name}.{field.name}": template.tab
            # Reversed, so that of two packs that share a sheet the first one gives its title.
            for blocks in reversed([*self.packs.values()])
            for name, (template, block) in blocks.items()
            for field in block.columns
        }

    @cached_property
    def _reported(self) -> frozenset[tuple[int, str, str]]:
        """Return number, sheet and cell of every error and warning: one cell, one finding."""
        return frozenset(
            (number, finding.location.sheet, finding.location.cell)
            for number, returned in enumerate(self.whole.returns)
            for finding in returned.findings
            if finding.severity != Severity.INFO
        )
