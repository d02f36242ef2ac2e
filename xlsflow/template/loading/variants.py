"""Variants of a sheet: fields added, dropped, renamed or reordered, so that one definition serves several handbooks."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from xlsflow.errors import did_you_mean
from xlsflow.i18n import LocalizedText
from xlsflow.template.loading.source_locations import (
    LOCATION_MARK,
    OVERRIDES_MARK,
    TomlTable,
    mark_locations,
    raw_blocks,
    raw_parts,
)
from xlsflow.template.loading.validation_messages import KEY_MISSING, DefinitionError, explain_invalid

_SHEET_KEYS = ("title", "tab", "purpose", "often", "hint", "print")


class Variant(BaseModel):
    """The changes that a variant can make to a sheet.

    Attributes:
        title: Title of the variant; likewise tab, purpose, often, hint and print.
        drop: Fields to remove (`tasks.remark`).
        drop_blocks: Blocks to remove.
        rename: Field -> new label.
        change: Field -> keys with new values (`required`).
        add: Fields to add, each with its `block` and optionally the field to insert it `after`.
        first: Block -> fields to move to the front, in this order.
        blocks: Block -> keys with new values (`rows`, `title`, `starts_with`).
        rules: Block -> rules to add.
        duties: Block -> timing rules to add.
        drop_duties: Timing rules to remove (`meeting.minutes`), because the handbook gives no time limit.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: LocalizedText | None = None
    tab: LocalizedText | None = None
    purpose: LocalizedText | None = None
    often: LocalizedText | None = None
    hint: LocalizedText | None = None
    print: Mapping[str, Any] | None = None
    drop: tuple[str, ...] = ()
    drop_blocks: tuple[str, ...] = ()
    rename: Mapping[str, LocalizedText] = {}
    change: Mapping[str, Mapping[str, Any]] = {}
    add: tuple[dict[str, Any], ...] = ()
    first: Mapping[str, tuple[str, ...]] = {}
    blocks: Mapping[str, Mapping[str, Any]] = {}
    rules: Mapping[str, tuple[dict[str, Any], ...]] = {}
    duties: Mapping[str, tuple[dict[str, Any], ...]] = {}
    drop_duties: tuple[str, ...] = ()


def apply_variant(raw: TomlTable, variant: str) -> tuple[TomlTable, list[DefinitionError]]:
    """Apply a variant to a raw sheet and return it with the errors of the variant.

    Args:
        raw: The sheet; it is changed, and each part gets a location mark.
        variant: Name of the variant; empty for the sheet without variant.
    """
    mark_locations(raw)
    variants = raw.pop("variants", {})
    if not isinstance(variants, dict):
        return raw, [("variants", "each variant is a table of its own: [variants.name]")]
    if not variant:
        return raw, []
    if variant not in variants:
        return raw, [("variants", f"there is no variant {variant!r}{did_you_mean(variant, variants)}")]
    # The file's content is parsed once and shared, and `_add` takes keys out of the tables that it is given.
    written = copy.deepcopy(variants[variant])
    at = f"variants.{variant}"
    try:
        changes = Variant.model_validate(written)
    except ValidationError as invalid:
        return raw, list(explain_invalid(invalid, Variant, ("variants", variant)))
    # As written, not as validated: the result is validated as a whole, like a sheet without variant.
    raw.update({key: written[key] for key in _SHEET_KEYS if key in written})
    editor = _VariantEditor(raw, at, [])
    editor.apply(changes)
    return raw, editor.errors


