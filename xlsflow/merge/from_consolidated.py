"""Turns a book that was read from a consolidated workbook back into returns, so that it can be merged further."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xlsflow.fileformat.cells import column_letters
from xlsflow.merge.precedence import OF_THE_MERGE, SUPERSEDED
from xlsflow.merge.union_of_returns import CELL, NUMBER, ROW, SHEET, stacked
from xlsflow.model.consolidated_book import ORIGIN, Book, DuplicateRow, ReturnSet
from xlsflow.model.returns import FROM_HISTORY, Return, original_name, renamed

if TYPE_CHECKING:
    from xlsflow.findings import Finding
    from xlsflow.model.consolidated_book import BlockOutline
    from xlsflow.model.ledger import AsideRow, LedgerLine
    from xlsflow.model.returns import FieldPositions, FileRecord


def returns_of(book: Book, outlines: Mapping[str, BlockOutline]) -> ReturnSet:
    """Return the files of a book, each by itself.

    Args:
        book: The book as it was read. One of an earlier version does not know the rows of files that did not count.
        outlines: Full name of each block of the book -> what is known of it.
    """
    if book.source is not None:
        return book.source
    numbers = {record.file: number for number, record in enumerate(book.files)}
    tables = {}
    for name, table in book.tables.items():
        duplicates = [row for row in book.duplicates if row.block == name]
        keys = _KeyCells(name, outlines[name].key, book)
        rows = _with_source(_with_duplicates(table, duplicates), numbers, keys)
        tables[name] = _with_leaf_rows(rows, book.leaf_rows.get(name), book.files)
    returns = tuple(_returns(book))
    # What the returns say of their rounds follows from them again.
    history = tuple(line for line in book.history_lines if line.stored)
    return ReturnSet(returns, tables, {name: outlines[name] for name in tables}, history=history, rounds=book.rounds)


def _with_leaf_rows(rows: pd.DataFrame, leaf_rows: pd.DataFrame | None, files: Sequence[FileRecord]) -> pd.DataFrame:
    """Return rows as the returns have them, instead of those that the data show in their place."""
    if rows.empty and (leaf_rows is None or leaf_rows.empty):
        return rows
    # A row without a number is one that a return no longer has: it follows from what the return was sent out with, as
    # far as that is known.
    past = np.asarray([record.recognised == FROM_HISTORY for record in files], dtype=bool)
    rows = rows[(rows[ROW] > 0).to_numpy() | past[rows[NUMBER].to_numpy()]]
    if leaf_rows is None or leaf_rows.empty:
        return rows
    numbers = {record.file: number for number, record in enumerate(files)}
    leaf_rows = leaf_rows.assign(**{NUMBER: np.asarray([numbers[file] for file in leaf_rows[NUMBER]], dtype=np.int32)})
    address = [NUMBER, SHEET, ROW]
    stored = pd.MultiIndex.from_frame(leaf_rows[address])
    return stacked([rows[~pd.MultiIndex.from_frame(rows[address]).isin(stored)], leaf_rows])


def _returns(book: Book) -> Iterator[Return]:
    """Yield the files as they were before the merge, under their original names."""
    findings: defaultdict[str, list[Finding]] = defaultdict(list)
    ledger: defaultdict[str, list[LedgerLine]] = defaultdict(list)
    aside: defaultdict[str, list[AsideRow]] = defaultdict(list)
    positions: defaultdict[str, dict[tuple[str, str], FieldPositions]] = defaultdict(dict)
    known = {returned.record.file: returned for returned in book.returns}
    # Without the rows of a superseded file, it stays superseded.
    lost = {record.file for record in book.files if record.reason == SUPERSEDED and record.file not in known}
    for finding in book.findings:
        if finding.code not in OF_THE_MERGE or (finding.code == SUPERSEDED and finding.location.file in lost):
            findings[finding.location.file].append(replace(finding, waived=None) if finding.waived else finding)
    for line in book.ledger:
        ledger[line.file].append(line if line.file in lost else _before_merge(line))
    for row in book.aside:
        aside[row.file].append(row)
    for (file, sheet, block), fields in book.positions.items():
        positions[file][sheet, block] = fields
    for record in book.files:
        name = record.file
        keeps_reason = record.reason not in OF_THE_MERGE or name in lost
        returned = Return(
            replace(record, reason=record.reason if keeps_reason else ""),
            tuple(findings[name]),
            tuple(ledger[name]),
            tuple(aside[name]),
            positions=positions[name],
            waivers=tuple(book.waivers.get(name, ())),
            first_hand=False,
        )
        memory = known.get(name)
        if memory is not None:
            returned = replace(returned, touched=memory.touched, gone=memory.gone, decisions=memory.decisions)
        yield renamed(returned, original_name(record))


def _before_merge(line: LedgerLine) -> LedgerLine:
    """Return a line of the ledger as it was before the merge: every row that is data may be merged."""
    usable = line.accounted - line.blank - line.set_aside
    return line.moved(merged=usable, unchanged=0, carried=0, superseded=0, duplicate=0)


def _with_duplicates(table: pd.DataFrame, duplicates: Sequence[DuplicateRow]) -> pd.DataFrame:
    """Return a table with the rows that were left out for being the same as others."""
    if not duplicates:
        return table
    at = {origin: index for index, origin in enumerate(_origins(table))}
    copies = table.take([at[row.first] for row in duplicates])
    origins = {name: [row.row[index] for row in duplicates] for index, name in enumerate(ORIGIN[:3])}
    return stacked([table, copies.assign(**origins).astype(table.dtypes)])


def _origins(table: pd.DataFrame) -> Iterator[tuple[str, str, int]]:
    """Yield file, sheet and number of each row."""
    return zip(*(table[column].tolist() for column in ORIGIN[:3]), strict=True)


class _KeyCells:
    """Addresses of a block's keys; in the first column where a file's positions are not known any more."""

    def __init__(self, block: str, key: str, book: Book) -> None:
        sheets = {where[:2]: fields for where, fields in book.positions.items() if where[2] == block}
        self._positions = {sheet: fields.get(key, (None, 0)) for sheet, fields in sheets.items()}

    def of(self, file: str, sheet: str, row: int) -> str:
        """Return the address of the key of a row."""
        fixed, col = self._positions.get((file, sheet), (None, 0))
        return f"{column_letters(col)}{row if fixed is None else fixed + 1}"


def _with_source(table: pd.DataFrame, numbers: Mapping[str, int], keys: _KeyCells) -> pd.DataFrame:
    """Return a table with the columns ROW_SOURCE in the place of ORIGIN."""
    file, sheet, row, *_ = ORIGIN
    columns = {
        NUMBER: np.asarray([numbers[name] for name in table[file]], dtype=np.int32),
        SHEET: table[sheet].array,
        ROW: table[row].array,
        CELL: pd.array([keys.of(*origin) for origin in _origins(table)], dtype="str"),
    }
    return pd.DataFrame({**columns, **{name: table[name].array for name in table.columns if name not in ORIGIN}})
