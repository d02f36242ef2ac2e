"""Where the fields of a form lie: label and cell side by side, several to a line, a long field on a line of its own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from xlsflow.i18n import Lang
from xlsflow.layout.block_layouts import (
    ColumnSpan,
    FormCell,
    FormLayout,
    divide,
)
from xlsflow.layout.text_metrics import text_width
from xlsflow.template.kinds import FieldBase, Scope
from xlsflow.template.model import FormBlock

LABEL_WIDTH = 16.2
_PORTRAIT_WIDTH = 101.0
"""Units of 7 px across an A4 portrait page at full scale (707 px)."""
_COLUMN_PADDING = 5 / 7
"""What a column takes besides the width that it is given."""
_MIN_COLUMN_WIDTH = 3.0
_MAX_GRID_COLUMNS = 8
"""Columns of a sheet of forms at most; more would only be merged again."""
_CHECKBOX_VALUE_WIDTH = 11.0
"""Room for the value beside which a form shows boxes to tick."""
_THIRD_OF_PAGE = _PORTRAIT_WIDTH / 3


def form_grid(blocks: Sequence[FormBlock], lang: Lang, scope: Scope) -> list[float]:
    """Return the columns of a sheet of forms.

    Each pair has one of labels and some to fill. Borders fall on the thirds of the page, for boxes to sign in, and
    where boxes to tick begin beside a value.
    """
    pairs = max((block.pairs for block in blocks), default=2)
    pair = _PORTRAIT_WIDTH / pairs
    ticked = any(one.checkbox_labels(lang, scope) for block in blocks for one in block.columns)
    borders = [_PORTRAIT_WIDTH]
    for start in (number * pair for number in range(pairs)):
        borders += [start, start + LABEL_WIDTH]
        if ticked and pair - LABEL_WIDTH > 2 * _CHECKBOX_VALUE_WIDTH:
            borders.append(start + LABEL_WIDTH + _CHECKBOX_VALUE_WIDTH)
    halves = [number * pair + (pair + LABEL_WIDTH) / 2 for number in range(pairs)]
    for wanted in (_THIRD_OF_PAGE, 2 * _THIRD_OF_PAGE, *halves):
        if len(borders) <= _MAX_GRID_COLUMNS and all(abs(wanted - border) >= _MIN_COLUMN_WIDTH for border in borders):
            borders.append(wanted)
    edges = sorted(borders)
    return [end - start - _COLUMN_PADDING for start, end in pairwise(edges)]


def lay_out_form(
    block: FormBlock, title_row: int | None, row: int, widths: Sequence[float], lang: Lang, scope: Scope
) -> tuple[FormLayout, int]:
    """Return where a form lies, and the row behind it."""
    pairs = max(1, min(block.pairs, len(widths) // 2))
    spans = divide(widths, [LABEL_WIDTH, max(sum(widths) / pairs - LABEL_WIDTH, LABEL_WIDTH)] * pairs)
    cells: list[FormCell] = []
    lines = _form_lines(block, pairs)
    for number, line in enumerate(lines, start=row):
        for place, one in enumerate(line):
            label, value = spans[2 * place], spans[2 * place + 1]
            if place == len(line) - 1:  # the last field takes what is left of its line
                value = ColumnSpan(value.first, len(widths) - 1)
            value, boxes = _split_for_checkboxes(value, widths, one.checkbox_labels(lang, scope))
            cells.append(FormCell(one.name, number, label, value, boxes))
    end = row + len(lines)
    return FormLayout(block.name, title_row, row, end - 1, tuple(cells)), end


def _split_for_checkboxes(
    value: ColumnSpan, widths: Sequence[float], labels: Sequence[str]
) -> tuple[ColumnSpan, ColumnSpan | None]:
    """Return the cell to fill and, where the field has boxes and there is room for both, the columns of the boxes."""
    if not labels:
        return value, None
    needed = max(map(text_width, labels)) + 1.2
    for end in range(value.first, value.last):
        if sum(widths[value.first : end + 1]) >= needed:
            return ColumnSpan(value.first, end), ColumnSpan(end + 1, value.last)
    return value, None


def _form_lines(block: FormBlock, pairs: int) -> list[list[FieldBase]]:
    """Return a form's fields line by line."""
    lines: list[list[FieldBase]] = []
    open_line: list[FieldBase] = []
    for one in block.columns:
        if one.full or len(open_line) == pairs:
            lines.append(open_line)
            open_line = []
        if one.full:
            lines.append([one])
        else:
            open_line.append(one)
    lines.append(open_line)
    return [line for line in lines if line]
