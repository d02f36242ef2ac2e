"""Merges returns into one book: which rows are in it, in which order, and findings across files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from xlsflow.errors import LedgerError
from xlsflow.findings import Finding, cell_row
from xlsflow.merge.across_files import AcrossFiles
from xlsflow.merge.apply_waivers import with_waived_status
from xlsflow.merge.carried_rows import followed_keys
from xlsflow.merge.decisions import Decisions
from xlsflow.merge.history import RoundHistory, with_agreed_dates
from xlsflow.merge.join_rounds import BlockRounds
from xlsflow.merge.precedence import (
    EARLIER_ROUND,
    FATES,
    SENT_TWICE,
    SHOWN,
    SUPERSEDED,
    JoinedBlock,
    MergeContext,
    Precedence,
    leaves_of,
    round_name,
    sent_twice,
    shown_rows,
    whole_file_line,
)
from xlsflow.merge.union_of_returns import NUMBER, ROW, SHEET, union
from xlsflow.model.consolidated_book import ORIGIN, BlockOutline, Book, ReturnSet
from xlsflow.model.history import RoundOrder, joined_history, round_order
from xlsflow.model.ledger import LedgerLine
from xlsflow.model.proposals import Proposal
from xlsflow.model.returns import FROM_HISTORY, Return, with_unique_names
from xlsflow.model.waivers import waive

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from xlsflow.merge.across_files import Found
    from xlsflow.merge.fold import Leaf

# Number of the return, sheet and block -> fate -> rows.
_Fates = dict[tuple[int, str, str], Counter[str]]


def merge(sets: Sequence[ReturnSet], regions: Sequence[str] = ()) -> Book:
    """Return one book of all files of several sets.

    Rows under one key are joined cell by cell (`merge.fold`); every row is accounted for.

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
        ValueError: A book was read from a consolidated workbook and has no source yet, or is of several projects.
    """
    if any(book.source is None for book in books):
        raise ValueError("a book that was read from a workbook must be gathered first")
    if any(book.parts for book in books):
        raise ValueError("a book of several projects is joined by merging its workbook")
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
        self.precedences: list[Precedence] = sent_twice(self.returns)
        refused = [returned.record.status == "refused" for returned in self.returns]
        part = [p.counts and not no for p, no in zip(self.precedences, refused, strict=True)]
        self.leaves = leaves_of(self.returns, part, whole.day, whole.round)
        rounds = [leaf.round for leaf in self.leaves if leaf is not None]
        self.round = max([*rounds, round_order(whole.round)], default=())
        self.decisions = Decisions.of(self.returns, self.leaves)
        self.tables = {
            name: self._in_order(self.decisions.renamed(name, table, whole.outlines[name], self.returns))
            for name, table in whole.tables.items()
        }
        self.lines = whole.history
        self.fates: _Fates = {}
        self.recalled: set[tuple[str, str, str, int]] = set()
        self.more: list[list[Finding]] = [[] for _ in self.returns]

    def book(self) -> Book:
        """Return the book.

        Raises:
            LedgerError: A row is unaccounted for; the data never cause that.
        """
        joined = self._joined()
        for name, block in joined.items():
            self._count(name, block)
        across = AcrossFiles(self.returns, self.whole.outlines)
        for name, block in joined.items():
            self._add(across.repeated(name, self.tables[name], block.repeated))
            self._add(across.clashes(name, block.rows))
        history, redated = self._history(joined)
        proposals = sorted((*(p for block in joined.values() for p in block.proposals), *redated), key=Proposal.order)
        open_proposals = tuple(proposal for proposal in proposals if not self.decisions.settles(proposal))
        self._judge_files({proposal.file for proposal in open_proposals if proposal.kind == "conflict"})
        self._add(across.conflicts(open_proposals))
        # A value of an earlier round that may be taken up is shown again when the book is read back.
        self.recalled = {(p.file, p.sheet, p.block, p.row) for p in open_proposals if p.kind == "earlier"}
        return self._assembled(joined, self._kept(), history, open_proposals)

    def _add(self, found: Found) -> None:
        for number, finding in found:
            self.more[number].append(finding)

    def _assembled(
        self,
        joined: Mapping[str, JoinedBlock],
        kept: Sequence[int],
        history: RoundHistory,
        proposals: tuple[Proposal, ...],
    ) -> Book:
        counted = [self.returns[n] for n in kept if self.precedences[n].counts]
        day, lost = self.whole.day, self._lost_rows(joined)
        found = AcrossFiles(self.returns, self.whole.outlines).news(
            {n: self._findings(n, lost) for n in kept}, self.tables
        )
        waived = (waive(found[n], self.returns[n].waivers, day) for n in kept)
        return Book(
            files=tuple(self.precedences[n].record(with_waived_status(self.returns[n], day)) for n in kept),
            tables={name: self._public(block.rows, self.whole.outlines[name]) for name, block in joined.items()},
            findings=tuple(sorted((finding for found in waived for finding in found), key=Finding.order)),
            ledger=tuple(self._ledger(kept)),
            aside=tuple(row for n in kept if self.leaves[n] is not None for row in self.returns[n].aside),
            positions={
                (returned.record.file, *at): positions
                for returned in counted
                for at, positions in returned.positions.items()
            },
            waivers={self.returns[n].record.file: self.returns[n].waivers for n in kept if self.returns[n].waivers},
            history_lines=history.lines,
            rounds=self.whole.rounds,
            agreed=history.agreed,
            proposals=proposals,
            leaf_rows={name: self._leaf_rows(name, block) for name, block in joined.items()},
            returns=tuple(self.returns[n] for n in kept),
            source=self.whole,
        )

    # --- rows ---

    def _joined(self) -> dict[str, JoinedBlock]:
        """Return the join of each block; the history of earlier rounds grows on the way."""
        rounds = {leaf.round for leaf in self.leaves if leaf is not None} | {self.round}
        blocks = {
            name: BlockRounds(name, table, self.whole.outlines[name], self.leaves)
            for name, table in self.tables.items()
        }
        joined: dict[str, JoinedBlock] = {}
        for round_ in sorted(rounds):
            context = MergeContext(
                self.returns, self.leaves, round_, self.whole.regions, self._known(round_), self.decisions.deleted
            )
            joined = {name: block.advance(round_, context) for name, block in blocks.items()}
            followed = followed_keys({name: block.rows for name, block in joined.items()}, self.whole.outlines)
            for name, keys in followed.items():
                joined[name] = blocks[name].without_followed(joined[name], keys, round_)
            if round_ < self.round:
                self._add_history(joined, round_)
        return {
            name: replace(
                block, rows=self._in_order(block.rows), fates=blocks[name].fates, folded=blocks[name].folded,
                repeated=blocks[name].repeated,
            )
            for name, block in joined.items()
        }  # fmt: skip

    def _known(self, round_: RoundOrder) -> Mapping[tuple[str, str, str], bool]:
        """Return block, key and region of the rows that were reported before a round -> whether they were closed."""
        earlier = {round_id for round_id in {line.round for line in self.lines} if round_order(round_id) < round_}
        last = {line[:3]: line.status for line in self.lines if line.round in earlier} if earlier else {}
        follows = {name: outline.follow for name, outline in self.whole.outlines.items() if outline.follow}
        closed = {(name, status) for name, f in follows.items() for status in (*f.done, *f.dropped)}
        return {row: (row[0], status) in closed for row, status in last.items()}

    def _in_order(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return rows by region, file, sheet and row."""
        # Files are ranked once, so that the rows of all of them are sorted by integers rather than by texts.
        keys = [self._sort_key(number) for number in range(len(self.returns))]
        rank = np.empty(len(self.returns), dtype=np.int32)
        rank[sorted(range(len(self.returns)), key=keys.__getitem__)] = np.arange(len(self.returns), dtype=np.int32)
        number = table[NUMBER].to_numpy()
        sheets = table[SHEET].to_numpy(object)
        rows = np.lexsort((table[ROW].to_numpy(), pd.factorize(sheets, sort=True)[0], rank[number]))
        in_place = bool((rows == np.arange(len(rows))).all())
        return table if in_place else table.take(rows).reset_index(drop=True)

    def _sort_key(self, number: int) -> tuple[object, ...]:
        region = self.returns[number].record.stamp.region
        return self.whole.regions.get(region, len(self.whole.regions)), region, *self.returns[number].identity

    def _count(self, name: str, block: JoinedBlock) -> None:
        """Count what became of the rows of each file and sheet."""
        table = self.tables[name]
        pairs = zip(table[NUMBER].tolist(), table[SHEET].tolist(), block.fates.tolist(), strict=True)
        for (number, sheet, fate), count in Counter(pairs).items():
            self.fates.setdefault((number, sheet, name), Counter())[FATES[fate]] += count

    def _public(self, rows: pd.DataFrame, outline: BlockOutline) -> pd.DataFrame:
        """Return rows as the book shows them: ORIGIN, then the fields in the order of the definition."""
        names = sorted(outline.order, key=lambda name: (outline.order[name], name))
        return pd.DataFrame({**self._origin(rows), **{name: rows[name].array for name in names}})

    def _origin(self, rows: pd.DataFrame) -> dict[str, Any]:
        """Return the columns ORIGIN of rows."""
        file, sheet, row, region, round_ = ORIGIN
        number = rows[NUMBER].to_numpy()

        def stamped(values: Sequence[str]) -> Any:  # noqa: ANN401 - pandas names no type for every array
            return pd.array(values, dtype="str").take(number) if len(number) else pd.array([], dtype="str")

        return {
            file: stamped([returned.record.file for returned in self.returns]),
            sheet: rows[SHEET].array,
            row: rows[ROW].array,
            region: stamped([returned.record.stamp.region for returned in self.returns]),
            round_: stamped([returned.record.stamp.round for returned in self.returns]),
        }

    def _leaf_rows(self, name: str, block: JoinedBlock) -> pd.DataFrame:
        """Return the rows that the data do not show as their returns have them: a later merge needs these too."""
        table = self.tables[name]
        numbers = table[NUMBER].to_numpy()
        files = [returned.record.file for returned in self.returns]
        sent = np.asarray([precedence.code == SENT_TWICE for precedence in self.precedences], dtype=bool)
        past = np.asarray([returned.record.recognised == FROM_HISTORY for returned in self.returns], dtype=bool)
        shown = np.isin(block.fates, SHOWN)
        needed = ~shown
        needed[sorted(block.folded)] = True
        if len(numbers):
            # A copy needs no rows, and of an earlier book only what is carried on or may be taken up.
            needed &= ~sent[numbers] & (shown | ~past[numbers])
            if self.recalled:
                at = zip(numbers.tolist(), table[SHEET].tolist(), table[ROW].tolist(), strict=True)
                recalled = [(files[number], sheet, name, row) in self.recalled for number, sheet, row in at]
                needed |= np.asarray(recalled, dtype=bool)
        return table[needed].assign(**{NUMBER: [files[number] for number in numbers[needed].tolist()]})

    # --- files ---

    def _judge_files(self, disputed: AbstractSet[str]) -> None:
        """Decide which files that take part do not count: those of earlier rounds, and those of which nothing is left.

        A file that is `disputed` has cells about which the coordinator has yet to decide, so it counts.
        """
        lost = self._lost_files()
        slots: dict[tuple[object, ...], list[Leaf]] = {}
        for leaf in self.leaves:
            if leaf is None or leaf.coordinator:
                continue
            if leaf.round < self.round:
                self.precedences[leaf.number] = Precedence(EARLIER_ROUND, round_name(self.returns[leaf.number]))
            elif leaf.region:
                slots.setdefault((leaf.round, leaf.pack, leaf.source), []).append(leaf)
        for leaves in slots.values():
            *others, last = sorted(leaves, key=lambda leaf: leaf.order)
            for leaf in others:
                if leaf.number in lost and leaf.file not in disputed:
                    self.precedences[leaf.number] = Precedence(SUPERSEDED, last.file)

    def _lost_files(self) -> AbstractSet[int]:
        """Return the numbers of the files that have rows, but nothing of any is in the data."""
        rows: dict[int, Counter[str]] = {}
        for (number, _, _), fates in self.fates.items():
            rows.setdefault(number, Counter()).update(fates)
        return {n for n, fates in rows.items() if 0 < fates.total() == fates["superseded"] + fates["duplicate"]}

    def _kept(self) -> list[int]:
        """Return the numbers of the files of the book; of an earlier book those of which a row is carried on."""
        carried = {number for (number, _, _), fates in self.fates.items() if shown_rows(fates)}
        recalled = {file for file, *_ in self.recalled}
        return [
            number
            for number, returned in enumerate(self.returns)
            if returned.record.recognised != FROM_HISTORY or number in carried or returned.record.file in recalled
        ]

    def _lost_rows(self, joined: Mapping[str, JoinedBlock]) -> frozenset[tuple[int, str, str, int]]:
        """Return number, sheet, block and row of the rows of which nothing is in the data."""
        gone = [FATES.index("superseded"), FATES.index("duplicate")]
        lost: set[tuple[int, str, str, int]] = set()
        for name, block in joined.items():
            mask = np.isin(block.fates, gone)
            # A row that is the same as another one of its return keeps what is found in it.
            mask[sorted(block.repeated)] = False
            if mask.any():
                rows = self.tables[name][mask]
                lost.update(
                    (number, sheet, name, row)
                    for number, sheet, row in zip(*(rows[c].tolist() for c in (NUMBER, SHEET, ROW)), strict=True)
                )
        return frozenset(lost)

    def _findings(self, number: int, lost: frozenset[tuple[int, str, str, int]]) -> list[Finding]:
        """Return the findings of a file; those in rows of which nothing is in the data concern nobody any more."""
        precedence = self.precedences[number]
        found = precedence.findings(self.returns[number])
        if not precedence.counts:
            return list(found)
        kept = [f for f in found if (number, f.location.sheet, f.location.block, cell_row(f.location.cell)) not in lost]
        return [*kept, *self.more[number]]

    def _ledger(self, kept: Sequence[int]) -> Iterator[LedgerLine]:
        """Yield the ledger of all files, with what became of each row.

        Raises:
            LedgerError: The rows that were read and those accounted for differ.
        """
        for number in kept:
            for line in self.returns[number].ledger:
                after = self._after(number, line)
                if not after.balanced and self.returns[number].record.status != "refused":
                    raise _unbalanced(after)
                if after.seen or self.returns[number].record.recognised != FROM_HISTORY:
                    yield after
        for (number, sheet, block), fates in self.fates.items():
            past = self.returns[number].record.recognised == FROM_HISTORY
            if number in kept and fates.total() and self.leaves[number] is not None and not past:
                raise _unbalanced(LedgerLine(self.returns[number].record.file, sheet, block, 0, merged=fates.total()))

    def _after(self, number: int, line: LedgerLine) -> LedgerLine:
        """Return a line of the ledger with what became of its rows."""
        record = self.returns[number].record
        if self.leaves[number] is None:
            return line if record.status == "refused" else whole_file_line(line, self.precedences[number].code)
        fates = self.fates.pop((number, line.sheet, line.block), Counter())
        if record.recognised == FROM_HISTORY:  # the other rows of that round are in its own ledger
            return LedgerLine(line.file, line.sheet, line.block, seen=fates["carried"], carried=fates["carried"])
        return line.moved(**{fate: fates[fate] for fate in FATES[1:]})

    # --- history ---

    def _add_history(self, joined: Mapping[str, JoinedBlock], round_: RoundOrder) -> None:
        """Add the history of an earlier round."""
        history = RoundHistory.of(joined, self.whole, self.returns, round_)
        # What a book has said about a row of that round, a row that is only carried on from it does not replace.
        known = {line.identity for line in self.lines if line.stored}
        fresh = [line for line in history.lines if not (line.stored and line.identity in known)]
        self.lines = joined_history(self.lines, fresh)

    def _history(self, joined: Mapping[str, JoinedBlock]) -> tuple[RoundHistory, list[Proposal]]:
        """Return the history of all rows, and proposals about overdue ones with a new due date."""
        made = RoundHistory.of(joined, self.whole, self.returns, self.round, as_of=self.whole.day)
        lines = joined_history(self.lines, made.lines)
        accepted = self.decisions.accepted if self.whole.accepts_dates else None
        return with_agreed_dates(lines, self.round, accepted, made, self.whole.day)


def _unbalanced(line: LedgerLine) -> LedgerError:
    return LedgerError(
        "ledger_unbalanced", file=line.file, sheet=line.sheet, block=line.block, seen=line.seen, told=line.accounted
    )
