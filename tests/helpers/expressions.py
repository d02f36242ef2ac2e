"""Expressions evaluated for one row at once; the package compiles them first, since it has many rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.template.expressions.evaluate_row import ExpressionValue, RowContext, _compile_condition, compile_value

if TYPE_CHECKING:
    from xlsflow.template.expressions.expression import Expr


def condition_holds(expr: Expr, row: RowContext, *, presume: bool) -> bool:
    """Return whether a condition holds for a row; an unknown counts as `presume`."""
    return _compile_condition(expr, presume)(row)


def expression_value(expr: Expr, row: RowContext) -> ExpressionValue:
    """Return the value of an expression for a row, None if a value that it needs is blank."""
    return compile_value(expr)(row)
