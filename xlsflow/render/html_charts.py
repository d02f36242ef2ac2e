"""Draws the charts of the HTML report, each with a table of its numbers for who cannot see it."""

from __future__ import annotations

from html import escape
from math import isnan
from typing import TYPE_CHECKING

from xlsflow.i18n import LocalizedText
from xlsflow.workbook.style.theme import AGE_COLOURS, MARK_CHART_COLOURS, SLATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsflow.i18n import Lang
    from xlsflow.model.report_model import Chart, ChartBar, CountGrid

_NUMBERS = LocalizedText("数字", "Numbers")
_NO_BAR = "–"
# Size of the drawing of lines, in its own units; the page scales it.
_WIDTH, _HEIGHT, _EDGE, _FOOT = 420, 170, 34, 24


def chart_html(chart: Chart, lang: Lang) -> Iterator[str]:
    """Yield a chart and, folded away, the table of its numbers."""
    yield from _lines(chart) if chart.kind == "lines" else _bars(chart)
    if len(chart.bars) > 1:
        keys = (
            f'<span class="key"><i style="background:{_colour(bar)}"></i>{escape(bar.name)}</span>'
            for bar in chart.bars
        )
        yield f'<p class="keys">{"".join(keys)}</p>\n'
    caption = f'<caption class="hidden">{escape(chart.title)}</caption>'
    yield f"<details><summary>{_NUMBERS.say(lang)}</summary><table>{caption}"
    heads = "".join(f'<th scope="col">{escape(bar.name)}</th>' for bar in chart.bars)
    yield f'<thead><tr><th scope="col">{escape(chart.head or chart.title)}</th>{heads}</tr></thead><tbody>'
    for index, category in enumerate(chart.categories):
        cells = "".join(f'<td class="mid">{_number(bar.values[index])}</td>' for bar in chart.bars)
        yield f'<tr><th scope="row">{escape(category)}</th>{cells}</tr>'
    yield "</tbody></table></details>\n"


def _number(value: float) -> str:
    return "" if isnan(value) else f"{value:g}"


def _bars(chart: Chart) -> Iterator[str]:
    """Yield a chart as horizontal bars."""
    yield f'<div class="bars" role="img" aria-label="{escape(chart.description)}">'
    sums = [sum(bar.values[index] for bar in chart.bars) for index in range(len(chart.categories))]
    most = max(sums, default=0) or 1  # a chart of zeros has no bars, but must not divide by zero
    for index, category in enumerate(chart.categories):
        pieces = "".join(
            f'<i style="width:{bar.values[index] / most:.1%};background:{_shade(chart, bar, index)};'
            f'color:{_on(_shade(chart, bar, index))}">{bar.values[index]:g}</i>'
            for bar in chart.bars
            if bar.values[index]
        )
        yield f'<span>{escape(category)}</span><div class="bar">{pieces or _NO_BAR}</div>'
    yield "</div>\n"


def _colour(bar: ChartBar) -> str:
    return MARK_CHART_COLOURS.get(bar.mark, SLATE)


def _shade(chart: Chart, bar: ChartBar, index: int) -> str:
    """Return the colour of a bar: that of its mark, or a darker shade for each category if there is one series."""
    return _colour(bar) if chart.kind == "stacked" else AGE_COLOURS[min(index, len(AGE_COLOURS) - 1)]


def _on(colour: str) -> str:
    """Return black or white, whichever is easier to read on a colour (relative luminance of WCAG 2)."""
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (((part + 0.055) / 1.055) ** 2.4 for part in parts)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#000" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "#fff"


def _lines(chart: Chart) -> Iterator[str]:
    """Yield a chart as lines with their numbers; each line has a scale of its own, for they count different things."""
    step = (_WIDTH - 2 * _EDGE) / max(len(chart.categories) - 1, 1)

    def at(index: int, share: float) -> tuple[float, float]:
        return _EDGE + step * index, 16 + (_HEIGHT - _FOOT - 24) * (1 - share)

    yield f'<svg class="trend" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(chart.description)}">'
    for index, category in enumerate(chart.categories):
        yield f'<text x="{at(index, 0)[0]:.1f}" y="{_HEIGHT - 6}" text-anchor="middle">{escape(category)}</text>'
    for bar in chart.bars:
        most = max((value for value in bar.values if not isnan(value)), default=0) or 1
        points = [(at(index, value / most), value) for index, value in enumerate(bar.values) if not isnan(value)]
        path = " ".join(f"{'L' if number else 'M'}{x:.1f} {y:.1f}" for number, ((x, y), _) in enumerate(points))
        yield f'<path d="{path}" stroke="{_colour(bar)}"/>'
        for (x, y), value in points:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{_colour(bar)}"/>'
            yield f'<text x="{x:.1f}" y="{y - 6:.1f}" text-anchor="middle">{value:g}</text>'
    yield "</svg>\n"


def grid_html(grid: CountGrid) -> Iterator[str]:
    """Yield a matrix as a table: it is its own numbers."""
    yield f'<table class="grid"><caption class="hidden">{escape(grid.description)}</caption>'
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in grid.columns)
    yield f"<thead><tr><td></td>{heads}</tr></thead><tbody>"
    for head, cells in zip(grid.rows, grid.cells, strict=True):
        shown = "".join(f'<td class="m-{cell.tone}">{cell.text}</td>' for cell in cells)
        yield f'<tr><th scope="row">{escape(head)}</th>{shown}</tr>'
    yield "</tbody></table>\n"
    if grid.note:
        yield f'<p class="note">{escape(grid.note)}</p>\n'
