"""A variant of a sheet: one definition serves several handbooks, fields added, dropped, renamed or in another order."""

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
from xlsflow.template.loading.validation_messages import (
    DefinitionError,
    explain_invalid,
)

_SHEET_KEYS = ("title", "tab", "purpose", "often", "hint", "print")


class Variant(BaseModel):
    """What a variant may say.

    Attributes:
        title: A title of its own; likewise tab, purpose, often, hint and print.
        drop: Fields that it has not (`tasks.remark`).
        drop_blocks: Blocks that it has not.
        rename: Field -> another label.
        change: Field -> keys with another value (`required`).
        add: Further fields, each with its `block` and the field that it stands `after`.
        first: Block -> fields that stand first, the others behind.
        duties: Block -> further timing rules that its fields tell of.
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
    duties: Mapping[str, tuple[dict[str, Any], ...]] = {}


def apply_variant(raw: TomlTable, variant: str) -> tuple[TomlTable, list[DefinitionError]]:
    """Return a raw sheet as a variant has it, and every mistake of the variant; without a variant, as it is.

    Every part of the sheet returned is marked with where it was written.
    """
    mark_locations(raw)
    variants = raw.pop("variants", {})
    if not isinstance(variants, dict):
        return raw, [("variants", "each variant is a table of its own: [variants.name]")]
    if not variant:
        return raw, []
    if variant not in variants:
        return raw, [("variants", f"there is no variant {variant!r}{did_you_mean(variant, variants)}")]
    written = copy.deepcopy(variants[variant])
    at = f"variants.{variant}"
    try:
        changes = Variant.model_validate(written)
    except ValidationError as wrong:
        return raw, list(explain_invalid(wrong, Variant, ("variants", variant)))
    raw.update({key: written[key] for key in _SHEET_KEYS if key in written})
    varying = _VariantEditor(raw, at, [])
    varying.make(changes)
    return raw, varying.faults


@dataclass(frozen=True)
class _VariantEditor:
    """Makes the changes of a variant in a raw sheet, and gathers those that cannot be made.

    Attributes:
        raw: The sheet.
        at: Key path of the variant.
        faults: What cannot be done.
    """

    raw: TomlTable
    at: str
    faults: list[DefinitionError]

    def make(self, changes: Variant) -> None:
        """Make all changes, in the order in which their words are explained."""
        self._drop_blocks(changes.drop_blocks)
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
        for name, duties in changes.duties.items():
            self._ask(name, duties, f"duties.{name}")

    def _drop_blocks(self, names: Collection[str]) -> None:
        known = [block.get("name") for block in raw_blocks(self.raw)]
        for number, name in enumerate(names):
            if name not in known:
                self._there_is_no("block", name, known, f"drop_blocks[{number}]")
        if isinstance(self.raw.get("blocks"), list):
            self.raw["blocks"] = [
                block for block in self.raw["blocks"] if not (isinstance(block, dict) and block.get("name") in names)
            ]

    def _drop(self, full: str, key: str) -> None:
        """Take a field away, with the rules and duties that speak of it and its part in what is followed up."""
        found = self._field(full, key)
        if found is None:
            return
        block, part, field = found
        block[part].remove(field)
        name = _name(field)
        if "rules" in block:
            named = ("field", "other", "at")
            block["rules"] = [rule for rule in raw_parts(block, "rules") if name not in [rule.get(k) for k in named]]
        if "duties" in block:
            block["duties"] = [duty for duty in raw_parts(block, "duties") if name not in duty.values()]
        follow = block.get("follow")
        if isinstance(follow, dict):
            block["follow"] = {part: followed for part, followed in follow.items() if followed != name}

    def _change(self, full: str, change: Mapping[str, Any], key: str) -> None:
        found = self._field(full, f"{key}.{full}")
        if found is None:
            return
        _, _, field = found
        field.update(change)
        here = f"{self.at}.{key}.{full}"
        own = {one: here if key == "rename" else f"{here}.{one}" for one in change}
        field[OVERRIDES_MARK] = {**field.get(OVERRIDES_MARK, {}), **own}

    def _add(self, added: TomlTable, key: str) -> None:
        name, after = added.pop("block", None), added.pop("after", None)
        block = self._block(name, f"{key}.block")
        if block is None:
            return
        part, place = "fields", len(raw_parts(block, "fields"))
        if after is not None:
            found = self._field(f"{name}.{after}", f"{key}.after")
            if found is None:
                return
            _, part, field = found
            place = block[part].index(field) + 1
        block.setdefault(part, []).insert(place, {**added, LOCATION_MARK: f"{self.at}.{key}"})

    def _put_first(self, name: str, names: tuple[str, ...], key: str) -> None:
        block = self._block(name, key)
        if block is None:
            return
        known = [_name(field) for field in raw_parts(block, "fields")]
        for number, one in enumerate(names):
            if one not in known:
                self._there_is_no("field", one, known, f"{key}[{number}]")
        order = {one: place for place, one in enumerate(names)}
        block["fields"] = sorted(raw_parts(block, "fields"), key=lambda field: order.get(_name(field), len(order)))

    def _ask(self, name: str, duties: tuple[TomlTable, ...], key: str) -> None:
        block = self._block(name, key)
        if block is not None:
            more = [{**duty, LOCATION_MARK: f"{self.at}.{key}[{number}]"} for number, duty in enumerate(duties)]
            block["duties"] = [*raw_parts(block, "duties"), *more]

    def _block(self, name: object, key: str) -> TomlTable | None:
        known = raw_blocks(self.raw)
        for block in known:
            if name is not None and block.get("name") == name:
                return block
        self._there_is_no("block", name, [block.get("name") for block in known], key)
        return None

    def _field(self, full: str, key: str) -> tuple[TomlTable, str, TomlTable] | None:
        """Return block, part and field of `tasks.owner`; None where there is no such field."""
        block_name, _, name = full.partition(".")
        block = self._block(block_name, key)
        if block is None:
            return None
        for part in ("fields", "after"):
            for field in raw_parts(block, part):
                if _name(field) == name:
                    return block, part, field
        self._there_is_no("field", name, [_name(field) for field in raw_parts(block, "fields")], key)
        return None

    def _there_is_no(self, what: str, name: object, known: Iterable[object], key: str) -> None:
        near = did_you_mean(str(name), [str(one) for one in known])
        why = "this is missing" if name is None else f"there is no {what} {name!r}{near}"
        self.faults.append((f"{self.at}.{key}", why))


def _name(field: TomlTable) -> str:
    return str(field.get("name") or field.get("use"))
