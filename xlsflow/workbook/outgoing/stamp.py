"""Stamps a workbook with who it is, in three places: document properties, the sheet `_meta`, and names.

Each survives another way of saving; a return is recognised by what most of them say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING

from xlsflow.fileformat.hidden_sheets import STAMP_SHEET
from xlsflow.fileformat.stamp import NAME_PREFIX, PROPERTY_PREFIX
from xlsflow.workbook.outgoing.worksheet import GrowingWorksheet

if TYPE_CHECKING:
    from xlsxwriter import Workbook

    from xlsflow.model.returns import Stamp
    from xlsflow.workbook.outgoing.plan import Edition

MAKER = "xlsflow"


def write_stamp(book: Workbook, edition: Edition) -> GrowingWorksheet:
    """Add the sheet, the properties and the names; return the sheet."""
    for name, refers_to in stamp_names(edition.stamp).items():
        book.define_name(name, refers_to)
    sheet = book.add_worksheet(STAMP_SHEET, worksheet_class=GrowingWorksheet)
    assert isinstance(sheet, GrowingWorksheet)
    for row, name in enumerate(stamped(edition.stamp)):
        sheet.write_string(row, 0, f"{PROPERTY_PREFIX}{name}")
    sheet.set_column(0, 1, 30)
    sheet.protect()
    sheet.very_hidden()
    fill_stamp(book, sheet, edition)
    return sheet


def fill_stamp(book: Workbook, sheet: GrowingWorksheet, edition: Edition) -> None:
    """Write what an edition's stamp says, into a workbook that may have borne another."""
    title = edition.pack.title.say(edition.lang)
    book.set_properties(
        {"title": title, "subject": edition.stamp.document, "author": MAKER, "created": edition.created}
    )
    book.custom_properties.clear()
    for row, (name, text) in enumerate(stamped(edition.stamp).items()):
        book.set_custom_property(f"{PROPERTY_PREFIX}{name}", text, "text")
        sheet.write_own(row, 1, text)


def stamp_names(stamp: Stamp) -> Mapping[str, str]:
    """Return the names that a workbook bears for its stamp, with what they refer to."""
    return {f"{NAME_PREFIX}{name}": '="{}"'.format(text.replace('"', '""')) for name, text in stamped(stamp).items()}


def stamped(stamp: Stamp) -> Mapping[str, str]:
    """Return every attribute of a stamp with its text."""
    return {one.name: str(getattr(stamp, one.name)) for one in fields(stamp)}
