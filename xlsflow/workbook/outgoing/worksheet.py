"""A worksheet whose rows to fill grow with what is typed into them, and that can be written anew row by row."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import lru_cache
from io import StringIO
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from xlsxwriter.worksheet import (
    CellBlankTuple,
    CellBooleanTuple,
    CellDatetimeTuple,
    CellFormulaTuple,
    CellNumberTuple,
    CellStringTuple,
    Worksheet,
)

from xlsflow.fileformat.cells import (
    a1,
    column_letters,
)
from xlsflow.fileformat.excel_limits import MAX_CELL_TEXT
from xlsflow.workbook.consolidated.row_xml import text_xml
from xlsflow.workbook.style.formats import xf_index

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xlsxwriter.format import Format

FIXED = ("customHeight", 1)
"""What xlsxwriter writes with every height; a row that bears it keeps its height whatever is typed."""
MOST_READY = 512
"""So many values are kept ready for a column, or for all single cells of a sheet; when there are more, it begins anew.
"""
_SPAN_ROWS = 16
"""xlsxwriter tells the columns in use of so many rows at once."""
_OK: Literal[0] = 0
_OUTSIDE: Literal[-1] = -1
_TOO_LONG: Literal[-2] = -2


class Own(NamedTuple):
    """A text that stands in its cell, not in the table of texts that all sheets share."""

    text: str
    format: Format | None


class Ready(NamedTuple):
    """A value as the file holds it behind the address of its cell: many cells of many editions hold the same one.

    Attributes:
        tail: What stands behind the address.
        format: How it looks.
        kind: The class of the value, since 1 == 1.0 == True.
        height: How high a row must be for it in points; 0 where that of a line will do.
    """

    tail: str
    format: Format | None
    kind: type
    height: float


def _own(begin: str, cell: Own) -> str:
    return f'{begin} t="inlineStr"><is>{kept_xml(cell.text)}</is></c>'


def _blank(begin: str, _: Any) -> str:  # noqa: ANN401 - xlsxwriter's tuples have no types
    return f"{begin}/>"


def _shared(begin: str, cell: Any) -> str:  # noqa: ANN401
    return f'{begin} t="s"><v>{cell.string}</v></c>'


def _number(begin: str, cell: Any) -> str:  # noqa: ANN401
    return f"{begin}><v>{cell.number + 0:.16G}</v></c>"  # without the sign of -0.0, which equals 0.0


def _boolean(begin: str, cell: Any) -> str:  # noqa: ANN401
    return f'{begin} t="b"><v>{cell.boolean:d}</v></c>'


def _formula(begin: str, cell: Any) -> str:  # noqa: ANN401
    value = cell.value
    if value.__class__ is str:
        kind = ' t="str"' if value else ""
        return f"{begin}{kind}><f>{_escaped(cell.formula)}</f><v>{_escaped(value)}</v></c>"
    if value.__class__ is bool:
        return f'{begin} t="b"><f>{_escaped(cell.formula)}</f><v>{value:d}</v></c>'
    return f"{begin}><f>{_escaped(cell.formula)}</f><v>{value + 0}</v></c>"


def _is_too_long(text: str) -> bool:
    return len(text) > MAX_CELL_TEXT // 2 and len(text.encode("utf-16-le", "surrogatepass")) // 2 > MAX_CELL_TEXT


kept_xml = lru_cache(maxsize=4096)(text_xml)
"""Names and labels stand in many cells."""


def _escaped(text: str) -> str:
    """Return the text of a formula as XML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_CELLS: Mapping[type, Callable[[str, Any], str]] = {
    Own: _own,
    CellBlankTuple: _blank,
    CellStringTuple: _shared,
    CellNumberTuple: _number,
    CellDatetimeTuple: _number,
    CellBooleanTuple: _boolean,
    CellFormulaTuple: _formula,
}
"""Sort of a cell -> what it is in the file, begun with its address and its look."""


