"""Formats that calamine reads: what lies where in the file, and what calamine does not report."""

from __future__ import annotations

import struct
import zipfile
from datetime import UTC, date, datetime
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from tests.helpers import files
from xlsflow.fileformat.cells import CellError
from xlsflow.intake.grid import RawWorkbook
from xlsflow.intake.isolation.limits import Limits, Refusal
from xlsflow.intake.isolation.read_file import read_bytes
from xlsflow.intake.legacy.compound_file import CompoundFile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsflow.fileformat.cells import Scalar

ONE = files.record(0x203, struct.pack("<HHHd", 0, 0, 0, 7.0))
"""A number in A1 of an .xls."""


def opened(name: str, data: bytes) -> RawWorkbook:
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


# --- .ods of programs that indent it, as Gnumeric and SheetJS do ---
SEVEN = '<table:table-cell office:value-type="float" office:value="7"/>'
WORD = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
INDENTED = {
    "rows": (f"\n  <table:table-row>{SEVEN}</table:table-row>\n  <table:table-row/>\n", [[7.0]]),
    "cells": (f"<table:table-row>\n    {SEVEN}\n    {SEVEN}\n  </table:table-row>", [[7.0, 7.0]]),
    "tabs and Windows line ends": (f"<table:table-row>\r\n\t{SEVEN}\r\n\t{SEVEN}</table:table-row>", [[7.0, 7.0]]),
    "paragraphs": (
        (
            '<table:table-row><table:table-cell office:value-type="string">\n <text:p>a</text:p>\n'
            " <text:p>b</text:p>\n</table:table-cell></table:table-row>"
        ),
        [["a\nb"]],
    ),
    "columns before": (f"\n <table:table-column/>\n <table:table-row>{SEVEN}</table:table-row>", [[7.0]]),
    "covered cells": (
        (
            '<table:table-row>\n<table:table-cell table:number-columns-spanned="2" office:value-type="float"'
            f' office:value="7"/>\n<table:covered-table-cell/>\n{SEVEN}\n</table:table-row>'
        ),
        [[7.0, None, 7.0]],
    ),
    "a group of rows": (
        f"<table:table-row-group>\n<table:table-row>{SEVEN}</table:table-row>\n</table:table-row-group>",
        [[7.0]],
    ),
    "header rows": (
        f"<table:table-header-rows>\n <table:table-row>{SEVEN}</table:table-row>\n</table:table-header-rows>",
        [[7.0]],
    ),
    "text that looks like it": (f"<table:table-row>\n{WORD.format('a &gt; b')}</table:table-row>", [["a > b"]]),
    "a blank between spans": (
        "<table:table-row>\n" + WORD.format("<text:span>a</text:span> <text:span>b</text:span>") + "</table:table-row>",
        [["a b"]],
    ),
}


@pytest.mark.parametrize("what", INDENTED)
def test_an_ods_that_is_indented_is_read_like_one_that_is_not(what: str) -> None:
    rows, want = INDENTED[what]

    assert opened("f.ods", files.ods(rows)).grids[0].rows == want


def test_merged_ranges_of_an_ods_are_read() -> None:
    wide = '<table:table-cell table:number-columns-spanned="3" table:number-rows-spanned="2" office:value-type="float"'
    rows = f'<table:table-row>{SEVEN}{wide} office:value="7"/></table:table-row><table:table-row/>'

    assert opened("f.ods", files.ods(rows)).grids[0].merges == ((0, 1, 1, 3),)


# --- .xlsb with cells in the short form, as SheetJS writes it ---
def short(kind: int, body: bytes = b"", style: int = 0) -> bytes:
    """Return the record of a cell that lies right of the one before."""
    return files.record_b(kind, struct.pack("<I", style) + body)


BLANK = files.record_b(1, struct.pack("<II", 0, 0))
SHORT: dict[str, tuple[Sequence[bytes], Sequence[Scalar]]] = {
    "text": ([number(0, 1.0), short(17, files.wide("甲"))], [1.0, "甲"]),
    "several": ([number(0, 1.0), short(17, files.wide("甲")), short(17, files.wide("乙"))], [1.0, "甲", "乙"]),
    "from column A": ([short(17, files.wide("甲"))], ["甲"]),
    "behind a blank": ([BLANK, short(17, files.wide("甲"))], ["甲"]),
    "a short blank": ([number(0, 1.0), short(12), short(17, files.wide("甲"))], [1.0, None, "甲"]),
    "an empty text": ([number(0, 1.0), short(17, files.wide("")), number(2, 2.0)], [1.0, None, 2.0]),
    "a number": ([number(0, 1.0), short(16, struct.pack("<d", 0.25))], [1.0, 0.25]),
    "a whole number": ([number(0, 1.0), short(13, struct.pack("<i", 7 << 2 | 2))], [1.0, 7.0]),
    "a negative number": ([number(0, 1.0), short(13, struct.pack("<i", -7 << 2 | 2))], [1.0, -7.0]),
    "hundredths": ([number(0, 1.0), short(13, struct.pack("<i", 725 << 2 | 3))], [1.0, 7.25]),
    "half of a double": ([number(0, 1.0), short(13, struct.pack("<d", 0.5)[4:])], [1.0, 0.5]),
    "true": ([number(0, 1.0), short(15, b"\1")], [1.0, True]),
    "an error": ([number(0, 1.0), short(14, b"\x17")], [1.0, CellError("#REF!")]),
    "a shared text": ([number(0, 1.0), short(18, struct.pack("<I", 0))], [1.0, "甲"]),
    "a date": ([number(0, 1.0), short(16, struct.pack("<d", 46082.0), style=1)], [1.0, date(2026, 3, 1)]),
    "between usual cells": ([number(2, 1.0), short(17, files.wide("甲")), number(5, 2.0)], [1.0, "甲", None, 2.0]),
}


