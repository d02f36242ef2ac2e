"""Reads and changes the workbook part: the list of sheets, defined names, the active sheet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.sax.saxutils import unescape

from xlsflow.feedback.xlsx_package import Package
from xlsflow.feedback.xml_edit import (
    Edit,
    Element,
    apply_edits,
    attributes_edit,
    child_edit,
    escape_attribute,
    escape_text,
    name_prefix,
    parse_part,
)

_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
# Children of `workbook` that come before its names (ECMA-376, CT_Workbook, with what newer versions add).
_BEFORE_NAMES = frozenset((
    "fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups",
    "externalReferences", "AlternateContent", "revisionPtr", "absPath",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One sheet in the workbook's list: its name, its part, its position and its element."""

    name: str
    part: str
    number: int
    tag: Element


class WorkbookXml:
    """The workbook part of a package."""

    def __init__(self, package: Package) -> None:
        """Find the workbook part; it is parsed again for every operation, since each changes its bytes."""
        self._package = package
        self._part = package.workbook

    def _tree(self) -> tuple[bytes, Element]:
        data = self._package.xml(self._part)
        return data, parse_part(data)

    def entries(self) -> list[SheetEntry]:
        """Return the sheets in the order of their tabs."""
        _, root = self._tree()
        parts = {relation.id: relation.target for relation in self._package.relationships(self._part)}
        sheets = root.child("sheets")
        found = []
        for number, tag in enumerate(sheets.children if sheets else ()):
            # The prefix of relationships is the writer's choice (`r:id`, `d3p1:id`); an `id` without one is something
            # else.
            link = next((v for k, v in tag.attrs.items() if k.rpartition(":")[2] == "id" and ":" in k), "")
            found.append(SheetEntry(tag.attrs.get("name", ""), parts.get(link, ""), number, tag))
        return found

    def part(self, kind: str) -> str:
        """Return the part that the workbook refers to in a given role (`styles`); empty if there is none."""
        found = (r.target for r in self._package.relationships(self._part) if r.role == kind)
        return next((target for target in found if target in self._package), "")

    def has_shared_strings(self) -> bool:
        """Return whether the workbook has a non-empty table of shared strings."""
        part = self.part("sharedStrings")
        return bool(part) and re.search(rb"<(?:\w+:)?si\b", self._package.xml(part)) is not None

    def add(self, name: str, data: bytes, *, first: bool = False, hidden: bool = False) -> None:
        """Add a sheet before all others or after them.

        Args:
            name: Name of the sheet.
            data: Its worksheet part.
            first: Whether it becomes the first and active sheet.
            hidden: Whether it is very hidden, so that Excel's own menu does not show it.
        """
        package = self._package
        target = package.unused_name("xl/worksheets/sheet{}.xml")
        package.write(target, data)
        package.add_content_type(target, _SHEET_TYPE)
        link = package.add_relationship(self._part, "worksheet", target)
        text, root = self._tree()
        sheets = root.child("sheets")
        assert sheets
        # Sheet ids need not be consecutive: those of deleted sheets are left out.
        ids = [int(tag.attrs.get("sheetId", "0")) for tag in sheets.children]
        state = ' state="veryHidden"' if hidden else ""
        new = (
            f'<{name_prefix(text, root)}sheet name="{escape_attribute(name)}"'
            f' sheetId="{max(ids, default=0) + 1}"{state} xmlns:r="{package.relationship_base}" r:id="{link}"/>'
        )
        edits = [child_edit(text, sheets, new.encode(), first=first)]
        if first:
            edits += [*_renumber_names(text, root, 0, 1), *_activate(text, root, 0)]
        package.write(self._part, apply_edits(text, edits))

    def remove(self, name: str) -> None:
        """Remove a sheet, the defined names local to it, and the parts it refers to."""
        package = self._package
        removed = next((sheet for sheet in self.entries() if sheet.name == name), None)
        if removed is None:
            return
        text, root = self._tree()
        edits: list[Edit] = [
            (removed.tag.start, removed.tag.end, b""),
            *_renumber_names(text, root, removed.number, -1),
        ]
        shown = [
            s.number for s in self.entries() if s is not removed and s.tag.attrs.get("state", "visible") == "visible"
        ]
        view = next(root.descendants("workbookView"), None)
        active = int(view.attrs.get("activeTab", "0")) if view else 0
        # `activeTab` is a position, so it shifts with the sheets; a hidden sheet must not become the active one.
        if active >= removed.number:
            after = active - 1 if active > removed.number else next((n for n in shown if n != removed.number), 1) - 1
            edits += _activate(text, root, max(after, 0))
        package.write(self._part, apply_edits(text, edits))
        if removed.part:
            # Drawings, comments and printer settings belong to one sheet each, so they go with it.
            for relation in package.relationships(removed.part):
                if relation.target in package:
                    package.remove(relation.target)
            package.remove(removed.part)
        for relation in [r for r in package.relationships(self._part) if r.target == removed.part]:
            package.remove_relationship(self._part, relation)

    def defined_names(self) -> dict[str, str]:
        """Return the global defined names -> what they refer to."""
        text, root = self._tree()
        tags = (tag for tag in root.descendants("definedName") if "localSheetId" not in tag.attrs)
        return {tag.attrs.get("name", ""): _text(text, tag) for tag in tags}

    def define_name(self, name: str, value: str, *, sheet: int | None = None, hidden: bool = False) -> None:
        """Add a defined name, global or local to a sheet."""
        text, root = self._tree()
        ns = name_prefix(text, root)
        local = f' localSheetId="{sheet}"' if sheet is not None else ""
        shown = ' hidden="1"' if hidden else ""
        attributes = f'name="{escape_attribute(name)}"{local}{shown}'
        new = f"<{ns}definedName {attributes}>{escape_text(value)}</{ns}definedName>".encode()
        names = root.child("definedNames")
        if names:
            edit = child_edit(text, names, new)
        else:
            whole = f"<{ns}definedNames>".encode() + new + f"</{ns}definedNames>".encode()
            following = next((c for c in root.children if c.name not in _BEFORE_NAMES), None)
            edit = (following.start, following.start, whole) if following else child_edit(text, root, whole)
        self._package.write(self._part, apply_edits(text, [edit]))

    def remove_name(self, name: str) -> None:
        """Remove a defined name, and with the last one the list of names."""
        text, root = self._tree()
        removed = [tag for tag in root.descendants("definedName") if tag.attrs.get("name") == name]
        names = root.child("definedNames")
        if names and removed:
            whole = len(removed) == len(names.children)
            edits = [(t.start, t.end, b"") for t in ([names] if whole else removed)]
            self._package.write(self._part, apply_edits(text, edits))

    def update_reference(self, name: str, sheet: int, old: str, new: str) -> None:
        """Replace the end of a reference in a name local to a sheet, if it ends like that."""
        text, root = self._tree()
        for tag in root.descendants("definedName"):
            # Local names belong to a sheet by its position, not by its name.
            matches = tag.attrs.get("name") == name and tag.attrs.get("localSheetId") == str(sheet)
            inside = text[tag.content_start : tag.content_end]
            if matches and inside.endswith(old.encode()):
                changed = inside[: -len(old)] + new.encode()
                self._package.write(self._part, apply_edits(text, [(tag.content_start, tag.content_end, changed)]))
                return


