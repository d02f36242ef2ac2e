"""Formats that calamine reads: what lies where in the file, and what calamine does not report."""

from __future__ import annotations

import struct

import pytest

from tests.helpers import files
from xlsflow.intake.grid import GridBook
from xlsflow.intake.isolation.limits import Limits, Refusal
from xlsflow.intake.isolation.read_file import read_bytes
from xlsflow.intake.legacy.compound_file import CompoundFile

ONE = files.record(0x203, struct.pack("<HHHd", 0, 0, 0, 7.0))
"""A number in A1 of an .xls."""


def opened(name: str, data: bytes) -> GridBook:
    return read_bytes(name, data, Limits())


def number(col: int, value: float) -> bytes:
    """Return the record of a number in an .xlsb."""
    return files.record_b(5, struct.pack("<IId", col, 0, value))


def test_an_xls_so_short_that_it_lies_in_mini_sectors_is_read() -> None:
    """Less than 4,096 bytes, as small programs write it; Excel itself always writes more."""
    stream = CompoundFile(files.xls(ONE)).read("Workbook")[:1000]
    short = files.short_compound("Workbook", stream)

    assert CompoundFile(short).read("Workbook") == stream
    assert opened("short.xls", short).grids[0].rows == [[7.0]]


def test_hidden_rows_of_an_xlsb_are_found() -> None:
    grid = opened("f.xlsb", files.xlsb({0: [number(0, 1.0)], 1: [number(0, 2.0)], 4: [number(1, 3.0)]}, hidden={1, 4}))

    assert grid.grids[0].hidden_rows == {1, 4}
    assert grid.grids[0].at(4, 1) == 3.0


def test_an_xlsb_whose_shared_strings_are_damaged_is_refused() -> None:
    """The checksum is proven here: calamine would read what is left of the strings."""
    strings = files.record_b(159, struct.pack("<II", 1, 1)) + files.record_b(19, b"\0" + files.wide("甲"))
    whole = files.xlsb({0: [files.record_b(7, struct.pack("<III", 0, 0, 0))]}, strings=strings)

    assert opened("f.xlsb", whole).grids[0].rows == [["甲"]]
    with pytest.raises(Refusal) as caught:
        read_bytes("f.xlsb", files.spoilt(whole, "xl/sharedStrings.bin", 16, bytes(4)), Limits())
    assert (caught.value.code, caught.value.facts["part"]) == ("file_damaged", "xl/sharedStrings.bin")
