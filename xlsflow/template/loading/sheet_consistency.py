"""Consistency of one sheet's definition beyond its schema: names of fields, lists and codes resolve, types fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from xlsflow.errors import did_you_mean
from xlsflow.i18n import LANGS, LocalizedText
from xlsflow.template.expressions.expression import (
    Compare,
    Const,
    Count,
    Expr,
    If,
    OneOf,
    Ref,
    parse_expression,
    walk_expression,
)
from xlsflow.template.expressions.type_check import ExpressionType, field_type, type_errors
from xlsflow.template.figures import FigureSource, figures_named, values_named
from xlsflow.template.kinds import FieldBase
from xlsflow.template.lists import ChoiceList
from xlsflow.template.loading.validation_messages import DefinitionError
from xlsflow.template.model import (
    DataBlock,
    Follow,
    LifeStep,
    MatrixBlock,
    SignaturesBlock,
    TableBlock,
    Template,
    TimingFields,
)
from xlsflow.template.rules import NotBefore, NotInFuture, Quantified, RuleBase

# Longest input message of an Excel data validation, in characters.
_HELP_LIMIT = 255

# What a text can name a figure of -> what it is called.
_FIGURES: Mapping[FigureSource, str] = {"setting": "setting", "timing": "timing rule"}


@dataclass(frozen=True)
class KnownLists:
    """The choice lists that a definition can refer to.

    Attributes:
        lists: Lists whose values are part of the definitions.
        project_lists: Name -> title of the lists whose values a project supplies.
    """

    lists: Mapping[str, ChoiceList]
    project_lists: Mapping[str, LocalizedText]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """All codes of all lists of the definitions."""
        return tuple(code for choices in self.lists.values() for code in _codes(choices))

    def missing(self, at: str, name: str) -> Iterator[DefinitionError]:
        """Yield an error if there is no list of that name."""
        names = (*self.lists, *self.project_lists)
        if name not in names:
            yield at, f"there is no list {name!r}{did_you_mean(name, names)}"


def sheet_errors(
    template: Template, lists: Mapping[str, ChoiceList], project_lists: Mapping[str, LocalizedText]
) -> Iterator[DefinitionError]:
    """Yield the inconsistencies within a template, and between it and the lists."""
    known = KnownLists(lists, project_lists)
    names = [block.name for block in template.blocks]
    yield from _figure_errors(template, known)
    for number, block in enumerate(template.blocks):
        at = f"blocks[{number}]"
        if names.index(block.name) != number:
            yield f"{at}.name", f"the block name {block.name!r} occurs twice"
        if isinstance(block, DataBlock):
            yield from _block_errors(block, at, known)
        elif isinstance(block, SignaturesBlock):
            if not block.parties and not block.per:
                yield at, "nobody signs here; give parties, or per"
            if block.per and block.per not in project_lists:
                yield f"{at}.per", f"there is no project list {block.per!r}{did_you_mean(block.per, project_lists)}"


def _figure_errors(template: Template, known: KnownLists) -> Iterator[DefinitionError]:
    """Yield the figures that texts name and that no project can set."""
    for source, what in _FIGURES.items():
        for name in sorted(figures_named(template, source) - {*known.codes}):
            yield "", f"no list offers a {what} {name!r}, which a text names{did_you_mean(name, known.codes)}"


def fields_with_keys(block: DataBlock) -> Iterator[tuple[str, FieldBase]]:
    """Yield the fields of a block with their key paths inside the block, without project columns."""
    after = block.after if isinstance(block, MatrixBlock) else ()
    yield from ((f"fields[{number}]", field) for number, field in enumerate(block.fields))
    yield from ((f"after[{number}]", field) for number, field in enumerate(after))


def _block_errors(block: DataBlock, at: str, known: KnownLists) -> Iterator[DefinitionError]:
    yield from _field_errors(block, at, known)
    names = [field.name for field in block.columns]
    if block.key:
        yield from _missing_field(f"{at}.key", block.key, names)
    for number, duty in enumerate(block.duties):
        yield from ((f"{at}.duties[{number}].{key}", why) for key, why in _timing_errors(duty, block, known))
    if isinstance(block, MatrixBlock):
        yield from known.missing(f"{at}.across", block.across)
        yield from known.missing(f"{at}.of", block.of)
    if isinstance(block, TableBlock):
        yield from _table_errors(block, at, known)
    yield from _step_errors(block, at, known)
    yield from _watch_errors(block, at, known)
    yield from ((f"{at}.{key}", why) for key, why in _next_round_errors(block, known))
    for number, rule in enumerate(block.rules):
        yield from _rule_errors(rule, block, f"{at}.rules[{number}]", known)
    for key, field in fields_with_keys(block):
        if formula := vars(field).get("formula"):
            # A computed field with a list yields one of its codes, any other a figure.
            expected: tuple[ExpressionType, ...] = ("text",) if field.list_name() else ("number",)
            here = f"{at}.{key}.formula"
            expr = parse_expression(formula)
            yield from ((here, why) for why in type_errors(expr, block, expected=expected))
            yield from ((here, why) for why in _code_errors(expr, block, known))
            yield from ((here, why) for why in _unknown_codes(_results(expr), known.lists.get(field.list_name())))


def _next_round_errors(block: DataBlock, known: KnownLists) -> Iterator[DefinitionError]:
    """Yield the errors in what becomes of the rows of a block after their round."""
    if block.open_until:
        if getattr(block, "follow", None):
            yield "open_until", "the status of `follow` says when a row is closed; leave open_until out"
        yield from _condition_errors("open_until", block.open_until, block, known)
    if block.becomes is None:
        return
    if not block.key:
        yield "becomes", "the rows have no key that the new row could name as its source"
    names = [field.name for field in block.columns]
    yield from _missing_field("becomes.region", block.becomes.region, names)
    for name, source in block.becomes.fields.items():
        yield from _missing_field(f"becomes.fields.{name}", source, names)


def _timing_errors(duty: TimingFields, block: DataBlock, known: KnownLists) -> Iterator[DefinitionError]:
    """Yield the errors in a timing rule of a block."""
    names = [field.name for field in block.columns]
    for key, name in duty.named_fields().items():
        if name not in names:
            yield key, f"there is no field {name!r}{did_you_mean(name, names)}"
        elif key in ("start", "end") and field_type(block.field(name)) != "day":
            yield key, f"{name!r} is not a date"
        elif key == "given" and duty.codes:
            choices = known.lists.get(block.field(name).list_name())
            yield from (("codes", why) for why in _unknown_codes(map(Const, duty.codes), choices))
        elif key == "case" and not block.field(name).list_name():
            yield key, f"{name!r} is not chosen from a list, so it has no code to choose a figure by"
    # The project workbook offers timing rules in a dropdown; without a code there, no project could set the limit.
    if duty.rule not in known.codes:
        yield "rule", f"no list offers a timing rule {duty.rule!r}{did_you_mean(duty.rule, known.codes)}"
    if "." in duty.start and not duty.by:
        yield "by", f"{duty.start!r} is on another sheet; name the field that identifies the row"


def _field_errors(block: DataBlock, at: str, known: KnownLists) -> Iterator[DefinitionError]:
    yield from _duplicate_errors(block, at)
    names = [field.name for field in block.columns]
    for key, field in fields_with_keys(block):
        here, values = f"{at}.{key}", vars(field)
        for list_key in ("of", "never"):
            if name := values.get(list_key):
                yield from known.missing(f"{here}.{list_key}", name)
        if by := values.get("by"):
            yield from _missing_field(f"{here}.by", by, names)
        if field.per_round and (field.name == block.key or field.computed or field.fill or field.defines):
            yield f"{here}.per_round", "the cell is not filled in anew each round: it is the key, computed or prefilled"
        yield from _help_errors(field, here)


def _duplicate_errors(block: DataBlock, at: str) -> Iterator[DefinitionError]:
    """Yield the field names and labels (of either language) that occur twice in a block."""
    names: set[str] = set()
    labels: set[str] = set()
    for key, field in fields_with_keys(block):
        if field.name in names:
            yield f"{at}.{key}.name", f"the field {field.name!r} occurs twice"
        own = {label.strip() for label in field.label.both()}
        if "" in own:
            yield f"{at}.{key}.label", "a label must not be blank"
        # A header is recognised in either language, so one field's Chinese label must not be another's English one.
        for label in sorted(own & labels - {""}):
            yield f"{at}.{key}.label", f"the label {label!r} occurs twice in this block"
        names.add(field.name)
        labels |= own


def _missing_field(at: str, name: str, names: Sequence[str]) -> Iterator[DefinitionError]:
    """Yield an error if there is no field of that name."""
    if name not in names:
        yield at, f"there is no field {name!r}{did_you_mean(name, names)}"


def _help_errors(field: FieldBase, here: str) -> Iterator[DefinitionError]:
    for lang in LANGS:
        text = field.help.say(lang) if field.help else ""
        if len(text) > _HELP_LIMIT:
            yield f"{here}.help.{lang}", f"{len(text)} characters; Excel shows at most {_HELP_LIMIT}"


def _table_errors(block: TableBlock, at: str, known: KnownLists) -> Iterator[DefinitionError]:
    names = [field.name for field in block.columns]
    if block.risk:
        yield from _missing_field(f"{at}.risk", block.risk, names)
    if block.high_risk:
        yield from _condition_errors(f"{at}.high_risk", block.high_risk, block, known)
    for number, proposed in enumerate(block.starts_with):
        for name in proposed.values:
            yield from _missing_field(f"{at}.starts_with[{number}].values", name, names)
    if block.follow is None:
        return
    for part, name in block.follow.named_fields().items():
        yield from _missing_field(f"{at}.follow.{part}", name, names)
    yield from _missing_date(f"{at}.follow.due", block.follow.due, block)
    if block.follow.status in names:
        yield from _status_errors(block.follow, block.field(block.follow.status), f"{at}.follow", known)


def _missing_date(at: str, name: str, block: DataBlock) -> Iterator[DefinitionError]:
    """Yield an error if a field of that name holds no date."""
    if name in [field.name for field in block.columns] and field_type(block.field(name)) != "day":
        yield at, f"{name!r} is not a date"


def _step_errors(block: DataBlock, at: str, known: KnownLists) -> Iterator[DefinitionError]:
    """Yield the errors in what a block says of the life of a requirement."""
    step, names = block.step, [field.name for field in block.columns]
    if block.requirement and not block.key:
        yield f"{at}.key", "this is missing: a requirement is traced by its ID"
    if block.requirement and block.life_step is None:
        yield f"{at}.step", "this is missing: it names the title and the date of a requirement"
    if step is None:
        return
    if block.life_step is not step:
        yield f"{at}.step", "follow says it already; leave one of them out"
    for part, name in step.named_fields().items():
        yield from _missing_field(f"{at}.step.{part}", name, names)
    yield from _missing_date(f"{at}.step.date", step.date, block)
    if step.done and not step.status:
        yield f"{at}.step.done", "name the field with the status too"
    if step.done and step.status in names:
        yield from _status_errors(step, block.field(step.status), f"{at}.step", known)


def _watch_errors(block: DataBlock, at: str, known: KnownLists) -> Iterator[DefinitionError]:
    """Yield the errors in what a block says of its open rows."""
    watch = block.watch
    if watch is None:
        return
    if getattr(block, "follow", None):
        yield f"{at}.watch", "follow says it already; leave one of them out"
    for part, name in watch.named_fields().items():
        yield from _missing_field(f"{at}.watch.{part}", name, [field.name for field in block.columns])
    yield from _missing_date(f"{at}.watch.due", watch.due, block)
    if watch.closed:
        yield from _condition_errors(f"{at}.watch.closed", watch.closed, block, known)


def _condition_errors(at: str, text: str, block: DataBlock, known: KnownLists) -> Iterator[DefinitionError]:
    """Yield the errors in a condition on the rows of a block."""
    expr = parse_expression(text)
    yield from ((at, why) for why in type_errors(expr, block, expected=("truth",)))
    yield from ((at, why) for why in _code_errors(expr, block, known))


def _status_errors(
    section: Follow | LifeStep, status: FieldBase, at: str, known: KnownLists
) -> Iterator[DefinitionError]:
    """Yield the status codes of a section that the status field's list lacks."""
    if not status.list_name():
        yield (
            f"{at}.status",
            f"{status.name!r} is not chosen from a list, so it is unknown which of its values mean done",
        )
    choices = known.lists.get(status.list_name())
    for part in ("done", "dropped", "blocked", "idle", "waiting"):
        for code in getattr(section, part, ()):
            # The values of a project's list are not known here: None.
            if choices is not None and not choices.has(code):
                yield f"{at}.{part}", f"there is no code {code!r}{did_you_mean(code, _codes(choices))}"


