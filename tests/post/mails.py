"""Mails as mail programs really write them, with names of attachments in every way, and the files that hold mails."""

from __future__ import annotations

import base64
import io
import re
import struct
import zipfile
from collections.abc import Mapping, Sequence
from itertools import pairwise
from urllib.parse import quote

WAYS = ("rfc2231", "continued", "rfc2047", "utf-8", "gbk", "gb2312-words", "none")
"""How the name of an attachment may be written."""


def named(name: str, way: str) -> tuple[bytes, bytes]:
    """Return the parameters of Content-Type and Content-Disposition for a name."""
    if way == "rfc2231":
        return b"", b"; filename*=UTF-8''" + quote(name).encode()
    if way == "continued":
        coded = re.findall("%..|.", quote(name))
        pieces = ["".join(coded[at : at + 10]) for at in range(0, len(coded), 10)]
        lines = [f"filename*{n}*={'utf-8' + chr(39) * 2 if not n else ''}{piece}" for n, piece in enumerate(pieces)]
        return b"", b";\r\n " + ";\r\n ".join(lines).encode()
    if way in ("rfc2047", "gb2312-words"):
        charset, encoding = ("utf-8", "utf-8") if way == "rfc2047" else ("gb2312", "gbk")
        halves = name[: len(name) // 2], name[len(name) // 2 :]
        words = [f"=?{charset}?B?{base64.b64encode(half.encode(encoding)).decode()}?=" for half in halves]
        text = "\r\n ".join(words).encode()
        return b';\r\n name="' + text + b'"', b';\r\n filename="' + text + b'"'
    if way in ("utf-8", "gbk"):
        return b'; name="' + name.encode(way) + b'"', b'; filename="' + name.encode(way) + b'"'
    return b"", b""


def mail(
    files: Mapping[str, bytes],
    way: str = "rfc2231",
    *,
    sender: str = "zhang.licheng@example.com",
    number: int = 1,
    received: str = "Thu, 19 Nov 2026 10:00:00 +0800",
    kind: str = "application/octet-stream",
) -> bytes:
    """Return a mail with attachments."""
    lines = [
        b"Received: from mx.example.net by mail.example.com; " + received.encode(),
        b"Received: from pc by mx.example.net; Mon, 16 Nov 2026 00:00:00 +0800",
        b"From: =?utf-8?B?5byg?= <" + sender.encode() + b">",
        b"To: pmo@example.com",
        b"Subject: =?gb2312?B?" + base64.b64encode("回复：填报表".encode("gbk")) + b"?=",
        b"Date: Wed, 18 Nov 2026 09:00:00 +0800",
        f"Message-ID: <{number}@example.com>".encode(),
        b"MIME-Version: 1.0",
        b'Content-Type: multipart/mixed; boundary="b"',
        b"",
        b"--b",
        b'Content-Type: text/plain; charset="gbk"',
        b"",
        "见附件".encode("gbk"),
    ]
    for name, data in files.items():
        in_type, in_disposition = named(name, way)
        lines += [
            b"--b",
            b"Content-Type: " + kind.encode() + in_type,
            b"Content-Disposition: attachment" + in_disposition,
            b"Content-Transfer-Encoding: base64",
            b"",
            base64.encodebytes(data).replace(b"\n", b"\r\n"),
        ]
    return b"\r\n".join([*lines, b"--b--", b""])


def forwarded(inner: bytes, *, encoded: bool = False, number: int = 900) -> bytes:
    """Return a mail that a mail is attached to."""
    headers = (
        b"Received: by mail.example.com; Thu, 19 Nov 2026 12:00:00 +0800\r\nFrom: head@example.com\r\n"
        b"Message-ID: <" + str(number).encode() + b"@example.com>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="outer"\r\n\r\n--outer\r\n'
    )
    if encoded:
        part = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(inner)
    else:
        part = b"Content-Type: message/rfc822\r\n\r\n" + inner
    return headers + part + b"\r\n--outer--\r\n"


def zipped(files: Mapping[str, bytes], *, gbk: bool = False) -> bytes:
    """Return a zip; with names in GBK as programs on Chinese Windows write it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr("_" * len(name.encode("gbk")) if gbk else name, data)
    whole = out.getvalue()
    for name in files if gbk else ():  # zipfile itself would write what is no ASCII as UTF-8
        whole = whole.replace(b"_" * len(name.encode("gbk")), name.encode("gbk"))
    return whole


def winmail(files: Mapping[str, bytes]) -> bytes:
    """Return a `winmail.dat` as Outlook writes it: short names in GBK, long ones as a property."""

    def attribute(level: int, number: int, value: bytes) -> bytes:
        return bytes([level]) + struct.pack("<II", number, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)

    out = struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x00089006, struct.pack("<I", 0x00010000))
    out += attribute(1, 0x00078008, b"IPM.Microsoft Mail.Note\0")
    for name, data in files.items():
        long = (name + "\0").encode("utf-16-le")
        properties = struct.pack("<I", 3)
        properties += struct.pack("<HHI", 0x0003, 0x3705, 1)  # how it is attached
        properties += struct.pack("<HHIQ", 0x0040, 0x3007, 0, 0)[:4] + struct.pack("<Q", 0)
        properties += struct.pack("<HHII", 0x001F, 0x3707, 1, len(long)) + long + b"\0" * (-len(long) % 4)
        out += attribute(2, 0x00069002, b"\1\0" + b"\0" * 12)
        out += attribute(2, 0x00018010, name.encode("gbk")[:8] + b"\0") + attribute(2, 0x0006800F, data)
        out += attribute(2, 0x00069005, properties)
    return out


_STREAM_SIZE = 4096
"""Smaller streams would go into the mini stream, which this little writer does not have."""


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """Return a compound file ([MS-CFB], version 3) of streams by their path."""
    entries: list[tuple[str, int, bytes]] = [("Root Entry", 5, b"")]
    children: dict[str, list[int]] = {"": []}
    numbers = {"": 0}
    for path, data in streams.items():
        folder = ""
        *folders, name = path.split("/")
        for part in folders:
            inner = f"{folder}/{part}"
            if inner not in numbers:
                numbers[inner], children[inner] = len(entries), []
                children[folder].append(len(entries))
                entries.append((part, 1, b""))
            folder = inner
        children[folder].append(len(entries))
        entries.append((name, 2, data.ljust(_STREAM_SIZE, b"\0")))
    sectors = _Sectors()
    starts = [sectors.chain(data) if kind == 2 else 0xFFFFFFFE * (kind == 5) for _, kind, data in entries]
    # Each storage's entries as a tree of right children only, which readers accept.
    right, child = [_NONE] * len(entries), [_NONE] * len(entries)
    for folder, inside in children.items():
        ordered = sorted(inside, key=lambda number: (len(entries[number][0]), entries[number][0].upper()))
        for here, there in pairwise(ordered):
            right[here] = there
        child[numbers[folder]] = ordered[0] if ordered else _NONE
    directory = b""
    for number, (name, kind, data) in enumerate(entries):
        text = name.encode("utf-16-le")
        directory += text.ljust(64, b"\0") + struct.pack(
            "<HBBIII", len(text) + 2, kind, 1, _NONE, right[number], child[number]
        )
        directory += b"\0" * 36 + struct.pack("<IQ", starts[number], len(data))
    return sectors.file(sectors.chain(directory))


_NONE = 0xFFFFFFFF


class _Sectors:
    """The sectors of a compound file, and the table that chains them."""

    def __init__(self) -> None:
        self._sectors: list[bytes] = []
        self._table: list[int] = []

    def chain(self, data: bytes) -> int:
        """Append a stream; return its first sector."""
        first, count = len(self._sectors), -(-len(data) // 512)
        self._sectors += [data[at * 512 : (at + 1) * 512].ljust(512, b"\0") for at in range(count)]
        self._table += [*range(first + 1, first + count), 0xFFFFFFFE]
        return first

    def file(self, directory: int) -> bytes:
        """Return the file, given the first sector of its directory."""
        count = next(n for n in range(1, 110) if n * 128 >= len(self._table) + n)
        first = len(self._sectors)
        whole = [*self._table, *[0xFFFFFFFD] * count]
        table = b"".join(struct.pack("<I", entry) for entry in whole).ljust(count * 512, b"\xff")
        header = (
            bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 10
        )
        header += struct.pack("<IIIIIIII", count, directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
        header += b"".join(struct.pack("<I", first + n) for n in range(count)).ljust(436, b"\xff")
        return header + b"".join(self._sectors) + table


def msg(
    files: Mapping[str, bytes], *, nested: Sequence[Mapping[str, bytes]] = (), sender: str = "zhang@example.com"
) -> bytes:
    """Return a `.msg` with attachments, and with mails attached that have attachments of their own."""
    ticks = 134_076_000_000_000_000  # 2025-11-17T00:00Z
    streams = {
        "__properties_version1.0": b"\0" * 32 + struct.pack("<HHIQ", 0x0040, 0x0E06, 6, ticks),
        "__substg1.0_5D01001F": sender.encode("utf-16-le"),
        "__substg1.0_1035001F": "<msg@example.com>".encode("utf-16-le"),
    }
    number = 0
    for name, data in files.items():
        folder = f"__attach_version1.0_#{number:08X}"
        streams[f"{folder}/__substg1.0_37010102"] = data
        streams[f"{folder}/__substg1.0_3707001F"] = name.encode("utf-16-le")
        number += 1
    for inner in nested:
        for index, (name, data) in enumerate(inner.items()):
            folder = f"__attach_version1.0_#{number:08X}/__substg1.0_3701000D/__attach_version1.0_#{index:08X}"
            streams[f"{folder}/__substg1.0_37010102"] = data
            streams[f"{folder}/__substg1.0_3707001F"] = name.encode("utf-16-le")
        number += 1
    return compound_file(streams)


def mbox(mails: Sequence[bytes]) -> bytes:
    """Return a mailbox file."""
    return b"".join(b"From x Thu Nov 19 10:00:00 2026\n" + mail.replace(b"\r\n", b"\n") + b"\n" for mail in mails)
