"""Reads one file as raw grids, or refuses it. Runs in a reader process, or in this one for files of our own."""

from __future__ import annotations

import hashlib
import stat
import time
from pathlib import Path
from typing import Any

from xlsflow.intake.grid import RawWorkbook, book_of
from xlsflow.intake.isolation.limits import MIB, Limits, Refusal, container, damaged
from xlsflow.intake.legacy.compound_file import CompoundFile
from xlsflow.intake.legacy.error_cells_and_hidden_rows import SheetScan, scan_ods, scan_xls, scan_xlsb, xlsb_sheets
from xlsflow.intake.legacy.ods_layout import without_indentation
from xlsflow.intake.legacy.provenance import Provenance, ods_provenance, xls_provenance
from xlsflow.intake.legacy.short_cells import add_short_values
from xlsflow.intake.xlsx.workbook_xml import provenance, read_workbook
from xlsflow.intake.xlsx.zip_parts import Parts

_TRIES = 3
_PAUSE = 0.2  # seconds; a file that is just being saved or fetched is free again soon
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"


def read_bytes(name: str, data: bytes, limits: Limits) -> RawWorkbook:
    """Return the raw grids of a file.

    Args:
        name: Its name without folders: lock files are recognised by it.
        data: Its bytes.
        limits: How much of it is read.

    Raises:
        Refusal: It cannot be read; the code says why.
    """
    limits = limits.grown(len(data))
    if container(name, data) == "cfb":
        kind, rest = _from_compound(data, limits)
    else:
        kind, rest = _from_zip(data, limits)
    return book_of((name, hashlib.sha256(data).hexdigest(), len(data), kind, *rest))


def file_bytes(path: Path, limits: Limits) -> bytes:
    """Return the bytes of a regular file; one that cannot be opened is tried again, since it may be in use.

    Raises:
        Refusal: It is missing, is no regular file, is too large, or cannot be read.
    """
    for left in reversed(range(_TRIES)):
        try:
            about = path.stat()
            if not stat.S_ISREG(about.st_mode):
                raise Refusal("file_is_no_file")
            if about.st_size > limits.file_bytes:
                raise Refusal("file_too_big", size=about.st_size // MIB, limit=limits.file_bytes // MIB)
            return path.read_bytes()
        except FileNotFoundError as error:
            raise Refusal("file_missing") from error
        except OSError as error:
            if not left:
                raise Refusal("file_cannot_be_read", why=error.strerror or type(error).__name__) from error
        time.sleep(_PAUSE)
    raise Refusal("file_cannot_be_read", why="")


def _from_compound(data: bytes, limits: Limits) -> tuple[str, tuple[Any, ...]]:
    """Read an .xls; name what else a compound file may be."""
    compound = CompoundFile(data)
    streams = compound.streams
    # A workbook with a password to open is an encrypted .xlsx inside a compound file.
    if "EncryptedPackage" in streams:
        raise Refusal("file_password")
    if "WordDocument" in streams:
        raise Refusal("file_is_word")
    if "PowerPoint Document" in streams:
        raise Refusal("file_is_slides")
    # "Book" is the stream of Excel 5 and 95.
    name = next((name for name in ("Workbook", "Book", "WORKBOOK", "BOOK") if name in streams), "")
    if not name:
        raise Refusal("file_is_unknown")
    return "xls", _legacy(data, scan_xls(compound.read(name)), xls_provenance(compound), limits)


def _from_zip(data: bytes, limits: Limits) -> tuple[str, tuple[Any, ...]]:
    """Read an .xlsx, .xlsm, .xlsb or .ods; name what else a zip may be."""
    parts = Parts(data, limits)
    _refuse_other(parts)
    if (parts.read("mimetype") or b"").startswith(_ODS):
        if b"encryption-data" in (parts.read("META-INF/manifest.xml") or b""):
            raise Refusal("file_password")
        content = parts.xml("content.xml")
        if content is None:
            raise damaged("content.xml", "missing")
        needed = {name: parts.read(name) or b"" for name in ("mimetype", "META-INF/manifest.xml")}
        scans = scan_ods("content.xml", content)
        plain = without_indentation(data, content, needed)
        return "ods", _legacy(plain, scans, ods_provenance(parts.xml("meta.xml")), limits)
    parts.read("[Content_Types].xml")  # for its checksum: a file damaged there opens in no spreadsheet program
    package = dict(parts.relations("").values())
    main = _main_part(parts, package)
    if main.endswith(".bin"):
        return "xlsb", _legacy(data, _xlsb(parts, main), provenance(parts, package)[:2], limits)
    # By the part that holds macros, not by the name of the file.
    macros = any(name.endswith("vbaproject.bin") for name in parts.names())
    return "xlsm" if macros else "xlsx", read_workbook(parts, main, package, limits)


def _xlsb(parts: Parts, main: str) -> list[SheetScan]:
    """Return the marks of the sheets of an .xlsb, after proving the checksum of every part that is read."""
    relations = parts.relations(main)
    needed = {
        kind: parts.read(target) or b"" for kind, target in relations.values() if kind in {"sharedStrings", "styles"}
    }
    workbook = parts.read(main) or b""
    targets = [(name, relations.get(relation, ("", ""))[1]) for relation, name in xlsb_sheets(workbook)]
    scans = [scan_xlsb(name, parts.read(target) or b"") if target else SheetScan(name) for name, target in targets]
    add_short_values(scans, needed.get("sharedStrings", b""), needed.get("styles", b""), workbook)
    return scans


def _main_part(parts: Parts, package: dict[str, str]) -> str:
    """Return the part that lists the sheets."""
    for name in (package.get("officeDocument", ""), "xl/workbook.xml", "xl/workbook.bin"):
        if name and name in parts:
            return name
    if "[Content_Types].xml" in parts:
        raise damaged("workbook.xml", "missing")
    if "content.xml" in parts:
        raise damaged("mimetype", "missing")
    raise Refusal("file_is_archive")


def _refuse_other(parts: Parts) -> None:
    """Refuse what is a zip but no workbook, by the name of what it is."""
    names = parts.names()
    if "word/document.xml" in parts:
        raise Refusal("file_is_word")
    if "ppt/presentation.xml" in parts:
        raise Refusal("file_is_slides")
    # The parts of Apple Numbers, which saves a zip, too.
    if any(name.endswith(".iwa") or name == "index.zip" for name in names):
        raise Refusal("file_is_numbers")
    if not names:
        raise Refusal("file_is_archive")


def _legacy(data: bytes, marks: list[SheetScan], saved: Provenance, limits: Limits) -> tuple[Any, ...]:
    if not limits.other_formats:
        raise Refusal("checked_on_return")
    from xlsflow.intake.legacy.calamine_reader import read_legacy  # noqa: PLC0415 - most rounds never need calamine

    return (*saved, {}, {}, read_legacy(data, marks, limits))
