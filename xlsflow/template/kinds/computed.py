"""Kind `computed`: a value that follows from other cells; nobody types it, and nobody trusts what comes back of it."""

from __future__ import annotations

import random
from typing import ClassVar, Literal

from pydantic import field_validator

from xlsflow.fileformat.cells import Scalar
from xlsflow.i18n import (
    Lang,
    LocalizedText,
)
from xlsflow.template.expressions.expression import (
    Expr,
    ExprError,
    parse_expression,
)
from xlsflow.template.kinds.field import (
    Alignment,
    FieldBase,
    Reading,
    Scope,
)
from xlsflow.template.lists import ChoiceList


class ComputedField(FieldBase):
    """A value worked out from the row.

    Attributes:
        formula: The expression.
        of: The choice list whose code the formula gives; empty for a number.
        show: How a number is shown.
        alarming: Whether a number above 0 stands out (days overdue).
    """

    align: ClassVar[Alignment] = "center"
    default_width: ClassVar[float] = 9.5
    computed: ClassVar[bool] = True
    kind_label: ClassVar[LocalizedText] = LocalizedText("自动计算", "worked out")

    kind: Literal["computed"] = "computed"
    formula: str
    of: str = ""
    show: str = '0;-0;"–"'
    alarming: bool = False

    @field_validator("formula")
    @classmethod
    def _is_an_expression(cls, formula: str) -> str:
        try:
            parse_expression(formula)
        except ExprError as wrong:
            raise ValueError(str(wrong)) from wrong
        return formula

    @property
    def expression(self) -> Expr:
        """The formula, parsed."""
        return parse_expression(self.formula)

    @property
    def alarm(self) -> bool:
        """Whether a figure above 0 stands out."""
        return self.alarming

    @property
    def numeric(self) -> bool:
        """Whether the formula gives a number rather than a code."""
        return not self.of

    @property
    def display_format(self) -> str:
        """How the result is shown."""
        return "General" if self.of else self.show

    def list_name(self) -> str:
        """Return the list."""
        return self.of

    def read(self, raw: Scalar, scope: Scope) -> Reading:  # noqa: ARG002
        """Return a blank: what stands in a returned formula is worked out again, never believed."""
        return Reading(None)

    def write(self, value: object, lang: Lang, scope: Scope) -> object:
        """Return the label where the value is a code."""
        choices: ChoiceList | None = scope.lists.get(self.of)
        return value if choices is None or value is None else choices.label_of(str(value), lang)

    def sample(self, rng: random.Random, scope: Scope) -> object:  # noqa: ARG002
        """Return nothing: it is worked out."""
        return None
