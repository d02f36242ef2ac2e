"""How the kinds number, integer and percent read cells."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

import pytest

from tests.template.kinds_example import SCOPE, field, value_and_code
from xlsflow.i18n import LocalizedText, untranslated
from xlsflow.template.kinds import FieldBase

if TYPE_CHECKING:
    from xlsflow.fileformat.cells import Scalar


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        (1234.5, 1234.5, ""),
        (1234, 1234.0, ""),
        ("1234.5", 1234.5, ""),
        ("1,234.5", 1234.5, "read_as"),
        ("1，234", 1234.0, "read_as"),
        ("１２３４", 1234.0, "read_as"),
        ("1 234 567", 1234567.0, "read_as"),
        ("+5", 5.0, "read_as"),
        ("−5", -5.0, "read_as"),
        (".5", 0.5, "read_as"),
        ("12 34", None, "not_a_number"),
        ("1,23", None, "not_a_number"),
        ("1.234,56", None, "not_a_number"),
        ("1e5", None, "not_a_number"),
        ("(5)", None, "not_a_number"),
        ("8 万元", None, "not_a_number"),
        ("￥80", None, "not_a_number"),
        ("50%", None, "not_a_number"),
        ("约 20", None, "not_a_number"),
        ("٣", None, "not_a_number"),
        ("nan", None, "not_a_number"),
        (float("nan"), None, "not_a_number"),
        (float("inf"), None, "not_a_number"),
        (True, None, "not_a_number"),
        (date(2026, 3, 31), None, "not_a_number"),
        (time(1), None, "not_a_number"),
        (-101, None, "too_small"),
        ("2,000,001", None, "too_large"),
    ],
)
def test_number(raw: Scalar, value: object, code: str) -> None:
    assert value_and_code(field("number", least=-100, most=2e6), raw) == (value, code)


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        (3.0, 3, ""),
        ("3", 3, ""),
        ("３", 3, "read_as"),
        ("3.0", 3, "read_as"),
        (3.5, None, "not_whole"),
        (6, None, "too_large"),
    ],
)
def test_integer(raw: Scalar, value: object, code: str) -> None:
    reading = value_and_code(field("integer", least=1, most=5), raw)

    assert reading == (value, code)
    assert not isinstance(reading[0], float)


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        (0.6, 0.6, ""),
        (1, 1.0, ""),
        (1.0, 1.0, ""),
        (0, 0.0, ""),
        (60, 0.6, "read_as"),
        (60.0, 0.6, "read_as"),
        (100, 1.0, "read_as"),
        (62.5, 0.625, "read_as"),
        ("60%", 0.6, ""),
        ("60 %", 0.6, "read_as"),
        ("６０％", 0.6, "read_as"),
        ("60", 0.6, "read_as"),
        ("0.6", 0.6, "read_as"),
        ("1%", 0.01, ""),
        (1.5, None, "too_large"),
        (101, None, "too_large"),
        ("120%", None, "too_large"),
        (-0.1, None, "too_small"),
        ("六成", None, "not_a_number"),
        (True, None, "not_a_number"),
    ],
)
def test_percent(raw: Scalar, value: object, code: str) -> None:
    assert value_and_code(field("percent"), raw) == (value, code)


def test_a_share_above_the_whole_is_read_where_it_is_allowed() -> None:
    kind = field("percent", most=2)

    assert value_and_code(kind, 1.5) == (1.5, "")
    assert value_and_code(kind, 2.5) == (None, "too_large")
    assert value_and_code(kind, 150) == (1.5, "read_as")


def test_a_fix_and_a_bound_are_shown_as_the_sheet_shows_them() -> None:
    def facts(kind: FieldBase, raw: Scalar) -> object:
        diagnostic = kind.read(raw, SCOPE).diagnostic
        return diagnostic and diagnostic.facts

    assert facts(field("percent"), 60) == {"read": untranslated("60%")}
    assert facts(field("percent"), 700) == {"limit": "100%", "shown": "70000%"}
    assert facts(field("number"), "1,234") == {"read": untranslated("1234")}
    assert facts(field("date"), "2026.3.31") == {"read": untranslated("2026-03-31")}
    assert facts(field("choice", of="progress"), "完成") == {"read": LocalizedText("已完成", "Done")}
