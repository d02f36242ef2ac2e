"""Writes a table or matrix: hidden keys, header coloured by meaning, rows that are issued and rows to fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.fileformat.key_row import key_text
from xlsflow.layout.sheet_layout import TableLayout
from xlsflow.layout.text_metrics import MAX_ROW_PT, MIN_ROW_PT, text_width
from xlsflow.template.kinds import FieldBase
from xlsflow.template.model import TableBlock
from xlsflow.workbook.batch.row_cache import (
    Line,
    Ways,
)
from xlsflow.workbook.outgoing.plan import is_used
from xlsflow.workbook.outgoing.row_splitting import parts
from xlsflow.workbook.outgoing.sheet_writer import (
    BOLD,
    balanced,
)
from xlsflow.workbook.self_check.conditional_formats import (
    add_due_colours,
    add_field_colours,
    row_in_use,
)
from xlsflow.workbook.self_check.formula import (
    Addresses,
    value_formula,
)
from xlsflow.workbook.self_check.row_marks import (
    fault_formulas,
    prepare_row_marks,
    write_row_marks,
)
from xlsflow.workbook.self_check.validations import (
    CellBlock,
    add_validation,
    validation_options,
)
from xlsflow.workbook.style import texts
from xlsflow.workbook.style.form_formats import TABLE_PT
from xlsflow.workbook.style.theme import (
    FORM_ROW_PT,
    HEADER_ROW_PT,
    TABLE_ROW_PT,
    HeaderTone,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xlsxwriter.format import Format

    from xlsflow.layout.sheet_layout import ColumnSpan
    from xlsflow.template.model import DataBlock
    from xlsflow.workbook.outgoing.sheet_writer import Hand

BEHIND_MARK = 2
"""How far behind a lone table's last column the empty cells stand that keep its rows high: behind the mark."""
STACKED, TURNED = 270, 90
"""How xlsxwriter is told of characters below each other, and of writing from bottom to top."""
MOST_STACKED = 12
"""A longer header would make the row too high; turned, it takes half of that."""
STACKED_PT, UNIT_PT, HEADER_PADDING_PT = 14.5, 5.25, 12.0
"""How high a stacked character is, how long a unit of width, and the room around both."""


def draw_table(hand: Hand, block: DataBlock, place: TableLayout) -> None:
    """Write what a table is, whatever stands in its rows."""
    _header(hand, block, place)
    grows = all(span.single for span in place.columns.values())  # no program fits a row to a merged cell
    least = TABLE_ROW_PT if hand.here.lone else MIN_ROW_PT
    strut = hand.here.layout.last_col + (BEHIND_MARK if hand.here.lone else 1)
    for row in range(place.first_row, place.last_row + 1):
        hand.needs_points(row, least)
        if grows:
            hand.sheet.let_grow(row)
            hand.sheet.write_blank(row, strut, None, hand.ink.strut(least))
    if block.key:  # so that styles have the same numbers however many rows are issued
        hand.ink.assign_indexes(*(hand.ink.id_cell(block.field(block.key), locked=locked) for locked in (True, False)))
    if hand.plan.edition.for_print:
        hand.continued |= {row for row, _, part in _parted(hand, block, place) if part}
    _rules(hand, block, place)
    if not hand.plan.edition.for_print:  # on paper nothing can be mended any more
        prepare_row_marks(hand, block, place)


def fill_table(hand: Hand, block: DataBlock, place: TableLayout) -> None:
    """Write the rows of a table: those that it is issued with, and the blank ones below."""
    in_issued, in_blank, computed = hand.kept(block.name, lambda: _ways(hand, block, place))
    rows = hand.plan.lines(hand.here, block, place.last_row - place.first_row + 1)
    given = len(hand.plan.records(hand.here, block))
    for row, offset, part in _parted(hand, block, place):
        values, issued, before = rows[offset], offset < given, hand.line(row)
        if before is not None and before.is_same(issued, values):
            hand.hold(row, before)
            continue
        ways = in_issued if issued else in_blank
        if before is None:
            height = hand.give_line(row, ways, _shown(hand, block, values, part))
        else:
            height = hand.renew_line(row, ways, values)
        hand.hold(row, Line(issued, values, height))
        begun = bool(computed) and is_used(block, values) and not part
        for one in computed:
            if before is None or before.differs(one.name, values):
                shown = hand.plan.shown(one, values.get(one.name)) if begun else ""
                _computed(hand, one, Addresses(block, place, row + 1), place.columns[one.name], shown)
    write_row_marks(hand, block)


