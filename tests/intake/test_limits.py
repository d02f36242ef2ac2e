"""Whatever is sent instead of a workbook, or as a hostile one, is refused by the name of what it is."""

from __future__ import annotations

import random
import struct
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.helpers import files, soak
from tests.helpers.returns import read_book
from xlsflow.findings import Finding, Location
from xlsflow.intake.isolation.limits import MIB, Limits, Refusal
from xlsflow.intake.isolation.read_file import file_bytes, read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from xlsflow.intake.grid import GridBook

    Opened = Callable[..., str]

ZIP_PART = "xl/worksheets/sheet1.xml"
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'


@pytest.fixture
def verdict(tmp_path: Path) -> Opened:
    """Return what becomes of some bytes: `opened`, or the code of the refusal, whose sentences must be whole."""

    def read(data: bytes, name: str = "return.xlsx", limits: Limits | None = None) -> str:
        path = tmp_path / name
        path.write_bytes(data)
        try:
            read_book(path, limits)
        except Refusal as refusal:
            finding = Finding(refusal.code, Location(file=name), facts=refusal.facts)
            wanted = "info" if refusal.code == "file_is_lock" else "error"  # a lock file harms nobody
            assert finding.severity == wanted
            for sentence in (finding.message("zh"), finding.message("en")):
                assert name in sentence
                assert "…" not in sentence  # a fact that the sentence misses
            return refusal.code
        return "opened"

    return read


def cells_of(book: GridBook) -> GridBook:
    """Return what a file holds, without its size and digest."""
    return replace(book, sha256="", size=0)


def refusal_of(data: bytes) -> Refusal:
    """Return the refusal of some bytes."""
    with pytest.raises(Refusal) as refused:
        read_bytes("return.xlsx", data, Limits())
    return refused.value


def replaced(name: str, content: str | bytes) -> bytes:
    """Return an honest workbook with one part replaced, or added."""
    return files.zipped({**files.parts({"S": files.sheet("")}, strings="<si><t>x</t></si>"), name: content})


LOCK = b"\x07A Clerk".ljust(55, b" ") + b"\x07\0" + "A Clerk".encode("utf-16-le").ljust(108, b" ")

INSTEAD = {
    "nothing": (b"", "file_empty"),
    "zeros": (bytes(5000), "file_incomplete"),
    "csv": ("编号,名称\n1,道路\n".encode(), "file_is_text"),
    "csv in GB18030": ("编号,名称\n1,道路\n".encode("gb18030"), "file_is_text"),
    "tabs in UTF-16": ("\ufeff编号\t名称\n".encode("utf-16-le"), "file_is_text"),
    "table from the web": (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "file_is_web_page"),
    "login page": (b"\n <!DOCTYPE HTML><title>Log in</title>", "file_is_web_page"),
    "saved web page": (b"MIME-Version: 1.0\nContent-Type: multipart/related", "file_is_web_page"),
    "flat ods": (b'<?xml version="1.0"?><office:document xmlns:office="x"/>', "file_is_flat_xml"),
    "xml of 2003": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "file_is_flat_xml",
    ),
    "pdf": (b"%PDF-1.7\n1 0 obj", "file_is_pdf"),
    "rar": (b"Rar!\x1a\x07\x01\0", "file_is_archive"),
    "7z": (b"7z\xbc\xaf\x27\x1c\0\x04", "file_is_archive"),
    "gzip": (b"\x1f\x8b\x08\0", "file_is_archive"),
    "zip of workbooks": (files.zipped({"a/return.xlsx": files.workbook()}), "file_is_archive"),
    "ods that does not say so": (files.zipped({"content.xml": "<x/>"}), "file_damaged"),
    "empty zip": (files.zipped({}), "file_is_archive"),
    "png": (b"\x89PNG\r\n\x1a\n", "file_is_picture"),
    "photo": (b"\xff\xd8\xff\xe0\0\x10JFIF", "file_is_picture"),
    "photo of a phone": (b"\0\0\0\x24ftypheic", "file_is_picture"),
    "bitmap": (b"BM\xb6\x9c\x01\0\0\0\0\0\x36\0", "file_is_picture"),
    "shortcut": (b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0", "file_is_shortcut"),
    "link to a page": (b"[InternetShortcut]\r\nURL=https://example.com/\r\n", "file_is_shortcut"),
    "file of a cloud folder": (b'{"url":"https://docs.example.com/open?id=1","doc_id":"1"}', "file_is_shortcut"),
    "rtf": (b"{\\rtf1\\ansi", "file_is_word"),
    "docx": (files.zipped({"[Content_Types].xml": "", "word/document.xml": "<w/>"}), "file_is_word"),
    "doc": (files.compound({"WordDocument": b"x"}), "file_is_word"),
    "pptx": (files.zipped({"[Content_Types].xml": "", "ppt/presentation.xml": "<p/>"}), "file_is_slides"),
    "ppt": (files.compound({"PowerPoint Document": b"x"}), "file_is_slides"),
    "numbers": (files.zipped({"Index/Document.iwa": b"\0"}), "file_is_numbers"),
    "Excel 4": (b"\x09\x04\x06\0\0\0\x10\0", "file_is_old_excel"),
    "other compound file": (files.compound({"Contents": b"x"}), "file_is_unknown"),
    "noise": (bytes(range(200, 256)) * 9 + b"\0\1\2", "file_is_unknown"),
    "lock file": (LOCK, "file_is_lock"),
}


