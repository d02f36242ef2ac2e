"""Syntax of the expression language of rules and computed fields: node types and the parser.

An expression is parsed once and has three back ends: one row (`evaluate_row`), a frame (`checks.evaluate_frame`) and an
Excel formula (`workbook.self_check.formula`). All three follow the same three-valued logic, in which **a blank is
unknown**:

- A comparison, `in`, `unique` and `has_figure` are unknown if an operand is blank. `and`, `or` and `not` follow
  Kleene's strong logic: `false and unknown` is false, `true or unknown` is true, `not unknown` is unknown.
- Arithmetic gives a blank if an operand is blank, a divisor is 0, or a date leaves the calendar.
- `blank`, `filled` and `count` are never unknown.
- `a if c else b` is `a` only if `c` is definitely true, otherwise `b`: an unknown condition selects `b`.
- A condition in the place of a value (a branch of `if`, an operand of a comparison) counts unknown as false. The type
  checker (`type_check`) rejects definitions that contain one.

A rule is violated only if it is definitely false; a precondition holds only if it is definitely true. So each back end
evaluates a condition with a parameter `presume`, the truth value that an unknown counts as; `not` inverts it.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from xlsflow.errors import did_you_mean

CompareOp = Literal["==", "!=", "<", "<=", ">", ">="]
ArithmeticOp = Literal["+", "-", "*", "/"]
COMPARE_FUNCTIONS: Mapping[CompareOp, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
"""What a comparison does; the functions take scalars and arrays alike, which keeps rows and frames in step."""

PARSE_ATTEMPTS = 20
"""Maximum number of attempts when `ast.parse` fails because of CPython issue 106905."""


@dataclass(frozen=True, slots=True)
class Const:
    """A literal: number, text (such as a code) or truth value."""

    value: str | float | int | bool


@dataclass(frozen=True, slots=True)
class Ref:
    """A field of the same row, or a group of matrix columns (`roles`, or `roles.region` for a part of it)."""

    field: str
    part: str = ""

    @property
    def path(self) -> str:
        """The name as a definition writes it."""
        return f"{self.field}.{self.part}" if self.part else self.field


@dataclass(frozen=True, slots=True)
class SettingRef:
    """A number from the pack's settings (`setting.risk_high`), which a project may change."""

    name: str


@dataclass(frozen=True, slots=True)
class AsOf:
    """The as-of date (`as_of`), which is given for the whole run and never read from a clock."""


@dataclass(frozen=True, slots=True)
class Compare:
    """Comparison of two values; unknown if either is blank."""

    op: CompareOp
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class OneOf:
    """Membership in a list of codes (`in`); unknown if the value is blank."""

    left: Expr
    options: tuple[Const, ...]


@dataclass(frozen=True, slots=True)
class And:
    """Conjunction (`and`)."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Disjunction (`or`)."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Negation (`not`)."""

    part: Expr


@dataclass(frozen=True, slots=True)
class Calculation:
    """Arithmetic; blank if an operand is blank or the divisor is 0. The difference of two dates is a number of days."""

    op: ArithmeticOp
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class If:
    """Choice between two values (`a if condition else b`): the first if the condition is definitely true."""

    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True)
class Blank:
    """Whether a field is blank (`blank(field)`); never unknown."""

    field: Ref


@dataclass(frozen=True, slots=True)
class Count:
    """Number of cells in a group that have one of the codes (`count(group, codes)`); never unknown."""

    group: Ref
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unique:
    """Whether no other row of the block has the field's value (`unique(field)`); unknown if it is blank."""

    field: Ref


@dataclass(frozen=True, slots=True)
class HasFigure:
    """Whether a text contains a digit (`has_figure(field)`), as a quantified goal does; unknown if it is blank."""

    field: Ref


Expr = (
    Const | Ref | SettingRef | AsOf | Compare | OneOf | And | Or | Not
    | Calculation | If | Blank | Count | Unique | HasFigure
)  # fmt: skip

_COMPARE: Mapping[type[ast.cmpop], CompareOp] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_ARITH: Mapping[type[ast.operator], ArithmeticOp] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
EXPRESSION_FUNCTIONS = ("blank", "filled", "count", "unique", "has_figure")
"""Names of the functions that an expression can call."""


class ExprError(ValueError):
    """Text that is not a valid expression; the message names the part and the reason."""