@pytest.mark.parametrize("what", SHORT)
def test_a_cell_of_an_xlsb_that_leaves_its_column_out_is_read(what: str) -> None:
    cells, want = SHORT[what]
    strings = files.record_b(159, struct.pack("<II", 1, 1)) + files.record_b(19, b"\0" + files.wide("甲"))
    formats = b"".join(files.record_b(47, struct.pack("<HH", 0, number) + bytes(12)) for number in (0, 14))
    styles = files.record_b(617, struct.pack("<I", 2)) + formats + files.record_b(618)
    grid = opened("f.xlsb", files.xlsb({2: cells}, strings=strings, styles=styles)).grids[0]

    assert grid.rows == [want]


def test_merged_ranges_of_an_xlsb_are_read() -> None:
    merge = files.record_b(176, struct.pack("<IIII", 0, 1, 0, 2))

    assert opened("f.xlsb", files.xlsb({0: [number(0, 1.0)]}, after=merge)).grids[0].merges == ((0, 0, 1, 2),)


# --- when a file was saved, and by which program ---
def summary(saved: int, program: bytes, *, kind: int = 64) -> bytes:
    """Return a stream of summary information: when it was saved in units of 100 ns since 1601, and by what."""
    text = struct.pack("<II", 30, len(program) + 1) + program + b"\0"
    pairs = struct.pack("<IIIIII", 13, 24, 18, 36, 0, 0)[:16]
    body = struct.pack("<IIQ", kind, saved & 0xFFFFFFFF, saved >> 32)[:12] + text
    inside = struct.pack("<II", 24 + len(body), 2) + pairs + body
    return struct.pack("<HHI16sI16sI", 0xFFFE, 0, 0, bytes(16), 1, bytes(16), 48) + inside


def with_summary(information: bytes) -> bytes:
    stream = CompoundFile(files.xls(ONE)).read("Workbook")
    return files.compound({"Workbook": stream, "\x05SummaryInformation": information})


TICKS = (int(datetime(2026, 3, 1, 8, 30, tzinfo=UTC).timestamp()) + 11_644_473_600) * 10_000_000


def test_program_and_time_of_an_xls_are_read() -> None:
    book = opened("f.xls", with_summary(summary(TICKS, b"Microsoft Excel")))

    assert (book.writer, book.saved) == ("Microsoft Excel", datetime(2026, 3, 1, 8, 30, tzinfo=UTC))
    assert book.grids[0].rows == [[7.0]]


@pytest.mark.parametrize(
    "information",
    [summary(0, b"x"), summary(2**64 - 1, b"x"), summary(TICKS, b"x", kind=3), b"", b"\xfe\xff" * 40, b"\xff" * 99],
)
def test_odd_summary_information_of_an_xls_counts_as_none(information: bytes) -> None:
    book = opened("f.xls", with_summary(information))

    assert book.saved is None
    assert book.grids[0].rows == [[7.0]]


@pytest.mark.parametrize(
    ("meta", "saved"),
    [
        ("<dc:date>2026-03-01T08:30:00Z</dc:date>", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
        ("<dc:date>2026-03-01T16:30:00+08:00</dc:date>", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
        ("<dc:date>2026-03-01T08:30:00.123456789</dc:date>", datetime(2026, 3, 1, 8, 30, 0, 123456, tzinfo=UTC)),
        ("\n  <dc:date>\n2026-03-01T08:30:00Z </dc:date>\n", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
        ("<meta:creation-date>2026-03-01T08:30:00Z</meta:creation-date>", None),
        ("<dc:date/>", None),
        ("<dc:date>soon</dc:date>", None),
        ("<dc:date>", None),
        ("", None),
    ],
)
def test_program_and_time_of_an_ods_are_read(meta: str, saved: datetime | None) -> None:
    with zipfile.ZipFile(BytesIO(files.ods(f"<table:table-row>{SEVEN}</table:table-row>"))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = 'xmlns:dc="urn:dc" xmlns:meta="urn:meta" xmlns:office="urn:office"'
    inside = f"<meta:generator>gnumeric/1.12.55</meta:generator>{meta}"
    parts["meta.xml"] = (
        f"<office:document-meta {names}><office:meta>{inside}</office:meta></office:document-meta>".encode()
    )
    book = opened("f.ods", files.zipped(parts))

    assert book.saved == saved
    assert book.grids[0].rows == [[7.0]]
