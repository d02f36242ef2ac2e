"""Mutations that know how a workbook is built: of its XML, its records, its zip directory, its bytes; by a seed.

A flipped byte in a deflated part only proves the checksum. Here a part is taken out, its tags, attributes, texts or
records are changed, and it is put back with the right checksum, so that the change reaches the readers.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from random import Random
from warnings import catch_warnings, simplefilter

Edit = Callable[[bytes, Random], bytes]

_TOKEN = re.compile(rb"<[^>]*>|[^<]+")
_ATTRIBUTE = re.compile(rb"""([A-Za-z:]+)=("[^"]*"|'[^']*')""")
_NUMBERS = (
    *("", " ", "-1", "0", "1", "2", "7", "00", "+1", "1.5", "1e5", "1_0", "255", "256", "65535", "65536", "65537"),
    *("1048576", "1048577", "16384", "16385", "2147483648", "4294967295", "4294967296", "99999999999999999999"),
    *("1e308", "1e309", "-1e400", "NaN", "inf", "0x10", "1,5", "１２", "²", "٣", "0.1", "2958465", "2958466", "60"),
    *("9" * 400, "9" * 5000, "-0", "1e-400", "45519", "45519.999999999", "true", "TRUE", "null"),
)
_PLACES = (
    *("A1", "a1", "B2", "A0", "A01", "$A$1", "A1:B2", "A1:XFD1048576", "XFD1048576", "XFE1", "A1048577", "ZZZZ9"),
    *("AAA9999999", "A", "1", "", "R1C1", "Sheet1!A1", "A1 ", "Ａ１", "A٣", "#REF!", "B2:A1", "AA10", "IV65536"),
)
_WORDS = (
    *("s", "n", "b", "e", "d", "str", "inlineStr", "x", "", "S", "true", "false", "1", "hidden", "veryHidden"),
    *("External", "worksheet", "http://127.0.0.1/x", "../../../../etc/passwd", "file:///etc/passwd", "\\\\x\\y"),
    *("worksheets/sheet1.xml", "/xl/workbook.xml", "sharedStrings.xml", "../xl/styles.xml", ".", "/", "//", "C:/x"),
    *("yyyy-mm-dd", "[h]:mm", "&quot;d", "[$-804]@", "@;;;", "0;" * 200, "[" * 300, "\\", "_", "*"),
)
_TEXTS = (
    *("甲", "=1+1", "=cmd|'/c calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "&#9;", "&#13;", "&#10;", "&#0;", "&#1;"),
    *("&#x110000;", "&#55296;", "&#xFFFE;", "&unknown;", "&", "&amp;lt;", "_x000D_", "_xD83D_", "_xD83D__xDE00_"),
    *("_x0000_", "_xFFFF_", "]]>", "😀", "\u202e", "\ufeff", "\0", "\x1b[31m", "a" * 40_000, "&amp;" * 9_000),
    *("2026-03-01", "2026-13-41T99:99:99", "T", ":", "24:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-14:00"),
    *("#REF!", "#N/A", "1/0", "<![CDATA[<v>1</v>]]>", "<!-- x -->", "<?x y?>", "<v>1</v>", "</v>", "<t/>", "%00"),
)
_PIECES = (
    *('<!DOCTYPE x [<!ENTITY a "b">]>', "<!--", "-->", "<![CDATA[", "]]>", "<?xml version='1.0'?>", "<a>" * 70, "</c>"),
    *('<c r="A1" t="s"><v>0</v></c>', '<c r="B1"><f>1</f></c>', '<c t="e"/>', "<c/>", "<row/>", '<row r="1048576"/>'),
    *('<c r="XFD1048576"><v>1</v></c>', '<row r="4294967296"><c><v>1</v></c></row>', "<sheetData/>", "<sheetData>"),
    *(
        "</sheetData>",
        "</row>",
        '<mergeCell ref="A1:XFD1048576"/>',
        '<x:c xmlns:x="urn:x" r="A1"/>',
        "<is><t>x</t></is>",
    ),
    *("<rPh><t>x</t></rPh>", "<si/>", "<si><r/></si>", "</sst>", "<v/>", "<f/>", '<f t="shared" si="0"/>', "<xf/>"),
    *('<row r="2" hidden="1"><c><v>7</v></c></row>', "\r\n", "\0", "\xff", " " * 5_000, "<extLst><ext/></extLst>"),
    *('<mc:AlternateContent xmlns:mc="urn:mc"><mc:Choice/></mc:AlternateContent>', "<sheet/>", "<definedName/>"),
    *('<table:table-row table:number-rows-repeated="1048576"/>', '<table:table-cell calcext:value-type="error"/>'),
    *('<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/>',),
)
_CODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "latin-1", "utf-32", "utf-7", "shift_jis")
_DECLARED = ("UTF-16", "gb2312", "GBK", "big5", "ISO-8859-1", "utf-7", "rot13", "zlib", "undefined", "idna", "x" * 41)
_WHOLE = (0, 1, 2, 3, 7, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def mutated(data: bytes, chance: Random) -> bytes:
    """Return a file with a few mutations of the kind that its format asks for."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        ways: list[Edit] = [_bytes, _cut]
        if b"PK\x05\x06" in data[-70_000:]:
            ways = [_part] * 14 + [_directory] * 3 + [_parts_moved] * 2 + ways
        elif data.startswith(b"\xd0\xcf\x11\xe0"):
            ways = [_compound] * 6 + ways
        data = chance.choice(ways)(data, chance)
    return data


# --- whole files ---
def _bytes(data: bytes, chance: Random) -> bytes:
    """Flip, set, move or double a few bytes."""
    spoilt = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8, 40)) if spoilt else 0):
        at = chance.randrange(len(spoilt))
        what = chance.randrange(5)
        if what == 0:
            spoilt[at] ^= 1 << chance.randrange(8)
        elif what == 1:
            spoilt[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
        elif what == 2:
            size = chance.choice((2, 4))
            spoilt[at : at + size] = chance.choice(_WHOLE).to_bytes(4, "little")[:size]
        elif what == 3:
            spoilt[at:at] = spoilt[at : at + chance.randrange(1, 65)]
        else:
            del spoilt[at : at + chance.choice((1, 1, 4, 30))]
        if not spoilt:
            break
    return bytes(spoilt)


def _cut(data: bytes, chance: Random) -> bytes:
    """Cut the end off, fill it with zeros, or put something before or behind."""
    at = chance.randrange(len(data) + 1)
    more = chance.randbytes(chance.choice((1, 20, 700)))
    return chance.choice((data[:at], data[:at].ljust(len(data), b"\0"), more + data, data + more))


# --- zip ---
def _unzipped(data: bytes) -> list[tuple[str, bytes]]:
    """Return the parts of a zip in order; none where they can no longer be taken out."""
    return list(_parts_of(data) or ())


@lru_cache(maxsize=64)
def _parts_of(data: bytes) -> tuple[tuple[str, bytes], ...] | None:
    """Return the parts of a zip; the sound files are spoilt over and over."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            small = (entry for entry in archive.infolist() if entry.file_size < 1 << 22)
            return tuple((entry.filename, archive.read(entry)) for entry in small)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, struct.error):
        return None
    except Exception as error:
        if type(error).__name__ == "error":  # zlib
            return None
        raise


