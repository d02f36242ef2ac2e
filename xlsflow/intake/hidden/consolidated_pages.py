"""A consolidated workbook, read back from its pages: what it shows as data, and what it keeps out of sight."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, cast

from xlsflow.errors import Refused
from xlsflow.fileformat import hidden_pages
from xlsflow.fileformat.cells import Scalar
from xlsflow.findings import (
    Finding,
    Location,
)
from xlsflow.i18n import LocalizedText
from xlsflow.intake.grid import Grid, GridBook
from xlsflow.intake.xlsx.cell_store import column
from xlsflow.model.book import DuplicateRow
from xlsflow.model.ledger import AsideRow, LedgerLine
from xlsflow.model.returns import FieldPositions, FileRecord, Stamp
from xlsflow.model.waivers import Waiver

KEY = "key:"
"""What stands before a name in the hidden row above a header."""
_HIGHEST = 10
_CELL = re.compile(r"([A-Z]+)([0-9]+)(!?)")

_OF_A_WAIVER = ("code", "sheet", "cell", "reason", "until")

Columns = Mapping[str, list[Scalar]]
"""Name of a column -> its cells, from the first row to the last that holds anything."""


@dataclass(frozen=True)
class DataTable:
    """The rows of one block as its pages show them.

    Attributes:
        columns: Name -> cells; a text that was too long for its cell is whole again.
        sheets: Name of the page of each row.
        rows: 1-based row on that page.
    """

    columns: Columns
    sheets: Sequence[str]
    rows: Sequence[int]


@dataclass(frozen=True)
class BookPages:
    """What a consolidated workbook holds.

    Attributes:
        stamp: What it says that it is.
        instant: What its report is true for.
        project: Block of the project workbook -> its rows.
        tables: Block -> its rows.
        codes: Block and field -> label that is shown -> code.
        files: Every file that went into it.
        findings: What was said of them.
        ledger: What became of their rows.
        aside: Rows that could not be used.
        again: Rows that say what others say.
        places: File, sheet and block -> where its fields stand.
        waivers: File -> what of it may stand.
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


def is_consolidated(book: GridBook) -> bool:
    """Return whether a file is a consolidated workbook, by its stamp or by its hidden pages."""
    stamped = book.properties.get(f"{hidden_pages.PROPERTY}kind")
    pages = {grid.name for grid in book.grids}
    return stamped == hidden_pages.BOOK or {hidden_pages.META, hidden_pages.BLOCKS, hidden_pages.LEDGER} <= pages


def read_pages(book: GridBook) -> BookPages:
    """Return what a consolidated workbook holds.

    Raises:
        Refused: A page that it keeps is missing or was changed, or its data are not those that it was written with.
    """
    return _Reader(book).pages()


