"""Fills a drawn sheet for one region after the other; only rows that change are serialised again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from xlsflow.fileformat.cells import a1, column_letters
from xlsflow.workbook.outgoing.cell_xml import NOTES_LINK, escape, formula_tail, replace_marks, value_tail
from xlsflow.workbook.outgoing.pieces import Piece
from xlsflow.workbook.outgoing.sheet_writer import SheetWriter

if TYPE_CHECKING:
    from xlsflow.layout.sheet_layout import ColumnSpan
    from xlsflow.template.kinds import FieldBase
    from xlsflow.workbook.outgoing.drawn_package import DrawnSheet
    from xlsflow.workbook.outgoing.plan import Plan
    from xlsflow.workbook.outgoing.sheet_drawer import SheetDrawer
    from xlsflow.workbook.self_check.completeness import SheetCounts

# The bands at the top differ from region to region; the rows below are often the same, and one piece of their own.
_BAND_ROWS = 3
# Cells kept ready for a column; when there are more, the cache starts again.
_MAX_CACHED_CELLS = 512
# A longer cell is unlikely to occur in another row.
_MAX_CACHED_LENGTH = 120


class CachedCell(NamedTuple):
    """A value of a column, ready for any of its cells.

    Attributes:
        tail: The XML of the cell after its address.
        value_type: The type of the value, since 1 == 1.0 == True.
        height: The height in points that its row needs; 0 if one line is enough.
    """

    tail: str
    value_type: type
    height: float


class ColumnFiller(NamedTuple):
    """How the values of a field get into the rows of a table.

    Attributes:
        name: The field's name.
        field: The field.
        col: The column.
        style: The style of its cells, as an XML attribute.
        width: The width of its cells in units.
        pt: The font size.
        fitting: How many characters certainly fit on one line.
        cache: Value -> its cell; short values occur in many rows of many regions.
    """

    name: str
    field: FieldBase
    col: int
    style: str
    width: float
    pt: float
    fitting: int
    cache: dict[object, CachedCell]


class TableFillers(NamedTuple):
    """How values get into the rows of a table.

    Attributes:
        prefilled: The columns of a prefilled row.
        blank: The columns of a blank one.
        computed: The computed fields, which have formulas instead.
    """

    prefilled: Sequence[ColumnFiller]
    blank: Sequence[ColumnFiller]
    computed: Sequence[FieldBase]


class RowState(NamedTuple):
    """What a row of a table holds.

    Attributes:
        prefilled: Whether the workbook goes out with it; a blank row has other formats.
        values: Field -> value, as data.
        height: The height in points that its texts need; 0 if one line is enough.
    """

    prefilled: bool
    values: Mapping[str, object]
    height: float

    def is_same(self, prefilled: bool, values: Mapping[str, object]) -> bool:  # noqa: FBT001 - the order of the fields
        """Return whether it is a row with those values, of those types: 1 == 1.0 == True."""
        return (
            self.prefilled is prefilled
            and self.values == values
            and [*map(type, self.values.values())] == [*map(type, values.values())]
        )


class SheetFiller(SheetWriter):
    """A drawn sheet that is filled for one region after the other.

    Attributes:
        number: Its number among the sheets, from 0.
        own_counts: What it counts of itself; None if it holds no data.
        names: Defined name -> the cells of this sheet that it refers to.
        prefilled_styles: Block -> the style of the id of a prefilled row.
        table_fillers: Block -> how values get into its rows.
        row_states: Row of a table -> what it holds from the region before.
        codes: Row -> what its code cells hold from the region before.
        page_breaks: Rows before which a page begins.
        last_printed_row: The last row of the print area.
        print_area: The formula, without its `=`, of a print area that grows with the rows; empty if it is fixed.
        is_over_pages: Whether it is printed on several pages though its template wants one.
        print_marks: Name of a placeholder in the page setup -> its value, as XML.
        notes: Row and column -> the note of a cell.
    """

    def __init__(self, drawer: SheetDrawer, drawn: DrawnSheet, styles: Mapping[str, str]) -> None:
        """Start with a sheet as it was drawn.

        Args:
            drawer: What drew it.
            drawn: Its XML.
            styles: Properties of a format -> its number among the styles of the workbook.
        """
        super().__init__(drawer.plan, drawer.sheet_plan, drawer.counts)
        self.number, self.names = drawer.number, drawer.names
        self.own_counts: SheetCounts | None = drawer.counts.get(drawer.sheet_plan.tab)
        numbers = {id(cell_format): styles[key] for key, cell_format in drawer.formats.for_cells.items()}
        self.prefilled_styles = {
            block: f' s="{numbers[id(cell_format)]}"' for block, cell_format in drawer.prefilled_formats.items()
        }
        self._free_rows = drawer.free_rows
        self._free_style = numbers[id(drawer.formats.free_row())] if drawer.free_rows else ""
        self.table_fillers: dict[str, TableFillers] = {}
        self.row_states: dict[int, RowState] = {}
        self.codes: dict[int, Sequence[str]] = {}
        self.page_breaks: Sequence[int] = ()
        self.print_area = ""
        self.last_printed_row, self.is_over_pages = drawer.sheet_plan.layout.last_row, False
        self.print_marks: Mapping[str, str] = {}
        self.notes: dict[tuple[int, int], str] = {}
        self._drawn, self._drawn_heights, self._growing_rows = drawn, drawer.heights, drawer.growing_rows
        self._cells = drawn.rows
        self._rows_xml = dict.fromkeys(sorted(drawn.rows.keys() | drawer.heights.keys()), "")
        self._changed = set(self._rows_xml)
        self._written_heights: dict[int, float] = {}
        self._styles: dict[tuple[int, int], str] = {}
        self._formulas: dict[tuple[int, int], str] = {}
        # Head with bands, rows, rules, page setup, rest; the rules, the largest, are the same for all regions.
        self._pieces = [Piece(text) for text in ("", "", drawn.rules, "", drawn.rest)]
        before, extensions, after = drawn.rest.partition("<extLst" if "<extLst" in drawn.rest else "</worksheet>")
        self._rests = self._pieces[-1], Piece(f"{before}{NOTES_LINK}{extensions}{after}")

    def start(self, plan: Plan, counts: Mapping[str, SheetCounts]) -> None:
        """Start with the next region: heights are those of the drawn sheet again."""
        self.plan, self.counts = plan, counts
        self.heights = dict(self._drawn_heights)
        self.notes = {}

    def write(self, row: int, col: int, value: object) -> None:
        """Write a value into a reserved cell.

        Raises:
            ValueError: A text is longer than a cell can hold.
        """
        self._put(row, col, self._value_tail(row, col, self.style(row, col), value))

    def write_formula(self, row: int, col: int, formula: str | Callable[[], str], result: object) -> None:
        """Write a formula into a reserved cell; on paper, only its result.

        Args:
            row: The row.
            col: The column.
            formula: The formula, or a function that returns it, if it is the same for every region.
            result: Its result for this region.
        """
        if self.plan.outgoing.for_print:
            self.write(row, col, result)
            return
        # To build the formulas of all rows takes longer than all the rest of filling, so they are built once a sheet.
        if isinstance(formula, str):
            text = escape(formula.removeprefix("="))
        elif (row, col) in self._formulas:
            text = self._formulas[row, col]
        else:
            text = self._formulas[row, col] = escape(formula().removeprefix("="))
        self._put(row, col, formula_tail(self.style(row, col), text, result))

    def style(self, row: int, col: int) -> str:
        """Return the style of a reserved cell, as an XML attribute."""
        style = self._styles.get((row, col))
        if style is None:  # it is still blank, as it was drawn
            style = self._styles[row, col] = self._cells[row][col].removesuffix("/>")
        return style

    def column(self, field: FieldBase, span: ColumnSpan, pt: float, style: str) -> ColumnFiller:
        """Return how the values of a field get into the rows of a table."""
        fitting, _ = self.one_line(span, pt)
        return ColumnFiller(field.name, field, span.first, style, self.width(span), pt, fitting, {})

    def write_row(self, row: int, columns: Sequence[ColumnFiller], values: Mapping[str, object]) -> float:
        """Write the values of a row of a table.

        Args:
            row: The row.
            columns: The columns of such a row.
            values: Field -> value, as data.

        Returns:
            The height in points that the row needs; 0 if one line is enough.
        """
        cells, height, changed = self._cells[row], 0.0, False
        for column in columns:
            value = values.get(column.name)
            cell = column.cache.get(value)
            if cell is None or cell.value_type is not value.__class__:
                cell = self._cached_cell(row, column, value)
            if cells[column.col] != cell.tail:
                cells[column.col] = cell.tail
                changed = True
            if cell.height > height:  # noqa: PLR1730 - a call of max() takes longer than all the rest
                height = cell.height
        if changed:
            self._changed.add(row)
        return height

    def write_shown(self, row: int, columns: Sequence[ColumnFiller], shown: Mapping[str, object]) -> float:
        """Write a row of a table from what its cells show; return the height in points that it needs."""
        for column in columns:
            self._put(row, column.col, self._value_tail(row, column.col, column.style, shown[column.name]))
        return max((self._height(column, shown[column.name]) for column in columns), default=0.0)

    def _cached_cell(self, row: int, column: ColumnFiller, value: object) -> CachedCell:
        shown = self.plan.shown(column.field, value)
        tail = self._value_tail(row, column.col, column.style, shown)
        cell = CachedCell(tail, value.__class__, self._height(column, shown))
        # Without a limit, the texts of all regions would pile up here.
        if len(tail) < _MAX_CACHED_LENGTH:
            if len(column.cache) >= _MAX_CACHED_CELLS:
                column.cache.clear()
            column.cache[value] = cell
        return cell

    def _value_tail(self, row: int, col: int, style: str, value: object) -> str:
        try:
            return value_tail(style, value)
        except ValueError as error:
            raise ValueError(f"{a1(row, col)}: {error}") from error

    def _height(self, column: ColumnFiller, shown: object) -> float:
        if isinstance(shown, str) and (len(shown) > column.fitting or "\n" in shown):
            return self.text_height(shown, column.width, column.pt)
        return 0.0

    def _put(self, row: int, col: int, tail: str) -> None:
        cells = self._cells[row]
        if cells[col] != tail:
            cells[col] = tail
            self._changed.add(row)

    def pieces(self) -> Sequence[Piece]:
        """Return the sheet's part in pieces; those that have not changed are the same objects as before."""
        # Only changed rows: in a blank workbook hardly a row differs from the region before.
        for row, height in self.heights.items():
            if self._written_heights.get(row) != height:
                self._written_heights[row] = height
                self._changed.add(row)
        for row in self._changed:
            self._rows_xml[row] = self._row_xml(row)
        if any(row < _BAND_ROWS for row in self._changed):
            bands = (xml for row, xml in self._rows_xml.items() if row < _BAND_ROWS)
            self._pieces[0] = Piece(f"{self._drawn.head}{''.join(bands)}")
        if any(row >= _BAND_ROWS for row in self._changed):
            self._pieces[1] = Piece("".join(xml for row, xml in self._rows_xml.items() if row >= _BAND_ROWS))
        self._changed.clear()
        page_setup = self._page_setup_xml()
        if self._pieces[3].data != page_setup.encode():
            self._pieces[3] = Piece(page_setup)
        self._pieces[4] = self._rests[bool(self.notes)]
        return (*self._pieces,)

    def _row_xml(self, row: int) -> str:
        number, height = row + 1, self.heights.get(row)
        attributes = f'r="{number}"'
        if height == 0:
            attributes += ' hidden="1"'
        elif height:
            pixels = int(height * 4 / 3 + 0.5)  # Excel rounds heights to pixels
            attributes += f' ht="{pixels * 0.75:g}"'
            if row not in self._growing_rows:
                # Without it, Excel and LibreOffice fit a row to its text as that is typed, and leave an empty row as
                # it is (measured on LibreOffice 7.4).
                attributes += ' customHeight="1"'
        if row in self._free_rows:
            attributes += f' s="{self._free_style}" customFormat="1"'
        cells = [f'<c r="{column_letters(col)}{number}"{tail}' for col, tail in self._cells.get(row, {}).items()]
        return f"<row {attributes}>{''.join(cells)}</row>"

    def _page_setup_xml(self) -> str:
        xml = replace_marks(self._drawn.page_setup, self.print_marks)
        # xlsxwriter leaves `fitToHeight` out for one page, and writes it before the orientation for any number.
        if self.is_over_pages:
            xml = xml.replace(" orientation=", ' fitToHeight="0" orientation=')
        if self.page_breaks:
            count = len(self.page_breaks)
            # 16383 is the last column: a break across the whole sheet.
            breaks = "".join(f'<brk id="{row}" max="16383" man="1"/>' for row in self.page_breaks)
            xml += f'<rowBreaks count="{count}" manualBreakCount="{count}">{breaks}</rowBreaks>'
        return xml

    def own_name(self, name: str) -> str:
        """Return what a defined name of this sheet (print area, print titles, filter) refers to, as XML."""
        refers_to = self._drawn.names[name]
        if name == "_xlnm.Print_Area" and self.print_area:
            return escape(self.print_area)
        if name == "_xlnm.Print_Area":
            return f"{refers_to.rpartition('$')[0]}${self.last_printed_row + 1}"
        return refers_to
