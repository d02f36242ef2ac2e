"""Writes a report as a workbook: the overview as a dashboard, each listing as a data page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from xlsflow.workbook.consolidated.page_model import DataPage
from xlsflow.workbook.consolidated.writer import write_consolidated
from xlsflow.workbook.style.symbols import values_with_symbols
from xlsflow.workbook.style.theme import TAB_FORM, TAB_REGISTER, TAB_TABLE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from xlsflow.model.report_model import Listing, ListingSubject, Report
    from xlsflow.workbook.consolidated.page_model import ShortenedText, WorkbookPage

_TAB_COLOURS: Mapping[ListingSubject, str] = {"follow_up": TAB_FORM, "quality": TAB_REGISTER, "data": TAB_TABLE}


def write_xlsx(path: Path, report: Report) -> tuple[ShortenedText, ...]:
    """Write a report as a workbook; equal reports give equal bytes.

    Returns:
        The texts that exceeded the length limit of a cell and were shortened.

    Raises:
        OutputError: The file cannot be written there.
    """
    shown = (listing for listing in report.listings if listing.hidden or listing.is_shown)
    pages: list[WorkbookPage] = [report.overview, *map(data_page, shown)]
    return write_consolidated(path, pages, report.properties, report.as_of.astimezone(UTC))


def data_page(listing: Listing) -> DataPage:
    """Return a listing as a data page; hidden ones are very hidden, so that Excel's own menu does not show them."""
    return DataPage(
        name=listing.name,
        title=listing.title,
        note=listing.note,
        # Written into the values, because a cell has no room for a symbol of its own; pages that are read back have
        # none.
        columns=tuple(replace(column, values=values_with_symbols(column)) for column in listing.shown),
        tab=_TAB_COLOURS[listing.subject],
        hidden="very_hidden" if listing.hidden else "visible",
        frozen=listing.frozen,
        key=listing.key,
        sources=listing.sources,
    )
