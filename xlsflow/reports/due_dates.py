"""Collects the due dates of a book for calendars: those of items that are open, and those that are over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.model.report_model import DueDate
from xlsflow.reports import texts
from xlsflow.reports.figures.columns import column_dates, column_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from xlsflow.reports.labels import Labels


def due_dates(labels: Labels, frame: pd.DataFrame) -> Iterator[DueDate]:
    """Yield the due date of each tracked item that has one, in the order of the workbook.

    Args:
        labels: Labels in the language of the report.
        frame: The tracked items (`tracked_items`).
    """
    rows = frame[frame["due"].notna()]
    columns = (
        rows["block"].tolist(), column_values(rows["key"]), column_values(rows["title"]), rows["region"].tolist(),
        column_values(rows["owner"]), labels.item_values(rows, "owner"), labels.item_values(rows, "status"),
        column_dates(rows["due"]), rows["open"].tolist(), rows["file"].tolist(), column_values(rows["row"]),
    )  # fmt: skip
    project = labels.inputs.project.project
    for block, key, title, region, owner, owner_name, status, day, is_open, file, row in zip(*columns, strict=True):
        identity = "\n".join((project.code or project.name, block, str(key or title or ""), region))
        place = texts.WHERE.format(labels.lang, file=file, sheet=labels.sheet(block), row=row)
        about = (str(word) for word in (status, owner_name, labels.region(region), place) if word)
        yield DueDate(
            identity, " ".join(str(word) for word in (key, title) if word), day, not is_open, region, str(owner or ""),
            labels.region(region), str(owner_name or ""), "\n".join(about),
        )  # fmt: skip
