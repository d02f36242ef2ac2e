"""Reads the streams of an OLE compound file, the container of .xls and of encrypted workbooks.

Format: Microsoft, [MS-CFB] "Compound File Binary File Format".
"""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass

from xlsflow.intake.isolation.limits import damaged

_HEADER = 512
_ENTRY = 128
_LAST = 0xFFFFFFFA  # larger sector numbers are markers: free, end of chain, sector table
_DIFAT_IN_HEADER = 109


@dataclass(frozen=True, slots=True)
class Stream:
    """One entry of the directory."""

    start: int
    size: int


class CompoundFile:
    """A compound file whose sector tables and directory have been read and checked."""

    def __init__(self, data: bytes) -> None:
        """Read the sector tables and the directory.

        Raises:
            Refusal: A table or chain leads outside the file or in a circle.
        """
        self._data = data
        if len(data) < _HEADER:
            raise damaged("header", "short")
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        tables, directory = struct.unpack_from("<I", data, 44)[0], struct.unpack_from("<I", data, 48)[0]
        self._cutoff, self._mini_start = struct.unpack_from("<II", data, 56)
        difat, difats = struct.unpack_from("<II", data, 68)
        if shift not in {9, 12} or mini_shift != 6:  # noqa: PLR2004 - the two versions of the format
            raise damaged("header", "sector size")
        self._size = 1 << shift
        self._mini = 1 << mini_shift
        # The header takes the place of one sector, whatever their size; the last one may be cut short.
        self._count = -(-len(data) // self._size) - 1
        # A forged count would make the reader allocate gigabytes.
        if tables > self._count or difats > self._count:
            raise damaged("header", f"{tables} tables in {self._count} sectors")
        self._next = self._table(self._table_sectors(tables, difat))
        entries = self._entries(b"".join(map(self._sector, self._chain(directory))))
        self.streams = {name: stream for name, kind, stream in entries if kind == 2}  # noqa: PLR2004 - a stream
        self._root = next((stream for _, kind, stream in entries if kind == 5), Stream(_LAST, 0))  # noqa: PLR2004 - the root
        self._mini_next = self._table(self._chain(self._mini_start))

    def read(self, name: str) -> bytes:
        """Return the bytes of a stream.

        Raises:
            Refusal: Its chain of sectors is broken.
        """
        stream = self.streams[name]
        # A short stream is stored in mini sectors, inside the stream of the root entry.
        if stream.size >= self._cutoff:
            return b"".join(map(self._sector, self._chain(stream.start)))[: stream.size]
        inside = b"".join(map(self._sector, self._chain(self._root.start)))
        pieces = self._follow(stream.start, self._mini_next)
        return b"".join(inside[at * self._mini : (at + 1) * self._mini] for at in pieces)[: stream.size]

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self._size
        return self._data[at : at + self._size]

    def _table_sectors(self, tables: int, difat: int) -> list[int]:
        """Return the sectors that hold the table of chains: 109 are listed in the header, the rest in DIFAT sectors."""
        sectors = list(struct.unpack_from(f"<{_DIFAT_IN_HEADER}I", self._data, 76))
        seen: set[int] = set()
        while difat < _LAST and len(sectors) < tables:
            # A circle would never end.
            if difat in seen or difat >= self._count:
                raise damaged("header", "table of tables")
            seen.add(difat)
            *more, difat = struct.unpack(f"<{self._size // 4}I", self._sector(difat).ljust(self._size, b"\0"))
            sectors += more
        return [sector for sector in sectors[:tables] if sector < _LAST]

    def _table(self, sectors: list[int]) -> array[int]:
        if any(sector >= self._count for sector in sectors):
            raise damaged("header", "table outside the file")
        table = array("I", b"".join(self._sector(sector).ljust(self._size, b"\xff") for sector in sectors))
        # The file is little-endian; an `array` has the byte order of the machine.
        if struct.pack("=I", 1) != struct.pack("<I", 1):
            table.byteswap()
        return table

    def _chain(self, start: int) -> list[int]:
        """Return the sectors of a chain, in order, all of them inside the file."""
        chain = self._follow(start, self._next)
        if any(sector >= self._count for sector in chain):
            raise damaged("directory", "chain outside the file")
        return chain

    def _follow(self, start: int, table: array[int]) -> list[int]:
        chain: list[int] = []
        while start < _LAST:
            # A chain longer than the table has visited a sector twice.
            if start >= len(table) or len(chain) >= len(table):
                raise damaged("directory", "broken chain")
            chain.append(start)
            start = table[start]
        return chain

    @staticmethod
    def _entries(directory: bytes) -> list[tuple[str, int, Stream]]:
        """Return the name, kind and stream of every entry of the directory."""
        entries = []
        for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", directory, at + 64)
            start, size = struct.unpack_from("<II", directory, at + 116)
            name = directory[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
            entries.append((name, kind, Stream(start, size)))
        return entries
