"""Workbooks built byte by byte, with content that no library writes but hostile senders do."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TOP = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def sheet(cells: str, *, before: str = "", after: str = "") -> str:
    """Return the XML of a worksheet around its rows."""
    return f'{TOP}<worksheet xmlns="{MAIN}">{before}<sheetData>{cells}</sheetData>{after}</worksheet>'


def odd_sheet(cells: str, *, before: str = "", after: str = "") -> str:
    """Return the same worksheet with a prefix on every tag, as some programs write it; only `sheet_exact` reads it."""
    plain = f"{before}<sheetData>{cells}</sheetData>{after}"
    plain = plain.replace("</", "\0").replace("<", "<x:").replace("\0", "</x:")
    return f'{TOP}<x:worksheet xmlns:x="{MAIN}">{plain}</x:worksheet>'


def text(value: str) -> str:
    """Return the content of a cell of type inlineStr."""
    return f"<is><t>{value}</t></is>"


def relations(*links: tuple[str, str]) -> str:
    """Return a relationships part: kind and target of each, with ids r1, r2, ..."""
    inside = "".join(
        f'<Relationship Id="r{number}" Type="{LINKS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(links, 1)
    )
    return f'{TOP}<Relationships xmlns="{PACKAGE}">{inside}</Relationships>'


def strings(inside: str) -> str:
    """Return the part of shared strings."""
    return f'{TOP}<sst xmlns="{MAIN}">{inside}</sst>'


def parts(
    sheets: Mapping[str, str],
    *,
    strings: str = "",
    styles: str = "",
    workbook: str = "",
    states: Mapping[str, str] | None = None,
) -> dict[str, str | bytes]:
    """Return the parts of a valid workbook, from its sheets by name and the content of the other parts."""
    links = [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(sheets) + 1)]
    listed = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="r{number}"'
        + (f' state="{states[name]}"' if states and name in states else "")
        + "/>"
        for number, name in enumerate(sheets, 1)
    )
    package: dict[str, str | bytes] = {
        "[Content_Types].xml": f"{TOP}<Types/>",
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{TOP}<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">{workbook.partition("|")[0]}'
        f"<sheets>{listed}</sheets>{workbook.partition('|')[2]}</workbook>",
    }
    for number, content in enumerate(sheets.values(), 1):
        package[f"xl/worksheets/sheet{number}.xml"] = content
    if strings:
        links.append(("sharedStrings", "sharedStrings.xml"))
        package["xl/sharedStrings.xml"] = f'{TOP}<sst xmlns="{MAIN}">{strings}</sst>'
    if styles:
        links.append(("styles", "styles.xml"))
        package["xl/styles.xml"] = f'{TOP}<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'
    package["xl/_rels/workbook.xml.rels"] = relations(*links)
    return package


def zipped(package: Mapping[str, str | bytes] | Sequence[tuple[str, str | bytes]]) -> bytes:
    """Return parts as a zip; as pairs, a name may occur twice."""
    pairs = list(package.items()) if hasattr(package, "items") else list(package)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in pairs:
            info = zipfile.ZipInfo(name)  # a pinned date: the same bytes every time
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return stream.getvalue()


def workbook(cells: str = '<row r="1"><c r="A1"><v>1</v></c></row>') -> bytes:
    """Return a workbook of one sheet."""
    return zipped(parts({"S": sheet(cells)}))


def spoilt(data: bytes, name: str, field: int, value: bytes) -> bytes:
    """Return a zip with one field of a part's directory entry overwritten: 8 flags, 10 method, 16 checksum, 24 size."""
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(name.encode()))
    return data[: at + field] + value + data[at + field + len(value) :]


