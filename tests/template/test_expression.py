"""The expression language: its syntax, its evaluation for one row, and that a blank is unknown."""

from __future__ import annotations

import ast
import operator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.expressions import condition_holds, expression_value
from xlsflow.template.expressions.evaluate_row import RowContext
from xlsflow.template.expressions.expression import (
    And,
    AsOf,
    Blank,
    Calculation,
    Compare,
    Const,
    Count,
    Expr,
    ExprError,
    HasFigure,
    If,
    Not,
    OneOf,
    Or,
    Ref,
    SettingRef,
    Unique,
    field_refs,
    parse_expression,
    walk_expression,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DAY, NOON = date(2026, 3, 31), datetime(2026, 3, 31, 12)  # noqa: DTZ001 - sheets hold local times


@pytest.mark.parametrize(
    ("text", "expr"),
    [
        ("start <= due", Compare("<=", Ref("start"), Ref("due"))),
        ("1 <= n <= 5", And((Compare("<=", Const(1), Ref("n")), Compare("<=", Ref("n"), Const(5))))),
        ("state in ('a', 'b')", OneOf(Ref("state"), (Const("a"), Const("b")))),
        ("state not in ['a']", Not(OneOf(Ref("state"), (Const("a"),)))),
        ("n in (1, -2.5)", OneOf(Ref("n"), (Const(1), Const(-2.5)))),
        ("n > -1", Compare(">", Ref("n"), Const(-1))),
        ("not blank(a) and b == 'x'", And((Not(Blank(Ref("a"))), Compare("==", Ref("b"), Const("x"))))),
        ("filled(a) or unique(a)", Or((Not(Blank(Ref("a"))), Unique(Ref("a"))))),
        ("has_figure(goal)", HasFigure(Ref("goal"))),
        ("count(roles.region, 'A', 'A/R')", Count(Ref("roles", "region"), ("A", "A/R"))),
        ("due < as_of + setting.days", Compare("<", Ref("due"), Calculation("+", AsOf(), SettingRef("days")))),
        ("'x' if a else 'y'", If(Ref("a"), Const("x"), Const("y"))),
        ("a *\n  b", Calculation("*", Ref("a"), Ref("b"))),
        ("True", Const(value=True)),
    ],
)
def test_a_text_is_parsed(text: str, expr: Expr) -> None:
    assert parse_expression(text) == expr


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a ==", "'a ==' is not an expression: invalid syntax"),
        ("", "'' is not an expression: invalid syntax"),
        ("a\0b", "is not an expression"),
        ("(" * 500 + "a" + ")" * 500, "not an expression"),
        ("a ** b", "'a ** b' is not part of the rule language"),
        ("-a", "'-a' is not part of the rule language"),
        ("a[0]", "'a[0]' is not part of the rule language"),
        ("a.b.c", "'a.b.c' is not part of the rule language"),
        ("None", "'None' is not part of the rule language"),
        ("lambda: 1", "'lambda: 1' is not part of the rule language"),
        ("a is b", "only == != < <= > >= in, not in compare values"),
        ("a in b", "after 'in' a list of codes is expected, not 'b'"),
        ("a in (b,)", "a code or a number is expected, not 'b'"),
        ("a in ('x',) == b", "'in' cannot be part of a chain of comparisons; join them by and"),
        ("blnk(a)", "there is no function 'blnk' (did you mean 'blank'?)"),
        ("__import__('os')", "there is no function '__import__'"),
        ("blank()", "blank() needs a field"),
        ("blank(a, b)", "blank() takes one field"),
        ("blank(1 + 1)", "blank() needs a field first, not '1 + 1'"),
        ("count(roles)", "count() needs the codes to count after the group"),
        ("count(roles, x)", "a code or a number is expected, not 'x'"),
    ],
)
def test_what_is_not_of_the_language_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(ExprError) as caught:
        parse_expression(text)
    assert why in str(caught.value)


