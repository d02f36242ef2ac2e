"""What an expression means for one row of plain values; the other two meanings, frame and formula, must agree with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from xlsflow.template.expr import (
    Arith, Arithmetic, AsOf, Blank, Compare, Const, Count, Every, Expr, HasFigure, If, Not, OneOf, Op, Ref, Setting, Some, Unique,
)

Value = str | float | int | bool | date | datetime | timedelta | None


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
    others: Mapping[str, frozenset[object]] | None = None


def holds(expr: Expr, row: Row, *, presume: bool) -> bool:  # noqa: PLR0911 - one return a node type
    """Return whether an expression holds for a row; `presume` is what an unknown counts as."""
    match expr:
        case Every(parts=parts):
            return all(holds(p, row, presume=presume) for p in parts)
        case Some(parts=parts):
            return any(holds(p, row, presume=presume) for p in parts)
        case Not(part=part):
            return not holds(part, row, presume=not presume)
        case Blank(field=ref):
            return _worth(ref, row) is None
        case Compare(op=op, left=left, right=right):
            return _compare(op, _worth(left, row), _worth(right, row), presume=presume)
        case OneOf(left=left, options=options):
            value = _worth(left, row)
            return presume if value is None else value in [o.value for o in options]
        case Unique(field=ref):
            value = _worth(ref, row)
            return presume if value is None else value not in (row.others or {}).get(ref.field, frozenset())
        case HasFigure(field=ref):
            value = _worth(ref, row)
            return presume if value is None else any(c.isdigit() for c in str(value))
        case Const(value=value):
            return bool(value)
    value = _worth(expr, row)
    return presume if value is None else bool(value)


def worth(expr: Expr, row: Row) -> Value:
    """Return what an expression is worth for a row: a value, or None where something it needs is blank."""
    value = _worth(expr, row)
    if isinstance(value, timedelta):
        return value.total_seconds() / 86400
    return value  # type: ignore[return-value] - a row holds only values of this language


def _worth(expr: Expr, row: Row) -> object:  # noqa: PLR0911 - one return a node type
    match expr:
        case Const(value=value):
            return value
        case Ref(field=name):
            return row.values.get(name)
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
    if isinstance(left, datetime | date) and isinstance(right, int | float):
        right = timedelta(days=right)
    match op:
        case "+":
            return left + right  # type: ignore[operator] - kinds are checked when a definition is loaded
        case "-":
            return left - right  # type: ignore[operator]
        case "*":
            return left * right  # type: ignore[operator]
        case "/":
            return left / right if right else None  # type: ignore[operator]


def _compare(op: Op, left: object, right: object, *, presume: bool) -> bool:
    if left is None or right is None:
        return presume
    left, right = _alike(left, right)
    match op:
        case "==":
            return left == right
        case "!=":
            return left != right
        case "<":
            return left < right  # type: ignore[operator] - kinds are checked when a definition is loaded
        case "<=":
            return left <= right  # type: ignore[operator]
        case ">":
            return left > right  # type: ignore[operator]
        case ">=":
            return left >= right  # type: ignore[operator]


def _alike(left: object, right: object) -> tuple[object, object]:
    """Return both sides comparable: a day beside a day and time is its midnight; a span of time is days."""
    if isinstance(left, timedelta):
        left = left.total_seconds() / 86400
    if isinstance(right, timedelta):
        right = right.total_seconds() / 86400
    if isinstance(left, datetime) != isinstance(right, datetime):
        if isinstance(left, date) and not isinstance(left, datetime):
            left = datetime(left.year, left.month, left.day)  # noqa: DTZ001 - sheets hold local times without a zone
        elif isinstance(right, date) and not isinstance(right, datetime):
            right = datetime(right.year, right.month, right.day)  # noqa: DTZ001
    return left, right
