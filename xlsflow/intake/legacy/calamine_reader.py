"""The formats besides Office Open XML: xls, xlsb and ods, by calamine, with the errors that it takes for blanks."""

from __future__ import annotations

import io
from typing import Any

import python_calamine as calamine

from xlsflow.fileformat.cells import CellError
from xlsflow.intake.isolation.limits import (
    Limits,
    Refusal,
    damaged,
)
from xlsflow.intake.legacy.errors_and_hidden import Marks
from xlsflow.intake.xlsx.cell_store import Rows


def read_legacy(data: bytes, marks: list[Marks], limits: Limits) -> tuple[Any, ...]:
    """Return the same as `book.read_book` does; writer, saved, properties and names stay empty.

    Args:
        data: The whole file.
        marks: What calamine does not tell, for every sheet that the workbook lists.
        limits: How much is read.

    Raises:
        Refusal: If it has no sheets, needs a password, or is broken.
    """
    for one in marks:  # before calamine makes room for it
        if one.area > limits.cells:
            raise Refusal("file_too_many_cells", sheet=one.name, limit=f"{limits.cells:,}")
    try:
        workbook = calamine.load_workbook(io.BytesIO(data))
        sheets = workbook.sheets_metadata
        marks = marks if len(marks) == len(sheets) else [Marks() for _ in sheets]
        pairs = [pair for pair in zip(sheets, marks, strict=True) if pair[0].typ == calamine.SheetTypeEnum.WorkSheet]
        grids = tuple(_grid(workbook, sheet, mark, limits) for sheet, mark in pairs)
    except calamine.PasswordError as error:
        raise Refusal("file_password") from error
    except (calamine.CalamineError, OSError, OverflowError, ValueError) as error:
        raise damaged("workbook", str(error)) from error
    if not grids:
        raise Refusal("file_without_sheets")
    return "", None, {}, {}, grids


def _grid(
    workbook: calamine.CalamineWorkbook, sheet: calamine.SheetMetadata, marks: Marks, limits: Limits
) -> tuple[Any, ...]:
    """Return one sheet, packed as a plain tuple."""
    cells = workbook.get_sheet_by_name(sheet.name)
    rows = Rows(sheet.name, limits)
    if cells.height * cells.width > limits.cells:
        raise Refusal("file_too_many_cells", sheet=sheet.name, limit=f"{limits.cells:,}")
    begin, first = cells.start or (0, 0)
    for number, row in enumerate(cells.to_python() if cells.start else (), begin + 1):
        for col, value in enumerate(row, first):
            if value != "":  # 0 and False are values
                rows.put(number, col, value)
    for (at, col), shown in marks.errors.items():
        rows.put(at + 1, col, CellError(shown))
    merges = tuple((*first, *last) for first, last in cells.merged_cell_ranges or ())
    top, left, filled = rows.laid_out()
    hidden = frozenset(row for row in marks.hidden if row < top + len(filled))  # an .ods hides all rows to the last
    return sheet.name, _visibility(sheet), top, left, filled, merges, hidden


def _visibility(sheet: calamine.SheetMetadata) -> str:
    if sheet.visible == calamine.SheetVisibleEnum.VeryHidden:
        return "very_hidden"
    return "hidden" if sheet.visible == calamine.SheetVisibleEnum.Hidden else "visible"
