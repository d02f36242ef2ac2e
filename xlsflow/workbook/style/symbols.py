"""Puts the symbol of a mark before a text: a colour alone is lost in black-and-white print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.workbook.style.theme import CHIPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsflow.model.report_model import Mark, ReportColumn, ReportValue


def with_symbol(mark: Mark | None, text: str) -> str:
    """Return a text preceded by the symbol of its mark."""
    symbol = CHIPS[mark].symbol if mark else ""
    return f"{symbol} {text}" if symbol else text


def values_with_symbols(column: ReportColumn) -> Sequence[ReportValue]:
    """Return a column's values, preceded by the symbols of their marks if the column asks for it."""
    if not column.with_symbols or not column.marks:
        return column.values
    pairs = zip(column.values, column.marks, strict=True)
    return [with_symbol(mark, value) if isinstance(value, str) else value for value, mark in pairs]
