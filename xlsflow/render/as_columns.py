"""Plain text for a terminal: columns that line up and lines that end in time, a Chinese character two cells wide."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_GAP = 2
_WIDE = frozenset("WF")
# Blanks, a word of a language that puts blanks between words, or one character of another.
_PIECES = re.compile(r"[ \t]+|[^\s\u2e80-\u9fff\uff00-\uffef\u201c\u201d]+|\S")
_NEVER_FIRST = frozenset("，。、；：？！”）》〉」』】…,.;:?!)]}")


def display_width(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in _WIDE) for c in text)


def aligned_rows(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines with aligned columns; the last column is not padded."""
    if not rows:
        return []
    widths = [max(display_width(row[at]) for row in rows) for at in range(len(rows[0]) - 1)]
    return [_line(row, widths) for row in rows]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = [text + " " * (width + _GAP - display_width(text)) for text, width in zip(row[:-1], widths, strict=True)]
    return "".join((*padded, row[-1])).rstrip()


def wrapped_lines(text: str, width: int, indent: str = "", hang: str = "") -> Iterator[str]:
    """Yield a text in lines of limited width.

    Args:
        text: The text.
        width: Width of a line, in terminal cells.
        indent: Indentation of the first line.
        hang: Indentation of all other lines.
    """
    line = indent
    begun = False
    for piece in _PIECES.findall(text):
        # Closing punctuation may exceed the width: it must not begin a line, by Chinese typesetting rules.
        too_long = display_width(line) + display_width(piece.rstrip()) > width and piece not in _NEVER_FIRST
        if begun and too_long:
            yield line.rstrip()
            line, begun = hang, False
        if begun or not piece.isspace():
            line += piece
            begun = True
    yield line.rstrip()
