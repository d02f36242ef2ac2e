"""Finds what has changed since the last round: newly overdue, recovered, slipped, reopened, gone; and what has not."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from xlsflow.model.history import HistoryLine, RowStory, round_order
from xlsflow.reports.figures.columns import column_values
from xlsflow.reports.figures.tracked_items import tracked_section
from xlsflow.template.tracking import Follow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from xlsflow.reports.inputs import ReportInputs

ChangeKind = Literal[
    "newly_overdue", "recovered", "redated", "slipped", "reopened", "backwards", "gone", "long_overdue", "same_excuse"
]
KINDS: tuple[ChangeKind, ...] = (
    "newly_overdue", "redated", "slipped", "reopened", "backwards", "gone", "long_overdue", "same_excuse", "recovered"
)  # fmt: skip
"""The kinds of change, the most urgent first."""

LONG = 3
"""From how many rounds on an item is said to be overdue, or to have the same excuse, for long."""

RowIdentity = tuple[str, str, str]
"""Block, key and region of a row."""


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One change of one item.

    Attributes:
        kind: What has changed, or has not for three rounds.
        block: Full name of its block.
        key: Its key.
        region: Code of the region of its return.
        title: Its title.
        owner: Person responsible.
        due: Due date that counts.
        asked: New due date that waits to be accepted.
        times: How often it slipped or was reopened altogether; for how many rounds it has been so.
        days: By how many days it slipped altogether; days overdue.
        since: Id of the round since which it is so.
    """

    kind: ChangeKind
    block: str
    key: str
    region: str
    title: str = ""
    owner: str = ""
    due: date | None = None
    asked: date | None = None
    times: int = 0
    days: int = 0
    since: str = ""


@dataclass(frozen=True)
class RowsOverRounds:
    """The rows of a book over all rounds that its history knows.

    Attributes:
        inputs: What the report is made from.
        frame: The tracked items (`items_with_flags`).
    """

    inputs: ReportInputs
    frame: pd.DataFrame

    @cached_property
    def lines(self) -> Mapping[RowIdentity, Sequence[tuple[HistoryLine, RowStory]]]:
        """Each tracked row -> its lines, the earliest first, each with its story."""
        rows: defaultdict[RowIdentity, list[tuple[HistoryLine, RowStory]]] = defaultdict(list)
        book = self.inputs.book
        for line, story in zip(book.history_lines, book.row_stories, strict=True):
            if line.block in self._follows:
                rows[line.identity[:3]].append((line, story))
        return rows

    @cached_property
    def _follows(self) -> Mapping[str, Follow]:
        sections = {name: tracked_section(block) for name, (_, block) in self.inputs.blocks.items()}
        return {name: section for name, section in sections.items() if isinstance(section, Follow)}

    @cached_property
    def rounds(self) -> tuple[str, ...]:
        """Ids of the rounds that are known up to the present one, the latest first."""
        now = self.inputs.project.round.id
        known = {line.round for line in self.inputs.book.history_lines} | {
            line.round for line in self.inputs.book.rounds
        }
        past = {name for name in known if round_order(name) < round_order(now)}
        return (now, *sorted(past, key=round_order, reverse=True))

    @cached_property
    def days(self) -> Mapping[str, date]:
        """Id of a round -> its as-of day, where one is known."""
        book = self.inputs.book
        stored = [(line.round, line.as_of) for line in book.history_lines]
        stored += [(line.round, line.as_of) for line in book.rounds]
        days = {name: day for name, day in sorted(stored, key=lambda pair: str(pair[1] or "")) if day}
        return {**days, self.inputs.project.round.id: self.inputs.as_of.astimezone(self.inputs.project.zone).date()}

    def is_open(self, line: HistoryLine) -> bool:
        """Return whether a row was open in a round."""
        follow = self._follows[line.block]
        return line.status not in (*follow.done, *follow.dropped, *follow.waiting)

    def was_overdue(self, row: RowIdentity, round_id: str) -> bool:
        """Return whether a row was overdue in a round, by what was last known of it then."""
        order, day = round_order(round_id), self.days.get(round_id)
        known = [line for line, _ in self.lines.get(row, ()) if round_order(line.round) <= order]
        if not known or day is None or known[-1].agreed is None:
            return False
        return self.is_open(known[-1]) and known[-1].agreed < day

    def rounds_overdue(self, row: RowIdentity) -> int:
        """Return for how many rounds in a row, up to the present one, a row that is overdue now has been so."""
        count = 1
        for round_id in self.rounds[1:]:
            if not self.was_overdue(row, round_id):
                break
            count += 1
        return count

    def rounds_with_excuse(self, row: RowIdentity) -> int:
        """Return in how many reports in a row, up to the last one, a row gave the same reason for its delay."""
        lines = [line for line, _ in self.lines.get(row, ())]
        if not lines or not lines[-1].excuse:
            return 0
        count = 0
        for line in reversed(lines):
            if line.excuse != lines[-1].excuse:
                break
            count += 1
        return count


def item_changes(rows: RowsOverRounds) -> tuple[ItemChange, ...]:
    """Return what has changed since the last round, the most urgent kind first, then by region and key."""
    found = [*_changes_of_items(rows), *_changes_of_history(rows)]
    return tuple(sorted(found, key=lambda c: (KINDS.index(c.kind), -c.days, c.region, c.block, c.key)))


def _changes_of_items(rows: RowsOverRounds) -> Iterator[ItemChange]:
    """Yield the changes of items that are overdue, or wait for a new date to be accepted."""
    frame = rows.frame[(rows.frame["days_overdue"] > 0) | rows.frame["asked"].notna()]
    columns = ("block", "key", "region", "title", "owner", "due", "asked", "days_overdue", "new")
    for block, key, region, title, owner, due, asked, late, new in zip(
        *(column_values(frame[name]) for name in columns), strict=True
    ):
        row = str(block), str(key or ""), str(region)
        of_item = ItemChange(
            "newly_overdue", *row, str(title or ""), str(owner or ""), _day(due), _day(asked), days=int(str(late))
        )
        count = rows.rounds_overdue(row)
        is_new = new is True or (new is None and len(rows.rounds) > 1 and count == 1 and not of_item.asked)
        if of_item.asked:
            yield replace(of_item, kind="redated")
        elif is_new:
            yield of_item
        if count >= LONG:
            yield replace(of_item, kind="long_overdue", times=count, since=rows.rounds[count - 1])
        excuses = rows.rounds_with_excuse(row)
        if excuses >= LONG:
            yield replace(of_item, kind="same_excuse", times=excuses)


def _day(value: object) -> date | None:
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None


def _changes_of_history(rows: RowsOverRounds) -> Iterator[ItemChange]:
    """Yield the changes that the history tells of the present round."""
    now = rows.inputs.project.round.id
    for row, lines in rows.lines.items():
        line, story = lines[-1]
        before = lines[-2][1] if len(lines) > 1 else RowStory()
        said = (line.title, line.owner, line.agreed)
        if story.gone and len(rows.rounds) > 1 and line.round == rows.rounds[1]:
            yield ItemChange("gone", *row, *said, since=line.round)
        if line.round != now or len(lines) == 1:
            continue
        if story.slips > before.slips:
            yield ItemChange("slipped", *row, *said, times=story.slips, days=story.slip_days)
        if story.reopened > before.reopened:
            yield ItemChange("reopened", *row, *said, times=story.reopened)
        if story.backwards > before.backwards:
            yield ItemChange("backwards", *row, *said, times=story.backwards)
        if rows.was_overdue(row, lines[-2][0].round) and story.closed_now:
            yield ItemChange("recovered", *row, *said)
