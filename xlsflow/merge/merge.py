"""Everything that was gathered -> one book: which rows are in it, in which order, and what files say of each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from xlsflow.errors import LedgerError
from xlsflow.findings import (
    Finding,
    Location,
    Severity,
)
from xlsflow.i18n import (
    LocalizedText,
    untranslated,
)
from xlsflow.merge.apply_waivers import judged
from xlsflow.merge.gather import PART, ROW, SHEET
from xlsflow.merge.precedence import (
    Standing,
    standings,
)
from xlsflow.merge.union import union
from xlsflow.merge.unique_names import apart
from xlsflow.model.records import (
    ORIGIN,
    PLACE,
    Again,
    Book,
    Gathered,
    LedgerLine,
    Shape,
    Submission,
)
from xlsflow.model.waivers import waive

Where = tuple[int, str, int, str]
"""Part, sheet, row, and the cell of the key: the columns PLACE."""
Counts = Counter[tuple[int, str, str]]
"""Part, sheet and block -> rows."""


def merge(several: Sequence[Gathered], regions: Sequence[str] = ()) -> Book:
    """Return one book of all files of several gatherings.

    Of one region's returns the one that was saved last counts, and of rows that are the same in every field one; every
    row is accounted for.

    Args:
        several: What was gathered; what a book was made from is one of them (`Book.gathered`).
        regions: Codes of the regions in the order of the project; others follow by code.

    Raises:
        LedgerError: A row is unaccounted for: never by fault of the data.
    """
    order = Gathered(regions={code: place for place, code in enumerate(regions)})
    return _Merge(union([*several, order])).book()


def join(*books: Book) -> Book:
    """Return several books as one, as if all their files had been merged at once.

    Raises:
        ValueError: A book was read from a consolidated workbook and has not been gathered.
    """
    if any(book.gathered is None for book in books):
        raise ValueError("a book that was read from a workbook is to be gathered first")
    return merge([book.gathered for book in books if book.gathered is not None])


def submission_of(book: Book) -> Submission:
    """Return a book of one file as that file's own: its tables by sheet row, its findings, its ledger."""
    *_, row, _, _ = ORIGIN
    tables = {
        name: table.set_index(row).rename_axis(None).drop(columns=[c for c in ORIGIN if c != row])
        for name, table in book.tables.items()
    }
    record = book.files[0]
    findings = tuple(finding for finding in book.findings if finding.location.file == record.file)
    return Submission(record, tables, findings, book.ledger, book.aside)


