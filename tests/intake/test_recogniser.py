"""Whatever a region did to a sheet, its blocks are found where they are now; what had to be understood is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.helpers.returns import ReadResult, book, drawn, one_pack, read_result, template_of
from xlsflow.intake.grid import Grid
from xlsflow.intake.hidden.stamp import identify
from xlsflow.intake.recognition.header_text import normalize_header, without_brackets
from xlsflow.model.returns import Stamp
from xlsflow.template.kinds import Scope
from xlsflow.template.model import Pack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsflow.fileformat.cells import Scalar
    from xlsflow.intake.grid import RawWorkbook
    from xlsflow.template.model import Template


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
            field("no", "id", "编号", "No.", prefix="T", required=True),
            field("title", "text", "任务名称", "Task", required=True, was=["工作内容", "任务"]),
            field("owner", "text", "责任人", "Owner"),
            field("due", "date", "计划完成时间", "Due", was=["完成时限"]),
            field("hours", "number", "工时", "Hours"),
        ],
    },
)
MINUTES = template_of(
    "minutes",
    "纪要",
    {
        "name": "meeting",
        "type": "form",
        "pairs": 2,
        "fields": [
            field("topic", "text", "会议名称", "Meeting", required=True),
            field("place", "text", "地点", "Place"),
            field("chair", "text", "主持人", "Chair", required=True, was=["会议主持"]),
            field("owner", "text", "责任人", "Owner"),
        ],
    },
    {
        "name": "people",
        "type": "table",
        "rows": 2,
        "title": {"zh": "一、参会人员", "en": "1  Attendees"},
        "fields": [
            field("name", "text", "姓名", "Name", required=True),
            field("unit", "text", "单位", "Unit"),
            field("owner", "text", "责任人", "Owner"),
            field("sign", "text", "签到", "Signed"),
        ],
    },
    {
        "name": "actions",
        "type": "table",
        "rows": 2,
        "title": {"zh": "二、行动项", "en": "2  Actions"},
        "fields": [
            field("task", "text", "任务", "Task", required=True),
            field("owner", "text", "责任人", "Owner"),
            field("due", "date", "完成时间", "Due"),
            field("note", "text", "备注", "Note"),
        ],
    },
    {
        "name": "sign",
        "type": "signatures",
        "title": {"zh": "三、签字", "en": "3  Signatures"},
        "parties": [{"zh": "主持人签字", "en": "Chair signs"}],
    },
)
PACK = Pack.model_validate(
    {"name": "p", "title": {"zh": "包", "en": "Pack"}, "subtitle": {"zh": "包", "en": "Pack"}, "sheets": ["tasks"]}
)
SENT = """
任务表
区域 华东
请填写

