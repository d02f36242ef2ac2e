"""Reads what Outlook makes of mails: `winmail.dat` (TNEF) and `.msg`.

Own readings of the few properties that are needed: the libraries for them are under the GPL or LGPL, or do not look
into a mail that is attached to a mail. Formats: [MS-OXTNEF] and [MS-OXMSG]. Both run in a reader process.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from xlsflow.post.incoming.mail_parts import MailFacts, MailPart, mail_facts, read_mail

if TYPE_CHECKING:
    from collections.abc import Mapping

    from olefile import OleFileIO

TNEF = b"\x78\x9f\x3e\x22"
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DEEPEST = 6

# TNEF attributes: a new attachment, its name, its data, its MAPI properties.
_REND_DATA, _TITLE, _DATA, _PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
# MAPI: property numbers, and types with their size; strings and bytes are counted.
_LONG_NAME, _ATTACH_DATA = 0x3707, 0x3701
_STRING8, _UNICODE, _BINARY, _OBJECT, _TIME = 0x001E, 0x001F, 0x0102, 0x000D, 0x0040
_FIXED: Mapping[int, int] = {
    0x0002: 4, 0x0003: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x000A: 4, 0x000B: 4, 0x0014: 8, 0x0040: 8,
    0x0048: 16,
}  # fmt: skip
_COUNTED = frozenset((_STRING8, _UNICODE, _BINARY, _OBJECT))
_MANY, _NAMED_FROM = 0x1000, 0x8000
_OBJECT_HEADER = 16  # bytes: the interface of an embedded object
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def tnef_parts(data: bytes) -> Iterator[MailPart]:
    """Yield the attachments of a `winmail.dat`; of a damaged one those before the damage.

    Args:
        data: Its bytes.
    """
    name, content, open_ = "", b"", False
    at = 6  # signature and key
    while at + 9 <= len(data):
        attribute, size = struct.unpack_from("<II", data, at + 1)
        value = data[at + 9 : at + 9 + size]
        at += 9 + size + 2
        if attribute == _REND_DATA:
            if open_ and content:
                yield MailPart(name, "", content)
            name, content, open_ = "", b"", True
        elif attribute == _TITLE and not name:
            name = _text8(value)
        elif attribute == _DATA:
            content = value
        elif attribute == _PROPERTIES:
            with suppress(struct.error, IndexError):
                properties = _tnef_properties(value)
                name = properties.get(_LONG_NAME, b"").decode("utf-8", "replace") or name
                content = content or properties.get(_ATTACH_DATA, b"")[_OBJECT_HEADER:]
    if open_ and content:
        yield MailPart(name, "", content)


def _tnef_properties(data: bytes) -> Mapping[int, bytes]:
    """Return number -> value of the properties of an attachment; texts in UTF-8."""
    (count,) = struct.unpack_from("<I", data)
    at, found = 4, dict[int, bytes]()
    for _ in range(count):
        kind, number = struct.unpack_from("<HH", data, at)
        at += 4
        if number >= _NAMED_FROM:  # a set, and a number or a counted name
            (by_name,) = struct.unpack_from("<I", data, at + 16)
            (length,) = struct.unpack_from("<I", data, at + 20)
            at += 24 + (_padded(length) if by_name else 0)
        several = bool(kind & _MANY)
        kind &= ~_MANY
        values = 1
        if several or kind in _COUNTED:
            (values,) = struct.unpack_from("<I", data, at)
            at += 4
        for _ in range(values):
            size = _FIXED.get(kind, 0)
            if kind in _COUNTED:
                (size,) = struct.unpack_from("<I", data, at)
                at += 4
            elif not size:
                return found  # a type that is not known: where the next one begins is not known either
            value = data[at : at + size]
            at += _padded(size)
            found[number] = _in_utf8(kind, value)
    return found


def _in_utf8(kind: int, value: bytes) -> bytes:
    if kind == _UNICODE:
        return value.decode("utf-16-le", "replace").rstrip("\0").encode("utf-8", "replace")
    return _text8(value).encode("utf-8", "replace") if kind == _STRING8 else value


def _text8(value: bytes) -> str:
    value = value.split(b"\0")[0]
    with suppress(UnicodeError):
        return value.decode("utf-8")
    return value.decode("gb18030", "replace")


def _padded(size: int) -> int:
    return size + -size % 4


def msg_parts(data: bytes) -> tuple[MailFacts, tuple[MailPart, ...]]:
    """Return what a `.msg` says of itself, and its attachments, those of mails attached to it too.

    Raises:
        ImportError: olefile is not installed.
        OSError: It is no compound file.
    """
    from olefile import OleFileIO  # noqa: PLC0415 - optional

    with OleFileIO(io.BytesIO(data)) as file:
        streams = {"/".join(path) for path in file.listdir()}
        return _msg_facts(file, streams), tuple(_msg_parts(file, streams, "", 0))


def _msg_parts(file: OleFileIO, streams: set[str], folder: str, depth: int) -> Iterator[MailPart]:
    marker = f"{folder}__attach_version1.0_#"
    attachments = sorted({name[: len(marker) + 8] for name in streams if name.startswith(marker)})
    for attachment in attachments:
        inner = f"{attachment}/__substg1.0_3701000D/"
        if any(name.startswith(inner) for name in streams):
            if depth < _DEEPEST:
                yield from _msg_parts(file, streams, inner, depth + 1)
            continue
        content = _stream(file, streams, f"{attachment}/__substg1.0_37010102")
        names = (_string(file, streams, f"{attachment}/__substg1.0_", number) for number in ("3707", "3704", "3001"))
        if content:
            yield MailPart(next(filter(None, names), ""), "", content)


def _msg_facts(file: OleFileIO, streams: set[str]) -> MailFacts:
    headers = _string(file, streams, "__substg1.0_", "007D")
    said = mail_facts(read_mail(headers.encode("utf-8", "surrogateescape"))) if headers else MailFacts()
    # The address proper; the older property holds a path of the firm's directory where Exchange delivered.
    addresses = (_string(file, streams, "__substg1.0_", number) for number in ("5D01", "0C1F", "0065"))
    sender = said.sender or next((address for address in addresses if "@" in address), "")
    times = _msg_times(_stream(file, streams, "__properties_version1.0"))
    came = next((times[number] for number in (0x0E06, 0x0039) if number in times), None)
    message_id = said.message_id or _string(file, streams, "__substg1.0_", "1035")
    return MailFacts(sender, said.received or (came.isoformat() if came else ""), message_id)


def _msg_times(properties: bytes) -> Mapping[int, datetime]:
    """Return number -> time of the properties of a mail that are times."""
    found: dict[int, datetime] = {}
    for at in range(32, len(properties) - 15, 16):  # after the header, 16 bytes a property
        kind, number, _, ticks = struct.unpack_from("<HHIQ", properties, at)
        if kind == _TIME:
            with suppress(OverflowError):
                found[number] = _EPOCH + timedelta(microseconds=ticks // 10)
    return found


def _string(file: OleFileIO, streams: set[str], prefix: str, number: str) -> str:
    wide = _stream(file, streams, f"{prefix}{number}001F")
    return (
        wide.decode("utf-16-le", "replace").rstrip("\0")
        if wide
        else _text8(_stream(file, streams, f"{prefix}{number}001E"))
    )


def _stream(file: OleFileIO, streams: set[str], name: str) -> bytes:
    data: bytes = file.openstream(name).read() if name in streams else b""
    return data
