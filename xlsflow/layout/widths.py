"""How wide the columns of a table are: enough for its values and its headers, and fit for the page it is printed on."""

from __future__ import annotations

from collections.abc import Sequence

from xlsflow.template.kinds import FieldBase, Scope
from xlsflow.template.model import PrintSetup
from xlsflow.words import Lang, text_width

PADDING = 1.6
BOLD = 1.08
SIGN = 2.4
"""A sign such as ▲ and the blank behind it."""
HEADER_LINES = 2
LONGEST_LABEL = 16.0
"""A longer value of a list wraps: one long value must not spread a column."""
LEAST_TEXT = 11.0
"""A column of words is not pressed below this."""

PAGE_PX = {("A4", False): 707, ("A4", True): 1036, ("A3", False): 1036, ("A3", True): 1501}.__getitem__
"""Pixels between the margins of 0.45 in, at full size, by paper and whether the long side lies across."""
LEAST_SCALE = 0.76
"""Below three quarters, 10 points are printed smaller than 7.5; the rest is for programs with wider fonts."""


def pixels(widths: Sequence[float]) -> float:
    """Return how many pixels columns take at full size."""
    return sum(7 * width + 5 for width in widths)


def column_width(field: FieldBase, lang: Lang, scope: Scope, region: str) -> float:
    """Return the width that a column asks for: its definition's, and more where a header or a value needs it."""
    width = max(field.room(lang), _header_width(field.label.say(lang) + " *", lang))
    if (number := field.issued(1, 2000, region)) is not None:
        width = max(width, _printed_width(number) * BOLD + PADDING)
    choices = scope.lists.get(field.list_name())
    if choices is None or field.align != "center":
        return width
    toned = any(choice.tone for choice in choices.values)
    longest = max(map(_printed_width, choices.labels(lang)), default=0.0)
    return max(width, min(longest + PADDING + (SIGN if toned else 0), LONGEST_LABEL))


def _header_width(label: str, lang: Lang) -> float:
    """Return the width in which a header stands on two lines, no word broken."""
    words = label.split() if lang == "en" else [label[: -(-len(label) // HEADER_LINES)]]
    return max(map(_printed_width, words)) * BOLD + PADDING


def _printed_width(text: str) -> float:
    """Return how wide a text really is; `text_width` leaves it room to spare, which short words can do without."""
    return text_width(text) * 0.95


def fitted(fields: Sequence[FieldBase], widths: Sequence[float], page: PrintSetup) -> list[float]:
    """Return widths fit for a page: columns of words give way where there are too many, and take what room is left."""
    across = PAGE_PX((page.paper, page.landscape))
    total = pixels(widths)
    wordy = [field.align == "left" for field in fields]
    if total < across:
        loose = sum(w for w, soft in zip(widths, wordy, strict=True) if soft) or sum(widths)
        any_wordy = any(wordy)
        spare = (across - total) / 7
        return [w + spare * w / loose if soft or not any_wordy else w for w, soft in zip(widths, wordy, strict=True)]
    over = (total - across / LEAST_SCALE) / 7
    give = sum(max(w - LEAST_TEXT, 0) for w, soft in zip(widths, wordy, strict=True) if soft)
    if over <= 0 or not give:
        return list(widths)
    share = min(over / give, 1.0)
    return [w - max(w - LEAST_TEXT, 0) * share if soft else w for w, soft in zip(widths, wordy, strict=True)]
