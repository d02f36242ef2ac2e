"""Workbooks as other programs write them: what is rare in a return, but legal, comes through a marked copy whole."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest
import xlsxwriter

from tests.feedback.test_package import DOT, book, cells, contents, marked
from tests.helpers.files import zipped
from xlsflow.feedback import mark_up

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SHEET, BOOK, STYLES = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"
LINKS = "xl/worksheets/_rels/sheet1.xml.rels"


def written(path: Path, fill: Callable[[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet], object]) -> Path:
    """Return a workbook with a sheet `S` that a function fills."""
    with xlsxwriter.Workbook(path) as made:
        fill(made, made.add_worksheet("S"))
    return path


def changed(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """Return the workbook with one of its parts changed."""
    content = contents(path)
    assert change(content[part]) != content[part]
    content[part] = change(content[part])
    path.write_bytes(zipped(content))
    return path


def table(_: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    for row in range(6):
        sheet.write_row(row, 0, ["a", "b", "c"])


def filtered(made: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    table(made, sheet)
    sheet.autofilter(0, 0, 5, 2)


def test_comments_go_into_the_drawing_that_the_sheet_names_for_them(tmp_path: Path) -> None:
    """A picture in the header has a drawing of the same kind; `legacyDrawing` says which is that of the comments."""

    def fill(made: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        table(made, sheet)
        picture = tmp_path / "dot.png"
        picture.write_bytes(DOT)
        sheet.write_comment("B2", "theirs")
        sheet.set_header("&C&G", {"image_center": str(picture)})

    def header_first(links: bytes) -> bytes:
        return re.sub(
            rb"(<Relationship [^>]*vmlDrawing1\.vml\"/>)(.*?)(<Relationship [^>]*vmlDrawing2\.vml\"/>)",
            rb"\3\2\1",
            links,
        )

    path = changed(written(tmp_path / "f.xlsx", fill), LINKS, header_first)
    before, after = contents(path), contents(marked(path, "A4"))

    assert b"legacyDrawingHF" in after[SHEET]
    assert after["xl/drawings/vmlDrawing2.vml"] == before["xl/drawings/vmlDrawing2.vml"]
    assert after["xl/drawings/vmlDrawing1.vml"].count(b"<v:shape ") == 2
    comments = openpyxl.load_workbook(marked(path, "A4"))["S"]
    assert comments["B2"].comment.text == "theirs"
    assert "Label" in comments["A4"].comment.text


def test_comments_of_ours_get_a_drawing_where_only_the_header_has_one(tmp_path: Path) -> None:
    def fill(made: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        table(made, sheet)
        picture = tmp_path / "dot.png"
        picture.write_bytes(DOT)
        sheet.set_header("&C&G", {"image_center": str(picture)})

    path = written(tmp_path / "f.xlsx", fill)
    before, after = contents(path), contents(marked(path, "A4"))

    assert after["xl/drawings/vmlDrawing1.vml"] == before["xl/drawings/vmlDrawing1.vml"]
    new = re.search(rb'<legacyDrawing [^>]*r:id="([^"]+)"', after[SHEET])
    assert new
    link = re.search(rb'<Relationship [^>]*Id="' + new[1] + rb'"[^>]*>', after[LINKS])
    assert link
    target = re.search(rb'Target="[^"]*/(vmlDrawing[0-9]+\.vml)"', link[0])
    assert target
    assert after[f"xl/drawings/{target[1].decode()}"].count(b"<v:shape ") == 1


def test_a_link_out_of_the_workbook_stays_one(tmp_path: Path) -> None:
    """Its target is no part, even where it looks like one."""

    def fill(made: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        table(made, sheet)
        sheet.write_url("B2", "https://example.com/xl/comments1.xml", string="b")
        sheet.write_comment("C3", "theirs")

    path = written(tmp_path / "f.xlsx", fill)
    after = openpyxl.load_workbook(marked(path, "A4"))["S"]

    assert after["B2"].hyperlink.target == "https://example.com/xl/comments1.xml"
    assert after["C3"].comment.text == "theirs"
    assert after["A4"].comment is not None


@pytest.mark.parametrize("part", [SHEET, BOOK, STYLES])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_parts_in_another_encoding_are_marked(tmp_path: Path, part: str, encoding: str) -> None:
    def recode(data: bytes) -> bytes:
        declared = "UTF-16" if encoding == "utf-16" else "UTF-8"
        return data.decode("utf-8").replace('encoding="UTF-8"', f'encoding="{declared}"').encode(encoding)

    path = changed(written(tmp_path / "f.xlsx", filtered), part, recode)
    before = cells(book(path).grids[0])
    copy = marked(path, "A4")

    after = {grid.name: cells(grid) for grid in book(copy).grids}["S"]
    assert {at: after[at] for at in before} == before
    assert openpyxl.load_workbook(copy)["S"]["A4"].fill.fill_type == "solid"


def test_styles_whose_tags_bear_a_prefix_take_ours(tmp_path: Path) -> None:
    def prefixed(data: bytes) -> bytes:
        text = data.decode("utf-8").replace("xmlns=", "xmlns:x=")
        return re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", text).encode()

    path = changed(written(tmp_path / "f.xlsx", filtered), STYLES, prefixed)
    copy = marked(path, "A4")

    added = contents(copy)[STYLES]
    assert not re.findall(rb"<(?![/?!x])", added)
    sheet = openpyxl.load_workbook(copy)["S"]
    assert sheet["A4"].fill.fill_type == "solid"
    assert sheet["A5"].fill.fill_type is None


def test_the_column_of_findings_gets_its_width_behind_the_widths_that_are_there(tmp_path: Path) -> None:
    def fill(made: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        filtered(made, sheet)
        sheet.set_column(0, 1, 20)

    path = written(tmp_path / "f.xlsx", fill)
    before, after = openpyxl.load_workbook(path)["S"], openpyxl.load_workbook(marked(path, "A4"))["S"]

    assert after["D1"].value == "Findings (automatic)"
    assert after.column_dimensions["A"].width == before.column_dimensions["A"].width
    assert after.column_dimensions["D"].width > 20
    runs = re.findall(rb'<col min="([0-9]+)" max="([0-9]+)"', contents(marked(path, "A4"))[SHEET])
    assert runs == [(b"1", b"2"), (b"4", b"4")]


def test_a_cell_that_is_not_there_takes_the_look_of_its_row_before_that_of_its_column(tmp_path: Path) -> None:
    def fill(made: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        table(made, sheet)
        sheet.set_column(4, 4, 9, made.add_format({"num_format": "0.00"}))
        sheet.set_row(8, None, made.add_format({"num_format": "yyyy-mm-dd"}))

    after = openpyxl.load_workbook(marked(written(tmp_path / "f.xlsx", fill), "E9", "E10", "F10"))["S"]

    assert [after[cell].number_format for cell in ("E9", "E10", "F10")] == ["yyyy-mm-dd", "0.00", "General"]
    assert after["E9"].fill.fill_type == "solid"


def test_where_only_we_defined_names_none_are_left(tmp_path: Path) -> None:
    """An empty list of names makes Excel repair the file."""
    path = written(tmp_path / "f.xlsx", table)
    copy, clean = marked(path, "A4"), tmp_path / "clean.xlsx"
    mark_up(copy, clean, [], "en")

    assert b"<definedNames" in contents(copy)[BOOK]
    assert b"definedName" not in contents(path)[BOOK]
    assert b"definedName" not in contents(clean)[BOOK]


@pytest.mark.parametrize("refers_to", ["S!$A$1:$B$6", "#REF!"])
def test_the_hidden_name_of_a_filter_that_tells_of_other_cells_is_left_alone(tmp_path: Path, refers_to: str) -> None:
    """Excel keeps the name up to date; other programs forget to."""
    path = changed(
        written(tmp_path / "f.xlsx", filtered), BOOK, lambda data: data.replace(b"S!$A$1:$C$6", refers_to.encode())
    )
    copy = marked(path, "A4")

    assert openpyxl.load_workbook(copy)["S"].auto_filter.ref == "A1:D6"
    with zipfile.ZipFile(copy) as archive:
        names = re.findall(rb"<definedName [^>]*_FilterDatabase[^>]*>([^<]*)<", archive.read(BOOK))
    assert refers_to.encode() in names


def test_the_hidden_name_of_a_filter_follows_it(tmp_path: Path) -> None:
    copy = marked(written(tmp_path / "f.xlsx", filtered), "A4")

    names = re.findall(rb"<definedName [^>]*_FilterDatabase[^>]*>([^<]*)<", contents(copy)[BOOK])
    assert b"S!$A$1:$D$6" in names