def _renumber_names(text: bytes, root: Element, number: int, by: int) -> list[Edit]:
    """Return the edits that keep local names on their sheets when a sheet before them is added or removed."""
    edits: list[Edit] = []
    for tag in root.descendants("definedName"):
        local = tag.attrs.get("localSheetId", "")
        if not local.isdigit():
            continue
        if by < 0 and int(local) == number:
            edits.append((tag.start, tag.end, b""))
        elif int(local) >= number:
            edits.append(attributes_edit(text, tag, localSheetId=int(local) + by))
    names = root.child("definedNames")
    if names and len(edits) == len(names.children) and all(not new for _, _, new in edits):
        return [(names.start, names.end, b"")]  # the last name goes with its list
    return edits


def _activate(text: bytes, root: Element, number: int) -> list[Edit]:
    """Return the edits that make a sheet the active one."""
    return [attributes_edit(text, tag, activeTab=number, firstSheet=None) for tag in root.descendants("workbookView")]


def _text(data: bytes, tag: Element) -> str:
    return unescape(data[tag.content_start : tag.content_end].decode(), {"&quot;": '"', "&apos;": "'"})


def sheet_reference(sheet: str, cells: str) -> str:
    """Return a reference to cells of a sheet, for use in formulas and links."""
    return "'" + sheet.replace("'", "''") + "'!" + cells
