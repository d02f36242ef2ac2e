"""Vectorised evaluation of expressions: all rows of a frame at once, with the results of `evaluate_row` for each row.

Values are plain numpy arrays with a separate mask for blanks, so that every dtype follows the same three-valued logic.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, reduce
from typing import Any

import numpy as np
import pandas as pd

from xlsflow.template.expressions import expression as syntax
from xlsflow.template.expressions.expression import Expr, Ref

Array = np.ndarray[Any, Any]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
"""A truth value for each row."""
_US_PER_DAY = 86_400 * 10**6  # dates are in microseconds
_DIGIT = re.compile(r"\d")
_CALENDAR_START, _CALENDAR_END = np.datetime64("0001-01-01", "us"), np.datetime64("10000-01-01", "us")
_MAX_DAYS = 4_000_000  # more than the number of days between the first and the last date


@dataclass(frozen=True, slots=True)
class Vector:
    """The values of an expression: one for each row, or a single one for all rows.

    Attributes:
        data: Texts (as objects), numbers (as floats), dates (in microseconds) or truth values.
        blank: True where there is no value.
    """

    data: Array
    blank: Mask

    def at(self, rows: Mask) -> Array:
        """Return the values of some rows, or the single value for all rows."""
        return self.data if self.data.ndim == 0 else self.data[rows]

    @property
    def dated(self) -> bool:
        """Whether the values are dates."""
        return bool(self.data.dtype.kind == "M")


# A blank in every row.
_ALL_BLANK = Vector(np.asarray(None, dtype=object), np.asarray(True))  # noqa: FBT003 - an array's content


class FrameView:
    """A frame with the context that expressions can refer to.

    Columns are texts, numbers or dates, missing values are blanks; a field without a column is blank in every row.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        *,
        as_of: date | None = None,
        settings: Mapping[str, float] | None = None,
        groups: Mapping[str, tuple[str, ...]] | None = None,
        within: str = "",
    ) -> None:
        """Create a view of a frame.

        Args:
            frame: The rows.
            as_of: The as-of date; unknown if None.
            settings: The pack's settings.
            groups: Group of matrix columns, or `group.part`, -> its field names.
            within: Column that partitions the rows; `unique` compares rows of one partition, or all rows if the frame
                has no such column.
        """
        self.index = frame.index
        self.as_of = as_of
        self.settings = settings or {}
        self.groups = groups or {}
        # Only the columns are kept, so that a view does not keep the frame itself alive.
        self._series = dict(frame.items())
        self._within = self._series.get(within)
        self._columns: dict[str, Vector] = {}
        self._counts: dict[tuple[str, tuple[str, ...]], Vector] = {}

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.index)

    def column(self, name: str) -> Vector:
        """Return a field's values."""
        if name not in self._columns:
            self._columns[name] = _vector(self._series[name]) if name in self._series else _ALL_BLANK
        return self._columns[name]

    def count(self, group: str, codes: tuple[str, ...]) -> Vector:
        """Return the number of cells in a group that have one of the codes, for each row."""
        if (group, codes) not in self._counts:
            count = np.zeros(len(self))
            for name in self.groups.get(group, ()):
                count += pd.Series(self.whole(self.column(name).data)).isin(codes).to_numpy()
            self._counts[group, codes] = Vector(count, np.zeros(len(self), dtype=bool))
        return self._counts[group, codes]

    def whole(self, values: Array) -> Array:
        """Return an array with one value for each row, repeating a single value."""
        return np.broadcast_to(values, len(self)) if values.ndim == 0 else values

    def is_unique(self, values: Array) -> Mask:
        """Return whether each value occurs in no other row of its partition."""
        rows = pd.DataFrame({"value": values})
        if self._within is not None:
            rows["within"] = self._within.to_numpy()
        return ~rows.duplicated(keep=False).to_numpy()

    @cached_property
    def today(self) -> Vector:
        """The as-of date, blank if there is none."""
        return _ALL_BLANK if self.as_of is None else _scalar_vector(np.datetime64(self.as_of, "us"))


def value_series(expr: Expr, view: FrameView) -> pd.Series[Any]:
    """Return the value of an expression for each row: text, number, date or truth value, missing where blank."""
    vector = _operand(expr, view)
    data, blank = view.whole(vector.data), view.whole(vector.blank)
    if data.dtype == object:
        return pd.Series(data, index=view.index, dtype=object).mask(blank).astype("str")
    return pd.Series(data, index=view.index).mask(blank)