key:no | key:title | key:owner | key:due | key:hours
编号＊ | 任务名称＊ | 责任人 | 计划完成时间 | 工时
T-2026-001 | 核对 | 李明 | 2026-03-31 | 8
T-2026-002 | 发货 | 王芳 | 2026-04-01 | 4
"""
ROWS = [
    {"no": "T-2026-001", "title": "核对", "owner": "李明", "due": date(2026, 3, 31), "hours": 8.0},
    {"no": "T-2026-002", "title": "发货", "owner": "王芳", "due": date(2026, 4, 1), "hours": 4.0},
]


def read(*grids: Grid, templates: tuple[Template, ...] = (TASKS,), scalar: bool = True) -> ReadResult:
    return read_result(book(*grids), one_pack(PACK, templates, Scope()), scalar=scalar)


def lines(text: str) -> list[str]:
    return text.strip("\n").split("\n")


def changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


# --- whose it is ---
FULL = Stamp("p", "1", "QL", "2026-W12", "HD", "zh", "0123456789ab", "QL-HD", "return")


def stamped(stamp: Stamp | None, *, properties: bool = True, meta: bool = True, names: bool = True) -> RawWorkbook:
    facts: Mapping[str, str] = {name: getattr(stamp, name) for name in Stamp.__slots__} if stamp else {}
    sheet = Grid(
        "_meta", "very_hidden", 0, 0, [[f"xlsflow.{name}", text] for name, text in facts.items()] if meta else []
    )
    return book(
        sheet,
        properties={f"xlsflow.{name}": text for name, text in facts.items()} if properties else {},
        names={f"xf_{name}": f'"{text}"' for name, text in facts.items()} if names else {},
    )


@pytest.mark.parametrize("kept", ["properties", "meta", "names"])
def test_one_of_the_three_stamps_is_enough(kept: str) -> None:
    only = {name: name == kept for name in ("properties", "meta", "names")}

    assert identify(stamped(FULL, **only)) == (FULL, ())


def test_what_most_stamps_say_counts_and_that_they_differ_is_said() -> None:
    other = stamped(replace(FULL, region="HN"))
    mixed = replace(stamped(FULL), properties=other.properties)

    stamp, diagnostics = identify(mixed)

    assert stamp == FULL
    assert [diagnostic.code for diagnostic in diagnostics] == ["stamp_differs"]


def test_a_stamp_that_lost_some_of_its_names_does_not_contradict_the_others() -> None:
    whole = stamped(FULL)

    assert identify(replace(whole, names={"xf_pack": '="p"', "xf_region": '="HD"'})) == (FULL, ())


def test_two_halves_of_a_stamp_make_a_whole() -> None:
    pieces = replace(
        stamped(FULL, properties=False, meta=False),
        names={"xf_pack": '="p"', "xf_region": '="HD"'},
        properties={"xlsflow.pack": "p", "xlsflow.round": "2026-W12"},
    )

    assert identify(pieces)[0] == Stamp(pack="p", region="HD", round="2026-W12")


def test_a_name_with_quotation_marks_is_read_as_it_was_stamped() -> None:
    assert identify(book(names={"xf_pack": '="a ""b"" c"'}))[0] == Stamp(pack='a "b" c')


def test_a_workbook_without_any_stamp_has_none() -> None:
    assert identify(book(drawn("a | b"))) == (None, ())


# --- headers ---
@pytest.mark.parametrize(
    "text",
    [
        "计划完成时间",
        "计划完成\n时间",
        "＊计划完成时间",
        "计划 完成 时间 *",
        "计划完成时间：",
        "【计划完成时间】",
        "　计划完成时间\u00a0",
        "计划完成时间★",
    ],
)
def test_what_surrounds_a_header_does_not_count(text: str) -> None:
    assert normalize_header(text) == normalize_header("计划完成时间")


def test_a_unit_in_brackets_is_passed_over_where_the_rest_is_known() -> None:
    assert without_brackets("工时（人天）") == normalize_header("工时")
    assert without_brackets("Hours (days)") == normalize_header("HOURS")


# --- a table ---
def test_a_sheet_as_it_was_sent_is_read() -> None:
    back = read(drawn(SENT))

    assert back.rows["tasks.rows"] == ROWS
    assert back.said == []


def test_rows_inserted_above_the_header_move_the_table() -> None:
    text = SENT.replace("key:no", "某某公司\n\n2026 年第 12 周\nkey:no", 1)

    assert (read(drawn(text)).rows["tasks.rows"], read(drawn(text)).said) == (ROWS, [])


def test_a_row_inserted_between_keys_and_header_does_not_make_the_header_a_row_of_data() -> None:
    text = SENT.replace("编号＊", "2026 年第 12 周\n编号＊", 1)

    assert (read(drawn(text)).rows["tasks.rows"], read(drawn(text)).said) == (ROWS, [])


def test_columns_that_were_moved_are_read_by_their_keys() -> None:
    def moved(line: str) -> str:
        cells = line.split("|")
        return "|".join([cells[3], *cells[:3], *cells[4:]]) if len(cells) > 3 else line

    text = "\n".join(map(moved, lines(SENT)))

    assert (read(drawn(text)).rows["tasks.rows"], read(drawn(text)).said) == (ROWS, [])


def test_an_inserted_column_with_content_is_named_with_its_header_and_counted() -> None:
    text = changed(SENT, ("key:due |", "| key:due |"), ("计划完成时间 |", "备选人 | 计划完成时间 |"))
    text = changed(text, ("2026-03-31 |", "赵磊 | 2026-03-31 |"), ("2026-04-01 |", "周强 | 2026-04-01 |"))
    back = read(drawn(text))

    assert back.rows["tasks.rows"] == ROWS
    assert back.said == [("column_extra", "D7:D8")]
    assert "D 列“备选人”" in back.findings[0].message("zh")
    assert "2 个单元格" in back.findings[0].message("zh")


def test_an_inserted_column_that_is_blank_is_nothing_to_speak_of() -> None:
    text = changed(SENT, ("key:due |", "| key:due |"), ("计划完成时间 |", "备选人 | 计划完成时间 |"))
    text = changed(text, ("2026-03-31 |", "| 2026-03-31 |"), ("2026-04-01 |", "| 2026-04-01 |"))

    assert read(drawn(text)).said == []


def test_without_the_row_of_keys_a_table_is_read_by_its_header() -> None:
    text = "\n".join(line for line in lines(SENT) if "key:" not in line)
    back = read(drawn(text))

    assert back.rows["tasks.rows"] == ROWS
    assert back.said == [("key_row_missing", "")]


@pytest.mark.parametrize(
    "head",
    [
        "编号 | 工作内容 | 责任人 | 完成时限 | 工时",
        "No. | Task | Owner | Due | Hours",
        "编号* | 任务\\n名称 | 责任人（签字） | 计划完成时间： | 工时（人天）",
        "ｎｏ． | ＴＡＳＫ | OWNER | due | hours",
    ],
)
def test_headers_are_known_by_earlier_names_in_both_languages_and_however_they_are_adorned(head: str) -> None:
    text = "\n".join(head if "编号＊" in line else line for line in lines(SENT) if "key:" not in line)

    assert read(drawn(text)).rows["tasks.rows"] == ROWS


def test_a_header_on_two_rows_is_read_where_its_cells_are_merged_downwards() -> None:
    text = """
