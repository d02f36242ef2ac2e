"""Broken demands -> faults: at most one a cell, each with the facts that its sentence needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import repeat

from xlsflow.cells import shown
from xlsflow.checks.context import Context
from xlsflow.checks.demands import Demand, Limit, is_error, spoken_of
from xlsflow.findings import Problem
from xlsflow.records import Batch, Fault
from xlsflow.template.expr import Compare, Count, Ref, Unique
from xlsflow.template.model import DataBlock
from xlsflow.template.rules import Check
from xlsflow.words import Words

Break = tuple[int, int]
"""Number of a demand, and position of a record that does not keep it."""
Skip = Collection[tuple[int, str]]
"""Cells, as position and field, that could not be read: nothing more is said of them, nor of what depends on them."""


def sources(batch: Batch) -> list[int]:
    """Return for each record the number of its file: an id is unique within one return."""
    return [file for table in batch.tables for file in repeat(table.file, len(table.rows))]


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

    batch: Batch
    block: DataBlock
    context: Context
    asked: Sequence[Demand]
    skip: Skip

    def faults(self, breaks: Iterable[Break]) -> list[Fault]:
        """Return at most one fault a cell: the first error in the order of what is asked, else the first warning."""
        skip = self.skip if isinstance(self.skip, set | frozenset) else frozenset(self.skip)
        unread = {name for _, name in skip}
        found: dict[tuple[int, str], tuple[tuple[bool, int], Fault]] = {}
        for number, position in sorted(breaks):
            demand = self.asked[number]
            if any((position, name) in skip for name in self._spoken[number] & unread):
                continue
            rank = (not is_error(demand), number)
            fault = self._fault(demand, position)
            if fault is not None:
                cell = (position, fault.field)
                if cell not in found or rank < found[cell][0]:
                    found[cell] = rank, fault
        order = {field.name: place for place, field in enumerate(self.block.columns)}
        return [found[cell][1] for cell in sorted(found, key=lambda cell: (cell[0], order[cell[1]]))]

    @cached_property
    def _spoken(self) -> Sequence[frozenset[str]]:
        return [spoken_of(demand, self.block) for demand in self.asked]

    def _fault(self, demand: Demand, position: int) -> Fault | None:
        """Return a break as a fault; None for the first use of a value that others repeat."""
        if isinstance(demand, Limit):
            problem = demand.problem(self.batch.values[demand.at][position])
            assert problem is not None
            return Fault(position, demand.at, problem)
        also = None
        if isinstance(demand.must, Unique):
            also = self._first_use(demand.must.field.field, position)
            if also == position:
                return None
        at = self._bearer(demand, position)
        return Fault(position, at, Problem(demand.code, dict(self._facts(demand, position))), also)

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

    def _bearer(self, check: Check, position: int) -> str:
        """Return the field that bears a break: of a code that stands too often, the second cell that holds it."""
        if check.code == "not_exactly_one" and len(counted := self._counted(check, position)) > 1:
            return counted[1]
        return check.at

    def _facts(self, check: Check, position: int) -> Iterator[tuple[str, str | Words]]:
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
