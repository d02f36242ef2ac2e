"""Consistency between definitions: the sheets of a pack fit together, and references to other sheets resolve."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from xlsflow.errors import did_you_mean
from xlsflow.template.expressions.expression import SettingRef, parse_expression, walk_expression
from xlsflow.template.loading.sheet_consistency import fields_with_keys
from xlsflow.template.loading.validation_messages import DefinitionError
from xlsflow.template.model import DataBlock, Pack, Template

FieldsByBlock = Mapping[str, Iterable[str]]
"""Block name -> names of its fields."""


def pack_errors(pack: Pack, templates: Sequence[Template]) -> Iterator[DefinitionError]:
    """Yield the conflicts between the sheets of a pack.

    Args:
        pack: The pack.
        templates: Its sheets, in the pack's order.
    """
    names = [template.name for template in templates]
    tabs: dict[str, str] = {}
    for number, template in enumerate(templates):
        at = f"sheets[{number}]"
        if names.index(template.name) != number:
            yield at, f"the sheet {template.name!r} occurs twice"
            continue
        # Excel compares sheet names without case. Both languages count: a pack goes out in either.
        for tab in {tab.casefold() for tab in template.tab.both()}:
            if tabs.setdefault(tab, template.name) != template.name:
                yield at, f"{template.name!r} and {tabs[tab]!r} both name their sheet {tab!r} in the workbook"
        for setting in sorted(settings_of(template) - set(pack.settings)):
            near = did_you_mean(setting, pack.settings)
            yield "settings", f"{setting} is missing, which the sheet {template.name!r} uses{near}"
        yield from ((at, why) for why in _lost_targets(template, templates))


def _lost_targets(template: Template, templates: Sequence[Template]) -> Iterator[str]:
    """Yield the fields that rows of a sheet are to become in this pack, and that its variant of the table lacks."""
    targets = {other.full_name(block): block for other in templates for block in other.data}
    for block in template.data:
        if block.becomes and block.becomes.target in targets:
            names = [field.name for field in targets[block.becomes.target].columns]
            for name in block.becomes.target_fields.values():
                if name not in names:
                    yield f"{block.becomes.target} has no field {name!r} here, which rows of {block.name!r} become"


def settings_of(template: Template) -> set[str]:
    """Return the names of the pack settings that a sheet's rules and formulas use."""
    texts = [text for block in template.data for text in _expressions(block)]
    return {
        part.name for text in texts for part in walk_expression(parse_expression(text)) if isinstance(part, SettingRef)
    }


def _expressions(block: DataBlock) -> Iterator[str]:
    for rule in block.rules:
        yield from rule.expressions_by_key().values()
    for field in block.columns:
        if formula := vars(field).get("formula"):
            yield formula


def reference_errors(
    template: Template, sheets: Collection[str], field_names: Callable[[str], FieldsByBlock]
) -> Iterator[DefinitionError]:
    """Yield the references of a sheet's fields, and of what its rows become, that do not resolve.

    Args:
        template: The sheet.
        sheets: Names of all sheets.
        field_names: Returns the blocks and fields of a sheet by name.
    """
    for number, block in enumerate(template.blocks):
        if not isinstance(block, DataBlock):
            continue
        for key, to in _references(block):
            if why := _why_unresolved(to, sheets, field_names):
                yield f"blocks[{number}].{key}", why


def _references(block: DataBlock) -> Iterator[tuple[str, str]]:
    """Yield key path and full name of each field of other blocks that a block refers to."""
    yield from ((f"{key}.to", field.to) for key, field in fields_with_keys(block) if field.to)
    yield from ((f"duties[{n}].start", duty.start) for n, duty in enumerate(block.duties) if "." in duty.start)
    if block.watch and block.watch.followed_by:
        yield "watch.followed_by", block.watch.followed_by
    if becomes := block.becomes:
        yield from ((f"becomes.{key}", f"{becomes.target}.{name}") for key, name in becomes.target_fields.items())


def _why_unresolved(to: str, sheets: Collection[str], field_names: Callable[[str], FieldsByBlock]) -> str:
    parts = to.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - sheet, block and field
        return f"{to!r} names no field; write it as sheet.block.field"
    sheet, block, field = parts
    if sheet not in sheets:
        return f"there is no sheet {sheet!r}{did_you_mean(sheet, sheets)}"
    blocks = field_names(sheet)
    if block not in blocks:
        return f"the sheet {sheet!r} has no block {block!r}{did_you_mean(block, blocks)}"
    if field not in blocks[block]:
        return f"the block {sheet}.{block} has no field {field!r}{did_you_mean(field, blocks[block])}"
    return ""
