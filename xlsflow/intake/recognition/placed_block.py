"""The results of recognition: a block with its position, and diagnostics about the sheet's structure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from xlsflow.findings import Diagnostic
from xlsflow.intake.grid import Grid
from xlsflow.model.returns import FieldPositions
from xlsflow.template.model import DataBlock, Template


@dataclass(frozen=True, slots=True)
class SheetDiagnostic:
    """A diagnostic about a sheet, or a cell in it, made before any value is parsed.

    Attributes:
        sheet: Name of the sheet as returned.
        diagnostic: Its code and facts.
        field: Name of the field concerned.
        cell: Address or range.
        value: Text of the cell.
    """

    sheet: str
    diagnostic: Diagnostic
    field: str = ""
    cell: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class BlockMatch:
    """Where a block was found.

    Attributes:
        top: Its first row, without the heading.
        shift: How many rows below its planned position it ends; negative if it moved up.
        first_row: First row of data.
        columns: Positions of its fields.
        diagnostics: What differs from the outgoing workbook.
    """

    top: int
    shift: int
    first_row: int
    columns: FieldPositions
    diagnostics: tuple[SheetDiagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A block of a template, located on a sheet of a return.

    Attributes:
        template: The template of the sheet.
        block: The block.
        grid: The sheet.
        columns: Positions of its fields; empty if the block was not found.
        first_row: First row of data.
        end_row: The row after the last one that may hold data.
        sent_end: The row after the last one of the outgoing workbook; rows beyond it were added by hand.
        diagnostics: What differs from the outgoing workbook.
        box_widths: Field of a form -> number of columns of its box.
    """

    template: Template
    block: DataBlock
    grid: Grid
    columns: FieldPositions
    first_row: int
    end_row: int
    sent_end: int = 0
    diagnostics: tuple[SheetDiagnostic, ...] = ()
    box_widths: Mapping[str, int] = field(default_factory=dict)
