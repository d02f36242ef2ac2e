"""What is fuzzed: the function by which a reader process makes a book of bytes, and what must hold whatever comes.

Formats that calamine reads are taken up to its door: it may abort, which no harness survives and which is why it runs
in a process of its own; that is tested there (tests/intake/test_mutated_returns.py).
"""

from __future__ import annotations

import io
import pickle
import unicodedata
from typing import Any
from unittest.mock import patch

from xlsflow.catalogue import CATALOGUE
from xlsflow.findings import (
    Finding,
    Location,
)
from xlsflow.intake.grid import GridBook, book_of
from xlsflow.intake.isolation import read_file
from xlsflow.intake.isolation.limits import (
    Limits,
    Refusal,
)
from xlsflow.intake.isolation.reader_pool import _Plain
from xlsflow.intake.xlsx import (
    shared_strings,
    workbook_xml,
)

LIMITS = Limits(part_bytes=32 << 20, total_bytes=64 << 20, cells=300_000)
"""Those of the house, less room: what swells is then found early."""
NAME = "return.xlsx"


class Broken(Exception):  # noqa: N818 - it is what a fuzzer looks for
    """Something that must hold does not."""


class Exactly:
    """Stands in for the quick reader: leaves every sheet to the exact way."""

    def __init__(self, _values: object) -> None:
        """Take what the quick reader takes."""

    def read(self, _data: bytes, _rows: object) -> object:
        """Read nothing quickly."""
        raise shared_strings.UnusualXml


def without_calamine(*_: object) -> tuple[Any, ...]:
    """Return what a workbook without cells is read as."""
    return "", None, {}, {}, ()


def read(data: bytes) -> GridBook | Refusal:
    """Return what some bytes are read as, after the way from the reader process to its parent.

    Raises:
        Broken: If a refusal has no whole sentence.
    """
    try:
        packed = read_file.read_bytes(NAME, data, LIMITS)
    except Refusal as refusal:
        said(refusal)
        return refusal
    message = pickle.dumps(packed, protocol=5)
    return book_of(_Plain(io.BytesIO(message)).load())


def said(refusal: Refusal) -> None:
    """Make sure that a refusal has its sentence in both languages, on one line, and that a terminal is safe from it.

    Raises:
        Broken: If it has not.
    """
    if refusal.code not in CATALOGUE:
        raise Broken(f"no code of the catalogue: {refusal.code}")
    finding = Finding(refusal.code, Location(file=NAME), facts=refusal.facts)
    for sentence in (finding.message("zh"), finding.message("en")):
        if NAME not in sentence or len(sentence) > 600:
            raise Broken(f"{refusal.code}: {len(sentence)} characters, {sentence[:300]!r}")
        if odd := {one for one in sentence if unicodedata.category(one)[0] == "C"}:
            raise Broken(f"{refusal.code}: {odd}")


def both_ways(data: bytes) -> GridBook | Refusal:
    """Return what some bytes are read as; the quick way and the exact way must not tell different cells.

    Raises:
        Broken: If they do.
    """
    read_ = read(data)
    if isinstance(read_, Refusal) or read_.format not in {"xlsx", "xlsm"}:
        return read_
    with patch.multiple(workbook_xml, FastSheetReader=Exactly, read_strings=shared_strings.strings_exact):
        exact = read(data)
    if isinstance(exact, GridBook) and exact.grids != read_.grids:
        raise Broken("the quick and the exact way tell different cells")
    return read_
