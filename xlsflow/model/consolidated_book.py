"""Values of a merge: the returns with their rows joined, and the book that is made of them.

Nothing here imports pandas when it is loaded; frames are made on demand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Literal, NamedTuple

from xlsflow.findings import Finding
from xlsflow.i18n import Lang, LocalizedText
from xlsflow.model.history import BEGUN, NOT_BEGUN, OVER, HistoryLine, RegionRound, RowStory, round_order, row_stories
from xlsflow.model.ledger import AsideRow, LedgerLine
from xlsflow.model.proposals import Proposal
from xlsflow.model.returns import FieldPositions, FileRecord, Return
from xlsflow.model.waivers import Waiver

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.model.project import Project
    from xlsflow.template.expressions.expression import Expr
    from xlsflow.template.model import Follow

FrameName = Literal["overdue", "due_soon", "blocked", "by_region", "by_owner", "timing"]
"""A frame of figures that a book makes at an instant."""

Moment = date | datetime | str
"""A day, whose end is meant, or an instant; also as ISO text. A pandas Timestamp is an instant."""

_SHOWN_IN_NOTEBOOKS = ("region", "light", "state", "total", "done", "overdue", "errors", "warnings")

ORIGIN = ("_file", "_sheet", "_row", "_region", "_round")
"""Columns of a merged table that say where a row comes from: file, sheet, 1-based sheet row, region code, round id."""

ROW_SOURCE = ("_part", "_sheet", "_row", "_cell")
"""Columns of a table of a `ReturnSet`: number of the return, sheet, 1-based row, address of the key."""


@dataclass(frozen=True, slots=True)
class BlockOutline:
    """What a merge needs to know of a block's definition.

    Attributes:
        key: Field that identifies a row; empty where none does.
        label: The key's label.
        order: Field name -> its place among the columns; the least one where the block has variants.
        title: Field that says what a row is about; empty where none does.
        share: Field with the share that is done; empty where there is none.
        follow: How its rows are tracked; None where they are not.
        is_closed: The condition under which a row is closed; None if rows belong to their round alone.
        per_round: Fields whose value is true of one round only.
        computed: Fields that are worked out from others of the row, anew in each book.
        becomes: Full name of the block whose rows its rows become, and the field there that names them.
        is_form: Whether its rows are forms, of which a return may have several sheets.
    """

    key: str
    label: LocalizedText
    order: Mapping[str, int]
    title: str = ""
    share: str = ""
    follow: Follow | None = None
    is_closed: Expr | None = None
    per_round: frozenset[str] = frozenset()
    computed: frozenset[str] = frozenset()
    becomes: tuple[str, str] | None = None
    is_form: bool = False


@dataclass(frozen=True, eq=False)
class ReturnSet:
    """Any number of returns with their rows joined: what a merge works on, and keeps so that it can be merged again.

    Attributes:
        returns: The files.
        tables: Full block name (`tracking.tasks`) -> every row of every file: ROW_SOURCE, then the fields.
        outlines: Full block name -> what is known of the block.
        regions: Code of a region -> its place in the order of the project.
        day: The as-of day that waivers are applied for; None ignores their expiry.
        round: The round that the merge is about; the latest one of the returns where it is empty.
        history: How tracked rows stood in earlier rounds.
        rounds: How regions stood in earlier rounds, as the reports said.
        accepts_dates: Whether a new due date of an overdue row counts only once the coordinator has accepted it.
    """

    returns: tuple[Return, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    outlines: Mapping[str, BlockOutline] = field(default_factory=dict)
    regions: Mapping[str, int] = field(default_factory=dict)
    day: date | None = None
    round: str = ""
    history: tuple[HistoryLine, ...] = ()
    rounds: tuple[RegionRound, ...] = ()
    accepts_dates: bool = True


class EarlierValue(NamedTuple):
    """A value that the next round's cell goes out without, since it was true of its own round only.

    Attributes:
        round: Id of that round.
        value: The value, as data.
    """

    round: str
    value: object


class DuplicateRow(NamedTuple):
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
class BookPart:
    """The book of one of the projects that a book holds.

    Attributes:
        project: The project.
        book: Its book, with its own names of regions.
    """

    project: Project
    book: Book


@dataclass(frozen=True, eq=False, repr=False)
class Book:
    """Many returns as one: the data of all regions, what must be corrected, and what became of every row.

    Attributes:
        files: Every input file, sorted by name; a file that does not count has the code why as its reason.
        tables: Full block name (`tracking.tasks`) -> its rows by region, file, sheet and row: ORIGIN, then the fields.
        findings: Findings of the files that count, and of all of them together.
        ledger: What became of the rows, a line for each file, sheet and block.
        aside: Rows that could not be used, of the files that count.
        duplicates: Rows that are left out for being the same as others, of the files that count.
        positions: File, sheet and block -> where its fields are, for the files that count.
        waivers: File -> its waivers.
        history_lines: How each tracked row stood in each round; `history` is the same as a frame.
        rounds: How each region stood in each round that was reported, as the reports said.
        agreed: Block, key and region of the rows whose new due date is not accepted yet -> the due date that counts.
        proposals: What the coordinator may want to decide.
        leaf_rows: Full block name -> rows of returns that the tables do not show as they are: ROW_SOURCE with the name
            of the file, then the fields. A later merge needs them.
        returns: The returns that its files are, each by itself; empty where it was read from an old workbook.
        source: What it was made from; None where it was read from a consolidated workbook.
        frames: Makes frames of figures at an instant; set by the verb that made the book and knows the project.
        parts: Where it holds the books of several projects, these, each in its own terms; the first is its own.
    """

    files: tuple[FileRecord, ...]
    tables: Mapping[str, pd.DataFrame]
    findings: tuple[Finding, ...] = ()
    ledger: tuple[LedgerLine, ...] = ()
    aside: tuple[AsideRow, ...] = ()
    duplicates: tuple[DuplicateRow, ...] = field(default=(), repr=False)
    positions: Mapping[tuple[str, str, str], FieldPositions] = field(default_factory=dict, repr=False)
    waivers: Mapping[str, tuple[Waiver, ...]] = field(default_factory=dict, repr=False)
    history_lines: tuple[HistoryLine, ...] = field(default=(), repr=False)
    rounds: tuple[RegionRound, ...] = field(default=(), repr=False)
    agreed: Mapping[tuple[str, str, str], date] = field(default_factory=dict, repr=False)
    proposals: tuple[Proposal, ...] = field(default=(), repr=False)
    leaf_rows: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    returns: tuple[Return, ...] = field(default=(), repr=False)
    source: ReturnSet | None = field(default=None, repr=False)
    frames: Callable[[FrameName, Moment | None], pd.DataFrame] | None = field(default=None, repr=False)
    parts: tuple[BookPart, ...] = field(default=(), repr=False)

    @property
    def history(self) -> pd.DataFrame:
        """How each tracked row stood in each round: one row each, with the columns of `HistoryLine` and `RowStory`."""
        import pandas as pd

        names = [*HistoryLine._fields, *RowStory._fields]
        rows = [(*line, *story) for line, story in zip(self.history_lines, self.row_stories, strict=True)]
        frame = pd.DataFrame(rows, columns=names)
        days = {name: frame[name].astype("datetime64[s]") for name in ("as_of", "due", "agreed", "first_due")}
        counts = dict.fromkeys(("slips", "slip_days", "reopened", "backwards", "owner_changes"), "int64")
        flags = dict.fromkeys(("stored", "closed_now", "gone"), "bool")
        return frame.assign(**days, share=frame["share"].astype("float64")).astype({**counts, **flags})

    @cached_property
    def row_stories(self) -> tuple[RowStory, ...]:
        """What the history of each line's row says up to the line's round; in the order of `history_lines`."""
        outlines = self.source.outlines if self.source is not None else {}
        *_, region, _ = ORIGIN
        present = {
            (name, str(key), code)
            for name, table in self.tables.items()
            if (outline := outlines.get(name)) is not None and outline.key
            for key, code in zip(table[outline.key].tolist(), table[region].tolist(), strict=True)
        }

        def phase(line: HistoryLine) -> int | None:
            outline = outlines.get(line.block)
            if outline is None or (follow := outline.follow) is None:
                return None
            if line.status in (*follow.done, *follow.dropped):
                return OVER
            return NOT_BEGUN if line.status in follow.idle else BEGUN

        return tuple(row_stories(self.history_lines, phase, present, self.round))

    @property
    def round(self) -> str:
        """Id of the round that it is about: the one it was merged for, else the latest of its files."""
        if self.source is not None and self.source.round:
            return self.source.round
        return max((record.stamp.round for record in self.files), key=round_order, default="")

    def overdue(self, as_of: Moment | None = None) -> pd.DataFrame:
        """Return what is overdue at an instant, longest first; see `due_soon` for the columns."""
        return self._frame("overdue", as_of)

    def due_soon(self, as_of: Moment | None = None) -> pd.DataFrame:
        """Return what is due within the project's setting `due_soon_days` (7 days), the earliest first.

        Args:
            as_of: A date (its end is meant), an instant (without a zone it is the project's time), or either as ISO
                text; by default what the book was merged for.

        Returns:
            One row an item: `block`, `key`, `title`, `owner`, `region` (code), `due` (datetime64), `status` (code),
            `group` (`active`, `idle`, `blocked`, `done`, `dropped`), `days_left` and `days_overdue` (calendar days),
            `file`, `sheet`, `row` (1-based), and what else is known of it.

        Raises:
            ValueError: The book was not made by `merge` or `open_book`, so it is not known which fields hold due
                dates; or it names no as-of day, and none is given.
        """
        return self._frame("due_soon", as_of)

    def blocked(self, as_of: Moment | None = None) -> pd.DataFrame:
        """Return the items that are blocked; see `due_soon`."""
        return self._frame("blocked", as_of)

    def by_region(self, as_of: Moment | None = None) -> pd.DataFrame:
        """Return one row a region, in the project's order: `region`, counts of items, `share` done (0 to 1), `light`.

        Args:
            as_of: See `due_soon`.

        Raises:
            ValueError: See `due_soon`.
        """
        return self._frame("by_region", as_of)

    def by_owner(self, as_of: Moment | None = None) -> pd.DataFrame:
        """Return one row a person responsible, with counts of open and overdue items; see `by_region`."""
        return self._frame("by_owner", as_of)

    def timing(self, as_of: Moment | None = None) -> pd.DataFrame:
        """Return one row for each violation of a timing rule; see `by_region`."""
        return self._frame("timing", as_of)

    def _frame(self, name: FrameName, as_of: Moment | None) -> pd.DataFrame:
        if self.frames is None:
            raise ValueError("only a book from xlsflow.merge or xlsflow.open_book knows what is due")
        return self.frames(name, as_of)

    def findings_frame(self, lang: Lang = "zh") -> pd.DataFrame:
        """Return one row a finding: `severity`, `code`, where it is (`file` to `field`), `value` and `message`."""
        import pandas as pd

        places = ("file", "sheet", "cell", "block", "field")
        rows = [
            (f.severity.value, f.code, *(getattr(f.location, name) for name in places), f.value, f.message(lang))
            for f in self.findings
        ]
        return pd.DataFrame(rows, columns=["severity", "code", *places, "value", "message"]).astype("str")

    def ledger_frame(self) -> pd.DataFrame:
        """Return one row for each file, sheet and block: how many rows were seen, and what became of them."""
        import pandas as pd

        names = [part.name for part in fields(LedgerLine)]
        return pd.DataFrame([[getattr(line, name) for name in names] for line in self.ledger], columns=names)

    def __repr__(self) -> str:
        """Return what the book holds, in one line."""
        errors = Counter(finding.severity.value for finding in self.findings)
        rows = sum(len(table) for table in self.tables.values())
        return (
            f"<Book {self.round or '-'}: {len(self.counted)} of {len(self.files)} files, {rows} rows in"
            f" {len(self.tables)} tables, {errors['error']} errors, {errors['warning']} warnings,"
            f" {len(self.proposals)} to decide>"
        )

    def _repr_html_(self) -> str:
        """Return the same for a notebook, with the status of each region where it is known."""
        head = f"<p>{escape(repr(self))}</p>"
        try:
            regions = self.by_region()
        except ValueError:
            return head
        shown = [name for name in _SHOWN_IN_NOTEBOOKS if name in regions]
        return head + str(regions[shown].to_html(index=False))

    @property
    def counted(self) -> tuple[FileRecord, ...]:
        """The files whose rows are in the tables: read, and neither sent twice nor superseded."""
        return tuple(record for record in self.files if record.status != "refused" and not record.reason)
