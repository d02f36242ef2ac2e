"""Judges timing rules: the times that regions filled in against the limits of the pack and the project.

Each rule applies to the rows of some block, and has one of four outcomes for each of them: met, running (there is time
left), broken, or not judgeable, since a time is missing that it needs. Each row is judged by the pack of its own file.
A date without a time counts in favour of the region: a start counts from the end of the day, an end from its beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from xlsflow.clock import Calendar
from xlsflow.reports.figures.columns import column_values
from xlsflow.reports.figures.timing_limits import (
    Limit,
    RegionClock,
    due_instant,
    first_deadline,
    limit_of,
    next_deadline,
)
from xlsflow.reports.figures.tracked_items import item_regions
from xlsflow.template.model import TableBlock

if TYPE_CHECKING:
    from xlsflow.reports.inputs import PackSheets, ReportInputs
    from xlsflow.template.figures import TimingRule
    from xlsflow.template.model import DataBlock, Follow, TimingFields

RuleOutcome = Literal["met", "running", "broken", "not_judgeable"]
MET: RuleOutcome = "met"
RUNNING: RuleOutcome = "running"
BROKEN: RuleOutcome = "broken"
NOT_JUDGEABLE: RuleOutcome = "not_judgeable"

# Number format of a date without a time.
_DATE_FORMAT = "yyyy-mm-dd"

_TYPES: Mapping[str, str] = {
    "rule": "str", "outcome": "str", "block": "str", "key": "str", "title": "str", "owner": "str", "region": "str",
    "unit": "str", "allowed": "float64", "start": "datetime64[s]", "due": "datetime64[s]", "end": "datetime64[s]",
    "hours": "float64", "missing": "str", "file": "str", "sheet": "str", "row": "int64",
}  # fmt: skip


def timing_outcomes(inputs: ReportInputs) -> pd.DataFrame:
    """Return the outcome of every timing rule for every row that it applies to, the longest overrun first.

    Columns: `rule`, `outcome`, `block` (full name), `key`, `title`, `owner`, `region`, `unit` and `allowed` (the limit
    in that unit), `start`, `due` and `end` (missing if not done yet) in the region's local time, `hours` after `due`
    (negative while there is time left, or if it was done in time), `missing` (full name of the field with the time
    that is needed and blank), `file`, `sheet`, `row`.
    """
    rows = [row for pack in inputs.packs for row in _pack_outcomes(inputs, pack)]
    frame = pd.DataFrame(rows, columns=list(_TYPES)).astype(_TYPES)
    order = ["hours", "rule", "region", "block", "key"]
    return frame.sort_values(order, ascending=[False, True, True, True, True], kind="stable", ignore_index=True)


def timing_violations(inputs: ReportInputs) -> pd.DataFrame:
    """Return the outcomes of broken rules up to the as-of instant, the longest overrun first."""
    return broken_rules(timing_outcomes(inputs))


def broken_rules(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return those of some outcomes that are broken rules."""
    return outcomes[outcomes["outcome"] == BROKEN].reset_index(drop=True)


def has_timing_rules(inputs: ReportInputs) -> bool:
    """Return whether any block of the data has fields for a timing rule that has a limit."""
    return any(
        duty.rule in pack.timing and sheet.full_name(block) in inputs.blocks
        for pack in inputs.packs
        for sheet in pack.templates
        for block in sheet.data
        for duty in block.duties
    )


def _pack_outcomes(inputs: ReportInputs, pack: PackSheets) -> Iterator[tuple[Any, ...]]:
    for sheet in pack.templates:
        for block in sheet.data:
            for duty in block.duties:
                rule = pack.timing.get(duty.rule)
                rows = _RuleRows(inputs, pack, sheet.full_name(block), duty)
                if rule is not None and rows.there:
                    yield from _Judge(rows, rule).outcomes()