编号 | 任务名称 | 责任人 | 计划 |
     |          |        | 完成时限 | 工时
T-2026-001 | 核对 | 李明 | 2026-03-31 | 8
T-2026-002 | 发货 | 王芳 | 2026-04-01 | 4
"""
    merges = (*((0, col, 1, col) for col in range(3)), (0, 3, 0, 4))

    assert read(drawn(text, merges=merges)).rows["tasks.rows"] == ROWS


def test_a_header_that_is_merged_with_the_blank_row_below_it_ends_there() -> None:
    text = "\n".join(line + "\n | | | |" if "编号＊" in line else line for line in lines(SENT) if "key:" not in line)
    back = read(drawn(text, merges=tuple((4, col, 5, col) for col in range(5))))

    assert back.rows["tasks.rows"] == ROWS


def test_a_column_that_is_gone_is_said_once_and_not_missed_in_every_row() -> None:
    text = "\n".join("|".join(line.split("|")[:1] + line.split("|")[2:]) for line in lines(SENT))
    back = read(drawn(text))

    assert back.rows["tasks.rows"] == [{k: v for k, v in row.items() if k != "title"} for row in ROWS]
    assert back.said == [("column_missing", "")]
    assert back.findings[0].location.field == "title"
    assert read(drawn(text), scalar=False).said == [("column_missing", "")]


def test_an_optional_column_that_is_gone_is_a_warning() -> None:
    text = "\n".join("|".join(line.split("|")[:4]) for line in lines(SENT))

    assert [(f.code, f.location.field, f.severity) for f in read(drawn(text)).findings] == [
        ("column_gone", "hours", "warning")
    ]


def test_a_column_that_lost_its_key_is_read_by_its_header() -> None:
    back = read(drawn(changed(SENT, ("key:due", ""))))

    assert back.rows["tasks.rows"] == ROWS
    assert [(f.code, f.location.field) for f in back.findings] == [("column_by_header", "due")]


def test_headers_that_were_exchanged_are_believed_and_said() -> None:
    text = changed(SENT, ("责任人 | 计划完成时间", "计划完成时间 | 责任人"), ("李明 | 2026-03-31", "2026-03-31 | 李明"))
    text = changed(text, ("王芳 | 2026-04-01", "2026-04-01 | 王芳"))
    back = read(drawn(text))

    assert back.rows["tasks.rows"] == ROWS
    assert back.said == [("header_moved", "C6"), ("header_moved", "D6")]


def test_a_header_that_was_reworded_is_read_by_its_key_alone() -> None:
    assert (read(drawn(changed(SENT, ("责任人", "谁来做")))).rows["tasks.rows"]) == ROWS


def test_a_sheet_without_keys_and_header_is_said_to_be_unread() -> None:
    back = read(drawn("随便写写 | 别的"))

    assert back.rows.get("tasks.rows", []) == []
    assert back.said == [("header_missing", "")]


def test_a_stray_cell_far_away_moves_nothing() -> None:
    grid = drawn(SENT)
    blank: list[Scalar] = [None]
    far: list[list[Scalar]] = [*[blank] * 300, [*blank * 40, "x"]]
    back = read(replace(grid, rows=[*grid.rows, *far]))

    assert back.rows["tasks.rows"] == ROWS
    assert back.said == [("column_extra", "AO309")]


# --- which sheet ---
def test_a_renamed_sheet_is_known_by_what_it_holds() -> None:
    back = read(drawn(SENT, "华东 第 12 周"))

    assert back.rows["tasks.rows"] == ROWS
    assert back.said == [("sheet_renamed", "")]


def test_blanks_around_the_name_of_a_sheet_do_not_rename_it() -> None:
    assert read(drawn(SENT, "任务表 ")).said == []


def test_a_copied_sheet_is_read_once_and_named() -> None:
    back = read(drawn(SENT), drawn(SENT, "任务表 (2)"))

    assert back.rows["tasks.rows"] == ROWS
    assert [(f.code, f.location.sheet, f.severity) for f in back.findings] == [
        ("sheet_copy_same", "任务表 (2)", "info")
    ]


def test_a_blank_copy_loses_nothing() -> None:
    blank = "\n".join(lines(SENT)[:6])

    assert [f.code for f in read(drawn(SENT), drawn(blank, "任务表 (2)")).findings] == ["sheet_copy_same"]


@pytest.mark.parametrize("first", ["任务表", "任务表 (2)"])
def test_a_copy_with_other_rows_must_be_joined_by_the_region(first: str) -> None:
    filled, other = drawn(SENT, "任务表"), drawn(changed(SENT, ("核对", "核对并签字")), "任务表 (2)")
    grids = (filled, other) if first == "任务表" else (other, filled)
    back = read(*grids)

    assert back.rows["tasks.rows"] == ROWS
    assert [(f.code, f.location.sheet, f.severity) for f in back.findings] == [
        ("sheet_copy_differs", "任务表 (2)", "error")
    ]
    assert "《任务表》" in back.findings[0].message("zh")


def test_rows_in_a_copy_beside_the_blank_original_are_not_lost_without_a_word() -> None:
    blank = "\n".join(lines(SENT)[:6])
    back = read(drawn(blank), drawn(SENT, "任务表 (2)"))

    assert [(f.code, f.severity) for f in back.findings] == [("sheet_copy_differs", "error")]


def test_of_two_candidates_without_the_right_name_none_is_guessed() -> None:
    back = read(drawn(SENT, "任务表 (2)"), drawn(SENT, "任务表 (3)"))

    assert back.rows == {}
    assert [(f.code, f.severity) for f in back.findings] == [("sheet_unclear", "error")]
    assert "《任务表 (2)》、《任务表 (3)》" in back.findings[0].message("zh")


def test_a_sheet_with_the_right_name_and_nothing_of_ours_gives_way_to_the_one_that_has_it() -> None:
    back = read(drawn("草稿 | 随手记", "任务表"), drawn(SENT, "任务表(旧)"))

    assert back.rows["tasks.rows"] == ROWS
    assert [(f.code, f.location.sheet) for f in back.findings] == [
        ("sheet_extra", "任务表"),
        ("sheet_renamed", "任务表(旧)"),
    ]


def test_a_sheet_of_their_own_is_named_and_left_alone_and_a_blank_one_is_nothing() -> None:
    back = read(drawn(SENT), drawn("草稿 | 随手记", "计算"), drawn(" ", "Sheet3"), drawn("a | b", "_lists"))

    assert [(f.code, f.location.sheet) for f in back.findings] == [("sheet_extra", "计算")]


def test_a_sheet_that_is_not_there_is_missed() -> None:
    back = read(drawn(SENT), templates=(TASKS, MINUTES))

    assert back.rows["tasks.rows"] == ROWS
    assert [(f.code, f.facts["title"]) for f in back.findings] == [("sheet_missing", MINUTES.tab)]


def test_a_sheet_in_the_other_language_is_read() -> None:
    text = changed(SENT, ("编号＊ | 任务名称＊ | 责任人 | 计划完成时间 | 工时", "No.* | Task* | Owner | Due | Hours"))

    assert (read(drawn(text, "Tasks sheet")).rows["tasks.rows"], read(drawn(text, "Tasks sheet")).said) == (ROWS, [])


# --- several blocks on one sheet ---
STACKED = """
纪要
区域
请填写
会议名称＊ | 周会 | 地点 | 一号会议室
主持人＊ | 李明 | 责任人 | 王芳

