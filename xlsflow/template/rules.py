"""Rules across fields: each says what must hold, where a break of it is shown, and in which words.

A rule answers with `RowConstraint` values. Their expressions are worked out over a frame (`checks`), in the sheet (`workbook`)
and, for one row, in `template.evaluate`: one source, three sides that agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Discriminator, field_validator
from pydantic import Field as PydanticField

from xlsflow.i18n import (
    LANGS,
    LocalizedText,
    untranslated,
)
from xlsflow.template.expressions.expression import (
    AsOf,
    Blank,
    Calculation,
    Compare,
    Const,
    Count,
    Expr,
    ExprError,
    HasFigure,
    Not,
    Ref,
    Unique,
    parse_expression,
)
from xlsflow.template.kinds import FieldBase


@dataclass(frozen=True, slots=True)
class RowConstraint:
    """One thing that must hold in every used row of a block.

    Attributes:
        code: Code of the catalogue for a row in which it does not hold.
        at: Field whose cell bears the finding.
        must: What must hold; a row breaks it only where it is definitely false.
        when: Where it is asked at all: only rows for which this is definitely true.
        sentence: What the rule wants, in words.
        other: Label of the other field that the sentence speaks of.
    """

    code: str
    at: str
    must: Expr
    when: Expr | None = None
    sentence: LocalizedText | None = None
    other: LocalizedText | None = None


class FieldLabels(Protocol):
    """What a rule needs to know of its block: the labels of the fields."""

    def label_of(self, name: str) -> LocalizedText:
        """Return a field's label."""


def _checked_expression(text: str) -> str:
    try:
        parse_expression(text)
    except ExprError as wrong:
        raise ValueError(str(wrong)) from wrong
    return text


def _checked_optional_expression(text: str) -> str:
    return _checked_expression(text) if text else text


class RuleBase(BaseModel):
    """What every rule has.

    Attributes:
        rule: Which sort of rule it is.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: str

    def constraints(self, block: FieldLabels) -> Iterator[RowConstraint]:
        """Yield what the rule asks of a block."""
        raise NotImplementedError

    def sentence_for(self, block: FieldLabels) -> LocalizedText:
        """Return the rule as one sentence, for the data dictionary: the author's own, or what all of its sort say."""
        said: LocalizedText | None = getattr(self, "say", None)
        return said or _default_sentence(self, block)

    def named_fields(self) -> Mapping[str, str]:
        """Return key -> field, for the fields that the rule names outright, not those inside expressions."""
        return {}

    def expressions_by_key(self) -> Mapping[str, str]:
        """Return key -> expression, for those that the author wrote."""
        return {}

    def expressions(self) -> tuple[str, ...]:
        """Return the expressions that the author wrote."""
        return tuple(self.expressions_by_key().values())


class RequiredIf(RuleBase):
    """A field that must be filled where a condition holds."""

    rule: Literal["required_if"]
    field: str
    when: str
    say: LocalizedText

    _parsed = field_validator("when")(_checked_expression)

    def named_fields(self) -> Mapping[str, str]:
        """Return the field."""
        return {"field": self.field}

    def expressions_by_key(self) -> Mapping[str, str]:
        """Return the condition."""
        return {"when": self.when}

    def constraints(self, block: FieldLabels) -> Iterator[RowConstraint]:  # noqa: ARG002
        """Yield: filled, where the condition holds."""
        yield RowConstraint(
            "required_if", self.field, Not(Blank(Ref(self.field))), parse_expression(self.when), self.say
        )


class NotBefore(RuleBase):
    """A day or number that must not come before another."""

    rule: Literal["not_before"]
    field: str
    other: str

    def named_fields(self) -> Mapping[str, str]:
        """Return both fields."""
        return {"field": self.field, "other": self.other}

    def constraints(self, block: FieldLabels) -> Iterator[RowConstraint]:
        """Yield: field >= other."""
        must = Compare(">=", Ref(self.field), Ref(self.other))
        yield RowConstraint("before", self.field, must, other=block.label_of(self.other))


class NotInFuture(RuleBase):
    """A day that must not lie after the as-of day."""

    rule: Literal["not_in_future"]
    field: str

    def named_fields(self) -> Mapping[str, str]:
        """Return the field."""
        return {"field": self.field}

    def constraints(self, block: FieldLabels) -> Iterator[RowConstraint]:  # noqa: ARG002
        """Yield: before the end of the as-of day."""
        yield RowConstraint("in_future", self.field, Compare("<", Ref(self.field), Calculation("+", AsOf(), Const(1))))


class UniqueRule(RuleBase):
    """A value that may stand in one row only."""

    rule: Literal["unique"]
    field: str

    def named_fields(self) -> Mapping[str, str]:
        """Return the field."""
        return {"field": self.field}

    def constraints(self, block: FieldLabels) -> Iterator[RowConstraint]:  # noqa: ARG002
        """Yield: in no other row."""
        yield RowConstraint("not_unique", self.field, Unique(Ref(self.field)))


