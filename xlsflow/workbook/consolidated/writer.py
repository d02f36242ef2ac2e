"""Writes a consolidated workbook in one call, fast: frames by xlsxwriter, rows of data by hand.

xlsxwriter makes the book with all that is seldom and intricate (styles, bands, charts, print set-up) and one cell of
each style where a page's rows begin. Then the file is packed anew, and there the rows are put in as a stream of XML.
"""

from __future__ import annotations

import re
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

from xlsxwriter import Workbook

from xlsflow.fileformat.cells import a1
from xlsflow.system.atomic_write import write_whole
from xlsflow.workbook.consolidated.dashboard import Boards
from xlsflow.workbook.consolidated.dashboard_chart import CHART_DATA
from xlsflow.workbook.consolidated.data_page import (
    BAND_LEAST,
    HEADER_ROWS,
    frame,
)
from xlsflow.workbook.consolidated.page_model import (
    BoardPage,
    Cut,
    DataPage,
    Page,
)
from xlsflow.workbook.consolidated.row_xml import (
    Part,
    row_chunks,
)
from xlsflow.workbook.style.formats import (
    WORKBOOK_OPTIONS,
    Formats,
    StyleKey,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from concurrent.futures import Executor, Future
    from datetime import datetime
    from pathlib import Path
    from typing import IO

MOST_ROWS = 1_048_576
"""Rows of a sheet, as Excel has them."""

CELLS_IN_PLAIN_ZIP = 20_000_000
"""A cell takes some 60 bytes of XML, a long text more."""

DEFLATE_LEVEL = 2
"""Measured on 96 MB of XML: level 3 packs 7 % smaller in 1.4 times the time, level 6 packs 21 % smaller in 3 times."""

PIECES_AHEAD = 2
"""So many pieces wait at most until they are packed: a piece takes some 2 MB."""

CORE_PROPERTIES = frozenset(
    {"title", "subject", "author", "manager", "company", "category", "keywords", "comments", "status", "hyperlink_base"}
)
"""Document properties that every file has a place for; any other becomes a custom one."""

RESERVED_NAME = "history"
"""Excel keeps this sheet name to itself."""

_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]|^'|'$")
_MOST_NAME = 31


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet whose rows are still to be put in."""

    name: str
    member: str
    page: DataPage
    rows: range
    first: int
    keys: tuple[StyleKey, ...]


def write_book(path: Path, pages: Sequence[Page], properties: Mapping[str, str], created: datetime) -> tuple[Cut, ...]:
    """Write a whole workbook: the same pages give the same bytes.

    Args:
        path: Where it shall stand.
        pages: Its pages, in order.
        properties: Document properties; names that Excel does not know become custom ones.
        created: The moment that the file says it was made at.

    Returns:
        The texts that were too long for a cell and were cut.

    Raises:
        OutputError: The file cannot be written there.
    """
    cuts: list[Cut] = []
    skeleton, sheets = _skeleton(pages, properties, created)
    write_whole(path, lambda beside: _pack(skeleton, sheets, beside, cuts))
    return tuple(cuts)


def _skeleton(
    pages: Sequence[Page], properties: Mapping[str, str], created: datetime
) -> tuple[BytesIO, Mapping[str, _Sheet]]:
    """Return the workbook without its rows of data, and what is still to be put in, by the part's name in the file."""
    made = BytesIO()
    with Workbook(made, dict(WORKBOOK_OPTIONS)) as book:
        _set_properties(book, properties, created)
        formats = Formats(book)
        boards = Boards(book, formats)
        taken = {CHART_DATA, RESERVED_NAME}
        sheets: dict[str, _Sheet] = {}
        for page in pages:
            if isinstance(page, BoardPage):
                boards.draw(book.add_worksheet(sheet_name(page.name, taken)), page)
                continue
            for part in _add_data_page(book, page, formats, taken):
                sheets[part.member] = part
        boards.finish()
        _show_first(book)
    return made, sheets


