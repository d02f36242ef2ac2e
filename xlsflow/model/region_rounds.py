"""How each region stood in each round, as the report of that round said it: what trends are drawn from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from xlsflow.model.history import round_order


class RegionRound(NamedTuple):
    """How one region stood in one round; the counts are those of the report (`status_counts`).

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
            if known is None or _rank(line) > _rank(known):
                lines[line[:2]] = line
    return tuple(sorted(lines.values(), key=lambda line: (round_order(line.round), line.region)))


def _rank(line: RegionRound) -> tuple[str, ...]:
    return tuple(map(str, line[2:]))
