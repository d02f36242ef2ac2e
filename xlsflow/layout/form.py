"""Layout of forms: label and input cell side by side, several pairs on a line, a full-width field on its own line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from xlsflow.i18n import Lang
from xlsflow.layout.block_layouts import ColumnSpan, FormCell, FormLayout, divide
from xlsflow.layout.text_metrics import text_width
from xlsflow.template.kinds import FieldBase, Scope
from xlsflow.template.model import FormBlock

LABEL_WIDTH = 16.2
# Width of an A4 portrait page at full scale (707 px), in units of 7 px: the width of a digit in the default font.
_PORTRAIT_WIDTH = 101.0
# Padding that Excel adds to the width of a column (5 px), in units of 7 px.
_COLUMN_PADDING = 5 / 7
_MIN_COLUMN_WIDTH = 3.0
# Maximum number of columns on a sheet of forms; more would only be merged again.
_MAX_GRID_COLUMNS = 8
# Width of the input cell of a field that also shows checkboxes.
_CHECKBOX_VALUE_WIDTH = 11.0
_THIRD_OF_PAGE = _PORTRAIT_WIDTH / 3


def form_grid(blocks: Sequence[FormBlock], lang: Lang, scope: Scope) -> list[float]:
    """Return the column widths of a sheet of forms.

    Each label-and-cell pair has one column for the label and some for the input cell. Further borders lie at the thirds
    of the page, for signature boxes, and where checkboxes begin beside an input cell.
    """
    pairs = max((block.pairs for block in blocks), default=2)
    pair_width = _PORTRAIT_WIDTH / pairs
    has_checkboxes = any(field.checkbox_labels(lang, scope) for block in blocks for field in block.columns)
    borders = [_PORTRAIT_WIDTH]
    for start in (number * pair_width for number in range(pairs)):
        borders += [start, start + LABEL_WIDTH]
        if has_checkboxes and pair_width - LABEL_WIDTH > 2 * _CHECKBOX_VALUE_WIDTH:
            borders.append(start + LABEL_WIDTH + _CHECKBOX_VALUE_WIDTH)
    halves = [number * pair_width + (pair_width + LABEL_WIDTH) / 2 for number in range(pairs)]
    for new in (_THIRD_OF_PAGE, 2 * _THIRD_OF_PAGE, *halves):
        if len(borders) <= _MAX_GRID_COLUMNS and all(abs(new - border) >= _MIN_COLUMN_WIDTH for border in borders):
            borders.append(new)
    edges = sorted(borders)
    return [end - start - _COLUMN_PADDING for start, end in pairwise(edges)]


def lay_out_form(
    block: FormBlock, title_row: int | None, row: int, widths: Sequence[float], lang: Lang, scope: Scope
) -> tuple[FormLayout, int]:
    """Return the layout of a form, and the row after it."""
    # A label and an input cell need a column each; a grid with fewer takes fewer pairs.
    pairs = max(1, min(block.pairs, len(widths) // 2))
    spans = divide(widths, [LABEL_WIDTH, max(sum(widths) / pairs - LABEL_WIDTH, LABEL_WIDTH)] * pairs)
    cells: list[FormCell] = []
    lines = _form_lines(block, pairs)
    for number, line in enumerate(lines, start=row):
        for position, field in enumerate(line):
            label, value = spans[2 * position], spans[2 * position + 1]
            if position == len(line) - 1:  # the last field of a line extends to the right edge
                value = ColumnSpan(value.first, len(widths) - 1)
            value, boxes = _split_for_checkboxes(value, widths, field.checkbox_labels(lang, scope))
            cells.append(FormCell(field.name, number, label, value, boxes))
    end = row + len(lines)
    return FormLayout(block.name, title_row, row, end - 1, tuple(cells)), end


def _split_for_checkboxes(
    value: ColumnSpan, widths: Sequence[float], labels: Sequence[str]
) -> tuple[ColumnSpan, ColumnSpan | None]:
    """Return the columns of the input cell and, if the field has checkboxes and both fit, those of the checkboxes."""
    if not labels:
        return value, None
    needed = max(map(text_width, labels)) + 1.2
    for end in range(value.first, value.last):
        if sum(widths[value.first : end + 1]) >= needed:
            return ColumnSpan(value.first, end), ColumnSpan(end + 1, value.last)
    return value, None


def _form_lines(block: FormBlock, pairs: int) -> list[list[FieldBase]]:
    """Return a form's fields, one list for each line."""
    lines: list[list[FieldBase]] = []
    current: list[FieldBase] = []
    for field in block.columns:
        if field.full or len(current) == pairs:
            lines.append(current)
            current = []
        if field.full:
            lines.append([field])
        else:
            current.append(field)
    lines.append(current)
    # A full-width field flushes the line before it, which may be empty.
    return [line for line in lines if line]
