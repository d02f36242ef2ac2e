"""A round goes on from the book of the one before: which dates count, and what of the earlier round is still asked."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

import xlsflow
from tests.helpers.returned_rows import TASKS, task
from tests.helpers.returns import opened_by_openpyxl
from tests.helpers.two_rounds import NOW, two_rounds

if TYPE_CHECKING:
    from pathlib import Path

ZH, EN = "逾期后改期须同意（1 是，0 否）", "New dates of overdue items need consent (1 yes, 0 no)"


@pytest.mark.parametrize(("label", "value", "late"), [(ZH, 1, ["HD-2026-001"]), (EN, 0, [])])
def test_a_project_decides_whether_new_dates_of_overdue_tasks_wait_for_consent(
    label: str, value: int, late: list[str], tmp_path: Path
) -> None:
    moved = [task(1, due=date(2026, 11, 12))], [task(1, due=date(2026, 12, 10))]
    made = two_rounds(tmp_path, *moved, setting=(label, value))

    merged = xlsflow.merge([made.came], project=made.project, as_of=NOW, previous=made.before)
    for book in (merged, xlsflow.open_book(made.now)):
        assert book.overdue(NOW)["key"].tolist() == late
        assert [p.key for p in book.proposals if p.kind == "redated"] == late
        assert [f"{day:%m-%d}" for day in book.history["due"]] == ["11-12", "12-10"]


def test_what_was_true_of_the_round_before_only_is_not_proposed_again(tmp_path: Path) -> None:
    made = two_rounds(tmp_path, [task(1, done_this_week="已签 5 家", remark="线下签")], [task(1)])

    book = xlsflow.merge([made.came], project=made.project, as_of=NOW, previous=made.before)
    assert [(p.kind, p.field) for p in book.proposals] == [("earlier", "remark")]


@pytest.mark.parametrize(
    ("pick", "late", "due"), [("再议", ["HD-2026-001"], "12-10"), ("采用", [], "12-10"), ("2026-12-05", [], "12-05")]
)
def test_a_decision_about_a_row_is_taken_by_its_word_or_a_date_and_by_nothing_else(
    pick: str, late: list[str], due: str, tmp_path: Path
) -> None:
    moved = [task(1, due=date(2026, 11, 12))], [task(1, due=date(2026, 12, 10))]
    made = two_rounds(tmp_path, *moved)
    book = opened_by_openpyxl(made.now)
    sheet = book["冲突与建议"]
    (head,) = (cell for row in sheet for cell in row if cell.value == "key:pick")
    sheet.cell(head.row + 2, head.column).value = pick
    book.save(made.now)

    again = xlsflow.merge([made.now], project=made.project, as_of=NOW)

    assert again.overdue(NOW)["key"].tolist() == late
    assert [p.key for p in again.proposals] == late
    assert [f"{day:%m-%d}" for day in again.tables[TASKS]["due"]] == [due]
    assert {f"{day:%m-%d}" for day in again.history["agreed"][1:]} == ({due} if not late else {"11-12"})
