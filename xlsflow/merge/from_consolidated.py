"""A book that was read back from a consolidated workbook -> what it was made from, so that it can be merged further."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xlsflow.fileformat.cells import column_letters
from xlsflow.merge.gather import CELL, PART, ROW, SHEET, stacked
from xlsflow.merge.precedence import (
    SUPERSEDED,
    TWICE,
)
from xlsflow.merge.unique_names import (
    given,
    named,
)
from xlsflow.model.records import (
    ORIGIN,
    Again,
    Book,
    Gathered,
    Part,
)

if TYPE_CHECKING:
    from xlsflow.findings import Finding
    from xlsflow.model.records import (
        AsideRow,
        LedgerLine,
        Shape,
        Spots,
    )

OF_THE_MERGE = frozenset((TWICE, SUPERSEDED, "row_twice", "used_elsewhere"))
"""Codes of what a merge says of several files; it says so again where it still holds."""

Spot = tuple[str, str, int]
"""A row by its file, sheet and number."""


def regather(book: Book, shapes: Mapping[str, Shape]) -> Gathered:
    """Return what a book's files say, each by itself; rows of files that did not count stay out.

    Args:
        book: The book as it was read.
        shapes: Full name of each block of the book -> what is known of it.
    """
    if book.gathered is not None:
        return book.gathered
    numbers = {record.file: number for number, record in enumerate(book.files)}
    tables = {}
    for name, table in book.tables.items():
        again = [one for one in book.again if one.block == name]
        tables[name] = _placed(_with_again(table, again), numbers, _Cells(name, shapes[name].key, book))
    return Gathered(tuple(_parts(book)), tables, {name: shapes[name] for name in tables})


def _parts(book: Book) -> Iterator[Part]:
    """Yield the files, each as it was before the merge, by the name that it was given by."""
    findings: defaultdict[str, list[Finding]] = defaultdict(list)
    ledger: defaultdict[str, list[LedgerLine]] = defaultdict(list)
    aside: defaultdict[str, list[AsideRow]] = defaultdict(list)
    places: defaultdict[str, dict[tuple[str, str], Spots]] = defaultdict(dict)
    again = Counter((one.block, *one.row[:2]) for one in book.again)
    for finding in book.findings:
        if finding.code not in OF_THE_MERGE:
            findings[finding.location.file].append(replace(finding, waived=None) if finding.waived else finding)
    for line in book.ledger:
        back = again.get((line.block, line.file, line.sheet), 0)
        ledger[line.file].append(line.moved(merged=line.merged + back, duplicate=line.duplicate - back))
    for row in book.aside:
        aside[row.file].append(row)
    for (file, sheet, block), spots in book.places.items():
        places[file][sheet, block] = spots
    for record in book.files:
        name = record.file
        part = Part(
            replace(record, reason="" if record.reason in OF_THE_MERGE else record.reason),
            tuple(findings[name]),
            tuple(ledger[name]),
            tuple(aside[name]),
            first_hand=False,
            places=places[name],
            waivers=tuple(book.waivers.get(name, ())),
        )
        yield named(part, given(record))


def _with_again(table: pd.DataFrame, again: Sequence[Again]) -> pd.DataFrame:
    """Return a table with the rows that were left out: they say what another row says."""
    if not again:
        return table
    at = {spot: place for place, spot in enumerate(_rows(table))}
    copies = table.take([at[one.first] for one in again])
    where = {name: [one.row[place] for one in again] for place, name in enumerate(ORIGIN[:3])}
    return stacked([table, copies.assign(**where).astype(table.dtypes)])


def _rows(table: pd.DataFrame) -> Iterator[Spot]:
    return zip(*(table[column].tolist() for column in ORIGIN[:3]), strict=True)


class _Cells:
    """Where the key of a block stands in each file and sheet; in the first column where that is not known any more."""

    def __init__(self, block: str, key: str, book: Book) -> None:
        here = {place[:2]: spots for place, spots in book.places.items() if place[2] == block}
        self._spots = {place: spots.get(key, (None, 0)) for place, spots in here.items()}

    def of(self, file: str, sheet: str, row: int) -> str:
        """Return the address of the key of a row."""
        fixed, col = self._spots.get((file, sheet), (None, 0))
        return f"{column_letters(col)}{row if fixed is None else fixed + 1}"


def _placed(table: pd.DataFrame, numbers: Mapping[str, int], cells: _Cells) -> pd.DataFrame:
    """Return a table's rows with the number of their file and the cell of their key."""
    file, sheet, row, *_ = ORIGIN
    columns = {
        PART: np.asarray([numbers[name] for name in table[file]], dtype=np.int32),
        SHEET: table[sheet].array,
        ROW: table[row].array,
        CELL: pd.array([cells.of(*spot) for spot in _rows(table)], dtype="str"),
    }
    return pd.DataFrame({**columns, **{name: table[name].array for name in table.columns if name not in ORIGIN}})
