"""Headers on two rows, and what is beside and below a table: found and read, or named and left alone."""

from __future__ import annotations

import pytest

from tests.helpers.returns import drawn, template_of
from tests.intake.test_recogniser import ROWS, SENT, TASKS, field, read
from xlsflow.fileformat.key_row import CHECK_KEY_PREFIX
from xlsflow.intake.recognition.header_text import before_unit, normalize_header

R = "T-2026-001 | 核对 | 李明 | 2026-03-31 | 8\nT-2026-002 | 发货 | 王芳 | 2026-04-01 | 4\n"
KEYS = "key:no | key:title | key:owner | key:due | key:hours\n"
ABOVE = "任务表\n区域 华东\n"
GROUPED = "编号 | 任务名称 | 责任人 | 计划 | \n | | | 完成时间 | 工时\n"
FOREIGN = "物资清单\n品名 | 数量 | 单位 | 备注\n螺丝 | 200 | 盒 | 急\n扳手 | 3 | 把 | \n"

PLAN = template_of(
    "tasks",
    "任务表",
    {
        "name": "rows",
        "type": "table",
        "rows": 6,
        "key": "no",
        "fields": [
            field("no", "id", "编号", "No.", prefix="T", required=True),
            field("title", "text", "任务名称", "Task", required=True),
            field("start", "date", "计划开始时间", "Planned start"),
            field("due", "date", "计划完成时间", "Planned finish"),
            field("finished", "date", "实际完成时间", "Actual finish"),
        ],
    },
)
PLANNED = "T-2026-001 | 核对 | 2026-03-01 | 2026-03-31 | 2026-03-30\n"


# --- two rows ---
@pytest.mark.parametrize(
    "head",
    [
        GROUPED,
        "基本信息 | | | 计划 | \n编号 | 任务名称 | 责任人 | 计划完成时间 | 工时\n",
        "编号 | 任务 | 责任 | 计划完成 | 工时\n | 名称 | 人 | 时间 | \n",
        " | | | 计划 | \n编号 | 任务名称 | 责任人 | 完成 | 工时\n",
    ],
)
@pytest.mark.parametrize("keys", ["", KEYS])
@pytest.mark.parametrize("title", ["", "关于报送的通知\n（内部）\n\n"])
def test_a_header_on_two_rows_is_read_though_nothing_is_merged(title: str, keys: str, head: str) -> None:
    back = read(drawn(title + ABOVE + keys + head + R))

    assert back.rows["tasks.rows"] == ROWS
    assert back.said == ([] if keys else [("key_row_missing", "")])


@pytest.mark.parametrize("keys", ["", KEYS])
def test_a_header_on_two_rows_is_read_whose_groups_are_merged(keys: str) -> None:
    top = 3 if keys else 2
    merges = (*((top, col, top + 1, col) for col in range(3)), (top, 3, top, 4))
    back = read(drawn(ABOVE + keys + GROUPED + R, merges=merges))

    assert back.rows["tasks.rows"] == ROWS
    assert back.said == ([] if keys else [("key_row_missing", "")])


@pytest.mark.parametrize(
    "head",
    [
        "编号 | 任务名称 | 计划 | | 实际\n | | 开始 | 完成 | 完成\n",
        "编号 | 任务名称 | 计划 | | 实际\n | | 开始时间 | 完成时间 | 完成时间\n",
        "No. | Task | Planned | | Actual\n | | Start | Finish | Finish\n",
    ],
)
def test_a_part_is_known_by_its_group(head: str) -> None:
    back = read(drawn(ABOVE + head + PLANNED), templates=(PLAN,))

    (row,) = back.rows["tasks.rows"]
    assert [str(row[name]) for name in ("start", "due", "finished")] == ["2026-03-01", "2026-03-31", "2026-03-30"]
    assert back.said == [("key_row_missing", "")]


def test_the_first_row_of_data_is_never_taken_for_a_part_of_the_header() -> None:
    back = read(drawn(ABOVE + "编号 | 任务名称 | 责任人 | 计划完成时间 | 工时\n | 名称 | 人 | | \n" + R))

    assert len(back.rows["tasks.rows"]) == 3
    assert ("required_blank", "A4") in back.said


@pytest.mark.parametrize("text", ["编號", "任務名稱"])
def test_a_header_in_traditional_characters_is_the_same(text: str) -> None:
    assert normalize_header(text) in {normalize_header("编号"), normalize_header("任务名称")}


def test_a_unit_behind_a_stroke_is_no_part_of_a_header() -> None:
    assert before_unit("工时/小时") == normalize_header("工时")
    assert (
        read(drawn(ABOVE + "编 号 | 任务名称（必填） | *责任人 | 计划完成时间(年-月-日) | 工时/小时\n" + R)).rows[
            "tasks.rows"
        ]
        == ROWS
    )


