"""Writes a table or matrix: hidden keys, header coloured by meaning, rows that are issued and rows to fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.i18n import text_width
from xlsflow.layout.sheet_layout import TableLayout
from xlsflow.template.kinds import FieldBase
from xlsflow.template.model import TableBlock
from xlsflow.workbook.outgoing.plan import is_used
from xlsflow.workbook.outgoing.row_splitting import parts
from xlsflow.workbook.outgoing.sheet_filler import (
    ColumnFiller,
    RowState,
    TableFillers,
)
from xlsflow.workbook.outgoing.sheet_writer import (
    BOLD,
    balanced,
)
from xlsflow.workbook.self_check.conditional_formats import (
    colour_cell,
    colour_due,
    started,
)
from xlsflow.workbook.self_check.formula import (
    Addresses,
    excel_value,
)
from xlsflow.workbook.self_check.row_marks import (
    draw_marks,
    faults_of,
    fill_marks,
)
from xlsflow.workbook.self_check.validations import (
    Cells,
    validate,
    validation,
)
from xlsflow.workbook.style import texts
from xlsflow.workbook.style.form_formats import TABLE_PT
from xlsflow.workbook.style.theme import (
    FORM_ROW_PT,
    HEADER_ROW_PT,
    MAX_ROW_PT,
    MIN_ROW_PT,
    TABLE_ROW_PT,
    HeaderTone,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsflow.layout.sheet_layout import Span
    from xlsflow.template.model import DataBlock
    from xlsflow.workbook.outgoing.sheet_drawer import SheetDrawer
    from xlsflow.workbook.outgoing.sheet_filler import SheetFiller
    from xlsflow.workbook.outgoing.sheet_writer import SheetWriter

BEHIND_MARK = 2
"""How far behind a lone table's last column the empty cells stand that keep its rows high: behind the mark."""
STACKED, TURNED = 270, 90
"""How xlsxwriter is told of characters below each other, and of writing from bottom to top."""
MOST_STACKED = 12
"""A longer header would make the row too high; turned, it takes half of that."""
STACKED_PT, UNIT_PT, HEADER_PADDING_PT = 14.5, 5.25, 12.0
"""How high a stacked character is, how long a unit of width, and the room around both."""
KEY = "key:"
"""Stands before a field's name in the hidden row above the header; a return is read by it."""


def draw_table(hand: SheetDrawer, block: DataBlock, place: TableLayout) -> None:
    """Write what a table is, whatever stands in its rows."""
    _header(hand, block, place)
    key = block.field(block.key) if block.key and not block.field(block.key).computed else None
    if key is not None:
        hand.issued_looks[block.name] = hand.ink.id_cell(key, locked=True)
    looks = {
        one.name: hand.ink.id_cell(one, locked=False)
        if one is key
        else hand.ink.cell(one, form=False, locked=one.computed or bool(one.fill))
        for one in block.columns
    }
    grows = all(span.single for span in place.columns.values())  # no program fits a row to a merged cell
    least = TABLE_ROW_PT if hand.here.lone else MIN_ROW_PT
    strut = hand.here.layout.last_col + (BEHIND_MARK if hand.here.lone else 1)
    for row in range(place.first_row, place.last_row + 1):
        for name, look in looks.items():
            hand.reserve(row, place.columns[name], look)
        hand.needs_points(row, least)
        if grows:
            hand.growing.add(row)
            hand.sheet.write_blank(row, strut, None, hand.ink.strut(least))
    if hand.plan.edition.for_print:
        hand.continued |= {row for row, _, part in _parted(hand, block, place) if part}
    _rules(hand, block, place)
    if not hand.plan.edition.for_print:  # on paper nothing can be mended any more
        draw_marks(hand, block, place)


def fill_table(hand: SheetFiller, block: DataBlock, place: TableLayout) -> None:
    """Write the rows of a table: those that it is issued with, and the blank ones below."""
    if block.name not in hand.table_fillers:
        hand.table_fillers[block.name] = _fillers(hand, block, place)
    in_issued, in_blank, computed = hand.table_fillers[block.name]
    rows = hand.plan.lines(hand.here, block, place.last_row - place.first_row + 1)
    given = len(hand.plan.records(hand.here, block))
    for row, offset, part in _parted(hand, block, place):
        values, issued, before = rows[offset], offset < given, hand.row_states.get(row)
        if before is None or not before.is_same(issued, values) or part:
            columns = in_issued if issued else in_blank
            if hand.plan.edition.for_print:
                height = hand.fill_shown(row, columns, parts(hand.plan, hand.here, block, values)[part])
            else:
                height = hand.fill_row(row, columns, values)
            before = hand.row_states[row] = RowState(issued, values, height)
            begun = bool(computed) and is_used(block, values) and not part
            for one in computed:
                shown = hand.plan.shown(one, values.get(one.name)) if begun else ""
                _computed(hand, one, Addresses(block, place, row + 1), place.columns[one.name].first, shown)
        if before.height:
            hand.needs_points(row, before.height)
    fill_marks(hand, block)


