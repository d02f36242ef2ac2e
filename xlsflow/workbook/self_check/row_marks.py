"""Writes the results of the row checks: the hidden code cells, and the visible mark beside each row."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from xlsflow.fileformat.key_row import CHECK_KEY_PREFIX
from xlsflow.layout.sheet_layout import ROW_MARK_HEADER, ColumnSpan
from xlsflow.workbook.self_check.conditional_formats import add_sign_colours
from xlsflow.workbook.self_check.formula import text_literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsflow.layout.sheet_layout import FormLayout, TableLayout
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import DataBlock
    from xlsflow.workbook.outgoing.sheet_writer import Hand
    from xlsflow.workbook.self_check.formula import Addresses
    from xlsflow.workbook.self_check.row_checks import RowChecks

_MARK_WIDTH = 10.0
"""Fits a sign and a word; the sentence runs on over the blank columns behind."""


def row_checks_of(writer: Hand, block: DataBlock) -> RowChecks | None:
    """Return the checks of a block of this sheet; None if it has none, or if the workbook is only printed."""
    if writer.plan.edition.for_print:
        return None
    return writer.counts[writer.here.tab].row_checks.get(block.name)


def fault_formulas(writer: Hand, block: DataBlock, field: FieldBase, addresses: Addresses, row: int) -> list[str]:
    """Return the formulas, without their `=`, that say whether a field's cell in a row has a fault."""
    checks = row_checks_of(writer, block)
    formulas = []
    for index, cell in enumerate(checks.cells if checks else ()):
        if checks and field.name in cell.fields:
            test = checks.fault_formula(index, row)
            labels = [field.write(code, writer.lang, writer.plan.edition.scope) for code in cell.codes]
            holds_code = ",".join(f"{addresses.cell(field.name)}={text_literal(str(label))}" for label in labels)
            formulas.append(f"AND({test},OR({holds_code}))" if labels else test)
    return formulas


def prepare_row_marks(writer: Hand, block: DataBlock, layout: TableLayout | FormLayout) -> None:
    """Hide the columns of the code cells; for a table alone on its sheet, also set up the column of marks."""
    checks = row_checks_of(writer, block)
    if checks is None:
        return
    marked_rows = [getattr(layout, name, None) for name in ("key_row", "header_row")]
    for col in range(checks.first_col, checks.first_col + len(checks.columns)):
        writer.sheet.set_column(col, col, None, None, {"hidden": True})
        for row in marked_rows:
            if row is not None:
                writer.sheet.write_string(row, col, CHECK_KEY_PREFIX, writer.ink.key())
    if writer.here.lone:
        _prepare_mark_column(writer, checks, layout)


def write_row_marks(writer: Hand, block: DataBlock) -> None:
    """Write the code cells of a block's rows; for a table alone on its sheet, also their marks."""
    checks = row_checks_of(writer, block)
    if checks is None:
        return
    blank = ("",) * len(checks.columns)
    for number, row in enumerate(range(checks.rows[0], checks.rows[1] + 1)):
        codes = checks.results[number] if number < len(checks.results) else blank
        # A batch writes many workbooks through one sheet: most rows keep the result that they have.
        if writer.judged(row) != codes:
            _write_row(writer, checks, row, codes)


def _write_row(writer: Hand, checks: RowChecks, row: int, codes: Sequence[str]) -> None:
    code_format, mark_format = writer.ink.row_check_formats
    for number, code in enumerate(codes):
        span = ColumnSpan(checks.first_col + number, checks.first_col + number)
        writer.formula(row, span, partial(_code_formula, checks, row, number), code_format, code)
    if writer.here.lone:
        col = writer.here.layout.last_col + 1
        mark = partial(checks.mark_formula, row)
        writer.formula(row, ColumnSpan(col, col), mark, mark_format, checks.mark_text(codes))
    writer.judge(row, codes)


def _code_formula(checks: RowChecks, row: int, number: int) -> str:
    return checks.formulas(row)[number]


def _prepare_mark_column(writer: Hand, checks: RowChecks, layout: TableLayout | FormLayout) -> None:
    """Write header and colours of the column of marks."""
    col = writer.here.layout.last_col + 1
    writer.sheet.set_column(col, col, _MARK_WIDTH)
    writer.sheet.write_string(layout.key_row, col, CHECK_KEY_PREFIX, writer.ink.key())  # type: ignore[union-attr]  # a lone table
    writer.put(layout.header_row, ColumnSpan(col, col), writer.say(ROW_MARK_HEADER), writer.ink.header("computed"))  # type: ignore[union-attr]
    add_sign_colours(writer, (checks.rows[0], col, checks.rows[1], col))
