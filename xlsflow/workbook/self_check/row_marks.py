"""Writes the results of the row checks: the hidden code cells, and the visible mark beside each row."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from xlsflow.fileformat.key_row import CHECK_KEY_PREFIX
from xlsflow.layout.sheet_layout import ROW_MARK_HEADER, ColumnSpan
from xlsflow.workbook.self_check.conditional_formats import add_sign_colours
from xlsflow.workbook.self_check.data_validations import CellBlock, add_guard
from xlsflow.workbook.self_check.formula import text_literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsflow.layout.sheet_layout import FormLayout, TableLayout
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import DataBlock
    from xlsflow.workbook.outgoing.sheet_drawer import SheetDrawer
    from xlsflow.workbook.outgoing.sheet_filler import SheetFiller
    from xlsflow.workbook.outgoing.sheet_writer import SheetWriter
    from xlsflow.workbook.self_check.formula import Addresses
    from xlsflow.workbook.self_check.row_checks import RowChecks

# Fits a sign and a word; the sentence runs on over the blank columns behind.
_MARK_WIDTH = 10.0


def row_checks_of(writer: SheetWriter, block: DataBlock) -> RowChecks | None:
    """Return the checks of a block of this sheet; None if it has none, or if the workbook is only printed."""
    if writer.plan.outgoing.for_print:
        return None
    return writer.counts[writer.sheet_plan.tab].row_checks.get(block.name)


def finding_conditions(
    writer: SheetWriter, block: DataBlock, field: FieldBase, addresses: Addresses, row: int
) -> list[str]:
    """Return the formulas, without their `=`, that say whether a field's cell in a row has a finding."""
    checks = row_checks_of(writer, block)
    formulas = []
    for index, cell in enumerate(checks.cells if checks else ()):
        if checks and field.name in cell.fields:
            test = checks.fault_formula(index, row)
            labels = [field.write(code, writer.lang, writer.plan.outgoing.scope) for code in cell.codes]
            holds_code = ",".join(f"{addresses.cell(field.name)}={text_literal(str(label))}" for label in labels)
            formulas.append(f"AND({test},OR({holds_code}))" if labels else test)
    return formulas


def draw_row_marks(drawer: SheetDrawer, block: DataBlock, layout: TableLayout | FormLayout) -> None:
    """Hide the columns of the code cells; for a table alone on its sheet, also set up the column of marks."""
    checks = row_checks_of(drawer, block)
    if checks is None:
        return
    # Marked in the key row and in the header: with either of them, the reader knows the column as ours.
    marked_rows = [getattr(layout, name, None) for name in ("key_row", "header_row")]
    for col in range(checks.first_col, checks.first_col + len(checks.columns)):
        drawer.sheet.set_column(col, col, None, None, {"hidden": True})
        for row in marked_rows:
            if row is not None:
                drawer.sheet.write_string(row, col, CHECK_KEY_PREFIX, drawer.formats.key())
        for row in range(checks.rows[0], checks.rows[1] + 1):
            drawer.reserve(row, ColumnSpan(col, col), drawer.formats.row_check_formats[0 if block.has_rows else 2])
    if drawer.sheet_plan.is_single_table:
        _draw_mark_column(drawer, checks, layout)


def fill_row_marks(filler: SheetFiller, block: DataBlock) -> None:
    """Write the code cells of a block's rows; for a table alone on its sheet, also their marks."""
    checks = row_checks_of(filler, block)
    if checks is None:
        return
    blank = ("",) * len(checks.columns)
    for number, row in enumerate(range(checks.rows[0], checks.rows[1] + 1)):
        codes = checks.results[number] if number < len(checks.results) else blank
        # A batch writes many workbooks through one sheet: most rows keep the result that they have.
        if filler.codes.get(row) != codes:
            _fill_row(filler, checks, row, codes)


def _fill_row(filler: SheetFiller, checks: RowChecks, row: int, codes: Sequence[str]) -> None:
    for number, code in enumerate(codes):
        filler.write_formula(row, checks.first_col + number, partial(_code_formula, checks, row, number), code)
    if filler.sheet_plan.is_single_table:
        col = filler.sheet_plan.layout.last_col + 1
        filler.write_formula(row, col, partial(checks.mark_formula, row), checks.mark_text(codes))
    filler.codes[row] = codes


def _code_formula(checks: RowChecks, row: int, number: int) -> str:
    return checks.formulas(row)[number]


def _draw_mark_column(drawer: SheetDrawer, checks: RowChecks, layout: TableLayout | FormLayout) -> None:
    """Write header and colours of the column of marks."""
    col = drawer.sheet_plan.layout.last_col + 1
    drawer.sheet.set_column(col, col, _MARK_WIDTH)
    drawer.sheet.write_string(layout.key_row, col, CHECK_KEY_PREFIX, drawer.formats.key())  # type: ignore[union-attr]  # a lone table
    drawer.put(layout.header_row, ColumnSpan(col, col), drawer.say(ROW_MARK_HEADER), drawer.formats.header("computed"))  # type: ignore[union-attr]
    for row in range(checks.rows[0], checks.rows[1] + 1):
        drawer.reserve(row, ColumnSpan(col, col), drawer.formats.row_check_formats[1])
    add_sign_colours(drawer, (checks.rows[0], col, checks.rows[1], col))
    add_guard(drawer.sheet, CellBlock(checks.rows[0], col, checks.rows[1], col), drawer.lang)
