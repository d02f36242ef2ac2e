"""One requirement's life: merged from returns, written as a consolidated workbook, and traced in that workbook."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import xlsflow
from tests.helpers.returned_rows import AS_OF, PROJECT, a_return, task
from xlsflow import api
from xlsflow.cli import main
from xlsflow.errors import InputError
from xlsflow.i18n import LANGS, Lang

if TYPE_CHECKING:
    from pathlib import Path

    from xlsflow.model.requirement_life import LifeRow, RequirementLife

FIRST, SECOND, BOTH, GONE = "RW-2026-001", "RW-2026-002", "RW-2026-003", "RW-2026-900"
FORM, MEETING, ACTIONS, TASKS = "requirement.form", "minutes.meeting", "minutes.actions", "tracking.tasks"
OPINIONS, LATE, RESULTS, ISSUES = "opinions.opinions", "exceptions.plans", "results.reports", "issues.issues"


def need(name: str, title: str, state: str = "agreed", day: int = 2) -> dict[str, object]:
    """Return a requirement that was raised on a day of November."""
    return {"req_id": name, "req_name": title, "requester": "王雨桐", "req_state": state, "raised": date(2026, 11, day)}


def action(number: int, requirement: str | None) -> dict[str, object]:
    """Return an action of a meeting."""
    return {
        "action_id": f"HD-2026-{number}", "req_id": requirement, "action": f"行动 {number}", "region": "HD",
        "owner": "王雨桐", "due": date(2026, 11, 25),
    }  # fmt: skip


def meeting(number: int) -> dict[str, object]:
    """Return the head of the minutes of a meeting."""
    return {"meeting_id": f"HY-2026-00{number}", "meeting_name": "协调会", "start": datetime(2026, 11, 9, 14)}  # noqa: DTZ001 - of a cell


@dataclass(frozen=True)
class Merged:
    """A consolidated workbook."""

    path: Path

    def life(self, requirement: str) -> RequirementLife:
        """Return the life of a requirement."""
        return api.trace(self.path, requirement)

    def rows(self, requirement: str, block: str) -> list[LifeRow]:
        """Return the rows of one stage in a life."""
        return [row for stage in self.life(requirement).stages if stage.block == block for row in stage.rows]

    def keys(self, requirement: str) -> dict[str, list[str]]:
        """Return block -> ids of its rows, for the stages that have rows."""
        stages = self.life(requirement).stages
        return {stage.block: [row.key for row in stage.rows] for stage in stages if stage.rows}


def merged(folder: Path, lang: Lang = "zh") -> Merged:
    """Merge the returns in a folder."""
    out = folder / "result.xlsx"
    api.merge_to([folder / "inbox"], out, project=PROJECT, view=api.View(AS_OF, lang=lang))
    return Merged(out)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Merged:
    """Two regions with the pack that has most stages.

    East China raised the first requirement and held a meeting; South China raised the second. Both used one id.
    """
    folder = tmp_path_factory.mktemp("whole")
    opinion = {"unit": "HN", "respondent": "黎思敏", "supportable": "yes", "reported": date(2026, 11, 4)}
    a_return(
        folder / "inbox" / "HD.xlsx", "HD",
        task(101, source_action="HD-2026-501", due=date(2026, 11, 12)),  # of the first, by its action
        task(102, source_action="HD-2026-502", req_id=SECOND),  # of the second; its action names none
        task(103, source_action="HD-2026-501", req_id=SECOND, progress="done", share=1.0, finished=date(2026, 11, 18)),
        task(104),
        task(105, req_id=GONE),
        pack="cross_region",
        more={
            FORM: [need(FIRST, "调拨首批新品")],
            OPINIONS: [opinion | {"req_id": FIRST, "opinion_class": "consensus"},
                       opinion | {"req_id": FIRST, "opinion_class": "disputed", "core_difference": "运费"}],
            MEETING: [meeting(1)],
            ACTIONS: [action(501, FIRST), action(502, None), action(503, None)],
            LATE: [{"related_task": "HD-2026-101", "found_late": datetime(2026, 11, 13, 9), "solution": "加班", "owner": "王雨桐", "proposed": datetime(2026, 11, 14, 9)}],  # noqa: DTZ001, E501 - of a cell
            RESULTS: [{"related_task": "HD-2026-103", "actual_result": "完成", "achieved": 0.95, "submitted": date(2026, 11, 19)}],  # noqa: E501
        },
    )  # fmt: skip
    a_return(
        folder / "inbox" / "HN.xlsx", "HN", task(201, req_id=BOTH, region="HN", owner="黎思敏"),
        pack="cross_region", more={FORM: [need(SECOND, "价签系统", "closed", 5)]},
    )  # fmt: skip
    for region in ("HB", "HW"):
        a_return(folder / "inbox" / f"{region}.xlsx", region, pack="cross_region", more={FORM: [need(BOTH, region)]})
    return merged(folder)


def test_the_stages_come_in_the_order_of_a_life_whether_or_not_it_has_come_so_far(whole: Merged) -> None:
    for requirement in (FIRST, GONE):
        stages = [stage.block for stage in whole.life(requirement).stages]
        assert stages == [FORM, OPINIONS, MEETING, ACTIONS, TASKS, LATE, RESULTS]


def test_a_row_belongs_to_what_it_names_and_to_what_that_belongs_to(whole: Merged) -> None:
    """The task names the action, the exception the task; the meeting is that of the action."""
    assert whole.keys(FIRST) == {
        FORM: [FIRST],
        OPINIONS: ["", ""],
        MEETING: ["HY-2026-001"],
        ACTIONS: ["HD-2026-501"],
        TASKS: ["HD-2026-101"],
        LATE: [""],
    }


def test_a_row_that_names_a_requirement_itself_belongs_to_that_one_alone(whole: Merged) -> None:
    """Task 103 is from an action of the first, but is for the second; an action that names none goes with its task."""
    assert whole.keys(SECOND) == {
        FORM: [SECOND],
        MEETING: ["HY-2026-001"],
        ACTIONS: ["HD-2026-502"],
        TASKS: ["HD-2026-102", "HD-2026-103"],
        RESULTS: ["HD-2026-103"],
    }


def test_what_names_nothing_is_in_no_life(whole: Merged) -> None:
    every = Counter(key for name in (FIRST, SECOND, BOTH, GONE) for keys in whole.keys(name).values() for key in keys)

    assert every["HD-2026-104"] == every["HD-2026-503"] == 0


def test_each_row_has_state_and_date_where_it_stands_and_who_is_responsible(whole: Merged) -> None:
    (form,) = whole.rows(SECOND, FORM)
    (late,) = whole.rows(FIRST, TASKS)
    (held,) = whole.rows(FIRST, MEETING)
    (result,) = whole.rows(SECOND, RESULTS)
    first, second = whole.rows(FIRST, OPINIONS)

    assert (form.title.en, form.state, form.state_label.zh, form.is_open) == ("价签系统", "closed", "已归档", False)
    assert (form.date, form.region_name.en, form.round) == (date(2026, 11, 5), "South China", "2026-W47")
    assert (late.state_label.en, late.is_open, late.date) == ("In progress", True, date(2026, 11, 12))
    assert (late.days_overdue, late.owner.en) == (8, "Wang Yutong")
    assert (late.file, late.sheet, late.row) == ("HD.xlsx", "执行跟踪", 6)
    assert (held.date, held.state, held.is_open) == (datetime(2026, 11, 9, 14), "", None)  # noqa: DTZ001 - of a cell
    assert (result.state_label.zh, result.is_open) == ("95%", None)
    assert [row.state_label.en for row in (first, second)] == ["Consensus", "Disputed"]
    assert first.title.en == "South China"


def test_an_id_that_several_regions_use_shows_all(whole: Merged) -> None:
    assert [(row.region, row.title.zh) for row in whole.rows(BOTH, FORM)] == [("HB", "HB"), ("HW", "HW")]
    assert whole.keys(BOTH)[TASKS] == ["HD-2026-201"]


def test_a_requirement_that_is_only_referred_to_has_a_life_too(whole: Merged) -> None:
    assert whole.keys(GONE) == {TASKS: ["HD-2026-105"]}


@pytest.mark.parametrize("typed", ["rw-2026-001", "ＲＷ－2026－001", "RW2026001", " RW-2026-001 "])
def test_an_id_is_read_as_people_type_it(typed: str, whole: Merged) -> None:
    assert whole.life(typed).id == FIRST


@pytest.mark.parametrize(
    ("typed", "near"),
    [("RW-2026-004", (FIRST, SECOND, BOTH)), ("rw-2026-90", (GONE, FIRST, SECOND)), ("001", (FIRST, SECOND, BOTH))],
)
def test_an_unknown_id_is_told_with_the_nearest_that_there_are(
    typed: str, near: tuple[str, ...], whole: Merged
) -> None:
    ids = " ".join(near)
    with pytest.raises(InputError) as told:
        whole.life(typed)

    assert told.value.say("en") == f"result.xlsx has no requirement “{typed}”; the nearest IDs are: {ids}."
    assert told.value.say("zh") == f"result.xlsx 里没有需求“{typed}”；最接近的编号：{ids}。"


def test_a_workbook_without_requirements_is_told(tmp_path: Path) -> None:
    a_return(tmp_path / "inbox" / "HD.xlsx", "HD", pack="team_plan", more={"plan.tasks": [{"task_id": "HD-2026-001"}]})
    plain = merged(tmp_path)

    with pytest.raises(InputError) as told:
        plain.life(FIRST)

    assert told.value.code == "no_requirements"
    assert "result.xlsx" in told.value.say("zh")


def test_a_pack_without_a_link_says_so_and_one_of_several_packs_too(tmp_path: Path, whole: Merged) -> None:
    (alone,) = whole.life(FIRST).unlinked
    a_return(tmp_path / "inbox" / "HD.xlsx", "HD", needs=FIRST)
    a_return(tmp_path / "inbox" / "HN.xlsx", "HN", task(1, req_id=FIRST))
    a_return(tmp_path / "inbox" / "HB.xlsx", "HB", pack="team_plan", more={"plan.tasks": [{"task_id": "HD-2026-001"}]})

    told = merged(tmp_path).life(FIRST).unlinked

    plan = "The pack “Cross-region Team Work Plan” has no link from"
    assert [sentence.en for sentence in told] == [
        "The pack “Cross-region Coordination Workbook” has no link from Risks to requirements.",
        f"{plan} Plan, Weekly minutes, Risks, Acceptance to requirements.",
    ]
    assert alone.en == "The pack “Cross-region Coordination Process” has no link from Notice to requirements."
    assert told[0].zh == "模板包“跨区域协同工作簿”没有把《风险跟踪》关联到需求的栏目。"


# --- on the command line ---


def shown(*words: str, lang: Lang = "en") -> str:
    """Return what the command prints."""
    done = CliRunner().invoke(main, ["trace", *words, "--lang", lang])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_command_prints_a_paragraph_a_stage(whole: Merged) -> None:
    assert shown(SECOND, str(whole.path)).splitlines() == [
        "RW-2026-002",
        "Requirement · Raised",
        "  2026-11-05        Closed       RW-2026-002  South China 2026-W47  Wang Yutong  价签系统",
        "Opinions · Reported",
        "  none yet",
        "Minutes · Start",
        "  2026-11-09 14:00               HY-2026-001  East China 2026-W47                协调会",
        "Minutes 3  Actions · Due",
        "  2026-11-25                     HD-2026-502  East China 2026-W47   Wang Yutong  行动 502",
        "Tracking · Due",
        "  2026-12-01        In progress  HD-2026-102  East China 2026-W47   Wang Yutong  任务 102",
        "  2026-12-01        Done         HD-2026-103  East China 2026-W47   Wang Yutong  任务 103",
        "Exceptions · Solution proposed",
        "  none yet",
        "Results · Submitted",
        "  2026-11-19        95%          HD-2026-103  East China 2026-W47                完成",
        "The pack “Cross-region Coordination Process” has no link from Notice to requirements.",
    ]


@pytest.mark.parametrize("lang", LANGS)
def test_the_command_says_what_is_late_and_what_is_not_in_the_workbook(lang: Lang, whole: Merged) -> None:
    late, gone = (shown(name, str(whole.path), lang=lang) for name in (FIRST, GONE))

    assert ("进行中，逾期 8 天" if lang == "zh" else "In progress, 8 days overdue") in late
    assert ("汇总中没有此需求" if lang == "zh" else "not in this workbook") in gone


def test_the_command_prints_json_with_codes_and_dates_for_programs(whole: Merged) -> None:
    told = json.loads(shown(FIRST, str(whole.path), "--format", "json"))

    (tasks,) = [stage for stage in told["stages"] if stage["block"] == TASKS]
    assert (told["id"], tasks["name"], told["unlinked"]) == (FIRST, "Tracking", [whole.life(FIRST).unlinked[0].en])
    assert tasks["rows"] == [
        {
            "id": "HD-2026-101", "title": "任务 101", "owner": "Wang Yutong", "state": "in_progress",
            "state_label": "In progress", "open": True, "date": "2026-11-12", "days_overdue": 8, "region": "HD",
            "round": "2026-W47", "file": "HD.xlsx", "sheet": "执行跟踪", "row": 6,
        }
    ]  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
def test_an_unknown_id_is_one_sentence_and_exit_code_2(lang: Lang, whole: Merged) -> None:
    done = CliRunner().invoke(main, ["trace", "RW-2026-007", str(whole.path), "--lang", lang])

    assert done.exit_code == 2
    assert done.output.count("\n") == 1
    assert FIRST in done.output


def test_the_verb_is_a_function_of_the_package(whole: Merged) -> None:
    assert isinstance(xlsflow.trace(str(whole.path), FIRST), xlsflow.RequirementLife)
