"""Finds the cells of a form: beside each label, where it was issued or wherever it went."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from xlsflow.fileformat.cells import (
    a1,
    shown,
)
from xlsflow.findings import Diagnostic
from xlsflow.intake.recognition.find_table import missing
from xlsflow.intake.recognition.header_text import (
    bare,
    header,
    known_labels,
)
from xlsflow.intake.recognition.placed_block import (
    Columns,
    Found,
    SheetDiagnostic,
)
from xlsflow.intake.recognition.sheet_index import (
    KEY,
    Page,
)
from xlsflow.layout.sheet_layout import (
    FormCell,
    FormLayout,
)
from xlsflow.template.model import DataBlock

Spot = tuple[int, int]
"""Row and column of a label."""


@dataclass(frozen=True)
class WantedForm:
    """A form as it is looked for.

    Attributes:
        block: Its definition.
        place: Where it was issued.
        known: Every label and heading of the whole sheet, as it is compared.
    """

    block: DataBlock
    place: FormLayout
    known: frozenset[str]

    @cached_property
    def labels(self) -> Mapping[str, frozenset[str]]:
        """Field -> the labels that it is or was known by, as they are compared."""
        by_field: dict[str, set[str]] = {cell.field: set() for cell in self.place.cells}
        for text, name in known_labels(self.block.columns).items():
            by_field[name].add(text)
        computed = [field for field in self.block.columns if field.computed]
        for field in computed:
            by_field[field.name] = {header(text) for text in field.label.both()}
        return {name: frozenset(texts) for name, texts in by_field.items()}

    @cached_property
    def columns(self) -> Columns:
        """Its cells as they were issued."""
        return {cell.field: (cell.row, cell.value.first) for cell in self.place.cells}


def find_form(wanted: WantedForm, page: Page, shift: int, after: int, limit: Callable[[], int]) -> Found | None:
    """Return where a form lies; None where not one of its labels is there.

    Args:
        wanted: The form.
        page: The sheet.
        shift: How many rows below its issued place it is looked for first.
        after: The first row that it can begin in.
        limit: Gives the row behind the last one that it can have; asked only where a label is not in its place.
    """
    cells = wanted.place.cells
    if all(page.says(cell.row + shift, cell.label.first, wanted.labels[cell.field]) for cell in cells):
        columns = wanted.columns
        if shift:
            columns = {cell.field: (cell.row + shift, cell.value.first) for cell in cells}
        return Found(wanted.place.first_row + shift, shift, wanted.place.first_row + shift, columns)
    bounds = after, limit()
    spots = _spots(wanted, page, shift, bounds)
    return _from_labels(wanted, page, spots, bounds) if spots else None


def _spots(wanted: WantedForm, page: Page, shift: int, bounds: tuple[int, int]) -> dict[str, Spot]:
    """Return field -> where its label stands: as far from its issued place as the label before, or the nearest one."""
    spots: dict[str, Spot] = {}
    for cell in wanted.place.cells:
        row, col, texts = cell.row + shift, cell.label.first, wanted.labels[cell.field]
        if page.says(row, col, texts):
            spots[cell.field] = row, col
            continue
        standing = {spot for text in texts for spot in page.texts.get(text, ()) if bounds[0] <= spot[0] < bounds[1]}
        standing -= set(spots.values())
        if standing:
            spot = min(standing, key=lambda s: (abs(s[0] - row), abs(s[1] - col), s))
            spots[cell.field] = spot
            shift = spot[0] - cell.row
    return spots


def _from_labels(wanted: WantedForm, page: Page, spots: Mapping[str, Spot], bounds: tuple[int, int]) -> Found:
    """Return a form of which labels were found; the others are where they were issued, unless others stand there."""
    columns: dict[str, tuple[int | None, int]] = {}
    remarks: list[SheetDiagnostic] = []
    cells = wanted.place.cells
    for cell in cells:
        if cell.field in spots:
            columns[cell.field] = _beside(page, spots[cell.field], cell)
    for number, cell in enumerate(cells):
        if cell.field in columns or wanted.block.field(cell.field).computed:
            continue
        taken = {*spots.values(), *columns.values()}
        near = _issued(cells, number, spots)
        free = (spot for spot in near if bounds[0] <= spot[0] < bounds[1] and _is_free(wanted, page, cell, spot, taken))
        spot = next(free, None)
        if spot is not None:
            columns[cell.field] = _usual(spot, cell)
            said = shown(page.grid.at(*spot))
            remarks.append(SheetDiagnostic(page.grid.name, Diagnostic("label_changed"), cell.field, a1(*spot), said))
    remarks += missing(wanted.block.columns, columns, page)
    top = min(row for row, _ in spots.values())
    last = next(cell for cell in reversed(cells) if cell.field in spots)
    shift = spots[last.field][0] - last.row
    return Found(top, shift, top, columns, tuple(remarks))


def _is_free(
    wanted: WantedForm, page: Page, cell: FormCell, spot: Spot, taken: AbstractSet[tuple[int | None, int]]
) -> bool:
    """Return whether a cell can be a label that was changed: no other label or heading stands there, but something."""
    value = _usual(spot, cell)
    if spot in taken or value in taken:
        return False
    text = page.grid.at(*spot)
    if text is None:
        return page.grid.at(*value) is not None
    return not (
        isinstance(text, str) and (text.startswith(KEY) or not wanted.known.isdisjoint((header(text), bare(text))))
    )


def _issued(cells: Sequence[FormCell], number: int, spots: Mapping[str, Spot]) -> Iterator[Spot]:
    """Yield where a label was issued, moved like its neighbours: those of its line, the one before, the one behind."""
    cell = cells[number]
    near = [*reversed([one for one in cells[:number] if one.field in spots])][:1]
    near += [one for one in cells[number + 1 :] if one.field in spots][:1]
    for one in sorted(near, key=lambda one: one.row != cell.row):
        row, col = spots[one.field]
        yield cell.row + row - one.row, cell.label.first + col - one.label.first


def _usual(spot: Spot, cell: FormCell) -> tuple[int, int]:
    """Return the cell as far right of a label as it was issued."""
    return spot[0], spot[1] + cell.value.first - cell.label.first


def _beside(page: Page, spot: Spot, cell: FormCell) -> tuple[int, int]:
    """Return the cell right of a label: behind its merged cells, else as far as it was issued."""
    row, col = spot
    _, right = page.merged.get(spot, (row, -1))
    return (row, right + 1) if right > col else _usual(spot, cell)
