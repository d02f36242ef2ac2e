"""Checks the references of one return by itself, without frames: what `references` finds where nothing else was sent.

A test holds both equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from xlsflow.checks.constraints import ValueConstraint
from xlsflow.checks.context import CheckContext
from xlsflow.checks.linked_rows import LinkedRows
from xlsflow.checks.references import Blocks, judged
from xlsflow.findings import Finding, Location, Severity
from xlsflow.model.returns import BlockRows, Return

# A block of the return, and the number of a record in it.
_Row = tuple[BlockRows, int]


def with_own_references(returned: Return, blocks: Blocks) -> Return:
    """Return a checked return with findings of the references that lead nowhere in it.

    Args:
        returned: The return, with the values of its blocks.
        blocks: The definitions of its pack.
    """
    found = tuple(_OwnReferences(returned, blocks).findings())
    return judged(returned, (*returned.findings, *found)) if found else returned


@dataclass(frozen=True)
class _OwnReferences:
    returned: Return
    blocks: Blocks

    def findings(self) -> Iterator[Finding]:
        """Yield the findings."""
        for name, rows in self._rows.items():
            yield from self._linked(name, rows)
            for field in self.blocks[name][1].columns:
                target = self._context.target(field.to) if field.to else None
                if target is None:  # where nobody has filled anything in, nothing can be checked against it
                    continue
                constraint = ValueConstraint(field.name, "reference", among=target)
                for row in rows:
                    value = _value(row, field.name)
                    diagnostic = constraint.diagnostic(value)
                    place = row[0].sheet, row[0].cell(row[1], field.name)
                    if diagnostic is None or place in self._reported or self._was_sent(row, field.name):
                        continue
                    location = Location(self.returned.record.file, *place, name, field.name, field.label)
                    yield Finding(diagnostic.code, location, str(value), diagnostic.facts)

    def _linked(self, name: str, rows: list[_Row]) -> Iterator[Finding]:
        block = self.blocks[name][1]
        places = {(table.sheet, table.rows[record] + 1): (table, record) for table, record in rows}
        columns = {field.name: [_value(row, field.name) for row in rows] for field in block.columns}
        for found in LinkedRows(name, block, [(0, *place) for place in places], columns).found():
            table, record = places[found.sheet, found.row]
            place = found.sheet, table.cell(record, found.field)
            if place not in self._reported:
                location = Location(self.returned.record.file, *place, name, found.field, block.label_of(found.field))
                yield Finding(found.code, location, found.value, found.facts)

    @cached_property
    def _rows(self) -> Mapping[str, list[_Row]]:
        """Full name of each block -> its rows; those without their key are left out."""
        rows: dict[str, list[_Row]] = {}
        for table in self.returned.blocks:
            key = self.blocks[table.full_name][1].key
            each = ((table, record) for record in range(len(table.rows)))
            kept = (row for row in each if not key or _value(row, key) is not None)
            rows.setdefault(table.full_name, []).extend(kept)
        return rows

    @cached_property
    def _context(self) -> CheckContext:
        """Every field that another refers to, with its values."""
        targets = {field.to for name in self._rows for field in self.blocks[name][1].columns if field.to}
        known = {target: values for target in targets if (values := self._known(target))}
        titles = {
            f"{name}.{field.name}": template.tab
            for name, (template, block) in self.blocks.items()
            for field in block.columns
        }
        return CheckContext(known=known, titles=titles)

    def _known(self, target: str) -> frozenset[object]:
        """Return every value of a field, with the keys that the workbook was sent out with."""
        name, _, field = target.rpartition(".")
        if name not in self._rows:
            return frozenset()
        values = (_value(row, field) for row in self._rows[name])
        present = frozenset(value for value in values if value is not None)
        if self.blocks[name][1].key != field:
            return present
        return present.union(self.returned.touched.get(name, ()), self.returned.gone.get(name, ()))

    def _was_sent(self, row: _Row, field: str) -> bool:
        """Return whether a cell is as the workbook was sent out: what we have written ourselves is no fault."""
        touched = self.returned.touched.get(row[0].full_name)
        if not touched:
            return False
        key = str(_value(row, self.blocks[row[0].full_name][1].key))
        return key in touched and field not in touched[key]

    @cached_property
    def _reported(self) -> frozenset[tuple[str, str]]:
        """Sheet and cell of every error and warning: one cell, one finding."""
        return frozenset(
            (f.location.sheet, f.location.cell) for f in self.returned.findings if f.severity != Severity.INFO
        )


def _value(row: _Row, name: str) -> object:
    table, record = row
    column = table.values.get(name)
    return column[record] if column else None