def _zipped(parts: Sequence[tuple[str, bytes]], chance: Random) -> bytes:
    """Return parts as a zip with right checksums."""
    stream = io.BytesIO()
    method = chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
    with catch_warnings(), zipfile.ZipFile(stream, "w", method, compresslevel=1) as archive:
        simplefilter("ignore")  # of two parts of one name
        for name, content in parts:
            info = zipfile.ZipInfo(name or "x")
            info.compress_type = method
            archive.writestr(info, content)
    return stream.getvalue()


def _weight(name: str) -> int:
    """Return how often a part is chosen: cells and texts most, pictures hardly."""
    low = name.lower()
    for words, weight in (
        (("sheet", "content.xml"), 12),
        (("strings", "styles", "workbook", ".rels"), 6),
        ((".xml",), 2),
    ):
        if any(word in low for word in words):
            return weight
    return 1


def _part(data: bytes, chance: Random) -> bytes:
    """Change the inside of one part."""
    parts = _unzipped(data)
    if not parts:
        return _bytes(data, chance)
    (at,) = chance.choices(range(len(parts)), [_weight(name) for name, _ in parts])
    name, content = parts[at]
    marked = content[:200].lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<")
    for _ in range(chance.choice((1, 1, 1, 1, 3))):
        content = _xml(content, chance) if marked else _records_b(content, chance)
    parts[at] = (name, content)
    return _zipped(parts, chance)