def test_every_field_that_is_spoken_of_is_found() -> None:
    expr = parse_expression("'x' if a < b + c and unique(d) else count(g.p, 'A') if e in ('x',) else as_of")

    assert field_refs(expr) == {Ref("a"), Ref("b"), Ref("c"), Ref("d"), Ref("g", "p"), Ref("e")}
    assert expr is next(walk_expression(expr))


@pytest.mark.parametrize(
    ("text", "values", "value"),
    [
        ("a + b", {"a": 1, "b": 2}, 3),
        ("a + b", {"a": 1, "b": None}, None),
        ("a / b", {"a": 1, "b": 0}, None),
        ("a * b", {"a": 1e308, "b": 1e308}, float("inf")),
        ("d - e", {"d": DAY, "e": date(2026, 3, 1)}, 30.0),
        ("d - e", {"d": NOON, "e": DAY}, 0.5),
        ("d + 1", {"d": DAY}, date(2026, 4, 1)),
        ("d + 0.5", {"d": DAY}, NOON),
        ("d - 1", {"d": NOON}, datetime(2026, 3, 30, 12)),  # noqa: DTZ001
        ("d + n", {"d": DAY, "n": 1e12}, None),
        ("d + n", {"d": DAY, "n": 4e6}, None),
        ("as_of - d", {"d": date(2026, 3, 24)}, 7.0),
        ("setting.days * 2", {}, 14.0),
        ("count(roles, 'A', 'A/R')", {"r1": "A", "r2": "A/R", "r3": "R"}, 2),
        ("count(roles.dept, 'A')", {"r1": "A", "r2": "A", "r3": "A"}, 1),
        ("count(nothing, 'A')", {}, 0),
        ("'late' if d < as_of else 'open'", {"d": date(2026, 3, 1)}, "late"),
        ("'late' if d < as_of else 'open'", {"d": None}, "open"),
        ("0 if s == 'done' or d >= as_of else as_of - d", {"s": "open", "d": None}, None),
        ("a if a > 0 else b", {"a": None, "b": 5}, 5),
    ],
)
def test_an_expression_is_worked_out(text: str, values: Mapping[str, object], value: object) -> None:
    assert expression_value(parse_expression(text), row(values)) == value


@pytest.mark.parametrize(
    ("text", "values", "broken", "certain"),
    [
        ("a < b", {"a": 1, "b": 2}, False, True),
        ("a < b", {"a": 2, "b": 1}, True, False),
        ("a < b", {"a": None, "b": 1}, False, False),
        ("not a < b", {"a": None, "b": 1}, False, False),
        ("a != b", {"a": None, "b": None}, False, False),
        ("s in ('x', 'y')", {"s": None}, False, False),
        ("s not in ('x', 'y')", {"s": None}, False, False),
        ("a < b and s == 'x'", {"a": None, "b": 1, "s": "y"}, True, False),
        ("a < b or s == 'x'", {"a": None, "b": 1, "s": "x"}, False, True),
        ("blank(a)", {"a": None}, False, True),
        ("filled(a)", {"a": None}, True, False),
        ("has_figure(t)", {"t": "覆盖 120 家"}, False, True),
        ("has_figure(t)", {"t": "覆盖１２０家"}, False, True),
        ("has_figure(t)", {"t": "尽快完成，面积以 m² 计"}, True, False),
        ("has_figure(t)", {"t": None}, False, False),
        ("unique(k)", {"k": "twice"}, True, False),
        ("unique(k)", {"k": "once"}, False, True),
        ("unique(k)", {"k": None}, False, False),
        ("d <= as_of", {"d": NOON}, True, False),
        ("d < as_of + 1", {"d": NOON}, False, True),
        ("d == as_of", {"d": DAY}, False, True),
        ("d < e", {"d": DAY, "e": NOON}, False, True),
        ("d - e == 0.5", {"d": NOON, "e": DAY}, False, True),
        ("a / b > 1", {"a": 4, "b": 0}, False, False),
    ],
)
def test_a_rule_is_broken_only_where_it_is_definitely_false(
    text: str,
    values: Mapping[str, object],
    broken: bool,  # noqa: FBT001 - a column of the table
    certain: bool,  # noqa: FBT001
) -> None:
    expr = parse_expression(text)
    assert (not condition_holds(expr, row(values), presume=True)) is broken
    assert condition_holds(expr, row(values), presume=False) is certain


