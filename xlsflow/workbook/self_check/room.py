"""Whether a table has rows left, and which of its rows in use have no checks: as formulas.

A row that is inserted, or written below the table, has no formulas; what is in it is read and printed all the same, but
the workbook cannot say that it is right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import column_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsflow.template.model import DataBlock
    from xlsflow.workbook.outgoing.plan import SheetPlan
    from xlsflow.workbook.self_check.formula import Addresses
    from xlsflow.workbook.self_check.row_checks import RowChecks

ROWS_BELOW = 500
"""Rows below a table in which something may have been written."""


def content_ranges(sheet: SheetPlan, block: DataBlock, addresses: Addresses, first: int, last: int) -> Sequence[str]:
    """Return the cells of a table's content between two sheet rows, from 1, in as few ranges as possible."""
    columns = sorted(addresses.column_number(field.name) for field in block.columns if field.counts_as_content)
    runs: list[list[int]] = []
    for col in columns:
        if runs and runs[-1][1] == col - 1:
            runs[-1][1] = col
        else:
            runs.append([col, col])
    return [sheet.at(f"${column_letters(left)}${first}:${column_letters(right)}${last}") for left, right in runs]


def is_full_formula(sheet: SheetPlan, block: DataBlock, addresses: Addresses) -> str:
    """Return the formula, without its `=`, that is 1 where the last row of a table is in use, else 0."""
    last = addresses.layout.last_row + 1
    cells = content_ranges(sheet, block, addresses, last, last)
    return f"(COUNTA({','.join(cells)})>0)" if cells else "0"


def unchecked_rows_formula(sheet: SheetPlan, block: DataBlock, addresses: Addresses, checks: RowChecks | None) -> str:
    """Return the formula, without its `=`, that counts the rows in use that have no checks."""
    names = [field.name for field in block.columns if field.counts_as_content]
    if checks is None or not names:
        return "0"
    first, end = addresses.layout.first_row + 1, addresses.layout.last_row + 1
    if sheet.layout.block_layouts[-1].block == block.name:  # nothing of ours lies below it
        end += ROWS_BELOW
    # Column by column: a range of several columns has more than one value a row.
    letters = [column_letters(addresses.column_number(name)) for name in names]
    filled = "+".join(f'(TRIM({sheet.at(f"${col}${first}:${col}${end}")})<>"")' for col in letters)
    codes = sheet.at(f"${column_letters(checks.first_col)}${first}:${column_letters(checks.first_col)}${end}")
    # An error value in a cell of the table leaves its row unchecked, and would make an error of the count.
    return f'IFERROR(SUMPRODUCT(({filled}>0)*({codes}="")),1)'
