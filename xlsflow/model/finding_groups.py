"""Groups findings for display: the same finding down a column is one line, with its range and its count.

A finding keeps its own cell, which is coloured, counted and read by programs. People are shown groups: forty blanks in
one column are one line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from xlsflow.fileformat.cells import Bounds, column_letters, parse_bounds
from xlsflow.findings import Finding, Severity
from xlsflow.i18n import Lang, LocalizedText

FEW = 4
"""Up to this number, findings of one code in one column with different facts are listed one by one."""
MOST_PIECES = 6
"""Maximum number of ranges named in one line."""
TIMES = LocalizedText("（共 {count} 处）", " ({count} cells)")
TIMES_FIRST = LocalizedText("（共 {count} 处，以第一处为例）", " ({count} cells; this is the first)")
"""Appended to the message of several findings; the second form where their facts differ."""

# A finding with its position in the order.
_Placed = tuple[int, Finding]


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """The same finding in one or several cells of a column.

    Attributes:
        findings: Its findings in the order of the sheet; at least one.
    """

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The finding that represents the group."""
        return self.findings[0]

    @property
    def severity(self) -> Severity:
        """Severity of its findings."""
        return self.first.severity

    @property
    def count(self) -> int:
        """Number of its cells."""
        return len(self.findings)

    @property
    def cells(self) -> str:
        """Its cells: `D6`, `D6:D45`, or `D6:D9, D12`; shortened after MOST_PIECES ranges."""
        if self.count == 1:
            return self.first.location.cell
        ranges = _joined(finding.location.cell for finding in self.findings)
        return ", ".join(ranges[:MOST_PIECES]) + (", …" if len(ranges) > MOST_PIECES else "")

    @property
    def jump(self) -> str:
        """The first of its cells or ranges: the target of a link."""
        return self.cells.partition(",")[0]

    @property
    def value(self) -> str:
        """The value of its cells; where they differ, that of the first, with an ellipsis."""
        first = self.first.value
        return first if all(finding.value == first for finding in self.findings) else f"{first} …"

    def message(self, lang: Lang) -> str:
        """Return the message of its first finding, with the number of cells."""
        if self.count == 1:
            return self.first.message(lang)
        if any(_message_key(finding) != _message_key(self.first) for finding in self.findings):
            return self.first.message(lang) + TIMES_FIRST.format(lang, count=self.count)
        whole = replace(self.first, location=replace(self.first.location, cell=self.cells))
        return whole.message(lang) + TIMES.format(lang, count=self.count)


def grouped(findings: Iterable[Finding]) -> list[FindingGroup]:
    """Return findings as they are shown, in the order in which the first of each group was given.

    Findings of one code in one field of one sheet are one group if their facts are equal. What was merely done
    (info) is one group whatever it was read as, and so is what is in more than a few cells. A finding about a whole
    sheet or file is a group of its own.

    Args:
        findings: Findings of any number of files, in the order that they are to be shown in.
    """
    columns: dict[object, list[_Placed]] = {}
    for number, finding in enumerate(findings):
        at = finding.location
        # The number makes the key unique, so what has no cell is never joined.
        alone = None if at.cell else number
        # A waived finding is never counted among open ones of the same code.
        matters = finding.waived or finding.severity
        key = (at.file, at.sheet, at.block, at.field, finding.code, matters, alone)
        columns.setdefault(key, []).append((number, finding))
    parts = sorted((part for found in columns.values() for part in _parts(found)), key=lambda part: part[0][0])
    return [FindingGroup(tuple(finding for _, finding in part)) for part in parts]


def _parts(found: list[_Placed]) -> Iterator[list[_Placed]]:
    """Yield the groups that the findings of one code in one column make."""
    alike: dict[object, list[_Placed]] = {}
    for number, finding in found:
        alike.setdefault(_facts(finding), []).append((number, finding))
    if len(alike) > FEW or found[0][1].severity == Severity.INFO:
        yield found
    else:
        yield from alike.values()


def _facts(finding: Finding) -> tuple[tuple[str, str | LocalizedText], ...]:
    return tuple(sorted(finding.facts.items(), key=lambda fact: fact[0]))


def _message_key(finding: Finding) -> tuple[object, ...]:
    return finding.value, _facts(finding)


def _joined(cells: Iterable[str]) -> list[str]:
    """Return addresses as ranges, those of the same columns that follow each other joined; each cell once."""
    # Bounds are (left, right, top, bottom), so sorting puts the cells of one column one after the other.
    boxes = sorted({box for cell in cells if (box := parse_bounds(cell))})
    whole: list[Bounds] = []
    for left, right, top, bottom in boxes:
        before = whole[-1] if whole else (-1, -1, -1, -1)
        if before[:2] == (left, right) and top <= before[3] + 1:
            whole[-1] = (left, right, before[2], max(bottom, before[3]))
        else:
            whole.append((left, right, top, bottom))
    return [_named(box) for box in sorted(whole, key=lambda box: (box[2], box[0]))]


def _named(box: Bounds) -> str:
    left, right, top, bottom = box
    first, last = f"{column_letters(left)}{top + 1}", f"{column_letters(right)}{bottom + 1}"
    return first if first == last else f"{first}:{last}"
