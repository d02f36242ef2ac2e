"""Merges returns into one book: which rows are in it, in which order, and findings across files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from xlsflow.errors import LedgerError
from xlsflow.findings import Finding, Location, Severity
from xlsflow.i18n import LocalizedText, untranslated
from xlsflow.merge.apply_waivers import with_waived_status
from xlsflow.merge.precedence import Precedence, precedences
from xlsflow.merge.union_of_returns import NUMBER, ROW, SHEET, union, with_unique_names
from xlsflow.model.consolidated_book import ORIGIN, ROW_SOURCE, BlockOutline, Book, DuplicateRow, ReturnSet
from xlsflow.model.ledger import LedgerLine
from xlsflow.model.returns import Return
from xlsflow.model.waivers import waive

# A row by the columns ROW_SOURCE: number of the return, sheet, row, and address of the key.
_Source = tuple[int, str, int, str]
# Number of the return, sheet and block -> rows.
_Counts = Counter[tuple[int, str, str]]


def merge(sets: Sequence[ReturnSet], regions: Sequence[str] = ()) -> Book:
    """Return one book of all files of several sets.

    Of one region's returns the one that was saved last counts, and of rows that are the same in every field one; every
    row is accounted for.

    Args:
        sets: The returns; what a book was made from is one of them (`Book.source`).
        regions: Codes of the regions in the order of the project; others follow by code.

    Raises:
        LedgerError: A row is unaccounted for; the data never cause that.
    """
    return make_book(union(sets), regions)


def make_book(whole: ReturnSet, regions: Sequence[str] = ()) -> Book:
    """Return the book of a set of returns, in which each file is once; see `merge`.

    Raises:
        LedgerError: A row is unaccounted for; the data never cause that.
    """
    order = {code: index for index, code in enumerate(regions)}
    for code, index in whole.regions.items():
        order[code] = min(index, order.get(code, index))
    return _Merge(replace(whole, regions=order)).book()


def join(*books: Book) -> Book:
    """Return several books as one, as if all their files had been merged at once.

    Raises:
        ValueError: A book was read from a consolidated workbook and has no source yet.
    """
    if any(book.source is None for book in books):
        raise ValueError("a book that was read from a workbook must be gathered first")
    return merge([book.source for book in books if book.source is not None])


def single_return(book: Book) -> Return:
    """Return a book of one file as that file's return: its tables by sheet row, its findings, its ledger."""
    *_, row, _, _ = ORIGIN
    tables = {
        name: table.set_index(row).rename_axis(None).drop(columns=[c for c in ORIGIN if c != row])
        for name, table in book.tables.items()
    }
    record = book.files[0]
    findings = tuple(finding for finding in book.findings if finding.location.file == record.file)
    return Return(record, findings, book.ledger, book.aside, tables=tables)


