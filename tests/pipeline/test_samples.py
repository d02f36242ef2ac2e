"""The sample round: filled and saved by LibreOffice, current with the definitions, telling the story that it should."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbclient import NotebookClient

import xlsflow
from tests.helpers.documents import TOP

if TYPE_CHECKING:
    from xlsflow import Book

ROUND = TOP / "samples" / "round"
AS_OF = datetime(2026, 11, 20, 18)  # noqa: DTZ001 - project time


@pytest.fixture(scope="module")
def book() -> Book:
    """Return the sample round, merged."""
    return xlsflow.merge([ROUND / "inbox"], project=ROUND / "project.xlsx", as_of=AS_OF)


def test_every_return_was_saved_by_libreoffice(book: Book) -> None:
    returned = [record for record in book.files if record.status != "refused"]

    assert [record.stamp.region for record in returned] == ["HB", "HD", "HN", "HW"]
    assert all(record.writer.startswith("LibreOffice") for record in returned)


def test_what_went_out_is_what_generate_writes_today(tmp_path: Path) -> None:
    for path in xlsflow.generate(ROUND / "project.xlsx", tmp_path):
        assert path.read_bytes() == (ROUND / "outbox" / path.name).read_bytes(), "run: python -m samples.make_round"


def test_no_return_is_of_an_older_version(book: Book) -> None:
    assert not [finding for finding in book.findings if finding.code == "other_version"]


@pytest.mark.parametrize(
    ("sheet", "cell", "code"),
    [
        ("执行跟踪", "D7", "not_a_person"),
        ("执行跟踪", "J8", "required_if"),
        ("执行跟踪", "F9", "not_in_list"),
        ("执行跟踪", "E9", "read_as"),
        ("执行跟踪", "A10", "not_unique"),
        ("执行跟踪", "D11", "several_people"),
        ("责任矩阵", "D6", "not_exactly_one"),
    ],
)
def test_a_mistake_is_found_at_its_cell(book: Book, sheet: str, cell: str, code: str) -> None:
    assert [
        finding.code
        for finding in book.findings
        if (finding.location.sheet, finding.location.cell) == (sheet, cell) and "HN" in finding.location.file
    ] == [code]


def test_regions_without_mistakes_have_no_errors(book: Book) -> None:
    status = {record.stamp.region: record.status for record in book.files if record.status != "refused"}

    assert status == {"HB": "ok", "HD": "ok", "HN": "findings", "HW": "ok"}


def test_the_lock_file_and_the_foreign_workbook_are_named_and_not_fatal(book: Book) -> None:
    refused = {record.file: record.reason for record in book.files if record.status == "refused"}

    assert len(refused) == 2
    assert refused["差旅费报销单.xlsx"] == "foreign_file"


def test_overdue_comes_longest_first_with_owner_and_days(book: Book) -> None:
    overdue = book.overdue(AS_OF)

    assert list(overdue["days_overdue"]) == sorted(overdue["days_overdue"], reverse=True)
    assert overdue.iloc[0]["owner"] == "郭思齐"
    assert overdue.iloc[0]["days_overdue"] == 14


def test_chinese_and_english_returns_merge_into_the_same_codes(book: Book) -> None:
    tasks = book.tables["tracking.tasks"]

    assert set(tasks.loc[tasks["_region"] == "HW", "progress"]) <= {"in_progress", "blocked", "done"}
    assert {"in_progress", "done"} <= set(tasks.loc[tasks["_region"] == "HD", "progress"])


def test_one_return_reads_as_frames_by_the_row_of_its_sheet() -> None:
    path = next((ROUND / "inbox").glob("DJXP*HD*.xlsx"))

    one = xlsflow.read(path, project=ROUND / "project.xlsx", as_of=AS_OF)

    assert one.ok
    assert one.region == "HD"
    assert one.tables["tracking.tasks"].index[0] == 6


def test_the_notebook_runs() -> None:
    path = TOP / "samples" / "notebooks" / "overdue.ipynb"
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # nbformat is not annotated

    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}}).execute()

    assert any("days_overdue" in str(cell.get("outputs")) for cell in notebook.cells)
