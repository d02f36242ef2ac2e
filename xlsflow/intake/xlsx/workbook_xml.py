"""A workbook in Office Open XML: its sheets, stamps and texts, part by part, and nothing that those do not need."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from xlsflow.intake.isolation.limits import (
    Limits,
    Refusal,
    damaged,
)
from xlsflow.intake.xlsx.cell_store import Rows
from xlsflow.intake.xlsx.cell_values import (
    Values,
    read_styles,
)
from xlsflow.intake.xlsx.safe_xml import Element
from xlsflow.intake.xlsx.shared_strings import (
    Irregular,
    read_strings,
)
from xlsflow.intake.xlsx.sheet_exact import read_exactly
from xlsflow.intake.xlsx.sheet_fast import QuickReader
from xlsflow.intake.xlsx.zip_parts import Parts

_VISIBILITY: Mapping[str, str] = {"hidden": "hidden", "veryHidden": "very_hidden"}
_LISTS, _BASE = "_lists", "_base"
"""The sheets of our own workbooks behind the dropdowns and with the rows as they were issued: they may be longer than
all that a region has filled in, and only few ask for them."""
Relations = dict[str, tuple[str, str]]


def read_book(parts: Parts, main: str, package: dict[str, str], limits: Limits) -> tuple[Any, ...]:
    """Return a workbook packed as plain tuples: writer, time saved, properties, names and sheets.

    Args:
        parts: The parts of the package.
        main: The part that lists the sheets.
        package: What the package as a whole relates to: the part by its kind.
        limits: How much is read.

    Raises:
        Refusal: If it has no sheets, or a part that is needed is broken.
    """
    root = parts.tree(main)
    relations = parts.relations(main)
    if root is None or root.tag != "workbook":
        raise damaged(main, "no workbook")
    sheets = [(sheet, *relations.get(sheet.attrs.get("id", ""), ("", ""))) for sheet in root.all("sheet")]
    worksheets = [(sheet, target) for sheet, kind, target in sheets if kind == "worksheet"]
    if not worksheets:
        raise Refusal("file_without_sheets")
    values = _values(parts, root, relations)
    quick = QuickReader(values)
    grids = tuple(_grid(parts, sheet, target, (quick, values), limits) for sheet, target in worksheets)
    return (*_about(parts, package), _names(root), grids)


def _values(parts: Parts, root: Element, relations: Relations) -> Values:
    """Return what turns texts into values, from the shared texts and the cell formats."""
    by_kind = dict(relations.values())
    strings, styles = by_kind.get("sharedStrings", ""), by_kind.get("styles", "")
    texts, formats = parts.xml(strings), parts.xml(styles)
    from_1904 = any(pr.attrs.get("date1904") in {"1", "true"} for pr in root.all("workbookPr"))
    return Values(
        [] if texts is None else read_strings(strings, texts),
        () if formats is None else read_styles(styles, formats),
        from_1904=from_1904,
    )


def _grid(
    parts: Parts, sheet: Element, target: str, ways: tuple[QuickReader, Values], limits: Limits
) -> tuple[Any, ...]:
    """Return one sheet, packed as a plain tuple: quickly where its XML is plain, exactly otherwise."""
    name = sheet.attrs.get("name", "")
    visibility = _VISIBILITY.get(sheet.attrs.get("state", ""), "visible")
    wanted = {_LISTS: limits.lists, _BASE: limits.base}
    if visibility == "very_hidden" and not wanted.get(name, True):
        return name, visibility, 0, 0, [], (), frozenset()
    quick, values = ways
    data = parts.xml(target)
    if data is None:
        raise damaged(target, "missing")
    rows = Rows(name, limits)
    try:
        merges, hidden = quick.read(data, rows)
    except Irregular:
        rows = Rows(name, limits)
        merges, hidden = read_exactly(target, data, values, rows)
    return (name, visibility, *rows.laid_out(), merges, hidden)


def _names(root: Element) -> dict[str, str]:
    """Return the defined names that hold for the whole workbook."""
    defined = root.all("definedName")
    return {name.attrs.get("name", ""): name.text for name in defined if "localSheetId" not in name.attrs}


def _about(parts: Parts, package: dict[str, str]) -> tuple[str, datetime | None, dict[str, str]]:
    """Return the program that wrote the file, when it was saved, and the custom properties.

    A stamp that cannot be read is as good as none: the cells are read all the same.
    """
    app, core, custom = (
        _tree_or_nothing(parts, package.get(kind, ""))
        for kind in ("extended-properties", "core-properties", "custom-properties")
    )
    writer = " ".join(filter(None, (_text(app, "Application"), _text(app, "AppVersion"))))
    return (
        writer,
        _utc(_text(core, "modified")),
        {one.attrs.get("name", ""): "".join(value.text for value in one.children) for one in custom.all("property")},
    )


def _tree_or_nothing(parts: Parts, name: str) -> Element:
    return (parts.tree(name) if name else None) or Element("", {})


def _text(root: Element, tag: str) -> str:
    return next((element.text.strip() for element in root.all(tag)), "")


def _utc(text: str) -> datetime | None:
    """Return a W3C time in UTC; one without a zone is taken to be in it."""
    with contextlib.suppress(ValueError, OverflowError):
        when = datetime.fromisoformat(text)
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    return None
