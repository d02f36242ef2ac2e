"""How the regions stood in each round: the stored rounds of the book, and the present one as this report has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlsflow.model.history import RegionRound, joined_rounds, round_order
from xlsflow.reports.figures.returns import RETURNED_LATE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import pandas as pd

    from xlsflow.reports.inputs import ReportInputs

_COUNTS = (
    *("total", "done", "overdue", "new", "soon", "soon_idle", "stuck", "high", "untreated", "errors", "warnings"),
)


@dataclass(frozen=True, slots=True)
class RoundFigures:
    """The totals of one round, over all regions.

    Attributes:
        round: Id of the round.
        as_of: The as-of day of its report; None where it is not known.
        expected: Number of regions that were to return.
        returned: Number of them that did.
        in_time: Number of them that did in time, or at a time that is not known.
        counts: Name of a count of `RegionRound` -> its total.
    """

    round: str
    as_of: date | None
    expected: int
    returned: int
    in_time: int
    counts: Mapping[str, int]

    @property
    def share(self) -> float | None:
        """Share of finished items; None if there are no items."""
        return self.counts["done"] / self.counts["total"] if self.counts["total"] else None


def region_rounds(inputs: ReportInputs, regions: pd.DataFrame) -> tuple[RegionRound, ...]:
    """Return how the regions stand in the present round.

    Args:
        inputs: What the report is made from.
        regions: The status of each region (`region_status`).
    """
    day = inputs.as_of.astimezone(inputs.project.zone).date()
    return tuple(
        RegionRound(
            inputs.project.round.id,
            str(row["region"]),
            day,
            row["state"] if isinstance(row["state"], str) else "",
            str(row["silent"]),
            str(row["light"]),
            # A region that the project does not know has no return, and so no findings.
            *(int(row[name]) if row[name] == row[name] else 0 for name in _COUNTS),
        )
        for row in regions.to_dict("records")
    )


def all_region_rounds(inputs: ReportInputs, present: Sequence[RegionRound]) -> tuple[RegionRound, ...]:
    """Return how the regions stood in every round that is known.

    Args:
        inputs: What the report is made from.
        present: The present round, which replaces what an earlier report said of it.
    """
    now = inputs.project.round.id
    stored = (line for line in inputs.book.rounds if line.round != now)
    return joined_rounds(stored, present)


def round_figures(lines: Sequence[RegionRound], inputs: ReportInputs) -> tuple[RoundFigures, ...]:
    """Return the totals of each round, the earliest first.

    Args:
        lines: How the regions stood in the rounds.
        inputs: The regions of the project: lines of others (of a county whose book is merged into that of its
            province) are left out where the project's own are there.
    """
    rounds: dict[str, list[RegionRound]] = {}
    for line in lines:
        if not line.region or not line.state or inputs.project.present_code(line.region) in inputs.region_order:
            rounds.setdefault(line.round, []).append(line)
    return tuple(_figures(name, rounds[name]) for name in sorted(rounds, key=round_order))


def _figures(name: str, lines: Sequence[RegionRound]) -> RoundFigures:
    expected = [line for line in lines if line.state]
    returned = [line for line in expected if line.silent != "missing"]
    return RoundFigures(
        name,
        max((line.as_of for line in lines if line.as_of), default=None),
        len(expected),
        len(returned),
        sum(line.state != RETURNED_LATE for line in returned),
        {count: sum(getattr(line, count) for line in lines) for count in _COUNTS},
    )
