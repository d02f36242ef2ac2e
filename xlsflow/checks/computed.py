"""Computed fields of a block in a frame, and the view against which its expressions are evaluated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from xlsflow.checks.context import CheckContext
from xlsflow.checks.evaluate_frame import FrameView, value_series
from xlsflow.model.consolidated_book import ORIGIN
from xlsflow.template.model import DataBlock

if TYPE_CHECKING:
    from xlsflow.template.kinds import Scope

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


def with_computed_values(
    table: pd.DataFrame,
    blocks: Mapping[str, tuple[DataBlock, Scope]],
    pack_of: Mapping[str, str],
    day_of: Callable[[str], date | None],
) -> pd.DataFrame:
    """Return a table of a book with the values of its computed fields.

    Each row is computed as its region's own workbook does it: by the definition and settings of its pack, and on the
    region's day.

    Args:
        table: The rows: ORIGIN, then the fields.
        blocks: Pack -> its definition of the block, with its lists and settings; packs without the block are missing.
        pack_of: File -> the pack that it was made from.
        day_of: Returns the day of a region, by its code.
    """
    if table.empty or not any(field.computed for block, _ in blocks.values() for field in block.columns):
        return table
    file, *_, region, _ = ORIGIN
    usual = next(iter(blocks))
    packs = [pack_of.get(name, usual) for name in table[file].tolist()]
    days = {code: day_of(code) for code in set(table[region].tolist())}
    rows: dict[tuple[str, date | None], list[int]] = {}
    for position, (pack, code) in enumerate(zip(packs, table[region].tolist(), strict=True)):
        rows.setdefault((pack if pack in blocks else usual, days[code]), []).append(position)
    parts = []
    for (pack, day), positions in rows.items():
        block, scope = blocks[pack]
        context = CheckContext(scope=scope, as_of=day)
        parts.append(with_computed(table.take(positions) if len(rows) > 1 else table, block, context))
    whole = parts[0] if len(parts) == 1 else pd.concat(parts).sort_index(kind="stable")
    return whole[list(table.columns)]
