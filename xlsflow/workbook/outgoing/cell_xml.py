"""Serialises the cells that differ from region to region: values, formulas with their results, sheets of plain texts.

A cell is handled as its tail, which is its XML after the address. Texts are written into the cell (`inlineStr`), so
that the table of shared strings is the same for every region.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import a1, column_letters
from xlsflow.fileformat.excel_limits import MAX_CELL_TEXT, excel_length
from xlsflow.workbook.consolidated.row_xml import serial_number, text_xml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MARK = re.compile("\ue000(\\w+)\ue001")

_cached_text_xml = lru_cache(maxsize=4096)(text_xml)  # names and labels occur in many cells


def mark(name: str) -> str:
    """Return a placeholder to draw a workbook with, made of private-use characters, which texts do not contain."""
    return f"\ue000{name}\ue001"


def replace_marks(xml: str, values: Mapping[str, str]) -> str:
    """Return XML with its placeholders replaced.

    Args:
        xml: The XML.
        values: Name of a placeholder -> its value, as XML.
    """
    return _MARK.sub(lambda found: values[found[1]], xml)


def escape(text: str) -> str:
    """Return a text as the content of an XML element."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def value_tail(style: str, value: object) -> str:
    """Return the tail of a cell that holds a value.

    Args:
        style: Its style, as an XML attribute after a space.
        value: The value; a text that begins with `=` stays a text.

    Raises:
        ValueError: A text is longer than a cell can hold.
    """
    if value is None or value == "":
        return f"{style}/>"
    if isinstance(value, bool):  # before int, which it is too
        return f'{style} t="b"><v>{value:d}</v></c>'
    if isinstance(value, date):
        value = serial_number(value)
    if isinstance(value, int | float):
        return f"{style}><v>{value + 0:.16G}</v></c>"  # `+ 0` turns -0.0, which equals 0.0, into it
    text = str(value)
    # Excel counts UTF-16 units; to encode every text would take longer than to write it.
    if len(text) > MAX_CELL_TEXT // 2 and excel_length(text) > MAX_CELL_TEXT:
        raise ValueError(f"Excel accepts no such value: {text[:60]}")
    return f'{style} t="inlineStr"><is>{_cached_text_xml(text)}</is></c>'


def formula_tail(style: str, formula: str, result: object) -> str:
    """Return the tail of a cell that holds a formula.

    Args:
        style: Its style, as an XML attribute after a space.
        formula: The formula without its `=`, as XML.
        result: Its result, which programs show that do not calculate.
    """
    if isinstance(result, bool):
        return f'{style} t="b"><f>{formula}</f><v>{result:d}</v></c>'
    if isinstance(result, int | float):
        return f"{style}><f>{formula}</f><v>{result + 0}</v></c>"
    # For an empty result xlsxwriter writes no type either.
    text = "" if result is None else str(result)
    cell_type = ' t="str"' if text else ""
    return f"{style}{cell_type}><f>{formula}</f><v>{escape(text)}</v></c>"


def texts_sheet(before: str, after: str, rows: Sequence[Sequence[str]]) -> str:
    """Return the part of a sheet of plain texts; an empty text has no cell.

    Args:
        before: The XML before the rows.
        after: The XML after them.
        rows: The texts, row by row.
    """
    columns = [column_letters(col) for col in range(max(map(len, rows), default=1))]
    rows_xml = []
    for number, texts in enumerate(rows, start=1):
        cells = [
            f'<c r="{column}{number}" t="inlineStr"><is>{_cached_text_xml(text)}</is></c>'
            for column, text in zip(columns, texts, strict=False)
            if text
        ]
        rows_xml.append(f'<row r="{number}">{"".join(cells)}</row>')
    corner = a1(max(len(rows), 1) - 1, len(columns) - 1)
    head = re.sub(r'<dimension ref="[^"]*"/>', f'<dimension ref="A1:{corner}"/>', before, count=1)
    return f"{head}<sheetData>{''.join(rows_xml)}</sheetData>{after}"
