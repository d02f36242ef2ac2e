"""The palette of every workbook: colours, status chips, header colours, fonts, heights and margins.

Colour-blind readers can tell the statuses apart by these colours. In grey print nobody can, so a chip's colour always
comes with its symbol or its text. Symbols are limited to GB2312: WPS and LibreOffice lose emoji and tick boxes, or draw
them differently.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

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

TAB_FORM = BLUE
TAB_TABLE = TEAL
TAB_REGISTER = AMBER

FONT = "Microsoft YaHei"
"""Windows has it under this English name, and other programs map it to some Chinese font."""

BODY_PT = 10.0
DENSE_PT = 9.0
TITLE_PT = 16.0
FIGURE_PT = 18.0

TABLE_ROW_PT = 30.0
FORM_ROW_PT = 26.0
TITLE_ROW_PT = 34.0
BAND_ROW_PT = 20.0
HEADER_ROW_PT = 34.0

PAPER_A4 = 9
MARGIN_SIDE_IN = 0.45
MARGIN_TOP_IN = 0.75
MARGIN_BOTTOM_IN = 0.65

GRID_PX = 21
"""Width of a dashboard's grid column. 48 of them fit across the paper at 86 % even where another font replaces ours and
makes every column a fifth wider (measured on LibreOffice): the smallest letters, of `DENSE_PT`, have 7.7 points."""

CellTone = Literal[
    "overdue", "due_soon", "done", "in_progress", "blocked", "idle", "missing", "error", "warning", "info", "answer",
    "high", "medium", "low", "accent", "blue", "teal", "grey",
]  # fmt: skip
"""The meaning of a cell's colour."""

HeaderTone = Literal["required", "optional", "computed"]
"""The meaning of a header's colour: the field is required, optional or computed."""


@dataclass(frozen=True, slots=True)
class StatusChip:
    """How a status is shown: symbol, fill colour and font colour."""

    symbol: str
    fill: str
    font_colour: str


@dataclass(frozen=True, slots=True)
class HeaderColours:
    """How a header cell is shown: fill colour, font colour and slant."""

    fill: str
    font_colour: str = WHITE
    italic: bool = False


# Contrast of the texts is 6.3 at least. In grey print some fills cannot be told apart (ΔE 0.1): symbol and word carry
# the meaning.
CHIPS: Mapping[CellTone, StatusChip] = {
    "overdue": StatusChip("▲", "#F8C4B4", "#861A00"),
    "due_soon": StatusChip("◆", "#FFEFB8", "#6B4A00"),
    "done": StatusChip("●", "#DFF4EA", "#0B5B40"),
    "in_progress": StatusChip("", "#CFE3F5", "#124A75"),
    "blocked": StatusChip("■", "#D7C6EA", "#47206B"),
    "idle": StatusChip("○", "#EEF0F2", "#4A5560"),
    "missing": StatusChip("—", "#EEF0F2", "#4A5560"),
    "error": StatusChip("▲", "#F8C4B4", "#861A00"),
    "warning": StatusChip("◆", "#FFEFB8", "#6B4A00"),
    "info": StatusChip("○", "#CFE3F5", "#124A75"),
    # As in the workbooks that regions fill in.
    "answer": StatusChip("", INPUT, INK),
    # Heat map cells: stronger fills, so that neighbours differ, under dark figures.
    "high": StatusChip("▲", "#F09A85", INK),
    "medium": StatusChip("◆", "#FFE19A", INK),
    "low": StatusChip("○", "#CFEBDD", INK),
    # Colours without a meaning of their own, for the letters of a RACI matrix.
    "accent": StatusChip("", NAVY, WHITE),
    "blue": StatusChip("", "#C1D9EF", "#124A75"),
    "teal": StatusChip("", "#D6EEE7", "#0B5B40"),
    "grey": StatusChip("", "#EBEDEF", "#4A5560"),
}

# Smallest difference between two of them (ΔE76), measured: 28.8 with deuteranopia, 24.5 with protanopia, 7.5 in grey.
MARK_CHART_COLOURS: Mapping[CellTone, str] = {
    "done": "#1F7A5A", "in_progress": "#8DBBE3", "idle": "#DDE2E7", "blocked": "#3F2A6B", "overdue": "#D9532C",
}  # fmt: skip
"""Colours of the bars of a chart: stronger than those of chips, since nothing is written on most of them."""

AGE_COLOURS = ("#F2B8A2", "#EB9078", "#E06B50", "#C9432C", "#9C2A17")
"""Colours of the age classes, darker for longer overdue ones."""

HEADER_COLOURS: Mapping[HeaderTone, HeaderColours] = {
    "required": HeaderColours(NAVY),
    "optional": HeaderColours(BLUE),
    "computed": HeaderColours(SLATE, italic=True),
}
