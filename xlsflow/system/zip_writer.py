"""Writes a zip file from new and copied members; copied ones keep their compressed bytes.

The format is that of PKWARE's APPNOTE 6.3, without encryption and zip64. `zipfile` cannot copy a member without
decompressing it.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import IO

from xlsflow.errors import OutputError

_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_DIRECTORY_ENTRY = struct.Struct("<4s6H3L5H2L")
_END_RECORD = struct.Struct("<4s4H2LH")
_VERSION = 20
_UTF8_NAME, _DATA_DESCRIPTOR = 0x800, 0x8

# 1980-01-01, the earliest date of the format, so that the same input gives the same bytes.
_FIXED_DATE = 0, 0x21


class ZipWriter:
    """Writes members to a zip file; `close` must be called at the end."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._directory: list[bytes] = []

    def add(self, name: str, data: bytes) -> None:
        """Add a new member."""
        compressor = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        compressed = compressor.compress(data) + compressor.flush()
        self.add_compressed(name, compressed, zlib.crc32(data), len(data))

    def add_compressed(self, name: str, compressed: bytes, crc: int, size: int) -> None:
        """Add a new member that is compressed already.

        Args:
            name: Its name.
            compressed: Its content as a raw deflate stream.
            crc: CRC-32 of the content.
            size: Length of the content.
        """
        fields = (zipfile.ZIP_DEFLATED, *_FIXED_DATE, crc, len(compressed), size)
        self._write_member(name.encode(), 0 if name.isascii() else _UTF8_NAME, fields, compressed, 0)

    def copy(self, info: zipfile.ZipInfo, source: bytes) -> None:
        """Copy a member of another zip file.

        Args:
            info: The member.
            source: The whole other file.

        Raises:
            OutputError: The other file has no member where its directory says so.
        """
        offset = info.header_offset
        if source[offset : offset + 4] != b"PK\x03\x04":
            raise OutputError("cannot_be_marked", reason=info.filename)
        name_length, extra_length = struct.unpack_from("<HH", source, offset + 26)
        name_start = offset + _LOCAL_HEADER.size
        start = name_start + name_length + extra_length
        year, month, day, hour, minute, second = info.date_time
        dos_date, dos_time = (year - 1980) << 9 | month << 5 | day, hour << 11 | minute << 5 | second // 2
        fields = (info.compress_type, dos_time, dos_date, info.CRC, info.compress_size, info.file_size)
        compressed = source[start : start + info.compress_size]
        # Sizes and CRC are written before the data, so no data descriptor follows it.
        flags = info.flag_bits & ~_DATA_DESCRIPTOR
        name = source[name_start : name_start + name_length]  # the raw bytes: old programs use encodings of their own
        self._write_member(name, flags, fields, compressed, info.external_attr)

    def _write_member(
        self, name: bytes, flags: int, fields: tuple[int, ...], compressed: bytes, attributes: int
    ) -> None:
        offset = self._file.tell()
        self._file.write(_LOCAL_HEADER.pack(b"PK\x03\x04", _VERSION, flags, *fields, len(name), 0) + name)
        self._file.write(compressed)
        entry = _DIRECTORY_ENTRY.pack(
            b"PK\x01\x02", _VERSION, _VERSION, flags, *fields, len(name), 0, 0, 0, 0, attributes, offset
        )
        self._directory.append(entry + name)

    def close(self) -> None:
        """Write the central directory; the file itself stays open."""
        offset = self._file.tell()
        directory = b"".join(self._directory)
        count = len(self._directory)
        end = _END_RECORD.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), offset, 0)
        self._file.write(directory + end)
