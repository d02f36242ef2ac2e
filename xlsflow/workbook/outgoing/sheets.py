"""Writes one sheet: the bands on top, its blocks, what stays in sight, what may be changed, how it is printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from xlsflow.i18n import LANGS
from xlsflow.layout.sheet_layout import (
    FACTS_ROW,
    HINT_ROW,
    TITLE_ROW,
    ColumnSpan,
    FormLayout,
    StaticLayout,
    TableLayout,
)
from xlsflow.layout.text_metrics import lines_needed, text_width
from xlsflow.template.model import ContentsBlock, DataBlock, LegendBlock, SignaturesBlock, TableBlock, TextBlock
from xlsflow.workbook.outgoing.forms import (
    draw_form,
    fill_form,
)
from xlsflow.workbook.outgoing.plan import AS_OF
from xlsflow.workbook.outgoing.static_blocks import (
    fill_contents,
    fill_signatures,
    write_contents,
    write_heading,
    write_legend,
    write_signatures,
    write_text,
)
from xlsflow.workbook.outgoing.tables import (
    draw_table,
    fill_table,
)
from xlsflow.workbook.self_check.completeness import ready_to_send
from xlsflow.workbook.self_check.conditional_formats import (
    add_sign_colours,
    kpi_formula,
    kpi_text,
)
from xlsflow.workbook.self_check.formula import Addresses
from xlsflow.workbook.style import texts
from xlsflow.workbook.style.page_setup import apply_page_setup
from xlsflow.workbook.style.theme import (
    AMBER,
    BAND_ROW_PT,
    BLUE,
    DENSE_PT,
    NAVY,
    SLATE,
    TEAL,
    TITLE_PT,
    TITLE_ROW_PT,
)

if TYPE_CHECKING:
    from xlsflow.template.model import Block
    from xlsflow.workbook.outgoing.sheet_writer import Hand

TAB_COLOURS: Mapping[str, str] = {"navy": NAVY, "blue": BLUE, "teal": TEAL, "amber": AMBER, "slate": SLATE}
PERMITTED: Mapping[str, bool] = {
    "select_locked_cells": True,
    "select_unlocked_cells": True,
    "format_columns": True,  # so that a person can widen a column and read it
    "format_rows": True,
    "sort": True,
    "autofilter": True,
}
"""What a protected sheet still allows; there is no password, for protection is against slips and not against people."""
COVER_TITLE_PT, COVER_SUBTITLE_PT = 22.0, 10.0
COVER_TITLE_ROW_PT, COVER_SUBTITLE_ROW_PT = 50.0, 28.0
WIDE_SHEET, WIDE_ZOOM = 150.0, 90
KPI_WIDTH = 52.0
BETWEEN_FACTS = "    "
LEAST_LINK_WIDTH = 18.0

_PRINTED: Mapping[type, Callable[[Hand, StaticLayout], None]] = {
    TextBlock: write_text,
    SignaturesBlock: write_signatures,
    ContentsBlock: write_contents,
    LegendBlock: write_legend,
}


def draw_sheet(hand: Hand) -> None:
    """Write of one sheet what it is, whatever it is issued with."""
    template, layout = hand.here.template, hand.here.layout
    for col, width in enumerate(layout.widths):
        hand.sheet.set_column(col, col, width)
    _bands(hand)
    for block in template.blocks:
        _draw_block(hand, block)
    hand.sheet.hide_gridlines(2)
    hand.sheet.set_tab_color(TAB_COLOURS[template.colour])
    hand.sheet.set_zoom(WIDE_ZOOM if sum(layout.widths) > WIDE_SHEET else 100)
    _keep_in_sight(hand)
    hand.sheet.protect("", dict(PERMITTED))


def fill_sheet(hand: Hand) -> None:
    """Write into a sheet that is drawn what it is issued with, and what follows from it: heights, pages, counts."""
    hand.begin_to_fill()
    _fill_bands(hand)
    for block in hand.here.template.blocks:
        place = hand.here.layout.by_block[block.name]
        if isinstance(block, DataBlock):
            if isinstance(place, FormLayout):
                fill_form(hand, block, place)
            elif isinstance(place, TableLayout):
                fill_table(hand, block, place)
        elif isinstance(block, ContentsBlock):
            assert isinstance(place, StaticLayout)
            fill_contents(hand, place)
        elif isinstance(block, SignaturesBlock):
            assert isinstance(place, StaticLayout)
            fill_signatures(hand, block, place)
    hand.set_heights()
    apply_page_setup(hand)


def _draw_block(hand: Hand, block: Block) -> None:
    place = hand.here.layout.by_block[block.name]
    if place.title_row is not None and block.title is not None:
        write_heading(hand, place.title_row, block.title, hand.here.layout.last_col)
    if isinstance(block, DataBlock):
        if isinstance(place, FormLayout):
            draw_form(hand, block, place)
        elif isinstance(place, TableLayout):
            draw_table(hand, block, place)
    else:
        assert isinstance(place, StaticLayout)
        _PRINTED[type(block)](hand, place)


def _keep_in_sight(hand: Hand) -> None:
    """Freeze the header of a sheet that is one table, and let it be filtered."""
    layout = hand.here.layout
    if not hand.here.lone:
        return
    table = layout.block_layouts[0]
    assert isinstance(table, TableLayout)
    hand.sheet.freeze_panes(*layout.frozen)
    hand.sheet.autofilter(table.header_row, 0, table.last_row, layout.last_col)
    hand.sheet.set_selection(table.first_row, 0, table.first_row, 0)
    ids = {"number_stored_as_text": f"A{table.first_row + 1}:XFD{table.last_row + 1}"}
    hand.sheet.ignore_errors(ids)


def _bands(hand: Hand) -> None:
    """Write title, facts and hint across the printed columns."""
    whole = _whole(hand)
    if hand.here.template.cover:
        _cover_bands(hand, whole)
        return
    _title(hand, whole)
    _way_back(hand, whole)
    _hint(hand, whole)


def _whole(hand: Hand) -> ColumnSpan:
    return ColumnSpan(0, hand.here.layout.printed_col)


def _fill_bands(hand: Hand) -> None:
    """Write what the bands say of an edition."""
    if hand.here.template.cover:
        _readiness(hand, _whole(hand))
    else:
        _facts(hand, _whole(hand))
        _counts(hand, _whole(hand))


def _cover_bands(hand: Hand, whole: ColumnSpan) -> None:
    """Write the cover's title and subtitle, and the colours of the line under them."""
    pack = hand.plan.edition.pack
    hand.put(TITLE_ROW, whole, hand.say(pack.title), hand.ink.title(COVER_TITLE_PT))
    hand.put(FACTS_ROW, whole, hand.say(pack.subtitle), hand.ink.subtitle(COVER_SUBTITLE_PT))
    hand.needs(TITLE_ROW, hand.say(pack.title), whole, COVER_TITLE_PT, least=COVER_TITLE_ROW_PT)
    hand.needs(FACTS_ROW, hand.say(pack.subtitle), whole, COVER_SUBTITLE_PT, least=COVER_SUBTITLE_ROW_PT)
    hand.needs_points(HINT_ROW, BAND_ROW_PT + 4)
    add_sign_colours(hand, (HINT_ROW, whole.first, HINT_ROW, whole.last))


