"""Values of one returned file: its record, its blocks as columns, its findings and its ledger.

A `Return` is plain data, so that it can be pickled by a reader process; nothing here imports pandas at run time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from xlsflow.fileformat.cells import Scalar, a1, display_text
from xlsflow.fileformat.stamp import RETURN_KIND
from xlsflow.findings import Diagnostic, Finding, Location
from xlsflow.i18n import LocalizedText
from xlsflow.model.ledger import AsideRow, LedgerLine
from xlsflow.model.proposals import Decision
from xlsflow.model.waivers import Waiver

if TYPE_CHECKING:
    import pandas as pd

FROM_HISTORY = "book"
"""Value of `FileRecord.recognised` of a file of an earlier round that is known from that round's book only."""

Status = Literal["ok", "findings", "refused"]
"""Read and without errors, read with findings of severity error, not read."""

REGION_DOUBTFUL = "region_doubtful"
"""Reason of a file that does not count, and replaces none, until the coordinator has settled whose it is."""

_DIGITS = 8  # of a digest, behind the name of a file that another one has too

FieldPositions = Mapping[str, tuple[int | None, int]]
"""Field name -> 0-based row and column; the row is None in tables, and a field that was not found is missing."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Identity of a workbook: what it was generated from, for whom, in which round.

    Attributes:
        base: Fingerprint of the rows that it was sent out with; empty if there were none, or 0.1.0 wrote it.
        corrects: Digest of the return that it is the marked copy of; only marked copies have it.
    """

    pack: str = ""
    version: str = ""
    project: str = ""
    round: str = ""
    region: str = ""
    lang: str = ""
    fingerprint: str = ""
    document: str = ""
    kind: str = RETURN_KIND
    base: str = ""
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One input file.

    Attributes:
        file: Its name, as findings and reports show it.
        sha256: Digest of its bytes.
        stamp: Identity that was read from it.
        saved: When it was last saved, in UTC, as stored in the file.
        writer: Program that saved it.
        status: Whether it was read, and whether it has errors.
        reason: Code of the refusal, or of why the file does not count.
        recognised: How it was recognised: `stamp`, `headers`, `book` (FROM_HISTORY), or empty.
        content: Digest of what it says: whose it is and the values of its cells. Saving a file again leaves it as it
            is. Empty if the file was not read, or comes from a book of an earlier version.
        filler: Who filled it in, by its cover; as data.
        part: Code of its project, where that is one within the project of the book; `model.nested_projects`.
        received: When the first mail with it was received, with a time zone; None where that is not known.
    """

    file: str
    sha256: str = ""
    stamp: Stamp = field(default_factory=Stamp)
    saved: datetime | None = None
    writer: str = ""
    status: Status = "ok"
    reason: str = ""
    recognised: str = ""
    content: str = ""
    filler: str = ""
    part: str = ""
    received: datetime | None = None

    @property
    def came(self) -> datetime | None:
        """The instant that decides whether it is late: when it was received, else when it was saved.

        A save time without a zone is in UTC, the convention of Office files.
        """
        if self.received is not None or self.saved is None or self.saved.tzinfo:
            return self.received or self.saved
        return self.saved.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row of a returned table that is no data: a subtotal, a note, a repeated header.

    Attributes:
        row: Its 0-based sheet row.
        code: Finding code for what it is.
        texts: Field name -> raw text.
    """

    row: int
    code: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BlockRows:
    """One block of one returned file as columns; each cell keeps its address.

    Attributes:
        sheet: Name of the sheet as returned.
        template: Name of the sheet's definition.
        block: Name of the block.
        rows: 0-based sheet row of each record; a form has one record, at its first row.
        columns: Field name -> raw cells, one per record; a field that was not found is missing.
        positions: Where each field is.
        seen: Rows between the header and the last used row, blank ones included.
        blank: Rows among them without any value.
        skipped: Rows among them that are no data.
        sent_rows: First data row, and the row after the last one, that the workbook was sent out with; 0-based.
        values: Field name -> values, one per record: codes, numbers, dates, None where blank or unreadable. Empty until
            `intake.read_rows` has read them.
        unreadable: Record number and field of the cells that could not be read as a value.
    """

    sheet: str
    template: str
    block: str
    rows: Sequence[int]
    columns: Mapping[str, Sequence[Scalar]]
    positions: FieldPositions
    seen: int
    blank: int
    skipped: tuple[SkippedRow, ...] = ()
    sent_rows: tuple[int, int] = (0, 0)
    values: Mapping[str, Sequence[object]] = field(default_factory=dict)
    unreadable: tuple[tuple[int, str], ...] = ()

    @property
    def full_name(self) -> str:
        """Name of the block with its sheet (`tracking.tasks`)."""
        return f"{self.template}.{self.block}"

    def cell(self, record: int, name: str) -> str:
        """Return the address of a record's field; the first cell of the row where the column was not found."""
        row, col = self.positions.get(name, (None, 0))
        return a1(self.rows[record] if row is None else row, col)

    def raw(self, record: int, name: str) -> Scalar:
        """Return the raw cell of a record's field, None where the column was not found."""
        column = self.columns.get(name)
        return None if column is None else column[record]

    def text(self, record: int, name: str) -> str:
        """Return the raw cell of a record's field as a person reads it."""
        return display_text(self.raw(record, name))


