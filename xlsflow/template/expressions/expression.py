"""The small language in which rules and computed fields are written.

An expression is parsed once and then said in three ways: for one row (`evaluate`), for a whole frame (`checks`), and as
an Excel formula (`workbook`). Its meaning is the same in all three, with one idea behind it: **a blank is unknown**.

- A comparison, `in`, `unique` and `has_figure` are unknown where what they look at is blank. `and`, `or` and `not`
  treat an unknown as Kleene does: `false and unknown` is false, `true or unknown` true, `not unknown` unknown.
- A sum, difference, product or quotient is blank where a side is blank, a divisor 0, or a day falls off the calendar.
- `blank`, `filled` and `count` are never unknown; a count looks at what stands there.
- `a if c else b` is `a` only where `c` is definitely true, else `b`: a blank in the condition leads to `b`.
- A truth value in the place of a value (a branch of `if`, a side of a comparison) is settled: unknown counts as false
  there. Definitions do not get that far: `sorts` refuses them.

A rule is broken only where it is definitely false, a condition holds only where it is definitely true. Each back end
gets there by asking for a truth value *under a presumption*: what an unknown counts as. `not` swaps the presumption.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from xlsflow.errors import did_you_mean

CompareOp = Literal["==", "!=", "<", "<=", ">", ">="]
ArithmeticOp = Literal["+", "-", "*", "/"]
PARSE_ATTEMPTS = 20
"""So often a text is asked again where another thread was in the way."""


@dataclass(frozen=True, slots=True)
class Const:
    """A number, a code or a truth value as written."""

    value: str | float | int | bool


@dataclass(frozen=True, slots=True)
class Ref:
    """A field of the same row, or a group of matrix columns (`roles`, or `roles.region` for a part of them)."""

    field: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class SettingRef:
    """A figure of the pack that a project may change (`setting.risk_high`)."""

    name: str


@dataclass(frozen=True, slots=True)
class AsOf:
    """The day that the sheet is looked at: never a clock, always the one as-of date."""


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values compared; unknown where either is blank."""

    op: CompareOp
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class OneOf:
    """A value that is one of several codes; unknown where it is blank."""

    left: Expr
    options: tuple[Const, ...]


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts hold (`and`)."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the parts holds (`or`)."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Expr


@dataclass(frozen=True, slots=True)
class Calculation:
    """A sum, difference, product or quotient; blank where a side is blank or the divisor 0. Dates subtract to days."""

    op: ArithmeticOp
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class If:
    """One of two values: the first where the condition is definitely true (`a if condition else b`)."""

    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True)
class Blank:
    """Nothing stands in the field: never unknown."""

    field: Ref


@dataclass(frozen=True, slots=True)
class Count:
    """How many cells of a group hold one of the codes; never unknown."""

    group: Ref
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unique:
    """The field's value stands in no other row of the block; unknown where it is blank."""

    field: Ref


@dataclass(frozen=True, slots=True)
class HasFigure:
    """The text holds a digit, so a goal is quantified; unknown where it is blank."""

    field: Ref


Expr = (
    Const
    | Ref
    | SettingRef
    | AsOf
    | Compare
    | OneOf
    | And
    | Or
    | Not
    | Calculation
    | If
    | Blank
    | Count
    | Unique
    | HasFigure
)

_COMPARE: Mapping[type[ast.cmpop], CompareOp] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_ARITH: Mapping[type[ast.operator], ArithmeticOp] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
EXPRESSION_FUNCTIONS = ("blank", "filled", "count", "unique", "has_figure")
"""What can be called in an expression."""


class ExprError(ValueError):
    """An expression that cannot be understood; the message says which part and why."""


@lru_cache(maxsize=2048)
def parse_expression(text: str) -> Expr:
    """Return the expression that a text stands for.

    Raises:
        ExprError: The text is no expression of this language.

    >>> parse("start <= due")
    Compare(op='<=', left=Ref(field='start', part=''), right=Ref(field='due', part=''))
    """
    try:
        tree = _tree(" ".join(text.splitlines()).strip())
    except SyntaxError as wrong:
        raise ExprError(f"{text!r} is not an expression: {wrong.msg}") from wrong
    except (ValueError, RecursionError, MemoryError) as wrong:  # a character that no text holds, brackets without end
        raise ExprError("this is not an expression") from wrong
    return _from_ast(tree.body)


def _tree(text: str) -> ast.Expression:
    """Return the syntax tree of an expression.

    CPython 3.11 counts the depth of trees for all threads at once: where another thread, as that which loads libraries
    ahead, makes one at the same moment, it takes the count for wrong and raises SystemError (cpython#106905). The text
    is not at fault, so it is asked again.
    """
    for _ in range(PARSE_ATTEMPTS):
        with suppress(SystemError):
            return ast.parse(text, mode="eval")
    return ast.parse(text, mode="eval")


