"""A workbook in parts: what xlsxwriter makes of it, cut into pieces, each deflated by itself.

A piece that does not change from one edition to the next is deflated once, and its bytes are copied. Where a sheet is
cut follows from the sheet alone, so a workbook has the same bytes whichever was written before it.
"""

from __future__ import annotations

import zlib
from contextlib import contextmanager
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

from xlsxwriter import Workbook
from xlsxwriter.core import Core
from xlsxwriter.custom import Custom
from xlsxwriter.packager import Packager

from xlsflow.system.atomic_write import write_atomically
from xlsflow.system.zip_writer import ZipWriter
from xlsflow.workbook.outgoing.worksheet import GrowingWorksheet
from xlsflow.workbook.style.theme import (
    BODY_PT,
    FONT,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from xlsxwriter.sharedstrings import SharedStringTable

LEVEL = 2
"""Measured on our sheets: in half of the time of level 6, which packs 14 % smaller."""
SMALL = 16_384
"""A shorter piece is deflated where it is made: to hand it to another thread would take longer."""
_END = b"\x03\x00"
"""An empty last block, which ends what was deflated piece by piece."""
BANDS = 4
"""The row, from 1, behind the bands on top of a sheet: they are an edition's own."""
PRINTED, REST = "<printOptions", ("<ignoredErrors", "<extLst", "</worksheet>")
"""What a sheet's print set-up begins with, and what can stand behind it."""


class Piece:
    """Bytes of a part, deflated when they are first packed."""

    __slots__ = ("_packed", "data")

    def __init__(self, text: str) -> None:
        """Keep a text."""
        self.data = text.encode()
        self._packed = _deflated(self.data) if len(self.data) < SMALL else None

    @property
    def packed(self) -> bytes:
        """What deflating it gives."""
        if self._packed is None:
            self._packed = _deflated(self.data)
        return self._packed


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)


class PartsWorkbook(Workbook):
    """A workbook that is not written into a file: closing it leaves its parts.

    Attributes:
        parts: Name -> XML, in their order.
    """

    def __init__(self) -> None:
        """Begin a workbook."""
        look = {"font_name": FONT, "font_size": BODY_PT}
        super().__init__(BytesIO(), {"in_memory": True, "default_format_properties": look})
        self.parts: dict[str, str] = {}

    def let_go(self) -> None:
        """Let go of the sheets and of the parts, once it is closed."""
        self.worksheets_objs = []
        self.parts = {}

    def another(self, sheet: GrowingWorksheet) -> GrowingWorksheet:
        """Return a blank worksheet in the place of one that it had, once it is closed."""
        self.sheetnames.clear()
        made = self._add_sheet(sheet.name, GrowingWorksheet)  # type: ignore[no-untyped-call]
        assert isinstance(made, GrowingWorksheet)
        made.index, made.selected, made.active = sheet.index, sheet.selected, sheet.active
        self.worksheets_objs = []
        return made

    @contextmanager
    def known_texts(self) -> Iterator[SharedStringTable]:
        """Let sheets be drawn anew once it is closed: a shared text has the number that it had."""
        texts = self.str_table
        count = texts.count
        texts.string_table = {text: number for number, text in enumerate(texts.string_array)}
        try:
            yield texts
        finally:
            texts.string_table, texts.count = {}, count

    def name_xml(self, place: int, refers_to: str) -> str:
        """Return a name as it stands in the file, by its place among the names.

        Args:
            place: The place.
            refers_to: What it refers to.
        """
        self.defined_names[place][2] = refers_to
        fh = StringIO()
        self._set_filehandle(fh)
        self._write_defined_name(self.defined_names[place])
        return fh.getvalue()

    def properties_xml(self) -> Mapping[str, str]:
        """Return the parts that hold the workbook's properties."""
        core, custom = Core(), Custom()
        core._set_properties(self.doc_properties)  # noqa: SLF001 - as xlsxwriter's own packager does
        custom._set_properties(self.custom_properties)  # noqa: SLF001
        return {"docProps/core.xml": _assembled(core), "docProps/custom.xml": _assembled(custom)}

    def _get_packager(self) -> _Keeper:
        return _Keeper(self.parts)


def _assembled(writer: Core | Custom) -> str:
    fh = StringIO()
    writer._set_filehandle(fh)  # noqa: SLF001 - as xlsxwriter's own packager does
    writer._assemble_xml_file()  # noqa: SLF001
    return fh.getvalue()


class _Keeper(Packager):
    """Hands over the parts instead of packing them."""

    def __init__(self, parts: dict[str, str]) -> None:
        super().__init__()
        self._parts = parts

    def _create_package(self) -> list[object]:
        for made, name, _ in super()._create_package():  # type: ignore[no-untyped-call]
            self._parts[name] = made.getvalue()
        return []


def cut(text: str) -> Iterator[str]:
    """Yield the XML of a part in pieces: of a sheet that people see its bands, its rows and its print set-up apart.

    Rows are one piece: they bear numbers of the edition's own, so they all are another with each, and pack better so.
    """
    rows_end, printed = text.find("</sheetData>"), text.find(PRINTED)
    if rows_end < 0 or printed < 0:
        yield text
        return
    bands_end = max(text.find(f'<row r="{BANDS}"', 0, rows_end), 0)
    behind = min(end for one in REST if (end := text.find(one, printed)) >= 0)
    yield text[:bands_end]
    yield text[bands_end:rows_end]
    yield text[rows_end:printed]
    yield text[printed:behind]
    yield text[behind:]


def write_parts(path: Path, parts: Mapping[str, Iterable[Piece]]) -> None:
    """Write a workbook.

    Args:
        path: Where it shall stand; what stood there is replaced.
        parts: Its parts, in pieces.

    Raises:
        OutputError: The file cannot be written there.
    """
    content = packed(parts)

    def write(beside: Path) -> None:
        beside.write_bytes(content)

    write_atomically(path, write)


def packed(parts: Mapping[str, Iterable[Piece]]) -> bytes:
    """Return the bytes of a workbook."""
    made = BytesIO()
    archive = ZipWriter(made)
    for name, pieces in parts.items():
        crc, size, deflated = 0, 0, []
        for piece in pieces:
            crc = zlib.crc32(piece.data, crc)
            size += len(piece.data)
            deflated.append(piece.packed)
        deflated.append(_END)
        archive.add_compressed(name, b"".join(deflated), crc, size)
    archive.close()
    return made.getvalue()