# --- below ---
@pytest.mark.parametrize("text", ["合计：2项", "总计（共 2 项）", "共计3条", "平均", "平均值", "Average"])
def test_a_sum_with_a_count_or_a_mean_is_one(text: str) -> None:
    back = read(drawn(SENT + f" | {text} | | | 12"))

    assert back.rows["tasks.rows"] == ROWS
    assert back.said == [("subtotal_row", "B9")]


def test_a_row_of_figures_that_adds_up_what_is_above_is_a_sum() -> None:
    assert read(drawn(SENT + " | | | | 12")).said == [("subtotal_row", "E9")]


def test_a_row_of_figures_that_does_not_add_up_is_a_row_with_blanks() -> None:
    back = read(drawn(SENT + " | | | | 13"))

    assert len(back.rows["tasks.rows"]) == 3
    assert back.said == [("required_blank", "A9"), ("required_blank", "B9")]


def test_several_lines_of_notes_and_of_who_signs_are_left_out_together() -> None:
    text = "\n注：1、本表每周五前报送\n2、逾期不候\n填表人：张三 | | 审核人：李四 | | 日期：2026年3月31日\n（公章）"
    back = read(drawn(SENT + text))

    assert back.rows["tasks.rows"] == ROWS
    assert back.said == [("note_row", f"A{row}") for row in (10, 11, 12, 13)]


def test_a_line_of_signatures_in_cells_of_their_own_is_a_note() -> None:
    assert read(drawn(SENT + "填表人： | 张三 | 审核人： | 李四 |")).said == [("note_row", "A9")]


def test_a_row_with_an_id_is_data_also_below_a_note() -> None:
    back = read(drawn(SENT + "注：以下为新增 | | | |\nT-2026-003 | 验收 | | |"))

    assert [row.get("no") for row in back.rows["tasks.rows"]][-1] == "T-2026-003"
    assert ("note_row", "A10") not in back.said


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize("title", [True, False])
def test_another_table_below_is_named_and_left_alone(gap: str, *, title: bool) -> None:
    foreign = FOREIGN if title else FOREIGN.partition("\n")[2]
    back = read(drawn(SENT + gap + foreign))

    assert back.rows["tasks.rows"] == ROWS
    assert {code for code, _ in back.said} == {"other_table"}
    assert len(back.said) == 3 + title
    assert {finding.severity for finding in back.findings} == {"warning"}


def test_the_same_table_once_more_below_is_read_on() -> None:
    more = "\n\n编号 | 任务名称 | 责任人 | 计划完成时间 | 工时\nT-2026-009 | 另表 | 李 | 2026-05-01 | 1"
    back = read(drawn(SENT + more))

    assert [row["no"] for row in back.rows["tasks.rows"]] == ["T-2026-001", "T-2026-002", "T-2026-009"]
    assert [code for code, _ in back.said] == ["header_again"]


def test_rows_of_words_are_data_where_ids_of_ours_are_below_them() -> None:
    back = read(drawn(SENT + "\n待编号 | 验收 | 李明 | 待定 |\nT-2026-003 | 交付 | 李明 | 2026-05-01 | 1"))

    assert len(back.rows["tasks.rows"]) == 4
    assert [code for code, _ in back.said] == ["id_shape", "not_a_date"]


def test_another_table_beside_is_named_column_by_column() -> None:
    head = "编号 | 任务名称 | 责任人 | 计划完成时间 | 工时 | | 品名 | 数量\n"
    body = R.replace(" | 8\n", " | 8 | | 螺丝 | 200\n").replace(" | 4\n", " | 4 | | 扳手 | 3\n")
    back = read(drawn(ABOVE + head + body))

    assert back.rows["tasks.rows"] == ROWS
    assert back.said == [("key_row_missing", ""), ("column_extra", "G4:G5"), ("column_extra", "H4:H5")]


@pytest.mark.parametrize("name", ["任务表 (1)", "任务表副本", "任务表 - 副本", "Sheet1 (2)", "任务表 (2)"])
def test_a_sheet_under_another_name_is_read_and_its_name_said(name: str) -> None:
    back = read(drawn(SENT, name=name), templates=(TASKS,))

    assert back.rows["tasks.rows"] == ROWS
    assert back.said == [("sheet_renamed", "")]


def test_a_column_of_the_self_check_is_no_column_of_theirs_where_the_header_takes_two_rows() -> None:
    keys = "key:no | key:title | key:owner | key:due | key:hours | xlsflow\n".replace("xlsflow", CHECK_KEY_PREFIX)
    head = "编号 | 任务名称 | 责任人 | 计划 | | 自检\n | | | 完成时间 | 工时 | \n"
    back = read(drawn(ABOVE + keys + head + R.replace(" | 8\n", " | 8 | ▲\n").replace(" | 4\n", " | 4 | ▲\n")))

    assert back.rows["tasks.rows"] == ROWS
    assert back.said == []
