"""Collects the tracked items: one row for each task, issue or risk of any table with a `follow` section."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, cast

import pandas as pd

from xlsflow.model.consolidated_book import ORIGIN
from xlsflow.reports.figures.watched_rows import row_conditions, watched_groups
from xlsflow.template.model import TableBlock
from xlsflow.template.tracking import Follow, Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from xlsflow.clock import Calendar
    from xlsflow.reports.inputs import ReportInputs
    from xlsflow.template.model import DataBlock

# Columns of texts and codes in a frame of tracked items.
_TEXT_COLUMNS = (
    *("block", "key", "title", "owner", "region", "carried"),
    *("status", "group", "reason", "help", "file", "sheet"),
)

DUE_SOON_DAYS = 7


def tracked_items(inputs: ReportInputs) -> pd.DataFrame:
    """Return all tracked items, one row each, in the order of the workbook.

    Columns: `block` (full name), `key` (id of the row), `title`, `owner`, `region` (its own, else that of its file),
    `due` (the date that counts: where a new one is not accepted yet, the one before, and the new one is in `asked`),
    `carried` (the round that an item is carried on from, else empty), `status` (code), `group` of the status (`done`,
    `active`, `idle`, `blocked`, `dropped`, that is cancelled; a blank status counts as `active`), `reason`, `help`,
    `urgent`, `high` (a high risk), `waits_since` (when it was done, if it only waits to be confirmed), `file`, `sheet`,
    `row`; `open` (neither finished nor cancelled); `days_left`
    until due by the region's local date, negative when overdue; `days_overdue` and `working_days_overdue`, 0 if
    finished or not overdue.
    """
    parts = [part for name in inputs.blocks if (part := _block_items(inputs, name)) is not None]
    frame = pd.concat(parts, ignore_index=True) if parts else _no_items()
    return _with_days(frame, inputs)


def _block_items(inputs: ReportInputs, name: str) -> pd.DataFrame | None:
    """Return the items of one block in the common columns; None if the block is empty or has no tracked items."""
    _, block = inputs.blocks[name]
    table = inputs.book.tables[name]
    section = tracked_section(block)
    if section is None or table.empty:
        return None
    follow = section if isinstance(section, Follow) else None

    def text(field: str) -> pd.Series:
        found = table[field] if field in table.columns else pd.Series(None, index=table.index)
        return found.astype("str")

    status = text(follow.status if follow else "")
    due = _days(table[section.due])
    agreed = _agreed_dates(inputs, name, table)
    finished = table[follow.finished] if follow and follow.finished in table.columns else None
    columns = {
        "block": pd.Series(name, index=table.index, dtype="str"),
        **{part: text(getattr(section, part, "")) for part in ("title", "owner", "reason", "help")},
        "key": text(block.key),
        "region": item_regions(text(section.region), text("_region"), inputs),
        "due": agreed.where(agreed.notna(), due),
        "asked": due.where(agreed.notna()),
        "carried": _carried_rounds(table["_round"], inputs),
        "status": status,
        "group": _groups(section, status, inputs, name),
        "urgent": _is_urgent(follow, text),
        "high": _is_high_risk(inputs, name),
        # When an item was done that only waits to be confirmed.
        "waits_since": _days(finished if finished is not None else due).where(
            status.isin(list(follow.waiting) if follow and finished is not None else [])
        ),
        "file": text("_file"),
        "sheet": text("_sheet"),
        "row": table["_row"],
    }
    return pd.DataFrame(columns).reset_index(drop=True)


def tracked_section(block: DataBlock) -> Follow | Watch | None:
    """Return which fields make the rows of a block tracked items; None if they are none."""
    return (block.follow if isinstance(block, TableBlock) else None) or block.watch


def _days(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column).dt.normalize().astype("datetime64[s]")


def _groups(section: Follow | Watch, status: pd.Series, inputs: ReportInputs, name: str) -> pd.Series:
    """Return the group of each row's status.

    A blank or unknown status counts as active: an item that nobody has finished must not vanish.
    """
    if isinstance(section, Follow):
        return status.map(_status_groups(section)).fillna("active").astype("str")
    return pd.Series(watched_groups(inputs, name, section), index=status.index, dtype="str")


def _is_urgent(follow: Follow | None, text: Callable[[str], pd.Series]) -> pd.Series:
    return text(follow.urgent_by if follow else "").isin(list(follow.urgent) if follow else [])


def _agreed_dates(inputs: ReportInputs, name: str, table: pd.DataFrame) -> pd.Series:
    """Return the due date that counts where the coordinator has not accepted a new one, else no date."""
    agreed = inputs.book.agreed
    rows = zip(table[inputs.blocks[name][1].key].tolist(), table["_region"].tolist(), strict=True) if agreed else ()
    dates = [agreed.get((name, str(key), str(region))) for key, region in rows] or [None] * len(table)
    return pd.Series(pd.to_datetime(pd.Series(dates, dtype="object")).to_numpy("datetime64[s]"), index=table.index)


def _carried_rounds(rounds: pd.Series, inputs: ReportInputs) -> pd.Series:
    """Return the round of each row that is carried on from an earlier one, else no text."""
    present = inputs.project.round.id
    texts = rounds.fillna("").astype("str")
    return texts.where((texts != present) & (texts != "") & (present != ""), "")


def _no_items() -> pd.DataFrame:
    """Return an empty frame with the columns and types of tracked items."""
    dates = dict.fromkeys(("due", "asked", "waits_since"), "datetime64[s]")
    types = {**dict.fromkeys(_TEXT_COLUMNS, "str"), **dates, "urgent": "bool", "high": "bool", "row": "int64"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})


def _status_groups(follow: Follow) -> Mapping[str, str]:
    """Return status code -> group; a code without a group counts as `active`."""
    return {
        **dict.fromkeys(follow.idle, "idle"),
        **dict.fromkeys(follow.blocked, "blocked"),
        **dict.fromkeys(follow.dropped, "dropped"),
        **dict.fromkeys(follow.done, "done"),
    }


def item_regions(own: pd.Series, of_file: pd.Series, inputs: ReportInputs) -> pd.Series:
    """Return each row's own region where it names one of the project's, else that of its file."""
    own, of_file = inputs.regions_of(own), inputs.regions_of(of_file)
    return own.where(own.isin(list(inputs.region_order)), of_file).fillna("").astype("str")


def _is_high_risk(inputs: ReportInputs, name: str) -> pd.Series:
    """Return which rows of a block are high risks: by their figures where known, else by the level chosen."""
    _, block = inputs.blocks[name]
    table = inputs.book.tables[name]
    level = block.risk if isinstance(block, TableBlock) else ""
    if not level or level not in table.columns:
        return pd.Series(data=False, index=table.index)
    # Lists of risk levels are defined from highest to lowest.
    choices = inputs.scope.lists[block.field(level).list_name()].values  # noqa: PD011 - no frame
    chosen = cast("pd.Series", table[level].astype("str") == choices[0].code)
    if not isinstance(block, TableBlock) or not block.high_risk:
        return chosen
    by_figures = row_conditions(block.high_risk, table, inputs.scope.settings)
    return pd.Series(
        [typed if known is None else known for typed, known in zip(chosen.tolist(), by_figures, strict=True)],
        index=table.index,
        dtype="bool",
    )


def _with_days(frame: pd.DataFrame, inputs: ReportInputs) -> pd.DataFrame:
    """Return the frame with the columns that depend on the as-of instant."""
    elsewhere = pd.Timestamp(inputs.as_of.date())
    here = {code: pd.Timestamp(day) for code, day in inputs.local_dates.items()}
    today = frame["region"].map(here).fillna(elsewhere).astype("datetime64[s]")
    left = (frame["due"] - today).dt.days
    is_open = ~frame["group"].isin(["done", "dropped"])
    # What was done waits for somebody else: it was late by the days until then, if at all.
    waited = (frame["waits_since"] - frame["due"]).dt.days.clip(lower=0)
    late = (-left).where(is_open & (left < 0), 0)
    late = waited.where(is_open & frame["waits_since"].notna(), late).fillna(0).astype("int64")
    frame = frame.assign(open=is_open, days_left=left.astype("Int64"), days_overdue=late)
    return frame.assign(working_days_overdue=_working_days(frame, inputs))


def _working_days(frame: pd.DataFrame, inputs: ReportInputs) -> pd.Series:
    """Return working days overdue by the region's calendar; 0 for an unknown region, which has no calendar."""
    days = frame["days_overdue"]
    worst = {str(code): int(longest) for code, longest in days.groupby(frame["region"]).max().items()}
    worked = {
        code: _working_days_back(inputs.region_calendars[code], inputs.local_dates[code], days_back)
        for code, days_back in worst.items()
        if code in inputs.region_calendars
    }
    counts = [
        worked[code][late] if late and code in worked else 0
        for code, late in zip(frame["region"].tolist(), days.tolist(), strict=True)
    ]
    return pd.Series(counts, index=frame.index, dtype="int64")


