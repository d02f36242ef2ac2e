"""Writes the hidden sheets `_lists`, `_base` and `_meta`, and the stamp.

The stamp says which workbook it is, in three places: document properties, the sheet `_meta`, and defined names. Each
survives another way of saving; a return is recognised by the majority of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from itertools import zip_longest
from typing import TYPE_CHECKING

from xlsflow.fileformat.hidden_sheets import BASELINE_SHEET, LISTS_SHEET, STAMP_SHEET
from xlsflow.fileformat.stamp import NAME_PREFIX, PROPERTY_PREFIX
from xlsflow.workbook.outgoing.cell_xml import escape, mark

if TYPE_CHECKING:
    from xlsxwriter import Workbook

    from xlsflow.workbook.outgoing.plan import OutgoingWorkbook
    from xlsflow.workbook.self_check.dropdown_lists import Dropdowns

_AUTHOR = "xlsflow"


def draw_hidden_sheets(book: Workbook, outgoing: OutgoingWorkbook) -> Sequence[str]:
    """Add the hidden sheets without their rows; return their names, that of the stamp last."""
    names = [LISTS_SHEET, *([BASELINE_SHEET] if outgoing.baseline.rows else []), STAMP_SHEET]
    for name in names:
        sheet = book.add_worksheet(name)
        if name == STAMP_SHEET:
            sheet.set_column(0, 1, 30)
        sheet.protect()
        sheet.very_hidden()
    return names


def hidden_rows(name: str, outgoing: OutgoingWorkbook, dropdowns: Dropdowns) -> Sequence[Sequence[str]]:
    """Return the texts of a hidden sheet, row by row."""
    if name == LISTS_SHEET:
        columns = [(header, *texts) for header, texts in dropdowns.columns.items()]
        return [*zip_longest(*columns, fillvalue="")]
    if name == BASELINE_SHEET:
        return [*outgoing.baseline.lines()]
    return [(f"{PROPERTY_PREFIX}{name}", text) for name, text in _stamp_texts(outgoing).items()]


def draw_properties(book: Workbook, outgoing: OutgoingWorkbook) -> None:
    """Set the document properties, with placeholders for the stamp."""
    title, subject = outgoing.pack.title.say(outgoing.lang), mark("document")
    # Without a time of creation xlsxwriter would write that of now, and the bytes would differ each time.
    book.set_properties({"title": title, "subject": subject, "author": _AUTHOR, "created": outgoing.created})
    for name in _stamp_texts(outgoing):
        book.set_custom_property(f"{PROPERTY_PREFIX}{name}", mark(name), "text")


def stamp_marks(outgoing: OutgoingWorkbook) -> Mapping[str, str]:
    """Return the values of those placeholders, as XML."""
    return {name: escape(text) for name, text in _stamp_texts(outgoing).items()}


def stamp_names(outgoing: OutgoingWorkbook) -> Mapping[str, str]:
    """Return the defined names of the stamp with what they refer to."""
    texts = _stamp_texts(outgoing)
    return {f"{NAME_PREFIX}{name}": '="{}"'.format(text.replace('"', '""')) for name, text in texts.items()}


def _stamp_texts(outgoing: OutgoingWorkbook) -> Mapping[str, str]:
    texts = {attribute.name: str(getattr(outgoing.stamp, attribute.name)) for attribute in fields(outgoing.stamp)}
    del texts["corrects"]  # only a marked copy has it
    return {**texts, "base": outgoing.baseline.fingerprint if outgoing.baseline.rows else ""}