@dataclass(frozen=True)
class JoinedRows:
    """One block of many returns, so that it can be checked in one go; positions count over all files.

    Attributes:
        values: Field name -> values, one per record.
        tables: The blocks that the records come from; none of them is without records.
        files: Number of the file of each table.
        starts: Position of each table's first record.
    """

    values: Mapping[str, Sequence[object]]
    tables: Sequence[BlockRows]
    files: Sequence[int]
    starts: Sequence[int]

    @classmethod
    def of(cls, numbered: Sequence[tuple[int, BlockRows]], names: Sequence[str]) -> JoinedRows:
        """Join blocks of several files.

        Args:
            numbered: Blocks of one definition, each with the number of its file.
            names: The fields of the definition; one that a file lacks is blank in its records.
        """
        filled = [(number, table) for number, table in numbered if table.rows]
        starts: list[int] = []
        total = 0
        for _, table in filled:
            starts.append(total)
            total += len(table.rows)
        values: dict[str, list[object]] = {name: [] for name in names}
        for name, column in values.items():
            for _, table in filled:
                read = table.values  # noqa: PD011 - no frame
                # A file that lacks the column still has one value for each of its records.
                column.extend(read.get(name) or [None] * len(table.rows))
        return cls(values, [table for _, table in filled], [number for number, _ in filled], starts)

    def __len__(self) -> int:
        """Return the number of records."""
        return self.starts[-1] + len(self.tables[-1].rows) if self.tables else 0

    @property
    def file_numbers(self) -> list[int]:
        """File number of each record."""
        pairs = zip(self.files, self.tables, strict=True)
        return [number for number, table in pairs for _ in table.rows]

    def source(self, position: int) -> tuple[int, BlockRows, int]:
        """Return the file number and block of a record, and its number within that block."""
        index = bisect_right(self.starts, position) - 1
        return self.files[index], self.tables[index], position - self.starts[index]


@dataclass(frozen=True, slots=True)
class RowDiagnostic:
    """A diagnostic of one record's field, before it has become a finding of a file.

    Attributes:
        position: The record's position.
        field: The field whose cell is reported.
        diagnostic: What is wrong.
        also: Position of the other record that it mentions (the first use of an id).
    """

    position: int
    field: str
    diagnostic: Diagnostic
    also: int | None = None


