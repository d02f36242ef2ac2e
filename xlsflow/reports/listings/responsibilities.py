"""Makes the listings of responsibilities: who bears how many, and which tasks lack one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.model.report_model import Listing
from xlsflow.reports import texts
from xlsflow.reports.figures.columns import column_values
from xlsflow.reports.figures.responsibilities import responsibilities, responsibility_gaps, responsibility_load

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.model.report_model import Mark, ReportColumn, ReportValue
    from xlsflow.reports.labels import Labels


def load_listing(labels: Labels) -> Listing:
    """Return the listing of what each column of the RACI matrix bears."""
    letters = responsibilities(labels.inputs)
    rows = responsibility_load(labels.inputs)
    note = texts.NOTE_LOAD.format(labels.lang, first=next(iter(letters), ""), as_of=labels.as_of)
    name = texts.PAGE_LOAD.say(labels.lang)
    columns = load_columns(labels, rows)
    return Listing(name, name, note, columns, "follow_up", 1, key="responsibilities", optional=True)


def load_columns(labels: Labels, rows: pd.DataFrame) -> tuple[ReportColumn, ...]:
    """Return the columns of a load, one for each responsibility."""
    counts = [name for name in rows.columns if name not in ("block", "field", "total")]
    names = [
        labels.inputs.blocks[block][1].field(field).label.say(labels.lang)
        for block, field in zip(rows["block"], rows["field"], strict=True)
    ]
    return (
        labels.column("bearer", texts.COL_LOAD, names, "text", 20, codes=column_values(rows["field"])),
        *(labels.column(letter, letter, column_values(rows[letter]), "integer", 8) for letter in counts),
        labels.column("total", texts.COL_SUM, column_values(rows["total"]), "integer", 8),
    )


def gaps_listing(labels: Labels) -> Listing:
    """Return the listing of tasks of the RACI matrix of which the check says that something is missing."""
    rows = responsibility_gaps(labels.inputs)
    note = texts.NOTE_GAPS.format(labels.lang, count=len(rows), as_of=labels.as_of)
    name = texts.PAGE_GAPS.say(labels.lang)
    columns = (*gap_columns(labels, rows), *labels.origin_columns(rows))
    sources = labels.sources(rows)
    return Listing(name, name, note, columns, "follow_up", 1, key="responsibility_gaps", sources=sources, optional=True)


def gap_columns(labels: Labels, rows: pd.DataFrame) -> tuple[ReportColumn, ...]:
    """Return the columns that say which task lacks what."""
    codes = column_values(rows["code"])
    shown: list[ReportValue] = [
        labels.text(labels.inputs.blocks[block][1].field(field), code)
        for block, field, code in zip(rows["block"], rows["field"], codes, strict=True)
    ]
    marked: list[Mark | None] = ["overdue"] * len(rows)
    return (
        labels.column("title", texts.COL_TASK, column_values(rows["title"]), "text", 34),
        labels.region_column(rows["region"].tolist()),
        labels.column("gap", texts.COL_GAP, shown, "text", 12, marks=marked, codes=codes),
    )
