"""The rows of a mass sheet as XML, column by column and chunk by chunk: the inner loop of every consolidated workbook.

Texts are written into the cell (`inlineStr`): measured against a table of shared strings it takes no longer, needs no
memory that grows with the book, and costs 9 % more on disk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, repeat
from math import isfinite
from typing import TYPE_CHECKING, cast

from xlsflow.fileformat.cells import letters
from xlsflow.workbook.style.theme import (
    Tone,
    lines_needed,
    row_height,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xlsflow.workbook.consolidated.page_model import (
        Column,
        Value,
    )
    from xlsflow.workbook.style.formats import StyleKey

CHUNK_ROWS = 2000
"""Enough rows that the fixed cost of a chunk vanishes, few enough that a chunk takes 2 MB."""

MOST_TEXT = 32_767
"""What a cell can hold, in UTF-16 units: Excel repairs (that is, damages) a file with more."""

MOST_DIGITS = 10**15
"""Excel keeps 15 digits; a longer whole number is an identifier and stays exact as text."""

MOST_NUMBER = 9.99e307
"""Near the largest number that Excel takes; what is beyond, infinity too, is shown as text."""

EPOCH = date(1899, 12, 30).toordinal()
FALSE_LEAP_DAY = 61
"""Excel believes in 1900-02-29: days before 1900-03-01 have numbers one lower."""

DAY_SECONDS = 86_400

_ILLEGAL = re.compile(
    "[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]"
    # A text that itself looks like an escape; what follows it may be about to become one.
    "|_(?=x[0-9A-Fa-f]{4}[_\x00-\x08\x0b-\x1f])"
)


@dataclass(frozen=True, slots=True)
class Part:
    """One column of one sheet, ready to be written.

    Attributes:
        column: What is shown.
        place: Its place in the sheet, from 0.
        styles: Number of the style of each format and chip that occurs.
    """

    column: Column
    place: int
    styles: Mapping[StyleKey, str]


def style_keys(column: Column) -> Iterator[StyleKey]:
    """Return each format and chip that a column needs a style for, in a settled order."""
    formats = [_shown(column)]
    if column.format not in {"date", "datetime"}:
        kinds = set(map(type, column.values))
        formats += ["date"] * any(issubclass(kind, date) for kind in kinds)
        formats += ["datetime"] * any(issubclass(kind, datetime) for kind in kinds)
    for tone in dict.fromkeys((None, *column.tone)):
        for shown in formats:
            yield shown, tone


def _shown(column: Column) -> str:
    """Return the format of a column's values: a text that may be coloured is a status, and stands in the middle."""
    return "chip" if column.tone and column.format == "text" else column.format


def row_chunks(parts: Sequence[Part], rows: range, first: int, cuts: list[tuple[str, int]]) -> Iterator[bytes]:
    """Return the XML of rows, in pieces that fit the memory.

    Args:
        parts: The columns.
        rows: Which of their values.
        first: Number that the sheet gives to the first row, from 1.
        cuts: Takes the address and length of each text that had to be cut.
    """
    for start in range(rows.start, rows.stop, CHUNK_ROWS):
        chunk = slice(start, min(start + CHUNK_ROWS, rows.stop))
        number = first + start - rows.start
        refs = [str(ref) for ref in range(number, number + chunk.stop - chunk.start)]
        cells = [_cells(part, chunk, refs, cuts) for part in parts]
        ends = repeat("</row>", len(refs))
        rows_of_cells = zip(_openings(parts, chunk, refs), *cells, ends, strict=True)
        yield "".join(chain.from_iterable(rows_of_cells)).encode()


def _openings(parts: Sequence[Part], chunk: slice, refs: Sequence[str]) -> list[str]:
    """Return the opening tags of rows; one that wraps says its height, since Excel does not measure it on opening."""
    counts = [count for part in parts if (count := _line_counts(part.column, chunk))]
    if not counts:
        return [f'<row r="{ref}">' for ref in refs]
    highest = counts[0] if len(counts) == 1 else list(map(max, *counts))
    tails = {lines: f'" ht="{row_height(lines):g}" customHeight="1">' if lines > 1 else '">' for lines in set(highest)}
    return [f'<row r="{ref}{tails[lines]}' for ref, lines in zip(refs, highest, strict=True)]


def _line_counts(column: Column, chunk: slice) -> list[int] | None:
    """Return how many lines each text takes, or None where each takes one."""
    if column.format not in {"text", "long"}:
        return None
    fits = int((column.width - 1.2) / 2)  # so many Chinese characters fit for certain
    width = column.width
    values = column.values[chunk]
    many: dict[Value, int] = {
        value: lines_needed(value, width)
        for value in set(values)
        if isinstance(value, str) and (len(value) > fits or "\n" in value)
    }
    return [many.get(value, 1) for value in values] if many and max(many.values()) > 1 else None


