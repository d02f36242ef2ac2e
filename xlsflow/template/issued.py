"""Definitions as workbooks are issued with them: without retired fields, and with a fingerprint."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from xlsflow.template.expressions.expression import field_refs, parse_expression
from xlsflow.template.model import DataBlock

if TYPE_CHECKING:
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import Template
    from xlsflow.template.rules import RuleBase


def issued_template(template: Template) -> Template:
    """Return a sheet without its retired fields, and without the rules and timing rules that name one of them."""
    if not any(field.retired for block in template.data for field in block.columns):
        return template
    blocks = (_issued(block) if isinstance(block, DataBlock) else block for block in template.blocks)
    return template.model_copy(update={"blocks": tuple(blocks)})


def _issued(block: DataBlock) -> DataBlock:
    retired = {field.name for field in block.columns if field.retired}
    parts = {
        "fields": tuple(field for field in block.fields if field.name not in retired),
        "rules": tuple(rule for rule in block.rules if retired.isdisjoint(_fields_of(rule))),
        "duties": tuple(duty for duty in block.duties if retired.isdisjoint(duty.named_fields().values())),
    }
    copy = block.model_copy(update=parts)
    # model_copy copies cached properties too, which know the retired fields.
    for cached in ("_by_name", "content_fields"):
        copy.__dict__.pop(cached, None)
    return copy


def _fields_of(rule: RuleBase) -> set[str]:
    expressions = map(parse_expression, rule.expressions_by_key().values())
    mentioned = {ref.field for expression in expressions for ref in field_refs(expression)}
    return {*rule.named_fields().values(), *mentioned}


def fingerprint(templates: tuple[Template, ...]) -> str:
    """Return twelve hex digits that change with any sheet, block, field, kind, list or required flag.

    Wording, widths and help texts do not count: a workbook sent out before a text was improved has the same version.
    """
    structure = [
        [
            sheet.name,
            # The version, too: an author raises it where a field changes its meaning but not its structure.
            sheet.version,
            [
                [block.name, block.type, [_structure_of(field) for field in block.columns if not field.retired]]
                for block in sheet.data
            ],
        ]
        for sheet in templates
    ]
    text = json.dumps(structure, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _structure_of(field: FieldBase) -> list[str | bool]:
    return [field.name, field.kind, field.list_name(), field.required]
