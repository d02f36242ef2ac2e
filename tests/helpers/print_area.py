"""Which cells of a written sheet are printed, as Excel evaluates a print area that is a formula."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from openpyxl.utils import range_boundaries

if TYPE_CHECKING:
    from pathlib import Path

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LAST_ROW = re.compile(r"MAX\(ROW\(.*?!\$A\$(\d+)\)")
_LAST_COLUMN = re.compile(r"COLUMNS\(.*?!\$A\$1:\$([A-Z]+)\$1\)")
_FILLED = re.compile(r"ISBLANK\(.*?!(\$[A-Z]+\$\d+:\$[A-Z]+\$\d+)\)")


def print_area(path: Path, sheet: Any) -> str:  # noqa: ANN401 - openpyxl's worksheet
    """Return the cells of a sheet that are printed, as `A1:N20`; `sheet` is the same one as openpyxl read it."""
    with zipfile.ZipFile(path) as archive:
        book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - a file of our own
    number = [one.get("name") for one in book.iter(f"{_MAIN}sheet")].index(sheet.title)
    (area,) = (
        name.text or ""
        for name in book.iter(f"{_MAIN}definedName")
        if name.get("name") == "_xlnm.Print_Area" and name.get("localSheetId") == str(number)
    )
    if not (last := _LAST_ROW.search(area)):
        return area.rpartition("!")[2].replace("$", "")
    rows = [int(last[1])]
    for cells in _FILLED.findall(area):
        left, top, right, bottom = range_boundaries(cells)
        block = sheet.iter_rows(top, min(bottom or 0, sheet.max_row), left, right)
        rows += [cell.row for row in block for cell in row if cell.value is not None]
    column = _LAST_COLUMN.search(area)
    assert column
    return f"A1:{column[1]}{max(rows)}"


def last_printed_column(path: Path, sheet: Any) -> int:  # noqa: ANN401 - openpyxl's worksheet
    """Return the number, from 1, of the last column of a sheet that is printed."""
    return range_boundaries(print_area(path, sheet))[2] or 0
