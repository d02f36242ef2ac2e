"""Removes the marks of an earlier `mark_up` from a returned file, and nothing else."""

from __future__ import annotations

from xlsflow.feedback.comments import remove_comments
from xlsflow.feedback.findings_column import CellTexts, remove_findings_column
from xlsflow.feedback.sheet_xml import parse_sheet
from xlsflow.feedback.styles import Styles
from xlsflow.feedback.workbook_parts import SheetEntry, WorkbookXml
from xlsflow.feedback.xlsx_package import Package
from xlsflow.feedback.xml_edit import apply_edits, attributes_edit
from xlsflow.fileformat.feedback_marks import (
    CORRECTED_RETURN,
    FINDINGS_SHEET_LINK,
    FINDINGS_SHEET_NAMES,
    ORIGINAL_STYLES_SHEET,
    is_findings_sheet,
)


def unmark(package: Package, sheets: WorkbookXml) -> None:
    """Remove the findings sheet and column, comments and cell colours."""
    texts = CellTexts(package, sheets)
    for name in findings_sheet_names(package, sheets, texts):
        sheets.remove(name)
    sheets.remove_name(FINDINGS_SHEET_LINK)
    sheets.remove_name(CORRECTED_RETURN)
    pairs = _restored_styles(package, sheets)
    for name in [sheet.name for sheet in sheets.entries() if _is_kept(sheet)]:
        sheets.remove(name)
    for number, sheet in enumerate(sheets.entries()):
        if sheet.part in package:
            remove_findings_column(package, sheets, number, texts)
            remove_comments(package, sheet.part)
            _restore_cells(package, sheet.part, pairs)


def findings_sheet_names(package: Package, sheets: WorkbookXml, texts: CellTexts) -> list[str]:
    """Return the names of all findings sheets, including copies that people have made."""
    # The name follows its sheet when somebody renames it.
    named = sheets.defined_names().get(FINDINGS_SHEET_LINK, "").rpartition("!")[0].strip("'").replace("''", "'")
    found = []
    for sheet in sheets.entries():
        if sheet.part not in package or not (sheet.name == named or sheet.name.startswith(FINDINGS_SHEET_NAMES)):
            continue
        seen = parse_sheet(package.xml(sheet.part), lambda row, col, _: (row, col) == (0, 0))
        cell = seen.rows[0].cells.get(0) if 0 in seen.rows else None
        if cell is not None and is_findings_sheet(texts.of(seen, cell)):
            found.append(sheet.name)
    return found


def _is_kept(sheet: SheetEntry) -> bool:
    # A prefix, because copying a sheet in Excel appends a number to its name.
    return sheet.name.startswith(ORIGINAL_STYLES_SHEET)


def _stored_pairs(package: Package, sheets: WorkbookXml) -> dict[str, str]:
    """Return the present index of each marked style -> that of its original, from the hidden sheet."""
    stored = next((sheet for sheet in sheets.entries() if sheet.name == ORIGINAL_STYLES_SHEET), None)
    if stored is None or stored.part not in package:
        return {}
    rows = parse_sheet(package.xml(stored.part), lambda *_: True).rows.values()
    rows_of_two = [
        (row.cells[0].attrs.get("s", "0"), row.cells[1].attrs.get("s", "0"))
        for row in rows
        if {0, 1} <= row.cells.keys()
    ]
    # A program that merged a marked style with its original has removed the mark itself.
    return {marked: original for marked, original in rows_of_two if marked != original}


def _restored_styles(package: Package, sheets: WorkbookXml) -> dict[str, str]:
    """Return the index of each style with the fill of a mark -> that of the style without it."""
    pairs = {int(marked): int(original) for marked, original in _stored_pairs(package, sheets).items()}
    part = sheets.part("styles")
    if not pairs or not part:
        return {}
    styles = Styles(package.xml(part))
    original = styles.restored_styles(pairs)
    # Only then were styles added; otherwise the part stays byte for byte as it is.
    if len(original) > len(pairs):
        package.write(part, styles.data())
    return {str(marked): str(number) for marked, number in original.items()}


def _restore_cells(package: Package, part: str, pairs: dict[str, str]) -> None:
    if not pairs:
        return
    data = package.xml(part)
    sheet = parse_sheet(data, lambda _row, _col, attrs: attrs.get("s", "0") in pairs)
    cells = [cell for row in sheet.rows.values() for cell in row.cells.values()]
    if cells:
        package.write(
            part, apply_edits(data, [attributes_edit(data, c, s=pairs[c.attrs.get("s", "0")]) for c in cells])
        )
