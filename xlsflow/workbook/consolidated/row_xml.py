"""Serialises the rows of a data page as XML, column by column in chunks: the inner loop of a consolidated workbook.

Texts are written into their cells (`inlineStr`). Measured against shared strings, this takes no longer, needs no memory
that grows with the workbook, and costs 9 % more on disk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, repeat
from math import isfinite
from typing import TYPE_CHECKING, cast

from xlsflow.fileformat.cells import column_letters
from xlsflow.fileformat.excel_limits import EXACT_LIMIT, MAX_CELL_TEXT, excel_length
from xlsflow.layout.text_metrics import lines_needed, row_height
from xlsflow.model.report_model import NOTED_MARK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xlsflow.model.report_model import Mark, ReportColumn, ReportValue
    from xlsflow.workbook.style.formats import StyleKey

CHUNK_ROWS = 2000
"""Enough rows that the fixed cost of a chunk does not matter, few enough that it takes only about 2 MB."""

# Close to the largest number of Excel (9.99e307); larger ones, infinity included, are written as text.
_MAX_NUMBER = 9.99e307

# Excel counts days from here, and counts 1900-02-29, which did not exist: earlier days have a number one lower.
_EPOCH = date(1899, 12, 30).toordinal()
_FALSE_LEAP_DAY = 61
_SECONDS_PER_DAY = 86_400

_NEEDS_ESCAPE = re.compile(
    "[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]"
    # A text that looks like an escape itself, or becomes one once the character after it is escaped.
    "|_(?=x[0-9A-Fa-f]{4}[_\x00-\x08\x0b-\x1f])"
)


@dataclass(frozen=True, slots=True)
class StyledColumn:
    """One column of a sheet, ready to be serialised.

    Attributes:
        column: The column's content.
        col: Its position in the sheet.
        styles: Style key -> number of the style.
    """

    column: ReportColumn
    col: int
    styles: Mapping[StyleKey, str]


def style_keys(column: ReportColumn) -> Iterator[StyleKey]:
    """Yield each style key that a column needs, in a stable order."""
    formats = [_display_format(column)]
    if column.format not in {"date", "datetime"}:
        types = set(map(type, column.values))
        formats += ["date"] * any(issubclass(value_type, date) for value_type in types)
        formats += ["datetime"] * any(issubclass(value_type, datetime) for value_type in types)
    for mark in dict.fromkeys((None, *column.marks, *(NOTED_MARK,) * bool(column.notes))):
        for display_format in formats:
            yield display_format, mark


def _display_format(column: ReportColumn) -> str:
    """Return the format of a column's values: a text column with marks holds statuses, which are shown as chips."""
    return "chip" if column.marks and column.format == "text" else column.format


def row_chunks(
    columns: Sequence[StyledColumn], rows: range, first: int, cut_cells: list[tuple[str, int]]
) -> Iterator[bytes]:
    """Yield the XML of rows in chunks of `CHUNK_ROWS`.

    Args:
        columns: The columns.
        rows: Which of their values.
        first: Sheet row (from 1) of the first one.
        cut_cells: Receives the address and the length of each text that had to be cut.
    """
    for start in range(rows.start, rows.stop, CHUNK_ROWS):
        chunk = slice(start, min(start + CHUNK_ROWS, rows.stop))
        number = first + start - rows.start
        refs = [str(ref) for ref in range(number, number + chunk.stop - chunk.start)]
        cells = [_cells(column, chunk, refs, cut_cells) for column in columns]
        ends = repeat("</row>", len(refs))
        rows_of_cells = zip(_row_tags(columns, chunk, refs), *cells, ends, strict=True)
        yield "".join(chain.from_iterable(rows_of_cells)).encode()


