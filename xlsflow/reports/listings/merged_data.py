"""Makes the listings of the merged data: one for each block, with labels instead of codes and each row's origin."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from xlsflow.i18n import LANGS
from xlsflow.model.consolidated_book import ORIGIN
from xlsflow.model.report_model import Listing, ReportColumn
from xlsflow.reports import texts
from xlsflow.reports.figures.columns import column_dates, column_values
from xlsflow.reports.listings.overdue_and_due_soon import STATUS_MARKS
from xlsflow.reports.listings.proposals import disputed_cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xlsflow.model.report_model import Mark, ValueFormat
    from xlsflow.reports.labels import Labels
    from xlsflow.template.kinds import FieldBase

# Number format of a field -> format of its column; with any other, a column holds texts or computed integers.
_FORMATS: Mapping[str, ValueFormat] = {
    "yyyy-mm-dd": "date", "yyyy-mm-dd hh:mm": "datetime", "0%": "percent", "0": "integer", "0.##########": "number",
}  # fmt: skip

_ORIGIN_FORMATS: tuple[tuple[ValueFormat, float], ...] = (
    ("text", 26),
    ("text", 13),
    ("integer", 8),
    ("text", 10),
    ("text", 12),
)
# Width that a header needs besides its filter button.
_MIN_WIDTH = 10.0


def data_listings(labels: Labels, frame: pd.DataFrame) -> Iterator[Listing]:
    """Yield one listing for each block, in the order of the workbook.

    Args:
        labels: Labels in the language of the report.
        frame: The tracked items; their status and due date are marked in the data.
    """
    by_block = dict(iter(frame.groupby("block"))) if len(frame) else {}
    notes = disputed_cells(labels)
    for name, (template, block) in labels.inputs.blocks.items():
        table = labels.inputs.book.tables[name]
        marks = _marks(labels, name, by_block.get(name))
        fields = labels.inputs.fields(name)
        columns = [_field(labels, field, table, marks, key=field.name == block.key) for field in fields]
        disputed = notes.get(name, {})
        columns = [replace(c, notes=disputed[c.key]) if c.key in disputed else c for c in columns]
        region, *others = _origin(labels, table)
        files = table["_file"].nunique() if len(table) else 0
        note = texts.NOTE_DATA.format(labels.lang, count=len(table), files=files, as_of=labels.as_of)
        title = template.title.say(labels.lang)
        # The title of the only block would only repeat that of its sheet.
        if block.title and len(template.data) > 1:
            title = f"{title} · {block.title.say(labels.lang)}"
        # Region and ID stay visible, as what identifies a row.
        frozen = 2 if block.key and fields and fields[0].name == block.key else 1
        yield Listing(labels.sheet(name), title, note, (region, *columns, *others), "data", frozen, key=name)


def _marks(labels: Labels, name: str, rows: pd.DataFrame | None) -> Mapping[str, Sequence[Mark | None]]:
    """Return field -> marks of its cells: the status by its group, the due date if it has passed."""
    if rows is None:
        return {}
    follow = labels.tracking[name]
    return {
        getattr(follow, "status", ""): [STATUS_MARKS[group] for group in rows["group"].tolist()],
        follow.due: ["overdue" if late else None for late in (rows["days_overdue"] > 0).tolist()],
    }


def _field(
    labels: Labels, field: FieldBase, table: pd.DataFrame, marks: Mapping[str, Sequence[Mark | None]], *, key: bool
) -> ReportColumn:
    """Return one field of a block as a column."""
    values = table[field.name]
    counted = pd.api.types.is_numeric_dtype(values) and not field.list_name()
    value_format = _FORMATS.get(field.number_format, "integer" if counted else "text")
    codes = column_dates(values) if value_format == "date" else column_values(values)
    return ReportColumn(
        key=field.name,
        title=field.label.say(labels.lang),
        values=labels.values(field, codes),
        codes=codes if field.list_name() else (),
        format="id" if key else value_format,
        width=max(*map(field.column_width, LANGS), _MIN_WIDTH),
        marks=marks.get(field.name, ()),
        role="given" if field.required else "further",
    )


def _origin(labels: Labels, table: pd.DataFrame) -> list[ReportColumn]:
    """Return the columns with the origin of each row; the region comes first, since readers look for it."""
    columns = []
    for name, words, (value_format, width) in zip(ORIGIN, texts.COL_ORIGIN, _ORIGIN_FORMATS, strict=True):
        codes = values = column_values(table[name])
        if name == ORIGIN[3]:
            # A look-up for each region, not for each row.
            shown = {code: labels.region(str(code or "")) for code in set(values)}
            values = [shown[code] or None for code in values]
        column = ReportColumn(name, words.say(labels.lang), values, value_format, width, role="made")
        columns.append(column if values is codes else replace(column, codes=codes))
    return [columns.pop(3), *columns]
