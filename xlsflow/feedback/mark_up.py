"""Marks up a returned file: colours, notes, the list in front, the column behind tables, dropdowns put back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xlsflow.errors import OutputError
from xlsflow.feedback import texts as phrases
from xlsflow.feedback.comments import add_notes
from xlsflow.feedback.dropdowns import (
    Dropdown,
    put_back,
)
from xlsflow.feedback.findings_column import (
    Texts,
    add_column,
)
from xlsflow.feedback.findings_sheet import (
    HEADER_ROW,
    Listing,
    as_values,
    inline,
    looks,
)
from xlsflow.feedback.package import Package
from xlsflow.feedback.sheet_xml import (
    Change,
    Sheet,
    area,
    changed,
    joined,
    outline,
    scan,
)
from xlsflow.feedback.styles import Styles
from xlsflow.feedback.unmark import our_lists, unmark
from xlsflow.feedback.workbook_parts import (
    STYLES,
    Sheets,
    at,
)
from xlsflow.feedback.xml_edit import (
    TOP,
    edited,
    reheaded,
)
from xlsflow.fileformat.feedback_marks import (
    KEPT,
    LIST,
    LIST_NAME,
    SIGNS,
)
from xlsflow.findings import SEVERITY_ORDER, Finding
from xlsflow.i18n import Lang
from xlsflow.system.atomic_write import write_whole

MOST_CELLS = 2000
"""Cells that one finding colours at most."""
Spot = tuple[int, int]


def mark_up(
    source: Path, target: Path, findings: Sequence[Finding], lang: Lang, dropdowns: Sequence[Dropdown] = ()
) -> None:
    """Write a copy of a returned file with findings marked in it; our earlier marks are replaced, all else stays.

    Args:
        source: The returned file, .xlsx or .xlsm; it is not changed.
        target: Where the copy shall stand.
        findings: What is to be said of it; where there is nothing that may not stand, the copy bears no marks.
        lang: The reader's language.
        dropdowns: The dropdowns that it was issued with; those that are gone are put back.

    Raises:
        OutputError: The copy cannot be written, or the file is none that can be marked.
    """
    package = _opened(source)
    try:
        sheets = Sheets(package)
        if not package.workbook or not sheets.listed():
            raise OutputError("cannot_be_marked", reason=source.suffix)
        unmark(package, sheets)
        if any(not finding.waived for finding in findings):
            _Marking(package, sheets, lang).mark(source.name, findings, dropdowns)
        package.verify()
    except (AssertionError, LookupError, RecursionError, StopIteration, ValueError) as error:
        raise OutputError("cannot_be_marked", reason=type(error).__name__) from error  # no part is what it should be
    write_whole(target, package.save)


def can_be_marked(path: Path) -> bool:
    """Return whether a file is of a kind that marks can be made in: .xlsx or .xlsm by its content."""
    try:
        package = _opened(path)
        return bool(package.workbook) and bool(Sheets(package).listed())
    except (AssertionError, LookupError, OutputError, ValueError):
        return False


def bears_marks(path: Path) -> bool:
    """Return whether a file bears marks of ours; one whose parts are not what they should be has none."""
    package = _opened(path)
    try:
        sheets = Sheets(package)
        kept = any(sheet.name == KEPT for sheet in sheets.listed())
        return kept or bool(our_lists(package, sheets, Texts(package, sheets)))
    except (AssertionError, LookupError, OutputError, ValueError):
        return False


def _opened(path: Path) -> Package:
    try:
        return Package(path.read_bytes())
    except OSError as error:
        raise OutputError("cannot_be_marked", reason=error.strerror or error) from error


@dataclass
class _OnSheet:
    """What is to be marked on one sheet: the worst severity by cell, the note by cell, the text by row."""

    worst: dict[Spot, str] = field(default_factory=dict)
    notes: dict[Spot, list[str]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, finding: Finding, lang: Lang) -> None:
        """Add one finding."""
        span = area(finding.location.cell.replace("$", ""))
        if span is None:
            return
        top, left, bottom, right = span
        name, said = finding.severity.value, finding.message(lang)
        for spot in _spots(top, left, bottom, right):
            before = self.worst.get(spot, name)
            self.worst[spot] = min(before, name, key=SEVERITY_ORDER.__getitem__)
            line = f"{SIGNS[name]} {said}"
            if line not in self.rows[spot[0]]:
                self.rows[spot[0]].append(line)
        self.notes[top, left].append(f"{phrases.SEVERITY[name].say(lang)}\n{said}")


def _spots(top: int, left: int, bottom: int, right: int) -> Iterator[Spot]:
    count = 0
    for row in range(top, bottom + 1):
        for col in range(left, right + 1):
            if count == MOST_CELLS:
                return
            count += 1
            yield row, col


@dataclass
class _Marking:
    """One workbook while it is marked."""

    package: Package
    sheets: Sheets
    lang: Lang

    def mark(self, file: str, findings: Sequence[Finding], dropdowns: Sequence[Dropdown]) -> None:
        """Make all marks."""
        part = self.sheets.part("styles") or self._new_styles()
        styles = Styles(self.package.xml(part))
        look = looks(styles)
        order = {sheet.name: sheet.number for sheet in self.sheets.listed()}
        listed = sorted(findings, key=lambda f: (bool(f.waived), order.get(f.location.sheet, -1), *f.order()[2:]))
        on: dict[str, _OnSheet] = defaultdict(_OnSheet)
        for finding in listed:
            if not finding.waived:
                on[finding.location.sheet].add(finding, self.lang)
        for sheet in self.sheets.listed():
            if sheet.part not in self.package:
                continue
            here = on.get(sheet.name)
            if here and here.worst:
                self._colour(sheet.part, here, styles)
                texts = {row: "\n".join(lines) for row, lines in here.rows.items()}
                add_column(self.package, self.sheets, sheet.number, texts, look, self.lang)
                notes = {spot: "\n".join(texts) for spot, texts in here.notes.items()}
                add_notes(self.package, sheet.part, notes)
            self._rules(sheet.part, [one for one in dropdowns if one.sheet == sheet.name])
            self._unselect(sheet.part)
        self._keep(styles)
        self._list(Listing(file, listed, frozenset(order), self.lang), styles)
        self.package.write(part, styles.data())

    def _texts(self, data: bytes) -> bytes:
        return data if self.sheets.has_texts() else as_values(data)

    def _new_styles(self) -> str:
        """Add the part of the styles to a workbook that has none."""
        part = self.package.free("xl/styles{}.xml")
        self.package.write(part, Styles(b"").data())
        self.package.declare(part, STYLES)
        self.package.relate(self.package.workbook, "styles", part)
        return part

    def _colour(self, part: str, here: _OnSheet, styles: Styles) -> None:
        data = self.package.xml(part)
        rows = {row for row, _ in here.worst}
        sheet = scan(data, lambda row, _col, _attrs: row in rows)
        changes: dict[Spot, Change] = {}
        for (row, col), severity in here.worst.items():
            cell = sheet.rows[row].cells.get(col) if row in sheet.rows else None
            style = cell.attrs.get("s", "0") if cell else _inherited(sheet, row, col)
            changes[row, col] = Change(styles.marked(int(style), severity))
        self.package.write(part, edited(data, joined(changed(sheet, changes))))

    def _rules(self, part: str, dropdowns: Sequence[Dropdown]) -> None:
        """Put dropdowns back whose list is still there."""
        names = self.sheets.names()
        here = [one for one in dropdowns if one.name in names]
        if here:
            data = self.package.xml(part)
            if edits := put_back(outline(data), here):
                self.package.write(part, edited(data, joined(edits)))

    def _unselect(self, part: str) -> None:
        """Have a sheet not be selected: with the list selected too, both would be edited at once."""
        data = self.package.xml(part)
        views = outline(data).root.all("sheetView")
        edits = [
            reheaded(data, tag, tabSelected=None) for tag in views if tag.attrs.get("tabSelected") in ("1", "true")
        ]
        if edits:
            self.package.write(part, edited(data, edits))

    def _keep(self, styles: Styles) -> None:
        """Keep how marked cells looked, as a pair of cells for each style: programs that save renumber styles."""
        rows = "".join(
            f'<row r="{n}"><c r="A{n}" s="{marked}" t="inlineStr">{inline("marked")}</c>'
            f'<c r="B{n}" s="{plain}" t="inlineStr">{inline("before")}</c></row>'
            for n, (marked, plain) in enumerate(styles.pairs, 1)
        )
        data = TOP + f'<worksheet xmlns="{self.package.main}"><sheetData>{rows}</sheetData></worksheet>'.encode()
        if rows:
            self.sheets.add(KEPT, self._texts(data), hidden=True)

    def _list(self, listing: Listing, styles: Styles) -> None:
        name = wanted = LIST.say(self.lang)
        number = 1
        taken = {sheet.name.casefold() for sheet in self.sheets.listed()}
        while name.casefold() in taken:
            number += 1
            name = f"{wanted} {number}"
        self.sheets.add(name, self._texts(listing.xml(looks(styles), self.package.main)), first=True)
        self.sheets.define(LIST_NAME, at(name, "$A$1"))
        self.sheets.define("_xlnm._FilterDatabase", at(name, listing.area()), sheet=0, hidden=True)
        self.sheets.define("_xlnm.Print_Titles", at(name, f"${HEADER_ROW}:${HEADER_ROW}"), sheet=0)


def _inherited(sheet: Sheet, row: int, col: int) -> str:
    """Return the style that a cell has that is not there: its row's, else its column's."""
    line = sheet.rows.get(row)
    if line and line.tag.attrs.get("customFormat") in ("1", "true"):
        return line.tag.attrs.get("s", "0")
    cols = sheet.top("cols")
    for tag in cols.children if cols else ():
        if int(tag.attrs.get("min", "0")) <= col + 1 <= int(tag.attrs.get("max", "0")):
            return tag.attrs.get("style", "0")
    return "0"