@lru_cache(maxsize=2048)
def parse_expression(text: str) -> Expr:
    """Parse the text of an expression.

    Raises:
        ExprError: The text is not an expression of this language.

    >>> parse_expression("start <= due")
    Compare(op='<=', left=Ref(field='start', part=''), right=Ref(field='due', part=''))
    """
    # Authors wrap long TOML strings, but outside brackets a line break would end the expression for `ast.parse`.
    try:
        tree = _tree(" ".join(text.splitlines()).strip())
    except SyntaxError as error:
        raise ExprError(f"{text!r} is not an expression: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:  # a null character, or thousands of nested brackets
        raise ExprError("this is not an expression") from error
    return _from_ast(tree.body)


def _tree(text: str) -> ast.Expression:
    """Return the syntax tree of an expression.

    CPython 3.11 keeps the recursion depth of the AST conversion in one counter for all threads. If another thread, such
    as the one that preloads libraries, converts a tree at the same time, `ast.parse` raises SystemError although the
    text is valid (https://github.com/python/cpython/issues/106905), so the call is retried.
    """
    for _ in range(PARSE_ATTEMPTS):
        with suppress(SystemError):
            return ast.parse(text, mode="eval")
    return ast.parse(text, mode="eval")


def _from_ast(node: ast.expr) -> Expr:  # noqa: C901 - one case a node type reads best as a list
    match node:
        # `None` and `...` are constants of Python, too; they fall through to the error below.
        case ast.Constant(value=str() | float() | int() | bool() as value):
            return Const(value)
        # Python has no negative literals: -1 is the negation of 1.
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
            parts = tuple(_from_ast(value) for value in values)
            return And(parts) if isinstance(op, ast.And) else Or(parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Not(_from_ast(operand))
        case ast.Compare(left=left, ops=ops, comparators=sides):
            return _comparison(left, ops, sides)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITH:
            return Calculation(_ARITH[type(op)], _from_ast(left), _from_ast(right))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return If(_from_ast(test), _from_ast(body), _from_ast(orelse))
        # Without keywords: one would otherwise be dropped in silence.
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return _call(name, args)
    raise ExprError(f"{ast.unparse(node)!r} is not part of the rule language")


def _comparison(left: ast.expr, ops: list[ast.cmpop], sides: list[ast.expr]) -> Expr:
    """Return a comparison; a chain such as `a <= b <= c` becomes a conjunction of its pairs."""
    parts: list[Expr] = []
    first = _from_ast(left)
    for op, side in zip(ops, sides, strict=True):
        if isinstance(op, ast.In | ast.NotIn):
            # Python would read `a < b in (1, 2)` as a chain, which the author hardly means.
            if len(ops) > 1:
                raise ExprError("'in' cannot be part of a chain of comparisons; join them by and")
            if not isinstance(side, ast.Tuple | ast.List):
                raise ExprError(f"after 'in' a list of codes is expected, not {ast.unparse(side)!r}")
            options = tuple(_constant(item) for item in side.elts)
            parts.append(OneOf(first, options) if isinstance(op, ast.In) else Not(OneOf(first, options)))
            continue
        # Python also has `is` and `is not`, which mean nothing for values of cells.
        if type(op) not in _COMPARE:
            raise ExprError("only == != < <= > >= in, not in compare values")
        second = _from_ast(side)
        parts.append(Compare(_COMPARE[type(op)], first, second))
        first = second
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _constant(node: ast.expr) -> Const:
    match node:
        # A truth value is an int to Python, but no code of any list.
        case ast.Constant(value=str() | float() | int() as value) if not isinstance(value, bool):
            return Const(value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=float() | int() as value)):
            return Const(-value)
    raise ExprError(f"a code or a number is expected, not {ast.unparse(node)!r}")


def _call(name: str, args: list[ast.expr]) -> Expr:
    if name not in EXPRESSION_FUNCTIONS:
        raise ExprError(f"there is no function {name!r}{did_you_mean(name, EXPRESSION_FUNCTIONS)}")
    if not args:
        raise ExprError(f"{name}() needs a field")
    first = _from_ast(args[0])
    if not isinstance(first, Ref):
        raise ExprError(f"{name}() needs a field first, not {ast.unparse(args[0])!r}")
    if name == "count":
        if len(args) == 1:
            raise ExprError("count() needs the codes to count after the group")
        return Count(first, tuple(str(_constant(arg).value) for arg in args[1:]))
    if len(args) != 1:
        raise ExprError(f"{name}() takes one field")
    calls: Mapping[str, Expr] = {
        "blank": Blank(first),
        # No node of its own, so that the three back ends have one case less to agree on.
        "filled": Not(Blank(first)),
        "unique": Unique(first),
        "has_figure": HasFigure(first),
    }
    return calls[name]


def walk_expression(expr: Expr) -> Iterator[Expr]:
    """Yield an expression and all its subexpressions, outermost first."""
    yield expr
    match expr:
        case Compare(left=left, right=right) | Calculation(left=left, right=right):
            parts: tuple[Expr, ...] = (left, right)
        # The options are constants: there is nothing in them to find.
        case OneOf(left=left):
            parts = (left,)
        case And(parts=operands) | Or(parts=operands):
            parts = operands
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
    """Return all fields that an expression refers to."""
    return frozenset(part for part in walk_expression(expr) if isinstance(part, Ref))
