"""Writes the very hidden sheet `_base`: the rows that a workbook is issued with, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.issued import SHEET, Base

if TYPE_CHECKING:
    from xlsxwriter import Workbook

    from xlsflow.workbook.plan import Edition

RETURN = "return"
"""What the stamp of a workbook says that is to come back."""


def write_base(book: Workbook, edition: Edition) -> None:
    """Add the sheet where a workbook that is to come back is issued with rows."""
    base = base_of(edition)
    if edition.for_print or edition.stamp.kind != RETURN or not base.rows:
        return
    sheet = book.add_worksheet(SHEET)
    for row, texts in enumerate(base.lines()):
        for col, text in enumerate(texts):
            if text:
                sheet.write_string(row, col, text)
    sheet.protect()
    sheet.very_hidden()


def base_of(edition: Edition) -> Base:
    """Return the rows that an edition is issued with."""
    keys = {
        template.full_name(block): block.key for template in edition.templates for block in template.data if block.many
    }
    return Base.of({name: rows for name, rows in edition.rows.items() if name in keys}, keys)
