"""Renders a report as one self-contained HTML page that can be mailed, opened anywhere and printed."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from xlsflow.render.as_markdown import MAX_LISTING_ROWS, MORE_ROWS, value_text
from xlsflow.render.html_style import STYLESHEET
from xlsflow.workbook.style.symbols import values_with_symbols, with_symbol
from xlsflow.workbook.style.theme import AGE_COLOURS, CHIPS, MARK_CHART_COLOURS, SLATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsflow.model.report_model import Chart, Listing, Mark, Report, ReportColumn, ValueFormat

# Bar colours light enough to need dark figures.
_PALE: frozenset[Mark] = frozenset({"in_progress", "idle"})

# Formats whose columns are centred.
_CENTRED: frozenset[ValueFormat] = frozenset({"integer", "number", "percent", "date", "datetime"})

# Colour of the bar behind a percentage.
_SHARE_COLOUR = "#a9d3c5"

_NO_BAR = '<span class="none">–</span>'

# Texts in a column up to this width, in characters, stay on one line (names, statuses).
_NARROW = 13.0

# Columns of long texts from this width on get a minimum width, so that others do not squeeze them.
_WIDE = 30.0


def html(report: Report) -> str:
    """Return a report as one HTML page, without the listings of the data, which only the workbook has."""
    body = "\n".join(_parts(report))
    title = escape(report.overview.title)
    # Browsers choose the shapes of shared Han characters by this attribute.
    lang = "zh-CN" if report.lang == "zh" else "en"
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>{STYLESHEET}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _parts(report: Report) -> Iterator[str]:
    first = report.overview
    lists = [listing for listing in report.listings if listing.subject != "data" and not listing.hidden]
    yield f"<header><h1>{escape(first.title)}</h1><span>{escape(first.round_text)}</span></header>"
    yield f'<p class="facts">{"".join(f"<span>{escape(fact)}</span>" for fact in first.facts)}</p>'
    conclusion = escape(with_symbol(first.mark, first.conclusion))
    yield f'<p class="conclusion" style="{_colours(first.mark)}">{conclusion}</p>'
    tiles = (
        f'<div class="tile" style="{_colours(figure.mark)}"><span>{escape(figure.label)}</span>'
        f"<b>{escape(figure.figure)}</b>{escape(figure.small)}</div>"
        for figure in first.figures
    )
    yield f'<div class="tiles">{"".join(tiles)}</div>'
    yield from _band(_section(first.signals, report, "narrow"), _chart(first.status))
    yield from _band(_section(first.overdue, report, "narrow"), _chart(first.ageing))
    yield from _band(_section(first.attention, report, "narrow"), _section(first.owners, report, "narrow"))
    links = (f'<a href="#list-{n}">{escape(listing.title)} ({listing.rows})</a>' for n, listing in enumerate(lists))
    yield f"<nav>{''.join(links)}</nav>"
    for number, listing in enumerate(lists):
        yield from _section(listing, report, "list", f"list-{number}")
    yield f"<footer>{''.join(f'<span>{escape(part)}</span>' for part in first.footer)}</footer>"


def _band(left: Iterator[str], right: Iterator[str]) -> Iterator[str]:
    """Yield two parts side by side; on narrow screens they are stacked."""
    yield '<div class="band">'
    yield from left
    yield from right
    yield "</div>"


def _section(listing: Listing, report: Report, look: str, name: str = "") -> Iterator[str]:
    anchor = f' id="{name}"' if name else ""
    yield f'<section class="{look}"{anchor}><h2>{escape(listing.title)}</h2>'
    if listing.note:
        yield f'<p class="note">{escape(listing.note)}</p>'
    yield '<div class="scroll"><table>'
    if any(column.title for column in listing.columns):
        heads = (
            f'<th scope="col" class="{_alignment(column)} {column.role}">{escape(column.title)}</th>'
            for column in listing.columns
        )
        yield f"<thead><tr>{''.join(heads)}</tr></thead>"
    yield "<tbody>"
    yield from _rows(listing)
    yield "</tbody></table></div>"
    if listing.rows > MAX_LISTING_ROWS:
        yield f'<p class="note">{escape(MORE_ROWS.format(report.lang, count=listing.rows - MAX_LISTING_ROWS))}</p>'
    yield "</section>"


def _alignment(column: ReportColumn) -> str:
    """Return the CSS class that aligns a column: figures and marked words are centred."""
    return "mid" if column.format in _CENTRED or (column.marks and column.format == "text") else ""


def _rows(listing: Listing) -> Iterator[str]:
    values = [values_with_symbols(column) for column in listing.columns]
    classes = [f"{column.format} {_alignment(column)} {_width_class(column)}".strip() for column in listing.columns]
    for row in range(min(listing.rows, MAX_LISTING_ROWS)):
        cells = []
        for column, shown, named in zip(listing.columns, values, classes, strict=True):
            mark, note = column.mark(row), column.notes.get(row)
            cell_html = escape(value_text(shown[row], column.format))
            look = f' style="{_colours(mark)}"' if mark else _share_bar(shown[row], column.format)
            said = f' title="{escape(note)}"' if note else ""
            cells.append(f'<td class="{named}"{look}{said}>{cell_html}</td>')
        yield f"<tr>{''.join(cells)}</tr>"


def _width_class(column: ReportColumn) -> str:
    """Return the CSS class for a column's width: one line, room for long texts, or automatic."""
    if column.width >= _WIDE and _long_words(column):
        # A file name has no blanks to break at: it is set smaller instead of being given more width.
        return "wide" if any(" " in str(value) for value in column.values[:MAX_LISTING_ROWS]) else "file"
    fits = column.format in _CENTRED or column.format == "id" or (column.format == "text" and column.width <= _NARROW)
    return "short" if fits and not _long_words(column) else ""


