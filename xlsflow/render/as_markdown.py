"""A report as Markdown: the overview and the lists that a coordinator works through, for a message or a wiki."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from xlsflow.i18n import LocalizedText
from xlsflow.render.dashboard import (
    sign,
    signed,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsflow.model.report_model import (
        Chart,
        Column,
        Document,
        Listing,
        Shape,
        Value,
    )

MOST_ROWS = 200
"""Rows of a listing; the workbook has them all."""

MORE = LocalizedText("……另有 {count} 行，见工作簿。", "… and {count} more rows, see the workbook.")


_ADDRESS = re.compile(r"www\.", re.IGNORECASE)  # that, and what `://` follows, many viewers make a link of
_LINE_END = re.compile(r"\r\n|\r|\n")


def markdown(report: Document) -> str:
    """Return a report as Markdown; the data themselves are left to the workbook."""
    return "\n".join(_lines(report)).rstrip() + "\n"


def _lines(report: Document) -> Iterator[str]:
    first = report.overview
    yield from (
        f"# {escaped(first.title)}",
        "",
        " · ".join(map(escaped, filter(None, (first.aside, *first.facts)))),
        "",
    )
    yield from (f"**{escaped(sign(first.mark, first.conclusion))}**", "")
    for figure in first.figures:
        yield f"- {escaped(figure.label)}: **{escaped(figure.figure)}** ({escaped(figure.small)})"
    yield ""
    for listing in (first.lights, first.overdue, first.attention, first.owners):
        yield from (f"## {escaped(listing.title)}", "", *_table(listing), "")
    yield from (f"## {escaped(first.ageing.title)}", "", *_chart(first.ageing), "")
    for listing in report.listings:
        if listing.about == "data":
            continue
        yield from (f"## {escaped(listing.title)}", "", escaped(listing.note), "", *_table(listing))
        if listing.rows > MOST_ROWS:
            yield from ("", MORE.say(report.lang).format(count=listing.rows - MOST_ROWS))
        yield ""


def _table(listing: Listing) -> Iterator[str]:
    yield _row([column.title or " " for column in listing.columns])
    yield _row(["---" for _ in listing.columns])
    yield from map(_row, zip(*(_shown(column) for column in listing.columns), strict=True))


def _chart(chart: Chart) -> Iterator[str]:
    """Yield the figures of a chart with one colour."""
    yield _row(chart.categories)
    yield _row(["---" for _ in chart.categories])
    for bar in chart.bars:
        yield _row([f"{value:g}" for value in bar.values])


def _row(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(map(escaped, cells))} |"


def _shown(column: Column) -> list[str]:
    return [text(value, column.shape) for value in signed(column)[:MOST_ROWS]]


def text(value: Value, shape: Shape) -> str:
    """Return a value as a reader sees it."""
    if value is None or value != value:  # noqa: PLR0124 - nan
        return ""
    if isinstance(value, datetime) and shape != "date":
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, float):
        return f"{value:.0%}" if shape == "percent" else f"{value:g}"
    return str(value)


def escaped(words: str) -> str:
    """Return a text that Markdown shows as it is, on one line."""
    for sign_ in ("\\", "`", "*", "_", "[", "]", "<", ">", "|", "#", "&", "~", "://"):
        words = words.replace(sign_, f"\\{sign_}")
    return _LINE_END.sub("<br>", _ADDRESS.sub(r"www\\.", words))
