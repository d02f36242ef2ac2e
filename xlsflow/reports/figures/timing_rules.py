"""Which timing rules were broken, by whom and by how much: the pack's and project's figures against what was filled in.

Hours are clock hours; working days follow the region's calendar and end with its day. A day without a time counts in
favour of those who filled it in: what starts on it starts at its end, what is done on it is done at its beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import TYPE_CHECKING

import pandas as pd

from xlsflow.clock import Calendar
from xlsflow.template.model import TableBlock

if TYPE_CHECKING:
    from xlsflow.reports.inputs import Basis
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import DataBlock, Deadline, Duty, Follow

DATE_ONLY = "yyyy-mm-dd"
"""The number format of a day without a time of day."""

LAST_SECOND = pd.Timedelta(days=1) - pd.Timedelta(seconds=1)
RHYTHM: Mapping[str, Mapping[str, float]] = {"day": {"working_days": 1}, "week": {"days": 7}, "month": {"days": 31}}
"""How long a rhythm allows between two times: a daily one is kept on working days."""

TYPES: Mapping[str, str] = {
    "rule": "str", "block": "str", "key": "str", "title": "str", "owner": "str", "region": "str",
    "unit": "str", "allowed": "float64", "start": "datetime64[s]", "due": "datetime64[s]", "end": "datetime64[s]",
    "hours": "float64", "file": "str", "sheet": "str", "row": "int64",
}  # fmt: skip


def broken(basis: Basis) -> pd.DataFrame:
    """Return every timing rule that was broken up to the as-of instant, the longest overrun first.

    Columns: `rule`, `block` (full name), `key`, `title`, `owner`, `region`, `unit` and `allowed` (how many of it),
    `start`, `due` (the latest moment) and `end` (missing where it is not done yet) in the region's wall time, `hours`
    beyond `due`, `file`, `sheet`, `row`.
    """
    parts = [part for name in basis.blocks for part in _of_block(basis, name)]
    parts = [part for part in parts if not part.empty]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in TYPES.items()})
    frame = pd.concat(parts, ignore_index=True)
    order = ["hours", "rule", "region", "block", "key"]
    return frame.sort_values(order, ascending=[False, True, True, True, True], kind="stable", ignore_index=True)


def asked(basis: Basis) -> bool:
    """Return whether any block of the book tells of a timing rule that has a figure."""
    return any(duty.rule in basis.timing for _, block in basis.blocks.values() for duty in block.duties)


def _of_block(basis: Basis, name: str) -> Iterator[pd.DataFrame]:
    _, block = basis.blocks[name]
    for deadline in block.duties:
        rows = _Rows(basis, name, deadline)
        duty = basis.timing.get(deadline.rule)
        if duty is not None and rows.there:
            yield _over(rows, duty, basis)


@dataclass(frozen=True)
class _Rows:
    """The rows for which one timing rule runs.

    Where it starts on another sheet, it runs for the rows of that sheet, whether or not any row here names them.
    """

    basis: Basis
    name: str
    deadline: Deadline

    @property
    def there(self) -> bool:
        """Whether there is anything for which it can run."""
        return self.home in self.basis.blocks and self.start in self.table.columns and not self.table.empty

    @property
    def home(self) -> str:
        """Full name of the block whose rows it runs for."""
        return self.deadline.start.rpartition(".")[0] or self.name

    @property
    def start(self) -> str:
        """The field that it starts with."""
        return self.deadline.start.rpartition(".")[2]

    @property
    def block(self) -> DataBlock:
        """The block whose rows it runs for."""
        return self.basis.blocks[self.home][1]

    @property
    def follow(self) -> Follow | None:
        """How those rows are followed up."""
        return self.block.follow if isinstance(self.block, TableBlock) else None

    @property
    def table(self) -> pd.DataFrame:
        """The rows."""
        return self.basis.book.tables[self.home]

    def column(self, name: str) -> pd.Series:
        """Return a field of the rows as text; nothing where there is no such field."""
        found = self.table[name] if name in self.table.columns else pd.Series(None, index=self.table.index)
        return found.astype("str")

    def moments(self, field: FieldBase, values: pd.Series) -> pd.Series:
        """Return moments to the second, and those of a day without a time as its beginning."""
        found = pd.to_datetime(values).astype("datetime64[s]")
        return found.dt.normalize() if field.number_format == DATE_ONLY else found

    def ends(self) -> pd.Series:
        """Return when each row was done; missing where it is not."""
        end, none = self.deadline.end, pd.Series(pd.NaT, index=self.table.index, dtype="datetime64[s]")
        if not end:
            return none
        here, block = self.basis.book.tables[self.name], self.basis.blocks[self.name][1]
        done = self.moments(block.field(end), here[end])
        if self.home == self.name:
            return done
        first = done.groupby(here[self.deadline.by]).min()
        return pd.Series(first.reindex(self.table[self.block.key]).array, index=self.table.index)

    def regions(self) -> pd.Series:
        """Return each row's own region where it names one of the project's, else that of its file."""
        own, of_file = self.column(self.follow.region if self.follow else ""), self.column("_region")
        return own.where(own.isin(list(self.basis.region_order)), of_file).fillna("").astype("str")

    def running(self) -> pd.Series:
        """Return for which rows the rule is asked while its end is blank.

        Not for what is finished or given up; but what starts on another sheet mostly starts with being finished there.
        """
        asked_for = pd.Series(data=True, index=self.table.index)
        if self.deadline.given:
            asked_for = self.column(self.deadline.given).notna()
        if self.follow:
            over = (*self.follow.done, *self.follow.dropped) if self.home == self.name else self.follow.dropped
            asked_for &= ~self.column(self.follow.status).isin(list(over))
        return asked_for


def _over(rows: _Rows, duty: Duty, basis: Basis) -> pd.DataFrame:
    """Return the rows in which what a rule asks was done too late, or is not done and should be."""
    deadline, follow = rows.deadline, rows.follow
    regions, end = rows.regions(), rows.ends()
    start = rows.moments(rows.block.field(rows.start), rows.table[rows.start])
    unit, figure = _allowed(rows, duty)
    due = _due(start, regions, rows, (unit, figure))
    elsewhere = pd.Timestamp(basis.as_of.astimezone(basis.project.zone).replace(tzinfo=None))
    wall = {r.code: pd.Timestamp(basis.as_of.astimezone(r.zone).replace(tzinfo=None)) for r in basis.project.regions}
    now = regions.map(wall).fillna(elsewhere).astype("datetime64[s]")
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
    return frame[late].astype(TYPES)


def _allowed(rows: _Rows, duty: Duty) -> tuple[str, pd.Series]:
    """Return what a rule counts in, and how many of them it allows for each row."""
    said = {"hours": duty.hours, "working_days": duty.working_days, "days": duty.days}
    spans: Mapping[str, float | None] = RHYTHM[duty.every] if duty.every else said
    unit, usual = next((pair for pair in spans.items() if pair[1] is not None), ("hours", 0.0))
    figure = pd.Series(usual, index=rows.table.index, dtype="float64")
    if rows.deadline.case and duty.case:
        figure = rows.column(rows.deadline.case).map(duty.case).astype("float64").fillna(figure)
    return unit, figure


def _due(start: pd.Series, regions: pd.Series, rows: _Rows, allowed: tuple[str, pd.Series]) -> pd.Series:
    """Return the latest moment that a rule allows for each row."""
    unit, figure = allowed
    sign = -1 if rows.deadline.ahead else 1
    if unit == "hours":
        whole_days = rows.block.field(rows.start).number_format == DATE_ONLY
        begin = start + LAST_SECOND if whole_days and sign > 0 else start
        return pd.Series(begin + pd.to_timedelta(figure * sign, unit="h")).astype("datetime64[s]")
    if unit == "days":
        moved = start.dt.normalize() + pd.to_timedelta(figure.round() * sign, unit="D")
    else:
        moved = _worked(start.dt.normalize(), regions, figure, sign, rows.basis.calendar)
    return pd.Series(moved + LAST_SECOND).astype("datetime64[s]")


def _worked(
    days: pd.Series, regions: pd.Series, figure: pd.Series, sign: int, calendar: Mapping[str, Calendar]
) -> pd.Series:
    """Return days so many working days later or earlier, each combination counted once."""
    known: dict[tuple[object, str, float], pd.Timestamp] = {}
    usual = Calendar()
    for key in set(zip(days.dropna(), regions[days.notna()], figure[days.notna()], strict=True)):
        day, region, count = key
        known[key] = pd.Timestamp(_counted(day.date(), ceil(count) * sign, calendar.get(region, usual)))
    moved = [known.get(key, pd.NaT) for key in zip(days, regions, figure, strict=True)]
    return pd.Series(moved, index=days.index, dtype="datetime64[s]")


def _counted(day: date, working_days: int, calendar: Calendar) -> date:
    """Return the day that lies so many working days after a day, or before it where the number is negative."""
    if working_days >= 0:
        return calendar.add(day, working_days)
    while working_days < 0:
        day -= timedelta(days=1)
        working_days += calendar.works(day)
    return day
