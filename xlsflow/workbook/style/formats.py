"""Cell formats of any workbook: created once each, texts across several columns, texts of page headers and footers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook

from xlsflow.workbook.style.theme import BLUE, BODY_PT, CHIPS, FONT, INK, CellTone

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_OPTIONS: Mapping[str, Any] = {
    "in_memory": True,
    # Excel replaces a font that has a theme scheme by the theme's own; xlsxwriter 3.3 writes one for any default font.
    "default_format_properties": {"font_name": FONT, "font_size": BODY_PT, "font_scheme": "none"},
}


@contextmanager
def drawing(file: BytesIO) -> Iterator[Workbook]:
    """Yield a workbook of xlsxwriter, and write it at the end; xlsxwriter would also complete one that was given up."""
    workbook = Workbook(file, dict(_OPTIONS))
    yield workbook
    workbook.close()


KEEP_FORMULA = "\ue000_xlfn.\ue001"
"""Makes xlsxwriter keep the formula of a rule that ends with it; reading the drawn file removes it again.

In any other formula xlsxwriter searches for some two hundred functions that Excel stores under another name. That takes
longer than the rest of drawing, and it finds them in quoted texts too. Our formulas use none of them.
"""

StyleKey = tuple[str, CellTone | None]
"""Column format and tone, which decide the style of a data cell."""

NUMBER_FORMATS: Mapping[str, str] = {
    # As text, what a reader types stays text: "=1" does not become a formula, nor 1-2 a date.
    "text": "@",
    "chip": "@",
    "long": "@",
    "id": "@",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
    "integer": "#,##0",
    "number": "#,##0.00",
    "percent": "0%",
}

_LEFT: Mapping[str, Any] = {"align": "left", "indent": 1, "text_wrap": True}
_ALIGNED: Mapping[str, Mapping[str, Any]] = {
    "text": _LEFT,
    "long": _LEFT,
    "chip": {"align": "center", "text_wrap": True},
    "id": {"align": "center", "font_color": BLUE, "bold": True},
    "number": {"align": "right", "indent": 1},
}
_CENTRED: Mapping[str, Any] = {"align": "center"}

# Excel accepts 255 characters in a page header or footer, codes included; two texts must fit.
_HEADER_TEXT_LIMIT = 110


class Formats:
    """The formats of one workbook, each created on first use."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._by_properties: dict[str, Format] = {}

    @property
    def by_properties(self) -> Mapping[str, Format]:
        """Every format for cells, by its properties."""
        return self._by_properties

    def get(self, **properties: object) -> Format:
        """Return the format with these xlsxwriter properties; vertically centred and dark grey by default."""
        key = repr(sorted(properties.items()))
        if key not in self._by_properties:
            defaults = {"valign": "vcenter", "font_color": INK}
            self._by_properties[key] = self._workbook.add_format({**defaults, **properties})
        return self._by_properties[key]

    def rule(self, **properties: object) -> Format:
        """Return a new format for a conditional rule, without defaults: it must only change what it names."""
        return self._workbook.add_format(properties)

    def cell(self, key: StyleKey) -> Format:
        """Return the format of a data cell."""
        column_format, tone = key
        number_format = NUMBER_FORMATS[column_format]
        properties: dict[str, object] = {"num_format": number_format, **_ALIGNED.get(column_format, _CENTRED)}
        if tone:
            properties |= {"bg_color": CHIPS[tone].fill, "font_color": CHIPS[tone].font_colour}
        return self.get(**properties)


def write_across(sheet: Worksheet, row: int, left: int, span: int, text: str, cell_format: Format) -> None:
    """Write a text across columns, merging several into one cell."""
    if span > 1:
        sheet.merge_range(row, left, row, left + span - 1, "", cell_format)
    sheet.write_string(row, left, text, cell_format)  # merge_range would take "=" for a formula


def header_footer_text(text: str) -> str:
    """Return a text escaped for a page header or footer.

    `&` begins a code there, and a leading digit would be read as part of the font size before it (`&8`).
    """
    escaped = text.replace("&", "&&")
    if len(escaped) > _HEADER_TEXT_LIMIT:
        return header_footer_text(text[: _HEADER_TEXT_LIMIT - len(escaped) - 1] + "…") if len(text) > 1 else escaped
    return f" {escaped}" if escaped[:1].isdigit() else escaped
