"""One region's return before it is sent: what is typed in it, what was done to it, and what must be found of that."""

from __future__ import annotations

import io
import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from tests.benchmarks.filling import fill
from xlsflow.fileformat.cells import a1
from xlsflow.layout.sheet_layout import (
    FormLayout,
    TableLayout,
)
from xlsflow.workbook.outgoing.plan import plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from xlsflow.layout.sheet_layout import BlockLayout
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import DataBlock
    from xlsflow.workbook.outgoing.writer import Edition

Parts = dict[str, bytes]
"""Name of a part of the zip -> its content."""


class Wanted(NamedTuple):
    """A finding that must be made."""

    code: str
    file: str
    sheet: str
    cell: str


class Spot(NamedTuple):
    """One cell of data in a return."""

    sheet: str
    block: str
    number: int
    field: FieldBase
    cell: str

    @property
    def line(self) -> tuple[str, str, int]:
        """The row that it is in."""
        return self.sheet, self.block, self.number


@dataclass(frozen=True)
class Held:
    """A block as it lies in a workbook with the rows that are typed into it.

    Attributes:
        sheet: Name of the sheet.
        block: The definition.
        full: Its full name.
        place: Where it lies.
        rows: What is typed.
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
        """Where it lies, of a table."""
        assert isinstance(self.location, TableLayout)
        return self.location

    @property
    def first(self) -> int:
        """First row of data, of a table."""
        return self.table.first_row


@dataclass
class Parcel:
    """A return on its way.

    Attributes:
        file: Name of the file.
        edition: What was issued.
        blocks: What is typed in it.
        dice: What is left to chance.
        typed: Sheet -> address -> what a hand puts there in the end.
        edits: What is done to the parts of the zip, one after another.
        beside: Further files that come with it: name -> content; None for a copy of the return itself.
        wanted: What must be found.
        touched: Rows, and whole sheets, that bear a mistake already.
        planted: Names of the mistakes.
    """

    file: str
    edition: Edition
    blocks: list[Held]
    dice: random.Random
    typed: dict[str, dict[str, object]] = field(default_factory=dict)
    edits: list[Callable[[Parts], None]] = field(default_factory=list)
    beside: dict[str, bytes | None] = field(default_factory=dict)
    wanted: list[Wanted] = field(default_factory=list)
    touched: set[object] = field(default_factory=set)
    planted: list[str] = field(default_factory=list)

    @property
    def en(self) -> bool:
        """Whether it is in English."""
        return self.edition.lang == "en"

    def want(self, code: str, sheet: str = "", cell: str = "", file: str = "") -> None:
        """Say what must be found."""
        self.wanted.append(Wanted(code, file or self.file, sheet, cell))

    def put(self, spot: Spot, value: object, code: str) -> bool:
        """Type something into a cell, and say with which code it must be found."""
        self.touched.add(spot.line)
        self.typed.setdefault(spot.sheet, {})[spot.cell] = value
        if code:
            self.want(code, spot.sheet, spot.cell)
        return True

    def tables(self) -> Iterator[Held]:
        """Yield the tables of sheets that nothing was done to yet, in any order."""
        blocks = [one for one in self.blocks if isinstance(one.location, TableLayout) and one.rows]
        self.dice.shuffle(blocks)
        yield from (one for one in blocks if one.sheet not in {self._sheet_of(mark) for mark in self.touched})

    def lone_tables(self) -> Iterator[Held]:
        """Yield the tables of untouched sheets on which no other block lies."""
        for one in self.tables():
            if sum(other.sheet == one.sheet for other in self.blocks) == 1:
                yield one

    @staticmethod
    def _sheet_of(mark: object) -> str:
        return mark if isinstance(mark, str) else str(mark[0]) if isinstance(mark, tuple) else ""

    def spots(self, fits: Callable[[FieldBase], bool], *, filled: bool = True) -> Iterator[Spot]:
        """Yield cells of untouched rows whose field fits, in any order; of filled ones, or of blank ones."""
        found = [
            Spot(one.sheet, one.full, number, column, one.cell(number, column.name))
            for one in self.blocks
            if one.sheet not in self.touched
            for number, row in enumerate(one.rows)
            if (one.sheet, one.full, number) not in self.touched
            for column in one.block.columns
            if column.name in row and (row[column.name] is not None) is filled and fits(column)
        ]
        self.dice.shuffle(found)
        yield from found

    def held(self, spot: Spot) -> object:
        """Return the value that stands in a cell."""
        block = next(one for one in self.blocks if one.full == spot.block)
        return block.rows[spot.number][spot.field.name]

    def referred(self, spot: Spot) -> bool:
        """Return whether another field of the workbook points to a value."""
        where = f"{spot.block}.{spot.field.name}"
        value = self.held(spot)
        return any(
            row.get(column.name) == value
            for one in self.blocks
            for column in one.block.columns
            if column.to == where
            for row in one.rows
        )

    # --- what is written ---
    def save(self, issued: bytes, folder: Path) -> None:
        """Write the return, and what comes with it, into a folder."""
        part = {sheet.tab: f"xl/worksheets/sheet{n}.xml" for n, sheet in enumerate(plan(self.edition).sheets, 1)}
        cells = {part[sheet]: typed for sheet, typed in self._cells().items()}
        plain = {
            name: {at: None if isinstance(v, Xml) else v for at, v in typed.items()} for name, typed in cells.items()
        }
        stream = io.BytesIO()
        fill(io.BytesIO(issued), stream, plain)
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
        """Return sheet -> address -> what stands there in the end: a careful hand's rows, and what was typed over."""
        cells: dict[str, dict[str, object]] = {}
        for one in self.blocks:
            typed = cells.setdefault(one.sheet, {})
            for number, row in enumerate(one.rows):
                for name, value in row.items():
                    shown = one.block.field(name).write(value, self.edition.lang, self.edition.scope)
                    typed[one.cell(number, name)] = shown
        for sheet, over in self.typed.items():
            cells[sheet] |= over
        return cells


class Xml(str):
    """A cell as it stands in the XML, `{r}` its address and `{s}` its style: what is no plain value."""

    __slots__ = ()

    def into(self, sheet: str, cell: str) -> str:
        """Return the XML of a sheet with the cell in place of a blank one."""
        return re.sub(
            rf'<c r="{cell}"( s="[0-9]+")?/>', lambda blank: self.format(r=cell, s=blank[1] or ""), sheet, count=1
        )


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Return parts as a zip."""
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=1) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return stream.getvalue()


def part_of(parts: Parts, sheet: str) -> str:
    """Return the part of a sheet, by its name."""
    book = parts["xl/workbook.xml"].decode()
    found = re.search(rf'<sheet name="{re.escape(escape(sheet))}"[^>]*r:id="([^"]+)"', book)
    assert found, sheet
    links = parts["xl/_rels/workbook.xml.rels"].decode()
    target = re.search(rf'Id="{found[1]}"[^>]*Target="([^"]+)"', links)
    assert target
    return f"xl/{target[1]}"
