"""What a sheet is set to besides its cells: frozen header, filter, cursor, and no green triangles at IDs."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.workbook.outgoing_example import CREATED, LIBRARY, PACKS, example_outgoing
from xlsflow.fileformat.cells import a1, parse_bounds
from xlsflow.i18n import LANGS, Lang
from xlsflow.layout.sheet_layout import TableLayout
from xlsflow.model.report_model import ReportColumn
from xlsflow.workbook.consolidated.page_model import DataPage
from xlsflow.workbook.consolidated.writer import write_consolidated
from xlsflow.workbook.outgoing.plan import plan
from xlsflow.workbook.outgoing.writer import write_workbook

if TYPE_CHECKING:
    from pathlib import Path

IGNORED = re.compile(r'<ignoredError sqref="([A-Z0-9:]+)" numberStoredAsText="1"/>')
OUTGOING = [name for name in PACKS if not LIBRARY.pack(name).setup]


def worksheets(path: Path) -> list[str]:
    """Return the XML of all worksheets in the order of their parts."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        return [archive.read(name).decode() for name in sorted(names, key=lambda name: (len(name), name))]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("pack", OUTGOING)
def test_a_sheet_of_one_table_is_frozen_filtered_and_without_green_triangles(
    tmp_path: Path, pack: str, lang: Lang
) -> None:
    path = tmp_path / "out.xlsx"
    outgoing = example_outgoing(pack, lang, filled=True)
    write_workbook(path, outgoing)
    tables = 0

    for sheet, xml in zip(plan(outgoing).sheets, worksheets(path), strict=False):
        ignored = IGNORED.findall(xml)
        if not sheet.is_single_table:
            assert not ignored
            continue
        tables += 1
        layout = sheet.layout.block_layouts[0]
        assert isinstance(layout, TableLayout)
        (area,) = ignored
        bounds = parse_bounds(area)
        assert bounds
        left, right, top, bottom = bounds
        assert (left, top) == (0, layout.first_row)
        assert right >= sheet.layout.last_col
        assert bottom == layout.last_row
        rows, cols = sheet.layout.frozen
        assert re.findall(r'<pane[^>]* topLeftCell="([A-Z0-9]+)"', xml) == [a1(rows, cols)]
        (filtered,) = re.findall(r'<autoFilter ref="([A-Z0-9:]+)"', xml)
        assert filtered == f"{a1(layout.header_row, 0)}:{a1(layout.last_row, sheet.layout.last_col)}"
        assert f'activeCell="{a1(layout.first_row, 0)}"' in xml

    assert tables


def test_ids_of_a_data_page_have_no_green_triangles(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    columns = (ReportColumn("no", "No.", ["001", "002"], "id"), ReportColumn("text", "Text", ["a", "b"], "text"))
    write_consolidated(path, (DataPage("data", "Data", "", columns),), {}, CREATED)

    (xml,) = worksheets(path)
    (area,) = IGNORED.findall(xml)
    page = openpyxl.load_workbook(path)["data"]
    rows = [cell.row for row in page.iter_rows() for cell in row if cell.value in ("001", "002")]
    assert area == f"A{min(rows)}:B{max(rows)}"