def _cells(part: Part, chunk: slice, refs: Sequence[str], cuts: list[tuple[str, int]]) -> list[str]:
    """Return the cells of one column; a blank one is left out, unless it is coloured."""
    column = part.column
    values = column.values[chunk]
    present = [value for value in values if value is not None]
    kinds = set(map(type, present))
    place = letters(part.place)
    if _longest(present, kinds) > MOST_TEXT // 2:
        values = [_fitted(value, f"{place}{ref}", cuts) for value, ref in zip(values, refs, strict=True)]
    opening = f'<c r="{place}'
    style = f'" s="{part.styles[_shown(column), None]}"'
    if not column.tone and kinds == {str} and _is_plain("|".join(cast("list[str]", present))):
        middle, end = f'{style} t="inlineStr"><is><t>', "</t></is></c>"
        return [f"{opening}{ref}{middle}{text}{end}" if text else "" for text, ref in zip(values, refs, strict=True)]
    if not column.tone and kinds and kinds <= {int, float} and _are_plain(cast("list[float]", present)):
        middle = f"{style}><v>"
        return [
            f"{opening}{ref}{middle}{number!r}</v></c>" if number is not None else ""
            for number, ref in zip(values, refs, strict=True)
        ]
    tones = column.tone[chunk] if column.tone else repeat(None, len(refs))
    known: dict[tuple[object, ...], str] = {}
    cells = []
    for value, ref, tone in zip(values, refs, tones, strict=True):
        key = (value.__class__, value, tone)  # with its class, since 1 == 1.0 == True
        if (tail := known.get(key)) is None:
            tail = known[key] = _tail(part, value, tone)
        cells.append(f"{opening}{ref}{tail}" if tail else "")
    return cells


def _longest(present: Sequence[Value], kinds: set[type]) -> int:
    """Return the length of the longest text among values."""
    if kinds == {str}:
        return max(map(len, cast("Sequence[str]", present)))
    if not any(issubclass(kind, str) for kind in kinds):
        return 0
    return max(len(value) for value in present if isinstance(value, str))


def _fitted(value: Value, cell: str, cuts: list[tuple[str, int]]) -> Value:
    """Return a value as its cell can hold it, and take note of a text that had to be cut."""
    if not isinstance(value, str):
        return value
    length = len(value.encode("utf-16-le", "surrogatepass")) // 2
    if length <= MOST_TEXT:
        return value
    cuts.append((cell, length))
    kept = value.encode("utf-16-le", "surrogatepass")[: 2 * (MOST_TEXT - 1)]
    return kept.decode("utf-16-le", "ignore") + "…"


def _is_plain(joined: str) -> bool:
    """Return whether texts, joined by bars, can stand in XML as they are.

    Asked of all texts of a chunk at once, this costs a tenth of looking at each. It errs to the side of caution: where
    a blank stands beside a bar, each text is looked at.
    """
    return (
        joined.replace("\n", " ").isprintable()
        and not any(sign in joined for sign in ("&", "<", ">", "_x", "| ", " |", "|\n", "\n|"))
        and not joined[:1].isspace()
        and not joined[-1:].isspace()
    )


def _are_plain(numbers: Sequence[float]) -> bool:
    """Return whether numbers can be written as Python writes them: finite, and exact in Excel."""
    return min(numbers) > -MOST_DIGITS and max(numbers) < MOST_DIGITS and isfinite(sum(numbers))


def _tail(part: Part, value: Value, tone: Tone | None) -> str:
    """Return a cell's XML from the end of its address on; nothing for a blank without colour."""
    shown = _shown(part.column)
    if value is None or value == "" or value != value:  # noqa: PLR0124 - nan, and what pandas has for a missing date
        return f'" s="{part.styles[shown, tone]}"/>' if tone else ""
    if isinstance(value, date) and shown not in {"date", "datetime"}:
        shown = "datetime" if isinstance(value, datetime) else "date"
    style = f'" s="{part.styles[shown, tone]}"'
    if isinstance(value, bool):
        return f'{style} t="b"><v>{value:d}</v></c>'
    if isinstance(value, date):
        value = excel_serial(value)
    if isinstance(value, int | float):
        # By the base type's own method: numpy and enumerations write themselves in words.
        number = int.__repr__(value) if isinstance(value, int) else float.__repr__(value)
        if abs(value) < (MOST_DIGITS if isinstance(value, int) else MOST_NUMBER):
            return f"{style}><v>{number}</v></c>"
        value = number
    if isinstance(value, str):
        return f'{style} t="inlineStr"><is>{text_xml(value)}</is></c>'
    raise TypeError(f"column {part.column.key!r} holds a {type(value).__name__}, which no cell can")


def text_xml(text: str) -> str:
    """Return a text as the element `t`, exactly as it is: blanks at its ends, control characters and all."""
    safe = text
    if "_x" in text or not text.isprintable():  # to look for what cannot stand there takes ten times as long
        safe = _ILLEGAL.sub(_escaped, text)
    if "&" in safe or "<" in safe or ">" in safe:
        safe = safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<t xml:space="preserve">{safe}</t>' if text[:1].isspace() or text[-1:].isspace() else f"<t>{safe}</t>"


def _escaped(found: re.Match[str]) -> str:
    """Return a character that XML cannot hold the way Excel writes it; what is no character (half an emoji) is lost."""
    sign = found.group()
    return "\ufffd" if sign >= "\ud800" else f"_x{ord(sign):04X}_"


def excel_serial(day: date) -> int | float | str:
    """Return the number that Excel keeps for a date; before 1900, which it does not know, the date as text."""
    days = day.toordinal() - EPOCH
    days -= days < FALSE_LEAP_DAY
    if days < 1:
        return day.isoformat()
    if not isinstance(day, datetime):
        return days
    if day.tzinfo is not None:
        raise TypeError(f"{day} has a time zone, which no cell can keep; give the reader's wall time")
    since = (day.hour * 60 + day.minute) * 60 + day.second + day.microsecond / 1e6
    return days + since / DAY_SECONDS if since else days
