"""Writes the history of tracked rows, and decides which due date of a row counts.

An overdue item whose region moves the due date stays overdue by the date before, until the coordinator accepts the new
one: otherwise a region could make its report green by typing a date.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from xlsflow.fileformat.baseline import comparison_text
from xlsflow.merge.union_of_returns import NUMBER
from xlsflow.model.history import HistoryLine, RoundOrder, round_order
from xlsflow.model.proposals import Proposal
from xlsflow.model.returns import FROM_HISTORY
from xlsflow.template.lists import fold_text

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    import pandas as pd

    from xlsflow.merge.join_rows import JoinedBlock
    from xlsflow.model.consolidated_book import BlockOutline, ReturnSet
    from xlsflow.model.returns import Return

AgreedDates = Mapping[tuple[str, str, str], date]
"""Block, key and region of the rows whose new due date is not accepted yet -> the due date that counts."""


@dataclass(frozen=True)
class RoundHistory:
    """The tracked rows of one round, or of all of them.

    Attributes:
        lines: The lines.
        agreed: See `AgreedDates`.
        open: Block, key and region of the rows that are open in this round.
    """

    lines: tuple[HistoryLine, ...] = ()
    agreed: AgreedDates = field(default_factory=dict)
    open: frozenset[tuple[str, str, str]] = frozenset()

    @classmethod
    def of(
        cls,
        blocks: Mapping[str, JoinedBlock],
        whole: ReturnSet,
        returns: Sequence[Return],
        round_: RoundOrder,
        as_of: date | None = None,
    ) -> RoundHistory:
        """Return the lines of a round: one for each tracked row that a return of that round has.

        Args:
            blocks: Full block name -> its rows as of the round.
            whole: Knows the blocks.
            returns: The returns by number.
            round_: The round; rows that are carried on from an earlier one get no line.
            as_of: The as-of day.
        """
        lines: list[HistoryLine] = []
        still_open: set[tuple[str, str, str]] = set()
        for name, block in blocks.items():
            outline = whole.outlines[name]
            for line in _lines(name, block.rows, outline, returns, as_of):
                follow = outline.follow
                if follow and line.status not in (*follow.done, *follow.dropped):
                    still_open.add(line.identity[:3])
                if round_order(line.round) == round_:
                    lines.append(line)
        return cls(tuple(lines), {}, frozenset(still_open))


def _lines(
    name: str, rows: pd.DataFrame, outline: BlockOutline, returns: Sequence[Return], as_of: date | None
) -> Iterator[HistoryLine]:
    follow = outline.follow
    if not outline.key or not len(rows):
        return
    sources = [
        (returned.record.stamp.region, returned.record.stamp.round, returned.record.recognised == FROM_HISTORY)
        for returned in returns
    ]
    # Rows that are not tracked have a line too: later rounds may refer to them.
    tracked = (follow.due, follow.status, outline.share, follow.owner, follow.reason) if follow else ("",) * 5
    names = (outline.key, NUMBER, *tracked, outline.title)
    columns = [_plain(rows[column]) if column in rows else [None] * len(rows) for column in names]
    for key, number, due, status, done, owner, reason, title in zip(*columns, strict=True):
        region, round_, stored = sources[number]
        day = _day(due)
        yield HistoryLine(
            name, str(key), region, round_, as_of, day, day, comparison_text(status),
            None if done is None else float(done), comparison_text(owner), comparison_text(title), stored,
            _digest(comparison_text(reason)),
        )  # fmt: skip


def _digest(text: str) -> str:
    """Return a short digest of a text, as it is compared: small, and without what may be private in it."""
    folded = "".join(fold_text(text).split())
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()[:8] if folded else ""


def _plain(column: pd.Series) -> list[Any]:
    missing = column.isna().tolist()
    return [None if blank else value for value, blank in zip(column.tolist(), missing, strict=True)]


def _day(value: object) -> date | None:
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None


def with_agreed_dates(
    lines: Sequence[HistoryLine],
    current: RoundOrder,
    accepted: Mapping[tuple[str, str, str], AbstractSet[str]] | None,
    now: RoundHistory,
    as_of: date | None,
) -> tuple[RoundHistory, list[Proposal]]:
    """Return the history with the due date that counts in each round, and a proposal for each new date to accept.

    Args:
        lines: The lines of all rounds, those of a row in the order of their rounds.
        current: The round of the merge.
        accepted: Block, key and region -> due dates that the coordinator has accepted; None where every date counts.
        now: The rows of the current round.
        as_of: The as-of day of the merge.
    """
    made: list[HistoryLine] = []
    agreed: dict[tuple[str, str, str], date] = {}
    proposals: list[Proposal] = []
    before: dict[tuple[str, str, str], HistoryLine] = {}
    # The lines of a row are in the order of its rounds.
    latest = {line.identity[:3]: line for line in lines}
    for line in lines:
        row = line.identity[:3]
        last = before.get(row)
        is_current = round_order(line.round) == current
        day = as_of if is_current else line.as_of
        counts = line.due
        is_past = line.stored and not is_current
        is_accepted = accepted is None or comparison_text(line.due) in accepted.get(row, ())
        if not is_accepted or (accepted is not None and is_past and line is not latest[row]):
            if is_past:  # what was accepted in its round stays accepted
                counts = line.agreed
            elif last is not None and _is_put_off(last, line, day):
                counts = last.agreed
        before[row] = line if line.agreed == counts else line._replace(agreed=counts)
        made.append(before[row])
    # A row that is carried on from an earlier round waits for the coordinator like any other.
    for row, line in before.items():
        if row in now.open and line.agreed is not None and line.agreed != line.due:
            agreed[row] = line.agreed
            proposals.append(_redated(line))
    return RoundHistory(tuple(made), agreed, now.open), proposals


def _redated(line: HistoryLine) -> Proposal:
    return Proposal(
        "redated", line.block, line.key, title=line.title, current=line.agreed, value=line.due, region=line.region
    )


def _is_put_off(last: HistoryLine, line: HistoryLine, day: date | None) -> bool:
    """Return whether a line moves a due date that has passed to a later day."""
    if last.agreed is None or line.due is None or day is None:
        return False
    return last.agreed < day and last.agreed < line.due
