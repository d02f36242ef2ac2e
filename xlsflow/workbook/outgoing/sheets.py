"""Writes one sheet: the bands at the top, its blocks, frozen rows, protection, page setup."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
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
    data_layouts,
)
from xlsflow.layout.text_metrics import lines_needed, text_width
from xlsflow.template.model import ContentsBlock, DataBlock, LegendBlock, SignaturesBlock, TableBlock, TextBlock
from xlsflow.workbook.outgoing.forms import draw_form, fill_form
from xlsflow.workbook.outgoing.plan import AS_OF
from xlsflow.workbook.outgoing.static_blocks import (
    draw_contents,
    draw_heading,
    draw_legend,
    draw_signatures,
    draw_text,
    fill_contents,
    fill_signatures,
)
from xlsflow.workbook.outgoing.tables import draw_table, fill_table
from xlsflow.workbook.self_check.completeness import ready_to_send
from xlsflow.workbook.self_check.conditional_formats import add_sign_colours, kpi_formula, kpi_text
from xlsflow.workbook.self_check.formula import Addresses, text_literals
from xlsflow.workbook.style import texts
from xlsflow.workbook.style.page_setup import draw_page_setup, fill_page_setup
from xlsflow.workbook.style.theme import AMBER, BAND_ROW_PT, BLUE, DENSE_PT, NAVY, SLATE, TEAL, TITLE_PT, TITLE_ROW_PT

if TYPE_CHECKING:
    from xlsflow.template.model import Block
    from xlsflow.workbook.outgoing.sheet_drawer import SheetDrawer
    from xlsflow.workbook.outgoing.sheet_filler import SheetFiller
    from xlsflow.workbook.outgoing.sheet_writer import SheetWriter
    from xlsflow.workbook.self_check.completeness import SheetCounts

_TAB_COLOURS: Mapping[str, str] = {"navy": NAVY, "blue": BLUE, "teal": TEAL, "amber": AMBER, "slate": SLATE}
# There is no password: protection is against slips, not against people.
_PERMITTED: Mapping[str, bool] = {
    "select_locked_cells": True,
    "select_unlocked_cells": True,
    "format_columns": True,  # so that a person can widen a column and read it
    "format_rows": True,
    "insert_rows": True,
    "delete_rows": True,
    "sort": True,
    "autofilter": True,
    "objects": True,  # so that a person can comment on a cell
}
_COVER_TITLE_PT, _COVER_SUBTITLE_PT = 22.0, 10.0
_COVER_TITLE_ROW_PT, _COVER_SUBTITLE_ROW_PT = 50.0, 28.0
_WIDE_SHEET, _WIDE_ZOOM = 150.0, 90
_KPI_WIDTH = 52.0
_FACT_SEPARATOR = "    "
_MIN_LINK_WIDTH = 18.0

_DRAW_STATIC: Mapping[type, Callable[[SheetDrawer, StaticLayout], None]] = {
    TextBlock: draw_text,
    SignaturesBlock: draw_signatures,
    ContentsBlock: draw_contents,
    LegendBlock: draw_legend,
}


def draw_sheet(drawer: SheetDrawer) -> None:
    """Draw all of a sheet that regions of one layout share."""
    template, layout = drawer.sheet_plan.template, drawer.sheet_plan.layout
    for col, width in enumerate(layout.widths):
        drawer.sheet.set_column(col, col, width)
    if template.cover:
        _draw_cover_bands(drawer)
    else:
        _draw_title(drawer)
        _draw_facts_band(drawer)
        _draw_hint(drawer)
    for block in template.blocks:
        _draw_block(drawer, block)
    drawer.sheet.hide_gridlines(2)  # on screen too
    drawer.sheet.set_tab_color(_TAB_COLOURS[template.colour])
    drawer.sheet.set_zoom(_WIDE_ZOOM if sum(layout.widths) > _WIDE_SHEET else 100)
    if drawer.sheet_plan.is_single_table:
        _freeze_and_filter(drawer)
    _select_first(drawer)
    # A sheet that is one table is not protected: in LibreOffice 7.4 no column of a protected sheet can be widened, and
    # in Excel a range with a locked cell cannot be sorted. Validations refuse what is typed into headers and results.
    if not drawer.sheet_plan.is_single_table:
        drawer.sheet.protect("", dict(_PERMITTED))
    draw_page_setup(drawer)


def fill_sheet(filler: SheetFiller) -> None:
    """Write into a drawn sheet what one region has of its own, and what follows from it: heights, pages, counts."""
    if filler.sheet_plan.template.cover:
        formula, result = ready_to_send([*filler.counts.values()], filler.lang)
        checked = filler.say(texts.WHAT_IS_CHECKED)
        if filler.counts and not filler.plan.outgoing.for_print:
            formula, result = f"{formula}&CHAR(10)&{text_literals(checked)}", f"{result}\n{checked}"
        filler.write_formula(HINT_ROW, 0, formula, result)
    else:
        _fill_facts(filler)
        _fill_hint(filler)
        _fill_kpi(filler)
    for block in filler.sheet_plan.template.blocks:
        _fill_block(filler, block)
    fill_page_setup(filler)


def _draw_block(drawer: SheetDrawer, block: Block) -> None:
    layout = drawer.sheet_plan.layout.by_block[block.name]
    if layout.title_row is not None and block.title is not None:
        draw_heading(drawer, layout.title_row, block.title, drawer.sheet_plan.layout.last_col)
    if isinstance(block, DataBlock):
        if isinstance(layout, FormLayout):
            draw_form(drawer, block, layout)
        elif isinstance(layout, TableLayout):
            draw_table(drawer, block, layout)
    else:
        assert isinstance(layout, StaticLayout)
        _DRAW_STATIC[type(block)](drawer, layout)


def _fill_block(filler: SheetFiller, block: Block) -> None:
    layout = filler.sheet_plan.layout.by_block[block.name]
    if isinstance(block, DataBlock):
        if isinstance(layout, FormLayout):
            fill_form(filler, block, layout)
        elif isinstance(layout, TableLayout):
            fill_table(filler, block, layout)
    elif isinstance(layout, StaticLayout):
        if isinstance(block, ContentsBlock):
            fill_contents(filler, layout)
        elif isinstance(block, SignaturesBlock):
            fill_signatures(filler, block, layout)


def _select_first(drawer: SheetDrawer) -> None:
    """Select the first cell that a person fills in: not an issued one, a numbered id or a result."""
    for block, layout in data_layouts(drawer.sheet_plan.template, drawer.sheet_plan.layout):
        for field in block.columns:
            if field.fill or field.computed or field.preset_value(1, drawer.plan.outgoing.day.year, ""):
                continue
            if isinstance(layout, FormLayout):
                cell = layout.cell(field.name)
                drawer.sheet.set_selection(cell.row, cell.value.first, cell.row, cell.value.first)
            else:
                col = layout.columns[field.name].first
                drawer.sheet.set_selection(layout.first_row, col, layout.first_row, col)
            return


def _freeze_and_filter(drawer: SheetDrawer) -> None:
    """Freeze the header of a sheet that is one table, and add the filter."""
    layout = drawer.sheet_plan.layout
    table = layout.block_layouts[0]
    assert isinstance(table, TableLayout)
    drawer.sheet.freeze_panes(*layout.frozen)
    drawer.sheet.autofilter(table.header_row, 0, table.last_row, layout.last_col)
    # Ids and codes are texts; without this Excel marks each with a green triangle.
    rows = f"A{table.first_row + 1}:XFD{table.last_row + 1}"
    drawer.sheet.ignore_errors({"number_stored_as_text": rows, "formula_unlocked": rows})


def _printed_span(writer: SheetWriter) -> ColumnSpan:
    return ColumnSpan(0, writer.sheet_plan.layout.printed_col)


def _draw_cover_bands(drawer: SheetDrawer) -> None:
    """Draw the cover's title and subtitle, and the line that says whether the workbook may be sent."""
    whole, pack, formats = _printed_span(drawer), drawer.plan.outgoing.pack, drawer.formats
    title, subtitle = drawer.say(pack.title), drawer.say(pack.subtitle)
    drawer.put(TITLE_ROW, whole, title, formats.title(_COVER_TITLE_PT))
    drawer.put(FACTS_ROW, whole, subtitle, formats.subtitle(_COVER_SUBTITLE_PT))
    drawer.reserve(
        HINT_ROW, whole, formats.get(bold=True, text_wrap=True, font_size=DENSE_PT + 1, align="left", indent=1)
    )
    drawer.require_height(TITLE_ROW, title, whole, _COVER_TITLE_PT, least=_COVER_TITLE_ROW_PT)
    drawer.require_height(FACTS_ROW, subtitle, whole, _COVER_SUBTITLE_PT, least=_COVER_SUBTITLE_ROW_PT)
    ready = f"{drawer.say(texts.READY_TO_SEND)}\n{drawer.say(texts.WHAT_IS_CHECKED)}"
    drawer.require_height(HINT_ROW, ready, whole, DENSE_PT + 1, least=BAND_ROW_PT + 4)
    add_sign_colours(drawer, (HINT_ROW, whole.first, HINT_ROW, whole.last))


