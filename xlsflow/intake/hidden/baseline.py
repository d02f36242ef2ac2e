"""Reads the sheet `_base` of a return: the rows that its workbook was sent out with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.fileformat.baseline import Baseline
from xlsflow.fileformat.cells import display_text
from xlsflow.fileformat.hidden_sheets import BASELINE_SHEET

if TYPE_CHECKING:
    from xlsflow.intake.grid import RawWorkbook


def sent_out_with(workbook: RawWorkbook, fingerprint: str) -> tuple[Baseline, bool]:
    """Return the rows that a workbook was sent out with, and whether the record of them is lost.

    Args:
        workbook: The return, opened with `Limits(base=True)`.
        fingerprint: What its stamp says of them; empty if there were none, or 0.1.0 wrote it.
    """
    baseline = read_baseline(workbook)
    if baseline is None:
        edited = any(grid.name.startswith(BASELINE_SHEET) for grid in workbook.grids)
        return Baseline(), bool(fingerprint) or edited
    if fingerprint and fingerprint != baseline.fingerprint:
        return Baseline(), True
    return baseline, False


def read_baseline(workbook: RawWorkbook) -> Baseline | None:
    """Return the rows that a workbook was sent out with; None if it has no baseline or the baseline was edited.

    Args:
        workbook: The return, opened with `Limits(base=True)`.
    """
    for grid in workbook.grids:
        if grid.name.startswith(BASELINE_SHEET):  # a sheet that was copied is called `_base (2)`
            baseline = Baseline.from_lines([display_text(cell) for cell in row] for row in grid.rows)
            if baseline is not None:
                return baseline
    return None
