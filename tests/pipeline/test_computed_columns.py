"""What follows from other cells of a row stands in the book: days late, signal, risk value; computed anew each time."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import xlsflow
from tests.helpers.returned_rows import AS_OF, PROJECT, TASKS, Row, a_return, task
from tests.helpers.returns import opened_by_openpyxl
from xlsflow import View
from xlsflow.api import merge_to
from xlsflow.pipeline.definitions import Definitions
from xlsflow.pipeline.merge import basis
from xlsflow.pipeline.project_file import load_project, open_library
from xlsflow.reports import tracked_items

if TYPE_CHECKING:
    from pathlib import Path

RISKS = "risks.risks"
LATER = datetime(2026, 11, 23, 18)  # noqa: DTZ001 - project time


def risk(number: int, likelihood: int | None, severity: int | None, level: str) -> Row:
    return {
        "risk_id": f"FX-2026-{number:03}", "identified": date(2026, 11, 2), "area": "HD", "description": "断货",
        "likelihood": likelihood, "severity": severity, "level": level, "measures": "备货", "owner": "王雨桐",
        "solve_by": date(2026, 12, 30), "state": "open",
    }  # fmt: skip


def test_days_late_signal_and_risk_value_stand_in_the_book_and_follow_the_as_of_day(tmp_path: Path) -> None:
    tasks = [task(1, due=date(2026, 11, 16)), task(2, progress="done", share=1, finished=date(2026, 11, 10))]
    came = a_return(
        tmp_path / "in" / "hd.xlsx", "HD", *tasks, more={RISKS: [risk(1, 4, 5, "low"), risk(2, 3, 3, "high")]}
    )
    out = tmp_path / "book.xlsx"

    merge_to([came], out, project=PROJECT, view=View(AS_OF))
    book = xlsflow.open_book(out)

    assert book.tables[TASKS]["days_late"].tolist() == [4, 0]
    assert book.tables[TASKS]["signal"].tolist() == ["overdue", "done"]
    assert book.tables[RISKS]["score"].tolist() == [20, 9]
    later = xlsflow.merge([came], project=PROJECT, as_of=LATER)
    assert later.tables[TASKS]["days_late"].tolist() == [7, 0]
    # In the sheet too: people filter by it.
    sheet = opened_by_openpyxl(out)["执行跟踪"]
    column = next(cell.column for row in sheet.iter_rows(max_row=5) for cell in row if cell.value == "逾期天数")
    assert sheet.cell(5, column).value == 4


def test_what_is_typed_over_a_computed_cell_is_no_edit(tmp_path: Path) -> None:
    came = a_return(tmp_path / "in" / "hd.xlsx", "HD", task(1, due=date(2026, 11, 16)))
    out = tmp_path / "book.xlsx"
    merge_to([came], out, project=PROJECT, view=View(AS_OF))
    edited = opened_by_openpyxl(out)
    sheet = edited["执行跟踪"]
    column = next(cell.column for row in sheet.iter_rows(max_row=5) for cell in row if cell.value == "逾期天数")
    sheet.cell(5, column).value = 0
    edited.save(out)

    book = xlsflow.open_book(out)

    assert book.tables[TASKS]["days_late"].tolist() == [4]
    assert [record.file for record in book.files] == ["hd.xlsx"]


def test_a_high_risk_is_one_by_its_figures_whatever_level_was_chosen(tmp_path: Path) -> None:
    rows = [risk(1, 4, 5, "low"), risk(2, 1, 1, "high"), risk(3, None, 5, "high")]
    came = a_return(tmp_path / "in" / "hd.xlsx", "HD", more={RISKS: rows})

    book = xlsflow.merge([came], project=PROJECT, as_of=AS_OF)

    library = open_library()
    project = load_project(PROJECT, library)
    frame = tracked_items(basis(book, Definitions(library, project), AS_OF.replace(tzinfo=project.zone)))
    assert dict(zip(frame["key"], frame["high"], strict=True)) == {
        "FX-2026-001": True, "FX-2026-002": False, "FX-2026-003": True,
    }  # fmt: skip
