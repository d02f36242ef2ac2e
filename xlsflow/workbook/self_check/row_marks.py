"""Writes what a row says of its own faults: the judging cells that nobody sees, and the mark beside the row."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from xlsflow.layout.sheet_layout import (
    MARK_HEAD,
    OWN,
    Span,
)
from xlsflow.workbook.self_check.conditional_formats import colour_signs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsflow.layout.sheet_layout import (
        FormLayout,
        TableLayout,
    )
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import DataBlock
    from xlsflow.workbook.outgoing.sheet_drawer import SheetDrawer
    from xlsflow.workbook.outgoing.sheet_filler import SheetFiller
    from xlsflow.workbook.outgoing.sheet_writer import SheetWriter
    from xlsflow.workbook.self_check.formula import Addresses
    from xlsflow.workbook.self_check.row_checks import Judged

MARK_WIDTH = 10.0
"""Wide enough for a sign and a word; the sentence runs on over the blank columns behind."""


def judging(hand: SheetWriter, block: DataBlock) -> Judged | None:
    """Return what a block of this sheet asks of its rows; None where it asks nothing, and on paper."""
    if hand.plan.edition.for_print:
        return None
    return hand.counts[hand.here.tab].judged.get(block.name)


def faults_of(hand: SheetWriter, block: DataBlock, one: FieldBase, at: Addresses, row: int) -> list[str]:
    """Return the formulas that say, from a 0-based row, whether the cell of a field is at fault; none on paper."""
    asked = judging(hand, block)
    found = []
    for number, spot in enumerate(asked.spots if asked else ()):
        if asked and one.name in spot.fields:
            test = asked.at_fault(number, row)
            labels = [one.write(code, hand.lang, hand.plan.edition.scope) for code in spot.codes]
            held = ",".join(f'{at.cell(one.name)}="{_doubled(str(label))}"' for label in labels)
            found.append(f"AND({test},OR({held}))" if labels else test)
    return found


def draw_marks(hand: SheetDrawer, block: DataBlock, place: TableLayout | FormLayout) -> None:
    """Make ready the columns of the judging cells, and of the marks of a table that has its sheet to itself."""
    asked = judging(hand, block)
    if asked is None:
        return
    above = [row for row in (getattr(place, "key_row", None), getattr(place, "header_row", None)) if row is not None]
    for col in range(asked.first_col, asked.first_col + len(asked.columns)):
        hand.sheet.set_column(col, col, None, None, {"hidden": True})
        for row in above:
            hand.sheet.write_string(row, col, OWN, hand.ink.key())
        for row in range(asked.rows[0], asked.rows[1] + 1):
            hand.reserve(row, Span(col, col), hand.ink.judging[0])
    if hand.here.lone:
        _draw_column(hand, asked, place)


def fill_marks(hand: SheetFiller, block: DataBlock) -> None:
    """Write the judging cells of a block, and beside the rows of a table that has its sheet to itself their marks."""
    asked = judging(hand, block)
    if asked is None:
        return
    blank = ("",) * len(asked.columns)
    for number, row in enumerate(range(asked.rows[0], asked.rows[1] + 1)):
        code = asked.codes[number] if number < len(asked.codes) else blank
        if hand.codes.get(row) != code:
            _fill_row(hand, asked, row, code)


def _fill_row(hand: SheetFiller, asked: Judged, row: int, code: Sequence[str]) -> None:
    """Write the judging cells of a row and its mark."""
    for place, result in enumerate(code):
        hand.formula(row, asked.first_col + place, partial(_formula, asked, row, place), result)
    if hand.here.lone:
        hand.formula(row, hand.here.layout.last_col + 1, partial(asked.mark, row), asked.marked(code))
    hand.codes[row] = code


def _formula(asked: Judged, row: int, place: int) -> str:
    return asked.formulas(row)[place]


def _draw_column(hand: SheetDrawer, asked: Judged, place: TableLayout | FormLayout) -> None:
    """Make ready the column of marks, which say in words what is to be mended first in a row."""
    col = hand.here.layout.last_col + 1
    hand.sheet.set_column(col, col, MARK_WIDTH)
    hand.sheet.write_string(place.key_row, col, OWN, hand.ink.key())  # type: ignore[union-attr]  # a lone table
    hand.put(place.header_row, Span(col, col), hand.say(MARK_HEAD), hand.ink.header("computed"))  # type: ignore[union-attr]
    for row in range(asked.rows[0], asked.rows[1] + 1):
        hand.reserve(row, Span(col, col), hand.ink.judging[1])
    colour_signs(hand, (asked.rows[0], col, asked.rows[1], col))


def _doubled(text: str) -> str:
    return text.replace('"', '""')
