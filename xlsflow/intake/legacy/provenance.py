"""Reads which program saved an .ods or .xls, and when. A part that is missing or odd counts as empty.

Formats: OASIS, OpenDocument 1.3, `meta.xml`; Microsoft, [MS-OLEPS], the property set of summary information.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta

from xlsflow.intake.isolation.limits import Refusal
from xlsflow.intake.legacy.compound_file import CompoundFile
from xlsflow.intake.xlsx.safe_xml import parse_qualified
from xlsflow.intake.xlsx.workbook_xml import utc_time

Provenance = tuple[str, datetime | None]
"""Program, and time saved in UTC as the file states it."""

_SUMMARY = "\x05SummaryInformation"
_SAVED, _PROGRAM = 13, 18
_FILE_TIME, _TEXT = 64, 30
_FIRST_SET = 44  # where the list of property sets holds the offset of the first
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def ods_provenance(meta: bytes | None) -> Provenance:
    """Return program and time saved of an .ods from its `meta.xml`."""
    texts: dict[str, str] = {}
    inside: list[str] = []

    def start(name: str, _attrs: dict[str, str]) -> None:
        inside.append(name.rpartition(":")[2])

    def end(_name: str) -> None:
        inside.pop()

    def text(run: str) -> None:
        # A comment on a cell has a date too, but none lies in this part.
        texts[inside[-1]] = texts.get(inside[-1], "") + run

    try:
        parse_qualified("meta.xml", meta or b"<none/>", start, end, text)
    except Refusal:
        return "", None
    return texts.get("generator", "").strip(), utc_time(texts.get("date", "").strip())


def xls_provenance(compound: CompoundFile) -> Provenance:
    """Return program and time saved of an .xls from its summary information."""
    if _SUMMARY not in compound.streams:
        return "", None
    try:
        data = compound.read(_SUMMARY)
        start = struct.unpack_from("<I", data, _FIRST_SET)[0]
        # A made-up count must not be believed; real files have about twenty properties.
        count = min(struct.unpack_from("<I", data, start + 4)[0], 100)
        pairs = dict(struct.unpack_from("<II", data, start + 8 + 8 * number) for number in range(count))
        return _program(data, start, pairs), _saved(data, start, pairs)
    except (Refusal, struct.error):
        return "", None


def _saved(data: bytes, start: int, pairs: dict[int, int]) -> datetime | None:
    if _SAVED not in pairs:
        return None
    kind, ticks = struct.unpack_from("<IQ", data, start + pairs[_SAVED])
    if kind != _FILE_TIME or not ticks:
        return None
    try:
        # Windows counts in tenths of a microsecond.
        return _EPOCH + timedelta(microseconds=ticks // 10)
    except OverflowError:
        return None


def _program(data: bytes, start: int, pairs: dict[int, int]) -> str:
    if _PROGRAM not in pairs:
        return ""
    at = start + pairs[_PROGRAM]
    kind, size = struct.unpack_from("<II", data, at)
    text = data[at + 8 : at + 8 + min(size, 80)] if kind == _TEXT else b""
    return text.partition(b"\0")[0].decode("ascii", "replace")