def _draw_title(drawer: SheetDrawer) -> None:
    """Draw the title, and where there is room, the other language's in small letters after it."""
    whole, title = _printed_span(drawer), drawer.sheet_plan.template.title
    text, other = drawer.say(title), next(title.say(lang) for lang in LANGS if lang != drawer.lang)
    big, small = drawer.formats.title(), drawer.formats.subtitle()
    drawer.put(TITLE_ROW, whole, text, big)
    # Widths are in characters of 10 points.
    room = drawer.width(whole) - 4
    if other != text and text_width(text) * TITLE_PT / 10 + text_width(other) * DENSE_PT / 10 < room:
        drawer.sheet.write_rich_string(TITLE_ROW, 0, big, text, small, f"  {other}", big)
    drawer.require_points(TITLE_ROW, TITLE_ROW_PT)


def _draw_facts_band(drawer: SheetDrawer) -> None:
    """Draw the cell of the facts, and beside it the link back to the first sheet."""
    facts, link = _facts_band(drawer)
    drawer.reserve(FACTS_ROW, facts, drawer.formats.facts())
    if link is not None:
        drawer.put_link(FACTS_ROW, link, drawer.plan.home, _back_text(drawer), drawer.formats.link(band=True))


def _facts_band(writer: SheetWriter) -> tuple[ColumnSpan, ColumnSpan | None]:
    """Return the columns of the facts and of the link back, which the first sheet and paper lack."""
    whole = _printed_span(writer)
    if writer.plan.home is writer.sheet_plan or writer.plan.outgoing.for_print:
        return whole, None
    return _split_span(writer, whole, max(text_width(_back_text(writer)) + 2, _MIN_LINK_WIDTH))


