"""Timing rules: what the handbooks allow, held against what was filled in, by each region's calendar and clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from xlsflow.errors import TemplateError
from xlsflow.model.consolidated_book import Book
from xlsflow.model.people import Person
from xlsflow.model.project import Facts, Project, Region, Round
from xlsflow.model.project_rows import Timing
from xlsflow.model.report_model import Listing
from xlsflow.model.returns import FileRecord, Stamp
from xlsflow.pipeline.project_file import open_library
from xlsflow.reports import ReportInputs, make_report
from xlsflow.reports.figures.timing_rules import timing_violations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsflow.template.loading.load import Library

LIBRARY = open_library()
AS_OF = datetime(2026, 11, 20, 18, tzinfo=ZoneInfo("Asia/Shanghai"))
REGIONS = (
    Region("HD", "华东", "East"),
    Region("SG", "新加坡", "Singapore", time_zone="Asia/Singapore", calendar="sg"),
    Region("NY", "纽约", "New York", time_zone="America/New_York", calendar="us"),
)
PROJECT = Project(Facts("铺货", "Launch", "QL"), Round("R1"), REGIONS, people=(Person("李明", "Li Ming", "HD"),))
FILES = {"HD": "hd.xlsx", "SG": "sg.xlsx", "NY": "ny.xlsx"}
ISSUES, TASKS, RISKS = "issues.issues", "tracking.tasks", "risks.risks"

Row = dict[str, object]


def inputs(
    tables: Mapping[str, list[Row]],
    pack: str = "coordination",
    timing: tuple[Timing, ...] = (),
    library: Library = LIBRARY,
) -> ReportInputs:
    """Return the inputs of a book with the rows of some blocks; a row may say its region as `_region`."""
    files = tuple(FileRecord(name, stamp=Stamp(pack, round="R1", region=region)) for region, name in FILES.items())
    scope = library.scope(PROJECT.lists())
    blocks = {t.full_name(b): b for t in library.sheets(library.pack(pack), scope) for b in t.data}
    frames = {}
    for name, rows in tables.items():
        frame = pd.DataFrame({"_row": range(6, 6 + len(rows))})
        frame["_region"] = pd.Series([row.get("_region", "HD") for row in rows], dtype="str")
        frame["_file"], frame["_sheet"], frame["_round"] = frame["_region"].map(FILES), "表", "R1"
        for field in blocks[name].columns:
            values = pd.Series([row.get(field.name) for row in rows], dtype=object)
            kind = {"datetime": "datetime64[us]", "number": "float64", "integer": "Int64"}.get(field.dtype, "str")
            frame[field.name] = pd.to_datetime(values).astype(kind) if kind[0] == "d" else values.astype(kind)  # type: ignore[call-overload]
        frames[name] = frame
    return ReportInputs.of(Book(files, frames), replace(PROJECT, timing=timing), library, AS_OF)


def issue(raised: str, **more: object) -> Row:
    return {"issue_id": "WT-1", "problem": "门锁", "owner": "李明", "urgency": "normal", "state": "open",
            "raised": pd.Timestamp(raised), **{k: pd.Timestamp(v) if k in TIMES else v for k, v in more.items()}}  # type: ignore[arg-type]  # fmt: skip


TIMES = ("first_response", "proposed")


def over(given: ReportInputs, rule: str = "") -> list[tuple[object, ...]]:
    """Return rule, when it had to be done, hours beyond it, and whether it is done."""
    frame = timing_violations(given)
    rows = zip(frame["rule"], frame["due"], frame["hours"].round(2), frame["end"].notna(), strict=True)
    return [(name, f"{due:%m-%d %H:%M}", hours, done) for name, due, hours, done in rows if rule in ("", name)]


def test_a_first_response_in_two_hours_is_in_time_and_one_minute_more_is_not() -> None:
    rows = [
        issue("2026-11-20 09:00", first_response="2026-11-20 11:00", proposed="2026-11-20 12:00"),
        issue("2026-11-20 09:00", first_response="2026-11-20 11:30", proposed="2026-11-20 12:00"),
    ]

    assert over(inputs({ISSUES: rows})) == [("respond", "11-20 11:00", 0.5, True)]


def test_what_is_not_done_runs_on_until_the_as_of_instant() -> None:
    rows = [issue("2026-11-20 15:00"), issue("2026-11-20 17:00")]

    assert over(inputs({ISSUES: rows})) == [("respond", "11-20 17:00", 1.0, False)]


def test_nobody_is_asked_any_more_for_what_is_closed_without_its_time() -> None:
    assert over(inputs({ISSUES: [issue("2026-11-01 15:00", state="closed")]})) == []


def test_an_urgent_issue_has_less_time() -> None:
    rows = [issue("2026-11-20 09:00", urgency=code, first_response="2026-11-20 09:10") for code in ("urgent", "normal")]

    assert over(inputs({ISSUES: rows})) == [("solve", "11-20 11:00", 7.0, False)]


def test_hours_run_by_the_clock_of_the_region() -> None:
    early = issue("2026-11-20 03:30", _region="NY")  # there it is 05:00 at the as-of instant
    late = issue("2026-11-20 02:30", _region="NY")

    assert over(inputs({ISSUES: [early, late]}), "respond") == [("respond", "11-20 04:30", 0.5, False)]


def test_a_figure_of_the_project_goes_before_that_of_the_handbook() -> None:
    rows = {ISSUES: [issue("2026-11-20 09:00", first_response="2026-11-20 14:00", proposed="2026-11-20 15:00")]}

    assert over(inputs(rows, timing=(Timing("respond", hours=8),))) == []
    assert over(inputs(rows, timing=(Timing("respond", "coordination", hours=4),))) == [
        ("respond", "11-20 13:00", 1.0, True)
    ]
    assert len(over(inputs(rows, timing=(Timing("respond", "toolkit", hours=8),)))) == 1


@pytest.mark.parametrize(
    ("region", "due"),
    [
        ("HD", "10-08 23:59"),  # the National Day holiday lasts to 7 October
        ("SG", "10-01 23:59"),
    ],
)
def test_working_days_follow_the_calendar_of_the_region(region: str, due: str) -> None:
    row: Row = {"req_id": "RW-1", "raised": pd.Timestamp("2026-09-30"), "reviewed": pd.Timestamp("2026-10-09 10:00")}
    given = inputs({"requirement.form": [{**row, "_region": region}]}, "cross_region")

    assert over(given)[0][:2] == ("review", due)


def test_a_notice_is_to_go_out_before_the_meeting() -> None:
    def meeting(sent: str | None) -> list[tuple[object, ...]]:
        row: Row = {"meeting_time": pd.Timestamp("2026-11-23 10:00"), "sent": pd.Timestamp(sent) if sent else None}
        return over(inputs({"notice.meeting": [row]}, "cross_region"))

    assert meeting("2026-11-19 17:00") == []  # two working days before Monday the 23rd is Thursday the 19th
    assert meeting("2026-11-20 09:00") == [("notice", "11-19 23:59", 9.0, True)]
    assert meeting(None) == [("notice", "11-19 23:59", 18.0, False)]


def test_a_report_is_due_for_a_task_of_another_sheet_whether_or_not_anybody_has_begun_it() -> None:
    task = {"progress": "done", "finished": pd.Timestamp("2026-11-10"), "owner": "李明"}
    tasks: list[Row] = [{**task, "task_id": f"HD-{n}"} for n in (1, 2, 3)]
    reports: list[Row] = [
        {"related_task": "HD-1", "submitted": pd.Timestamp("2026-11-13")},
        {"related_task": "HD-2", "submitted": pd.Timestamp("2026-11-16")},
    ]

    frame = timing_violations(inputs({TASKS: tasks, "results.reports": reports}, "cross_region"))

    found = zip(frame["key"], frame["owner"], frame["due"], frame["end"].notna(), strict=True)
    due = pd.Timestamp("2026-11-13 23:59:59")  # three working days after Tuesday the 10th
    assert list(found) == [("HD-3", "李明", due, False), ("HD-2", "李明", due, True)]


def test_a_task_that_was_finished_is_asked_for_though_nobody_has_reported_at_all() -> None:
    tasks: list[Row] = [{"task_id": "HD-1", "progress": "done", "finished": pd.Timestamp("2026-11-10")}]

    given = inputs({TASKS: tasks, "results.reports": []}, "cross_region")

    assert over(given) == [("result_report", "11-13 23:59", 162.0, False)]


def test_what_is_to_be_reported_every_week_is_broken_by_silence_only_while_it_is_open() -> None:
    """It is due every Friday by the end of work: on Friday the 20th at 18:00 that of the 13th still counts."""
    reported = [("in_progress", "2026-11-13"), ("blocked", "2026-11-06"), ("done", "2026-10-01")]
    rows: list[Row] = [
        {"task_id": f"HD-{n}", "progress": progress, "reported": pd.Timestamp(day)}
        for n, (progress, day) in enumerate(reported)
    ]

    assert over(inputs({TASKS: rows})) == [("feedback", "11-13 18:00", 168.0, False)]


def listing(given: ReportInputs, lang: str) -> Listing:
    name = {"zh": "时限", "en": "Timing rules"}[lang]
    return next(one for one in make_report(given, "zh" if lang == "zh" else "en").listings if one.name == name)


def test_the_listing_says_which_rule_by_whom_and_by_how_much() -> None:
    given = inputs({ISSUES: [issue("2026-11-20 15:00")]})

    zh, en = ({c.key: c.values[0] for c in listing(given, lang).columns} for lang in ("zh", "en"))  # noqa: PD011 - no frame

    assert (zh["rule"], zh["owner"], zh["region"], zh["allowed"]) == ("问题首次响应", "李明", "华东", "2 小时")
    assert (en["rule"], en["owner"], en["region"], en["allowed"]) == (
        "First response to an issue", "Li Ming", "East", "2 hours",
    )  # fmt: skip
    assert (zh["hours"], zh["end"]) == (1.0, "尚未完成")
    assert "问题首次响应 1" in listing(given, "zh").note


def test_the_first_page_counts_the_rules_that_were_broken_and_names_who() -> None:
    first = make_report(inputs({ISSUES: [issue("2026-11-20 15:00")]}), "zh").overview

    assert [(one.figure, one.small) for one in first.figures[4:6]] == [("0", "无"), ("1", "最多：华东 1 次")]
    assert "“问题首次响应”超时限 1 次（华东 李明 1 次），见“时限”" in first.attention.columns[1].values  # noqa: PD011 - no frame


def test_where_every_rule_was_kept_the_listing_says_so() -> None:
    made = listing(inputs({ISSUES: [issue("2026-11-20 17:30")]}), "zh")

    assert (made.rows, made.note) == (0, "没有超时限。基准 2026-11-20 18:00 (UTC+08:00)。")


# --- grave risks that do not move ---


def risk(**more: object) -> Row:
    days = {"solve_by": pd.Timestamp("2026-12-20"), "updated": pd.Timestamp("2026-11-19")}
    said = {"risk_id": "FX-1", "description": "断供", "owner": "李明", "level": "high", "state": "occurred"}
    return {**said, **days, "measures": "备选", **more}


def test_a_grave_risk_of_which_not_a_word_has_changed_needs_attention() -> None:
    now, before = inputs({RISKS: [risk()]}), inputs({RISKS: [risk()]})
    moved = inputs({RISKS: [risk(measures="备选已签约")]})

    still = make_report(replace(now, previous=before), "zh").overview
    alone = make_report(now, "zh").overview
    went_on = make_report(replace(moved, previous=before), "zh").overview

    assert "FX-1 断供（华东 李明）：与上轮相比没有进展" in still.attention.columns[1].values  # noqa: PD011 - no frame
    assert still.mark == "overdue"
    for other in (alone, went_on):
        said = other.attention.columns[-1].values  # noqa: PD011 - no frame
        assert not any("没有进展" in str(text) for text in said)


# --- the definitions ---

HERE = "blocks[0].duties[0]"
SHEET = """
name = "calls"
title = { zh = "通话", en = "Calls" }
tab = { zh = "通话", en = "Calls" }
purpose = { zh = "通话", en = "Calls" }
[[blocks]]
name = "calls"
type = "table"
[[blocks.duties]]
rule = "respond"
start = "rang"
end = "answered"
[[blocks.fields]]
name = "rang"
kind = "datetime"
label = { zh = "响铃", en = "Rang" }
[[blocks.fields]]
name = "answered"
kind = "datetime"
label = { zh = "接听", en = "Answered" }
[[blocks.fields]]
name = "by_whom"
kind = "text"
label = { zh = "接听人", en = "By" }
"""


def _mistakes(text: str, tmp_path: Path) -> list[str]:
    folder = tmp_path / "templates"
    (folder / "sheets").mkdir(parents=True)
    path = folder / "sheets" / "calls.toml"
    path.write_text(text, "utf-8")
    found: list[TemplateError] = list(open_library([folder]).errors_in(path))
    return [str(one) for one in found]


def test_a_sheet_of_ones_own_can_tell_of_a_timing_rule(tmp_path: Path) -> None:
    assert _mistakes(SHEET, tmp_path) == []


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('end = "answered"', 'end = "anwsered"', "end: there is no field 'anwsered' (did you mean 'answered'?)"),
        ('start = "rang"', 'start = "by_whom"', "start: 'by_whom' is not a date"),
        (
            'rule = "respond"',
            'rule = "respnd"',
            "rule: no list offers a timing rule 'respnd' (did you mean 'respond'?)",
        ),
        ('end = "answered"', 'case = "by_whom"', "case: 'by_whom' is not chosen from a list"),
        (
            'start = "rang"',
            'start = "tracking.tasks.finshed"\nby = "by_whom"',
            "start: the block tracking.tasks has no field 'finshed' (did you mean 'finished'?)",
        ),
        (
            'start = "rang"',
            'start = "tracking.tasks.finished"',
            "by: 'tracking.tasks.finished' is on another sheet",
        ),
        ('end = "answered"', 'ends = "answered"', "did you mean 'end'?"),
    ],
)
def test_an_authors_mistake_is_one_sentence_at_its_key(right: str, wrong: str, said: str, tmp_path: Path) -> None:
    (mistake,) = _mistakes(SHEET.replace(right, wrong, 1), tmp_path)

    assert f"{HERE}." in mistake
    assert said in mistake
