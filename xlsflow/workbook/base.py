"""Writes the very hidden sheet `_base`: the rows that a workbook is issued with, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.issued import SHEET, Base
from xlsflow.workbook.growing import GrowingWorksheet

if TYPE_CHECKING:
    from xlsxwriter import Workbook

    from xlsflow.workbook.plan import Edition

RETURN = "return"
"""What the stamp of a workbook says that is to come back."""


def write_base(book: Workbook, edition: Edition) -> GrowingWorksheet | None:
    """Add the sheet where a workbook that is to come back is issued with rows; return it."""
    base = base_of(edition)
    if edition.for_print or edition.stamp.kind != RETURN or not base.rows:
        return None
    sheet = book.add_worksheet(SHEET, worksheet_class=GrowingWorksheet)
    assert isinstance(sheet, GrowingWorksheet)
    fill_base(sheet, base)
    sheet.protect()
    sheet.very_hidden()
    return sheet


def fill_base(sheet: GrowingWorksheet, base: Base) -> None:
    """Write rows into a sheet that may have held others."""
    sheet.hold(base.lines())


def has_base(edition: Edition) -> bool:
    """Return whether an edition is issued with rows that a merge can know again."""
    many = [(template, block) for template in edition.templates for block in template.data if block.many and block.key]
    return any(
        line.get(block.key) for template, block in many for line in edition.rows.get(template.full_name(block), ())
    )


def base_of(edition: Edition) -> Base:
    """Return the rows that an edition is issued with."""
    keys = {
        template.full_name(block): block.key for template in edition.templates for block in template.data if block.many
    }
    return Base.of({name: rows for name, rows in edition.rows.items() if name in keys}, keys)
