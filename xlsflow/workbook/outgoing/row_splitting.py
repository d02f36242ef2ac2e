"""Splits table rows that are too high for a printed page into several rows, so that no line of a text is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from xlsflow.layout.sheet_layout import TableLayout
from xlsflow.layout.text_metrics import lines_needed, lines_per_row
from xlsflow.workbook.outgoing.sheet_writer import WIDTH_FACTOR
from xlsflow.workbook.style.form_formats import TABLE_PT
from xlsflow.workbook.style.page_setup import page_height

if TYPE_CHECKING:
    from xlsflow.template.model import DataBlock
    from xlsflow.workbook.outgoing.plan import Plan, SheetPlan

# The largest share of a page that one row takes: before a higher one, half of a page would stay blank.
_MAX_PAGE_SHARE = 0.4
# A text is best cut after a line or a sentence, else after a clause or a word.
_SENTENCE_END = re.compile(r"\n|[。；！？]|[.;!?] ")
_CLAUSE_END = re.compile(r"[，、,\s]")
# Such a cut must keep at least this share of the text that would fit.
_MIN_KEPT_SHARE = 0.6


def extra_rows(plan: Plan) -> Mapping[str, int]:
    """Return full block name -> rows that its table needs on paper in addition to its data rows."""
    return {
        sheet.rows_name(block): sum(len(split_row(plan, sheet, block, row)) - 1 for row in plan.records(sheet, block))
        for sheet, block, layout in plan.blocks()
        if isinstance(layout, TableLayout)
    }


def split_row(
    plan: Plan, sheet: SheetPlan, block: DataBlock, row: Mapping[str, object]
) -> Sequence[Mapping[str, object]]:
    """Return field -> shown value of each of the rows that a data row takes on paper."""
    layout = sheet.layout.table(block.name)
    max_lines = lines_per_row(page_height(sheet) * _MAX_PAGE_SHARE, TABLE_PT)
    parts = {
        name: split_text(value, sheet.width(layout.columns[name]), max_lines) if isinstance(value, str) else [value]
        for name, value in plan.all_shown(block, row).items()
    }
    count = max(map(len, parts.values()))
    return [{name: part[n] if n < len(part) else None for name, part in parts.items()} for n in range(count)]


def split_text(text: str, width: float, max_lines: int) -> list[str]:
    """Return a text in parts that each fit in so many lines of a cell so wide."""
    parts: list[str] = []
    while lines_needed(text, width, TABLE_PT * WIDTH_FACTOR) > max_lines:
        end = _cut_position(text, width, max_lines)
        parts.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [*parts, text]


def _cut_position(text: str, width: float, max_lines: int) -> int:
    """Return the number of characters of the first part of a text."""
    low, high = 1, len(text)
    while low < high:  # bisection: the longest beginning that fits
        middle = (low + high + 1) // 2
        if lines_needed(text[:middle], width, TABLE_PT * WIDTH_FACTOR) <= max_lines:
            low = middle
        else:
            high = middle - 1
    for pattern in (_SENTENCE_END, _CLAUSE_END):
        ends = [found.end() for found in pattern.finditer(text, 0, low) if found.end() >= low * _MIN_KEPT_SHARE]
        if ends:
            return ends[-1]
    return low