def _rule_errors(rule: RuleBase, block: DataBlock, at: str, known: KnownLists) -> Iterator[DefinitionError]:
    names = [field.name for field in block.columns]
    for key, name in rule.named_fields().items():
        yield from _missing_field(f"{at}.{key}", name, names)
    for name in sorted(values_named(say) if (say := getattr(rule, "say", None)) else ()):
        yield from _missing_field(f"{at}.say", name, names)
    for key, text in rule.expressions_by_key().items():
        expr = parse_expression(text)
        yield from ((f"{at}.{key}", why) for why in type_errors(expr, block, expected=("truth",)))
        yield from ((f"{at}.{key}", why) for why in _code_errors(expr, block, known))
    # Types only where every field is there: one mistake, one error.
    if all(name in names for name in rule.named_fields().values()):
        yield from ((at, why) for why in _rule_type_errors(rule, block))


def _rule_type_errors(rule: RuleBase, block: DataBlock) -> Iterator[str]:
    """Yield an error if a rule applies to fields of the wrong type."""
    types = {name: field_type(block.field(name)) for name in rule.named_fields().values()}
    if isinstance(rule, NotBefore):
        if set(types.values()) not in ({"day"}, {"number"}):
            yield f"{rule.field!r} and {rule.other!r} must both be dates or both be numbers"
    elif isinstance(rule, NotInFuture) and types[rule.field] != "day":
        yield f"{rule.field!r} is not a date"
    elif isinstance(rule, Quantified) and types[rule.field] != "text":
        yield f"{rule.field!r} is not a text"