def _parts_moved(data: bytes, chance: Random) -> bytes:
    """Drop, double, rename or swap parts."""
    parts = _unzipped(data)
    if not parts:
        return _bytes(data, chance)
    at, other = chance.randrange(len(parts)), chance.randrange(len(parts))
    name, content = parts[at]
    what = chance.randrange(6)
    if what == 0:
        del parts[at]
    elif what == 1:
        parts.append((chance.choice((name, name.upper(), "/" + name, name.replace("/", "\\"))), parts[other][1]))
    elif what == 2:
        parts[at] = (
            chance.choice((name.replace("/", "\\"), name.upper(), "../" + name, name + "\n", "\x1b[2J", "")),
            content,
        )
    elif what == 3:
        parts[at], parts[other] = (name, parts[other][1]), (parts[other][0], content)
    elif what == 4:
        parts[at] = (name, b"")
    else:
        parts += [(f"xl/media/{number}", b"") for number in range(chance.choice((3, 200)))]
    return _zipped(parts, chance)


def _directory(data: bytes, chance: Random) -> bytes:
    """Overwrite a field of a header, of the directory or of its end."""
    kind, fields = chance.choice(
        (
            (b"PK\x03\x04", (4, 6, 8, 14, 18, 22, 26, 28)),
            (b"PK\x01\x02", (6, 8, 10, 16, 20, 24, 28, 30, 32, 34, 42)),
            (b"PK\x05\x06", (4, 6, 8, 10, 12, 16, 20)),
        )
    )
    places = [found.start() for found in re.finditer(re.escape(kind), data)]
    if not places:
        return _bytes(data, chance)
    at = chance.choice(places) + chance.choice(fields)
    size = chance.choice((2, 4))
    value = chance.choice((*_WHOLE, 8, 9, 12, len(data), chance.randrange(max(len(data), 1))))
    return data[:at] + (value & (1 << 8 * size) - 1).to_bytes(size, "little") + data[at + size :]


# --- xml ---
def _xml(content: bytes, chance: Random) -> bytes:
    """Change tags, attributes or texts, or how they are encoded."""
    if chance.random() < 0.06:
        return _coded(content, chance)
    tokens = _TOKEN.findall(content)
    if not tokens:
        return chance.choice(_PIECES).encode("utf-8", "replace")
    for _ in range(chance.choice((1, 1, 1, 1, 2, 9))):
        chance.choice(_TOKEN_EDITS)(tokens, chance)
        if not tokens:
            break
    return b"".join(tokens)


def _coded(content: bytes, chance: Random) -> bytes:
    """Write XML in another encoding, or say that it is."""
    text = content.decode("utf-8", "replace")
    if chance.random() < 0.7:
        declared = chance.choice((*_DECLARED, *_CODINGS))
        text = re.sub(r'(?<=encoding=")[^"]*', lambda _: declared, text, count=1)
    return text.encode(chance.choice(("utf-8", *_CODINGS)), "replace")


def _attribute(tokens: list[bytes], chance: Random) -> None:
    """Give an attribute another value, take it away, or double it."""
    tags = [at for at, token in enumerate(tokens) if b"=" in token and token.startswith(b"<")]
    if not tags:
        return
    at = chance.choice(tags)
    found = list(_ATTRIBUTE.finditer(tokens[at]))
    if not found:
        return
    one = chance.choice(found)
    wanted = _NUMBERS if one[2][1:-1].isdigit() else _PLACES if one[1] in {b"r", b"ref"} else _WORDS
    value = chance.choice((*wanted, *wanted, *_NUMBERS, *_PLACES, *_WORDS)).encode("utf-8")
    new = chance.choice((one[1] + b'="' + value + b'"',) * 6 + (b"", one[0] + b" " + one[0], b"x:" + one[0]))
    tokens[at] = tokens[at][: one.start()] + new + tokens[at][one.end() :]


def _text(tokens: list[bytes], chance: Random) -> None:
    """Put another text where there is one, or where there is none."""
    texts = [at for at, token in enumerate(tokens) if not token.startswith(b"<")]
    new = chance.choice((*_TEXTS, *_NUMBERS)).encode("utf-8")
    if texts and chance.random() < 0.8:
        at = chance.choice(texts)
        tokens[at] = chance.choice((new, new, new + tokens[at], tokens[at] + new))
    else:
        tokens.insert(chance.randrange(len(tokens) + 1), new)


def _piece(tokens: list[bytes], chance: Random) -> None:
    """Put a piece of XML somewhere."""
    tokens.insert(chance.randrange(len(tokens) + 1), chance.choice(_PIECES).encode("utf-8"))


def _removed(tokens: list[bytes], chance: Random) -> None:
    """Take a few tokens away."""
    at = chance.randrange(len(tokens))
    del tokens[at : at + chance.choice((1, 1, 2, 9))]


