"""Kind `computed`: a value that follows from other cells of the row; its cell in a return is ignored."""

from __future__ import annotations

import random
from typing import ClassVar, Literal

from pydantic import field_validator

from xlsflow.fileformat.cells import Scalar
from xlsflow.i18n import Lang, LocalizedText
from xlsflow.template.expressions.expression import Expr, parse_expression
from xlsflow.template.kinds.field import Alignment, FieldBase, Reading, Scope
from xlsflow.template.lists import ChoiceList


class ComputedField(FieldBase):
    """A value computed from other fields of the row.

    Attributes:
        formula: Expression of the value.
        of: Choice list whose codes the formula yields; empty if it yields a number.
        show: Excel number format of a number.
        alarming: Whether a number above 0 is highlighted (days overdue).
    """

    align: ClassVar[Alignment] = "center"
    default_width: ClassVar[float] = 9.5
    computed: ClassVar[bool] = True
    kind_label: ClassVar[LocalizedText] = LocalizedText("自动计算", "calculated")

    kind: Literal["computed"] = "computed"
    formula: str
    of: str = ""
    show: str = '0;-0;"–"'
    alarming: bool = False

    @field_validator("formula")
    @classmethod
    def _is_an_expression(cls, formula: str) -> str:
        parse_expression(formula)  # what it raises is a ValueError, which pydantic reports at this key
        return formula

    @property
    def expression(self) -> Expr:
        """The parsed formula."""
        return parse_expression(self.formula)

    @property
    def alarm(self) -> bool:
        """Whether a number above 0 is highlighted."""
        return self.alarming

    @property
    def numeric(self) -> bool:
        """Whether the formula yields a number rather than a code."""
        return not self.of

    @property
    def display_format(self) -> str:
        """Excel number format of the result."""
        return "General" if self.of else self.show

    def list_name(self) -> str:
        """Return the name of the list."""
        return self.of

    def read(self, raw: Scalar, scope: Scope) -> Reading:  # noqa: ARG002
        """Return a blank: the value is computed again, because the cached result in a return may be stale."""
        return Reading(None)

    def write(self, value: object, lang: Lang, scope: Scope) -> object:
        """Return the label of a code, or the number."""
        choices: ChoiceList | None = scope.lists.get(self.of)
        return value if choices is None or value is None else choices.label_of(str(value), lang)

    def sample(self, rng: random.Random, scope: Scope) -> object:  # noqa: ARG002
        """Return None, since the value is computed."""
        return None
