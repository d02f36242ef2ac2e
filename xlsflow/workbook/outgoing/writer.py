"""Writes one outgoing workbook: cover, sheets, lists, stamp; the same edition gives the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlsflow.workbook.batch.package_parts import (
    PartsWorkbook,
    Piece,
    cut,
    packed,
    write_parts,
)
from xlsflow.workbook.outgoing.baseline_sheet import write_base
from xlsflow.workbook.outgoing.dropdown_lists import Dropdowns
from xlsflow.workbook.outgoing.plan import (
    AS_OF,
    Edition,
    plan,
)
from xlsflow.workbook.outgoing.row_splitting import more_rows
from xlsflow.workbook.outgoing.sheet_writer import Hand
from xlsflow.workbook.outgoing.sheets import (
    draw_sheet,
    fill_sheet,
)
from xlsflow.workbook.outgoing.stamp import write_stamp
from xlsflow.workbook.outgoing.worksheet import GrowingWorksheet
from xlsflow.workbook.self_check.completeness import count_sheets
from xlsflow.workbook.style.form_formats import FormFormats

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from xlsflow.workbook.outgoing.baseline_sheet import BaseWorksheet
    from xlsflow.workbook.outgoing.plan import Plan

__all__ = ["Edition", "write_edition"]


def write_edition(path: Path, edition: Edition) -> None:
    """Write one region's workbook, or the project workbook.

    Args:
        path: Where it shall stand; what stood there is replaced.
        edition: What it is made of.

    Raises:
        OutputError: The file cannot be written there.
    """
    write_parts(path, parts_of(edition))


def build(edition: Edition) -> bytes:
    """Return the bytes of a workbook."""
    return packed(parts_of(edition))


def parts_of(edition: Edition) -> Mapping[str, Sequence[Piece]]:
    """Return the parts of a workbook in their order, in pieces."""
    return {name: [Piece(piece) for piece in cut(part)] for name, part in made(edition).book.parts.items()}


@dataclass(frozen=True)
class Made:
    """A workbook that was made.

    Attributes:
        book: The workbook, closed.
        hands: Its sheets that people see.
        base: Its sheet of the rows that it was issued with, where it has one.
        meta: Its sheet of the stamp.
        dropdowns: Its lists.
    """

    book: PartsWorkbook
    hands: tuple[Hand, ...]
    base: BaseWorksheet | None
    meta: GrowingWorksheet
    dropdowns: Dropdowns


def made(edition: Edition) -> Made:
    """Return a workbook, every sheet drawn and filled."""
    with PartsWorkbook() as book:
        planned = plan(edition)
        return _filled(book, plan(edition, more_rows(planned)) if edition.for_print else planned)


def _filled(book: PartsWorkbook, planned: Plan) -> Made:
    """Write every sheet, then what is not seen."""
    ink, dropdowns = FormFormats(book), Dropdowns(planned)
    counts = count_sheets(planned, dropdowns)
    names: dict[str, str] = {}
    hands: list[Hand] = []
    for here in planned.sheets:
        sheet = book.add_worksheet(here.tab, worksheet_class=GrowingWorksheet)
        assert isinstance(sheet, GrowingWorksheet)
        hands.append(Hand(sheet, planned, here, ink, dropdowns, counts, names))
        draw_sheet(hands[-1])
        fill_sheet(hands[-1])
    for tally in counts.values():
        names.update(tally.names())
    if AS_OF not in names:
        names[AS_OF] = _fixed_day(planned.edition)
    for name, refers_to in names.items():
        book.define_name(name, refers_to)
    dropdowns.write(book)
    base = write_base(book, planned.edition)
    return Made(book, tuple(hands), base, write_stamp(book, planned.edition), dropdowns)


def _fixed_day(edition: Edition) -> str:
    """Return the as-of day of a workbook without a cell for it."""
    day = edition.as_of
    return f"=DATE({day.year},{day.month},{day.day})" if day else "=TODAY()"
