"""A frame as a block sees it: its expressions can be worked out against it, and its computed fields are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.checks.context import Context
from xlsflow.checks.vectorized import (
    View,
    values,
)
from xlsflow.model.book import ORIGIN
from xlsflow.template.model import DataBlock

if TYPE_CHECKING:
    import pandas as pd

FILE = ORIGIN[0]
"""Column that says which rows are of one return; `unique` is asked within it."""


def view_of(frame: pd.DataFrame, block: DataBlock, context: Context) -> View:
    """Return a frame as what a block's expressions are worked out against."""
    return View(frame, as_of=context.as_of, settings=context.scope.settings, groups=block.groups, within=FILE)


def with_computed(frame: pd.DataFrame, block: DataBlock, context: Context) -> pd.DataFrame:
    """Return a frame with a block's computed fields worked out, in the order of its columns; the given one stays."""
    for field in block.columns:
        if field.expression is not None:
            frame = frame.assign(**{field.name: values(field.expression, view_of(frame, block, context))})
    return frame
