"""The sheets of a workbook: how they are listed, and how one is added or taken out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.sax.saxutils import unescape

from xlsflow.feedback.package import Package
from xlsflow.feedback.xml_edit import (
    Edit,
    Tag,
    appended,
    edited,
    parse,
    plain,
    prefix,
    quoted,
    reheaded,
)

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
STYLES = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_BEFORE_NAMES = frozenset(
    [
        "fileVersion",
        "fileSharing",
        "workbookPr",
        "workbookProtection",
        "bookViews",
        "sheets",
        "functionGroups",
        "externalReferences",
        "AlternateContent",
        "revisionPtr",
        "absPath",
    ]
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One sheet as the workbook lists it: its name, the part that holds it, its place, its tag."""

    name: str
    part: str
    number: int
    tag: Tag


class Sheets:
    """The part `workbook`: sheets, names, and which sheet is shown first."""

    def __init__(self, package: Package) -> None:
        """Begin with the sheets as they are."""
        self._package = package
        self._part = package.workbook

    def _tree(self) -> tuple[bytes, Tag]:
        data = self._package.xml(self._part)
        return data, parse(data)

    def listed(self) -> list[Listed]:
        """Return the sheets in their order."""
        _, root = self._tree()
        parts = {relation.id: relation.target for relation in self._package.relations(self._part)}
        sheets = root.first("sheets")
        found = []
        for number, tag in enumerate(sheets.children if sheets else ()):
            link = next((v for k, v in tag.attrs.items() if k.rpartition(":")[2] == "id" and ":" in k), "")
            found.append(Listed(tag.attrs.get("name", ""), parts.get(link, ""), number, tag))
        return found

    def part(self, kind: str) -> str:
        """Return the part of a kind that the workbook leads to (`styles`); empty where there is none."""
        found = (r.target for r in self._package.relations(self._part) if r.role == kind)
        return next((target for target in found if target in self._package), "")

    def has_texts(self) -> bool:
        """Return whether the workbook has a table of texts with anything in it."""
        part = self.part("sharedStrings")
        return bool(part) and re.search(rb"<(?:\w+:)?si\b", self._package.xml(part)) is not None

    def add(self, name: str, data: bytes, *, first: bool = False, hidden: bool = False) -> None:
        """Add a sheet before all others or behind them."""
        package = self._package
        target = package.free("xl/worksheets/sheet{}.xml")
        package.write(target, data)
        package.declare(target, SHEET)
        link = package.relate(self._part, "worksheet", target)
        text, root = self._tree()
        sheets = root.first("sheets")
        assert sheets
        ids = [int(tag.attrs.get("sheetId", "0")) for tag in sheets.children]
        state = ' state="veryHidden"' if hidden else ""
        new = (
            f'<{prefix(text, root)}sheet name="{quoted(name)}" sheetId="{max(ids, default=0) + 1}"{state}'
            f' xmlns:r="{package.link_type}" r:id="{link}"/>'
        )
        edits = [appended(text, sheets, new.encode(), first=first)]
        if first:
            edits += [*_moved(text, root, 0, 1), *_shown(text, root, 0)]
        package.write(self._part, edited(text, edits))

    def remove(self, name: str) -> None:
        """Take a sheet out, with the names that lie on it and the parts that only it leads to."""
        package = self._package
        gone = next((sheet for sheet in self.listed() if sheet.name == name), None)
        if gone is None:
            return
        text, root = self._tree()
        edits: list[Edit] = [(gone.tag.start, gone.tag.end, b""), *_moved(text, root, gone.number, -1)]
        shown = [s.number for s in self.listed() if s is not gone and s.tag.attrs.get("state", "visible") == "visible"]
        view = next(root.all("workbookView"), None)
        active = int(view.attrs.get("activeTab", "0")) if view else 0
        if active >= gone.number:
            after = active - 1 if active > gone.number else next((n for n in shown if n != gone.number), 1) - 1
            edits += _shown(text, root, max(after, 0))
        package.write(self._part, edited(text, edits))
        if gone.part:
            for relation in package.relations(gone.part):
                if relation.target in package:
                    package.drop(relation.target)
            package.drop(gone.part)
        for relation in [r for r in package.relations(self._part) if r.target == gone.part]:
            package.unrelate(self._part, relation)

    def names(self) -> dict[str, str]:
        """Return the names that hold for the whole workbook."""
        text, root = self._tree()
        tags = (tag for tag in root.all("definedName") if "localSheetId" not in tag.attrs)
        return {tag.attrs.get("name", ""): _text(text, tag) for tag in tags}

    def define(self, name: str, value: str, *, sheet: int | None = None, hidden: bool = False) -> None:
        """Add a name; a name of one sheet is told which."""
        text, root = self._tree()
        before = prefix(text, root)
        local = f' localSheetId="{sheet}"' if sheet is not None else ""
        shown = ' hidden="1"' if hidden else ""
        new = f'<{before}definedName name="{quoted(name)}"{local}{shown}>{plain(value)}</{before}definedName>'.encode()
        names = root.first("definedNames")
        if names:
            edit = appended(text, names, new)
        else:
            whole = f"<{before}definedNames>".encode() + new + f"</{before}definedNames>".encode()
            behind = next((c for c in root.children if c.name not in _BEFORE_NAMES), None)
            edit = (behind.start, behind.start, whole) if behind else appended(text, root, whole)
        self._package.write(self._part, edited(text, [edit]))

    def undefine(self, name: str) -> None:
        """Take a name of the whole workbook away."""
        text, root = self._tree()
        self._without(text, root, [t for t in root.all("definedName") if t.attrs.get("name") == name])

    def _without(self, text: bytes, root: Tag, gone: list[Tag]) -> None:
        """Take names away, and their list with the last one."""
        names = root.first("definedNames")
        if names and gone:
            whole = len(gone) == len(names.children)
            edits = [(t.start, t.end, b"") for t in ([names] if whole else gone)]
            self._package.write(self._part, edited(text, edits))

    def refer(self, name: str, sheet: int, old: str, new: str) -> None:
        """Change what a name of one sheet refers to, where it refers to it by these very words."""
        text, root = self._tree()
        for tag in root.all("definedName"):
            mine = tag.attrs.get("name") == name and tag.attrs.get("localSheetId") == str(sheet)
            inside = text[tag.head : tag.tail]
            if mine and inside.endswith(old.encode()):
                changed = inside[: -len(old)] + new.encode()
                self._package.write(self._part, edited(text, [(tag.head, tag.tail, changed)]))
                return


