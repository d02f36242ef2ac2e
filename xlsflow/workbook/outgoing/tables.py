"""Writes a table or matrix: hidden keys, a header coloured by meaning, prefilled rows and blank ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.fileformat.key_row import key_text
from xlsflow.layout.text_metrics import MAX_ROW_PT, MIN_ROW_PT, text_width
from xlsflow.template.model import TableBlock
from xlsflow.workbook.outgoing.plan import is_used
from xlsflow.workbook.outgoing.row_splitting import split_row
from xlsflow.workbook.outgoing.sheet_filler import ColumnFiller, RowState, TableFillers
from xlsflow.workbook.outgoing.sheet_writer import BOLD_FACTOR, balanced_label
from xlsflow.workbook.self_check.conditional_formats import add_due_colours, add_field_colours, row_in_use
from xlsflow.workbook.self_check.data_validations import (
    CellBlock,
    add_guard,
    add_validation,
    validation_options,
)
from xlsflow.workbook.self_check.formula import Addresses, value_formula
from xlsflow.workbook.self_check.row_marks import draw_row_marks, fill_row_marks, finding_conditions
from xlsflow.workbook.style import texts
from xlsflow.workbook.style.form_formats import TABLE_PT
from xlsflow.workbook.style.theme import FORM_ROW_PT, HEADER_ROW_PT, TABLE_ROW_PT, HeaderTone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsflow.layout.sheet_layout import ColumnSpan, TableLayout
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import DataBlock
    from xlsflow.workbook.outgoing.sheet_drawer import SheetDrawer
    from xlsflow.workbook.outgoing.sheet_filler import SheetFiller
    from xlsflow.workbook.outgoing.sheet_writer import SheetWriter

# xlsxwriter's codes for characters one below the other, and for text from bottom to top.
_STACKED, _TURNED = 270, 90
# A longer stacked header would make the row too high; turned, it takes half of that.
_MAX_STACKED = 12
_STACKED_CHARACTER_PT, _TURNED_UNIT_PT, _HEADER_PADDING_PT = 14.5, 5.25, 12.0


def draw_table(drawer: SheetDrawer, block: DataBlock, layout: TableLayout) -> None:
    """Draw a table with blank rows."""
    _draw_header(drawer, block, layout)
    _draw_rows(drawer, block, layout)
    # Colours must not look at rows that only continue a text: they are blank but for it.
    if drawer.plan.outgoing.for_print:
        drawer.continued |= {row for row, _, part in _sheet_rows(drawer, block, layout) if part}
    _draw_rules(drawer, block, layout)
    draw_row_marks(drawer, block, layout)


def fill_table(filler: SheetFiller, block: DataBlock, layout: TableLayout) -> None:
    """Write the rows of a table: the prefilled ones, and the blank ones below."""
    if block.name not in filler.table_fillers:
        filler.table_fillers[block.name] = _table_fillers(filler, block, layout)
    prefilled_columns, blank_columns, computed = filler.table_fillers[block.name]
    plan, sheet = filler.plan, filler.sheet_plan
    all_values = plan.lines(sheet, block, layout.last_row - layout.first_row + 1)
    prefilled_count = len(plan.records(sheet, block))
    for row, number, part in _sheet_rows(filler, block, layout):
        values, prefilled, state = all_values[number], number < prefilled_count, filler.row_states.get(row)
        # Most rows are blank and the same for all regions.
        if part or state is None or not state.is_same(prefilled, values):
            columns = prefilled_columns if prefilled else blank_columns
            if plan.outgoing.for_print:
                height = filler.write_shown(row, columns, split_row(plan, sheet, block, values)[part])
            else:
                height = filler.write_row(row, columns, values)
            state = filler.row_states[row] = RowState(prefilled, values, height)
            in_use = bool(computed) and is_used(block, values) and not part
            for field in computed:
                shown = plan.shown(field, values.get(field.name)) if in_use else ""
                _fill_computed(filler, field, Addresses(block, layout, row + 1), shown)
        if state.height:
            filler.require_points(row, state.height)
    _add_notes(filler, block, layout)
    fill_row_marks(filler, block)


def _add_notes(filler: SheetFiller, block: DataBlock, layout: TableLayout) -> None:
    for number, notes in enumerate(filler.plan.notes(filler.sheet_plan, block)):
        for name, text in notes.items():
            filler.notes[layout.first_row + number, layout.columns[name].first] = text


def _sheet_rows(writer: SheetWriter, block: DataBlock, layout: TableLayout) -> Iterator[tuple[int, int, int]]:
    """Yield each row of the sheet with the number of its data row, and of its part where that is split for paper."""
    count = layout.last_row - layout.first_row + 1
    if not writer.plan.outgoing.for_print:
        yield from ((layout.first_row + number, number, 0) for number in range(count))
        return
    row = layout.first_row
    for number, values in enumerate(writer.plan.lines(writer.sheet_plan, block, count)):
        for part in range(len(split_row(writer.plan, writer.sheet_plan, block, values))):
            if row <= layout.last_row:
                yield row, number, part
            row += 1


def _draw_rows(drawer: SheetDrawer, block: DataBlock, layout: TableLayout) -> None:
    """Reserve the cells of the rows, and let rows grow with what is typed into them."""
    formats = {
        field.name: drawer.formats.cell(field, form=False, locked=field.computed or bool(field.fill))
        for field in block.columns
    }
    if block.key and not block.field(block.key).computed:  # the id of a prefilled row is grey, a new row's is not
        key = block.field(block.key)
        formats[key.name] = drawer.formats.id_cell(key, prefilled=False)
        drawer.prefilled_formats[block.name] = drawer.formats.id_cell(key, prefilled=True)
    least = TABLE_ROW_PT if drawer.sheet_plan.is_single_table else MIN_ROW_PT
    # An empty cell in a large font keeps a growing row at its least height; it lies right of the column of marks.
    if not drawer.sheet_plan.is_single_table:
        drawer.free_rows |= {*range(layout.first_row, layout.last_row + 1)}
        drawer.formats.free_row()  # it gets its number while the workbook is drawn
    strut_col = drawer.sheet_plan.layout.last_col + (2 if drawer.sheet_plan.is_single_table else 1)
    for row in range(layout.first_row, layout.last_row + 1):
        for name, cell_format in formats.items():
            drawer.reserve(row, layout.columns[name], cell_format)
        drawer.require_points(row, least)
        drawer.growing_rows.add(row)
        drawer.sheet.write_blank(row, strut_col, None, drawer.formats.strut(least, form=False))


def _table_fillers(filler: SheetFiller, block: DataBlock, layout: TableLayout) -> TableFillers:
    blank, prefilled = list[ColumnFiller](), list[ColumnFiller]()
    for field in block.columns:
        if field.expression is None:
            span = layout.columns[field.name]
            style = filler.style(layout.first_row, span.first)
            blank.append(filler.column(field, span, TABLE_PT, style))
            if field.name == block.key:
                style = filler.prefilled_styles.get(block.name, style)
            prefilled.append(filler.column(field, span, TABLE_PT, style))
    return TableFillers(prefilled, blank, [field for field in block.columns if field.expression is not None])


def _draw_header(drawer: SheetDrawer, block: DataBlock, layout: TableLayout) -> None:
    """Draw the hidden row of keys, and the header."""
    for field in block.columns:
        span, tone = layout.columns[field.name], _header_tone(field)
        drawer.sheet.write_string(layout.key_row, span.first, key_text(field.name), drawer.formats.key())
        mark = drawer.say(texts.REQUIRED_MARK) if field.required and not field.computed else ""
        if field.name in drawer.sheet_plan.layout.upright:
            _draw_upright_header(drawer, layout.header_row, span, drawer.say(field.label) + mark, tone)
            continue
        text = balanced_label(drawer.say(field.label), mark, drawer.width(span), TABLE_PT)
        drawer.put(layout.header_row, span, text, drawer.formats.header(tone))
        least = HEADER_ROW_PT if drawer.sheet_plan.is_single_table else FORM_ROW_PT
        drawer.require_height(layout.header_row, text, span, TABLE_PT * BOLD_FACTOR, least)
    drawer.hide(layout.key_row)
    if drawer.sheet_plan.is_single_table and not drawer.plan.outgoing.for_print:
        header = CellBlock(layout.header_row, 0, layout.header_row, drawer.sheet_plan.layout.last_col + 1)
        add_guard(drawer.sheet, header, drawer.lang)


def _draw_upright_header(drawer: SheetDrawer, row: int, span: ColumnSpan, text: str, tone: HeaderTone) -> None:
    """Draw the header of a narrow column: Chinese characters one below the other, other text turned."""
    stacked = not text.isascii() and len(text) <= _MAX_STACKED
    drawer.put(row, span, text, drawer.formats.header(tone, turned=_STACKED if stacked else _TURNED))
    length = len(text) * _STACKED_CHARACTER_PT if stacked else text_width(text) * BOLD_FACTOR * _TURNED_UNIT_PT
    drawer.require_points(row, min(length + _HEADER_PADDING_PT, MAX_ROW_PT))


def _header_tone(field: FieldBase) -> HeaderTone:
    if field.computed or field.fill:
        return "computed"
    return "required" if field.required else "optional"


def _fill_computed(filler: SheetFiller, field: FieldBase, addresses: Addresses, shown: object) -> None:
    """Write the formula of a computed cell; it stays blank while its row is not in use."""
    assert field.expression is not None
    assert addresses.row is not None
    expression, outgoing = field.expression, filler.plan.outgoing

    def formula() -> str:
        value = value_formula(expression, addresses, outgoing.lang, outgoing.scope, field.list_name())
        return f'=IF({row_in_use(addresses.block, addresses)},{value},"")'

    col = filler.sheet_plan.layout.table(addresses.block.name).columns[field.name].first
    filler.write_formula(addresses.row - 1, col, formula, shown)


def _draw_rules(drawer: SheetDrawer, block: DataBlock, layout: TableLayout) -> None:
    """Add the validations and the colours of the columns."""
    addresses = Addresses(block, layout, layout.first_row + 1)
    outgoing, first, last = drawer.plan.outgoing, layout.first_row, layout.last_row
    if isinstance(block, TableBlock):
        add_due_colours(drawer, block, addresses, layout)
    for field in block.columns:
        span = layout.columns[field.name]
        if not field.computed and not field.fill:
            rule = field.entry_rule(outgoing.scope)
            source = drawer.dropdowns.source(block, field, rule, addresses)
            options = validation_options(field, rule, source, addresses.cell(field.name), outgoing)
            # Of merged cells only the first holds a value, and only its validation counts.
            add_validation(drawer.sheet, CellBlock(first, span.first, last, span.first), options)
        elif not outgoing.for_print:
            add_guard(drawer.sheet, CellBlock(first, span.first, last, span.first), outgoing.lang)
        conditions = finding_conditions(drawer, block, field, addresses, first)
        cells = CellBlock(first, span.first, last, span.last)
        add_field_colours(drawer, field, cells, addresses.cell(field.name), conditions)
