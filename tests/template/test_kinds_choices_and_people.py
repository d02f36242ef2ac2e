"""How the kinds choice, choices and person read cells."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

import pytest

from tests.template.kinds_example import SCOPE, field, value_and_code
from xlsflow.i18n import LocalizedText

if TYPE_CHECKING:
    from xlsflow.fileformat.cells import Scalar


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("已完成", "done", ""),
        ("Done", "done", ""),
        (" 已 完成", "done", "read_as"),
        ("DONE", "done", "read_as"),
        ("Ｄｏｎｅ", "done", "read_as"),
        ("完成", "done", "read_as"),
        ("not_started", "not_started", "read_as"),
        ("□未启动 ☑进行中 □已完成", "in_progress", "read_as"),
        ("☑ Not started □ Done", "not_started", "read_as"),
        ("未启动□ 进行中■", "in_progress", "read_as"),
        ("√已完成", "done", "read_as"),
        ("☑未启动 ☑进行中", None, "not_in_list"),
        ("□未启动 □进行中", None, "not_in_list"),
        ("☑", None, "not_in_list"),
        ("1-已完成", None, "not_in_list"),
        ("差不多了", None, "not_in_list"),
        (True, None, "not_in_list"),
        (1.0, None, "not_in_list"),
        (date(2026, 3, 31), None, "not_in_list"),
    ],
)
def test_choice(raw: Scalar, value: object, code: str) -> None:
    assert value_and_code(field("choice", of="progress"), raw) == (value, code)


@pytest.mark.parametrize(("raw", "value"), [(True, "yes"), (False, "no"), ("√", "yes"), ("Ｙ", "yes")])
def test_yes_and_no_are_typed_in_many_ways(raw: Scalar, value: str) -> None:
    assert value_and_code(field("choice", of="yes_no"), raw) == (value, "read_as")


def test_a_value_that_an_open_list_does_not_name_is_kept() -> None:
    assert value_and_code(field("choice", of="sorts"), "天气") == ("天气", "")
    assert value_and_code(field("choices", of="sorts"), "天气、供应链") == ("supply;天气", "")


def test_a_wrong_choice_is_reported_with_the_nearest() -> None:
    diagnostic = field("choice", of="progress").read("Not startd", SCOPE).diagnostic

    assert diagnostic is not None
    assert diagnostic.facts["nearest"] == LocalizedText("", " Did you mean “Not started”?")
    assert diagnostic.facts["options"] == LocalizedText("未启动、进行中、已完成", "Not started, In progress, Done")


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("华东", "HD", ""),
        ("华东、华南", "HD;HN", ""),
        ("华南，华东", "HD;HN", ""),
        ("华东,华南;财务；市场", "HD;HN;CW;SC", ""),
        ("华东/海外", "HD;HW", ""),
        ("华东 华南", "HD;HN", ""),
        ("华东\n华南", "HD;HN", ""),
        ("East China, Overseas", "HD;HW", ""),
        ("East China Overseas", "HD;HW", ""),
        ("East China/South China", "HD;HN", ""),
        ("East China and Overseas", "HD;HW", ""),
        ("华东、华东", "HD", ""),
        ("华东、", "HD", ""),
        ("华东和华南", "HD;HN", "read_as"),
        ("和田和华南", "HN;r-7", "not_in_list"),
        ("和田、华南", "HN;r-7", ""),
        ("华东区、财务部", "HD;CW", "read_as"),
        ("east china, overseas", "HD;HW", "read_as"),
        ("华东、火星", None, "not_in_list"),
        ("、", None, "not_in_list"),
        (12.0, None, "not_in_list"),
    ],
)
def test_choices(raw: Scalar, value: object, code: str) -> None:
    assert value_and_code(field("choices", of="units"), raw) == (None if code == "not_in_list" else value, code)


@pytest.mark.parametrize(
    ("of", "raw", "value"),
    [
        ("places", "Hong Kong, China, Singapore", "hk;sg"),
        ("places", "Singapore; Hong Kong, China", "hk;sg"),
        ("raci", "A/R", "A/R"),
        ("raci", "A、R", "A;R"),
    ],
)
def test_a_label_that_holds_a_separator_is_not_torn_apart(of: str, raw: str, value: str) -> None:
    assert value_and_code(field("choices", of=of), raw) == (value, "")


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("李明", "李明", ""),
        ("Li Ming", "李明", ""),
        ("李 明", "李明", "read_as"),
        ("li ming", "李明", "read_as"),
        ("Ming, Li", "李明", "read_as"),
        ("Nair, Priya", "Priya Nair", "read_as"),
        ("李明（代）", "李明", "read_as"),
        ("李明（华东区）", "李明", "read_as"),
        ("李明(021-5550-0101)", "李明", "read_as"),
        ("买买提·艾力", "买买提·艾力", ""),
        ("买买提•艾力", "买买提·艾力", "read_as"),
        ("张和平", "张和平", ""),
        ("李明、", "李明", "read_as"),
        ("赵六", "赵六", "unknown_person"),
        ("赵 六", "赵六", "unknown_person"),
        ("李和平", "李和平", "unknown_person"),
        ("赵与义", "赵与义", "unknown_person"),
        ("李科", "李科", "unknown_person"),
        ("李明(华南)", "李明(华南)", "unknown_person"),
        ("Rajesh Kumar", "Rajesh Kumar", "unknown_person"),
        ("Priya Marshall", "Priya Marshall", "unknown_person"),
        ("阿依古丽・买买提", "阿依古丽·买买提", "unknown_person"),
        ("张*三", "张*三", "unknown_person"),
    ],
)
def test_a_person_is_read(raw: Scalar, value: object, code: str) -> None:
    assert value_and_code(field("person", of="people", never="units"), raw) == (value, code)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("华东", "not_a_person"),
        ("华东区", "not_a_person"),
        ("华东大区", "not_a_person"),
        ("East China", "not_a_person"),
        ("East China region", "not_a_person"),
        ("华东、华南", "not_a_person"),
        ("财务部", "not_a_person"),
        ("技术部", "not_a_person"),
        ("财务科", "not_a_person"),
        ("各部门", "not_a_person"),
        ("所有人", "not_a_person"),
        ("区域负责人", "not_a_person"),
        ("IT team", "not_a_person"),
        ("all", "not_a_person"),
        ("请在收到本表后尽快联系华东和华南两个大区并且确认由谁来负责这一项工作以及什么时候可以完成", "not_a_person"),
        ("李明、王芳", "several_people"),
        ("李明 王芳", "several_people"),
        ("李明/王芳", "several_people"),
        ("李明\n王芳", "several_people"),
        ("李明和王芳", "several_people"),
        ("Li Ming and Wang Fang", "several_people"),
        ("Li Ming & Wang Fang", "several_people"),
        ("市场部、李明", "several_people"),
        ("待定", "nobody_named"),
        ("TBD", "nobody_named"),
        ("无", "nobody_named"),
        ("-", "nobody_named"),
        ("同上", "nobody_named"),
        ("？", "nobody_named"),
        ("123", "nobody_named"),
        (12.0, "nobody_named"),
        (True, "nobody_named"),
        (date(2026, 3, 31), "nobody_named"),
        (time(9), "nobody_named"),
    ],
)
def test_what_is_not_one_person_is_refused(raw: Scalar, code: str) -> None:
    assert value_and_code(field("person", of="people", never="units"), raw) == (None, code)


def test_several_people_are_counted() -> None:
    diagnostic = field("person", of="people").read("李明、王芳、赵六", SCOPE).diagnostic
    assert diagnostic is not None
    assert diagnostic.facts == {"count": "3"}
