"""Counts tracked items by region, by owner, by age and in total, and works out shares and signals."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from xlsflow.reports.figures.returns import NOT_RETURNED, RETURNED_LATE, RETURNED_UNTOUCHED, return_status
from xlsflow.reports.figures.signals import Signal, SignalFacts, SignalRule, overall_signal, region_signal
from xlsflow.reports.figures.tracked_items import (
    DUE_SOON_DAYS,
    tracked_items,
    untreated_risks,
    with_change,
    with_due_soon,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsflow.reports.inputs import ReportInputs

# Columns of counts for each region.
#
# `total` excludes cancelled items; `done`, `active`, `idle`, `blocked` and `overdue` add up to it (an overdue item
# counts only there); `stuck` counts blocked items whether overdue or not; `high` are open high risks, `untreated`
# those of them that are overdue, not started or unchanged since the previous round.
_COUNTS = (
    "total", "done", "active", "idle", "blocked", "overdue", "stuck", "soon", "soon_idle", "new", "high", "untreated",
)  # fmt: skip

AGE_LIMITS = (3, 7, 14, 30)
"""Upper limits, in days overdue, of the age classes; the last class has no limit."""


def items_with_flags(inputs: ReportInputs) -> pd.DataFrame:
    """Return all tracked items with the flags `soon` (due soon), `new` (newly overdue) and `still` (unchanged risk)."""
    days = int(inputs.setting("due_soon_days", DUE_SOON_DAYS))
    return with_change(with_due_soon(tracked_items(inputs), days), inputs)


def region_status(inputs: ReportInputs, frame: pd.DataFrame, returned: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return one row for each region, in the project's order, followed by a row for each unknown region.

    Args:
        inputs: What the report is made from.
        frame: The tracked items (`items_with_flags`).
        returned: The returns (`return_status`), if they are known already.

    Returns:
        `region`, the counts, `share` (done of total, missing if there are no items), `worst` (days), `state`,
        `errors`, `warnings`, `silent`, `heard`, `carried` (items as of an earlier round), `known_open` (open items),
        `light`, the signal, and `known`, the signal that a silent region would have by what is known of it.
    """
    returned = return_status(inputs) if returned is None else returned
    counted = _flags(frame).groupby(frame["region"]).sum()
    worst = frame.groupby("region")["days_overdue"].max()
    known = list(inputs.region_order)
    # Regions that the project does not know come last, but come: their items are in the totals.
    order = [*known, *sorted(set(counted.index) - set(known))]
    table = counted.reindex(order, fill_value=0).astype("int64")
    table["worst"] = worst.reindex(order, fill_value=0)
    # Missing rather than 0 % where there is nothing to be done.
    table["share"] = (table["done"] / table["total"]).where(table["total"] > 0)
    columns = returned.set_index("region")[["state", "errors", "warnings", "hours_late", "silent", "heard"]]
    table = table.join(columns).fillna({"silent": "", "heard": ""})
    for name, flag in (("carried", frame["carried"] != ""), ("known_open", frame["open"])):
        table[name] = flag.groupby(frame["region"]).sum().reindex(order, fill_value=0).astype("int64")
    # Whoever sends a workbook back as it is, with nothing open in it, has nothing to say.
    table.loc[(table["silent"] == RETURNED_UNTOUCHED) & (table["known_open"] == 0), "silent"] = ""
    rule = SignalRule.of(inputs)
    table["light"] = list(_signals(table, rule, with_silence=True))
    table["known"] = list(_signals(table, rule, with_silence=False))
    return table.rename_axis("region").reset_index()


def _flags(frame: pd.DataFrame) -> pd.DataFrame:
    """Return for each tracked item the counts to which it adds."""
    group, late = frame["group"], frame["days_overdue"] > 0
    risky = frame["open"] & frame["high"]
    flags = {
        "total": group != "dropped",
        "done": group == "done",
        **{name: (group == name) & ~late for name in ("active", "idle", "blocked")},
        # An overdue item is counted here and in no other bar, so that the bars of a region add up to its items.
        "overdue": late,
        "stuck": group == "blocked",
        "soon": frame["soon"],
        "soon_idle": frame["soon"] & (group == "idle"),
        # Missing where there is no previous round to compare with.
        "new": frame["new"].fillna(value=False).astype("bool"),
        "high": risky,
        "untreated": untreated_risks(frame),
    }
    return pd.DataFrame(flags)[list(_COUNTS)]


