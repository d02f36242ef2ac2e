"""What an expression means for one row of plain values; the other two, frame and formula, must agree with it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from xlsflow.template.expr import (
    Arith,
    Arithmetic,
    AsOf,
    Blank,
    Compare,
    Const,
    Count,
    Every,
    Expr,
    HasFigure,
    If,
    Not,
    OneOf,
    Op,
    Ref,
    Setting,
    Some,
    Unique,
)

Value = str | float | int | bool | date | datetime | timedelta | None
_COMPARED: Mapping[Op, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_WORKED_OUT: Mapping[Arithmetic, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_NUMBERS = frozenset((int, float))


@dataclass(frozen=True, slots=True)
class Row:
    """What an expression is worked out against: one row and what is known around it.

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


def holds(expr: Expr, row: Row, *, presume: bool) -> bool:
    """Return whether an expression holds for a row; `presume` is what an unknown counts as."""
    held = _HOLDS.get(expr.__class__)
    if held is not None:
        return held(expr, row, presume)
    known = _worth(expr, row)
    return presume if known is None else bool(known)


def _every(expr: Every, row: Row, presume: bool) -> bool:  # noqa: FBT001 - as the others of its table
    return all(holds(part, row, presume=presume) for part in expr.parts)


def _some(expr: Some, row: Row, presume: bool) -> bool:  # noqa: FBT001
    return any(holds(part, row, presume=presume) for part in expr.parts)


def _not(expr: Not, row: Row, presume: bool) -> bool:  # noqa: FBT001
    return not holds(expr.part, row, presume=not presume)


def _blank(expr: Blank, row: Row, _: bool) -> bool:  # noqa: FBT001
    return _worth(expr.field, row) is None


def _holds_compare(expr: Compare, row: Row, presume: bool) -> bool:  # noqa: FBT001
    return _compare(expr.op, _worth(expr.left, row), _worth(expr.right, row), presume=presume)


def _one_of(expr: OneOf, row: Row, presume: bool) -> bool:  # noqa: FBT001
    value = worth(expr.left, row)
    return presume if value is None else any(value == option.value for option in expr.options)


def _unique(expr: Unique, row: Row, presume: bool) -> bool:  # noqa: FBT001
    found = row.values.get(expr.field.field)
    return presume if found is None else found not in (row.others or {}).get(expr.field.field, frozenset())


def _has_figure(expr: HasFigure, row: Row, presume: bool) -> bool:  # noqa: FBT001
    found = row.values.get(expr.field.field)
    return presume if found is None else any(sign.isdecimal() for sign in str(found))


def _constant(expr: Const, _: Row, __: bool) -> bool:  # noqa: FBT001
    return bool(expr.value)


_HOLDS: Mapping[type, Callable[[Any, Row, bool], bool]] = {
    Every: _every,
    Some: _some,
    Not: _not,
    Blank: _blank,
    Compare: _holds_compare,
    OneOf: _one_of,
    Unique: _unique,
    HasFigure: _has_figure,
    Const: _constant,
}
"""A node that says yes or no -> how; the nodes are looked up, for a row asks some hundred of them."""


def worth(expr: Expr, row: Row) -> Value:
    """Return what an expression is worth for a row: a value, or None where something it needs is blank."""
    value = _worth(expr, row)
    if isinstance(value, timedelta):
        return value.total_seconds() / 86400
    return value  # type: ignore[return-value]  # a row holds only values of this language


def _worth(expr: Expr, row: Row) -> object:
    if expr.__class__ is Ref:
        return row.values.get(expr.field)
    if expr.__class__ is Const:
        return expr.value
    match expr:
        case Setting(name=name):
            return (row.settings or {})[name]
        case AsOf():
            return row.as_of
        case Count(group=ref, codes=codes):
            columns = (row.groups or {}).get(f"{ref.field}.{ref.part}" if ref.part else ref.field, ())
            return sum(row.values.get(c) in codes for c in columns)
        case If(condition=condition, then=then, otherwise=otherwise):
            return _worth(then if holds(condition, row, presume=False) else otherwise, row)
        case Arith(op=op, left=left, right=right):
            return _arith(op, _worth(left, row), _worth(right, row))
    return holds(expr, row, presume=False)


def _arith(op: Arithmetic, left: object, right: object) -> object:
    if left is None or right is None:
        return None
    left, right = _alike(left, right)
    if isinstance(left, date) and isinstance(right, int | float):
        if not isinstance(left, datetime) and not float(right).is_integer():
            left = datetime.combine(left, time())  # a day and a half later is noon
        right = _days(right)
    if right is None or (op == "/" and not right):
        return None
    try:
        return _WORKED_OUT[op](left, right)
    except OverflowError:
        return None


def _days(number: float) -> timedelta | None:
    """Return a number of days as a span of time; None where it is beyond any calendar."""
    try:
        return timedelta(days=number)
    except OverflowError:
        return None


def _compare(op: Op, left: object, right: object, *, presume: bool) -> bool:
    if left is None or right is None:
        return presume
    return _COMPARED[op](*_alike(left, right))


def _alike(left: object, right: object) -> tuple[object, object]:
    """Return both sides comparable: a day beside a day and time is its midnight; a span of time is days."""
    if left.__class__ is right.__class__ and not isinstance(left, timedelta):
        return left, right
    if left.__class__ in _NUMBERS and right.__class__ in _NUMBERS:
        return left, right
    sides = [side.total_seconds() / 86400 if isinstance(side, timedelta) else side for side in (left, right)]
    if any(isinstance(side, datetime) for side in sides):
        sides = [
            datetime.combine(side, time()) if isinstance(side, date) and not isinstance(side, datetime) else side
            for side in sides
        ]
    return sides[0], sides[1]