def _back_text(writer: SheetWriter) -> str:
    return writer.say(texts.BACK) + writer.plan.home.tab


def _fill_facts(filler: SheetFiller) -> None:
    """Write region, round, document number and as-of day; a sheet without a cover has the pack's title instead."""
    span, _ = _facts_band(filler)
    outgoing, facts = filler.plan.outgoing, filler.plan.facts
    if facts:
        day = f"{outgoing.day:%Y-%m-%d}"
        lines = [_FACT_SEPARATOR.join(facts)]
        if lines_needed(lines[0] + day, filler.width(span), DENSE_PT) > 1:  # broken between facts, not within one
            half = len(facts) // 2
            lines = [_FACT_SEPARATOR.join(facts[:half]), _FACT_SEPARATOR.join(facts[half:])]
        # The as-of day is a formula, for a person may change it on the cover.
        quoted = "&CHAR(10)&".join('"{}"'.format(line.replace('"', '""')) for line in lines if line)
        shown = "\n".join(line for line in lines if line) + day
        filler.write_formula(FACTS_ROW, span.first, f'={quoted}&TEXT({AS_OF},"yyyy-mm-dd")', shown)
    else:
        shown = f"{filler.say(outgoing.pack.title)}    {filler.say(outgoing.pack.subtitle)}"
        filler.write(FACTS_ROW, span.first, shown)
    filler.require_height(FACTS_ROW, shown, span, DENSE_PT, least=BAND_ROW_PT)


