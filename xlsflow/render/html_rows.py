"""Writes the rows of a list for the HTML report: the first ones as a table, all of them as data for its script."""

from __future__ import annotations

import json
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Any

from xlsflow.render.as_json import json_value
from xlsflow.render.as_markdown import value_text
from xlsflow.workbook.style.symbols import values_with_symbols

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xlsflow.model.report_model import Listing, Report, ReportColumn, RowSource, ValueFormat

FIRST_ROWS = 500
"""Rows of a list that the page has without its script."""

# Rows of the data that lists lead to; more would make the page too large to mail. Beyond, a row names file and cell.
_MAX_SOURCES = 5000

# Formats whose columns are centred.
_CENTRED: frozenset[ValueFormat] = frozenset({"integer", "number", "percent", "date", "datetime"})

# Texts in a column up to this width, in characters, stay on one line (names, statuses).
_NARROW = 13.0

# Columns of long texts from this width on get a minimum width, so that others do not squeeze them.
_WIDE = 24.0


def list_rows(listing: Listing) -> Iterator[str]:
    """Yield the first rows of a list as HTML."""
    columns = listing.shown
    values = [values_with_symbols(column) for column in columns]
    looks = [look(column) for column in columns]
    for row in range(min(listing.rows, FIRST_ROWS)):
        cells = []
        for column, shown, named in zip(columns, values, looks, strict=True):
            mark, note = column.mark(row), column.notes.get(row)
            classes = f"{named} m-{mark}" if mark else named
            text = escape(value_text(shown[row], column.format))
            said = f' title="{escape(note)}"' if note else ""
            cells.append(f'<td class="{classes}"{_share(shown[row], column.format)}{said}>{text}</td>')
        yield f"<tr>{''.join(cells)}</tr>\n"


def _share(value: object, value_format: ValueFormat) -> str:
    """Return the style that draws a bar behind a percentage."""
    is_share = value_format == "percent" and isinstance(value, float) and 0 < value <= 1
    return f' style="--share:{value:.0%}"' if is_share else ""


def alignment(column: ReportColumn) -> str:
    """Return the CSS class that aligns a column: figures and marked words are centred."""
    return "mid" if column.format in _CENTRED or (column.marks and column.format == "text") else ""


def look(column: ReportColumn) -> str:
    """Return the CSS classes of a column's cells."""
    return " ".join(filter(None, (column.format, alignment(column), _width_class(column))))


def _width_class(column: ReportColumn) -> str:
    """Return the CSS class for a column's width: one line, room for long texts, or automatic."""
    if column.width >= _WIDE and _has_long_words(column):
        return "wide"
    fits = column.format in _CENTRED or column.format == "id" or (column.format == "text" and column.width <= _NARROW)
    return "short" if fits and not _has_long_words(column) else ""


def _has_long_words(column: ReportColumn) -> bool:
    """Return whether a column holds texts long enough to squeeze the other columns."""
    return any(isinstance(value, str) and len(value) > 2 * _NARROW for value in column.values[:FIRST_ROWS])


def rows_data(listing: Listing) -> Iterator[str]:
    """Yield all rows of a list as JSON that is safe inside a script element: column by column, each text once."""
    columns = listing.shown
    marks = sorted({mark for column in columns for mark in column.marks if mark})
    link = next((number for number, column in enumerate(columns) if column.format == "id"), 0)
    head: dict[str, Any] = {"count": listing.rows, "link": link, "marks": marks}
    yield f"{_safe(head)[:-1]}, "
    yield f'"source": {_safe(_places(listing.sources))}, "columns": ['
    for number, column in enumerate(columns):
        yield ", " * bool(number) + _safe(_column(column, {mark: at for at, mark in enumerate(marks)}))
    yield "]}"


def _column(column: ReportColumn, marks: Mapping[str, int]) -> Mapping[str, Any]:
    values = [json_value(value) for value in values_with_symbols(column)]
    made: dict[str, Any] = {"title": column.title, "format": column.format, "look": look(column)}
    if all(value is None or isinstance(value, str) for value in values):
        texts = {text: at for at, text in enumerate(dict.fromkeys(value for value in values if value is not None))}
        made |= {"texts": list(texts), "at": [-1 if value is None else texts[value] for value in values]}
    else:
        made |= {"at": values}
    # What is one of a few codes is what people want to pick.
    made["filter"] = bool(column.codes) and column.format == "text"
    if column.marks:
        made["marks"] = [-1 if mark is None else marks[mark] for mark in column.marks]
    return made


def _places(sources: Sequence[RowSource | None]) -> list[tuple[str, int] | None]:
    return [(source.listing, source.row) if source else None for source in sources]


def sources_data(report: Report) -> Iterator[str]:
    """Yield the rows of the data that the lists lead to as JSON: title and columns of each sheet, rows by number."""
    wanted: dict[str, dict[int, None]] = {}
    every = (source for listing in report.shown for source in listing.sources if source)
    for source in islice(dict.fromkeys(every), _MAX_SOURCES):
        wanted.setdefault(source.listing, {})[source.row] = None
    pieces = []
    for listing in report.data:
        rows = wanted.get(listing.key, {})
        columns = [(column.title, column.format) for column in listing.columns]
        values = {row: [json_value(column.values[row]) for column in listing.columns] for row in rows}
        block = {"title": listing.title, "columns": columns, "rows": values}
        pieces.append(f"{_safe(listing.key)}: {_safe(block)}")
    yield f"{{{', '.join(pieces)}}}"


def _safe(value: object) -> str:
    """Return a value as JSON in which nothing ends a script element."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