def _from_ast(node: ast.expr) -> Expr:  # noqa: C901 - one case a node type reads best as a list
    match node:
        case ast.Constant(value=str() | float() | int() | bool() as value):
            return Const(value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=float() | int() as value)):
            return Const(-value)
        case ast.Name(id="as_of"):
            return AsOf()
        case ast.Name(id=name):
            return Ref(name)
        case ast.Attribute(value=ast.Name(id="setting"), attr=name):
            return SettingRef(name)
        case ast.Attribute(value=ast.Name(id=group), attr=part):
            return Ref(group, part)
        case ast.BoolOp(op=op, values=values):
            parts = tuple(_from_ast(v) for v in values)
            return And(parts) if isinstance(op, ast.And) else Or(parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Not(_from_ast(operand))
        case ast.Compare(left=left, ops=ops, comparators=sides):
            return _comparison(left, ops, sides)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITH:
            return Calculation(_ARITH[type(op)], _from_ast(left), _from_ast(right))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return If(_from_ast(test), _from_ast(body), _from_ast(orelse))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return _call(name, args)
    raise ExprError(f"{ast.unparse(node)!r} is not part of the rule language")


def _comparison(left: ast.expr, ops: list[ast.cmpop], sides: list[ast.expr]) -> Expr:
    """Return a comparison; `a <= b <= c` is both halves of it."""
    parts: list[Expr] = []
    first = _from_ast(left)
    for op, side in zip(ops, sides, strict=True):
        if isinstance(op, ast.In | ast.NotIn):
            if len(ops) > 1:
                raise ExprError("'in' stands alone; join it to other comparisons by and")
            if not isinstance(side, ast.Tuple | ast.List):
                raise ExprError(f"after 'in' a list of codes is wanted, not {ast.unparse(side)!r}")
            options = tuple(_constant(item) for item in side.elts)
            parts.append(OneOf(first, options) if isinstance(op, ast.In) else Not(OneOf(first, options)))
            continue
        if type(op) not in _COMPARE:
            raise ExprError("only == != < <= > >= in, not in compare values")
        second = _from_ast(side)
        parts.append(Compare(_COMPARE[type(op)], first, second))
        first = second
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _constant(node: ast.expr) -> Const:
    match node:
        case ast.Constant(value=str() | float() | int() as value) if not isinstance(value, bool):
            return Const(value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=float() | int() as value)):
            return Const(-value)
    raise ExprError(f"a code or a number is wanted, not {ast.unparse(node)!r}")


def _call(name: str, args: list[ast.expr]) -> Expr:
    if name not in EXPRESSION_FUNCTIONS:
        raise ExprError(f"there is no function {name!r}{did_you_mean(name, EXPRESSION_FUNCTIONS)}")
    if not args:
        raise ExprError(f"{name}() wants a field")
    first = _from_ast(args[0])
    if not isinstance(first, Ref):
        raise ExprError(f"{name}() wants a field first, not {ast.unparse(args[0])!r}")
    if name == "count":
        if len(args) == 1:
            raise ExprError("count() wants the codes to count behind the group")
        return Count(first, tuple(str(_constant(a).value) for a in args[1:]))
    if len(args) != 1:
        raise ExprError(f"{name}() takes one field")
    asked: Mapping[str, Expr] = {
        "blank": Blank(first),
        "filled": Not(Blank(first)),
        "unique": Unique(first),
        "has_figure": HasFigure(first),
    }
    return asked[name]


def walk_expression(expr: Expr) -> Iterator[Expr]:
    """Yield an expression and every part of it, outermost first."""
    yield expr
    match expr:
        case Compare(left=left, right=right) | Calculation(left=left, right=right):
            parts: tuple[Expr, ...] = (left, right)
        case OneOf(left=left):
            parts = (left,)
        case And(parts=several) | Or(parts=several):
            parts = several
        case Not(part=part):
            parts = (part,)
        case If(condition=condition, then=then, otherwise=otherwise):
            parts = (condition, then, otherwise)
        case Blank(field=ref) | Count(group=ref) | Unique(field=ref) | HasFigure(field=ref):
            parts = (ref,)
        case _:
            parts = ()
    for part in parts:
        yield from walk_expression(part)


def field_refs(expr: Expr) -> frozenset[Ref]:
    """Return every field that an expression speaks of."""
    return frozenset(part for part in walk_expression(expr) if isinstance(part, Ref))
