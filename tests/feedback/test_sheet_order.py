"""What marks add to a sheet is where Excel expects it: rows, cells, column widths and other elements in order."""

from __future__ import annotations

import re
import zipfile
from itertools import pairwise
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.feedback.test_package import contents, finding, marked
from tests.helpers.files import MAIN, TOP, odd_sheet, parts, sheet, text, zipped
from xlsflow.feedback import Dropdown, mark_up
from xlsflow.feedback.styles import mark_colour
from xlsflow.feedback.xml_edit import Element, parse_part
from xlsflow.fileformat.cells import column_index

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CHILDREN = tuple(
    """
    sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios
    autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations
    hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches
    ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls
    webPublishItems tableParts extLst
    """.split()  # noqa: SIM905 - a list of 39 lines says no more
)
"""The order of a worksheet's children in ECMA-376, part 1, 18.3.1.99."""

ROWS = (
    f'<row r="2"><c r="A2" t="inlineStr">{text("h1")}</c><c r="C2" t="inlineStr">{text("h3")}</c></row>'
    f'<row r="5" spans="2:2"><c r="B5" t="inlineStr">{text("b5")}</c></row>'
    f'<row r="9"><c r="A9" t="inlineStr">{text("a9")}</c></row>'
)
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
TYPES = (
    f'{TOP}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/></Types>'
)


STYLES = (
    '<fonts count="1"><font><sz val="11"/></font></fonts><fills count="1"><fill><patternFill patternType="none"/>'
    '</fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs><cellStyles count="1">'
    '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
)


def written(path: Path, content: str, *, workbook: str = "", styles: str = STYLES) -> Path:
    """Write a workbook of one sheet."""
    package = parts({"S": content}, workbook=workbook, styles=styles)
    path.write_bytes(zipped({**package, "[Content_Types].xml": TYPES}))
    return path


def tree(path: Path) -> Element:
    """Return the sheet of a copy."""
    with zipfile.ZipFile(path) as archive:
        return parse_part(archive.read("xl/worksheets/sheet1.xml"))


def column(reference: str) -> int:
    """Return the number of a reference's column, from 1."""
    return column_index(reference.rstrip("0123456789")) + 1


def assert_in_order(root: Element) -> None:
    """Check rows, cells, column widths and children of a sheet."""
    data = root.child("sheetData")
    assert data
    numbers = [int(row.attrs["r"]) for row in data.children]
    assert all(one < other for one, other in pairwise(numbers)), numbers
    for row in data.children:
        cells = [cell.attrs["r"] for cell in row.children]
        assert all(column(one) < column(other) for one, other in pairwise(cells)), cells
        assert {re.sub("[A-Z]", "", cell) for cell in cells} <= {row.attrs["r"]}
        if "spans" in row.attrs:
            first, _, last = row.attrs["spans"].partition(":")
            assert all(int(first) <= column(cell) <= int(last) for cell in cells), row.attrs
    cols = root.child("cols")
    spans = [(int(col.attrs["min"]), int(col.attrs["max"])) for col in (cols.children if cols else ())]
    assert all(first <= last for first, last in spans), spans
    assert all(one[1] < other[0] for one, other in pairwise(spans)), spans
    ranks = [CHILDREN.index(child.name) for child in root.children]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize("make", [sheet, odd_sheet])
@pytest.mark.parametrize(
    "cells",
    [("A1",), ("A3", "A4"), ("A4", "A3", "D3"), ("B5", "A5", "D5"), ("A7", "A8", "B9"), ("A10", "A12"), ("B2",)],
)
def test_new_rows_and_cells_are_in_order(tmp_path: Path, make: Callable[..., str], cells: tuple[str, ...]) -> None:
    copy = marked(written(tmp_path / "sparse.xlsx", make(ROWS)), *cells)

    assert_in_order(tree(copy))
    page = openpyxl.load_workbook(copy)["S"]
    assert {c.coordinate for row in page.iter_rows() for c in row if c.fill.fill_type} == {*cells}
    assert {c.coordinate: c.value for row in page.iter_rows() for c in row if c.value} == {
        "A2": "h1",
        "C2": "h3",
        "B5": "b5",
        "A9": "a9",
    }