@dataclass(frozen=True, slots=True)
class Return:
    """One returned file as it was read and checked; a refused file is a return too.

    Attributes:
        record: The file.
        findings: Findings of the file by itself.
        ledger: One line a block; the rows counted as merged are those of `blocks` (later: of the merged tables).
        aside: Rows that could not be used.
        blocks: The blocks that were found, as columns. A merge drops them once they are joined.
        positions: Sheet and full block name -> where its fields are.
        waivers: Waivers that go with it. `findings` does not reflect them: a merge applies them, as of a day.
        first_hand: Whether the file itself was read, rather than a consolidated workbook that it had gone into.
        touched: Full block name -> key of a row that the workbook was sent out with and still has -> the fields whose
            value is another now, often none. A key that is not in it is a new row.
        gone: Full block name -> key of a row that the workbook was sent out with and has no more -> field -> what it
            was sent out with, as `comparison_text`.
        since: Round that those rows are from; empty where it is not known.
        baseline_lost: Whether the record of what the workbook was sent out with is missing or was changed, so that all
            its rows look new.
        decisions: What the coordinator has decided, in a return that holds the edits of a consolidated workbook.
        tables: Full block name (`tracking.tasks`) -> frame: index 1-based sheet row, one column a field, values codes.
            Filled by `xlsflow.read`; in a merge the rows of all returns are in one table.
    """

    record: FileRecord
    findings: tuple[Finding, ...] = ()
    ledger: tuple[LedgerLine, ...] = ()
    aside: tuple[AsideRow, ...] = ()
    blocks: tuple[BlockRows, ...] = ()
    positions: Mapping[tuple[str, str], FieldPositions] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    first_hand: bool = True
    touched: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    gone: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    since: str = ""
    baseline_lost: bool = False
    decisions: tuple[Decision, ...] = ()
    # Frames compare element by element, so they cannot take part in the equality of returns.
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict, compare=False)

    @classmethod
    def refused(cls, record: FileRecord, diagnostic: Diagnostic) -> Return:
        """Return a file that is not read, with the reason as its only finding; the location holds the name."""
        facts = {name: fact for name, fact in diagnostic.facts.items() if name != "file"}
        finding = Finding(diagnostic.code, Location(record.file), "", facts)
        return cls(replace(record, status="refused", reason=diagnostic.code), (finding,))

    @property
    def identity(self) -> tuple[str, str]:
        """File name and digest: two returns with the same ones are the same file."""
        return self.record.file, self.record.sha256

    @property
    def region(self) -> str:
        """Code of the region that it is from."""
        return self.record.stamp.region

    @property
    def filler(self) -> str:
        """Who filled it in, by its cover; as data."""
        return self.record.filler

    @property
    def corrects(self) -> str:
        """Digest of the return that it is the marked copy of; empty if it is no marked copy."""
        return self.record.stamp.corrects

    @property
    def ok(self) -> bool:
        """Whether it was read and has no findings of severity error."""
        return self.record.status == "ok"


def with_unique_names(returns: Sequence[Return]) -> tuple[Return, ...]:
    """Return the files under different names: where several have one, the beginning of the digest is appended."""
    count = Counter(returned.record.file for returned in returns)
    return tuple(
        renamed(returned, returned.record.file + _suffix(returned.record))
        if count[returned.record.file] > 1
        else returned
        for returned in returns
    )


def original_name(record: FileRecord) -> str:
    """Return the name that a file had before `with_unique_names`."""
    suffix = _suffix(record)
    return record.file.removesuffix(suffix) if suffix else record.file


def renamed(returned: Return, name: str) -> Return:
    """Return a file under another name, also in its findings, ledger and rows set aside."""
    return replace(
        returned,
        record=replace(returned.record, file=name),
        findings=tuple(replace(f, location=replace(f.location, file=name)) for f in returned.findings),
        ledger=tuple(replace(line, file=name) for line in returned.ledger),
        aside=tuple(replace(row, file=name) for row in returned.aside),
    )


def _suffix(record: FileRecord) -> str:
    return f" #{record.sha256[:_DIGITS]}" if record.sha256 else ""


class RegionReturn(NamedTuple):
    """What became of a region's return.

    Attributes:
        region: Code of the region.
        name: Its name.
        state: `in_time`, `late`, `undated` (the file does not say when it was saved) or `missing`.
        hours_late: Hours after the deadline; 0 if not late.
        silent: Why its files say nothing: `empty`, `untouched`; empty if they do, or if there are none.
        contact: Whom to ask.
        email: Address of the region.
    """

    region: str
    name: LocalizedText
    state: str
    hours_late: float = 0.0
    silent: str = ""
    contact: str = ""
    email: str = ""
