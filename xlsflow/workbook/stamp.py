"""Stamps a workbook with who it is, in three places: document properties, the sheet `_meta`, and names.

Each survives another way of saving; a return is recognised by what most of them say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlsxwriter import Workbook

    from xlsflow.records import Stamp
    from xlsflow.workbook.plan import Edition

META = "_meta"
PROPERTY = "xlsflow."
NAME = "xf_"
MAKER = "xlsflow"


def write_stamp(book: Workbook, edition: Edition) -> None:
    """Add the sheet, the properties and the names."""
    facts = stamped(edition.stamp)
    title = edition.pack.title.say(edition.lang)
    book.set_properties(
        {"title": title, "subject": edition.stamp.document, "author": MAKER, "created": edition.created}
    )
    sheet = book.add_worksheet(META)
    for row, (name, text) in enumerate(facts.items()):
        book.set_custom_property(f"{PROPERTY}{name}", text, "text")
        book.define_name(f"{NAME}{name}", '="{}"'.format(text.replace('"', '""')))
        sheet.write_string(row, 0, f"{PROPERTY}{name}")
        sheet.write_string(row, 1, text)
    sheet.set_column(0, 1, 30)
    sheet.protect()
    sheet.very_hidden()


def stamped(stamp: Stamp) -> Mapping[str, str]:
    """Return every attribute of a stamp with its text."""
    return {one.name: str(getattr(stamp, one.name)) for one in fields(stamp)}
