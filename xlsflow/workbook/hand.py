"""One worksheet in hand: whatever is written into it passes through here: text stays text, a merge is one call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from xlsflow.cells import a1
from xlsflow.layout import Span
from xlsflow.words import text_width
from xlsflow.workbook.style import BODY_PT, MAX_ROW_PT, MIN_ROW_PT, lines_needed, row_height

if TYPE_CHECKING:
    from xlsxwriter.format import Format

    from xlsflow.words import Lang, Words
    from xlsflow.workbook.choicelists import Dropdowns
    from xlsflow.workbook.completeness import Tally
    from xlsflow.workbook.growing import GrowingWorksheet
    from xlsflow.workbook.ink import Ink
    from xlsflow.workbook.plan import Plan, SheetPlan


MEASURE = 0.95
"""A Chinese character really takes 1.9 units at 10 points, a Latin one less than 1: `text_width` is generous."""

BOLD = 1.08
"""Bold letters are so much wider."""
_OPENING, _CLOSING = "（(“《", "）)”》／/、，：＊"
"""Signs that no line ends with, and none begins with."""

HIGHEST_ON_PAPER = 2000.0
"""What is only printed is opened by no Excel, which takes 409 points at most."""


@dataclass
class Hand:
    """One worksheet and what is needed to write it.

    Attributes:
        sheet: The worksheet.
        plan: The whole workbook's plan.
        here: This sheet's plan.
        ink: The workbook's formats.
        dropdowns: The workbook's lists.
        counts: Each sheet's counts of itself, by tab.
        names: Names that fields of the workbook define, with what they refer to.
        heights: Row -> the height that it needs.
        continued: Rows that only go on with the texts of the row above, where that is cut up for paper.
    """

    sheet: GrowingWorksheet
    plan: Plan
    here: SheetPlan
    ink: Ink
    dropdowns: Dropdowns
    counts: Mapping[str, Tally]
    names: dict[str, str]
    heights: dict[int, float] = field(default_factory=dict)
    continued: set[int] = field(default_factory=set)

    @property
    def lang(self) -> Lang:
        """The language of the workbook."""
        return self.plan.edition.lang

    def say(self, words: Words) -> str:
        """Return words in the workbook's language."""
        return words.say(self.lang)

    def put(self, row: int, span: Span, value: object, look: Format) -> None:
        """Write a value into a cell, merged where it spans several columns."""
        if not span.single:
            self.sheet.merge_range(row, span.first, row, span.last, "", look)
        write_value(self.sheet, row, span.first, value, look)

    def formula(self, row: int, span: Span, formula: str, look: Format, result: object) -> None:
        """Write a formula with its result, which programs that do not calculate show."""
        if self.plan.edition.for_print:
            self.put(row, span, result, look)
            return
        if not span.single:
            self.sheet.merge_range(row, span.first, row, span.last, "", look)
        shown = result if isinstance(result, str | int | float | bool) else "" if result is None else str(result)
        self.sheet.write_formula(row, span.first, formula, look, shown)

    def width(self, span: Span) -> float:
        """Return the width of a span in units."""
        return self.here.width(span)

    def needs(self, row: int, text: str, span: Span, pt: float, least: float = MIN_ROW_PT) -> None:
        """Note that a row must be high enough for a text."""
        most = HIGHEST_ON_PAPER if self.plan.edition.for_print else MAX_ROW_PT
        height = row_height(lines_needed(text, self.width(span), pt * MEASURE), pt, least, most)
        self.heights[row] = max(self.heights.get(row, 0.0), height)

    def needs_points(self, row: int, points: float) -> None:
        """Note that a row must be so high."""
        self.heights[row] = max(self.heights.get(row, 0.0), points)

    def hides(self, row: int) -> None:
        """Note that a row is not seen."""
        self.sheet.set_row(row, None, None, {"hidden": True})
        self.heights[row] = 0.0

    def set_heights(self) -> None:
        """Set the rows as high as was noted."""
        for row, height in self.heights.items():
            if height:
                self.sheet.set_row(row, height)


def write_value(sheet: GrowingWorksheet, row: int, col: int, value: object, look: Format) -> None:
    """Write one value as what it is: a text that begins with `=` stays a text.

    Raises:
        ValueError: A text is longer than a cell can hold.
    """
    if value is None or value == "":
        done = sheet.write_blank(row, col, None, look)
    elif isinstance(value, bool):
        done = sheet.write_boolean(row, col, value, look)
    elif isinstance(value, int | float):
        done = sheet.write_number(row, col, value, look)
    elif isinstance(value, date):
        value = value if isinstance(value, datetime) else datetime.combine(value, time())
        done = sheet.write_datetime(row, col, value, look)
    else:
        done = sheet.write_string(row, col, str(value), look)
    if done != 0:
        raise ValueError(f"Excel takes no such value at {a1(row, col)}: {str(value)[:60]}")


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
