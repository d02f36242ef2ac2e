"""Joins returns: the rows of checked returns in one table a block, and several sets of returns in one.

The same file counts once, from whichever set it comes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd

from xlsflow.fileformat.cells import column_letters
from xlsflow.i18n import untranslated
from xlsflow.model.consolidated_book import ROW_SOURCE, BlockOutline, ReturnSet
from xlsflow.model.history import joined_history, joined_rounds, round_order
from xlsflow.model.returns import BlockRows, JoinedRows, Return
from xlsflow.model.waivers import Waiver, joined
from xlsflow.template.model import DataBlock, TableBlock

NUMBER, SHEET, ROW, CELL = ROW_SOURCE
# Number format of the fields that hold a share.
_PERCENT = "0%"
_Numbers = np.ndarray[tuple[int], np.dtype[np.int32]]


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
    # The frames hold the rows from here on; keeping the columns as well would double the memory.
    light = tuple(replace(returned, blocks=()) for returned in returns)
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
        # Rows count from 1 in everything that people see, as in Excel.
        ROW: rows + 1,
        CELL: pd.array([cell for table in tables for cell in _cells(table, key)], dtype="str"),
        **{field.name: block.frame[field.name].array for field in block.block.columns},
    }
    frame = pd.DataFrame(columns)
    if not key or (has_key := block.frame[key].notna().to_numpy()).all():
        return frame
    return frame[has_key].reset_index(drop=True)


def _cells(table: BlockRows, key: str) -> list[str]:
    """Return the address of each row: that of its key, else of its first cell."""
    row, col = table.positions.get(key, (None, 0))
    name = column_letters(col)
    return [f"{name}{(at if row is None else row) + 1}" for at in table.rows]


def outline_of(block: DataBlock) -> BlockOutline:
    """Return what a merge needs to know of a block."""
    label = block.label_of(block.key) if block.key else untranslated("")
    order = {field.name: index for index, field in enumerate(block.columns)}
    follow = block.follow if isinstance(block, TableBlock) else None
    share = next((field.name for field in block.columns if field.number_format == _PERCENT), "")
    per_round = frozenset(field.name for field in block.columns if field.per_round)
    computed = frozenset(field.name for field in block.columns if field.computed)
    becomes = (block.becomes.target, block.becomes.source) if block.becomes else None
    title, is_closed = block.title_field, block.is_closed
    return BlockOutline(
        block.key, label, order, title, share, follow, is_closed, per_round, computed, becomes, not block.has_rows
    )  # fmt: skip


def joined_outline(first: BlockOutline, other: BlockOutline) -> BlockOutline:
    """Return two variants of a block as one, whichever comes first."""
    # The smaller of both, so that the result does not depend on the order of the files.
    key, label = min(((v.key, v.label) for v in (first, other)), key=lambda pair: (pair[0], pair[1].both()))
    names = sorted({*first.order, *other.order})
    # A field that one variant does not have gets its position in the other one.
    last = len(names) + max(len(first.order), len(other.order))
    order = {name: min(first.order.get(name, last), other.order.get(name, last)) for name in names}
    title, share = max(first.title, other.title), max(first.share, other.share)
    follow, is_closed = first.follow or other.follow, first.is_closed or other.is_closed
    per_round, computed = first.per_round | other.per_round, first.computed | other.computed
    becomes, is_form = first.becomes or other.becomes, first.is_form or other.is_form
    return BlockOutline(key, label, order, title, share, follow, is_closed, per_round, computed, becomes, is_form)


def stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return frames concatenated; a column that only some of them have keeps its type."""
    if len(frames) == 1:
        return frames[0]
    dtypes: Mapping[str, object] = {str(name): dtype for frame in frames for name, dtype in frame.dtypes.items()}
    # `reindex` fills a missing column with float NaN; `astype` restores its type.
    whole = [frame.reindex(columns=list(dtypes)).astype(dtypes) for frame in frames]  # type: ignore[arg-type]
    return pd.concat(whole, ignore_index=True)


def union(sets: Sequence[ReturnSet]) -> ReturnSet:
    """Return all files of several sets, sorted by name and digest, with their rows and all their waivers."""
    chosen: dict[tuple[str, str], tuple[int, int]] = {}
    waivers: dict[tuple[str, str], list[Waiver]] = {}
    received = _first_received(sets)
    for number, returns in enumerate(sets):
        for index, returned in enumerate(returns.returns):
            waivers.setdefault(returned.identity, []).extend(returned.waivers)
            known = chosen.get(returned.identity)
            if known is None or _completeness(returned) > _completeness(sets[known[0]].returns[known[1]]):
                chosen[returned.identity] = number, index
    order = sorted(chosen)
    # -1: the file is taken from another set, so its rows in this one are left out.
    renumbered = [np.full(len(returns.returns), -1, dtype=np.int32) for returns in sets]
    for new, identity in enumerate(order):
        number, index = chosen[identity]
        renumbered[number][index] = new
    tables = {name: _rows(name, sets, renumbered) for name in sorted({n for s in sets for n in s.outlines})}
    regions: dict[str, int] = {}
    for returns in sets:
        for code, index in returns.regions.items():
            regions[code] = min(index, regions.get(code, index))
    whole = []
    for identity in order:
        number, index = chosen[identity]
        returned = sets[number].returns[index]
        returned = replace(returned, record=replace(returned.record, received=received.get(identity)))
        whole.append(replace(returned, waivers=joined(waivers[identity])) if waivers[identity] else returned)
    day = max((returns.day for returns in sets if returns.day), default=None)
    round_ = max((returns.round for returns in sets), key=round_order, default="")
    history = joined_history(*(returns.history for returns in sets))
    rounds = joined_rounds(*(returns.rounds for returns in sets))
    return ReturnSet(tuple(whole), tables, _outlines(sets), regions, day, round_, history, rounds)


def _first_received(sets: Sequence[ReturnSet]) -> Mapping[tuple[str, str], datetime]:
    """Return when each file was received first; one set alone may know, such as that of a book."""
    received: dict[tuple[str, str], datetime] = {}
    for returned in (each for returns in sets for each in returns.returns):
        came = returned.record.received
        if came is not None:
            received[returned.identity] = min(came, received.get(returned.identity, came))
    return received


def _completeness(returned: Return) -> tuple[bool, int, int]:
    """Return a rank by how complete a return is: one restored from a book may have lost rows."""
    return returned.first_hand, sum(line.accounted for line in returned.ledger), len(returned.findings)


def _outlines(sets: Sequence[ReturnSet]) -> dict[str, BlockOutline]:
    outlines: dict[str, BlockOutline] = {}
    for returns in sets:
        for name, outline in returns.outlines.items():
            outlines[name] = joined_outline(outlines[name], outline) if name in outlines else outline
    return outlines


def _rows(name: str, sets: Sequence[ReturnSet], renumbered: Sequence[_Numbers]) -> pd.DataFrame:
    """Return the rows of a block with the new number of their file, without those of files taken from another set."""
    frames = []
    for returns, numbers in zip(sets, renumbered, strict=True):
        if name in returns.tables:
            table = returns.tables[name]
            new = numbers[table[NUMBER].to_numpy()] if len(numbers) else np.empty(0, np.int32)
            table = table.assign(**{NUMBER: new})
            frames.append(table if (new >= 0).all() else table[new >= 0])
    return stacked(frames)
