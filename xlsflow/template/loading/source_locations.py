"""Where each part of a sheet was written: a variant moves and changes parts, and a shared field stands in another file.

A part carries its key path along, under a key that no author can write; a mistake is then told where it can be mended.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from xlsflow.errors import did_you_mean

TomlTable = dict[str, Any]
LOCATION_MARK, OVERRIDES_MARK = "\0at", "\0keys"
"""Where a part stands; and of a field, key -> where a variant gives it another value."""
_PART_KEYS = ("fields", "after", "rules", "duties")
_SHEET_SPECIFIC_KEYS = frozenset({"by", "label", "name"})
"""Keys of a shared field that may fit one sheet and not another: the sheet is where that is mended."""
_KEY_PATH = re.compile(r"(blocks\[\d+\](?:\.(?:fields|after|rules|duties)\[\d+\])?)(?:\.(\w+))?(.*)")


def raw_blocks(raw: TomlTable) -> list[TomlTable]:
    """Return the blocks of a raw sheet; what is no block is left to be complained of by its model."""
    blocks = raw.get("blocks")
    return [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []


def raw_parts(block: TomlTable, part: str) -> list[TomlTable]:
    """Return the fields, rules or duties of a raw block."""
    parts = block.get(part)
    return [one for one in parts if isinstance(one, dict)] if isinstance(parts, list) else []


def mark_locations(raw: TomlTable) -> None:
    """Note in every block, field, rule and duty of a raw sheet where it stands."""
    for at, one in _parts_with_paths(raw):
        one[LOCATION_MARK] = at


def _parts_with_paths(raw: TomlTable) -> Iterator[tuple[str, TomlTable]]:
    blocks = raw.get("blocks")
    for number, block in enumerate(blocks if isinstance(blocks, list) else ()):
        if not isinstance(block, dict):
            continue
        yield f"blocks[{number}]", block
        for part in _PART_KEYS:
            parts = block.get(part)
            for place, one in enumerate(parts if isinstance(parts, list) else ()):
                if isinstance(one, dict):
                    yield f"blocks[{number}].{part}[{place}]", one


@dataclass(frozen=True, slots=True)
class PartSource:
    """Where one part was written.

    Attributes:
        at: Its key path in the sheet's file.
        keys: Key -> key path, for what a variant has given another value.
        shared: Name of the shared field whose keys it takes over.
        taken: The keys that it takes over.
    """

    at: str
    keys: Mapping[str, str]
    shared: str = ""
    taken: frozenset[str] = frozenset()

    def locate(self, key: str, rest: str) -> tuple[bool, str]:
        """Return whether a key stands in the file of shared fields, and its key path there or in the sheet's."""
        if key in self.keys:
            return False, self.keys[key] + rest
        if key in self.taken and (rest or key not in _SHEET_SPECIFIC_KEYS):
            return True, f"{self.shared}.{key}{rest}"
        return False, f"{self.at}.{key}{rest}" if key else self.at + rest


@dataclass(frozen=True)
class SheetSources:
    """Where all parts of a sheet were written.

    Attributes:
        by_place: Key path in the sheet as a variant has it -> origin.
    """

    by_place: Mapping[str, PartSource]

    def locate(self, at: str) -> tuple[bool, str]:
        """Return whether a key path leads into the file of shared fields, and what it is there, or in the sheet's."""
        found = _KEY_PATH.fullmatch(at)
        if found is None or found[1] not in self.by_place:
            return False, at
        return self.by_place[found[1]].locate(found[2] or "", found[3])


def resolve_shared_fields(
    raw: TomlTable, shared: Mapping[str, TomlTable]
) -> tuple[SheetSources, list[tuple[str, str]]]:
    """Put shared fields in the place of every `use`, take all marks away, and return what they said.

    Args:
        raw: A marked sheet; it is changed.
        shared: The shared fields by name.

    Returns:
        The origins, and key path and reason for each `use` that names no shared field.
    """
    origins: dict[str, PartSource] = {}
    faults: list[tuple[str, str]] = []
    for at, one in list(_parts_with_paths(raw)):
        written = str(one.pop(LOCATION_MARK, at))
        keys = one.pop(OVERRIDES_MARK, {})
        name = one.pop("use", None) if ".fields[" in at or ".after[" in at else None
        if name is None:
            origins[at] = PartSource(written, keys)
            continue
        base = shared.get(name) if isinstance(name, str) else None
        taken = frozenset(base or ()) - frozenset(one)
        if base is None:
            faults.append((f"{written}.use", f"there is no shared field {name!r}{did_you_mean(str(name), shared)}"))
            base = {"kind": "text", "label": {"zh": str(name), "en": str(name)}}  # so that the rest can be looked at
        origins[at] = PartSource(written, keys, str(name), taken)
        whole = {"name": name, **base, **one}
        one.clear()
        one.update(whole)
    return SheetSources(origins), faults
