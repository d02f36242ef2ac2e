"""What is struck out and hints that were left in are reported; a struck run is not read into the text beside it."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.styles.colors import Color

from tests.helpers.returns import ReadResult, book, one_pack, read_result
from tests.intake.test_raw_table import PACK, TASKS
from xlsflow.intake.isolation.limits import Limits
from xlsflow.intake.isolation.read_file import read_bytes
from xlsflow.intake.xlsx.cell_marks import struck_part
from xlsflow.intake.xlsx.shared_strings import read_strings, strings_exact
from xlsflow.template.kinds import Scope

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = ["key:region", "key:no", "key:title", "key:due", "key:hours"]
LABELS = ["区域", "编号＊", "任务名称＊", "完成时间", "工时"]
STRUCK = Font(strike=True)
LIVE, OUT = InlineFont(b=True), InlineFont(strike=True)


def read(change: Callable[[Any], object]) -> ReadResult:
    """Return the result of reading a small workbook that was changed by hand."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "任务表"
    for row in (KEYS, LABELS, ["华东", "T-2026-001", "核对", None, 8], ["华南", "T-2026-002", "发货", None, 4]):
        sheet.append(row)
    change(sheet)
    data = io.BytesIO()
    workbook.save(data)
    grids = read_bytes("return.xlsx", data.getvalue(), Limits()).grids
    return read_result(book(*(replace(grid) for grid in grids)), one_pack(PACK, (TASKS,), Scope()))


def row_font(sheet: Any, row: int, font: Font) -> None:  # noqa: ANN401
    for cell in sheet[row]:
        cell.font = font


def test_a_struck_row_is_reported_and_read() -> None:
    back = read(lambda sheet: row_font(sheet, 3, STRUCK))

    assert back.said == [("struck_row", "A3")]
    assert back.findings[0].severity == "warning"
    assert "3" in back.findings[0].message("zh")
    assert len(back.rows["tasks.rows"]) == 2


@pytest.mark.parametrize("cell", ["A3", "B4", "C3", "C4", "E3", "E4"])
def test_a_struck_cell_is_reported_and_read(cell: str) -> None:
    back = read(lambda sheet: setattr(sheet[cell], "font", STRUCK))

    assert back.said == [("struck_cell", cell)]
    assert len(back.rows["tasks.rows"]) == 2


@pytest.mark.parametrize(
    ("cell", "runs", "field", "value"),
    [
        ("E3", [("50", OUT), ("60", LIVE)], "hours", 60.0),
        ("E3", [("60", LIVE), ("50", OUT)], "hours", 60.0),
        ("E3", [("1", OUT), ("8", LIVE), ("0", OUT)], "hours", 8.0),
        ("C3", [("核对", OUT), ("复核", LIVE)], "title", "复核"),
        ("C3", [("old ", OUT), ("new", LIVE)], "title", "new"),
        ("D3", [("2026-03-31", OUT), ("2026-04-01", LIVE)], "due", "2026-04-01"),
        ("A3", [("华北", OUT), ("华东", LIVE)], "region", "华东"),
    ],
)
def test_a_struck_run_is_reported_and_not_read(
    cell: str, runs: list[tuple[str, InlineFont]], field: str, value: object
) -> None:
    rich = CellRichText(*(TextBlock(font, text) for text, font in runs))
    back = read(lambda sheet: setattr(sheet[cell], "value", rich))

    assert ("struck_part", cell) in back.said
    assert str(back.rows["tasks.rows"][0][field]) == str(value)
    (reported,) = [finding for finding in back.findings if finding.code == "struck_part"]
    assert "".join(text for text, font in runs if font is OUT) in reported.message("en")


def test_a_text_that_is_struck_out_run_by_run_is_read_like_a_struck_cell() -> None:
    rich = CellRichText(TextBlock(OUT, "核"), TextBlock(OUT, "对"))
    back = read(lambda sheet: setattr(sheet["C3"], "value", rich))

    assert back.said == [("struck_cell", "C3")]
    assert back.rows["tasks.rows"][0]["title"] == "核对"


@pytest.mark.parametrize(
    "colour",
    [
        Color(rgb="FF808080"),
        Color(rgb="FFA6A6A6"),
        Color(rgb="FF999999"),
        Color(rgb="FFBFBFBF"),
        Color(theme=0, tint=-0.349986266670736),
        Color(theme=0, tint=-0.249977111117893),
        Color(theme=1, tint=0.499984740745262),
    ],
)
def test_a_grey_row_is_reported(colour: Color) -> None:
    assert read(lambda sheet: row_font(sheet, 3, Font(color=colour))).said == [("example_row", "A3")]


@pytest.mark.parametrize(
    "colour", [Color(rgb="FF000000"), Color(rgb="FFFF0000"), Color(rgb="FF1F2933"), Color(theme=1), Color(theme=4)]
)
def test_a_row_in_another_colour_is_not(colour: Color) -> None:
    assert read(lambda sheet: row_font(sheet, 3, Font(color=colour))).said == []


@pytest.mark.parametrize(
    "text", ["示例", "示例：华东", "（示例）", "例：华东", "例如华东", "填写示例", "样例", "Example", "e.g. East",
             "[Sample] East", "Example: East", "(example)", "EXAMPLE ROW"],
)  # fmt: skip
def test_an_example_row_is_reported(text: str) -> None:
    assert read(lambda sheet: setattr(sheet["A3"], "value", text)).said == [("example_row", "A3")]


@pytest.mark.parametrize("text", ["例会", "案例一", "Sample Street", "Exampleton", "比例", "East (example)"])
def test_a_text_that_only_holds_such_a_word_is_not(text: str) -> None:
    assert read(lambda sheet: setattr(sheet["A3"], "value", text)).said == []


@pytest.mark.parametrize(
    ("runs", "text", "struck"),
    [
        ("<r><rPr><strike/></rPr><t>5</t></r><r><t>6</t></r>", "6", "5"),
        ('<r><rPr><strike val="1"/><sz val="9"/></rPr><t>5</t></r><r><rPr><b/></rPr><t>6</t></r>', "6", "5"),
        ('<r><rPr><strike val="0"/></rPr><t>5</t></r><r><t>6</t></r>', "56", ""),
        ('<r><rPr><strike val="false"/></rPr><t>5</t></r><r><t>6</t></r>', "56", ""),
        ("<r><rPr><strike/></rPr><t>5</t></r>", "5", ""),
        ('<r><rPr><strike/></rPr><t>5</t></r><r><t xml:space="preserve"> </t></r>', "5 ", ""),
    ],
)
def test_both_readers_of_strings_leave_struck_runs_out(runs: str, text: str, struck: str) -> None:
    part = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si>{runs}</si></sst>'.encode()

    assert read_strings("s", part) == strings_exact("s", part) == [text]
    assert struck_part(runs) == struck
