"""How wide the columns of a table are: enough for its values and its headers, and fit for the page it is printed on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsflow.i18n import Lang
from xlsflow.layout.text_metrics import text_width
from xlsflow.template.kinds import FieldBase, Scope
from xlsflow.template.printed_blocks import (
    Paper,
    PrintSetup,
)

_PADDING, _MIN_PADDING = 1.6, 0.8
_BOLD_FACTOR = 1.08
_TABLE_FONT_FACTOR = 0.95
"""A table's font beside the 10 points that widths are counted in."""
_SIGN_WIDTH = 2.4
"""A sign such as ▲ and the blank behind it."""
_TONES_WITH_SIGN = frozenset({"overdue", "due_soon", "done", "blocked", "idle"})
"""Tones that show a sign before the word."""
_HEADER_LINES = 2
_MAX_LABEL_WIDTH = 16.0
"""A longer value of a list wraps: one long value must not spread a column."""
_TURNED_HEADER_WIDTH = 4.0
"""A column under a turned header: wide enough for `A/R`."""
_MIN_TEXT_SHARE = 0.6
"""Headers that can be turned are turned before words are pressed to less than this part of what they ask for."""
_MIN_TEXT_WIDTH = 11.0
"""A column of words is not pressed below this."""

PAGE_PX = {("A4", False): 707, ("A4", True): 1036, ("A3", False): 1036, ("A3", True): 1501}.__getitem__
"""Pixels between the margins of 0.45 in, at full size, by paper and whether the long side lies across."""
_MIN_PRINT_SCALE = 0.75
"""What is smaller than that is not printed: headers are turned, or the paper is larger."""
_TARGET_SCALE = 0.79
"""What columns are pressed to: below three quarters, 10 points are printed smaller than 7.5, and LibreOffice's columns
are a twentieth wider."""


def columns_px(widths: Sequence[float]) -> float:
    """Return how many pixels columns take at full size."""
    return sum(7 * width + 5 for width in widths)


@dataclass(frozen=True, slots=True)
class WidthRequest:
    """The width that a column asks for.

    Attributes:
        width: Its definition's, and more where a header or a value needs it.
        least: What it can be pressed to where the page is too narrow.
        wordy: Whether it holds words, which can stand on more lines.
    """

    width: float
    least: float
    wordy: bool


def requested_width(field: FieldBase, lang: Lang, scope: Scope, region: str) -> WidthRequest:
    """Return the width that a column asks for."""
    header = _header_width(field.label.say(lang) + " *", lang)
    width = max(field.column_width(lang), header)
    if shape := _printed_width(field.widest_value(region)) * _BOLD_FACTOR * _TABLE_FONT_FACTOR:
        return WidthRequest(max(width, shape + _PADDING), max(header, shape + _MIN_PADDING), wordy=False)
    if field.align == "left":
        return WidthRequest(width, min(width, max(_MIN_TEXT_WIDTH, header)), wordy=True)
    choices = scope.lists.get(field.list_name())
    if choices is None:
        return WidthRequest(width, width, wordy=False)
    signed = any(choice.tone in _TONES_WITH_SIGN for choice in choices.values)
    longest = max(map(_printed_width, choices.labels(lang)), default=0.0)
    needed = max(header, min(longest + _PADDING + (_SIGN_WIDTH if signed else 0), _MAX_LABEL_WIDTH))
    return WidthRequest(max(width, needed), needed, wordy=False)


def combined_request(columns: Sequence[WidthRequest]) -> WidthRequest:
    """Return what a column asks for that several tables of as many columns share, one below the other."""
    width, least = max(one.width for one in columns), max(one.least for one in columns)
    return WidthRequest(width, least, wordy=all(one.wordy for one in columns))


def _header_width(label: str, lang: Lang) -> float:
    """Return the width in which a header stands on two lines, no word broken."""
    words = label.split() if lang == "en" else [label[: -(-len(label) // _HEADER_LINES)]]
    return max(map(_printed_width, words)) * _BOLD_FACTOR + _PADDING


def _printed_width(text: str) -> float:
    """Return how wide a text really is; `text_width` leaves it room to spare, which short words can do without."""
    return text_width(text) * 0.95


def turned_request(column: WidthRequest) -> WidthRequest:
    """Return what a column asks for whose header is turned: room for its values, which are marks of a letter or two."""
    return (
        WidthRequest(_TURNED_HEADER_WIDTH, _TURNED_HEADER_WIDTH, wordy=False)
        if column.width > _TURNED_HEADER_WIDTH
        else column
    )


@dataclass(frozen=True, slots=True)
class FittedPage:
    """Columns that are fit for a page.

    Attributes:
        widths: Their widths.
        paper: The paper.
        upright: Whether they are so many that headers have to be turned.
    """

    widths: list[float]
    paper: Paper
    upright: bool


def fit_for_paper(columns: Sequence[WidthRequest], narrow: Sequence[WidthRequest], page: PrintSetup) -> FittedPage:
    """Return widths that can be read on paper.

    Where pressing the columns is not enough, headers are turned; where that is not enough, the paper is larger.

    Args:
        columns: What the columns ask for.
        narrow: What they ask for with the headers turned that can be.
        page: The definition's page.
    """
    turned = [] if narrow == columns else [narrow]
    larger: list[Paper] = ["A3"] if page.paper == "A4" else []
    for paper in (page.paper, *larger):
        sheet = page.model_copy(update={"paper": paper})
        for asked in (columns, *turned):
            widths = fitted_widths(asked, sheet)
            small = columns_px(widths) * _MIN_PRINT_SCALE > PAGE_PX((paper, page.landscape))
            pressed = turned and any(
                w < _MIN_TEXT_SHARE * c.width for w, c in zip(widths, asked, strict=True) if c.wordy
            )
            if not small and not pressed:
                return FittedPage(widths, paper, asked is narrow)
    return FittedPage(widths, paper, bool(turned))


def fitted_widths(columns: Sequence[WidthRequest], page: PrintSetup) -> list[float]:
    """Return widths fit for a page.

    Where the columns are too many, those of words give way first, then the others; where there is room left, those of
    words take it.
    """
    across = PAGE_PX((page.paper, page.landscape))
    widths = [column.width for column in columns]
    spare = (across - columns_px(widths)) / 7
    if spare > 0:
        soft = [column.width if column.wordy else 0.0 for column in columns]
        soft = soft if any(soft) else widths
        return [width + spare * share / sum(soft) for width, share in zip(widths, soft, strict=True)]
    for wordy in (True, False):
        over = (columns_px(widths) - across / _TARGET_SCALE) / 7
        gives = [width - c.least if c.wordy == wordy else 0.0 for width, c in zip(widths, columns, strict=True)]
        if over > 0 and sum(gives) > 0:
            part = min(over / sum(gives), 1.0)
            widths = [width - give * part for width, give in zip(widths, gives, strict=True)]
    return widths
