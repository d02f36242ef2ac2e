"""The look of every workbook: palette, status chips, header colours, fonts, and how wide and high a text is.

Colours were chosen so that colour-blind readers can tell a status; in grey print nobody can, so a chip's colour
always goes with its symbol or its word. Symbols are of GB2312 only: emoji and tick boxes are lost or drawn
differently by WPS and LibreOffice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Literal

from xlsflow.i18n import (
    NARROW,
    WIDE,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

NAVY = "#1F3A5F"
BLUE = "#2F6690"
TEAL = "#2A7F7A"
AMBER = "#C98A1B"
SLATE = "#6B7785"
INK = "#1F2933"
LINE = "#C9D2DC"
PANEL = "#EAF0F6"
INPUT = "#FFFBEB"
AUTO = "#F1F3F5"
WHITE = "#FFFFFF"
ALARM = "#B3261E"

TAB_READ_ME = NAVY
TAB_FORM = BLUE
TAB_TABLE = TEAL
TAB_REGISTER = AMBER

CHART_DONE = "#1F7A5A"
CHART_IN_PROGRESS = "#8DBBE3"
CHART_IDLE = "#DDE2E7"
CHART_BLOCKED = "#3F2A6B"
CHART_OVERDUE = "#D9532C"

FONT = "Microsoft YaHei"
"""The English name: Windows knows it built in, and every program maps it to some Chinese face."""

BODY_PT = 10.0
DENSE_PT = 9.0
TITLE_PT = 16.0
FIGURE_PT = 18.0

MIN_ROW_PT = 22.0
TABLE_ROW_PT = 30.0
FORM_ROW_PT = 26.0
TITLE_ROW_PT = 34.0
BAND_ROW_PT = 20.0
HEADER_ROW_PT = 34.0
MAX_ROW_PT = 400.0
"""Excel takes no row higher than 409 points."""

PAPER_A4 = 9
MARGIN_SIDE_IN = 0.45
MARGIN_TOP_IN = 0.75
MARGIN_BOTTOM_IN = 0.65
PRINT_WIDTH_PX = 1036
"""Pixels across an A4 page laid sideways between these margins: print scale = this / the sum of the column widths."""

GRID_PX = 26
"""Width of one of the narrow columns that a board is laid out on: a board of three bands has the shape of the paper."""

Tone = Literal[
    "overdue",
    "due_soon",
    "done",
    "in_progress",
    "blocked",
    "idle",
    "missing",
    "error",
    "warning",
    "info",
    "high",
    "medium",
    "low",
    "accent",
    "blue",
    "teal",
    "grey",
]
"""What a cell says by its colour."""

HeaderTone = Literal["required", "optional", "computed"]
"""What a header says by its colour: must be filled in, may be, or is worked out."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A status as it is shown: symbol, fill and the colour of the word on it."""

    symbol: str
    fill: str
    ink: str


@dataclass(frozen=True, slots=True)
class Header:
    """A header cell as it is shown."""

    fill: str
    ink: str = WHITE
    italic: bool = False


CHIPS: Mapping[Tone, Chip] = {
    "overdue": Chip("▲", "#F8C4B4", "#861A00"),
    "due_soon": Chip("◆", "#FFEFB8", "#6B4A00"),
    "done": Chip("●", "#DFF4EA", "#0B5B40"),
    "in_progress": Chip("", "#CFE3F5", "#124A75"),
    "blocked": Chip("■", "#D7C6EA", "#47206B"),
    "idle": Chip("○", "#EEF0F2", "#4A5560"),
    "missing": Chip("？", "#EEF0F2", "#4A5560"),
    "error": Chip("▲", "#F8C4B4", "#861A00"),
    "warning": Chip("◆", "#FFEFB8", "#6B4A00"),
    "info": Chip("○", "#CFE3F5", "#124A75"),
    # Cells of a heat map: stronger fills under dark figures.
    "high": Chip("▲", "#F09A85", INK),
    "medium": Chip("◆", "#FFE19A", INK),
    "low": Chip("○", "#CFEBDD", INK),
    # Plain colours for letters that speak for themselves (RACI).
    "accent": Chip("", NAVY, WHITE),
    "blue": Chip("", "#C1D9EF", "#124A75"),
    "teal": Chip("", "#D6EEE7", "#0B5B40"),
    "grey": Chip("", "#EBEDEF", "#4A5560"),
}

