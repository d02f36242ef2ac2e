"""A board: one printed page with all its words on it, and charts that say what they show."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from openpyxl.utils import get_column_letter

from tests.office import text
from tests.workbook.test_consolidated import complaints, load, write
from xlsflow.layout.text_metrics import lines_needed, row_height, text_width
from xlsflow.model.report_model import Chart, ChartBar, KeyFigure, Listing, Overview, ReportColumn
from xlsflow.workbook.consolidated.dashboard import GRID_COLUMNS
from xlsflow.workbook.consolidated.page_model import DataPage
from xlsflow.workbook.style.theme import AGE_COLOURS, CHIPS, MARK_CHART_COLOURS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.office import Office

LONG = "确认调货车辆、路线及在途保险，并与承运商完成书面确认 with Latin words between and 更多的中文"

SIGNALS = Listing(
    "signals",
    "① 各区域信号",
    "",
    (
        ReportColumn("region", "区域", ["总部", "=华东区"], "id", 4),
        ReportColumn("task", "任务", [LONG, "短"], "long", 8),
        ReportColumn("done", "完成率", [0.25, 1], "percent", 4),
        ReportColumn("due", "计划", [date(2026, 3, 6), None], "date", 5, (None, "missing")),
        ReportColumn("late", "逾期", [14, True], "integer", 2, ("overdue", None)),
    ),
)
PLAIN = Listing("owners", "⑥ 责任人", "", (ReportColumn("who", "", ["方晓", "杨帆"]),))
STATES = Chart(
    "② 各区域状态",
    ("总部", "华东区"),
    (ChartBar("已完成", (1, 3), "done"), ChartBar("逾期", (0, 2), "overdue")),
    "各区域行动项数量",
)
AGES = Chart("④ 账龄", ("1–3", "4–7"), (ChartBar("项数", (2, 0), "overdue"),), "")
BOARD = Overview(
    "总览",
    "跨区域执行周报",
    "2026 年第 12 周",
    ("基准日 2026-03-20",),
    "结论：整体黄灯。" * 12,
    "due_soon",
    tuple(KeyFigure(f"指标{n}", str(n), "其中未启动 1，较上周增加", "overdue") for n in range(7)),
    signals=SIGNALS,
    status=STATES,
    overdue=replace(SIGNALS, title="③ 逾期"),
    ageing=AGES,
    attention=replace(SIGNALS, title="⑤ 需协调"),
    more=(PLAIN,),
    footer=("100 % & 口径", "2026 内部资料"),
)


def test_a_board_is_printed_on_one_page_with_every_word_of_it(office: Office, tmp_path: Path) -> None:
    pdf = office.convert(write(tmp_path / "board.xlsx", BOARD), tmp_path / "board.pdf")
    first, second, *others = text(pdf).split("\f")
    words = "".join(first.split())

    assert others == [""]
    assert "方晓" in second
    for said in (
        "跨区域执行周报",
        "2026年第12周",
        "=华东区",
        "2026-03-06",
        "25%",
        "指标6",
        "100%&口径",
        "2026内部资料",
    ):
        assert said in words, said
    for sign in LONG:
        assert sign.isspace() or sign in words


def test_a_board_is_what_the_format_asks_for_and_shows_its_charts_in_words_too(tmp_path: Path) -> None:
    path = write(tmp_path / "board.xlsx", BOARD)

    assert complaints(path) == []
    with ZipFile(path) as parts:
        drawing = parts.read("xl/drawings/drawing1.xml").decode()
    assert all(f'descr="{said}"' in drawing for said in ("各区域行动项数量", "④ 账龄"))


def test_the_figures_of_charts_are_on_a_hidden_sheet(tmp_path: Path) -> None:
    """A page of the same name gets another one."""
    rows = DataPage("_data", "", "", (ReportColumn("a", "甲", [1]),))
    book = load(write(tmp_path / "board.xlsx", BOARD, rows))

    assert book.sheetnames == ["总览", "总览 (2)", "_data (2)", "_data"]
    assert book["_data"].sheet_state == "hidden"
    assert [[cell.value for cell in row] for row in book["_data"].iter_rows(max_col=3)] == [
        ["② 各区域状态", "已完成", "逾期"],
        ["总部", 1, 0],
        ["华东区", 3, 2],
    ]


def test_a_cell_of_a_small_table_holds_its_value_as_what_it_is(tmp_path: Path) -> None:
    cells = load(write(tmp_path / "board.xlsx", BOARD))["总览"]
    top = next(cell.row for cell in cells["A"] if cell.value == "总部")
    columns = {cell.value: cell.column for cell in cells[top - 1] if cell.value}
    assert list(columns) == [column.title for column in SIGNALS.columns]
    first, second = ({title: cells.cell(row, column) for title, column in columns.items()} for row in (top, top + 1))

    assert (first["完成率"].value, first["完成率"].number_format) == (0.25, "0%")
    assert first["计划"].number_format == "yyyy-mm-dd"
    assert (second["区域"].value, second["区域"].number_format) == ("=华东区", "General")
    assert second["区域"].data_type == "s"
    assert second["逾期"].value is True
    assert first["逾期"].fill.fgColor.rgb == "FF" + CHIPS["overdue"].fill[1:]
    assert second["计划"].fill.fgColor.rgb == "FF" + CHIPS["missing"].fill[1:], "a blank cell is coloured too"
    assert first["区域"].font.bold
    assert not first["任务"].font.bold
    assert cells.row_dimensions[top].height > cells.row_dimensions[top + 1].height


def test_a_chart_is_as_high_as_the_table_beside_it(tmp_path: Path) -> None:
    table = replace(PLAIN, columns=(ReportColumn("row", "", ["行"] * 10),))
    board = replace(BOARD, signals=table, overdue=PLAIN, attention=PLAIN, conclusion="结论")
    cells = load(write(tmp_path / "board.xlsx", board))["总览"]

    anchor = cells._charts[0].anchor  # type: ignore[attr-defined]
    assert anchor.to.row - anchor._from.row == 9


def test_bars_of_several_series_are_stacked_in_the_colours_of_their_marks(tmp_path: Path) -> None:
    path = write(tmp_path / "board.xlsx", BOARD)

    with ZipFile(path) as parts:
        states, ages = (parts.read(f"xl/charts/chart{number}.xml").decode() for number in (1, 2))
    assert '<c:grouping val="stacked"/>' in states
    assert [MARK_CHART_COLOURS[mark][1:] in states for mark in ("done", "overdue", "blocked")] == [True, True, False]
    assert '<c:barDir val="col"/>' in ages
    assert re.findall(r'<c:dPt><c:idx val="(\d)"/>.*?<a:srgbClr val="(\w+)"/>', ages) == [
        (str(number), colour[1:]) for number, colour in enumerate(AGE_COLOURS[:2])
    ]


def test_a_board_is_printed_sideways_as_wide_as_its_grid(tmp_path: Path) -> None:
    cells = load(write(tmp_path / "board.xlsx", BOARD))["总览"]

    assert cells.print_area.startswith(f"'总览'!$A$1:${get_column_letter(GRID_COLUMNS)}$")
    assert (cells.page_setup.orientation, cells.page_setup.paperSize) == ("landscape", 9)


@pytest.mark.parametrize(
    ("said", "width", "lines"),
    [
        ("", 10, 1),
        ("中文", 10, 1),
        ("中文" * 3, 10, 2),
        ("中" * 12, 10, 3),
        ("a\nb\n\nc", 10, 4),
        ("one two three", 8, 3),
        ("abcdefghijklmnopqrstuvwxyz", 10, 4),
        ("中文 abcdefg", 10, 2),
        ("中文abcdefghijklmnop", 10, 3),
        ("word ", 6.5, 1),
    ],
)
def test_lines_are_counted_as_a_cell_wraps_them(said: str, width: float, lines: int) -> None:
    assert lines_needed(said, width) == lines


def test_a_text_in_small_print_takes_fewer_lines() -> None:
    assert lines_needed("中" * 30, 30, 9) < lines_needed("中" * 30, 30, 12)


def test_a_chinese_sign_is_as_wide_as_two_latin_ones() -> None:
    assert text_width("中文") == 4
    assert math.isclose(text_width("Grün 1"), 6 * 1.05)


def test_a_row_is_never_higher_than_a_program_takes() -> None:
    assert [row_height(1), row_height(2), row_height(1000)] == pytest.approx([22, 35.4, 400])
