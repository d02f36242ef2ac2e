"""Rules across fields of a row, and the constraints that they produce.

A rule yields `RowConstraint` values: an expression, the cell that shows a violation, and the sentence for it. The
expressions have three back ends that must agree: `checks.evaluate_frame` for a frame, `workbook.self_check.formula` for
Excel, and `template.expressions.evaluate_row` for one row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Discriminator, field_validator
from pydantic import Field as PydanticField

from xlsflow.i18n import LANGS, LocalizedText, untranslated
from xlsflow.template.expressions.expression import (
    AsOf,
    Blank,
    Calculation,
    Compare,
    Const,
    Count,
    Expr,
    HasFigure,
    Not,
    Ref,
    Unique,
    parse_expression,
)
from xlsflow.template.figures import sentence_with_values, values_named
from xlsflow.template.kinds import FieldBase


@dataclass(frozen=True, slots=True)
class RowConstraint:
    """A condition that every non-empty row of a block must meet.

    Attributes:
        code: Finding code of a violation.
        at: Field whose cell gets the finding.
        must: The condition; only a row for which it is definitely false violates it.
        when: Precondition: the constraint applies only to rows for which this is definitely true.
        sentence: The rule as a sentence of its author.
        other: Label of the second field in the message.
    """

    code: str
    at: str
    must: Expr
    when: Expr | None = None
    sentence: LocalizedText | None = None
    other: LocalizedText | None = None


class FieldLabels(Protocol):
    """The part of a block that a rule needs: the labels of the fields."""

    def label_of(self, name: str) -> LocalizedText:
        """Return a field's label."""


def _checked_expression(text: str) -> str:
    parse_expression(text)  # what it raises is a ValueError, which pydantic reports at the key of the rule
    return text


def checked_optional_expression(text: str) -> str:
    """Return the text of an expression unchanged; it may be empty.

    Raises:
        ValueError: It is not an expression of this language.
    """
    return _checked_expression(text) if text else text


class RuleBase(BaseModel):
    """Base of all rules.

    Attributes:
        rule: Type of the rule.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: str

    def constraints(self, block: FieldLabels) -> Iterator[RowConstraint]:
        """Yield the constraints of the rule in a block."""
        raise NotImplementedError

    def sentence_for(self, block: FieldLabels) -> LocalizedText:
        """Return the rule as one sentence, for the data dictionary: the author's own, or that of its type."""
        own: LocalizedText | None = getattr(self, "say", None)
        if own:
            return sentence_with_values(own, {name: block.label_of(name) for name in values_named(own)})
        return _default_sentence(self, block)

    def named_fields(self) -> Mapping[str, str]:
        """Return key -> field, for fields that are named directly rather than in an expression."""
        return {key: getattr(self, key) for key in ("field", "other", "at") if key in type(self).model_fields}

    def expressions_by_key(self) -> Mapping[str, str]:
        """Return key -> expression as its author wrote it."""
        return {key: text for key in ("that", "when") if (text := getattr(self, key, ""))}


class RequiredIf(RuleBase):
    """Field that must be filled where a condition holds."""

    rule: Literal["required_if"]
    field: str
    when: str
    say: LocalizedText

    _parsed = field_validator("when")(_checked_expression)

    def constraints(self, block: FieldLabels) -> Iterator[RowConstraint]:  # noqa: ARG002
        """Yield `filled(field)`, where the condition holds."""
        yield RowConstraint(
            "required_if", self.field, Not(Blank(Ref(self.field))), parse_expression(self.when), self.say
        )


class NotBefore(RuleBase):
    """Date or number that must not be less than another."""

    rule: Literal["not_before"]
    field: str
    other: str

    def constraints(self, block: FieldLabels) -> Iterator[RowConstraint]:
        """Yield `field >= other`."""
        must = Compare(">=", Ref(self.field), Ref(self.other))
        yield RowConstraint("before", self.field, must, other=block.label_of(self.other))


class NotInFuture(RuleBase):
    """Date that must not be after the as-of date."""

    rule: Literal["not_in_future"]
    field: str

    def constraints(self, block: FieldLabels) -> Iterator[RowConstraint]:  # noqa: ARG002
        """Yield `field < as_of + 1`, so that a time on the as-of date is accepted."""
        # Not `<= as_of`: a time of the as-of date itself is after its midnight, but not in the future.
        yield RowConstraint("in_future", self.field, Compare("<", Ref(self.field), Calculation("+", AsOf(), Const(1))))


class UniqueRule(RuleBase):
    """Field whose values must not repeat."""

    rule: Literal["unique"]
    field: str

    def constraints(self, block: FieldLabels) -> Iterator[RowConstraint]:  # noqa: ARG002
        """Yield `unique(field)`."""
        yield RowConstraint("not_unique", self.field, Unique(Ref(self.field)))