def test_without_an_as_of_day_everything_about_today_is_unknown() -> None:
    expr = parse_expression("d <= as_of")
    assert condition_holds(expr, RowContext({"d": DAY}), presume=True)
    assert not condition_holds(expr, RowContext({"d": DAY}), presume=False)


def row(values: Mapping[str, object]) -> RowContext:
    return RowContext(
        values=values,
        as_of=DAY,
        settings={"days": 7.0, "share": 0.5},
        groups={"roles": ("r1", "r2", "r3"), "roles.dept": ("r1",)},
        others={"k": frozenset({"twice"}), "n1": frozenset({1}), "s1": frozenset({"x"})},
    )


# --- random expressions against a second, three-valued reading of the language ---

OPS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
ORDERS = st.sampled_from(("==", "!=", "<", "<=", ">", ">="))
NUMBERS: st.SearchStrategy[str] = st.recursive(
    st.sampled_from(("n1", "n2", "n3", "0", "1", "-2", "2.5", "setting.days", "d1 - d2", "as_of - d1"))
    | st.sampled_from(("count(roles, 'A', 'R')", "count(roles.dept, 'A')")),
    lambda inner: (
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"(({t[0]}) {t[1]} ({t[2]}))")
        | st.tuples(inner, st.deferred(lambda: CONDITIONS), inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})")
    ),
    max_leaves=4,
)
DAYS = st.sampled_from(("d1", "d2", "as_of", "(d1 + n1)", "(d2 - 1)", "(as_of + setting.share)"))
CODES = st.sampled_from(("s1", "s2", "'x'", "'y'"))
CONDITIONS: st.SearchStrategy[str] = st.deferred(
    lambda: st.recursive(
        st.tuples(DAYS, ORDERS, DAYS).map(" ".join)
        | st.tuples(CODES, st.sampled_from(("==", "!=")), CODES).map(" ".join)
        | st.tuples(st.sampled_from(("n1", "n2 / n3", "2 * n2")), ORDERS, st.sampled_from(("n2", "1"))).map(" ".join)
        | st.sampled_from(
            ("s1 in ('x', 'y')", "n1 not in (1, 2)", "blank(s1)", "filled(d1)", "unique(s1)", "unique(n1)")
        )
        | st.sampled_from(("has_figure(s1)", "True", "False", "0 <= n1 < n2 <= 3")),
        lambda inner: (
            st.tuples(inner, st.sampled_from(("and", "or")), inner).map(lambda t: f"({' '.join(t)})")
            | inner.map(lambda text: f"(not {text})")
            | st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})")
            | st.tuples(inner, st.sampled_from(("==", "!=")), inner).map(lambda t: f"(({t[0]}) {t[1]} ({t[2]}))")
        ),
        max_leaves=6,
    )
)
TRUTHS = CONDITIONS | st.tuples(NUMBERS, ORDERS, NUMBERS).map(" ".join)
ROWS = st.fixed_dictionaries(
    {name: st.none() | st.sampled_from((0, 1, 2, -2.0, 2.5)) for name in ("n1", "n2", "n3")}
    | {name: st.none() | st.sampled_from((DAY, NOON, date(2026, 1, 1))) for name in ("d1", "d2")}
    | {name: st.none() | st.sampled_from(("x", "y", "x1")) for name in ("s1", "s2")}
    | {name: st.none() | st.sampled_from(("A", "R")) for name in ("r1", "r2", "r3")}
)


