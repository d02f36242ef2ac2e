"""The shared texts of a workbook: a quick way through the plain form, an exact one through any other."""

from __future__ import annotations

import re
from collections.abc import Mapping

from xlsflow.intake.isolation.limits import damaged
from xlsflow.intake.xlsx.cell_values import plain
from xlsflow.intake.xlsx.safe_xml import parse

_RUN = r"<r>(?:<rPr>(?:<[A-Za-z]+(?: [^<>]*)?/>)*+</rPr>)?<t(?: [^<>]*)?(?:/>|>[^<]*</t>)</r>"
_PLAIN = re.compile(rf"<si>(?:<t(?: [^<>]*)?(?:/>|>([^<]*)</t>)|((?:{_RUN})++))</si>")
"""A text in one piece, or in several that look differently; anything else is left to the exact way."""
_PIECE = re.compile(r"<t(?: [^<>]*)?>([^<]*)</t>")
_HEAD = re.compile(r"(?:<\?xml[^<>]*\?>)?\s*<sst[^<>]*>\s*")
_TAIL = re.compile(r"\s*</sst>\s*")
_ENTITY = re.compile(r"&(?:(lt|gt|amp|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));")
_NAMED: Mapping[str, str] = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
_CONTROL = re.compile("[\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]")
"""What XML never holds; the exact way says so."""


class Irregular(Exception):  # noqa: N818 - says only that the exact way is needed
    """This XML is not in the plain form that the quick way reads; the exact way reads it."""


def decoded(raw: bytes) -> str:
    """Return the text between two tags, as XML reads it.

    Raises:
        Irregular: If it is not well-formed; the exact way then says why.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Irregular from error
    if not text.isprintable() and _CONTROL.search(text):
        raise Irregular
    return _unescaped(text)


def _unescaped(text: str) -> str:
    """Return text as XML reads it: one kind of line end, entities as the characters that they name."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "&" in text:
        if len(_ENTITY.findall(text)) != text.count("&"):
            raise Irregular
        text = _ENTITY.sub(_character, text)
    return text


def _character(found: re.Match[str]) -> str:
    name, number, hexadecimal = found.groups()
    if name:
        return _NAMED[name]
    code = int(number) if number else int(hexadecimal, 16)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF or _CONTROL.match(chr(code)):  # noqa: PLR2004 - no character
        raise Irregular
    return chr(code)


def read_strings(part: str, data: bytes) -> list[str]:
    """Return the shared texts in order; how many the part says it has is not asked."""
    try:
        return _quick(data)
    except Irregular:
        return exact_strings(part, data)


def _quick(data: bytes) -> list[str]:
    """Return the shared texts where nothing but texts and their looks stands there."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Irregular from error
    if len(data.translate(None, _CONTROLS)) < len(data):
        raise Irregular
    pieces = _PLAIN.split(text)
    if not _HEAD.fullmatch(pieces[0]) or not _TAIL.fullmatch(pieces[-1]) or "".join(pieces[3:-1:3]).strip():
        raise Irregular
    texts = pieces[1::3]
    for number, runs in enumerate(pieces[2::3]):
        if runs:
            texts[number] = "".join(_PIECE.findall(runs))
    if "&" in text or "_x" in text or "\r" in text:
        return [plain(_unescaped(raw)) if raw else "" for raw in texts]
    return [raw or "" for raw in texts]


def exact_strings(part: str, data: bytes) -> list[str]:
    """Return the shared texts of any well-formed part; phonetic guides are no part of a text."""
    texts: list[str] = []
    runs: list[str] = []
    inside: list[str] = []

    def start(tag: str, _attrs: dict[str, str]) -> None:
        if tag == "si":
            if "si" in inside:  # every text behind it would be taken for the one before
                raise damaged(part, "a text inside a text")
            runs.clear()
        inside.append(tag)

    def end(tag: str) -> None:
        inside.pop()
        if tag == "si":
            texts.append(plain("".join(runs)))

    def text(run: str) -> None:
        if inside and inside[-1] == "t" and "rPh" not in inside:
            runs.append(run)

    parse(part, data, start, end, text)
    return texts