一、参会人员
key:name | key:unit | key:owner | key:sign
姓名＊ | 单位 | 责任人 | 签到
李明 | 研发 | 甲 | 是
王芳 | 市场 | 乙 | 否

二、行动项
key:task | key:owner | key:due | key:note
任务＊ | 责任人 | 完成时间 | 备注
发货 | 赵磊 | 2026-04-01 | 急

三、签字
主持人签字
"""
MEETING = {"topic": "周会", "place": "一号会议室", "chair": "李明", "owner": "王芳"}
ATTENDED = [
    {"name": "李明", "unit": "研发", "owner": "甲", "sign": "是"},
    {"name": "王芳", "unit": "市场", "owner": "乙", "sign": "否"},
]
ACTIONS = [{"task": "发货", "owner": "赵磊", "due": date(2026, 4, 1), "note": "急"}]
WHOLE = {"minutes.meeting": [MEETING], "minutes.people": ATTENDED, "minutes.actions": ACTIONS}


def minutes(text: str, name: str = "纪要") -> ReadResult:
    return read(drawn(text, name), templates=(MINUTES,))


def test_stacked_blocks_are_read_each_by_itself() -> None:
    assert (minutes(STACKED).rows, minutes(STACKED).said) == (WHOLE, [])


def test_more_rows_than_provided_push_what_follows_down() -> None:
    more = "".join(f"新人{n} | 销售 | 丙 | 是\n" for n in range(5))
    back = minutes(changed(STACKED, ("\n二、行动项", f"{more}\n二、行动项")))

    assert [row["name"] for row in back.rows["minutes.people"]] == ["李明", "王芳", *(f"新人{n}" for n in range(5))]
    assert back.rows["minutes.actions"] == ACTIONS
    assert back.said == []


def test_rows_that_were_deleted_pull_what_follows_up() -> None:
    back = minutes(changed(STACKED, ("王芳 | 市场 | 乙 | 否\n", ""), ("发货 | 赵磊 | 2026-04-01 | 急\n\n", "")))

    assert back.rows == {"minutes.meeting": [MEETING], "minutes.people": ATTENDED[:1], "minutes.actions": []}
    assert back.said == []


def test_rows_inserted_above_a_form_move_it_down() -> None:
    back = minutes(changed(STACKED, ("会议名称＊", "某某公司\n\n第 12 周\n会议名称＊")))

    assert (back.rows, back.said) == (WHOLE, [])


def test_a_label_is_not_taken_from_the_table_below() -> None:
    """The form's own label is gone; the table's header of the same name is not the form's cell."""
    back = minutes(changed(STACKED, ("李明 | 责任人 | 王芳", "李明 | 谁来做 | 王芳")))

    assert back.rows == WHOLE
    assert back.said == [("label_changed", "C5")]
    assert "“责任人”" in back.findings[0].message("zh")
    assert "“谁来做”" in back.findings[0].message("zh")