class CountRule(RuleBase):
    """Base of the rules that count codes in the project columns of a matrix.

    Attributes:
        cells: Group of columns, or a part of it (`roles.region`).
        codes: Codes to count.
        at: Field that gets the finding where no cell of the group can.
        when: Condition under which the rule applies.
    """

    cells: str = PydanticField(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")
    codes: tuple[str, ...] = PydanticField(min_length=1)
    at: str
    when: str = ""

    _parsed = field_validator("when")(checked_optional_expression)

    def count(self) -> Count:
        """Return the number of cells with one of the codes, as an expression."""
        group, _, part = self.cells.partition(".")
        return Count(Ref(group, part), self.codes)

    def condition(self) -> Expr | None:
        """Return the parsed condition under which the rule applies, None if it always does."""
        return parse_expression(self.when) if self.when else None

    def expressions_by_key(self) -> Mapping[str, str]:
        """Return the condition and a count, so that the names of the group and the codes are validated too."""
        codes = ", ".join(repr(code) for code in self.codes)
        # A comparison that always holds: so the type checker, which looks at expressions, sees the group and the codes
        # too.
        return {"cells": f"count({self.cells}, {codes}) >= 0", **super().expressions_by_key()}

    @property
    def code_text(self) -> LocalizedText:
        """The first code, for the message."""
        return untranslated(self.codes[0])


class ExactlyOne(CountRule):
    """Exactly one cell of a row has one of the codes (one A in a RACI row)."""

    rule: Literal["exactly_one"]

    def constraints(self, block: FieldLabels) -> Iterator[RowConstraint]:  # noqa: ARG002
        """Yield `count(cells, codes) == 1`."""
        yield RowConstraint(
            "not_exactly_one", self.at, Compare("==", self.count(), Const(1)), self.condition(), self.code_text
        )


class AtLeastOne(CountRule):
    """At least one cell of a row has one of the codes (one R in a RACI row)."""

    rule: Literal["at_least_one"]
    say: LocalizedText | None = None

    def constraints(self, block: FieldLabels) -> Iterator[RowConstraint]:  # noqa: ARG002
        """Yield `count(cells, codes) >= 1`."""
        must = Compare(">=", self.count(), Const(1))
        if self.say:
            yield RowConstraint("rule_broken", self.at, must, self.condition(), self.say)
        else:
            yield RowConstraint("none_of", self.at, must, self.condition(), self.code_text)


class Quantified(RuleBase):
    """Text that must contain a number, such as a goal."""

    rule: Literal["quantified"]
    field: str

    def constraints(self, block: FieldLabels) -> Iterator[RowConstraint]:  # noqa: ARG002
        """Yield `has_figure(field)`."""
        yield RowConstraint("no_figure", self.field, HasFigure(Ref(self.field)))


class Must(RuleBase):
    """Any condition of the expression language.

    Attributes:
        that: Condition that must hold.
        at: Field that gets the finding.
        when: Condition under which the rule applies.
        warn: Whether a violation is a warning rather than an error.
    """

    rule: Literal["must"]
    that: str
    at: str
    say: LocalizedText
    when: str = ""
    warn: bool = False

    _parsed = field_validator("that")(_checked_expression)
    _parsed_if_any = field_validator("when")(checked_optional_expression)

    def constraints(self, block: FieldLabels) -> Iterator[RowConstraint]:  # noqa: ARG002
        """Yield the author's own condition."""
        when = parse_expression(self.when) if self.when else None
        yield RowConstraint(
            "rule_warned" if self.warn else "rule_broken", self.at, parse_expression(self.that), when, self.say
        )


Rule = Annotated[
    RequiredIf | NotBefore | NotInFuture | UniqueRule | ExactlyOne | AtLeastOne | Quantified | Must,
    Discriminator("rule"),
]
"""A rule of a block, of any type."""

RULE_TYPES: tuple[type[RuleBase], ...] = (
    RequiredIf, NotBefore, NotInFuture, UniqueRule, ExactlyOne, AtLeastOne, Quantified, Must,
)  # fmt: skip
"""All types of rules, in the order of the documentation."""

# Type of a rule -> its sentence where the author gave none.
_DEFAULT_SENTENCES: Mapping[str, LocalizedText] = {
    "not_before": LocalizedText("“{field}”不能早于“{other}”。", "“{field}” must not be before “{other}”."),
    "not_in_future": LocalizedText("“{field}”不能晚于基准日。", "“{field}” must not be after the as-of day."),
    "unique": LocalizedText("“{field}”的值不能重复。", "“{field}” must be unique."),
    "exactly_one": LocalizedText("每一行恰好有一个 {code}。", "Every row must have exactly one {code}."),
    "at_least_one": LocalizedText("每一行至少有一个 {code}。", "Every row must have at least one {code}."),
    "quantified": LocalizedText("“{field}”要有数字。", "“{field}” must contain a figure."),
}


def _default_sentence(rule: RuleBase, block: FieldLabels) -> LocalizedText:
    labels = {key: block.label_of(name) for key, name in rule.named_fields().items()}
    code = rule.code_text if isinstance(rule, CountRule) else untranslated("")
    zh, en = ({**{key: label.say(lang) for key, label in labels.items()}, "code": code.say(lang)} for lang in LANGS)
    sentence = _DEFAULT_SENTENCES[rule.rule]
    return LocalizedText(sentence.zh.format(**zh), sentence.en.format(**en))


def implied_constraints(fields: tuple[FieldBase, ...], key: str) -> Iterator[RowConstraint]:
    """Yield the constraints that follow from fields alone: required fields are filled, keys are unique."""
    for field in fields:
        # Nobody can fill in a computed cell; if it is blank, one of the fields that it depends on is.
        if field.required and not field.computed:
            yield RowConstraint("required_blank", field.name, Not(Blank(Ref(field.name))))
    if key:
        yield RowConstraint("not_unique", key, Unique(Ref(key)))
