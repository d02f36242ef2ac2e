"""Reads .xls, .xlsb and .ods with calamine, and adds the error cells and hidden rows that calamine does not report."""

from __future__ import annotations

import io
from typing import Any

import python_calamine as calamine

from xlsflow.fileformat.cells import CellError
from xlsflow.intake.isolation.limits import Limits, Refusal, damaged
from xlsflow.intake.legacy.error_cells_and_hidden_rows import SheetScan
from xlsflow.intake.xlsx.cell_store import CellStore


def read_legacy(data: bytes, scans: list[SheetScan], limits: Limits) -> tuple[Any, ...]:
    """Return the packed sheets of a workbook, as `workbook_xml.read_workbook` returns them.

    Args:
        data: The whole file.
        scans: What calamine does not report, for every sheet that the workbook lists.
        limits: How much is read.

    Raises:
        Refusal: It has no sheets, needs a password, or is broken.
    """
    # calamine allocates a sheet as one rectangle, so a stray cell far away would take all memory: checked beforehand.
    for scan in scans:
        if scan.area > limits.cells:
            raise Refusal("file_too_many_cells", sheet=scan.name, limit=f"{limits.cells:,}")
    try:
        workbook = calamine.load_workbook(io.BytesIO(data))
        sheets = workbook.sheets_metadata
        # Where the two disagree on the sheets, no scan can be attributed to one of them.
        scans = scans if len(scans) == len(sheets) else [SheetScan() for _ in sheets]
        pairs = [pair for pair in zip(sheets, scans, strict=True) if pair[0].typ == calamine.SheetTypeEnum.WorkSheet]
        grids = tuple(_grid(workbook, sheet, scan, limits) for sheet, scan in pairs)
    except calamine.PasswordError as error:
        raise Refusal("file_password") from error
    except (calamine.CalamineError, OSError, OverflowError, ValueError) as error:
        raise damaged("workbook", str(error)) from error
    if not grids:
        raise Refusal("file_without_sheets")
    return grids


def _grid(
    workbook: calamine.CalamineWorkbook, sheet: calamine.SheetMetadata, scan: SheetScan, limits: Limits
) -> tuple[Any, ...]:
    """Return one sheet packed as a plain tuple."""
    cells = workbook.get_sheet_by_name(sheet.name)
    store = CellStore(sheet.name, limits)
    if cells.height * cells.width > limits.cells:
        raise Refusal("file_too_many_cells", sheet=sheet.name, limit=f"{limits.cells:,}")
    begin, first = cells.start or (0, 0)
    for number, row in enumerate(cells.to_python() if cells.start else (), begin + 1):
        for col, value in enumerate(row, first):
            if value != "":  # calamine returns a blank as ""; 0 and False are values
                store.set_cell(number, col, value)
    for (row_number, col), short in scan.values.items():
        store.set_cell(row_number + 1, col, short)
    for (row_number, col), shown in scan.errors.items():
        store.set_cell(row_number + 1, col, CellError(shown))
    # calamine (0.9.1) reports no merged ranges of .xlsb and .ods.
    merges = tuple((*first, *last) for first, last in cells.merged_cell_ranges or ()) or tuple(scan.merges)
    top, left, filled = store.as_rows()
    # LibreOffice writes a hidden tail of an .ods as hidden rows down to the last row of the sheet.
    hidden = frozenset(row for row in scan.hidden if row < top + len(filled))
    return sheet.name, _visibility(sheet), top, left, filled, merges, hidden


def _visibility(sheet: calamine.SheetMetadata) -> str:
    if sheet.visible == calamine.SheetVisibleEnum.VeryHidden:
        return "very_hidden"
    return "hidden" if sheet.visible == calamine.SheetVisibleEnum.Hidden else "visible"
