"""A round goes on from the book of the one before: which dates count, and what of the earlier round is still asked."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest

import xlsflow
from tests.helpers.returned_rows import PROJECT, TASKS, a_return, a_return_of, enter_round, task
from tests.helpers.returns import opened_by_openpyxl
from xlsflow import View
from xlsflow.api import merge_to

if TYPE_CHECKING:
    from pathlib import Path

    from tests.helpers.returned_rows import Row
    from xlsflow.model.consolidated_book import Book

BEFORE, NOW = datetime(2026, 11, 20, 18), datetime(2026, 11, 27, 18)  # noqa: DTZ001 - project time
ZH, EN = "逾期后改期须同意（1 是，0 否）", "New dates of overdue items need consent (1 yes, 0 no)"


def project_of_next_round(path: Path, label: str, value: int) -> Path:
    """Write the project workbook of the next round, with a setting as the dropdown shows it."""
    shutil.copy(PROJECT, path)
    enter_round(path, "2026-W48")
    if not label:
        return path
    book = opened_by_openpyxl(path)
    sheet = book["参数"]
    keys = {cell.value: cell for row in sheet for cell in row if str(cell.value).startswith("key:")}
    for key, entry in (("key:name", label), ("key:value", value)):
        sheet.cell(keys[key].row + 2, keys[key].column).value = entry
    book.save(path)
    return path


def two_rounds(folder: Path, before: Row, now: Row, label: str = "", value: int = 0) -> tuple[Book, Book]:
    """Return the book of a round that goes on from the one before, merged at once and read from its workbook."""
    w47, w48 = folder / "w47.xlsx", folder / "w48.xlsx"
    project = project_of_next_round(folder / "project.xlsx", label, value)
    merge_to([a_return(folder / "47" / "hd.xlsx", "HD", before)], w47, project=PROJECT, view=View(BEFORE))
    came = a_return_of(folder / "48" / "hd.xlsx", "HD", {TASKS: [now]}, day=26, workbook=project)
    merge_to([came], w48, project=project, view=View(NOW, previous=w47))
    return xlsflow.merge([came], project=project, as_of=NOW, previous=w47), xlsflow.open_book(w48)


@pytest.mark.parametrize(("label", "value", "late"), [(ZH, 1, ["HD-2026-001"]), (EN, 0, [])])
def test_a_project_decides_whether_new_dates_of_overdue_tasks_wait_for_consent(
    label: str, value: int, late: list[str], tmp_path: Path
) -> None:
    for book in two_rounds(tmp_path, task(1, due=date(2026, 11, 12)), task(1, due=date(2026, 12, 10)), label, value):
        assert book.overdue(NOW)["key"].tolist() == late
        assert [p.key for p in book.proposals if p.kind == "redated"] == late
        assert [f"{day:%m-%d}" for day in book.history["due"]] == ["11-12", "12-10"]


def test_what_was_true_of_the_round_before_only_is_not_proposed_again(tmp_path: Path) -> None:
    before = task(1, done_this_week="已签 5 家", remark="线下签")

    book, _ = two_rounds(tmp_path, before, task(1))

    assert [(p.kind, p.field) for p in book.proposals] == [("earlier", "remark")]
