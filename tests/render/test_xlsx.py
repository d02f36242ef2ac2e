"""A report as a workbook: what is written can be opened, read and printed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from tests.office import text
from tests.reports import report_example as example
from tests.workbook.test_consolidated import load
from xlsflow.i18n import LANGS, Lang
from xlsflow.model.report_model import Listing, ReportColumn
from xlsflow.render.as_xlsx import data_page, write_xlsx
from xlsflow.reports import make_report
from xlsflow.workbook.consolidated.dashboard import GRID_COLUMNS
from xlsflow.workbook.consolidated.dashboard_table import split_grid
from xlsflow.workbook.style.symbols import with_symbol
from xlsflow.workbook.style.theme import MARK_CHART_COLOURS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.office import Office


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The round's workbook in Chinese."""
    path = tmp_path / "book.xlsx"
    write_xlsx(path, make_report(example.inputs(), "zh"))
    return path


def test_the_workbook_opens_on_the_overview_and_hides_what_is_only_kept(book: Path) -> None:
    sheets = {sheet.title: sheet.sheet_state for sheet in load(book)}

    visible = [name for name, state in sheets.items() if state == "visible"]
    work = ["逾期清单", "7天内到期", "阻塞", "今日催办", "风险", "回收情况", "按区域", "按负责人"]
    quality = ["校验发现", "行数台账", "未入库行", "图表数据"]
    assert visible == ["总览", "总览 (2)", *work, *quality, "执行跟踪", "问题跟踪", "风险跟踪"]
    kept = ["_meta", "_blocks", "_files", "_findings", "_ledger", "_aside"]
    assert {name: sheets[name] for name in kept} == dict.fromkeys(kept, "veryHidden")


def test_a_data_page_holds_labels_dates_and_shares_under_the_hidden_keys(book: Path) -> None:
    sheet = load(book)["执行跟踪"]

    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3, max_row=5)]
    by_key = dict(zip(rows[0], rows[2], strict=True))

    assert sheet.row_dimensions[3].hidden
    assert rows[1][:3] == ["来源区域", "任务编号", "任务名称"]
    assert by_key["key:region"] == "华东"
    assert by_key["key:status"] == "滞后"
    assert by_key["key:due"] == datetime(2026, 11, 6)  # noqa: DTZ001 - a cell has no zone
    assert by_key["key:share"] == pytest.approx(0.6)
    assert (by_key["key:_file"], by_key["key:_row"]) == ("W47_华东.xlsx", 6)


def test_the_stamp_is_in_the_properties_and_on_the_meta_page(book: Path) -> None:
    made = load(book)

    properties = {one.name: one.value for one in made.custom_doc_props.props}  # type: ignore[attr-defined]  # stubs lag
    cells = {row[0].value: row[1].value for row in made["_meta"].iter_rows()}

    assert properties["xlsflow.kind"] == cells["xlsflow.kind"] == "book"
    assert properties["xlsflow.round"] == cells["xlsflow.round"] == example.ROUND


@pytest.mark.parametrize("lang", LANGS)
def test_the_same_report_gives_the_same_bytes(tmp_path: Path, lang: Lang) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_xlsx(tmp_path / name, make_report(example.inputs(), lang))

    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_text_that_begins_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    table = example.tasks().assign(job='=HYPERLINK("http://example.com")')
    write_xlsx(tmp_path / "a.xlsx", make_report(example.inputs(example.book({example.JOBS: table})), "zh"))

    with ZipFile(tmp_path / "a.xlsx") as parts:
        sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in xml for xml in sheets)


def test_an_empty_book_can_be_written(tmp_path: Path) -> None:
    empty = example.book({}, files=(), findings=(), ledger=(), aside=())

    write_xlsx(tmp_path / "a.xlsx", make_report(example.inputs(empty), "en"))

    assert load(tmp_path / "a.xlsx").sheetnames[0] == "Overview"


