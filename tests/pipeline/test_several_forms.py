"""Several records of one form in one return: copied sheets, spare sheets, and what the next round sends back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

import xlsflow
from tests.helpers.returns import opened_by_openpyxl, put
from tests.office import text
from tests.pipeline.test_collect import returned, round_, sent  # noqa: F401 - a fixture
from xlsflow.model.project_rows import Setting
from xlsflow.pipeline.definitions import Definitions
from xlsflow.pipeline.generate import Order
from xlsflow.pipeline.generate import generate as generate_workbooks
from xlsflow.pipeline.print_return import print_return
from xlsflow.pipeline.project_file import load_project, open_library

if TYPE_CHECKING:
    from pathlib import Path

FORM = "requirement.form"
SHEET = "需求表"


def fill(sheet: Any, number: int, name: str) -> None:  # noqa: ANN401 - openpyxl's worksheet
    """Fill in the required cells of a requirement."""
    cells = {
        str(cell.value).strip("＊").replace("\n", ""): cell for row in sheet.iter_rows() for cell in row if cell.value
    }
    said = {
        "需求编号": f"RW-2026-{number:03}",
        "需求名称": name,
        "发起部门/区域": "华东",
        "需求方负责人": "张立诚",
        "优先级": "高",
        "紧急程度": "普通",
        "涉及区域": "华东",
        "需求背景": "原因",
        "核心目标": "提升到 95%",
        "资源需求": "2 人",
        "联系人": "张立诚",
        "联系方式": "13800000000",
    }
    for label, value in said.items():
        merged = next((r for r in sheet.merged_cells.ranges if cells[label].coordinate in r), None)
        right = (merged.max_col if merged else cells[label].column) + 1
        put(sheet, sheet.cell(cells[label].row, right).coordinate, value)


def with_copy(second: tuple[int, str]) -> Any:  # noqa: ANN401 - a change of a workbook
    """Return the change of a region that fills the form, copies its sheet and fills the copy."""

    def change(book: Any) -> None:  # noqa: ANN401
        fill(book[SHEET], 901, "仓储扩容")
        copy = book.copy_worksheet(book[SHEET])
        copy.title = f"{SHEET} (2)"
        fill(copy, *second)

    return change


def test_a_copied_form_with_an_id_of_its_own_is_a_record_of_its_own(round_: Path, tmp_path: Path) -> None:  # noqa: F811
    path = returned(round_, "HD", tmp_path / "x.xlsx", with_copy((902, "联合促销")))
    book = xlsflow.merge([path], project=round_ / "project.xlsx")

    assert sorted(book.tables[FORM]["req_name"]) == ["仓储扩容", "联合促销"]
    lines = {line.sheet: line for line in book.ledger if line.block == FORM}
    assert {sheet: (line.seen, line.merged, line.balanced) for sheet, line in lines.items()} == {
        SHEET: (1, 1, True),
        f"{SHEET} (2)": (1, 1, True),
    }
    said = [(f.code, f.severity, f.location.sheet) for f in book.findings if f.code.startswith("sheet")]
    assert said == [("sheet_copy_read", "info", f"{SHEET} (2)")]


def test_two_sheets_with_one_id_are_two_versions_of_one(round_: Path, tmp_path: Path) -> None:  # noqa: F811
    path = returned(round_, "HD", tmp_path / "x.xlsx", with_copy((901, "仓储扩容（改）")))
    book = xlsflow.merge([path], project=round_ / "project.xlsx")

    assert list(book.tables[FORM]["req_id"]) == ["RW-2026-901"]
    lines = [line for line in book.ledger if line.block == FORM]
    assert sum(line.seen for line in lines) == 2
    assert sum(line.merged for line in lines) == 1
    assert all(line.balanced for line in lines)
    # Both cells are named, so that somebody decides.
    about = [f for f in book.findings if f.code == "not_unique" and f.location.sheet.startswith(SHEET)]
    assert about


def test_a_copied_form_is_printed_on_a_page_of_its_own(round_: Path, tmp_path: Path) -> None:  # noqa: F811
    path = returned(round_, "HD", tmp_path / "x.xlsx", with_copy((902, "联合促销")))
    printed = print_return(path, tmp_path / "x.pdf", Definitions(open_library()))

    pages = text(printed.path).split("\f")
    first, second = ([n for n, page in enumerate(pages) if name in page] for name in ("仓储扩容", "联合促销"))
    assert len(first) == len(second) == 1
    assert first != second


@pytest.fixture(scope="module")
def spare(round_: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    """What goes out to a region where forms have two spare sheets."""
    library = open_library()
    project = load_project(round_ / "project.xlsx", library)
    project = replace(project, settings=(*project.settings, Setting("spare_forms", 2), Setting("table_rows", 60)))
    folder = tmp_path_factory.mktemp("spare")
    (path,) = generate_workbooks(project, folder, Order(regions=["HD"]), library)
    return path


def test_spare_forms_and_rows_of_tables_are_figures_of_the_project(spare: Path) -> None:
    book = opened_by_openpyxl(spare)
    listed = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]

    assert [s.title for s in book if s.title.startswith(SHEET)] == [SHEET, f"{SHEET} 2", f"{SHEET} 3"]
    assert {f"{SHEET} 2", f"{SHEET} 3", "会议纪要 2"} <= set(listed)
    assert book["执行跟踪"].max_row == 5 + 60


def test_a_spare_form_counts_once_it_is_filled(spare: Path, round_: Path, tmp_path: Path) -> None:  # noqa: F811
    def change(book: Any) -> None:  # noqa: ANN401
        fill(book[SHEET], 901, "仓储扩容")
        fill(book[f"{SHEET} 2"], 902, "联合促销")

    book = opened_by_openpyxl(spare)
    change(book)
    path = tmp_path / "x.xlsx"
    book.save(path)
    merged = xlsflow.merge([path], project=round_ / "project.xlsx")

    assert sorted(merged.tables[FORM]["req_name"]) == ["仓储扩容", "联合促销"]
    assert {f.location.sheet for f in merged.findings if f.code.startswith("sheet")} == {f"{SHEET} 2"}


def test_open_forms_come_back_in_the_next_round_on_a_sheet_each(round_: Path, tmp_path: Path) -> None:  # noqa: F811
    path = returned(round_, "HD", tmp_path / "x.xlsx", with_copy((902, "联合促销")))
    library = open_library()
    project = load_project(round_ / "project.xlsx", library)
    project = replace(project, round=replace(project.round, id="2026-W60"))
    (out,) = generate_workbooks(project, tmp_path / "next", Order(regions=["HD"], source=[path]), library)

    book = opened_by_openpyxl(out)
    texts = [{cell.value for row in book[name].iter_rows() for cell in row} for name in (SHEET, f"{SHEET} 2")]
    assert "仓储扩容" in texts[0]
    assert "联合促销" in texts[1]
