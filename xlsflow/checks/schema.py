"""Builds the pandera schema of a block: a column for each field, a check for each constraint."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from xlsflow.checks.computed import frame_view, with_computed
from xlsflow.checks.constraints import Constraint, ValueConstraint, constraints_of
from xlsflow.checks.context import CheckContext
from xlsflow.checks.evaluate_frame import FrameView, condition_array
from xlsflow.template.kinds import FieldBase
from xlsflow.template.kinds.field import FieldDtype
from xlsflow.template.model import DataBlock
from xlsflow.template.rules import RowConstraint

# Type of a field -> dtype of its column.
_DTYPES: Mapping[FieldDtype, object] = {
    "string": pd.StringDtype(na_value=np.nan),
    "datetime": "datetime64[us]",
    "number": "float64",
    "integer": "Int64",
}
_EPOCH = pd.Timestamp(1970, 1, 1)


def schema_of(block: DataBlock, context: CheckContext) -> pa.DataFrameSchema:
    """Return the schema that validates a frame of a block, after evaluating its computed fields.

    Each constraint is a check of the column that gets the finding, named by its number in `constraints_of`. So a
    failure case is one cell; a check of the whole frame would produce one for every cell of the row.
    """
    constraints = constraints_of(block, context)
    current = _CurrentFrame(block, context)
    columns = {field.name: _column(field, constraints, current) for field in block.columns}
    return pa.DataFrameSchema(columns, parsers=[pa.Parser(current.prepare)], name=block.name)


class _CurrentFrame:
    """The frame that is being validated: pandera passes a check only its own column, the others are found here."""

    def __init__(self, block: DataBlock, context: CheckContext) -> None:
        self._block = block
        self._context = context
        self.view: FrameView | None = None

    def prepare(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame with its computed fields and keep a view of it."""
        frame = with_computed(frame, self._block, self._context)
        self.view = frame_view(frame, self._block, self._context)
        return frame


def _column(field: FieldBase, constraints: Sequence[Constraint], current: _CurrentFrame) -> pa.Column:
    # A blank satisfies every value constraint, so pandera may drop blanks there. A row constraint must see them:
    # `filled(field)` is violated by nothing else.
    checks = [
        pa.Check(_value_check(constraint), name=str(number))
        if isinstance(constraint, ValueConstraint)
        else pa.Check(_row_check(constraint, current), name=str(number), ignore_na=False)
        for number, constraint in enumerate(constraints)
        if constraint.at == field.name
    ]
    # The dtype of a computed column follows from its formula and is not validated.
    return pa.Column(None if field.computed else _DTYPES[field.dtype], checks, nullable=True)


def _value_check(constraint: ValueConstraint) -> Callable[[pd.Series[Any]], pd.Series[bool]]:
    """Return the check of a value constraint; pandera calls it with the column without its blanks."""
    if constraint.among is not None:
        members = list(constraint.members)
        return lambda column: column.isin(members)
    least, most = constraint.span

    def is_within(column: pd.Series[Any]) -> pd.Series[bool]:
        numbers = column
        if constraint.limit_type == "length":
            numbers = column.str.len()
        elif constraint.limit_type == "day":
            # Days as ordinals, like the bounds; the time of a value on the last allowed day does not count.
            numbers = (column - _EPOCH).dt.days + _EPOCH.toordinal()
        return numbers.between(least, most)

    return is_within


def _row_check(constraint: RowConstraint, current: _CurrentFrame) -> Callable[[pd.Series[Any]], pd.Series[bool]]:
    """Return the check of a constraint across fields, for the column that gets the finding."""

    def is_satisfied(column: pd.Series[Any]) -> pd.Series[bool]:
        assert current.view is not None
        satisfied = condition_array(constraint.must, current.view, presume=True)
        if constraint.when is not None:
            satisfied = satisfied | ~condition_array(constraint.when, current.view, presume=False)
        return pd.Series(satisfied, index=column.index)

    return is_satisfied