def _shown(hand: Hand, block: DataBlock, values: Mapping[str, object], part: int) -> Mapping[str, object]:
    """Return what the cells of a row show; on paper, of one part of it."""
    if hand.plan.edition.for_print:
        return parts(hand.plan, hand.here, block, values)[part]
    return hand.plan.all_shown(block, values)


def _parted(hand: Hand, block: DataBlock, place: TableLayout) -> Iterator[tuple[int, int, int]]:
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


def _ways(hand: Hand, block: DataBlock, place: TableLayout) -> Ways:
    """Return how values come into a row that is issued, and into a blank one; and the fields that are worked out."""
    looks = {one.name: _look(hand, one, key=one.name == block.key) for one in block.columns}
    blank = dict(looks)
    if block.key and not block.field(block.key).computed:
        blank[block.key] = hand.ink.id_cell(block.field(block.key), locked=False)
    typed = [one for one in block.columns if one.expression is None]
    in_issued, in_blank = (
        [hand.way(one, place.columns[one.name], some[one.name], TABLE_PT) for one in typed] for some in (looks, blank)
    )
    return Ways(in_issued, in_blank, [one for one in block.columns if one.expression is not None])


def _header(hand: Hand, block: DataBlock, place: TableLayout) -> None:
    """Write the hidden row of keys and the header."""
    for one in block.columns:
        span = place.columns[one.name]
        hand.sheet.write_string(place.key_row, span.first, key_text(one.name), hand.ink.key())
        asked = hand.say(texts.REQUIRED_MARK) if one.required and not one.computed else ""
        if one.name in hand.here.layout.upright:
            _upright(hand, place.header_row, span, hand.say(one.label) + asked, _tone(one))
            continue
        text = balanced(hand.say(one.label), asked, hand.width(span), TABLE_PT)
        hand.put(place.header_row, span, text, hand.ink.header(_tone(one)))
        least = HEADER_ROW_PT if hand.here.lone else FORM_ROW_PT
        hand.needs(place.header_row, text, span, TABLE_PT * BOLD, least)  # bold letters are wider
    hand.hides(place.key_row)


def _upright(hand: Hand, row: int, span: ColumnSpan, text: str, tone: HeaderTone) -> None:
    """Write a header of a narrow column: Chinese characters one below the other, other writing turned."""
    stacked = not text.isascii() and len(text) <= MOST_STACKED
    hand.put(row, span, text, hand.ink.header(tone, turned=STACKED if stacked else TURNED))
    length = len(text) * STACKED_PT if stacked else text_width(text) * BOLD * UNIT_PT
    hand.needs_points(row, min(length + HEADER_PADDING_PT, MAX_ROW_PT))


def _tone(one: FieldBase) -> HeaderTone:
    if one.computed or one.fill:
        return "computed"
    return "required" if one.required else "optional"


def _look(hand: Hand, one: FieldBase, *, key: bool) -> Format:
    """Return the look of a field's cells in the rows that are issued: what names such a row is locked."""
    if key and not one.computed:
        return hand.ink.id_cell(one, locked=True)
    return hand.ink.cell(one, form=False, locked=one.computed or bool(one.fill))


def _computed(hand: Hand, one: FieldBase, at: Addresses, span: ColumnSpan, shown: object) -> None:
    """Write a cell that is worked out; it stays blank while its row is."""
    assert one.expression is not None
    edition = hand.plan.edition
    expression = one.expression

    def formula() -> str:
        value = value_formula(expression, at, edition.lang, edition.scope, one.list_name())
        return f'=IF({row_in_use(at.block, at)},{value},"")'

    hand.formula(at.row - 1, span, formula, hand.ink.cell(one, form=False, locked=True), shown)


def _rules(hand: Hand, block: DataBlock, place: TableLayout) -> None:
    """Lay validations and live colours over the columns."""
    at = Addresses(block, place, place.first_row + 1)
    edition = hand.plan.edition
    if isinstance(block, TableBlock):
        add_due_colours(hand, block, at, place)
    for one in block.columns:
        span = place.columns[one.name]
        cells = CellBlock(place.first_row, span.first, place.last_row, span.last)
        if not one.computed and not one.fill:
            rule = one.entry_rule(edition.scope)
            source = hand.dropdowns.source(block, one, rule, at)
            first = CellBlock(place.first_row, span.first, place.last_row, span.first)
            add_validation(hand.sheet, first, validation_options(one, rule, source, edition.lang, edition.scope))
        add_field_colours(hand, one, cells, at.cell(one.name), fault_formulas(hand, block, one, at, place.first_row))
