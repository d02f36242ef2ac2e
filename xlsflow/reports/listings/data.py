"""The merged data itself: one listing a block, labels for codes, every row with where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from xlsflow.i18n import LANGS
from xlsflow.model.book import ORIGIN
from xlsflow.model.report_model import (
    Column,
    Listing,
)
from xlsflow.reports import texts as w
from xlsflow.reports.figures.tracked_items import (
    days,
    plain,
)
from xlsflow.reports.listings.due import STATUS_MARKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xlsflow.model.report_model import (
        Mark,
        Shape,
    )
    from xlsflow.reports.labels import Labels
    from xlsflow.template.kinds import FieldBase

SHAPES: Mapping[str, Shape] = {
    "yyyy-mm-dd": "date", "yyyy-mm-dd hh:mm": "datetime", "0%": "percent", "0": "integer", "0.##########": "number",
}  # fmt: skip
"""How a field's own number format is called here; any other is a text, or a whole number that was worked out."""

ORIGIN_SHAPES: tuple[tuple[Shape, float], ...] = (
    ("text", 26),
    ("text", 13),
    ("integer", 8),
    ("text", 10),
    ("text", 12),
)
LEAST_WIDTH = 10.0
"""A header and the button of its filter need so much; a name is written in either language."""


def data_listings(labels: Labels, frame: pd.DataFrame) -> Iterator[Listing]:
    """Yield one listing for each block of the book, in the order of the workbook.

    Args:
        labels: The words.
        frame: What is followed up: its rows are marked where they stand.
    """
    by_block = dict(iter(frame.groupby("block"))) if len(frame) else {}
    for name, (template, block) in labels.basis.blocks.items():
        table = labels.basis.book.tables[name]
        marks = _marks(labels, name, by_block.get(name))
        fields = labels.basis.fields(name)
        columns = [_field(labels, field, table, marks, key=field.name == block.key) for field in fields]
        region, *others = _origin(labels, table)
        files = table["_file"].nunique() if len(table) else 0
        note = w.DATA_NOTE.say(labels.lang).format(count=len(table), files=files, as_of=labels.as_of)
        title = template.title.say(labels.lang)
        if block.title and len(template.data) > 1:
            title = f"{title} · {block.title.say(labels.lang)}"
        frozen = 2 if block.key and fields and fields[0].name == block.key else 1
        yield Listing(labels.sheet(name), title, note, (region, *columns, *others), "data", frozen)


def _marks(labels: Labels, name: str, rows: pd.DataFrame | None) -> Mapping[str, Sequence[Mark | None]]:
    """Return field -> marks of its cells: the status by what it amounts to, the due date where it has passed."""
    if rows is None:
        return {}
    follow = labels.follows[name]
    return {
        follow.status: [STATUS_MARKS[group] for group in rows["group"].tolist()],
        follow.due: ["overdue" if late else None for late in (rows["days_overdue"] > 0).tolist()],
    }


def _field(
    labels: Labels, field: FieldBase, table: pd.DataFrame, marks: Mapping[str, Sequence[Mark | None]], *, key: bool
) -> Column:
    """Return one field of a block as a column."""
    values = table[field.name]
    counted = pd.api.types.is_numeric_dtype(values) and not field.list_name()
    shape = SHAPES.get(field.number_format, "integer" if counted else "text")
    return Column(
        key=field.name,
        title=field.label.say(labels.lang),
        values=labels.values(field, days(values) if shape == "date" else plain(values)),
        shape="id" if key else shape,
        width=max(*map(field.room, LANGS), LEAST_WIDTH),
        marks=marks.get(field.name, ()),
        role="given" if field.required else "further",
    )


def _origin(labels: Labels, table: pd.DataFrame) -> list[Column]:
    """Return where each row comes from: its region first, for that is what a reader looks for."""
    made = []
    for name, words, (shape, width) in zip(ORIGIN, w.ORIGIN, ORIGIN_SHAPES, strict=True):
        values = plain(table[name])
        if name == ORIGIN[3]:
            shown = {code: labels.region(str(code or "")) for code in set(values)}
            values = [shown[code] or None for code in values]
        made.append(Column(name, words.say(labels.lang), values, shape, width, role="made"))
    return [made.pop(3), *made]
