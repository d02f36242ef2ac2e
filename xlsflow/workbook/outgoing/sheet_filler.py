"""Fills one drawn sheet for one region after the other; only rows that change are written again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field as dataclass_field
from typing import TYPE_CHECKING, NamedTuple

from xlsflow.fileformat.cells import a1, letters
from xlsflow.workbook.outgoing.cell_xml import escape, formula_tail, replace_marks, value_tail
from xlsflow.workbook.outgoing.pieces import Piece
from xlsflow.workbook.outgoing.sheet_writer import SheetWriter

if TYPE_CHECKING:
    from xlsflow.layout.sheet_layout import Span
    from xlsflow.template.kinds import FieldBase
    from xlsflow.workbook.outgoing.drawn_package import DrawnSheet, FormatNumbers
    from xlsflow.workbook.outgoing.plan import Plan
    from xlsflow.workbook.outgoing.sheet_drawer import SheetDrawer
    from xlsflow.workbook.self_check.completeness import Tally

_BAND_ROWS = 3
"""The bands on top of a sheet differ from region to region, the rows below often do not."""
_MOST_KNOWN = 512
"""So many values of a column are kept ready; when there are more, it begins again."""
_LONG_TAIL = 120
"""A longer text is unlikely to occur in another row."""


class KnownCell(NamedTuple):
    """A value of a column, ready for its cell.

    Attributes:
        tail: The cell's XML behind its address.
        kind: The class of the value, since 1 == 1.0 == True.
        height: The height in points that a row needs for it; 0 where one line is enough.
    """

    tail: str
    kind: type
    height: float


@dataclass(frozen=True, slots=True)
class ColumnFiller:
    """How the values of a field get into the rows of a table.

    Attributes:
        field: The field.
        col: The column.
        style: The style of its cells as an attribute.
        width: The width of its columns in units.
        fitting: How many characters fit on one line for certain.
        pt: Size of the font.
        known: Value -> its cell, of short ones: they occur in many rows of many regions.
    """

    field: FieldBase
    col: int
    style: str
    width: float
    fitting: int
    pt: float
    known: dict[object, KnownCell] = dataclass_field(default_factory=dict)


class TableFillers(NamedTuple):
    """How values get into the rows of a table.

    Attributes:
        issued: Into a row that the workbook is issued with.
        blank: Into a blank one.
        computed: The fields that are worked out instead.
    """

    issued: Sequence[ColumnFiller]
    blank: Sequence[ColumnFiller]
    computed: Sequence[FieldBase]


class RowState(NamedTuple):
    """What a row of a table holds.

    Attributes:
        issued: Whether the workbook is issued with it; a blank one looks different.
        values: Field -> value, as data.
        height: The height in points that its texts need; 0 where one line is enough.
    """

    issued: bool
    values: Mapping[str, object]
    height: float

    def is_same(self, issued: bool, values: Mapping[str, object]) -> bool:  # noqa: FBT001 - in the order of the fields
        """Return whether it is a row with those values; with their classes, since 1 == 1.0 == True."""
        return (
            self.issued is issued
            and self.values == values
            and [*map(type, self.values.values())] == [*map(type, values.values())]
        )


class SheetFiller(SheetWriter):
    """A drawn sheet that is filled for one region after the other.

    Attributes:
        number: Its number among the sheets, from 0.
        tally: What it counts of itself; None where it holds no data.
        names: Names of the workbook that refer to its cells.
        issued_styles: Block -> the style of the cell that names a row which the workbook is issued with.
        table_fillers: Block -> how values get into its rows.
        row_states: Row of a table -> what it holds from the region before.
        codes: Row -> what its judging cells hold from the region before.
        page_breaks: Rows before which a page begins.
        last_printed: The last row on paper.
        print_marks: Name of a placeholder in the print set-up -> its value, as XML.
        is_long: Whether it is printed over several pages though it is meant for one.
    """

    def __init__(self, drawer: SheetDrawer, drawn: DrawnSheet, numbers: FormatNumbers) -> None:
        """Begin with a sheet as it was drawn."""
        super().__init__(drawer.plan, drawer.here, drawer.counts)
        self.number = drawer.number
        self.tally: Tally | None = drawer.counts.get(drawer.here.tab)
        self.names: Mapping[str, str] = drawer.names
        self.table_fillers: dict[str, TableFillers] = {}
        self.row_states: dict[int, RowState] = {}
        self.codes: dict[int, Sequence[str]] = {}
        self.page_breaks: Sequence[int] = ()
        self.print_marks: Mapping[str, str] = {}
        self.last_printed, self.is_long = drawer.here.layout.last_row, False
        self._drawn, self._drawn_heights, self._growing = drawn, drawer.heights, drawer.growing
        self.issued_styles = {
            block: f' s="{numbers.styles[drawer.ink.key_of(look)]}"' for block, look in drawer.issued_looks.items()
        }
        self._rows = drawn.rows
        self._texts = dict.fromkeys(sorted(drawn.rows.keys() | drawer.heights.keys()), "")
        self._changed = set(self._texts)
        self._written_heights: dict[int, float] = {}
        self._styles: dict[tuple[int, int], str] = {}
        self._formulas: dict[tuple[int, int], str] = {}
        self._pieces: list[Piece] = []

    def begin(self, plan: Plan, counts: Mapping[str, Tally]) -> None:
        """Begin with the next region: heights are those of the drawn sheet again."""
        self.plan, self.counts = plan, counts
        self.heights = dict(self._drawn_heights)

    def give(self, row: int, col: int, value: object) -> None:
        """Write a value into a cell that was reserved for it.

        Raises:
            ValueError: A text is longer than a cell can hold.
        """
        self._put(row, col, self._tail(row, col, self.style(row, col), value))

    def _tail(self, row: int, col: int, style: str, value: object) -> str:
        try:
            return value_tail(style, value)
        except ValueError as error:
            raise ValueError(f"{a1(row, col)}: {error}") from error

    def formula(self, row: int, col: int, formula: str | Callable[[], str], result: object) -> None:
        """Write a formula into a cell that was reserved for it; on paper, its result alone.

        Args:
            row: The row.
            col: The column.
            formula: The formula; a function that makes it where it is the same for every region.
            result: What it gives for this region.
        """
        if self.plan.edition.for_print:
            self.give(row, col, result)
            return
        if isinstance(formula, str):
            text = escape(formula.removeprefix("="))
        elif (row, col) in self._formulas:
            text = self._formulas[row, col]
        else:
            text = self._formulas[row, col] = escape(formula().removeprefix("="))
        self._put(row, col, formula_tail(self.style(row, col), text, result))

    def style(self, row: int, col: int) -> str:
        """Return the style that a reserved cell was drawn with, as an attribute."""
        style = self._styles.get((row, col))
        if style is None:
            style = self._styles[row, col] = self._rows[row][col].removesuffix("/>")
        return style

    def column(self, one: FieldBase, span: Span, pt: float, style: str) -> ColumnFiller:
        """Return how the values of a field get into the rows of a table."""
        return ColumnFiller(one, span.first, style, self.width(span), self.fits(span, pt)[0], pt)

    def fill_row(self, row: int, columns: Sequence[ColumnFiller], values: Mapping[str, object]) -> float:
        """Write the values of one row of a table.

        Args:
            row: The row.
            columns: How they get into the cells.
            values: Field -> value, as data.

        Returns:
            The height in points that the row needs for its texts; 0 where one line is enough.
        """
        cells, height, changed = self._rows[row], 0.0, False
        for column in columns:
            value = values.get(column.field.name)
            cell = column.known.get(value)
            if cell is None or cell.kind is not value.__class__:
                cell = self._cell(row, column, value)
            if cells[column.col] != cell.tail:
                cells[column.col] = cell.tail
                changed = True
            if cell.height > height:  # noqa: PLR1730 - a call of max() takes longer than all the rest
                height = cell.height
        if changed:
            self._changed.add(row)
        return height

    def fill_shown(self, row: int, columns: Sequence[ColumnFiller], shown: Mapping[str, object]) -> float:
        """Write the cells of one row of a table from what they show; return the height that it needs."""
        for column in columns:
            self._put(row, column.col, self._tail(row, column.col, column.style, shown[column.field.name]))
        return max((self._height(column, shown[column.field.name]) for column in columns), default=0.0)

    def _cell(self, row: int, column: ColumnFiller, value: object) -> KnownCell:
        shown = self.plan.shown(column.field, value)
        tail = self._tail(row, column.col, column.style, shown)
        cell = KnownCell(tail, value.__class__, self._height(column, shown))
        if len(tail) < _LONG_TAIL:
            if len(column.known) >= _MOST_KNOWN:
                column.known.clear()
            column.known[value] = cell
        return cell

    def _height(self, column: ColumnFiller, shown: object) -> float:
        if isinstance(shown, str) and (len(shown) > column.fitting or "\n" in shown):
            return self.text_height(shown, column.width, column.pt)
        return 0.0

    def _put(self, row: int, col: int, tail: str) -> None:
        cells = self._rows[row]
        if cells[col] != tail:
            cells[col] = tail
            self._changed.add(row)

    def pieces(self) -> Sequence[Piece]:
        """Return the sheet's part in pieces, those that have not changed as they were before."""
        for row, height in self.heights.items():
            if self._written_heights.get(row) != height:
                self._written_heights[row] = height
                self._changed.add(row)
        for row in self._changed:
            self._texts[row] = self._row_xml(row)
        drawn = self._drawn
        if not self._pieces:
            self._pieces = [Piece(text) for text in ("", "", drawn.rules, "", drawn.rest)]
        if any(row < _BAND_ROWS for row in self._changed):
            bands = (text for row, text in self._texts.items() if row < _BAND_ROWS)
            self._pieces[0] = Piece(f"{drawn.head}{''.join(bands)}")
        if any(row >= _BAND_ROWS for row in self._changed):
            self._pieces[1] = Piece("".join(text for row, text in self._texts.items() if row >= _BAND_ROWS))
        self._changed.clear()
        printed = self._print_xml()
        if self._pieces[3].data != printed.encode():
            self._pieces[3] = Piece(printed)
        return (*self._pieces,)

    def _row_xml(self, row: int) -> str:
        number, height = row + 1, self.heights.get(row)
        begin = f'<row r="{number}"'
        if height == 0:
            begin += ' hidden="1"'
        elif height:
            pixels = int(height * 4 / 3 + 0.5)  # Excel rounds to them, and so does xlsxwriter
            begin += f' ht="{pixels * 0.75:g}"'
            # Without this, Excel and LibreOffice fit the row to its text as it is typed, and leave an empty row as it
            # is (measured on LibreOffice 7.4).
            begin += "" if row in self._growing else ' customHeight="1"'
        cells = [f'<c r="{letters(col)}{number}"{tail}' for col, tail in self._rows.get(row, {}).items()]
        return f"{begin}>{''.join(cells)}</row>" if cells else f"{begin}/>"

    def _print_xml(self) -> str:
        printed = replace_marks(self._drawn.print_setup, self.print_marks)
        if self.is_long:
            printed = printed.replace(" orientation=", ' fitToHeight="0" orientation=')
        if self.page_breaks:
            count = len(self.page_breaks)
            breaks = "".join(f'<brk id="{row}" max="16383" man="1"/>' for row in self.page_breaks)
            printed += f'<rowBreaks count="{count}" manualBreakCount="{count}">{breaks}</rowBreaks>'
        return printed

    def local_name(self, name: str) -> str:
        """Return, as XML, what a name of this sheet refers to."""
        text = self._drawn.names[name]
        if name == "_xlnm.Print_Area":
            return f"{text.rpartition('$')[0]}${self.last_printed + 1}"
        return text
