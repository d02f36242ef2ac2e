"""Takes our earlier marks out of a returned file, and nothing else."""

from __future__ import annotations

from xlsflow.feedback.comments import remove_notes
from xlsflow.feedback.findings_column import (
    Texts,
    remove_column,
)
from xlsflow.feedback.package import Package
from xlsflow.feedback.sheet_xml import scan
from xlsflow.feedback.styles import Styles
from xlsflow.feedback.workbook_parts import (
    Listed,
    Sheets,
)
from xlsflow.feedback.xml_edit import (
    edited,
    reheaded,
)
from xlsflow.fileformat.feedback_marks import (
    KEPT,
    LIST,
    LIST_NAME,
    is_list,
)


def unmark(package: Package, sheets: Sheets) -> None:
    """Take our marks out: the list, the column, notes and colours."""
    texts = Texts(package, sheets)
    for name in our_lists(package, sheets, texts):
        sheets.remove(name)
    sheets.undefine(LIST_NAME)
    pairs = _plain(package, sheets)
    for name in [sheet.name for sheet in sheets.listed() if _is_kept(sheet)]:
        sheets.remove(name)
    for number, sheet in enumerate(sheets.listed()):
        if sheet.part in package:
            remove_column(package, sheets, number, texts)
            remove_notes(package, sheet.part)
            _uncolour(package, sheet.part, pairs)


def our_lists(package: Package, sheets: Sheets, texts: Texts) -> list[str]:
    """Return the names of the sheets that are our lists, copies of one included."""
    named = sheets.names().get(LIST_NAME, "").rpartition("!")[0].strip("'").replace("''", "'")
    found = []
    for sheet in sheets.listed():
        if sheet.part not in package or not (sheet.name == named or sheet.name.startswith(LIST.both())):
            continue
        seen = scan(package.xml(sheet.part), lambda row, col, _: (row, col) == (0, 0))
        cell = seen.rows[0].cells.get(0) if 0 in seen.rows else None
        if cell is not None and is_list(texts.of(seen, cell)):
            found.append(sheet.name)
    return found


def _is_kept(sheet: Listed) -> bool:
    return sheet.name.startswith(KEPT)


def _pairs(package: Package, sheets: Sheets) -> dict[str, str]:
    """Return the number of every marked style as it is now -> that of the style that it stands for."""
    kept = next((sheet for sheet in sheets.listed() if sheet.name == KEPT), None)
    if kept is None or kept.part not in package:
        return {}
    rows = scan(package.xml(kept.part), lambda *_: True).rows.values()
    both = [
        (row.cells[0].attrs.get("s", "0"), row.cells[1].attrs.get("s", "0"))
        for row in rows
        if {0, 1} <= row.cells.keys()
    ]
    return {marked: plain for marked, plain in both if marked != plain}


def _plain(package: Package, sheets: Sheets) -> dict[str, str]:
    """Return the number of every style that bears the shade of a mark -> that of the style without it."""
    pairs = {int(marked): int(plain) for marked, plain in _pairs(package, sheets).items()}
    part = sheets.part("styles")
    if not pairs or not part:
        return {}
    styles = Styles(package.xml(part))
    plain = styles.plain(pairs)
    if len(plain) > len(pairs):
        package.write(part, styles.data())
    return {str(marked): str(number) for marked, number in plain.items()}


def _uncolour(package: Package, part: str, pairs: dict[str, str]) -> None:
    if not pairs:
        return
    data = package.xml(part)
    sheet = scan(data, lambda _row, _col, attrs: attrs.get("s", "0") in pairs)
    cells = [cell for row in sheet.rows.values() for cell in row.cells.values()]
    if cells:
        package.write(part, edited(data, [reheaded(data, c, s=pairs[c.attrs.get("s", "0")]) for c in cells]))
