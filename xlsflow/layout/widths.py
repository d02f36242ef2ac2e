"""How wide the columns of a table are: enough for its values and its headers, and fit for the page it is printed on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsflow.i18n import (
    Lang,
    text_width,
)
from xlsflow.template.kinds import FieldBase, Scope
from xlsflow.template.printed_blocks import (
    Paper,
    PrintSetup,
)

PADDING, LEAST_PADDING = 1.6, 0.8
BOLD = 1.08
TABLE_FONT = 0.95
"""A table's font beside the 10 points that widths are counted in."""
SIGN = 2.4
"""A sign such as ▲ and the blank behind it."""
SIGNED = frozenset({"overdue", "due_soon", "done", "blocked", "idle"})
"""Tones that show a sign before the word."""
HEADER_LINES = 2
LONGEST_LABEL = 16.0
"""A longer value of a list wraps: one long value must not spread a column."""
STANDING_WIDTH = 4.0
"""A column under a turned header: wide enough for `A/R`."""
PRESSED = 0.6
"""Headers that can be turned are turned before words are pressed to less than this part of what they ask for."""
LEAST_TEXT = 11.0
"""A column of words is not pressed below this."""

PAGE_PX = {("A4", False): 707, ("A4", True): 1036, ("A3", False): 1036, ("A3", True): 1501}.__getitem__
"""Pixels between the margins of 0.45 in, at full size, by paper and whether the long side lies across."""
SMALLEST = 0.75
"""What is smaller than that is not printed: headers are turned, or the paper is larger."""
LEAST_SCALE = 0.79
"""What columns are pressed to: below three quarters, 10 points are printed smaller than 7.5, and LibreOffice's columns
are a twentieth wider."""


def pixels(widths: Sequence[float]) -> float:
    """Return how many pixels columns take at full size."""
    return sum(7 * width + 5 for width in widths)


@dataclass(frozen=True, slots=True)
class Asked:
    """The width that a column asks for.

    Attributes:
        width: Its definition's, and more where a header or a value needs it.
        least: What it can be pressed to where the page is too narrow.
        wordy: Whether it holds words, which can stand on more lines.
    """

    width: float
    least: float
    wordy: bool


def asked_width(field: FieldBase, lang: Lang, scope: Scope, region: str) -> Asked:
    """Return the width that a column asks for."""
    header = _header_width(field.label.say(lang) + " *", lang)
    width = max(field.room(lang), header)
    if shape := _printed_width(field.shape(region)) * BOLD * TABLE_FONT:
        return Asked(max(width, shape + PADDING), max(header, shape + LEAST_PADDING), wordy=False)
    if field.align == "left":
        return Asked(width, min(width, max(LEAST_TEXT, header)), wordy=True)
    choices = scope.lists.get(field.list_name())
    if choices is None:
        return Asked(width, width, wordy=False)
    signed = any(choice.tone in SIGNED for choice in choices.values)
    longest = max(map(_printed_width, choices.labels(lang)), default=0.0)
    needed = max(header, min(longest + PADDING + (SIGN if signed else 0), LONGEST_LABEL))
    return Asked(max(width, needed), needed, wordy=False)


def shared_width(columns: Sequence[Asked]) -> Asked:
    """Return what a column asks for that several tables of as many columns share, one below the other."""
    width, least = max(one.width for one in columns), max(one.least for one in columns)
    return Asked(width, least, wordy=all(one.wordy for one in columns))


def _header_width(label: str, lang: Lang) -> float:
    """Return the width in which a header stands on two lines, no word broken."""
    words = label.split() if lang == "en" else [label[: -(-len(label) // HEADER_LINES)]]
    return max(map(_printed_width, words)) * BOLD + PADDING


def _printed_width(text: str) -> float:
    """Return how wide a text really is; `text_width` leaves it room to spare, which short words can do without."""
    return text_width(text) * 0.95


def standing(column: Asked) -> Asked:
    """Return what a column asks for whose header is turned: room for its values, which are marks of a letter or two."""
    return Asked(STANDING_WIDTH, STANDING_WIDTH, wordy=False) if column.width > STANDING_WIDTH else column


@dataclass(frozen=True, slots=True)
class FitPage:
    """Columns that are fit for a page.

    Attributes:
        widths: Their widths.
        paper: The paper.
        upright: Whether they are so many that headers have to be turned.
    """

    widths: list[float]
    paper: Paper
    upright: bool


def fit_for_paper(columns: Sequence[Asked], narrow: Sequence[Asked], page: PrintSetup) -> FitPage:
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
            widths = fitted(asked, sheet)
            small = pixels(widths) * SMALLEST > PAGE_PX((paper, page.landscape))
            pressed = turned and any(w < PRESSED * c.width for w, c in zip(widths, asked, strict=True) if c.wordy)
            if not small and not pressed:
                return FitPage(widths, paper, asked is narrow)
    return FitPage(widths, paper, bool(turned))


def fitted(columns: Sequence[Asked], page: PrintSetup) -> list[float]:
    """Return widths fit for a page.

    Where the columns are too many, those of words give way first, then the others; where there is room left, those of
    words take it.
    """
    across = PAGE_PX((page.paper, page.landscape))
    widths = [column.width for column in columns]
    spare = (across - pixels(widths)) / 7
    if spare > 0:
        soft = [column.width if column.wordy else 0.0 for column in columns]
        soft = soft if any(soft) else widths
        return [width + spare * share / sum(soft) for width, share in zip(widths, soft, strict=True)]
    for wordy in (True, False):
        over = (pixels(widths) - across / LEAST_SCALE) / 7
        gives = [width - c.least if c.wordy == wordy else 0.0 for width, c in zip(widths, columns, strict=True)]
        if over > 0 and sum(gives) > 0:
            part = min(over / sum(gives), 1.0)
            widths = [width - give * part for width, give in zip(widths, gives, strict=True)]
    return widths
