"""WHAT CAME BACK: values that keep their file, sheet and cell all the way to the report.

Nothing here imports pandas when it is loaded; frames are made where they are asked for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from xlsflow.fileformat.cells import (
    Scalar,
    a1,
)
from xlsflow.fileformat.stamp import RETURN_KIND
from xlsflow.findings import Diagnostic, Finding
from xlsflow.i18n import LocalizedText
from xlsflow.model.waivers import Waiver

if TYPE_CHECKING:
    import pandas as pd

Status = Literal["ok", "findings", "refused"]
"""What became of a file: read and clean, read with findings of severity error, not read."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who a workbook is: what it was generated from, for whom, in which round."""

    pack: str = ""
    version: str = ""
    project: str = ""
    round: str = ""
    region: str = ""
    lang: str = ""
    fingerprint: str = ""
    document: str = ""
    kind: str = RETURN_KIND


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file that was given to us.

    Attributes:
        file: Its name without the folder.
        sha256: Of its bytes.
        stamp: Who it says it is.
        saved: When it was last saved, UTC, as the file itself says.
        writer: The program that saved it.
        status: What became of it.
        reason: Code of the refusal, or of why it was set aside.
        recognised: By what it was recognised: `stamp`, `headers`, or nothing.
    """

    file: str
    sha256: str = ""
    stamp: Stamp = field(default_factory=Stamp)
    saved: datetime | None = None
    writer: str = ""
    status: Status = "ok"
    reason: str = ""
    recognised: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row of a returned table that is no data: a sum, a note, a repeated header.

    Attributes:
        row: Its 0-based sheet row.
        code: Code of the catalogue that says what it is.
        texts: Field name -> what stands there.
    """

    row: int
    code: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RawTable:
    """A block of one returned sheet before its values are understood: raw cells, each with its address.

    Attributes:
        file: Position of the file in the list of files.
        sheet: Name of the sheet as returned.
        template: Name of the sheet's definition.
        block: Name of the block.
        rows: 0-based sheet row of each record (a form has one: its first row).
        columns: Field name -> raw cells, one a record; a field that was not found is missing.
        places: Field name -> 0-based column (tables); for forms, field name -> (row, column).
        seen: Rows between the header and the last used row, blank ones included.
        blank: Rows among them in which nothing was filled.
        left_out: Rows among them that are no data.
        issued: The first row of data, and the row behind the last one that it was issued with, from 0.
    """

    file: int
    sheet: str
    template: str
    block: str
    rows: Sequence[int]
    columns: Mapping[str, Sequence[Scalar]]
    places: Mapping[str, tuple[int | None, int]]
    seen: int
    blank: int
    left_out: tuple[LeftOut, ...] = ()
    issued: tuple[int, int] = (0, 0)

    def cell(self, record: int, name: str) -> str:
        """Return the address of a record's field; the first cell of the row where the column was not found."""
        row, col = self.places.get(name, (None, 0))
        return a1(self.rows[record] if row is None else row, col)

    def cell_at(self, row: int, name: str) -> str:
        """Return the address of a field in a 0-based sheet row."""
        fixed, col = self.places.get(name, (None, 0))
        return a1(row if fixed is None else fixed, col)


@dataclass(frozen=True)
class Batch:
    """One block of many returns, read: a column of values for each field, and for every record where it came from.

    A batch is what is checked in one go. Positions count over all files, in the order in which the files were given.

    Attributes:
        template: Name of the sheet's definition.
        block: Name of the block.
        values: Field name -> values, one a record: codes, numbers, dates; None where blank or unreadable.
        raws: Field name -> raw cells, one a record.
        tables: The tables that the records came from.
        starts: Position of each table's first record.
    """

    template: str
    block: str
    values: Mapping[str, list[object]]
    raws: Mapping[str, Sequence[Scalar]]
    tables: Sequence[RawTable]
    starts: Sequence[int]

    def __len__(self) -> int:
        """Return how many records there are."""
        return self.starts[-1] + len(self.tables[-1].rows) if self.tables else 0

    def source(self, position: int) -> tuple[RawTable, int]:
        """Return the table of a record, and its number in that table."""
        number = bisect_right(self.starts, position) - 1
        return self.tables[number], position - self.starts[number]

    def raw(self, position: int, name: str) -> Scalar:
        """Return the raw cell of a record's field, None where the column was not found."""
        column = self.raws.get(name)
        return None if column is None else column[position]


@dataclass(frozen=True, slots=True)
class RowDiagnostic:
    """A problem at a record's field, before it is a finding of a file: what reading and checking give back.

    Attributes:
        position: The record's position in the batch.
        field: The field whose cell bears it.
        problem: What is wrong.
        also: Position of the record that it speaks of besides (the first use of an id).
    """

    position: int
    field: str
    diagnostic: Diagnostic
    also: int | None = None


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """What became of the rows of one block of one file; the parts add up to what was seen."""

    file: str
    sheet: str
    block: str
    seen: int
    blank: int = 0
    merged: int = 0
    superseded: int = 0
    duplicate: int = 0
    set_aside: int = 0

    @property
    def balanced(self) -> bool:
        """Whether every row is accounted for."""
        return self.seen == self.blank + self.merged + self.superseded + self.duplicate + self.set_aside

    def moved(self, **to: int) -> LedgerLine:
        """Return the line with other parts."""
        return replace(self, **to)  # type: ignore[arg-type]  # mypy sees a str in every field


ORIGIN = ("_file", "_sheet", "_row", "_region", "_round")
"""Columns of a merged table that say where a row comes from: file, sheet, 1-based sheet row, region code, round id."""


