"""Small files to start fuzzing from: one of every format and form of XML that the readers accept.

`python -m tests.fuzz.seeds FOLDER` writes them.
"""

from __future__ import annotations

import io
import struct
import sys
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import xlsxwriter

from tests.helpers import files
from tests.intake.test_grid import STRINGS, STYLES, VALUES
from xlsflow.fileformat.cells import a1

_MERGED = '<mergeCells count="2"><mergeCell ref="A1:C2"/><mergeCell ref="AA10:AB11"/></mergeCells>'
_HIDDEN = '<row r="1" hidden="1"/><row r="7" spans="1:2" hidden="true"><c r="A7"><v>1</v></c></row>'
_LOOSE = (
    "<row><c><v>1</v></c><c/><c><v>2</v></c></row><row/><row><c t='s'><v>0</v></c></row>"
    '<row r="9"><!-- x --><c r="B9"><v><![CDATA[1]]></v></c><c r="A9" t="inlineStr"><is><t>甲</t></is></c></row>'
)
_PROPERTIES = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
    ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
    '<property name="xlsflow.pack"><vt:lpwstr>coordination</vt:lpwstr></property></Properties>'
)
_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:d="http://purl.org/dc/terms/"><d:modified>2026-03-01T08:30:00Z</d:modified></cp:coreProperties>'
)


def cells(rows: int = 3) -> str:
    """Return rows with a cell of every type."""
    every = [cell for cell, _ in VALUES.values() if len(cell) < 400]
    return "".join(
        f'<row r="{row}">' + "".join(f'<c r="{a1(row - 1, n)}"{cell}</c>' for n, cell in enumerate(every)) + "</row>"
        for row in range(1, rows + 1)
    )


def package() -> dict[str, str | bytes]:
    """Return the parts of a workbook that uses every feature that is read."""
    sheets = {
        "进度跟踪": files.sheet(cells(), after=_MERGED),
        "_meta": files.sheet(_HIDDEN),
        "R&amp;D": files.odd_sheet(_LOOSE.replace("<!-- x -->", "").replace("<![CDATA[1]]>", "1")),
    }
    names = '|<definedNames><definedName name="xf_pack">"coordination"</definedName></definedNames>'
    parts = files.parts(
        sheets,
        strings=STRINGS,
        styles=STYLES,
        workbook='<workbookPr date1904="0"/>' + names,
        states={"_meta": "veryHidden", "R&amp;D": "hidden"},
    )
    links = (
        ("officeDocument", "xl/workbook.xml"),
        ("custom-properties", "docProps/custom.xml"),
        ("core-properties", "docProps/core.xml"),
    )
    return {
        **parts,
        "_rels/.rels": files.relations(*links),
        "docProps/custom.xml": files.TOP + _PROPERTIES,
        "docProps/core.xml": files.TOP + _CORE,
        "xl/media/image1.png": b"\x89PNG" * 9,
    }


def _xls() -> bytes:
    """Return an .xls with numbers, errors, a text, a formula and a hidden row."""
    label = struct.pack("<HHHHB", 1, 0, 0, 2, 1) + "甲乙".encode("utf-16-le")
    return files.xls(
        files.record(0x208, struct.pack("<HHHHHHI", 2, 0, 9, 300, 0, 0, 0x20))
        + files.record(0x203, struct.pack("<HHHd", 2, 1, 0, 4.5))
        + files.record(0x204, label)
        + files.record(0x205, struct.pack("<HHHBB", 3, 1, 0, 0x2A, 1))
        + files.record(0x27E, struct.pack("<HHHI", 3, 4, 0, 7 << 2 | 2))
        + files.record(0x06, struct.pack("<HHH8sHIH", 4, 2, 0, b"\2\0\x17\0\0\0\xff\xff", 0, 0, 0))
        + files.record(0xE5, struct.pack("<HHHHH", 1, 0, 1, 0, 1))
    )


def _xlsb() -> bytes:
    """Return an .xlsb with a number, a text, an error and a truth."""
    return files.xlsb(
        {
            0: [
                files.record_b(5, struct.pack("<IId", 0, 0, 4.5)),
                files.record_b(6, struct.pack("<II", 1, 0) + files.wide("甲")),
            ],
            4: [files.record_b(3, struct.pack("<IIB", 0, 0, 0x2A)), files.record_b(4, struct.pack("<IIB", 2, 0, 1))],
        }
    )


def _ods() -> bytes:
    """Return an .ods with repeated rows, an error, a date and a hidden row."""
    number = '<table:table-cell office:value-type="float" office:value="3"/>'
    error = '<table:table-cell office:value-type="string" office:string-value="" calcext:value-type="error">'
    return files.ods(
        f'<table:table-row table:number-rows-repeated="2">{number}</table:table-row>'
        '<table:table-row table:visibility="filter"><table:table-cell table:number-columns-repeated="2"/>'
        f"{error}<text:p>#N/A</text:p></table:table-cell>{number}</table:table-row>"
        '<table:table-row><table:table-cell office:value-type="date" office:date-value="2026-03-01"/>'
        '<table:table-cell office:value-type="string"><text:p>甲<text:s/>乙</text:p></table:table-cell>'
        "</table:table-row>"
    )


def _by_xlsxwriter() -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.set_custom_property("xlsflow.pack", "coordination")
        page, day = book.add_worksheet("甲"), book.add_format({"num_format": "yyyy/m/d"})
        for row in range(12):
            page.write_row(row, 0, [f"任务 {row % 5}", row / 8, row % 2 == 0, f"=A{row + 1}"])
            page.write_number(row, 6, 46_000 + row, day)
        page.merge_range("H2:J2", "x")
        page.data_validation("B2:B9", {"validate": "list", "source": ["a", "b"]})
        page.write_comment("A1", "note")
    return stream.getvalue()


def _by_openpyxl() -> bytes:
    stream, book = io.BytesIO(), openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in range(1, 9):
        page.append([row, "文字", None, "=A1+1", True])
    book.save(stream)
    return stream.getvalue()


def seeds() -> Mapping[str, bytes]:
    """Return the files by name."""
    parts = package()
    strict = {
        name: part.replace(files.MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
        if isinstance(part, str)
        else part
        for name, part in parts.items()
    }
    small = files.parts({"S": files.sheet(cells(1))}, strings=STRINGS, styles=STYLES)
    return {
        "all.xlsx": files.zipped(parts),
        "strict.xlsx": files.zipped(strict),
        "small.xlsx": files.zipped(small),
        "prefixed.xlsx": files.zipped(small | {"xl/worksheets/sheet1.xml": files.odd_sheet(cells(1))}),
        "loose.xlsx": files.zipped(files.parts({"S": files.sheet(_LOOSE)}, strings=STRINGS)),
        "backslash.xlsx": files.zipped({name.replace("/", "\\"): part for name, part in small.items()}),
        "of 1904.xlsx": files.zipped(
            files.parts(
                {"S": files.sheet(cells(1))}, styles=STYLES, strings=STRINGS, workbook='<workbookPr date1904="1"/>|'
            )
        ),
        "xlsxwriter.xlsx": _by_xlsxwriter(),
        "openpyxl.xlsx": _by_openpyxl(),
        "macros.xlsm": files.zipped(small | {"xl/vbaProject.bin": b"\0"}),
        "old.xls": _xls(),
        "binary.xlsb": _xlsb(),
        "open.ods": _ods(),
        "locked.xlsx": files.compound({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}),
    }


def main() -> None:
    """Write the seeds into a folder."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in seeds().items():
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
