"""Broken demands -> faults: at most one a cell, each with the facts that its sentence needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import repeat

from xlsflow.checks.constraints import (
    Demand,
    Limit,
    is_error,
    spoken_of,
)
from xlsflow.checks.context import Context
from xlsflow.fileformat.cells import shown
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
from xlsflow.template.rules import Check

Break = tuple[int, int]
"""Number of a demand, and position of a record that does not keep it."""
Skip = Collection[tuple[int, str]]
"""Cells, as position and field, that could not be read: nothing more is said of them, nor of what depends on them."""


def sources(batch: JoinedRows) -> list[int]:
    """Return for each record the number of its file: an id is unique within one return."""
    pairs = zip(batch.files, batch.tables, strict=True)
    return [file for number, table in pairs for file in repeat(number, len(table.rows))]


@dataclass(frozen=True)
class Bench:
    """What broken demands are turned into faults with.

    Attributes:
        batch: The values.
        block: Their definition.
        context: What they were checked against.
        asked: Everything that was asked.
        skip: Cells that could not be read.
    """

    batch: JoinedRows
    block: DataBlock
    context: Context
    asked: Sequence[Demand]
    skip: Skip

    def faults(self, breaks: Iterable[Break]) -> list[RowDiagnostic]:
        """Return at most one fault a cell: the first error in the order of what is asked, else the first warning."""
        skip = frozenset(self.skip)
        unread = frozenset(name for _, name in skip)
        spoken = [spoken_of(demand, self.block) & unread for demand in self.asked]
        ranks = [(not is_error(demand), number) for number, demand in enumerate(self.asked)]
        first: dict[tuple[int, str], int] = {}
        for number, position in breaks:
            if any((position, name) in skip for name in spoken[number]) or self._is_first_use(number, position):
                continue
            cell = position, self._bearer(number, position)
            if cell not in first or ranks[number] < ranks[first[cell]]:
                first[cell] = number
        order = {field.name: place for place, field in enumerate(self.block.columns)}
        cells = sorted(first, key=lambda cell: (cell[0], order[cell[1]]))
        return [self._fault(first[cell], *cell) for cell in cells]

    def _fault(self, number: int, position: int, at: str) -> RowDiagnostic:
        demand = self.asked[number]
        if isinstance(demand, Limit):
            diagnostic = demand.diagnostic(self.batch.values[at][position])
            assert diagnostic is not None
            return RowDiagnostic(position, at, diagnostic)
        also = self._first_use(demand.must.field.field, position) if isinstance(demand.must, Unique) else None
        return RowDiagnostic(position, at, Diagnostic(demand.code, dict(self._facts(demand, position))), also)

    def _is_first_use(self, number: int, position: int) -> bool:
        """Return whether a value that must be unique stands here first: only those that repeat it are at fault."""
        demand = self.asked[number]
        if isinstance(demand, Limit) or not isinstance(demand.must, Unique):
            return False
        return self._first_use(demand.must.field.field, position) == position

    def _first_use(self, name: str, position: int) -> int:
        return self._uses(name)[self._sources[position], self.batch.values[name][position]]

    @cached_property
    def _sources(self) -> Sequence[int]:
        return sources(self.batch)

    @cached_property
    def _known_uses(self) -> dict[str, Mapping[tuple[int, object], int]]:
        return {}

    def _uses(self, name: str) -> Mapping[tuple[int, object], int]:
        """Return file and value -> position of its first use."""
        if name not in self._known_uses:
            uses: dict[tuple[int, object], int] = {}
            for position, use in enumerate(zip(self._sources, self.batch.values[name], strict=True)):
                uses.setdefault(use, position)
            self._known_uses[name] = uses
        return self._known_uses[name]

    def _counted(self, check: Check, position: int) -> list[str]:
        """Return the cells of a group that hold one of the codes which a check counts."""
        match check.must:
            case Compare(left=Count(group=ref, codes=codes)):
                columns = self.block.groups.get(f"{ref.field}.{ref.part}" if ref.part else ref.field, ())
                return [name for name in columns if self.batch.values[name][position] in codes]
        return []

    def _bearer(self, number: int, position: int) -> str:
        """Return the field that bears a break: of a code that stands too often, the second cell that holds it."""
        demand = self.asked[number]
        if isinstance(demand, Check) and demand.code == "not_exactly_one":
            counted = self._counted(demand, position)
            return counted[1] if len(counted) > 1 else demand.at
        return demand.at

    def _facts(self, check: Check, position: int) -> Iterator[tuple[str, str | LocalizedText]]:
        if check.sentence:
            tally = check.code in ("not_exactly_one", "none_of")  # their words are a code, not a sentence
            yield ("code" if tally else "sentence"), check.sentence
        if check.code == "not_exactly_one":
            yield "count", str(len(self._counted(check, position)))
        if check.other:
            yield "other", check.other
            match check.must:
                case Compare(right=Ref(field=name)):
                    yield "other_value", _said(self.batch.values[name][position])
        if check.code == "in_future" and self.context.as_of:
            yield "as_of", self.context.as_of.isoformat()


def _said(value: object) -> str:
    assert isinstance(value, str | float | int | date | None)
    return shown(value)