@dataclass(frozen=True)
class Submission:
    """One return, read and checked.

    Attributes:
        record: The file.
        tables: Block name (`tracking.tasks`) -> frame; its index is the 1-based sheet row, its columns the fields.
        findings: Everything that is to be said of it.
        ledger: What became of its rows.
        aside: Rows that could not be used, with their raw texts.
    """

    record: FileRecord
    tables: Mapping[str, pd.DataFrame]
    findings: tuple[Finding, ...]
    ledger: tuple[LedgerLine, ...]
    aside: tuple[AsideRow, ...] = ()

    @property
    def region(self) -> str:
        """Code of the region that it is from."""
        return self.record.stamp.region

    @property
    def ok(self) -> bool:
        """Whether nothing in it must be mended."""
        return self.record.status == "ok"


@dataclass(frozen=True, slots=True)
class AsideRow:
    """A row that is not in the data, kept with its raw texts and the reason."""

    file: str
    sheet: str
    block: str
    row: int
    code: str
    texts: Mapping[str, str]


Spots = Mapping[str, tuple[int | None, int]]
"""Field -> row and column, from 0; the row None where each record has its own."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file as it was read, before anything is known of the others.

    Attributes:
        record: The file.
        findings: What is to be said of it by itself.
        ledger: Its rows; those counted as merged stand in the tables.
        aside: Rows that could not be used.
        first_hand: Whether the file itself was read, not a book that it had gone into.
        places: Sheet and block -> where its fields stand: row and column, the row None where each record has its own.
        waivers: What of it may stand. Its findings know nothing of that: whoever merges applies it, as of a day.
    """

    record: FileRecord
    findings: tuple[Finding, ...] = ()
    ledger: tuple[LedgerLine, ...] = ()
    aside: tuple[AsideRow, ...] = ()
    first_hand: bool = True
    places: Mapping[tuple[str, str], Spots] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()

    @property
    def identity(self) -> tuple[str, str]:
        """What makes it the same file: its name and its bytes."""
        return self.record.file, self.record.sha256


@dataclass(frozen=True, slots=True)
class Shape:
    """What a merge knows of a block.

    Attributes:
        key: Field that names a row; empty where none does.
        label: The key's label.
        places: Field name -> its column; the least one where the block has variants.
    """

    key: str
    label: LocalizedText
    places: Mapping[str, int]


PLACE = ("_part", "_sheet", "_row", "_cell")
"""Columns of a gathered table that say where a row comes from: number of the part, sheet, 1-based row, key's cell."""


@dataclass(frozen=True, eq=False)
class Gathered:
    """What a number of files say, each by itself: what a merge works on and keeps, so that it can be merged again.

    Attributes:
        parts: The files.
        tables: Block name (`tracking.tasks`) -> every row of every file: PLACE, then the fields.
        shapes: Block name -> what is known of the block.
        regions: Code of a region -> its place in the order of the project.
        day: The as-of day that waivers are looked at from; None asks nothing about time.
    """

    parts: tuple[Part, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    regions: Mapping[str, int] = field(default_factory=dict)
    day: date | None = None


class Again(NamedTuple):
    """A row that a book leaves out, since another row of its region is the same in every field.

    Attributes:
        block: The block.
        row: File, sheet and 1-based row.
        first: File, sheet and row of the one that is in the book.
    """

    block: str
    row: tuple[str, str, int]
    first: tuple[str, str, int]


@dataclass(frozen=True, eq=False)
class Book:
    """Many returns as one: what all regions say, what must be mended, and what became of every row.

    Attributes:
        files: Every file that was given, sorted by name; a file that does not count says why as its reason.
        tables: Block name (`tracking.tasks`) -> its rows by region, file, sheet and row: ORIGIN, then the fields.
        findings: What is to be said of the files that count, and of all of them together.
        ledger: What became of the rows, a line for each file, sheet and block.
        aside: Rows that could not be used, of the files that count.
        again: Rows that are left out for being the same as others, of the files that count.
        places: File, sheet and block -> where its fields stand, for the files that count.
        waivers: File -> what of it may stand.
        gathered: What it was made from; None where it was read from a consolidated workbook.
        looked_at: How overdue tasks are found at an instant; from the verb that made the book and knows the project.
    """

    files: tuple[FileRecord, ...]
    tables: Mapping[str, pd.DataFrame]
    findings: tuple[Finding, ...] = ()
    ledger: tuple[LedgerLine, ...] = ()
    aside: tuple[AsideRow, ...] = ()
    again: tuple[Again, ...] = field(default=(), repr=False)
    places: Mapping[tuple[str, str, str], Spots] = field(default_factory=dict, repr=False)
    waivers: Mapping[str, tuple[Waiver, ...]] = field(default_factory=dict, repr=False)
    gathered: Gathered | None = field(default=None, repr=False)
    looked_at: Callable[[datetime], pd.DataFrame] | None = field(default=None, repr=False)

    def overdue(self, as_of: datetime) -> pd.DataFrame:
        """Return what is overdue at an instant, longest first: block, key, title, owner, region, due, days_overdue, ...

        Args:
            as_of: The instant; without a zone it is the project's time.

        Raises:
            ValueError: The book was not made by `xlsflow.merge`, so it is not known which fields say what is due.
        """
        if self.looked_at is None:
            raise ValueError("only a book from xlsflow.merge knows what is due")
        return self.looked_at(as_of)

    @property
    def counted(self) -> tuple[FileRecord, ...]:
        """The files whose rows are in the tables: read, and neither given twice nor followed by a later one."""
        return tuple(record for record in self.files if record.status != "refused" and not record.reason)
