"""Draws one sheet with xlsxwriter: all that regions of one layout share, and blank cells for what they do not."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import a1
from xlsflow.workbook.outgoing.sheet_writer import SheetWriter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from xlsflow.layout.sheet_layout import Span
    from xlsflow.workbook.outgoing.dropdown_lists import Dropdowns
    from xlsflow.workbook.outgoing.plan import Plan
    from xlsflow.workbook.self_check.completeness import Tally
    from xlsflow.workbook.style.form_formats import Ink


class SheetDrawer(SheetWriter):
    """One sheet while it is drawn.

    Attributes:
        sheet: The worksheet.
        number: Its number among the sheets, from 0.
        ink: The workbook's formats.
        dropdowns: The workbook's lists.
        names: Names of the workbook that refer to cells of this sheet, with what they refer to.
        issued_looks: Block -> the look of the cell that names a row which the workbook is issued with.
        growing: Rows that grow with what is typed into them.
        continued: Rows that continue the texts of the row above, where these are split for paper.
    """

    def __init__(
        self, sheet: Worksheet, number: int, plan: Plan, ink: Ink, dropdowns: Dropdowns, counts: Mapping[str, Tally]
    ) -> None:
        """Begin with an empty worksheet."""
        super().__init__(plan, plan.sheets[number], counts)
        self.sheet, self.number, self.ink, self.dropdowns = sheet, number, ink, dropdowns
        tally = counts.get(self.here.tab)
        self.names: dict[str, str] = dict(tally.names()) if tally else {}
        self.issued_looks: dict[str, Format] = {}
        self.growing: set[int] = set()
        self.continued: set[int] = set()

    def put(self, row: int, span: Span, value: object, look: Format) -> None:
        """Write a value that all regions share, merged where it spans several columns."""
        if not span.single:
            self.sheet.merge_range(row, span.first, row, span.last, "", look)
        write_value(self.sheet, row, span.first, value, look)

    def reserve(self, row: int, span: Span, look: Format) -> None:
        """Draw the blank cell of a value that is filled in for each region."""
        self.put(row, span, None, look)

    def hide(self, row: int) -> None:
        """Hide a row."""
        self.heights[row] = 0.0


def write_value(sheet: Worksheet, row: int, col: int, value: object, look: Format) -> None:
    """Write one value as what it is: a text that begins with `=` stays a text.

    Raises:
        ValueError: A text is longer than a cell can hold.
    """
    if value is None or value == "":
        done = sheet.write_blank(row, col, None, look)
    elif isinstance(value, bool):
        done = sheet.write_boolean(row, col, value, look)
    elif isinstance(value, int | float):
        done = sheet.write_number(row, col, value, look)
    elif isinstance(value, date):
        value = value if isinstance(value, datetime) else datetime.combine(value, time())
        done = sheet.write_datetime(row, col, value, look)
    else:
        done = sheet.write_string(row, col, str(value), look)
    if done != 0:
        raise ValueError(f"Excel takes no such value at {a1(row, col)}: {str(value)[:60]}")
