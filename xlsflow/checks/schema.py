"""A definition as a pandera schema: a column for each field with its limits, a check of the frame for each rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaError

from xlsflow.checks.context import Context
from xlsflow.checks.demands import Demand, Limit, demands
from xlsflow.checks.masks import View, holds
from xlsflow.checks.views import view_of
from xlsflow.template.kinds import FieldBase
from xlsflow.template.kinds.base import DType
from xlsflow.template.model import DataBlock
from xlsflow.template.rules import Check

DTYPES: Mapping[DType, object] = {
    "string": pd.StringDtype(na_value=np.nan), "datetime": "datetime64[us]", "number": "float64", "integer": "Int64",
}  # fmt: skip
"""What a field's values are held as."""
_EPOCH = pd.Timestamp(1970, 1, 1)


def schema_of(block: DataBlock, context: Context) -> pa.DataFrameSchema:
    """Return what a frame of a block must keep to.

    Every check bears its number in `demands` as its name; a failure case names the row and the field that bears the fault.
    """
    asked = demands(block, context)
    view = _Latest(block, context)
    columns = {field.name: _column(field, asked) for field in block.columns}
    checks = [_rule(one, number, view) for number, one in enumerate(asked) if isinstance(one, Check)]
    return pa.DataFrameSchema(columns, checks=checks, name=block.name)


def _column(field: FieldBase, asked: Sequence[Demand]) -> pa.Column:
    limits = [
        pa.Check(_keeps(one), name=str(number))
        for number, one in enumerate(asked)
        if isinstance(one, Limit) and one.at == field.name
    ]
    return pa.Column(None if field.computed else DTYPES[field.dtype], limits, nullable=True)


def _keeps(limit: Limit) -> Callable[[pd.Series[Any]], pd.Series[bool]]:
    """Return a limit as a question to a column without blanks."""
    if limit.among is not None:
        members = [str(one) for one in limit.members]
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


class _Latest:
    """The view of the frame that is being validated, so that its columns are taken apart once for all checks."""

    def __init__(self, block: DataBlock, context: Context) -> None:
        self._block = block
        self._context = context
        self._view: View | None = None

    def of(self, frame: pd.DataFrame) -> View:
        """Return the view of a frame."""
        if self._view is None or self._view.frame is not frame:
            self._view = view_of(frame, self._block, self._context)
        return self._view


def _rule(check: Check, number: int, latest: _Latest) -> pa.Check:
    def kept(frame: pd.DataFrame) -> bool:
        view = latest.of(frame)
        broken = ~holds(check.must, view, presume=True)
        if check.when is not None:
            broken &= holds(check.when, view, presume=False)
        if not broken.any():
            return True
        # A mask as the answer would make a failure case of every column of the row, at four times the cost.
        rows = np.flatnonzero(broken)
        cell = frame[check.at].take(rows)
        cases = pd.DataFrame({"column": check.at, "index": cell.index, "failure_case": cell.array})
        raise SchemaError(latest, frame, check.code, failure_cases=cases)  # type: ignore[no-untyped-call]

    return pa.Check(kept, name=str(number), ignore_na=False)
