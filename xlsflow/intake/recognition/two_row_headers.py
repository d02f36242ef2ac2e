"""Reads headers on two rows: a group above its parts (计划 over 开始 and 完成), or one label split over two rows.

In a merged group only the first cell holds the text. Without a merge people leave the other cells blank too. So a group
is taken to reach to the right until the next text in its row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from xlsflow.intake.recognition.sheet_index import SheetIndex
from xlsflow.model.returns import FieldPositions

FieldLookup = Callable[[str], str | None]
"""Header -> name of the field that it names; None for any other text."""
# Endings that the parts of a group leave out: 完成 below 计划 is the field 计划完成时间.
_OMITTED_SUFFIXES = ("", "时间", "日期", "日")


def match_two_rows(index: SheetIndex, row: int, lookup: FieldLookup) -> FieldPositions | None:
    """Return the columns named by a header on a row and the row below; None if the lower row is no header.

    Every text of the lower row must name a field together with its group, or alone; otherwise it is the first row of
    data.
    """
    found: dict[str, tuple[int | None, int]] = {}
    parts = 0
    for col, upper, lower in _header_pairs(index, row):
        if lower is None:
            name = lookup(upper) if upper else None
        elif isinstance(lower, str):
            name = _field_of_pair(upper, lower, lookup)
            if name is None:
                return None
            parts += 1
        else:
            return None
        if name:
            found.setdefault(name, (None, col))
    # Without a part in the lower row this is an ordinary header above a blank row.
    return found if parts else None


def _header_pairs(index: SheetIndex, row: int) -> Iterator[tuple[int, str, object]]:
    """Yield each column with the header or group above it and the cell below."""
    above = dict(index.header_texts(row))
    below = {col: value for col, value in enumerate(index.row(row + 1), index.left) if value is not None}
    group = ""
    for col in range(index.left, max((*above, *below), default=index.left - 1) + 1):
        group = above.get(col, group)
        if col in below:
            yield col, group, below[col]
        else:  # without a part below, a text is the label of its own column only
            yield col, above.get(col, ""), None


def _field_of_pair(upper: str, lower: str, lookup: FieldLookup) -> str | None:
    """Return the field that a group and its part name together, else the field that the part names alone."""
    for text in (upper + lower, lower) if upper else (lower,):
        for suffix in _OMITTED_SUFFIXES:
            if name := lookup(text + suffix):
                return name
    return None
