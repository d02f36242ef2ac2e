"""Serialises the cells that differ from region to region: values, formulas with their results, sheets of plain texts.

A cell is handled as its tail: all that stands behind its address, from the style number on. Texts are written into the
cell (`inlineStr`), so that the table of shared strings is the same for every region.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import a1, letters
from xlsflow.workbook.consolidated.row_xml import MOST_TEXT, excel_serial, text_xml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MARK = re.compile("\ue000(\\w*)\ue001")

inline_text = lru_cache(maxsize=4096)(text_xml)
"""Names and labels stand in many cells."""


def mark(name: str) -> str:
    """Return a placeholder that a workbook is drawn with, made of characters of private use."""
    return f"\ue000{name}\ue001"


def replace_marks(xml: str, values: Mapping[str, str]) -> str:
    """Return XML with the value of each placeholder in its place."""
    return _MARK.sub(lambda found: escape(values[found[1]]), xml)


def escape(text: str) -> str:
    """Return a text as the content of an XML element."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def value_tail(style: str, value: object) -> str:
    """Return the tail of a cell that holds a value.

    Args:
        style: Its style as an attribute with a blank before it.
        value: What it shows; a text that begins with `=` stays a text.

    Raises:
        ValueError: A text is longer than a cell can hold.
    """
    if value is None or value == "":
        return f"{style}/>"
    if isinstance(value, bool):
        return f'{style} t="b"><v>{value:d}</v></c>'
    if isinstance(value, date):
        value = excel_serial(value)
    if isinstance(value, int | float):
        return f"{style}><v>{value + 0:.16G}</v></c>"  # + 0 takes the sign from -0.0, which equals 0.0
    text = str(value)
    if len(text) > MOST_TEXT // 2 and len(text.encode("utf-16-le", "surrogatepass")) // 2 > MOST_TEXT:
        raise ValueError(f"Excel takes no such value: {text[:60]}")
    return f'{style} t="inlineStr"><is>{inline_text(text)}</is></c>'


def formula_tail(style: str, formula: str, result: object) -> str:
    """Return the tail of a cell that holds a formula.

    Args:
        style: Its style as an attribute with a blank before it.
        formula: The formula without its `=`, escaped.
        result: What it gives, which programs that do not calculate show.
    """
    if isinstance(result, bool):
        return f'{style} t="b"><f>{formula}</f><v>{result:d}</v></c>'
    if isinstance(result, int | float):
        return f"{style}><f>{formula}</f><v>{result + 0}</v></c>"
    text = "" if result is None else str(result)
    kind = ' t="str"' if text else ""
    return f"{style}{kind}><f>{formula}</f><v>{escape(text)}</v></c>"


def with_texts(halves: tuple[str, str], lines: Sequence[Sequence[str]]) -> str:
    """Return a sheet of plain texts; where a text is empty there is no cell.

    Args:
        halves: What stands before and behind its rows.
        lines: The texts, row by row.
    """
    columns = [letters(col) for col in range(max(map(len, lines), default=1))]
    rows = []
    for number, texts in enumerate(lines, start=1):
        cells = [
            f'<c r="{column}{number}" t="inlineStr"><is>{inline_text(text)}</is></c>'
            for column, text in zip(columns, texts, strict=False)
            if text
        ]
        rows.append(f'<row r="{number}">{"".join(cells)}</row>')
    corner = a1(max(len(lines), 1) - 1, len(columns) - 1)
    head = re.sub(r'<dimension ref="[^"]*"/>', f'<dimension ref="A1:{corner}"/>', halves[0], count=1)
    return f"{head}<sheetData>{''.join(rows)}</sheetData>{halves[1]}"
