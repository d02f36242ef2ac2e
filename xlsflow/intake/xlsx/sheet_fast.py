"""The quick way through one worksheet: one pattern for every cell, where the XML is as spreadsheet programs write it.

Everything between two cells must be the tag of a row; anything else there means that the pattern does not understand
this sheet, and the exact way reads it. So a sheet is read whole by one of the two, never half.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from xlsflow.fileformat.cells import Scalar
from xlsflow.intake.grid import Span
from xlsflow.intake.xlsx.cell_store import (
    LAST_COLUMN,
    Rows,
    column,
    span,
)
from xlsflow.intake.xlsx.cell_values import (
    Shape,
    Values,
)
from xlsflow.intake.xlsx.shared_strings import (
    Irregular,
    decoded,
)

_FORMULA = rb"<f(?: [^<>]*)?(?:/>|>[^<]*</f>)"
_STORED = rb"<v(?: [^<>]*)?>[^<]*</v>|<v ?/>|<is><t(?: [^<>]*)?>[^<]*</t></is>"
_BLANK = rb'<c r="[A-Z]{1,3}[1-9][0-9]{0,6}"[^<>/]*/>'
_CELL = re.compile(  # a blank cell takes all that follow it along: half of the cells of a return are blank
    rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"([^<>/]*)'
    rb"(?:/>(?:" + _BLANK + rb")*+|>(?:(?:" + _FORMULA + rb")?<v>([^<]+)</v>"
    rb"|(?:(?=(<f))" + _FORMULA + rb")?((?:" + _STORED + rb")?))</c>)"
)
_GROUPS = 7
"""What one cell is split into: what stands before it, then the groups of the pattern."""
_INSIDE = re.compile(rb"(?:<v(?: [^<>]*)?>([^<]*)</v>|(<v ?/>)|<is><t(?: [^<>]*)?>([^<]*)</t></is>)?")
_ATTRIBUTES = re.compile(rb'(?: (?:s="([0-9]+)"|t="([A-Za-z]+)"|(?:cm|vm|ph)="[0-9]+"))*')
_BETWEEN = re.compile(rb"(?:\s*<row(?: [^<>'/]*)?(?:/>|>\s*</row>))*+\s*")
_ROW = re.compile(rb"<row([^<>]*)>")
_NUMBER = re.compile(rb' r="([1-9][0-9]{0,6})"')
_HIDDEN = re.compile(rb' hidden="(?:1|true)"')
_MERGE = re.compile(rb'<mergeCell ref="([A-Z0-9:]+)"')
_MAIN = re.compile(
    rb'="http://(?:schemas\.openxmlformats\.org/spreadsheetml/2006/main|purl\.oclc\.org/ooxml/spreadsheetml/main)"'
)
_CHUNK = 1 << 20
_REMEMBERED = 20_000
_LONGEST_REMEMBERED = 64  # bytes; a longer text hardly comes again
_DIGITS = 300  # more make no number
_FEW = 32
_BLANKS = tuple((None,) * gap for gap in range(_FEW))
"""So many blanks between two filled cells are passed over without much ado."""


_Reader = Callable[[bytes], Scalar]


class _Stored(dict[bytes, Scalar]):
    """What a stored text of one kind stands for in cells of the first format, worked out once: cells repeat much."""

    def __init__(self, values: Values, kind: str) -> None:
        super().__init__()
        self._values, self._kind = values, kind

    def __missing__(self, raw: bytes) -> Scalar:
        value = self._values.of(self._kind, "", decoded(raw), formula=False)
        if len(raw) <= _LONGEST_REMEMBERED:
            if len(self) > _REMEMBERED and self._kind != "s":
                self.clear()
            self[raw] = value
        return value


class _Counts(_Stored):
    """Plain numbers: most are whole, and a run of digits needs no second look."""

    def __missing__(self, raw: bytes) -> Scalar:
        if raw.isdigit() and len(raw) < _DIGITS:
            value = self[raw] = float(raw)
            return value
        return super().__missing__(raw)


class _Readers(dict[bytes, _Reader]):
    """How to read the stored text of a cell, by the attributes of the cell as they are written."""

    def __init__(self, values: Values) -> None:
        super().__init__()
        self._values = values
        self._shared: _Reader | None = None

    def __missing__(self, attributes: bytes) -> _Reader:
        style, kind = _style_and_kind(attributes)
        if kind == "s":
            reader = self._shared or self._of_shared()
        else:
            shape = self._values.shape(style) if kind in {"", "n"} else "number"
            reader = _stored(kind, shape, self._values.from_1904)
        self[attributes] = reader
        return reader

    def _of_shared(self) -> _Reader:
        stored = _Stored(self._values, "s")
        stored.update(self._values.by_number())
        self._shared = stored.__getitem__
        return self._shared


@lru_cache(maxsize=64)
def _stored(kind: str, shape: Shape, from_1904: bool) -> _Reader:  # noqa: FBT001 - a fact of the workbook
    """Return how to read a stored text that stands for the same in every workbook, so that it is worked out once."""
    values = Values((), (shape,), from_1904=from_1904)
    return (_Counts if shape == "number" and kind in {"", "n"} else _Stored)(values, kind).__getitem__


class _WorkedOut(dict[tuple[bytes, bytes | None, bytes], Scalar]):
    """What a cell holds that is more than a stored text: by its attributes, whether it has a formula, and the rest."""

    def __init__(self, values: Values) -> None:
        super().__init__()
        self._values = values

    def __missing__(self, cell: tuple[bytes, bytes | None, bytes]) -> Scalar:
        attributes, formula, inside = cell
        found = _INSIDE.fullmatch(inside)
        if not found:
            raise Irregular
        if len(self) > _REMEMBERED:
            self.clear()
        style, kind = _style_and_kind(attributes)
        stored, empty, inline = found.groups()
        raw = b"" if empty else inline if stored is None else stored
        text = None if raw is None else decoded(raw)
        value = self[cell] = self._values.of(kind, style, text, formula=formula is not None)
        return value


class _Columns(dict[bytes, int]):
    """Columns by their letters."""

    def __missing__(self, word: bytes) -> int:
        col = column(word.decode("ascii"))
        if col >= LAST_COLUMN:
            raise Irregular
        self[word] = col
        return col


class QuickReader:
    """Reads the worksheets of one workbook, remembering from one to the next what cells stand for."""

    def __init__(self, values: Values) -> None:
        """Begin with nothing remembered."""
        self._readers = _Readers(values)
        self._worked_out = _WorkedOut(values)
        self._columns = _Columns()

    def read(self, data: bytes, rows: Rows) -> tuple[tuple[Span, ...], frozenset[int]]:
        """Put the cells of a sheet into its rows; return its merged ranges and hidden rows.

        Raises:
            Irregular: If the XML is not in plain form; nothing of what was put may then be kept.
        """
        head, begin, end, tail = _regions(data)
        hidden: set[int] = set()
        for chunk in _chunks(data, begin, end):
            pieces = _CELL.split(chunk)
            _hide(b"".join(pieces[0::_GROUPS]), hidden)
            self._put(pieces, rows)
        return _merges(head, tail), frozenset(hidden)

    def _put(self, pieces: list[Any], rows: Rows) -> None:
        """Put the cells of one chunk; this loop is where the time of reading goes."""
        readers, columns, worked_out = self._readers, self._columns, self._worked_out
        stored = pieces[4::_GROUPS]
        rows.make_room(len(stored) - stored.count(None))
        cells = zip(pieces[3::_GROUPS], stored, pieces[5::_GROUPS], pieces[6::_GROUPS], strict=True)
        values = [
            readers[attributes](text) if text else worked_out[attributes, mark, inside] if mark or inside else None
            for attributes, text, mark, inside in cells
        ]
        current, row, end, skipped = b"", [], 0, 0
        for word, number, value in zip(pieces[1::_GROUPS], pieces[2::_GROUPS], values, strict=True):
            if value is None:
                continue
            if number != current:
                current, row = number, rows.row(int(number))
                end = len(row)
            col = columns[word]
            if col == end:
                row.append(value)
                end += 1
            elif end < col < end + _FEW:
                row += _BLANKS[col - end]
                row.append(value)
                skipped += col - end
                end = col + 1
            else:
                rows.place(row, col, value)
                end = len(row)
        rows.make_room(skipped)


def _regions(data: bytes) -> tuple[bytes, int, int, bytes]:
    """Return what stands before the cells, where they begin and end, and what stands after them.

    Raises:
        Irregular: If that is not plain to see.
    """
    begin = data.find(b"<sheetData")
    if begin < 0:
        raise Irregular
    head = data[:begin]
    inside = data.find(b">", begin) + 1
    opening = data[begin:inside]
    end = inside if opening.endswith(b"/>") else data.rfind(b"</sheetData>")
    tail = data[end:]
    odd = b"<!" in head or b"sheetData" in tail[12:] or opening not in {b"<sheetData>", b"<sheetData/>"}
    if odd or end < inside or len(_MAIN.findall(head)) != 1 or not re.search(rb"<worksheet[ >]", head):
        raise Irregular
    return head, inside, end, tail


def _chunks(data: bytes, begin: int, end: int) -> Iterator[bytes]:
    """Yield the rows in pieces of some 1 MB, each ending with a row: memory stays flat on a large sheet."""
    while begin < end:
        stop = data.find(b"</row>", begin + _CHUNK, end)
        stop = end if stop < 0 else stop + len(b"</row>")
        yield data[begin:stop]
        begin = stop


def _hide(between: bytes, hidden: set[int]) -> None:
    """Note the hidden rows among the row tags, which is all that may stand between cells."""
    if not _BETWEEN.fullmatch(between):
        raise Irregular
    if b"hidden" not in between:
        return
    for attributes in _ROW.findall(between):
        if _HIDDEN.search(attributes):
            number = _NUMBER.search(attributes)
            if not number:
                raise Irregular
            hidden.add(int(number[1]) - 1)


@lru_cache(maxsize=4096)
def _style_and_kind(attributes: bytes) -> tuple[str, str]:
    """Return the `s` and the `t` attribute of a cell."""
    found = _ATTRIBUTES.fullmatch(attributes)
    if not found:
        raise Irregular
    style, kind = found.groups(b"")
    return style.decode("ascii"), kind.decode("ascii")


def _merges(head: bytes, tail: bytes) -> tuple[Span, ...]:
    """Return the merged ranges, which stand after the cells."""
    if b"mergeCell " in head or b"<!" in tail:
        raise Irregular
    begin, end = tail.find(b"mergeCell "), tail.rfind(b"mergeCell ")
    return _spans(tail[begin - 1 : tail.find(b">", end)]) if begin > 0 else ()


@lru_cache(maxsize=64)
def _spans(written: bytes) -> tuple[Span, ...]:
    """Return merged ranges; the workbooks of one round have the same, so they are worked out once."""
    found = _MERGE.findall(written)
    if len(found) != written.count(b"mergeCell "):
        raise Irregular
    spans = (span(text.decode("ascii")) for text in found)
    return tuple(corners for corners in spans if corners)