def _row_tags(columns: Sequence[StyledColumn], chunk: slice, refs: Sequence[str]) -> list[str]:
    """Return the opening tags of rows; those that wrap have a height, because Excel does not compute it on opening."""
    counts = [count for column in columns if (count := _line_counts(column.column, chunk))]
    if not counts:
        return [f'<row r="{ref}">' for ref in refs]
    highest = counts[0] if len(counts) == 1 else list(map(max, *counts))
    tails = {lines: f'" ht="{row_height(lines):g}" customHeight="1">' if lines > 1 else '">' for lines in set(highest)}
    return [f'<row r="{ref}{tails[lines]}' for ref, lines in zip(refs, highest, strict=True)]


def _line_counts(column: ReportColumn, chunk: slice) -> list[int] | None:
    """Return how many lines each text takes, or None if each takes one."""
    if column.format not in {"text", "long"}:
        return None
    fits = int((column.width - 1.2) / 2)  # so many characters fit on a line, even if all are wide
    width = column.width
    values = column.values[chunk]
    line_counts: dict[ReportValue, int] = {
        value: lines_needed(value, width)
        for value in set(values)
        if isinstance(value, str) and (len(value) > fits or "\n" in value)
    }
    if not line_counts or max(line_counts.values()) == 1:
        return None
    return [line_counts.get(value, 1) for value in values]


def _cells(styled: StyledColumn, chunk: slice, refs: Sequence[str], cut_cells: list[tuple[str, int]]) -> list[str]:
    """Return the cells of one column; a blank one is omitted unless it has a mark.

    Most columns hold only texts or only numbers: those are serialised without looking at each value's type.
    """
    column = styled.column
    values = column.values[chunk]
    present = [value for value in values if value is not None]
    types = set(map(type, present))
    letters = column_letters(styled.col)
    # Half, because Excel counts UTF-16 units: an emoji is one character here and two there.
    if _longest(present, types) > MAX_CELL_TEXT // 2:
        values = [_cut(value, f"{letters}{ref}", cut_cells) for value, ref in zip(values, refs, strict=True)]
    opening = f'<c r="{letters}'
    style = f'" s="{styled.styles[_display_format(column), None]}"'
    marks = _marks(column, chunk)
    if not marks and types == {str} and _need_no_escape("|".join(cast("list[str]", present))):
        middle, end = f'{style} t="inlineStr"><is><t>', "</t></is></c>"
        return [f"{opening}{ref}{middle}{text}{end}" if text else "" for text, ref in zip(values, refs, strict=True)]
    if not marks and types and types <= {int, float} and _are_exact(cast("list[float]", present)):
        middle = f"{style}><v>"
        return [
            f"{opening}{ref}{middle}{number!r}</v></c>" if number is not None else ""
            for number, ref in zip(values, refs, strict=True)
        ]
    tails: dict[tuple[object, ...], str] = {}
    cells = []
    for value, ref, mark in zip(values, refs, marks or repeat(None, len(refs)), strict=True):
        key = (value.__class__, value, mark)  # the class too, because 1 == 1.0 == True
        if (tail := tails.get(key)) is None:
            tail = tails[key] = _cell_tail(styled, value, mark)
        cells.append(f"{opening}{ref}{tail}" if tail else "")
    return cells


def _marks(column: ReportColumn, chunk: slice) -> Sequence[Mark | None]:
    """Return the marks of some cells; empty if none of them is marked."""
    marks = column.marks[chunk]
    noted = [number for number in column.notes if chunk.start <= number < chunk.stop]
    if not noted:
        return marks
    found: list[Mark | None] = [*marks] if marks else [None] * (chunk.stop - chunk.start)
    for number in noted:
        found[number - chunk.start] = column.mark(number)
    return found


def _longest(present: Sequence[ReportValue], types: set[type]) -> int:
    """Return the length of the longest text among values."""
    if types == {str}:
        return max(map(len, cast("Sequence[str]", present)))
    if not any(issubclass(value_type, str) for value_type in types):
        return 0
    return max(len(value) for value in present if isinstance(value, str))


