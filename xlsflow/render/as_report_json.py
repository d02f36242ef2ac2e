"""Renders a report as JSON for other programs, in the format that `report.schema.json` describes.

Programs get codes and numbers, with the labels that people see beside them. Every key is there whatever the report
says: a list without rows is empty, a figure that nobody knows is null. The text is made in pieces, since a report may
have a hundred thousand rows.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from xlsflow.render.as_json import json_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xlsflow.model.report_model import Chart, CountGrid, KeyFigure, Listing, Report, ReportValue

FORMAT = 2
"""Grows when a program that reads the file must be changed."""

FIGURES = ("returned", "completion", "overdue", "due_soon", "blocked", "timing", "high_risks", "data")
"""Keys of all figures."""

CHARTS = ("status", "ageing", "trend")
"""Keys of all charts."""


def report_json(report: Report) -> Iterator[str]:
    """Yield a report as JSON text, in pieces; a row of a list is one line."""
    yield "{\n"
    for name, value in _head(report).items():
        yield f"{_text(name)}: {json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)},\n"
    lists = [listing for listing in report.listings if listing.subject != "data" and not listing.hidden]
    yield '"lists": {\n'
    yield from _listings(lists)
    yield '},\n"data": {\n'
    yield from _listings(report.data)
    yield "}\n}\n"


def _head(report: Report) -> Mapping[str, Any]:
    """Return everything but the lists."""
    first = report.overview
    figures = {figure.key: _figure(figure) for figure in first.figures}
    charts = {chart.key: _chart(chart) for chart in first.charts}
    return {
        "format": FORMAT,
        "instant": report.as_of.isoformat(),
        "lang": report.lang,
        "project": report.project,
        "round": report.round,
        "title": first.title,
        "round_title": first.round_text,
        "signal": report.signal,
        "conclusion": first.conclusion,
        "facts": list(first.facts),
        "figures": {key: figures.get(key) for key in FIGURES},
        "charts": {key: charts.get(key) for key in CHARTS},
        "risk_matrix": _grid(first.matrix) if first.matrix else None,
        "attention": [
            dict(zip(("topic", "detail"), row, strict=True)) for row in zip(*_values(first.attention), strict=True)
        ],
    }


def _values(listing: Listing) -> list[Sequence[ReportValue]]:
    """Return the columns of what needs coordination; a listing of one column says that nothing does."""
    columns = [column.values for column in listing.columns]
    return columns if len(columns) > 1 else []


def _figure(figure: KeyFigure) -> Mapping[str, Any]:
    return {
        "label": figure.label,
        "text": figure.figure,
        "detail": figure.small,
        "before": figure.before,
        "basis": figure.basis,
        "mark": figure.mark,
        "list": figure.listing,
        "values": {name: json_value(value) for name, value in figure.values.items()},
    }


def _chart(chart: Chart) -> Mapping[str, Any]:
    return {
        "title": chart.title,
        "categories": list(chart.codes or chart.categories),
        "category_labels": list(chart.categories),
        "series": [
            {"key": bar.key, "label": bar.name, "values": [json_value(value) for value in bar.values]}
            for bar in chart.bars
        ],
    }


def _grid(grid: CountGrid) -> Mapping[str, Any]:
    """Return a matrix with a row for each likelihood from 1 and a column for each impact from 1."""
    return {
        "title": grid.title,
        "counts": [[cell.count for cell in row] for row in reversed(grid.cells)],
        "risen": [[cell.risen for cell in row] for row in reversed(grid.cells)],
        "fallen": [[cell.fallen for cell in row] for row in reversed(grid.cells)],
    }


def _listings(listings: Sequence[Listing]) -> Iterator[str]:
    for number, listing in enumerate(listings):
        head = {
            "name": listing.name,
            "title": listing.title,
            "note": listing.note,
            "columns": {column.key: column.title for column in listing.columns},
            "count": listing.rows,
        }
        yield f"{_text(listing.key)}: {{\n"
        for name, value in head.items():
            yield f"{_text(name)}: {json.dumps(value, ensure_ascii=False)},\n"
        yield '"rows": [\n'
        yield from _rows(listing)
        yield "]\n}" + (",\n" if number < len(listings) - 1 else "\n")


def _rows(listing: Listing) -> Iterator[str]:
    """Yield the rows of a listing: codes under the keys of the columns, labels under `..._label`, and the source."""
    keys: list[str] = []
    columns: list[Sequence[ReportValue]] = []
    for column in listing.columns:
        keys += [column.key, f"{column.key}_label"] if column.codes else [column.key]
        columns += [column.codes, column.values] if column.codes else [column.values]
    sources = listing.sources or [None] * listing.rows
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    for number, (source, row) in enumerate(zip(sources, zip(*columns, strict=True), strict=True), start=1):
        # The plain values: symbols before marked texts are for the eye.
        cells: dict[str, Any] = {key: json_value(value) for key, value in zip(keys, row, strict=True)}
        if listing.sources:
            cells["source"] = {"list": source.listing, "row": source.row} if source else None
        yield encode(cells) + (",\n" if number < listing.rows else "\n")


def _text(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)
