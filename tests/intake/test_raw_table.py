"""The rows of a table that has been worked on by hand: what is data is read, what is none is named and counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.helpers.returns import ReadResult, book, drawn, one_pack, read_result, template_of
from xlsflow.fileformat.cells import CellError
from xlsflow.intake.recognition.non_data_rows import is_note
from xlsflow.intake.recognition.total_rows import is_total
from xlsflow.template.kinds import Scope
from xlsflow.template.model import Pack

if TYPE_CHECKING:
    from xlsflow.intake.grid import CellRange, Grid
    from xlsflow.model.returns import BlockRows, SkippedRow

PACK = Pack.model_validate(
    {"name": "p", "title": {"zh": "包", "en": "Pack"}, "subtitle": {"zh": "包", "en": "Pack"}, "sheets": ["tasks"]}
)


def field(name: str, kind: str, zh: str, en: str, **more: object) -> dict[str, object]:
    return {"name": name, "kind": kind, "label": {"zh": zh, "en": en}, **more}


TASKS = template_of(
    "tasks",
    "任务表",
    {
        "name": "rows",
        "type": "table",
        "rows": 6,
        "key": "no",
        "fields": [
            field("region", "text", "区域", "Region"),
            field("no", "id", "编号", "No.", prefix="T", required=True),
            field("title", "text", "任务名称", "Task", required=True),
            field("due", "date", "完成时间", "Due"),
            field("hours", "number", "工时", "Hours"),
        ],
    },
)
NUMBERED = template_of(
    "tasks",
    "任务表",
    {
        "name": "rows",
        "type": "table",
        "rows": 6,
        "fields": [
            field("no", "id", "编号", "No.", prefix="T", numbered=True),
            field("title", "text", "任务名称", "Task"),
            field("owner", "text", "责任人", "Owner"),
            field("hours", "number", "工时", "Hours"),
        ],
    },
)
HEAD = """
任务表
区域 华东
请填写
key:region | key:no | key:title | key:due | key:hours
区域 | 编号＊ | 任务名称＊ | 完成时间 | 工时
"""
FIRST = "华东 | T-2026-001 | 核对 | 2026-03-31 | 8\n"
SECOND = "华南 | T-2026-002 | 发货 | 2026-04-01 | 4\n"
ROWS = [
    {"region": "华东", "no": "T-2026-001", "title": "核对", "due": date(2026, 3, 31), "hours": 8.0},
    {"region": "华南", "no": "T-2026-002", "title": "发货", "due": date(2026, 4, 1), "hours": 4.0},
]


def read(body: str, *, merges: tuple[CellRange, ...] = (), hidden: tuple[int, ...] = ()) -> ReadResult:
    return read_result(book(drawn(HEAD + body, merges=merges, hidden=hidden)), one_pack(PACK, (TASKS,), Scope()))


def table(back: ReadResult) -> BlockRows:
    (only,) = back.value.blocks
    return only


def counts(back: ReadResult) -> tuple[int, int, int, int]:
    """Return the rows seen, blank, read and left out."""
    only = table(back)
    return only.seen, only.blank, len(only.rows), len(only.skipped)


def left_out(back: ReadResult) -> list[tuple[int, str]]:
    """Return sheet row and code of the rows that were left out."""
    found: tuple[SkippedRow, ...] = table(back).skipped
    return [(row.row + 1, row.code) for row in found]


# --- what is seen ---
def test_rows_are_counted_from_the_header_to_the_last_used_one() -> None:
    back = read(FIRST + "\n  |  | \u3000 |\n" + SECOND + "\n | | | |\n")

    assert back.rows["tasks.rows"] == ROWS
    assert counts(back) == (4, 2, 2, 0)
    assert list(table(back).rows) == [5, 8]


def test_a_sheet_without_rows_has_seen_none() -> None:
    assert counts(read("")) == (0, 0, 0, 0)


def test_numbers_that_were_printed_beforehand_make_no_row() -> None:
    grid = drawn(
        "key:no | key:title | key:owner | key:hours\n编号 | 任务名称 | 责任人 | 工时\n"
        "T-2026-001 | 核对 | |\nT-2026-002 | | |\nT-2026-003 | | |"
    )
    back = read_result(book(grid), one_pack(PACK, (NUMBERED,), Scope()))

    assert back.rows["tasks.rows"] == [{"no": "T-2026-001", "title": "核对"}]
    assert counts(back) == (1, 0, 1, 0)


def test_an_error_in_a_cell_makes_a_used_row() -> None:
    grid = drawn(HEAD + FIRST)
    rows: Grid = replace(grid, rows=[*grid.rows, [None, None, CellError("#REF!"), None, None]])
    back = read_result(book(rows), one_pack(PACK, (TASKS,), Scope()))

    assert sorted(back.said) == [("error_cell", "C7"), ("required_blank", "B7")]


# --- rows of sums ---
@pytest.mark.parametrize(
    "text",
    [
        "合计",
        "合 计：",
        "小计",
        "总计（元）",
        "本页小计",
        "本周合计",
        "累计",
        "Total",
        "Grand Total:",
        "Sub-total",
        "SUBTOTAL",
    ],
)
def test_a_sum_is_known_by_its_word(text: str) -> None:
    assert is_total(text)


@pytest.mark.parametrize(
    "text", ["合计核对", "小计算机", "total cost of it", "Summary", "总部", "T-2026-001", "本周", "s"]
)
def test_a_word_that_only_begins_like_a_sum_is_none(text: str) -> None:
    assert not is_total(text)


def test_sums_are_left_out_and_counted() -> None:
    back = read(FIRST + "小计 | | | | 8\n" + SECOND + " | | 合计 | | 12\n")

    assert back.rows["tasks.rows"] == ROWS
    assert counts(back) == (4, 0, 2, 2)
    assert left_out(back) == [(7, "subtotal_row"), (9, "subtotal_row")]
    assert back.said == [("subtotal_row", "A7"), ("subtotal_row", "C9")]
    assert {f.severity for f in back.findings} == {"info"}
    assert table(back).skipped[1].texts == {"title": "合计", "hours": "12"}


def test_a_row_with_an_id_is_data_whatever_its_title() -> None:
    back = read(" | T-2026-001 | 合计 | | 8\n")

    assert back.rows["tasks.rows"] == [{"no": "T-2026-001", "title": "合计", "hours": 8.0}]
    assert back.said == []


def test_a_sum_beside_a_number_that_was_printed_beforehand_is_one() -> None:
    grid = drawn(
        "key:no | key:title | key:owner | key:hours\n编号 | 任务名称 | 责任人 | 工时\n"
        "T-2026-001 | 核对 | 李明 | 2\nT-2026-002 | 合计 | | 2"
    )
    back = read_result(book(grid), one_pack(PACK, (NUMBERED,), Scope()))

    assert left_out(back) == [(4, "subtotal_row")]


# --- notes below ---
@pytest.mark.parametrize(
    "text",
    [
        "注：数据截至周五",
        "备注: 略",
        "说明：以上为预计",
        "填表人：张三    联系电话：123",
        "审核人：",
        "Note: as of Friday",
        "Prepared by: Li",
    ],
)
def test_a_note_is_known_by_how_it_begins(text: str) -> None:
    assert is_note(text)


def test_a_note_right_below_the_rows_is_left_out_and_named() -> None:
    back = read(FIRST + SECOND + "注：数据截至周五 | | | |\n填表人：张三 | | | | \n")

    assert back.rows["tasks.rows"] == ROWS
    assert back.said == [("note_row", "A8"), ("note_row", "A9")]
    assert counts(back) == (4, 0, 2, 2)


def test_text_far_below_all_that_was_issued_is_a_note() -> None:
    back = read(FIRST + SECOND + "\n" * 6 + "以上由各区域汇总\n请于周五前确认\n")

    assert back.rows["tasks.rows"] == ROWS
    assert left_out(back) == [(14, "note_row"), (15, "note_row")]


def test_a_row_in_which_little_is_filled_is_data_as_long_as_it_may_be() -> None:
    back = read(FIRST + SECOND + " | | 还没想好 | |\n")

    assert [row.get("title") for row in back.rows["tasks.rows"]] == ["核对", "发货", "还没想好"]
    assert back.said == [("required_blank", "B8")]


def test_rows_beyond_those_issued_are_data() -> None:
    many = "".join(f"华东 | T-2026-{n:03d} | 核对 | | 1\n" for n in range(1, 12))
    back = read(many)

    assert len(back.rows["tasks.rows"]) == 11
    assert back.said == []


def test_a_single_cell_right_below_rows_beyond_those_issued_is_data() -> None:
    many = "".join(f"华东 | T-2026-{n:03d} | 核对 | | 1\n" for n in range(1, 9))

    assert left_out(read(many + " | | 还有一项 | |\n")) == []


def test_a_header_that_was_pasted_along_is_no_row() -> None:
    back = read(FIRST + "区域 | 编号 | 任务名称＊ | 完成时间 | 工时\n" + SECOND)

    assert back.rows["tasks.rows"] == ROWS
    assert back.said == [("header_again", "A7")]
    assert counts(back) == (3, 0, 2, 1)


# --- merged, hidden, pictures ---
def test_a_value_that_is_merged_over_rows_holds_for_each_of_them() -> None:
    third = " | T-2026-003 | 验收 | | 1\n"
    back = read(FIRST + " | T-2026-002 | 发货 | | 4\n" + third, merges=((5, 0, 8, 0),))

    assert [row.get("region") for row in back.rows["tasks.rows"]] == ["华东"] * 3
    assert back.said == [("merged_rows", "A6:A9")]
    assert back.findings[0].severity == "info"
    assert counts(back) == (3, 0, 3, 0)


def test_a_merged_value_holds_for_its_own_rows_and_for_none_above_or_below() -> None:
    """The range begins below the first row and ends above the last one."""
    third = " | T-2026-003 | 验收 | | 1\n"
    body = FIRST + SECOND + third + "华北 | T-2026-004 | 付款 | | 2\n"
    back = read(body, merges=((6, 0, 7, 0),))

    assert [row.get("region") for row in back.rows["tasks.rows"]] == ["华东", "华南", "华南", "华北"]
    assert back.said == [("merged_rows", "A7:A8")]


def test_a_merged_value_leaves_blank_cells_around_it_blank() -> None:
    blank = " | T-2026-00{} | 核对 | | 1\n"
    back = read(blank.format(1) + SECOND.replace("T-2026-002", "T-2026-005") + blank.format(3) + blank.format(4),
                merges=((6, 0, 7, 0),))  # fmt: skip

    assert [row.get("region") for row in back.rows["tasks.rows"]] == [None, "华南", "华南", None]


def test_a_merged_key_names_one_row_only() -> None:
    back = read(FIRST + "华东 | | 发货 | | 4\n", merges=((5, 1, 6, 1),))

    assert back.said == [("required_blank", "B7")]


def test_cells_that_were_merged_across_columns_must_be_undone() -> None:
    back = read("华东 | T-2026-001 | 核对并发货 | | 8\n", merges=((5, 2, 5, 3),))

    assert [(f.code, f.location.cell, f.severity) for f in back.findings] == [("merged_across", "C6:D6", "error")]


def test_a_required_cell_under_a_merged_one_is_not_missed_besides() -> None:
    back = read("华东 | T-2026-001 | | | 8\n", merges=((5, 1, 5, 2),))

    assert back.said == [("merged_across", "B6:C6")]


def test_merged_cells_that_hold_nothing_are_nothing_to_speak_of() -> None:
    assert read(FIRST + SECOND, merges=((8, 0, 9, 0), (8, 2, 8, 3), (0, 0, 0, 4))).said == []


def test_hidden_rows_are_read_and_counted_in_one_line() -> None:
    back = read(FIRST + SECOND + "华北 | T-2026-003 | 验收 | | 1\n", hidden=(4, 6, 7, 20))

    assert len(back.rows["tasks.rows"]) == 3
    assert back.said == [("hidden_rows", "")]
    assert "2 行" in back.findings[0].message("zh")
    assert "6-7" in back.findings[0].message("zh")


def test_a_picture_in_a_cell_counts_as_blank_and_is_named() -> None:
    back = read('华东 | T-2026-001 | =DISPIMG("ID_8E2F",1) | | 8\n')

    assert back.rows["tasks.rows"] == [{"region": "华东", "no": "T-2026-001", "hours": 8.0}]
    assert back.said == [("picture_for_words", "C6")]


def test_a_row_with_nothing_but_a_picture_is_blank() -> None:
    back = read(FIRST + '\n | | =_xlfn.DISPIMG("ID_8E2F",1) | |\n')

    assert back.rows["tasks.rows"] == ROWS[:1]
    assert counts(back) == (1, 0, 1, 0)


def test_a_column_of_their_own_is_counted_even_where_no_row_is_used() -> None:
    back = read(" | | | | | 合同号\n | | | | | A1\n")

    assert [(f.code, f.location.cell) for f in back.findings] == [("column_extra", "F6:F7")]