def _long_words(column: ReportColumn) -> bool:
    """Return whether a column holds texts long enough to squeeze the other columns."""
    return any(isinstance(value, str) and len(value) > 2 * _NARROW for value in column.values[:MAX_LISTING_ROWS])


def _share_bar(value: object, value_format: ValueFormat) -> str:
    """Return the style that draws a bar behind a percentage."""
    if value_format != "percent" or not isinstance(value, float) or not 0 < value <= 1:
        return ""
    return f' style="background:linear-gradient({_SHARE_COLOUR},{_SHARE_COLOUR}) no-repeat left/{value:.0%} 100%"'


def _colours(mark: Mark) -> str:
    chip = CHIPS[mark]
    return f"background:{chip.fill};color:{chip.font_colour}"


def _chart(chart: Chart) -> Iterator[str]:
    """Yield a chart as horizontal bars."""
    several = len(chart.bars) > 1
    yield f"<section><h2>{escape(chart.title)}</h2>"
    yield f'<div class="bars" role="img" aria-label="{escape(chart.description)}">'
    sums = [sum(bar.values[index] for bar in chart.bars) for index in range(len(chart.categories))]
    most = max(sums, default=0) or 1  # a chart of zeros has no bars, but must not divide by zero
    for index, category in enumerate(chart.categories):
        pieces = "".join(
            f'<i class="{"pale" if _is_pale(bar.mark, index, several=several) else ""}" '
            f'style="width:{bar.values[index] / most:.1%};background:{_colour(bar.mark, index, several=several)}">'
            f"{bar.values[index]:g}</i>"
            for bar in chart.bars
            if bar.values[index]
        )
        yield f'<span>{escape(category)}</span><div class="bar">{pieces or _NO_BAR}</div>'
    yield "</div>"
    if several:
        keys = (
            f'<span class="key"><i style="background:{MARK_CHART_COLOURS.get(bar.mark, SLATE)}"></i>'
            f"{escape(bar.name)}</span>"
            for bar in chart.bars
        )
        yield f'<p class="keys">{"".join(keys)}</p>'
    yield "</section>"


def _colour(mark: Mark, index: int, *, several: bool) -> str:
    """Return the colour of a bar: that of its mark, or a darker shade for each category if there is one series."""
    return MARK_CHART_COLOURS.get(mark, SLATE) if several else AGE_COLOURS[min(index, len(AGE_COLOURS) - 1)]


def _is_pale(mark: Mark, index: int, *, several: bool) -> bool:
    return mark in _PALE if several else not index
