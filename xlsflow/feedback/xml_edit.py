"""Edits XML as bytes: parses a part into elements with byte offsets, and replaces ranges of bytes.

Everything outside the edits stays byte for byte the same, which a parser and serialiser would not guarantee.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pyexpat import ExpatError, ParserCreate
from xml.sax.saxutils import escape

from xlsflow.errors import OutputError

Edit = tuple[int, int, bytes]
"""Start and end of the bytes to replace, and the replacement."""

_START_TAG = re.compile(rb"""<[^<>"']*(?:(?:"[^"]*"|'[^']*')[^<>"']*)*>""")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=/>]+)\s*=\s*("[^"]*"|'[^']*')""")
_ENCODING = re.compile(rb"""\A<\?xml[^<>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["'][^<>]*\?>""")
_DECLARATION = re.compile(r"\A\s*<\?xml[^<>]*\?>")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ESCAPE_LOOKALIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
# Names of ASCII, and one of UTF-8 that expat does not know.
_READ_AS_UTF8 = frozenset(("us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us", "646", "us", "utf8"))
XML_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(slots=True)
class Element:
    """One element with its byte offsets.

    Attributes:
        name: Local name.
        attrs: Attributes by qualified name.
        start: Offset of its start tag.
        content_start: End of its start tag.
        content_end: Start of its end tag.
        end: End of its end tag.
        children: Child elements.
    """

    name: str
    attrs: dict[str, str]
    start: int
    content_start: int = 0
    content_end: int = 0
    end: int = 0
    children: list[Element] = field(default_factory=list)

    @property
    def self_closing(self) -> bool:
        """Whether it is written as one tag (`<c/>`)."""
        return self.content_start == self.end

    def descendants(self, name: str) -> Iterator[Element]:
        """Yield all descendants with a name."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.descendants(name)

    def child(self, name: str) -> Element | None:
        """Return the first child with a name."""
        return next((child for child in self.children if child.name == name), None)


def parse_part(data: bytes) -> Element:
    """Return the root element of a part in UTF-8 (see `to_utf8`).

    Raises:
        OutputError: The part is not well-formed.
    """
    above = Element("", {}, 0)
    open_ = [above]
    parser = ParserCreate("utf-8")

    def start(name: str, attrs: dict[str, str]) -> None:
        at = parser.CurrentByteIndex
        tag = Element(name.rpartition(":")[2], attrs, at, start_tag_end(data, at))
        open_[-1].children.append(tag)
        open_.append(tag)

    def end(_: str) -> None:
        tag = open_.pop()
        tag.content_end, tag.end = element_end(data, tag.content_start, parser.CurrentByteIndex)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    run_parser(parser, data)
    return above.children[0]


def run_parser(parser: object, data: bytes, *, last: bool = True) -> None:
    """Feed data to a parser.

    Args:
        parser: A parser of expat.
        data: A whole part, or a piece of one.
        last: Whether this is the last piece.

    Raises:
        OutputError: The data is not well-formed.
    """
    try:
        parser.Parse(data, last)  # type: ignore[attr-defined]
    except ExpatError as error:
        raise OutputError("cannot_be_marked", reason=str(error)) from error


def element_end(data: bytes, head: int, at: int) -> tuple[int, int]:
    """Return the end of an element's contents and the end of the element."""
    # expat reports the end of `<c/>` at its start.
    if data[head - 2 : head] == b"/>":
        return head, head
    return at, data.index(b">", at) + 1


def start_tag_end(data: bytes, at: int) -> int:
    """Return the end of the start tag at an offset."""
    # `>` may occur in attribute values, so the first `>` is not necessarily the end.
    found = _START_TAG.match(data, at)
    if found is None:
        raise OutputError("cannot_be_marked", reason="tag")
    return found.end()


def to_utf8(data: bytes) -> bytes:
    """Return a part in UTF-8 without a byte order mark; a part that already is UTF-8 is returned unchanged.

    A part that declares ASCII comes back declaring UTF-8, since what is added to it is not ASCII.

    Raises:
        OutputError: The part has a document type (entities could expand without limit) or an unknown encoding.
    """
    if data.startswith(codecs.BOM_UTF8):
        data = data[3:]
    coding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ""
    if not coding and (declared := _ENCODING.match(data)):
        coding = declared[1].decode("ascii").lower()
    if coding not in ("", "utf-8"):
        try:
            # Programs that declare ASCII write UTF-8 all the same, and are read like that.
            text = data.decode("utf-8" if coding in _READ_AS_UTF8 else coding)
        except (LookupError, UnicodeDecodeError) as error:
            raise OutputError("cannot_be_marked", reason=coding) from error
        data = XML_DECLARATION + _DECLARATION.sub("", text.lstrip("\ufeff")).encode("utf-8")
    if b"<!DOCTYPE" in data:
        raise OutputError("cannot_be_marked", reason="DOCTYPE")
    return data


def apply_edits(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Return data with edits applied; insertions at the same offset keep their order."""
    pieces: list[bytes] = []
    at = 0
    # The sort is stable and compares offsets only, so insertions at one offset keep their order.
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        pieces += (data[at:start], new)
        at = end
    return b"".join((*pieces, data[at:]))


def set_attributes(head: bytes, **attrs: str | int | None) -> bytes:
    """Return a start tag with attributes set, or removed if their value is None."""
    for name, value in attrs.items():
        found = next((m for m in _ATTRIBUTE.finditer(head) if m[1] == name.encode()), None)
        new = b"" if value is None else f' {name}="{escape_attribute(str(value))}"'.encode()
        if found:
            head = head[: found.start()] + new + head[found.end() :]
        else:
            # Added at the end: the order of attributes means nothing, and what is there keeps its place.
            end = len(head) - (2 if head.endswith(b"/>") else 1)
            head = head[:end].rstrip() + new + head[end:]
    return head


def attributes_edit(data: bytes, tag: Element, **attrs: str | int | None) -> Edit:
    """Return the edit that sets or removes attributes of an element."""
    return tag.start, tag.content_start, set_attributes(data[tag.start : tag.content_start], **attrs)


def child_edit(data: bytes, tag: Element, new: bytes, *, first: bool = False) -> Edit:
    """Return the edit that inserts children at the end of an element, or at its beginning."""
    if not tag.self_closing:
        at = tag.content_start if first else tag.content_end
        return at, at, new
    head = data[tag.start : tag.content_start]
    name = re.match(rb"<([^\s/>]+)", head)
    assert name
    return tag.start, tag.end, head[:-2].rstrip() + b">" + new + b"</" + name[1] + b">"


def name_prefix(data: bytes, root: Element) -> str:
    """Return the namespace prefix of an element with its colon (`x:`); mostly empty."""
    name = re.match(rb"<([^\s/>]+)", data[root.start : root.content_start])
    assert name
    before, colon, _ = name[1].decode().rpartition(":")
    return before + colon


def escape_attribute(text: str) -> str:
    """Return a text escaped for an attribute in double quotes."""
    return escape(_NOT_IN_XML.sub("", text), {'"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})


def escape_text(text: str) -> str:
    """Return a text escaped for the contents of an element.

    `_x000a_` and the like, which spreadsheet programs decode to a character, are escaped to remain literal.
    """
    return escape(_ESCAPE_LOOKALIKE.sub("_x005F_", _NOT_IN_XML.sub("", text).replace("\r\n", "\n").replace("\r", "\n")))
