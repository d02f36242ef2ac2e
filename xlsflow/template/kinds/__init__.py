"""The kinds of fields: how each is shown, validated while typing, read back, and sampled.

Nothing here knows a file format, and no other package asks which kind a field has. Start with `field.FieldBase`, then
any kind; `parsing` understands typed text.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator

from xlsflow.template.kinds.choices import ChoiceField, ChoicesField
from xlsflow.template.kinds.computed import ComputedField
from xlsflow.template.kinds.dates import DateField, DatetimeField
from xlsflow.template.kinds.field import EntryRule, FieldBase, Reading, Scope
from xlsflow.template.kinds.ids import IdField
from xlsflow.template.kinds.numbers import IntegerField, NumberField, PercentField
from xlsflow.template.kinds.people import PersonField
from xlsflow.template.kinds.text import TextField

Field = Annotated[
    TextField
    | DateField
    | DatetimeField
    | IntegerField
    | NumberField
    | PercentField
    | ChoiceField
    | ChoicesField
    | PersonField
    | IdField
    | ComputedField,
    Discriminator("kind"),
]
"""A field of any kind."""

KIND_TYPES: tuple[type[FieldBase], ...] = (
    TextField, DateField, DatetimeField, IntegerField, NumberField, PercentField,
    ChoiceField, ChoicesField, PersonField, IdField, ComputedField,
)  # fmt: skip
"""All kinds, in the order of the documentation."""

__all__ = ["KIND_TYPES", "EntryRule", "Field", "FieldBase", "Reading", "Scope"]
