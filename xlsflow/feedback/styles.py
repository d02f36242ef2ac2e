"""The styles of a workbook, to which some are added; those that are there keep their numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from xlsflow.feedback.xml_edit import (
    Edit,
    Tag,
    appended,
    edited,
    parse,
    prefix,
    reheaded,
    with_attrs,
)

_ORDER = (
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
BLANK = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="{_MAIN}">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill>'
    '<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="1">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>'
).encode()
"""What a workbook without styles looks like."""

SHADES: Mapping[str, tuple[int, int, int]] = {
    "error": (0xF8, 0xC4, 0xB4),
    "warning": (0xFF, 0xEF, 0xB8),
    "info": (0xCF, 0xE3, 0xF5),
}
"""Fill of a marked cell by severity."""
_BITS = 3


def shade(severity: str, number: int) -> str:
    """Return the colour of a mark: each look that cells had before has a shade of its own, which no eye can tell.

    Programs that save a file merge styles that are alike; by its shade a mark still tells what the cell looked like.
    """
    number = number % (1 << 3 * _BITS)
    bits = [number >> 2 * _BITS & 7, number >> _BITS & 7, number & 7]
    return "".join(f"{part ^ bit:02X}" for part, bit in zip(SHADES[severity], bits, strict=True))


class Styles:
    """The part `styles`, and what is added to it."""

    def __init__(self, data: bytes) -> None:
        """Find the sections."""
        self._data = data or BLANK
        self._root = parse(self._data)
        self._prefix = prefix(self._data, self._root)
        self._added: dict[str, list[bytes]] = {}
        xfs = self._root.first("cellXfs")
        self._xfs = [self._data[tag.start : tag.end] for tag in xfs.children] if xfs else []
        self._marked: dict[tuple[int, str], int] = {}

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Every marked style with the one that it stands for."""
        return [(marked, plain) for (plain, _), marked in self._marked.items()]

    def marked(self, style: int, severity: str) -> int:
        """Return the style that is like another, but for the fill of a mark."""
        if (style, severity) not in self._marked:
            looks = list(dict.fromkeys(s for s, _ in self._marked))
            number = looks.index(style) if style in looks else len(looks)
            fill = self._add("fills", _fill(shade(severity, number + 1)))
            xf = self._xfs[style] if style < len(self._xfs) else (self._xfs or [b'<xf numFmtId="0" fontId="0"/>'])[0]
            end = xf.index(b">") + 1
            head = with_attrs(xf[:end], fillId=fill, applyFill=1)
            self._marked[style, severity] = self._add("cellXfs", head + xf[end:], raw=True)
        return self._marked[style, severity]

    def plain(self, pairs: Mapping[int, int]) -> dict[int, int]:
        """Return every style that bears the shade of a mark -> the style without it.

        A cell that was given another format since it was marked keeps that format, and only loses the shade.

        Args:
            pairs: Marked styles with those that they stand for.
        """
        fills = self._root.first("fills")
        shades = [
            next((t.attrs.get("rgb", "") for t in f.all("fgColor")), "") for f in (fills.children if fills else ())
        ]
        xfs = self._root.first("cellXfs")
        used = [int(tag.attrs.get("fillId", "0")) for tag in (xfs.children if xfs else ())]
        shown = [shades[fill] if fill < len(shades) else "" for fill in used]
        before = {shown[marked]: used[plain] for marked, plain in pairs.items() if max(marked, plain) < len(used)}
        found = dict(pairs)
        for number, rgb in enumerate(shown):
            if number not in found and rgb and rgb in before:
                xf = self._xfs[number]
                end = xf.index(b">") + 1
                found[number] = self._add("cellXfs", with_attrs(xf[:end], fillId=before[rgb]) + xf[end:], raw=True)
        return found

    def look(self, *, font: str, fill: str = "", border: str = "", alignment: str, quote: bool = False) -> int:
        """Return a style of our own, made of the XML of its parts."""
        ids = {
            "fontId": self._add("fonts", font),
            "fillId": self._add("fills", _fill(fill)) if fill else 0,
            "borderId": self._add("borders", border) if border else 0,
        }
        said = " ".join(f'{name}="{number}"' for name, number in ids.items())
        prefixed = ' quotePrefix="1"' if quote else ""
        xf = (
            f'<xf numFmtId="0" {said} xfId="0" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"'
            f"{prefixed}><alignment {alignment}/></xf>"
        )
        return self._add("cellXfs", xf)

    def _add(self, section: str, xml: str | bytes, *, raw: bool = False) -> int:
        """Return the number of an entry of a section, made where it is not there yet."""
        new = xml if isinstance(xml, bytes) else xml.encode()
        if self._prefix and not raw:
            new = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1" + self._prefix.encode(), new)
        added = self._added.setdefault(section, [])
        tag = self._root.first(section)
        before = len(tag.children) if tag else 0
        if new not in added:
            added.append(new)
        return before + added.index(new)

    def data(self) -> bytes:
        """Return the part with what was added."""
        edits: list[Edit] = []
        for section, new in self._added.items():
            tag = self._root.first(section)
            if tag is None:
                edits.append(self._section(section, new))
                continue
            if not tag.closed:
                edits.append(reheaded(self._data, tag, count=len(tag.children) + len(new)))
            edits.append(appended(self._data, tag, b"".join(new)))
        return edited(self._data, edits)

    def _section(self, section: str, new: list[bytes]) -> Edit:
        name = f"{self._prefix}{section}"
        whole = f'<{name} count="{len(new)}">'.encode() + b"".join(new) + f"</{name}>".encode()
        behind = (c for c in self._root.children if c.name in _ORDER and _ORDER.index(c.name) > _ORDER.index(section))
        before: Tag | None = next(behind, None)
        return (before.start, before.start, whole) if before else appended(self._data, self._root, whole)


def _fill(rgb: str) -> str:
    return (
        f'<fill><patternFill patternType="solid"><fgColor rgb="FF{rgb}"/><bgColor indexed="64"/></patternFill></fill>'
    )
