"""Dropdowns that were issued and are gone from cells: they are put back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xlsflow.feedback.sheet_xml import (
    Sheet,
    area,
)
from xlsflow.feedback.xml_edit import (
    Edit,
    appended,
    plain,
    quoted,
    reheaded,
)
from xlsflow.fileformat.cells import a1

MOST_TITLE, MOST_TEXT = 32, 255
"""What Excel takes."""


@dataclass(frozen=True, slots=True)
class Dropdown:
    """A dropdown as it was issued.

    Attributes:
        sheet: Name of the sheet as returned.
        col: Its column, from 0.
        first_row: Its first row.
        last_row: Its last row.
        name: The workbook's name of the list.
        title: The label of the field.
        help: What is to be filled in.
        stops: Whether what is not in the list is refused, rather than asked about.
    """

    sheet: str
    col: int
    first_row: int
    last_row: int
    name: str
    title: str = ""
    help: str = ""
    stops: bool = True


def put_back(sheet: Sheet, dropdowns: Sequence[Dropdown]) -> list[Edit]:
    """Return the edits that put dropdowns back where cells have no rule any more."""
    covered = list(_covered(sheet))
    new = b""
    count = 0
    for one in dropdowns:
        lost = [row for row in range(one.first_row, one.last_row + 1) if not _holds(covered, row, one.col)]
        if lost:
            new += _validation(sheet, one, lost)
            count += 1
    if not new:
        return []
    rules = sheet.top("dataValidations")
    if rules is None:
        name = f"{sheet.prefix}dataValidations"
        whole = f'<{name} count="{count}">'.encode() + new + f"</{name}>".encode()
        return [sheet.insert("dataValidations", whole)]
    edits = [appended(sheet.data, rules, new)]
    if not rules.closed:
        edits.append(reheaded(sheet.data, rules, count=len(rules.children) + count))
    return edits


def _covered(sheet: Sheet) -> Iterable[tuple[int, int, int, int]]:
    """Yield the ranges that any rule holds for, newer rules in the extensions included."""
    for name in ("dataValidations", "extLst"):
        part = sheet.top(name)
        if part is None:
            continue
        for tag in part.all("dataValidation"):
            inner = (sheet.data[t.head : t.tail].decode() for t in tag.all("sqref"))
            for ref in " ".join((tag.attrs.get("sqref", ""), *inner)).split():
                if found := area(ref):
                    yield found


def _holds(covered: Iterable[tuple[int, int, int, int]], row: int, col: int) -> bool:
    return any(top <= row <= bottom and left <= col <= right for top, left, bottom, right in covered)


def _validation(sheet: Sheet, one: Dropdown, rows: Sequence[int]) -> bytes:
    name = sheet.prefix
    style = "" if one.stops else ' errorStyle="warning"'
    said = f' promptTitle="{quoted(one.title[:MOST_TITLE])}"' if one.title else ""
    said += f' prompt="{quoted(one.help[:MOST_TEXT])}"' if one.help else ""
    return (
        f'<{name}dataValidation type="list"{style} allowBlank="1" showInputMessage="1" showErrorMessage="1"{said}'
        f' sqref="{" ".join(_runs(rows, one.col))}"><{name}formula1>{plain(one.name)}</{name}formula1>'
        f"</{name}dataValidation>"
    ).encode()


def _runs(rows: Sequence[int], col: int) -> Iterable[str]:
    start = rows[0]
    for row, behind in zip(rows, (*rows[1:], None), strict=True):
        if behind != row + 1:
            yield a1(start, col) if start == row else f"{a1(start, col)}:{a1(row, col)}"
            start = behind if behind is not None else row
