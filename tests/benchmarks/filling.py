"""Fills issued workbooks as Excel saves them: values as numbers and shared texts, in the cells' own styles.

This does what people do at their desks. It works on the XML: so it is fast, and has nothing to do with our own writer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

_BLANK = re.compile(r'<c r="([A-Z]+)([0-9]+)"( s="[0-9]+")?/>')
_ISSUED = re.compile(r'<c r="([A-Z]+)([0-9]+)"( s="[0-9]+")?(?:/>|[^>]*>.*?</c>)')
_TEXTS = "xl/sharedStrings.xml"
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's day 0

Cells = Mapping[str, object]
"""Address -> what is typed there; None where the cell is emptied."""


def fill(
    issued: Path | BinaryIO, filled: Path | BinaryIO, sheets: Mapping[str, Cells], compression: int = ZIP_DEFLATED
) -> None:
    """Save an issued workbook with values typed into it.

    Args:
        issued: The workbook as it went out.
        filled: Where it is saved.
        sheets: Part of a sheet (`xl/worksheets/sheet2.xml`) -> what is typed.
        compression: How the parts are compressed.
    """
    with ZipFile(issued) as source, ZipFile(filled, "w", compression) as target:
        head, texts, tail = _split(source.read(_TEXTS).decode())
        known = _numbered(texts)
        for name in source.namelist():
            if name != _TEXTS:
                part = source.read(name)
                if name in sheets:
                    part = _typed(part.decode(), sheets[name], known).encode()
                target.writestr(name, part)
        target.writestr(_TEXTS, head + "".join(known) + tail)


def _split(part: str) -> tuple[str, list[str], str]:
    """Return what precedes the shared texts, the texts, and what follows them."""
    begin, end = part.index("<si>"), part.rindex("</sst>")
    head = re.sub(r' (?:count|uniqueCount)="[0-9]+"', "", part[:begin])
    return head, [f"<si>{one}" for one in part[begin:end].split("<si>")[1:]], part[end:]


def _numbered(texts: list[str]) -> dict[str, int]:
    """Return text -> number; one that is there twice keeps both its numbers, kept apart by a blank between the two."""
    known: dict[str, int] = {}
    for number, one in enumerate(texts):
        text = one
        while text in known:
            text += " "
        known[text] = number
    return known


def _typed(part: str, cells: Cells, known: dict[str, int]) -> str:
    """Return the XML of a sheet with values in its cells; rows that it has not are added below."""
    put: set[str] = set()
    styles: dict[str, str] = {}

    def value(found: re.Match[str]) -> str:
        column, row, style = found.groups("")
        address = column + row
        styles[column] = style
        if address not in cells:
            return found[0]
        put.add(address)
        return _cell(address, style, cells[address], known)

    begin, end = part.index("<sheetData>"), part.index("</sheetData>")
    rows = _ISSUED.sub(value, part[begin:end])
    more: dict[int, list[str]] = {}
    for address, typed in cells.items():
        if address not in put:
            column = address.rstrip("0123456789")
            line = more.setdefault(int(address[len(column) :]), [])
            line.append(_cell(address, styles.get(column, ""), typed, known))
    below = "".join(f'<row r="{row}">{"".join(sorted(line, key=_order))}</row>' for row, line in sorted(more.items()))
    return part[:begin] + rows + below + part[end:]


def _order(cell: str) -> tuple[int, str]:
    column = re.match(r'<c r="([A-Z]+)', cell)
    assert column
    return len(column[1]), column[1]


def _cell(address: str, style: str, value: object, known: dict[str, int]) -> str:
    """Return a cell as Excel writes it."""
    if value is None:
        return f'<c r="{address}"{style}/>'
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
        since = moment - _EPOCH
        number = since.days + since.seconds / 86400
        return f'<c r="{address}"{style}><v>{number:.15g}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{address}"{style}><v>{value!r}</v></c>'
    text = escape(str(value))
    space = ' xml:space="preserve"' if text != text.strip() else ""
    number = known.setdefault(f"<si><t{space}>{text}</t></si>", len(known))
    return f'<c r="{address}"{style} t="s"><v>{number}</v></c>'
