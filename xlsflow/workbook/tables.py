"""Writes a table or matrix: hidden keys, header coloured by meaning, rows that are issued and rows to fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.template.kinds import FieldBase
from xlsflow.template.model import TableBlock
from xlsflow.words import text_width
from xlsflow.workbook import phrases
from xlsflow.workbook.formula import Addresses, excel_value
from xlsflow.workbook.hand import MEASURE
from xlsflow.workbook.ink import TABLE_PT
from xlsflow.workbook.live import colour_cell, colour_due, started
from xlsflow.workbook.plan import is_used
from xlsflow.workbook.style import BODY_PT, FORM_ROW_PT, HEADER_ROW_PT, MIN_ROW_PT, TABLE_ROW_PT, HeaderTone
from xlsflow.workbook.validations import Cells, validate, validation

if TYPE_CHECKING:
    from xlsxwriter.format import Format

    from xlsflow.layout import Span, TablePlace
    from xlsflow.template.model import DataBlock
    from xlsflow.workbook.hand import Hand

BOLD = 1.08
"""Bold letters are so much wider."""
KEY = "key:"
"""Stands before a field's name in the hidden row above the header; a return is read by it."""


def write_table(hand: Hand, block: DataBlock, place: TablePlace) -> None:
    """Write one table with everything in it."""
    _header(hand, block, place)
    looks = {one.name: _look(hand, block, one) for one in block.columns}
    rows = hand.plan.lines(hand.here, block, place.last_row - place.first_row + 1)
    given = len(hand.plan.records(hand.here, block))
    for offset, values in enumerate(rows):
        row = place.first_row + offset
        hand.needs_points(row, TABLE_ROW_PT if hand.here.lone else MIN_ROW_PT)
        if all(span.single for span in place.columns.values()):  # no program fits a row to a merged cell
            hand.sheet.let_grow(row)
        at = Addresses(block, place, row + 1)
        for one in block.columns:
            span = place.columns[one.name]
            shown = hand.plan.shown(one, values)
            if one.expression is not None:
                _computed(hand, one, at, span, shown if is_used(block, values) else "")
                continue
            look = looks[one.name]
            if one.name == block.key and offset < given:
                look = hand.ink.id_cell(one, locked=True)
            hand.put(row, span, shown, look)
            if isinstance(shown, str):
                hand.needs(row, shown, span, TABLE_PT)
    _rules(hand, block, place)


def _header(hand: Hand, block: DataBlock, place: TablePlace) -> None:
    """Write the hidden row of keys and the header."""
    for one in block.columns:
        span = place.columns[one.name]
        hand.sheet.write_string(place.key_row, span.first, f"{KEY}{one.name}", hand.ink.key())
        asked = one.required and not one.computed
        text = _balanced(hand.say(one.label), hand.width(span)) + (hand.say(phrases.REQUIRED_MARK) if asked else "")
        hand.put(place.header_row, span, text, hand.ink.header(_tone(one)))
        least = HEADER_ROW_PT if hand.here.lone else FORM_ROW_PT
        hand.needs(place.header_row, text, span, TABLE_PT * BOLD, least)  # bold letters are wider
    hand.hides(place.key_row)


def _balanced(label: str, width: float) -> str:
    """Return a Chinese header that needs two lines with its break in the middle: no lone sign is left behind."""
    asked = text_width(label + "＊") * BOLD * TABLE_PT / BODY_PT * MEASURE
    if label.isascii() or " " in label or asked <= width - 1:
        return label
    half = -(-len(label) // 2)
    return f"{label[:half]}\n{label[half:]}"


def _tone(one: FieldBase) -> HeaderTone:
    if one.computed or one.fill:
        return "computed"
    return "required" if one.required else "optional"


def _look(hand: Hand, block: DataBlock, one: FieldBase) -> Format:
    if one.name == block.key and not one.computed:
        return hand.ink.id_cell(one, locked=False)
    return hand.ink.cell(one, form=False, locked=one.computed or bool(one.fill))


def _computed(hand: Hand, one: FieldBase, at: Addresses, span: Span, shown: object) -> None:
    """Write a cell that is worked out; it stays blank while its row is."""
    assert one.expression is not None
    edition = hand.plan.edition
    value = excel_value(one.expression, at, edition.lang, edition.scope, one.list_name())
    look = hand.ink.cell(one, form=False, locked=True)
    hand.formula(at.row - 1, span, f'=IF({started(at.block, at)},{value},"")', look, shown)


def _rules(hand: Hand, block: DataBlock, place: TablePlace) -> None:
    """Lay validations and live colours over the columns."""
    at = Addresses(block, place, place.first_row + 1)
    begun = started(block, at)
    edition = hand.plan.edition
    if isinstance(block, TableBlock):
        colour_due(hand, block, at, place)
    for one in block.columns:
        span = place.columns[one.name]
        cells = Cells(place.first_row, span.first, place.last_row, span.last)
        if not one.computed and not one.fill:
            rule = one.entry_rule(edition.scope)
            source = hand.dropdowns.source(block, one, rule, at)
            first = Cells(place.first_row, span.first, place.last_row, span.first)
            validate(hand.sheet, first, validation(one, rule, source, edition.lang, edition.scope))
        colour_cell(hand, one, cells, at.cell(one.name), begun)
