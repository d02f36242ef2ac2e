"""Joins the rows of returns that were read and checked in one table a block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xlsflow.fileformat.cells import column_letters
from xlsflow.i18n import untranslated
from xlsflow.model.book import ROW_SOURCE, BlockOutline, ReturnSet
from xlsflow.model.returns import BlockRows, JoinedRows, Return

if TYPE_CHECKING:
    from xlsflow.template.model import DataBlock

NUMBER, SHEET, ROW, CELL = ROW_SOURCE


@dataclass(frozen=True)
class BlockTable:
    """One block of many returns, read and checked.

    Attributes:
        name: Full name of the block (`tracking.tasks`).
        block: Its definition.
        rows: The records of all returns.
        frame: The same as a frame: a column for each field, the position as index.
    """

    name: str
    block: DataBlock
    rows: JoinedRows
    frame: pd.DataFrame


def gather(returns: Sequence[Return], blocks: Sequence[BlockTable]) -> ReturnSet:
    """Return returns with their rows joined; their own columns are dropped, and rows without a usable key left out.

    Args:
        returns: The returns; a file number of a block is a position here.
        blocks: Their blocks. One that is in several packs may be there once for each.
    """
    frames: dict[str, list[pd.DataFrame]] = {}
    outlines: dict[str, BlockOutline] = {}
    for block in blocks:
        frames.setdefault(block.name, []).append(_joined(block))
        outline = outline_of(block.block)
        known = outlines.get(block.name)
        outlines[block.name] = joined_outline(known, outline) if known else outline
    light = tuple(replace(came, blocks=()) for came in returns)
    return ReturnSet(light, {name: stacked(several) for name, several in frames.items()}, outlines)


def _joined(block: BlockTable) -> pd.DataFrame:
    """Return the rows of a block with where each comes from; rows without their key are left out."""
    tables = block.rows.tables
    counts = [len(table.rows) for table in tables]
    rows = (
        np.concatenate([np.asarray(table.rows, dtype=np.int64) for table in tables])
        if tables
        else np.empty(0, np.int64)
    )
    key = block.block.key
    columns = {
        NUMBER: np.repeat(np.asarray(block.rows.files, dtype=np.int32), counts),
        SHEET: pd.array([table.sheet for table in tables], dtype="str").repeat(counts),
        ROW: rows + 1,
        CELL: pd.array([cell for table in tables for cell in _cells(table, key)], dtype="str"),
        **{field.name: block.frame[field.name].array for field in block.block.columns},
    }
    frame = pd.DataFrame(columns)
    if not key or (kept := block.frame[key].notna().to_numpy()).all():
        return frame
    return frame[kept].reset_index(drop=True)


def _cells(table: BlockRows, key: str) -> list[str]:
    """Return the address that stands for each row: that of its key, or else its first cell."""
    row, col = table.positions.get(key, (None, 0))
    name = column_letters(col)
    return [f"{name}{(at if row is None else row) + 1}" for at in table.rows]


def outline_of(block: DataBlock) -> BlockOutline:
    """Return what a merge needs to know of a block."""
    label = block.label_of(block.key) if block.key else untranslated("")
    return BlockOutline(block.key, label, {field.name: place for place, field in enumerate(block.columns)})


def joined_outline(one: BlockOutline, other: BlockOutline) -> BlockOutline:
    """Return two variants of a block as one, whichever comes first."""
    key, label = min(((v.key, v.label) for v in (one, other)), key=lambda pair: (pair[0], pair[1].both()))
    names = sorted({*one.order, *other.order})
    last = len(names) + max(len(one.order), len(other.order))
    order = {name: min(one.order.get(name, last), other.order.get(name, last)) for name in names}
    return BlockOutline(key, label, order)


def stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return frames concatenated; a column that only some of them have keeps its type."""
    if len(frames) == 1:
        return frames[0]
    dtypes: Mapping[str, object] = {str(name): dtype for frame in frames for name, dtype in frame.dtypes.items()}
    whole = [frame.reindex(columns=list(dtypes)).astype(dtypes) for frame in frames]  # type: ignore[arg-type]
    return pd.concat(whole, ignore_index=True)