def test_a_label_known_by_an_earlier_name_is_no_change() -> None:
    assert minutes(changed(STACKED, ("主持人＊", "会议主持："))).said == []


def test_a_line_of_a_form_that_was_deleted_is_missed_and_nothing_else_is_taken_for_it() -> None:
    back = minutes(changed(STACKED, ("主持人＊ | 李明 | 责任人 | 王芳\n", "")))

    assert back.rows["minutes.meeting"] == [{"topic": "周会", "place": "一号会议室"}]
    assert [(f.code, f.location.field) for f in back.findings] == [
        ("column_missing", "chair"),
        ("column_gone", "owner"),
    ]


def test_labels_that_changed_places_keep_their_cells() -> None:
    back = minutes(changed(STACKED, ("会议名称＊ | 周会 | 地点 | 一号会议室", "地点 | 一号会议室 | 会议名称 | 周会")))

    assert (back.rows, back.said) == (WHOLE, [])


def test_a_form_of_which_no_label_is_left_is_said_to_be_unread() -> None:
    text = changed(STACKED, ("会议名称＊", "甲"), ("地点", "乙"), ("主持人＊", "丙"), ("李明 | 责任人", "李明 | 丁"))
    back = minutes(text)

    assert [f.code for f in back.findings] == ["header_missing"]
    assert back.rows["minutes.people"] == ATTENDED


