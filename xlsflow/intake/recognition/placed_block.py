"""What recognition hands on: a block where it was found, and what is to be said of the shape of a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlsflow.findings import Diagnostic
from xlsflow.intake.grid import Grid
from xlsflow.template.model import DataBlock, Template

Columns = Mapping[str, tuple[int | None, int]]
"""Field name -> its column (tables), or its row and column (forms); a field that was not found is missing."""


@dataclass(frozen=True, slots=True)
class SheetDiagnostic:
    """Something that is to be said of a sheet, or of a cell in it, before any value is read.

    Attributes:
        sheet: Name of the sheet as returned.
        problem: What is to be said.
        field: Name of the field that it is about.
        cell: Its address or range.
        value: What stands there.
    """

    sheet: str
    diagnostic: Diagnostic
    field: str = ""
    cell: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Where a block was found.

    Attributes:
        top: Its first row, the heading not counted.
        shift: How many rows below its issued place its end lies.
        first_row: First row of data.
        columns: Where its fields are.
        remarks: What is to be said.
    """

    top: int
    shift: int
    first_row: int
    columns: Columns
    remarks: tuple[SheetDiagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A block of a definition, found on a sheet of a return.

    Attributes:
        template: The sheet's definition.
        block: The block.
        grid: The sheet.
        columns: Where its fields are.
        first_row: First row of data.
        end_row: The row behind the last one that can hold data.
        issued_end: The row behind the last one that the sheet was issued with, where nothing was added.
        remarks: What is to be said of its shape.
    """

    template: Template
    block: DataBlock
    grid: Grid
    columns: Columns
    first_row: int
    end_row: int
    issued_end: int = 0
    remarks: tuple[SheetDiagnostic, ...] = ()
