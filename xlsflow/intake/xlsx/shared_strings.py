"""Reads the shared strings of a workbook: with regular expressions if they can, else with an XML parser."""

from __future__ import annotations

import re
from collections.abc import Mapping

from xlsflow.intake.isolation.limits import damaged
from xlsflow.intake.xlsx.cell_marks import is_struck
from xlsflow.intake.xlsx.cell_values import unescape
from xlsflow.intake.xlsx.safe_xml import parse_xml

_RUN = r"<r>(?:<rPr>(?:<[A-Za-z]+(?: [^<>]*)?/>)*+</rPr>)?<t(?: [^<>]*)?(?:/>|>[^<]*</t>)</r>"
# A string in one piece, or in several runs with formats of their own; the XML parser reads anything else.
_PLAIN = re.compile(rf"<si>(?:<t(?: [^<>]*)?(?:/>|>([^<]*)</t>)|((?:{_RUN})++))</si>")
_SINGLE_RUN = re.compile(_RUN)
_PIECE = re.compile(r"<t(?: [^<>]*)?>([^<]*)</t>")
_HEAD = re.compile(r"(?:<\?xml[^<>]*\?>)?\s*<sst[^<>]*>\s*")
_TAIL = re.compile(r"\s*</sst>\s*")
_ENTITY = re.compile(r"&(?:(lt|gt|amp|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));")
_NAMED: Mapping[str, str] = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
# Characters that XML forbids; the XML parser then refuses the file with a reason.
_CONTROL = re.compile("[\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]")


class UnusualXml(Exception):  # noqa: N818 - only a signal to use the XML parser
    """The XML is not in the form that the regular expressions understand; an XML parser must read it."""


def decode_text(raw: bytes) -> str:
    """Return the text between two tags, as an XML parser would.

    Raises:
        UnusualXml: It is not well-formed; the XML parser then refuses the file with a reason.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnusualXml from error
    if not text.isprintable() and _CONTROL.search(text):
        raise UnusualXml
    return _unescaped(text)


def _unescaped(text: str) -> str:
    """Return a text with line ends normalised and entities replaced, as an XML parser would."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "&" in text:
        if len(_ENTITY.findall(text)) != text.count("&"):
            raise UnusualXml
        text = _ENTITY.sub(_character, text)
    return text


def _character(found: re.Match[str]) -> str:
    name, number, hexadecimal = found.groups()
    if name:
        return _NAMED[name]
    code = int(number) if number else int(hexadecimal, 16)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF or _CONTROL.match(chr(code)):  # noqa: PLR2004 - no character
        raise UnusualXml
    return chr(code)


def _without_struck(string: str) -> str:
    """Return the runs of a string that are not struck out; all of them where nothing else is left."""
    live = "".join(run for run in _SINGLE_RUN.findall(string) if not is_struck(run))
    return live if "".join(_PIECE.findall(live)).strip() else string


class LiveRuns:
    """Collects the runs of one string, without those that are struck out unless nothing else is left."""

    def __init__(self) -> None:
        """Start a string."""
        self._runs: list[tuple[str, bool]] = []
        self._struck = False

    def clear(self) -> None:
        """Start another string."""
        self._runs, self._struck = [], False

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """Handle the start of an element."""
        if tag == "r":
            self._struck = False
        elif tag == "strike":
            self._struck = attrs.get("val", "1") not in {"0", "false"}

    def append(self, run: str) -> None:
        """Add text of the current run."""
        self._runs.append((run, self._struck))

    def text(self) -> str:
        """Return the text that counts."""
        live = "".join(run for run, struck in self._runs if not struck)
        return live if live.strip() else "".join(run for run, _ in self._runs)


def read_strings(part: str, data: bytes) -> list[str]:
    """Return the shared strings in order."""
    # The counts that the part declares are optional and may be wrong, so they are ignored.
    try:
        return _strings_fast(data)
    except UnusualXml:
        return strings_exact(part, data)


def _strings_fast(data: bytes) -> list[str]:
    """Return the shared strings of a part that holds nothing but strings and their formats."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnusualXml from error
    # Deleting bytes and comparing lengths is the fastest search for control characters in CPython.
    if len(data.translate(None, _CONTROLS)) < len(data):
        raise UnusualXml
    # A namespace declared on a string makes it foreign, which an XML parser finds out.
    if text.find("xmlns", text.find("<si>") + 1 or len(text)) >= 0:
        raise UnusualXml
    # One split for the whole part: what remains between the strings must be blank.
    pieces = _PLAIN.split(text)
    if not _HEAD.fullmatch(pieces[0]) or not _TAIL.fullmatch(pieces[-1]) or "".join(pieces[3:-1:3]).strip():
        raise UnusualXml
    texts = pieces[1::3]
    for number, runs in enumerate(pieces[2::3]):
        if runs:
            texts[number] = "".join(_PIECE.findall(_without_struck(runs) if "strike" in runs else runs))
    if "&" in text or "_x" in text or "\r" in text:
        return [unescape(_unescaped(raw)) if raw else "" for raw in texts]
    return [raw or "" for raw in texts]


def strings_exact(part: str, data: bytes) -> list[str]:
    """Return the shared strings of any well-formed part; phonetic guides are no part of a string."""
    texts: list[str] = []
    runs = LiveRuns()
    inside: list[str] = []

    def start(tag: str, attrs: dict[str, str]) -> None:
        if tag == "si":
            if "si" in inside:  # it would shift the index of every later string
                raise damaged(part, "a text inside a text")
            runs.clear()
        runs.start(tag, attrs)
        inside.append(tag)

    def end(tag: str) -> None:
        inside.pop()
        if tag == "si":
            texts.append(unescape(runs.text()))

    def text(run: str) -> None:
        if inside and inside[-1] == "t" and "rPh" not in inside:
            runs.append(run)

    parse_xml(part, data, start, end, text)
    return texts
