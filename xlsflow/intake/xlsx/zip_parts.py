"""Reads the parts of an untrusted zip file: sizes are limited, headers compared, checksums verified."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib

from xlsflow.intake.isolation.limits import Limits, Refusal, damaged
from xlsflow.intake.xlsx.safe_xml import XmlElement, clean_xml, parse_tree

_LOCAL_HEADER = struct.Struct("<4s22xHH")  # signature, length of the name, length of the extra field
_ENCRYPTED = 0x1 | 0x40
_PATCHED = 0x20  # the part is a patch to another file
_UTF8_NAME = 0x800


class Parts:
    """The parts of one package, by name; case is ignored, and a backslash counts as a slash: some programs write it."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Read the directory of the package without inflating anything.

        Raises:
            Refusal: It has no directory, too many parts, two parts of one name, or parts that overlap.
        """
        self._data = data
        self._limits = limits
        # All parts together, since many parts of an allowed size can exhaust memory as well as one.
        self._inflated = 0
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
            raise _broken_directory(data, error) from error
        # Some programs add entries for folders, which are no parts.
        entries = [entry for entry in archive.infolist() if not entry.filename.endswith(("/", "\\"))]
        if len(archive.infolist()) > limits.entries:
            raise Refusal("file_too_many_parts", count=len(entries), limit=limits.entries)
        _check_overlaps(entries, archive.start_dir)
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            name = normalized_name(entry.filename)
            # Programs differ in which of the two they read, so a person and xlsflow could see different data.
            if name in self._entries:
                raise Refusal("file_part_twice", part=entry.filename)
            self._entries[name] = entry

    def __contains__(self, name: str) -> bool:
        return normalized_name(name) in self._entries

    def names(self) -> list[str]:
        """Return the normalised names of all parts."""
        return list(self._entries)

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a part; None if there is no such part.

        Raises:
            Refusal: It is encrypted, larger than allowed or declared, or does not match its checksum.
        """
        entry = self._entries.get(normalized_name(name))
        if entry is None:
            return None
        if entry.flag_bits & _ENCRYPTED:
            raise Refusal("file_password")
        # Before inflating: the limits must hold without spending the memory that they protect.
        self._check_size(entry)
        raw = self._raw(entry)
        if entry.compress_type == zipfile.ZIP_DEFLATED and not entry.flag_bits & _PATCHED:
            raw = _inflate(entry, raw)
        elif entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & _PATCHED:
            raise damaged(entry.filename, f"compression method {entry.compress_type}")
        # Neither zlib nor calamine notices a flipped bit in a part that is stored or still inflates.
        if len(raw) != entry.file_size or zlib.crc32(raw) != entry.CRC:
            raise damaged(entry.filename, "checksum")
        return raw

    def xml(self, name: str) -> bytes | None:
        """Return an XML part as UTF-8; None if there is no such part."""
        data = self.read(name)
        return None if data is None else clean_xml(name, data)

    def tree(self, name: str) -> XmlElement | None:
        """Return a small XML part as a tree; None if there is no such part."""
        data = self.xml(name)
        return None if data is None else parse_tree(name, data)

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """Return the relationships of a part, by id: kind (last word of its type) and name of the target part.

        Raises:
            Refusal: The target of a relationship needed to read the cells lies outside the file.
        """
        folder, base = posixpath.split(name)
        root = self.tree(posixpath.join(folder, "_rels", base + ".rels"))
        related: dict[str, tuple[str, str]] = {}
        for relation in root.all("Relationship") if root else ():
            kind = relation.attrs.get("Type", "").rpartition("/")[2]
            target = relation.attrs.get("Target", "")
            outside = relation.attrs.get("TargetMode", "") == "External"
            # Other relationships, such as hyperlinks, may lead outside: they are never followed.
            if kind in _NEEDED:
                target = _resolve(folder, target, outside=outside)
            related[relation.attrs.get("Id", "")] = (kind, target)
        return related

    def _check_size(self, entry: zipfile.ZipInfo) -> None:
        """Refuse a part whose declared size exceeds a limit; inflating never goes beyond the declared size."""
        limits = self._limits
        self._inflated += entry.file_size
        bomb = entry.file_size > limits.ratio_from and entry.file_size > limits.ratio * max(entry.compress_size, 1)
        if bomb or entry.file_size > limits.part_bytes or self._inflated > limits.total_bytes:
            raise Refusal("file_inflates", part=entry.filename, size=max(entry.file_size, self._inflated) // (1 << 20))

    def _raw(self, entry: zipfile.ZipInfo) -> bytes:
        """Return the compressed bytes of a part, after comparing its local header with the directory."""
        at = entry.header_offset
        try:
            signature, name_length, extra_length = _LOCAL_HEADER.unpack_from(self._data, at)
        except struct.error as error:
            raise damaged(entry.filename, "header") from error
        start = at + _LOCAL_HEADER.size
        # zipfile decodes names in the same way, so the comparison is byte for byte.
        coding = "utf-8" if entry.flag_bits & _UTF8_NAME else "cp437"
        named = self._data[start : start + name_length] == entry.orig_filename.encode(coding, "replace")
        start += name_length + extra_length
        if signature != b"PK\x03\x04" or not named or start + entry.compress_size > len(self._data):
            raise damaged(entry.filename, "header")
        return self._data[start : start + entry.compress_size]


_NEEDED = frozenset((
    "officeDocument", "worksheet", "sharedStrings", "styles", "core-properties", "extended-properties",
    "custom-properties",
))  # fmt: skip


def normalized_name(name: str) -> str:
    """Return the name of a part for comparison: in lower case, with slashes but no leading one."""
    return name.replace("\\", "/").lstrip("/").lower()


def _broken_directory(data: bytes, error: Exception) -> Refusal:
    """Return the refusal of a zip whose directory is missing or broken."""
    # The directory is at the end, within 64 KiB of comment: without its signature the file was cut off.
    if b"PK\x05\x06" not in data[-(1 << 16) - 22 :]:
        return Refusal("file_incomplete", size=len(data))
    return damaged("zip", str(error) or type(error).__name__)


def _check_overlaps(entries: list[zipfile.ZipInfo], end: int) -> None:
    """Refuse parts that share bytes: such a zip bomb has an unremarkable compression ratio."""
    for entry in sorted(entries, key=lambda entry: entry.header_offset, reverse=True):
        size = _LOCAL_HEADER.size + len(entry.orig_filename) + entry.compress_size
        if entry.header_offset < 0 or entry.header_offset + size > end:
            raise damaged(entry.filename, "overlap")
        end = entry.header_offset


def _inflate(entry: zipfile.ZipInfo, raw: bytes) -> bytes:
    """Inflate one part, never beyond the size that its directory entry declares."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = inflater.decompress(raw, entry.file_size + 1)
    except zlib.error as error:
        raise damaged(entry.filename, "deflate") from error
    if not inflater.eof and not inflater.unconsumed_tail:
        raise damaged(entry.filename, "deflate")
    return data


def _resolve(folder: str, target: str, *, outside: bool) -> str:
    """Return the name of the part that a relationship targets.

    Raises:
        Refusal: The target lies outside the file.
    """
    target = target.replace("\\", "/")
    path = posixpath.normpath(target if target.startswith("/") else posixpath.join("/", folder, target))
    climbs = target.count("../") > folder.count("/") + bool(folder)
    if outside or climbs or ":" in target.partition("/")[0]:
        raise Refusal("file_leads_outside", target=target)
    return path.lstrip("/")
