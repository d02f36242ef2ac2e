"""XML as bytes that are changed in few places: where each element begins and ends, how a tag is given an attribute."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pyexpat import ExpatError, ParserCreate
from xml.sax.saxutils import escape

from xlsflow.errors import OutputError

Edit = tuple[int, int, bytes]
"""From where to where bytes are replaced, and by what."""

_HEAD = re.compile(rb"""<[^<>"']*(?:(?:"[^"]*"|'[^']*')[^<>"']*)*>""")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=/>]+)\s*=\s*("[^"]*"|'[^']*')""")
_DECLARED = re.compile(rb"""\A<\?xml[^<>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["'][^<>]*\?>""")
_DECLARATION = re.compile(r"\A\s*<\?xml[^<>]*\?>")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
TOP = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(slots=True)
class Tag:
    """One element and where it stands.

    Attributes:
        name: Its local name.
        attrs: Its attributes, by the names that they are written with.
        start: Where `<` of its first tag stands.
        head: Where its contents begin, behind `>` of its first tag.
        tail: Where its contents end.
        end: Behind its last `>`.
        children: The elements in it.
    """

    name: str
    attrs: dict[str, str]
    start: int
    head: int = 0
    tail: int = 0
    end: int = 0
    children: list[Tag] = field(default_factory=list)

    @property
    def closed(self) -> bool:
        """Whether it is written as one tag."""
        return self.head == self.end

    def all(self, name: str) -> Iterator[Tag]:
        """Yield the elements of a name in it, at any depth."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.all(name)

    def first(self, name: str) -> Tag | None:
        """Return the first child of a name."""
        return next((child for child in self.children if child.name == name), None)


def parse(data: bytes) -> Tag:
    """Return the tree of a part that `utf8` has passed.

    Raises:
        OutputError: It is not well-formed.
    """
    root = Tag("", {}, 0)
    open_ = [root]
    walk(data, open_)
    return root.children[0]


def walk(data: bytes, open_: list[Tag]) -> None:
    """Build the tree below the last of the open elements."""
    parser = ParserCreate("utf-8")

    def start(name: str, attrs: dict[str, str]) -> None:
        at = parser.CurrentByteIndex
        tag = Tag(name.rpartition(":")[2], attrs, at, head_end(data, at))
        open_[-1].children.append(tag)
        open_.append(tag)

    def end(_: str) -> None:
        tag = open_.pop()
        tag.tail, tag.end = closing(data, tag.head, parser.CurrentByteIndex)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parsed(parser, data)


def parsed(parser: object, data: bytes, *, last: bool = True) -> None:
    """Run a parser over a part, or over a piece of it that is not the last.

    Raises:
        OutputError: It is not well-formed.
    """
    try:
        parser.Parse(data, last)  # type: ignore[attr-defined]
    except ExpatError as error:
        raise OutputError("cannot_be_marked", reason=str(error)) from error


def closing(data: bytes, head: int, at: int) -> tuple[int, int]:
    """Return where an element's contents end, and where itself."""
    if data[head - 2 : head] == b"/>":
        return head, head
    return at, data.index(b">", at) + 1


def head_end(data: bytes, at: int) -> int:
    """Return where the tag that begins at a place ends."""
    found = _HEAD.match(data, at)
    if found is None:
        raise OutputError("cannot_be_marked", reason="tag")
    return found.end()


def utf8(data: bytes) -> bytes:
    """Return a part in UTF-8 without a byte order mark, as it came where it is so already.

    Raises:
        OutputError: It has a document type, or is in an encoding that nobody knows.
    """
    if data.startswith(codecs.BOM_UTF8):
        data = data[3:]
    coding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ""
    if not coding and (declared := _DECLARED.match(data)):
        coding = declared[1].decode("ascii").lower()
    if coding not in ("", "utf-8", "utf8", "us-ascii", "ascii"):
        try:
            text = data.decode(coding)
        except (LookupError, UnicodeDecodeError) as error:
            raise OutputError("cannot_be_marked", reason=coding) from error
        data = TOP + _DECLARATION.sub("", text.lstrip("\ufeff")).encode("utf-8")
    if b"<!DOCTYPE" in data:
        raise OutputError("cannot_be_marked", reason="DOCTYPE")
    return data


def edited(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Return bytes with parts of them replaced; what is inserted at one place stays in the order given."""
    pieces: list[bytes] = []
    at = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        pieces += (data[at:start], new)
        at = end
    return b"".join((*pieces, data[at:]))


def with_attrs(head: bytes, **attrs: str | int | None) -> bytes:
    """Return a tag with attributes set, or taken away where they are None."""
    for name, value in attrs.items():
        found = next((m for m in _ATTRIBUTE.finditer(head) if m[1] == name.encode()), None)
        new = b"" if value is None else f' {name}="{quoted(str(value))}"'.encode()
        if found:
            head = head[: found.start()] + new + head[found.end() :]
        else:
            end = len(head) - (2 if head.endswith(b"/>") else 1)
            head = head[:end].rstrip() + new + head[end:]
    return head


def reheaded(data: bytes, tag: Tag, **attrs: str | int | None) -> Edit:
    """Return the edit that sets attributes of an element."""
    return tag.start, tag.head, with_attrs(data[tag.start : tag.head], **attrs)


def appended(data: bytes, tag: Tag, new: bytes, *, first: bool = False) -> Edit:
    """Return the edit that adds elements to the end, or the beginning, of an element; it may have been one tag."""
    if not tag.closed:
        at = tag.head if first else tag.tail
        return at, at, new
    head = data[tag.start : tag.head]
    name = re.match(rb"<([^\s/>]+)", head)
    assert name
    return tag.start, tag.end, head[:-2].rstrip() + b">" + new + b"</" + name[1] + b">"


def prefix(data: bytes, root: Tag) -> str:
    """Return what stands before the names of elements that belong with a root (`x:`), nothing for most."""
    name = re.match(rb"<([^\s/>]+)", data[root.start : root.head])
    assert name
    before, colon, _ = name[1].decode().rpartition(":")
    return before + colon


def quoted(text: str) -> str:
    """Return a text as the value of an attribute between double quotes."""
    return escape(_UNPRINTABLE.sub("", text), {'"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})


def plain(text: str) -> str:
    """Return a text as it stands between tags; `_x000a_`, which programs take for a code, stays what it is."""
    return escape(_ESCAPED.sub("_x005F_", _UNPRINTABLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")))
