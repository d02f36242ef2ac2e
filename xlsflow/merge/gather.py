"""What was read and checked -> what each file says by itself, with every row accounted for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xlsflow.fileformat.cells import (column_letters, display_text,)
from xlsflow.findings import (
    Finding,
    Location,
    Severity,
)
from xlsflow.i18n import untranslated
from xlsflow.model.records import (
    PLACE,
    AsideRow,
    Batch,
    FileRecord,
    Gathered,
    LedgerLine,
    Part,
    RawTable,
    Shape,
)

if TYPE_CHECKING:
    from xlsflow.template.model import DataBlock

PART, SHEET, ROW, CELL = PLACE
NO_KEY = "row_without_key"
Kept = np.ndarray[tuple[int], np.dtype[np.bool_]]
"""Which records of a batch have a key, or need none."""


@dataclass(frozen=True)
class Taken:
    """One block of many returns, read and checked.

    Attributes:
        name: Full name of the block (`tracking.tasks`).
        block: Its definition.
        tables: Every table of it as it came back, blank ones included.
        batch: The values of those that are not blank.
        frame: The batch as a frame: a column for each field, the position as index.
    """

    name: str
    block: DataBlock
    tables: Sequence[RawTable]
    batch: Batch
    frame: pd.DataFrame


def gather(files: Sequence[FileRecord], findings: Sequence[Finding], taken: Sequence[Taken]) -> Gathered:
    """Return what a number of files say, each by itself: rows without a usable key are set aside.

    Args:
        files: The files; a table's `file` is a position here. No two of them have one name.
        findings: Everything that is to be said of them.
        taken: The blocks. One that stands in several packs may be there once for each.
    """
    desks = [_Desk(record) for record in files]
    by_name = {desk.record.file: desk for desk in reversed(desks)}
    for finding in findings:
        by_name[finding.location.file].findings.append(finding)
    frames: dict[str, list[pd.DataFrame]] = {}
    shapes: dict[str, Shape] = {}
    for one in taken:
        kept = _set_aside(one, desks)
        _count(one, desks, kept)
        frames.setdefault(one.name, []).append(_placed(one, kept))
        shape = shape_of(one.block)
        shapes[one.name] = joined_shape(shapes[one.name], shape) if one.name in shapes else shape
    return Gathered(tuple(desk.part() for desk in desks), {name: stacked(f) for name, f in frames.items()}, shapes)


class _Desk:
    """One file while its rows are counted."""

    def __init__(self, record: FileRecord) -> None:
        self.record = record
        self.findings: list[Finding] = []
        self.lines: dict[tuple[str, str], LedgerLine] = {}
        self.aside: list[AsideRow] = []
        self.places: dict[tuple[str, str], Mapping[str, tuple[int | None, int]]] = {}

    @cached_property
    def errors(self) -> Mapping[tuple[str, str], str]:
        """Sheet and cell -> code of the error there; asked for once everything that was found is here."""
        found = (finding for finding in self.findings if finding.severity == Severity.ERROR)
        return {(finding.location.sheet, finding.location.cell): finding.code for finding in found}

    def part(self) -> Part:
        """Return the file with its rows counted."""
        lines = tuple(self.lines.values())
        return Part(self.record, tuple(self.findings), lines, tuple(self.aside), places=self.places)


def _set_aside(one: Taken, desks: Sequence[_Desk]) -> Kept:
    """Return which records have a key, or need none; the others are set aside with what stands in them."""
    key = one.block.key
    if not key:
        return np.ones(len(one.batch), dtype=bool)
    kept = one.frame[key].notna().to_numpy()
    for position in np.flatnonzero(~kept).tolist():
        table, number = one.batch.source(position)
        desk, cell = desks[table.file], table.cell(number, key)
        code = desk.errors.get((table.sheet, cell), NO_KEY)
        if code == NO_KEY and key in table.columns:
            place = Location(desk.record.file, table.sheet, cell, one.name, key, one.block.label_of(key))
            desk.findings.append(Finding(NO_KEY, place))
        texts = {name: display_text(raw) for name in one.batch.raws if (raw := one.batch.raw(position, name)) is not None}
        row = table.rows[number] + 1
        desk.aside.append(AsideRow(desk.record.file, table.sheet, one.name, row, code, texts))
    return kept


def _count(one: Taken, desks: Sequence[_Desk], kept: Kept) -> None:
    """Add the rows of every table to the ledger of its file."""
    merged = dict(
        zip(
            one.batch.starts,
            np.add.reduceat(kept.astype(int), one.batch.starts).tolist() if len(kept) else (),
            strict=True,
        )
    )
    starts = {id(table): start for table, start in zip(one.batch.tables, one.batch.starts, strict=True)}
    for table in one.tables:
        lines, at = desks[table.file].lines, (table.sheet, one.name)
        desks[table.file].places[at] = table.places
        line = lines.get(at) or LedgerLine(desks[table.file].record.file, table.sheet, one.name, 0)
        held = merged[starts[id(table)]] if id(table) in starts else 0
        lines[at] = replace(
            line,
            seen=line.seen + table.seen,
            blank=line.blank + table.blank,
            merged=line.merged + held,
            set_aside=line.set_aside + len(table.rows) - held + len(table.left_out),
        )
        desks[table.file].aside += (
            AsideRow(line.file, table.sheet, one.name, out.row + 1, out.code, out.texts) for out in table.left_out
        )


def _placed(one: Taken, kept: Kept) -> pd.DataFrame:
    """Return the rows of a block with where each comes from."""
    tables = one.batch.tables
    counts = [len(table.rows) for table in tables]
    rows = (
        np.concatenate([np.asarray(table.rows, dtype=np.int64) for table in tables])
        if tables
        else np.empty(0, np.int64)
    )
    columns = {
        PART: np.repeat(np.asarray([table.file for table in tables], dtype=np.int32), counts),
        SHEET: pd.array([table.sheet for table in tables], dtype="str").repeat(counts),
        ROW: rows + 1,
        CELL: pd.array([cell for table in tables for cell in _cells(table, one.block.key)], dtype="str"),
        **{field.name: one.frame[field.name].array for field in one.block.columns},
    }
    frame = pd.DataFrame(columns)
    return frame if kept.all() else frame[kept].reset_index(drop=True)


def _cells(table: RawTable, key: str) -> list[str]:
    """Return the cell that names each row: that of its key, or else its first."""
    row, col = table.places.get(key, (None, 0))
    name = column_letters(col)
    return [f"{name}{(at if row is None else row) + 1}" for at in table.rows]


def shape_of(block: DataBlock) -> Shape:
    """Return what a merge knows of a block."""
    label = block.label_of(block.key) if block.key else untranslated("")
    return Shape(block.key, label, {field.name: place for place, field in enumerate(block.columns)})


def joined_shape(one: Shape, other: Shape) -> Shape:
    """Return two variants of a block as one, whichever comes first."""
    key, label = min(((s.key, s.label) for s in (one, other)), key=lambda pair: (pair[0], pair[1].both()))
    names = sorted({*one.places, *other.places})
    far = len(names) + max(map(len, (one.places, other.places)))
    places = {name: min(one.places.get(name, far), other.places.get(name, far)) for name in names}
    return Shape(key, label, places)


def stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return frames one below the other; a column that only some of them have keeps its type."""
    if len(frames) == 1:
        return frames[0]
    dtypes: Mapping[str, object] = {str(name): dtype for frame in frames for name, dtype in frame.dtypes.items()}
    whole = [frame.reindex(columns=list(dtypes)).astype(dtypes) for frame in frames]  # type: ignore[arg-type]
    return pd.concat(whole, ignore_index=True)