def test_signs_are_before_marked_words_only_where_they_are_wanted() -> None:
    values, marks = ["晚交", None, "按时"], ["due_soon", None, "done"]

    def shown(*, with_symbols: bool) -> list[object]:
        column = ReportColumn("state", "回收", values, marks=marks, with_symbols=with_symbols)  # type: ignore[arg-type]  # of literals
        return list(data_page(Listing("x", "x", "", (column,))).columns[0].values)

    assert shown(with_symbols=True) == ["◆ 晚交", None, "● 按时"]
    assert shown(with_symbols=False) == values


def test_every_mark_of_a_chart_has_a_colour_of_its_own() -> None:
    bars = make_report(example.inputs(), "zh").overview.status.bars

    assert len({MARK_CHART_COLOURS[bar.mark] for bar in bars}) == len(bars)


@pytest.mark.parametrize(
    ("widths", "whole", "taken"), [([1, 1], 3, [1, 2]), ([0.01, 1], 5, [1, 4]), ([5, 4, 4, 2, 5, 3, 4, 3, 3], 33, None)]
)
def test_widths_share_out_all_columns_and_at_least_one_each(
    widths: list[float], whole: int, taken: list[int] | None
) -> None:
    made = split_grid(widths, whole)

    assert sum(made) == whole
    assert min(made) >= 1
    assert taken is None or sorted(made) == sorted(taken)


def test_the_panels_of_a_band_lie_side_by_side(book: Path) -> None:
    overview = make_report(example.inputs(), "zh").overview
    sheet = load(book)["总览"]

    heads = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value}
    spans = {area.start_cell.coordinate: area.size["columns"] for area in sheet.merged_cells.ranges}
    for panels in overview.bands:
        cells = [heads[panel.title] for panel in panels]
        assert len({cell.row for cell in cells}) == 1
        ends = [cell.column - 1 + spans[cell.coordinate] for cell in cells]
        assert [cell.column - 1 for cell in cells] == [0, *(end + 1 for end in ends[:-1])]
        assert ends[-1] == GRID_COLUMNS


def test_every_visible_sheet_is_one_click_from_the_first_page_and_leads_back(book: Path) -> None:
    made = load(book)
    links = {cell.hyperlink.location for row in made["总览"].iter_rows() for cell in row if cell.hyperlink}
    lists = [one.title for one in made if one.sheet_state == "visible" and not one.title.startswith("总览")]

    assert {f"'{name}'!A1" for name in lists} <= links
    assert {made[name]["A1"].hyperlink.location for name in lists} == {"'总览'!A1"}


def test_a_row_of_a_list_is_linked_to_its_row_in_the_data(book: Path) -> None:
    made = load(book)
    for name in ("逾期清单", "7天内到期", "阻塞"):
        for cell in made[name]["A"][4:]:
            sheet, place = cell.hyperlink.location.replace("'", "").split("!")
            assert cell.value in [one.value for one in made[sheet][place[1:]]]


def test_a_colour_never_is_alone(book: Path) -> None:
    shown = [cell.value for row in load(book)["总览"].iter_rows() for cell in row if isinstance(cell.value, str)]

    assert f"▲ {make_report(example.inputs(), 'zh').overview.conclusion}" in shown
    assert with_symbol("missing", "未报") == "— 未报"


@pytest.mark.parametrize("lang", LANGS)
def test_the_overview_prints_on_one_page_and_nothing_hidden_is_printed(
    tmp_path: Path, office: Office, lang: Lang
) -> None:
    write_xlsx(tmp_path / "a.xlsx", make_report(example.inputs(), lang))

    pages = text(office.convert(tmp_path / "a.xlsx", tmp_path / "a.pdf")).split("\f")

    first = pages[0]
    whole = ("HD-2026-001", "西南", "今日须决定") if lang == "zh" else ("HD-2026-001", "Southwest", "To decide today")
    assert all(word in first for word in whole)
    assert not any("xlsflow.kind" in page for page in pages)