def test_blocks_are_apart_even_without_their_headings() -> None:
    text = changed(STACKED, ("一、参会人员\n", "\n"), ("二、行动项\n", "\n"), ("三、签字\n", "\n"))

    assert (minutes(text).rows, minutes(text).said) == (WHOLE, [])


def test_a_block_without_keys_is_found_by_its_header_between_the_others() -> None:
    back = minutes(changed(STACKED, ("key:name | key:unit | key:owner | key:sign\n", "")))

    assert back.rows == WHOLE
    assert [(f.code, f.location.block) for f in back.findings] == [("key_row_missing", "minutes.people")]


def test_all_blocks_are_found_by_headers_and_labels_where_all_keys_are_gone() -> None:
    text = "\n".join(line for line in lines(STACKED) if "key:" not in line)
    back = minutes(text, "会议 12")

    assert back.rows == WHOLE
    assert sorted(f.code for f in back.findings) == ["key_row_missing", "key_row_missing", "sheet_renamed"]


def test_a_block_that_was_deleted_is_missed_and_its_neighbours_are_read() -> None:
    gone = STACKED[STACKED.index("一、参会人员") : STACKED.index("二、行动项")]
    back = minutes(changed(STACKED, (gone, "")))

    assert back.rows == {"minutes.meeting": [MEETING], "minutes.people": [], "minutes.actions": ACTIONS}
    assert [(f.code, f.location.block) for f in back.findings] == [("header_missing", "minutes.people")]


# --- whether a form was filled at all ---
def cover(*, required: bool) -> Template:
    who, phone = field("who", "text", "填报人", "Reporter", required=True), field("phone", "text", "电话", "Phone")
    return template_of(
        "cover", "封面", {"name": "sender", "type": "form", "required": required, "fields": [who, phone]}
    )


def test_a_form_that_must_be_filled_is_asked_for_even_if_it_is_blank() -> None:
    back = read(drawn("封面\n\n\n填报人＊ | | 电话 | ", "封面"), templates=(cover(required=True),))

    assert back.said == [("required_blank", "B4")]
    assert [(t.seen, t.blank, len(t.rows)) for t in back.value.blocks] == [(1, 0, 1)]


def test_a_form_that_may_be_left_blank_is_not_missed() -> None:
    back = read(drawn("封面\n\n\n填报人＊ | | 电话 | ", "封面"), templates=(cover(required=False),))

    assert back.said == []
    assert [(t.seen, t.blank, len(t.rows)) for t in back.value.blocks] == [(1, 1, 0)]


def test_one_return_says_nothing_of_how_the_next_is_read() -> None:
    desk = one_pack(PACK, (TASKS,), Scope())
    moved = drawn(SENT.replace("key:no", "\n\nkey:no", 1))

    returned = [read_result(book(grid), desk) for grid in (drawn(SENT), moved, drawn(SENT))]
    assert [one.rows["tasks.rows"] for one in returned] == [ROWS] * 3
