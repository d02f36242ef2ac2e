"""Draws one sheet with xlsxwriter: all that regions of a layout share, and a blank cell for each value of their own."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import a1
from xlsflow.workbook.outgoing.sheet_writer import SheetWriter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from xlsflow.layout.sheet_layout import ColumnSpan
    from xlsflow.workbook.outgoing.plan import Plan, SheetPlan
    from xlsflow.workbook.self_check.completeness import SheetCounts
    from xlsflow.workbook.self_check.dropdown_lists import Dropdowns
    from xlsflow.workbook.style.form_formats import FormFormats


class SheetDrawer(SheetWriter):
    """One sheet while it is drawn.

    Attributes:
        sheet: The worksheet.
        number: Its number among the sheets, from 0.
        formats: The workbook's formats.
        dropdowns: The workbook's lists.
        names: Defined name -> the cells of this sheet that it refers to.
        prefilled_formats: Block -> the format of the id of a prefilled row.
        free_rows: Rows of tables on a sheet that is protected; all their cells are free, so that they can be deleted.
        growing_rows: Rows that grow with what is typed into them.
        continued: Rows that continue the texts of the row above, which was split for paper.
    """

    def __init__(
        self,
        sheet: Worksheet,
        number: int,
        plan: Plan,
        formats: FormFormats,
        dropdowns: Dropdowns,
        counts: Mapping[str, SheetCounts],
    ) -> None:
        """Start with an empty worksheet."""
        super().__init__(plan, plan.sheets[number], counts)
        self.sheet, self.number, self.formats, self.dropdowns = sheet, number, formats, dropdowns
        tally = counts.get(self.sheet_plan.tab)
        self.names: dict[str, str] = dict(tally.names()) if tally else {}
        self.prefilled_formats: dict[str, Format] = {}
        self.growing_rows: set[int] = set()
        self.free_rows: set[int] = set()
        self.continued: set[int] = set()

    def put(self, row: int, span: ColumnSpan, value: object, cell_format: Format) -> None:
        """Write a value that all regions share, merged where it spans several columns."""
        if not span.single:
            self.sheet.merge_range(row, span.first, row, span.last, "", cell_format)
        write_value(self.sheet, row, span.first, value, cell_format)

    def reserve(self, row: int, span: ColumnSpan, cell_format: Format) -> None:
        """Draw the blank cell of a value that is filled in for each region."""
        # The blank cell carries the number of its format into the file, where the filler reads it.
        self.put(row, span, None, cell_format)

    def put_link(self, row: int, span: ColumnSpan, to: SheetPlan, text: str, cell_format: Format) -> None:
        """Write a link to a sheet."""
        if not span.single:
            self.sheet.merge_range(row, span.first, row, span.last, "", cell_format)
        # `internal:` links are kept in the sheet itself; others would need a part of relationships.
        self.sheet.write_url(row, span.first, to.link(), cell_format, text)

    def hide(self, row: int) -> None:
        """Hide a row."""
        # Heights are written by the filler, so xlsxwriter does not set any.
        self.heights[row] = 0.0


def write_value(sheet: Worksheet, row: int, col: int, value: object, cell_format: Format) -> None:
    """Write a value by its type; a text that begins with `=` stays a text.

    Raises:
        ValueError: A text is longer than a cell can hold.
    """
    if value is None or value == "":
        done = sheet.write_blank(row, col, None, cell_format)
    elif isinstance(value, bool):
        done = sheet.write_boolean(row, col, value, cell_format)
    elif isinstance(value, int | float):
        done = sheet.write_number(row, col, value, cell_format)
    elif isinstance(value, date):
        value = value if isinstance(value, datetime) else datetime.combine(value, time())
        done = sheet.write_datetime(row, col, value, cell_format)
    else:
        done = sheet.write_string(row, col, str(value), cell_format)
    if done != 0:
        raise ValueError(f"Excel accepts no such value at {a1(row, col)}: {str(value)[:60]}")