HEADERS: Mapping[HeaderTone, Header] = {
    "required": Header(NAVY),
    "optional": Header(BLUE),
    "computed": Header(SLATE, italic=True),
}

_CELL_PADDING = 1.2
_LINE_FACTOR = 1.42
_ROW_PADDING_PT = 7.0
_RUNS = re.compile("[\x00- ]+|[!-ÿ]+|[^\x00-ÿ]+")
"""Blanks, a word that stays on one line, Chinese that breaks after any character."""


def lines_needed(text: str, width: float, pt: float = BODY_PT) -> int:
    """Return how many lines a wrapped text takes in a column so wide, at a size of font.

    Args:
        text: The text; its own line breaks count.
        width: The column's width in units (of several columns where cells are merged).
        pt: Size of the font.
    """
    room = max(width - _CELL_PADDING, WIDE) * BODY_PT / pt
    if "\n" in text:
        return sum(_lines(paragraph, room) for paragraph in text.split("\n"))
    return _lines(text, room)


def _lines(paragraph: str, room: float) -> int:
    """Return the lines of one paragraph; where its words are short that can be seen without going through it."""
    narrow = len(paragraph.encode("latin-1", "ignore"))
    width = NARROW * narrow + WIDE * (len(paragraph) - narrow)
    if width <= room:
        return 1
    # Blanks may hang over the end of a line; a line lacks less than one wide character, or than a word that moves on.
    blanks = paragraph.count(" ")
    words = NARROW * (narrow - blanks)
    least = ceil((width - NARROW * blanks) / room)
    if words <= room and width + words + least * WIDE <= least * room and paragraph.isprintable():
        return least
    return _wrapped(paragraph, room)


def _wrapped(paragraph: str, room: float) -> int:
    """Return the lines of one paragraph, filled from the left as the spreadsheet programs do."""
    lines, used = 1, 0.0
    full = int(room // WIDE)
    for run in _RUNS.findall(paragraph):
        width = NARROW * len(run)
        if run[0] > "ÿ":
            over = len(run) - int((room - used) // WIDE)
            more = max(-(-over // full), 0)
            lines += more
            used = WIDE * (over - (more - 1) * full) if more else used + WIDE * len(run)
        elif used + width <= room:
            used += width
        elif run[0] <= " ":
            used = room  # blanks hang over the end of the line
        elif width <= room:
            lines, used = lines + 1, width
        else:  # a word longer than the line starts on a line of its own and is broken where each line ends
            lines += (used > 0) + ceil(width / room) - 1
            used = width % room
    return lines


def characters_within(width: float, pt: float = BODY_PT) -> int:
    """Return how many characters stand on one line for certain, be they wide."""
    return int(max(width - _CELL_PADDING, WIDE) * BODY_PT / pt / WIDE)


def row_height(lines: int, pt: float = BODY_PT, least: float = MIN_ROW_PT, most: float = MAX_ROW_PT) -> float:
    """Return the height in points of a row of so many lines: at least `least`, at most what Excel takes."""
    return min(max(lines * pt * _LINE_FACTOR + _ROW_PADDING_PT, least), most)


def lines_within(points: float, pt: float = BODY_PT) -> int:
    """Return how many lines stand in a row so high."""
    return max(int((points - _ROW_PADDING_PT) / (pt * _LINE_FACTOR)), 1)


def pixels(width: float) -> int:
    """Return how many pixels a column of so many units is wide on the screen."""
    return round(width * 7) + 5


def units(px: float) -> float:
    """Return the width in units of so many pixels, of one column or of several merged ones."""
    return (px - 5) / 7
