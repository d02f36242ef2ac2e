"""The history of tracked rows: how each stood in each round, one line a row a round, and what the lines tell together.

Slips, reopenings, steps back and silence follow from the lines alone: a book of any round gives the same answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple


class HistoryLine(NamedTuple):
    """How a tracked row stood in one round.

    Attributes:
        block: Full name of its block.
        key: Its key.
        region: Code of its region.
        round: Id of the round.
        as_of: The as-of day of the merge; None where it had none.
        due: Due date in the return.
        agreed: Due date that counts: the one before, as long as the coordinator has not accepted a later one.
        status: Code of its status.
        share: Share that is done, 0 to 1.
        owner: Person responsible.
        title: Its title.
        stored: Whether it is from the book of an earlier round, rather than from returns that can be merged again.
        excuse: Short digest of the reason for a delay: whether it is the same as before can be told, not what it says.
    """

    block: str
    key: str
    region: str
    round: str
    as_of: date | None = None
    due: date | None = None
    agreed: date | None = None
    status: str = ""
    share: float | None = None
    owner: str = ""
    title: str = ""
    stored: bool = False
    excuse: str = ""

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """Block, key, region and round: one line each."""
        return self[:4]


RoundOrder = tuple[tuple[int, str], ...]
"""Sort key of a round."""


@lru_cache(maxsize=1024)  # asked for every line of the history, of which there are few rounds
def round_order(round_id: str) -> RoundOrder:
    """Return the sort key of a round's id: numbers in it count as numbers, so W9 is before W10.

    >>> round_order("2026-W9") < round_order("2026-W10")
    True
    """
    return tuple((int(part), "") if part.isdecimal() else (0, part) for part in re.findall(r"\d+|\D+", round_id))


def joined_history(*histories: Iterable[HistoryLine]) -> tuple[HistoryLine, ...]:
    """Return several histories as one, sorted.

    Of two lines about one round the one that is made of returns counts, then the one of the later as-of day.
    """
    lines: dict[tuple[str, str, str, str], HistoryLine] = {}
    for history in histories:
        for line in history:
            identity = line[:4]
            known = lines.setdefault(identity, line)
            if known is not line and _precedence(line) > _precedence(known):
                lines[identity] = line
    rounds = {line.round for line in lines.values()}
    place = {round_id: n for n, round_id in enumerate(sorted(rounds, key=lambda name: (round_order(name), name)))}
    return tuple(sorted(lines.values(), key=lambda line: (*line[:3], place[line.round])))


def _precedence(line: HistoryLine) -> tuple[object, ...]:
    return not line.stored, *(str(value or "") for value in line[4:])


RowPhase = Callable[[HistoryLine], int | None]
"""Returns how far a row has come: 0 not begun, 1 begun, 2 over; None where its block has no status."""

NOT_BEGUN, BEGUN, OVER = 0, 1, 2


class RowStory(NamedTuple):
    """What the history of a row says up to one of its rounds.

    Attributes:
        first_due: The first due date that it had.
        slips: How often its due date that counts has moved to a later day.
        slip_days: By how many days altogether.
        reopened: How often it was open again after it had been over.
        backwards: How often its status or the share that is done went back while it was open.
        owner_changes: How often the person responsible changed.
        closed_now: Whether it was closed in this round.
        open_since: Id of the round in which it was opened, last opened if it was reopened; empty where it is over.
        unconfirmed_since: Id of the first round in which its region said nothing of it; empty where the last round has
            it, or where it is over.
        gone: Whether it was open in this round, and later rounds know nothing of it.
    """

    first_due: date | None = None
    slips: int = 0
    slip_days: int = 0
    reopened: int = 0
    backwards: int = 0
    owner_changes: int = 0
    closed_now: bool = False
    open_since: str = ""
    unconfirmed_since: str = ""
    gone: bool = False


def row_stories(
    lines: Sequence[HistoryLine],
    phase: RowPhase,
    present: Collection[tuple[str, str, str]] = frozenset(),
    current: str = "",
) -> list[RowStory]:
    """Return one story for each line: what was known of its row in its round.

    Args:
        lines: The lines of any number of rows, those of a row together and in the order of its rounds.
        phase: How far a row had come.
        present: Block, key and region of the rows that the book shows.
        current: Id of the book's round; the last one of the lines where it is empty.
    """
    rounds = sorted({line.round for line in lines} | ({current} if current else set()), key=round_order)
    following = dict(zip(rounds, [*rounds[1:], ""][: len(rounds)], strict=True))
    stories: list[RowStory] = []
    for row, several in groupby(lines, key=lambda line: line.identity[:3]):
        told = list(_told(list(several), phase))
        last, story = told[-1]
        if story.open_since and (silent := following[last.round]):
            is_shown = row in present
            told[-1] = last, story._replace(unconfirmed_since=silent if is_shown else "", gone=not is_shown)
        stories += (story for _, story in told)
    return stories


def _told(lines: Sequence[HistoryLine], phase: RowPhase) -> Iterator[tuple[HistoryLine, RowStory]]:
    """Yield the lines of one row, each with its story so far."""
    story, before, was = RowStory(), None, None
    for line in lines:
        now = phase(line)
        story = _next(story, before, line, was, now)
        yield line, story
        before, was = line, now


def _next(story: RowStory, before: HistoryLine | None, line: HistoryLine, was: int | None, now: int | None) -> RowStory:
    """Return a story with one more round."""
    is_open = now is not None and now != OVER
    first_due = story.first_due or line.due
    open_since = (story.open_since or line.round) if is_open else ""
    if before is None:
        return RowStory(first_due, open_since=open_since, closed_now=now == OVER)
    slipped = _slip(before, line)
    return RowStory(
        first_due,
        story.slips + (slipped > 0),
        story.slip_days + slipped,
        story.reopened + (was == OVER and is_open),
        story.backwards + (is_open and _is_backwards(before, line, was, now)),
        story.owner_changes + bool(before.owner and line.owner and before.owner != line.owner),
        now == OVER and was != OVER,
        open_since,
    )


def _slip(before: HistoryLine, line: HistoryLine) -> int:
    """Return by how many days the due date that counts has moved to a later day."""
    if before.agreed is None or line.agreed is None:
        return 0
    return max((line.agreed - before.agreed).days, 0)


def _is_backwards(before: HistoryLine, line: HistoryLine, was: int | None, now: int | None) -> bool:
    """Return whether less is done than the round before; that a row is open again is told by itself."""
    if was is None or now is None or was == OVER:
        return False
    return now < was or (before.share is not None and line.share is not None and line.share < before.share)


class RegionRound(NamedTuple):
    """How one region stood in one round, as the report of that round said: what trends are drawn from.

    Attributes:
        round: Id of the round.
        region: Code of the region; empty for items of no region.
        as_of: The as-of day of the report.
        state: What became of its return: `in_time`, `late`, `undated`, `missing`; empty where none was expected.
        silent: Why nothing is known of it: `missing`, `empty`, `untouched`; else empty.
        light: Its signal.
        total: Number of items, without cancelled ones.
        done: Number of finished items.
        overdue: Number of overdue items.
        new: Number of items that have become overdue since the round before.
        soon: Number of items due soon.
        soon_idle: Number of those that are not begun.
        stuck: Number of blocked items.
        high: Number of open high risks.
        untreated: Number of those that are overdue, not begun or without movement.
        errors: Number of findings of severity error.
        warnings: Number of findings of severity warning.
    """

    round: str
    region: str
    as_of: date | None = None
    state: str = ""
    silent: str = ""
    light: str = ""
    total: int = 0
    done: int = 0
    overdue: int = 0
    new: int = 0
    soon: int = 0
    soon_idle: int = 0
    stuck: int = 0
    high: int = 0
    untreated: int = 0
    errors: int = 0
    warnings: int = 0


def joined_rounds(*several: Iterable[RegionRound]) -> tuple[RegionRound, ...]:
    """Return the lines of several books as one, sorted by round; of two about one region that of the later day counts.

    Args:
        several: The lines of each book.
    """
    lines: dict[tuple[str, str], RegionRound] = {}
    for rounds in several:
        for line in rounds:
            known = lines.get(line[:2])
            if known is None or _freshness(line) > _freshness(known):
                lines[line[:2]] = line
    return tuple(sorted(lines.values(), key=lambda line: (round_order(line.round), line.region)))


def _freshness(line: RegionRound) -> tuple[str, ...]:
    return tuple(map(str, line[2:]))