class _Merge:
    """One merge while it runs."""

    def __init__(self, whole: ReturnSet) -> None:
        self.whole = whole
        self.returns = with_unique_names(whole.returns)
        self.precedences: list[Precedence] = precedences(self.returns)
        self.findings = [list(p.findings(returned)) for p, returned in zip(self.precedences, self.returns, strict=True)]
        self.duplicated: _Counts = Counter()
        self.merged: _Counts = Counter()
        self.duplicates: list[DuplicateRow] = []

    def book(self) -> Book:
        """Return the book."""
        tables = {name: self._table(name) for name in self.whole.tables}
        pairs = list(zip(self.precedences, self.returns, strict=True))
        counted = [returned for precedence, returned in pairs if precedence.counts]
        day = self.whole.day
        waived = (
            waive(found, returned.waivers, day) for found, returned in zip(self.findings, self.returns, strict=True)
        )
        return Book(
            files=tuple(precedence.record(with_waived_status(returned, day)) for precedence, returned in pairs),
            tables=tables,
            findings=tuple(sorted((finding for found in waived for finding in found), key=Finding.order)),
            ledger=tuple(self._ledger()),
            aside=tuple(row for returned in counted for row in returned.aside),
            duplicates=tuple(self.duplicates),
            positions={
                (returned.record.file, *at): positions
                for returned in counted
                for at, positions in returned.positions.items()
            },
            waivers={returned.record.file: returned.waivers for returned in self.returns if returned.waivers},
            source=self.whole,
        )

    def _table(self, name: str) -> pd.DataFrame:
        """Return the rows of a block that are in the book, in order, with where they come from."""
        outline = self.whole.outlines[name]
        rows = self._in_order(self.whole.tables[name])
        if outline.key:
            rows = self._without_duplicates(rows, name, outline)
            self._report_used_elsewhere(rows, name, outline)
        pairs = zip(rows[NUMBER].tolist(), rows[SHEET].tolist(), strict=True)
        self.merged.update((number, sheet, name) for number, sheet in pairs)
        return self._public(rows, outline)

    def _in_order(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of the files that count, by region, file, sheet and row."""
        # Files are ranked once, so that the rows of all of them are sorted by integers rather than by texts.
        keys = [self._sort_key(number) for number in range(len(self.returns))]
        rank = np.empty(len(self.returns), dtype=np.int32)
        rank[sorted(range(len(self.returns)), key=keys.__getitem__)] = np.arange(len(self.returns), dtype=np.int32)
        counts = np.asarray([precedence.counts for precedence in self.precedences], dtype=bool)
        number = table[NUMBER].to_numpy()
        sheets = table[SHEET].to_numpy(object)
        rows = np.lexsort((table[ROW].to_numpy(), pd.factorize(sheets, sort=True)[0], rank[number]))
        rows = rows[counts[number[rows]]]
        in_place = len(rows) == len(table) and bool((rows == np.arange(len(rows))).all())
        return table if in_place else table.take(rows)

    def _sort_key(self, number: int) -> tuple[object, ...]:
        region = self.returns[number].record.stamp.region
        return self.whole.regions.get(region, len(self.whole.regions)), region, *self.returns[number].identity

    def _stamped(self, rows: pd.DataFrame, attribute: str) -> Any:  # noqa: ANN401 - pandas names no type for every array
        """Return an attribute of the stamp for each row."""
        values = pd.array([getattr(returned.record.stamp, attribute) for returned in self.returns], dtype="str")
        return values.take(rows[NUMBER].to_numpy())

    def _repeated(self, rows: pd.DataFrame, key: str) -> pd.DataFrame:
        """Return the rows whose key is in several rows of a round."""
        if not rows[key].duplicated().any():
            return rows.iloc[:0].assign(_round=[], _region=[])
        keyed = rows[rows[key].duplicated(keep=False)]
        keyed = keyed.assign(_round=self._stamped(keyed, "round"), _region=self._stamped(keyed, "region"))
        return keyed[keyed.duplicated([key, "_round"], keep=False)]

    def _without_duplicates(self, rows: pd.DataFrame, name: str, outline: BlockOutline) -> pd.DataFrame:
        """Return the rows without those that are the same as another of their region in every field."""
        keyed = self._repeated(rows, outline.key)
        alike = keyed.groupby(["_region", "_round", *outline.order], dropna=False, sort=False).ngroup()
        firsts: dict[int, _Source] = {}
        dropped: list[object] = []
        for label, group, here in zip(keyed.index, alike.tolist(), _sources(keyed), strict=True):
            first = firsts.setdefault(group, here)
            if first != here:
                dropped.append(label)
                self.duplicated[here[0], here[1], name] += 1
                self.duplicates.append(DuplicateRow(name, self._named(here), self._named(first)))
                self._report("row_twice", here, first, name, str(keyed.loc[label, outline.key]))
        return rows.drop(dropped) if dropped else rows

    def _named(self, source: _Source) -> tuple[str, str, int]:
        number, sheet, row, _ = source
        return self.returns[number].record.file, sheet, row

    def _report_used_elsewhere(self, rows: pd.DataFrame, name: str, outline: BlockOutline) -> None:
        """Add a finding for every key that an earlier file uses too: one a file."""
        keyed = self._repeated(rows, outline.key).drop_duplicates([outline.key, "_round", NUMBER])
        uses: dict[tuple[str, str], _Source] = {}
        keys = zip(keyed[outline.key].tolist(), keyed["_round"].tolist(), strict=True)
        for key, here in zip(keys, _sources(keyed), strict=True):
            first = uses.setdefault(key, here)
            if first != here:
                self._report("used_elsewhere", here, first, name, str(key[0]))

    def _report(self, code: str, here: _Source, there: _Source, name: str, key: str) -> None:
        """Add a finding at the key of a row about another row, unless that cell has an error already."""
        number, sheet, _, cell = here
        if (number, sheet, cell) in self._errors:
            return
        outline = self.whole.outlines[name]
        location = Location(self.returns[number].record.file, sheet, cell, name, outline.key, outline.label)
        self.findings[number].append(Finding(code, location, key, {"other": self._address(there, here)}))

    @cached_property
    def _errors(self) -> frozenset[tuple[int, str, str]]:
        """Number, sheet and cell of every error of the files by themselves."""
        found = ((number, f) for number, returned in enumerate(self.returns) for f in returned.findings)
        return frozenset(
            (number, f.location.sheet, f.location.cell) for number, f in found if f.severity == Severity.ERROR
        )

    def _address(self, there: _Source, here: _Source) -> LocalizedText:
        """Return the address of a row's key, with sheet and file where they differ from those of the finding."""
        number, sheet, _, cell = there
        if number != here[0]:
            file = self.returns[number].record.file
            return LocalizedText(f"《{file}》{sheet} {cell}", f"{file}, sheet {sheet}, {cell}")
        return untranslated(cell) if sheet == here[1] else LocalizedText(f"{sheet} {cell}", f"sheet {sheet}, {cell}")

    def _public(self, rows: pd.DataFrame, outline: BlockOutline) -> pd.DataFrame:
        """Return rows as the book shows them: ORIGIN, then the fields in the order of the definition."""
        files = pd.array([returned.record.file for returned in self.returns], dtype="str")
        file, sheet, row, region, round_ = ORIGIN
        columns = {
            file: files.take(rows[NUMBER].to_numpy()),
            sheet: rows[SHEET].array,
            row: rows[ROW].array,
            region: self._stamped(rows, "region"),
            round_: self._stamped(rows, "round"),
        }
        names = sorted(outline.order, key=lambda name: (outline.order[name], name))
        return pd.DataFrame({**columns, **{name: rows[name].array for name in names}})

    def _ledger(self) -> Iterator[LedgerLine]:
        """Yield the ledger of all files, with the rows that this merge has left out.

        Raises:
            LedgerError: The rows in the tables and those counted differ.
        """
        for number, (precedence, returned) in enumerate(zip(self.precedences, self.returns, strict=True)):
            for before in map(precedence.line, returned.ledger):
                twice = self.duplicated[number, before.sheet, before.block]
                line = before.moved(merged=before.merged - twice, duplicate=before.duplicate + twice)
                if not line.balanced or line.merged != self.merged.pop((number, line.sheet, line.block), 0):
                    raise _unbalanced(line)
                yield line
        for number, sheet, block in self.merged:
            raise _unbalanced(LedgerLine(self.returns[number].record.file, sheet, block, 0))


def _sources(rows: pd.DataFrame) -> Iterator[_Source]:
    return zip(*(rows[column].tolist() for column in ROW_SOURCE), strict=True)


def _unbalanced(line: LedgerLine) -> LedgerError:
    counted = line.blank + line.merged + line.superseded + line.duplicate + line.set_aside
    return LedgerError(
        "ledger_unbalanced", file=line.file, sheet=line.sheet, block=line.block, seen=line.seen, told=counted
    )
