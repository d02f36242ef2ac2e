"""Finds the cells of a form: beside each label, at its planned position or wherever it was moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from xlsflow.fileformat.cells import a1, display_text
from xlsflow.fileformat.key_row import is_key
from xlsflow.findings import Diagnostic
from xlsflow.intake.recognition.find_table import missing_columns
from xlsflow.intake.recognition.header_text import known_labels, normalize_header, without_brackets
from xlsflow.intake.recognition.placed_block import BlockMatch, SheetDiagnostic
from xlsflow.intake.recognition.sheet_index import SheetIndex
from xlsflow.layout.sheet_layout import FormCell, FormLayout
from xlsflow.model.returns import FieldPositions
from xlsflow.template.model import DataBlock

LabelPosition = tuple[int, int]
"""Row and column of a label."""


@dataclass(frozen=True)
class FormSearch:
    """A form to be found on a sheet.

    Attributes:
        block: The form.
        layout: Its planned position.
        known: Every normalised label and heading of the whole sheet.
    """

    block: DataBlock
    layout: FormLayout
    known: frozenset[str]

    @cached_property
    def labels(self) -> Mapping[str, frozenset[str]]:
        """Field -> its normalised labels, present and former."""
        by_field: dict[str, set[str]] = {cell.field: set() for cell in self.layout.cells}
        for text, name in known_labels(self.block.columns).items():
            by_field[name].add(text)
        for field in self.block.columns:
            # Computed fields are not filled in, but their labels help to locate the form.
            if field.computed:
                by_field[field.name] = {normalize_header(text) for text in field.label.both()}
        return {name: frozenset(texts) for name, texts in by_field.items()}

    @cached_property
    def columns(self) -> FieldPositions:
        """The planned positions of its fields."""
        return {cell.field: (cell.row, cell.value.first) for cell in self.layout.cells}


def find_form(
    search: FormSearch, index: SheetIndex, shift: int, after: int, limit: Callable[[], int]
) -> BlockMatch | None:
    """Return where a form lies; None if none of its labels is there.

    Args:
        search: The form.
        index: The sheet.
        shift: How many rows below its planned position to look first.
        after: The first row that it may begin in.
        limit: Returns the row after the last one that it may have; called only if a label is not in its place.
    """
    cells = search.layout.cells
    if all(index.has_text(cell.row + shift, cell.label.first, search.labels[cell.field]) for cell in cells):
        columns = search.columns
        if shift:
            columns = {cell.field: (cell.row + shift, cell.value.first) for cell in cells}
        return BlockMatch(search.layout.first_row + shift, shift, search.layout.first_row + shift, columns)
    bounds = after, limit()
    labels = _find_labels(search, index, shift, bounds)
    return _match_by_labels(search, index, labels, bounds) if labels else None


def _find_labels(
    search: FormSearch, index: SheetIndex, shift: int, bounds: tuple[int, int]
) -> dict[str, LabelPosition]:
    """Return field -> position of its label: moved as far as the label before, otherwise the nearest match."""
    found: dict[str, LabelPosition] = {}
    for cell in search.layout.cells:
        row, col, texts = cell.row + shift, cell.label.first, search.labels[cell.field]
        if index.has_text(row, col, texts):
            found[cell.field] = row, col
            continue
        candidates = {
            position for text in texts for position in index.texts.get(text, ()) if bounds[0] <= position[0] < bounds[1]
        }
        # Two fields may have the same label; each occurrence belongs to one of them.
        candidates -= set(found.values())
        if candidates:
            nearest = min(candidates, key=lambda position: (abs(position[0] - row), abs(position[1] - col), position))
            found[cell.field] = nearest
            # Labels further down were most likely moved by the same inserted rows.
            shift = nearest[0] - cell.row
    return found


def _match_by_labels(
    search: FormSearch, index: SheetIndex, labels: Mapping[str, LabelPosition], bounds: tuple[int, int]
) -> BlockMatch:
    """Return a form from the labels that were found; fields without one are read at their planned position."""
    cells = search.layout.cells
    columns: dict[str, tuple[int | None, int]] = {
        cell.field: _value_beside(index, labels[cell.field], cell) for cell in cells if cell.field in labels
    }
    diagnostics: list[SheetDiagnostic] = []
    for number, cell in enumerate(cells):
        field = search.block.field(cell.field)
        # A computed field is worked out again anyway, so its cell is not needed. One that workbooks of another version
        # do not have is not looked for where other cells stand in them.
        if cell.field in columns or field.computed or field.since > 1 or field.retired:
            continue
        taken = {*labels.values(), *columns.values()}
        label = next(
            (
                position
                for position in _expected_labels(cells, number, labels)
                if bounds[0] <= position[0] < bounds[1] and _may_be_label(search, index, cell, position, taken)
            ),
            None,
        )
        if label is not None:
            columns[cell.field] = _planned_value(label, cell)
            text = display_text(index.grid.at(*label))
            diagnostics.append(
                SheetDiagnostic(index.grid.name, Diagnostic("label_changed"), cell.field, a1(*label), text)
            )
    diagnostics += missing_columns(search.block.columns, columns, index)
    top = min(row for row, _ in labels.values())
    # The blocks below moved like the end of the form, which rows inserted inside it moved further than its top.
    last = next(cell for cell in reversed(cells) if cell.field in labels)
    shift = labels[last.field][0] - last.row
    return BlockMatch(top, shift, top, columns, tuple(diagnostics))


def _may_be_label(
    search: FormSearch,
    index: SheetIndex,
    cell: FormCell,
    position: LabelPosition,
    taken: AbstractSet[tuple[int | None, int]],
) -> bool:
    """Return whether a cell may be a reworded label: it or its value is filled, and it is no other label or heading."""
    value = _planned_value(position, cell)
    if position in taken or value in taken:
        return False
    text = index.grid.at(*position)
    # A label that somebody deleted: only a filled value shows that the field is still there.
    if text is None:
        return index.grid.at(*value) is not None
    if not isinstance(text, str):
        return True
    return not is_key(text) and search.known.isdisjoint((normalize_header(text), without_brackets(text)))


def _expected_labels(
    cells: Sequence[FormCell], number: int, labels: Mapping[str, LabelPosition]
) -> Iterator[LabelPosition]:
    """Yield where a label should be, if it was moved like the nearest labels found before and after it."""
    cell = cells[number]
    near = [*reversed([other for other in cells[:number] if other.field in labels])][:1]
    near += [other for other in cells[number + 1 :] if other.field in labels][:1]
    for other in sorted(near, key=lambda other: other.row != cell.row):  # a neighbour on the same line is surer
        row, col = labels[other.field]
        yield cell.row + row - other.row, cell.label.first + col - other.label.first


def _planned_value(label: LabelPosition, cell: FormCell) -> tuple[int, int]:
    """Return the cell as far right of a label as planned."""
    return label[0], label[1] + cell.value.first - cell.label.first


def _value_beside(index: SheetIndex, label: LabelPosition, cell: FormCell) -> tuple[int, int]:
    """Return the cell right of a label: after its merged range, otherwise as far right as planned."""
    row, col = label
    # People merge a label over the cells beside it; the value then lies after the range.
    _, right = index.merge_ends.get(label, (row, -1))
    return (row, right + 1) if right > col else _planned_value(label, cell)
