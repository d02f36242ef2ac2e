"""What every format says alike: figures and charts; and how large the letters of page 1 are on paper."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.render.test_text import sixty_regions
from tests.reports import report_example as example
from tests.workbook.test_consolidated import load
from xlsflow.i18n import LANGS
from xlsflow.layout.text_metrics import column_pixels
from xlsflow.pipeline.report import writer
from xlsflow.reports import make_report
from xlsflow.workbook.style.theme import DENSE_PT

if TYPE_CHECKING:
    from pathlib import Path

    from xlsflow.i18n import Lang

# A4 across, less the margins, in points.
PAPER_WIDTH, PAPER_HEIGHT = (11.69 - 0.8) * 72, (8.27 - 0.4 - 0.55) * 72


@pytest.mark.parametrize("lang", LANGS)
def test_figures_and_charts_are_the_same_in_every_format(tmp_path: Path, lang: Lang) -> None:
    before = example.inputs(as_of=example.AS_OF - timedelta(days=7))
    report = make_report(example.inputs(previous=before), lang)
    for ending in ("xlsx", "html", "json", "md", "txt"):
        writer(tmp_path / f"a.{ending}")(tmp_path / f"a.{ending}", report)
    page, mark, chat = ((tmp_path / f"a.{ending}").read_text("utf-8") for ending in ("html", "md", "txt"))
    made = json.loads((tmp_path / "a.json").read_text("utf-8"))
    book = load(tmp_path / "a.xlsx")
    cells = [str(cell.value) for row in book[report.overview.name].iter_rows() for cell in row if cell.value]

    for figure in report.overview.figures:
        assert made["figures"][figure.key]["text"] == figure.figure
        assert re.search(f"{re.escape(figure.label)}(</a>)?<b>{re.escape(figure.figure)}</b>", page)
        assert f"{figure.label}: **{figure.figure}**" in mark
        assert f"{figure.label} {figure.figure} (" in chat
        assert cells[cells.index(figure.label) :].count(figure.figure) > 0
    drawn = {tuple(cell.value for cell in column) for column in book["_data"].iter_cols()}
    for chart in report.overview.charts:
        told = made["charts"][chart.key]
        for bar, series in zip(chart.bars, told["series"], strict=True):
            assert series["values"] == list(bar.values)
            assert any(column[0] == bar.name and column[1 : 1 + len(bar.values)] == bar.values for column in drawn)
        for index, category in enumerate(chart.categories):
            numbers = [f"{bar.values[index]:g}" for bar in chart.bars]
            row = "".join(f'<td class="mid">{number}</td>' for number in numbers)
            assert f'<th scope="row">{category.replace(">", "&gt;")}</th>{row}' in page


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("regions", [5, 60])
def test_the_letters_of_page_one_have_seven_and_a_half_points_on_paper(
    tmp_path: Path, lang: Lang, regions: int
) -> None:
    report = make_report(example.inputs() if regions == 5 else sixty_regions(), lang)
    writer(tmp_path / "a.xlsx")(tmp_path / "a.xlsx", report)

    sheet = load(tmp_path / "a.xlsx")[report.overview.name]
    last = int(str(sheet.print_area).rpartition("$")[2])
    height = sum(sheet.row_dimensions[row].height or 22 for row in range(1, last + 1))
    # A program that replaces the font makes columns a fifth wider.
    width = 1.2 * 48 * column_pixels(sheet.column_dimensions["A"].width - 0.71) * 0.75
    setup = sheet.sheet_properties.pageSetUpPr
    assert setup is not None
    assert setup.fitToPage, "one page: the default of the format"
    assert min(1.0, PAPER_WIDTH / width, PAPER_HEIGHT / height) * DENSE_PT >= 7.5
    assert report.overview.signals.rows == min(regions, 6)
