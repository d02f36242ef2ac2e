"""An expression has the same value for a frame as for each of its rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.helpers.expressions import condition_holds, expression_value
from xlsflow.checks.evaluate_frame import (
    FrameView,
    condition_array,
    value_series,
)
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
    HasFigure,
    If,
    Not,
    OneOf,
    Or,
    Ref,
    SettingRef,
    Unique,
    parse_expression,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

AS_OF = datetime(2026, 3, 31)  # noqa: DTZ001 - sheets hold local times without a zone
SETTINGS = {"limit": 2.0}
GROUPS = {"roles": ("r_a", "r_b"), "roles.unit": ("r_a",)}
CODES = ("A", "R", "x 1", "②")

texts = st.sampled_from(CODES)
numbers = st.integers(-8, 8).map(lambda n: n / 4)
days = st.integers(0, 3).map(lambda n: datetime(2026, 3, 30) + timedelta(days=n / 2))  # noqa: DTZ001
COLUMNS = {"t": texts, "u": texts, "r_a": texts, "r_b": texts, "n": numbers, "m": numbers, "d": days, "e": days}
rows = st.lists(st.fixed_dictionaries({n: st.none() | s for n, s in COLUMNS.items()}), min_size=1, max_size=6)

_text = st.sampled_from([Ref("t"), Ref("u")]) | texts.map(Const)
_number = st.sampled_from([Ref("n"), Ref("m"), SettingRef("limit"), Count(Ref("roles"), ("A",))]) | numbers.map(Const)
_number |= st.builds(Count, st.sampled_from([Ref("roles"), Ref("roles", "unit")]), st.just(("A", "R")))
_day = st.sampled_from([Ref("d"), Ref("e"), AsOf()])
_op = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
_sum = st.builds(Calculation, st.sampled_from("+-*/"), _number, _number)
_span = st.builds(Calculation, st.just("-"), _day, _day)
_later = st.builds(Calculation, st.sampled_from("+-"), _day, numbers.map(Const) | st.just(Ref("n")))
_figure = _number | _sum | _span | st.builds(Calculation, st.sampled_from("+-*"), _span, _number)
_codes = st.lists(texts.map(Const), max_size=2).map(tuple)
_plain = (
    st.builds(Compare, st.sampled_from(["==", "!=", "<"]), _text, _text)
    | st.builds(Compare, _op, _figure, _figure)
    | st.builds(Compare, _op, _day | _later, _day | _later)
    | st.builds(OneOf, _text, _codes)
    | st.builds(OneOf, _figure, st.lists(numbers.map(Const), max_size=2).map(tuple))
    | st.sampled_from([Ref(name) for name in COLUMNS]).flatmap(lambda r: st.sampled_from([Blank(r), Unique(r), r]))
    | st.builds(HasFigure, st.sampled_from([Ref("t"), Ref("n"), Ref("d"), Ref("missing")]))
    | st.booleans().map(Const)
)
conditions: st.SearchStrategy[Expr] = st.recursive(
    cast("st.SearchStrategy[Expr]", _plain),
    lambda inner: (
        st.builds(Not, inner)
        | st.lists(inner, min_size=1, max_size=3).map(tuple).map(And)
        | st.lists(inner, min_size=1, max_size=3).map(tuple).map(Or)
        | st.builds(Compare, _op, st.builds(If, inner, _figure, _figure), _figure)
        | st.builds(Compare, st.just("=="), st.builds(If, inner, _text, _text), _text)
        | st.builds(Compare, _op, st.builds(If, inner, _day, _later), _day)
    ),
    max_leaves=6,
)
worths = _text | _figure | _later | _day | conditions | st.builds(If, conditions, _figure, _figure)


def _frame(of: Sequence[dict[str, Any]]) -> pd.DataFrame:
    dtypes = {"t": "str", "u": "str", "r_a": "str", "r_b": "str", "n": "float", "m": "Int64"}
    frame = pd.DataFrame(of, columns=list(COLUMNS), dtype=object)
    frame["m"] = frame["m"].map(lambda n: n if n is None else int(n), na_action="ignore")
    return frame.astype({**dtypes, "d": "datetime64[us]", "e": "datetime64[us]"})


def _view(of: Sequence[dict[str, Any]], as_of: date | None = AS_OF, within: str = "") -> FrameView:
    return FrameView(_frame(of), as_of=as_of, settings=SETTINGS, groups=GROUPS, within=within)


def _rows(of: Sequence[dict[str, Any]], as_of: date | None = AS_OF) -> list[RowContext]:
    whole = [{**row, "m": None if row["m"] is None else int(row["m"])} for row in of]
    others = [
        {name: frozenset(other[name] for position, other in enumerate(whole) if position != here) for name in COLUMNS}
        for here in range(len(whole))
    ]
    return [RowContext(row, as_of, SETTINGS, GROUPS, other) for row, other in zip(whole, others, strict=True)]


@given(rows, conditions, st.booleans(), st.sampled_from([AS_OF, None]))
def test_a_condition_holds_in_the_same_rows(
    of: list[dict[str, Any]],
    condition: Expr,
    presume: bool,  # noqa: FBT001 - drawn
    as_of: date | None,
) -> None:
    expected = [condition_holds(condition, row, presume=presume) for row in _rows(of, as_of)]

    assert condition_array(condition, _view(of, as_of), presume=presume).tolist() == expected


@given(rows, worths)
@example([dict.fromkeys(COLUMNS)], Ref("missing"))
def test_a_value_is_worth_the_same_in_each_row(of: list[dict[str, Any]], expr: Expr) -> None:
    expected = [expression_value(expr, row) for row in _rows(of)]

    found = value_series(expr, _view(of)).astype(object)
    assert [None if pd.isna(value) else value for value in found] == expected


def test_unique_is_asked_among_rows_that_belong_together() -> None:
    frame = pd.DataFrame({"file": [1, 1, 2], "no": ["a", "b", "a"]})

    assert condition_array(parse_expression("unique(no)"), FrameView(frame), presume=True).tolist() == [
        False,
        True,
        False,
    ]
    assert condition_array(parse_expression("unique(no)"), FrameView(frame, within="file"), presume=True).tolist() == [
        True,
        True,
        True,
    ]


def test_values_keep_the_index_of_the_frame() -> None:
    frame = pd.DataFrame({"n": [1.0, 2.0]}, index=[7, 12])

    assert value_series(parse_expression("n + 1"), FrameView(frame)).to_dict() == {7: 2.0, 12: 3.0}


def test_an_unknown_counts_as_is_presumed() -> None:
    frame = pd.DataFrame({"n": [1.0, np.nan]})

    assert condition_array(parse_expression("n > 1"), FrameView(frame), presume=True).tolist() == [False, True]
    assert condition_array(parse_expression("n > 1"), FrameView(frame), presume=False).tolist() == [False, False]


def test_a_setting_that_is_not_there_is_an_error_and_no_blank() -> None:
    with pytest.raises(KeyError, match="limit"):
        condition_array(parse_expression("n > setting.limit"), FrameView(pd.DataFrame({"n": [1.0]})), presume=True)


@pytest.mark.parametrize("days", [3e6, -3e6, 1e12, -1e12])
def test_a_date_moved_out_of_the_calendar_is_blank(days: float) -> None:
    frame = pd.DataFrame({"d": pd.to_datetime([AS_OF]), "n": [days]})

    assert value_series(parse_expression("d + n"), FrameView(frame)).isna().all()
    assert condition_array(parse_expression("d + n > d"), FrameView(frame), presume=False).tolist() == [False]
