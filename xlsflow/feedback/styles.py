"""Adds cell styles to a workbook; existing styles keep their indexes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from xlsflow.feedback.xml_edit import (
    Edit,
    Element,
    apply_edits,
    attributes_edit,
    child_edit,
    name_prefix,
    parse_part,
    set_attributes,
)

_SECTION_ORDER = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors",
    "extLst",
)  # fmt: skip
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
# Styles part for a workbook that has none.
# Excel keeps the first two fills for itself, none and gray125, so ours must come after them.
_EMPTY_STYLES = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="{_MAIN}">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill>'
    '<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="1">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
).encode()

MARK_COLOURS: Mapping[str, tuple[int, int, int]] = {
    "error": (0xF8, 0xC4, 0xB4),
    "warning": (0xFF, 0xEF, 0xB8),
    "info": (0xCF, 0xE3, 0xF5),
}
"""Severity -> fill of marked cells, as red, green and blue."""
_BITS_PER_CHANNEL = 3


def mark_colour(severity: str, number: int) -> str:
    """Return the fill of a mark; every original style gets a shade of its own, too close to tell apart by eye.

    Programs merge equal styles when they save. Without distinct shades, two marked cells with different original
    styles could end up with one style, and `unmark` could not restore them.

    Args:
        severity: Severity of the finding.
        number: Running number of the original style.
    """
    number = number % (1 << 3 * _BITS_PER_CHANNEL)
    # 512 shades of one colour: a change of at most 7 of 255 in each channel.
    bits = [number >> 2 * _BITS_PER_CHANNEL & 7, number >> _BITS_PER_CHANNEL & 7, number & 7]
    return "".join(f"{part ^ bit:02X}" for part, bit in zip(MARK_COLOURS[severity], bits, strict=True))


class Styles:
    """The styles part of a workbook and the styles added to it."""

    def __init__(self, data: bytes, namespace: str = _MAIN) -> None:
        """Parse the part; empty data stands for a workbook without styles, in a namespace of its own."""
        self._data = data or _EMPTY_STYLES.replace(_MAIN.encode(), namespace.encode())
        self._root = parse_part(self._data)
        self._prefix = name_prefix(self._data, self._root)
        self._added: dict[str, list[bytes]] = {}
        xfs = self._root.child("cellXfs")
        self._xfs = [self._data[tag.start : tag.end] for tag in xfs.children] if xfs else []
        self._marked: dict[tuple[int, str], int] = {}

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Every marked style with its original."""
        return [(marked, plain) for (plain, _), marked in self._marked.items()]

    def marked_style(self, style: int, severity: str) -> int:
        """Return the index of a style that equals another except for its fill, the colour of a mark."""
        if (style, severity) not in self._marked:
            originals = list(dict.fromkeys(s for s, _ in self._marked))
            # One shade for each original style, whatever the severity.
            number = originals.index(style) if style in originals else len(originals)
            fill = self._add("fills", _fill_xml(mark_colour(severity, number + 1)))
            xf = self._xfs[style] if style < len(self._xfs) else (self._xfs or [b'<xf numFmtId="0" fontId="0"/>'])[0]
            # Only the start tag changes: alignment and protection are child elements of the format.
            end = xf.index(b">") + 1
            head = set_attributes(xf[:end], fillId=fill, applyFill=1)
            self._marked[style, severity] = self._add("cellXfs", head + xf[end:], raw=True)
        return self._marked[style, severity]

    def restored_styles(self, pairs: Mapping[int, int]) -> dict[int, int]:
        """Return marked style -> style without the mark, for every style with the fill of a mark.

        A cell whose format was changed after it was marked keeps the new format and only loses the fill.

        Args:
            pairs: Marked styles with their originals.
        """
        fills = self._root.child("fills")
        shades = [
            next((t.attrs.get("rgb", "") for t in f.descendants("fgColor")), "")
            for f in (fills.children if fills else ())
        ]
        xfs = self._root.child("cellXfs")
        used = [int(tag.attrs.get("fillId", "0")) for tag in (xfs.children if xfs else ())]
        shown = [shades[fill] if fill < len(shades) else "" for fill in used]
        before = {shown[marked]: used[plain] for marked, plain in pairs.items() if max(marked, plain) < len(used)}
        found = dict(pairs)
        for number, rgb in enumerate(shown):
            if number not in found and rgb and rgb in before:
                xf = self._xfs[number]
                end = xf.index(b">") + 1
                found[number] = self._add("cellXfs", set_attributes(xf[:end], fillId=before[rgb]) + xf[end:], raw=True)
        return found

    def add_style(self, *, font: str, fill: str = "", border: str = "", alignment: str, quote: bool = False) -> int:
        """Add a style made from the XML of its parts, and return its index."""
        ids = {
            "fontId": self._add("fonts", font),
            "fillId": self._add("fills", _fill_xml(fill)) if fill else 0,
            "borderId": self._add("borders", border) if border else 0,
        }
        references = " ".join(f'{name}="{number}"' for name, number in ids.items())
        prefixed = ' quotePrefix="1"' if quote else ""
        xf = (
            f'<xf numFmtId="0" {references} xfId="0" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"'
            f"{prefixed}><alignment {alignment}/></xf>"
        )
        return self._add("cellXfs", xf)

    def _add(self, section: str, xml: str | bytes, *, raw: bool = False) -> int:
        """Return the index of an entry in a section, adding it if it is new."""
        new = xml if isinstance(xml, bytes) else xml.encode()
        if self._prefix and not raw:
            new = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1" + self._prefix.encode(), new)
        added = self._added.setdefault(section, [])
        tag = self._root.child(section)
        before = len(tag.children) if tag else 0
        # Equal entries are shared: Excel limits a workbook to 65,490 cell formats.
        if new not in added:
            added.append(new)
        return before + added.index(new)

    def data(self) -> bytes:
        """Return the part with all additions."""
        edits: list[Edit] = []
        for section, new in self._added.items():
            tag = self._root.child(section)
            if tag is None:
                edits.append(self._section(section, new))
                continue
            if not tag.self_closing:
                edits.append(attributes_edit(self._data, tag, count=len(tag.children) + len(new)))
            edits.append(child_edit(self._data, tag, b"".join(new)))
        return apply_edits(self._data, edits)

    def _section(self, section: str, new: list[bytes]) -> Edit:
        name = f"{self._prefix}{section}"
        whole = f'<{name} count="{len(new)}">'.encode() + b"".join(new) + f"</{name}>".encode()
        later = (
            c
            for c in self._root.children
            if c.name in _SECTION_ORDER and _SECTION_ORDER.index(c.name) > _SECTION_ORDER.index(section)
        )
        before: Element | None = next(later, None)
        return (before.start, before.start, whole) if before else child_edit(self._data, self._root, whole)


def _fill_xml(rgb: str) -> str:
    return (
        f'<fill><patternFill patternType="solid"><fgColor rgb="FF{rgb}"/><bgColor indexed="64"/></patternFill></fill>'
    )
