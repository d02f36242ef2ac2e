"""Edits the XML of a sheet as a spreadsheet program would: moves rows; clears, merges and overwrites cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.mistakes.faulty_return import Parts

_CELL = re.compile(r'<c r="([A-Z]+)([0-9]+)"((?: s="[0-9]+")?)(?:/>|[^>]*>.*?</c>)')
_ROW = re.compile(r'(<row r=")([0-9]+)(")')
_MERGE = re.compile(r'<mergeCell ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"/>')


def edited(part: str, change: Callable[[str], str]) -> Callable[[Parts], None]:
    """Return an edit of one part as text."""

    def edit(parts: Parts) -> None:
        parts[part] = change(parts[part].decode()).encode()

    return edit


def texts(xml: str, cells: Mapping[str, str | None]) -> str:
    """Return a sheet with texts typed into cells, None empties one; a cell that is not there is added to its row."""
    left = dict(cells)

    def typed(found: re.Match[str]) -> str:
        address = found[1] + found[2]
        return _cell(address, left.pop(address), found[3]) if address in left else found[0]

    xml = _CELL.sub(typed, xml)
    for address, text in left.items():
        number = address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        cell = _cell(address, text, "")
        xml, times = re.subn(rf'(<row r="{number}"[^>]*[^/])>(.*?)</row>', rf"\1>\2{cell}</row>", xml, count=1)
        if not times:
            xml = re.sub(rf'(<row r="{number}"[^>]*)/>', rf"\1>{cell}</row>", xml, count=1)
    return xml


def _cell(address: str, text: str | None, style: str) -> str:
    if text is None:
        return f'<c r="{address}"{style}/>'
    return f'<c r="{address}"{style} t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def moved_down(xml: str, at: int, by: int) -> str:
    """Return a sheet with everything from a row on (counted from 1) moved down."""

    def lower(number: str) -> str:
        return str(int(number) + by) if int(number) >= at else number

    xml = _ROW.sub(lambda found: found[1] + lower(found[2]) + found[3], xml)
    xml = re.sub(r'(<c r="[A-Z]+)([0-9]+)"', lambda found: f'{found[1]}{lower(found[2])}"', xml)
    return _MERGE.sub(lambda found: f'<mergeCell ref="{found[1]}{lower(found[2])}:{found[3]}{lower(found[4])}"/>', xml)


def with_rows(xml: str, rows: Mapping[int, Mapping[str, str]]) -> str:
    """Return a sheet with new rows of texts in the place of those that were moved away."""
    made: dict[int, str] = {}
    for number, cells in rows.items():
        inside = "".join(_cell(f"{column}{number}", text, "") for column, text in cells.items())
        made[number] = f'<row r="{number}">{inside}</row>'
    after = max((int(n) for _, n, _ in _ROW.findall(xml) if int(n) < min(rows)), default=0)
    block = "".join(made[number] for number in sorted(made))
    if not after:
        return xml.replace("<sheetData>", f"<sheetData>{block}", 1)
    end = re.compile(rf'<row r="{after}"[^>]*?(?:/>|>.*?</row>)').search(xml)
    assert end
    return xml[: end.end()] + block + xml[end.end() :]


def merged(xml: str, ref: str) -> str:
    """Return a sheet in which a range is merged."""
    if "<mergeCells" in xml:
        return re.sub(r"</mergeCells>", f'<mergeCell ref="{ref}"/></mergeCells>', xml)
    return xml.replace("</sheetData>", f'</sheetData><mergeCells><mergeCell ref="{ref}"/></mergeCells>', 1)


def hidden(xml: str, row: int) -> str:
    """Return a sheet in which a row is hidden."""
    return re.sub(rf'<row r="{row}"', f'<row r="{row}" hidden="1"', xml, count=1)


def raw_cells(xml: str) -> dict[str, str]:
    """Return address -> the XML of every cell."""
    return {found[1] + found[2]: found[0] for found in _CELL.finditer(xml)}


def exchanged(xml: str, left: str, right: str, first: int, last: int) -> str:
    """Return a sheet in which two columns have changed places between two rows (counted from 1)."""
    cells = raw_cells(xml)
    swap = {left: right, right: left}

    def there(found: re.Match[str]) -> str:
        column, number = found[1], int(found[2])
        if column not in swap or not first <= number <= last:
            return found[0]
        come = cells.get(f"{swap[column]}{number}", f'<c r="{swap[column]}{number}"/>')
        return re.sub(r'^<c r="[A-Z]+', f'<c r="{column}', come)

    return _CELL.sub(there, xml)