def _signals(table: pd.DataFrame, rule: SignalRule, *, with_silence: bool) -> Iterator[Signal]:
    """Yield the signal of each region; an unknown region has no return, so none is missing."""
    for row in table.to_dict("records"):
        is_expected = isinstance(row["state"], str)
        yield region_signal(
            SignalFacts(
                silent=with_silence and bool(row["silent"]),
                late=row["state"] == RETURNED_LATE,
                overdue=row["overdue"],
                worst=row["worst"],
                new=row["new"],
                soon_idle=row["soon_idle"],
                blocked=row["stuck"],
                high=row["untreated"],
                errors=int(row["errors"]) if is_expected else 0,
            ),
            rule,
        )


@dataclass(frozen=True, slots=True)
class ReportFigures:
    """Totals of the round.

    Attributes:
        expected: Number of regions.
        returned: Number of regions that have returned.
        late: Codes of the regions that returned after the deadline.
        missing: Codes of the regions that have not returned.
        total: Number of tracked items, without cancelled ones.
        done: Number of finished items.
        overdue: Number of overdue items.
        new: Number of items that have become overdue since the previous round; None without one.
        worst: Days that the longest overdue item is overdue.
        mean: Mean days overdue.
        soon: Number of items due soon.
        soon_idle: Number of those that have not been started.
        blocked: Number of blocked items.
        high: Number of open high risks.
        untreated: Those of them that are overdue, not begun, or have not moved since the round before.
        errors: Number of findings of severity error.
        warnings: Number of findings of severity warning.
        signal: Signal of the round.
        silent: Codes of the regions that say nothing in this round: no return, an empty one, one without a change.
        carried: Number of items as of an earlier round.
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
    untreated_risks: int
    errors: int
    warnings: int
    signal: Signal
    silent: tuple[str, ...] = ()
    carried: int = 0

    @property
    def share(self) -> float | None:
        """Share of finished items; None if there are no items."""
        return self.done / self.total if self.total else None


def report_figures(inputs: ReportInputs, frame: pd.DataFrame, regions: pd.DataFrame) -> ReportFigures:
    """Return the totals of the round.

    Args:
        inputs: What the report is made from.
        frame: The tracked items (`items_with_flags`).
        regions: The status of each region (`region_status`).
    """
    sums = {name: int(regions[name].sum()) for name in _COUNTS}
    state = regions["state"]
    late_days = frame.loc[frame["days_overdue"] > 0, "days_overdue"]
    worst = [finding.severity.value for finding in inputs.book.findings]
    missing = tuple(regions.loc[state == NOT_RETURNED, "region"])
    expected = len(inputs.project.regions)
    return ReportFigures(
        expected=expected,
        returned=expected - len(missing),
        late=tuple(regions.loc[state == RETURNED_LATE, "region"]),
        missing=missing,
        total=sums["total"],
        done=sums["done"],
        overdue=sums["overdue"],
        new=sums["new"] if inputs.previous else None,
        worst=int(late_days.max()) if len(late_days) else 0,
        mean=float(late_days.mean()) if len(late_days) else 0.0,
        soon=sums["soon"],
        soon_idle=sums["soon_idle"],
        blocked=sums["stuck"],
        high=sums["high"],
        untreated_risks=sums["untreated"],
        errors=worst.count("error"),
        warnings=worst.count("warning"),
        signal=overall_signal(regions["light"], regions["known"]),
        silent=tuple(regions.loc[regions["silent"] != "", "region"]),
        carried=int(regions["carried"].sum()),
    )


def overdue_by_age(frame: pd.DataFrame) -> tuple[int, ...]:
    """Return the number of overdue items in each age class: up to each of AGE_LIMITS, and beyond."""
    days = frame.loc[frame["days_overdue"] > 0, "days_overdue"]
    edges = (0, *AGE_LIMITS, 10**6)  # in days; the last class has no limit
    return tuple(int(days.between(low + 1, high).sum()) for low, high in pairwise(edges))


def open_by_owner(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each owner and region: `open`, `overdue`, `worst` days, `soon`; most overdue first."""
    # The same name in two regions may be two people, hence a row for each region.
    live = frame[frame["open"] & frame["owner"].notna()]
    late = live.assign(late=live["days_overdue"] > 0)
    table = late.groupby(["owner", "region"], sort=True).agg(
        open=("open", "sum"), overdue=("late", "sum"), worst=("days_overdue", "max"), soon=("soon", "sum")
    )
    order = ["overdue", "worst", "open"]
    return table.sort_values(order, ascending=False, kind="stable").reset_index()
