"""Renders a report as one self-contained HTML page that can be mailed, opened anywhere, used in a meeting and printed.

The page is complete without its script but for rows beyond the first ones of a list; the script sorts, filters and
searches all of them. The text is made in pieces, since a report may have a hundred thousand rows.
"""

from __future__ import annotations

import json
from html import escape
from itertools import zip_longest
from typing import TYPE_CHECKING

from xlsflow.i18n import LocalizedText
from xlsflow.model.report_model import Chart, CountGrid, Listing
from xlsflow.render.html_charts import chart_html, grid_html
from xlsflow.render.html_rows import FIRST_ROWS, alignment, list_rows, rows_data, sources_data
from xlsflow.render.html_style import script, stylesheet
from xlsflow.workbook.style.symbols import with_symbol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xlsflow.model.report_model import KeyFigure, Overview, Panel, Report

_MORE_ROWS = LocalizedText(
    "前 {shown} 行，共 {count} 行；打开脚本可看全部。",
    "The first {shown} of {count} rows; with scripts switched on the page shows all.",
)
_WORDS: Mapping[str, LocalizedText] = {
    "search": LocalizedText("搜索", "Search"),
    "searchHint": LocalizedText("搜索（按 / 键）", "Search (press /)"),
    "all": LocalizedText("全部", "All"),
    "count": LocalizedText("{n} / {all} 行", "{n} of {all} rows"),
    "more": LocalizedText("再显示（还有 {n} 行）", "Show more ({n} left)"),
    "dark": LocalizedText("深色", "Dark"),
    "light": LocalizedText("浅色", "Light"),
    "elsewhere": LocalizedText(
        "该行数据见汇总工作簿的数据页；本行末尾写明了文件和单元格。",
        "This row of the data is in the consolidated workbook; the line ends with its file and cell.",
    ),
}
_CLOSE = LocalizedText("关闭", "Close")
_SKIP = LocalizedText("跳到清单", "Skip to the lists")
_LISTS = LocalizedText("清单", "Lists")
_FIGURES = LocalizedText("关键数字", "Key figures")


def html(report: Report) -> Iterator[str]:
    """Yield a report as one HTML page, in pieces, without the listings of the data, which only the workbook has."""
    title = escape(report.overview.title)
    # Browsers choose the shapes of shared Han characters by this attribute.
    lang = "zh-CN" if report.lang == "zh" else "en"
    yield (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>{stylesheet()}</style>\n</head>\n<body>\n"
    )
    yield f'<a class="skip" href="#lists">{_SKIP.say(report.lang)}</a>\n'
    yield from _first_page(report)
    yield from _lists(report)
    first = report.overview
    yield f"<footer>{''.join(f'<span>{escape(part)}</span>' for part in first.footer)}</footer>\n"
    close = _CLOSE.say(report.lang)
    yield (
        '<dialog id="source" aria-labelledby="source-title"><h2 id="source-title"></h2>'
        f'<form method="dialog"><button>{close}</button></form><dl></dl></dialog>\n'
    )
    words = {name: text.say(report.lang) for name, text in _WORDS.items()}
    yield f'<script type="application/json" id="words">{_json(words)}</script>\n'
    yield '<script type="application/json" id="sources">'
    yield from sources_data(report)
    yield f"</script>\n<script>{script()}</script>\n</body>\n</html>\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def _first_page(report: Report) -> Iterator[str]:
    first = report.overview
    yield f"<header><h1>{escape(first.title)}</h1><span>{escape(first.round_text)}</span></header>\n<main>\n"
    yield f'<p class="facts">{"".join(f"<span>{escape(fact)}</span>" for fact in first.facts)}</p>\n'
    conclusion = escape(with_symbol(first.mark, first.conclusion))
    yield f'<p class="conclusion m-{first.mark}">{conclusion}</p>\n'
    known = {listing.key for listing in report.shown}
    tiles = "".join(_tile(figure, known) for figure in first.figures)
    yield f'<ul class="tiles" aria-label="{_FIGURES.say(report.lang)}">{tiles}</ul>\n'
    for panels in _bands(first):
        yield from _band(panels, report, known)


def _tile(figure: KeyFigure, known: set[str]) -> str:
    label = escape(figure.label)
    if figure.listing in known:
        label = f'<a href="#list-{figure.listing}">{label}</a>'
    details = filter(None, (figure.small, figure.basis, figure.before))
    small = "".join(f"<small>{escape(detail)}</small>" for detail in details)
    words = f"{label}<b>{escape(figure.figure)}</b>{small}"
    return f'<li class="tile m-{figure.mark}">{words}</li>'


def _bands(first: Overview) -> Iterator[Sequence[Panel]]:
    """Yield the parts of the overview that stand side by side; on narrow screens they are stacked."""
    yield from first.bands
    # Other regions are in the list of all of them, a click away.
    narrow = [table for table in first.more if table.key != first.signals.key]
    yield from (tuple(filter(None, pair)) for pair in zip_longest(narrow[::2], narrow[1::2]))


def _band(panels: Sequence[Panel], report: Report, known: set[str]) -> Iterator[str]:
    several = all(isinstance(panel, Listing) for panel in panels) and len(panels) > 1
    shape = {1: "one", 3: "three"}.get(len(panels), "even" if several else "two")
    yield f'<div class="band {shape}">\n'
    for panel in panels:
        title = escape(panel.title)
        if panel.key in known:
            title = f'<a href="#list-{panel.key}">{title}</a>'
        yield f"<section><h2>{title}</h2>\n"
        if isinstance(panel, Listing):
            yield from _table(panel)
        elif isinstance(panel, Chart):
            yield from chart_html(panel, report.lang)
        elif isinstance(panel, CountGrid):
            yield from grid_html(panel)
        yield "</section>\n"
    yield "</div>\n"


def _table(listing: Listing) -> Iterator[str]:
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(listing.title)}"><table>'
    if any(column.title for column in listing.shown):
        heads = (
            f'<th scope="col" class="{alignment(column)} {column.role}">{escape(column.title)}</th>'
            for column in listing.shown
        )
        yield f"<thead><tr>{''.join(heads)}</tr></thead>"
    yield "<tbody>"
    yield from list_rows(listing)
    yield "</tbody></table></div>\n"


def _lists(report: Report) -> Iterator[str]:
    links = (f'<a href="#list-{one.key}">{escape(one.title)} ({one.rows})</a>' for one in report.shown)
    yield f'<nav id="lists" aria-label="{_LISTS.say(report.lang)}">{"".join(links)}</nav>\n'
    for listing in report.shown:
        title = escape(listing.title)
        yield f'<section class="list" id="list-{listing.key}" data-title="{title}"><h2>{title}</h2>\n'
        if listing.note:
            yield f'<p class="note">{escape(listing.note)}</p>\n'
        yield from _table(listing)
        if listing.rows > FIRST_ROWS:
            note = _MORE_ROWS.format(report.lang, shown=FIRST_ROWS, count=listing.rows)
            yield f'<noscript><p class="note">{escape(note)}</p></noscript>\n'
        yield '<script type="application/json">'
        yield from rows_data(listing)
        yield "</script></section>\n"
    yield "</main>\n"