@pytest.mark.parametrize("what", INSTEAD)
@pytest.mark.parametrize("name", ["return.xlsx", "return.xls"])
def test_what_is_no_workbook_is_refused_by_what_it_is_whatever_its_name_says(
    what: str, name: str, verdict: Opened
) -> None:
    data, code = INSTEAD[what]
    assert verdict(data, name) == code


WORDS = {
    "file_empty": ("0 字节", "重新发送", "0 bytes", "send it again"),
    "file_incomplete": ("不完整", "重新发送", "incomplete", "send it again"),
    "file_is_text": ("CSV", "另存为 .xlsx", "CSV", "save it as .xlsx"),
    "file_is_web_page": ("网页", "另存为 .xlsx", "web page", "save it as .xlsx"),
    "file_is_flat_xml": ("XML", "另存为 .xlsx", "XML", "save it as .xlsx"),
    "file_is_pdf": ("PDF", "发送填好的 Excel", "PDF", "send the Excel workbook itself"),
    "file_is_archive": ("压缩包", "解压", "archive", "unpack"),
    "file_is_picture": ("图片", "不要发照片", "picture", "not a photo"),
    "file_is_shortcut": ("快捷方式", "指向的工作簿", "shortcut", "that it points to"),
    "file_is_word": ("Word", "发送填好的 Excel", "Word", "send the Excel workbook"),
    "file_is_slides": ("演示文稿", "发送填好的 Excel", "presentation", "send the Excel workbook"),
    "file_is_numbers": ("Numbers", "导出为 Excel", "Numbers", "export it to Excel"),
    "file_is_old_excel": ("很旧的 Excel", "另存为 .xlsx", "very old Excel", "save it as .xlsx"),
    "file_is_unknown": ("不是 Excel", "另存为 .xlsx", "not an Excel", "save it there as .xlsx"),
    "file_is_lock": ("临时文件", "可以忽略", "temporary file", "ignore it"),
    "file_damaged": ("已损坏", "另存为 .xlsx", "damaged", "save it as .xlsx"),
    "file_password": ("密码", "取消密码", "password", "remove the password"),
}
"""What the file is and what to do, in Chinese and in English."""


@pytest.mark.parametrize("code", sorted({code for _, code in INSTEAD.values()} | {"file_password"}))
def test_a_refusal_says_what_the_file_is_and_what_to_do(code: str) -> None:
    finding = Finding(code, Location(file="甲.xlsx"), facts={"size": "9", "part": "x"})
    zh, en = finding.message("zh"), finding.message("en")
    assert all(words in zh for words in WORDS[code][:2])
    assert all(words in en for words in WORDS[code][2:])
    assert zh.endswith("。")
    assert en.endswith(".")
    assert (zh.count("。"), zh.count("\n"), en.count("\n")) == (1, 0, 0)


def test_the_small_file_beside_an_open_workbook_is_known_by_its_name_but_a_whole_workbook_is_read(
    verdict: Opened,
) -> None:
    assert verdict(b"\x03abc", "~$return.xlsx") == "file_is_lock"
    assert verdict(b",clerk,host,1;", ".~lock.return.xlsx#") == "file_is_lock"
    big = files.workbook("".join(f'<row r="{n}"><c r="A{n}"><v>{n * 7919}</v></c></row>' for n in range(1, 2000)))
    assert verdict(big, "~$return.xlsx") == "opened"


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.et", "a.csv", "中文 名称", "a.xlsx.zip"])
def test_a_workbook_opens_whatever_its_name_says(name: str, verdict: Opened) -> None:
    assert verdict(files.workbook(), name) == "opened"
    assert verdict(files.xls(b""), name) == "opened"
    assert verdict(files.ods(""), name) == "opened"


