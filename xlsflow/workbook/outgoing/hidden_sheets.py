"""What a workbook carries that nobody sees: the sheets `_lists`, `_base` and `_meta`, the stamp, its names.

The stamp says who a workbook is, in three places: document properties, the sheet `_meta`, and names. Each survives
another way of saving; a return is recognised by what most of them say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from itertools import zip_longest
from typing import TYPE_CHECKING

from xlsflow.fileformat.baseline import SHEET, Base, text_of
from xlsflow.workbook.outgoing.cell_xml import escape, mark
from xlsflow.workbook.outgoing.dropdown_lists import LISTS

if TYPE_CHECKING:
    from xlsxwriter import Workbook

    from xlsflow.model.records import Stamp
    from xlsflow.workbook.outgoing.dropdown_lists import Dropdowns
    from xlsflow.workbook.outgoing.plan import Edition

RETURN = "return"
"""The kind of a stamp whose workbook is to come back."""
DOCUMENT = "document"
"""The placeholder of the document's number."""
_META = "_meta"
_PROPERTY = "xlsflow."
_NAME = "xf_"
_AUTHOR = "xlsflow"


def add_hidden_sheets(book: Workbook, edition: Edition) -> Sequence[str]:
    """Add the sheets without their rows; return their names. The last of them is always `_meta`."""
    names = [LISTS, *([SHEET] if has_base(edition) else []), _META]
    for name in names:
        sheet = book.add_worksheet(name)
        if name == _META:
            sheet.set_column(0, 1, 30)
        sheet.protect()
        sheet.very_hidden()
    return names


def hidden_rows(name: str, edition: Edition, dropdowns: Dropdowns) -> Sequence[Sequence[str]]:
    """Return the texts of one of those sheets, row by row."""
    if name == LISTS:
        columns = ((name, *texts) for name, texts in dropdowns.columns.items())
        return [*zip_longest(*columns, fillvalue="")]
    if name == SHEET:
        return [*_base_of(edition).lines()]
    return [(f"{_PROPERTY}{name}", text) for name, text in _stamp_texts(edition.stamp).items()]


def set_properties(book: Workbook, edition: Edition) -> None:
    """Set the document properties, with placeholders where regions differ."""
    title = edition.pack.title.say(edition.lang)
    number = mark(DOCUMENT) if edition.stamp.document else ""
    book.set_properties({"title": title, "subject": number, "author": _AUTHOR, "created": edition.created})
    for name in _stamp_texts(edition.stamp):
        book.set_custom_property(f"{_PROPERTY}{name}", mark(name), "text")


def property_marks(stamp: Stamp) -> Mapping[str, str]:
    """Return the values of those placeholders, as XML."""
    return {name: escape(text) for name, text in _stamp_texts(stamp).items()}


def stamp_names(stamp: Stamp) -> Mapping[str, str]:
    """Return the names that a workbook has for its stamp, with what they refer to."""
    return {f"{_NAME}{name}": '="{}"'.format(text.replace('"', '""')) for name, text in _stamp_texts(stamp).items()}


def _stamp_texts(stamp: Stamp) -> Mapping[str, str]:
    return {attribute.name: str(getattr(stamp, attribute.name)) for attribute in fields(stamp)}


def has_base(edition: Edition) -> bool:
    """Return whether a workbook is issued with rows that a merge can recognise."""
    if edition.for_print or edition.stamp.kind != RETURN:
        return False
    return any(
        text_of(row.get(block.key))
        for template in edition.templates
        for block in template.data
        if block.many and block.key
        for row in edition.rows.get(template.full_name(block), ())
    )


def _base_of(edition: Edition) -> Base:
    """Return the rows that a workbook is issued with."""
    keys = {
        template.full_name(block): block.key for template in edition.templates for block in template.data if block.many
    }
    return Base.of({name: rows for name, rows in edition.rows.items() if name in keys}, keys)
