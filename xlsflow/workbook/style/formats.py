"""The formats of one workbook, each made once; texts across several columns; texts for a page's header and footer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from xlsflow.workbook.style.theme import (
    BLUE,
    BODY_PT,
    CHIPS,
    FONT,
    INK,
    Tone,
)

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

WORKBOOK_OPTIONS: Mapping[str, Any] = {
    "in_memory": True,
    # A font with a theme scheme is replaced by the theme's own, and some versions of xlsxwriter write one for any name.
    "default_format_properties": {"font_name": FONT, "font_size": BODY_PT, "font_scheme": "none"},
}
"""How every workbook begins."""

KEEP_FORMULA = "\ue000_xlfn.\ue001"
"""Makes xlsxwriter keep the formula of a rule that ends with it; it is taken from the file again.

xlsxwriter looks in every other formula for some two hundred functions that are stored under another name, which takes
longer than all the rest of a workbook, and it finds them in texts too. Our formulas call none of them.
"""

StyleKey = tuple[str, Tone | None]
"""A format and a chip: what the style of a data cell follows from."""

NUMBER_FORMATS: Mapping[str, str] = {
    # Text stays text when a reader edits it: what begins with "=" does not turn into a formula, nor 1-2 into a date.
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

PRINTED_MOST = 110
"""Excel takes 255 characters in a header or a footer, its codes included: room for two texts."""


class Formats:
    """The formats of one workbook; each look is asked for many times and made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[str, Format] = {}

    @property
    def made(self) -> Mapping[str, Format]:
        """Every look that was asked for, with its format."""
        return self._made

    def get(self, **look: object) -> Format:
        """Return the format of a look, vertically centred unless it says otherwise."""
        key = repr(sorted(look.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"valign": "vcenter", "font_color": INK, **look})
        return self._made[key]

    def rule(self, **look: object) -> Format:
        """Return the format that a conditional rule lays over a cell: what it says and no more."""
        return self._book.add_format(look)

    def cell(self, key: StyleKey) -> Format:
        """Return the format of a data cell."""
        shown, tone = key
        look: dict[str, object] = {"num_format": NUMBER_FORMATS[shown], **_ALIGNED.get(shown, _CENTRED)}
        if tone:
            look |= {"bg_color": CHIPS[tone].fill, "font_color": CHIPS[tone].ink}
        return self.get(**look)


def spread(sheet: Worksheet, row: int, left: int, span: int, text: str, look: Format) -> None:
    """Write a text across columns, merged where they are several."""
    if span > 1:
        sheet.merge_range(row, left, row, left + span - 1, "", look)
    sheet.write_string(row, left, text, look)


def printed(text: str) -> str:
    """Return a text for a page's header or footer: `&` would begin a code there, a first digit join the font's size."""
    escaped = text.replace("&", "&&")
    if len(escaped) > PRINTED_MOST:
        return printed(text[: PRINTED_MOST - len(escaped) - 1] + "…") if len(text) > 1 else escaped
    return f" {escaped}" if escaped[:1].isdigit() else escaped
