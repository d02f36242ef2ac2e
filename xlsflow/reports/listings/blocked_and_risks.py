"""Makes the listings of what waits for help: blocked items and open risks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.model.report_model import Listing
from xlsflow.reports import texts
from xlsflow.reports.figures.columns import column_values
from xlsflow.reports.figures.risk_matrix import open_risks
from xlsflow.reports.listings.overdue_and_due_soon import followed_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from xlsflow.model.report_model import Mark, ReportColumn
    from xlsflow.reports.labels import Labels

_LEVEL_MARKS: Mapping[int, Mark] = {0: "overdue", 1: "due_soon"}


def blocked_listing(labels: Labels, frame: pd.DataFrame) -> Listing:
    """Return the listing of all blocked items, longest overdue first, then those due first."""
    rows = frame[frame["group"] == "blocked"]
    rows = rows.sort_values(["days_overdue", "due"], ascending=[False, True], kind="stable")
    note = texts.NOTE_BLOCKED.format(labels.lang, count=len(rows), as_of=labels.as_of)
    name = texts.PAGE_BLOCKED.say(labels.lang)
    columns = followed_columns(labels, rows, [_overdue(labels, rows)])
    return Listing(name, name, note, columns, "follow_up", 2, key="blocked", sources=labels.sources(rows))


def risks_listing(labels: Labels, frame: pd.DataFrame) -> Listing:
    """Return the listing of all open risks, the greatest first."""
    lang = labels.lang
    risks = open_risks(labels.inputs, frame)
    rows = frame.loc[risks.index]
    levels = [labels.risk_level(block, code) for block, code in zip(rows["block"], risks["level"], strict=True)]
    marks: list[Mark | None] = [_LEVEL_MARKS.get(rank) for rank in risks["rank"].tolist()]
    figures = [
        labels.column(
            "level", texts.COL_RISK_LEVEL, levels, "text", 9, marks=marks, codes=column_values(risks["level"])
        ),
        labels.column("value", texts.COL_RISK_VALUE, column_values(risks["value"]), "integer", 8),
        labels.column("likelihood", texts.COL_LIKELIHOOD, column_values(risks["likelihood"]), "integer", 8),
        labels.column("impact", texts.COL_IMPACT, column_values(risks["impact"]), "integer", 8),
        labels.column("change", texts.COL_CHANGE, column_values(risks["change"]), "integer", 8, optional=True),
        _overdue(labels, rows),
    ]
    note = texts.NOTE_RISKS.format(lang, count=len(rows), as_of=labels.as_of)
    name = texts.PAGE_RISKS.say(lang)
    columns = followed_columns(labels, rows, figures)
    return Listing(name, name, note, columns, "follow_up", 2, key="open_risks", sources=labels.sources(rows))


def _overdue(labels: Labels, rows: pd.DataFrame) -> ReportColumn:
    days = column_values(rows["days_overdue"])
    late: list[Mark | None] = ["overdue" if number else None for number in days]
    return labels.column("days_overdue", texts.COL_DAYS_OVERDUE, days, "integer", 11, marks=late)
