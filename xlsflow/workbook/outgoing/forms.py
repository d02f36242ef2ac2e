"""Writes a form: labels with a cell beside each, and checkboxes for paper if the template has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import column_letters
from xlsflow.workbook.outgoing.plan import AS_OF, is_used
from xlsflow.workbook.outgoing.sheet_writer import BOLD_FACTOR, balanced_label
from xlsflow.workbook.self_check.conditional_formats import add_field_colours
from xlsflow.workbook.self_check.data_validations import (
    CellBlock,
    add_validation,
    validation_options,
)
from xlsflow.workbook.self_check.formula import Addresses, value_formula
from xlsflow.workbook.self_check.row_marks import draw_row_marks, fill_row_marks, finding_conditions
from xlsflow.workbook.style import texts
from xlsflow.workbook.style.theme import AUTO, BODY_PT, FORM_ROW_PT

if TYPE_CHECKING:
    from xlsflow.layout.sheet_layout import FormCell, FormLayout
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import DataBlock
    from xlsflow.workbook.outgoing.sheet_drawer import SheetDrawer
    from xlsflow.workbook.outgoing.sheet_filler import SheetFiller

# Facts that are shown in the colour of an alarm.
_ALARM_FACTS = frozenset({"round.due"})


def draw_form(drawer: SheetDrawer, block: DataBlock, layout: FormLayout) -> None:
    """Draw a form: labels, blank cells with their rules, the names that fields define."""
    addresses = Addresses(block, layout)
    for field in block.columns:
        cell = layout.cell(field.name)
        mark = drawer.say(texts.REQUIRED_MARK) if field.required and not field.computed else ""
        label = balanced_label(drawer.say(field.label), mark, drawer.width(cell.label), BODY_PT)
        drawer.put(cell.row, cell.label, label, drawer.formats.label())
        locked, alarm = field.computed or bool(field.fill), field.fill in _ALARM_FACTS
        drawer.reserve(cell.row, cell.value, drawer.formats.cell(field, form=True, locked=locked, alarm=alarm))
        if cell.boxes is not None:
            drawer.reserve(cell.row, cell.boxes, drawer.formats.text(bg_color=AUTO))
        drawer.require_height(cell.row, label, cell.label, BODY_PT * BOLD_FACTOR, least=FORM_ROW_PT)
        drawer.require_height(cell.row, "\n" * (field.lines - 1), cell.value, BODY_PT, least=FORM_ROW_PT)
        _draw_rules(drawer, addresses, field, cell)
        if field.defines:
            address = drawer.sheet_plan.at(addresses.cell(field.name))
            # A blank as-of day means the current day when the workbook is opened.
            refers_to = f'=IF({address}="",TODAY(),{address})' if field.defines == AS_OF else f"={address}"
            drawer.names[field.defines] = refers_to
    draw_row_marks(drawer, block, layout)
    # LibreOffice lets a row grow with a text that is merged across columns (measured on 7.4), Excel does not; an empty
    # cell in a large font keeps the row at its least height in both.
    col = drawer.sheet_plan.layout.last_col + 1
    for row in {cell.row for cell in layout.cells}:
        drawer.growing_rows.add(row)
        drawer.sheet.write_blank(row, col, None, drawer.formats.strut(drawer.heights[row], form=True))


def fill_form(filler: SheetFiller, block: DataBlock, layout: FormLayout) -> None:
    """Write the values of a form, and the formulas of its computed fields."""
    values = filler.plan.records(filler.sheet_plan, block)[0]
    addresses, outgoing = Addresses(block, layout), filler.plan.outgoing
    # A computed field stays blank while the form is.
    content = [addresses.cell(field.name) for field in block.columns if field.counts_as_content]
    in_use = f"COUNTA({','.join(content)})>0" if content else "FALSE"
    for field in block.columns:
        cell = layout.cell(field.name)
        shown = filler.plan.shown(field, values.get(field.name))
        if field.expression is not None:
            value = value_formula(field.expression, addresses, outgoing.lang, outgoing.scope, field.list_name())
            result = shown if is_used(block, values) else ""
            filler.write_formula(cell.row, cell.value.first, f'=IF({in_use},{value},"")', result)
        else:
            filler.write(cell.row, cell.value.first, shown)
        text = shown if isinstance(shown, str) else ""
        filler.require_height(cell.row, text, cell.value, BODY_PT, least=FORM_ROW_PT)
        if cell.boxes is not None:
            _fill_checkboxes(filler, field, cell, shown)
    for notes in filler.plan.notes(filler.sheet_plan, block):
        for name, text in notes.items():
            cell = layout.cell(name)
            filler.notes[cell.row, cell.value.first] = text
    fill_row_marks(filler, block)


def _draw_rules(drawer: SheetDrawer, addresses: Addresses, field: FieldBase, cell: FormCell) -> None:
    """Add the validation and the colours of one cell."""
    outgoing, block, row = drawer.plan.outgoing, addresses.block, cell.row
    if not field.computed and not field.fill:
        rule = field.entry_rule(outgoing.scope)
        source = drawer.dropdowns.source(block, field, rule, addresses)
        options = validation_options(field, rule, source, addresses.cell(field.name), outgoing)
        add_validation(drawer.sheet, CellBlock(row, cell.value.first, row, cell.value.first), options)
    cells = CellBlock(row, cell.value.first, row, cell.value.last)
    conditions = finding_conditions(drawer, block, field, addresses, addresses.layout.first_row)
    add_field_colours(drawer, field, cells, addresses.cell(field.name), conditions)


def _fill_checkboxes(filler: SheetFiller, field: FieldBase, cell: FormCell, shown: object) -> None:
    """Write the checkboxes beside a choice, the chosen one ticked."""
    assert cell.boxes is not None
    # The boxes are characters in a formula, so they follow what is chosen.
    labels = field.checkbox_labels(filler.lang, filler.plan.outgoing.scope)
    address = f"${column_letters(cell.value.first)}${cell.row + 1}"
    quoted = [label.replace('"', '""') for label in labels]
    parts = [f'IF({address}="{label}","■","□")&"{_unbroken(label)}"' for label in quoted]
    text = "  ".join(("■" if label == shown else "□") + _unbroken(label) for label in labels)
    filler.write_formula(cell.row, cell.boxes.first, "=" + '&"  "&'.join(parts), text)
    filler.require_height(cell.row, text, cell.boxes, BODY_PT, least=FORM_ROW_PT)


def _unbroken(label: str) -> str:
    """Return a label that stays on one line with its checkbox."""
    return label.replace(" ", "\u00a0")
