"""Limits of one file, the refusal of a file, and the type of a file by its first bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from xlsflow.errors import InputError
from xlsflow.messages.single_line import single_line

MIB = 1 << 20
_LONGEST_FACT = 80  # of a text from the file: a longer one would fill the whole message


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one file is read; measured on some 4,600 real files, with room to spare.

    Attributes:
        file_bytes: Size of the file.
        part_bytes: Size of one part once inflated.
        total_bytes: Size of all parts that are read, once inflated.
        ratio: Inflation above which a part larger than `ratio_from` is taken for a bomb.
        ratio_from: Size from which the inflation is looked at.
        entries: Number of parts.
        cells: Cells of one sheet, with the blanks between them.
        seconds: Time of the processor for one file; then the reader process is ended. By the clock it is ten times
            that, so that a busy computer costs no file.
        memory_bytes: All memory of a reader process; Linux keeps it. Windows and macOS know no such limit, there the
            others bound what a file can ask for.
        answer_bytes: Size of what a reader process hands over.
        lists: Whether the sheet of dropdown lists is read too; it is ours, and holds nothing that a region fills in.
        base: Whether the baseline sheet is read too: the rows that the workbook was sent out with.
        other_formats: Whether .xls, .xlsb and .ods are read too: no browser has what reads them.
    """

    file_bytes: int = 256 * MIB
    part_bytes: int = 256 * MIB
    total_bytes: int = 512 * MIB
    # Of some 3,700 real workbooks the densest part inflates 140-fold (a pivot cache), and the largest to 114 MB.
    ratio: int = 200
    ratio_from: int = 10 * MIB
    # The honest maximum is 1,033 parts; the limit of 1,000 that other readers have refuses honest files.
    entries: int = 5_000
    cells: int = 5_000_000
    seconds: float = 10.0
    memory_bytes: int = 512 * MIB
    answer_bytes: int = 64 * MIB
    lists: bool = False
    base: bool = False
    other_formats: bool = True

    def grown(self, size: int) -> Limits:
        """Return the limits for a file of a size on disk; what a file says of itself gives it nothing.

        Measured on consolidated workbooks: a MiB takes 0.24 s, 15 MiB of memory and 9 MiB inflated; the rates are a
        multiple of that. A limit that a person has set stays as it is.
        """
        more: dict[str, float] = {}
        for name, rate in _BY_SIZE.items():
            usual, allowed = _USUAL[name], rate * size
            if getattr(self, name) == usual and allowed > usual:
                more[name] = allowed if name == "seconds" else int(allowed)
        return replace(self, **more) if more else self  # type: ignore[arg-type]


_USUAL: Mapping[str, float] = {field.name: field.default for field in fields(Limits)}  # type: ignore[misc]
# Name of a limit -> how much of it a file may have for each byte on disk.
_BY_SIZE: Mapping[str, float] = {
    "seconds": 2 / MIB, "memory_bytes": 32, "part_bytes": 16, "total_bytes": 24, "answer_bytes": 4, "cells": 0.2,
}  # fmt: skip

LIMIT_OF_REFUSAL: Mapping[str, str] = {
    "file_too_big": "file_bytes",
    "file_inflates": "total_bytes",
    "file_too_many_cells": "cells",
    "file_too_slow": "seconds",
    "file_needs_memory": "memory_bytes",
    "answer_too_long": "answer_bytes",
}
"""Code of a refusal -> the limit that it comes from."""

ASKED = "XLSFLOW_LIMITS"
"""The environment variable by which a person changes limits: `seconds=30 file_bytes=80M`."""
_SETTING = re.compile(r"([a-z_]+)=([0-9]+(?:\.[0-9]+)?)([KMG]?)", re.ASCII)
_UNITS: Mapping[str, int] = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def limits_asked(words: str) -> Limits:
    """Return the limits with those changed that a person has named.

    >>> limits_asked("seconds=30, file_bytes=80M").file_bytes
    83886080

    Raises:
        InputError: If a word is no limit with a number above zero.
    """
    known = {limit.name for limit in fields(Limits)} - {"lists", "base", "other_formats"}
    changed: dict[str, float] = {}
    for word in words.replace(",", " ").split():
        found = _SETTING.fullmatch(word)
        number = float(found[2]) * _UNITS[found[3]] if found else 0.0
        if not found or found[1] not in known or number <= 0:
            raise InputError("limits_unclear", name=ASKED, word=word, known=", ".join(sorted(known)))
        changed[found[1]] = number if found[1] == "seconds" else int(number)
    return replace(Limits(), **changed)  # type: ignore[arg-type]