def _parted(hand: SheetWriter, block: DataBlock, place: TableLayout) -> Iterator[tuple[int, int, int]]:
    """Yield each row of the sheet with the number of its line, and of its part where paper asks for several."""
    count = place.last_row - place.first_row + 1
    if not hand.plan.edition.for_print:
        yield from ((place.first_row + number, number, 0) for number in range(count))
        return
    row = place.first_row
    for number, values in enumerate(hand.plan.lines(hand.here, block, count)):
        for part in range(len(parts(hand.plan, hand.here, block, values))):
            if row <= place.last_row:
                yield row, number, part
            row += 1


def _fillers(hand: SheetFiller, block: DataBlock, place: TableLayout) -> TableFillers:
    """Return how values get into a row that is issued, and into a blank one; and the fields that are worked out."""
    blank, issued = list[ColumnFiller](), list[ColumnFiller]()
    for one in block.columns:
        if one.expression is not None:
            continue
        span = place.columns[one.name]
        style = hand.style(place.first_row, span.first)
        blank.append(hand.column(one, span, TABLE_PT, style))
        if one.name == block.key:
            style = hand.issued_styles.get(block.name, style)
        issued.append(hand.column(one, span, TABLE_PT, style))
    return TableFillers(issued, blank, [one for one in block.columns if one.expression is not None])


def _header(hand: SheetDrawer, block: DataBlock, place: TableLayout) -> None:
    """Write the hidden row of keys and the header."""
    for one in block.columns:
        span = place.columns[one.name]
        hand.sheet.write_string(place.key_row, span.first, f"{KEY}{one.name}", hand.ink.key())
        asked = hand.say(texts.REQUIRED_MARK) if one.required and not one.computed else ""
        if one.name in hand.here.layout.upright:
            _upright(hand, place.header_row, span, hand.say(one.label) + asked, _tone(one))
            continue
        text = balanced(hand.say(one.label), asked, hand.width(span), TABLE_PT)
        hand.put(place.header_row, span, text, hand.ink.header(_tone(one)))
        least = HEADER_ROW_PT if hand.here.lone else FORM_ROW_PT
        hand.needs(place.header_row, text, span, TABLE_PT * BOLD, least)  # bold letters are wider
    hand.hide(place.key_row)


def _upright(hand: SheetDrawer, row: int, span: Span, text: str, tone: HeaderTone) -> None:
    """Write a header of a narrow column: Chinese characters one below the other, other writing turned."""
    stacked = not text.isascii() and len(text) <= MOST_STACKED
    hand.put(row, span, text, hand.ink.header(tone, turned=STACKED if stacked else TURNED))
    length = len(text) * STACKED_PT if stacked else text_width(text) * BOLD * UNIT_PT
    hand.needs_points(row, min(length + HEADER_PADDING_PT, MAX_ROW_PT))


def _tone(one: FieldBase) -> HeaderTone:
    if one.computed or one.fill:
        return "computed"
    return "required" if one.required else "optional"


def _computed(hand: SheetFiller, one: FieldBase, at: Addresses, col: int, shown: object) -> None:
    """Write a cell that is worked out; it stays blank while its row is."""
    assert one.expression is not None
    edition = hand.plan.edition
    expression = one.expression

    def formula() -> str:
        value = excel_value(expression, at, edition.lang, edition.scope, one.list_name())
        return f'=IF({started(at.block, at)},{value},"")'

    hand.formula(at.row - 1, col, formula, shown)


def _rules(hand: SheetDrawer, block: DataBlock, place: TableLayout) -> None:
    """Lay validations and live colours over the columns."""
    at = Addresses(block, place, place.first_row + 1)
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
        colour_cell(hand, one, cells, at.cell(one.name), faults_of(hand, block, one, at, place.first_row))
