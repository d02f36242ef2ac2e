"""A report as a PDF: the printed pages of its workbook, as LibreOffice draws them."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.render.as_xlsx import write_xlsx
from xlsflow.system.atomic_write import write_whole
from xlsflow.system.libreoffice import pdf_of

if TYPE_CHECKING:
    from xlsflow.model.report_model import Document


def write_pdf(path: Path, report: Document) -> None:
    """Write a report as a PDF; the data themselves are left to the workbook.

    Raises:
        OutputError: LibreOffice is missing or does not answer, or the file cannot be written there.
    """
    read = tuple(listing for listing in report.listings if listing.about != "data" and not listing.kept)
    with tempfile.TemporaryDirectory(prefix="xlsflow-") as folder:
        source = Path(folder, "report.xlsx")
        write_xlsx(source, replace(report, listings=read))
        made = pdf_of(source, path.name)

    def write(beside: Path) -> None:
        beside.write_bytes(made)

    write_whole(path, write)