def _moved(text: bytes, root: Tag, number: int, by: int) -> list[Edit]:
    """Return the edits that keep names on their sheets when one is added or taken out before them."""
    edits: list[Edit] = []
    for tag in root.all("definedName"):
        local = tag.attrs.get("localSheetId", "")
        if not local.isdigit():
            continue
        if by < 0 and int(local) == number:
            edits.append((tag.start, tag.end, b""))
        elif int(local) >= number:
            edits.append(reheaded(text, tag, localSheetId=int(local) + by))
    names = root.first("definedNames")
    if names and len(edits) == len(names.children) and all(not new for _, _, new in edits):
        return [(names.start, names.end, b"")]  # a list of names that is empty is none
    return edits


def _shown(text: bytes, root: Tag, number: int) -> list[Edit]:
    """Return the edits that have one sheet shown first."""
    return [reheaded(text, tag, activeTab=number, firstSheet=None) for tag in root.all("workbookView")]


def _text(data: bytes, tag: Tag) -> str:
    return unescape(data[tag.head : tag.tail].decode(), {"&quot;": '"', "&apos;": "'"})


def at(sheet: str, cells: str) -> str:
    """Return cells of a sheet as a formula on any sheet names them."""
    return "'" + sheet.replace("'", "''") + "'!" + cells
