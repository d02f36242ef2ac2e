"""Marks the findings in a copy of a returned workbook: cell colours, comments, a findings sheet and column.

Dropdowns that the return has lost are restored.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xlsflow.errors import OutputError
from xlsflow.feedback import texts
from xlsflow.feedback.comments import add_comments
from xlsflow.feedback.dropdowns import Dropdown, restore_dropdowns
from xlsflow.feedback.findings_column import CellTexts, add_findings_column
from xlsflow.feedback.findings_sheet import (
    HEADER_ROW,
    FindingsSheet,
    add_findings_styles,
    as_formula_strings,
    inline_string,
)
from xlsflow.feedback.sheet_xml import (
    CellChange,
    SheetXml,
    cell_edits,
    parse_area,
    parse_outline,
    parse_sheet,
    without_overlaps,
)
from xlsflow.feedback.styles import Styles
from xlsflow.feedback.unmark import findings_sheet_names, unmark
from xlsflow.feedback.workbook_parts import STYLES_TYPE, WorkbookXml, sheet_reference
from xlsflow.feedback.xlsx_package import Package
from xlsflow.feedback.xml_edit import XML_DECLARATION, apply_edits, attributes_edit
from xlsflow.fileformat.feedback_marks import (
    CORRECTED_RETURN,
    FINDINGS_SHEET,
    FINDINGS_SHEET_LINK,
    ORIGINAL_STYLES_SHEET,
    SEVERITY_SIGNS,
)
from xlsflow.findings import SEVERITY_ORDER, Finding
from xlsflow.i18n import Lang
from xlsflow.system.atomic_write import write_atomically

# Maximum number of cells that one finding colours.
_MAX_CELLS = 2000
_Cell = tuple[int, int]
# What a package raises that is not built as one: parts that lead in circles, numbers that are none, broken streams.
_MALFORMED = (
    ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, RecursionError, StopIteration, TypeError,
    ValueError, zlib.error,
)  # fmt: skip


def mark_up(
    source: Path,
    target: Path,
    findings: Sequence[Finding],
    lang: Lang,
    dropdowns: Sequence[Dropdown] = (),
    write: Callable[[Path, Callable[[Path], None]], None] = write_atomically,
) -> None:
    """Write a copy of a returned file with its findings marked; marks of an earlier round are replaced.

    Args:
        source: The returned file, .xlsx or .xlsm; it is not changed.
        target: Path of the copy.
        findings: Findings of the file; if all are waived, the copy has no marks.
        lang: Language of the marks.
        dropdowns: Dropdowns of the outgoing workbook; missing ones are restored.
        write: Called with the path and what writes the copy to the path that it is called with.

    Raises:
        OutputError: The copy cannot be written, or the file cannot be marked.
    """
    package = _open_package(source)
    try:
        sheets = WorkbookXml(package)
        if not package.workbook or not sheets.entries():
            raise OutputError("cannot_be_marked", reason=source.suffix)
        # A region may send back a marked copy with some findings left; its old marks must not add up.
        unmark(package, sheets)
        if any(not finding.waived for finding in findings):
            _Marker(package, sheets, lang).mark(source.name, findings, dropdowns)
            # What comes back bears the digest of what it corrects.
            sheets.define_name(CORRECTED_RETURN, f'"{package.sha256}"')
        # A file that Excel would have to repair must not go to the region; a missing copy is only a finding.
        package.verify()
    except _MALFORMED as error:
        raise OutputError("cannot_be_marked", reason=type(error).__name__) from error  # the package is malformed
    write(target, package.save)


def can_be_marked(path: Path) -> bool:
    """Return whether a file can be marked: by its content, it is an .xlsx or .xlsm workbook."""
    try:
        package = _open_package(path)
        return bool(package.workbook) and bool(WorkbookXml(package).entries())
    except (*_MALFORMED, OutputError):
        return False


def has_marks(path: Path) -> bool:
    """Return whether a file contains marks of an earlier `mark_up`; False for a malformed file."""
    try:
        package = _open_package(path)
        sheets = WorkbookXml(package)
        stored = any(sheet.name == ORIGINAL_STYLES_SHEET for sheet in sheets.entries())
        return stored or bool(findings_sheet_names(package, sheets, CellTexts(package, sheets)))
    except (*_MALFORMED, OutputError):
        return False


def _open_package(path: Path) -> Package:
    try:
        return Package(path.read_bytes())
    except OSError as error:
        raise OutputError("cannot_be_marked", reason=error.strerror or error) from error


@dataclass
class _SheetMarks:
    """Marks of one sheet: the worst severity of each cell, comments by cell, texts of the findings column by row."""

    worst: dict[_Cell, str] = field(default_factory=dict)
    comments: dict[_Cell, list[str]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, finding: Finding, lang: Lang) -> None:
        """Add the marks of one finding."""
        span = parse_area(finding.location.cell.replace("$", ""))
        if span is None:
            return
        top, left, bottom, right = span
        name, message = finding.severity.value, finding.message(lang)
        for cell in _cells_in(top, left, bottom, right):
            before = self.worst.get(cell, name)
            self.worst[cell] = min(before, name, key=SEVERITY_ORDER.__getitem__)
            line = f"{SEVERITY_SIGNS[name]} {message}"
            # A range over several columns must not repeat its sentence in the row.
            if line not in self.rows[cell[0]]:
                self.rows[cell[0]].append(line)
        self.comments[top, left].append(f"{texts.SEVERITY_LABELS[name].say(lang)}\n{message}")


def _cells_in(top: int, left: int, bottom: int, right: int) -> Iterator[_Cell]:
    count = 0
    for row in range(top, bottom + 1):
        for col in range(left, right + 1):
            if count == _MAX_CELLS:
                return
            count += 1
            yield row, col  # a range like A:XFD would otherwise create millions of cells


@dataclass
class _Marker:
    """Adds marks to one workbook."""

    package: Package
    sheets: WorkbookXml
    lang: Lang

    def mark(self, file: str, findings: Sequence[Finding], dropdowns: Sequence[Dropdown]) -> None:
        """Add all marks."""
        part = self.sheets.part("styles") or self._new_styles()
        styles = Styles(self.package.xml(part))
        findings_styles = add_findings_styles(styles)
        order = {sheet.name: sheet.number for sheet in self.sheets.entries()}
        # In the order of the tabs, as the region goes through the file; what may stay comes last.
        listed = sorted(findings, key=lambda f: (bool(f.waived), order.get(f.location.sheet, -1), *f.order()[2:]))
        marks: dict[str, _SheetMarks] = defaultdict(_SheetMarks)
        for finding in listed:
            if not finding.waived:
                marks[finding.location.sheet].add(finding, self.lang)
        for sheet in self.sheets.entries():
            if sheet.part not in self.package:
                continue
            here = marks.get(sheet.name)
            # A finding of the whole sheet or of an unknown cell has nothing to colour; the findings sheet lists it.
            if here and here.worst:
                self._colour(sheet.part, here, styles)
                row_texts = {row: "\n".join(lines) for row, lines in here.rows.items()}
                add_findings_column(self.package, self.sheets, sheet.number, row_texts, findings_styles, self.lang)
                comments = {cell: "\n".join(parts) for cell, parts in here.comments.items()}
                add_comments(self.package, sheet.part, comments)
            self._restore_dropdowns(sheet.part, [dropdown for dropdown in dropdowns if dropdown.sheet == sheet.name])
            self._unselect(sheet.part)
        self._store_original_styles(styles)
        self._add_findings_sheet(FindingsSheet(file, listed, frozenset(order), self.lang), styles)
        self.package.write(part, styles.data())

    def _as_stored(self, data: bytes) -> bytes:
        return data if self.sheets.has_shared_strings() else as_formula_strings(data)

    def _new_styles(self) -> str:
        """Add a styles part to a workbook that has none, and return its name."""
        # The relationship may be left of a part that is lost; openpyxl looks for the styles under one name only.
        relations = self.package.relationships(self.package.workbook)
        left = next((relation.target for relation in relations if relation.role == "styles"), "")
        part = left or "xl/styles.xml"
        if part in self.package:
            part = self.package.unused_name("xl/styles{}.xml")
        self.package.write(part, Styles(b"", self.package.main_namespace).data())
        self.package.add_content_type(part, STYLES_TYPE)
        if not left:
            self.package.add_relationship(self.package.workbook, "styles", part)
        return part

    def _colour(self, part: str, here: _SheetMarks, styles: Styles) -> None:
        data = self.package.xml(part)
        rows = {row for row, _ in here.worst}
        sheet = parse_sheet(data, lambda row, _col, _attrs: row in rows)
        changes: dict[_Cell, CellChange] = {}
        for (row, col), severity in here.worst.items():
            cell = sheet.rows[row].cells.get(col) if row in sheet.rows else None
            style = cell.attrs.get("s", "0") if cell else _inherited_style(sheet, row, col)
            changes[row, col] = CellChange(styles.marked_style(int(style), severity))
        self.package.write(part, apply_edits(data, without_overlaps(cell_edits(sheet, changes))))

    def _restore_dropdowns(self, part: str, dropdowns: Sequence[Dropdown]) -> None:
        """Restore the dropdowns whose list is still defined in the workbook."""
        names = self.sheets.defined_names()
        # A dropdown whose list is gone would refuse every value.
        here = [dropdown for dropdown in dropdowns if dropdown.name in names]
        if here:
            data = self.package.xml(part)
            if edits := restore_dropdowns(parse_outline(data), here):
                self.package.write(part, apply_edits(data, without_overlaps(edits)))

    def _unselect(self, part: str) -> None:
        """Deselect a sheet: if it stayed selected along with the findings sheet, Excel would edit both as a group."""
        data = self.package.xml(part)
        views = parse_outline(data).root.descendants("sheetView")
        edits = [
            attributes_edit(data, tag, tabSelected=None)
            for tag in views
            if tag.attrs.get("tabSelected") in ("1", "true")
        ]
        if edits:
            self.package.write(part, apply_edits(data, edits))

    def _store_original_styles(self, styles: Styles) -> None:
        """Store the original styles in a hidden sheet, as a pair of cells (marked, original) for each style.

        Programs renumber styles when they save, so a list of numbers would not survive; the pairs of cells do.
        """
        rows = "".join(
            f'<row r="{n}"><c r="A{n}" s="{marked}" t="inlineStr">{inline_string("marked")}</c>'
            f'<c r="B{n}" s="{plain}" t="inlineStr">{inline_string("before")}</c></row>'
            for n, (marked, plain) in enumerate(styles.pairs, 1)
        )
        data = (
            XML_DECLARATION
            + f'<worksheet xmlns="{self.package.main_namespace}"><sheetData>{rows}</sheetData></worksheet>'.encode()
        )
        if rows:
            self.sheets.add(ORIGINAL_STYLES_SHEET, self._as_stored(data), hidden=True)

    def _add_findings_sheet(self, listing: FindingsSheet, styles: Styles) -> None:
        # Excel compares sheet names without regard to case.
        name = base = FINDINGS_SHEET.say(self.lang)
        number = 1
        taken = {sheet.name.casefold() for sheet in self.sheets.entries()}
        while name.casefold() in taken:
            number += 1
            name = f"{base} {number}"
        self.sheets.add(
            name, self._as_stored(listing.xml(add_findings_styles(styles), self.package.main_namespace)), first=True
        )
        self.sheets.define_name(FINDINGS_SHEET_LINK, sheet_reference(name, "$A$1"))
        # Excel expects this hidden name beside an autofilter, and repeats the header of a printed list by the other.
        self.sheets.define_name("_xlnm._FilterDatabase", sheet_reference(name, listing.range()), sheet=0, hidden=True)
        self.sheets.define_name("_xlnm.Print_Titles", sheet_reference(name, f"${HEADER_ROW}:${HEADER_ROW}"), sheet=0)


def _inherited_style(sheet: SheetXml, row: int, col: int) -> str:
    """Return the style index that applies to an absent cell: the row's style, else the column's, else 0."""
    line = sheet.rows.get(row)
    if line and line.tag.attrs.get("customFormat") in ("1", "true"):
        return line.tag.attrs.get("s", "0")
    cols = sheet.child("cols")
    for tag in cols.children if cols else ():
        if int(tag.attrs.get("min", "0")) <= col + 1 <= int(tag.attrs.get("max", "0")):
            return tag.attrs.get("style", "0")
    return "0"
