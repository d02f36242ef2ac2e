"""Packs the parts of a workbook, each in pieces that are deflated by themselves.

A piece that does not change from one region to the next is deflated once, and its bytes are copied. Where a part is cut
follows from the part alone, so a workbook has the same bytes whichever was written before it.
"""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import TYPE_CHECKING

from xlsflow.system.atomic_write import write_atomically
from xlsflow.system.zip_writer import ZipWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

# Measured on our sheets: in half of the time of level 6, which packs 14 % smaller.
_LEVEL = 2
# A shorter piece is deflated where it is made: to hand it to another thread would take longer.
_SMALL = 16_384
# An empty last block, which ends what was deflated piece by piece.
_END = b"\x03\x00"


class Piece:
    """Bytes of a part, deflated when they are first packed.

    Attributes:
        data: The bytes.
    """

    __slots__ = ("_packed", "data")

    def __init__(self, text: str) -> None:
        """Encode a text."""
        self.data = text.encode()
        self._packed = _deflated(self.data) if len(self.data) < _SMALL else None

    @property
    def packed(self) -> bytes:
        """The deflated bytes."""
        if self._packed is None:
            self._packed = _deflated(self.data)
        return self._packed


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    # A sync flush ends at a byte, so that pieces can be joined, and refers to nothing before.
    return packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)


def write_parts(path: Path, parts: Mapping[str, Iterable[Piece]]) -> None:
    """Write a workbook.

    Args:
        path: The file; one that exists is replaced.
        parts: Its parts, in pieces.

    Raises:
        OutputError: The file cannot be written there.
    """
    content = pack(parts)
    write_atomically(path, lambda beside: beside.write_bytes(content))


def pack(parts: Mapping[str, Iterable[Piece]]) -> bytes:
    """Return the bytes of a workbook."""
    file = BytesIO()
    archive = ZipWriter(file)
    for name, pieces in parts.items():
        crc, size, deflated = 0, 0, []
        for piece in pieces:
            crc = zlib.crc32(piece.data, crc)
            size += len(piece.data)
            deflated.append(piece.packed)
        deflated.append(_END)
        archive.add_compressed(name, b"".join(deflated), crc, size)
    archive.close()
    return file.getvalue()