@dataclass(frozen=True)
class _RuleRows:
    """The rows to which one timing rule applies.

    A rule that starts on another sheet applies to the rows of that sheet, whether or not any row here refers to them.
    """

    inputs: ReportInputs
    pack: PackSheets
    name: str
    duty: TimingFields

    @property
    def there(self) -> bool:
        """Whether the data has rows and the field that the rule needs."""
        is_known = self.home in self.pack.blocks and self.home in self.inputs.book.tables
        return is_known and self.start in self.table.columns and not self.table.empty

    @property
    def home(self) -> str:
        """Full name of the block with the rows."""
        return self.duty.start.rpartition(".")[0] or self.name

    @property
    def start(self) -> str:
        """Field with the time at which the limit starts to run."""
        return self.duty.start.rpartition(".")[2]

    @property
    def block(self) -> DataBlock:
        """Definition of the block with the rows."""
        return self.pack.blocks[self.home]

    @property
    def follow(self) -> Follow | None:
        """How the rows are tracked, if they are."""
        return self.block.follow if isinstance(self.block, TableBlock) else None

    @cached_property
    def table(self) -> pd.DataFrame:
        """The rows of the files of the pack."""
        table = self.inputs.book.tables[self.home]
        if len(self.inputs.packs) == 1:
            return table
        return table[(table["_file"].map(self.inputs.pack_of_file) == self.pack.name).to_numpy()]

    def column(self, name: str) -> Sequence[Any]:
        """Return a field of the rows; all None if there is no such field."""
        return column_values(self.table[name]) if name in self.table.columns else [None] * len(self.table)

    def moments(self, name: str) -> Sequence[datetime | None]:
        """Return the times in a field; a date without a time is the beginning of its day."""
        return _moments(self.block, self.table, name)

    def ends(self) -> Sequence[datetime | None]:
        """Return when each row was done; None if it is not."""
        end, here = self.duty.end, self.inputs.book.tables.get(self.name)
        if not end or here is None or end not in here.columns:
            return [None] * len(self.table)
        if self.home == self.name:
            return self.moments(end)
        # Of several rows that refer to one start, the first that was done ends the time.
        first: dict[object, datetime] = {}
        done = _moments(self.pack.blocks[self.name], here, end)
        for key, moment in zip(column_values(here[self.duty.by]), done, strict=True):
            if moment is not None and (key not in first or moment < first[key]):
                first[key] = moment
        return [first.get(key) for key in self.column(self.block.key)]

    def regions(self) -> Sequence[str]:
        """Return each row's own region where it names one of the project's, else that of its file."""
        own, of_file = self.column(self.follow.region if self.follow else ""), self.column("_region")
        found: list[str] = item_regions(
            pd.Series(own, dtype="str"), pd.Series(of_file, dtype="str"), self.inputs
        ).tolist()
        return found

    def applies(self) -> Sequence[bool]:
        """Return whether the rule applies to each row at all: it is not cancelled, and what the rule asks for is so."""
        given = self.column(self.duty.given)
        dropped = self.follow.dropped if self.follow else ()
        status = self.column(self.follow.status if self.follow else "")
        codes = self.duty.codes
        return [
            code not in dropped and (not self.duty.given or (value in codes if codes else value is not None))
            for value, code in zip(given, status, strict=True)
        ]

    def closed(self) -> Sequence[bool]:
        """Return whether each row is finished."""
        done = self.follow.done if self.follow else ()
        return [code in done for code in self.column(self.follow.status if self.follow else "")]

    def whole_day(self, name: str) -> bool:
        """Return whether a field of the rows holds dates without times."""
        return self.block.field(name).number_format == _DATE_FORMAT


def _moments(block: DataBlock, table: pd.DataFrame, name: str) -> Sequence[datetime | None]:
    found = pd.to_datetime(table[name]).astype("datetime64[s]")
    values: Any = column_values(found.dt.normalize() if block.field(name).number_format == _DATE_FORMAT else found)
    return values  # type: ignore[no-any-return]


@dataclass(frozen=True)
class _Row:
    """One row as a rule sees it.

    Attributes:
        start: Wall time from which the limit runs; None if it is blank.
        end: Wall time at which it was done; None if it is not.
        finished: Wall time at which the item itself was finished, for rules about late ones.
        closed: Whether the item is finished.
        clock: Clock and calendar of its region.
        limit: What the rule allows.
    """

    start: datetime | None
    end: datetime | None
    finished: datetime | None
    closed: bool
    clock: RegionClock
    limit: Limit


@dataclass(frozen=True, slots=True)
class _Verdict:
    """The outcome for one row.

    Attributes:
        outcome: The outcome.
        due: By when it was to be done, in UTC; None where that is not known.
        until: When it was done, or the as-of instant, in UTC.
        missing: Field with the time that is missing.
    """

    outcome: RuleOutcome
    due: datetime | None = None
    until: datetime | None = None
    missing: str = ""

    @property
    def hours(self) -> float:
        """Hours after `due`; NaN where that is not known."""
        return (self.until - self.due) / timedelta(hours=1) if self.until and self.due else float("nan")


