"""A year of rounds for 12 regions, drawn from a seed; a bookkeeping of its own says what each book must hold.

The bookkeeping knows what people did, not what their files look like, and uses nothing of the merge: a mistake in how
files are compared, ordered or carried on shows as a difference.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.helpers import soak
from tests.helpers.drawn_returns import FIELDS, TASKS, a_return, an_edit, gathered
from xlsflow.fileformat.baseline import comparison_text
from xlsflow.merge.carried_rows import carried_on
from xlsflow.merge.merge import make_book
from xlsflow.merge.union_of_returns import union
from xlsflow.model.consolidated_book import Book
from xlsflow.model.proposals import Decision
from xlsflow.model.returns import Return

REGIONS = tuple("ABCDEFGHIJKL")
ROUNDS = 52 if soak.FACTOR > 1 else 6
YEARS = 2
START = date(2026, 11, 20)
PEOPLE = "李王赵周吴"
Values = dict[str, Any]
Ident = tuple[str, str]


@dataclass(frozen=True)
class Item:
    """A task as the bookkeeping knows it: its values, the round that last confirmed it, the due date that counts."""

    values: Values
    round: str
    agreed: date | None

    @property
    def is_open(self) -> bool:
        return bool(self.values["state"] != "done")


@dataclass
class File:
    """What one person sends: the cells changed in rows that were sent out, the rows left out, and the new rows."""

    filler: str
    at: int
    changes: dict[str, Values] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    new: dict[str, Values] = field(default_factory=dict)
    copied: dict[str, Values] = field(default_factory=dict)
    is_blank: bool = False

    def drawn(self, sent: dict[str, Values]) -> list[Values]:
        if self.is_blank:
            return []
        kept = [{**row, **self.changes.get(key, {})} for key, row in sent.items() if key not in self.dropped]
        return [*kept, *self.new.values(), *self.copied.values()]


@dataclass
class Edit:
    """What the coordinator does in the book of a round about one region."""

    changes: dict[str, Values] = field(default_factory=dict)
    new: dict[str, Values] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)


class Year:
    """The rounds of a year: people's doings from one seed, and what must come of them."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - a test
        self.number = 0
        self.items: dict[Ident, Item] = {}
        self.lines: dict[tuple[str, str, str], tuple[Any, ...]] = {}
        self.silent: Counter[str] = Counter()
        self.made: Counter[str] = Counter()
        self.books: list[Book] = []

    @property
    def round(self) -> str:
        return f"W{self.number}"

    @property
    def day(self) -> date:
        return START + timedelta(days=7 * self.number)

    # --- what people do ---

    def play(self) -> None:
        """Play one round: the regions' returns, then the coordinator's edits of the book; check both books."""
        self.number += 1
        before = {at: item for at, item in self.items.items() if item.is_open}
        sent: dict[str, dict[str, Values]] = {region: {} for region in REGIONS}
        for (region, key), item in before.items():
            sent[region][key] = item.values
        files = {region: self.files_of(region, sent) for region in REGIONS}
        returns = [
            self.as_return(region, number, file, sent[region])
            for region, several in files.items()
            for number, file in enumerate(several)
        ]
        counted = {region: list(self.without_copies(several, sent[region])) for region, several in files.items()}
        self.items = self.after_returns(before, counted)
        self.check(self.book(returns), returns, self.agree(set()), self.displaced(sent, counted))
        edits = {region: edit for region in REGIONS if (edit := self.edit_of(region))}
        edited = [self.as_edit(region, edit) for region, edit in edits.items()]
        self.after_edits(edits)
        self.items = self.agree({at for region, edit in edits.items() for at in ((region, k) for k in edit.accepted)})
        last = self.book([*returns, *edited])
        self.check(last, [*returns, *edited], self.items, set())
        if len(self.books) > 1:  # the last book is enough, and one more changes nothing
            more = self.book([*returns, *edited], earlier=2)
            assert data_of(more) == data_of(last)
            assert (more.history_lines, more.agreed) == (last.history_lines, last.agreed)
        self.books.append(last)

    def files_of(self, region: str, sent: dict[str, dict[str, Values]]) -> list[File]:
        rng = self.rng
        if not self.silent[region] and rng.random() < 0.15:
            self.silent[region] = rng.randint(1, 4)
        if self.silent[region]:
            self.silent[region] -= 1
            return []
        if rng.random() < 0.1:
            return [File("李", 2, is_blank=True)]
        first = self.filled(region, sent)
        files = [first]
        if rng.random() < 0.25:
            files.append(self.colleague(region, sent[region], first))
        if rng.random() < 0.25:
            files.append(self.correction(region, sent[region], first))
        if rng.random() < 0.12:  # an untouched copy, or a workbook that was never filled in
            files.append(File(rng.choice("李王"), 9, is_blank=rng.random() < 0.5))
        rng.shuffle(files)
        return files

    def filled(self, region: str, sent: dict[str, dict[str, Values]]) -> File:
        rng = self.rng
        file = File("李", 2)
        for key, row in sent[region].items():
            if rng.random() < 0.55:
                file.changes[key] = self.changed(row)
            elif rng.random() < 0.08:
                file.dropped.add(key)
        file.new = dict(self.new_row(region) for _ in range(rng.choice((0, 0, 1, 1, 2))))
        others = [row for other in REGIONS if other != region for row in sent[other].values()]
        if others and rng.random() < 0.25:
            row = rng.choice(others)
            file.copied[row["no"]] = {**row, **(self.changed(row) if rng.random() < 0.7 else {})}
        return file

    def changed(self, row: Values) -> Values:
        """Return one to three cells of a row with other values."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.25:
            return {"state": "done", **({} if row["share"] == 1 else {"share": 1.0})}
        if kind < 0.5:
            return {"due": row["due"] + timedelta(days=rng.choice((-3, 7, 14, 30)))}
        if kind < 0.6 and row.get("who"):
            return {"who": None}
        if kind < 0.7:
            return {"who": rng.choice([name for name in PEOPLE if name != row.get("who")])}
        if kind < 0.8:
            return {"state": rng.choice([s for s in ("open", "blocked") if s != row["state"]])}
        return {"share": rng.choice([s / 10 for s in range(10) if s / 10 != row["share"]])}

    def new_row(self, region: str) -> tuple[str, Values]:
        rng = self.rng
        self.made[region] += 1
        # Half of the ids bear their region, as those that the workbooks propose do.
        key = f"RW-2026-{region}{self.made[region]:03d}" if rng.random() < 0.5 else f"{region}/{self.made[region]}"
        due = self.day + timedelta(days=rng.randint(-10, 40))
        who = rng.choice([*PEOPLE, None])
        return key, {"no": key, "what": f"事 {key}", "who": who, "due": due, "state": "open", "share": 0.0}

    def colleague(self, region: str, sent: dict[str, Values], first: File) -> File:
        rng = self.rng
        file = File("王", rng.choice((1, 4)))
        file.changes = {key: self.changed(row) for key, row in sent.items() if rng.random() < 0.4}
        file.dropped = {key for key in sent if key not in file.changes and rng.random() < 0.05}
        file.new = dict([self.new_row(region)]) if rng.random() < 0.3 else {}
        for key, row in first.new.items():
            if rng.random() < 0.2:  # both know of the new task, under one id
                file.new[key] = {**row, **self.changed(row)}
        return file

    def correction(self, region: str, sent: dict[str, Values], first: File) -> File:
        rng = self.rng
        file = File(first.filler, 6)
        for key, row in sent.items():
            fate = rng.random()
            if fate < 0.5 and key in first.changes:
                file.changes[key] = dict(first.changes[key])
            elif fate < 0.7:
                file.changes[key] = self.changed(row)
            elif key in first.dropped and fate < 0.9:
                file.dropped.add(key)
        for key, row in first.new.items():
            if rng.random() < 0.8:
                file.new[key] = {**row, **self.changed(row)} if rng.random() < 0.5 else dict(row)
        file.new |= dict([self.new_row(region)]) if rng.random() < 0.2 else {}
        return file

    def edit_of(self, region: str) -> Edit | None:
        rng = self.rng
        if rng.random() < 0.5:
            return None
        edit = Edit()
        for (owner, key), item in self.items.items():
            if owner != region:
                continue
            fate = rng.random()
            if fate < 0.15:
                edit.changes[key] = self.changed(item.values)
            elif fate < 0.19:
                edit.deleted.add(key)
            elif fate < 0.6 and self.agree(set())[owner, key].agreed != item.values["due"]:
                edit.accepted.add(key)
        edit.new = dict([self.new_row(region)]) if rng.random() < 0.1 else {}
        return edit if edit.changes or edit.deleted or edit.accepted or edit.new else None

    # --- what must come of it ---

    def after_returns(self, before: dict[Ident, Item], files: dict[str, list[File]]) -> dict[Ident, Item]:
        """Return the tasks after the regions' returns; those of which nobody says anything stay as they were."""
        after = dict(before)
        for region, several in files.items():
            filled = [file for file in several if not file.is_blank]
            for (owner, key), item in before.items():
                having = [file for file in filled if key not in file.dropped]
                if owner == region and having:
                    values = dict(item.values)
                    for file in self.standing(having, key):
                        values |= file.changes.get(key, {})
                    after[owner, key] = Item(values, self.round, item.agreed)
            for key in {key: None for file in filled for key in file.new}:
                having = [file for file in filled if key in file.new]
                values = {}
                for file in self.standing(having, key):
                    # A blank cell of a new row says nothing, whatever a colleague has there.
                    values |= {name: value for name, value in file.new[key].items() if value is not None}
                after[region, key] = Item({"who": None, **values}, self.round, None)
        return after

    @staticmethod
    def without_copies(files: list[File], sent: dict[str, Values]) -> Iterator[File]:
        """Yield the files in order of time, without those that say what an earlier one says: saved again, no more."""
        known = []
        for file in sorted(files, key=lambda file: file.at):
            says = sorted(map(texts, file.drawn(sent)))
            if says not in known:
                yield file
            known.append(says)

    @staticmethod
    def standing(having: list[File], key: str) -> Iterator[File]:
        """Yield the files that say something of a row: an earlier one of the same person says nothing any more."""
        speaking = [file for file in having if key in file.changes or key in file.new]
        for number, file in enumerate(speaking):
            if all(later.filler != file.filler for later in speaking[number + 1 :]):
                yield file

    def displaced(self, sent: dict[str, dict[str, Values]], files: dict[str, list[File]]) -> set[tuple[str, str, str]]:
        """Return key, field and value of each cell that somebody filled and the data do not have."""
        told: set[tuple[str, str, str]] = set()
        for region, several in files.items():
            for file in several:
                rows = {} if file.is_blank else {**file.changes, **file.new}
                for key, cells in rows.items():
                    for name, value in cells.items():
                        is_said = value is not None or key in sent[region]
                        if is_said and value != self.items[region, key].values[name]:
                            told.add((key, name, comparison_text(value)))
        return told

    def after_edits(self, edits: dict[str, Edit]) -> None:
        for region, edit in edits.items():
            for key, cells in edit.changes.items():
                item = self.items[region, key]
                self.items[region, key] = Item({**item.values, **cells}, self.round, item.agreed)
            for key, row in edit.new.items():
                self.items[region, key] = Item(row, self.round, None)
            for key in edit.deleted:
                del self.items[region, key]

    def agree(self, accepted: set[Ident]) -> dict[Ident, Item]:
        """Return the tasks with the due dates that count: one that has passed does not move until it is accepted."""
        after = {}
        for at, item in self.items.items():
            due = item.values["due"]
            waits = item.agreed is not None and item.agreed < self.day and item.agreed < due and at not in accepted
            if item.round != self.round and at not in accepted:
                after[at] = item
            else:
                after[at] = replace(item, agreed=item.agreed if waits else due)
        return after

    # --- files and books ---

    def as_return(self, region: str, number: int, file: File, sent: dict[str, Values]) -> Return:
        name = f"{region} {self.round} {number}.xlsx"
        before = [] if file.is_blank else list(sent.values())
        return a_return(
            name, region, file.drawn(sent), sent=before, by=f"{region}{file.filler}", at=file.at, round=self.round
        )

    def as_edit(self, region: str, edit: Edit) -> Return:
        shown = [self.items[region, key].values for key in edit.changes]
        drawn = [*({**row, **edit.changes[row["no"]]} for row in shown), *edit.new.values()]
        decisions = [Decision("delete", TASKS, key) for key in sorted(edit.deleted)]
        dates = {key: comparison_text(self.items[region, key].values["due"]) for key in sorted(edit.accepted)}
        decisions += [Decision("accept", TASKS, key, day) for key, day in dates.items()]
        return an_edit(region, drawn, shown, round=self.round, decisions=decisions)

    def book(self, returns: list[Return], earlier: int = 1) -> Book:
        """Return the book of the round; the returns come in any order."""
        mixed = self.rng.sample(returns, len(returns))
        books = self.books[-earlier:]
        whole = union([gathered(*mixed), *carried_on(books)])
        return make_book(replace(whole, round=self.round, day=self.day), REGIONS)

    # --- the comparison ---

    def check(
        self, book: Book, returns: list[Return], items: dict[Ident, Item], told: set[tuple[str, str, str]]
    ) -> None:
        where = f"round {self.number}"
        assert data_of(book) == {at: (item.round, texts(item.values)) for at, item in items.items()}, where
        waiting = {
            (TASKS, key, region): item.agreed
            for (region, key), item in items.items()
            if item.is_open and item.agreed != item.values["due"]
        }
        assert dict(book.agreed) == waiting, where
        assert {(p.key, p.region) for p in book.proposals if p.kind == "redated"} == {at[1:] for at in waiting}, where
        self.check_history(book, items, where)
        self.check_ledger(book, returns, items, where)
        shown = {(p.key, p.field, comparison_text(p.value)) for p in book.proposals}
        assert told <= shown, where

    def check_history(self, book: Book, items: dict[Ident, Item], where: str) -> None:
        now = {
            (key, region, self.round): (item.values["due"], item.agreed, *tracked(item.values))
            for (region, key), item in items.items()
            if item.round == self.round
        }
        lines = {
            (line.key, line.region, line.round): (line.due, line.agreed, *line[7:11]) for line in book.history_lines
        }
        assert len(lines) == len(book.history_lines) == len(book.history), where
        expected = {**{at: line for at, line in self.lines.items() if at[2] != self.round}, **now}
        for (region, key), item in items.items():
            at = key, region, item.round
            if at in expected and expected[at][1] != item.agreed:  # a date accepted while its region is silent
                expected[at] = (expected[at][0], item.agreed, *expected[at][2:])
        assert lines == expected, where
        self.lines = expected

    def check_ledger(self, book: Book, returns: list[Return], items: dict[Ident, Item], where: str) -> None:
        assert all(line.balanced for line in book.ledger), where
        seen = {line.file: line.seen for line in book.ledger if line.block == TASKS and not line.carried}
        given = {returned.record.file: returned.ledger[0].seen for returned in returns}
        assert Counter(seen.values()) == Counter(given.values()), where
        carried = sum(item.round != self.round for item in items.values())
        assert sum(line.carried for line in book.ledger) == carried, where
        files = {record.file for record in book.files}
        assert set(book.tables[TASKS]["_file"]) <= files, where


def texts(values: Values) -> tuple[str, ...]:
    return tuple(comparison_text(values.get(name)) for name in FIELDS)


def tracked(values: Values) -> tuple[Any, ...]:
    return values["state"], values["share"], comparison_text(values["who"]), values["what"]


def data_of(book: Book) -> dict[Ident, tuple[str, tuple[str, ...]]]:
    """Return region and key -> round and cells of each row of a book; no two rows are one task."""
    found: dict[Ident, tuple[str, tuple[str, ...]]] = {}
    for row in book.tables[TASKS].to_dict("records"):
        at = row["_region"], row["no"]
        assert at not in found, at
        values = {name: None if row[name] is None or row[name] != row[name] else row[name] for name in FIELDS}
        found[at] = row["_round"], texts(values)
    return found


@soak.campaign("rounds of a simulated year", ROUNDS)
@pytest.mark.parametrize("seed", soak.numbers(YEARS))
def test_every_round_of_a_year_agrees_with_an_independent_bookkeeping(seed: int) -> None:
    year = Year(seed)
    for _ in range(ROUNDS):
        year.play()
