"""Sets how an outgoing sheet is printed: paper, fit, what is repeated, what is left out, header and footer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.layout.sheet_layout import (
    FIRST_BLOCK_ROW,
    TableLayout,
)
from xlsflow.workbook.outgoing.cell_xml import escape, mark
from xlsflow.workbook.outgoing.plan import is_used
from xlsflow.workbook.style import texts
from xlsflow.workbook.style.formats import printed
from xlsflow.workbook.style.theme import (  # fmt: skip
    MARGIN_BOTTOM_IN,
    MARGIN_SIDE_IN,
    MARGIN_TOP_IN,
    PAPER_A4,
    TABLE_ROW_PT,
    pixels,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsflow.workbook.outgoing.plan import SheetPlan
    from xlsflow.workbook.outgoing.sheet_drawer import SheetDrawer
    from xlsflow.workbook.outgoing.sheet_filler import SheetFiller

PAPER_A3 = 8
PAPERS: Mapping[str, int] = {"A4": PAPER_A4, "A3": PAPER_A3}
SIDES_IN: Mapping[str, tuple[float, float]] = {"A4": (8.27, 11.69), "A3": (11.69, 16.54)}
USUAL_ROW_PT = 15.0
SMALLEST = 0.75
"""A sheet for one page is not made smaller than this: 10 points would be printed smaller than 7.5."""
SURE = 0.98
"""So much of a page is taken to be there; programs round the heights of rows."""
_NUMBER = "number"
"""The placeholder of the document's number in the header."""
LEAST_SPARE = 3
"""Blank rows that are printed at least, to be filled by hand."""


def draw_print_set_up(hand: SheetDrawer) -> None:
    """Set how the sheet is printed, whatever it is filled with."""
    sheet, page = hand.sheet, hand.here.template.print
    sheet.set_paper(PAPERS[hand.here.layout.paper])
    if page.landscape:
        sheet.set_landscape()
    sheet.set_margins(MARGIN_SIDE_IN, MARGIN_SIDE_IN, MARGIN_TOP_IN, MARGIN_BOTTOM_IN)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 1 if page.one_page else 0)
    layout = hand.here.layout
    if hand.here.lone:
        table = layout.places[0]
        assert isinstance(table, TableLayout)
        sheet.repeat_rows(table.header_row)
    sheet.print_area(0, 0, layout.last_row, layout.printed_col)
    _header_and_footer(hand)


def fill_print_set_up(hand: SheetFiller) -> None:
    """Set what of the print set-up follows from what the sheet is filled with: pages, print area, header."""
    layout = hand.here.layout
    if hand.here.lone and not hand.plan.edition.for_print:
        table = layout.places[0]
        assert isinstance(table, TableLayout)
        hand.last_printed = _last_printed(hand, table)
    one_page = hand.here.template.print.one_page
    hand.is_long = one_page and _is_long(hand)
    hand.page_breaks = _keep_blocks_whole(hand) if hand.is_long or not one_page else ()
    document = hand.plan.edition.stamp.document
    number = printed(hand.say(texts.NUMBER) + document) if document else ""
    hand.print_marks = {_NUMBER: escape(number)}


def scale(here: SheetPlan) -> float:
    """Return how much the sheet is made smaller to fit the width of its paper."""
    page = here.template.print
    across = SIDES_IN[here.layout.paper][page.landscape] - 2 * MARGIN_SIDE_IN
    widths = here.layout.widths[: here.layout.printed_col + 1]
    return min(1.0, across * 96 / sum(pixels(width) for width in widths))


def page_points(here: SheetPlan) -> float:
    """Return how many points of rows fit on a page."""
    page = here.template.print
    down = SIDES_IN[here.layout.paper][not page.landscape] - MARGIN_TOP_IN - MARGIN_BOTTOM_IN
    return down * 72 / scale(here)


def _is_long(hand: SheetFiller) -> bool:
    """Return whether a filled sheet would be too small to read on one page, and can be laid over several."""
    room = page_points(hand.here)
    whole = _points(hand, 0, hand.here.layout.last_row + 1)
    highest = max(hand.heights.values(), default=0.0)  # a row is never laid over two pages
    return hand.plan.edition.for_print and whole > room / SMALLEST and highest < room


def _last_printed(hand: SheetFiller, table: TableLayout) -> int:
    """Return the last row on paper: what is filled, and blank rows down to the foot of that page."""
    rows = hand.plan.records(hand.here, hand.here.template.data[0])
    used = [place for place, row in enumerate(rows) if is_used(hand.here.template.data[0], row)]
    row = table.first_row + (used[-1] + 1 if used else 0)
    room = page_points(hand.here)
    header = _points(hand, table.header_row, table.header_row + 1)
    left = room - _points(hand, 0, table.first_row)
    for filled in range(table.first_row, row):
        height = _points(hand, filled, filled + 1)
        left = left - height if left >= height else room - header - height
    spare = max(int(left // TABLE_ROW_PT) - 1, LEAST_SPARE)
    return min(row + spare - 1, table.last_row)


def _keep_blocks_whole(hand: SheetFiller) -> Sequence[int]:
    """Return the rows before which a page begins: a block moves to the next one where it fits on that as a whole."""
    layout, room = hand.here.layout, page_points(hand.here) * SURE
    breaks: list[int] = []
    left = room - _points(hand, 0, layout.places[0].first)
    for place in layout.places:
        height = _points(hand, place.first, place.last_row + 1)
        if height > left and height <= room and place.first > FIRST_BLOCK_ROW:
            breaks.append(place.first)
            left = room
        left -= height + USUAL_ROW_PT  # the gap behind it may hang over the foot of a page
        while left < 0:
            left += room
    return breaks


def _points(hand: SheetFiller, first: int, end: int) -> float:
    """Return how high rows are together."""
    return sum(hand.heights.get(row, USUAL_ROW_PT) for row in range(first, end))


def _header_and_footer(hand: SheetDrawer) -> None:
    edition = hand.plan.edition
    left = printed(edition.pack.title.say(edition.lang))
    hand.sheet.set_header(f"&L&8{left}&R&8{mark(_NUMBER)}", {"margin": MARGIN_TOP_IN / 2})
    version = printed(f"{edition.pack.name} v{edition.stamp.version}")
    page, day = hand.say(texts.PAGE), hand.say(texts.PRINTED_ON)
    hand.sheet.set_footer(f"&L&8{version}&C&8{page}&R&8{day}", {"margin": MARGIN_BOTTOM_IN / 2})