SECTOR = 512
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(streams: Mapping[str, bytes]) -> bytes:
    """Return a compound file of a few streams: sector table, directory, then each stream in one run."""
    table, directory, body, at = [FAT, END], [_entry("Root Entry", 5, END, 0)], b"", 2
    for name, content in streams.items():
        size = -(-max(len(content), 4096) // SECTOR)
        directory.append(_entry(name, 2, at, size * SECTOR))
        table += [*range(at + 1, at + size), END]
        body += content.ljust(size * SECTOR, b"\0")
        at += size
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\0") + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header = header.ljust(44, b"\0") + struct.pack("<IIIIIIII", 1, 1, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", 0, *[FREE] * 108)
    sectors = struct.pack(f"<{SECTOR // 4}I", *table, *[FREE] * (SECTOR // 4 - len(table)))
    return header + sectors + b"".join(directory).ljust(SECTOR, b"\0") + body


def short_compound(name: str, content: bytes) -> bytes:
    """Return a compound file of one stream so short that it lies in mini sectors, inside the stream of the root."""
    minis = -(-len(content) // 64)
    inside = content.ljust(minis * 64, b"\0")
    size = -(-len(inside) // SECTOR)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\0") + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header = header.ljust(44, b"\0") + struct.pack("<IIIIIIII", 1, 1, 0, 4096, 2, 1, END, 0)
    header += struct.pack("<109I", 0, *[FREE] * 108)
    chains = [FAT, END, END, *range(4, 3 + size), END]
    sectors = struct.pack(f"<{SECTOR // 4}I", *chains, *[FREE] * (SECTOR // 4 - len(chains)))
    directory = _entry("Root Entry", 5, 3, len(inside)) + _entry(name, 2, 0, len(content))
    mini_chain = struct.pack(f"<{SECTOR // 4}I", *range(1, minis), END, *[FREE] * (SECTOR // 4 - minis))
    return header + sectors + directory.ljust(SECTOR, b"\0") + mini_chain + inside.ljust(size * SECTOR, b"\0")


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    coded = name.encode("utf-16-le")
    head = coded.ljust(64, b"\0") + struct.pack("<HBB", len(coded) + 2, kind, 1)
    links = struct.pack("<III", FREE, FREE, 1 if kind == 5 else FREE)
    return (head + links).ljust(116, b"\0") + struct.pack("<II", start, size) + bytes(4)


def record(kind: int, body: bytes = b"") -> bytes:
    """Return one record of an .xls stream."""
    return struct.pack("<HH", kind, len(body)) + body


def xls(cells: bytes, *, globals_: bytes = b"") -> bytes:
    """Return an .xls of one sheet around its cell records."""
    begin = struct.pack("<HHHHII", 0x600, 5, 0x0DBB, 0x07CC, 0, 6)
    name = b"S"
    listed = record(0x85, struct.pack("<IBBBB", 0, 0, 0, len(name), 0) + name)
    head = record(0x809, begin) + globals_
    start = len(head) + len(listed) + 4
    listed = record(0x85, struct.pack("<IBBBB", start, 0, 0, len(name), 0) + name)
    inside = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0x0DBB, 0x07CC, 0, 6)) + cells + record(0x0A)
    return compound({"Workbook": head + listed + record(0x0A) + inside})


def ods(rows: str) -> bytes:
    """Return an .ods of one sheet around its rows."""
    names = {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    }
    spaces = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in names.items())
    content = (
        f"{TOP}<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="S">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": "<manifest/>"})


def record_b(kind: int, body: bytes = b"") -> bytes:
    """Return one record of an .xlsb part: its number and its length in seven bits a byte."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(body)
    while size >= 0x80:
        head, size = head + bytes([size & 0x7F | 0x80]), size >> 7
    return head + bytes([size]) + body


def wide(text: str) -> bytes:
    """Return a text as .xlsb stores it: its length, then UTF-16."""
    coded = text.encode("utf-16-le")
    return struct.pack("<I", len(coded) // 2) + coded


def xlsb(
    rows: Mapping[int, Sequence[bytes]],
    *,
    hidden: Container[int] = (),
    strings: bytes = b"",
    styles: bytes = b"",
    after: bytes = b"",
) -> bytes:
    """Return an .xlsb of one sheet: row (0-based) -> its cell records.

    Args:
        rows: The rows.
        hidden: Rows that are hidden.
        strings: Content of the part of shared strings; without any there is no such part.
        styles: Content of the part of styles, likewise.
        after: Records after the cells.
    """
    listed = record_b(156, struct.pack("<II", 0, 1) + wide("r1") + wide("S"))
    book = record_b(131) + record_b(143) + listed + record_b(144) + record_b(132)
    inside = b"".join(
        record_b(0, struct.pack("<IIHHI", row, 0, 300, 0x1000 if row in hidden else 0, 0) + b"\0") + b"".join(cells)
        for row, cells in rows.items()
    )
    extent = struct.pack("<IIII", 0, max(rows, default=0), 0, 9)
    sheet_ = record_b(129) + record_b(148, extent) + record_b(145) + inside + record_b(146) + after + record_b(130)
    more = {"sharedStrings": strings, "styles": styles}
    links = [("worksheet", "worksheets/sheet1.bin"), *((kind, f"{kind}.bin") for kind, part in more.items() if part)]
    package: dict[str, str | bytes] = {
        "[Content_Types].xml": f"{TOP}<Types/>",
        "_rels/.rels": relations(("officeDocument", "xl/workbook.bin")),
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": relations(*links),
        "xl/worksheets/sheet1.bin": sheet_,
    }
    return zipped(package | {f"xl/{kind}.bin": part for kind, part in more.items() if part})
