"""Reduces the book of an earlier round to what a later merge needs of it: open rows, and the history."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xlsflow.merge.union_of_returns import CELL, NUMBER, ROW, SHEET
from xlsflow.model.consolidated_book import ORIGIN, Book, ReturnSet
from xlsflow.model.ledger import LedgerLine
from xlsflow.model.returns import FROM_HISTORY, Return
from xlsflow.template.expressions.evaluate_row import RowContext, compile_violation
from xlsflow.template.expressions.expression import Not

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from xlsflow.model.consolidated_book import BlockOutline


def carried_from(book: Book) -> ReturnSet:
    """Return the open rows of a book under the returns that they come from, and its history."""
    assert book.source is not None
    outlines = {name: outline for name, outline in book.source.outlines.items() if outline.is_closed and outline.key}
    tables = {
        name: book.tables[name].take(open_rows(book.tables[name], outline))
        for name, outline in outlines.items()
        if name in book.tables
    }
    files = sorted({file for table in tables.values() for file in table[ORIGIN[0]].tolist()})
    records = {record.file: record for record in book.files}
    numbers = {file: number for number, file in enumerate(files)}
    counts = Counter(
        (file, sheet, name)
        for name, table in tables.items()
        for file, sheet in zip(table[ORIGIN[0]].tolist(), table[ORIGIN[1]].tolist(), strict=True)
    )
    returns = tuple(
        Return(
            replace(records[file], status="ok", reason="", recognised=FROM_HISTORY),
            ledger=tuple(
                LedgerLine(*at, seen=count, merged=count) for at, count in sorted(counts.items()) if at[0] == file
            ),
            first_hand=False,
        )
        for file in files
    )
    rows = {name: _with_numbers(table, numbers) for name, table in tables.items()}
    return ReturnSet(returns, rows, outlines, history=tuple(line._replace(stored=True) for line in book.history_lines))


def _with_numbers(table: pd.DataFrame, numbers: dict[str, int]) -> pd.DataFrame:
    file, sheet, row, *_ = ORIGIN
    fields: Sequence[str] = [name for name in table.columns if name not in ORIGIN]
    source = {
        NUMBER: np.asarray([numbers[name] for name in table[file].tolist()], dtype=np.int32),
        SHEET: table[sheet].array,
        ROW: table[row].array,
        # The cell of an earlier workbook says nothing to anybody now.
        CELL: pd.array([""] * len(table), dtype="str"),
    }
    return pd.DataFrame({**source, **{name: table[name].array for name in fields}})


def open_test(outline: BlockOutline) -> Callable[[Mapping[str, object]], bool]:
    """Return the function that says of a row, field -> value, whether it is carried on into the next round."""
    if outline.is_closed is None or not outline.key:
        return lambda values: False  # noqa: ARG005 - rows of such a block belong to their round
    is_closed = compile_violation(Not(outline.is_closed), None)
    return lambda values: not is_closed(RowContext(values))


def open_rows(table: pd.DataFrame, outline: BlockOutline) -> list[int]:
    """Return the positions of the rows of a block that are carried on into the next round."""
    if outline.is_closed is None or not outline.key or not len(table):
        return []
    is_open = open_test(outline)
    columns = {name: LazyColumn(table[name]) for name in outline.order if name in table}
    return [n for n in range(len(table)) if is_open({name: column[n] for name, column in columns.items()})]


class LazyColumn:
    """A column whose values are turned into plain ones when they are asked for."""

    def __init__(self, column: pd.Series) -> None:
        self._array = column.array

    def __getitem__(self, position: int) -> object:
        value = self._array[position]
        if value is None or value is pd.NaT or value is pd.NA or value != value:  # noqa: PLR0124 - NaN
            return None
        if isinstance(value, pd.Timestamp):
            return value.to_pydatetime()
        return value.item() if isinstance(value, np.generic) else value


def frame_of_rows(rows: Sequence[Mapping[str, object]], like: pd.DataFrame) -> pd.DataFrame:
    """Return rows as a frame with the columns and types of another."""
    frame = pd.DataFrame([dict(row) for row in rows])
    return frame.reindex(columns=like.columns).astype(like.dtypes.to_dict())


def value_of_text(text: str, dtype: object) -> object:
    """Return the value that a baseline's text stands for."""
    if pd.api.types.is_datetime64_any_dtype(dtype):  # type: ignore[arg-type]
        return datetime.fromisoformat(text)
    return float(text) if pd.api.types.is_numeric_dtype(dtype) else text  # type: ignore[arg-type]