@dataclass(frozen=True)
class _VariantEditor:
    """Applies the changes of a variant to a raw sheet and collects the errors.

    Attributes:
        raw: The sheet.
        at: Key path of the variant.
        errors: Errors of changes that cannot be made.
    """

    raw: TomlTable
    at: str
    errors: list[DefinitionError]

    def apply(self, changes: Variant) -> None:
        """Apply all changes in a fixed order, that of the documentation, whatever their order in the file."""
        self._drop_blocks(changes.drop_blocks)
        # Fields are dropped before others are added, so an added field can take the name of a dropped one.
        for number, full in enumerate(changes.drop):
            self._drop(full, f"drop[{number}]")
        for full, label in changes.rename.items():
            self._change(full, {"label": {"zh": label.zh, "en": label.en}}, "rename")
        for full, change in changes.change.items():
            self._change(full, change, "change")
        for number, added in enumerate(changes.add):
            self._add(added, f"add[{number}]")
        for name, names in changes.first.items():
            self._put_first(name, names, f"first.{name}")
        self._change_blocks(changes)

    def _change_blocks(self, changes: Variant) -> None:
        """Apply what concerns whole blocks: timing rules, rules, keys."""
        for number, full in enumerate(changes.drop_duties):
            self._drop_timing(full, f"drop_duties[{number}]")
        for part, added in (("rules", changes.rules), ("duties", changes.duties)):
            for name, more in added.items():
                self._add_parts(name, part, more)
        for name, keys in changes.blocks.items():
            if (block := self._block(name, f"blocks.{name}")) is not None:
                block.update(keys)

    def _drop_blocks(self, names: Collection[str]) -> None:
        known = [block.get("name") for block in raw_blocks(self.raw)]
        for number, name in enumerate(names):
            if name not in known:
                self._missing("block", name, known, f"drop_blocks[{number}]")
        if isinstance(self.raw.get("blocks"), list):
            self.raw["blocks"] = [
                block for block in self.raw["blocks"] if not (isinstance(block, dict) and block.get("name") in names)
            ]

    def _drop(self, full: str, key: str) -> None:
        """Remove a field, with the rules, timing rules and the keys of `follow` and `becomes` that refer to it."""
        location = self._field(full, key)
        if location is None:
            return
        block, part, field = location
        block[part].remove(field)
        name = _name(field)
        if "rules" in block:
            keys = ("field", "other", "at")
            # Only rules that name the field in a key of their own. One that mentions it in an expression becomes an
            # error: its author must decide.
            block["rules"] = [rule for rule in raw_parts(block, "rules") if name not in map(rule.get, keys)]
        if "duties" in block:
            block["duties"] = [duty for duty in raw_parts(block, "duties") if name not in duty.values()]
        follow = block.get("follow")
        if isinstance(follow, dict):
            block["follow"] = {follow_key: value for follow_key, value in follow.items() if value != name}
        becomes = block.get("becomes")
        if isinstance(becomes, dict) and isinstance(becomes.get("fields"), dict):
            fields = {target: value for target, value in becomes["fields"].items() if value != name}
            block["becomes"] = {**becomes, "fields": fields}

    def _change(self, full: str, change: Mapping[str, Any], key: str) -> None:
        location = self._field(full, f"{key}.{full}")
        if location is None:
            return
        _, _, field = location
        field.update(change)
        here = f"{self.at}.{key}.{full}"
        overrides = {name: here if key == "rename" else f"{here}.{name}" for name in change}
        field[OVERRIDES_MARK] = {**field.get(OVERRIDES_MARK, {}), **overrides}

    def _add(self, added: TomlTable, key: str) -> None:
        name, after = added.pop("block", None), added.pop("after", None)
        block = self._block(name, f"{key}.block")
        if block is None:
            return
        part, index = "fields", len(raw_parts(block, "fields"))
        if after is not None:
            location = self._field(f"{name}.{after}", f"{key}.after")
            if location is None:
                return
            _, part, field = location
            index = block[part].index(field) + 1
        block.setdefault(part, []).insert(index, {**added, LOCATION_MARK: f"{self.at}.{key}"})

    def _put_first(self, name: str, names: tuple[str, ...], key: str) -> None:
        block = self._block(name, key)
        if block is None:
            return
        known = [_name(field) for field in raw_parts(block, "fields")]
        for number, field_name in enumerate(names):
            if field_name not in known:
                self._missing("field", field_name, known, f"{key}[{number}]")
        order = {field_name: number for number, field_name in enumerate(names)}
        # sorted() is stable: fields that are not named keep their order behind those that are.
        block["fields"] = sorted(raw_parts(block, "fields"), key=lambda field: order.get(_name(field), len(order)))

    def _drop_timing(self, full: str, key: str) -> None:
        """Remove a timing rule, named `block.rule`, from a block."""
        name, _, rule = full.partition(".")
        block = self._block(name, key)
        if block is None:
            return
        known = [duty.get("rule") for duty in raw_parts(block, "duties")]
        if rule not in known:
            self._missing("timing rule", rule, known, key)
        block["duties"] = [duty for duty in raw_parts(block, "duties") if duty.get("rule") != rule]

    def _add_parts(self, name: str, part: str, parts: tuple[TomlTable, ...]) -> None:
        """Add rules or timing rules to a block."""
        key = f"{part}.{name}"
        block = self._block(name, key)
        if block is not None:
            more = [{**entry, LOCATION_MARK: f"{self.at}.{key}[{number}]"} for number, entry in enumerate(parts)]
            block[part] = [*raw_parts(block, part), *more]

    def _block(self, name: object, key: str) -> TomlTable | None:
        known = raw_blocks(self.raw)
        for block in known:
            if name is not None and block.get("name") == name:
                return block
        self._missing("block", name, [block.get("name") for block in known], key)
        return None

    def _field(self, full: str, key: str) -> tuple[TomlTable, str, TomlTable] | None:
        """Return the block, the name of its list, and the field for a path such as `tasks.owner`; None if missing."""
        block_name, _, name = full.partition(".")
        block = self._block(block_name, key)
        if block is None:
            return None
        for part in ("fields", "after"):
            for field in raw_parts(block, part):
                if _name(field) == name:
                    return block, part, field
        self._missing("field", name, [_name(field) for field in raw_parts(block, "fields")], key)
        return None

    def _missing(self, what: str, name: object, known: Iterable[object], key: str) -> None:
        near = did_you_mean(str(name), [*map(str, known)])
        why = KEY_MISSING if name is None else f"there is no {what} {name!r}{near}"
        self.errors.append((f"{self.at}.{key}", why))


def _name(field: TomlTable) -> str:
    return str(field.get("name") or field.get("use"))
