"""Parses untrusted XML: refuses document types and deep nesting, accepts known encodings, drops foreign markup."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pyexpat import ExpatError, ParserCreate

from xlsflow.intake.isolation.limits import Refusal, damaged
from xlsflow.intake.xlsx.foreign_markup import MarkupFilter, OnEnd, OnStart, OnText

MAX_DEPTH = 64
"""Nesting depth of elements; real workbooks stay far below."""

_DECLARED = re.compile(rb"""\A<\?xml[^<>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = re.compile(r"\A\s*<\?xml[^<>]*\?>")
_CACHED_SIZE = 4096  # bytes
# XML that begins with its first element: a document type may not follow it.
_NO_DOCTYPE = re.compile(rb"\s*(?:<\?xml[^<>]*\?>)?\s*<[A-Za-z]")
_UTF8 = frozenset({"utf-8", "ascii"})
_KNOWN = frozenset(
    {"utf-16", "utf-16-le", "utf-16-be", "iso8859-1", "cp1252", "gb2312", "gbk", "gb18030", "big5", "shift_jis"}
)


def clean_xml(part: str, data: bytes) -> bytes:
    """Return the XML of a part as UTF-8 without a byte order mark, whatever encoding it came in.

    Raises:
        Refusal: It has a document type (no spreadsheet program writes one; attacks do) or an unknown encoding.
    """
    if data.startswith(codecs.BOM_UTF8):
        data = data[3:]
    coding = _coding(data)
    if coding not in _UTF8:
        if coding not in _KNOWN:
            raise damaged(part, f"encoding {coding}")
        try:
            text = data.decode(coding)
        except UnicodeDecodeError as error:
            raise damaged(part, "not in its declared encoding") from error
        # The declaration would contradict the new encoding.
        data = _DECLARATION.sub("", text.lstrip("\ufeff")).encode("utf-8")
    # Searching a large part for the word takes longer than looking at its beginning.
    if not _NO_DOCTYPE.match(data) and b"<!DOCTYPE" in data:
        raise Refusal("file_has_doctype", part=part)
    return data


def _coding(data: bytes) -> str:
    """Return the encoding of XML, found from its first bytes or its declaration."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Without a byte order mark, the first tag shows the byte order.
    if data.startswith(b"<\0"):
        return "utf-16-le"
    if data.startswith(b"\0<"):
        return "utf-16-be"
    declared = _DECLARED.match(data)
    if not declared:
        return "utf-8"
    try:
        return codecs.lookup(declared[1].decode("ascii")).name
    except LookupError:
        return declared[1].decode("ascii")


@dataclass(slots=True)
class XmlElement:
    """One element of a small part, with local tag and attribute names; `text` is the text directly inside it."""

    tag: str
    attrs: dict[str, str]
    text: str = ""
    children: list[XmlElement] = field(default_factory=list)

    def all(self, tag: str) -> list[XmlElement]:
        """Return the elements of that tag at any depth below, in order."""
        found: list[XmlElement] = []
        for child in self.children:
            if child.tag == tag:
                found.append(child)
            found += child.all(tag)
        return found


def parse_xml(part: str, data: bytes, on_start: OnStart, on_end: OnEnd, on_text: OnText) -> None:
    """Call handlers for the elements and texts of a part of Office Open XML, without its foreign markup.

    Args:
        part: Name of the part, for a refusal.
        data: Its XML, from `clean_xml`.
        on_start: Takes the local name of an element, and its attributes that are no foreign ones.
        on_end: Takes the local name.
        on_text: Takes text; that of one element may come in several pieces.

    Raises:
        Refusal: It is not well-formed, or nested too deeply.
    """
    kept = MarkupFilter(on_start, on_end, on_text)
    parse_qualified(part, data, kept.start, kept.end, kept.text)


def parse_qualified(part: str, data: bytes, on_start: OnStart, on_end: OnEnd, on_text: OnText) -> None:
    """Call handlers for all elements and texts of XML that comes from `clean_xml`; names keep their prefix.

    Raises:
        Refusal: It is not well-formed, or nested too deeply.
    """
    depth = 0

    def started(name: str, attrs: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise damaged(part, "nesting")
        on_start(name, attrs)

    def ended(name: str) -> None:
        nonlocal depth
        depth -= 1
        on_end(name)

    # pyexpat instead of ElementTree: it builds no tree, so a large part costs no memory.
    parser = ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = on_text
    try:
        parser.Parse(data, True)  # noqa: FBT003 - its signature
    except ExpatError as error:
        raise damaged(part, str(error)) from error
    finally:  # breaks the reference cycle: the reader process turns the garbage collector off while it reads
        parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None


def parse_tree(part: str, data: bytes) -> XmlElement:
    """Return a small part (workbook, relationships, properties) as a tree, which may be shared: do not change it.

    Raises:
        Refusal: It is not well-formed.
    """
    return _cached_tree(part, data) if len(data) < _CACHED_SIZE else _tree(part, data)


# The smallest parts are often the same in all workbooks of a round.
@lru_cache(maxsize=64)
def _cached_tree(part: str, data: bytes) -> XmlElement:
    return _tree(part, data)


def _tree(part: str, data: bytes) -> XmlElement:
    root = XmlElement("", {})
    open_: list[XmlElement] = [root]

    def start(tag: str, attrs: dict[str, str]) -> None:
        element = XmlElement(tag, attrs)
        open_[-1].children.append(element)
        open_.append(element)

    def end(_tag: str) -> None:
        open_.pop()

    def text(run: str) -> None:
        open_[-1].text += run

    parse_xml(part, data, start, end, text)
    # A root that is itself an alternative may have none that is understood.
    return root.children[0] if root.children else root
