"""Rows that are too high for a page: on paper they go on in rows of their own, so that no line of a text is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from xlsflow.layout.sheet_layout import TableLayout
from xlsflow.layout.text_metrics import lines_needed, lines_per_row
from xlsflow.workbook.outgoing.sheet_writer import MEASURE
from xlsflow.workbook.style.form_formats import TABLE_PT
from xlsflow.workbook.style.page_setup import page_height

if TYPE_CHECKING:
    from xlsflow.template.model import DataBlock
    from xlsflow.workbook.outgoing.plan import (
        Plan,
        SheetPlan,
    )

SHARE = 0.4
"""A row takes so much of a page at most: a higher one would leave half of the page before it blank."""
_ENDS = re.compile(r"\n|[。；！？]|[.;!?] ")
"""Where a text is best cut: behind a line or a sentence."""
_GAPS = re.compile(r"[，、,\s]")
_WORTH = 0.6
"""A cut at a sentence's end is taken where so much of the piece is kept."""

Shown = Mapping[str, object]
"""Field -> what its cell shows."""


def more_rows(plan: Plan) -> Mapping[str, int]:
    """Return full block name -> how many rows it takes on paper besides those it is given."""
    return {
        sheet.template.full_name(block): sum(
            len(parts(plan, sheet, block, row)) - 1 for row in plan.records(sheet, block)
        )
        for sheet, block, place in plan.blocks()
        if isinstance(place, TableLayout)
    }


def parts(plan: Plan, sheet: SheetPlan, block: DataBlock, row: Mapping[str, object]) -> Sequence[Shown]:
    """Return what the cells of a row show, cut up into as many rows as its longest text needs on paper."""
    shown = plan.all_shown(block, row)
    place = sheet.layout.table(block.name)
    most = lines_per_row(page_height(sheet) * SHARE, TABLE_PT)
    cut = {
        name: pieces(value, sheet.width(place.columns[name]), most) if isinstance(value, str) else [value]
        for name, value in shown.items()
    }
    count = max(map(len, cut.values()))
    return [{name: values[n] if n < len(values) else None for name, values in cut.items()} for n in range(count)]


def pieces(text: str, width: float, most: int) -> list[str]:
    """Return a text in pieces of so many lines at most."""
    found: list[str] = []
    while lines_needed(text, width, TABLE_PT * MEASURE) > most:
        end = _fitting(text, width, most)
        found.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [*found, text]


def _fitting(text: str, width: float, most: int) -> int:
    """Return how many characters of a text stand on so many lines, cut at the best place near."""
    low, high = 1, len(text)
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        if lines_needed(text[:middle], width, TABLE_PT * MEASURE) <= most:
            low = middle
        else:
            high = middle - 1
    for wanted in (_ENDS, _GAPS):
        ends = [found.end() for found in wanted.finditer(text, 0, low) if found.end() >= low * _WORTH]
        if ends:
            return ends[-1]
    return low
