"""The kinds of field. A kind answers every question about itself; nobody outside `template` asks which one it is."""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator

from xlsflow.template.kinds.choices import ChoiceField, ChoicesField
from xlsflow.template.kinds.computed import ComputedField
from xlsflow.template.kinds.dates import (
    DateField,
    DatetimeField,
)
from xlsflow.template.kinds.field import (
    EntryRule,
    FieldBase,
    Reading,
    Scope,
)
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
"""One thing that is asked, of any kind."""

KIND_TYPES: tuple[type[FieldBase], ...] = (
    TextField, DateField, DatetimeField, IntegerField, NumberField, PercentField,
    ChoiceField, ChoicesField, PersonField, IdField, ComputedField,
)  # fmt: skip
"""Every kind, in the order they are explained."""

__all__ = ["KIND_TYPES", "EntryRule", "Field", "FieldBase", "Reading", "Scope"]
