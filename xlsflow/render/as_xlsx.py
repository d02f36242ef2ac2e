"""A report as a workbook: the overview on a board, each listing on a page of rows."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from xlsflow.render.dashboard import (
    board,
    signed,
)
from xlsflow.workbook.consolidated.page_model import (
    Column,
    DataPage,
)
from xlsflow.workbook.consolidated.writer import write_book
from xlsflow.workbook.style.theme import (
    TAB_FORM,
    TAB_REGISTER,
    TAB_TABLE,
    HeaderTone,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from xlsflow.model import report_model
    from xlsflow.workbook.consolidated.page_model import (
        Cut,
        Page,
    )

TABS: Mapping[report_model.Subject, str] = {"follow_up": TAB_FORM, "quality": TAB_REGISTER, "data": TAB_TABLE}
HEADERS: Mapping[report_model.Role, HeaderTone] = {"given": "required", "further": "optional", "made": "computed"}


def write_xlsx(path: Path, report: report_model.Document) -> tuple[Cut, ...]:
    """Write a report as one workbook: the same report gives the same bytes.

    Returns:
        The texts that were too long for a cell and were cut.

    Raises:
        OutputError: The file cannot be written there.
    """
    pages: tuple[Page, ...] = (board(report.overview), *(data_page(listing) for listing in report.listings))
    return write_book(path, pages, report.properties, report.as_of.astimezone(UTC))


def data_page(listing: report_model.Listing) -> DataPage:
    """Return a listing as a page of rows; one that is only kept is out of every reader's sight."""
    return DataPage(
        name=listing.name,
        title=listing.title,
        note=listing.note,
        columns=tuple(map(_column, listing.columns)),
        tab=TABS[listing.about],
        hidden="very_hidden" if listing.kept else "visible",
        frozen=listing.frozen,
    )


def _column(column: report_model.Column) -> Column:
    return Column(
        key=column.key,
        title=column.title,
        values=signed(column),
        format=column.shape,
        width=column.width,
        tone=column.marks,
        header=HEADERS[column.role],
    )