class _Reader:
    """One workbook while it is read."""

    def __init__(self, book: GridBook) -> None:
        self.book = book
        self.by_name = {grid.name: grid for grid in book.grids}

    def pages(self) -> BookPages:
        """Return what it holds."""
        stamped = {str(line["fact"]): str(line["value"]) for line in self._lines(hidden_pages.META)}
        known = {one.name for one in fields(Stamp)}
        facts = {name.removeprefix(hidden_pages.PROPERTY): fact for name, fact in stamped.items()}
        project: dict[str, list[dict[str, Any]]] = {}
        for line in self._lines(hidden_pages.PROJECT):
            project.setdefault(str(line["block"]), []).append(self._facts(hidden_pages.PROJECT, line["record"]))
        return BookPages(
            Stamp(**{name: fact for name, fact in facts.items() if name in known}),
            self._moment(hidden_pages.META, facts.get(hidden_pages.INSTANT)),
            project,
            dict(self._tables()),
            self._codes(),
            tuple(self._files()),
            tuple(self._findings()),
            tuple(_ledger_line(line) for line in self._lines(hidden_pages.LEDGER)),
            tuple(self._aside()),
            tuple(_again(line) for line in self._lines(hidden_pages.AGAIN)),
            {_at(line): dict(_spots(str(line["spots"] or ""))) for line in self._lines(hidden_pages.PLACES)},
            self._waivers(),
        )

    def _refused(self, page: str) -> Refused:
        return Refused("book_page", file=self.book.file, page=page)

    def _lines(self, name: str) -> Iterator[dict[str, Scalar]]:
        """Yield the lines of a hidden page; texts that run on in further columns are put together."""
        columns = dict(_columns(self.by_name[name])) if name in self.by_name else {}
        if not columns:
            raise self._refused(name)
        keys = list(columns)
        for values in zip(*columns.values(), strict=True):
            line: dict[str, Scalar] = {}
            for key, value in zip(keys, values, strict=True):
                first, more, _ = key.partition(hidden_pages.MORE)
                line[first] = f"{line[first] or ''}{value or ''}" if more else value
            yield line

    def _facts(self, page: str, text: Scalar) -> dict[str, Any]:
        try:
            return hidden_pages.facts_of(str(text or ""))
        except ValueError as error:
            raise self._refused(page) from error

    def _moment(self, page: str, text: object) -> datetime:
        try:
            return datetime.fromisoformat(str(text))
        except ValueError as error:
            raise self._refused(page) from error

    def _codes(self) -> Mapping[tuple[str, str], Mapping[str, str]]:
        codes: dict[tuple[str, str], dict[str, str]] = {}
        for line in self._lines(hidden_pages.CODES):
            codes.setdefault((str(line["block"]), str(line["field"])), {})[str(line["shown"])] = str(line["code"])
        return codes

    def _files(self) -> Iterator[FileRecord]:
        for line in self._lines(hidden_pages.FILES):
            said = {name: str(value or "") for name, value in line.items()}
            stamp = Stamp(**{one.name: said[f"stamp.{one.name}"] for one in fields(Stamp)})
            saved = self._moment(hidden_pages.FILES, said["saved"]) if said["saved"] else None
            yield FileRecord(
                said["file"], said["sha256"], stamp, saved, said["writer"], cast("Any", said["status"]),
                said["reason"], said["recognised"],
            )  # fmt: skip

    def _findings(self) -> Iterator[Finding]:
        for line in self._lines(hidden_pages.FINDINGS):
            said = {name: str(value or "") for name, value in line.items()}
            words = said["label_zh"], said["label_en"]
            file, sheet, cell, block, name = (said[one] for one in ("file", "sheet", "cell", "block", "field"))
            place = Location(file, sheet, cell, block, name, LocalizedText(*words) if any(words) else None)
            yield Finding(said["code"], place, said["value"], self._facts(hidden_pages.FINDINGS, line["facts"]))

    def _aside(self) -> Iterator[AsideRow]:
        for line in self._lines(hidden_pages.ASIDE):
            file, sheet, block, code = (str(line[name] or "") for name in ("file", "sheet", "block", "code"))
            yield AsideRow(
                file, sheet, block, _number(line["row"]), code, self._facts(hidden_pages.ASIDE, line["texts"])
            )

    def _waivers(self) -> Mapping[str, tuple[Waiver, ...]]:
        """Return what may stand, by file; books of earlier versions have no such page."""
        found: dict[str, tuple[Waiver, ...]] = {}
        for line in self._lines(hidden_pages.WAIVERS) if hidden_pages.WAIVERS in self.by_name else ():
            file = str(line["file"] or "")
            facts = self._facts(hidden_pages.WAIVERS, line["record"])
            found[file] = (*found.get(file, ()), Waiver(**{name: facts.get(name, "") for name in _OF_A_WAIVER}))
        return found

    def _tables(self) -> Iterator[tuple[str, DataTable]]:
        """Yield the rows of every block: its pages are told by their keys, and by their name where keys are shared."""
        free = [(grid, columns) for grid in self.book.grids if (columns := dict(_columns(grid)))]
        long: dict[str, list[dict[str, Scalar]]] = {}
        for line in self._lines(hidden_pages.LONG):
            long.setdefault(str(line["block"]), []).append(line)
        for line in self._lines(hidden_pages.BLOCKS):
            block, name, wanted = str(line["block"]), str(line["sheet"]), _number(line["rows"])
            keys = str(line["keys"]).split()
            alike = [pair for pair in free if list(pair[1]) == keys]
            alike.sort(key=lambda pair: not _is_called(pair[0].name, name))  # a stable sort: else as the tabs stand
            taken: list[tuple[Grid, Columns]] = []
            while alike and (not taken or sum(map(_count, taken)) < wanted):
                taken.append(alike.pop(0))
            found = sum(map(_count, taken))
            if not taken or found != wanted:
                raise Refused("book_rows", file=self.book.file, sheet=name, wanted=wanted, found=found)
            free = [pair for pair in free if pair not in taken]
            yield block, _joined(taken, long.get(block, ()))


