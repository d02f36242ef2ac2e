"""Rules across fields: which rows violate them, at which field, with which code."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from tests.helpers.expressions import condition_holds
from xlsflow.i18n import LocalizedText
from xlsflow.messages import CATALOGUE
from xlsflow.template.expressions.evaluate_row import RowContext
from xlsflow.template.model import TableBlock
from xlsflow.template.rules import RowConstraint, Rule, implied_constraints

if TYPE_CHECKING:
    from collections.abc import Mapping

RULE: TypeAdapter[Any] = TypeAdapter(Rule)
AS_OF = date(2026, 3, 31)


def words(text: str) -> dict[str, str]:
    return {"zh": f"{text}。", "en": f"{text}."}


BLOCK = TableBlock.model_validate(
    {
        "name": "rows",
        "type": "table",
        "key": "no",
        "fields": [
            {"name": "no", "kind": "id", "prefix": "N", "label": {"zh": "编号", "en": "No."}, "required": True},
            {"name": "start", "kind": "date", "label": {"zh": "开始", "en": "Start"}},
            {"name": "due", "kind": "date", "label": {"zh": "期限", "en": "Due"}, "required": True},
            {"name": "seen", "kind": "datetime", "label": {"zh": "时间", "en": "Seen"}},
            {"name": "state", "kind": "choice", "of": "states", "label": {"zh": "状态", "en": "State"}},
            {"name": "goal", "kind": "text", "label": {"zh": "目标", "en": "Goal"}},
            {"name": "sum", "kind": "computed", "formula": "1", "label": {"zh": "计", "en": "Sum"}, "required": True},
        ],
    }
)


REQUIRED = {"rule": "required_if", "field": "goal", "when": "state == 'x'", "say": words("a")}
NOT_BEFORE = {"rule": "not_before", "field": "due", "other": "start"}
ONE_A = {"rule": "exactly_one", "cells": "roles", "codes": ["A", "A/R"], "at": "no"}
ONE_R = {"rule": "at_least_one", "cells": "roles", "codes": ["R"], "at": "no"}
LATER = {"rule": "must", "that": "due > start", "at": "due", "say": words("a")}


def checks(**keys: Any) -> list[RowConstraint]:  # noqa: ANN401 - whatever a definition may say
    return list(RULE.validate_python(keys).constraints(BLOCK))


def broken(check: RowConstraint, values: Mapping[str, object]) -> bool:
    """Return whether a row violates a constraint: it applies, and is definitely false."""
    row = RowContext(
        {**dict.fromkeys(field.name for field in BLOCK.columns), **values},
        as_of=AS_OF,
        groups={"roles": ("r1", "r2"), "roles.region": ("r2",)},
        others={"no": frozenset({"N-2026-001"})},
    )
    asked = check.when is None or condition_holds(check.when, row, presume=False)
    return asked and not condition_holds(check.must, row, presume=True)


@pytest.mark.parametrize(
    ("rule", "code", "at", "values", "breaks"),
    [
        (REQUIRED, "required_if", "goal", {"state": "x"}, True),
        (REQUIRED, "required_if", "goal", {"state": "x", "goal": "g"}, False),
        (REQUIRED, "required_if", "goal", {"state": "y"}, False),
        (REQUIRED, "required_if", "goal", {}, False),
        (NOT_BEFORE, "before", "due", {"due": date(2026, 1, 1), "start": date(2026, 1, 2)}, True),
        (NOT_BEFORE, "before", "due", {"due": AS_OF, "start": AS_OF}, False),
        (NOT_BEFORE, "before", "due", {"due": AS_OF}, False),
        ({"rule": "not_in_future", "field": "start"}, "in_future", "start", {"start": date(2026, 4, 1)}, True),
        ({"rule": "not_in_future", "field": "start"}, "in_future", "start", {"start": AS_OF}, False),
        (
            {"rule": "not_in_future", "field": "seen"},
            "in_future",
            "seen",
            {"seen": datetime.combine(AS_OF, time(23, 59))},
            False,
        ),
        (
            {"rule": "not_in_future", "field": "seen"},
            "in_future",
            "seen",
            {"seen": datetime.combine(date(2026, 4, 1), time())},
            True,
        ),
        ({"rule": "unique", "field": "no"}, "not_unique", "no", {"no": "N-2026-001"}, True),
        ({"rule": "unique", "field": "no"}, "not_unique", "no", {"no": "N-2026-002"}, False),
        (ONE_A, "not_exactly_one", "no", {"r1": "A", "r2": "A/R"}, True),
        (ONE_A, "not_exactly_one", "no", {"r1": "A", "r2": "R"}, False),
        (ONE_A, "not_exactly_one", "no", {}, True),
        (ONE_A | {"when": "filled(goal)"}, "not_exactly_one", "no", {}, False),
        (ONE_R, "none_of", "no", {"r1": "A"}, True),
        (ONE_R | {"cells": "roles.region"}, "none_of", "no", {"r1": "R"}, True),
        (ONE_R | {"say": words("a")}, "rule_broken", "no", {}, True),
        ({"rule": "quantified", "field": "goal"}, "no_figure", "goal", {"goal": "尽快完成"}, True),
        ({"rule": "quantified", "field": "goal"}, "no_figure", "goal", {"goal": "覆盖 120 家"}, False),
        ({"rule": "quantified", "field": "goal"}, "no_figure", "goal", {}, False),
        (LATER, "rule_broken", "due", {"due": AS_OF, "start": AS_OF}, True),
        (LATER | {"warn": True}, "rule_warned", "due", {"due": AS_OF, "start": AS_OF}, True),
        (LATER, "rule_broken", "due", {"due": AS_OF}, False),
    ],
)
def test_a_rule(rule: dict[str, Any], code: str, at: str, values: dict[str, object], breaks: object) -> None:
    (check,) = checks(**rule)

    assert (check.code, check.at) == (code, at)
    assert check.code in CATALOGUE
    assert broken(check, values) is breaks


def test_what_a_sentence_speaks_of_comes_along() -> None:
    (before,) = checks(rule="not_before", field="due", other="start")
    (tally,) = checks(rule="exactly_one", cells="roles", codes=["A", "A/R"], at="no")
    (must,) = checks(rule="must", that="due > start", at="due", say=words("期限在后"))

    assert before.other == LocalizedText("开始", "Start")
    assert tally.sentence == LocalizedText("A", "A")
    assert must.sentence == LocalizedText("期限在后。", "期限在后.")


def test_fields_imply_that_required_ones_are_filled_and_the_key_occurs_once() -> None:
    found = [(check.code, check.at) for check in implied_constraints(BLOCK.columns, BLOCK.key)]

    assert found == [("required_blank", "no"), ("required_blank", "due"), ("not_unique", "no")]
    assert [check.code for check in BLOCK.constraints()] == [code for code, _ in found]


def test_a_rule_tells_what_it_names_and_what_was_written_in_it() -> None:
    rule = RULE.validate_python(
        {"rule": "exactly_one", "cells": "roles", "codes": ["A"], "at": "no", "when": "due > start"}
    )

    assert rule.named_fields() == {"at": "no"}
    assert rule.expressions_by_key() == {"cells": "count(roles, 'A') >= 0", "when": "due > start"}


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"rule": "must", "that": "due >", "at": "due", "say": words("a")}, "'due >' is not an expression"),
        ({"rule": "must", "that": "", "at": "due", "say": words("a")}, "'' is not an expression"),
        ({"rule": "must", "that": "due > start", "when": "due >", "at": "due", "say": words("a")}, "'due >' is not an"),
        ({"rule": "required_if", "field": "goal", "when": "", "say": words("a")}, "'' is not an expression"),
        (
            {"rule": "exactly_one", "cells": "roles", "codes": ["A"], "at": "no", "when": "x ="},
            "'x =' is not an expression",
        ),
        ({"rule": "exactly_one", "cells": "the roles", "codes": ["A"], "at": "no"}, "should match pattern"),
        ({"rule": "exactly_one", "cells": "roles", "codes": [], "at": "no"}, "at least 1 item"),
    ],
)
def test_a_rule_that_cannot_be_understood_is_refused(keys: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError) as caught:
        RULE.validate_python(keys)
    assert why in str(caught.value)
