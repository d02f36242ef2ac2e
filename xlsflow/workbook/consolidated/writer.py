"""Writes a consolidated workbook: xlsxwriter makes everything but the rows of data, which are streamed in as XML.

xlsxwriter writes a skeleton with all that is intricate (styles, titles, charts, page setup) and one blank cell of each
style where the rows of a data page begin. The skeleton is then copied into the final zip file, and on the way those
cells are replaced by the rows. For large workbooks this is several times as fast as writing each cell by xlsxwriter.
"""

from __future__ import annotations

import re
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

from xlsflow.fileformat.cells import a1
from xlsflow.fileformat.excel_limits import ILLEGAL_IN_SHEET_NAME, MAX_SHEET_NAME
from xlsflow.model.report_model import Overview
from xlsflow.system.atomic_write import write_atomically
from xlsflow.workbook.consolidated.dashboard import DashboardWriter
from xlsflow.workbook.consolidated.dashboard_chart import CHART_DATA_SHEET
from xlsflow.workbook.consolidated.data_page import MIN_BAND_COLUMNS, draw_page_frame
from xlsflow.workbook.consolidated.links import ROWS_PER_SHEET, Places, links_xml
from xlsflow.workbook.consolidated.page_model import DataPage, ShortenedText, WorkbookPage
from xlsflow.workbook.consolidated.row_xml import StyledColumn, row_chunks
from xlsflow.workbook.style.formats import Formats, StyleKey, drawing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from concurrent.futures import Executor, Future
    from datetime import datetime
    from pathlib import Path
    from typing import IO

    from xlsxwriter import Workbook

# A cell takes about 60 bytes of XML, a long text more; a zip member without zip64 holds 2 GB.
_MAX_CELLS_WITHOUT_ZIP64 = 20_000_000

# Measured on 96 MB of XML: level 3 gives 7 % less in 1.4 times the time, level 6 gives 21 % less in 3 times the time.
_DEFLATE_LEVEL = 2

# Chunks that may wait for compression; each is about 2 MB.
_CHUNKS_AHEAD = 2

# Document properties that xlsx has a field for; any other becomes a custom property.
_CORE_PROPERTIES = frozenset(
    {"title", "subject", "author", "manager", "company", "category", "keywords", "comments", "status", "hyperlink_base"}
)

# Excel refuses a sheet of this name: it uses the name for tracked changes.
_RESERVED_SHEET_NAME = "history"


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet of the skeleton whose rows are still missing.

    Attributes:
        name: Its name.
        member: Its file in the zip.
        page: The page.
        rows: Which rows of the page it gets.
        first: Row of its first record.
        keys: The style keys of the blank cells in that row.
        places: Where the pages are that its rows are linked to.
    """

    name: str
    member: str
    page: DataPage
    rows: range
    first: int
    keys: tuple[StyleKey, ...]
    places: Places


def write_consolidated(
    path: Path, pages: Sequence[WorkbookPage], properties: Mapping[str, str], created: datetime
) -> tuple[ShortenedText, ...]:
    """Write a workbook; the same arguments give the same bytes.

    Args:
        path: The file to write.
        pages: The pages, in order.
        properties: Document properties; names that xlsx has no field for become custom ones.
        created: The creation date to store in the file.

    Returns:
        The texts that were cut because a cell cannot hold them.

    Raises:
        OutputError: The file cannot be written.
    """
    shortened: list[ShortenedText] = []
    skeleton, sheets = _skeleton(pages, properties, created)
    write_atomically(path, lambda target: _copy_with_rows(skeleton, sheets, target, shortened))
    return tuple(shortened)


def _skeleton(
    pages: Sequence[WorkbookPage], properties: Mapping[str, str], created: datetime
) -> tuple[BytesIO, Mapping[str, _Sheet]]:
    """Return the workbook without its rows of data, and its unfinished sheets by their file in the zip."""
    skeleton = BytesIO()
    with drawing(skeleton) as workbook:
        _set_properties(workbook, properties, created)
        formats = Formats(workbook)
        sheet_names = _sheet_names(pages)
        places = _places(pages, sheet_names)
        dashboards = DashboardWriter(workbook, formats, places)
        sheets: dict[str, _Sheet] = {}
        for page, names in zip(pages, sheet_names, strict=True):
            if isinstance(page, Overview):
                dashboards.draw(workbook.add_worksheet(names[0]), page)
                if page.more:
                    dashboards.draw_more(workbook.add_worksheet(names[1]), page)
                continue
            for sheet in _add_data_page(workbook, page, formats, names):
                sheets[sheet.member] = replace(sheet, places=places)
        dashboards.finish()
        _activate_first_visible(workbook)
    return skeleton, sheets


def _sheet_names(pages: Sequence[WorkbookPage]) -> Sequence[Sequence[str]]:
    """Return the names of each page's sheets; hidden pages choose first, because they are read back by name."""
    taken = {CHART_DATA_SHEET, _RESERVED_SHEET_NAME}
    hidden = [isinstance(page, DataPage) and page.hidden != "visible" for page in pages]
    names: list[list[str]] = [[] for _ in pages]
    for number in sorted(range(len(pages)), key=lambda number: not hidden[number]):
        page = pages[number]
        names[number] = [sheet_name(page.name, taken) for _ in _parts(page)]
    return names


def _places(pages: Sequence[WorkbookPage], names: Sequence[Sequence[str]]) -> Places:
    """Return where the visible pages are."""
    pairs = list(zip(pages, names, strict=True))
    shown = {page.key: of for page, of in pairs if isinstance(page, DataPage) and page.key and page.hidden == "visible"}
    return Places(shown, next((of[0] for page, of in pairs if isinstance(page, Overview)), ""))


