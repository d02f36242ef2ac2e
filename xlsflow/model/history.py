"""The history of tracked rows: how each stood in each round, one line a row a round."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
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
