"""A return into which mistakes are put: what is typed, what is done to the file, and which findings must follow."""

from __future__ import annotations

import io
import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from tests.benchmarks.filling import fill
from xlsflow.fileformat.cells import a1
from xlsflow.layout.sheet_layout import FormLayout, TableLayout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from xlsflow.layout.sheet_layout import BlockLayout
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import DataBlock
    from xlsflow.workbook.outgoing.writer import OutgoingWorkbook

Parts = dict[str, bytes]
"""Name of a part of the zip -> its content."""


class ExpectedFinding(NamedTuple):
    """A finding that the check must report."""

    code: str
    file: str
    sheet: str
    cell: str


class TargetCell(NamedTuple):
    """One cell of data in a return."""

    sheet: str
    block: str
    number: int
    field: FieldBase
    cell: str

    @property
    def line(self) -> tuple[str, str, int]:
        """Its row, as the mark in `touched`."""
        return self.sheet, self.block, self.number


@dataclass(frozen=True)
class FilledBlock:
    """A block on a sheet, with the rows that are typed into it.

    Attributes:
        sheet: Name of the sheet.
        block: The block of the template.
        full: Its full name.
        location: Its position on the sheet.
        rows: The rows: field -> value.
    """

    sheet: str
    block: DataBlock
    full: str
    location: BlockLayout
    rows: list[dict[str, object]]

    def cell(self, number: int, name: str) -> str:
        """Return the address of a field in a row."""
        if isinstance(self.location, FormLayout):
            found = self.location.cell(name)
            return a1(found.row, found.value.first)
        return a1(self.first + number, self.table.columns[name].first)

    @property
    def table(self) -> TableLayout:
        """Its position, if it is a table."""
        assert isinstance(self.location, TableLayout)
        return self.location

    @property
    def first(self) -> int:
        """First row of data, if it is a table."""
        return self.table.first_row


