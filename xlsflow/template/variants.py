"""A variant of a sheet: one definition serves several handbooks, fields added, dropped, renamed or in another order."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from xlsflow.errors import did_you_mean
from xlsflow.template.origins import AT, KEYS, Raw, blocks_of, mark, parts_of
from xlsflow.template.wording import Fault, explain
from xlsflow.words import Words

_OWN = ("title", "tab", "purpose", "often", "hint", "print")


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
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Words | None = None
    tab: Words | None = None
    purpose: Words | None = None
    often: Words | None = None
    hint: Words | None = None
    print: Mapping[str, Any] | None = None
    drop: tuple[str, ...] = ()
    drop_blocks: tuple[str, ...] = ()
    rename: Mapping[str, Words] = {}
    change: Mapping[str, Mapping[str, Any]] = {}
    add: tuple[dict[str, Any], ...] = ()
    first: Mapping[str, tuple[str, ...]] = {}


def vary(raw: Raw, variant: str) -> tuple[Raw, list[Fault]]:
    """Return a raw sheet as a variant has it, and every mistake of the variant; without a variant, as it is.

    Every part of the sheet returned is marked with where it was written.
    """
    mark(raw)
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
        return raw, list(explain(wrong, Variant, ("variants", variant)))
    raw.update({key: written[key] for key in _OWN if key in written})
    return raw, list(_Varying(raw, at).all(changes))


class _Varying:
    """Makes the changes of a variant in a raw sheet, and tells which of them cannot be made."""

    def __init__(self, raw: Raw, at: str) -> None:
        self.raw = raw
        self.at = at

    def all(self, changes: Variant) -> Iterator[Fault]:
        """Make all changes, in the order in which their words are explained."""
        yield from self._drop_blocks(changes)
        for number, full in enumerate(changes.drop):
            yield from self._drop(full, f"drop[{number}]")
        for full, label in changes.rename.items():
            yield from self._change(full, {"label": {"zh": label.zh, "en": label.en}}, "rename")
        for full, change in changes.change.items():
            yield from self._change(full, change, "change")
        for number, added in enumerate(changes.add):
            yield from self._add(added, f"add[{number}]")
        for name, names in changes.first.items():
            yield from self._first(name, names, f"first.{name}")

    def _drop_blocks(self, changes: Variant) -> Iterator[Fault]:
        known = [block.get("name", "") for block in blocks_of(self.raw)]
        for number, name in enumerate(changes.drop_blocks):
            if name not in known:
                yield f"{self.at}.drop_blocks[{number}]", f"there is no block {name!r}{did_you_mean(name, known)}"
        gone = [block for block in blocks_of(self.raw) if block.get("name") in changes.drop_blocks]
        if gone:
            self.raw["blocks"] = [block for block in self.raw["blocks"] if block not in gone]

    def _drop(self, full: str, key: str) -> Iterator[Fault]:
        found = yield from self._find(full, key)
        if found is None:
            return
        block, part, field = found
        block[part].remove(field)
        name = _name(field)
        if isinstance(block.get("rules"), list):
            block["rules"] = [
                rule
                for rule in block["rules"]
                if not (isinstance(rule, dict) and name in [rule.get(one) for one in ("field", "other", "at")])
            ]
        follow = block.get("follow")
        if isinstance(follow, dict):
            for one in [one for one, field_name in follow.items() if field_name == name]:
                del follow[one]

    def _change(self, full: str, change: Mapping[str, Any], key: str) -> Iterator[Fault]:
        found = yield from self._find(full, f"{key}.{full}")
        if found is not None:
            _, _, field = found
            here = f"{self.at}.{key}.{full}"
            field.update(change)
            own = {one: here if key == "rename" else f"{here}.{one}" for one in change}
            field[KEYS] = {**field.get(KEYS, {}), **own}

    def _add(self, added: Raw, key: str) -> Iterator[Fault]:
        name, after = added.pop("block", None), added.pop("after", None)
        block = yield from self._block(name, f"{key}.block")
        if block is None:
            return
        part = "fields"
        place = len(parts_of(block, part))
        if after is not None:
            found = yield from self._find(f"{block.get('name')}.{after}", f"{key}.after")
            if found is None:
                return
            _, part, field = found
            place = block[part].index(field) + 1
        added[AT] = f"{self.at}.{key}"
        if isinstance(block.setdefault(part, []), list):
            block[part].insert(place, added)

    def _first(self, name: str, names: tuple[str, ...], key: str) -> Iterator[Fault]:
        block = yield from self._block(name, key)
        if block is None:
            return
        known = [_name(field) for field in parts_of(block, "fields")]
        for number, one in enumerate(names):
            if one not in known:
                yield f"{self.at}.{key}[{number}]", f"there is no field {one!r}{did_you_mean(one, known)}"
        order = {one: place for place, one in enumerate(names)}
        if known:
            block["fields"] = sorted(parts_of(block, "fields"), key=lambda field: order.get(_name(field), len(order)))

    def _block(self, name: object, key: str) -> Iterator[Fault]:  # type: ignore[misc]  # see _find
        blocks = {str(block.get("name")): block for block in blocks_of(self.raw)}
        if isinstance(name, str) and name in blocks:
            return blocks[name]
        why = "this is missing" if name is None else f"there is no block {name!r}{did_you_mean(str(name), blocks)}"
        yield f"{self.at}.{key}", why
        return None

    def _find(self, full: str, key: str) -> Iterator[Fault]:
        ...


def _name(field: Raw) -> str:
    return str(field.get("name") or field.get("use"))
