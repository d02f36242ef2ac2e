"""Reads the sheet `_base` of a return: the rows that it was issued with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.fileformat.baseline import (
    SHEET,
    Base,
)
from xlsflow.fileformat.cells import shown

if TYPE_CHECKING:
    from xlsflow.intake.grid import GridBook


def issued_with(book: GridBook) -> Base | None:
    """Return the rows that a return was issued with; None where it keeps none, or somebody has changed them.

    Args:
        book: The return, opened with `Limits(base=True)`.
    """
    for grid in book.grids:
        if grid.name.startswith(SHEET):  # a sheet that was copied is called `_base (2)`
            found = Base.read([shown(cell) for cell in row] for row in grid.rows)
            if found is not None:
                return found
    return None