def condition_array(expr: Expr, view: FrameView, *, presume: bool) -> Mask:  # noqa: C901 - one branch a node type
    """Return whether a condition holds, for each row; an unknown counts as `presume`."""
    match expr:
        case syntax.And(parts=parts):
            return reduce(np.logical_and, (condition_array(part, view, presume=presume) for part in parts))
        case syntax.Or(parts=parts):
            return reduce(np.logical_or, (condition_array(part, view, presume=presume) for part in parts))
        case syntax.Not(part=part):
            return ~condition_array(part, view, presume=not presume)
        case syntax.Blank(field=ref):
            return view.whole(_operand(ref, view).blank)
        case syntax.Compare(op=op, left=left, right=right):
            return _compare(op, _operand(left, view), _operand(right, view), view, presume=presume)
        case syntax.OneOf(left=left, options=options):
            vector = _operand(left, view)
            is_member = pd.Series(view.whole(vector.data)).isin([option.value for option in options]).to_numpy()
            return np.where(vector.blank, presume, is_member)
        case syntax.Unique(field=ref):
            vector = _operand(ref, view)
            return np.where(vector.blank, presume, view.is_unique(view.whole(vector.data)))
        case syntax.HasFigure(field=ref):
            vector = _operand(ref, view)
            return np.where(vector.blank, presume, _has_figure(view.whole(vector.data)))
    vector = _operand(expr, view)
    return np.where(view.whole(vector.blank), presume, view.whole(_truth(vector.data)))


def _operand(expr: Expr, view: FrameView) -> Vector:  # noqa: C901 - one branch a node type
    match expr:
        case syntax.Const(value=bool() | str() as value):
            return _scalar_vector(value)
        case syntax.Const(value=value):
            return _scalar_vector(float(value))
        case Ref(field=name):
            return view.column(name)
        case syntax.SettingRef(name=name):
            return _scalar_vector(float(view.settings[name]))
        case syntax.AsOf():
            return view.today
        case syntax.Count(group=ref, codes=codes):
            return view.count(ref.path, codes)
        case syntax.If(condition=condition, then=then, otherwise=otherwise):
            chosen = condition_array(condition, view, presume=False)  # an unknown condition selects `otherwise`
            return _choose(chosen, _operand(then, view), _operand(otherwise, view))
        case syntax.Calculation(op=op, left=left, right=right):
            return _calculate(op, _operand(left, view), _operand(right, view))
    return Vector(condition_array(expr, view, presume=False), np.zeros(len(view), dtype=bool))


def _vector(column: pd.Series[Any]) -> Vector:
    blank = column.isna().to_numpy()
    if column.dtype.kind == "M":
        return Vector(column.to_numpy("datetime64[us]"), blank)
    if column.dtype.kind in "iuf":
        return Vector(column.to_numpy(float, na_value=np.nan), blank)
    return Vector(column.to_numpy(object), blank)


def _scalar_vector(value: object) -> Vector:
    data = np.asarray(value, dtype=object) if isinstance(value, str) else np.asarray(value)
    return Vector(data, np.asarray(False))  # noqa: FBT003 - an array's content


def _choose(chosen: Mask, then: Vector, otherwise: Vector) -> Vector:
    sides = then.data, otherwise.data
    if then.data.dtype.kind != otherwise.data.dtype.kind:  # only an object array can mix numbers and texts
        sides = then.data.astype(object), otherwise.data.astype(object)
    return Vector(np.where(chosen, *sides), np.where(chosen, then.blank, otherwise.blank))


def _calculate(op: syntax.ArithmeticOp, left: Vector, right: Vector) -> Vector:
    """Return the result of an operation; a date plus or minus days is a date, the difference of two dates is days."""
    blank = left.blank | right.blank
    if left is _ALL_BLANK or right is _ALL_BLANK:
        return _ALL_BLANK
    if left.dated and right.dated:
        return Vector((left.data - right.data).astype(float) / 1e6 / 86_400, blank)
    if left.dated:
        return _shift_dates(left.data, np.where(blank, 0.0, right.data) * (1 if op == "+" else -1), blank)
    # Any number does for a blank operand: the mask makes the result blank. 1 avoids warnings about NaN and division.
    first, second = (np.where(blank, 1.0, side.data).astype(float) for side in (left, right))
    match op:
        case "+":
            return Vector(first + second, blank)
        case "-":
            return Vector(first - second, blank)
        case "*":
            return Vector(first * second, blank)
        case "/":
            return Vector(first / np.where(second == 0, 1.0, second), blank | (second == 0))


def _shift_dates(dates: Array, days: Array, blank: Mask) -> Vector:
    """Return dates shifted by a number of days, blank where the result is outside the calendar."""
    days = np.clip(days, -_MAX_DAYS, _MAX_DAYS)  # the result is outside the calendar anyway, and int64 could overflow
    moved = dates + np.round(days * _US_PER_DAY).astype("timedelta64[us]")
    return Vector(moved, blank | (moved < _CALENDAR_START) | (moved >= _CALENDAR_END))


def _compare(op: syntax.CompareOp, left: Vector, right: Vector, view: FrameView, *, presume: bool) -> Mask:
    result = np.full(len(view), presume)
    known = view.whole(~(left.blank | right.blank))
    if known.any():  # comparing None with a text would raise TypeError
        result[known] = syntax.COMPARE_FUNCTIONS[op](left.at(known), right.at(known))
    return result


def _has_figure(data: Array) -> Mask:
    if data.dtype != object:
        return np.ones(len(data), dtype=bool)
    return np.fromiter((bool(_DIGIT.search(str(value))) for value in data), dtype=bool, count=len(data))


def _truth(data: Array) -> Mask:
    return np.ones(data.shape, dtype=bool) if data.dtype.kind == "M" else data.astype(bool)