class Refusal(Exception):  # noqa: N818 - it is no error of the program
    """A file is not read; never leaves the reader process except as a value."""

    def __init__(self, code: str, **facts: object) -> None:
        """Keep the code of the catalogue and what its sentence needs."""
        self.code = code
        self.facts = {name: single_line(str(fact), _LONGEST_FACT) for name, fact in facts.items()}
        super().__init__(code)


def damaged(part: str, why: str) -> Refusal:
    """Return the refusal of a file one of whose parts is not what its format asks for."""
    return Refusal("file_damaged", part=part, why=why)


_BY_FIRST_BYTES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "file_is_pdf"),
    (b"Rar!", "file_is_archive"),
    (b"7z\xbc\xaf\x27\x1c", "file_is_archive"),
    (b"\x1f\x8b", "file_is_archive"),
    (b"\x89PNG", "file_is_picture"),
    (b"\xff\xd8\xff", "file_is_picture"),
    (b"GIF8", "file_is_picture"),
    # Scans and photographs of filled forms are sent as well.
    (b"II*\0", "file_is_picture"),
    (b"MM\0*", "file_is_picture"),
    (b"{\\rtf", "file_is_word"),
    (b"L\0\0\0\x01\x14\x02\0", "file_is_shortcut"),
    (b"\x09\x00\x04\x00", "file_is_old_excel"),
    (b"\x09\x02\x06\x00", "file_is_old_excel"),
    (b"\x09\x04\x06\x00", "file_is_old_excel"),
    (b"\x09\x08", "file_is_old_excel"),
)
_CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCK_BYTES = 165
_LOCK_NAME = 54
_LOOK = 4096
_BEGINS_SHORTCUT = ("[internetshortcut]", '{"url"', '{"doc_id"')  # of Windows, of a folder in Google's cloud
_BEGINS_PAGE = ("<!doctype html", "<head", "<body", "<table", "<meta", "<script", "mime-version:")


def container(name: str, data: bytes) -> str:
    """Return what holds the workbook, `zip` or `cfb`, or refuse what can be no workbook, by the name of what it is.

    Raises:
        Refusal: With the code of what the file is instead.
    """
    # First of all: the lock file that Excel leaves beside an open workbook is named like one.
    if _is_lock(name, data):
        raise Refusal("file_is_lock")
    if not data:
        raise Refusal("file_empty")
    # Zeros only: a disk that was full, or a download that reserved its space and stopped.
    if not data.strip(b"\0"):
        raise Refusal("file_incomplete", size=len(data))
    if data.startswith(_CFB):
        return "cfb"
    code = next((code for magic, code in _BY_FIRST_BYTES if data.startswith(magic)), "") or _kind_of_picture(data)
    if code:
        raise Refusal(code)
    if b"PK\x03\x04" in data[:_LOOK] or data.startswith(b"PK\x05\x06"):  # some mail gateways write before it
        return "zip"
    raise Refusal(_kind_of_text(data[:_LOOK]) or "file_is_unknown")


def _kind_of_picture(data: bytes) -> str:
    """Return the code of a picture whose first bytes are not always the same."""
    bitmap = data.startswith(b"BM") and data[6:10] == b"\0\0\0\0"
    return "file_is_picture" if bitmap or data[4:8] == b"ftyp" else ""


def _is_lock(name: str, data: bytes) -> bool:
    """Say whether this is the small file that a spreadsheet program puts beside a workbook that someone has open."""
    if name.startswith(".~lock.") or (name.startswith("~$") and len(data) < _LOOK):
        return True
    # Under any name: a length, the name of a user, and blanks up to a fixed size.
    used = data[0] if data else 0
    return len(data) == _LOCK_BYTES and 0 < used <= _LOCK_NAME and not data[1 + used : 1 + _LOCK_NAME].strip(b" \0")


def _kind_of_text(head: bytes) -> str:
    """Return the code of a text file: a web page, spreadsheet XML or any other text; empty if it is none."""
    text = _as_text(head)
    if text is None:
        return ""
    low = text.lstrip("\ufeff \t\r\n").lower()
    if low.startswith(_BEGINS_SHORTCUT):
        return "file_is_shortcut"
    if low.startswith("<?xml") and ("office:document" in low or "office:spreadsheet" in low):
        return "file_is_flat_xml"
    if low.startswith(_BEGINS_PAGE) or "<html" in low:
        return "file_is_web_page"
    return "file_is_text"


def _as_text(head: bytes) -> str | None:
    """Return the beginning of a file as text, or None where it holds what no text holds."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    if any(byte < 32 and byte not in b"\t\n\r\f" for byte in head):  # noqa: PLR2004 - control characters
        return None
    return head.decode("gb18030", "replace")  # ASCII reads alike in every encoding; only the tags matter
