"""What an expression means for one row of plain values; the other two, frame and formula, must agree with it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from xlsflow.template.expressions.expression import (
    And,
    ArithmeticOp,
    AsOf,
    Blank,
    Calculation,
    Compare,
    CompareOp,
    Const,
    Count,
    Expr,
    HasFigure,
    If,
    Not,
    OneOf,
    Or,
    Ref,
    SettingRef,
    Unique,
)

ExpressionValue = str | float | int | bool | date | datetime | timedelta | None
_COMPARE_FUNCTIONS: Mapping[CompareOp, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC_FUNCTIONS: Mapping[ArithmeticOp, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_NUMBERS = frozenset((int, float))
_MIDNIGHT = time()


@dataclass(slots=True)
class RowContext:
    """What an expression is worked out against: one row and what is known around it.

    It is not frozen, for that takes three times as long to make, and one is made of every row.

    Attributes:
        values: Field name -> value (code, number, date) or None.
        as_of: The as-of day.
        settings: The pack's figures.
        groups: Group name, or `group.part`, -> the names of its matrix columns.
        others: Field name -> values of the other rows, for `unique`.
    """

    values: Mapping[str, object]
    as_of: date | None = None
    settings: Mapping[str, float] | None = None
    groups: Mapping[str, tuple[str, ...]] | None = None
    others: Mapping[str, AbstractSet[object]] | None = None


RowPredicate = Callable[[RowContext], bool]
"""Says of a row whether an expression holds."""


def condition_holds(expr: Expr, row: RowContext, *, presume: bool) -> bool:
    """Return whether an expression holds for a row; `presume` is what an unknown counts as."""
    return _compile_condition(expr, presume)(row)


def expression_value(expr: Expr, row: RowContext) -> ExpressionValue:
    """Return what an expression is worth for a row: a value, or None where something it needs is blank."""
    return compile_value(expr)(row)


def compile_violation(must: Expr, when: Expr | None) -> RowPredicate:
    """Return what says of any row whether it is definitely not as it must be, where it definitely must.

    A workbook asks some hundred expressions of every row; what each is made of is looked at once, not for every row.

    Args:
        must: What must hold.
        when: Where it must; None where it always must.
    """
    sound = _compile_condition(must, presume=True)
    if when is None:
        return lambda row: not sound(row)
    asked = _compile_condition(when, presume=False)
    return lambda row: not sound(row) and asked(row)


def compile_value(expr: Expr) -> Callable[[RowContext], ExpressionValue]:
    """Return what says of any row what an expression is worth: a value, or None where something it needs is blank."""
    work = _compile_operand(expr)

    def worked_out(row: RowContext) -> ExpressionValue:
        value = work(row)
        if isinstance(value, timedelta):
            return value.total_seconds() / 86400
        return value  # type: ignore[return-value]  # a row holds only values of this language

    return worked_out


def _compile_condition(expr: Expr, presume: bool) -> RowPredicate:  # noqa: C901, FBT001 - one case a node type
    match expr:
        case And(parts=parts):
            return _compile_and([_compile_condition(part, presume) for part in parts])
        case Or(parts=parts):
            return _compile_or([_compile_condition(part, presume) for part in parts])
        case Not(part=Blank(field=Ref(field=name))):
            return lambda row: row.values.get(name) is not None
        case Not(part=part):
            asked = _compile_condition(part, not presume)
            return lambda row: not asked(row)
        case Blank(field=Ref(field=name)):
            return lambda row: row.values.get(name) is None
        case Compare(op=op, left=left, right=right):
            return _compile_compare(_COMPARE_FUNCTIONS[op], left, right, presume)
        case OneOf(left=left, options=options):
            return _compile_one_of(left, [option.value for option in options], presume)
        case Unique(field=Ref(field=name)):
            return _compile_unique(name, presume)
        case HasFigure(field=Ref(field=name)):
            return _compile_has_figure(name, presume)
    value = _compile_operand(expr)

    def settled(row: RowContext) -> bool:
        known = value(row)
        return presume if known is None else bool(known)

    return settled


_RowFunction = Callable[[RowContext], object]
"""Says of a row what an expression is worth; a span of time is still one."""


def _compile_and(parts: Sequence[RowPredicate]) -> RowPredicate:
    def every(row: RowContext) -> bool:
        for part in parts:  # noqa: SIM110 - a third faster than all() with a generator
            if not part(row):
                return False
        return True

    return every


def _compile_or(parts: Sequence[RowPredicate]) -> RowPredicate:
    def some(row: RowContext) -> bool:
        for part in parts:  # noqa: SIM110
            if part(row):
                return True
        return False

    return some


def _compile_compare(compare: Callable[[Any, Any], bool], left: Expr, right: Expr, presume: bool) -> RowPredicate:  # noqa: FBT001
    if isinstance(left, Ref) and isinstance(right, Const):  # the commonest, and a third faster so
        return _compile_compare_to_constant(compare, left.field, right.value, presume)
    one, other = _compile_operand(left), _compile_operand(right)

    def comparing(row: RowContext) -> bool:
        first, second = one(row), other(row)
        if first is None or second is None:
            return presume
        if first.__class__ is not second.__class__ or first.__class__ is timedelta:
            first, second = _to_comparable(first, second)
        return compare(first, second)

    return comparing


def _compile_compare_to_constant(
    compare: Callable[[Any, Any], bool], name: str, fixed: object, presume: bool
) -> RowPredicate:
    kind = fixed.__class__

    def comparing_to(row: RowContext) -> bool:
        value = row.values.get(name)
        if value is None:
            return presume
        return compare(value, fixed) if value.__class__ is kind else compare(*_to_comparable(value, fixed))

    return comparing_to


def _compile_one_of(left: Expr, options: Sequence[object], presume: bool) -> RowPredicate:  # noqa: FBT001
    value = _compile_operand(left)

    def one_of(row: RowContext) -> bool:
        known = value(row)
        if known is None:
            return presume
        return (known.total_seconds() / 86400 if isinstance(known, timedelta) else known) in options

    return one_of


def _compile_unique(name: str, presume: bool) -> RowPredicate:  # noqa: FBT001
    def unique(row: RowContext) -> bool:
        found = row.values.get(name)
        return presume if found is None else found not in (row.others or {}).get(name, frozenset())

    return unique


def _compile_has_figure(name: str, presume: bool) -> RowPredicate:  # noqa: FBT001
    def has_figure(row: RowContext) -> bool:
        found = row.values.get(name)
        return presume if found is None else any(sign.isdecimal() for sign in str(found))

    return has_figure


def _compile_operand(expr: Expr) -> _RowFunction:
    match expr:
        case Ref(field=name):
            return lambda row: row.values.get(name)
        case Const(value=value):
            return lambda _: value
        case SettingRef(name=name):
            return lambda row: (row.settings or {})[name]
        case AsOf():
            return lambda row: row.as_of
        case Count(group=ref, codes=codes):
            return _compile_count(f"{ref.field}.{ref.part}" if ref.part else ref.field, codes)
        case If(condition=condition, then=then, otherwise=otherwise):
            asked, first, second = (
                _compile_condition(condition, presume=False),
                _compile_operand(then),
                _compile_operand(otherwise),
            )
            return lambda row: first(row) if asked(row) else second(row)
        case Calculation(op=op, left=left, right=right):
            one, other = _compile_operand(left), _compile_operand(right)
            return lambda row: _calculate(op, one(row), other(row))
    return _compile_condition(expr, presume=False)


def _compile_count(group: str, codes: Sequence[object]) -> _RowFunction:
    def counting(row: RowContext) -> int:
        values = row.values
        return sum(values.get(column) in codes for column in (row.groups or {}).get(group, ()))

    return counting


def _calculate(op: ArithmeticOp, left: object, right: object) -> object:
    if left is None or right is None:
        return None
    if left.__class__ is not right.__class__ or isinstance(left, timedelta):
        left, right = _to_comparable(left, right)
    if isinstance(left, date) and isinstance(right, int | float):
        if not isinstance(left, datetime) and not float(right).is_integer():
            left = datetime.combine(left, _MIDNIGHT)  # a day and a half later is noon
        right = _to_timedelta(right)
    if right is None or (op == "/" and not right):
        return None
    try:
        return _ARITHMETIC_FUNCTIONS[op](left, right)
    except OverflowError:
        return None


def _to_timedelta(number: float) -> timedelta | None:
    """Return a number of days as a span of time; None where it is beyond any calendar."""
    try:
        return timedelta(days=number)
    except OverflowError:
        return None


def _to_comparable(left: object, right: object) -> tuple[object, object]:
    """Return both sides comparable: a day beside a day and time is its midnight; a span of time is days."""
    if left.__class__ is right.__class__ and not isinstance(left, timedelta):
        return left, right
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
    """Return the midnight of a day; anything else as it is."""
    return datetime.combine(side, _MIDNIGHT) if isinstance(side, date) and not isinstance(side, datetime) else side
