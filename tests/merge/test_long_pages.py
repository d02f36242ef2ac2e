"""Pages of a consolidated workbook that are longer than a sheet: written on several, read back as one.

A sheet has a million rows; here it has twelve.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

import xlsflow
from tests.helpers.returned_rows import AS_OF, PROJECT, ROUND
from tests.merge.test_reopen import same_books, written
from xlsflow.errors import Refused
from xlsflow.fileformat.hidden_pages import FINDINGS_PAGE, LEDGER_PAGE, ROW_ORIGINS_PAGE
from xlsflow.model.report_model import ReportColumn
from xlsflow.workbook.consolidated import links, writer
from xlsflow.workbook.consolidated.data_page import HEADER_ROWS
from xlsflow.workbook.consolidated.page_model import DataPage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.office import Office

ROWS = 8
"""Rows of data on a sheet."""

INBOX = ROUND / "inbox"


@pytest.fixture(scope="module", autouse=True)
def short_sheets() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (writer, links):
            patch.setattr(module, "ROWS_PER_SHEET", ROWS)
        yield


@pytest.fixture(scope="module")
def long_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("long") / "book.xlsx", INBOX)


def test_hidden_and_visible_pages_continue_on_further_sheets(long_book: Path) -> None:
    book = openpyxl.load_workbook(long_book, read_only=True)

    assert {f"{name} (2)" for name in (FINDINGS_PAGE, LEDGER_PAGE, ROW_ORIGINS_PAGE)} <= {*book.sheetnames}
    assert sum(sheet.sheet_state == "visible" and sheet.title.endswith(" (2)") for sheet in book.worksheets) > 1
    overview = book.sheetnames[0]  # a page for people, which may have a second sheet
    assert max(sheet.max_row for sheet in book.worksheets if not sheet.title.startswith(overview)) <= HEADER_ROWS + ROWS


def test_what_was_written_on_several_sheets_comes_back_as_it_was(long_book: Path) -> None:
    merged = xlsflow.merge([INBOX], project=PROJECT, as_of=AS_OF)

    assert len(merged.findings) > ROWS
    assert len(merged.ledger) > ROWS
    assert same_books(xlsflow.open_book(long_book), merged)


def test_it_comes_back_after_libreoffice_has_saved_it(long_book: Path, office: Office, tmp_path: Path) -> None:
    saved = office.convert(long_book, tmp_path / "saved.xlsx")

    assert same_books(xlsflow.open_book(saved), xlsflow.open_book(long_book))


def test_merging_it_again_changes_nothing(long_book: Path, tmp_path: Path) -> None:
    assert written(tmp_path / "again.xlsx", long_book).read_bytes() == long_book.read_bytes()


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
@pytest.mark.parametrize("page", [FINDINGS_PAGE, LEDGER_PAGE, ROW_ORIGINS_PAGE])
def test_a_sheet_that_is_lost_on_the_way_is_told(long_book: Path, page: str, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(long_book)
    del book[f"{page} (2)"]
    book.save(tmp_path / "less.xlsx")

    with pytest.raises(Refused) as stopped:
        xlsflow.open_book(tmp_path / "less.xlsx")
    assert (stopped.value.code, stopped.value.facts["page"]) == ("book_page", page)


def test_no_visible_page_takes_the_name_of_a_hidden_one(tmp_path: Path) -> None:
    """A hidden page is read back by its name; a sheet of a template may have any."""
    columns = (ReportColumn("a", "甲", [*range(ROWS + 1)], "integer"),)
    pages = [DataPage(name, "", "", columns) for name in (f"{FINDINGS_PAGE} (2)", FINDINGS_PAGE)]
    hidden = DataPage(FINDINGS_PAGE, "", "", columns, hidden="very_hidden")
    writer.write_consolidated(tmp_path / "book.xlsx", [*pages, hidden], {}, AS_OF)

    sheets = openpyxl.load_workbook(tmp_path / "book.xlsx").worksheets
    assert [sheet.title for sheet in sheets if sheet.sheet_state != "visible"] == [
        FINDINGS_PAGE,
        f"{FINDINGS_PAGE} (2)",
    ]
