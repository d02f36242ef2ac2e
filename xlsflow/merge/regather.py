"""A book that was read back from a consolidated workbook -> what it was made from, so that it can be merged further."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xlsflow.merge.gather import CELL, PART, ROW, SHEET, shape_of
from xlsflow.merge.standing import SUPERSEDED, TWICE
from xlsflow.records import ORIGIN, Book, Gathered, Part

if TYPE_CHECKING:
    from xlsflow.records import FileRecord
    from xlsflow.template.model import DataBlock

OF_THE_MERGE = frozenset((TWICE, SUPERSEDED, "row_twice", "used_elsewhere"))
"""Codes of what a merge says of several files; it says so again where it still holds."""


def regather(book: Book, blocks: Mapping[str, DataBlock]) -> Gathered:
    """Return what a book's files say, each by itself; rows that the book has left out stay out.

    Args:
        book: The book as it was read.
        blocks: Full name of each block of the book -> its definition.
    """
    if book.gathered is not None:
        return book.gathered
    numbers = {record.file: number for number, record in enumerate(book.files)}
    tables = {name: _placed(table, numbers) for name, table in book.tables.items()}
    shapes = {name: shape_of(blocks[name]) for name in tables}
    return Gathered(tuple(_part(book, record) for record in book.files), tables, shapes)


def _part(book: Book, record: FileRecord) -> Part:
    reason = "" if record.reason in OF_THE_MERGE else record.reason
    return Part(
        replace(record, reason=reason),
        tuple(f for f in book.findings if f.place.file == record.file and f.code not in OF_THE_MERGE),
        tuple(line for line in book.ledger if line.file == record.file),
        tuple(row for row in book.aside if row.file == record.file),
        first_hand=False,
    )


def _placed(table: pd.DataFrame, numbers: Mapping[str, int]) -> pd.DataFrame:
    """Return a table's rows with the number of their file; a book keeps no cell of the key, so its row is named."""
    file, sheet, row, *_ = ORIGIN
    columns = {
        PART: np.asarray([numbers[name] for name in table[file]], dtype=np.int32),
        SHEET: table[sheet].array,
        ROW: table[row].array,
        CELL: pd.array([f"A{number}" for number in table[row]], dtype="str"),
    }
    return pd.DataFrame({**columns, **{name: table[name].array for name in table.columns if name not in ORIGIN}})
