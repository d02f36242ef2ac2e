"""Reads a consolidated workbook back: the rows on its visible pages, and what its hidden pages store about them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from xlsflow.errors import Refused
from xlsflow.fileformat import hidden_pages
from xlsflow.fileformat.cells import Scalar, column_index, display_text
from xlsflow.fileformat.key_row import KEY_PREFIX, is_key
from xlsflow.fileformat.stamp import CONSOLIDATED_KIND, PROPERTY_PREFIX
from xlsflow.findings import Finding, Location
from xlsflow.i18n import LocalizedText
from xlsflow.intake.grid import RawWorkbook
from xlsflow.intake.hidden.book_memory import BookMemory, MemoryReader
from xlsflow.intake.hidden.data_pages import (
    DataTable,
    Page,
    PageColumns,
    first_pages,
    join_pages,
    joined_columns,
    key_row,
    page_columns,
    pages_of,
    part_number,
    row_count,
)
from xlsflow.intake.hidden.edited_pages import PageRows, find_edits
from xlsflow.model.consolidated_book import DuplicateRow
from xlsflow.model.ledger import AsideRow, LedgerLine
from xlsflow.model.returns import FieldPositions, FileRecord, Stamp
from xlsflow.model.waivers import Waiver

_CELL = re.compile(r"([A-Z]+)([0-9]+)(!?)")
_LEDGER_COUNTS = ("seen", "blank", "merged", "superseded", "duplicate", "set_aside", "unchanged", "carried")
_WAIVER_FACTS = ("code", "sheet", "cell", "reason", "until")


@dataclass(frozen=True)
class BookPages:
    """The content of a consolidated workbook.

    Attributes:
        stamp: Its stamp.
        instant: The instant that its report is true for.
        project: Block of the project workbook -> its rows.
        tables: Block -> its rows.
        codes: Block and field -> displayed label -> code.
        files: The files that were merged.
        findings: The findings in them.
        ledger: What became of their rows.
        aside: Rows that could not be used.
        again: Rows that repeat other rows, in workbooks of earlier versions.
        places: File, sheet and block -> positions of its fields.
        waivers: File -> findings that its region may leave as they are.
        memory: What later merges need to know; None in workbooks of earlier versions.
        parts: Code of a project within the project -> block of its project workbook -> its rows.
    """

    stamp: Stamp
    instant: datetime
    project: Mapping[str, list[dict[str, Any]]]
    tables: Mapping[str, DataTable]
    codes: Mapping[tuple[str, str], Mapping[str, str]]
    files: tuple[FileRecord, ...]
    findings: tuple[Finding, ...]
    ledger: tuple[LedgerLine, ...]
    aside: tuple[AsideRow, ...]
    again: tuple[DuplicateRow, ...]
    places: Mapping[tuple[str, str, str], FieldPositions]
    waivers: Mapping[str, tuple[Waiver, ...]]
    memory: BookMemory | None = None
    parts: Mapping[str, Mapping[str, list[dict[str, Any]]]] = field(default_factory=dict)


def is_consolidated(workbook: RawWorkbook) -> bool:
    """Return whether a file is a consolidated workbook, by its stamp or by its hidden pages."""
    kind = workbook.properties.get(f"{PROPERTY_PREFIX}kind")
    pages = {grid.name for grid in workbook.grids}
    stored = {hidden_pages.META_PAGE, hidden_pages.BLOCKS_PAGE, hidden_pages.LEDGER_PAGE}
    return kind == CONSOLIDATED_KIND or stored <= pages


def read_pages(workbook: RawWorkbook) -> BookPages:
    """Return the content of a consolidated workbook.

    Raises:
        Refused: A hidden page is missing or was changed, or rows of data were added or removed.
    """
    return _PageReader(workbook).pages()


class _PageReader:
    """Reads one workbook."""

    def __init__(self, workbook: RawWorkbook) -> None:
        self.workbook = workbook
        self.by_name = {grid.name: grid for grid in workbook.grids}
        self.facts: Mapping[str, str] = {}

    def pages(self) -> BookPages:
        """Return the content of the workbook."""
        stamp = {
            str(line["fact"]).removeprefix(PROPERTY_PREFIX): str(line["value"])
            for line in self._lines(hidden_pages.META_PAGE)
        }
        self.facts = stamp
        # Later versions may store further facts, which this one ignores.
        known = {fact.name for fact in fields(Stamp)}
        return BookPages(
            Stamp(**{name: fact for name, fact in stamp.items() if name in known}),
            self._instant(hidden_pages.META_PAGE, stamp.get(hidden_pages.AS_OF_FACT)),
            self._project_rows(hidden_pages.PROJECT_PAGE).get("", {}),
            dict(self._tables()),
            self._codes(),
            tuple(self._files()),
            tuple(self._findings()),
            tuple(_ledger_line(line) for line in self._lines(hidden_pages.LEDGER_PAGE)),
            tuple(self._aside()),
            tuple(_duplicate_row(line) for line in self._lines(hidden_pages.DUPLICATES_PAGE)),
            {
                _block_address(line): dict(_field_positions(str(line["spots"] or "")))
                for line in self._lines(hidden_pages.ROW_ORIGINS_PAGE)
            },
            self._waivers(),
            self._memory,
            self._project_rows(hidden_pages.PARTS_PAGE) if hidden_pages.PARTS_PAGE in self.by_name else {},
        )

    def _project_rows(self, page: str) -> Mapping[str, dict[str, list[dict[str, Any]]]]:
        """Return code of each project within the workbook's -> block -> rows; the workbook's own has no code here."""
        projects: dict[str, dict[str, list[dict[str, Any]]]] = {}
        for line in self._lines(page):
            blocks = projects.setdefault(str(line.get("part") or ""), {})
            blocks.setdefault(str(line["block"]), []).append(self._facts(page, line["record"]))
        return projects

    @cached_property
    def _memory(self) -> BookMemory | None:
        """What later merges need to know; earlier versions did not store it."""
        if hidden_pages.WRITTEN_PAGE not in self.by_name:
            return None
        return MemoryReader(self._known_lines, self._facts, self._refused).memory(self._picks())

    def _known_lines(self, name: str) -> Iterator[dict[str, Scalar]]:
        """Yield the lines of a hidden page; none where the version that wrote the workbook had no such page."""
        if name in self.by_name or f"{hidden_pages.ROWS_FACT}{name}" in self.facts:
            yield from self._lines(name)

    def _picks(self) -> Mapping[str, str]:
        """Return what the coordinator has picked on the sheet of proposals, by the id of the proposal."""
        keys = {hidden_pages.PROPOSAL_ID, hidden_pages.PICK}
        pages = (columns for grid in self.workbook.grids if keys <= (columns := dict(page_columns(grid))).keys())
        return {
            str(proposal): display_text(pick).strip()
            for columns in pages
            for proposal, pick in zip(
                *(columns[key] for key in (hidden_pages.PROPOSAL_ID, hidden_pages.PICK)), strict=True
            )
            if proposal is not None and pick is not None
        }

    def _refused(self, page: str) -> Refused:
        return Refused("book_page", file=self.workbook.file, page=page)

    def _lines(self, name: str) -> Iterator[dict[str, Scalar]]:
        """Yield the lines of a hidden page; a text that continues in further columns is joined."""
        columns = self._columns(name)
        keys = list(columns)
        for values in zip(*columns.values(), strict=True):
            line: dict[str, Scalar] = {}
            for key, value in zip(keys, values, strict=True):
                # A cell holds 32,767 UTF-16 units, so the writer splits longer texts over columns.
                first, more, _ = key.partition(hidden_pages.CONTINUATION_SIGN)
                line[first] = f"{line[first] or ''}{value or ''}" if more else value
            yield line

    def _columns(self, name: str) -> PageColumns:
        """Return the columns of a hidden page, which goes on on `name (2)` where it is longer than a sheet.

        Raises:
            Refused: It is not there, has lost its key row, or has more or fewer rows than were written.
        """
        numbered = {number: grid for grid in self.workbook.grids if (number := part_number(grid.name, name))}
        parts = [(grid, dict(page_columns(grid))) for _, grid in sorted(numbered.items())]
        # A page without rows still has its columns; one without columns has lost its key row.
        if 1 not in numbered or not parts[0][1]:
            raise self._refused(name)
        # Somebody's own sheet may have such a name, but not these keys.
        parts = [part for part in parts if list(part[1]) == list(parts[0][1])]
        # Earlier versions did not store how many rows a page has.
        written = self.facts.get(f"{hidden_pages.ROWS_FACT}{name}", "")
        pages = first_pages(parts, int(written) if written.isdecimal() else sys.maxsize)
        if written and str(sum(map(row_count, pages))) != written:
            raise self._refused(name)
        return joined_columns(pages)

    def _facts(self, page: str, text: Scalar) -> dict[str, Any]:
        try:
            return hidden_pages.parse_facts(str(text or ""))
        except ValueError as error:
            raise self._refused(page) from error

    def _instant(self, page: str, text: object) -> datetime:
        try:
            return datetime.fromisoformat(str(text))
        except ValueError as error:
            raise self._refused(page) from error

    def _codes(self) -> Mapping[tuple[str, str], Mapping[str, str]]:
        codes: dict[tuple[str, str], dict[str, str]] = {}
        for line in self._lines(hidden_pages.CODES_PAGE):
            codes.setdefault((str(line["block"]), str(line["field"])), {})[str(line["shown"])] = str(line["code"])
        return codes

    def _files(self) -> Iterator[FileRecord]:
        for line in self._lines(hidden_pages.FILES_PAGE):
            texts = {name: str(value or "") for name, value in line.items()}
            # Earlier versions wrote fewer columns.
            stamp = Stamp(**{fact.name: texts.get(f"stamp.{fact.name}", "") for fact in fields(Stamp)})
            saved = self._instant(hidden_pages.FILES_PAGE, texts["saved"]) if texts["saved"] else None
            received = texts.get("received")  # newer than 0.1.0
            yield FileRecord(
                texts["file"], texts["sha256"], stamp, saved, texts["writer"], cast("Any", texts["status"]),
                texts["reason"], texts["recognised"], texts.get("content", ""), texts.get("filler", ""),
                texts.get("part", ""),
                self._instant(hidden_pages.FILES_PAGE, received) if received else None,
            )  # fmt: skip

    def _findings(self) -> Iterator[Finding]:
        for line in self._lines(hidden_pages.FINDINGS_PAGE):
            texts = {name: str(value or "") for name, value in line.items()}
            label = LocalizedText(texts["label_zh"], texts["label_en"])
            file, sheet, cell, block, name = (texts[key] for key in ("file", "sheet", "cell", "block", "field"))
            location = Location(file, sheet, cell, block, name, label if any(label.both()) else None)
            yield Finding(
                texts["code"], location, texts["value"], self._facts(hidden_pages.FINDINGS_PAGE, line["facts"])
            )

    def _aside(self) -> Iterator[AsideRow]:
        for line in self._lines(hidden_pages.SET_ASIDE_PAGE):
            file, sheet, block, code = (str(line[name] or "") for name in ("file", "sheet", "block", "code"))
            yield AsideRow(
                file, sheet, block, _as_int(line["row"]), code, self._facts(hidden_pages.SET_ASIDE_PAGE, line["texts"])
            )

    def _waivers(self) -> Mapping[str, tuple[Waiver, ...]]:
        """Return the waivers by file; earlier versions wrote no such page."""
        found: dict[str, tuple[Waiver, ...]] = {}
        for line in self._lines(hidden_pages.WAIVERS_PAGE) if hidden_pages.WAIVERS_PAGE in self.by_name else ():
            file = str(line["file"] or "")
            facts = self._facts(hidden_pages.WAIVERS_PAGE, line["record"])
            found[file] = (*found.get(file, ()), Waiver(**{name: facts.get(name, "") for name in _WAIVER_FACTS}))
        return found

    def _tables(self) -> Iterator[tuple[str, DataTable]]:
        """Yield the rows of every block: as they were written, or in earlier versions as its pages show them.

        Raises:
            Refused: A workbook of an earlier version has more or fewer rows than were written.
        """
        unread = [(grid, columns) for grid in self.workbook.grids if (columns := dict(page_columns(grid)))]
        long_texts: dict[str, list[dict[str, Scalar]]] = {}
        for line in self._lines(hidden_pages.LONG_TEXTS_PAGE):
            long_texts.setdefault(str(line["block"]), []).append(line)
        for line in self._lines(hidden_pages.BLOCKS_PAGE):
            block, title, written = str(line["block"]), str(line["sheet"]), _as_int(line["rows"])
            pages = pages_of(unread, str(line["keys"]).split(), title, written)
            unread = [page for page in unread if page not in pages]
            if self._memory is not None:
                continue_with = join_pages(pages, long_texts.get(block, ())) if pages else None
                yield block, self._compared(block, title, continue_with, pages)
                continue
            found = sum(map(row_count, pages))
            # Without the rows as they were written, added ones would have no origin and deleted ones would be lost.
            if not pages or found != written:
                raise Refused("book_rows", file=self.workbook.file, sheet=title, wanted=written, found=found)
            yield block, join_pages(pages, long_texts.get(block, ()))

    def _compared(self, block: str, title: str, table: DataTable | None, pages: Sequence[Page]) -> DataTable:
        """Return a block as it was written, with what was edited since."""
        assert self._memory is not None
        written = self._memory.written[block]
        page_rows = None
        if table is not None:
            keys = pages[0][0].rows[key_row(pages[0][0]) or 0]
            positions = {str(key).removeprefix(KEY_PREFIX): col for col, key in enumerate(keys) if is_key(key)}
            page_rows = PageRows(table.columns, table.sheets, table.rows, positions)
        count = len(next(iter(written.values()), ()))
        return DataTable(written, [title] * count, [0] * count, find_edits(written, page_rows))


def _as_int(value: Scalar) -> int:
    # Every number of a sheet is read as a float.
    return int(value) if isinstance(value, float | int) else 0


def _ledger_line(line: Mapping[str, Scalar]) -> LedgerLine:
    file, sheet, block = (str(line[name] or "") for name in ("file", "sheet", "block"))
    return LedgerLine(file, sheet, block, **{name: _as_int(line.get(name)) for name in _LEDGER_COUNTS})


def _duplicate_row(line: Mapping[str, Scalar]) -> DuplicateRow:
    block, file, sheet, first, other = (
        str(line[name] or "") for name in ("block", "file", "sheet", "first_file", "first_sheet")
    )
    return DuplicateRow(block, (file, sheet, _as_int(line["row"])), (first, other, _as_int(line["first_row"])))


def _block_address(line: Mapping[str, Scalar]) -> tuple[str, str, str]:
    file, sheet, block = (str(line[name] or "") for name in ("file", "sheet", "block"))
    return file, sheet, block


def _field_positions(text: str) -> Iterator[tuple[str, tuple[int | None, int]]]:
    """Yield the position of each field: `due=D1` is column D of a table, `start=B6!` that very cell of a form."""
    for item in text.split():
        name, _, cell = item.partition("=")
        if found := _CELL.fullmatch(cell):
            yield name, (int(found[2]) - 1 if found[3] else None, column_index(found[1]))
