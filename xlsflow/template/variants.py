"""A variant of a sheet: one definition serves several handbooks, with fields added, dropped, renamed or in another order."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xlsflow.errors import TemplateError, did_you_mean

_OWN = ("title", "tab", "purpose", "often", "hint", "print")
_CHANGES = ("drop", "drop_blocks", "rename", "first", "change", "add")


def vary(raw: dict[str, Any], variant: str, path: Path) -> dict[str, Any]:
    """Return a sheet's raw definition as a variant has it; without a variant, as it is.

    A variant can hold: title, tab, purpose, often, hint, print of its own; `drop` (["tasks.remark"]), `drop_blocks` (["topics"]),
    `rename` ({"tasks.owner" = {zh, en}}), `change` ({"tasks.owner" = {required = false}}), `add` (fields with `block` and `after`),
    `first` ({tasks = ["task_id", "owner"]}: these first, the others behind).

    Raises:
        TemplateError: The variant, or a block or field that it speaks of, does not exist.
    """
    variants = raw.pop("variants", {})
    if not variant:
        return raw
    if variant not in variants:
        raise TemplateError(path, "variants", f"there is no variant {variant!r}{did_you_mean(variant, variants)}")
    changes = copy.deepcopy(variants[variant])
    at = f"variants.{variant}"
    for key in changes:
        if key not in (*_OWN, *_CHANGES):
            raise TemplateError(path, f"{at}.{key}", f"there is no key {key!r} here{did_you_mean(key, (*_OWN, *_CHANGES))}")
    raw.update({key: changes[key] for key in _OWN if key in changes})
    gone = changes.get("drop_blocks", [])
    for name in gone:
        _block(raw, name, path, f"{at}.drop_blocks")
    raw["blocks"] = [block for block in raw["blocks"] if block.get("name") not in gone]
    _change_fields(raw, changes, path, at)
    for block_name, names in changes.get("first", {}).items():
        fields = _block(raw, block_name, path, f"{at}.first")["fields"]
        order = {name: place for place, name in enumerate(names)}
        for name in names:
            _field(fields, name, path, f"{at}.first.{block_name}")
        fields.sort(key=lambda f, order=order: order.get(_name(f), len(order)))  # type: ignore[misc] - stable sort
    return raw


def _change_fields(raw: dict[str, Any], changes: dict[str, Any], path: Path, at: str) -> None:
    for full in changes.get("drop", []):
        fields, field = _find(raw, full, path, f"{at}.drop")
        fields.remove(field)
        _forget(raw, full)
    for full, label in changes.get("rename", {}).items():
        _, field = _find(raw, full, path, f"{at}.rename")
        field["label"] = label
    for full, change in changes.get("change", {}).items():
        _, field = _find(raw, full, path, f"{at}.change")
        field.update(change)
    for number, added in enumerate(changes.get("add", [])):
        fields = _block(raw, added.pop("block", ""), path, f"{at}.add[{number}].block")["fields"]
        after = added.pop("after", "")
        place = fields.index(_field(fields, after, path, f"{at}.add[{number}].after")) + 1 if after else len(fields)
        fields.insert(place, added)


def _forget(raw: dict[str, Any], full: str) -> None:
    """Take the rules away that speak of a dropped field outright, and its part in what is followed up."""
    block_name, _, name = full.partition(".")
    block = next(b for b in raw["blocks"] if b.get("name") == block_name)
    named = ("field", "other", "at")
    block["rules"] = [rule for rule in block.get("rules", []) if name not in [rule.get(key) for key in named]]
    follow = block.get("follow", {})
    for part in [part for part, field in follow.items() if field == name]:
        del follow[part]


def _name(field: dict[str, Any]) -> str:
    return str(field.get("name") or field.get("use"))


def _block(raw: dict[str, Any], name: str, path: Path, at: str) -> dict[str, Any]:
    names = [block.get("name", "") for block in raw["blocks"]]
    if name not in names:
        raise TemplateError(path, at, f"there is no block {name!r}{did_you_mean(name, names)}")
    found: dict[str, Any] = raw["blocks"][names.index(name)]
    return found


def _field(fields: list[dict[str, Any]], name: str, path: Path, at: str) -> dict[str, Any]:
    for field in fields:
        if _name(field) == name:
            return field
    raise TemplateError(path, at, f"there is no field {name!r}{did_you_mean(name, _names(fields))}")


def _names(fields: list[dict[str, Any]]) -> Iterator[str]:
    return (_name(field) for field in fields)


def _find(raw: dict[str, Any], full: str, path: Path, at: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    block_name, _, name = full.partition(".")
    fields = _block(raw, block_name, path, at)["fields"]
    return fields, _field(fields, name, path, at)
