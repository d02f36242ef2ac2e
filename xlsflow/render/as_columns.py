"""Plain text for a terminal: columns that line up and lines that end in time, a Chinese character two cells wide."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GAP = 2
_WIDE = frozenset("WF")
_PIECES = re.compile(r"[ \t]+|[^\s\u2e80-\u9fff\uff00-\uffef\u201c\u201d]+|\S")
"""Blanks, a word of a language that puts blanks between words, or one character of another."""
_NEVER_FIRST = frozenset("，。、；：？！”）》〉」』】…,.;:?!)]}")


def cells(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in _WIDE) for c in text)


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines whose columns line up; the last column is as long as it is."""
    if not rows:
        return []
    widths = [max(cells(row[at]) for row in rows) for at in range(len(rows[0]) - 1)]
    return [_line(row, widths) for row in rows]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = [text + " " * (width + GAP - cells(text)) for text, width in zip(row[:-1], widths, strict=True)]
    return "".join((*padded, row[-1])).rstrip()


def wrapped(text: str, width: int, indent: str = "", hang: str = "") -> Iterator[str]:
    """Yield a text in lines that end in time.

    Args:
        text: The text.
        width: Cells of a line.
        indent: What stands before the first line.
        hang: What stands before each further line.
    """
    line = indent
    begun = False
    for piece in _PIECES.findall(text):
        too_long = cells(line) + cells(piece.rstrip()) > width and piece not in _NEVER_FIRST
        if begun and too_long:
            yield line.rstrip()
            line, begun = hang, False
        if begun or not piece.isspace():
            line += piece
            begun = True
    yield line.rstrip()
