"""One worksheet in hand: whatever is written into it passes through here: text stays text, a merge is one call.

A sheet is first drawn: all that editions of one shape share. Then it is filled: all that is an edition's own. A sheet
that is drawn can be filled again for the next edition of that shape; only cells that have changed are written anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import a1
from xlsflow.layout.sheet_layout import ColumnSpan
from xlsflow.layout.text_metrics import (
    MAX_ROW_PT,
    MIN_ROW_PT,
    lines_needed,
    row_height,
    text_width,
    wide_characters_per_line,
)
from xlsflow.workbook.batch.row_cache import (
    How,
    Way,
)
from xlsflow.workbook.outgoing.worksheet import MOST_READY
from xlsflow.workbook.style.theme import BODY_PT

if TYPE_CHECKING:
    from xlsxwriter.format import Format

    from xlsflow.i18n import (
        Lang,
        LocalizedText,
    )
    from xlsflow.template.kinds import FieldBase
    from xlsflow.workbook.batch.row_cache import (
        Line,
        Ways,
    )
    from xlsflow.workbook.outgoing.dropdown_lists import Dropdowns
    from xlsflow.workbook.outgoing.plan import (
        Plan,
        SheetPlan,
    )
    from xlsflow.workbook.outgoing.worksheet import (
        GrowingWorksheet,
        Ready,
    )
    from xlsflow.workbook.self_check.completeness import SheetCounts
    from xlsflow.workbook.style.form_formats import FormFormats

LONG_TAIL = 120
"""A longer text is hardly the same in another row."""

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
        drawn: The heights that what editions share needs; None while it is not drawn.
        touched: Rows that hold something else than before.
    """

    sheet: GrowingWorksheet
    plan: Plan
    here: SheetPlan
    ink: FormFormats
    dropdowns: Dropdowns
    counts: Mapping[str, SheetCounts]
    names: dict[str, str]
    heights: dict[int, float] = field(default_factory=dict)
    continued: set[int] = field(default_factory=set)
    drawn: Mapping[int, float] | None = None
    touched: set[int] = field(default_factory=set)
    _again: bool = False
    _lines: dict[int, Line] = field(default_factory=dict)
    _judged: dict[int, object] = field(default_factory=dict)
    _set: dict[int, float] = field(default_factory=dict)
    _ways: dict[str, Ways] = field(default_factory=dict)
    _fitting: dict[tuple[int, int, float, float], tuple[int, float]] = field(default_factory=dict)

    @property
    def lang(self) -> Lang:
        """The language of the workbook."""
        return self.plan.edition.lang

    def say(self, words: LocalizedText) -> str:
        """Return words in the workbook's language."""
        return words.say(self.lang)

    def begin_to_fill(self) -> None:
        """Forget what the edition before needed; what is drawn stays."""
        if self.drawn is None:
            self.drawn = dict(self.heights)
        else:
            self._again = True
        self.heights = dict(self.drawn)

    def judged(self, row: int) -> object:
        """Return what the judging cells of a row hold; None where they are not written yet."""
        return self._judged.get(row)

    def judge(self, row: int, code: object) -> None:
        """Note what the judging cells of a row now hold."""
        self._judged[row] = code

    def give(self, row: int, span: ColumnSpan, value: object, look: Format) -> None:
        """Write an edition's own value into a cell; its texts stand in the cell itself."""
        if not self._again:
            self._merge(row, span, look)
            give_value(self.sheet, row, span.first, value, look)
        elif self.sheet.rewrite(row, span.first, value, look):
            self.touched.add(row)

    def way(self, one: FieldBase, span: ColumnSpan, look: Format, pt: float) -> Way:
        """Return how the values of a field come into the rows of a table."""
        width, fitting = self.width(span), self._fits(span, pt, MIN_ROW_PT)[0]
        return Way(one.name, span.first, {}, How(one, span, look, pt, width, fitting))

    def kept(self, block: str, make: Callable[[], Ways]) -> Ways:
        """Return how values come into the rows of a table: the same for every edition, and found out once."""
        if block not in self._ways:
            self._ways[block] = make()
        return self._ways[block]

    def line(self, row: int) -> Line | None:
        """Return what a row of a table holds from the edition before; None where it holds nothing yet."""
        return self._lines.get(row)

    def hold(self, row: int, line: Line) -> None:
        """Note what a row of a table now holds, and how high it must be."""
        self._lines[row] = line
        if line.height:
            self.needs_points(row, line.height)

    def give_line(self, row: int, ways: Sequence[Way], shown: Mapping[str, object]) -> float:
        """Write an edition's own values into the cells of a row.

        Args:
            row: The row.
            ways: How they come into the cells.
            shown: Field -> what its cell shows.

        Returns:
            How high the row must be for its texts; 0 where that of a line will do.
        """
        for way in ways:
            self.give(row, way.how.span, shown[way.name], way.how.look)
        return max((self._height_in(way.how, shown[way.name]) for way in ways), default=0.0)

    def renew_line(self, row: int, ways: Sequence[Way], values: Mapping[str, object]) -> float:
        """Write the values of another edition into the cells of a row that holds some.

        Args:
            row: The row.
            ways: How they come into the cells.
            values: Field -> value, as data.

        Returns:
            How high the row must be for its texts; 0 where that of a line will do.
        """
        cells, height, changed = self.sheet.table[row], 0.0, False
        for name, col, ready, how in ways:
            value = values.get(name)
            cell = ready.get(value)
            if cell is None or cell.kind is not value.__class__:
                cell = self._ready(row, col, ready, how, value)
            if cells[col] is not cell:
                cells[col] = cell
                changed = True
            if cell.height > height:  # noqa: PLR1730 - a call of max() takes longer than all the rest
                height = cell.height
        if changed:
            self.touched.add(row)
        return height

    def _ready(self, row: int, col: int, ready: dict[object, Ready], how: How, value: object) -> Ready:
        shown = self.plan.shown(how.field, value)
        height = self._height_in(how, shown)
        cell = self.sheet.ready(row, col, shown, how.look, value.__class__, height)
        if len(cell.tail) < LONG_TAIL:
            if len(ready) >= MOST_READY:
                ready.clear()
            ready[value] = cell
        return cell

    def _height_in(self, how: How, shown: object) -> float:
        if isinstance(shown, str) and (len(shown) > how.fitting or "\n" in shown):
            return self._height(shown, how.width, how.pt, MIN_ROW_PT)
        return 0.0

    def _merge(self, row: int, span: ColumnSpan, look: Format) -> None:
        if not span.single:
            self.sheet.merge_range(row, span.first, row, span.last, "", look)

    def put(self, row: int, span: ColumnSpan, value: object, look: Format) -> None:
        """Write a value into a cell, merged where it spans several columns."""
        self._merge(row, span, look)
        write_value(self.sheet, row, span.first, value, look)

    def formula(self, row: int, span: ColumnSpan, formula: str | Callable[[], str], look: Format, result: object) -> None:
        """Write a formula with its result, which programs that do not calculate show.

        Args:
            row: The row.
            span: The columns.
            formula: The formula; a function that makes it where editions of one shape share it.
            look: How it looks.
            result: What it gives for the edition.
        """
        if self.plan.edition.for_print:
            self.give(row, span, result, look)
            return
        shown = result if isinstance(result, str | int | float | bool) else "" if result is None else str(result)
        if not self._again:
            self._merge(row, span, look)
            self.sheet.write_formula(row, span.first, formula if isinstance(formula, str) else formula(), look, shown)
        elif self.sheet.write_result(row, span.first, shown, formula if isinstance(formula, str) else None):
            self.touched.add(row)

    def width(self, span: ColumnSpan) -> float:
        """Return the width of a span in units."""
        return self.here.width(span)

    def needs(self, row: int, text: str, span: ColumnSpan, pt: float, least: float = MIN_ROW_PT) -> None:
        """Note that a row must be high enough for a text."""
        fitting, height = self._fits(span, pt, least)
        if len(text) > fitting or "\n" in text:
            height = self._height(text, self.width(span), pt, least)
        if height > self.heights.get(row, 0.0):
            self.heights[row] = height

    def _height(self, text: str, width: float, pt: float, least: float) -> float:
        most = HIGHEST_ON_PAPER if self.plan.edition.for_print else MAX_ROW_PT
        return row_height(lines_needed(text, width, pt * MEASURE), pt, least, most)

    def _fits(self, span: ColumnSpan, pt: float, least: float) -> tuple[int, float]:
        """Return how many characters stand on one line for certain, and how high that is."""
        key = span.first, span.last, pt, least
        if key not in self._fitting:
            self._fitting[key] = wide_characters_per_line(self.width(span), pt * MEASURE), row_height(1, pt, least)
        return self._fitting[key]

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
            if height and self._set.get(row) != height:
                self.sheet.set_row(row, height)
                self._set[row] = height
                self.touched.add(row)


def give_value(sheet: GrowingWorksheet, row: int, col: int, value: object, look: Format) -> None:
    """Write a value of an edition's own as what it is.

    Raises:
        ValueError: A text is longer than a cell can hold.
    """
    if value is None or isinstance(value, int | float | date) or value == "":
        write_value(sheet, row, col, value, look)
    elif sheet.write_own(row, col, str(value), look) != 0:
        raise ValueError(f"Excel takes no such value at {a1(row, col)}: {str(value)[:60]}")


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
