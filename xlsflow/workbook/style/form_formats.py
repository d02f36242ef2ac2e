"""The cell formats of an outgoing workbook, by the purpose of a cell. Each format is created once a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from xlsflow.workbook.style import theme
from xlsflow.workbook.style.formats import Formats
from xlsflow.workbook.style.theme import CellTone, HeaderTone

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

    from xlsflow.template.kinds import FieldBase

TABLE_PT = 9.5
"""Font size in tables: a sheet is printed at 75 % or more, and 7 points can still be read."""

FAULT_FILL = "#FFF1D2"
"""Fill of a cell that has a finding."""

# Every system has this font or a metric-compatible one; its line is 1.2 times as high as its size.
_STRUT_FONT, _STRUT_LINE_FACTOR = "Arial", 1.2

# Font colour of secondary text on a dark band.
_MUTED_ON_DARK = "#B9C7D8"

_FAULT_RULE = "missing"
_FRAME: Mapping[str, object] = {"border": 1, "border_color": theme.LINE}
# xlsxwriter drops the indent of a cell that has a vertical alignment but no horizontal one.
_LEFT: Mapping[str, object] = {"align": "left", "indent": 1}


class FormFormats:
    """The formats of one workbook, by the purpose of a cell."""

    def __init__(self, workbook: Workbook) -> None:
        self._formats = Formats(workbook)
        self._rules: dict[str, Format] = {}
        self._cells: dict[tuple[int, bool, bool, bool], tuple[FieldBase, Format]] = {}

    def get(self, **properties: object) -> Format:
        """Return the format with these xlsxwriter properties."""
        return self._formats.get(**properties)

    @property
    def for_cells(self) -> Mapping[str, Format]:
        """Every format for cells that was created, by its properties."""
        return self._formats.by_properties

    @property
    def for_rules(self) -> Mapping[str, Format]:
        """Every format for conditional rules that was created, by a name of its own."""
        return self._rules

    def band(self, **properties: object) -> Format:
        """Return the format of the dark band at the top of a sheet."""
        return self.get(**{"bg_color": theme.NAVY, "font_color": theme.WHITE, "text_wrap": True, **_LEFT, **properties})

    def title(self, pt: float = theme.TITLE_PT) -> Format:
        """Return the format of a title."""
        return self.band(bold=True, font_size=pt)

    def subtitle(self, pt: float = theme.DENSE_PT) -> Format:
        """Return the format of the title in the other language, or of the line under a cover's title."""
        return self.band(font_size=pt, font_color=_MUTED_ON_DARK)

    def facts(self) -> Format:
        """Return the format of the line of facts under a title (region, round, document number)."""
        return self.get(bg_color=theme.PANEL, font_size=theme.DENSE_PT, text_wrap=True, **_LEFT)

    def link(self, *, band: bool) -> Format:
        """Return the format of a link.

        Links need a light fill: LibreOffice draws every link in dark blue, whatever the format says.
        """
        properties = (
            {"bg_color": theme.PANEL, "align": "right", "font_size": theme.DENSE_PT}
            if band
            else {"align": "center", **_FRAME}
        )
        return self.get(font_color=theme.BLUE, underline=1, bold=True, **properties)

    def hint(self, align: str = "left") -> Format:
        """Return the format of the hint at the left, or of the counts at the right."""
        if align == "right":
            return self.get(font_color=theme.NAVY, bold=True, font_size=theme.DENSE_PT, align="right")
        return self.get(font_color=theme.SLATE, font_size=theme.DENSE_PT, text_wrap=True, **_LEFT)

    def heading(self) -> Format:
        """Return the format of a block's heading."""
        return self.get(bold=True, font_size=11, font_color=theme.NAVY, bottom=2, bottom_color=theme.BLUE, align="left")

    def key(self) -> Format:
        """Return the format of the hidden key row; as text, so that no program converts a key."""
        return self.get(font_size=8, font_color=theme.SLATE, num_format="@")

    @cached_property
    def row_check_formats(self) -> tuple[Format, Format, Format]:
        """The formats of a row's hidden code cells, of the mark beside it, and of the code cells of a form."""
        return (
            self.get(font_size=8, font_color=theme.SLATE, locked=False),
            self.get(font_size=theme.DENSE_PT, font_color=theme.SLATE, align="left", locked=False),
            self.get(font_size=8, font_color=theme.SLATE),
        )

    def header(self, tone: HeaderTone, turned: int = 0) -> Format:
        """Return the format of a table's header, turned by some degrees."""
        colours = theme.HEADER_COLOURS[tone]
        direction: dict[str, object] = {"rotation": turned} if turned else {"text_wrap": True}
        return self.get(
            bg_color=colours.fill, font_color=colours.font_colour, italic=colours.italic, bold=True, align="center",
            font_size=TABLE_PT, border=1, border_color=theme.WHITE, **direction,
        )  # fmt: skip

    def label(self) -> Format:
        """Return the format of a form's label."""
        return self.get(
            bg_color=theme.PANEL, font_color=theme.NAVY, bold=True, align="center", text_wrap=True, **_FRAME
        )

    def cell(self, field: FieldBase, *, form: bool, locked: bool, alarm: bool = False) -> Format:
        """Return the format of a field's cell.

        Args:
            field: The field.
            form: Whether the cell is in a form; else it is in a table.
            locked: Whether the region must not change it: it is prefilled or computed. In a table that is only shown:
                there a validation refuses what is typed.
            alarm: Whether its value calls for attention.
        """
        key = id(field), form, locked, alarm  # the entry holds the field, so its id is not reused
        if key not in self._cells:
            self._cells[key] = field, self._cell(field, form=form, locked=locked, alarm=alarm)
        return self._cells[key][1]

    def _cell(self, field: FieldBase, *, form: bool, locked: bool, alarm: bool) -> Format:
        properties: dict[str, Any] = {"num_format": field.display_format, "text_wrap": True, **_FRAME}
        properties |= _LEFT if form or field.align == "left" else {"align": field.align}
        properties["font_size"] = theme.BODY_PT if form else TABLE_PT
        if form and (field.full or field.lines > 1):
            properties["valign"] = "top"  # of a long text the beginning is seen
        # A row of a table with one locked cell could be neither deleted nor sorted, so none is.
        if not form or not locked:
            properties["locked"] = False
        if locked:
            properties["bg_color"] = theme.AUTO
        elif form:
            properties["bg_color"] = theme.INPUT
        if alarm:
            properties |= {"bold": True, "font_color": theme.CHIPS["overdue"].font_colour}
        return self.get(**properties)

    def free_row(self) -> Format:
        """Return the format of the cells of a row that nothing is written into, on a protected sheet."""
        return self.get(locked=False)

    def id_cell(self, field: FieldBase, *, prefilled: bool) -> Format:
        """Return the format of the cell that holds a row's key."""
        properties: dict[str, Any] = {"bg_color": theme.AUTO} if prefilled else {}
        properties |= _LEFT if field.align == "left" else {"align": field.align}
        bold = field.align != "left"
        properties |= {
            "bold": bold,
            "font_color": theme.NAVY if bold else theme.INK,
            "font_size": TABLE_PT,
            "text_wrap": True,
            "locked": False,
        }
        return self.get(num_format=field.display_format, **properties, **_FRAME)

    def strut(self, points: float, *, form: bool) -> Format:
        """Return the format of an empty cell that keeps its row at least this high.

        Programs that fit row heights to the content take the font of empty cells into account.
        """
        return self.get(font_name=_STRUT_FONT, font_size=int(points / _STRUT_LINE_FACTOR), locked=form)

    def text(self, *, centred: bool = False, **properties: object) -> Format:
        """Return the format of fixed text in a frame."""
        return self.get(**{"text_wrap": True, **_FRAME, **({"align": "center"} if centred else _LEFT), **properties})

    def chip(self, tone: CellTone, *, framed: bool = False, **properties: object) -> Format:
        """Return the format of a cell that shows a status chip."""
        chip = theme.CHIPS[tone]
        frame = _FRAME if framed else {}
        return self.get(
            bg_color=chip.fill, font_color=chip.font_colour, bold=True, align="center", **frame, **properties
        )

    def missing(self) -> Format:
        """Return the conditional format of a cell with a finding: required but blank, an error, or a warning."""
        if _FAULT_RULE not in self._rules:
            properties = {"bg_color": FAULT_FILL, "border": 1, "border_color": theme.AMBER}
            self._rules[_FAULT_RULE] = self._formats.rule(**properties)
        return self._rules[_FAULT_RULE]

    def rule(self, tone: CellTone, *, sign: bool = True) -> Format:
        """Return the conditional format of a tone: the chip's colours and, if wanted, its sign before the text."""
        key = f"{tone}{sign}"
        if key not in self._rules:
            chip = theme.CHIPS[tone]
            properties: dict[str, object] = {"bg_color": chip.fill, "font_color": chip.font_colour}
            if chip.font_colour == theme.WHITE:
                properties["bold"] = True
            if sign and chip.symbol:
                # The sign is part of the number format: the cell's value stays the label that the dropdown offers.
                properties["num_format"] = f'"{chip.symbol} "@'
            self._rules[key] = self._formats.rule(**properties)
        return self._rules[key]
