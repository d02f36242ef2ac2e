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
from xlsflow.model.history import round_order
from xlsflow.model.ledger import LedgerLine
from xlsflow.model.returns import FROM_HISTORY, Return
from xlsflow.template.expressions.evaluate_row import RowContext, compile_violation
from xlsflow.template.expressions.expression import Not

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from xlsflow.model.consolidated_book import BlockOutline
    from xlsflow.model.history import RoundOrder

    KnownRows = Mapping[tuple[str, str, str], RoundOrder]


def carried_on(books: Sequence[Book]) -> list[ReturnSet]:
    """Return what is carried on from several books, the earliest first.

    A row that is open in one book is closed or deleted if a later one knows it and does not have it open.
    """
    # The lines of a row are in the order of its rounds.
    known: list[KnownRows] = [{line.identity[:3]: round_order(line.round) for line in b.history_lines} for b in books]
    return [carried_from(book, known[:number], known[number + 1 :]) for number, book in enumerate(books)]


def carried_from(book: Book, earlier: Sequence[KnownRows] = (), later: Sequence[KnownRows] = ()) -> ReturnSet:
    """Return the open rows of a book under the returns that they come from, and its history.

    Args:
        book: The book.
        earlier: What books before it know: block, key and region of a row -> the last round that it was reported in.
        later: What books after it know.
    """
    assert book.source is not None

    def is_replaced(name: str, key: str, region: str, round_id: str) -> bool:
        row, round_ = (name, key, region), round_order(round_id)
        return any(row in rows and rows[row] > round_ for rows in earlier) or any(
            row in rows and rows[row] >= round_ for rows in later
        )

    outlines = {n: o for n, o in book.source.outlines.items() if o.key and (o.is_closed or o.becomes)}
    followed = followed_keys(book.tables, book.source.outlines)
    tables = {
        name: _without(
            book.tables[name].take(open_rows(book.tables[name], outline, followed.get(name))),
            name, outline.key, is_replaced,
        )
        for name, outline in outlines.items()
        if name in book.tables
    }  # fmt: skip
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
    rows = {name: _with_numbers(_as_returned(table, outlines[name]), numbers) for name, table in tables.items()}
    history = tuple(line._replace(stored=True) for line in book.history_lines)
    return ReturnSet(returns, rows, outlines, history=history, rounds=book.rounds)


def _without(
    table: pd.DataFrame, name: str, key: str, is_replaced: Callable[[str, str, str, str], bool]
) -> pd.DataFrame:
    *_, region, round_ = ORIGIN
    rows = zip(*(table[column].tolist() for column in (key, region, round_)), strict=True)
    return table[np.fromiter((not is_replaced(name, *row) for row in rows), dtype=bool, count=len(table))]


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


def _as_returned(table: pd.DataFrame, outline: BlockOutline) -> pd.DataFrame:
    """Return rows without what was worked out in their book: it is worked out anew."""
    # In what was returned such a field is a text without a value, whatever its formula yields.
    blank = {name: pd.array([None] * len(table), dtype="str") for name in outline.computed if name in table}
    return table.assign(**blank) if blank else table


def open_test(outline: BlockOutline) -> Callable[[Mapping[str, object]], bool]:
    """Return the function that says of a row, field -> value, whether it is carried on into the next round.

    Whether something has become of a row is said by rows of another block, not by itself: see `open_rows`.
    """
    if outline.is_closed is None or not outline.key:
        may_become = outline.becomes is not None
        return lambda values: may_become  # noqa: ARG005 - the other rows belong to their round
    is_closed = compile_violation(Not(outline.is_closed), None)
    return lambda values: not is_closed(RowContext(values))


def open_rows(table: pd.DataFrame, outline: BlockOutline, followed: AbstractSet[str] | None = None) -> list[int]:
    """Return the positions of the rows of a block that are carried on into the next round.

    Args:
        table: The rows.
        outline: What is known of the block.
        followed: Keys of the rows that have become another one, such as the task of an action; None where none can.
    """
    if not outline.key or not len(table):
        return []
    if outline.is_closed is None:
        keys = table[outline.key].tolist() if followed is not None else ()
        return [n for n, key in enumerate(keys) if str(key) not in (followed or ())]
    is_open = open_test(outline)
    columns = {name: LazyColumn(table[name]) for name in outline.order if name in table}
    return [n for n in range(len(table)) if is_open({name: column[n] for name, column in columns.items()})]


def followed_keys(
    tables: Mapping[str, pd.DataFrame], outlines: Mapping[str, BlockOutline]
) -> Mapping[str, AbstractSet[str]]:
    """Return block -> keys of its rows that have become a row of another block; only blocks whose rows can.

    Args:
        tables: Full block name -> the rows of the data.
        outlines: Full block name -> what is known of the block.
    """
    found: dict[str, AbstractSet[str]] = {}
    for name, outline in outlines.items():
        target, source = outline.becomes or ("", "")
        if target in tables:
            columns = [tables[target][c] for c in (source, outlines[target].key) if c in tables[target]]
            found[name] = {str(key) for column in columns for key in column.dropna().tolist()}
    return found


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
