"""Writes the hidden sheets `_lists`, `_base` and `_meta`, and the stamp.

The stamp says which workbook it is, in three places: document properties, the sheet `_meta`, and defined names. Each
survives another way of saving; a return is recognised by the majority of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from itertools import zip_longest
from typing import TYPE_CHECKING

from xlsflow.fileformat.baseline import Baseline, comparison_text
from xlsflow.fileformat.hidden_sheets import BASELINE_SHEET, LISTS_SHEET, STAMP_SHEET
from xlsflow.fileformat.stamp import NAME_PREFIX, PROPERTY_PREFIX, RETURN_KIND
from xlsflow.workbook.outgoing.cell_xml import escape, mark

if TYPE_CHECKING:
    from xlsxwriter import Workbook

    from xlsflow.model.returns import Stamp
    from xlsflow.workbook.outgoing.plan import OutgoingWorkbook
    from xlsflow.workbook.self_check.dropdown_lists import Dropdowns

_AUTHOR = "xlsflow"


def draw_hidden_sheets(book: Workbook, outgoing: OutgoingWorkbook) -> Sequence[str]:
    """Add the hidden sheets without their rows; return their names, that of the stamp last."""
    names = [LISTS_SHEET, *([BASELINE_SHEET] if has_baseline(outgoing) else []), STAMP_SHEET]
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
        return [*_baseline(outgoing).lines()]
    return [(f"{PROPERTY_PREFIX}{name}", text) for name, text in _stamp_texts(outgoing.stamp).items()]


def draw_properties(book: Workbook, outgoing: OutgoingWorkbook) -> None:
    """Set the document properties, with placeholders for the stamp."""
    title, subject = outgoing.pack.title.say(outgoing.lang), mark("document")
    # Without a time of creation xlsxwriter would write that of now, and the bytes would differ each time.
    book.set_properties({"title": title, "subject": subject, "author": _AUTHOR, "created": outgoing.created})
    for name in _stamp_texts(outgoing.stamp):
        book.set_custom_property(f"{PROPERTY_PREFIX}{name}", mark(name), "text")


def stamp_marks(stamp: Stamp) -> Mapping[str, str]:
    """Return the values of those placeholders, as XML."""
    return {name: escape(text) for name, text in _stamp_texts(stamp).items()}


def stamp_names(stamp: Stamp) -> Mapping[str, str]:
    """Return the defined names of a stamp with what they refer to."""
    texts = _stamp_texts(stamp)
    return {f"{NAME_PREFIX}{name}": '="{}"'.format(text.replace('"', '""')) for name, text in texts.items()}


def _stamp_texts(stamp: Stamp) -> Mapping[str, str]:
    return {attribute.name: str(getattr(stamp, attribute.name)) for attribute in fields(stamp)}


def has_baseline(outgoing: OutgoingWorkbook) -> bool:
    """Return whether a workbook goes out with rows that a merge can recognise by their key."""
    # A workbook that is printed, and the project workbook, never come back as a return.
    if outgoing.for_print or outgoing.stamp.kind != RETURN_KIND:
        return False
    return any(
        comparison_text(row.get(block.key))
        for template in outgoing.templates
        for block in template.data
        if block.key
        for row in outgoing.rows.get(template.full_name(block), ())
    )


def _baseline(outgoing: OutgoingWorkbook) -> Baseline:
    keys = {template.full_name(block): block.key for template in outgoing.templates for block in template.data}
    return Baseline.from_rows({name: rows for name, rows in outgoing.rows.items() if name in keys}, keys)
