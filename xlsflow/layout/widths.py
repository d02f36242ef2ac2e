"""How wide the columns of a table are: enough for its values and its headers, and fit for the page it is printed on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsflow.template.kinds import FieldBase, Scope
from xlsflow.template.model import PrintSetup
from xlsflow.words import Lang, text_width

PADDING = 1.6
BOLD = 1.08
SIGN = 2.4
"""A sign such as ▲ and the blank behind it."""
SIGNED = frozenset({"overdue", "due_soon", "done", "blocked", "idle"})
"""Tones that show a sign before the word."""
HEADER_LINES = 2
LONGEST_LABEL = 16.0
"""A longer value of a list wraps: one long value must not spread a column."""
LEAST_TEXT = 11.0
"""A column of words is not pressed below this."""

PAGE_PX = {("A4", False): 707, ("A4", True): 1036, ("A3", False): 1036, ("A3", True): 1501}.__getitem__
"""Pixels between the margins of 0.45 in, at full size, by paper and whether the long side lies across."""
LEAST_SCALE = 0.79
"""Below three quarters, 10 points are printed smaller than 7.5; LibreOffice's columns are a twentieth wider."""


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
    if (number := field.issued(1, 2000, region)) is not None:
        width = max(width, _printed_width(number) * BOLD + PADDING)
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
