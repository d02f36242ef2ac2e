"""Waivers: findings that the coordinator accepts, with the reason and the last day.

A waiver is a rule, not a mark on a finding: each merge applies the rules that came with a file to its findings, as of a
day. So a waiver expires, and is valid again as of an earlier day, whatever books the file has gone through.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from xlsflow.fileformat.cells import Bounds, column_index
from xlsflow.findings import Finding, Waived
from xlsflow.template.lists import fold_text

_APART = re.compile(r"[\s,;、，；]+")
_PIECE = re.compile(r"([A-Z]{0,3})([0-9]{0,7})(?::([A-Z]{0,3})([0-9]{0,7}))?")
# Stands for the last column or row where an address has no letters, or no digits.
_FAR = 2**31


@dataclass(frozen=True, slots=True)
class Waiver:
    """A line of the project's waivers.

    Attributes:
        source: Name of a file, or name or code of a region.
        code: Code of the findings.
        sheet: Name of the sheet as returned; every sheet where empty.
        cell: Cells as an address (`D12`), a range (`D12:D20`), a row (`12`) or several of these; the whole sheet where
            empty.
        reason: Why the findings are accepted.
        until: The last day on which they are; without end where None.
        book: Name of the project workbook that the line is in.
        page: Its sheet there.
        cells: Attribute -> its cell there.
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
        """The cells that it applies to; empty for a whole sheet, None where they cannot be parsed."""
        return boxes(self.cell)

    @property
    def bare(self) -> Waiver:
        """The waiver as it is stored with a file: without whom it was for and where it was written."""
        return Waiver("", self.code, self.sheet, self.cell, self.reason, self.until)

    def lapsed(self, day: date | None) -> bool:
        """Return whether it has expired on a day; never where no day is known."""
        return day is not None and self.until is not None and day > self.until

    def covers(self, finding: Finding) -> bool:
        """Return whether it accepts a finding of a file that it is for."""
        if self.code != finding.code or (self.sheet and fold_text(self.sheet) != fold_text(finding.location.sheet)):
            return False
        accepted = self.boxes
        # No address at all is the whole sheet; one that cannot be parsed accepts nothing, rather than everything.
        if not accepted:
            return accepted is not None
        found = boxes(finding.location.cell)
        return bool(found) and all(any(_inside(cells, box) for box in accepted) for cells in found or ())


def waive(findings: Iterable[Finding], waivers: Sequence[Waiver], day: date | None) -> list[Finding]:
    """Return the findings of one file, those that are accepted marked as waived.

    Args:
        findings: The findings.
        waivers: The waivers of the file; of several that cover a finding the one that is valid longest is named.
        day: The as-of day; None ignores expiry.
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
    """Return waivers as they are stored with a file: each once, in an order that does not depend on their sources."""
    return tuple(sorted({waiver.bare for waivers in several for waiver in waivers}, key=_order))


def _order(waiver: Waiver) -> tuple[object, ...]:
    """Sort key: the waiver that is valid longest comes first."""
    until = waiver.until or date.max
    return -until.toordinal(), waiver.reason, waiver.code, waiver.sheet, waiver.cell, waiver.source


def boxes(text: str) -> tuple[Bounds, ...] | None:
    """Return the cells that a text names; None where it cannot be parsed.

    >>> boxes("d12:D20、15")
    ((3, 3, 11, 19), (0, 2147483648, 14, 14))
    """
    # Addresses are typed with a Chinese keyboard, too: Ｄ１２：Ｄ２０.
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
    # A range from a cell to a column (`B2:C`) has no meaning in Excel either.
    if not (left or top) or bool(left) != bool(right) or bool(top) != bool(bottom):
        return None
    columns = sorted((column_index(left), column_index(right))) if left else [0, _FAR]
    rows = sorted((int(top) - 1, int(bottom) - 1)) if top else [0, _FAR]
    return columns[0], columns[1], rows[0], rows[1]


def _inside(inner: Bounds, outer: Bounds) -> bool:
    return outer[0] <= inner[0] <= inner[1] <= outer[1] and outer[2] <= inner[2] <= inner[3] <= outer[3]