def _code_errors(expr: Expr, block: DataBlock, known: KnownLists) -> Iterator[str]:
    """Yield the codes in an expression that are not in the list of the field that they are compared with."""
    names = [field.name for field in block.columns]
    for part in walk_expression(expr):
        if isinstance(part, Count) and isinstance(block, MatrixBlock):
            yield from _unknown_codes(map(Const, part.codes), known.lists.get(block.of))
        for side, others in _comparisons(part):
            if isinstance(side, Ref) and side.field in names:
                yield from _unknown_codes(others, known.lists.get(block.field(side.field).list_name()))


def _comparisons(expr: Expr) -> Iterator[tuple[Expr, Iterator[Expr]]]:
    """Yield each operand of a comparison with the expressions it is compared with, the branches of an `if` included."""
    match expr:
        case OneOf(left=left, options=options):
            yield left, iter(options)
        case Compare(left=left, right=right):
            yield left, _results(right)
            yield right, _results(left)


def _results(expr: Expr) -> Iterator[Expr]:
    """Return the expressions whose value an expression can have: the branches of an `if`, else the expression."""
    if isinstance(expr, If):
        return chain(_results(expr.then), _results(expr.otherwise))
    return iter((expr,))


def _unknown_codes(exprs: Iterable[Expr], choices: ChoiceList | None) -> Iterator[str]:
    for expr in exprs:
        # An open list may hold any value, so a comparison with one that it does not list is no mistake.
        if choices and not choices.open and isinstance(expr, Const) and not choices.has(str(expr.value)):
            text = str(expr.value)
            yield f"{text!r} is no code of the list {choices.name!r}{did_you_mean(text, _codes(choices))}"


def _codes(choices: ChoiceList) -> list[str]:
    return [choice.code for choice in choices.values]
