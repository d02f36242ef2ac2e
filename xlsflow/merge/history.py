"""Writes the history of tracked rows, and decides which due date of a row counts.

An overdue item whose region moves the due date stays overdue by the date before, until the coordinator accepts the new
one: otherwise a region could make its report green by typing a date.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import repeat
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

    from xlsflow.merge.precedence import JoinedBlock
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
        rounds = [round_order(returned.record.stamp.round) == round_ for returned in returns]
        present = {returned.record.stamp.round for returned, here in zip(returns, rounds, strict=True) if here}
        for name, block in blocks.items():
            follow = whole.outlines[name].follow
            made = _lines(name, block.rows, whole.outlines[name], returns, as_of)
            if follow:
                closed = {*follow.done, *follow.dropped}
                still_open.update(line[:3] for line in made if line.status not in closed)
                # Two rows under one key share their line: it says that they are closed only if both are.
                shared = {line[:3] for line in made if line.status in closed} & still_open
                made = [line for line in made if line.status not in closed or line[:3] not in shared]
            lines += made if all(rounds) else [line for line in made if line.round in present]
        return cls(tuple(lines), {}, frozenset(still_open))


def _lines(
    name: str, rows: pd.DataFrame, outline: BlockOutline, returns: Sequence[Return], as_of: date | None
) -> list[HistoryLine]:
    """Return a line for each row, column by column: a merge of many returns has as many lines as rows."""
    follow = outline.follow
    if not outline.key or not len(rows):
        return []
    numbers = rows[NUMBER].tolist()
    stamps = [returned.record.stamp for returned in returns]
    stored = [returned.record.recognised == FROM_HISTORY for returned in returns]
    # Rows that are not tracked have a line too: later rounds may refer to them.
    tracked = (follow.due, follow.status, outline.share, follow.owner, follow.reason) if follow else ("",) * 5
    due, status, share, owner, reason = tracked
    days = _days(rows, due)
    columns = (
        repeat(name, len(rows)), _texts(rows, outline.key), [stamps[n].region for n in numbers],
        [stamps[n].round for n in numbers], repeat(as_of, len(rows)), days, days, _texts(rows, status),
        _shares(rows, share), _texts(rows, owner), _texts(rows, outline.title), [stored[n] for n in numbers],
        map(_digest, _texts(rows, reason)),
    )  # fmt: skip
    return [*map(HistoryLine._make, zip(*columns, strict=True))]


def _texts(rows: pd.DataFrame, name: str) -> list[str]:
    """Return a column as the texts by which it is compared."""
    if name not in rows:
        return [""] * len(rows)
    column = rows[name]
    if column.dtype == "str":
        return column.fillna("").tolist()
    return [comparison_text(value) for value in _plain(column)]


def _shares(rows: pd.DataFrame, name: str) -> list[float | None]:
    return [None if v is None else float(v) for v in _plain(rows[name])] if name in rows else [None] * len(rows)


def _days(rows: pd.DataFrame, name: str) -> list[date | None]:
    """Return a column as days; what is no day is None."""
    if name not in rows:
        return [None] * len(rows)
    if rows[name].dtype.kind == "M":  # numpy turns a whole column of moments into days at once
        return rows[name].to_numpy().astype("datetime64[D]").tolist()
    return [
        value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None
        for value in _plain(rows[name])
    ]


def _digest(text: str) -> str:
    """Return a short digest of a text, as it is compared: small, and without what may be private in it."""
    folded = "".join(fold_text(text).split()) if text else ""
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()[:8] if folded else ""


def _plain(column: pd.Series) -> list[Any]:
    missing = column.isna().tolist()
    return [None if blank else value for value, blank in zip(column.tolist(), missing, strict=True)]


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
    latest = {line[:3]: line for line in lines}
    present = {round_id: round_order(round_id) == current for round_id in {line.round for line in lines}}
    for line in lines:
        row = line[:3]
        last = before.get(row)
        counts = line.due
        if last is not None or line.stored:  # otherwise, and that is usual, nothing has been agreed before
            is_current = present[line.round]
            is_past = line.stored and not is_current
            is_accepted = accepted is None or comparison_text(line.due) in accepted.get(row, ())
            if not is_accepted or (accepted is not None and is_past and line is not latest[row]):
                counts = _unaccepted(last, line, as_of if is_current else line.as_of, is_past=is_past)
        made.append(line if line.agreed == counts else line._replace(agreed=counts))
        if last is not None or line.stored or line is not latest[row]:
            before[row] = made[-1]
    # A row that is carried on from an earlier round waits for the coordinator like any other.
    for row, line in before.items():
        if row in now.open and line.agreed is not None and line.agreed != line.due:
            agreed[row] = line.agreed
            proposals.append(_redated(line))
    return RoundHistory(tuple(made), agreed, now.open), proposals


def _unaccepted(last: HistoryLine | None, line: HistoryLine, day: date | None, *, is_past: bool) -> date | None:
    """Return the due date of a line that counts while that of its return is not accepted."""
    if is_past:  # what was accepted in its round stays accepted
        return line.agreed
    return last.agreed if last is not None and _is_put_off(last, line, day) else line.due


def _redated(line: HistoryLine) -> Proposal:
    return Proposal(
        "redated", line.block, line.key, title=line.title, current=line.agreed, value=line.due, region=line.region
    )


def _is_put_off(last: HistoryLine, line: HistoryLine, day: date | None) -> bool:
    """Return whether a line moves a due date that has passed to a later day."""
    if last.agreed is None or line.due is None or day is None:
        return False
    return last.agreed < day and last.agreed < line.due
