"""Restores dropdowns that the outgoing workbook had and the return has missing, usually by pasting over cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xlsflow.feedback.sheet_xml import SheetXml, parse_area
from xlsflow.feedback.xml_edit import Edit, attributes_edit, child_edit, escape_attribute, escape_text
from xlsflow.fileformat.cells import a1
from xlsflow.fileformat.excel_limits import MAX_VALIDATION_TEXT, MAX_VALIDATION_TITLE


@dataclass(frozen=True, slots=True)
class Dropdown:
    """A dropdown of the outgoing workbook.

    Attributes:
        sheet: Name of the sheet in the return.
        col: Column, from 0.
        first_row: First row, from 0.
        last_row: Last row, from 0.
        name: Defined name that refers to the list of choices.
        title: Label of the field.
        help: Text of the input prompt.
        rejects_others: Whether Excel rejects other values; otherwise it only warns.
    """

    sheet: str
    col: int
    first_row: int
    last_row: int
    name: str
    title: str = ""
    help: str = ""
    rejects_others: bool = True


def restore_dropdowns(sheet: SheetXml, dropdowns: Sequence[Dropdown]) -> list[Edit]:
    """Return the edits that restore dropdowns in cells without any data validation."""
    # An ordinary paste replaces the validation of the cell that it goes into.
    covered = list(_validated_ranges(sheet))
    new = b""
    count = 0
    for dropdown in dropdowns:
        missing = [
            row
            for row in range(dropdown.first_row, dropdown.last_row + 1)
            if not _is_covered(covered, row, dropdown.col)
        ]
        if missing:
            new += _validation(sheet, dropdown, missing)
            count += 1
    if not new:
        return []
    rules = sheet.child("dataValidations")
    if rules is None:
        name = f"{sheet.prefix}dataValidations"
        whole = f'<{name} count="{count}">'.encode() + new + f"</{name}>".encode()
        return [sheet.insert("dataValidations", whole)]
    edits = [child_edit(sheet.data, rules, new)]
    # `child_edit` replaces an element written as one tag, so its attributes cannot be edited as well.
    if not rules.self_closing:
        edits.append(attributes_edit(sheet.data, rules, count=len(rules.children) + count))
    return edits


def _validated_ranges(sheet: SheetXml) -> Iterable[tuple[int, int, int, int]]:
    """Yield the ranges with a data validation, including those that Excel 2010 and later store in `extLst`."""
    for name in ("dataValidations", "extLst"):
        part = sheet.child(name)
        if part is None:
            continue
        for tag in part.descendants("dataValidation"):
            # In `extLst` the range is an element, in `dataValidations` an attribute.
            inner = (sheet.data[t.content_start : t.content_end].decode() for t in tag.descendants("sqref"))
            for ref in " ".join((tag.attrs.get("sqref", ""), *inner)).split():
                if found := parse_area(ref):
                    yield found


def _is_covered(covered: Iterable[tuple[int, int, int, int]], row: int, col: int) -> bool:
    return any(top <= row <= bottom and left <= col <= right for top, left, bottom, right in covered)


def _validation(sheet: SheetXml, dropdown: Dropdown, rows: Sequence[int]) -> bytes:
    name = sheet.prefix
    style = "" if dropdown.rejects_others else ' errorStyle="warning"'
    prompt = f' promptTitle="{escape_attribute(dropdown.title[:MAX_VALIDATION_TITLE])}"' if dropdown.title else ""
    prompt += f' prompt="{escape_attribute(dropdown.help[:MAX_VALIDATION_TEXT])}"' if dropdown.help else ""
    cells = " ".join(_row_ranges(rows, dropdown.col))
    return (
        f'<{name}dataValidation type="list"{style} allowBlank="1" showInputMessage="1" showErrorMessage="1"{prompt}'
        f' sqref="{cells}"><{name}formula1>{escape_text(dropdown.name)}</{name}formula1>'
        f"</{name}dataValidation>"
    ).encode()


def _row_ranges(rows: Sequence[int], col: int) -> Iterable[str]:
    """Yield rows as ranges of one column; adjacent rows share one."""
    start = rows[0]
    for row, following in zip(rows, (*rows[1:], None), strict=True):
        if following != row + 1:
            yield a1(start, col) if start == row else f"{a1(start, col)}:{a1(row, col)}"
            start = following if following is not None else row
