"""Turns violations into diagnostics: at most one for each cell, with the facts that its message needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from xlsflow.checks.constraints import (
    Constraint,
    ValueConstraint,
    fields_involved,
    is_error,
)
from xlsflow.checks.context import CheckContext
from xlsflow.fileformat.cells import display_text
from xlsflow.findings import Diagnostic
from xlsflow.i18n import LocalizedText
from xlsflow.model.returns import JoinedRows, RowDiagnostic
from xlsflow.template.expressions.expression import (
    Compare,
    Count,
    Ref,
    Unique,
)
from xlsflow.template.model import DataBlock
from xlsflow.template.rules import RowConstraint

Violation = tuple[int, int]
"""Number of a constraint, and position of a record that violates it."""
UnreadCells = Collection[tuple[int, str]]
"""Cells (position and field) that could not be read: neither they nor constraints on them get further findings."""


def file_numbers(batch: JoinedRows) -> list[int]:
    """Return the file number of each record; uniqueness applies within a file."""
    pairs = zip(batch.files, batch.tables, strict=True)
    return [file for file, table in pairs for _ in table.rows]


@dataclass(frozen=True)
class DiagnosticBuilder:
    """Turns the violations of a block into diagnostics.

    Attributes:
        batch: The values.
        block: Their definition.
        context: What they were validated against.
        constraints: The constraints; a violation has an index into them.
        unread: Cells that could not be read.
    """

    batch: JoinedRows
    block: DataBlock
    context: CheckContext
    constraints: Sequence[Constraint]
    unread: UnreadCells

    def diagnostics(self, violations: Iterable[Violation]) -> list[RowDiagnostic]:
        """Return at most one diagnostic for each cell: the first error in order of precedence, else a warning."""
        unread = frozenset(self.unread)
        unread_fields = frozenset(name for _, name in unread)
        involved = [fields_involved(constraint, self.block) & unread_fields for constraint in self.constraints]
        ranks = [(not is_error(constraint), number) for number, constraint in enumerate(self.constraints)]
        first: dict[tuple[int, str], int] = {}
        for number, position in violations:
            # A value that could not be read is missing here, so a constraint on it would be violated for no reason.
            if any((position, name) in unread for name in involved[number]) or self._is_first_use(number, position):
                continue
            cell = position, self._field_at_fault(number, position)
            if cell not in first or ranks[number] < ranks[first[cell]]:
                first[cell] = number
        order = {field.name: index for index, field in enumerate(self.block.columns)}
        cells = sorted(first, key=lambda cell: (cell[0], order[cell[1]]))
        return [self._diagnostic(first[cell], *cell) for cell in cells]

    def _diagnostic(self, number: int, position: int, at: str) -> RowDiagnostic:
        constraint = self.constraints[number]
        if isinstance(constraint, ValueConstraint):
            diagnostic = constraint.diagnostic(self.batch.values[at][position])
            assert diagnostic is not None
            return RowDiagnostic(position, at, diagnostic)
        also = self._first_use(constraint.must.field.field, position) if isinstance(constraint.must, Unique) else None
        return RowDiagnostic(position, at, Diagnostic(constraint.code, dict(self._facts(constraint, position))), also)

    def _is_first_use(self, number: int, position: int) -> bool:
        """Return whether a repeated value occurs here first: only its repetitions are reported."""
        constraint = self.constraints[number]
        if isinstance(constraint, ValueConstraint) or not isinstance(constraint.must, Unique):
            return False
        return self._first_use(constraint.must.field.field, position) == position

    def _first_use(self, name: str, position: int) -> int:
        return self._first_uses(name)[self._files[position], self.batch.values[name][position]]

    @cached_property
    def _files(self) -> Sequence[int]:
        return file_numbers(self.batch)

    @cached_property
    def _cached_first_uses(self) -> dict[str, Mapping[tuple[int, object], int]]:
        return {}

    def _first_uses(self, name: str) -> Mapping[tuple[int, object], int]:
        """Return file and value -> position of its first use."""
        if name not in self._cached_first_uses:
            uses: dict[tuple[int, object], int] = {}
            for position, use in enumerate(zip(self._files, self.batch.values[name], strict=True)):
                uses.setdefault(use, position)
            self._cached_first_uses[name] = uses
        return self._cached_first_uses[name]

    def _counted(self, constraint: RowConstraint, position: int) -> list[str]:
        """Return the fields of a group that have one of the codes which a constraint counts."""
        match constraint.must:
            case Compare(left=Count(group=ref, codes=codes)):
                columns = self.block.groups.get(f"{ref.field}.{ref.part}" if ref.part else ref.field, ())
                return [name for name in columns if self.batch.values[name][position] in codes]
        return []

    def _field_at_fault(self, number: int, position: int) -> str:
        """Return the field that gets the finding: for a code that occurs too often, the second field with it."""
        constraint = self.constraints[number]
        if isinstance(constraint, RowConstraint) and constraint.code == "not_exactly_one":
            counted = self._counted(constraint, position)
            return counted[1] if len(counted) > 1 else constraint.at
        return constraint.at

    def _facts(self, constraint: RowConstraint, position: int) -> Iterator[tuple[str, str | LocalizedText]]:
        if constraint.sentence:
            # The messages of counting rules have a place for the code rather than for a sentence.
            is_count = constraint.code in ("not_exactly_one", "none_of")
            yield ("code" if is_count else "sentence"), constraint.sentence
        if constraint.code == "not_exactly_one":
            yield "count", str(len(self._counted(constraint, position)))
        if constraint.other:
            yield "other", constraint.other
            match constraint.must:
                case Compare(right=Ref(field=name)):
                    yield "other_value", _value_text(self.batch.values[name][position])
        if constraint.code == "in_future" and self.context.as_of:
            yield "as_of", self.context.as_of.isoformat()


def _value_text(value: object) -> str:
    assert isinstance(value, str | float | int | date | None)
    return display_text(value)
