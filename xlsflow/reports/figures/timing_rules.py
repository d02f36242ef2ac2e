"""Finds violations of timing rules: the times that regions filled in against the limits of the pack and the project.

Hours are clock hours; working days follow the region's calendar, and a limit in days runs to the end of its last day.
A date without a time counts in favour of the region: a start counts from the end of the day, an end from its beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import TYPE_CHECKING

import pandas as pd

from xlsflow.clock import Calendar
from xlsflow.reports.figures.tracked_items import item_regions
from xlsflow.template.model import TableBlock

if TYPE_CHECKING:
    from xlsflow.reports.inputs import ReportInputs
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import DataBlock, Follow, TimingFields, TimingRule

# Number format of a date without a time.
_DATE_FORMAT = "yyyy-mm-dd"

_TO_LAST_SECOND = pd.Timedelta(days=1) - pd.Timedelta(seconds=1)
# Interval -> the longest time between two entries; a daily one applies to working days only.
_INTERVALS: Mapping[str, Mapping[str, float]] = {"day": {"working_days": 1}, "week": {"days": 7}, "month": {"days": 31}}

_TYPES: Mapping[str, str] = {
    "rule": "str", "block": "str", "key": "str", "title": "str", "owner": "str", "region": "str",
    "unit": "str", "allowed": "float64", "start": "datetime64[s]", "due": "datetime64[s]", "end": "datetime64[s]",
    "hours": "float64", "file": "str", "sheet": "str", "row": "int64",
}  # fmt: skip


def timing_violations(inputs: ReportInputs) -> pd.DataFrame:
    """Return all violations of timing rules up to the as-of instant, the longest overrun first.

    Columns: `rule`, `block` (full name), `key`, `title`, `owner`, `region`, `unit` and `allowed` (the limit in that
    unit), `start`, `due` and `end` (missing if not done yet) in the region's local time, `hours` after `due`, `file`,
    `sheet`, `row`.
    """
    parts = [part for name in inputs.blocks for part in _block_violations(inputs, name)]
    parts = [part for part in parts if not part.empty]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _TYPES.items()})
    frame = pd.concat(parts, ignore_index=True)
    order = ["hours", "rule", "region", "block", "key"]
    return frame.sort_values(order, ascending=[False, True, True, True, True], kind="stable", ignore_index=True)


def has_timing_rules(inputs: ReportInputs) -> bool:
    """Return whether any block of the data has fields for a timing rule that has a limit."""
    return any(duty.rule in inputs.timing for _, block in inputs.blocks.values() for duty in block.duties)


def _block_violations(inputs: ReportInputs, name: str) -> Iterator[pd.DataFrame]:
    _, block = inputs.blocks[name]
    for deadline in block.duties:
        rows = _Rows(inputs, name, deadline)
        duty = inputs.timing.get(deadline.rule)
        if duty is not None and rows.there:
            yield _violations(rows, duty, inputs)


@dataclass(frozen=True)
class _Rows:
    """The rows to which one timing rule applies.

    A rule that starts on another sheet applies to the rows of that sheet, whether or not any row here refers to them.
    """

    inputs: ReportInputs
    name: str
    deadline: TimingFields

    @property
    def there(self) -> bool:
        """Whether the data has rows and the field that the rule needs."""
        return self.home in self.inputs.blocks and self.start in self.table.columns and not self.table.empty

    @property
    def home(self) -> str:
        """Full name of the block with the rows."""
        return self.deadline.start.rpartition(".")[0] or self.name

    @property
    def start(self) -> str:
        """Field with the time at which the limit starts to run."""
        return self.deadline.start.rpartition(".")[2]

    @property
    def block(self) -> DataBlock:
        """Definition of the block with the rows."""
        return self.inputs.blocks[self.home][1]

    @property
    def follow(self) -> Follow | None:
        """How the rows are tracked, if they are."""
        return self.block.follow if isinstance(self.block, TableBlock) else None

    @property
    def table(self) -> pd.DataFrame:
        """The rows."""
        return self.inputs.book.tables[self.home]

    def column(self, name: str) -> pd.Series:
        """Return a field of the rows as text; all missing if there is no such field."""
        found = self.table[name] if name in self.table.columns else pd.Series(None, index=self.table.index)
        return found.astype("str")

    def moments(self, field: FieldBase, values: pd.Series) -> pd.Series:
        """Return times to the second; a date without a time is the beginning of its day."""
        found = pd.to_datetime(values).astype("datetime64[s]")
        return found.dt.normalize() if field.number_format == _DATE_FORMAT else found

    def ends(self) -> pd.Series:
        """Return when each row was done; missing if it is not."""
        end, none = self.deadline.end, pd.Series(pd.NaT, index=self.table.index, dtype="datetime64[s]")
        if not end:
            return none
        here, block = self.inputs.book.tables[self.name], self.inputs.blocks[self.name][1]
        done = self.moments(block.field(end), here[end])
        if self.home == self.name:
            return done
        # Of several rows that refer to one start, the first that was done ends the time.
        first = done.groupby(here[self.deadline.by]).min()
        return pd.Series(first.reindex(self.table[self.block.key]).array, index=self.table.index)

    def regions(self) -> pd.Series:
        """Return each row's own region where it names one of the project's, else that of its file."""
        own, of_file = self.column(self.follow.region if self.follow else ""), self.column("_region")
        return item_regions(own, of_file, self.inputs)

    def running(self) -> pd.Series:
        """Return the rows to which the rule applies while they have no end yet.

        It does not apply to finished or cancelled rows. For a rule that starts on another sheet, only cancelled rows
        are excluded: there the limit usually starts to run when the row is finished.
        """
        applies = pd.Series(data=True, index=self.table.index)
        if self.deadline.given:
            given = self.column(self.deadline.given)
            applies = given.isin(list(self.deadline.codes)) if self.deadline.codes else given.notna()
        if self.follow:
            over = (*self.follow.done, *self.follow.dropped) if self.home == self.name else self.follow.dropped
            applies &= ~self.column(self.follow.status).isin(list(over))
        return applies


def _violations(rows: _Rows, duty: TimingRule, inputs: ReportInputs) -> pd.DataFrame:
    """Return the rows that violate a rule: done after the limit, or not done although the limit has passed."""
    deadline, follow = rows.deadline, rows.follow
    regions, end = rows.regions(), rows.ends()
    start = rows.moments(rows.block.field(rows.start), rows.table[rows.start])
    unit, figure = _allowance(rows, duty)
    due = _deadlines(start, regions, rows, (unit, figure))
    # Rows of an unknown region are judged by the project's own time zone.
    elsewhere = pd.Timestamp(inputs.as_of.astimezone(inputs.project.zone).replace(tzinfo=None))
    wall = {r.code: pd.Timestamp(inputs.as_of.astimezone(r.zone).replace(tzinfo=None)) for r in inputs.project.regions}
    # The region's own wall clock, like the times that it has filled in.
    now = regions.map(wall).fillna(elsewhere).astype("datetime64[s]")
    # What is not done yet is compared with the present; what no longer runs has no end to compare.
    until = end.where(end.notna(), now.where(rows.running()))
    late = (until > due).fillna(value=False)
    owner = deadline.owner or (follow.owner if follow else "")
    frame = pd.DataFrame(
        {
            "rule": pd.Series(deadline.rule, index=rows.table.index, dtype="str"),
            "block": pd.Series(rows.home, index=rows.table.index, dtype="str"),
            "key": rows.column(rows.block.key),
            "title": rows.column(follow.title if follow else ""),
            "owner": rows.column(owner),
            "region": regions,
            "unit": pd.Series(duty.every or unit, index=rows.table.index, dtype="str"),
            "allowed": figure,
            "start": start,
            "due": due,
            "end": end,
            "hours": (until - due).dt.total_seconds() / 3600,
            "file": rows.column("_file"),
            "sheet": rows.column("_sheet"),
            "row": rows.table["_row"],
        }
    )
    return frame[late].astype(_TYPES)


def _allowance(rows: _Rows, duty: TimingRule) -> tuple[str, pd.Series]:
    """Return the unit of a rule's limit, and the limit of each row in that unit."""
    limits = duty.spans
    spans: Mapping[str, float | None] = _INTERVALS[duty.every] if duty.every else limits
    # The first limit that is set counts, if a definition sets several.
    unit, usual = next((pair for pair in spans.items() if pair[1] is not None), ("hours", 0.0))
    figure = pd.Series(usual, index=rows.table.index, dtype="float64")
    if rows.deadline.case and duty.case:
        figure = rows.column(rows.deadline.case).map(duty.case).astype("float64").fillna(figure)
    return unit, figure


