"""What must agree inside one definition beyond its shape: names that are spoken of must be there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from xlsflow.errors import did_you_mean
from xlsflow.template.expr import Compare, Const, Expr, OneOf, Ref, parse, refs, walk
from xlsflow.template.kinds import FieldBase
from xlsflow.template.lists import ChoiceList
from xlsflow.template.model import DataBlock, MatrixBlock, SignaturesBlock, TableBlock, Template
from xlsflow.words import LANGS, Words

HELP_LIMIT = 255
"""Characters that Excel accepts in the message of a cell."""
Fault = tuple[str, str]
"""Key path, and why."""


def faults(template: Template, lists: Mapping[str, ChoiceList], project_lists: Mapping[str, Words]) -> Iterator[Fault]:
    """Yield everything in a template that does not agree with itself or with the lists."""
    names = [block.name for block in template.blocks]
    known = {**lists, **project_lists}
    for number, block in enumerate(template.blocks):
        at = f"blocks[{number}]"
        if names.index(block.name) != number:
            yield f"{at}.name", f"the block name {block.name!r} stands twice"
        if isinstance(block, DataBlock):
            yield from _block_faults(block, at, lists, known)
        elif isinstance(block, SignaturesBlock) and block.per and block.per not in project_lists:
            yield f"{at}.per", f"there is no project list {block.per!r}{did_you_mean(block.per, project_lists)}"


def _block_faults(
    block: DataBlock, at: str, lists: Mapping[str, ChoiceList], known: Mapping[str, object]
) -> Iterator[Fault]:
    yield from _field_faults(block, at, known)
    names = [field.name for field in block.columns]
    if block.key and block.key not in names:
        yield f"{at}.key", f"there is no field {block.key!r}{did_you_mean(block.key, names)}"
    groups: tuple[str, ...] = ()
    if isinstance(block, MatrixBlock):
        groups = (block.cells,)
        for key, name in (("across", block.across), ("of", block.of)):
            if name not in known:
                yield f"{at}.{key}", f"there is no list {name!r}{did_you_mean(name, known)}"
    if isinstance(block, TableBlock) and block.follow:
        yield from _follow_faults(block, at, lists)
    for number, rule in enumerate(block.rules):
        here = f"{at}.rules[{number}]"
        for name in rule.fields():
            if name not in names:
                yield here, f"there is no field {name!r}{did_you_mean(name, names)}"
        for text in rule.expressions():
            yield from _expression_faults(parse(text), block, groups, here, lists)
    for number, field in enumerate(block.columns):
        formula = getattr(field, "formula", "")
        if formula:
            yield from _expression_faults(parse(formula), block, groups, f"{at}.fields[{number}].formula", lists)


def _field_faults(block: DataBlock, at: str, known: Mapping[str, object]) -> Iterator[Fault]:
    seen: set[str] = set()
    labels: set[str] = set()
    names = [field.name for field in block.columns]
    for number, field in enumerate(block.columns):
        here = f"{at}.fields[{number}]"
        if field.name in seen:
            yield f"{here}.name", f"the field {field.name!r} stands twice"
        seen.add(field.name)
        for label in {label.strip() for label in field.label.both()}:
            if label in labels:
                yield f"{here}.label", f"the label {label!r} stands twice in this block"
            labels.add(label)
        if (name := field.list_name()) and name not in known:
            yield f"{here}.of", f"there is no list {name!r}{did_you_mean(name, known)}"
        by = getattr(field, "by", "")
        if by and by not in names:
            yield f"{here}.by", f"there is no field {by!r}{did_you_mean(by, names)}"
        yield from _help_faults(field, here)


def _help_faults(field: FieldBase, here: str) -> Iterator[Fault]:
    for lang in LANGS:
        text = field.help.say(lang) if field.help else ""
        if len(text) > HELP_LIMIT:
            yield f"{here}.help.{lang}", f"{len(text)} characters; Excel shows at most {HELP_LIMIT}"


def _follow_faults(block: TableBlock, at: str, lists: Mapping[str, ChoiceList]) -> Iterator[Fault]:
    assert block.follow is not None  # noqa: S101 - the caller has looked
    names = [field.name for field in block.columns]
    for part, name in block.follow.named().items():
        if name not in names:
            yield f"{at}.follow.{part}", f"there is no field {name!r}{did_you_mean(name, names)}"
    if block.follow.status not in names:
        return
    choices = lists.get(block.field(block.follow.status).list_name())
    for part in ("done", "dropped", "blocked", "idle"):
        for code in getattr(block.follow, part):
            if choices is not None and not choices.has(code):
                yield f"{at}.follow.{part}", f"there is no code {code!r}{did_you_mean(code, _codes(choices))}"


def _expression_faults(
    expr: Expr, block: DataBlock, groups: Collection[str], at: str, lists: Mapping[str, ChoiceList]
) -> Iterator[Fault]:
    names = [field.name for field in block.columns]
    for ref in sorted(refs(expr), key=lambda r: r.field):
        if ref.field not in names and ref.field not in groups:
            yield at, f"there is no field {ref.field!r}{did_you_mean(ref.field, (*names, *groups))}"
    for part in walk(expr):
        codes: tuple[Expr, ...] = ()
        side: Expr | None = None
        if isinstance(part, OneOf):
            side, codes = part.left, part.options
        elif isinstance(part, Compare):
            side, codes = (part.left, (part.right,)) if isinstance(part.left, Ref) else (part.right, (part.left,))
        if not isinstance(side, Ref) or side.field not in names:
            continue
        choices = lists.get(block.field(side.field).list_name())
        for code in codes:
            if choices and isinstance(code, Const) and not choices.has(str(code.value)):
                text = str(code.value)
                yield at, f"{text!r} is no code of the list {choices.name!r}{did_you_mean(text, _codes(choices))}"


def _codes(choices: ChoiceList) -> list[str]:
    return [choice.code for choice in choices.values]