def _draw_hint(drawer: SheetDrawer) -> None:
    """Draw how the sheet is filled in, and opposite it the cell of the counts of tracked items."""
    span, template = _printed_span(drawer), drawer.sheet_plan.template
    if _tracked_table(drawer) is not None:
        span, counts = _split_span(drawer, span, _KPI_WIDTH)
        drawer.reserve(HINT_ROW, counts, drawer.formats.hint("right"))
    hint = drawer.say(template.hint) if template.hint else ""
    if _counts_with_tables(drawer) is None:
        drawer.put(HINT_ROW, span, hint, drawer.formats.hint())
    else:
        drawer.reserve(HINT_ROW, span, drawer.formats.hint())
        add_sign_colours(drawer, (HINT_ROW, span.first, HINT_ROW, span.last))
    longest = (hint, drawer.say(texts.HINT_USED_UP), drawer.say(texts.HINT_NO_CHECKS))
    for text in longest if _counts_with_tables(drawer) else longest[:1]:
        drawer.require_height(HINT_ROW, text, span, DENSE_PT, least=BAND_ROW_PT)


def _fill_kpi(filler: SheetFiller) -> None:
    """Write the counts of tracked items."""
    block = _tracked_table(filler)
    if block is not None:
        _, span = _split_span(filler, _printed_span(filler), _KPI_WIDTH)
        addresses = Addresses(block, filler.sheet_plan.layout.table(block.name))
        result = kpi_text(filler, block, filler.plan.records(filler.sheet_plan, block))
        filler.write_formula(HINT_ROW, span.first, lambda: kpi_formula(filler, block, addresses), result)


def _fill_hint(filler: SheetFiller) -> None:
    """Write how the sheet is filled in; where rows have run out, what to do."""
    counts, hint = _counts_with_tables(filler), filler.sheet_plan.template.hint
    if counts is not None:
        text = filler.say(hint) if hint else ""
        result = counts.hint(text, filler.lang)
        filler.write_formula(HINT_ROW, 0, partial(counts.hint_formula, text, filler.lang), result)


def _counts_with_tables(writer: SheetWriter) -> SheetCounts | None:
    """Return what this sheet counts of itself; None if it has no tables, or if the workbook is only printed."""
    counts = writer.counts.get(writer.sheet_plan.tab)
    return counts if counts and counts.has_tables and not writer.plan.outgoing.for_print else None


def _tracked_table(writer: SheetWriter) -> TableBlock | None:
    """Return the sheet's only block if it is a table of tracked items."""
    block = writer.sheet_plan.template.blocks[0]
    is_single_table = writer.sheet_plan.is_single_table
    return block if is_single_table and isinstance(block, TableBlock) and block.follow else None


def _split_span(writer: SheetWriter, whole: ColumnSpan, width: float) -> tuple[ColumnSpan, ColumnSpan]:
    """Return a span in two, the right part at least so wide if the columns allow it."""
    first = whole.last
    while first > whole.first + 1 and writer.width(ColumnSpan(first, whole.last)) < width:
        first -= 1
    return ColumnSpan(whole.first, first - 1), ColumnSpan(first, whole.last)