@dataclass
class FaultyReturn:
    """A return with mistakes.

    Attributes:
        file: Name of the file.
        outgoing: The outgoing workbook.
        blocks: The blocks and their rows.
        rng: The source of random choices.
        typed: Sheet -> address -> value typed over the correct one.
        edits: Changes to the parts of the zip, in order.
        beside: Further files sent with it: name -> content; None for a copy of the return itself.
        expected: The findings that must be reported.
        touched: Rows, and whole sheets, that have a mistake already.
        planted: Names of the mistakes.
    """

    file: str
    outgoing: OutgoingWorkbook
    blocks: list[FilledBlock]
    rng: random.Random
    typed: dict[str, dict[str, object]] = field(default_factory=dict)
    edits: list[Callable[[Parts], None]] = field(default_factory=list)
    beside: dict[str, bytes | None] = field(default_factory=dict)
    expected: list[ExpectedFinding] = field(default_factory=list)
    touched: set[object] = field(default_factory=set)
    planted: list[str] = field(default_factory=list)

    @property
    def en(self) -> bool:
        """Whether it is in English."""
        return self.outgoing.lang == "en"

    def expect(self, code: str, sheet: str = "", cell: str = "", file: str = "") -> None:
        """Add a finding that must be reported."""
        self.expected.append(ExpectedFinding(code, file or self.file, sheet, cell))

    def put(self, target: TargetCell, value: object, code: str) -> bool:
        """Type a value into a cell, and expect a finding there."""
        self.touched.add(target.line)
        self.typed.setdefault(target.sheet, {})[target.cell] = value
        if code:
            self.expect(code, target.sheet, target.cell)
        return True

    def tables(self) -> Iterator[FilledBlock]:
        """Yield the tables on untouched sheets, in random order."""
        blocks = [placed for placed in self.blocks if isinstance(placed.location, TableLayout) and placed.rows]
        self.rng.shuffle(blocks)
        yield from (placed for placed in blocks if placed.sheet not in {self._sheet_of(mark) for mark in self.touched})

    def lone_tables(self) -> Iterator[FilledBlock]:
        """Yield the tables that are alone on an untouched sheet."""
        for placed in self.tables():
            if sum(other.sheet == placed.sheet for other in self.blocks) == 1:
                yield placed

    @staticmethod
    def _sheet_of(mark: object) -> str:
        return mark if isinstance(mark, str) else str(mark[0]) if isinstance(mark, tuple) else ""

    def targets(self, fits: Callable[[FieldBase], bool], *, filled: bool = True) -> Iterator[TargetCell]:
        """Yield the filled (or blank) cells of untouched rows whose field fits, in random order."""
        found = [
            TargetCell(placed.sheet, placed.full, number, column, placed.cell(number, column.name))
            for placed in self.blocks
            if placed.sheet not in self.touched
            for number, row in enumerate(placed.rows)
            if (placed.sheet, placed.full, number) not in self.touched
            for column in placed.block.columns
            if column.name in row and (row[column.name] is not None) is filled and fits(column)
        ]
        self.rng.shuffle(found)
        yield from found

    def value_at(self, target: TargetCell) -> object:
        """Return the correct value of a cell."""
        block = next(placed for placed in self.blocks if placed.full == target.block)
        return block.rows[target.number][target.field.name]

    def has_more(self, target: TargetCell) -> bool:
        """Return whether the row of a cell is filled in without it too."""
        block = next(placed for placed in self.blocks if placed.full == target.block)
        others = (column for column in block.block.columns if column.counts_as_content and column != target.field)
        return any(block.rows[target.number].get(column.name) is not None for column in others)

    def is_referenced(self, target: TargetCell) -> bool:
        """Return whether another field of the workbook refers to the value of a cell."""
        where = f"{target.block}.{target.field.name}"
        value = self.value_at(target)
        return any(
            row.get(column.name) == value
            for placed in self.blocks
            for column in placed.block.columns
            if column.to == where
            for row in placed.rows
        )

    # --- what is written ---
    def save(self, issued: bytes, folder: Path) -> None:
        """Write the return, and the files sent with it, into a folder."""
        with ZipFile(io.BytesIO(issued)) as source:
            book = {name: source.read(name) for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")}
        cells = {part_of(book, sheet): typed for sheet, typed in self._cells().items()}
        plain = {
            name: {at: None if isinstance(v, Xml) else v for at, v in typed.items()} for name, typed in cells.items()
        }
        stream = io.BytesIO()
        fill(io.BytesIO(issued), stream, plain, ZIP_STORED)
        with ZipFile(stream) as source:
            parts = {name: source.read(name) for name in source.namelist()}
        for name, typed in cells.items():
            for at, value in typed.items():
                if isinstance(value, Xml):
                    parts[name] = value.into(parts[name].decode(), at).encode()
        for edit in self.edits:
            edit(parts)
        whole = packed(parts)
        folder.joinpath(self.file).write_bytes(whole)
        for beside, content in self.beside.items():
            folder.joinpath(beside).write_bytes(whole if content is None else content)

    def _cells(self) -> dict[str, dict[str, object]]:
        """Return sheet -> address -> final value: that of the rows, unless something was typed over it."""
        cells: dict[str, dict[str, object]] = {}
        for placed in self.blocks:
            typed = cells.setdefault(placed.sheet, {})
            for number, row in enumerate(placed.rows):
                for name, value in row.items():
                    shown = placed.block.field(name).write(value, self.outgoing.lang, self.outgoing.scope)
                    typed[placed.cell(number, name)] = shown
        for sheet, over in self.typed.items():
            cells[sheet] |= over
        return cells


class Xml(str):
    """The XML of a cell that holds more than a plain value; `{r}` is its address and `{s}` its style."""

    __slots__ = ()

    def into(self, sheet: str, cell: str) -> str:
        """Return the XML of a sheet with the cell in place of a blank one."""
        return re.sub(
            rf'<c r="{cell}"( s="[0-9]+")?/>', lambda blank: self.format(r=cell, s=blank[1] or ""), sheet, count=1
        )


def packed(parts: Mapping[str, bytes], compression: int = ZIP_DEFLATED) -> bytes:
    """Return parts as a zip."""
    stream = io.BytesIO()
    with ZipFile(stream, "w", compression, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def part_of(parts: Parts, sheet: str) -> str:
    """Return the part of a sheet, by its name."""
    book = parts["xl/workbook.xml"].decode()
    found = re.search(rf'<sheet name="{re.escape(escape(sheet))}"[^>]*r:id="([^"]+)"', book)
    assert found, sheet
    links = parts["xl/_rels/workbook.xml.rels"].decode()
    link = re.search(rf'Id="{found[1]}"[^>]*Target="([^"]+)"', links)
    assert link
    return f"xl/{link[1]}"
