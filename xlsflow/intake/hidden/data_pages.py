"""Reads the pages of a consolidated workbook that have a key row: finds and joins those of a block."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from xlsflow.fileformat.cells import Scalar, display_text
from xlsflow.fileformat.excel_limits import ILLEGAL_IN_SHEET_NAME
from xlsflow.fileformat.key_row import KEY_PREFIX, is_key
from xlsflow.intake.grid import Grid
from xlsflow.intake.hidden.edited_pages import BlockEdits

# Rows at the top of a page in which its key row is searched.
_KEY_ROW_SEARCH = 10
# From the key row to the first row of data: the header lies between them.
_ROWS_TO_DATA = 2
# Characters of a text that exceeds a cell by which its beginning is known.
_SHOWN = 1_000
# Behind the name of each sheet of a page but the first.
_NUMBER = re.compile(r"(?: \(([2-9]|[1-9][0-9]+)\))?$")

PageColumns = Mapping[str, list[Scalar]]
"""Key of a column -> its cells, from the first row of data to the last one that is not blank."""

Page = tuple[Grid, PageColumns]
"""A sheet with its columns."""


@dataclass(frozen=True)
class DataTable:
    """The rows of one block, from all of its pages.

    Attributes:
        columns: Key -> cells, one a row; texts too long for a cell are restored.
        sheets: Name of the page of each row.
        rows: 1-based sheet row of each row.
        edits: What the coordinator has edited since the pages were written.
    """

    columns: PageColumns
    sheets: Sequence[str]
    rows: Sequence[int]
    edits: BlockEdits = field(default_factory=BlockEdits)


def pages_of(unread: Sequence[Page], keys: Sequence[str], title: str, written: int) -> Sequence[Page]:
    """Return the pages of a block; by keys, since people rename tabs."""
    # The order of the keys is part of the comparison; a page that lost columns is known by its title.
    candidates = [page for page in unread if list(page[1]) == list(keys)]
    candidates = candidates or [
        page for page in unread if _likeness(page[0].name, title) < (0, 0) and page[1].keys() & set(keys)
    ]
    # Two blocks may share all keys, so pages with the block's own title come first. The sort is stable: the others
    # follow in the order of their tabs.
    candidates.sort(key=lambda page: _likeness(page[0].name, title))
    return first_pages(candidates, written)


def key_row(grid: Grid) -> int | None:
    """Return the position of the key row among the rows of a page; None if it has none."""
    return next((number for number, row in enumerate(grid.rows[:_KEY_ROW_SEARCH]) if any(map(is_key, row))), None)


def page_columns(grid: Grid) -> Iterator[tuple[str, list[Scalar]]]:
    """Yield key and cells of the columns of a page; nothing if it has no key row."""
    at = key_row(grid)
    if at is None:
        return
    rows = grid.rows[at + _ROWS_TO_DATA :]
    # Formats below the data, and a row that somebody emptied there, leave blank rows at the end.
    while rows and all(value is None for value in rows[-1]):
        rows = rows[:-1]
    keys = {value: col for col, value in enumerate(grid.rows[at]) if is_key(value)}
    for key, col in keys.items():
        yield str(key).removeprefix(KEY_PREFIX), [row[col] if col < len(row) else None for row in rows]


def row_count(page: Page) -> int:
    """Return the number of rows of a page."""
    return len(next(iter(page[1].values())))


def first_pages(candidates: Sequence[Page], rows: int) -> Sequence[Page]:
    """Return the first page and as many of the next as are needed for so many rows."""
    pages: list[Page] = []
    for page in candidates:
        if not pages or sum(map(row_count, pages)) < rows:
            pages.append(page)
    return pages


def joined_columns(pages: Sequence[Page]) -> dict[str, list[Scalar]]:
    """Return the columns of pages that continue each other."""
    return {key: [value for _, page in pages for value in page[key]] for key in pages[0][1]}


def part_number(sheet: str, name: str) -> int:
    """Return which sheet of a page one is: `name` the first, `name (2)` the second; 0 if it is of another."""
    number = _NUMBER.fullmatch(sheet.removeprefix(name)) if sheet.startswith(name) else None
    return int(number[1] or 1) if number else 0


def _likeness(sheet: str, title: str) -> tuple[int, int]:
    """Return what sorts the sheets of a block with a title to the front, in the order in which they were written.

    A sheet bears as much of the title as fits, and a number if there is more than one.
    """
    legal = ILLEGAL_IN_SHEET_NAME.sub("_", title).strip()
    bare = sheet if legal.startswith(sheet) else _NUMBER.sub("", sheet)
    return (-len(bare), part_number(sheet, bare)) if legal.startswith(bare) else (0, 0)


def join_pages(pages: Sequence[Page], long_texts: Sequence[Mapping[str, Scalar]]) -> DataTable:
    """Return the pages of one block as one table."""
    columns = joined_columns(pages)
    # The visible cell shows only the beginning of such a text.
    for line in long_texts:
        cells, record, text = columns.get(str(line["field"])), int(cast("float", line["record"])), str(line["text"])
        # A page that was sorted or edited shows another text there.
        if cells is not None and record < len(cells) and text.startswith(display_text(cells[record])[:_SHOWN]):
            cells[record] = text
    sheets: list[str] = []
    rows: list[int] = []
    for grid, page in pages:
        count, first = row_count((grid, page)), grid.top + (key_row(grid) or 0) + _ROWS_TO_DATA + 1
        sheets += [grid.name] * count
        rows += range(first, first + count)
    return DataTable(columns, sheets, rows)
