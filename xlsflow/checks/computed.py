"""Computed fields of a block in a frame, and the view against which its expressions are evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.checks.context import CheckContext
from xlsflow.checks.evaluate_frame import FrameView, value_series
from xlsflow.model.consolidated_book import ORIGIN
from xlsflow.template.model import DataBlock

if TYPE_CHECKING:
    import pandas as pd

FILE_COLUMN = ORIGIN[0]
"""Column with the number of the return that a row comes from; `unique` applies within a return."""


def frame_view(frame: pd.DataFrame, block: DataBlock, context: CheckContext) -> FrameView:
    """Return a frame as a view that a block's expressions can be evaluated against."""
    return FrameView(
        frame, as_of=context.as_of, settings=context.scope.settings, groups=block.groups, within=FILE_COLUMN
    )


def with_computed(frame: pd.DataFrame, block: DataBlock, context: CheckContext) -> pd.DataFrame:
    """Return a new frame with a block's computed fields, evaluated in the order of its columns."""
    for field in block.columns:
        if field.expression is not None:
            # A new view each time: a computed field may use those before it.
            frame = frame.assign(**{field.name: value_series(field.expression, frame_view(frame, block, context))})
    return frame