def _cut(value: ReportValue, cell: str, cut_cells: list[tuple[str, int]]) -> ReportValue:
    """Return a value that fits in a cell, and record a text that had to be cut."""
    if not isinstance(value, str):
        return value
    length = excel_length(value)
    if length <= MAX_CELL_TEXT:
        return value
    cut_cells.append((cell, length))
    # Cut between UTF-16 units; "ignore" drops the first half of a pair that is cut through.
    shortened = value.encode("utf-16-le", "surrogatepass")[: 2 * (MAX_CELL_TEXT - 1)]
    return shortened.decode("utf-16-le", "ignore") + "…"


def _need_no_escape(joined: str) -> bool:
    """Return whether texts, joined by bars, can be written to XML unchanged.

    To check all texts of a chunk at once costs a tenth of checking each. A blank next to a bar may be a blank at the
    end of a text, which XML would drop: then each text is checked.
    """
    return (
        joined.replace("\n", " ").isprintable()
        and not any(sign in joined for sign in ("&", "<", ">", "_x", "| ", " |", "|\n", "\n|"))
        and not joined[:1].isspace()
        and not joined[-1:].isspace()
    )


def _are_exact(numbers: Sequence[float]) -> bool:
    """Return whether Excel stores all numbers exactly as Python writes them; False if one is not finite."""
    # The sum shows a NaN or an infinity anywhere, which min and max may miss.
    return min(numbers) > -EXACT_LIMIT and max(numbers) < EXACT_LIMIT and isfinite(sum(numbers))


def _cell_tail(styled: StyledColumn, value: ReportValue, mark: Mark | None) -> str:
    """Return a cell's XML after its address; empty for a blank cell without a mark."""
    display_format = _display_format(styled.column)
    if value is None or value == "" or value != value:  # noqa: PLR0124 - nan, and what pandas has for a missing date
        return f'" s="{styled.styles[display_format, mark]}"/>' if mark else ""
    if isinstance(value, date) and display_format not in {"date", "datetime"}:
        display_format = "datetime" if isinstance(value, datetime) else "date"
    style = f'" s="{styled.styles[display_format, mark]}"'
    if isinstance(value, bool):
        return f'{style} t="b"><v>{value:d}</v></c>'
    if isinstance(value, date):
        value = serial_number(value)
    if isinstance(value, int | float):
        # By the method of the base type: numpy's numbers and enumerations have a repr of their own.
        number = int.__repr__(value) if isinstance(value, int) else float.__repr__(value)
        # A whole number of more than 15 digits is an identifier; as a text it stays exact.
        if abs(value) < (EXACT_LIMIT if isinstance(value, int) else _MAX_NUMBER):
            return f"{style}><v>{number}</v></c>"
        value = number
    if isinstance(value, str):
        return f'{style} t="inlineStr"><is>{text_xml(value)}</is></c>'
    raise TypeError(f"column {styled.column.key!r} holds a {type(value).__name__}, which no cell can store")


def text_xml(text: str) -> str:
    """Return a text as a `t` element that keeps it exactly, with blanks at its ends and control characters."""
    escaped = text
    if "_x" in text or not text.isprintable():  # the regular expression takes ten times as long as this check
        escaped = _NEEDS_ESCAPE.sub(_escape, text)
    if "&" in escaped or "<" in escaped or ">" in escaped:
        escaped = escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    preserve = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
    return f"<t{preserve}>{escaped}</t>"


def _escape(match: re.Match[str]) -> str:
    """Return a character that XML cannot hold as Excel escapes it; half an emoji becomes a replacement character."""
    char = match.group()
    return "\ufffd" if char >= "\ud800" else f"_x{ord(char):04X}_"


def serial_number(day: date) -> int | float | str:
    """Return Excel's number of a date, or the date as text if it is before 1900."""
    days = day.toordinal() - _EPOCH
    days -= days < _FALSE_LEAP_DAY
    if days < 1:
        return day.isoformat()
    if not isinstance(day, datetime):
        return days
    if day.tzinfo is not None:
        raise TypeError(f"{day} has a time zone, which no cell can store; pass the reader's local time")
    seconds = (day.hour * 60 + day.minute) * 60 + day.second + day.microsecond / 1e6
    return days + seconds / _SECONDS_PER_DAY if seconds else days
