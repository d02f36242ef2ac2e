"""Makes the listings of how each region and each owner stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.model.report_model import Listing
from xlsflow.reports import texts
from xlsflow.reports.figures.columns import column_values
from xlsflow.reports.figures.signals import SIGNALS_WORST_FIRST
from xlsflow.reports.figures.status_counts import open_by_owner
from xlsflow.reports.figures.tracked_items import DUE_SOON_DAYS
from xlsflow.reports.listings.returns import RETURN_MARKS, SIGNAL_MARKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from xlsflow.i18n import LocalizedText
    from xlsflow.model.report_model import Mark, ReportColumn
    from xlsflow.reports.labels import Labels

# Counts of a region that are listed -> header, mark of any number but zero.
_COUNTS: Mapping[str, tuple[LocalizedText, Mark | None]] = {
    "total": (texts.COL_TOTAL, None),
    "done": (texts.STATUS_GROUP_NAMES["done"], None),
    "active": (texts.STATUS_GROUP_NAMES["active"], None),
    "idle": (texts.STATUS_GROUP_NAMES["idle"], None),
    "overdue": (texts.COL_OVERDUE_ITEMS, "overdue"),
    "new": (texts.COL_NEWLY_OVERDUE, "overdue"),
    "soon": (texts.COL_DUE_SOON, "due_soon"),
    "stuck": (texts.COL_BLOCKED, "blocked"),
    "high": (texts.COL_HIGH_RISK, "overdue"),
    "errors": (texts.COL_ERRORS, "warning"),
    "warnings": (texts.COL_WARNINGS, None),
}


def most_in_need_first(regions: pd.DataFrame) -> pd.DataFrame:
    """Return the regions with the worst signals first; those with equal figures keep the order of the project."""
    rank = regions["light"].map({signal: rank for rank, signal in enumerate(SIGNALS_WORST_FIRST)})
    ranked = regions.assign(rank=rank).sort_values(
        ["rank", "overdue", "worst"], ascending=[True, False, False], kind="stable"
    )
    return ranked.drop(columns="rank")


def regions_listing(labels: Labels, regions: pd.DataFrame) -> Listing:
    """Return the listing of all regions with their counts, those most in need first.

    Args:
        labels: Labels in the language of the report.
        regions: The status of each region (`region_status`).
    """
    lang, rows = labels.lang, most_in_need_first(regions)
    within = int(labels.inputs.setting("due_soon_days", DUE_SOON_DAYS))
    columns = [*signal_columns(labels, rows)]
    for key, (title, mark) in _COUNTS.items():
        numbers = [int(number) for number in rows[key].fillna(0).tolist()]
        marks: list[Mark | None] = [mark if number else None for number in numbers] if mark else []
        head = title.format(lang, days=within)
        columns.append(labels.column(key, head, numbers, "integer", 10, marks=marks))
    columns.insert(4, labels.column("share", texts.COL_SHARE, column_values(rows["share"]), "percent", 10))
    columns.append(labels.column("worst", texts.COL_LONGEST, column_values(rows["worst"]), "integer", 10))
    note = texts.NOTE_REGIONS.format(lang, count=len(rows), as_of=labels.as_of)
    name = texts.PAGE_REGIONS.say(lang)
    return Listing(name, name, note, tuple(columns), "follow_up", 1, key="by_region")


def signal_columns(labels: Labels, rows: pd.DataFrame) -> tuple[ReportColumn, ReportColumn, ReportColumn]:
    """Return the columns with region, signal and return of each region."""
    lang, codes = labels.lang, rows["light"].tolist()
    nobody = texts.UNKNOWN_REGION.say(lang)
    states = [state if isinstance(state, str) else None for state in rows["state"]]
    signal_marks: list[Mark | None] = [SIGNAL_MARKS[code] for code in codes]
    state_marks: list[Mark | None] = [RETURN_MARKS.get(state) if state else None for state in states]
    names = [labels.region(code) or nobody for code in rows["region"]]
    shown = [texts.SIGNAL_NAMES[code].say(lang) for code in codes]
    returns = [texts.RETURN_STATES[state].say(lang) if state else texts.DASH for state in states]
    return (
        labels.column("region", texts.COL_REGION, names, "text", 12, codes=rows["region"].tolist()),
        # The key stays `light`: it is part of the JSON output.
        labels.column(
            "light", texts.COL_SIGNAL, shown, "text", 10, marks=signal_marks, with_symbols=True, codes=codes
        ),
        labels.column(
            "state", texts.COL_RETURN_STATE, returns, "text", 10, marks=state_marks, with_symbols=True, codes=states
        ),
    )  # fmt: skip


def owners_listing(labels: Labels, frame: pd.DataFrame) -> Listing:
    """Return the listing of everybody with open items, most overdue ones first."""
    lang, rows = labels.lang, owners_with_names(frame)
    late: list[Mark | None] = ["overdue" if number else None for number in rows["overdue"].tolist()]
    soon: list[Mark | None] = ["due_soon" if number else None for number in rows["soon"].tolist()]
    within = int(labels.inputs.setting("due_soon_days", DUE_SOON_DAYS))
    columns = (
        labels.column(
            "owner", labels.header("owner", texts.COL_OWNER.say(lang)), labels.item_values(rows, "owner"), "text", 14,
            codes=column_values(rows["owner"]),
        ),
        labels.region_column(rows["region"].tolist(), 12),
        labels.column("open", texts.COL_OPEN_ITEMS, column_values(rows["open"]), "integer", 10),
        labels.column("overdue", texts.COL_OVERDUE_SHORT, column_values(rows["overdue"]), "integer", 10, marks=late),
        labels.column("worst", texts.COL_LONGEST, column_values(rows["worst"]), "integer", 10),
        labels.column(
            "soon", texts.COL_DUE_SOON.format(lang, days=within), column_values(rows["soon"]), "integer", 10, marks=soon
        ),
    )  # fmt: skip
    note = texts.NOTE_OWNERS.format(lang, count=len(rows), as_of=labels.as_of)
    name = texts.PAGE_OWNERS.say(lang)
    return Listing(name, name, note, columns, "follow_up", 1, key="by_owner")


def owners_with_names(frame: pd.DataFrame) -> pd.DataFrame:
    """Return open and overdue items by owner, each with a block whose definition knows the name in each language."""
    rows = open_by_owner(frame)
    named = frame.drop_duplicates("owner").set_index("owner")["block"]
    return rows.assign(block=rows["owner"].map(named).astype("str"))
