"""The constraints of a block: those of single values (bounds, lists, references) and those across fields of a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import inf, nan
from typing import Literal

from xlsflow.checks.context import CheckContext, ReferenceTarget
from xlsflow.fileformat.cells import display_text
from xlsflow.findings import Diagnostic
from xlsflow.i18n import LocalizedText
from xlsflow.messages import CATALOGUE
from xlsflow.template.expressions.expression import AsOf, Calculation, Compare, Const, Ref, field_refs
from xlsflow.template.kinds import FieldBase
from xlsflow.template.lists import ChoiceList
from xlsflow.template.model import DataBlock, MatrixBlock
from xlsflow.template.rules import RowConstraint

# Days from the as-of day. No plan of a project reaches ten years ahead; what happened may be older.
_FAR_AHEAD, _FAR_BACK = 3653, 7305
# Rounds are weekly or monthly at most, so what was reported for one is younger than two months.
_OF_ROUND = 62
LimitType = Literal["number", "day", "length", "code", "reference"]


@dataclass(frozen=True)
class ValueConstraint:
    """Constraint on each value of one field; a blank always satisfies it.

    Attributes:
        at: The field.
        limit_type: What is compared with the bounds or the members.
        least: Inclusive lower bound, None if there is none.
        most: Inclusive upper bound, None if there is none.
        among: The choice list, or the values of another sheet, that it must be one of.
    """

    at: str
    limit_type: LimitType
    least: float | date | None = None
    most: float | date | None = None
    among: ChoiceList | ReferenceTarget | None = None

    @property
    def members(self) -> frozenset[str]:
        """The values that are allowed."""
        if isinstance(self.among, ChoiceList):
            return frozenset(choice.code for choice in self.among.values)
        return self.among.values if self.among else frozenset()

    @property
    def span(self) -> tuple[float, float]:
        """Both bounds as numbers: a number, a length, the ordinal of a date."""
        return _as_number(self.least, -inf), _as_number(self.most, inf)

    def diagnostic(self, value: object) -> Diagnostic | None:
        """Return the diagnostic of a value that violates the constraint, else None."""
        if value is None:
            return None
        if self.among is not None:
            return _not_a_member(str(value), self.among)
        number = len(str(value)) if self.limit_type == "length" else _as_number(value, nan)
        least, most = self.span
        if number < least:
            return Diagnostic("too_small", {"limit": _bound_text(self.least)})
        if number > most:
            if self.limit_type == "length":
                return Diagnostic("too_long", {"length": str(number), "limit": _bound_text(self.most)})
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


def _as_number(value: object, default: float) -> float:
    if isinstance(value, date):
        # Whole days on purpose: a bound is a date, and a time on that date is within it.
        return value.toordinal()
    return value if isinstance(value, float | int) else default


def _bound_text(bound: float | date | None) -> str:
    return bound.isoformat() if isinstance(bound, date) else display_text(None if bound is None else float(bound))


Constraint = ValueConstraint | RowConstraint
"""A constraint of a block; a violation is a finding at its field `at`."""


def constraints_of(block: DataBlock, context: CheckContext) -> list[Constraint]:
    """Return all constraints of a block, in order of precedence for a cell that violates several of them."""
    # Without project columns every count would be 0 and every row a violation.
    lacks_columns = isinstance(block, MatrixBlock) and not block.cell_fields
    of_rows = (constraint for constraint in block.constraints() if not (lacks_columns and _counts_cells(constraint)))
    of_values = (constraint for field in block.columns for constraint in _value_constraints(field, context))
    return [*of_values, *of_rows, *_likely_dates(block)]


def _likely_dates(block: DataBlock) -> Iterator[RowConstraint]:
    """Yield what a date is asked about: a year that was mistyped, a date that was left from an earlier round."""
    for field in block.columns:
        if field.dtype != "datetime" or field.computed or field.fill:
            continue
        day = Ref(field.name)
        yield RowConstraint("date_far", field.name, Compare("<", day, Calculation("+", AsOf(), Const(_FAR_AHEAD))))
        yield RowConstraint("date_far", field.name, Compare(">=", day, Calculation("-", AsOf(), Const(_FAR_BACK))))
        if field.per_round:  # it is filled in anew each round
            after = Compare(">=", day, Calculation("-", AsOf(), Const(_OF_ROUND)))
            yield RowConstraint("date_of_earlier_round", field.name, after)


def _counts_cells(constraint: RowConstraint) -> bool:
    """Return whether a constraint counts cells of a matrix."""
    return constraint.code in ("not_exactly_one", "none_of")


def _value_constraints(field: FieldBase, context: CheckContext) -> Iterator[ValueConstraint]:
    rule = field.entry_rule(context.scope)
    if rule is not None and rule.value_type == "list":
        # An open list accepts any value; reading the cell reports unknown ones as warnings.
        if rule.stop:
            yield ValueConstraint(field.name, "code", among=context.scope.lists[rule.of])
    elif rule is not None:
        limit_type: LimitType = "number"
        if rule.value_type in ("length", "id", "date"):
            limit_type = "day" if rule.value_type == "date" else "length"
        assert isinstance(rule.least, float | int | date | None)
        assert isinstance(rule.most, float | int | date | None)
        yield ValueConstraint(field.name, limit_type, rule.least, rule.most)
    # Unknown in a single return: its targets may be in other files, which `references` looks at later.
    target = context.target(field.to) if field.to else None
    if target is not None:
        yield ValueConstraint(field.name, "reference", among=target)


def fields_involved(constraint: Constraint, block: DataBlock) -> frozenset[str]:
    """Return the typed fields that a constraint depends on, through computed fields too, its own field included."""
    if isinstance(constraint, ValueConstraint):
        return frozenset((constraint.at,))
    names: set[str] = set()
    pending = {
        Ref(constraint.at), *field_refs(constraint.must), *(field_refs(constraint.when) if constraint.when else ())
    }  # fmt: skip
    formulas = {field.name: field.expression for field in block.columns}
    while pending:
        ref = pending.pop()
        columns = block.groups.get(ref.path, (ref.field,))
        for name in set(columns) - names:
            names.add(name)
            formula = formulas.get(name)
            pending |= field_refs(formula) if formula else set()
    return frozenset(name for name in names if name == constraint.at or not formulas.get(name))


def is_error(constraint: Constraint) -> bool:
    """Return whether a violation is an error rather than a warning; of a value constraint it always is."""
    return isinstance(constraint, ValueConstraint) or CATALOGUE[constraint.code].severity == "error"
