"""A frame as a block sees it: its expressions can be worked out against it, and its computed fields are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.checks.context import CheckContext
from xlsflow.checks.vectorized import (
    FrameView,
    value_series,
)
from xlsflow.model.records import ORIGIN
from xlsflow.template.model import DataBlock

if TYPE_CHECKING:
    import pandas as pd

FILE_COLUMN = ORIGIN[0]
"""Column that says which rows are of one return; `unique` is asked within it."""


def frame_view(frame: pd.DataFrame, block: DataBlock, context: CheckContext) -> FrameView:
    """Return a frame as what a block's expressions are worked out against."""
    return FrameView(
        frame, as_of=context.as_of, settings=context.scope.settings, groups=block.groups, within=FILE_COLUMN
    )


def with_computed(frame: pd.DataFrame, block: DataBlock, context: CheckContext) -> pd.DataFrame:
    """Return a frame with a block's computed fields worked out, in the order of its columns; the given one stays."""
    for field in block.columns:
        if field.expression is not None:
            frame = frame.assign(**{field.name: value_series(field.expression, frame_view(frame, block, context))})
    return frame