def _doubled(tokens: list[bytes], chance: Random) -> None:
    """Put a run of tokens elsewhere once more, or many times."""
    at = chance.randrange(len(tokens))
    run = tokens[at : at + chance.choice((1, 2, 5, 40))]
    to = chance.randrange(len(tokens) + 1)
    tokens[to:to] = run * chance.choice((1, 1, 1, 3, 80))


def _swapped(tokens: list[bytes], chance: Random) -> None:
    """Let two tokens change places."""
    at, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
    tokens[at], tokens[other] = tokens[other], tokens[at]


def _renamed(tokens: list[bytes], chance: Random) -> None:
    """Give one tag the name of another, a prefix, single quotes, or no end."""
    tags = [at for at, token in enumerate(tokens) if token.startswith(b"<")]
    if not tags:
        return
    at, other = chance.choice(tags), chance.choice(tags)
    name = re.match(rb"</?[A-Za-z:]+", tokens[other])
    tokens[at] = chance.choice(
        (
            re.sub(rb"^</?[A-Za-z:]+", lambda _: name[0] if name else b"<x", tokens[at], count=1),
            tokens[at].replace(b"<", b"<x:", 1),
            tokens[at].replace(b'"', b"'"),
            tokens[at].replace(b">", b"/>", 1),
            tokens[at].replace(b"/>", b">", 1),
            tokens[at].replace(b" ", b"\n", 1),
            tokens[at][:-1],
        )
    )


_TOKEN_EDITS = (*[_attribute] * 6, *[_text] * 5, _piece, _piece, _removed, _removed, _doubled, _swapped, _renamed)


# --- records: of .xlsb parts, of .xls streams ---
def _records_b(content: bytes, chance: Random) -> bytes:
    """Change the number, the length or the inside of a record of an .xlsb part; drop or double it."""
    places, at = [], 0
    while at < len(content):
        begin = at
        at += 2 if content[at] & 0x80 else 1
        size = shift = 0
        while at < len(content) and shift < 28:
            byte = content[at]
            at, size, shift = at + 1, size | (byte & 0x7F) << shift, shift + 7
            if byte < 0x80:
                break
        places.append((begin, at, at + size))
        at += size
    return _record_changed(content, places, chance)


def _compound(data: bytes, chance: Random) -> bytes:
    """Change a field of the header or of the tables, or a record somewhere in the streams of a compound file."""
    what = chance.random()
    if what < 0.25:
        at = chance.choice((24, 26, 30, 32, 40, 44, 48, 56, 60, 64, 68, 72, 76, 80))
        return data[:at] + struct.pack("<I", chance.choice((*_WHOLE, 0xFFFFFFFE))) + data[at + 4 :]
    if what < 0.45 and len(data) > 1536:
        at = 512 * chance.randrange(1, min(len(data) // 512, 6)) + 4 * chance.randrange(128)
        return data[:at] + struct.pack("<I", chance.choice((*_WHOLE, 0xFFFFFFFE))) + data[at + 4 :]
    begin = data.find(b"\x09\x08\x10\x00")  # the first record of a stream
    places, at = [], begin
    while 0 <= at < len(data) - 4:
        kind, size = struct.unpack_from("<HH", data, at)
        if not kind and not size:
            break
        places.append((at, at + 4, at + 4 + size))
        at += 4 + size
    changed = _record_changed(data, places, chance)
    return changed.ljust(len(data), b"\0")[: len(data)] if chance.random() < 0.8 else changed


def _record_changed(data: bytes, places: Sequence[tuple[int, int, int]], chance: Random) -> bytes:
    """Change one of the records that lie at some places: head, inside, end."""
    if not places:
        return _bytes(data, chance)
    begin, inside, end = chance.choice(places)
    record = data[begin:end]
    what = chance.randrange(6)
    if what == 0:
        return data[:begin] + data[end:]
    if what == 1:
        return data[:end] + record * chance.choice((1, 1, 50)) + data[end:]
    if what == 2:
        first, _, last = chance.choice(places)
        return data[:begin] + data[first:last] + data[end:]
    if what == 3 or inside >= min(end, len(data)):
        return data[:begin] + _bytes(data[begin:inside], chance) + data[inside:]
    at, size = chance.randrange(inside, min(end, len(data))), chance.choice((1, 2, 4))
    value = chance.choice(_WHOLE).to_bytes(4, "little")[:size]
    return data[:at] + value + data[at + size :]


KINDS: Mapping[str, Edit] = {
    "part": _part,
    "directory": _directory,
    "parts moved": _parts_moved,
    "bytes": _bytes,
    "cut": _cut,
}
"""The ways by name, to be tried one by one."""