def _parts(page: WorkbookPage) -> Sequence[range]:
    """Return the rows of each sheet of a page: what does not fit on one continues on the next."""
    if isinstance(page, Overview):
        return [range(0)] * (1 + bool(page.more))
    starts = range(0, max(page.rows, 1), ROWS_PER_SHEET)
    return [range(start, min(start + ROWS_PER_SHEET, page.rows)) for start in starts]


def _add_data_page(workbook: Workbook, page: DataPage, formats: Formats, names: Sequence[str]) -> Iterator[_Sheet]:
    """Draw a page without its rows, on as many sheets as they need."""
    for name, rows in zip(names, _parts(page), strict=True):
        sheet = workbook.add_worksheet(name)
        first, keys = draw_page_frame(sheet, page, rows, formats)
        sheet.set_tab_color(page.tab)
        if page.hidden == "hidden":
            sheet.hide()
        elif page.hidden == "very_hidden":
            sheet.very_hidden()
        yield _Sheet(name, f"xl/worksheets/sheet{len(workbook.worksheets())}.xml", page, rows, first, keys, Places({}))


def sheet_name(title: str, taken: set[str]) -> str:
    """Return a legal sheet name that is not taken, and add it to the taken ones: `Name`, then `Name (2)`."""
    legal = ILLEGAL_IN_SHEET_NAME.sub("_", title).strip() or "_"
    name, number = legal[:MAX_SHEET_NAME], 1
    while name.casefold() in taken:
        number += 1
        suffix = f" ({number})"
        name = legal[: MAX_SHEET_NAME - len(suffix)].rstrip() + suffix
    taken.add(name.casefold())  # Excel compares sheet names without case
    return name


def _set_properties(workbook: Workbook, properties: Mapping[str, str], created: datetime) -> None:
    """Set the document properties; without a date, xlsxwriter would store today's."""
    core: dict[str, object] = {name: text for name, text in properties.items() if name in _CORE_PROPERTIES}
    workbook.set_properties({**core, "created": created})
    for name, text in properties.items():
        if name not in _CORE_PROPERTIES:
            workbook.set_custom_property(name, text, "text")


def _activate_first_visible(workbook: Workbook) -> None:
    """Make the workbook open at its first visible sheet."""
    for sheet in workbook.worksheets():
        if not sheet.hidden:
            sheet.set_first_sheet()
            sheet.activate()
            return
    raise ValueError("a workbook needs a visible page")


def _copy_with_rows(
    skeleton: BytesIO, sheets: Mapping[str, _Sheet], path: Path, shortened: list[ShortenedText]
) -> None:
    """Copy the workbook to its file, adding the rows of data."""
    with (
        ZipFile(skeleton) as source,
        ZipFile(path, "w", ZIP_DEFLATED, compresslevel=_DEFLATE_LEVEL) as target,
        ThreadPoolExecutor(1, "compressor") as compressor,
    ):
        for member in source.namelist():
            content = source.read(member)
            # A member that is opened by name gets the date 1980-01-01 instead of today: same input, same bytes.
            with target.open(member, "w", force_zip64=_needs_zip64(sheets.get(member))) as stream:
                if member in sheets:
                    _compress(_with_rows(content, sheets[member], shortened), stream, compressor)
                else:
                    stream.write(content)


def _compress(chunks: Iterator[bytes], stream: IO[bytes], compressor: Executor) -> None:
    """Compress each chunk while the next one is made; zlib releases the GIL while it works."""
    waiting: deque[Future[int]] = deque()
    for chunk in chunks:
        waiting.append(compressor.submit(stream.write, chunk))
        if len(waiting) > _CHUNKS_AHEAD:
            waiting.popleft().result()
    for future in waiting:
        future.result()


def _with_links(tail: bytes, sheet: _Sheet, first: int) -> Iterator[bytes]:
    """Yield what follows the rows of a sheet, with the links of its rows where the format wants them."""
    if sheet.page.hidden != "visible":
        yield tail
        return
    # The element comes before those of printing, whichever the sheet has first.
    at = min(found for name in (b"<printOptions", b"<pageMargins") if (found := tail.find(name)) >= 0)
    yield tail[:at]
    sources = sheet.page.sources[sheet.rows.start : sheet.rows.stop]
    yield from links_xml(sheet.page.columns, sources, first, sheet.places)
    yield tail[at:]


def _needs_zip64(sheet: _Sheet | None) -> bool:
    """Return whether a sheet may exceed the 2 GB of a zip member without zip64, which Excel reads as well."""
    return sheet is not None and len(sheet.rows) * len(sheet.page.columns) > _MAX_CELLS_WITHOUT_ZIP64


def _with_rows(content: bytes, sheet: _Sheet, shortened: list[ShortenedText]) -> Iterator[bytes]:
    """Yield the XML of a sheet with its rows in place of the blank styled cells."""
    number = sheet.first + 1
    start = content.index(b'<row r="%d"' % number)
    end = content.index(b"</sheetData>", start)
    numbers = re.findall(rb' s="(\d+)"/>', content[start:end])
    styles = {key: style.decode() for key, style in zip(sheet.keys, numbers, strict=True)}
    last = a1(sheet.first - 1 + len(sheet.rows), max(len(sheet.page.columns), MIN_BAND_COLUMNS) - 1)
    yield re.sub(rb'<dimension ref="[^"]*"/>', f'<dimension ref="A1:{last}"/>'.encode(), content[:start], count=1)
    columns = [StyledColumn(column, col, styles) for col, column in enumerate(sheet.page.columns)]
    cut_cells: list[tuple[str, int]] = []
    yield from row_chunks(columns, sheet.rows, number, cut_cells)
    yield from _with_links(content[end:], sheet, number)
    shortened += [ShortenedText(sheet.name, cell, length) for cell, length in cut_cells]
