"""A workbook as a package: parts that are read when they are needed, and written back byte for byte unless changed."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from pyexpat import ParserCreate

from xlsflow.errors import OutputError
from xlsflow.feedback.xml_edit import (
    TOP,
    Tag,
    appended,
    edited,
    parse,
    parsed,
    quoted,
    utf8,
)
from xlsflow.system.zip_writer import Archive

_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "[Content_Types].xml"


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation of a part: its id, its type, the part that it leads to (as it is compared), the place of its tag."""

    id: str
    type: str
    target: str
    tag: Tag

    @property
    def role(self) -> str:
        """The last word of its type."""
        return self.type.rpartition("/")[2]


class Package:
    """The parts of a workbook by name; names are compared without regard to case and slash."""

    def __init__(self, data: bytes) -> None:
        """Read the directory.

        Raises:
            OutputError: It is no package.
        """
        try:
            self._data = data
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise OutputError("cannot_be_marked", reason=str(error)) from error
        self._infos = {_plain(info.filename): info for info in self._zip.infolist() if not info.is_dir()}
        self._changed: dict[str, bytes] = {}
        self._new: dict[str, str] = {}
        self._gone: set[str] = set()

    def __contains__(self, name: str) -> bool:
        name = _plain(name)
        return name not in self._gone and (name in self._infos or name in self._new)

    def read(self, name: str) -> bytes:
        """Return the bytes of a part; nothing where there is none."""
        name = _plain(name)
        if name in self._gone:
            return b""
        if name in self._changed:
            return self._changed[name]
        if name not in self._infos:
            return b""
        try:
            return self._zip.read(self._infos[name])
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise OutputError("cannot_be_marked", reason=str(error)) from error

    def xml(self, name: str) -> bytes:
        """Return a part that is XML, in UTF-8."""
        return utf8(self.read(name))

    def write(self, name: str, data: bytes) -> None:
        """Change a part, or add one."""
        plain = _plain(name)
        if plain not in self._infos:
            self._new.setdefault(plain, name)
        self._gone.discard(plain)
        self._changed[plain] = data

    def drop(self, name: str) -> None:
        """Take a part out, with its relations and its content type."""
        plain = _plain(name)
        self._gone |= {plain, _plain(_rels_of(plain))}
        data = self.xml(_TYPES)
        tags = parse(data).all("Override")
        gone = [(t.start, t.end, b"") for t in tags if _plain(t.attrs.get("PartName", "")) == plain]
        if gone:
            self.write(_TYPES, edited(data, gone))

    def _named(self, part: str) -> str:
        """Return the name of a part as the package writes it, with slashes."""
        plain = _plain(part)
        return self._infos[plain].filename.replace("\\", "/") if plain in self._infos else self._new.get(plain, part)

    def free(self, pattern: str) -> str:
        """Return a name with a running number that no part has yet."""
        number = 1
        while _plain(pattern.format(number)) in {*self._infos, *self._new}:
            number += 1
        return pattern.format(number)

    def verify(self) -> None:
        """Make sure that no part that was changed is broken; drawings of old programs may have been so before.

        Raises:
            OutputError: One is.
        """
        for plain, data in self._changed.items():
            if plain not in self._gone and not plain.endswith(".vml"):
                parsed(ParserCreate("utf-8"), data)

    def save(self, target: Path) -> None:
        """Write the package: its parts in their order, changed or not, then the new ones."""
        with target.open("wb") as file:
            out = Archive(file)
            for plain, info in self._infos.items():
                if plain in self._changed and plain not in self._gone:
                    out.add(info.filename, self._changed[plain])
                elif plain not in self._gone:
                    out.copy(info, self._data)
            for plain, name in self._new.items():
                if plain not in self._gone:
                    out.add(name, self._changed[plain])
            out.close()

    # --- relations and content types ---
    def relations(self, part: str) -> list[Relation]:
        """Return what a part leads to, inside the package and outside."""
        data = self.xml(_rels_of(part))
        folder = posixpath.dirname(_plain(part))
        found = []
        for tag in parse(data).children if data else ():
            target = tag.attrs.get("Target", "").replace("\\", "/")
            if tag.attrs.get("TargetMode") != "External":
                target = _plain(posixpath.normpath(posixpath.join("/", folder, target)))
            found.append(Relation(tag.attrs.get("Id", ""), tag.attrs.get("Type", ""), target, tag))
        return found

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a relation to another part, and return its id."""
        name = _rels_of(self._named(part))
        data = self.xml(name) or TOP + f'<Relationships xmlns="{_RELS}"></Relationships>'.encode()
        root = parse(data)
        taken = {tag.attrs.get("Id", "") for tag in root.children}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        link = posixpath.relpath(f"/{target}", f"/{posixpath.dirname(_plain(part))}")
        prefix = _prefix_of(data, root)
        new = f'<{prefix}Relationship Id="rId{number}" Type="{self.link_type}/{kind}" Target="{quoted(link)}"/>'
        self.write(name, edited(data, [appended(data, root, new.encode())]))
        return f"rId{number}"

    def unrelate(self, part: str, relation: Relation) -> None:
        """Take a relation of a part away; the part's relations go where it was the last."""
        name = _rels_of(part)
        data = self.xml(name)
        left = [r for r in self.relations(part) if r.id != relation.id]
        if left:
            gone = next(r.tag for r in self.relations(part) if r.id == relation.id)
            self.write(name, edited(data, [(gone.start, gone.end, b"")]))
        else:
            self.drop(name)

    @property
    def link_type(self) -> str:
        """What the types of relations begin with; strict files have another."""
        kinds = (r.type.rpartition("/")[0] for r in self.relations("") if r.role == "officeDocument")
        return next(kinds, "http://schemas.openxmlformats.org/officeDocument/2006/relationships")

    def declare(self, part: str, content: str) -> None:
        """Say what a new part is."""
        data = self.xml(_TYPES)
        root = parse(data)
        new = f'<{_prefix_of(data, root)}Override PartName="/{part}" ContentType="{content}"/>'
        self.write(_TYPES, edited(data, [appended(data, root, new.encode())]))

    @property
    def main(self) -> str:
        """The namespace of sheets and notes; strict files have another."""
        strict = "purl.oclc.org" in self.link_type
        return (
            "http://purl.oclc.org/ooxml/spreadsheetml/main"
            if strict
            else "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        )

    @property
    def workbook(self) -> str:
        """The part that lists the sheets; empty where this is no workbook of this kind."""
        found = next((r.target for r in self.relations("") if r.role == "officeDocument"), "")
        return found if found in self and not found.endswith(".bin") else ""


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _rels_of(part: str) -> str:
    folder, base = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{base}.rels")


def _prefix_of(data: bytes, root: Tag) -> str:
    name = re.match(rb"<([^\s/>]+)", data[root.start : root.head])
    assert name
    before, colon, _ = name[1].decode().rpartition(":")
    return before + colon
