"""Rows of totals are recognised by their numbers: a row of words is data, whatever its words are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.helpers.returns import ReadResult, book, drawn, one_pack, read_result, template_of
from tests.intake.test_raw_table import PACK, TASKS, field
from xlsflow.fileformat.cells import CellError, Scalar, Uncalculated
from xlsflow.template.kinds import Scope
from xlsflow.template.model import Template

TASK_HEAD = """
key:region | key:no | key:title | key:due | key:hours
区域 | 编号＊ | 任务名称＊ | 完成时间 | 工时
华东 | T-2026-001 | 核对 | 2026-03-31 | 8
华南 | T-2026-002 | 发货 | 2026-04-01 | 4
"""
TOPICS = template_of(
    "tasks",
    "任务表",
    {
        "name": "rows",
        "type": "table",
        "rows": 6,
        "fields": [
            field("topic", "text", "议题", "Topic", required=True),
            field("discussion", "text", "讨论要点", "Discussion"),
            field("decision", "text", "决议事项", "Decision"),
        ],
    },
)
TOPIC_HEAD = """
key:topic | key:discussion | key:decision
议题＊ | 讨论要点 | 决议事项
首发日期 | 清关 5 天 | 12 月 15 日
运费 | 口径不一 | 下次再议
"""
COSTS = template_of(
    "tasks",
    "任务表",
    {
        "name": "rows",
        "type": "table",
        "rows": 6,
        "fields": [
            field("item", "text", "费用项", "Item", required=True),
            field("amount", "number", "金额", "Amount", required=True),
            field("share", "percent", "占比", "Share"),
            field("owner", "text", "经办人", "Owner", required=True),
            field("paid", "date", "付款日期", "Paid"),
        ],
    },
)
COST_HEAD = """
key:item | key:amount | key:share | key:owner | key:paid
费用项＊ | 金额＊ | 占比 | 经办人＊ | 付款日期
运费 | 300 | 0.6 | 李明 | 2026-03-31
包装 | 200 | 0.4 | 王芳 | 2026-04-01
"""


def read(template: Template, text: str) -> ReadResult:
    return read_result(book(drawn(text)), one_pack(PACK, (template,), Scope()))


def aside(back: ReadResult) -> list[str]:
    (table,) = back.value.blocks
    return [row.code for row in table.skipped]


@pytest.mark.parametrize(
    "row",
    [
        "汇总 | 各区把数据交到供应链 | 周五前完成",
        "总计 | 确认总计口径 | ",
        "合计 | | 按到货量分摊",
        "小计 | 由各区自报 | 同意",
        "以上汇总 | 由秘书处发出 | 周五",
        "汇总 | | ",
        "Total | how totals are counted | agreed",
        "Sum | agree on the sums | ",
        "Average | the average is misleading | use the median",
        "Grand total | one figure for the board | ",
        "Subtotals | | by region",
        "平均 | 平均值不可比 | 改用中位数",
    ],
)
def test_a_topic_of_words_is_data(row: str) -> None:
    back = read(TOPICS, TOPIC_HEAD + row)

    assert [line["topic"] for line in back.rows["tasks.rows"]][2:] == [row.partition(" | ")[0]]
    assert (back.said, aside(back)) == ([], [])


@pytest.mark.parametrize(
    "row",
    [
        " | | 汇总 | 2026-05-01 | ",
        "华东 | | Total | 2026-05-01 | 3",
        "汇总 | | 核对各区数据 | | ",
        "Summary | | Total | 2026-05-01 | ",
        "小计 | | 由孙可心统一核对 | 2026-05-01 | 4",
        "汇总 | T-2026-003 | 核对 | 2026-05-01 | 12",
        " | T-2026-003 | Total | | 12",
    ],
)
def test_a_task_of_words_is_data(row: str) -> None:
    back = read(TASKS, TASK_HEAD + row)

    assert len(back.rows["tasks.rows"]) == 3
    assert aside(back) == []
    assert {code for code, _ in back.said} == (set() if "T-2026-003" in row else {"required_blank"})


@pytest.mark.parametrize(
    "row",
    [
        "合计 | 500 | | | ",
        "合 计： | 500 | 1 | | ",
        "Total | 500 | 100% | | ",
        "Grand Total | 500 | 0.5 | - | ",
        "平均 | 250 | | | ",
        "Average | 250 | 0.5 | | ",
        "合计（2项） | 500 | | | ",
        "共计2项 | 500 | | 2 项 | ",
        "合计 | 500元 | | | ",
        "合计 | | | | ",
        "小计 | 500.0000000001 | | | ",
        "Sum | 2 | | | ",
    ],
)
def test_a_row_whose_numbers_are_totals_is_none(row: str) -> None:
    back = read(COSTS, COST_HEAD + row)

    assert len(back.rows["tasks.rows"]) == 2
    assert (back.said, aside(back)) == ([("subtotal_row", "A5")], ["subtotal_row"])


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("合计 | 500 | | | 2026-05-01", "合计 | 500 | 2026-05-01"),
        ("Total | 500 | 1 | | paid by HQ", "Total | 500 | 1 | paid by HQ"),
        ("合计 | 500 | 含税 | | ", "合计 | 500 | 含税"),
        ("汇总 | 500 | 0.5 | | 2026-05-01", "汇总 | 500 | 0.5 | 2026-05-01"),
    ],
)
def test_a_total_that_holds_more_than_the_sum_is_a_warning_with_its_text(row: str, text: str) -> None:
    back = read(COSTS, COST_HEAD + row)

    assert back.said == [("subtotal_with_text", "A5")]
    assert back.findings[0].severity == "warning"
    assert text in back.findings[0].message("zh")
    assert text in back.findings[0].message("en")


@pytest.mark.parametrize(
    ("row", "reported"),
    [
        ("合计 | 480 | | | ", True),
        ("Total | 1 | | | ", True),
        ("汇总 | 480 | | 李明 | ", False),
        ("汇总 | 500 | | 李明 | ", False),
        ("合计 | 500 | | 李明 | 2026-05-01", False),
    ],
)
def test_numbers_that_are_no_totals_are_data_and_asked_about(row: str, *, reported: bool) -> None:
    back = read(COSTS, COST_HEAD + row)

    assert len(back.rows["tasks.rows"]) == 3
    assert aside(back) == []
    assert ("not_a_total" in [code for code, _ in back.said]) is reported


def test_part_sums_and_their_grand_total_are_kept_apart() -> None:
    rows = "小计 | 500 | | | \n人工 | 50 | | 李明 | \n差旅 | 70 | | 李明 | \n小计 | 120 | | | \n合计 | 620 | | | \n"
    back = read(COSTS, COST_HEAD + rows)

    assert [row["item"] for row in back.rows["tasks.rows"]] == ["运费", "包装", "人工", "差旅"]
    assert aside(back) == ["subtotal_row"] * 3


def test_a_total_above_its_rows_is_one() -> None:
    back = read(COSTS, COST_HEAD.replace("运费", "合计 | 500 | | |\n运费"))

    assert [row["item"] for row in back.rows["tasks.rows"]] == ["运费", "包装"]


@pytest.mark.parametrize("value", [CellError("#REF!"), Uncalculated()])
def test_a_total_that_was_not_calculated_is_one(value: Scalar) -> None:
    grid = drawn(COST_HEAD)
    rows = replace(grid, rows=[*grid.rows, ["合计", value, None, None, None]])

    assert aside(read_result(book(rows), one_pack(PACK, (COSTS,), Scope()))) == ["subtotal_row"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (CellError("#REF!"), "error_cell"),
        (CellError("#DIV/0!"), "error_cell"),
        (CellError("#NAME?"), "error_cell"),
        (Uncalculated(), "formula_without_value"),
    ],
)
@pytest.mark.parametrize("gap", [1, 20])
@pytest.mark.parametrize("col", [0, 4])
def test_a_stray_error_below_a_gap_is_one_finding(value: Scalar, code: str, gap: int, col: int) -> None:
    grid = drawn(TASK_HEAD)
    blank: list[Scalar] = [None] * 5
    rows = [*grid.rows, *[blank] * gap, [value if number == col else None for number in range(5)]]
    back = read_result(book(replace(grid, rows=rows)), one_pack(PACK, (TASKS,), Scope()))

    assert back.said == [(code, f"{'ABCDE'[col]}{5 + gap}")]
    assert len(back.rows["tasks.rows"]) == 2
