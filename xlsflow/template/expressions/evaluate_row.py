"""Evaluation of expressions for one row of plain values.

Expressions are compiled to closures once, because a workbook evaluates some hundred of them for every row. The back
ends for frames (`checks.evaluate_frame`) and Excel formulas must give the same results; tests compare all three.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from xlsflow.template.expressions import expression as syntax
from xlsflow.template.expressions.expression import Expr, Ref

ExpressionValue = str | float | int | bool | date | datetime | timedelta | None
_ARITHMETIC_FUNCTIONS: Mapping[syntax.ArithmeticOp, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_NUMBERS = frozenset((int, float))
_MIDNIGHT = time()


@dataclass(slots=True)
class RowContext:
    """The values that an expression of one row can refer to.

    It is not frozen: creating a frozen instance takes three times as long, and there is one for every row.

    Attributes:
        values: Field name -> value (code, number, date) or None.
        as_of: The as-of date.
        settings: The pack's settings.
        groups: Group of matrix columns, or `group.part`, -> its field names.
        others: Field name -> values of the other rows, for `unique`.
    """

    values: Mapping[str, object]
    as_of: date | None = None
    settings: Mapping[str, float] | None = None
    groups: Mapping[str, tuple[str, ...]] | None = None
    others: Mapping[str, AbstractSet[object]] | None = None


RowPredicate = Callable[[RowContext], bool]
"""A compiled condition."""


def compile_violation(must: Expr, when: Expr | None) -> RowPredicate:
    """Return a predicate that is true for a row that violates a constraint.

    Args:
        must: Condition that must hold; a violation is definite, so an unknown counts as true.
        when: Precondition; an unknown counts as false. None if the constraint always applies.
    """
    satisfied = _compile_condition(must, presume=True)
    if when is None:
        return lambda row: not satisfied(row)
    applies = _compile_condition(when, presume=False)
    # Nearly every row meets what it must, so that is asked first, and the precondition hardly ever.
    return lambda row: not satisfied(row) and applies(row)


def compile_value(expr: Expr) -> Callable[[RowContext], ExpressionValue]:
    """Return a function that gives the value of an expression for a row, None if a value that it needs is blank."""
    operand = _compile_operand(expr)

    def evaluate(row: RowContext) -> ExpressionValue:
        value = operand(row)
        # The language defines the difference of two dates as a number of days.
        if isinstance(value, timedelta):
            return value.total_seconds() / 86400
        return value  # type: ignore[return-value]  # a row holds only values of this language

    return evaluate


def _compile_condition(expr: Expr, presume: bool) -> RowPredicate:  # noqa: C901, FBT001 - one case a node type
    match expr:
        case syntax.And(parts=parts):
            return _compile_and([_compile_condition(part, presume) for part in parts])
        case syntax.Or(parts=parts):
            return _compile_or([_compile_condition(part, presume) for part in parts])
        # `filled(field)` is the constraint of every required field, so it is worth a closure of its own.
        case syntax.Not(part=syntax.Blank(field=Ref(field=name))):
            return lambda row: row.values.get(name) is not None
        case syntax.Not(part=part):
            inner = _compile_condition(part, not presume)
            return lambda row: not inner(row)
        case syntax.Blank(field=Ref(field=name)):
            return lambda row: row.values.get(name) is None
        case syntax.Compare(op=op, left=left, right=right):
            return _compile_compare(syntax.COMPARE_FUNCTIONS[op], left, right, presume)
        case syntax.OneOf(left=left, options=options):
            return _compile_one_of(left, [option.value for option in options], presume)
        case syntax.Unique(field=Ref(field=name)):
            return _compile_unique(name, presume)
        case syntax.HasFigure(field=Ref(field=name)):
            return _compile_has_figure(name, presume)
    operand = _compile_operand(expr)

    def truth(row: RowContext) -> bool:
        value = operand(row)
        return presume if value is None else bool(value)

    return truth


# A compiled operand; unlike a final value, a time span is still a `timedelta`.
_RowFunction = Callable[[RowContext], object]


def _compile_and(parts: Sequence[RowPredicate]) -> RowPredicate:
    def all_hold(row: RowContext) -> bool:
        for part in parts:  # noqa: SIM110 - a third faster than all() with a generator
            if not part(row):
                return False
        return True

    return all_hold


def _compile_or(parts: Sequence[RowPredicate]) -> RowPredicate:
    def any_holds(row: RowContext) -> bool:
        for part in parts:  # noqa: SIM110
            if part(row):
                return True
        return False

    return any_holds


def _compile_compare(compare: Callable[[Any, Any], bool], left: Expr, right: Expr, presume: bool) -> RowPredicate:  # noqa: FBT001
    if isinstance(left, Ref) and isinstance(right, syntax.Const):  # the most common case, a third faster this way
        return _compile_compare_to_constant(compare, left.field, right.value, presume)
    left_operand, right_operand = _compile_operand(left), _compile_operand(right)

    def compare_operands(row: RowContext) -> bool:
        first, second = left_operand(row), right_operand(row)
        if first is None or second is None:
            return presume
        if first.__class__ is not second.__class__ or first.__class__ is timedelta:
            first, second = _to_comparable(first, second)
        return compare(first, second)

    return compare_operands


def _compile_compare_to_constant(
    compare: Callable[[Any, Any], bool],
    name: str,
    constant: object,
    presume: bool,  # noqa: FBT001
) -> RowPredicate:
    constant_type = constant.__class__

    def compare_to_constant(row: RowContext) -> bool:
        value = row.values.get(name)
        if value is None:
            return presume
        if value.__class__ is constant_type:
            return compare(value, constant)
        return compare(*_to_comparable(value, constant))

    return compare_to_constant


def _compile_one_of(left: Expr, options: Sequence[object], presume: bool) -> RowPredicate:  # noqa: FBT001
    operand = _compile_operand(left)

    def one_of(row: RowContext) -> bool:
        value = operand(row)
        if value is None:
            return presume
        return (value.total_seconds() / 86400 if isinstance(value, timedelta) else value) in options

    return one_of


def _compile_unique(name: str, presume: bool) -> RowPredicate:  # noqa: FBT001
    def unique(row: RowContext) -> bool:
        value = row.values.get(name)
        return presume if value is None else value not in (row.others or {}).get(name, frozenset())

    return unique


def _compile_has_figure(name: str, presume: bool) -> RowPredicate:  # noqa: FBT001
    def has_figure(row: RowContext) -> bool:
        value = row.values.get(name)
        return presume if value is None else any(character.isdecimal() for character in str(value))

    return has_figure


def _compile_operand(expr: Expr) -> _RowFunction:
    match expr:
        case Ref(field=name):
            return lambda row: row.values.get(name)
        case syntax.Const(value=value):
            return lambda _: value
        case syntax.SettingRef(name=name):
            return lambda row: (row.settings or {})[name]
        case syntax.AsOf():
            return lambda row: row.as_of
        case syntax.Count(group=ref, codes=codes):
            return _compile_count(ref.path, codes)
        case syntax.If(condition=condition, then=then, otherwise=otherwise):
            is_chosen = _compile_condition(condition, presume=False)
            chosen, alternative = _compile_operand(then), _compile_operand(otherwise)
            return lambda row: chosen(row) if is_chosen(row) else alternative(row)
        case syntax.Calculation(op=op, left=left, right=right):
            left_operand, right_operand = _compile_operand(left), _compile_operand(right)
            return lambda row: _calculate(op, left_operand(row), right_operand(row))
    return _compile_condition(expr, presume=False)


def _compile_count(group: str, codes: Sequence[object]) -> _RowFunction:
    def count(row: RowContext) -> int:
        values = row.values
        return sum(values.get(column) in codes for column in (row.groups or {}).get(group, ()))

    return count


def _calculate(op: syntax.ArithmeticOp, left: object, right: object) -> object:
    if left is None or right is None:
        return None
    if left.__class__ is not right.__class__ or isinstance(left, timedelta):
        left, right = _to_comparable(left, right)
    if isinstance(left, date) and isinstance(right, int | float):
        if not isinstance(left, datetime) and not float(right).is_integer():
            left = datetime.combine(left, _MIDNIGHT)  # a day and a half later is noon
        right = _to_timedelta(right)
    # Outside the calendar, or divided by 0: a blank in all back ends.
    if right is None or (op == "/" and not right):
        return None
    try:
        return _ARITHMETIC_FUNCTIONS[op](left, right)
    except OverflowError:
        return None


def _to_timedelta(number: float) -> timedelta | None:
    """Return a number of days as a timedelta, None if it exceeds the range of timedelta."""
    try:
        return timedelta(days=number)
    except OverflowError:
        return None


def _to_comparable(left: object, right: object) -> tuple[object, object]:
    """Convert two operands to comparable types: a date beside a datetime becomes midnight, a timedelta becomes days."""
    if left.__class__ is right.__class__ and not isinstance(left, timedelta):
        return left, right
    # An int and a float compare as they are; nothing below applies to them.
    if left.__class__ in _NUMBERS and right.__class__ in _NUMBERS:
        return left, right
    if isinstance(left, timedelta):
        left = left.total_seconds() / 86400
    if isinstance(right, timedelta):
        right = right.total_seconds() / 86400
    if isinstance(left, datetime) is not isinstance(right, datetime):
        return _to_datetime(left), _to_datetime(right)
    return left, right


def _to_datetime(side: object) -> object:
    """Convert a date to its midnight; return any other value unchanged."""
    return datetime.combine(side, _MIDNIGHT) if isinstance(side, date) and not isinstance(side, datetime) else side
