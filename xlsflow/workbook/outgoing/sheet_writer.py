"""What drawing a sheet and filling it share: its plan, the language, how high its rows must be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.i18n import text_width
from xlsflow.workbook.style.theme import (
    BODY_PT,
    MAX_ROW_PT,
    MIN_ROW_PT,
    characters_within,
    lines_needed,
    row_height,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsflow.i18n import Lang, LocalizedText
    from xlsflow.layout.sheet_layout import Span
    from xlsflow.workbook.outgoing.plan import Plan, SheetPlan
    from xlsflow.workbook.self_check.completeness import Tally

MEASURE = 0.95
"""A Chinese character really takes 1.9 units at 10 points, a Latin one less than 1: `text_width` is generous."""

BOLD = 1.08
"""Bold letters are so much wider."""
_OPENING, _CLOSING = "（(“《", "）)”》／/、，：＊"
"""Signs that no line ends with, and none begins with."""

HIGHEST_ON_PAPER = 2000.0
"""What is only printed is opened by no Excel, which takes 409 points at most."""


class SheetWriter:
    """One sheet of a workbook while it is drawn, or while it is filled.

    Attributes:
        plan: The plan of the whole workbook.
        here: The plan of this sheet.
        counts: Tab -> what each sheet counts of itself.
        heights: Row -> the height that it needs in points; 0 where it is hidden.
    """

    def __init__(self, plan: Plan, here: SheetPlan, counts: Mapping[str, Tally]) -> None:
        """Begin without any height."""
        self.plan, self.here, self.counts = plan, here, counts
        self.heights: dict[int, float] = {}
        self._fitting: dict[tuple[int, int, float, float], tuple[int, float]] = {}

    @property
    def lang(self) -> Lang:
        """The language of the workbook."""
        return self.plan.edition.lang

    def say(self, words: LocalizedText) -> str:
        """Return a text in the workbook's language."""
        return words.say(self.lang)

    def width(self, span: Span) -> float:
        """Return the width of columns in units."""
        return self.here.width(span)

    def needs(self, row: int, text: str, span: Span, pt: float, least: float = MIN_ROW_PT) -> None:
        """Make a row high enough for a text.

        Args:
            row: The row.
            text: The text, wrapped.
            span: The columns that it has.
            pt: Size of the font.
            least: The least height in points.
        """
        fitting, height = self.fits(span, pt, least)
        if len(text) > fitting or "\n" in text:
            height = self.text_height(text, self.width(span), pt, least)
        self.needs_points(row, height)

    def needs_points(self, row: int, points: float) -> None:
        """Make a row at least so high."""
        if points > self.heights.get(row, 0.0):
            self.heights[row] = points

    def text_height(self, text: str, width: float, pt: float, least: float = MIN_ROW_PT) -> float:
        """Return the height of a row in points that holds a text in columns so wide."""
        most = HIGHEST_ON_PAPER if self.plan.edition.for_print else MAX_ROW_PT
        return row_height(lines_needed(text, width, pt * MEASURE), pt, least, most)

    def fits(self, span: Span, pt: float, least: float = MIN_ROW_PT) -> tuple[int, float]:
        """Return how many characters fit on one line for certain, and the height of one line."""
        key = span.first, span.last, pt, least
        if key not in self._fitting:
            self._fitting[key] = characters_within(self.width(span), pt * MEASURE), row_height(1, pt, least)
        return self._fitting[key]


def balanced(label: str, mark: str, width: float, pt: float) -> str:
    r"""Return a bold label and its mark; a Chinese one that needs two lines is broken about its middle.

    So no lone sign is left behind, and none begins a line that ends a thought.

    >>> balanced("时长（分钟）", "＊", 8.0, 10.0)
    '时长\n（分钟）＊'
    """
    text = label + mark
    if label.isascii() or " " in label or text_width(text) * BOLD * pt / BODY_PT * MEASURE <= width - 1:
        return text
    middle = -(-len(label) // 2)

    def badness(place: int) -> float:
        pauses = label[place - 1] in _CLOSING or label[place] in _OPENING
        return abs(place - middle) - (1.5 if pauses else 0.0)

    fit = [place for place in range(1, len(label)) if label[place] not in _CLOSING and label[place - 1] not in _OPENING]
    place = min(fit, key=badness, default=middle)
    return f"{label[:place]}\n{label[place:]}{mark}"
