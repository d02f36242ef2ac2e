"""The fingerprint of definitions: it changes where what they ask changes, not where they are reworded."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import Template


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