def _add_data_page(book: Workbook, page: DataPage, formats: Formats, taken: set[str]) -> Iterator[_Sheet]:
    """Draw the frame of a page, on as many sheets as its rows need."""
    room = MOST_ROWS - HEADER_ROWS
    for start in range(0, max(page.rows, 1), room):
        rows = range(start, min(start + room, page.rows))
        name = sheet_name(page.name, taken)
        sheet = book.add_worksheet(name)
        first, keys = frame(sheet, page, len(rows), formats)
        sheet.set_tab_color(page.tab)
        if page.hidden == "hidden":
            sheet.hide()
        elif page.hidden == "very_hidden":
            sheet.very_hidden()
        yield _Sheet(name, f"xl/worksheets/sheet{len(book.worksheets())}.xml", page, rows, first, keys)


def sheet_name(wanted: str, taken: set[str]) -> str:
    """Return, and take, a name that is legal for a sheet and that no other has: `Name`, then `Name (2)`."""
    plain = _NOT_IN_A_NAME.sub("_", wanted).strip() or "_"
    name, number = plain[:_MOST_NAME], 1
    while name.casefold() in taken:
        number += 1
        mark = f" ({number})"
        name = plain[: _MOST_NAME - len(mark)].rstrip() + mark
    taken.add(name.casefold())
    return name


def _set_properties(book: Workbook, properties: Mapping[str, str], created: datetime) -> None:
    """Stamp the document properties; without a given moment xlsxwriter would write today's."""
    core: dict[str, object] = {name: text for name, text in properties.items() if name in CORE_PROPERTIES}
    book.set_properties({**core, "created": created})
    for name, text in properties.items():
        if name not in CORE_PROPERTIES:
            book.set_custom_property(name, text, "text")


def _show_first(book: Workbook) -> None:
    """Open the book at its first sheet that is not hidden."""
    for sheet in book.worksheets():
        if not sheet.hidden:
            sheet.set_first_sheet()
            sheet.activate()
            return
    raise ValueError("a workbook needs a page that is not hidden")


def _pack(skeleton: BytesIO, sheets: Mapping[str, _Sheet], beside: Path, cuts: list[Cut]) -> None:
    """Pack the workbook anew, with the rows of data in their places."""
    with (
        ZipFile(skeleton) as source,
        ZipFile(beside, "w", ZIP_DEFLATED, compresslevel=DEFLATE_LEVEL) as target,
        ThreadPoolExecutor(1, "packer") as packer,
    ):
        for member in source.namelist():
            content = source.read(member)
            # A member opened by its name bears the date 1980-01-01, not that of today.
            with target.open(member, "w", force_zip64=_is_huge(sheets.get(member))) as packed:
                if member in sheets:
                    _pour(_with_rows(content, sheets[member], cuts), packed, packer)
                else:
                    packed.write(content)


def _pour(pieces: Iterator[bytes], packed: IO[bytes], packer: Executor) -> None:
    """Pack pieces, each while the next is made: zlib lets go of the interpreter while it works."""
    waiting: deque[Future[int]] = deque()
    for piece in pieces:
        waiting.append(packer.submit(packed.write, piece))
        if len(waiting) > PIECES_AHEAD:
            waiting.popleft().result()
    for future in waiting:
        future.result()


def _is_huge(sheet: _Sheet | None) -> bool:
    """Return whether a sheet may pass the 2 GB that a plain zip can hold; Excel reads the other kind too."""
    return sheet is not None and len(sheet.rows) * len(sheet.page.columns) > CELLS_IN_PLAIN_ZIP


def _with_rows(content: bytes, sheet: _Sheet, cuts: list[Cut]) -> Iterator[bytes]:
    """Return the XML of a sheet with its rows in the place of the cells that showed the styles."""
    number = sheet.first + 1
    start = content.index(b'<row r="%d"' % number)
    end = content.index(b"</sheetData>", start)
    found = re.findall(rb' s="(\d+)"/>', content[start:end])
    styles = {key: style.decode() for key, style in zip(sheet.keys, found, strict=True)}
    last = a1(sheet.first - 1 + len(sheet.rows), max(len(sheet.page.columns), BAND_LEAST) - 1)
    yield re.sub(rb'<dimension ref="[^"]*"/>', f'<dimension ref="A1:{last}"/>'.encode(), content[:start], count=1)
    parts = [Part(column, place, styles) for place, column in enumerate(sheet.page.columns)]
    cut: list[tuple[str, int]] = []
    yield from row_chunks(parts, sheet.rows, number, cut)
    yield content[end:]
    cuts += [Cut(sheet.name, cell, length) for cell, length in cut]