def test_an_encrypted_workbook_asks_for_the_password_and_is_never_called_damaged(verdict: Opened) -> None:
    assert verdict(files.compound({"EncryptionInfo": b"x", "EncryptedPackage": b"x"})) == "file_password"
    assert verdict(files.xls(b"", globals_=files.record(0x2F, bytes(54)))) == "file_password"
    assert verdict(files.spoilt(files.workbook(), ZIP_PART, 8, b"\x01\0")) == "file_password"
    manifest: dict[str, str | bytes] = {
        "META-INF/manifest.xml": "<m><encryption-data/></m>",
        "content.xml": b"\x88\x99",
    }
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    assert verdict(files.zipped({"mimetype": kind, **manifest})) == "file_password"


@pytest.mark.parametrize(
    "part", ["_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", ZIP_PART, "xl/sharedStrings.xml"]
)
@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_in_every_part_and_encoding(part: str, coding: str, verdict: Opened) -> None:
    parts = files.parts({"S": files.sheet("")}, strings="<si><t>x</t></si>")
    honest = str(parts[part])
    evil = honest.replace("?>\n", f"?>{DOCTYPE}\n").replace('encoding="UTF-8"', f'encoding="{coding.upper()}"')
    assert verdict(files.zipped({**parts, part: honest.encode(coding)})) == "opened"
    assert verdict(files.zipped({**parts, part: evil.encode(coding)})) == "file_has_doctype"
    behind = evil.replace(DOCTYPE, f"<!-- <a> -->{DOCTYPE}")
    assert verdict(files.zipped({**parts, part: behind.encode(coding)})) == "file_has_doctype"


def test_a_bomb_is_refused_by_what_it_records_and_by_what_it_really_inflates_to(verdict: Opened) -> None:
    small = Limits(part_bytes=MIB, total_bytes=2 * MIB, ratio=50, ratio_from=100_000)
    honest = " " * 90_000
    assert verdict(replaced(ZIP_PART, files.sheet(honest)), limits=small) == "opened"
    assert verdict(replaced(ZIP_PART, files.sheet(" " * 500_000)), limits=small) == "file_inflates"
    many = files.parts({f"S{n}": files.sheet(" ".join(map(str, range(n, n + 120_000)))) for n in range(4)})
    assert verdict(files.zipped(many), limits=small) == "file_inflates"
    lie = files.spoilt(replaced(ZIP_PART, files.sheet(" " * 500_000)), ZIP_PART, 24, struct.pack("<I", 400))
    assert verdict(lie, limits=small) == "file_damaged"


def test_a_bomb_in_a_part_that_nobody_reads_is_never_inflated(verdict: Opened) -> None:
    data = replaced("xl/media/image1.png", bytes(30 * MIB))
    assert verdict(data, limits=Limits(part_bytes=MIB)) == "opened"


@pytest.mark.parametrize(
    "part", ["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", ZIP_PART, "xl/sharedStrings.xml"]
)
def test_a_wrong_checksum_is_found_in_every_part_that_is_read(part: str, verdict: Opened) -> None:
    honest = replaced("x", "")
    assert verdict(files.spoilt(honest, part, 16, b"\1\2\3\4")) == "file_damaged"


def test_an_unknown_way_of_compression_is_refused(verdict: Opened) -> None:
    assert verdict(files.spoilt(files.workbook(), ZIP_PART, 10, b"\x09\0")) == "file_damaged"


