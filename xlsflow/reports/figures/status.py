"""Where each region stands, and the whole: counts, shares and lights."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from xlsflow.reports.figures.returns import (
    LATE,
    MISSING,
    returns,
)
from xlsflow.reports.figures.signals import (
    Light,
    LightRule,
    Standing,
    light,
    overall,
)
from xlsflow.reports.figures.tracked_items import (
    DUE_SOON_DAYS,
    followed,
    untreated,
    with_change,
    with_soon,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsflow.reports.inputs import Basis

COUNTS = (
    "total", "done", "active", "idle", "blocked", "overdue", "stuck", "soon", "soon_idle", "new", "high", "untreated",
)  # fmt: skip
"""What is counted for each region.

`total` leaves out what was given up; `done`, `active`, `idle`, `blocked` and `overdue` add up to it (what is overdue is
counted there only); `stuck` is blocked whether overdue or not; `high` are open grave risks, `untreated` those of them
that are overdue, not begun, or have not moved since the round before.
"""

EDGES = (3, 7, 14, 30)
"""Days overdue up to which one class of age reaches; the last class is open."""


def standings(basis: Basis) -> pd.DataFrame:
    """Return everything that is followed up, with `soon` (due within the set days) and `new` (newly overdue)."""
    days = int(basis.figure("due_soon_days", DUE_SOON_DAYS))
    return with_change(with_soon(followed(basis), days), basis)


def by_region(basis: Basis, frame: pd.DataFrame, back: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return one row for each region, in the project's order; a row more for rows whose region nobody knows.

    Args:
        basis: What the report is made from.
        frame: What is followed up (`standings`).
        back: Who has returned (`returns`), where it is known already.

    Returns:
        `region`, the COUNTS, `share` (done of total, missing where there is nothing), `worst` (days), `state`,
        `errors`, `warnings`, and `light`.
    """
    back = returns(basis) if back is None else back
    counted = _flags(frame).groupby(frame["region"]).sum()
    worst = frame.groupby("region")["days_overdue"].max()
    known = list(basis.region_order)
    order = [*known, *sorted(set(counted.index) - set(known))]
    table = counted.reindex(order, fill_value=0).astype("int64")
    table["worst"] = worst.reindex(order, fill_value=0)
    table["share"] = (table["done"] / table["total"]).where(table["total"] > 0)
    columns = back.set_index("region")[["state", "errors", "warnings", "hours_late"]]
    table = table.join(columns)
    table["light"] = list(_lights(table, LightRule.of(basis)))
    return table.rename_axis("region").reset_index()


def _flags(frame: pd.DataFrame) -> pd.DataFrame:
    """Return which counts each followed row belongs to."""
    group, late = frame["group"], frame["days_overdue"] > 0
    risky = frame["open"] & frame["high"]
    flags = {
        "total": group != "dropped",
        "done": group == "done",
        **{name: (group == name) & ~late for name in ("active", "idle", "blocked")},
        "overdue": late,
        "stuck": group == "blocked",
        "soon": frame["soon"],
        "soon_idle": frame["soon"] & (group == "idle"),
        "new": frame["new"].fillna(value=False).astype("bool"),
        "high": risky,
        "untreated": untreated(frame),
    }
    return pd.DataFrame(flags)[list(COUNTS)]


def _lights(table: pd.DataFrame, rule: LightRule) -> Iterator[Light]:
    """Yield each region's light; rows of a region that nobody asked have none to return."""
    for row in table.to_dict("records"):
        asked = isinstance(row["state"], str)
        yield light(
            Standing(
                returned=row["state"] != MISSING,
                late=row["state"] == LATE,
                overdue=row["overdue"],
                worst=row["worst"],
                new=row["new"],
                soon_idle=row["soon_idle"],
                blocked=row["stuck"],
                high=row["untreated"],
                errors=int(row["errors"]) if asked else 0,
            ),
            rule,
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of the whole.

    Attributes:
        expected: Regions that were asked.
        returned: Regions that have returned.
        late: Codes of those that returned after the deadline.
        missing: Codes of those that have not.
        total: Things followed up, without those given up.
        done: Finished ones.
        overdue: Overdue ones.
        new: Those that became overdue since the round before; None without one.
        worst: Days of the one that is overdue longest.
        mean: Mean days of the overdue ones.
        soon: Due within the set days.
        soon_idle: Those of them that nobody has begun.
        blocked: Stuck ones.
        high: Open grave risks.
        untreated: Those of them that are overdue, not begun, or have not moved since the round before.
        errors: Findings that must be mended.
        warnings: Findings to look at.
        light: The light of the whole.
    """

    expected: int
    returned: int
    late: tuple[str, ...]
    missing: tuple[str, ...]
    total: int
    done: int
    overdue: int
    new: int | None
    worst: int
    mean: float
    soon: int
    soon_idle: int
    blocked: int
    high: int
    untreated: int
    errors: int
    warnings: int
    light: Light

    @property
    def share(self) -> float | None:
        """Finished ones of all; None where there is nothing."""
        return self.done / self.total if self.total else None


def figures(basis: Basis, frame: pd.DataFrame, regions: pd.DataFrame) -> Figures:
    """Return the figures of the whole.

    Args:
        basis: What the report is made from.
        frame: What is followed up (`standings`).
        regions: Where each region stands (`by_region`).
    """
    sums = {name: int(regions[name].sum()) for name in COUNTS}
    state = regions["state"]
    late_days = frame.loc[frame["days_overdue"] > 0, "days_overdue"]
    worst = [finding.severity.value for finding in basis.book.findings]
    missing = tuple(regions.loc[state == MISSING, "region"])
    expected = len(basis.project.regions)
    return Figures(
        expected=expected,
        returned=expected - len(missing),
        late=tuple(regions.loc[state == LATE, "region"]),
        missing=missing,
        total=sums["total"],
        done=sums["done"],
        overdue=sums["overdue"],
        new=sums["new"] if basis.previous else None,
        worst=int(late_days.max()) if len(late_days) else 0,
        mean=float(late_days.mean()) if len(late_days) else 0.0,
        soon=sums["soon"],
        soon_idle=sums["soon_idle"],
        blocked=sums["stuck"],
        high=sums["high"],
        untreated=sums["untreated"],
        errors=worst.count("error"),
        warnings=worst.count("warning"),
        light=overall(regions["light"]),
    )


def ageing(frame: pd.DataFrame) -> tuple[int, ...]:
    """Return how many things are overdue in each class of age (EDGES, and beyond)."""
    days = frame.loc[frame["days_overdue"] > 0, "days_overdue"]
    edges = (0, *EDGES, 10**6)
    return tuple(int(days.between(low + 1, high).sum()) for low, high in pairwise(edges))


def by_owner(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each person and region: `open`, `overdue`, `worst` days, `soon`; most overdue first."""
    live = frame[frame["open"] & frame["owner"].notna()]
    late = live.assign(late=live["days_overdue"] > 0)
    table = late.groupby(["owner", "region"], sort=True).agg(
        open=("open", "sum"), overdue=("late", "sum"), worst=("days_overdue", "max"), soon=("soon", "sum")
    )
    order = ["overdue", "worst", "open"]
    return table.sort_values(order, ascending=False, kind="stable").reset_index()
