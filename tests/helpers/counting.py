"""Finds the filled cells of a workbook independently of our readers: with zipfile and ElementTree, without formats."""

from __future__ import annotations

import codecs
import posixpath
import re
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from xlsflow.fileformat.cells import a1, column_index

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xlsflow.intake.grid import RawWorkbook


def addresses(book: RawWorkbook) -> dict[str, set[str]]:
    """Return the addresses of the filled cells of every sheet."""
    return {
        grid.name: {
            a1(grid.top + r, grid.left + c)
            for r, row in enumerate(grid.rows)
            for c, value in enumerate(row)
            if value is not None
        }
        for grid in book.grids
    }


def counted(path: Path) -> dict[str, set[str]]:
    """Return the same from the raw XML; damaged XML is taken literally."""
    with zipfile.ZipFile(path) as archive:
        package = Package(archive)
        main = next((name for kind, name in package.links("").values() if kind == "officeDocument"), "")
        main = main if main in package else "xl/workbook.xml"
        links = package.links(main)
        kinds = dict(links.values())
        texts = []
        if kinds.get("sharedStrings", "") in package:
            texts = ["".join(_texts(si)) for si in _all(package.part(kinds["sharedStrings"]), "si")]
        found = {}
        for sheet in _all(package.part(main), "sheet"):
            said = _said(sheet)
            kind, name = links.get(said.get("id", ""), ("", ""))
            if kind == "worksheet":
                found[said.get("name", "")] = set(_filled(package.part(name), texts))
    return found


class Package:
    """The parts of a workbook, by whatever slash and case they are named."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """Take an open zip file."""
        self._archive = archive
        self._names = {_plain(name): name for name in archive.namelist()}

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self._names

    def part(self, name: str) -> ET.Element:
        """Return a part as a tree; prefixes that nobody has declared are taken away."""
        data = self._archive.read(self._names[_plain(name)])
        text = data.decode(_coding(data)).removeprefix("\ufeff")
        text = re.sub(r"\A\s*<\?xml[^>]*\?>", "", text)
        try:
            return ET.fromstring(text)  # noqa: S314 - the guard has passed these files
        except ET.ParseError:
            return ET.fromstring(_mended(text))  # noqa: S314

    def links(self, name: str) -> dict[str, tuple[str, str]]:
        """Return the relationships of a part, by id: last word of the type, and name of the target."""
        folder, base = posixpath.split(name)
        links = posixpath.join(folder, "_rels", base + ".rels")
        found = {}
        for element in _all(self.part(links), "Relationship") if links in self else ():
            said = _said(element)
            target = posixpath.join("/", folder, said.get("Target", "").replace("\\", "/"))
            kind = said.get("Type", "").rpartition("/")[2]
            found[said.get("Id", "")] = kind, posixpath.normpath(target).lstrip("/")
        return found


def _mended(text: str) -> str:
    """Return the cells alone, without prefixes, characters that cannot be, and attributes that occur twice."""
    cells = re.search(r"<(?:\w+:)?sheetData.*</(?:\w+:)?sheetData>", text, re.DOTALL)
    text = re.sub(r"(</?)[\w.-]+:", r"\1", cells[0] if cells else text)
    text = re.sub(r"&#(?:0*(?:9|10|13|32)|x0*(?:9|[Aa]|[Dd]|20));", " ", text)  # blanks, which a reader strips
    text = re.sub(r"&#[^;]*;|[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "x", text)
    text = re.sub(r"""\s[\w.:-]+=["']""", lambda name: re.sub(r"[\w.-]+:(?=[\w.-])", "", name[0]), text)
    if "CDATA" not in text:
        text = text.replace("]]>", "x")
    return re.sub(r"<[^>]*>", lambda tag: re.sub(r"(\s([\w.-]+)=\S+)(?=.*\s\2=)", "", tag[0]), text)


def _plain(name: str) -> str:
    return name.replace("\\", "/").lower().lstrip("/")


def _coding(data: bytes) -> str:
    """Return the encoding of XML by its first bytes, or as it is declared."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if data.startswith((b"<\0", b"\0<")):
        return "utf-16-le" if data[0] else "utf-16-be"
    declared = re.match(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*encoding=["']([\w.-]+)""", data)
    if not declared or data.startswith(codecs.BOM_UTF8):
        return "utf-8"
    try:
        return codecs.lookup(declared[1].decode("ascii")).name
    except LookupError:
        return "utf-8"


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _said(element: ET.Element) -> dict[str, str]:
    """Return the attributes of an element, without prefixes."""
    return {re.split(r"\W", name)[-1]: value for name, value in element.attrib.items()}


def _all(root: ET.Element, tag: str) -> list[ET.Element]:
    return [element for element in root.iter() if _tag(element) == tag]


def _texts(element: ET.Element) -> Iterator[str]:
    """Yield the runs of a text, without its phonetic guides."""
    for child in element:
        if _tag(child) == "t":
            yield (child.text or "") + "".join(part.tail or "" for part in child)
        elif _tag(child) != "rPh":
            yield from _texts(child)


def _filled(worksheet: ET.Element, texts: list[str]) -> Iterator[str]:
    """Yield the address of every cell that is not blank: a text, a number, an error, or a formula without result."""
    at = 0
    for row in (element for data in _all(worksheet, "sheetData") for element in data if _tag(element) == "row"):
        number = row.get("r", "")
        at = int(number) if number.isdecimal() and len(number) < 9 else at if number else at + 1
        col = -1
        for cell in (element for element in row if _tag(element) == "c"):
            address = cell.get("r", "").replace("$", "").upper()
            found = re.fullmatch(r"([A-Z]+)([0-9]+)", address)
            if found:
                at, col = int(found[2]), column_index(found[1])
            else:
                col += 1
            if _holds(cell, texts):
                yield address or a1(at - 1, col)


def _outside_of_foreign(value: ET.Element) -> str:
    """Return the text of a value, which no element of the format interrupts."""
    return (value.text or "") + "".join(child.tail or "" for child in value)


def _holds(cell: ET.Element, texts: list[str]) -> bool:
    """Return whether a cell holds anything."""
    inside = {_tag(child): child for child in cell}
    kind = cell.get("t", "n")
    stored = _outside_of_foreign(inside["v"]) if "v" in inside else None
    if "is" in inside:
        stored = (stored or "") + "".join(_texts(inside["is"]))
    uncalculated = "f" in inside and (stored is None or (stored == "" and kind != "str"))
    if kind == "n" and stored:
        stored = stored.strip() or None  # blanks are no number
    shown = texts[int(stored)] if kind == "s" and stored else stored
    return bool(shown or uncalculated or kind == "e")
