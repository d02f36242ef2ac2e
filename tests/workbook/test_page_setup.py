"""Every pack on paper, in both languages, blank and filled: how many pages a sheet takes, and that no text is cut."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import pytest

from tests.helpers.print_area import print_area
from tests.office import text
from tests.workbook.outgoing_example import PACKS, example_outgoing
from tests.workbook.test_outgoing import name_of, opened, printed_text, shelf, squeezed  # noqa: F401 - a fixture
from xlsflow.i18n import LANGS, Lang
from xlsflow.workbook.outgoing.plan import Plan, plan
from xlsflow.workbook.style.page_setup import DEFAULT_ROW_PT, page_height, print_scale

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openpyxl import Workbook

    from tests.office import Office
    from xlsflow.workbook.outgoing.plan import SheetPlan

TWO_PAGES = frozenset({"minutes"})
"""Sheets with more on them than a page holds: their actions and signatures begin another one."""
SMALLEST = 0.75
"""10 points printed smaller than 7.5 are hard to read."""
ROUNDING = 0.01
"""A file has heights in whole pixels."""
ALL = [(pack, lang, filled) for pack in PACKS for lang in LANGS for filled in (False, True)]


@dataclass(frozen=True)
class Paper:
    """A workbook and what was printed of it."""

    path: Path
    pdf: Path
    planned: Plan


@pytest.fixture(params=ALL, ids=lambda one: f"{one[0]}-{one[1]}-{'filled' if one[2] else 'blank'}", scope="module")
def paper(
    request: pytest.FixtureRequest,
    office: Office,
    shelf: Path,  # noqa: F811 - the fixture
    tmp_path_factory: pytest.TempPathFactory,
) -> Paper:
    """Each workbook, printed once."""
    pack, lang, filled = request.param
    path = shelf / name_of(pack, lang, filled=filled)
    pdf = office.convert(path, tmp_path_factory.mktemp("paper") / "printed.pdf")
    return Paper(path, pdf, plan(example_outgoing(pack, lang, filled=filled)))


def test_every_sheet_takes_the_pages_that_it_should(paper: Paper) -> None:
    lang: Lang = paper.planned.outgoing.lang
    titles = [squeezed(_title(paper.planned, number, lang)) for number in range(len(paper.planned.sheets))]
    counts = [0] * len(titles)
    here = -1
    for page in text(paper.pdf).split("\f")[:-1]:
        top = squeezed("".join(page.splitlines()[:8]))
        if here + 1 < len(titles) and titles[here + 1] in top.removeprefix(titles[0] if here >= 0 else ""):
            here += 1
        counts[here] += 1

    book = opened(paper.path)
    most = [_most_pages(sheet, book) for sheet in paper.planned.sheets]
    wrong = [(sheet.tab, count) for sheet, count, top in zip(paper.planned.sheets, counts, most, strict=True)
             if not 1 <= count <= top]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize(("pack", "lang", "filled"), ALL)
def test_no_sheet_is_made_smaller_than_three_quarters(
    pack: str,
    lang: Lang,
    filled: bool,  # noqa: FBT001 - a parameter
    shelf: Path,  # noqa: F811 - the fixture
) -> None:
    book = opened(shelf / name_of(pack, lang, filled=filled))
    planned = plan(example_outgoing(pack, lang, filled=filled))

    assert [sheet.tab for sheet in planned.sheets if round(print_scale(sheet), 2) < SMALLEST] == []
    scaled = [sheet for sheet in planned.sheets if _is_scaled_too_far(sheet, book, SMALLEST * (1 - ROUNDING))]
    # What one page would make too small goes on on the next one.
    assert [sheet.tab for sheet in scaled if book[sheet.tab].page_setup.fitToHeight != 0] == []


def _most_pages(sheet: SheetPlan, book: Workbook) -> int:
    """Return how many pages a sheet may take; LibreOffice does not know areas that grow, and prints blank rows too."""
    if sheet.is_single_table:
        return ceil(_height(sheet, book) / page_height(sheet)) + 1
    if sheet.template.name in TWO_PAGES:
        return 4
    goes_on = book[sheet.tab].page_setup.fitToHeight == 0 and _height(sheet, book) > page_height(sheet)
    return 2 if goes_on else 1


def _is_scaled_too_far(sheet: SheetPlan, book: Workbook, least: float) -> bool:
    """Return whether one page would hold a sheet only at less than a share of its size."""
    size = print_scale(sheet) * page_height(sheet) / _height(sheet, book)
    return sheet.template.print.one_page and size < least


def _height(sheet: SheetPlan, book: Workbook) -> float:
    rows = range(1, sheet.layout.last_row + 2)
    return sum(book[sheet.tab].row_dimensions[row].height or DEFAULT_ROW_PT for row in rows)


def _title(planned: Plan, number: int, lang: Lang) -> str:
    """Return the text at the top of a sheet: the pack's title on the cover, else its own."""
    template = planned.sheets[number].template
    return (planned.outgoing.pack.title if template.cover else template.title).say(lang)


def test_every_text_of_a_printed_cell_is_on_paper_and_no_number_is_too_wide_for_its_column(paper: Paper) -> None:
    there = squeezed(printed_text(paper.pdf, "-raw"))
    missing = [(place, said) for place, said in shown_texts(paper) if squeezed(said) not in there]

    assert missing == []
    assert "###" not in there


def shown_texts(paper: Paper) -> Iterator[tuple[str, str]]:
    """Yield every text in the print areas of a workbook with its place."""
    book = opened(paper.path, data_only=True)
    for sheet in paper.planned.sheets:
        page = book[sheet.tab]
        for cell in (cell for row in page[print_area(paper.path, page)] for cell in row):
            if isinstance(cell.value, str) and not page.row_dimensions[cell.row].hidden:
                yield f"{sheet.tab}!{cell.coordinate}", cell.value


def test_no_line_of_ours_begins_with_a_sign_that_ends_one(paper: Paper) -> None:
    lines = [line.strip() for line in text(paper.pdf).splitlines()]
    begins = [cell for line in lines for cell in re.split(r"\s{2,}", line) if re.match(r"[）)”》、，。；：＊]", cell)]

    assert begins == []


def test_no_word_of_a_header_is_broken(paper: Paper) -> None:
    """An English header wraps between words: none of its words is longer than its column."""
    book = opened(paper.path)
    headers = [
        (sheet.tab, cell.coordinate, line)
        for sheet in paper.planned.sheets
        for row in book[sheet.tab][print_area(paper.path, book[sheet.tab])]
        for cell in row
        if isinstance(cell.value, str) and cell.font.b and cell.fill.fgColor.rgb in ("FF1F3A5F", "FF2F6690")
        for line in cell.value.split()
    ]
    words = set(printed_text(paper.pdf, "-layout").split())
    broken = [
        header
        for header in headers
        if header[2].isascii() and header[2].isalpha() and not any(header[2] in word for word in words)
    ]

    assert broken == []
