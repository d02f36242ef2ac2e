"""A report as one page of HTML that needs nothing else: it can be mailed, opened anywhere, printed."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from xlsflow.render.as_markdown import MORE, MOST_ROWS, text
from xlsflow.render.board import COLOURS, sign, signed
from xlsflow.workbook.style import BLUE, CHIPS, FONT, INK, LINE, NAVY, PANEL, SLATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsflow.document import Chart, Document, Listing, Mark

STYLE = f"""
body {{ font: 14px/1.5 "{FONT}", "PingFang SC", "Noto Sans CJK SC", sans-serif; color: {INK}; margin: 0 auto;
  max-width: 1200px; padding: 16px; }}
header {{ background: {NAVY}; color: #fff; padding: 12px 16px; display: flex; justify-content: space-between;
  align-items: baseline; }}
h1 {{ font-size: 22px; margin: 0; }}
h2 {{ font-size: 15px; color: {NAVY}; border-bottom: 2px solid {BLUE}; margin: 28px 0 8px; }}
.facts {{ background: {PANEL}; padding: 6px 16px; margin: 0 0 12px; }}
.conclusion {{ padding: 10px 16px; font-weight: bold; border: 1px solid; }}
.tiles {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(160px, 1fr)); gap: 8px; margin: 12px 0; }}
.tile {{ padding: 8px 12px; border-left: 4px solid; }}
.tile b {{ display: block; font-size: 24px; }}
.tile span {{ color: {SLATE}; }}
.scroll {{ overflow-x: auto; }}
table {{ border-collapse: collapse; width: 100%; }}
th {{ background: {NAVY}; color: #fff; }}
th, td {{ border: 1px solid {LINE}; padding: 4px 8px; text-align: left; white-space: pre-line; }}
td.integer, td.number, td.percent, td.date, td.datetime {{ text-align: center; }}
.bars {{ display: grid; grid-template-columns: max-content 1fr; gap: 4px 10px; align-items: center; }}
.bar {{ display: flex; height: 20px; }}
.bar i {{ font-style: normal; color: #fff; text-align: center; font-size: 12px; overflow: hidden; }}
.bar i.pale {{ color: {INK}; }}
.key {{ margin-right: 12px; }}
.key i {{ display: inline-block; width: 10px; height: 10px; margin-right: 4px; }}
@media print {{ body {{ max-width: none; padding: 0; }} h2 {{ break-after: avoid; }} tr {{ break-inside: avoid; }} }}
"""

PALE: frozenset[Mark] = frozenset({"in_progress", "idle"})


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
    yield f"<header><h1>{escape(first.title)}</h1><span>{escape(first.aside)}</span></header>"
    yield f'<p class="facts">{escape(" | ".join(first.facts))}</p>'
    yield f'<p class="conclusion" style="{_chip(first.mark)}">{escape(sign(first.mark, first.conclusion))}</p>'
    tiles = (
        f'<div class="tile" style="{_chip(one.mark)}"><span>{escape(one.label)}</span><b>{escape(one.figure)}</b>'
        f"{escape(one.small)}</div>"
        for one in first.figures
    )
    yield f'<div class="tiles">{"".join(tiles)}</div>'
    yield from _section(first.lights, report)
    yield from _chart(first.status)
    yield from _section(first.overdue, report)
    yield from _chart(first.ageing)
    yield from _section(first.attention, report)
    yield from _section(first.owners, report)
    for listing in report.listings:
        if listing.about != "data":
            yield from _section(listing, report)
    yield f"<p><small>{escape(' · '.join(first.footer))}</small></p>"


def _section(listing: Listing, report: Document) -> Iterator[str]:
    yield f"<h2>{escape(listing.title)}</h2>"
    if listing.note:
        yield f"<p>{escape(listing.note)}</p>"
    heads = "".join(f"<th>{escape(column.title)}</th>" for column in listing.columns)
    yield f'<div class="scroll"><table>{f"<tr>{heads}</tr>" if any(c.title for c in listing.columns) else ""}'
    yield from _rows(listing)
    yield "</table></div>"
    if listing.rows > MOST_ROWS:
        yield f"<p>{escape(MORE.say(report.lang).format(count=listing.rows - MOST_ROWS))}</p>"


def _rows(listing: Listing) -> Iterator[str]:
    values = [signed(column) for column in listing.columns]
    for row in range(min(listing.rows, MOST_ROWS)):
        cells = []
        for column, shown in zip(listing.columns, values, strict=True):
            mark = column.marks[row] if column.marks else None
            look = f' style="{_chip(mark)}"' if mark else ""
            cells.append(f'<td class="{column.shape}"{look}>{escape(text(shown[row], column.shape))}</td>')
        yield f"<tr>{''.join(cells)}</tr>"


def _chip(mark: Mark) -> str:
    chip = CHIPS[mark]
    return f"background:{chip.fill};color:{chip.ink}"


def _chart(chart: Chart) -> Iterator[str]:
    """Yield a chart as bars from left to right."""
    yield f'<h2>{escape(chart.title)}</h2><div class="bars" role="img" aria-label="{escape(chart.description)}">'
    sums = [sum(bar.values[place] for bar in chart.bars) for place in range(len(chart.categories))]
    most = max(sums, default=0) or 1
    for place, category in enumerate(chart.categories):
        pieces = "".join(
            f'<i class="{"pale" if bar.mark in PALE else ""}" style="width:{bar.values[place] / most:.1%};'
            f'background:{COLOURS.get(bar.mark, SLATE)}">{bar.values[place]:g}</i>'
            for bar in chart.bars
            if bar.values[place]
        )
        yield f'<span>{escape(category)}</span><div class="bar">{pieces}</div>'
    yield "</div>"
    if len(chart.bars) > 1:
        keys = (
            f'<span class="key"><i style="background:{COLOURS.get(bar.mark, SLATE)}"></i>{escape(bar.name)}</span>'
            for bar in chart.bars
        )
        yield f"<p>{''.join(keys)}</p>"
