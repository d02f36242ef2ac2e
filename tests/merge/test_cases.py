"""Cases that went wrong with other tools or earlier versions, on files as they came back."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import xlsflow
from tests.helpers.documents import TOP
from tests.helpers.returned_rows import AS_OF, PROJECT, ROUND, TASKS
from tests.helpers.returns import opened_by_openpyxl
from xlsflow.api import merge_to
from xlsflow.errors import XlsflowError
from xlsflow.fileformat.baseline import comparison_text
from xlsflow.pipeline import project_file
from xlsflow.render.as_text import finding_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsflow.model.consolidated_book import Book

CASES = TOP / "tests" / "fixtures" / "cases"
OWN = next((ROUND / "inbox").glob("DJXP*HD*"))
NEXT_WEEK = datetime(2026, 11, 27, 18)  # noqa: DTZ001 - project time


def merged(*paths: Path, project: Path = PROJECT, previous: Sequence[Path] = (), as_of: datetime = AS_OF) -> Book:
    book = xlsflow.merge(list(paths), project=project, as_of=as_of, previous=previous)
    assert all(line.balanced for line in book.ledger)
    return book


def case(name: str, folder: Path, called: str) -> Path:
    folder.mkdir(exist_ok=True)
    return Path(shutil.copy(CASES / name, folder / called))


def codes(book: Book, name: str) -> list[str]:
    return [finding.code for finding in book.findings if finding.location.file == name]


def next_round(folder: Path) -> Path:
    """Write the example project one round later."""
    [this] = project_file.example_rows()["round"]
    opens = datetime(2026, 11, 23, 9)  # noqa: DTZ001 - project time
    later = {**this, "id": "2026-W48", "opens": opens, "due": NEXT_WEEK, "as_of": date(2026, 11, 27)}
    rows = {**project_file.example_rows(), "round": [later]}
    path = folder / "w48.xlsx"
    project_file.write_project(path, rows, lang="zh", library=project_file.open_library())
    return path


@pytest.fixture(scope="module")
def w47(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the consolidated workbook of the sample round."""
    path = tmp_path_factory.mktemp("w47") / "w47.xlsx"
    merge_to([ROUND / "inbox"], path, project=PROJECT, view=xlsflow.View(AS_OF))
    return path


# --- U5, G11: a blank workbook ---
def test_a_blank_workbook_that_is_saved_later_replaces_nothing(tmp_path: Path) -> None:
    blank = case("U5_newer_blank.xlsx", tmp_path, "DJXP-2026-W47-HD_华东(2).xlsx")

    book = merged(OWN, blank)

    assert book.tables[TASKS]["_file"].tolist() == merged(OWN).tables[TASKS]["_file"].tolist()
    # The case was kept from before the packs had the sheets and fields that they have now.
    assert codes(book, blank.name) == ["other_version", "return_empty"]
    assert not book.proposals


def test_a_form_without_a_single_answer_is_said_to_be_empty() -> None:
    blank = CASES / "G11_blank_return.xlsx"

    book = merged(blank)

    assert codes(book, blank.name) == ["other_version", "return_empty"]  # the packs have grown since
    assert not any(len(table) for name, table in book.tables.items() if name != "cover.submission")


# --- U9: which of two returns is the later one is unknown ---
def test_what_waits_for_a_decision_is_marked_in_the_data_and_where_the_answer_goes(tmp_path: Path) -> None:
    a, b = (case(f"U9_{name}.xlsx", tmp_path, f"{name}.xlsx") for name in "ab")
    path = tmp_path / "book.xlsx"
    merge_to([a, b], path, project=PROJECT, view=xlsflow.View(AS_OF))

    sheets = opened_by_openpyxl(path)
    data, page = sheets["执行跟踪"], sheets["冲突与建议"]
    noted = {data.cell(4, cell.column).value: cell for row in data.iter_rows(min_row=5) for cell in row if cell.comment}
    lines = {row[4]: row[6] for row in page.iter_rows(min_row=5, values_only=True)}
    assert {"实际进度", "完成率"} == noted.keys() == lines.keys()
    for name, cell in noted.items():
        assert cell.comment is not None
        first, other, last = cell.comment.text.split("\n")
        assert (first, last) == ("同一格填得不同", "请在《冲突与建议》页决定。")
        assert other.endswith(f"：{lines[name]}")
    assert noted["完成率"].fill.fgColor.rgb == "FFFFEFB8", "a cell without a mark of its own stands out too"
    answers = [cell for cell in page[5] if page.cell(4, cell.column).value == "决定"]
    assert [(cell.value, cell.fill.fgColor.rgb) for cell in answers] == [(None, "FFFFFBEB")]


