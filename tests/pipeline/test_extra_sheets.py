"""Sheets that a project adds to a pack, rows that a blank table goes out with, ids that are issued."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import openpyxl
import pytest
from openpyxl.cell import MergedCell

from xlsflow.intake.isolation.reader_pool import usual_limits
from xlsflow.model.project import Project
from xlsflow.model.project_rows import ExtraSheet
from xlsflow.model.returns import Return
from xlsflow.pipeline.definitions import Definitions
from xlsflow.pipeline.generate import Order, generate
from xlsflow.pipeline.project_file import example_rows, open_library
from xlsflow.pipeline.read_return import read_return

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")  # openpyxl, of what it drops

LIBRARY = open_library()
PROJECT = Project.from_rows(example_rows())
HEADS = [(region.code, region.head) for region in PROJECT.regions]


def sent(folder: Path, project: Project, pack: str, region: str = "HD") -> Path:
    """Return the workbook of a region."""
    (path,) = generate(project, folder, Order(pack=pack, regions=[region]), LIBRARY)
    return path


def returned(path: Path, project: Project | None) -> Return:
    """Return what is read of a workbook, with the project or by itself."""
    definitions = Definitions(LIBRARY, project, as_return=project is not None)
    read = read_return(definitions, usual_limits(), path.read_bytes(), path.name)
    assert isinstance(read, Return)
    return read


def rows(read: Return, block: str) -> int:
    """Return the number of rows of a block."""
    return sum(len(table.rows) for table in read.blocks if table.full_name == block)


def codes(read: Return) -> set[str]:
    return {finding.code for finding in read.findings}


def write(path: Path, tab: str, label: str, value: str) -> None:
    """Type a text into the cell beside a label of a form."""
    book = openpyxl.load_workbook(path)
    lines = ([*line] for line in book[tab].iter_rows())
    line, at = next(
        (line, n) for line in lines for n, c in enumerate(line) if str(c.value or "").rstrip("＊*") == label
    )
    beside = next(cell for cell in line[at + 1 :] if not isinstance(cell, MergedCell))
    beside.value = value
    book.save(path)


# --- sheets that a project adds ---


@pytest.mark.parametrize(
    ("pack", "sheet", "tab"),
    [
        ("team_plan", "issues", "问题跟踪"),
        ("collaboration", "risks", "风险跟踪"),
        ("communication", "disputes", "争议处理"),
    ],
)
def test_a_workbook_has_an_extra_sheet_only_where_its_project_adds_it(
    pack: str, sheet: str, tab: str, tmp_path: Path
) -> None:
    added = replace(PROJECT, extra_sheets=(ExtraSheet(sheet, pack), ExtraSheet("issues", "toolkit")))

    without = openpyxl.load_workbook(sent(tmp_path / "a", PROJECT, pack)).sheetnames
    path = sent(tmp_path / "b", added, pack)

    assert [name for name in openpyxl.load_workbook(path).sheetnames if name not in without] == [tab]
    assert codes(returned(path, added)) == {"return_empty"}
    assert "sheet_unknown" not in codes(returned(path, None)), "without a project every extra sheet is known"


def test_an_extra_sheet_takes_the_place_of_the_sheet_of_its_name(tmp_path: Path) -> None:
    added = replace(PROJECT, extra_sheets=(ExtraSheet("plan"),))

    plain, weekly = (sent(tmp_path / name, one, "team_plan") for name, one in (("a", PROJECT), ("b", added)))

    books = [openpyxl.load_workbook(path) for path in (plain, weekly)]
    assert books[0].sheetnames == books[1].sheetnames
    keys = [{cell.value for line in book["工作计划"].iter_rows(max_row=6) for cell in line} for book in books]
    assert any("反馈时间" in str(text) for text in keys[1])
    assert not any("反馈时间" in str(text) for text in keys[0])


# --- rows that a blank table goes out with ---


def test_the_standing_agenda_and_the_heads_of_regions_are_there_and_are_no_data_until_the_form_is_used(
    tmp_path: Path,
) -> None:
    path = sent(tmp_path, PROJECT, "cross_region")
    agenda = [[cell.value for cell in line] for line in openpyxl.load_workbook(path)["会议通知"].iter_rows()]
    lengths = [line[3] for line in agenda if line[0] in range(1, 99)]
    before = returned(path, PROJECT)

    write(path, "会议通知", "会议名称", "铺货协调会")
    write(path, "会议纪要", "会议名称", "铺货协调会")
    after = returned(path, PROJECT)

    assert lengths == [10, *[15] * len(PROJECT.regions), 30, 5]
    assert (rows(before, "notice.agenda"), rows(before, "minutes.attendees")) == (0, 0)
    assert codes(before) == {"return_empty"}
    assert (rows(after, "notice.agenda"), rows(after, "minutes.attendees")) == (8, 5)
    (attendees,) = [table for table in after.blocks if table.full_name == "minutes.attendees"]
    read = attendees.values
    assert list(zip(read["unit"], read["person_name"], strict=True)) == HEADS


def test_a_proposed_row_that_somebody_has_changed_is_data(tmp_path: Path) -> None:
    path = sent(tmp_path, PROJECT, "cross_region")
    book = openpyxl.load_workbook(path)
    cell = next(c for line in book["会议通知"].iter_rows() for c in line if c.value == "争议点讨论")
    cell.value = "运费分摊"
    book.save(path)

    assert rows(returned(path, PROJECT), "notice.agenda") == 1


# --- ids ---


@pytest.mark.parametrize(
    ("pack", "tab", "first"),
    [
        ("coordination", "执行跟踪", "HD-2026-XN001"),
        ("coordination", "会议纪要", "XD-2026-XN001"),
        ("coordination", "会议纪要", "HY-2026-XN001"),
        ("coordination", "需求表", "RW-2026-XN001"),
        ("team_plan", "工作计划", "HD-2026-XN001"),
        ("team_plan", "成果验收", "YS-2026-XN001"),
        ("toolkit", "应急响应", "YJ-2026-XN001"),
    ],
)
def test_every_id_of_a_region_is_issued_with_its_code(pack: str, tab: str, first: str, tmp_path: Path) -> None:
    path = sent(tmp_path, PROJECT, pack, "XN")

    assert first in {cell.value for line in openpyxl.load_workbook(path)[tab].iter_rows() for cell in line}
    assert codes(returned(path, PROJECT)) == {"return_empty"}, "numbers alone are no data"
