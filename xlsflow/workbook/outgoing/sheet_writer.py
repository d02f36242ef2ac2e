"""Holds what drawing and filling a sheet share: its plan, the language, the heights of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.layout.text_metrics import (
    MAX_ROW_PT,
    MIN_ROW_PT,
    lines_needed,
    row_height,
    text_width,
    wide_characters_per_line,
)
from xlsflow.workbook.style.theme import BODY_PT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsflow.i18n import Lang, LocalizedText
    from xlsflow.layout.sheet_layout import ColumnSpan
    from xlsflow.workbook.outgoing.plan import Plan, SheetPlan
    from xlsflow.workbook.self_check.completeness import SheetCounts

WIDTH_FACTOR = 0.95
"""`text_width` overestimates: a Chinese character takes 1.9 units at 10 points, a Latin one less than 1."""

BOLD_FACTOR = 1.08
"""Bold letters are wider by this factor."""

# A line should not end with an opening sign, nor begin with a closing one.
_OPENING, _CLOSING = "（(“《", "）)”》／/、，：＊"
# No Excel opens what is only printed; elsewhere its limit of 409 points counts.
_MAX_PRINTED_ROW_PT = 2000.0


class SheetWriter:
    """One sheet of a workbook while it is drawn, or while it is filled.

    Attributes:
        plan: The plan of the whole workbook.
        sheet_plan: The plan of this sheet.
        counts: Tab -> what each sheet counts of itself.
        heights: Row -> its height in points; 0 if it is hidden.
    """

    def __init__(self, plan: Plan, sheet_plan: SheetPlan, counts: Mapping[str, SheetCounts]) -> None:
        """Start without any height."""
        self.plan, self.sheet_plan, self.counts = plan, sheet_plan, counts
        self.heights: dict[int, float] = {}
        self._fitting: dict[tuple[int, int, float, float], tuple[int, float]] = {}

    @property
    def lang(self) -> Lang:
        """The language of the workbook."""
        return self.plan.outgoing.lang

    def say(self, words: LocalizedText) -> str:
        """Return a text in the workbook's language."""
        return words.say(self.lang)

    def width(self, span: ColumnSpan) -> float:
        """Return the width of columns in units."""
        return self.sheet_plan.width(span)

    def require_height(self, row: int, text: str, span: ColumnSpan, pt: float, least: float = MIN_ROW_PT) -> None:
        """Make a row high enough for a wrapped text.

        Args:
            row: The row.
            text: The text.
            span: The columns of its cell.
            pt: The font size.
            least: The least height in points.
        """
        fitting, height = self.one_line(span, pt, least)
        if len(text) > fitting or "\n" in text:
            height = self.text_height(text, self.width(span), pt, least)
        self.require_points(row, height)

    def require_points(self, row: int, points: float) -> None:
        """Make a row at least so high."""
        if points > self.heights.get(row, 0.0):
            self.heights[row] = points

    def text_height(self, text: str, width: float, pt: float, least: float = MIN_ROW_PT) -> float:
        """Return the height of a row in points that holds a text in columns so wide."""
        most = _MAX_PRINTED_ROW_PT if self.plan.outgoing.for_print else MAX_ROW_PT
        return row_height(lines_needed(text, width, pt * WIDTH_FACTOR), pt, least, most)

    def one_line(self, span: ColumnSpan, pt: float, least: float = MIN_ROW_PT) -> tuple[int, float]:
        """Return how many characters certainly fit on one line, and the height of a row of one line."""
        # Measuring is slow and asked for with every cell, but there are few spans and sizes.
        key = span.first, span.last, pt, least
        if key not in self._fitting:
            self._fitting[key] = wide_characters_per_line(self.width(span), pt * WIDTH_FACTOR), row_height(1, pt, least)
        return self._fitting[key]


def balanced_label(label: str, mark: str, width: float, pt: float) -> str:
    r"""Return a bold label and its mark; a Chinese label that takes two lines is broken near its middle.

    Excel would fill the first line and leave a single character on the second.

    >>> balanced_label("时长（分钟）", "＊", 8.0, 10.0)
    '时长\n（分钟）＊'
    """
    text = label + mark
    # Programs break English labels between words well enough.
    if label.isascii() or " " in label or text_width(text) * BOLD_FACTOR * pt / BODY_PT * WIDTH_FACTOR <= width - 1:
        return text
    middle = -(-len(label) // 2)

    def badness(position: int) -> float:
        pauses = label[position - 1] in _CLOSING or label[position] in _OPENING
        return abs(position - middle) - (1.5 if pauses else 0.0)

    allowed = [
        position
        for position in range(1, len(label))
        if label[position] not in _CLOSING and label[position - 1] not in _OPENING
    ]
    position = min(allowed, key=badness, default=middle)
    return f"{label[:position]}\n{label[position:]}{mark}"
