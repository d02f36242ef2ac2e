"""Finds the cells whose text is struck out, wholly or in part, or grey, as people mark what does not count.

Few workbooks have any, so the cells of a sheet are searched a second time only where a style or a text is so formatted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

from xlsflow.intake.xlsx.cell_store import parse_range
from xlsflow.intake.xlsx.safe_xml import XmlElement, parse_tree

CellMark = str
"""`struck`: the whole text; `part:` and a text: that part of it; `grey`: the whole text is grey."""
_CELL = re.compile(rb"<(?:\w+:)?c((?: [^<>]*)?)/?>(?:<(?:\w+:)?v[^<>]*>([^<]*)<)?")
_INLINE = re.compile(rb"<(?:\w+:)?c( [^<>]*)>\s*<(?:\w+:)?is>(.*?)</(?:\w+:)?is>", re.DOTALL)
_REFERENCE = re.compile(rb' r="([A-Z]+[0-9]+)"')
_STYLE = re.compile(rb' s="([0-9]{1,6})"')
_SHARED = re.compile(rb' t="s"')
_STRING = re.compile(r"<(?:\w+:)?si(?: [^<>]*)?(?:/>|>(.*?)</(?:\w+:)?si>)", re.DOTALL)
_RUN = re.compile(r"<(?:\w+:)?r>(.*?)</(?:\w+:)?r>", re.DOTALL)
_TEXT = re.compile(r"<(?:\w+:)?t(?: [^<>]*)?>([^<]*)<")
_STRUCK = re.compile(r"<(?:\w+:)?strike(?![^<>]*val=\"(?:0|false)\")[^<>]*/?>")
# How light a grey is that a form uses for hints: below it is a text colour, above it nearly white.
_GREYS = range(0x70, 0xDA)
# Largest difference between red, green and blue that still looks grey.
_NO_COLOUR = 24
# Tints of the theme's text and paper colours from which they are grey.
_LIGHTER_TEXT, _DARKER_PAPER = 0.45, -0.1


def is_struck(properties: str) -> bool:
    """Return whether the properties of a run strike it out."""
    return _STRUCK.search(properties) is not None


def struck_part(string: str) -> str:
    """Return the struck runs of a string's XML; empty if there are none, or if nothing else is left."""
    runs = _RUN.findall(string) if "strike" in string else []
    struck = [is_struck(run) for run in runs]
    rest = "".join("".join(_TEXT.findall(run)) for run, out in zip(runs, struck, strict=True) if not out)
    if not any(struck) or not rest.strip():
        return ""
    return unescape("".join("".join(_TEXT.findall(run)) for run, out in zip(runs, struck, strict=True) if out))


@dataclass(frozen=True, slots=True)
class MarkFinder:
    """Finds the marked cells of the sheets of one workbook.

    Attributes:
        styles: Index of a cell format -> `struck` or `grey`.
        strings: Index of a shared string -> its mark.
    """

    styles: Mapping[int, CellMark]
    strings: Mapping[int, CellMark]

    def find(self, data: bytes) -> dict[tuple[int, int], CellMark]:
        """Return the marked cells of a sheet: row and column -> mark."""
        marks = dict(self._by_style(data)) if self.styles or self.strings else {}
        if b"<is>" in data and b"strike" in data:
            for attributes, inside in _INLINE.findall(data):
                mark = _mark_of(inside.decode("utf-8", "replace"))
                if mark and (cell := _position(attributes)):
                    marks[cell] = mark
        return marks

    def _by_style(self, data: bytes) -> Iterator[tuple[tuple[int, int], CellMark]]:
        for attributes, stored in _CELL.findall(data):
            style = _STYLE.search(attributes)
            # A cell without a style has the first one.
            mark = self.styles.get(int(style[1]), "") if style else self.styles.get(0, "")
            # The text's own runs say more than the cell's style, unless that strikes out everything.
            if self.strings and mark != "struck" and stored.isdigit() and _SHARED.search(attributes):
                mark = self.strings.get(int(stored[:9]), mark)
            if mark and (cell := _position(attributes)):
                yield cell, mark


def _position(attributes: bytes) -> tuple[int, int] | None:
    found = _REFERENCE.search(attributes)
    corners = parse_range(found[1].decode("ascii")) if found else None
    return corners[:2] if corners else None


def _mark_of(string: str) -> CellMark:
    """Return the mark of a string by its runs."""
    if part := struck_part(string):
        return f"part:{part}"
    runs = _RUN.findall(string) if "strike" in string else []
    return "struck" if runs and all(map(is_struck, runs)) else ""


@lru_cache(maxsize=16)
def marked_styles(part: str, data: bytes) -> Mapping[int, CellMark]:
    """Return the cell formats whose font is struck out or grey."""
    root = parse_tree(part, data)
    fonts = [_font_mark(font) for table in root.children if table.tag == "fonts" for font in table.children]
    if not any(fonts):
        return {}
    formats = (xf for table in root.children if table.tag == "cellXfs" for xf in table.children)
    numbers = (xf.attrs.get("fontId", "") for xf in formats)
    marks = {
        index: fonts[int(number)]
        for index, number in enumerate(numbers)
        if number.isdecimal() and len(number) < 7 and int(number) < len(fonts)  # noqa: PLR2004 - more fonts there are not
    }
    return {index: mark for index, mark in marks.items() if mark}


def _font_mark(font: XmlElement) -> CellMark:
    for element in font.children:
        if element.tag == "strike" and element.attrs.get("val", "1") not in {"0", "false"}:
            return "struck"
    colours = [element.attrs for element in font.children if element.tag == "color"]
    return "grey" if colours and _is_grey(colours[0]) else ""


def _is_grey(colour: Mapping[str, str]) -> bool:
    rgb = colour.get("rgb", "")[-6:]
    if re.fullmatch(r"[0-9A-Fa-f]{6}", rgb):
        parts = [int(rgb[at : at + 2], 16) for at in (0, 2, 4)]
        return max(parts) - min(parts) <= _NO_COLOUR and all(part in _GREYS for part in parts)
    tint = colour.get("tint", "0")
    if not re.fullmatch(r"-?[0-9]*\.?[0-9]+", tint):
        return False
    if colour.get("theme") == "0":
        return float(tint) <= _DARKER_PAPER
    return colour.get("theme") == "1" and float(tint) >= _LIGHTER_TEXT


def marked_strings(data: bytes) -> Mapping[int, CellMark]:
    """Return the shared strings that are struck out, wholly or in part."""
    if b"strike" not in data:
        return {}
    strings = _STRING.findall(data.decode("utf-8", "replace"))
    marks = ((index, _mark_of(string)) for index, string in enumerate(strings))
    return {index: mark for index, mark in marks if mark}