def _readiness(hand: Hand, whole: ColumnSpan) -> None:
    """Write the line that says whether the workbook may be sent."""
    formula, result = ready_to_send([*hand.counts.values()], hand.lang)
    look = hand.ink.get(bold=True, font_size=DENSE_PT + 1, align="left", indent=1)
    hand.formula(HINT_ROW, whole, formula, look, result)


def _title(hand: Hand, whole: ColumnSpan) -> None:
    """Write the title, the other language's small behind it where there is room."""
    title = hand.here.template.title
    other = next(title.say(lang) for lang in LANGS if lang != hand.lang)
    said = hand.say(title)
    big, small = hand.ink.title(), hand.ink.subtitle()
    hand.put(TITLE_ROW, whole, said, big)
    room = hand.width(whole) - 4
    if other != said and text_width(said) * TITLE_PT / 10 + text_width(other) * DENSE_PT / 10 < room:
        hand.sheet.write_rich_string(TITLE_ROW, 0, big, said, small, f"  {other}", big)
    hand.needs_points(TITLE_ROW, TITLE_ROW_PT)


def _way_back(hand: Hand, whole: ColumnSpan) -> None:
    """Write the way back to the first sheet."""
    _, right = _band_of_facts(hand, whole)
    if right is not None:
        link = hand.ink.link(band=True)
        if not right.single:
            hand.sheet.merge_range(FACTS_ROW, right.first, FACTS_ROW, right.last, "", link)
        hand.sheet.write_url(FACTS_ROW, right.first, hand.plan.home.link(), link, _back(hand))