@given(text=TRUTHS, values=ROWS)
def test_a_presumption_is_three_valued_logic_seen_from_one_side(text: str, values: dict[str, object]) -> None:
    truth = three_valued(parse_expression(text), row(values))

    assert condition_holds(parse_expression(text), row(values), presume=True) is (truth is not False)
    assert condition_holds(parse_expression(text), row(values), presume=False) is (truth is True)


@given(text=NUMBERS, values=ROWS)
def test_what_an_expression_is_worth_is_what_a_second_reading_gives(text: str, values: dict[str, object]) -> None:
    assert expression_value(parse_expression(text), row(values)) == pytest.approx(
        value_of(parse_expression(text), row(values))
    )


def three_valued(expr: Expr, at: RowContext) -> bool | None:  # noqa: C901 - one case a sort of expression
    """Return true, false or None (unknown), by Kleene's tables."""
    match expr:
        case And(parts=parts):
            truths = [three_valued(part, at) for part in parts]
            return False if False in truths else None if None in truths else True
        case Or(parts=parts):
            truths = [three_valued(part, at) for part in parts]
            return True if True in truths else None if None in truths else False
        case Not(part=part):
            truth = three_valued(part, at)
            return None if truth is None else not truth
        case Compare(op=op, left=left, right=right):
            sides = [value_of(left, at), value_of(right, at)]
            return None if None in sides else bool(OPS[op](*sides))
        case OneOf(left=left, options=options):
            value = value_of(left, at)
            return None if value is None else value in [value_of(option, at) for option in options]
        case Blank(field=ref):
            return at.values[ref.field] is None
        case Unique(field=ref):
            value = at.values[ref.field]
            return None if value is None else value not in (at.others or {}).get(ref.field, ())
        case HasFigure(field=ref):
            value = at.values[ref.field]
            return None if value is None else any(c in "0123456789" for c in str(value))
    value = value_of(expr, at)
    return None if value is None else bool(value)


def value_of(expr: Expr, at: RowContext) -> Any:  # noqa: ANN401, C901 - a number, text or truth value; days as numbers of days
    """Return a value, None if it is unknown; an unknown condition counts as false here."""
    match expr:
        case Const(value=value):
            return value
        case Ref(field=name):
            return as_number(at.values[name])
        case AsOf():
            return as_number(at.as_of)
        case SettingRef(name=name):
            return (at.settings or {})[name]
        case Count(group=Ref(field=group, part=part), codes=codes):
            return sum(at.values[name] in codes for name in (at.groups or {})[f"{group}.{part}".rstrip(".")])
        case If(condition=condition, then=then, otherwise=otherwise):
            return value_of(then if three_valued(condition, at) is True else otherwise, at)
        case Calculation(op=op, left=left, right=right):
            first, second = value_of(left, at), value_of(right, at)
            if first is None or second is None or (op == "/" and second == 0):
                return None
            return first / second if op == "/" else OPS[op](first, second)
    return three_valued(expr, at) is True


def as_number(value: object) -> object:
    """Return a date or time as a number of days."""
    if isinstance(value, datetime):
        return value.toordinal() + value.hour / 24
    return value.toordinal() if isinstance(value, date) else value


def test_a_thread_that_makes_trees_too_does_not_spoil_an_expression(monkeypatch: pytest.MonkeyPatch) -> None:
    honest, asked = ast.parse, [0]

    def disturbed(text: str, *, mode: str) -> ast.AST:
        asked[0] += 1
        if asked[0] < 4:
            raise SystemError("AST constructor recursion depth mismatch")
        return honest(text, mode=mode)

    monkeypatch.setattr(ast, "parse", disturbed)

    assert parse_expression("a_field_of_this_test <= due") == Compare("<=", Ref("a_field_of_this_test"), Ref("due"))
    assert asked == [4]
