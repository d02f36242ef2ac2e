"""Writes a report as a PDF by having LibreOffice convert its workbook."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xlsflow.render.as_xlsx import write_xlsx
from xlsflow.system.atomic_write import write_atomically
from xlsflow.system.libreoffice import convert_to_pdf
from xlsflow.system.temporary import temporary_folder

if TYPE_CHECKING:
    from pathlib import Path

    from xlsflow.model.report_model import Report


def write_pdf(path: Path, report: Report) -> None:
    """Write a report as a PDF, without the listings of the data, which only the workbook has.

    Raises:
        OutputError: LibreOffice is missing or does not answer, or the file cannot be written there.
    """
    read = tuple(listing for listing in report.listings if listing.subject != "data" and not listing.hidden)
    with temporary_folder() as folder:
        source = folder / "report.xlsx"
        write_xlsx(source, replace(report, listings=read))
        made = convert_to_pdf(source, path.name)

    def write(beside: Path) -> None:
        beside.write_bytes(made)

    write_atomically(path, write)