def _band_of_facts(hand: Hand, whole: ColumnSpan) -> tuple[ColumnSpan, ColumnSpan | None]:
    """Return where the facts stand, and the way back: not on the first sheet, and paper leads nowhere."""
    if hand.plan.home is hand.here or hand.plan.edition.for_print:
        return whole, None
    return _split(hand, whole, max(text_width(_back(hand)) + 2, LEAST_LINK_WIDTH))


def _back(hand: Hand) -> str:
    return hand.say(texts.BACK) + hand.plan.home.tab


def _facts(hand: Hand, whole: ColumnSpan) -> None:
    """Write what the sheet belongs to."""
    left, _ = _band_of_facts(hand, whole)
    edition, look = hand.plan.edition, hand.ink.facts()
    facts = hand.plan.facts
    if facts:
        day = f"{edition.day:%Y-%m-%d}"
        lines = [BETWEEN_FACTS.join(facts)]
        if lines_needed(lines[0] + day, hand.width(left), DENSE_PT) > 1:  # broken between facts, not within one
            half = len(facts) // 2
            lines = [BETWEEN_FACTS.join(facts[:half]), BETWEEN_FACTS.join(facts[half:])]
        quoted = "&CHAR(10)&".join(f'"{_doubled(line)}"' for line in lines if line)
        shown = "\n".join(line for line in lines if line) + day
        hand.formula(FACTS_ROW, left, f'={quoted}&TEXT({AS_OF},"yyyy-mm-dd")', look, shown)
    else:
        shown = f"{hand.say(edition.pack.title)}    {hand.say(edition.pack.subtitle)}"
        hand.give(FACTS_ROW, left, shown, look)
    hand.needs(FACTS_ROW, shown, left, DENSE_PT, least=BAND_ROW_PT)  # a narrow sheet needs two lines


def _hint(hand: Hand, whole: ColumnSpan) -> None:
    """Write how the sheet is filled."""
    hint = hand.say(hand.here.template.hint) if hand.here.template.hint else ""
    left = whole if _followed(hand) is None else _split(hand, whole, KPI_WIDTH)[0]
    hand.put(HINT_ROW, left, hint, hand.ink.hint())
    hand.needs(HINT_ROW, hint, left, DENSE_PT, least=BAND_ROW_PT)


def _counts(hand: Hand, whole: ColumnSpan) -> None:
    """Write opposite the hint the counts of what is followed up."""
    block = _followed(hand)
    if block is not None:
        _, right = _split(hand, whole, KPI_WIDTH)
        at = Addresses(block, hand.here.layout.table(block.name))
        result = kpi_text(hand, block, hand.plan.records(hand.here, block))
        hand.formula(HINT_ROW, right, lambda: kpi_formula(hand, block, at), hand.ink.hint("right"), result)


def _followed(hand: Hand) -> TableBlock | None:
    """Return the table that has the sheet to itself, where it is followed up."""
    block = hand.here.template.blocks[0]
    return block if hand.here.lone and isinstance(block, TableBlock) and block.follow else None


def _split(hand: Hand, whole: ColumnSpan, width: float) -> tuple[ColumnSpan, ColumnSpan]:
    """Return a span in two, the right part at least so wide where the columns allow it."""
    first = whole.last
    while first > whole.first + 1 and hand.width(ColumnSpan(first, whole.last)) < width:
        first -= 1
    return ColumnSpan(whole.first, first - 1), ColumnSpan(first, whole.last)


def _doubled(text: str) -> str:
    return text.replace('"', '""')