class _Merge:
    """One merge while it goes on."""

    def __init__(self, gathered: Gathered) -> None:
        self.gathered = gathered
        self.parts = apart(gathered.parts)
        self.standings: list[Standing] = standings(self.parts)
        self.findings = [list(s.findings(p)) for s, p in zip(self.standings, self.parts, strict=True)]
        self.duplicates: Counts = Counter()
        self.merged: Counts = Counter()
        self.again: list[Again] = []

    def book(self) -> Book:
        """Return the book."""
        tables = {name: self._table(name) for name in self.gathered.tables}
        pairs = list(zip(self.standings, self.parts, strict=True))
        day = self.gathered.day
        told = (waive(found, part.waivers, day) for found, part in zip(self.findings, self.parts, strict=True))
        return Book(
            files=tuple(standing.record(judged(part, day)) for standing, part in pairs),
            tables=tables,
            findings=tuple(sorted((f for found in told for f in found), key=Finding.order)),
            ledger=tuple(self._ledger()),
            aside=tuple(row for standing, part in pairs if standing.counts for row in part.aside),
            again=tuple(self.again),
            places={
                (part.record.file, *at): spots
                for standing, part in pairs
                if standing.counts
                for at, spots in part.places.items()
            },
            waivers={part.record.file: part.waivers for part in self.parts if part.waivers},
            gathered=self.gathered,
        )

    def _table(self, name: str) -> pd.DataFrame:
        """Return the rows of a block that are in the book, in order, with where they come from."""
        shape = self.gathered.shapes[name]
        rows = self._in_order(self.gathered.tables[name])
        if shape.key:
            rows = self._once(rows, name, shape)
            self._say_used_elsewhere(rows, name, shape)
        self.merged.update(
            (part, sheet, name) for part, sheet in zip(rows[PART].tolist(), rows[SHEET].tolist(), strict=True)
        )
        return self._public(rows, shape)

    def _in_order(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of the files that count, by region, file, sheet and row."""
        far = len(self.gathered.regions)
        places = [self._where(number, far) for number in range(len(self.parts))]
        rank = np.empty(len(self.parts), dtype=np.int32)
        rank[sorted(range(len(self.parts)), key=places.__getitem__)] = np.arange(len(self.parts), dtype=np.int32)
        counts = np.asarray([standing.counts for standing in self.standings], dtype=bool)
        part = table[PART].to_numpy()
        sheets = table[SHEET].to_numpy(object)
        rows = np.lexsort((table[ROW].to_numpy(), pd.factorize(sheets, sort=True)[0], rank[part]))
        rows = rows[counts[part[rows]]]
        in_place = len(rows) == len(table) and bool((rows == np.arange(len(rows))).all())
        return table if in_place else table.take(rows)

    def _where(self, number: int, far: int) -> tuple[object, ...]:
        region = self.parts[number].record.stamp.region
        return self.gathered.regions.get(region, far), region, *self.parts[number].identity

    def _of(self, rows: pd.DataFrame, fact: str) -> Any:  # noqa: ANN401 - pandas names no type for every array
        """Return a fact of the stamp for each row."""
        facts = pd.array([getattr(part.record.stamp, fact) for part in self.parts], dtype="str")
        return facts.take(rows[PART].to_numpy())

    def _repeated(self, rows: pd.DataFrame, key: str) -> pd.DataFrame:
        """Return the rows whose key stands in several rows of a round."""
        if not rows[key].duplicated().any():
            return rows.iloc[:0].assign(_round=[], _region=[])
        keyed = rows[rows[key].duplicated(keep=False)]
        keyed = keyed.assign(_round=self._of(keyed, "round"), _region=self._of(keyed, "region"))
        return keyed[keyed.duplicated([key, "_round"], keep=False)]

    def _once(self, rows: pd.DataFrame, name: str, shape: Shape) -> pd.DataFrame:
        """Return the rows without those that are the same as another of their region in every field."""
        keyed = self._repeated(rows, shape.key)
        alike = keyed.groupby(["_region", "_round", *shape.places], dropna=False, sort=False).ngroup()
        firsts: dict[int, Where] = {}
        again: list[object] = []
        for label, number, here in zip(keyed.index, alike.tolist(), _wheres(keyed), strict=True):
            first = firsts.setdefault(number, here)
            if first != here:
                again.append(label)
                self.duplicates[here[0], here[1], name] += 1
                self.again.append(Again(name, self._spot(here), self._spot(first)))
                self._say("row_twice", here, first, name, str(keyed.loc[label, shape.key]))
        return rows.drop(again) if again else rows

    def _spot(self, here: Where) -> tuple[str, str, int]:
        part, sheet, row, _ = here
        return self.parts[part].record.file, sheet, row

    def _say_used_elsewhere(self, rows: pd.DataFrame, name: str, shape: Shape) -> None:
        """Say of every key that another file uses too where that is: once a file."""
        keyed = self._repeated(rows, shape.key).drop_duplicates([shape.key, "_round", PART])
        uses: dict[tuple[str, str], Where] = {}
        keys = zip(keyed[shape.key].tolist(), keyed["_round"].tolist(), strict=True)
        for key, here in zip(keys, _wheres(keyed), strict=True):
            first = uses.setdefault(key, here)
            if first != here:
                self._say("used_elsewhere", here, first, name, str(key[0]))

    def _say(self, code: str, here: Where, there: Where, name: str, key: str) -> None:
        """Add a finding at the key of a row about another row, unless an error at that cell says it already."""
        part, sheet, _, cell = here
        if (part, sheet, cell) in self._errors:
            return
        shape = self.gathered.shapes[name]
        place = Location(self.parts[part].record.file, sheet, cell, name, shape.key, shape.label)
        self.findings[part].append(Finding(code, place, key, {"other": self._said(there, here)}))

    @cached_property
    def _errors(self) -> frozenset[tuple[int, str, str]]:
        """Part, sheet and cell of every error that the files have by themselves."""
        found = ((number, f) for number, part in enumerate(self.parts) for f in part.findings)
        return frozenset(
            (number, f.location.sheet, f.location.cell) for number, f in found if f.severity == Severity.ERROR
        )

    def _said(self, there: Where, here: Where) -> LocalizedText:
        """Return where a row stands, as far as that is not where the finding is."""
        part, sheet, _, cell = there
        if part != here[0]:
            file = self.parts[part].record.file
            return LocalizedText(f"《{file}》{sheet} {cell}", f"{file}, sheet {sheet}, {cell}")
        return untranslated(cell) if sheet == here[1] else LocalizedText(f"{sheet} {cell}", f"sheet {sheet}, {cell}")

    def _public(self, rows: pd.DataFrame, shape: Shape) -> pd.DataFrame:
        files = pd.array([part.record.file for part in self.parts], dtype="str")
        file, sheet, row, region, round_ = ORIGIN
        columns = {
            file: files.take(rows[PART].to_numpy()),
            sheet: rows[SHEET].array,
            row: rows[ROW].array,
            region: self._of(rows, "region"),
            round_: self._of(rows, "round"),
        }
        names = sorted(shape.places, key=lambda name: (shape.places[name], name))
        return pd.DataFrame({**columns, **{name: rows[name].array for name in names}})

    def _ledger(self) -> Iterator[LedgerLine]:
        """Yield what became of the rows.

        Raises:
            LedgerError: The rows in the tables and those counted differ.
        """
        for number, (standing, part) in enumerate(zip(self.standings, self.parts, strict=True)):
            for line in map(standing.line, part.ledger):
                again = self.duplicates[number, line.sheet, line.block]
                told = line.moved(merged=line.merged - again, duplicate=line.duplicate + again)
                if not told.balanced or told.merged != self.merged.pop((number, line.sheet, line.block), 0):
                    raise _unbalanced(told)
                yield told
        for number, sheet, block in self.merged:
            raise _unbalanced(LedgerLine(self.parts[number].record.file, sheet, block, 0))


def _wheres(rows: pd.DataFrame) -> Iterator[Where]:
    return zip(*(rows[one].tolist() for one in PLACE), strict=True)


def _unbalanced(line: LedgerLine) -> LedgerError:
    told = line.blank + line.merged + line.superseded + line.duplicate + line.set_aside
    return LedgerError(
        "ledger_unbalanced", file=line.file, sheet=line.sheet, block=line.block, seen=line.seen, told=told
    )