def _deadlines(start: pd.Series, regions: pd.Series, rows: _Rows, allowed: tuple[str, pd.Series]) -> pd.Series:
    """Return the latest time that a rule allows for each row."""
    unit, figure = allowed
    sign = -1 if rows.deadline.ahead else 1
    if unit == "hours":
        whole_days = rows.block.field(rows.start).number_format == _DATE_FORMAT
        # A limit that runs backwards from a date counts from its beginning, one that runs forwards from its end.
        begin = start + _TO_LAST_SECOND if whole_days and sign > 0 else start
        return pd.Series(begin + pd.to_timedelta(figure * sign, unit="h")).astype("datetime64[s]")
    if unit == "days":
        moved = start.dt.normalize() + pd.to_timedelta(figure.round() * sign, unit="D")
    else:
        moved = _shift_working_days(start.dt.normalize(), regions, figure, sign, rows.inputs.region_calendars)
    return pd.Series(moved + _TO_LAST_SECOND).astype("datetime64[s]")


def _shift_working_days(
    days: pd.Series, regions: pd.Series, figure: pd.Series, sign: int, calendar: Mapping[str, Calendar]
) -> pd.Series:
    """Return dates moved by a number of working days; equal combinations are computed once."""
    known: dict[tuple[object, str, float], pd.Timestamp] = {}
    usual = Calendar()
    for key in set(zip(days.dropna(), regions[days.notna()], figure[days.notna()], strict=True)):
        day, region, count = key
        known[key] = pd.Timestamp(_shift(day.date(), ceil(count) * sign, calendar.get(region, usual)))
    moved = [known.get(key, pd.NaT) for key in zip(days, regions, figure, strict=True)]
    return pd.Series(moved, index=days.index, dtype="datetime64[s]")


def _shift(day: date, working_days: int, calendar: Calendar) -> date:
    """Return the date a number of working days after a date, or before it if the number is negative."""
    if working_days >= 0:
        return calendar.add_working_days(day, working_days)
    while working_days < 0:
        day -= timedelta(days=1)
        working_days += calendar.is_working_day(day)
    return day
