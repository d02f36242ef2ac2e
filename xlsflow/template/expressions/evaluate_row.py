"""What an expression means for one row of plain values; the other two, frame and formula, must agree with it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from xlsflow.template.expressions.expression import (
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
_MIDNIGHT = time()


@dataclass(slots=True)
class Row:
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


Held = Callable[[Row], bool]
"""Says of a row whether an expression holds."""


def holds(expr: Expr, row: Row, *, presume: bool) -> bool:
    """Return whether an expression holds for a row; `presume` is what an unknown counts as."""
    return _holds(expr, presume)(row)


def worth(expr: Expr, row: Row) -> Value:
    """Return what an expression is worth for a row: a value, or None where something it needs is blank."""
    return working_out(expr)(row)


def breaking(must: Expr, when: Expr | None) -> Held:
    """Return what says of any row whether it is definitely not as it must be, where it definitely must.

    A workbook asks some hundred expressions of every row; what each is made of is looked at once, not for every row.

    Args:
        must: What must hold.
        when: Where it must; None where it always must.
    """
    sound = _holds(must, presume=True)
    if when is None:
        return lambda row: not sound(row)
    asked = _holds(when, presume=False)
    return lambda row: not sound(row) and asked(row)


def working_out(expr: Expr) -> Callable[[Row], Value]:
    """Return what says of any row what an expression is worth: a value, or None where something it needs is blank."""
    work = _worth(expr)

    def worked_out(row: Row) -> Value:
        value = work(row)
        if isinstance(value, timedelta):
            return value.total_seconds() / 86400
        return value  # type: ignore[return-value]  # a row holds only values of this language

    return worked_out


def _holds(expr: Expr, presume: bool) -> Held:  # noqa: C901, FBT001 - one case a node type
    match expr:
        case Every(parts=parts):
            return _every([_holds(part, presume) for part in parts])
        case Some(parts=parts):
            return _some([_holds(part, presume) for part in parts])
        case Not(part=Blank(field=Ref(field=name))):
            return lambda row: row.values.get(name) is not None
        case Not(part=part):
            asked = _holds(part, not presume)
            return lambda row: not asked(row)
        case Blank(field=Ref(field=name)):
            return lambda row: row.values.get(name) is None
        case Compare(op=op, left=left, right=right):
            return _comparing(_COMPARED[op], left, right, presume)
        case OneOf(left=left, options=options):
            return _one_of(left, [option.value for option in options], presume)
        case Unique(field=Ref(field=name)):
            return _unique(name, presume)
        case HasFigure(field=Ref(field=name)):
            return _has_figure(name, presume)
    value = _worth(expr)

    def settled(row: Row) -> bool:
        known = value(row)
        return presume if known is None else bool(known)

    return settled


_Worked = Callable[[Row], object]
"""Says of a row what an expression is worth; a span of time is still one."""


def _every(parts: Sequence[Held]) -> Held:
    def every(row: Row) -> bool:
        for part in parts:  # noqa: SIM110 - a third faster than all() with a generator
            if not part(row):
                return False
        return True

    return every


def _some(parts: Sequence[Held]) -> Held:
    def some(row: Row) -> bool:
        for part in parts:  # noqa: SIM110
            if part(row):
                return True
        return False

    return some


def _comparing(compare: Callable[[Any, Any], bool], left: Expr, right: Expr, presume: bool) -> Held:  # noqa: FBT001
    if isinstance(left, Ref) and isinstance(right, Const):  # the commonest, and a third faster so
        return _comparing_to(compare, left.field, right.value, presume)
    one, other = _worth(left), _worth(right)

    def comparing(row: Row) -> bool:
        first, second = one(row), other(row)
        if first is None or second is None:
            return presume
        if first.__class__ is not second.__class__ or first.__class__ is timedelta:
            first, second = _alike(first, second)
        return compare(first, second)

    return comparing


def _comparing_to(compare: Callable[[Any, Any], bool], name: str, fixed: object, presume: bool) -> Held:  # noqa: FBT001
    kind = fixed.__class__

    def comparing_to(row: Row) -> bool:
        value = row.values.get(name)
        if value is None:
            return presume
        return compare(value, fixed) if value.__class__ is kind else compare(*_alike(value, fixed))

    return comparing_to


def _one_of(left: Expr, options: Sequence[object], presume: bool) -> Held:  # noqa: FBT001
    value = _worth(left)

    def one_of(row: Row) -> bool:
        known = value(row)
        if known is None:
            return presume
        return (known.total_seconds() / 86400 if isinstance(known, timedelta) else known) in options

    return one_of


def _unique(name: str, presume: bool) -> Held:  # noqa: FBT001
    def unique(row: Row) -> bool:
        found = row.values.get(name)
        return presume if found is None else found not in (row.others or {}).get(name, frozenset())

    return unique


def _has_figure(name: str, presume: bool) -> Held:  # noqa: FBT001
    def has_figure(row: Row) -> bool:
        found = row.values.get(name)
        return presume if found is None else any(sign.isdecimal() for sign in str(found))

    return has_figure


def _worth(expr: Expr) -> _Worked:
    match expr:
        case Ref(field=name):
            return lambda row: row.values.get(name)
        case Const(value=value):
            return lambda _: value
        case Setting(name=name):
            return lambda row: (row.settings or {})[name]
        case AsOf():
            return lambda row: row.as_of
        case Count(group=ref, codes=codes):
            return _counting(f"{ref.field}.{ref.part}" if ref.part else ref.field, codes)
        case If(condition=condition, then=then, otherwise=otherwise):
            asked, first, second = _holds(condition, presume=False), _worth(then), _worth(otherwise)
            return lambda row: first(row) if asked(row) else second(row)
        case Arith(op=op, left=left, right=right):
            one, other = _worth(left), _worth(right)
            return lambda row: _arith(op, one(row), other(row))
    return _holds(expr, presume=False)


def _counting(group: str, codes: Sequence[object]) -> _Worked:
    def counting(row: Row) -> int:
        values = row.values
        return sum(values.get(column) in codes for column in (row.groups or {}).get(group, ()))

    return counting


def _arith(op: Arithmetic, left: object, right: object) -> object:
    if left is None or right is None:
        return None
    if left.__class__ is not right.__class__ or isinstance(left, timedelta):
        left, right = _alike(left, right)
    if isinstance(left, date) and isinstance(right, int | float):
        if not isinstance(left, datetime) and not float(right).is_integer():
            left = datetime.combine(left, _MIDNIGHT)  # a day and a half later is noon
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


def _alike(left: object, right: object) -> tuple[object, object]:
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
        return _moment(left), _moment(right)
    return left, right


def _moment(side: object) -> object:
    """Return the midnight of a day; anything else as it is."""
    return datetime.combine(side, _MIDNIGHT) if isinstance(side, date) and not isinstance(side, datetime) else side
