"""Folds the rows that several returns have under one key: cell by cell, by a total order of the returns.

The winner of a cell is the greatest of the returns that touched it, so the result depends neither on the order of the
files nor on which of them were merged first. Only keys that stand in more than one return come here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from xlsflow.fileformat.baseline import comparison_text
from xlsflow.model.history import RoundOrder
from xlsflow.model.proposals import Proposal, ProposalKind
from xlsflow.template.lists import fold_text

Fate = Literal["merged", "unchanged", "duplicate", "superseded"]
"""What became of a row: a cell of it is in the data; nothing of it was touched; a greater return says the same; all
that was touched in it lost."""

_NEVER = datetime.min  # noqa: DTZ901 - only compared


@dataclass(frozen=True, slots=True)
class Leaf:
    """What the order of returns needs to know of one return.

    Attributes:
        number: Its number in the merge.
        file: Its name.
        round: Sort key of its round.
        coordinator: Whether it holds the coordinator's own edits.
        project: Code of its project.
        pack: Its pack.
        region: Code of its region.
        saved: When it was saved, naive UTC; None where that is unknown.
        digest: Digest of its content.
        filler: Who filled it in.
        digests: Digests of its content and of its bytes.
        corrects: Digests of the returns that it corrects, since a marked copy of theirs was filled in.
    """

    number: int
    file: str
    round: RoundOrder
    coordinator: bool
    project: str
    pack: str
    region: str
    saved: datetime | None
    digest: str
    filler: str
    digests: frozenset[str] = frozenset()
    corrects: frozenset[str] = frozenset()

    @property
    def order(self) -> tuple[object, ...]:
        """Sort key: later round, then the coordinator, then saved later, then the greater digest."""
        return self.round, self.coordinator, self.saved or _NEVER, self.digest

    @property
    def source(self) -> tuple[str, str]:
        """Whose colleagues' return it is: project and region; a return of no known region has no colleagues."""
        return self.project, self.region or f"\0{self.digest}{self.file}"

    def is_correction_of(self, other: Leaf) -> bool:
        """Return whether it replaces what an earlier return of its region says about a row."""
        alike = (self.round, self.pack, self.source) == (other.round, other.pack, other.source)
        if self.coordinator or other.coordinator or not alike:
            return False
        if other.digests & self.corrects:
            return True
        if self.digests & other.corrects:
            return False
        # Unknown or equal times leave the order open: then differing cells are conflicts, and no work is lost.
        ordered = self.saved is not None and other.saved is not None and self.saved > other.saved
        return ordered and bool(self.filler) and self.filler == other.filler


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of one return.

    Attributes:
        leaf: The return.
        position: The row's position among all rows of its block.
        sheet: Its sheet.
        row: Its 1-based sheet row.
        values: Field -> value.
        touched: The fields that its return filled, changed or emptied.
        is_new: Whether its return was sent out without it.
    """

    leaf: Leaf
    position: int
    sheet: str
    row: int
    values: Mapping[str, object]
    touched: frozenset[str]
    is_new: bool

    def text(self, name: str) -> str:
        """Return a value as it is compared."""
        return comparison_text(self.values.get(name))


@dataclass(slots=True)
class FoldedRow:
    """One row of the data.

    Attributes:
        base: The row that it is placed at, and that has all values but those of `cells`.
        cells: Field -> the value of another return.
        decided: Field -> when the coordinator decided its value.
        joined: Positions of the rows that it is made of.
    """

    base: Entry
    cells: dict[str, object] = field(default_factory=dict)
    decided: dict[str, datetime] = field(default_factory=dict)
    joined: Sequence[int] = ()

    def value(self, name: str) -> object:
        """Return a value of the row."""
        return self.cells[name] if name in self.cells else self.base.values.get(name)

    def text(self, name: str) -> str:
        """Return a value as it is compared."""
        return comparison_text(self.value(name))

    def settles(self, entry: Entry, name: str) -> bool:
        """Return whether a cell that lost is no matter any more: the coordinator has decided since it came in."""
        return name in self.decided and (entry.leaf.saved or _NEVER) <= self.decided[name]


@dataclass(slots=True)
class Folded:
    """What became of the rows of one key.

    Attributes:
        rows: The rows of the data: one, or one a region or title where they are different things.
        repeated: Rows that are the same as another row of their return, with that row.
        fates: Position -> what became of the row.
        proposals: What the coordinator may want to decide.
    """

    rows: list[FoldedRow] = field(default_factory=list)
    repeated: list[tuple[Entry, Entry]] = field(default_factory=list)
    fates: dict[int, Fate] = field(default_factory=dict)
    proposals: list[Proposal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class KeyFold:
    """Folds the rows of one key of a block.

    Attributes:
        block: Full name of the block.
        key: The key.
        key_field: Field of the key.
        title: Field of the title; empty where the block has none.
        owner: Code of the region that the key belongs to; empty where that is unknown.
        regions: Code of a region -> its place in the order of the project.
        stays: Whether a row is in the data: it is of the present round, or still open.
        per_round: Fields whose value is true of one round only.
        is_form: Whether the rows are forms, of which a return may have several sheets.
    """

    block: str
    key: str
    key_field: str
    title: str
    owner: str = ""
    regions: Mapping[str, int] = field(default_factory=dict)
    stays: Callable[[FoldedRow], bool] = bool
    per_round: frozenset[str] = frozenset()
    is_form: bool = False

    def fold(self, entries: Sequence[Entry]) -> Folded:
        """Return the rows of the data and what became of each entry."""
        folded = Folded()
        entries = self._without_repeated(sorted(entries, key=_entry_order), folded)
        edits = [entry for entry in entries if entry.leaf.coordinator]
        sources: dict[tuple[str, str], list[Entry]] = {}
        for entry in entries:
            if not entry.leaf.coordinator:
                sources.setdefault(entry.leaf.source, []).append(entry)
        foreign = self._foreign_entries(sources)
        sources = {source: own for source, rows in sources.items() if (own := [e for e in rows if e not in foreign])}
        for source, rows in sorted(sources.items(), key=lambda item: self._source_order(item[0])):
            mine = [edit for edit in edits if edit.leaf.source == source or len(sources) == 1]
            self._fold_region(rows, mine, folded)
            edits = [edit for edit in edits if edit not in mine]
        for edit in _latest(edits, folded):  # a row that only the coordinator has
            self._merge_cells([edit], [], folded)
        self._drop_equal(folded)
        for entry in foreign:
            self._foreign(entry, folded)
        if len(folded.rows) > 1:
            folded.proposals += [self._proposal("renumber", row.base) for row in folded.rows[1:]]
        return folded

    def _foreign_entries(self, sources: Mapping[tuple[str, str], Sequence[Entry]]) -> list[Entry]:
        """Return the rows that are another region's copies of a row which its own region has in the data."""
        own = {source: rows for source, rows in sources.items() if source[1] == self.owner}
        if not own or len(own) == len(sources):
            return []
        trial = Folded()
        for rows in own.values():
            self._fold_region(rows, [], trial)
        titles = {fold_text(row.text(self.title)) for row in trial.rows if self.stays(row)} if self.title else {""}
        if not any(self.stays(row) for row in trial.rows):
            return []
        others = (entry for source, rows in sources.items() if source not in own for entry in rows)
        # A new row about something else only uses the key twice.
        return [e for e in others if not e.is_new or not self.title or fold_text(e.text(self.title)) in titles]

    def _source_order(self, source: tuple[str, str]) -> tuple[object, ...]:
        return source[0], self.regions.get(source[1], len(self.regions)), source[1]

    def _without_repeated(self, entries: Sequence[Entry], folded: Folded) -> list[Entry]:
        """Return rows without those that are the same as an earlier one of their return."""
        kept: list[Entry] = []
        for entry in entries:
            first = next((e for e in kept if e.leaf is entry.leaf and e.values == entry.values), None)
            if first is None:
                kept.append(entry)
            else:
                folded.fates[entry.position] = "duplicate"
                folded.repeated.append((entry, first))
        return kept

    def _fold_region(self, rows: Sequence[Entry], edits: Sequence[Entry], folded: Folded) -> None:
        """Fold the rows of one region, and the coordinator's edits of them."""
        newest = max(entry.leaf.round for entry in rows)
        current = [entry for entry in rows if entry.leaf.round == newest]
        older = [entry for entry in rows if entry.leaf.round < newest]
        # A coordinator's value is in the baseline of the next round, and counts until it is touched there.
        for edit in edits:
            if edit.leaf.round < newest:
                folded.fates[edit.position] = "superseded"
        edits = [edit for edit in edits if edit.leaf.round >= newest]
        corrected = [entry for entry in current if any(_corrects(other, entry) for other in current)]
        # Where digests and clocks contradict each other, all may correct each other.
        alive = [entry for entry in current if entry not in corrected] or [max(corrected, key=_entry_order)]
        clusters = self._clusters(alive)
        edited: list[list[Entry]] = [[] for _ in clusters]
        for edit in edits:
            edited[self._place(edit, [cluster[-1] for cluster in clusters])].append(edit)
        made = [self._merge_cells(*pair, folded) for pair in zip(clusters, edited, strict=True)]
        for entry in corrected:
            if entry not in alive:
                self._displaced("corrected", entry, made[-1], folded)
        self._replace_older(older, made, folded)

    def _replace_older(self, older: Sequence[Entry], made: list[FoldedRow], folded: Folded) -> None:
        """Account for the rows of earlier rounds: each row of the present one goes on from one of them."""
        # Rows that were open under one key are several things.
        now = {self._title(row.base) for row in made}
        for entry in sorted(older, key=lambda e: self._title(e) not in now):
            if made:
                row = made.pop(self._place(entry, [row.base for row in made]))
                self._displaced("earlier", entry, row, folded)
            else:
                self._merge_cells([entry], [], folded)

    def _title(self, entry: Entry) -> str:
        return fold_text(entry.text(self.title)) if self.title else ""

    def _place(self, entry: Entry, others: Sequence[Entry]) -> int:
        """Return the place of the row with the title of an entry, else of the last one."""
        titles = [self._title(other) for other in others]
        return titles.index(self._title(entry)) if self._title(entry) in titles else -1

    def _clusters(self, entries: Sequence[Entry]) -> list[list[Entry]]:
        """Return rows that are one thing together: new ones of colleagues under one key if their titles agree."""
        last = {entry.leaf.number: entry for entry in entries}
        if len(last) == len(entries) and not all(entry.is_new for entry in entries):
            return [list(entries)]
        groups: dict[tuple[str, int], list[Entry]] = {}
        for entry in entries:
            title = self._title(last[entry.leaf.number] if self.is_form else entry)
            # Two rows of one return under one key stay two rows; two sheets of a form are two versions of one.
            number = 0
            while not self.is_form and any(
                e.leaf is entry.leaf and e.values != entry.values for e in groups.get((title, number), ())
            ):
                number += 1
            groups.setdefault((title, number), []).append(entry)
        return list(groups.values())

    def _merge_cells(self, entries: Sequence[Entry], edits: Sequence[Entry], folded: Folded) -> FoldedRow:
        """Merge rows cell by cell into one row of the data."""
        everyone = sorted((*entries, *edits), key=_entry_order)
        fields = dict.fromkeys(name for entry in everyone for name in entry.values if name != self.key_field)
        winners: dict[str, Entry] = {}
        for name in fields:
            touching = [entry for entry in everyone if name in entry.touched]
            if touching:
                winners[name] = touching[-1]
        # A row carried on that the coordinator edits is no longer as of its old round: it goes on from the edit.
        newest = [entry for entry in everyone if entry.leaf.round == everyone[-1].leaf.round]
        own = [entry for entry in newest if not entry.leaf.coordinator] or newest
        winning = [entry for entry in own if entry in winners.values()]
        base = (winning or [entry for entry in own if not entry.touched] or own)[-1]
        row = FoldedRow(base)
        row.decided = {name: w.leaf.saved or _NEVER for name, w in winners.items() if w.leaf.coordinator}
        for name, winner in winners.items():
            if winner is not base and winner.text(name) != base.text(name):
                row.cells[name] = winner.values.get(name)
        folded.rows.append(row)
        row.joined = [entry.position for entry in everyone]
        for entry in everyone:
            folded.fates[entry.position] = _fate(entry, base, winners, row)
            self._conflicts(entry, winners, row, folded)
        return row

    def _conflicts(self, entry: Entry, winners: Mapping[str, Entry], row: FoldedRow, folded: Folded) -> None:
        """Add a proposal for each cell of an entry that lost against another value."""
        for name in entry.touched & winners.keys():
            if entry.text(name) != winners[name].text(name) and not row.settles(entry, name):
                folded.proposals.append(self._proposal("conflict", entry, name, row))

    def _displaced(self, kind: ProposalKind, entry: Entry, row: FoldedRow, folded: Folded) -> None:
        """Account for a row that a later one replaces, and add a proposal for each cell that is lost."""
        lost = [name for name in sorted(entry.touched) if name != self.key_field and entry.text(name) != row.text(name)]
        without_loss: Fate = "duplicate" if entry.touched or entry.is_new else "unchanged"
        folded.fates[entry.position] = "superseded" if lost else without_loss
        lost = [name for name in lost if not row.settles(entry, name)]
        if kind == "corrected":
            folded.proposals += [self._proposal(kind, entry, name, row) for name in lost]
        elif not row.base.leaf.coordinator:
            # A later round replaces what it touched; what it does not know of the earlier one is lost otherwise.
            # What was true of the earlier round only has gone out blank, so nothing of it is lost.
            known = row.base.touched | row.cells.keys() | self.per_round
            unknown = [name for name in lost if name not in known]
            folded.proposals += [self._proposal(kind, entry, name, row) for name in unknown]

    def _foreign(self, entry: Entry, folded: Folded) -> None:
        """Account for the row of a region that the key does not belong to: its cells are proposals."""
        row = folded.rows[0]
        names = sorted(entry.touched - {self.key_field})
        lost = [name for name in names if entry.text(name) != row.text(name)]
        folded.fates[entry.position] = "superseded" if lost else "duplicate"
        lost = [name for name in lost if not row.settles(entry, name)]
        folded.proposals += [self._proposal("foreign", entry, name, row) for name in lost]

    def _drop_equal(self, folded: Folded) -> None:
        """Count rows of several regions once that are the same in every field."""
        kept: list[FoldedRow] = []
        for row in folded.rows:
            first = next((other for other in kept if _is_equal(other, row)), None)
            if first is None:
                kept.append(row)
            else:
                taken = [p for p in row.joined if folded.fates[p] == "merged"]
                folded.fates |= dict.fromkeys((row.base.position, *taken), "duplicate")
        folded.rows[:] = kept

    def _proposal(self, kind: ProposalKind, entry: Entry, name: str = "", row: FoldedRow | None = None) -> Proposal:
        return Proposal(
            kind, self.block, self.key, name,
            title=comparison_text((row or FoldedRow(entry)).value(self.title)) if self.title else "",
            current=row.value(name) if row else None,
            value=entry.values.get(name) if name else None,
            file=entry.leaf.file, sheet=entry.sheet, row=entry.row, region=entry.leaf.region,
            filler=entry.leaf.filler, saved=entry.leaf.saved, leaf=entry.leaf.digest,
        )  # fmt: skip


def _corrects(entry: Entry, other: Entry) -> bool:
    return bool(entry.touched) and entry.leaf.is_correction_of(other.leaf)


def _entry_order(entry: Entry) -> tuple[object, ...]:
    return entry.leaf.order, entry.sheet, entry.row


def _latest(edits: Sequence[Entry], folded: Folded) -> Iterator[Entry]:
    """Yield the last of the coordinator's rows that no return has; earlier versions of it are superseded."""
    ordered = sorted(edits, key=_entry_order)
    for edit in ordered[:-1]:
        folded.fates[edit.position] = "superseded"
    yield from ordered[-1:]


def _fate(entry: Entry, base: Entry, winners: Mapping[str, Entry], row: FoldedRow) -> Fate:
    if entry is base:
        return "merged" if entry.touched or entry.is_new else "unchanged"
    if not entry.touched:
        return "duplicate" if entry.is_new else "unchanged"
    if any(winner is entry for winner in winners.values()):
        return "merged"
    return "duplicate" if all(entry.text(name) == row.text(name) for name in entry.touched) else "superseded"


def _is_equal(row: FoldedRow, other: FoldedRow) -> bool:
    return all(row.text(name) == other.text(name) for name in row.base.values.keys() | other.base.values.keys())
