"""Writes a zip file: parts that were not changed are copied as they lie, never inflated."""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import IO

from xlsflow.errors import OutputError

_LOCAL = struct.Struct("<4s5H3L2H")
_LISTED = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION = 20
_UTF8, _STREAMED = 0x800, 0x8
_NO_DATE = 0, 0x21
"""Midnight of the first day that a zip file can name."""


class Archive:
    """A zip file while it is written."""

    def __init__(self, file: IO[bytes]) -> None:
        """Begin with nothing in it."""
        self._file = file
        self._listed: list[bytes] = []

    def add(self, name: str, data: bytes) -> None:
        """Add a part under a name."""
        packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = packer.compress(data) + packer.flush()
        facts = (zipfile.ZIP_DEFLATED, *_NO_DATE, zlib.crc32(data), len(packed), len(data))
        self._put(name.encode(), 0 if name.isascii() else _UTF8, facts, packed, 0)

    def add_packed(self, name: str, packed: bytes, crc: int, size: int) -> None:
        """Add a part that is deflated already.

        Args:
            name: Its name.
            packed: What deflating it gave.
            crc: The checksum of what it holds.
            size: How long that is.
        """
        facts = (zipfile.ZIP_DEFLATED, *_NO_DATE, crc, len(packed), size)
        self._put(name.encode(), 0 if name.isascii() else _UTF8, facts, packed, 0)

    def copy(self, info: zipfile.ZipInfo, source: bytes) -> None:
        """Add a part of another zip file as it lies there."""
        at = info.header_offset
        if source[at : at + 4] != b"PK\x03\x04":
            raise OutputError("cannot_be_marked", reason=info.filename)
        name, extra = struct.unpack_from("<HH", source, at + 26)
        start = at + _LOCAL.size + name + extra
        year, month, day, hour, minute, second = info.date_time
        date = (year - 1980) << 9 | month << 5 | day, hour << 11 | minute << 5 | second // 2
        facts = (info.compress_type, date[1], date[0], info.CRC, info.compress_size, info.file_size)
        raw = source[start : start + info.compress_size]
        flags = info.flag_bits & ~_STREAMED
        self._put(source[at + _LOCAL.size : at + _LOCAL.size + name], flags, facts, raw, info.external_attr)

    def _put(self, name: bytes, flags: int, facts: tuple[int, ...], packed: bytes, attributes: int) -> None:
        at = self._file.tell()
        self._file.write(_LOCAL.pack(b"PK\x03\x04", _VERSION, flags, *facts, len(name), 0) + name)
        self._file.write(packed)
        listed = _LISTED.pack(b"PK\x01\x02", _VERSION, _VERSION, flags, *facts, len(name), 0, 0, 0, 0, attributes, at)
        self._listed.append(listed + name)

    def close(self) -> None:
        """Write the directory."""
        at = self._file.tell()
        directory = b"".join(self._listed)
        count = len(self._listed)
        self._file.write(directory + _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), at, 0))