def test_two_returns_without_a_time_of_saving_differ_in_cells_that_the_coordinator_decides(tmp_path: Path) -> None:
    first = case("U9_a.xlsx", tmp_path, "DJXP-2026-W47-HD_华东.xlsx")
    second = case("U9_b.xlsx", tmp_path, "DJXP-2026-W47-HD_华东 v2.xlsx")

    book = merged(first, second)

    assert [(p.kind, p.key, p.field) for p in book.proposals] == [
        ("conflict", "HD-2026-002", "progress"),
        ("conflict", "HD-2026-002", "share"),
    ]
    said = "\n".join(finding_lines(book.files, book.findings, "zh"))
    # Which of the two stands until then follows from their content.
    assert "HD-2026-002 的“实际进度”这里写的是“" in said
    assert all(f"“{value}”" in said for value in ("进行中", "未启动", "30%", "0%"))


# --- M1: one task in the returns of two regions ---
def test_the_same_overdue_task_in_two_regions_is_overdue_once(tmp_path: Path) -> None:
    other = case("M1_HN_same_minutes_and_task.xlsx", tmp_path, "DJXP-2026-W47-HN_华南.xlsx")

    book = merged(OWN, other)

    assert book.overdue(AS_OF)["key"].tolist().count("HD-2026-004") == 1
    assert book.tables[TASKS]["task_id"].tolist().count("HD-2026-004") == 1


# --- PV: the book of another project ---
def test_another_project_s_book_is_refused_as_the_previous_one(tmp_path: Path) -> None:
    rows = project_file.example_rows()
    other = tmp_path / "other.xlsx"
    lines = [{**line, "code": "OTHER"} for line in rows["project"]]
    project_file.write_project(other, {**rows, "project": lines}, lang="zh", library=project_file.open_library())
    [blank, *_] = xlsflow.generate(other, tmp_path / "outbox")
    book = tmp_path / "book.xlsx"
    merge_to([blank], book, project=other, view=xlsflow.View(AS_OF))

    with pytest.raises(XlsflowError, match="OTHER"):
        merged(OWN, previous=[book])


# --- P1, P2a: the next round ---
def test_an_overdue_task_that_its_region_has_moved_stays_overdue_since_the_first_date() -> None:
    moved, before, project = (CASES / f"{name}.xlsx" for name in ("P2a_due_moved", "P_result_w47", "P_project_w48"))

    book = merged(moved, project=project, previous=[before], as_of=NEXT_WEEK)

    late = book.overdue(NEXT_WEEK).set_index("key")
    assert (f"{late['due']['HD-2026-004']:%m-%d}", late["days_overdue"]["HD-2026-004"]) == ("11-12", 15)
    asked = [
        (p.key, comparison_text(p.current), comparison_text(p.value)) for p in book.proposals if p.kind == "redated"
    ]
    assert asked == [("HD-2026-004", "2026-11-12", "2026-12-20")]
    lines = book.history[(book.history["block"] == TASKS) & (book.history["key"] == "HD-2026-004")]
    assert [f"{due:%m-%d} {agreed:%m-%d}" for due, agreed in zip(lines["due"], lines["agreed"], strict=True)] == [
        "11-12 11-12",
        "12-20 11-12",
    ]


def test_an_untouched_workbook_of_the_next_round_is_said_to_be_unchanged(tmp_path: Path, w47: Path) -> None:
    project = next_round(tmp_path)
    sent = xlsflow.generate(project, tmp_path / "outbox", xlsflow.Order(source=[w47]))
    untouched = next(path for path in sent if "-HD" in path.name)

    book = merged(untouched, project=project, previous=[w47], as_of=NEXT_WEEK)

    assert "return_untouched" in codes(book, untouched.name)
    mine = book.tables[TASKS][book.tables[TASKS]["_region"] == "HD"]
    assert mine["done_this_week"].isna().all()
    assert mine["reported"].isna().all()
    # What was true of the last round only has gone out blank: that is no late value of it.
    assert not [p for p in book.proposals if p.kind == "earlier"]


def test_what_an_earlier_book_carries_on_is_no_file_that_came_back(tmp_path: Path, w47: Path) -> None:
    project = next_round(tmp_path)
    sent = xlsflow.generate(project, tmp_path / "outbox")
    blank = next(path for path in sent if "-HD" in path.name)

    book = merged(blank, project=project, previous=[w47], as_of=NEXT_WEEK)

    assert "HD-2026-203" in book.overdue(NEXT_WEEK)["key"].tolist()
    said = "\n".join(finding_lines(book.files, book.findings, "zh"))
    assert "W47" not in said
    assert "…" not in said
