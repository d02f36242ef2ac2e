"""What a printed workbook shows: the pages of a PDF as pictures, and its text."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 120


def render(pdf: Path, dpi: int = 70) -> list[Path]:
    """Return one PNG for each page, beside the PDF, in the order of the pages."""
    subprocess.run(
        ["pdftoppm", "-png", "-r", str(dpi), str(pdf), str(pdf.with_suffix(""))], check=True, timeout=SECONDS
    )
    return sorted(pdf.parent.glob(f"{pdf.stem}-*.png"))


def text(pdf: Path) -> str:
    """Return the text of a PDF laid out as on the page; a form feed ends each page."""
    command = ["pdftotext", "-layout", "-enc", "UTF-8", str(pdf), "-"]
    done = subprocess.run(command, check=True, timeout=SECONDS, capture_output=True)
    return done.stdout.decode("utf-8")
