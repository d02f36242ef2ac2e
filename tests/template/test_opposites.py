"""A suggestion never says the opposite of what was typed, in any list and either language."""

from __future__ import annotations

import pytest

from xlsflow.pipeline.project_file import open_library
from xlsflow.template.lists import ChoiceList
from xlsflow.template.opposites import may_oppose

LISTS = {name: choices for name, choices in open_library().lists.items() if not choices.open}
DENIED_ZH = ("未{}", "不{}", "没{}", "没有{}", "尚未{}", "还没{}", "不是{}", "非{}", "并未{}", "待{}", "未能{}", "無{}")
DENIED_EN = ("Not {}", "not yet {}", "Un{}", "Non-{}", "No {}", "never {}", "isn't {}", "Dis{}", "In{}", "Almost {}")


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_denied_label_is_not_answered_with_the_label(name: str) -> None:
    choices: ChoiceList = LISTS[name]
    wrong = []
    for choice in choices.values:
        zh, en = choice.label.both()
        bare = zh.removeprefix("已")
        typed_zh = [shape.format(word) for shape in DENIED_ZH for word in {zh, bare}]
        shapes = [shape for shape in DENIED_EN if not en.startswith(shape.removesuffix("{}"))]
        typed_en = [shape.format(word) for shape in shapes for word in (en, en.lower())]
        wrong += [(typed, zh) for typed in typed_zh if f"“{zh}”" in choices.nearest(typed).zh]
        wrong += [(typed, en) for typed in typed_en if f"“{en}”" in choices.nearest(typed).en]

    assert wrong == []


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("未完成", "已完成"),
        ("没完成", "已完成"),
        ("不是已完成", "已完成"),
        ("未阻塞", "阻塞"),
        ("未取消", "已取消"),
        ("不滞后", "滞后"),
        ("未闭环", "已闭环"),
        ("未处理", "处理中"),
        ("待处理", "处理中"),
        ("已处理", "处理中"),
        ("关闭中", "已关闭"),
        ("将关闭", "已关闭"),
        ("快完成", "已完成"),
        ("拒绝同意", "同意"),
        ("不是", "是"),
        ("完成", "未完成"),
        ("同意", "不同意"),
        ("较小", "较大"),
        ("低优先级", "高优先级"),
        ("Undone", "Done"),
        ("not done", "Done"),
        ("half done", "Done"),
        ("Started", "Not started"),
        ("Unblocked", "Blocked"),
        ("Not delayed", "Delayed"),
        ("Disagreed", "Agreed"),
        ("Unavailable", "Available"),
        ("Off track", "On track"),
        ("Minor", "Major"),
        ("Reopened", "Open"),
        ("Closing", "Closed"),
        ("hasn't passed", "Passed"),
        ("Incomplete", "Complete"),
        ("To close", "Closed"),
    ],
)
def test_what_may_be_the_opposite_is_known(typed: str, label: str) -> None:
    assert may_oppose(typed, label)


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("已完城", "已完成"),
        ("己完成", "已完成"),
        ("已完成了", "已完成"),
        ("未起动", "未启动"),
        ("没同意", "不同意"),
        ("待验证中", "待验证"),
        ("进行种", "进行中"),
        ("在进行中", "进行中"),
        ("监空中", "监控中"),
        ("Not startd", "Not started"),
        ("In progres", "In progress"),
        ("Canceld", "Cancelled"),
        ("Awaitng", "Awaiting"),
        ("Reveiw", "Review"),
        ("Tecnology", "Technology"),
        ("Unted Arab Emirates", "United Arab Emirates"),
    ],
)
def test_a_typing_error_is_none(typed: str, label: str) -> None:
    assert not may_oppose(typed, label)
