"""Reads a workbook in Office Open XML: its sheets, stamps and shared strings, and no part that these do not need."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from xlsflow.fileformat.hidden_sheets import BASELINE_SHEET, LISTS_SHEET
from xlsflow.intake.isolation.limits import Limits, Refusal, damaged
from xlsflow.intake.xlsx.cell_marks import MarkFinder, marked_strings, marked_styles
from xlsflow.intake.xlsx.cell_store import CellStore
from xlsflow.intake.xlsx.cell_values import CellParser, read_styles
from xlsflow.intake.xlsx.safe_xml import XmlElement
from xlsflow.intake.xlsx.shared_strings import UnusualXml, read_strings
from xlsflow.intake.xlsx.sheet_exact import read_sheet_exact
from xlsflow.intake.xlsx.sheet_fast import FastSheetReader
from xlsflow.intake.xlsx.zip_parts import Parts

_VISIBILITY: Mapping[str, str] = {"hidden": "hidden", "veryHidden": "very_hidden"}
_Relationships = dict[str, tuple[str, str]]


def read_workbook(parts: Parts, main: str, package: dict[str, str], limits: Limits) -> tuple[Any, ...]:
    """Return a workbook packed as plain tuples: program, time saved, properties, names and sheets.

    Args:
        parts: The parts of the package.
        main: Name of the part that lists the sheets.
        package: Relationships of the package as a whole: kind -> name of the part.
        limits: How much is read.

    Raises:
        Refusal: It has no sheets, or a part that is needed is broken.
    """
    root = parts.tree(main)
    relations = parts.relations(main)
    if root is None or root.tag != "workbook":
        raise damaged(main, "no workbook")
    sheets = [(sheet, *relations.get(sheet.attrs.get("id", ""), ("", ""))) for sheet in root.all("sheet")]
    # Chart sheets and macro sheets are listed too, but have no cells.
    worksheets = [(sheet, target) for sheet, kind, target in sheets if kind == "worksheet"]
    if not worksheets:
        raise Refusal("file_without_sheets")
    parser = _cell_parser(parts, root, relations)
    readers = FastSheetReader(parser), parser, _mark_finder(parts, relations)
    grids = tuple(_grid(parts, sheet, target, readers, limits) for sheet, target in worksheets)
    return (*provenance(parts, package), _names(root), grids)


def _cell_parser(parts: Parts, root: XmlElement, relations: _Relationships) -> CellParser:
    """Return the parser for the cells of a workbook, which knows its shared strings and cell formats."""
    by_kind = dict(relations.values())
    strings, styles = by_kind.get("sharedStrings", ""), by_kind.get("styles", "")
    texts, formats = parts.xml(strings), parts.xml(styles)
    from_1904 = any(pr.attrs.get("date1904") in {"1", "true"} for pr in root.all("workbookPr"))
    return CellParser(
        [] if texts is None else read_strings(strings, texts),
        () if formats is None else read_styles(styles, formats),
        from_1904=from_1904,
    )


def _mark_finder(parts: Parts, relations: _Relationships) -> MarkFinder:
    """Return what finds the cells of a workbook that are struck out or grey."""
    by_kind = dict(relations.values())
    strings, styles = by_kind.get("sharedStrings", ""), by_kind.get("styles", "")
    texts, formats = parts.xml(strings), parts.xml(styles)
    return MarkFinder(
        {} if formats is None else marked_styles(styles, formats), {} if texts is None else marked_strings(texts)
    )


def _grid(
    parts: Parts,
    sheet: XmlElement,
    target: str,
    readers: tuple[FastSheetReader, CellParser, MarkFinder],
    limits: Limits,
) -> tuple[Any, ...]:
    """Return one sheet packed as a plain tuple."""
    name = sheet.attrs.get("name", "")
    visibility = _VISIBILITY.get(sheet.attrs.get("state", ""), "visible")
    # Our own sheets of lists and of the baseline may be longer than all that a region fills in, and few callers need
    # them.
    optional = {LISTS_SHEET: limits.lists, BASELINE_SHEET: limits.base}
    if visibility == "very_hidden" and not optional.get(name, True):
        return name, visibility, 0, 0, [], (), frozenset()
    fast, parser, finder = readers
    data = parts.xml(target)
    if data is None:
        raise damaged(target, "missing")
    store = CellStore(name, limits)
    try:
        merges, hidden = fast.read(data, store)
    # The store may already hold cells of the half that was understood.
    except UnusualXml:
        store = CellStore(name, limits)
        merges, hidden = read_sheet_exact(target, data, parser, store)
    return (name, visibility, *store.as_rows(), merges, hidden, True, finder.find(data))


def _names(root: XmlElement) -> dict[str, str]:
    """Return the defined names of the whole workbook, without those of single sheets."""
    defined = root.all("definedName")
    return {name.attrs.get("name", ""): name.text for name in defined if "localSheetId" not in name.attrs}


def provenance(parts: Parts, package: dict[str, str]) -> tuple[str, datetime | None, dict[str, str]]:
    """Return the program that wrote the file, when it was saved, and the custom properties.

    A missing part counts as empty: the cells are read all the same.
    """
    app, core, custom = (
        _tree_or_empty(parts, package.get(kind, ""))
        for kind in ("extended-properties", "core-properties", "custom-properties")
    )
    writer = " ".join(filter(None, (_text(app, "Application"), _text(app, "AppVersion"))))
    properties = {
        element.attrs.get("name", ""): "".join(value.text for value in element.children)
        for element in custom.all("property")
    }
    return writer, utc_time(_text(core, "modified")), properties


def _tree_or_empty(parts: Parts, name: str) -> XmlElement:
    return (parts.tree(name) if name else None) or XmlElement("", {})


def _text(root: XmlElement, tag: str) -> str:
    return next((element.text.strip() for element in root.all(tag)), "")


def utc_time(text: str) -> datetime | None:
    """Return a W3C time in UTC; a time without a zone is taken as UTC."""
    with contextlib.suppress(ValueError, OverflowError):
        when = datetime.fromisoformat(text)
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    return None