@dataclass(frozen=True)
class _Judge:
    """Judges the rows of one rule."""

    rows: _RuleRows
    rule: TimingRule

    @cached_property
    def now(self) -> datetime:
        """The as-of instant to the second."""
        return self.rows.inputs.as_of.replace(microsecond=0)

    def outcomes(self) -> Iterator[tuple[Any, ...]]:
        """Yield the columns of `timing_outcomes` for each row that the rule applies to."""
        rows, duty = self.rows, self.rows.duty
        follow = rows.follow
        cases = rows.column(duty.case) if duty.case else [None] * len(rows.table)
        owner = duty.owner or (follow.owner if follow else "")
        columns = zip(
            *(rows.column(name) for name in (rows.block.key, follow.title if follow else "", owner)),
            *(rows.column(name) for name in ("_file", "_sheet", "_row")),
            strict=True,
        )  # fmt: skip
        clocks = _clocks(rows.inputs)
        elsewhere = RegionClock(rows.inputs.project.zone, Calendar())
        finished = follow.finished if follow else ""
        times = zip(
            rows.moments(rows.start), rows.ends(), rows.moments(finished) if finished else [None] * len(cases),
            rows.closed(), rows.applies(), rows.regions(), cases, columns, strict=True,
        )  # fmt: skip
        for start, end, done, closed, applies, region, case, shown in times:
            if not applies:
                continue
            limit = limit_of(self.rule, case, backwards=duty.ahead)
            row = _Row(start, end, done, closed, clocks.get(region, elsewhere), limit)
            verdict = self._verdict(row)
            if verdict is not None:
                key, title, person, *source = shown
                due = row.clock.wall(verdict.due) if verdict.due else None
                yield (
                    duty.rule, verdict.outcome, rows.home, key, title, person, region,
                    self.rule.every or limit.unit, limit.amount, start, due, end, verdict.hours, verdict.missing,
                    *source,
                )  # fmt: skip

    def _verdict(self, row: _Row) -> _Verdict | None:
        """Return the outcome for a row; None if the rule has not begun to apply to it, or does no longer."""
        duty = self.rows.duty
        if not duty.end:
            return None if row.closed else self._repeated(row)
        if row.start is None:
            return self._without_start(row)
        whole_day = self.rows.whole_day(self.rows.start)
        due = due_instant(row.start, row.limit, row.clock, whole_day=whole_day)
        if duty.late and not self._is_late(row):
            return None
        if row.end is not None:
            until = row.clock.instant(row.end)
            return _Verdict(MET if until <= due else BROKEN, due, until)
        if row.closed and self._ends_here:
            return _Verdict(NOT_JUDGEABLE, due, missing=f"{self.rows.name}.{duty.end}")
        return _Verdict(RUNNING if self.now <= due else BROKEN, due, self.now)

    @property
    def _ends_here(self) -> bool:
        """Whether a finished item has nothing left to do: what ends the time stands in its own row."""
        return self.rows.home == self.rows.name

    def _without_start(self, row: _Row) -> _Verdict | None:
        """Return that a rule cannot be judged, if its time has begun to run without anybody saying when."""
        has_begun = row.end is not None or row.closed or self.rows.block.field(self.rows.start).required
        return _Verdict(NOT_JUDGEABLE, missing=f"{self.rows.home}.{self.rows.start}") if has_begun else None

    def _is_late(self, row: _Row) -> bool:
        """Return whether an item was not finished at the time from which the limit runs."""
        assert row.start is not None
        start = due_instant(row.start, Limit("days" if self.rows.whole_day(self.rows.start) else "hours", 0), row.clock)
        done = row.clock.instant(row.finished) if row.finished else None
        return start < (done or self.now) if done or not row.closed else False

    def _repeated(self, row: _Row) -> _Verdict:
        """Return the outcome of what is to be done again and again: whether the next time has passed."""
        if row.start is None:
            opens = self.rows.inputs.project.round.opens
            due = first_deadline(opens or row.clock.wall(self.now), self.rule, row.clock)
            missing = f"{self.rows.home}.{self.rows.start}"
            return _Verdict(RUNNING if self.now <= due else BROKEN, due, self.now, missing)
        due = next_deadline(row.start, self.rule, row.clock)
        return _Verdict(MET if self.now <= due else BROKEN, due, self.now)


def _clocks(inputs: ReportInputs) -> Mapping[str, RegionClock]:
    """Return the code of each region -> its clock and calendar."""
    return {
        region.code: RegionClock(region.zone, inputs.region_calendars[region.code]) for region in inputs.project.regions
    }
