"""WHAT MAY STAND: findings that the coordinator has looked into and accepts, with the reason and until which day.

A waiver is a rule, not a mark at a finding: whoever merges applies the rules that came with each file to what is to be
said of it, as of a day. So a waiver lapses, and holds again as of an earlier day, wherever the file has gone meanwhile.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from xlsflow.fileformat.cells import (
    Bounds,
    column_index,
)
from xlsflow.findings import Finding, Waived
from xlsflow.template.lists import fold_text

_APART = re.compile(r"[\s,;、，；]+")
_PIECE = re.compile(r"([A-Z]{0,3})([0-9]{0,7})(?::([A-Z]{0,3})([0-9]{0,7}))?")
_FAR = 2**31
"""A column or row that none is beyond: where an address names no letters, or no digits."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A line of the project's waivers.

    Attributes:
        source: Name of a file, or name or code of a region.
        code: Code of the findings.
        sheet: Name of the sheet as it stands in the file; every sheet where empty.
        cell: Cells as an address (`D12`), a range (`D12:D20`), a row (`12`) or several of these; the whole sheet where
            empty.
        reason: Why the findings may stand.
        until: The last day on which they may; for good where None.
        book: Name of the project workbook that the line stands in.
        page: Its sheet there.
        cells: Attribute -> the cell that it stands in.
    """

    source: str = ""
    code: str = ""
    sheet: str = ""
    cell: str = ""
    reason: str = ""
    until: date | None = None
    book: str = field(default="", compare=False)
    page: str = field(default="", compare=False)
    cells: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def boxes(self) -> tuple[Bounds, ...] | None:
        """The cells that it is about; empty for a whole sheet, None where they cannot be understood."""
        return boxes(self.cell)

    @property
    def bare(self) -> Waiver:
        """What of it goes with a file: not who it was for, nor where it was written down."""
        return Waiver("", self.code, self.sheet, self.cell, self.reason, self.until)

    def lapsed(self, day: date | None) -> bool:
        """Return whether its time is over on a day; never where no day is known."""
        return day is not None and self.until is not None and day > self.until

    def covers(self, finding: Finding) -> bool:
        """Return whether a finding of a file that it is for is one of those that may stand."""
        if self.code != finding.code or (self.sheet and fold_text(self.sheet) != fold_text(finding.location.sheet)):
            return False
        wanted = self.boxes
        if not wanted:
            return wanted is not None
        found = boxes(finding.location.cell)
        return bool(found) and all(any(_inside(one, box) for box in wanted) for one in found or ())


def waive(findings: Iterable[Finding], waivers: Sequence[Waiver], day: date | None) -> list[Finding]:
    """Return what is to be said of one file, what may stand marked as waived.

    Args:
        findings: What is to be said of the file.
        waivers: Those that are for it; of several that cover a finding the one that holds longest is named.
        day: The as-of day; None asks nothing about time.
    """
    by_code: dict[str, list[Waiver]] = {}
    for waiver in sorted(waivers, key=_order):
        if not waiver.lapsed(day):
            by_code.setdefault(waiver.code, []).append(waiver)
    return [_waived(finding, by_code.get(finding.code, ())) for finding in findings]


def _waived(finding: Finding, waivers: Sequence[Waiver]) -> Finding:
    found = next((waiver for waiver in waivers if waiver.covers(finding)), None)
    waived = Waived(found.reason, found.until) if found else None
    return finding if waived == finding.waived else replace(finding, waived=waived)


def joined(*several: Iterable[Waiver]) -> tuple[Waiver, ...]:
    """Return waivers as they go with a file: each once, in an order that does not depend on who brought them."""
    return tuple(sorted({waiver.bare for waivers in several for waiver in waivers}, key=_order))


def _order(waiver: Waiver) -> tuple[object, ...]:
    """Return what waivers are sorted by: that which holds longest comes first."""
    until = waiver.until or date.max
    return -until.toordinal(), waiver.reason, waiver.code, waiver.sheet, waiver.cell, waiver.source


def boxes(text: str) -> tuple[Bounds, ...] | None:
    """Return the cells that a text names; None where it names none and is not empty.

    >>> boxes("d12:D20、15")
    ((3, 3, 11, 19), (0, 2147483648, 14, 14))
    """
    plain = unicodedata.normalize("NFKC", text).upper().replace("$", "")
    found = [_box(piece) for piece in _APART.split(plain) if piece]
    return None if None in found else tuple(box for box in found if box)


def _box(piece: str) -> Bounds | None:
    found = _PIECE.fullmatch(piece)
    if found is None:
        return None
    left, top, right, bottom = found.groups()
    if right is None:
        right, bottom = left, top
    if not (left or top) or bool(left) != bool(right) or bool(top) != bool(bottom):
        return None
    columns = sorted((column_index(left), column_index(right))) if left else [0, _FAR]
    rows = sorted((int(top) - 1, int(bottom) - 1)) if top else [0, _FAR]
    return columns[0], columns[1], rows[0], rows[1]


def _inside(one: Bounds, other: Bounds) -> bool:
    return other[0] <= one[0] <= one[1] <= other[1] and other[2] <= one[2] <= one[3] <= other[3]
