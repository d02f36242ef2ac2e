"""A definition as a pandera schema: a column for each field with its limits, a check of the frame for each rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from xlsflow.checks.computed import (
    frame_view,
    with_computed,
)
from xlsflow.checks.constraints import (
    Constraint,
    ValueConstraint,
    constraints_of,
)
from xlsflow.checks.context import CheckContext
from xlsflow.checks.vectorized import (
    FrameView,
    condition_array,
)
from xlsflow.template.kinds import FieldBase
from xlsflow.template.kinds.field import FieldDtype
from xlsflow.template.model import DataBlock
from xlsflow.template.rules import RowConstraint

_DTYPES: Mapping[FieldDtype, object] = {
    "string": pd.StringDtype(na_value=np.nan),
    "datetime": "datetime64[us]",
    "number": "float64",
    "integer": "Int64",
}
"""What a field's values are held as."""
_EPOCH = pd.Timestamp(1970, 1, 1)


def schema_of(block: DataBlock, context: CheckContext) -> pa.DataFrameSchema:
    """Return what a frame of a block must keep to; computed fields are worked out first.

    Everything that is asked stands at the column that bears its fault, with its number in `demands` as its name: so a
    failure case is one cell, where a check of the whole frame would make one of every cell of the row.
    """
    asked = constraints_of(block, context)
    latest = _CurrentFrame(block, context)
    columns = {field.name: _column(field, asked, latest) for field in block.columns}
    return pa.DataFrameSchema(columns, parsers=[pa.Parser(latest.look)], name=block.name)


class _CurrentFrame:
    """The frame that is being validated: a check of one column asks here for the others."""

    def __init__(self, block: DataBlock, context: CheckContext) -> None:
        self._block = block
        self._context = context
        self.view: FrameView | None = None

    def look(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Take a frame in, and give it on with its computed fields."""
        frame = with_computed(frame, self._block, self._context)
        self.view = frame_view(frame, self._block, self._context)
        return frame


def _column(field: FieldBase, asked: Sequence[Constraint], latest: _CurrentFrame) -> pa.Column:
    checks = [
        pa.Check(_value_check(one), name=str(number))
        if isinstance(one, ValueConstraint)
        else pa.Check(_row_check(one, latest), name=str(number), ignore_na=False)
        for number, one in enumerate(asked)
        if one.at == field.name
    ]
    return pa.Column(None if field.computed else _DTYPES[field.dtype], checks, nullable=True)


def _value_check(limit: ValueConstraint) -> Callable[[pd.Series[Any]], pd.Series[bool]]:
    """Return a limit as a question to a column without its blanks."""
    if limit.among is not None:
        members = list(limit.members)
        return lambda column: column.isin(members)
    least, most = limit.span

    def within(column: pd.Series[Any]) -> pd.Series[bool]:
        figures = column
        if limit.sort == "length":
            figures = column.str.len()
        elif limit.sort == "day":
            figures = (column - _EPOCH).dt.days + _EPOCH.toordinal()
        return figures.between(least, most)

    return within


def _row_check(check: RowConstraint, latest: _CurrentFrame) -> Callable[[pd.Series[Any]], pd.Series[bool]]:
    """Return a check across fields as a question to the column that bears its fault."""

    def kept(column: pd.Series[Any]) -> pd.Series[bool]:
        assert latest.view is not None
        held = condition_array(check.must, latest.view, presume=True)
        if check.when is not None:
            held = held | ~condition_array(check.when, latest.view, presume=False)
        return pd.Series(held, index=column.index)

    return kept
