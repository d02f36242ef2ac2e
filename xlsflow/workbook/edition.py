"""Writes one outgoing workbook: cover, sheets, lists, stamp; the same edition gives the same bytes."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from xlsxwriter import Workbook

from xlsflow.atomic import write_whole
from xlsflow.workbook.base import write_base
from xlsflow.workbook.choicelists import Dropdowns
from xlsflow.workbook.completeness import tallies
from xlsflow.workbook.growing import GrowingWorksheet
from xlsflow.workbook.hand import Hand
from xlsflow.workbook.ink import Ink
from xlsflow.workbook.paged import more_rows
from xlsflow.workbook.plan import AS_OF, Edition, plan
from xlsflow.workbook.sheets import write_sheet
from xlsflow.workbook.stamp import write_stamp
from xlsflow.workbook.style import BODY_PT, FONT

if TYPE_CHECKING:
    from pathlib import Path

    from xlsflow.workbook.plan import Plan

__all__ = ["Edition", "write_edition"]


def write_edition(path: Path, edition: Edition) -> None:
    """Write one region's workbook, or the project workbook.

    Args:
        path: Where it shall stand; what stood there is replaced.
        edition: What it is made of.

    Raises:
        OutputError: The file cannot be written there.
    """
    content = build(edition)

    def write(beside: Path) -> None:
        beside.write_bytes(content)

    write_whole(path, write)


def build(edition: Edition) -> bytes:
    """Return the bytes of a workbook."""
    made = BytesIO()
    options = {"in_memory": True, "default_format_properties": {"font_name": FONT, "font_size": BODY_PT}}
    with Workbook(made, options) as book:
        planned = plan(edition)
        _fill(book, plan(edition, more_rows(planned)) if edition.for_print else planned)
    return made.getvalue()


def _fill(book: Workbook, planned: Plan) -> None:
    """Write every sheet, then what is not seen."""
    ink, dropdowns = Ink(book), Dropdowns(planned)
    counts = tallies(planned, dropdowns)
    names: dict[str, str] = {}
    for here in planned.sheets:
        sheet = book.add_worksheet(here.tab, worksheet_class=GrowingWorksheet)
        assert isinstance(sheet, GrowingWorksheet)
        write_sheet(Hand(sheet, planned, here, ink, dropdowns, counts, names))
    for tally in counts.values():
        names.update(tally.names())
    if AS_OF not in names:
        names[AS_OF] = _fixed_day(planned.edition)
    for name, refers_to in names.items():
        book.define_name(name, refers_to)
    dropdowns.write(book)
    write_base(book, planned.edition)
    write_stamp(book, planned.edition)


def _fixed_day(edition: Edition) -> str:
    """Return the as-of day of a workbook without a cell for it."""
    day = edition.as_of
    return f"=DATE({day.year},{day.month},{day.day})" if day else "=TODAY()"
