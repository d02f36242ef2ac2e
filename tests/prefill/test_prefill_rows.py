"""Open rows come back wherever they were last reported, each id once; what was true of one round stays out."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers import soak
from tests.prefill.books import BEFORE, NEXT, NOW, REGIONS, YEAR, book, drawn, prefill, templates
from xlsflow.model.consolidated_book import ORIGIN, Book, EarlierValue
from xlsflow.model.history import round_order
from xlsflow.model.project import Project, Region
from xlsflow.prefill.prefill import Prefill
from xlsflow.prefill.remarks import prefill_remarks

if TYPE_CHECKING:
    from collections.abc import Sequence

TASKS, RISKS, ISSUES, ACTIONS = "tracking.tasks", "risks.risks", "issues.issues", "minutes.actions"
PROJECT = Project(regions=tuple(Region(*names) for names in zip(REGIONS, ("华东", "华南", "西南"), strict=True)))


def said(prefilled: Prefill) -> list[str]:
    """Return what a coordinator is told, in Chinese."""
    rows = {region: prefilled.of(region, YEAR) for region in REGIONS}
    return [remark.zh for remark in prefill_remarks(rows, prefilled.homeless, PROJECT)]


# --- which rows ---


def test_open_rows_come_back_whatever_file_and_round_they_are_from() -> None:
    given = book(
        tracking__tasks="""
        from | round    | file      | task_id     | task     | progress
        HD   | 2026-W47 | one.xlsx  | HD-2026-001 | 铺货     | in_progress
        HD   | 2026-W47 | two.xlsx  | HD-2026-002 | 陈列     | -
        HD   | 2026-W47 | two.xlsx  | HD-2026-003 | 已做完   | done
        HN   | 2026-W45 | old.xlsx  | HD-2026-101 | 好久没报 | late
        """
    )

    assert drawn(prefill(given), TASKS, "task_id", "task") == {
        "HD": ["HD-2026-001 | 铺货", "HD-2026-002 | 陈列"],
        "HN": ["HD-2026-101 | 好久没报"],
    }
    assert [prefill(given).of(region, YEAR).found for region in REGIONS] == [True, True, False]


def test_the_later_round_wins_by_row_also_where_it_closes_one() -> None:
    given = book(
        tracking__tasks="""
        round    | task_id     | task       | progress
        2026-W47 | HD-2026-001 | 新的说法   | in_progress
        2026-W47 | HD-2026-002 | 做完了     | done
        2026-W9  | HD-2026-001 | 旧的说法   | in_progress
        2026-W9  | HD-2026-002 | 还没做完   | in_progress
        2026-W9  | HD-2026-003 | 没再报     | blocked
        """
    )

    assert drawn(prefill(given), TASKS, "task_id", "task") == {"HD": ["HD-2026-001 | 新的说法", "HD-2026-003 | 没再报"]}


def test_numbers_in_the_ids_of_rounds_count_as_numbers() -> None:
    assert sorted(["2026-W10", "2026-W9", "2025-W52", ""], key=round_order) == ["", "2025-W52", "2026-W9", "2026-W10"]
    assert sorted(["第10期", "第9期"], key=round_order) == ["第9期", "第10期"]


def test_a_table_that_nothing_closes_comes_back_of_its_latest_round_and_only_where_it_is_asked_for() -> None:
    given = book(
        raci__matrix="""
        round    | task
        2026-W47 | 门店清单
        2026-W46 | 已经删去
        """
    )

    assert drawn(prefill(given), "raci.matrix", "task") == {}
    assert drawn(prefill(given, also=frozenset({"raci"})), "raci.matrix", "task") == {"HD": ["门店清单"]}


def test_requests_and_disputes_come_back_until_they_are_settled() -> None:
    given = book(
        "team_plan",
        resource_requests__requests="""
        request_id  | gap    | outcome
        ZS-2026-001 | 冷链车 | pending
        ZS-2026-002 | 仓管   | -
        ZS-2026-003 | 预算   | partly
        ZS-2026-004 | 叉车   | refused
        """,
        disputes__disputes="""
        dispute_id  | matter | resolution | shared
        ZY-2026-001 | 排期   | -          | -
        ZY-2026-002 | 价格   | 按区域定   | -
        ZY-2026-003 | 渠道   | 归华东     | 2026-11-18
        """,
    )

    assert drawn(prefill(given, "team_plan"), "resource_requests.requests", "request_id") == {
        "HD": ["ZS-2026-001", "ZS-2026-002"]
    }
    assert drawn(prefill(given, "team_plan"), "disputes.disputes", "dispute_id") == {
        "HD": ["ZY-2026-001", "ZY-2026-002"]
    }


# --- what is true of one round ---


def test_what_was_true_of_one_round_stays_out_and_is_known_beside_the_row() -> None:
    given = book(
        tracking__tasks="""
        round    | task_id     | task | progress | done_this_week | reported   | delay_reason
        2026-W47 | HD-2026-001 | 铺货 | late     | 到货 62 家     | 2026-11-20 | 车晚到
        2026-W46 | HD-2026-002 | 陈列 | -        | -              | 2026-11-13 | -
        """,
        risks__risks="""
        risk_id       | description | updated
        FX-2026-HD001 | 寒潮        | 2026-11-20
        """,
    )
    rows = prefill(given).of("HD", YEAR)

    assert drawn(prefill(given), TASKS, "task", "done_this_week", "reported", "delay_reason") == {
        "HD": ["铺货 | - | - | 车晚到", "陈列 | - | - | -"]
    }
    assert rows.earlier[TASKS] == [
        {
            "done_this_week": EarlierValue(NOW, "到货 62 家"),
            "reported": EarlierValue(NOW, datetime(2026, 11, 20)),  # noqa: DTZ001 - a cell bears no zone
        },
        {"reported": EarlierValue(BEFORE, datetime(2026, 11, 13))},  # noqa: DTZ001
    ]
    assert "updated" not in rows.rows[RISKS][0]


def test_a_lost_workbook_of_the_same_round_has_what_was_reported_in_it() -> None:
    given = book(
        tracking__tasks="""
        task_id     | task | done_this_week
        HD-2026-001 | 铺货 | 到货 62 家
        """,
        minutes__actions="""
        action_id   | action | region
        HD-2026-900 | 本轮定的 | HD
        """,
    )
    rows = prefill(given, round=NOW).of("HD", YEAR)

    assert rows.rows[TASKS] == [{"task_id": "HD-2026-001", "task": "铺货", "done_this_week": "到货 62 家"}]
    assert rows.earlier[TASKS] == [{}]


# --- ids that two rows have ---


def test_of_two_rows_of_a_region_under_one_id_the_second_gets_the_next_free_one() -> None:
    given = book(
        tracking__tasks="""
        from | task_id       | task     | progress
        HN   | HD-2026-101   | 清单     | in_progress
        HN   | HD-2026-101   | 导购培训 | in_progress
        HN   | HD-2026-101   | 清单     | late
        HN   | HD-2026-HN001 | 已做完   | done
        HD   | HD-2026-HN002 | 别人用了 | -
        """
    )

    assert drawn(prefill(given), TASKS, "task_id", "task")["HN"] == ["HD-2026-101 | 清单", "HD-2026-HN003 | 导购培训"]
    assert prefill(given).of("HN", YEAR).earlier[TASKS][1] == {"task_id": EarlierValue(NOW, "HD-2026-101")}
    assert said(prefill(given)) == [
        "华南：以下编号另有一行在用，已换成新编号：HD-2026-101“导购培训” → HD-2026-HN003（原编号归该区域的另一行）",
        "华南：以下各行重复，只发给了括号里的区域：HD-2026-101“清单”（华南）",
    ]


def test_of_two_regions_with_one_id_the_owner_keeps_it_and_references_follow_the_other() -> None:
    given = book(
        tracking__tasks="""
        from | task_id     | task | region
        HD   | HD-2026-005 | 验收 | XN
        HD   | HD-2026-006 | 培训 | HD
        HN   | HD-2026-005 | 测试 | HN
        HN   | HD-2026-006 | 培训 | HN
        HN   | HD-2026-007 | 抄来 | HD
        HD   | HD-2026-007 | 抄来 | HD
        """,
        issues__issues="""
        from | issue_id      | problem | related_task
        HN   | WT-2026-HN001 | 慢      | HD-2026-006
        HN   | WT-2026-HN002 | 贵      | HD-2026-005
        HD   | WT-2026-HD001 | 早      | HD-2026-006
        """,
    )

    assert drawn(prefill(given), TASKS, "task_id", "task") == {
        "HD": ["HD-2026-HD001 | 验收", "HD-2026-006 | 培训", "HD-2026-007 | 抄来"],
        "HN": ["HD-2026-005 | 测试", "HD-2026-HN001 | 培训"],
    }
    assert drawn(prefill(given), ISSUES, "problem", "related_task") == {
        "HD": ["早 | HD-2026-006"],
        "HN": ["慢 | HD-2026-HN001", "贵 | HD-2026-005"],
    }
    assert said(prefill(given)) == [
        "华东：以下编号另有一行在用，已换成新编号：HD-2026-005“验收” → HD-2026-HD001（原编号归华南）",
        "华南：以下编号另有一行在用，已换成新编号：HD-2026-006“培训” → HD-2026-HN001（原编号归华东）",
        "华南：以下各行重复，只发给了括号里的区域：HD-2026-007“抄来”（华东）",
    ]


def test_one_issue_in_two_regions_goes_to_the_first_and_a_text_key_to_each() -> None:
    given = book(
        issues__issues="""
        from | issue_id    | problem
        HN   | WT-2026-001 | 系统慢
        HD   | WT-2026-001 | 系统慢
        """,
        raci__matrix="""
        from | task
        HD   | 门店清单
        HN   | 门店清单
        """,
    )

    assert drawn(prefill(given), ISSUES, "issue_id") == {"HD": ["WT-2026-001"]}
    assert drawn(prefill(given, also=frozenset({"raci"})), "raci.matrix", "task") == {
        "HD": ["门店清单"],
        "HN": ["门店清单"],
    }


def test_new_blank_rows_are_numbered_on_behind_what_the_region_has_used() -> None:
    given = book(
        issues__issues="""
        from | issue_id      | problem | state
        HD   | WT-2026-HD003 | 慢      | closed
        HD   | WT-2025-HD009 | 旧      | -
        """
    )

    assert prefill(given).of("HD", YEAR).numbers == {ISSUES: 4}


_TASK = st.tuples(
    st.sampled_from(REGIONS), st.sampled_from((*REGIONS, None)), st.integers(1, 5), st.sampled_from("甲乙丙")
)


@settings(max_examples=soak.examples(100), deadline=None)
@given(tasks=st.lists(_TASK, max_size=14))
def test_every_open_row_is_given_out_once_and_no_id_twice(tasks: Sequence[tuple[str, str | None, int, str]]) -> None:
    rows = [
        {
            **dict(zip(ORIGIN, (f"{region}.xlsx", "执行跟踪", 6 + place, region, NOW), strict=True)),
            "task_id": f"HD-2026-{number:03}",
            "task": title,
            "region": owner,
            "progress": None,
        }
        for place, (region, owner, number, title) in enumerate(sorted(tasks, key=lambda task: task[0]))
    ]
    columns = (*ORIGIN, "task_id", "task", "region", "progress")
    prefilled = Prefill(Book((), {TASKS: pd.DataFrame(rows, columns=columns)}), templates(), REGIONS, NEXT)

    found = {region: prefilled.of(region, YEAR) for region in REGIONS}
    ids = [str(row["task_id"]) for given in found.values() for row in given.rows.get(TASKS, ())]
    titles = Counter(str(row["task"]) for given in found.values() for row in given.rows.get(TASKS, ()))
    shared = Counter(row.title for given in found.values() for row in given.shared)

    assert len(ids) == len(set(ids))
    assert titles + shared == Counter(str(row["task"]) for row in rows)
    assert set(titles) == {str(row["task"]) for row in rows}
    assert {str(row["task_id"]) for row in rows} <= set(ids), "one row keeps the id"


# --- what becomes of actions ---


def test_an_action_becomes_a_task_of_its_region_once() -> None:
    given = book(
        minutes__actions="""
        from | action_id   | action   | region | owner  | due        | req_id      | remark
        HD   | HD-2026-031 | 冷库测试 | HN     | 黄嘉豪 | 2026-11-27 | RW-2026-001 | 急
        HN   | HD-2026-031 | 冷库测试 | HN     | 黄嘉豪 | 2026-11-27 | RW-2026-001 | -
        HD   | HD-2026-032 | 排车     | HD     | 张立诚 | -          | -           | -
        HD   | HD-2026-033 | 已是任务 | HN     | 黄嘉豪 | -          | -           | -
        HD   | HD-2026-034 | 同号任务 | HN     | 黄嘉豪 | -          | -           | -
        HD   | HD-2026-035 | 外部的事 | 总部   | 张立诚 | -          | -           | -
        HD   | HD-2026-036 | 谁的事   | -      | 张立诚 | -          | -           | -
        """,
        tracking__tasks="""
        from | task_id       | task     | source_action | progress
        XN   | HD-2026-XN001 | 改了名字 | HD-2026-033   | done
        HN   | HD-2026-034   | 同号任务 | -             | in_progress
        HN   | HD-2026-HN007 | 最后一号 | -             | in_progress
        """,
    )
    prefilled = prefill(given)

    shown = drawn(prefilled, TASKS, "task_id", "source_action", "task", "region", "owner", "due", "req_id")
    assert shown == {
        "HD": ["HD-2026-HD001 | HD-2026-032 | 排车 | HD | 张立诚 | - | -"],
        "HN": [
            "HD-2026-034 | - | 同号任务 | - | - | - | -",
            "HD-2026-HN007 | - | 最后一号 | - | - | - | -",
            "HD-2026-HN008 | HD-2026-031 | 冷库测试 | HN | 黄嘉豪 | 2026-11-27 | RW-2026-001",
        ],
    }
    assert drawn(prefilled, TASKS, "progress", "share")["HD"] == ["not_started | 0.0"]
    assert said(prefilled) == [
        "《会议纪要》的事项已作为新行发给责任区域：华东 1 项、华南 1 项",
        "《会议纪要》的以下事项，责任区域不在项目中，没有发出：HD-2026-035“外部的事”（总部）、HD-2026-036“谁的事”（未填区域）",
    ]


def test_in_a_pack_without_tasks_nothing_becomes_of_actions() -> None:
    given = book(
        "team_plan",
        minutes__actions="""
        action_id   | action | region
        HD-2026-031 | 排车   | HD
        """,
    )

    assert prefill(given, "team_plan").of("HD", YEAR).rows == {}
    assert said(prefill(given, "team_plan")) == []


# --- forms ---


def test_an_open_requirement_comes_back_until_it_is_closed() -> None:
    given = book(
        requirement__form="""
        from | round    | file | req_id      | req_name | req_state
        HD   | 2026-W46 | a    | RW-2026-001 | 铺货     | submitted
        HD   | 2026-W47 | b    | RW-2026-001 | 铺货改   | agreed
        HN   | 2026-W46 | c    | RW-2026-002 | 培训     | submitted
        HN   | 2026-W47 | d    | RW-2026-002 | 培训     | closed
        XN   | 2026-W45 | e    | RW-2026-003 | 冷链     | -
        XN   | 2026-W47 | f    | RW-2026-004 | 陈列     | in_review
        """
    )

    assert drawn(prefill(given), "requirement.form", "req_id", "req_name") == {
        "HD": ["RW-2026-001 | 铺货改"],
        "XN": ["RW-2026-004 | 陈列"],
    }
    # A second open form comes back on a sheet of its own.
    assert drawn(prefill(given), "requirement.form#2", "req_id", "req_name") == {"XN": ["RW-2026-003 | 冷链"]}
    assert said(prefill(given)) == []


def test_an_application_comes_back_with_its_criteria_until_it_passes() -> None:
    given = book(
        "team_plan",
        acceptance__application="""
        from | request_id  | delivered
        HD   | YS-2026-001 | 排车表
        HN   | YS-2026-002 | 道具
        """,
        acceptance__criteria="""
        from | criterion | result
        HD   | 全部回签  | pass
        HD   | 误差      | fail
        HN   | 数量      | pass
        """,
        acceptance__conclusion="""
        from | verdict
        HD   | fail
        HN   | pass
        """,
    )
    back = prefill(given, "team_plan")

    assert drawn(back, "acceptance.application", "request_id") == {"HD": ["YS-2026-001"]}
    assert drawn(back, "acceptance.criteria", "criterion", "result") == {"HD": ["全部回签 | pass", "误差 | fail"]}
    assert drawn(back, "acceptance.conclusion", "verdict") == {"HD": ["fail"]}


def test_an_event_comes_back_with_its_log_until_it_is_closed() -> None:
    given = book(
        "toolkit",
        emergency__event="""
        from | event_id    | event | closed
        HD   | YJ-2026-001 | 断电  | -
        HN   | YJ-2026-002 | 漏水  | 2026-11-19
        """,
        emergency__log="""
        from | step
        HD   | 启用备用电源
        HN   | 已修好
        XN   | 没有事件的记录
        """,
    )

    assert drawn(prefill(given, "toolkit"), "emergency.log", "step") == {"HD": ["启用备用电源"]}


def test_forms_that_belong_to_their_round_do_not_come_back() -> None:
    given = book(
        minutes__meeting="""
        meeting_id  | meeting_name
        HY-2026-001 | 周例会
        """,
        minutes__attendees="""
        unit | person_name | present | proxy
        HD   | 张立诚      | yes     | 王雨桐
        """,
    )

    assert prefill(given).of("HD", YEAR).rows == {}
    asked = prefill(given, also=frozenset({"minutes.attendees"})).of("HD", YEAR)
    assert asked.rows == {"minutes.attendees": [{"unit": "HD", "person_name": "张立诚"}]}
    assert set(asked.earlier["minutes.attendees"][0]) == {"present", "proxy"}
