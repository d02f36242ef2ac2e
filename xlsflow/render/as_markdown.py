"""Renders the first page of a report as Markdown for a message or a wiki: its figures and tables, without the lists."""

from __future__ import annotations

import re
from datetime import date, datetime
from math import isnan
from typing import TYPE_CHECKING

from xlsflow.i18n import LocalizedText
from xlsflow.workbook.style.symbols import values_with_symbols, with_symbol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xlsflow.model.report_model import (
        Chart,
        CountGrid,
        Listing,
        Overview,
        Report,
        ReportColumn,
        ReportValue,
        ValueFormat,
    )

MAX_BYTES = 20_000
"""Size in UTF-8 that a page does not exceed: what does not fit into it is left to the other formats."""

_LEFT_OUT = LocalizedText("其余表格见其他格式的报告。", "For the other tables see the report in another format.")
_ADDRESS = re.compile(r"www\.", re.IGNORECASE)  # that, and what `://` follows, many viewers make a link of
_LINE_END = re.compile(r"\r\n|\r|\n")


def markdown(report: Report) -> str:
    """Return the first page of a report as Markdown."""
    end = f"\n{_LEFT_OUT.say(report.lang)}\n"
    made = "\n".join(_head(report.overview)) + "\n"
    for part in _parts(report.overview):
        text = "\n" + "\n".join(part) + "\n"
        if len((made + text + end).encode()) > MAX_BYTES:
            return made + end
        made += text
    return made


def _head(first: Overview) -> Iterator[str]:
    facts = filter(None, (first.round_text, *first.facts))
    yield from (f"# {escaped(first.title)}", "", " · ".join(map(escaped, facts)), "")
    yield from (f"**{escaped(with_symbol(first.mark, first.conclusion))}**", "")
    for figure in first.figures:
        details = "; ".join(filter(None, (figure.small, figure.basis, figure.before)))
        yield f"- {escaped(figure.label)}: **{escaped(figure.figure)}** ({escaped(details)})"


def _parts(first: Overview) -> Iterator[Iterator[str]]:
    """Yield the tables, the most important first: a page that is too long ends before one of them."""
    yield _section(first.signals.title, _table(first.signals))
    yield _section(first.overdue.title, _table(first.overdue))
    if first.decisions:
        yield _section(first.decisions.title, _table(first.decisions))
    yield _section(first.attention.title, _table(first.attention))
    for chart in first.charts:
        yield _section(chart.title, _chart(chart))
    if first.matrix:
        yield _section(first.matrix.title, _grid(first.matrix))
    for table in first.more:
        yield _section(table.title, _table(table))


def _section(title: str, rows: Iterator[str]) -> Iterator[str]:
    yield from (f"## {escaped(title)}", "", *rows)


def _table(listing: Listing) -> Iterator[str]:
    columns = listing.shown
    yield from _header([column.title or " " for column in columns])
    yield from map(_row, zip(*(_shown(column) for column in columns), strict=True))


def _chart(chart: Chart) -> Iterator[str]:
    """Yield the figures of a chart as a table, a line for each category."""
    yield from _header([chart.head or " ", *(bar.name for bar in chart.bars)])
    for index, category in enumerate(chart.categories):
        values = (bar.values[index] for bar in chart.bars)
        yield _row([category, *("" if isnan(value) else f"{value:g}" for value in values)])


def _grid(grid: CountGrid) -> Iterator[str]:
    yield from _header([" ", *grid.columns])
    for head, cells in zip(grid.rows, grid.cells, strict=True):
        yield _row([head, *(cell.text for cell in cells)])
    if grid.note:
        yield from ("", escaped(grid.note))


def _header(titles: Sequence[str]) -> Iterator[str]:
    yield from (_row(titles), _row(["---" for _ in titles]))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(escaped, cells))} |"


def _shown(column: ReportColumn) -> list[str]:
    return [value_text(value, column.format) for value in values_with_symbols(column)]


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
