"""Renders a report as Markdown for a message or a wiki: the overview and the listings, without the data."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from xlsflow.i18n import LocalizedText
from xlsflow.workbook.style.symbols import values_with_symbols, with_symbol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsflow.model.report_model import Chart, Listing, Report, ReportColumn, ReportValue, ValueFormat

MAX_LISTING_ROWS = 200
"""Maximum number of rows of a listing; the workbook has all rows."""

MORE_ROWS = LocalizedText("……另有 {count} 行，见工作簿。", "… and {count} more {count:row|rows}, see the workbook.")


_ADDRESS = re.compile(r"www\.", re.IGNORECASE)  # that, and what `://` follows, many viewers make a link of
_LINE_END = re.compile(r"\r\n|\r|\n")


def markdown(report: Report) -> str:
    """Return a report as Markdown, without the listings of the data, which only the workbook has."""
    return "\n".join(_lines(report)).rstrip() + "\n"


def _lines(report: Report) -> Iterator[str]:
    first = report.overview
    yield from (
        f"# {escaped(first.title)}",
        "",
        " · ".join(map(escaped, filter(None, (first.round_text, *first.facts)))),
        "",
    )
    yield from (f"**{escaped(with_symbol(first.mark, first.conclusion))}**", "")
    for figure in first.figures:
        yield f"- {escaped(figure.label)}: **{escaped(figure.figure)}** ({escaped(figure.small)})"
    yield ""
    for listing in (first.signals, first.overdue, first.attention, first.owners):
        yield from (f"## {escaped(listing.title)}", "", *_table(listing), "")
    yield from (f"## {escaped(first.ageing.title)}", "", *_chart(first.ageing), "")
    for listing in report.listings:
        if listing.subject == "data":
            continue
        yield from (f"## {escaped(listing.title)}", "", escaped(listing.note), "", *_table(listing))
        if listing.rows > MAX_LISTING_ROWS:
            yield from ("", MORE_ROWS.format(report.lang, count=listing.rows - MAX_LISTING_ROWS))
        yield ""


def _table(listing: Listing) -> Iterator[str]:
    yield _row([column.title or " " for column in listing.columns])
    yield _row(["---" for _ in listing.columns])
    yield from map(_row, zip(*(_shown(column) for column in listing.columns), strict=True))


def _chart(chart: Chart) -> Iterator[str]:
    """Yield the figures of a chart as a table."""
    yield _row(chart.categories)
    yield _row(["---" for _ in chart.categories])
    for bar in chart.bars:
        yield _row([f"{value:g}" for value in bar.values])


def _row(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(map(escaped, cells))} |"


def _shown(column: ReportColumn) -> list[str]:
    return [value_text(value, column.format) for value in values_with_symbols(column)[:MAX_LISTING_ROWS]]


def value_text(value: ReportValue, value_format: ValueFormat) -> str:
    """Return a value as text for a reader."""
    if value is None or value != value:  # noqa: PLR0124 - nan
        return ""
    # Asked before `date`, since a datetime is one to Python.
    if isinstance(value, datetime) and value_format != "date":
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, float):
        return f"{value:.0%}" if value_format == "percent" else f"{value:g}"
    return str(value)


def escaped(words: str) -> str:
    """Return a text escaped for Markdown, on one line."""
    # `://` is escaped because many viewers turn addresses in plain text into links.
    for sign_ in ("\\", "`", "*", "_", "[", "]", "<", ">", "|", "#", "&", "~", "://"):
        words = words.replace(sign_, f"\\{sign_}")
    return _LINE_END.sub("<br>", _ADDRESS.sub(r"www\\.", words))
