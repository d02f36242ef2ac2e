"""What is followed up: one row for each task, issue or risk of any sheet whose definition says how it is followed."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, cast

import pandas as pd

from xlsflow.model.book import ORIGIN
from xlsflow.template.model import TableBlock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from xlsflow.clock import Calendar
    from xlsflow.model.report_model import Value
    from xlsflow.reports.inputs import Basis
    from xlsflow.template.model import Follow

GROUPS = ("done", "active", "idle", "blocked", "dropped")
"""What a status amounts to: finished, under way, not begun, stuck, given up. A blank status counts as under way."""

TEXTS = ("block", "key", "title", "owner", "region", "status", "group", "reason", "help", "file", "sheet")
"""The columns of texts and codes in a frame of what is followed."""

DUE_SOON_DAYS = 7


def plain(column: pd.Series) -> list[Value]:
    """Return the values of a column, None where there is none; moments as plain moments, to the second."""
    if column.dtype.kind == "M":
        return cast("list[Value]", column.to_numpy("datetime64[s]").tolist())  # a tenth of the time pandas takes
    return cast("list[Value]", column.to_numpy(dtype=object, na_value=None).tolist())  # type: ignore[call-overload]  # a missing value may be None


def days(column: pd.Series) -> list[Value]:
    """Return the days of a column of moments, None where there is none."""
    return cast("list[Value]", column.to_numpy("datetime64[D]").tolist())


def followed(basis: Basis) -> pd.DataFrame:
    """Return everything that is followed up, one row each, in the order of the workbook.

    Columns: `block` (full name), `key` (the row's id), `title`, `owner`, `region` (its own, else its file's), `due`,
    `status` (code), `group` (one of GROUPS), `reason`, `help`, `high` (a risk of the gravest level), `file`,
    `sheet`, `row`; `open` (neither finished nor given up); `days_left` until due by the region's own day, negative
    when overdue; `days_overdue` and `working_days_overdue`, 0 where it is finished or not overdue.
    """
    parts = [part for name in basis.blocks if (part := _part(basis, name)) is not None]
    frame = pd.concat(parts, ignore_index=True) if parts else _nothing()
    return _timed(frame, basis)


def _part(basis: Basis, name: str) -> pd.DataFrame | None:
    """Return one block's rows in the common columns, or None where the block is not followed or empty."""
    _, block = basis.blocks[name]
    table = basis.book.tables[name]
    follow = block.follow if isinstance(block, TableBlock) else None
    if follow is None or table.empty:
        return None

    def text(field: str) -> pd.Series:
        found = table[field] if field in table.columns else pd.Series(None, index=table.index)
        return found.astype("str")

    status = text(follow.status)
    made = {
        "block": pd.Series(name, index=table.index, dtype="str"),
        **{part: text(getattr(follow, part)) for part in ("title", "owner", "reason", "help")},
        "key": text(block.key),
        "region": _region(text(follow.region), text("_region"), basis),
        "due": pd.to_datetime(table[follow.due]).dt.normalize().astype("datetime64[s]"),
        "status": status,
        "group": status.map(_groups(follow)).fillna("active").astype("str"),
        "high": _is_high(basis, name),
        "file": text("_file"),
        "sheet": text("_sheet"),
        "row": table["_row"],
    }
    return pd.DataFrame(made).reset_index(drop=True)


def _nothing() -> pd.DataFrame:
    """Return the frame of a book in which nothing is followed."""
    types = {**dict.fromkeys(TEXTS, "str"), "due": "datetime64[s]", "high": "bool", "row": "int64"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})


def _groups(follow: Follow) -> Mapping[str, str]:
    """Return status code -> group; a code that is in none of them is under way."""
    return {
        **dict.fromkeys(follow.idle, "idle"),
        **dict.fromkeys(follow.blocked, "blocked"),
        **dict.fromkeys(follow.dropped, "dropped"),
        **dict.fromkeys(follow.done, "done"),
    }


def _region(own: pd.Series, of_file: pd.Series, basis: Basis) -> pd.Series:
    """Return each row's own region where it names one of the project's, else that of its file."""
    return own.where(own.isin(list(basis.region_order)), of_file).fillna("").astype("str")


def _is_high(basis: Basis, name: str) -> pd.Series:
    """Return which rows of a block bear the gravest level: the first one of the list behind its level."""
    _, block = basis.blocks[name]
    table = basis.book.tables[name]
    level = block.risk if isinstance(block, TableBlock) else ""
    if not level or level not in table.columns:
        return pd.Series(data=False, index=table.index)
    choices = basis.scope.lists[block.field(level).list_name()].values  # noqa: PD011 - no frame
    return cast("pd.Series", table[level].astype("str") == choices[0].code)


