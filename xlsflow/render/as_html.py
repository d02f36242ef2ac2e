"""A report as one page of HTML that needs nothing else: it can be mailed, opened anywhere, printed."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from xlsflow.render.as_markdown import MORE, MOST_ROWS, text
from xlsflow.render.dashboard import (
    AGES,
    COLOURS,
    sign,
    signed,
)
from xlsflow.render.html_style import STYLE
from xlsflow.workbook.style.theme import (
    CHIPS,
    SLATE,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsflow.model.report_model import (
        Chart,
        Column,
        Document,
        Listing,
        Mark,
        Shape,
    )

PALE: frozenset[Mark] = frozenset({"in_progress", "idle"})
"""Colours on which a figure is dark."""

MIDDLE: frozenset[Shape] = frozenset({"integer", "number", "percent", "date", "datetime"})
"""What stands in the middle of its column."""

METER = "#a9d3c5"
"""The bar behind a share."""

NONE = '<span class="none">–</span>'

SHORT = 13.0
"""A text in a column no wider than this many characters stays on one line: a name, a status."""

WIDE = 30.0
"""A column of long texts that is meant to be so wide is not pressed into a narrow one by the others."""


def html(report: Document) -> str:
    """Return a report as one page; the data themselves are left to the workbook."""
    body = "\n".join(_parts(report))
    title = escape(report.overview.title)
    lang = "zh-CN" if report.lang == "zh" else "en"
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _parts(report: Document) -> Iterator[str]:
    first = report.overview
    lists = [listing for listing in report.listings if listing.about != "data" and not listing.kept]
    yield f"<header><h1>{escape(first.title)}</h1><span>{escape(first.aside)}</span></header>"
    yield f'<p class="facts">{"".join(f"<span>{escape(fact)}</span>" for fact in first.facts)}</p>'
    yield f'<p class="conclusion" style="{_chip(first.mark)}">{escape(sign(first.mark, first.conclusion))}</p>'
    tiles = (
        f'<div class="tile" style="{_chip(one.mark)}"><span>{escape(one.label)}</span><b>{escape(one.figure)}</b>'
        f"{escape(one.small)}</div>"
        for one in first.figures
    )
    yield f'<div class="tiles">{"".join(tiles)}</div>'
    yield from _band(_section(first.lights, report, "narrow"), _chart(first.status))
    yield from _band(_section(first.overdue, report, "narrow"), _chart(first.ageing))
    yield from _band(_section(first.attention, report, "narrow"), _section(first.owners, report, "narrow"))
    links = (f'<a href="#list-{n}">{escape(one.title)} ({one.rows})</a>' for n, one in enumerate(lists))
    yield f"<nav>{''.join(links)}</nav>"
    for number, listing in enumerate(lists):
        yield from _section(listing, report, "list", f"list-{number}")
    yield f"<footer>{''.join(f'<span>{escape(part)}</span>' for part in first.footer)}</footer>"


def _band(left: Iterator[str], right: Iterator[str]) -> Iterator[str]:
    """Yield two parts side by side, where there is room."""
    yield '<div class="band">'
    yield from left
    yield from right
    yield "</div>"


def _section(listing: Listing, report: Document, look: str, name: str = "") -> Iterator[str]:
    anchor = f' id="{name}"' if name else ""
    yield f'<section class="{look}"{anchor}><h2>{escape(listing.title)}</h2>'
    if listing.note:
        yield f'<p class="note">{escape(listing.note)}</p>'
    yield '<div class="scroll"><table>'
    if any(column.title for column in listing.columns):
        heads = (
            f'<th scope="col" class="{_place(one)} {one.role}">{escape(one.title)}</th>' for one in listing.columns
        )
        yield f"<thead><tr>{''.join(heads)}</tr></thead>"
    yield "<tbody>"
    yield from _rows(listing)
    yield "</tbody></table></div>"
    if listing.rows > MOST_ROWS:
        yield f'<p class="note">{escape(MORE.say(report.lang).format(count=listing.rows - MOST_ROWS))}</p>'
    yield "</section>"


def _place(column: Column) -> str:
    """Return where a column's texts stand: figures in the middle, and so the words that are marked."""
    return "mid" if column.shape in MIDDLE or (column.marks and column.shape == "text") else ""


def _rows(listing: Listing) -> Iterator[str]:
    values = [signed(column) for column in listing.columns]
    classes = [f"{column.shape} {_place(column)} {_short(column)}".strip() for column in listing.columns]
    for row in range(min(listing.rows, MOST_ROWS)):
        cells = []
        for column, shown, named in zip(listing.columns, values, classes, strict=True):
            mark = column.marks[row] if column.marks else None
            said = escape(text(shown[row], column.shape))
            look = f' style="{_chip(mark)}"' if mark else _meter(shown[row], column.shape)
            cells.append(f'<td class="{named}"{look}>{said}</td>')
        yield f"<tr>{''.join(cells)}</tr>"


def _short(column: Column) -> str:
    """Return how a column shares the width: on one line, with room for long texts, or as it comes."""
    if column.width >= WIDE and _long_words(column):
        return "wide" if any(" " in str(value) for value in column.values[:MOST_ROWS]) else "file"
    fits = column.shape in MIDDLE or column.shape == "id" or (column.shape == "text" and column.width <= SHORT)
    return "short" if fits and not _long_words(column) else ""


def _long_words(column: Column) -> bool:
    """Return whether a column holds words that would push the others aside."""
    return any(isinstance(value, str) and len(value) > 2 * SHORT for value in column.values[:MOST_ROWS])


def _meter(value: object, shape: Shape) -> str:
    """Return the bar behind a share."""
    if shape != "percent" or not isinstance(value, float) or not 0 < value <= 1:
        return ""
    return f' style="background:linear-gradient({METER},{METER}) no-repeat left/{value:.0%} 100%"'


def _chip(mark: Mark) -> str:
    chip = CHIPS[mark]
    return f"background:{chip.fill};color:{chip.ink}"


def _chart(chart: Chart) -> Iterator[str]:
    """Yield a chart as bars from left to right."""
    several = len(chart.bars) > 1
    yield f"<section><h2>{escape(chart.title)}</h2>"
    yield f'<div class="bars" role="img" aria-label="{escape(chart.description)}">'
    sums = [sum(bar.values[place] for bar in chart.bars) for place in range(len(chart.categories))]
    most = max(sums, default=0) or 1
    for place, category in enumerate(chart.categories):
        pieces = "".join(
            f'<i class="{"pale" if _is_pale(bar.mark, place, several=several) else ""}" '
            f'style="width:{bar.values[place] / most:.1%};background:{_colour(bar.mark, place, several=several)}">'
            f"{bar.values[place]:g}</i>"
            for bar in chart.bars
            if bar.values[place]
        )
        yield f'<span>{escape(category)}</span><div class="bar">{pieces or NONE}</div>'
    yield "</div>"
    if several:
        keys = (
            f'<span class="key"><i style="background:{COLOURS.get(bar.mark, SLATE)}"></i>{escape(bar.name)}</span>'
            for bar in chart.bars
        )
        yield f'<p class="keys">{"".join(keys)}</p>'
    yield "</section>"


def _colour(mark: Mark, place: int, *, several: bool) -> str:
    """Return the colour of a bar: its mark's, or the darker the further down where there is one sort only."""
    return COLOURS.get(mark, SLATE) if several else AGES[min(place, len(AGES) - 1)]


def _is_pale(mark: Mark, place: int, *, several: bool) -> bool:
    return mark in PALE if several else not place