@pytest.mark.parametrize("twin", [ZIP_PART, ZIP_PART.upper(), ZIP_PART.replace("/", "\\"), "/" + ZIP_PART])
def test_two_parts_of_one_name_are_refused_since_nobody_can_tell_which_counts(twin: str, verdict: Opened) -> None:
    pairs = [*files.parts({"S": files.sheet("")}).items(), (twin, files.sheet("<row/>"))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("zipfile.ZipFile._writecheck", lambda *_: None)  # it warns of what is meant here
        assert verdict(files.zipped(pairs)) == "file_part_twice"


def test_parts_that_share_bytes_are_refused(verdict: Opened) -> None:
    data = replaced("xl/media/a.png", b"x" * 5000)
    first = data.index(b"PK\x03\x04", data.index(b"sharedStrings"))
    spread = files.spoilt(data, "xl/media/a.png", 42, struct.pack("<I", first - 40))
    assert verdict(spread) == "file_damaged"


def test_too_many_parts_are_refused(verdict: Opened) -> None:
    package = files.parts({"S": files.sheet("")}) | {f"xl/media/{n}": "" for n in range(30)}
    assert verdict(files.zipped(package), limits=Limits(entries=40)) == "opened"
    assert verdict(files.zipped(package), limits=Limits(entries=30)) == "file_too_many_parts"


def test_a_file_larger_than_allowed_is_not_even_opened(verdict: Opened) -> None:
    data = files.workbook()
    assert verdict(data, limits=Limits(file_bytes=len(data))) == "opened"
    assert verdict(data, limits=Limits(file_bytes=len(data) - 1)) == "file_too_big"


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("worksheets/sheet1.xml", "opened"),
        ("/xl/worksheets/sheet1.xml", "opened"),
        ("../xl/worksheets/sheet1.xml", "opened"),
        ("worksheets\\sheet1.xml", "opened"),
        ("../../../../etc/passwd", "file_leads_outside"),
        ("..\\..\\boot.ini", "file_leads_outside"),
        ("file:///etc/passwd", "file_leads_outside"),
        ("C:/boot.ini", "file_leads_outside"),
        ('http://127.0.0.1/s.xml" TargetMode="External', "file_leads_outside"),
        ("worksheets/sheet9.xml", "file_damaged"),
    ],
)
def test_a_sheet_is_taken_from_inside_the_file_only(target: str, code: str, verdict: Opened) -> None:
    assert verdict(replaced("xl/_rels/workbook.xml.rels", files.relations(("worksheet", target)))) == code


def test_a_link_to_another_file_that_no_cell_needs_is_never_followed_and_does_no_harm(verdict: Opened) -> None:
    links = files.relations(
        ("worksheet", "worksheets/sheet1.xml"), ("externalLink", 'file://127.0.0.1/x.xlsx" TargetMode="External')
    )
    assert verdict(replaced("xl/_rels/workbook.xml.rels", links)) == "opened"


def test_a_workbook_without_sheets_is_never_taken_for_an_empty_return(verdict: Opened) -> None:
    assert verdict(files.zipped(files.parts({}))) == "file_without_sheets"
    chart = files.relations(("chartsheet", "worksheets/sheet1.xml"))
    assert verdict(replaced("xl/_rels/workbook.xml.rels", chart)) == "file_without_sheets"


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="4294967295"><c><v>1</v></c></row>',
        '<row r="0"><c><v>1</v></c></row>',
        '<row r="1"><c r="ZZZZ1"><v>1</v></c></row>',
        '<row r="1"><c r="A1048577"><v>1</v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        '<row r="1"><c r="A1" t="str"><v>&unknown;</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c>',
        "<c>" * 200,
        "<row><c>" + "<x>" * 200 + "</x>" * 200 + "</c></row>",
    ],
)
def test_cells_that_no_sheet_can_hold_are_refused(cells: str, verdict: Opened) -> None:
    assert verdict(replaced(ZIP_PART, files.sheet(cells))) == "file_damaged"
    assert verdict(replaced(ZIP_PART, files.odd_sheet(cells))) == "file_damaged"


def test_more_cells_than_allowed_are_refused_and_blanks_between_cells_count(verdict: Opened) -> None:
    row = '<row r="1"><c r="A1"><v>1</v></c><c r="J1"><v>1</v></c></row>'
    assert verdict(files.workbook(row), limits=Limits(cells=10)) == "opened"
    assert verdict(files.workbook(row), limits=Limits(cells=9)) == "file_too_many_cells"
    ladder = "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 400))
    assert verdict(files.workbook(ladder)) == "file_too_many_cells"


def test_how_many_shared_texts_there_are_said_to_be_is_not_asked(verdict: Opened) -> None:
    lie = f'<sst xmlns="{files.MAIN}" count="4294967295" uniqueCount="4294967295"><si><t>x</t></si></sst>'
    assert verdict(replaced("xl/sharedStrings.xml", lie)) == "opened"


def test_a_compound_file_whose_tables_lead_outside_or_in_a_circle_is_refused(verdict: Opened) -> None:
    honest = files.xls(b"")
    assert verdict(honest) == "opened"
    lies = {
        "tables": (44, 0xFFFFFFFF),
        "tables of tables": (72, 0x10000000),
        "directory": (48, 10_000),
        "first table": (76, 10_000),
        "circle": (files.SECTOR + 4 * 2, 2),
        "outside": (files.SECTOR + 4 * 2, 120),
        "circle of the directory": (files.SECTOR + 4, 1),
    }
    for what, (at, value) in lies.items():
        data = honest[:at] + struct.pack("<I", value) + honest[at + 4 :]
        assert verdict(data) == "file_damaged", what
    assert verdict(honest[:600]) == "file_damaged"


