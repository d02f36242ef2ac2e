"""Writes a form: labels with a cell beside each, boxes to tick on paper where the definition asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import column_letters
from xlsflow.template.kinds import FieldBase
from xlsflow.workbook.outgoing.plan import (
    AS_OF,
    is_used,
)
from xlsflow.workbook.outgoing.sheet_writer import (
    BOLD,
    balanced,
)
from xlsflow.workbook.self_check.conditional_formats import add_field_colours
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
from xlsflow.workbook.style.theme import (
    AUTO,
    BODY_PT,
    FORM_ROW_PT,
)

if TYPE_CHECKING:
    from xlsflow.layout.sheet_layout import (
        FormCell,
        FormLayout,
    )
    from xlsflow.template.model import DataBlock
    from xlsflow.workbook.outgoing.sheet_writer import Hand

ALARMING = frozenset({"round.due"})
"""Facts that are shown in the colour of alarm."""


def draw_form(hand: Hand, block: DataBlock, place: FormLayout) -> None:
    """Write what a form is, whatever stands in its cells."""
    at = Addresses(block, place)
    for one in block.columns:
        cell = place.cell(one.name)
        asked = hand.say(texts.REQUIRED_MARK) if one.required and not one.computed else ""
        text = balanced(hand.say(one.label), asked, hand.width(cell.label), BODY_PT)
        hand.put(cell.row, cell.label, text, hand.ink.label())
        hand.needs(cell.row, text, cell.label, BODY_PT * BOLD, least=FORM_ROW_PT)
        hand.needs(cell.row, "\n" * (one.lines - 1), cell.value, BODY_PT, least=FORM_ROW_PT)
        _rules(hand, block, at, one, cell)
    _names(hand, block, place)
    prepare_row_marks(hand, block, place)


def fill_form(hand: Hand, block: DataBlock, place: FormLayout) -> None:
    """Write what stands in the cells of a form, and what is worked out from it."""
    values = hand.plan.records(hand.here, block)[0]
    at = Addresses(block, place)
    making = [at.cell(one.name) for one in block.columns if one.counts_as_content]
    begun = f"COUNTA({','.join(making)})>0" if making else "FALSE"
    for one in block.columns:
        cell = place.cell(one.name)
        shown = hand.plan.shown(one, values.get(one.name))
        look = hand.ink.cell(one, form=True, locked=one.computed or bool(one.fill), alarm=one.fill in ALARMING)
        if one.expression is not None:
            edition = hand.plan.edition
            value = value_formula(one.expression, at, edition.lang, edition.scope, one.list_name())
            result = shown if is_used(block, values) else ""
            hand.formula(cell.row, cell.value, f'=IF({begun},{value},"")', look, result)
        else:
            hand.give(cell.row, cell.value, shown, look)
        hand.needs(cell.row, shown if isinstance(shown, str) else "", cell.value, BODY_PT, least=FORM_ROW_PT)
        if cell.boxes is not None:
            _boxes(hand, one, cell, shown)
    write_row_marks(hand, block)


def _rules(hand: Hand, block: DataBlock, at: Addresses, one: FieldBase, cell: FormCell) -> None:
    """Lay the validation and the live colours over one cell."""
    edition = hand.plan.edition
    if not one.computed and not one.fill:
        rule = one.entry_rule(edition.scope)
        source = hand.dropdowns.source(block, one, rule, at)
        only = CellBlock(cell.row, cell.value.first, cell.row, cell.value.first)
        add_validation(hand.sheet, only, validation_options(one, rule, source, edition.lang, edition.scope))
    cells = CellBlock(cell.row, cell.value.first, cell.row, cell.value.last)
    add_field_colours(hand, one, cells, at.cell(one.name), fault_formulas(hand, block, one, at, at.layout.first_row))


def _boxes(hand: Hand, one: FieldBase, cell: FormCell, shown: object) -> None:
    """Write the boxes beside a choice: the one that is chosen is ticked, all are empty on a blank sheet."""
    assert cell.boxes is not None
    labels = one.checkbox_labels(hand.lang, hand.plan.edition.scope)
    address = f"${column_letters(cell.value.first)}${cell.row + 1}"
    quoted = [label.replace('"', '""') for label in labels]
    parts = [f'IF({address}="{label}","■","□")&"{_unbroken(label)}"' for label in quoted]
    text = "  ".join(("■" if label == shown else "□") + _unbroken(label) for label in labels)
    look = hand.ink.text(bg_color=AUTO)
    hand.formula(cell.row, cell.boxes, "=" + '&"  "&'.join(parts), look, text)
    hand.needs(cell.row, text, cell.boxes, BODY_PT, least=FORM_ROW_PT)


def _unbroken(label: str) -> str:
    """Return a label that stands on one line with its box."""
    return label.replace(" ", "\u00a0")


def _names(hand: Hand, block: DataBlock, place: FormLayout) -> None:
    """Give the names that fields define: they refer to the cell; the as-of day is today while its cell is blank."""
    for one in block.columns:
        if one.defines:
            cell = hand.here.at(Addresses(block, place).cell(one.name))
            hand.names[one.defines] = f'=IF({cell}="",TODAY(),{cell})' if one.defines == AS_OF else f"={cell}"
