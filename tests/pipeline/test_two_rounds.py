"""A round goes on from the book of the one before: which dates count, and what of the earlier round is still asked."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

import xlsflow
from tests.helpers.returned_rows import PROJECT, TASKS, a_return, a_return_of, task
from tests.helpers.returns import opened_by_openpyxl
from tests.helpers.two_rounds import BEFORE, NOW, enter_round, two_rounds
from xlsflow import View
from xlsflow.api import merge_to

ACTIONS = "minutes.actions"

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


def test_an_action_is_followed_until_it_is_a_task_however_long_its_region_is_silent(tmp_path: Path) -> None:
    action = {
        "action_id": "HD-2026-901", "action": "补签合同", "region": "HD", "owner": "王雨桐", "due": date(2026, 12, 1),
    }  # fmt: skip
    came = a_return(
        tmp_path / "47" / "hn.xlsx", "HN", more={ACTIONS: [action], "minutes.meeting": [{"meeting": "周会"}]}
    )
    w47, w48, w49 = (tmp_path / f"w4{n}.xlsx" for n in (7, 8, 9))
    projects = {n: Path(shutil.copy(PROJECT, tmp_path / f"project{n}.xlsx")) for n in (48, 49)}
    for number, project in projects.items():
        enter_round(project, f"2026-W{number}")
    merge_to([came], w47, project=PROJECT, view=View(BEFORE))

    # In W48 the region of its owner is silent.
    other = a_return_of(tmp_path / "48" / "hn.xlsx", "HN", {}, workbook=projects[48])
    merge_to([other], w48, project=projects[48], view=View(NOW, previous=w47))
    carried = xlsflow.open_book(w48)
    assert carried.tables[ACTIONS][["action_id", "_round"]].values.tolist() == [["HD-2026-901", "2026-W47"]]
    sent = xlsflow.generate(projects[49], tmp_path / "outbox", xlsflow.Order(source=[w48]))
    assert "补签合同" in _texts(next(path for path in sent if "-HD" in path.name))

    # As a task it is counted once: the action has come to its end.
    done = {TASKS: [task(1, source_action="HD-2026-901", task="补签合同")]}
    last = a_return_of(tmp_path / "49" / "hd.xlsx", "HD", done, workbook=projects[49])
    for previous in (w48, w47):
        merge_to([last], w49, project=projects[49], view=View(NOW, previous=previous))
        book = xlsflow.open_book(w49)
        assert len(book.tables[ACTIONS]) == 0
        assert book.tables[TASKS]["source_action"].tolist() == ["HD-2026-901"]
        assert all(line.balanced for line in book.ledger)


def _texts(path: Path) -> set[object]:
    return {cell.value for row in opened_by_openpyxl(path)["执行跟踪"] for cell in row}