@pytest.mark.parametrize("make", [sheet, odd_sheet])
@pytest.mark.parametrize("before", ["", "<cols>{}</cols>"])
@pytest.mark.parametrize(
    "cols",
    [
        '<col min="1" max="1" width="5"/>',
        '<col min="1" max="20" width="5"/>',
        '<col min="4" max="4" width="5"/>',
        '<col min="3" max="4" width="5"/>',
        '<col min="4" max="9" width="5"/>',
        '<col min="6" max="9" width="5"/>',
        '<col min="1" max="2" width="5"/><col min="5" max="5" width="5"/>',
    ],
)
def test_the_findings_column_gets_its_width_and_takes_none_from_others(
    tmp_path: Path, make: Callable[..., str], before: str, cols: str
) -> None:
    content = make(ROWS, before=before.format(cols), after='<autoFilter ref="A2:C9"/>')

    root = tree(marked(written(tmp_path / "filter.xlsx", content), "A4", "B5"))

    assert_in_order(root)
    widths = root.child("cols")
    assert widths
    by_column = {
        number: float(col.attrs["width"])
        for col in widths.children
        for number in range(int(col.attrs["min"]), int(col.attrs["max"]) + 1)
    }
    former = {
        number
        for first, last in re.findall(r'min="(\d+)" max="(\d+)"', cols if before else "")
        for number in range(int(first), int(last) + 1)
    }
    assert by_column.keys() == former | {4}
    assert by_column[4] > 40
    assert {by_column[number] for number in former - {4}} <= {5.0}


@pytest.mark.parametrize("make", [sheet, odd_sheet])
@pytest.mark.parametrize(
    "after",
    [
        "",
        '<pageMargins left="1" right="1" top="1" bottom="1" header="1" footer="1"/>',
        '<autoFilter ref="A2:C9"/><mergeCells count="1"><mergeCell ref="E1:F1"/></mergeCells>',
        '<dataValidations count="1"><dataValidation type="whole" sqref="A9"/></dataValidations><extLst/>',
        '<dataValidations count="0"/>',
    ],
)
def test_comments_and_dropdowns_are_among_the_other_elements_in_order(
    tmp_path: Path, make: Callable[..., str], after: str
) -> None:
    path = written(
        tmp_path / "elements.xlsx",
        make(ROWS, after=after),
        workbook='|<definedNames><definedName name="lst_a">S!$A$2</definedName></definedNames>',
    )
    target = tmp_path / "copy.xlsx"

    mark_up(path, target, [finding("A4")], "en", [Dropdown("S", 1, 4, 4, "lst_a", "Label", "Choose.")])

    root = tree(target)
    assert_in_order(root)
    assert root.child("legacyDrawing")
    rules = root.child("dataValidations")
    assert rules
    assert "B5" in [rule.attrs["sqref"] for rule in rules.children]
    assert rules.attrs.get("count", str(len(rules.children))) in (str(len(rules.children)), "0")


@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
def test_a_workbook_without_styles_gets_some_that_every_program_finds(tmp_path: Path) -> None:
    copy = marked(written(tmp_path / "bare.xlsx", sheet(ROWS), styles=""), "B5")

    assert openpyxl.load_workbook(copy)["S"]["B5"].fill.fgColor.rgb == f"FF{mark_colour('error', 1)}"


def test_styles_with_a_prefix_get_marks_with_that_prefix(tmp_path: Path) -> None:
    path = written(tmp_path / "prefixed.xlsx", sheet(ROWS))
    content = contents(path)
    prefixed = re.sub("<(/?)(?=[a-z])", r"<\1x:", f"<styleSheet>{STYLES}</styleSheet>")
    prefixed = prefixed.replace("<x:styleSheet", f'<x:styleSheet xmlns:x="{MAIN}"')
    path.write_bytes(zipped({**content, "xl/styles.xml": TOP + prefixed}))

    copy = marked(path, "B5")

    assert openpyxl.load_workbook(copy)["S"]["B5"].fill.fgColor.rgb == f"FF{mark_colour('error', 1)}"
    assert not re.search(rb"<(?!x:|/x:|\?)", contents(copy)["xl/styles.xml"])
