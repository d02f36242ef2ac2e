"""Marks are made by changing few parts of a package; everything else stays byte for byte."""

from __future__ import annotations

import base64
import random
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import openpyxl
import pytest
import xlsxwriter

from tests.feedback.test_corpus import audited, kept
from tests.helpers import soak
from tests.helpers.files import odd_sheet, parts, sheet, text, zipped
from xlsflow.errors import OutputError
from xlsflow.feedback import Dropdown, can_be_marked, has_marks, mark_up
from xlsflow.feedback.styles import MARK_COLOURS, mark_colour
from xlsflow.findings import Finding, Location
from xlsflow.i18n import untranslated
from xlsflow.intake.grid import Grid, RawWorkbook
from xlsflow.intake.isolation.reader_pool import open_returns

if TYPE_CHECKING:
    from collections.abc import Iterator

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A picture of one point."""
OURS = ("worksheets/", "styles.xml", "workbook.xml", "[Content_Types].xml", "comments", "vmlDrawing")
"""What marks may change."""


def finding(cell: str, *, sheet_name: str = "S", code: str = "required_blank", value: str = "") -> Finding:
    column = cell.rstrip("0123456789")
    return Finding(code, Location("f.xlsx", sheet_name, cell, "b", column, untranslated("Label")), value)


def marked(source: Path, *cells: str, sheet_name: str = "S") -> Path:
    """Return a copy with the cells marked."""
    target = source.with_name(f"marked_{source.name}")
    mark_up(source, target, [finding(cell, sheet_name=sheet_name) for cell in cells], "en")
    return target


def book(path: Path) -> RawWorkbook:
    """Return what intake reads of a file."""
    (opened,) = open_returns([path])
    assert isinstance(opened, RawWorkbook), opened
    return opened


def cells(grid: Grid) -> dict[tuple[int, int], object]:
    """Return what is in the cells of a sheet."""
    return {
        (row, col): value
        for row, line in enumerate(grid.rows, grid.top)
        for col, value in enumerate(line, grid.left)
        if value is not None
    }


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    """Return a workbook with a picture, a chart, notes, a filter, names, protection and several sheets."""
    path = tmp_path / "rich.xlsx"
    with xlsxwriter.Workbook(path) as made:
        page = made.add_worksheet("S")
        box = made.add_format({"border": 1, "num_format": "yyyy-mm-dd", "bg_color": "#FFFBEB", "locked": False})
        for row in range(6):
            page.write_row(row, 0, ["a", "b", "c"], box)
        page.autofilter(0, 0, 5, 2)
        page.write_comment("B2", "theirs", {"author": "Li"})
        page.write_comment("C3", "theirs too", {"author": "Li"})
        page.protect()
        chart = made.add_chart({"type": "column"})
        chart.add_series({"values": "=Second!$A$1:$A$3"})
        second = made.add_worksheet("Second")
        second.write_column(0, 0, [1, 2, 3])
        second.insert_chart("D2", chart)
        second.print_area("A1:C3")
        second.activate()
        made.add_worksheet("hidden").very_hidden()
        made.define_name("Second!local", "=Second!$A$1")
    return path


@pytest.fixture
def crowded(tmp_path: Path) -> Path:
    """Return a workbook with what libraries drop: sparklines, a button, a table, formats by rule, newer dropdowns."""
    path = tmp_path / "crowded.xlsx"
    with xlsxwriter.Workbook(path) as made:
        page, other = made.add_worksheet("S"), made.add_worksheet("Other")
        other.write_column(0, 0, ["x", "y", "z"])
        page.write_column(0, 0, [1, 2, 3, 4, 5])
        page.add_sparkline("F2", {"range": "S!A1:A5"})
        page.insert_button("H2", {"caption": "Go"})
        page.write_comment("B2", "theirs", {"author": "Li"})
        page.conditional_format("A1:A5", {"type": "data_bar", "data_bar_2010": True})
        page.conditional_format("A1:A5", {"type": "cell", "criteria": ">", "value": 2, "format": made.add_format()})
        page.add_table("C1:D4", {"name": "their_table"})
        page.insert_textbox("J2", "a text box")
        page.set_header("&C&G", {"image_center": str(_picture(tmp_path))})
        page.set_background(str(_picture(tmp_path)))
        page.embed_image("E5", str(_picture(tmp_path)))
        page.ignore_errors({"number_stored_as_text": "A1:A9"})
    content = contents(path)
    before, end, after = content["xl/worksheets/sheet1.xml"].rpartition(b"</extLst>")
    rule = (
        b'<ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
        b'uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><x14:dataValidations '
        b'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" count="1"><x14:dataValidation type="list">'
        b"<x14:formula1><xm:f>Other!$A$1:$A$3</xm:f></x14:formula1><xm:sqref>B3:B9</xm:sqref></x14:dataValidation>"
        b"</x14:dataValidations></ext>"
    )
    content["xl/worksheets/sheet1.xml"] = before + rule + end + after
    path.write_bytes(zipped(content))
    return path


def _picture(folder: Path) -> Path:
    path = folder / "dot.png"
    path.write_bytes(DOT)
    return path


def test_nothing_that_libraries_drop_is_lost(crowded: Path, tmp_path: Path) -> None:
    copy, clean = marked(crowded, "A2", "B3", "C3", "E5", "F2", "H9"), tmp_path / "clean.xlsx"
    mark_up(copy, clean, [], "en")

    for after in (copy, clean):
        kept(contents(crowded), contents(after))
    new = contents(copy)["xl/worksheets/sheet1.xml"]
    for what in (b"<x14:sparkline>", b"x14:dataValidation ", b"<conditionalFormatting", b"<tablePart ", b"<picture "):
        assert what in new
    assert audited(copy) - audited(crowded) == Counter()


def test_parts_that_bear_no_marks_stay_byte_for_byte(rich: Path) -> None:
    before, after = contents(rich), contents(marked(rich, "B2", "A4"))

    assert before.keys() <= after.keys()
    assert not [name for name in before if before[name] != after[name] and not any(part in name for part in OURS)]


def test_a_marked_cell_keeps_everything_but_its_fill(rich: Path) -> None:
    after = openpyxl.load_workbook(marked(rich, "A4"))["S"]

    cell = after["A4"]
    assert cell.fill.fgColor.rgb == f"FF{mark_colour('error', 1)}"
    assert (cell.number_format, cell.border.left.style, cell.protection.locked) == ("yyyy-mm-dd", "thin", False)
    assert after["A5"].fill.fgColor.rgb == "FFFFFBEB"
    assert after.protection.sheet


def test_their_note_stays_and_ours_is_beside_it(rich: Path) -> None:
    after = openpyxl.load_workbook(marked(rich, "B2", "A4"))["S"]

    assert after["B2"].comment.text == "theirs"
    assert after["C3"].comment.text == "theirs too"
    assert after["A4"].comment.author == "xlsflow"
    assert "“Label” is required" in after["A4"].comment.text


def test_the_list_comes_first_and_names_stay_with_their_sheets(rich: Path) -> None:
    after = openpyxl.load_workbook(marked(rich, "A4"))

    assert after.sheetnames == ["To fix", "S", "Second", "hidden", "_xf_marks"]
    assert after["_xf_marks"].sheet_state == after["hidden"].sheet_state == "veryHidden"
    assert after["Second"].print_area == "'Second'!$A$1:$C$3"
    assert "local" in after["Second"].defined_names
    assert after["S"].auto_filter.ref == "A1:D6"
    assert after.active is after["To fix"]
    assert [one.title for one in after if one.sheet_view.tabSelected] == ["To fix"]


def test_the_list_leads_to_the_cells(rich: Path) -> None:
    page = openpyxl.load_workbook(marked(rich, "A4", "C2"))["To fix"]

    links = [page.cell(row, 3).hyperlink for row in (5, 6)]
    assert [link.location for link in links if link] == ["'S'!C2", "'S'!A4"]
    assert page["D5"].value == "Label"
    assert page.print_title_rows == "$4:$4"


def test_the_column_behind_the_filter_tells_each_row_what_is_wrong(rich: Path) -> None:
    page = openpyxl.load_workbook(marked(rich, "A4", "C4"))["S"]

    assert page["D1"].value == "Findings (automatic)"
    assert [bool(page.cell(row, 4).value) for row in range(2, 7)] == [False, False, True, False, False]


def test_without_findings_the_copy_is_as_it_was_before_it_was_marked(rich: Path) -> None:
    clean = rich.with_name("clean.xlsx")
    mark_up(marked(rich, "B2", "A4", "E9"), clean, [], "en")

    assert [(g.name, cells(g)) for g in book(clean).grids] == [(g.name, cells(g)) for g in book(rich).grids]
    before, after = openpyxl.load_workbook(rich)["S"], openpyxl.load_workbook(clean)["S"]
    assert {c.coordinate: c.comment.text for row in after.iter_rows() for c in row if c.comment} == {
        c.coordinate: c.comment.text for row in before.iter_rows() for c in row if c.comment
    }
    assert [c.fill.fgColor.rgb for row in after["A1:C6"] for c in row] == [
        c.fill.fgColor.rgb for row in before["A1:C6"] for c in row
    ]
    assert after.auto_filter.ref == before.auto_filter.ref
    assert not has_marks(clean)


def test_marking_again_replaces_the_marks(rich: Path) -> None:
    first = marked(rich, "A4", "B5")
    second = rich.with_name("second.xlsx")
    mark_up(first, second, [finding("C6")], "en")
    once = rich.with_name("once.xlsx")
    mark_up(rich, once, [finding("C6")], "en")

    again, fresh = openpyxl.load_workbook(second), openpyxl.load_workbook(once)
    assert again.sheetnames == fresh.sheetnames
    assert cells(book(second).grids[1]) == cells(book(once).grids[1])
    assert [again["To fix"].cell(5, col).value for col in range(2, 8)] == [
        fresh["To fix"].cell(5, col).value for col in range(2, 8)
    ]
    notes = [c.coordinate for row in again["S"].iter_rows() for c in row if c.comment and c.comment.author == "xlsflow"]
    assert notes == ["C6"]
    assert again["S"]["A4"].fill.fgColor.rgb == "FFFFFBEB"


def test_marks_are_the_same_bytes_every_time(rich: Path) -> None:
    first = marked(rich, "A4").read_bytes()

    assert marked(rich, "A4").read_bytes() == first


@pytest.mark.parametrize("made", [sheet, odd_sheet])
def test_cells_without_addresses_stay_where_they_are(tmp_path: Path, made: object) -> None:
    path = tmp_path / "bare.xlsx"
    rows = (
        f'<row><c t="inlineStr">{text("a1")}</c><c t="inlineStr">{text("b1")}</c></row>'
        f'<row r="4"><c r="B4" t="inlineStr">{text("b4")}</c><c t="inlineStr">{text("c4")}</c></row>'
        f'<row><c r="C5" t="inlineStr">{text("c5")}</c></row><row r="9"/>'
    )
    path.write_bytes(zipped(_typed(made(rows))))  # type: ignore[operator]
    before = cells(book(path).grids[0])

    after = {g.name: cells(g) for g in book(marked(path, "A1", "A4", "A2", "D5", "B5", "A9", "C9", "B12")).grids}

    assert after["S"] == before
    with zipfile.ZipFile(marked(path, "A4")) as archive:
        assert b'<c r="A4"' in archive.read("xl/worksheets/sheet1.xml").replace(b"<x:", b"<")


def _typed(content: str) -> dict[str, str | bytes]:
    package = parts({"S": content})
    return package | {
        "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>'
    }


def test_what_a_region_typed_never_becomes_a_formula_or_a_link(tmp_path: Path, rich: Path) -> None:
    hostile = '=HYPERLINK("http://example.com","x")'
    target = tmp_path / "hostile.xlsx"
    mark_up(rich, target, [finding("A4", code="not_a_number", value=hostile)], "zh")

    for page in openpyxl.load_workbook(target):
        for row in page.iter_rows():
            assert not [cell.coordinate for cell in row if cell.data_type == "f"]
            assert not [c.coordinate for c in row if c.hyperlink and c.hyperlink.target]


def test_a_dropdown_that_is_gone_is_put_back_where_it_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "lists.xlsx"
    with xlsxwriter.Workbook(path) as made:
        page = made.add_worksheet("S")
        page.write_string(0, 0, "x")
        page.data_validation("B3:B4", {"validate": "list", "source": "=lst_a"})
        made.define_name("lst_a", "=S!$A$1:$A$1")
    target = tmp_path / "back.xlsx"
    asked = [Dropdown("S", 1, 1, 5, "lst_a", "Label", "Choose."), Dropdown("S", 2, 1, 5, "lst_gone")]
    mark_up(path, target, [finding("B2")], "en", asked)

    rules = openpyxl.load_workbook(target)["S"].data_validations.dataValidation
    assert {(str(rule.sqref), rule.formula1) for rule in rules} == {("B3:B4", "lst_a"), ("B2 B5:B6", "lst_a")}


def test_a_file_of_another_kind_cannot_be_marked(tmp_path: Path) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0 no package")

    assert not can_be_marked(path)
    with pytest.raises(OutputError):
        mark_up(path, tmp_path / "out.xls", [finding("A1")], "en")
    assert not (tmp_path / "out.xls").exists()


EACH = 50
SPOILT = re.compile(rb'"[^"<>]*"|<[\w:]+|</[\w:]+>')
"""Values of attributes and names of elements: what is changed to see that no broken file comes of it."""


def _broken(content: dict[str, bytes], chance: random.Random) -> dict[str, bytes]:
    """Return parts with one place in one of them changed."""
    name = chance.choice([n for n in content if n.endswith((".xml", ".rels", ".vml"))])
    spots = list(SPOILT.finditer(content[name]))
    if not spots:
        return content
    spot = chance.choice(spots)
    new = chance.choice([b'"x"', b'"-1"', b'"99999999999"', b'""', b"<x", b"", b'"A1:B"', b"</c>"])
    return content | {name: content[name][: spot.start()] + new + content[name][spot.end() :]}


@soak.campaign("damaged files to mark", EACH)
@pytest.mark.parametrize("start", soak.numbers(300)[::EACH])
def test_from_a_file_that_is_spoilt_comes_a_whole_copy_or_one_sentence(rich: Path, tmp_path: Path, start: int) -> None:
    whole = contents(marked(rich, "A4", "B2"))
    for number in range(start, start + EACH):
        path, target = tmp_path / f"{number}.xlsx", tmp_path / f"{number} copy.xlsx"
        path.write_bytes(zipped(_broken(dict(whole), random.Random(number))))  # noqa: S311 - nothing secret
        can_be_marked(path)
        has_marks(path)
        codes = []
        try:
            mark_up(path, target, [finding("A4"), finding("E9"), finding("B2")], "zh")
        except OutputError as stopped:
            codes.append(stopped.code)
        assert codes in ([], ["cannot_be_marked"])
        assert target.exists() is not bool(codes)
        if codes:
            continue
        for name, data in contents(target).items():
            if name.endswith((".xml", ".rels")) and data != contents(path).get(name):
                ET.fromstring(data)  # noqa: S314 - our own


def _shades() -> Iterator[str]:
    for severity in MARK_COLOURS:
        yield from (mark_colour(severity, number) for number in range(512))


def test_every_shade_of_a_mark_is_one_of_its_own() -> None:
    assert len(set(_shades())) == 3 * 512