def _timed(frame: pd.DataFrame, basis: Basis) -> pd.DataFrame:
    """Return the frame with what follows from the as-of instant."""
    elsewhere = pd.Timestamp(basis.as_of.date())
    here = {code: pd.Timestamp(day) for code, day in basis.today.items()}
    today = frame["region"].map(here).fillna(elsewhere).astype("datetime64[s]")
    left = (frame["due"] - today).dt.days
    is_open = ~frame["group"].isin(["done", "dropped"])
    late = (-left).where(is_open & (left < 0), 0).astype("int64")
    frame = frame.assign(open=is_open, days_left=left.astype("Int64"), days_overdue=late)
    return frame.assign(working_days_overdue=_working_days(frame, basis))


def _working_days(frame: pd.DataFrame, basis: Basis) -> pd.Series:
    """Return how many working days each overdue row is late by its region's calendar; a region unknown has none."""
    days = frame["days_overdue"]
    worst = {str(code): int(most) for code, most in days.groupby(frame["region"]).max().items()}
    worked = {
        code: _worked(basis.calendar[code], basis.today[code], most)
        for code, most in worst.items()
        if code in basis.calendar
    }
    counts = [
        worked[code][late] if late and code in worked else 0
        for code, late in zip(frame["region"].tolist(), days.tolist(), strict=True)
    ]
    return pd.Series(counts, index=frame.index, dtype="int64")


def _worked(calendar: Calendar, today: date, most: int) -> list[int]:
    """Return, for 0, 1, ... days before today, how many working days lie after that day up to and including today."""
    start = today.toordinal()
    days = (calendar.works(today.fromordinal(start - back)) for back in range(most))
    return list(accumulate(days, initial=0))


def overdue(frame: pd.DataFrame) -> pd.DataFrame:
    """Return what is overdue, longest first; risks of the gravest level first among equals."""
    late = frame[frame["days_overdue"] > 0]
    return late.sort_values(
        ["days_overdue", "high", "region", "block", "key"], ascending=[False, False, True, True, True], kind="stable"
    )


def due_soon(frame: pd.DataFrame, days: int = DUE_SOON_DAYS) -> pd.DataFrame:
    """Return what is open and falls due today or within so many days, nearest first."""
    soon = frame[_is_due_soon(frame, days)]
    return soon.sort_values(["days_left", "region", "block", "key"], kind="stable")


def _is_due_soon(frame: pd.DataFrame, days: int) -> pd.Series:
    return (frame["open"] & frame["days_left"].between(0, days)).fillna(value=False).astype("bool")


def with_soon(frame: pd.DataFrame, days: int) -> pd.DataFrame:
    """Return the frame with a column `soon`: open, and due today or within so many days."""
    return frame.assign(soon=_is_due_soon(frame, days))


def with_change(frame: pd.DataFrame, basis: Basis) -> pd.DataFrame:
    """Return the frame with what has changed since the round before.

    The columns are `new`, overdue now but not then, all missing without such a round; and `still`, a risk of the
    gravest level of which not a word has changed.
    """
    if basis.previous is None:
        return frame.assign(new=pd.Series(pd.NA, index=frame.index, dtype="boolean"), still=False)
    then = followed(basis.previous)
    known = set(_names(overdue(then)))
    late = frame["days_overdue"] > 0
    fresh = pd.Series([name not in known for name in _names(frame)], index=frame.index, dtype="boolean")
    return frame.assign(new=fresh.where(late, pd.NA), still=_still(frame, then, basis, basis.previous))


def _still(frame: pd.DataFrame, then: pd.DataFrame, basis: Basis, previous: Basis) -> pd.Series:
    """Return which risks of the gravest level say word for word what they said in the round before."""
    before = dict(_risks(then, previous))
    same = [at for at, said in _risks(frame, basis) if before.get(at) == said]
    names = set(same)
    return frame["high"] & pd.Series([name in names for name in _names(frame)], index=frame.index, dtype="bool")


def _risks(frame: pd.DataFrame, basis: Basis) -> Iterator[tuple[tuple[object, ...], str]]:
    """Yield what each risk of the gravest level is told apart by, and all that is said of it."""
    for block, rows in frame[frame["block"].isin(frame.loc[frame["high"], "block"])].groupby("block"):
        table = basis.book.tables[str(block)]  # its rows are those of the frame, in the same order
        said = table.drop(columns=list(ORIGIN))[rows["high"].to_numpy()].astype(object)
        names = _names(rows[rows["high"]])
        yield from zip(names, ("|".join(map(str, line)) for line in said.to_numpy().tolist()), strict=True)


def untreated(frame: pd.DataFrame) -> pd.Series:
    """Return which rows are open risks of the gravest level that are overdue, not begun, or have not moved."""
    idle = (frame["days_overdue"] > 0) | (frame["group"] == "idle") | frame["still"]
    return frame["open"] & frame["high"] & idle


def _names(frame: pd.DataFrame) -> Iterable[tuple[object, object, object]]:
    """Return what a followed thing is told apart by, also in another round."""
    keys = frame["key"].where(frame["key"].notna(), frame["title"])
    return zip(frame["block"], keys, frame["region"], strict=True)
