"""What others have in a sheet stays where it is: drawings of headers, cells without addresses, long values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.feedback.test_package import contents, finding, marked
from tests.feedback.test_sheet_order import written
from tests.helpers.files import LINKS, relations, sheet, text, zipped
from xlsflow.feedback import mark_up

if TYPE_CHECKING:
    from pathlib import Path

VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">'
    '<v:shape id="{}" type="#_x0000_t75"><v:fill/></v:shape></xml>'
)
HEADER, NOTES = "xl/drawings/vmlDrawing1.vml", "xl/drawings/vmlDrawing2.vml"


@pytest.mark.parametrize("first", ["header", "notes"])
def test_comments_go_into_the_drawing_that_legacy_drawing_names(tmp_path: Path, first: str) -> None:
    """A sheet with a picture in its header leads to two VML drawings; only one of them is for comments."""
    links = [("vmlDrawing", "../drawings/vmlDrawing1.vml"), ("vmlDrawing", "../drawings/vmlDrawing2.vml")]
    ids = {"header": "r1", "notes": "r2"}
    if first == "notes":
        links, ids = links[::-1], {"header": "r2", "notes": "r1"}
    after = (
        f'<legacyDrawing xmlns:r="{LINKS}" r:id="{ids["notes"]}"/>'
        f'<legacyDrawingHF xmlns:r="{LINKS}" r:id="{ids["header"]}"/>'
    )
    path = written(
        tmp_path / "header.xlsx", sheet(f'<row r="1"><c r="A1" t="inlineStr">{text("x")}</c></row>', after=after)
    )
    own = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(*links),
        HEADER: VML.format("LH"),
        NOTES: VML.format("_x0000_s1025"),
    }
    path.write_bytes(zipped({**contents(path), **own}))

    copy = marked(path, "A1")

    after_marks = contents(copy)
    assert after_marks[HEADER] == own[HEADER].encode()
    assert b'ObjectType="Note"' in after_marks[NOTES]
    clean = tmp_path / "clean.xlsx"
    mark_up(copy, clean, [], "en")
    assert contents(clean)[HEADER] == own[HEADER].encode()
    assert b'ObjectType="Note"' not in contents(clean)[NOTES]
    assert b"_x0000_s1025" in contents(clean)[NOTES]


def test_a_cell_without_an_address_stays_in_its_column_when_the_findings_column_goes(tmp_path: Path) -> None:
    rows = (
        f'<row r="1"><c r="A1" t="inlineStr">{text("h")}</c></row>'
        f'<row r="2"><c r="A2" t="inlineStr">{text("a")}</c></row>'
    )
    path = written(tmp_path / "filter.xlsx", sheet(rows, after='<autoFilter ref="A1:A2"/>'))
    copy = contents(marked(path, "A2"))
    name = "xl/worksheets/sheet1.xml"
    # Somebody types a note to the right of the findings column; their program writes cells without addresses.
    typed = re.sub(rb'(<row r="2".*?)</row>', rb'\1<c t="inlineStr"><is><t>mine</t></is></c></row>', copy[name])
    path.write_bytes(zipped({**copy, name: typed}))
    before = openpyxl.load_workbook(path)["S"]
    assert before["C2"].value == "mine"

    clean = tmp_path / "clean.xlsx"
    mark_up(path, clean, [], "en")

    page = openpyxl.load_workbook(clean)["S"]
    assert {c.coordinate: c.value for row in page.iter_rows() for c in row if c.value} == {
        "A1": "h",
        "A2": "a",
        "C2": "mine",
    }
    assert page.auto_filter.ref == "A1:A2"


def test_rows_that_a_filter_by_the_findings_column_hid_are_shown_again(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="inlineStr">{text(f"a{n}")}</c></row>' for n in range(1, 5))
    path = written(tmp_path / "filter.xlsx", sheet(rows, after='<autoFilter ref="A1:A4"/>'))
    copy = contents(marked(path, "A2"))
    name = "xl/worksheets/sheet1.xml"
    filtered = copy[name].replace(
        b'<autoFilter ref="A1:B4"/>',
        b'<autoFilter ref="A1:B4"><filterColumn colId="1"><filters blank="1"/></filterColumn></autoFilter>',
    )
    filtered = filtered.replace(b'<row r="2"', b'<row r="2" hidden="1"')
    assert filtered != copy[name]
    path.write_bytes(zipped({**copy, name: filtered}))

    clean = tmp_path / "clean.xlsx"
    mark_up(path, clean, [], "en")

    assert b"hidden" not in contents(clean)[name]
    assert b"filterColumn" not in contents(clean)[name]


@pytest.mark.parametrize(("length", "shown"), [(299, 299), (300, 300), (301, 300)])
def test_the_list_shows_long_values_shortened(tmp_path: Path, length: int, shown: int) -> None:
    path = written(tmp_path / "long.xlsx", sheet(f'<row r="1"><c r="A1" t="inlineStr">{text("x")}</c></row>'))
    target = tmp_path / "copy.xlsx"

    mark_up(path, target, [finding("A1", code="not_a_number", value="x" * length)], "en")

    value = openpyxl.load_workbook(target).worksheets[0]["E5"].value
    assert len(value) == shown
    assert value.endswith("…") is (length > 300)


@pytest.mark.parametrize(
    ("cell", "column", "filtered"),
    [
        ("", "B", "A1:B2"),
        ('<c r="B2" s="0"/>', "B", "A1:B2"),
        (f'<c r="B2" t="inlineStr">{text("note")}</c>', "C", "A1:A2"),
    ],
)
def test_the_findings_column_is_the_first_empty_one_and_the_filter_grows_only_next_to_it(
    tmp_path: Path, cell: str, column: str, filtered: str
) -> None:
    rows = (
        f'<row r="1"><c r="A1" t="inlineStr">{text("h")}</c></row>'
        f'<row r="2"><c r="A2" t="inlineStr">{text("a")}</c>{cell}</row>'
    )

    copy = marked(written(tmp_path / "filter.xlsx", sheet(rows, after='<autoFilter ref="A1:A2"/>')), "A2")

    page = openpyxl.load_workbook(copy)["S"]
    assert page[f"{column}2"].value
    assert page[f"{column}1"].value
    assert page.auto_filter.ref == filtered


def test_a_merged_title_above_the_table_does_not_move_the_findings_column(tmp_path: Path) -> None:
    rows = (
        f'<row r="1"><c r="A1" t="inlineStr">{text("title")}</c></row>'
        f'<row r="2"><c r="A2" t="inlineStr">{text("h")}</c></row>'
        f'<row r="3"><c r="A3" t="inlineStr">{text("a")}</c></row>'
    )
    found = {}
    for name, merged in (("above", "A1:F1"), ("header", "B2:C2"), ("below", "B9:C9")):
        after = f'<autoFilter ref="A2:A3"/><mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>'
        copy = marked(written(tmp_path / f"{name}.xlsx", sheet(rows, after=after)), "A3")
        page = openpyxl.load_workbook(copy)["S"]
        found[name] = [c.coordinate for c in page[3] if c.value]

    assert found == {"above": ["A3", "B3"], "header": ["A3", "D3"], "below": ["A3", "D3"]}


def test_nothing_of_our_comments_is_left_when_they_go(tmp_path: Path) -> None:
    path = written(tmp_path / "plain.xlsx", sheet(f'<row r="1"><c r="A1" t="inlineStr">{text("x")}</c></row>'))
    clean = tmp_path / "clean.xlsx"

    mark_up(marked(path, "A1"), clean, [], "en")

    before, after = contents(path), contents(clean)
    assert before.keys() == after.keys()
    assert b"legacyDrawing" not in after["xl/worksheets/sheet1.xml"]
    assert not re.search(rb"comments|vmlDrawing", after["[Content_Types].xml"])