class CountRule(RuleBase):
    """Shared by the rules that count codes among matrix columns.

    Attributes:
        cells: The group of columns, or a part of it (`roles.region`).
        codes: Codes that count.
        at: Field that bears the finding where no cell of the group can.
    """

    cells: str = PydanticField(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")
    codes: tuple[str, ...] = PydanticField(min_length=1)
    at: str
    when: str = ""

    _parsed = field_validator("when")(_checked_optional_expression)

    def named_fields(self) -> Mapping[str, str]:
        """Return the field that bears the finding."""
        return {"at": self.at}

    def count(self) -> Count:
        """Return how many cells hold one of the codes."""
        group, _, part = self.cells.partition(".")
        return Count(Ref(group, part), self.codes)

    def condition(self) -> Expr | None:
        """Return where the rule is asked."""
        return parse_expression(self.when) if self.when else None

    def expressions_by_key(self) -> Mapping[str, str]:
        """Return the condition, and the count, so that the names of group and codes are looked at too."""
        codes = ", ".join(repr(code) for code in self.codes)
        count = {"cells": f"count({self.cells}, {codes}) >= 0"}
        return {**count, "when": self.when} if self.when else count

    @property
    def shown(self) -> LocalizedText:
        """The code that the sentence speaks of."""
        return untranslated(self.codes[0])


class ExactlyOne(CountRule):
    """Exactly one cell of a row holds one of the codes (one A in a RACI row)."""

    rule: Literal["exactly_one"]

    def constraints(self, block: FieldLabels) -> Iterator[RowConstraint]:  # noqa: ARG002
        """Yield: a count of one."""
        yield RowConstraint(
            "not_exactly_one", self.at, Compare("==", self.count(), Const(1)), self.condition(), self.shown
        )


class AtLeastOne(CountRule):
    """At least one cell of a row holds one of the codes (one R in a RACI row)."""

    rule: Literal["at_least_one"]
    say: LocalizedText | None = None

    def constraints(self, block: FieldLabels) -> Iterator[RowConstraint]:  # noqa: ARG002
        """Yield: a count of one or more."""
        must = Compare(">=", self.count(), Const(1))
        if self.say:
            yield RowConstraint("rule_broken", self.at, must, self.condition(), self.say)
        else:
            yield RowConstraint("none_of", self.at, must, self.condition(), self.shown)


class Quantified(RuleBase):
    """A text that must hold a figure, such as a goal."""

    rule: Literal["quantified"]
    field: str

    def named_fields(self) -> Mapping[str, str]:
        """Return the field."""
        return {"field": self.field}

    def constraints(self, block: FieldLabels) -> Iterator[RowConstraint]:  # noqa: ARG002
        """Yield: a digit in the text."""
        yield RowConstraint("no_figure", self.field, HasFigure(Ref(self.field)))


class Must(RuleBase):
    """Anything that the rule language can say.

    Attributes:
        that: What must hold.
        at: Field that bears the finding.
        when: Where it is asked.
        warn: Whether a break is a warning rather than an error.
    """

    rule: Literal["must"]
    that: str
    at: str
    say: LocalizedText
    when: str = ""
    warn: bool = False

    _parsed = field_validator("that")(_checked_expression)
    _parsed_if_any = field_validator("when")(_checked_optional_expression)

    def named_fields(self) -> Mapping[str, str]:
        """Return the field that bears the finding."""
        return {"at": self.at}

    def expressions_by_key(self) -> Mapping[str, str]:
        """Return what must hold and where."""
        return {"that": self.that, "when": self.when} if self.when else {"that": self.that}

    def constraints(self, block: FieldLabels) -> Iterator[RowConstraint]:  # noqa: ARG002
        """Yield the author's own check."""
        when = parse_expression(self.when) if self.when else None
        yield RowConstraint(
            "rule_warned" if self.warn else "rule_broken", self.at, parse_expression(self.that), when, self.say
        )


Rule = Annotated[
    RequiredIf | NotBefore | NotInFuture | UniqueRule | ExactlyOne | AtLeastOne | Quantified | Must,
    Discriminator("rule"),
]
"""One rule of a block, of any sort."""

RULE_TYPES: tuple[type[RuleBase], ...] = (
    RequiredIf, NotBefore, NotInFuture, UniqueRule, ExactlyOne, AtLeastOne, Quantified, Must,
)  # fmt: skip
"""Every sort of rule, in the order they are explained."""

_DEFAULT_SENTENCES: Mapping[str, LocalizedText] = {
    "not_before": LocalizedText("“{field}”不能早于“{other}”。", "“{field}” must not come before “{other}”."),
    "not_in_future": LocalizedText("“{field}”不能晚于今天。", "“{field}” must not lie in the future."),
    "unique": LocalizedText("“{field}”的值不能重复。", "A value of “{field}” stands only once."),
    "exactly_one": LocalizedText("每一行恰好有一个 {code}。", "Every row has exactly one {code}."),
    "at_least_one": LocalizedText("每一行至少有一个 {code}。", "Every row has at least one {code}."),
    "quantified": LocalizedText("“{field}”要有数字。", "“{field}” needs a figure."),
}
"""What a rule without a sentence of its author's says."""


def _default_sentence(rule: RuleBase, block: FieldLabels) -> LocalizedText:
    labels = {key: block.label_of(name) for key, name in rule.named_fields().items()}
    code = rule.shown if isinstance(rule, CountRule) else untranslated("")
    zh, en = ({**{key: label.say(lang) for key, label in labels.items()}, "code": code.say(lang)} for lang in LANGS)
    words = _DEFAULT_SENTENCES[rule.rule]
    return LocalizedText(words.zh.format(**zh), words.en.format(**en))


def implied_constraints(fields: tuple[FieldBase, ...], key: str) -> Iterator[RowConstraint]:
    """Yield what the fields themselves ask: required ones are filled, the key stands once."""
    for field in fields:
        if field.required and not field.computed:
            yield RowConstraint("required_blank", field.name, Not(Blank(Ref(field.name))))
    if key:
        yield RowConstraint("not_unique", key, Unique(Ref(key)))
