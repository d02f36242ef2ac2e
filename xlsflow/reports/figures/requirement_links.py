"""Finds the rows that belong to each requirement, along the references that the definitions have.

A row belongs to the requirements that it names. A row that names none belongs to those of the rows that it refers to
(an issue to those of its task), and else to those of the rows that refer to it (an action to those of its task). The
first form on a sheet stands for the whole sheet: every other row there refers to it (an action to its meeting).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from xlsflow.model.consolidated_book import ORIGIN
from xlsflow.reports.figures.columns import column_values

if TYPE_CHECKING:
    from xlsflow.reports.inputs import ReportInputs
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import DataBlock, Template

_DefinedBlocks = Mapping[str, tuple["Template", "DataBlock"]]
_RowIds = Mapping[int, tuple[str, ...]]


class Reference(NamedTuple):
    """A way from a row to the rows that it belongs to.

    Attributes:
        target: Full name of the block of those rows.
        field: Field with the reference; empty for the form that stands for the whole sheet.
        to: Field of those rows that has the same value.
    """

    target: str
    field: str = ""
    to: str = ""


@dataclass(frozen=True)
class BlockGraph:
    """The references between blocks.

    Attributes:
        roots: Full names of the blocks of requirements.
        references: Full name of a block -> its references to other blocks.
    """

    roots: frozenset[str]
    references: Mapping[str, tuple[Reference, ...]]

    @cached_property
    def order(self) -> tuple[str, ...]:
        """All blocks, requirements first; a block comes after those that it refers to, else in the given order."""
        order: list[str] = []
        begun: set[str] = set()

        def visit(name: str) -> None:
            if name not in begun and name in self.references:
                begun.add(name)  # before its targets: blocks may refer to each other in a circle
                for reference in self.references[name]:
                    visit(reference.target)
                order.append(name)

        for name in (*(name for name in self.references if name in self.roots), *self.references):
            visit(name)
        return tuple(order)

    @cached_property
    def is_circular(self) -> bool:
        """Whether a block refers to one that comes after it: blocks refer to each other."""
        place = {name: number for number, name in enumerate(self.order)}
        return any(
            place.get(reference.target, -1) > place[name]
            for name, references in self.references.items()
            for reference in references
        )

    @cached_property
    def linked(self) -> frozenset[str]:
        """The blocks whose rows can belong to a requirement, requirements included."""
        linked = set(self.roots)
        for name in self.order:
            if any(reference.target in linked for reference in self.references[name]):
                linked.add(name)
        for name in reversed(self.order):
            if name in linked:
                linked.update(reference.target for reference in self.references[name])
        return frozenset(linked & {*self.order})


def block_graph(
    blocks: _DefinedBlocks, fields: Callable[[str], Sequence[FieldBase]], roots: Iterable[str]
) -> BlockGraph:
    """Return the references between blocks.

    Args:
        blocks: Full name of a block -> its definition.
        fields: Returns the fields of a block.
        roots: Full names of the blocks of requirements.
    """
    references: dict[str, tuple[Reference, ...]] = {}
    for name, (template, _) in blocks.items():
        named = [_reference(field) for field in fields(name) if field.to]
        form = next((template.full_name(block) for block in template.data if not block.has_rows), "")
        if form in blocks:
            named.append(Reference(form))
        # A task that names another task follows it; neither belongs to the other.
        references[name] = tuple(reference for reference in named if reference.target != name)
    return BlockGraph(frozenset(roots), references)


def _reference(field: FieldBase) -> Reference:
    block, _, to = field.to.rpartition(".")
    return Reference(block, field.name, to)


class RequirementLinks:
    """Which rows of a book belong to which requirement.

    Attributes:
        graph: The references between the blocks of the book.
    """

    def __init__(self, inputs: ReportInputs) -> None:
        """Follow the references of all rows.

        Args:
            inputs: What the report is made from.
        """
        roots = [name for name, (_, block) in inputs.blocks.items() if block.requirement]
        self.graph = block_graph(inputs.blocks, inputs.fields, roots)
        self._inputs = inputs
        self._filled: dict[tuple[str, str], Sequence[tuple[int, object]]] = {}
        self._own: dict[str, _RowIds] = {}
        self._found: dict[str, _RowIds] = {}
        order = self.graph.order * (2 if self.graph.is_circular else 1) if roots else ()
        for name in order:
            self._own[name] = self._ids_of_root(name) if name in roots else self._inherited(name)
        for name in reversed(order):
            self._found[name] = {**self._lent(name), **self._own[name]}

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """All requirements, those too that are only referred to."""
        return tuple(sorted({each for rows in self._found.values() for ids in rows.values() for each in ids}))

    def rows(self, name: str) -> Mapping[str, Sequence[int]]:
        """Return requirement -> positions of its rows in the table of a block."""
        rows: defaultdict[str, list[int]] = defaultdict(list)
        for position, ids in sorted(self._found.get(name, {}).items()):
            for each in ids:
                rows[each].append(position)
        return rows

    def _ids_of_root(self, name: str) -> _RowIds:
        key = self._inputs.blocks[name][1].key
        return {position: (str(value),) for position, value in self._values(name, key)}

    def _inherited(self, name: str) -> _RowIds:
        """Return the requirements of a block's rows: those that a row names, else those of the rows it refers to."""
        direct: dict[int, tuple[str, ...]] = {}
        further: dict[int, tuple[str, ...]] = {}
        for reference in self.graph.references[name]:
            filled = self._values(name, reference.field)
            if reference.target not in self._own or not filled:
                continue
            to_root = reference.target in self.graph.roots
            found = direct if to_root else further
            known = self._by_value(reference.target, reference.to, self._own[reference.target])
            key = self._inputs.blocks[reference.target][1].key
            for position, value in filled:
                # A requirement of an earlier round may not be in this book; what refers to it still tells of it.
                ids = known.get(value) or ((str(value),) if to_root and reference.to == key else ())
                if ids:
                    found[position] = _joined(found.get(position, ()), ids)
        return {**further, **direct}

    def _lent(self, name: str) -> _RowIds:
        """Return the requirements of rows without any of their own: those of the rows that refer to them."""
        lent: dict[int, tuple[str, ...]] = {}
        own = self._own[name]
        for other, found in self._found.items():
            for reference in self.graph.references[other]:
                if reference.target == name and found:
                    known = self._by_value(other, reference.field, found)
                    for position, value in self._values(name, reference.to):
                        if value in known and position not in own:
                            lent[position] = _joined(lent.get(position, ()), known[value])
        return lent

    def _by_value(self, name: str, field: str, found: _RowIds) -> Mapping[object, tuple[str, ...]]:
        """Return value of a field -> requirements of the rows with it."""
        known: dict[object, tuple[str, ...]] = {}
        for position, value in self._values(name, field) if found else ():
            if position in found:
                known[value] = _joined(known.get(value, ()), found[position])
        return known

    def _values(self, name: str, field: str) -> Sequence[tuple[int, object]]:
        """Return position and value of the rows of a block where a field is filled; without a field, their sheet."""
        if (name, field) not in self._filled:
            filled = enumerate(self._column(name, field))
            self._filled[name, field] = [(position, value) for position, value in filled if value is not None]
        return self._filled[name, field]

    def _column(self, name: str, field: str) -> Sequence[object]:
        table = self._inputs.book.tables[name]
        if not field:
            file, sheet, _, *region_and_round = ORIGIN
            return list(zip(*(table[column].tolist() for column in (file, sheet, *region_and_round)), strict=True))
        return column_values(table[field]) if field in table.columns else ()


def _joined(first: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return other if not first or first == other else tuple(dict.fromkeys((*first, *other)))
