"""The looks of an outgoing workbook by what a cell is for; each format is made once a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from xlsflow.workbook.style.formats import Formats
from xlsflow.workbook.style.theme import (
    AMBER,
    AUTO,
    BLUE,
    BODY_PT,
    CHIPS,
    DENSE_PT,
    HEADERS,
    INK,
    INPUT,
    LINE,
    NAVY,
    PANEL,
    SLATE,
    TITLE_PT,
    WHITE,
    HeaderTone,
    Tone,
)

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

    from xlsflow.template.kinds import FieldBase

TABLE_PT = 9.5
"""Between dense and comfortable: three quarters of it, on paper, can still be read."""
STRUT_FONT, STRUT_LINE = "Arial", 1.2
"""A font that every system has under one name or another, and how high its line is for its size."""
PALE = "#B9C7D8"
"""Ink for what stands back on a dark band."""
MISSING, MISSING_FILL = "missing", "#FFF1D2"
_FRAME: Mapping[str, object] = {"border": 1, "border_color": LINE}
_LEFT: Mapping[str, object] = {"align": "left", "indent": 1}


class Ink:
    """The formats of one workbook, by what a cell is for."""

    def __init__(self, book: Workbook) -> None:
        self._formats = Formats(book)
        self._rules: dict[str, Format] = {}
        self._cells: dict[tuple[int, bool, bool, bool], tuple[FieldBase, Format]] = {}

    def get(self, **look: object) -> Format:
        """Return the format of a look."""
        return self._formats.get(**look)

    @property
    def looks(self) -> Mapping[str, Format]:
        """Every look of cells that was asked for, with its format."""
        return self._formats.made

    @property
    def rules(self) -> Mapping[str, Format]:
        """Every look of conditional formats that was asked for, with its format."""
        return self._rules

    def key_of(self, look: Format) -> str:
        """Return the look of a format among `looks`."""
        return next(key for key, known in self.looks.items() if known is look)

    def band(self, **look: object) -> Format:
        """Return the look of a title's band."""
        return self.get(**{"bg_color": NAVY, "font_color": WHITE, "text_wrap": True, **_LEFT, **look})

    def title(self, pt: float = TITLE_PT) -> Format:
        """Return the look of a title."""
        return self.band(bold=True, font_size=pt)

    def subtitle(self, pt: float = DENSE_PT) -> Format:
        """Return the look of the title in the other language, or of the line under a cover's title."""
        return self.band(font_size=pt, font_color=PALE)

    def facts(self) -> Format:
        """Return the look of the band of facts."""
        return self.get(bg_color=PANEL, font_size=DENSE_PT, text_wrap=True, **_LEFT)

    def link(self, *, band: bool) -> Format:
        """Return the look of a link; on light fills only, for LibreOffice paints every link dark blue."""
        look = {"bg_color": PANEL, "align": "right", "font_size": DENSE_PT} if band else {"align": "center", **_FRAME}
        return self.get(font_color=BLUE, underline=1, bold=True, **look)

    def hint(self, align: str = "left") -> Format:
        """Return the look of the hint, or of the counts opposite it."""
        if align == "right":
            return self.get(font_color=NAVY, bold=True, font_size=DENSE_PT, align="right")
        return self.get(font_color=SLATE, font_size=DENSE_PT, text_wrap=True, **_LEFT)

    def heading(self) -> Format:
        """Return the look of a block's heading."""
        return self.get(bold=True, font_size=11, font_color=NAVY, bottom=2, bottom_color=BLUE, align="left")

    def key(self) -> Format:
        """Return the look of the hidden keys."""
        return self.get(font_size=8, font_color=SLATE, num_format="@")

    @cached_property
    def judging(self) -> tuple[Format, Format]:
        """The looks of the judging cells of a row, and of its mark."""
        return (
            self.get(font_size=8, font_color=SLATE),
            self.get(font_size=DENSE_PT, font_color=SLATE, align="left"),
        )

    def header(self, tone: HeaderTone, turned: int = 0) -> Format:
        """Return the look of a table's header, turned by so many degrees."""
        look = HEADERS[tone]
        lies: dict[str, object] = {"rotation": turned} if turned else {"text_wrap": True}
        return self.get(
            bg_color=look.fill, font_color=look.ink, italic=look.italic, bold=True, align="center",
            font_size=TABLE_PT, border=1, border_color=WHITE, **lies,
        )  # fmt: skip

    def label(self) -> Format:
        """Return the look of a form's label."""
        return self.get(bg_color=PANEL, font_color=NAVY, bold=True, align="center", text_wrap=True, **_FRAME)

    def cell(self, one: FieldBase, *, form: bool, locked: bool, alarm: bool = False) -> Format:
        """Return the look of a cell to fill, or of one that is issued or worked out."""
        key = id(one), form, locked, alarm  # which holds as long as the field is kept with it
        if key not in self._cells:
            self._cells[key] = one, self._cell(one, form=form, locked=locked, alarm=alarm)
        return self._cells[key][1]

    def _cell(self, one: FieldBase, *, form: bool, locked: bool, alarm: bool) -> Format:
        look: dict[str, Any] = {"num_format": one.display_format, "text_wrap": True, **_FRAME}
        look |= _LEFT if form or one.align == "left" else {"align": one.align}
        look["font_size"] = BODY_PT if form else TABLE_PT
        if locked:
            look["bg_color"] = AUTO
        else:
            look["locked"] = False
            if form:
                look["bg_color"] = INPUT
        if alarm:
            look |= {"bold": True, "font_color": CHIPS["overdue"].ink}
        return self.get(**look)

    def id_cell(self, one: FieldBase, *, locked: bool) -> Format:
        """Return the look of what names a row."""
        look: dict[str, Any] = {"bg_color": AUTO} if locked else {"locked": False}
        look |= _LEFT if one.align == "left" else {"align": one.align}
        bold = one.align != "left"
        look |= {"bold": bold, "font_color": NAVY if bold else INK, "font_size": TABLE_PT, "text_wrap": True}
        return self.get(num_format=one.display_format, **look, **_FRAME)

    def strut(self, points: float) -> Format:
        """Return the look of an empty cell whose font keeps its row at least so high, also where a program fits it."""
        return self.get(font_name=STRUT_FONT, font_size=int(points / STRUT_LINE))

    def text(self, *, centred: bool = False, **look: object) -> Format:
        """Return the look of printed text in a frame."""
        return self.get(**{"text_wrap": True, **_FRAME, **({"align": "center"} if centred else _LEFT), **look})

    def chip(self, tone: Tone, *, framed: bool = False, **look: object) -> Format:
        """Return the look of a status chip as a cell of its own."""
        chip = CHIPS[tone]
        frame = _FRAME if framed else {}
        return self.get(bg_color=chip.fill, font_color=chip.ink, bold=True, align="center", **frame, **look)

    def missing(self) -> Format:
        """Return what a conditional format lays over a cell at fault: still blank, or to be mended or looked at."""
        if MISSING not in self._rules:
            look = {"bg_color": MISSING_FILL, "border": 1, "border_color": AMBER}
            self._rules[MISSING] = self._formats.rule(**look)
        return self._rules[MISSING]

    def rule(self, tone: Tone, *, sign: bool = True) -> Format:
        """Return what a conditional format lays over a cell: the chip's colours, and its sign before the word."""
        key = f"{tone}{sign}"
        if key not in self._rules:
            chip = CHIPS[tone]
            look: dict[str, object] = {"bg_color": chip.fill, "font_color": chip.ink}
            if chip.ink == WHITE:
                look["bold"] = True
            if sign and chip.symbol:
                # The sign is a matter of display: the cell's value stays the label that the dropdown offers.
                look["num_format"] = f'"{chip.symbol} "@'
            self._rules[key] = self._formats.rule(**look)
        return self._rules[key]
