"""Reads one worksheet with regular expressions, where its XML has the form that spreadsheet programs write.

Everything between two cells must be the tag of a row. Anything else means that the pattern does not understand this
sheet, and `sheet_exact` reads it instead. So one of the two reads a whole sheet, never half of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from xlsflow.fileformat.cells import Scalar, column_index
from xlsflow.fileformat.excel_limits import MAX_COLUMNS
from xlsflow.intake.grid import CellRange
from xlsflow.intake.xlsx.cell_store import CellStore, parse_range
from xlsflow.intake.xlsx.cell_values import CellParser, NumberDisplay
from xlsflow.intake.xlsx.shared_strings import UnusualXml, decode_text

_FORMULA = rb"<f(?: [^<>]*)?(?:/>|>[^<]*</f>)"
_STORED = rb"<v(?: [^<>]*)?>[^<]*</v>|<v ?/>|<is><t(?: [^<>]*)?>[^<]*</t></is>"
_BLANK = rb'<c r="[A-Z]{1,3}[1-9][0-9]{0,6}"[^<>/]*/>'
# A blank cell matches together with the blank ones that follow it: about half of the cells of a return are blank.
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"([^<>/]*)'
    rb"(?:/>(?:" + _BLANK + rb")*+|>(?:(?:" + _FORMULA + rb")?<v>([^<]+)</v>"
    rb"|(?:(?=(<f))" + _FORMULA + rb")?((?:" + _STORED + rb")?))</c>)"
)
# Pieces per cell that `_CELL.split` returns: the text before the cell, then the groups of the pattern.
_GROUPS = 7
_INSIDE = re.compile(rb"(?:<v(?: [^<>]*)?>([^<]*)</v>|(<v ?/>)|<is><t(?: [^<>]*)?>([^<]*)</t></is>)?")
_ATTRIBUTES = re.compile(rb'(?: (?:s="([0-9]+)"|t="([A-Za-z]+)"|(?:cm|vm|ph)="[0-9]+"))*')
_BETWEEN = re.compile(rb"(?:\s*<row(?: [^<>'/]*)?(?:/>|>\s*</row>))*+\s*")
_ROW = re.compile(rb"<row([^<>]*)>")
_NUMBER = re.compile(rb' r="([1-9][0-9]{0,6})"')
_HIDDEN = re.compile(rb' hidden="(?:1|true)"')
_MERGE = re.compile(rb'<mergeCell ref="([A-Z0-9:]+)"')
_MERGES = re.compile(rb'(?:\s*<mergeCell ref="[A-Z0-9:]+" ?(?:/>|></mergeCell>))*')
_MAIN = re.compile(
    rb'xmlns="http://(?:schemas\.openxmlformats\.org/spreadsheetml/2006/main|purl\.oclc\.org/ooxml/spreadsheetml/main)"'
)
_PREFIXED = re.compile(rb"<[^<>\s/?:]+:")
_CHUNK = 1 << 20
_CACHE_SIZE = 20_000
_CACHED_LENGTH = 64  # bytes; a longer text rarely recurs
_FLOAT_DIGITS = 300  # the largest float has 309 digits
_SHORT_GAP = 32
# Blanks between two filled cells, ready made for short gaps.
_BLANKS = tuple((None,) * gap for gap in range(_SHORT_GAP))

_Reader = Callable[[bytes], Scalar]


class _ValueCache(dict[bytes, Scalar]):
    """Stored text -> value, for cells of one type and the first format; parses each text once."""

    def __init__(self, parser: CellParser, kind: str) -> None:
        super().__init__()
        self._parser, self._kind = parser, kind

    def __missing__(self, raw: bytes) -> Scalar:
        value = self._parser.parse(self._kind, "", decode_text(raw), formula=False)
        if len(raw) <= _CACHED_LENGTH:
            # Shared strings are all stored beforehand, so clearing them would only parse them again.
            if len(self) > _CACHE_SIZE and self._kind != "s":
                self.clear()
            self[raw] = value
        return value


class _NumberCache(_ValueCache):
    """The same for plain numbers: most are whole, and a run of digits needs no further parsing."""

    def __missing__(self, raw: bytes) -> Scalar:
        if raw.isdigit() and len(raw) < _FLOAT_DIGITS:
            value = self[raw] = float(raw)
            return value
        return super().__missing__(raw)


class _Readers(dict[bytes, _Reader]):
    """Attributes of a cell as written -> function that turns its stored text into a value."""

    def __init__(self, parser: CellParser) -> None:
        super().__init__()
        self._parser = parser
        self._shared: _Reader | None = None

    def __missing__(self, attributes: bytes) -> _Reader:
        style, kind = _style_and_kind(attributes)
        if kind == "s":
            reader = self._shared or self._shared_reader()
        else:
            display = self._parser.display(style) if kind in {"", "n"} else "number"
            reader = _value_reader(kind, display, self._parser.from_1904)
        self[attributes] = reader
        return reader

    def _shared_reader(self) -> _Reader:
        strings = _ValueCache(self._parser, "s")
        strings.update(self._parser.strings_by_index())
        self._shared = strings.__getitem__
        return self._shared


# Such a text has the same value in every workbook, so the cache outlives one file.
@lru_cache(maxsize=64)
def _value_reader(kind: str, display: NumberDisplay, from_1904: bool) -> _Reader:  # noqa: FBT001 - a fact of the workbook
    """Return the function that turns the stored text of cells without shared strings into values."""
    parser = CellParser((), (display,), from_1904=from_1904)
    return (_NumberCache if display == "number" and kind in {"", "n"} else _ValueCache)(parser, kind).__getitem__


class _OtherCells(dict[tuple[bytes, bytes | None, bytes], Scalar]):
    """Attributes, formula mark and content -> value, for cells that are more than one plain stored text."""

    def __init__(self, parser: CellParser) -> None:
        super().__init__()
        self._parser = parser

    def __missing__(self, cell: tuple[bytes, bytes | None, bytes]) -> Scalar:
        attributes, formula, inside = cell
        found = _INSIDE.fullmatch(inside)
        if not found:
            raise UnusualXml
        if len(self) > _CACHE_SIZE:
            self.clear()
        style, kind = _style_and_kind(attributes)
        stored, empty, inline = found.groups()
        raw = b"" if empty else inline if stored is None else stored
        text = None if raw is None else decode_text(raw)
        value = self[cell] = self._parser.parse(kind, style, text, formula=formula is not None)
        return value


class _Columns(dict[bytes, int]):
    """Letters of a column -> its 0-based number."""

    def __missing__(self, letters: bytes) -> int:
        col = column_index(letters.decode("ascii"))
        if col >= MAX_COLUMNS:
            raise UnusualXml  # the exact reader then refuses the file and names the cell
        self[letters] = col
        return col


class FastSheetReader:
    """Reads the worksheets of one workbook; values parsed for one sheet are reused for the next."""

    def __init__(self, parser: CellParser) -> None:
        """Start with empty caches."""
        self._readers = _Readers(parser)
        self._others = _OtherCells(parser)
        self._columns = _Columns()

    def read(self, data: bytes, store: CellStore) -> tuple[tuple[CellRange, ...], frozenset[int]]:
        """Put the cells of a sheet into a store; return its merged ranges and hidden rows.

        Raises:
            UnusualXml: The XML is not in the usual form; the store must then be discarded.
        """
        # The sheet's `dimension` is not looked at: in 26 measured files it is smaller than the data, mostly by more
        # than half.
        head, begin, end, tail = _regions(data)
        hidden: set[int] = set()
        for chunk in _chunks(data, begin, end):
            pieces = _CELL.split(chunk)
            _add_hidden_rows(b"".join(pieces[0::_GROUPS]), hidden)
            self._store_cells(pieces, store)
        return _merges(head, tail), frozenset(hidden)

    def _store_cells(self, pieces: list[Any], store: CellStore) -> None:
        """Put the cells of one chunk into a store."""
        # Most of the time of reading a file is spent in this function, hence its local variables and short cuts.
        readers, columns, others = self._readers, self._columns, self._others
        stored = pieces[4::_GROUPS]
        store.count_cells(len(stored) - stored.count(None))
        cells = zip(pieces[3::_GROUPS], stored, pieces[5::_GROUPS], pieces[6::_GROUPS], strict=True)
        values = [
            readers[attributes](text) if text else others[attributes, mark, inside] if mark or inside else None
            for attributes, text, mark, inside in cells
        ]
        current, row, end, skipped = b"", [], 0, 0
        for letters, number, value in zip(pieces[1::_GROUPS], pieces[2::_GROUPS], values, strict=True):
            if value is None:
                continue
            if number != current:
                current, row = number, store.row(int(number))
                end = len(row)
            col = columns[letters]
            if col == end:
                row.append(value)
                end += 1
            elif end < col < end + _SHORT_GAP:
                row += _BLANKS[col - end]
                row.append(value)
                skipped += col - end
                end = col + 1
            else:
                store.set_in_row(row, col, value)
                end = len(row)
        store.count_cells(skipped)


def _regions(data: bytes) -> tuple[bytes, int, int, bytes]:
    """Return the XML before the cells, where the cells begin and end, and the XML after them.

    Raises:
        UnusualXml: The XML has comments or prefixes, or cells outside the two tags found.
    """
    begin = data.find(b"<sheetData")
    if begin < 0:
        raise UnusualXml
    head = data[:begin]
    inside = data.find(b">", begin) + 1
    opening = data[begin:inside]
    end = inside if opening.endswith(b"/>") else data.rfind(b"</sheetData>")
    tail = data[end:]
    # A comment or CDATA section could hide a second `sheetData`.
    odd = b"<!" in head or b"sheetData" in tail[12:] or opening not in {b"<sheetData>", b"<sheetData/>"}
    if odd or end < inside or len(_MAIN.findall(head)) != 1 or not re.search(rb"<worksheet[ >]", head):
        raise UnusualXml
    # Cells of another namespace, or inside an element that programs skip, are no cells.
    if data.find(b"xmlns", inside, end) >= 0 or not _is_plain(head, 1, declared=1):
        raise UnusualXml
    return head, inside, end, tail


def _is_plain(markup: bytes, opened: int, *, declared: int) -> bool:
    """Return whether XML leaves so many elements open, has no prefixes and only so many default namespaces."""
    ends = markup.count(b"</")
    starts = markup.count(b"<") - ends - markup.count(b"<?")
    left = starts - ends - markup.count(b"/>")
    return left == opened and markup.count(b"xmlns=") == declared and not _PREFIXED.search(markup)


def _chunks(data: bytes, begin: int, end: int) -> Iterator[bytes]:
    """Yield the rows in pieces of about 1 MB, each ending with a row, which bounds the memory for a large sheet."""
    while begin < end:
        stop = data.find(b"</row>", begin + _CHUNK, end)
        stop = end if stop < 0 else stop + len(b"</row>")
        yield data[begin:stop]
        begin = stop


def _add_hidden_rows(between: bytes, hidden: set[int]) -> None:
    """Add the 0-based hidden rows among the row tags, which are all that may lie between cells."""
    if not _BETWEEN.fullmatch(between):
        raise UnusualXml
    if b"hidden" not in between:
        return
    for attributes in _ROW.findall(between):
        if _HIDDEN.search(attributes):
            number = _NUMBER.search(attributes)
            if not number:
                raise UnusualXml
            hidden.add(int(number[1]) - 1)


@lru_cache(maxsize=4096)
def _style_and_kind(attributes: bytes) -> tuple[str, str]:
    """Return the `s` and the `t` attribute of a cell."""
    found = _ATTRIBUTES.fullmatch(attributes)
    if not found:
        raise UnusualXml
    style, kind = found.groups(b"")
    return style.decode("ascii"), kind.decode("ascii")


def _merges(head: bytes, tail: bytes) -> tuple[CellRange, ...]:
    """Return the merged ranges, which the file format puts after the cells."""
    if b"mergeCell " in head or b"<!" in tail:
        raise UnusualXml
    begin, end = tail.find(b"mergeCell ") - 1, tail.rfind(b"mergeCell ")
    if begin < 0:
        return ()
    # Without cells the tail begins behind `<sheetData/>`, else with `</sheetData>`.
    if not _is_plain(tail[:begin], 0 if tail.startswith(b"</sheetData>") else 1, declared=0):
        raise UnusualXml
    return _ranges(tail[begin : tail.find(b"</mergeCells>", end)])


# The workbooks of one round have the same merged ranges, so parsing them is cached.
@lru_cache(maxsize=64)
def _ranges(written: bytes) -> tuple[CellRange, ...]:
    """Return the merged ranges of a list of `mergeCell` tags."""
    if not _MERGES.fullmatch(written.rstrip()):
        raise UnusualXml
    ranges = (parse_range(text.decode("ascii")) for text in _MERGE.findall(written))
    return tuple(corners for corners in ranges if corners)