def _working_days_back(calendar: Calendar, today: date, days_back: int) -> list[int]:
    """Return for 0, 1, ... days before today the number of working days after that day, up to and including today."""
    start = today.toordinal()
    days = (calendar.is_working_day(today.fromordinal(start - back)) for back in range(days_back))
    return list(accumulate(days, initial=0))


def overdue(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the overdue items, longest overdue first; among equals, high risks come first."""
    late = frame[frame["days_overdue"] > 0]
    return late.sort_values(
        ["days_overdue", "high", "region", "block", "key"], ascending=[False, False, True, True, True], kind="stable"
    )


def due_soon(frame: pd.DataFrame, days: int = DUE_SOON_DAYS) -> pd.DataFrame:
    """Return the open items due today or within a number of days, earliest first."""
    soon = frame[_is_due_soon(frame, days)]
    return soon.sort_values(["days_left", "region", "block", "key"], kind="stable")


def _is_due_soon(frame: pd.DataFrame, days: int) -> pd.Series:
    return (frame["open"] & frame["days_left"].between(0, days)).fillna(value=False).astype("bool")


def with_due_soon(frame: pd.DataFrame, days: int) -> pd.DataFrame:
    """Return the frame with a column `soon`: open, and due today or within a number of days."""
    return frame.assign(soon=_is_due_soon(frame, days))


def with_change(frame: pd.DataFrame, inputs: ReportInputs) -> pd.DataFrame:
    """Return the frame with two columns that compare it with the previous round.

    `new` is overdue now but not then, and missing without a previous round; `still` is a high risk whose row has not
    changed at all.
    """
    if inputs.previous is None:
        return frame.assign(new=pd.Series(pd.NA, index=frame.index, dtype="boolean"), still=False)
    then = tracked_items(inputs.previous)
    known = set(_identities(overdue(then)))
    late = frame["days_overdue"] > 0
    fresh = pd.Series([name not in known for name in _identities(frame)], index=frame.index, dtype="boolean")
    return frame.assign(new=fresh.where(late, pd.NA), still=_unchanged_risks(frame, then, inputs, inputs.previous))


def _unchanged_risks(
    frame: pd.DataFrame, then: pd.DataFrame, inputs: ReportInputs, previous: ReportInputs
) -> pd.Series:
    """Return the high risks whose row is the same, word for word, as in the previous round."""
    before = dict(_risk_texts(then, previous))
    same = [identity for identity, text in _risk_texts(frame, inputs) if before.get(identity) == text]
    names = set(same)
    return frame["high"] & pd.Series([name in names for name in _identities(frame)], index=frame.index, dtype="bool")


def _risk_texts(frame: pd.DataFrame, inputs: ReportInputs) -> Iterator[tuple[tuple[object, ...], str]]:
    """Yield the identity of each high risk and the text of its whole row."""
    for block, rows in frame[frame["block"].isin(frame.loc[frame["high"], "block"])].groupby("block"):
        table = inputs.book.tables[str(block)]  # its rows are those of the frame, in the same order
        cells = table.drop(columns=list(ORIGIN))[rows["high"].to_numpy()].astype(object)
        names = _identities(rows[rows["high"]])
        yield from zip(names, ("|".join(map(str, line)) for line in cells.to_numpy().tolist()), strict=True)


def untreated_risks(frame: pd.DataFrame) -> pd.Series:
    """Return the open high risks that are overdue, not started, or unchanged since the previous round."""
    idle = (frame["days_overdue"] > 0) | (frame["group"] == "idle") | frame["still"]
    return frame["open"] & frame["high"] & idle


def _identities(frame: pd.DataFrame) -> Iterable[tuple[object, object, object]]:
    """Return what identifies each item across rounds: block, key (else title) and region."""
    # Not every table has a key; then the title identifies the row as long as nobody rewords it.
    keys = frame["key"].where(frame["key"].notna(), frame["title"])
    return zip(frame["block"], keys, frame["region"], strict=True)
