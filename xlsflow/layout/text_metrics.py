"""How wide and high a text is in a cell, estimated without a font.

Column widths are in Excel's units: the width of a digit in the default font at 10 points. The spreadsheet programs
break and measure text each in its own way; estimates here are slightly generous, so that no text is cut off.
"""

from __future__ import annotations

import re
from math import ceil

WIDE_CHARACTER, NARROW_CHARACTER = 2.0, 1.05
"""Width in units of a Chinese character and of any other one, at 10 points."""

MIN_ROW_PT = 22.0
"""Height of a row with one line of text."""

MAX_ROW_PT = 400.0
"""Excel accepts no row higher than 409 points."""

# The font size that column widths are measured at.
_UNIT_PT = 10.0
_CELL_PADDING = 1.2
_LINE_FACTOR = 1.42
_ROW_PADDING_PT = 7.0

# Blanks; a word, which stays on one line; Chinese, which breaks after any character.
_RUNS = re.compile("[\x00- ]+|[!-ÿ]+|[^\x00-ÿ]+")


def text_width(text: str) -> float:
    """Return the width of a one-line text in units, at 10 points.

    A character beyond Latin-1 counts as wide: true for Chinese, a little generous for Greek and Cyrillic.
    """
    narrow = len(text.encode("latin-1", "ignore"))
    return NARROW_CHARACTER * narrow + WIDE_CHARACTER * (len(text) - narrow)


def column_pixels(width: float) -> int:
    """Return the width in screen pixels of a column that is `width` units wide."""
    return round(width * 7) + 5


def column_units(px: float) -> float:
    """Return the width in units of a column, or of several merged ones, that is `px` pixels wide."""
    return (px - 5) / 7


def row_height(lines: int, pt: float = _UNIT_PT, least: float = MIN_ROW_PT, most: float = MAX_ROW_PT) -> float:
    """Return the height in points of a row with `lines` lines of text, within bounds."""
    return min(max(lines * pt * _LINE_FACTOR + _ROW_PADDING_PT, least), most)


def lines_per_row(points: float, pt: float = _UNIT_PT) -> int:
    """Return how many lines of text fit in a row that is `points` high."""
    return max(int((points - _ROW_PADDING_PT) / (pt * _LINE_FACTOR)), 1)


def wide_characters_per_line(width: float, pt: float = _UNIT_PT) -> int:
    """Return how many characters fit on one line of a column, even if all are wide."""
    return int(max(width - _CELL_PADDING, WIDE_CHARACTER) * _UNIT_PT / pt / WIDE_CHARACTER)


def lines_needed(text: str, width: float, pt: float = _UNIT_PT) -> int:
    """Return how many lines a wrapped text takes in a column.

    Args:
        text: The text; its own line breaks count.
        width: The column's width in units, or the sum of several that are merged.
        pt: Font size.
    """
    room = max(width - _CELL_PADDING, WIDE_CHARACTER) * _UNIT_PT / pt
    if "\n" in text:
        return sum(_paragraph_lines(paragraph, room) for paragraph in text.split("\n"))
    return _paragraph_lines(text, room)


def _paragraph_lines(paragraph: str, room: float) -> int:
    """Return the lines of one paragraph; most are decided by their width, without going through the words."""
    narrow = len(paragraph.encode("latin-1", "ignore"))
    width = NARROW_CHARACTER * narrow + WIDE_CHARACTER * (len(paragraph) - narrow)
    if width <= room:
        return 1
    # Blanks may hang over the end of a line. What else a line leaves unused is less than one wide character, or less
    # than a word that moves to the next line: if even all of it fits in the least number of lines, no more are needed.
    blanks = paragraph.count(" ")
    words = NARROW_CHARACTER * (narrow - blanks)
    least = ceil((width - NARROW_CHARACTER * blanks) / room)
    if words <= room and width + words + least * WIDE_CHARACTER <= least * room and paragraph.isprintable():
        return least
    return _wrapped_lines(paragraph, room)


def _wrapped_lines(paragraph: str, room: float) -> int:
    """Return the lines of one paragraph, filled from the left as the spreadsheet programs do."""
    lines, used = 1, 0.0
    full = int(room // WIDE_CHARACTER)
    for run in _RUNS.findall(paragraph):
        width = NARROW_CHARACTER * len(run)
        if run[0] > "ÿ":
            over = len(run) - int((room - used) // WIDE_CHARACTER)
            more = max(-(-over // full), 0)
            lines += more
            used = WIDE_CHARACTER * (over - (more - 1) * full) if more else used + WIDE_CHARACTER * len(run)
        elif used + width <= room:
            used += width
        elif run[0] <= " ":
            used = room  # blanks hang over the end of the line
        elif width <= room:
            lines, used = lines + 1, width
        else:  # a word longer than a line starts on a new line and is broken where each line ends
            lines += (used > 0) + ceil(width / room) - 1
            used = width % room
    return lines
