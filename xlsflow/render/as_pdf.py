"""Writes a report as a PDF by having LibreOffice convert its workbook."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xlsflow.render.as_xlsx import write_xlsx
from xlsflow.system.libreoffice import write_as_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from xlsflow.model.report_model import Report


def write_pdf(path: Path, report: Report) -> None:
    """Write a report as a PDF, without the listings of the data, which only the workbook has.

    Raises:
        OutputError: LibreOffice is missing or does not answer, or the file cannot be written there.
    """
    read = tuple(listing for listing in report.listings if listing.subject != "data" and not listing.hidden)
    write_as_pdf(path, lambda workbook: write_xlsx(workbook, replace(report, listings=read)))
