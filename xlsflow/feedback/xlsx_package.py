"""Reads and writes an Office Open XML package: parts that are not changed are copied without being recompressed."""

from __future__ import annotations

import hashlib
import io
import posixpath
import zipfile
from dataclasses import dataclass
from pathlib import Path
from pyexpat import ParserCreate

from xlsflow.errors import OutputError
from xlsflow.feedback.xml_edit import (
    XML_DECLARATION,
    Element,
    apply_edits,
    child_edit,
    escape_attribute,
    name_prefix,
    parse_part,
    run_parser,
    to_utf8,
)
from xlsflow.system.zip_writer import ZipWriter

_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT_TYPES = "[Content_Types].xml"


@dataclass(frozen=True, slots=True)
class Relationship:
    """One relationship of a part.

    Attributes:
        id: Its id.
        type: Its type, a URI.
        target: Key of the part that it refers to; for an external target, the target as written.
        tag: Its element.
    """

    id: str
    type: str
    target: str
    tag: Element

    @property
    def role(self) -> str:
        """The last segment of its type (`worksheet`, `comments`)."""
        return self.type.rpartition("/")[2]


class Package:
    """The parts of a workbook by name; names are compared ignoring case and the direction of slashes."""

    def __init__(self, data: bytes) -> None:
        """Read the zip directory.

        Raises:
            OutputError: The data is not a zip file.
        """
        try:
            self._data = data
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise OutputError("cannot_be_marked", reason=str(error)) from error
        # The last of several entries with one name counts, as in Python's zipfile.
        self._infos = {_part_key(info.filename): info for info in self._zip.infolist() if not info.is_dir()}
        self._changed: dict[str, bytes] = {}
        self._new: dict[str, str] = {}
        self._gone: set[str] = set()

    @property
    def sha256(self) -> str:
        """Digest of the bytes that were read."""
        return hashlib.sha256(self._data).hexdigest()

    def __contains__(self, name: str) -> bool:
        name = _part_key(name)
        return name not in self._gone and (name in self._infos or name in self._new)

    def read(self, name: str) -> bytes:
        """Return the bytes of a part; empty if there is no such part."""
        name = _part_key(name)
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
        """Return an XML part in UTF-8."""
        return to_utf8(self.read(name))

    def write(self, name: str, data: bytes) -> None:
        """Replace or add a part."""
        key = _part_key(name)
        # A part that is there keeps the spelling of its name, which other parts refer to.
        if key not in self._infos:
            self._new.setdefault(key, name)
        self._gone.discard(key)
        self._changed[key] = data

    def remove(self, name: str) -> None:
        """Remove a part, its relationships and its content type."""
        key = _part_key(name)
        self._gone |= {key, _part_key(_relationships_part(key))}
        data = self.xml(_CONTENT_TYPES)
        tags = parse_part(data).descendants("Override")
        gone = [(t.start, t.end, b"") for t in tags if _part_key(t.attrs.get("PartName", "")) == key]
        if gone:
            self.write(_CONTENT_TYPES, apply_edits(data, gone))

    def _named(self, part: str) -> str:
        """Return the name of a part in the spelling of the package, with forward slashes."""
        key = _part_key(part)
        return self._infos[key].filename.replace("\\", "/") if key in self._infos else self._new.get(key, part)

    def unused_name(self, pattern: str) -> str:
        """Return the first name of a numbered series that no part has yet."""
        number = 1
        while _part_key(pattern.format(number)) in {*self._infos, *self._new}:
            number += 1
        return pattern.format(number)

    def verify(self) -> None:
        """Check that every changed part is well-formed.

        Raises:
            OutputError: A part is not.
        """
        for key, data in self._changed.items():
            # VML drawings are not checked: those of old programs may not have been well-formed to begin with.
            if key not in self._gone and not key.endswith(".vml"):
                run_parser(ParserCreate("utf-8"), data)

    def save(self, target: Path) -> None:
        """Write the package: existing parts in their order, then new ones."""
        with target.open("wb") as file:
            out = ZipWriter(file)
            for key, info in self._infos.items():
                if key in self._changed and key not in self._gone:
                    out.add(info.filename, self._changed[key])
                elif key not in self._gone:
                    out.copy(info, self._data)
            for key, name in self._new.items():
                if key not in self._gone:
                    out.add(name, self._changed[key])
            out.close()

    def relationships(self, part: str) -> list[Relationship]:
        """Return the relationships of a part; those of the package itself for an empty name."""
        data = self.xml(_relationships_part(part))
        folder = posixpath.dirname(_part_key(part))
        found = []
        for tag in parse_part(data).children if data else ():
            target = tag.attrs.get("Target", "").replace("\\", "/")
            if tag.attrs.get("TargetMode") != "External":
                target = _part_key(posixpath.normpath(posixpath.join("/", folder, target)))
            found.append(Relationship(tag.attrs.get("Id", ""), tag.attrs.get("Type", ""), target, tag))
        return found

    def add_relationship(self, part: str, kind: str, target: str) -> str:
        """Add a relationship to another part, and return its id."""
        name = _relationships_part(self._named(part))
        data = self.xml(name) or XML_DECLARATION + f'<Relationships xmlns="{_RELATIONSHIPS}"></Relationships>'.encode()
        root = parse_part(data)
        taken = {tag.attrs.get("Id", "") for tag in root.children}
        # Mostly the first number tried is free: programs number relationships from 1.
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        # Relative to the folder of the part, as Excel writes targets.
        link = posixpath.relpath(f"/{target}", f"/{posixpath.dirname(_part_key(part))}")
        new = (
            f'<{name_prefix(data, root)}Relationship Id="rId{number}" Type="{self.relationship_base}/{kind}"'
            f' Target="{escape_attribute(link)}"/>'
        )
        self.write(name, apply_edits(data, [child_edit(data, root, new.encode())]))
        return f"rId{number}"

    def remove_relationship(self, part: str, relation: Relationship) -> None:
        """Remove a relationship; delete the .rels part if it becomes empty."""
        name = _relationships_part(part)
        data = self.xml(name)
        left = [r for r in self.relationships(part) if r.id != relation.id]
        if left:
            gone = next(r.tag for r in self.relationships(part) if r.id == relation.id)
            self.write(name, apply_edits(data, [(gone.start, gone.end, b"")]))
        else:
            self.remove(name)

    @property
    def relationship_base(self) -> str:
        """Prefix of relationship types; files in strict OOXML have a different one."""
        kinds = (r.type.rpartition("/")[0] for r in self.relationships("") if r.role == "officeDocument")
        return next(kinds, "http://schemas.openxmlformats.org/officeDocument/2006/relationships")

    def add_content_type(self, part: str, content: str) -> None:
        """Declare the content type of a new part, in place of what is declared for a lost one of its name."""
        data = self.xml(_CONTENT_TYPES)
        root = parse_part(data)
        declared = [
            tag for tag in root.descendants("Override") if _part_key(tag.attrs.get("PartName", "")) == _part_key(part)
        ]
        if [tag.attrs.get("ContentType") for tag in declared] == [content]:
            return
        new = f'<{name_prefix(data, root)}Override PartName="/{part}" ContentType="{content}"/>'
        edits = [(tag.start, tag.end, b"") for tag in declared]
        self.write(_CONTENT_TYPES, apply_edits(data, [*edits, child_edit(data, root, new.encode())]))

    @property
    def main_namespace(self) -> str:
        """Namespace of sheets and comments; files in strict OOXML have a different one."""
        strict = "purl.oclc.org" in self.relationship_base
        return (
            "http://purl.oclc.org/ooxml/spreadsheetml/main"
            if strict
            else "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        )

    @property
    def workbook(self) -> str:
        """Name of the workbook part; empty if the package has none, or a binary one (.xlsb)."""
        found = next((r.target for r in self.relationships("") if r.role == "officeDocument"), "")
        return found if found in self and not found.endswith(".bin") else ""


def _part_key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _relationships_part(part: str) -> str:
    folder, base = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{base}.rels")