def test_a_workbook_cut_off_anywhere_is_refused_and_called_incomplete(verdict: Opened) -> None:
    data = files.zipped(files.parts({"S": files.sheet("")}, strings="<si><t>x</t></si>"))
    codes = {verdict(data[:length]) for length in range(40, len(data) - 22, 7)}
    assert codes == {"file_incomplete"}
    assert verdict(data[: len(data) // 2].ljust(len(data), b"\0")) == "file_incomplete"


def test_bytes_before_and_after_a_workbook_do_no_harm(verdict: Opened) -> None:
    assert verdict(b"X-Mail: scanned\r\n" + files.workbook()) == "opened"
    assert verdict(files.workbook() + b"\r\n" * 100) == "opened"


@soak.campaign("flipped bits", 60)
@pytest.mark.parametrize("seed", soak.numbers(8))
def test_flipped_bits_are_refused_or_change_nothing(seed: int, tmp_path: Path) -> None:
    cells = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}" t="s"><v>0</v></c></row>' for n in range(1, 9))
    honest = files.zipped(files.parts({"S": files.sheet(cells)}, strings="<si><t>甲</t></si>"))
    path = tmp_path / "return.xlsx"
    path.write_bytes(honest)
    whole = cells_of(read_book(path))
    chance = random.Random(seed)  # noqa: S311 - the same flips every time
    for _ in range(60):
        data = bytearray(honest)
        for _ in range(chance.choice((1, 1, 2, 30))):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        with suppress(Refusal):
            assert cells_of(read_book(path)) == whole


def test_a_path_that_is_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as missing:
        file_bytes(tmp_path / "gone.xlsx", Limits())
    with pytest.raises(Refusal) as folder:
        file_bytes(tmp_path, Limits())
    assert (missing.value.code, folder.value.code) == ("file_missing", "file_is_no_file")


def test_what_an_ods_says_a_million_times_is_counted_before_it_is_unrolled(verdict: Opened) -> None:
    error = '<table:table-cell table:number-columns-repeated="16" calcext:value-type="error"/>'
    rows = f'<table:table-row table:number-rows-repeated="1000">{error}</table:table-row>'
    assert verdict(files.ods(rows), "a.ods") == "opened"
    assert verdict(files.ods(rows * 40), "a.ods") == "file_too_many_cells"


def test_cells_in_opposite_corners_are_refused_before_calamine_makes_room_for_all_between_them(verdict: Opened) -> None:
    number = '<table:table-cell office:value-type="float" office:value="3"/>'
    gap = '<table:table-row table:number-rows-repeated="70000"><table:table-cell/></table:table-row>'
    wide = f'<table:table-cell table:number-columns-repeated="255"/>{number}'
    far = {
        "xls": files.xls(b"".join(files.record(0x203, struct.pack("<HHHd", at, at // 256, 0, 1)) for at in (0, 65535))),
        "xls of several": files.xls(
            files.record(0xBD, struct.pack("<HH", 0, 0) + struct.pack("<HI", 0, 2) * 256 + struct.pack("<H", 255))
            + files.record(0x203, struct.pack("<HHHd", 65535, 3, 0, 1))
        ),
        "xlsb": files.xlsb({at: [files.record_b(5, struct.pack("<IId", at // 70, 0, 1.0))] for at in (0, 20_000)}),
        "ods": files.ods(f"<table:table-row>{number}</table:table-row>{gap}<table:table-row>{wide}</table:table-row>"),
    }
    for what, data in far.items():
        assert verdict(data, what) == "file_too_many_cells", what
        assert refusal_of(data).facts["sheet"] == "S"
        assert verdict(data, what, Limits(cells=100 << 20, memory_bytes=4 << 30)) == "opened", what


def test_rows_hidden_to_the_end_of_a_sheet_are_not_counted_one_by_one(tmp_path: Path) -> None:
    number = (
        '<table:table-row table:visibility="collapse"><table:table-cell office:value-type="float" office:value="3"/>'
    )
    rest = '<table:table-row table:number-rows-repeated="1048575" table:visibility="collapse"><table:table-cell/>'
    path = tmp_path / "a.ods"
    path.write_bytes(files.ods(f"{number}</table:table-row>{rest}</table:table-row>"))
    (grid,) = read_book(path).grids
    assert grid.hidden_rows == {0}
