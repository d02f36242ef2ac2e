"""Writes a report as a workbook: the overview as a dashboard, each listing as a data page."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from xlsflow.render.dashboard import dashboard_page, values_with_symbols
from xlsflow.workbook.consolidated.page_model import DataPage, PageColumn
from xlsflow.workbook.consolidated.writer import write_consolidated
from xlsflow.workbook.style.theme import TAB_FORM, TAB_REGISTER, TAB_TABLE, HeaderTone

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from xlsflow.model import report_model
    from xlsflow.workbook.consolidated.page_model import ShortenedText, WorkbookPage

_TAB_COLOURS: Mapping[report_model.ListingSubject, str] = {
    "follow_up": TAB_FORM,
    "quality": TAB_REGISTER,
    "data": TAB_TABLE,
}
_HEADER_TONES: Mapping[report_model.ColumnRole, HeaderTone] = {
    "given": "required",
    "further": "optional",
    "made": "computed",
}


def write_xlsx(path: Path, report: report_model.Report) -> tuple[ShortenedText, ...]:
    """Write a report as a workbook; equal reports give equal bytes.

    Returns:
        The texts that exceeded the length limit of a cell and were shortened.

    Raises:
        OutputError: The file cannot be written there.
    """
    pages: tuple[WorkbookPage, ...] = (
        dashboard_page(report.overview),
        *(data_page(listing) for listing in report.listings),
    )
    return write_consolidated(path, pages, report.properties, report.as_of.astimezone(UTC))


def data_page(listing: report_model.Listing) -> DataPage:
    """Return a listing as a data page; hidden ones are very hidden, so that Excel's own menu does not show them."""
    return DataPage(
        name=listing.name,
        title=listing.title,
        note=listing.note,
        columns=tuple(map(_column, listing.columns)),
        tab=_TAB_COLOURS[listing.subject],
        hidden="very_hidden" if listing.hidden else "visible",
        frozen=listing.frozen,
    )


def _column(column: report_model.ReportColumn) -> PageColumn:
    return PageColumn(
        key=column.key,
        title=column.title,
        values=values_with_symbols(column),
        format=column.format,
        width=column.width,
        tone=column.marks,
        header=_HEADER_TONES[column.role],
        choices=column.choices,
    )
