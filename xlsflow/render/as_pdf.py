"""Writes a report as a PDF, converted from its workbook by LibreOffice: first pages and the beginning of each list."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from xlsflow.i18n import LocalizedText
from xlsflow.render.as_xlsx import data_page, write_xlsx
from xlsflow.system.libreoffice import write_as_pdf
from xlsflow.workbook.consolidated.printed_pages import pages_of_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xlsflow.model.report_model import Listing, Report

MAX_PAGES = 30
"""A report on paper has no more pages than these; the other formats have every row."""

_CUT = LocalizedText(
    "本页只列前 {shown} 行，共 {count} 行；全部见工作簿和网页。",
    "These are the first {shown} of {count} rows; the workbook and the HTML page have all.",
)
# Lists that account for the files, or say in numbers what the charts show.
_LEFT_OUT = frozenset({"ledger", "chart_figures"})
# Rows of a list from which it is not read to its end to see how long it is: more pages than there are.
_MOST_ROWS = 60 * MAX_PAGES
# Pages of the overview: the first, and as many as other regions and people need.
_FIRST_PAGES, _REGIONS_A_PAGE = 2, 24
_PAGE_OBJECT = re.compile(rb"/Type\s*/Page\b(?!s)")


def write_pdf(path: Path, report: Report) -> None:
    """Write a report as a PDF of at most `MAX_PAGES` pages, without the data and without the ledger.

    Raises:
        OutputError: LibreOffice is missing or does not answer, or the file cannot be written there.
    """
    lists = [listing for listing in report.shown if listing.key not in _LEFT_OUT]
    others = sum(table.rows for table in report.overview.more)
    room = MAX_PAGES - _FIRST_PAGES - others // _REGIONS_A_PAGE
    while True:
        shown = replace(report, listings=tuple(_shortened(lists, room, report)))
        write_as_pdf(path, lambda workbook, shown=shown: write_xlsx(workbook, shown))  # type: ignore[misc]
        # The length is an estimate: LibreOffice has the last word.
        over = len(_PAGE_OBJECT.findall(path.read_bytes())) - MAX_PAGES
        if over <= 0 or room <= len(lists):
            return
        room = max(room - over, len(lists))


def _shortened(lists: Sequence[Listing], room: int, report: Report) -> list[Listing]:
    """Return lists that fit on a number of pages together: each has one, and those in front get what is left."""
    heads = [listing.part(0, _MOST_ROWS) for listing in lists]
    pages = [pages_of_rows(data_page(head)) for head in heads]
    granted = [1] * len(lists)
    left = room - len(lists)
    while left > 0:
        wanting = [at for at, of in enumerate(pages) if of and of[-1] > granted[at]]
        if not wanting:
            break
        for at in wanting[:left]:
            granted[at] += 1
        left -= len(wanting[:left])
    made = []
    for listing, of, most in zip(lists, pages, granted, strict=True):
        rows = bisect_right(of, most)
        cut = _CUT.format(report.lang, shown=rows, count=listing.rows)
        note = "\n".join(filter(None, (listing.note, cut)))
        made.append(listing if rows == listing.rows else replace(listing.part(0, rows), note=note))
    return made