def _columns(grid: Grid) -> Iterator[tuple[str, list[Scalar]]]:
    """Yield the columns of a page by the hidden keys above them; nothing where it has none."""
    for number, row in enumerate(grid.rows[:_HIGHEST]):
        keys = {value: place for place, value in enumerate(row) if isinstance(value, str) and value.startswith(KEY)}
        if keys:
            rows = grid.rows[number + 2 :]
            while rows and all(value is None for value in rows[-1]):
                rows = rows[:-1]
            for key, place in keys.items():
                yield key.removeprefix(KEY), [line[place] if place < len(line) else None for line in rows]
            return


def _count(page: tuple[Grid, Columns]) -> int:
    return len(next(iter(page[1].values())))


def _is_called(page: str, name: str) -> bool:
    """Return whether a page may bear a name: cut to what a tab holds, with a number behind where there are several."""
    bare = re.sub(r" \([0-9]+\)$", "", page)
    return bool(bare) and re.sub(r"[\[\]:*?/\\]", "_", name).startswith(bare)


def _joined(pages: Sequence[tuple[Grid, Columns]], long: Sequence[Mapping[str, Scalar]]) -> DataTable:
    """Return the pages of one block as one table."""
    columns = {key: [value for _, one in pages for value in one[key]] for key in pages[0][1]}
    for line in long:
        columns[str(line["field"])][_number(line["record"])] = line["text"]
    sheets = [grid.name for grid, one in pages for _ in next(iter(one.values()))]
    rows = [row for grid, one in pages for row in range(_first(grid), _first(grid) + _count((grid, one)))]
    return DataTable(columns, sheets, rows)


def _first(grid: Grid) -> int:
    """Return the 1-based row of the first record of a page."""
    for number, row in enumerate(grid.rows[:_HIGHEST]):
        if any(isinstance(value, str) and value.startswith(KEY) for value in row):
            return grid.top + number + 3
    return 1


def _number(value: Scalar) -> int:
    return int(value) if isinstance(value, float | int) else 0


def _ledger_line(line: Mapping[str, Scalar]) -> LedgerLine:
    file, sheet, block = (str(line[name] or "") for name in ("file", "sheet", "block"))
    counts = (_number(line[name]) for name in ("seen", "blank", "merged", "superseded", "duplicate", "set_aside"))
    return LedgerLine(file, sheet, block, *counts)


def _again(line: Mapping[str, Scalar]) -> DuplicateRow:
    block, file, sheet, first, other = (
        str(line[name] or "") for name in ("block", "file", "sheet", "first_file", "first_sheet")
    )
    return DuplicateRow(block, (file, sheet, _number(line["row"])), (first, other, _number(line["first_row"])))


def _at(line: Mapping[str, Scalar]) -> tuple[str, str, str]:
    file, sheet, block = (str(line[name] or "") for name in ("file", "sheet", "block"))
    return file, sheet, block


def _spots(text: str) -> Iterator[tuple[str, tuple[int | None, int]]]:
    """Yield where each field stands: `due=D1` in column D, `start=B6!` in that cell."""
    for one in text.split():
        name, _, cell = one.partition("=")
        if found := _CELL.fullmatch(cell):
            yield name, (int(found[2]) - 1 if found[3] else None, column(found[1]))