class GrowingWorksheet(Worksheet):
    """A worksheet that can leave the height of single rows open: they begin as high as was set and grow when filled.

    xlsxwriter marks every height as set by hand. Without that mark Excel and LibreOffice fit the row to its text as it
    is typed, and leave an empty row as it is (measured on LibreOffice 7.4).
    """

    def __init__(self) -> None:
        """Begin with no such row."""
        super().__init__()
        self._open: set[str] = set()
        self._styles: dict[Format | None, str] = {}
        self._ready: dict[tuple[type, object, Format], Ready] = {}
        self._written: dict[int, dict[int, tuple[object, str]]] = {}
        self._starts: dict[object, str] = {}

    def let_grow(self, row: int) -> None:
        """Let a 0-based row grow."""
        self._open.add(str(row + 1))

    def write_own(self, row: int, col: int, text: str, look: Format | None = None) -> Literal[0, -1, -2]:
        """Write a text that belongs to one edition; the shared table of texts then is that of all editions.

        xlsxwriter takes what a person has typed between `<r>` and `</r>` for a text with formats; here it is a text.
        """
        if self._check_dimensions(row, col):
            return _OUTSIDE
        if _is_too_long(text):
            return _TOO_LONG
        self.table[row][col] = Own(text, look)
        return _OK

    def rewrite(self, row: int, col: int, value: object, look: Format) -> bool:
        """Write a value into a cell that holds one, and return whether it is another.

        Raises:
            ValueError: A text is longer than a cell can hold.
        """
        cells, ready, key = self.table[row], self._ready, (value.__class__, value, look)
        cell = ready.get(key)
        if cell is None:
            cell = self.ready(row, col, value, look)
            if len(ready) >= MOST_READY:
                ready.clear()
            ready[key] = cell
        if cells[col] is cell:
            return False
        cells[col] = cell
        return True

    def ready(self, row: int, col: int, value: object, look: Format, kind: type = object, height: float = 0.0) -> Ready:
        """Return a value ready for its cell.

        Args:
            row: The row that it is made for.
            col: The column.
            value: What the cell shows.
            look: How it looks.
            kind: The class of the value that is shown so.
            height: How high a row must be for it.

        Raises:
            ValueError: A text is longer than a cell can hold.
        """
        cell: Any
        if value.__class__ is str and value and not _is_too_long(value):
            return Ready(f'{self._style(look)} t="inlineStr"><is>{text_xml(value)}</is></c>', look, kind, height)
        if value is None or value == "":
            cell = CellBlankTuple(look)
        elif isinstance(value, bool):
            cell = CellBooleanTuple(int(value), look)
        elif isinstance(value, int | float):
            cell = CellNumberTuple(value, look)
        elif isinstance(value, date):
            cell = CellDatetimeTuple(self._serial(value), look)
        elif _is_too_long(str(value)):
            raise ValueError(f"Excel takes no such value at {a1(row, col)}: {str(value)[:60]}")
        else:
            cell = Own(str(value), look)
        return Ready(_CELLS[cell.__class__](self._style(look), cell), look, kind, height)

    def _serial(self, day: date) -> float:
        value = day if isinstance(day, datetime) else datetime.combine(day, time())
        return float(self._convert_date_time(value))  # type: ignore[no-untyped-call]

    def write_result(self, row: int, col: int, result: str | float, formula: str | None = None) -> bool:
        """Give the formula that stands in a cell another result, and return whether it is another.

        Args:
            row: The row.
            col: The column.
            result: What the formula gives.
            formula: The formula, where it may be another too.
        """
        stands = self.table[row][col]
        formula = stands.formula if formula is None else formula.removeprefix("=")
        if stands.formula == formula and stands.value == result and stands.value.__class__ is result.__class__:
            return False
        self.table[row][col] = CellFormulaTuple(formula, stands.format, result)
        return True

    def whole_xml(self) -> str:
        """Return the sheet as it stands in the file."""
        fh = StringIO()
        self._set_filehandle(fh)
        self._assemble_xml_file()
        return fh.getvalue()

    def row_xml(self, row: int) -> str:
        """Return a 0-based row with its cells as it stands in the file; only cells that changed are written anew."""
        cells = self.table.get(row)
        if not cells:
            return self._apart(lambda: self._write_whole_row(row))
        known = self._written.get(row)
        if known is None or len(known) != len(cells):
            known = self._written[row] = dict.fromkeys(sorted(cells), (None, ""))
        written, number = [self._row_start(row)], row + 1
        for col, (before, text) in known.items():
            cell = cells[col]
            if cell is before:
                written.append(text)
                continue
            ready = cell.__class__ is Ready  # most that change are
            new = f'<c r="{column_letters(col)}{number}"{cell.tail}' if ready else self._whole_cell(row, col, cell)
            known[col] = cell, new
            written.append(new)
        written.append("</row>")
        return "".join(written)

    def _row_start(self, row: int) -> str:
        """Return the opening tag of a row that has cells: but for its number, that of any row as high as it."""
        info, spans, number = self.row_info.get(row), self.row_spans.get(row // _SPAN_ROWS), str(row + 1)
        look = (info.height, info.hidden, info.row_format, info.level, info.collapsed) if info else None
        key = look, spans, number in self._open
        rest = self._starts.get(key)
        if rest is None:
            written = self._apart(lambda: self._write_row(row, spans, info))
            rest = self._starts[key] = written.removeprefix(f'<row r="{number}"')
        return f'<row r="{number}"{rest}'

    def _apart(self, write: Callable[[], None]) -> str:
        """Return what is written, apart from the sheet that may be being written."""
        whole: Any = self.fh
        fh = StringIO()
        self._set_filehandle(fh)
        write()
        self._set_filehandle(whole)
        return fh.getvalue()

    def _write_rows(self) -> None:
        self._calculate_spans()
        first, last = cast("tuple[int, int]", (self.dim_rowmin, self.dim_rowmax))
        for row in range(first, last + 1):
            if row in self.row_info or self.table.get(row):
                self._write_whole_row(row)

    def _write_whole_row(self, row: int) -> None:
        spans, info, cells = self.row_spans.get(row // _SPAN_ROWS), self.row_info.get(row), self.table.get(row)
        if not cells:
            self._write_empty_row(row, spans, info)
            return
        self._write_row(row, spans, info)
        fh: Any = self.fh
        fh.write("".join([self._whole_cell(row, col, cells[col]) for col in sorted(cells)]))
        self._xml_end_tag("row")

    def _whole_cell(self, row: int, col: int, cell: Any) -> str:  # noqa: ANN401 - xlsxwriter's tuples have no types
        sort, look = cell.__class__, cell.format
        if sort is Ready:
            return f'<c r="{column_letters(col)}{row + 1}"{cell.tail}'
        if sort in _CELLS and (look is not None or sort is Own):
            return _CELLS[sort](f'<c r="{column_letters(col)}{row + 1}"{self._style(look)}', cell)
        return self._apart(lambda: self._write_cell(row, col, cell))  # without a look, that of the column counts

    def _style(self, look: Format | None) -> str:
        style = self._styles.get(look)
        if style is None:
            style = self._styles[look] = f' s="{xf_index(look)}"' if look else ""
        return style

    def print_xml(self) -> str:
        """Return how the sheet is printed as it stands in the file."""
        fh = StringIO()
        self._set_filehandle(fh)
        self._write_print_options()
        self._write_page_margins()
        self._write_page_setup()
        self._write_header_footer()
        self._write_row_breaks()
        return fh.getvalue()

    def _write_formula(
        self, row: int, col: int, formula: str, cell_format: Format | None = None, value: str | float = 0
    ) -> Literal[0, -1, -2]:
        """Store a formula as the file holds it; ours call no function that is stored under another name.

        xlsxwriter looks for some sixty of those in every formula, which took longer than all the rest of a workbook;
        and it would find one in the name of a region.
        """
        if self._check_dimensions(row, col):
            return _OUTSIDE
        self.table[row][col] = CellFormulaTuple(formula.removeprefix("="), cell_format, value)
        return _OK

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: ARG002, FBT001, FBT002
        """Return the formula of a validation or of a conditional format, likewise."""
        return formula.removeprefix("=")

    def _unmarked(self, tag: str, attributes: list[tuple[str, object]]) -> list[tuple[str, object]]:
        if tag == "row" and str(attributes[0][1]) in self._open:
            return [one for one in attributes if one != FIXED]
        return attributes

    def _xml_start_tag_unencoded(self, tag: str, attributes: list[tuple[str, object]] | None = None) -> None:
        super()._xml_start_tag_unencoded(tag, self._unmarked(tag, attributes or []))

    def _xml_empty_tag_unencoded(self, tag: str, attributes: list[tuple[str, object]] | None = None) -> None:
        super()._xml_empty_tag_unencoded(tag, self._unmarked(tag, attributes or []))
