"""Column widths of tables: wide enough for headers and values, narrow enough for the printed page.

Widths are in characters of the default font at 10 points, as Excel counts them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsflow.i18n import Lang
from xlsflow.layout.text_metrics import text_width
from xlsflow.template.kinds import FieldBase, Scope
from xlsflow.template.printed_blocks import Paper, PrintSetup

_PADDING, _MIN_PADDING = 1.6, 0.8
_BOLD_FACTOR = 1.08
# Size of a table's font relative to the 10 points that widths are counted in.
_TABLE_FONT_FACTOR = 0.95
# Width of a symbol such as ▲ and the space behind it.
_SIGN_WIDTH = 2.4
# Tones that show a symbol before the label.
_TONES_WITH_SIGN = frozenset({"overdue", "due_soon", "done", "blocked", "idle"})
_HEADER_LINES = 2
# A longer label of a list wraps, so that one long label does not widen its column.
_MAX_LABEL_WIDTH = 16.0
# Width of a column with a vertical header: enough for `A/R`.
_TURNED_HEADER_WIDTH = 4.0
# Headers are turned vertical before a text column is shrunk below this share of its requested width.
_MIN_TEXT_SHARE = 0.6
# Minimum width of a text column.
_MIN_TEXT_WIDTH = 11.0

PAGE_PX = {("A4", False): 707, ("A4", True): 1036, ("A3", False): 1036, ("A3", True): 1501}.__getitem__
"""Pixels between margins of 0.45 in at full scale, by paper and whether it is landscape."""
# Minimum print scale; rather than below it, a sheet is printed with vertical headers or on larger paper.
_MIN_PRINT_SCALE = 0.75
# Print scale that shrinking aims at: at 0.75 the font would be 7.5 points, and LibreOffice's columns are 5 % wider.
_TARGET_SCALE = 0.79


def columns_px(widths: Sequence[float]) -> float:
    """Return the total width of columns in pixels at full scale: 7 px a character and 5 px padding a column."""
    return sum(7 * width + 5 for width in widths)


@dataclass(frozen=True, slots=True)
class WidthRequest:
    """The width that a column requests.

    Attributes:
        width: Preferred width: that of the definition, or more if a header or value needs it.
        least: Minimum width if the page is too narrow.
        wordy: Whether the column has text that can wrap.
    """

    width: float
    least: float
    wordy: bool


def requested_width(field: FieldBase, lang: Lang, scope: Scope, region: str) -> WidthRequest:
    """Return the width that a column requests.

    Args:
        field: The field of the column.
        lang: Language of header and labels.
        scope: The project's lists.
        region: Region code, which is part of ids.
    """
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
    # Whichever label is chosen must fit its cell.
    longest = max(map(_printed_width, choices.labels(lang)), default=0.0)
    needed = max(header, min(longest + _PADDING + (_SIGN_WIDTH if signed else 0), _MAX_LABEL_WIDTH))
    return WidthRequest(max(width, needed), needed, wordy=False)


def combined_request(requests: Sequence[WidthRequest]) -> WidthRequest:
    """Return the request of a column that several tables share, one below the other."""
    width, least = max(request.width for request in requests), max(request.least for request in requests)
    return WidthRequest(width, least, wordy=all(request.wordy for request in requests))


def _header_width(label: str, lang: Lang) -> float:
    """Return the width in which a header fits on two lines without breaking a word."""
    # Chinese breaks between any two characters, English only between words.
    words = label.split() if lang == "en" else [label[: -(-len(label) // _HEADER_LINES)]]
    return max(map(_printed_width, words)) * _BOLD_FACTOR + _PADDING


def _printed_width(text: str) -> float:
    """Return the actual width of a text; `text_width` includes a reserve that short texts do not need."""
    return text_width(text) * 0.95


def turned_request(column: WidthRequest) -> WidthRequest:
    """Return the request of a column with a vertical header, whose values are codes of one or two letters."""
    return (
        WidthRequest(_TURNED_HEADER_WIDTH, _TURNED_HEADER_WIDTH, wordy=False)
        if column.width > _TURNED_HEADER_WIDTH
        else column
    )


@dataclass(frozen=True, slots=True)
class FittedPage:
    """Columns fitted to a page.

    Attributes:
        widths: Column widths.
        paper: Paper size.
        upright: Whether headers must be vertical.
    """

    widths: list[float]
    paper: Paper
    upright: bool


def fit_for_paper(columns: Sequence[WidthRequest], narrow: Sequence[WidthRequest], page: PrintSetup) -> FittedPage:
    """Return column widths that are readable in print.

    If shrinking the columns is not enough, headers are turned vertical; if that is not enough, the paper is larger.

    Args:
        columns: Width requests of the columns.
        narrow: The same with vertical headers where possible.
        page: Print setup of the definition.
    """
    turned = [] if narrow == columns else [narrow]
    larger: list[Paper] = ["A3"] if page.paper == "A4" else []
    for paper in (page.paper, *larger):
        sheet = page.model_copy(update={"paper": paper})
        for requests in (columns, *turned):
            widths = fitted_widths(requests, sheet)
            small = columns_px(widths) * _MIN_PRINT_SCALE > PAGE_PX((paper, page.landscape))
            # Squeezed columns count only while turned headers may still make room for them.
            pressed = turned and any(
                w < _MIN_TEXT_SHARE * c.width for w, c in zip(widths, requests, strict=True) if c.wordy
            )
            if not small and not pressed:
                return FittedPage(widths, paper, requests is narrow)
    return FittedPage(widths, paper, bool(turned))


def fitted_widths(columns: Sequence[WidthRequest], page: PrintSetup) -> list[float]:
    """Return column widths fitted to a page.

    If the columns are too wide, text columns shrink first, then the others; if space is left, text columns take it.
    """
    across = PAGE_PX((page.paper, page.landscape))
    widths = [column.width for column in columns]
    spare = (across - columns_px(widths)) / 7
    # Text columns take spare width, since wider text needs fewer lines; without text columns all grow alike.
    if spare > 0:
        shares = [column.width if column.wordy else 0.0 for column in columns]
        shares = shares if any(shares) else widths
        return [width + spare * share / sum(shares) for width, share in zip(widths, shares, strict=True)]
    # Text can wrap, so text columns shrink first.
    for wordy in (True, False):
        excess = (columns_px(widths) - across / _TARGET_SCALE) / 7
        slack = [
            width - column.least if column.wordy == wordy else 0.0
            for width, column in zip(widths, columns, strict=True)
        ]
        if excess > 0 and sum(slack) > 0:
            factor = min(excess / sum(slack), 1.0)
            widths = [width - reduction * factor for width, reduction in zip(widths, slack, strict=True)]
    return widths
