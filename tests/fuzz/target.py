"""The target of fuzzing: the function with which a reader process reads bytes, and the invariants of its results.

calamine itself is left out: it may abort the process, which no harness survives. That is why it runs in a process of
its own, tested in tests/intake/test_mutated_returns.py.
"""

from __future__ import annotations

import pickle
import unicodedata
from typing import Any
from unittest.mock import patch

from xlsflow.findings import Finding, Location
from xlsflow.intake.grid import Grid, RawWorkbook
from xlsflow.intake.isolation import read_file
from xlsflow.intake.isolation.limits import Limits, Refusal
from xlsflow.intake.isolation.safe_pickle import unpickle
from xlsflow.intake.xlsx import shared_strings, workbook_xml
from xlsflow.messages import CATALOGUE

LIMITS = Limits(part_bytes=32 << 20, total_bytes=64 << 20, cells=300_000)
"""Smaller than the usual limits, so that excessive inputs are found early."""
NAME = "return.xlsx"


class Broken(Exception):  # noqa: N818 - the result that a fuzzer looks for
    """An invariant is violated."""


class AlwaysExact:
    """Replaces the fast reader: leaves every sheet to the XML parser."""

    def __init__(self, _values: object) -> None:
        """Accept the arguments of the fast reader."""

    def read(self, _data: bytes, _rows: object) -> object:
        """Refuse every sheet."""
        raise shared_strings.UnusualXml


def without_calamine(*_: object) -> tuple[Any, ...]:
    """Return a workbook without sheets, as the reader of legacy formats would."""
    return "", None, {}, {}, ()


def read(data: bytes) -> RawWorkbook | Refusal:
    """Return the result of reading some bytes, pickled and unpickled as between the reader process and its parent.

    Raises:
        Broken: A refusal has no complete message.
    """
    try:
        book = read_file.read_bytes(NAME, data, LIMITS)
    except Refusal as refusal:
        said(refusal)
        return refusal
    back: RawWorkbook = unpickle(pickle.dumps(book, protocol=5), (RawWorkbook, Grid))
    return back


def said(refusal: Refusal) -> None:
    """Check that the message of a refusal is complete in both languages, short, and free of control characters.

    Raises:
        Broken: It is not.
    """
    if refusal.code not in CATALOGUE:
        raise Broken(f"no code of the catalogue: {refusal.code}")
    finding = Finding(refusal.code, Location(file=NAME), facts=refusal.facts)
    for sentence in (finding.message("zh"), finding.message("en")):
        if NAME not in sentence or len(sentence) > 600:
            raise Broken(f"{refusal.code}: {len(sentence)} characters, {sentence[:300]!r}")
        if odd := {sign for sign in sentence if unicodedata.category(sign)[0] == "C"}:
            raise Broken(f"{refusal.code}: {odd}")


def both_ways(data: bytes) -> RawWorkbook | Refusal:
    """Return the result of reading some bytes; the fast and the exact reader must agree.

    Raises:
        Broken: They return different cells.
    """
    read_ = read(data)
    if isinstance(read_, Refusal) or read_.format not in {"xlsx", "xlsm"}:
        return read_
    with patch.multiple(workbook_xml, FastSheetReader=AlwaysExact, read_strings=shared_strings.strings_exact):
        exact = read(data)
    if isinstance(exact, RawWorkbook) and exact.grids != read_.grids:
        raise Broken("the fast and the exact reader return different cells")
    return read_
