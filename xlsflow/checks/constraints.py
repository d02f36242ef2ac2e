"""What a definition asks of the values of a block: limits of single values first, then the checks across fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import inf, nan
from typing import Literal

from xlsflow.catalogue import CATALOGUE
from xlsflow.checks.context import (
    CheckContext,
    ReferenceTarget,
)
from xlsflow.fileformat.cells import display_text
from xlsflow.findings import Diagnostic
from xlsflow.i18n import LocalizedText
from xlsflow.template.expressions.expression import (
    Ref,
    field_refs,
)
from xlsflow.template.kinds import FieldBase
from xlsflow.template.lists import ChoiceList
from xlsflow.template.model import DataBlock, MatrixBlock
from xlsflow.template.rules import RowConstraint

LimitType = Literal["number", "day", "length", "code", "reference"]


@dataclass(frozen=True)
class ValueConstraint:
    """What each value of one field must keep to by itself; a blank keeps to everything.

    Attributes:
        at: The field.
        sort: What is held against the bounds or the members.
        least: Lower bound, included; None where there is none.
        most: Upper bound, included; None where there is none.
        among: The list, or the values of another sheet, that it must be one of.
    """

    at: str
    sort: LimitType
    least: float | date | None = None
    most: float | date | None = None
    among: ChoiceList | ReferenceTarget | None = None

    @property
    def members(self) -> frozenset[str]:
        """What the value must be one of."""
        if isinstance(self.among, ChoiceList):
            return frozenset(choice.code for choice in self.among.values)
        return self.among.values if self.among else frozenset()

    @property
    def span(self) -> tuple[float, float]:
        """Both bounds as figures: a number, a length, the number of a day."""
        return _as_number(self.least, -inf), _as_number(self.most, inf)

    def diagnostic(self, value: object) -> Diagnostic | None:
        """Return what is wrong with a value, or None."""
        if value is None:
            return None
        if self.among is not None:
            return _not_a_member(str(value), self.among)
        figure = len(str(value)) if self.sort == "length" else _as_number(value, nan)
        least, most = self.span
        if figure < least:
            return Diagnostic("too_small", {"limit": _bound_text(self.least)})
        if figure > most:
            if self.sort == "length":
                return Diagnostic("too_long", {"length": str(figure), "limit": _bound_text(self.most)})
            return Diagnostic("too_large", {"limit": _bound_text(self.most)})
        return None


def _not_a_member(value: str, among: ChoiceList | ReferenceTarget) -> Diagnostic | None:
    if isinstance(among, ChoiceList):
        if among.has(value):
            return None
        options = LocalizedText(among.options_text("zh"), among.options_text("en"))
        return Diagnostic("not_in_list", {"options": options, "nearest": among.nearest(value)})
    if value in among.values:
        return None
    return Diagnostic("refers_to_nothing", {"target": among.title, "nearest": among.nearest(value)})


def _as_number(value: object, without: float) -> float:
    if isinstance(value, date):
        return value.toordinal()
    return value if isinstance(value, float | int) else without


def _bound_text(bound: float | date | None) -> str:
    return bound.isoformat() if isinstance(bound, date) else display_text(None if bound is None else float(bound))


Constraint = ValueConstraint | RowConstraint
"""One thing that is asked; a break of it is a fault at its field `at`."""


def constraints_of(block: DataBlock, context: CheckContext) -> list[Constraint]:
    """Return everything that is asked of a block's values, in the order in which a cell's faults take precedence."""
    unknown = isinstance(block, MatrixBlock) and not block.cell_fields  # nobody has said which columns there are
    checks = (check for check in block.constraints() if not (unknown and _counts_cells(check)))
    return [*(limit for field in block.columns for limit in _value_constraints(field, context)), *checks]


def _counts_cells(check: RowConstraint) -> bool:
    """Return whether a check counts cells of a matrix."""
    return check.code in ("not_exactly_one", "none_of")


def _value_constraints(field: FieldBase, context: CheckContext) -> Iterator[ValueConstraint]:
    rule = field.entry_rule(context.scope)
    if rule is not None and rule.value_type == "list":
        if rule.stop:
            yield ValueConstraint(field.name, "code", among=context.scope.lists[rule.of])
    elif rule is not None:
        sort: LimitType = "length" if rule.value_type == "length" else "day" if rule.value_type == "date" else "number"
        assert isinstance(rule.least, float | int | date | None)
        assert isinstance(rule.most, float | int | date | None)
        yield ValueConstraint(field.name, sort, rule.least, rule.most)
    target = context.target(field.to) if field.to else None
    if target is not None:
        yield ValueConstraint(field.name, "reference", among=target)


def fields_involved(demand: Constraint, block: DataBlock) -> frozenset[str]:
    """Return every typed field on which it depends whether a demand is kept, the one that bears its fault included."""
    if isinstance(demand, ValueConstraint):
        return frozenset((demand.at,))
    names: set[str] = set()
    ahead = {Ref(demand.at), *field_refs(demand.must), *(field_refs(demand.when) if demand.when else ())}
    formulas = {field.name: field.expression for field in block.columns}
    while ahead:
        ref = ahead.pop()
        columns = block.groups.get(f"{ref.field}.{ref.part}" if ref.part else ref.field, (ref.field,))
        for name in set(columns) - names:
            names.add(name)
            formula = formulas.get(name)
            ahead |= field_refs(formula) if formula else set()
    return frozenset(name for name in names if name == demand.at or not formulas.get(name))


def is_error(demand: Constraint) -> bool:
    """Return whether a break of it must be mended; limits always must."""
    return isinstance(demand, ValueConstraint) or CATALOGUE[demand.code].severity == "error"
