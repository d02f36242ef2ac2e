"""The coordinator decides in LibreOffice: what is picked on the sheet of conflicts holds in the next merge."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import xlsflow
from tests.helpers.documents import TOP
from tests.helpers.returned_rows import AS_OF, PROJECT, TASKS
from tests.helpers.returns import opened_by_openpyxl
from xlsflow.api import merge_to

if TYPE_CHECKING:
    from pathlib import Path

    from tests.office import Office

CASES = TOP / "tests" / "fixtures" / "cases"
PAGE = "冲突与建议"


def test_a_pick_and_a_third_value_hold_in_the_next_merge(tmp_path: Path, office: Office) -> None:
    for name, called in (("U9_a.xlsx", "a.xlsx"), ("U9_b.xlsx", "b.xlsx")):
        shutil.copy(CASES / name, tmp_path / called)
    book, picked = tmp_path / "book.xlsx", tmp_path / "picked.xlsx"
    merge_to([tmp_path / "a.xlsx", tmp_path / "b.xlsx"], book, project=PROJECT, view=xlsflow.View(AS_OF))
    sheet = opened_by_openpyxl(book)[PAGE]
    headers = {cell.value: cell.column_letter for cell in sheet[4]}
    lines = {sheet[f"{headers['字段']}{row}"].value: row for row in range(5, sheet.max_row + 1)}
    other = sheet[f"{headers['另一个值']}{lines['实际进度']}"].value

    with office.open(book) as document:
        document.type(PAGE, {f"{headers['决定']}{lines['实际进度']}": "采用"})
        document.type(PAGE, {f"{headers['决定']}{lines['完成率']}": "25%"})
        document.save(picked)
    again = xlsflow.merge([picked], project=PROJECT, as_of=AS_OF)

    row = again.tables[TASKS].set_index("task_id").loc["HD-2026-002"]
    assert row["progress"] == {"进行中": "in_progress", "未启动": "not_started"}[other]
    assert row["share"] == 0.25
    assert not again.proposals
    # Who merges the returns beside the book again finds the same.
    beside = xlsflow.merge([picked, tmp_path / "a.xlsx", tmp_path / "b.xlsx"], project=PROJECT, as_of=AS_OF)
    assert beside.tables[TASKS].equals(again.tables[TASKS])
    assert not beside.proposals
