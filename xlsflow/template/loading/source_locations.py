"""Source locations of the parts of a sheet, so that an error names the file and key path that its author must correct.

A variant moves and changes parts, and a shared field is written in another file. So each part carries its key path
with it, under a key that TOML cannot contain, until shared fields are resolved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from xlsflow.errors import did_you_mean

TomlTable = dict[str, Any]
LOCATION_MARK, OVERRIDES_MARK = "\0at", "\0keys"
"""Keys of a raw part: its key path; and for a field, key -> key path in the variant that overrides it.

The null character keeps them apart from any key of an author: TOML does not allow it.
"""
_PART_KEYS = ("fields", "after", "rules", "duties")
# Keys of a shared field that can be right in one sheet and wrong in another: errors are located in the sheet.
_SHEET_SPECIFIC_KEYS = frozenset({"by", "label", "name"})
_KEY_PATH = re.compile(r"(blocks\[\d+\](?:\.(?:fields|after|rules|duties)\[\d+\])?)(?:\.(\w+))?(.*)")


def raw_blocks(raw: TomlTable) -> list[TomlTable]:
    """Return the blocks of a raw sheet; entries of another type are left to the model's validation."""
    blocks = raw.get("blocks")
    return [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []


def raw_parts(block: TomlTable, part: str) -> list[TomlTable]:
    """Return the entries of a raw block's list `part` (fields, rules, duties)."""
    parts = block.get(part)
    return [entry for entry in parts if isinstance(entry, dict)] if isinstance(parts, list) else []


def mark_locations(raw: TomlTable) -> None:
    """Store in every block, field, rule and timing rule of a raw sheet its key path."""
    for at, entry in _parts_with_paths(raw):
        entry[LOCATION_MARK] = at


def _parts_with_paths(raw: TomlTable) -> Iterator[tuple[str, TomlTable]]:
    blocks = raw.get("blocks")
    for number, block in enumerate(blocks if isinstance(blocks, list) else ()):
        if not isinstance(block, dict):
            continue
        yield f"blocks[{number}]", block
        for part in _PART_KEYS:
            parts = block.get(part)
            for index, entry in enumerate(parts if isinstance(parts, list) else ()):
                if isinstance(entry, dict):
                    yield f"blocks[{number}].{part}[{index}]", entry


@dataclass(frozen=True, slots=True)
class PartSource:
    """Source location of one part.

    Attributes:
        at: Its key path in the sheet's file.
        keys: Key -> key path in the variant, for keys that a variant overrides.
        shared: Name of the shared field that it includes.
        taken: Keys whose values come from the shared field.
    """

    at: str
    keys: Mapping[str, str]
    shared: str = ""
    taken: frozenset[str] = frozenset()

    def locate(self, key: str, rest: str) -> tuple[bool, str]:
        """Return whether a key comes from the file of shared fields, and its key path in its file."""
        if key in self.keys:
            return False, self.keys[key] + rest
        if key in self.taken and (rest or key not in _SHEET_SPECIFIC_KEYS):
            return True, f"{self.shared}.{key}{rest}"
        return False, f"{self.at}.{key}{rest}" if key else self.at + rest


@dataclass(frozen=True)
class SheetSources:
    """Source locations of all parts of a sheet.

    Attributes:
        by_path: Key path in the resolved sheet -> source.
    """

    by_path: Mapping[str, PartSource]

    def locate(self, at: str) -> tuple[bool, str]:
        """Return whether a key path comes from the file of shared fields, and the key path in its file."""
        found = _KEY_PATH.fullmatch(at)
        if found is None or found[1] not in self.by_path:
            return False, at
        return self.by_path[found[1]].locate(found[2] or "", found[3])


def resolve_shared_fields(
    raw: TomlTable, shared: Mapping[str, TomlTable]
) -> tuple[SheetSources, list[tuple[str, str]]]:
    """Replace every `use` by its shared field, remove the location marks, and return the source locations.

    Args:
        raw: A sheet with location marks; it is changed.
        shared: Name -> shared field.

    Returns:
        The sources, and an error (key path and reason) for each `use` of a shared field that does not exist.
    """
    sources: dict[str, PartSource] = {}
    errors: list[tuple[str, str]] = []
    for at, entry in list(_parts_with_paths(raw)):
        written = str(entry.pop(LOCATION_MARK, at))
        keys = entry.pop(OVERRIDES_MARK, {})
        name = entry.pop("use", None) if ".fields[" in at or ".after[" in at else None
        if name is None:
            sources[at] = PartSource(written, keys)
            continue
        base = shared.get(name) if isinstance(name, str) else None
        taken = frozenset(base or ()) - frozenset(entry)
        if base is None:
            errors.append((f"{written}.use", f"there is no shared field {name!r}{did_you_mean(str(name), shared)}"))
            # A stand-in, so that validation goes on and reports the other errors as well.
            base = {"kind": "text", "label": {"zh": str(name), "en": str(name)}}
        sources[at] = PartSource(written, keys, str(name), taken)
        # The sheet's own keys win over those of the shared field.
        merged = {"name": name, **base, **entry}
        entry.clear()
        entry.update(merged)
    return SheetSources(sources), errors
