"""The board of a round: who has got a workbook, who has returned it, what is still to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from xlsflow.i18n import LocalizedText

PostState = Literal["", "drafted", "sent", "in_doubt", "postponed", "refused"]
"""Where the letter with a region's workbook stands; empty if there is none."""


@dataclass(frozen=True, slots=True)
class ReturnFigures:
    """What the report says of the returns of one region.

    Attributes:
        state: `in_time`, `late`, `undated` or `missing`.
        files: Names of the files that count.
        came: When the first of its files was received, else saved, in the region's time.
        hours_late: Hours between the deadline and that.
        errors: Findings of severity error in its files.
        warnings: Findings of severity warning.
    """

    state: str = "missing"
    files: tuple[str, ...] = ()
    came: datetime | None = None
    hours_late: float = 0.0
    errors: int = 0
    warnings: int = 0

    @property
    def missing(self) -> bool:
        """Whether nothing of the region counts yet."""
        return self.state == "missing"

    @property
    def accepted(self) -> bool:
        """Whether its return counts and has no errors."""
        return not self.missing and not self.errors


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One region of the board.

    Attributes:
        region: Its code.
        name: Its name.
        contact: Its contact.
        post: Where the letter with its workbook stands.
        sent: When that began, in the region's time.
        returns: What the report says of its returns.
        reminded: How many reminders it got.
        days_left: Working days up to the deadline; negative once it has passed; None without a deadline.
    """

    region: str
    name: LocalizedText
    contact: str
    post: PostState
    sent: datetime | None
    returns: ReturnFigures
    reminded: int
    days_left: int | None


@dataclass(frozen=True, slots=True)
class Board:
    """The board of a round.

    Attributes:
        project: Name of the project.
        round: Id of the round.
        title: Its title.
        due: Its deadline, in each region's time.
        now: The instant that it is true for, in the coordinator's time.
        rows: One for each region, in the project's order.
    """

    project: LocalizedText
    round: str
    title: str
    due: datetime | None
    now: datetime
    rows: tuple[BoardRow, ...]

    @property
    def returned(self) -> int:
        """How many regions have returned their workbook."""
        return sum(not row.returns.missing for row in self.rows)

    @property
    def accepted(self) -> int:
        """How many returns are accepted."""
        return sum(row.returns.accepted for row in self.rows)

    @property
    def late(self) -> int:
        """How many were late."""
        return sum(row.returns.hours_late > 0 for row in self.rows)

    @property
    def errors(self) -> int:
        """How many errors are left in all returns."""
        return sum(row.returns.errors for row in self.rows)

    @property
    def settled(self) -> bool:
        """Whether every return is accepted."""
        return self.accepted == len(self.rows)
