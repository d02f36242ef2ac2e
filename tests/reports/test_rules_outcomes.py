"""The four outcomes of timing rules, the table of compliance, and whom a pack's rules judge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from tests.reports.test_timing_rules import AS_OF, FILES, ISSUES, LIBRARY, PROJECT, TASKS, inputs, issue
from xlsflow.model.consolidated_book import Book
from xlsflow.model.project_rows import Timing
from xlsflow.model.returns import FileRecord, Stamp
from xlsflow.reports import ReportInputs, make_report, round_texts
from xlsflow.reports.figures.compliance import compliance_table
from xlsflow.reports.figures.timing_rules import timing_outcomes

if TYPE_CHECKING:
    from tests.reports.test_timing_rules import Row

PLANS = "exceptions.plans"


def outcomes(given: ReportInputs, rule: str) -> list[tuple[str, str]]:
    """Return outcome and missing field of a rule for each row."""
    frame = timing_outcomes(given)
    rows = frame[frame["rule"] == rule]
    return [*zip(rows["outcome"].tolist(), rows["missing"].tolist(), strict=True)]


@pytest.mark.parametrize(
    ("raised", "more", "outcome"),
    [
        ("2026-11-20 09:00", {"first_response": "2026-11-20 10:59"}, ("met", "")),
        ("2026-11-20 17:00", {}, ("running", "")),
        ("2026-11-20 09:00", {}, ("broken", "")),
        ("2026-11-20 09:00", {"first_response": "2026-11-20 11:01"}, ("broken", "")),
        ("2026-11-20 09:00", {"state": "closed"}, ("not_judgeable", "issues.issues.first_response")),
        (None, {}, ("not_judgeable", "issues.issues.raised")),
    ],
)
def test_a_rule_is_met_running_broken_or_cannot_be_judged(
    raised: str | None, more: dict[str, object], outcome: tuple[str, str]
) -> None:
    row = issue(raised or "2026-11-20 09:00", **more)
    if raised is None:
        row["raised"] = None

    assert outcomes(inputs({ISSUES: [row]}), "respond") == [outcome]


def task(key: str, due: str, progress: str = "in_progress", **more: object) -> Row:
    dates = {name: pd.Timestamp(str(value)) for name, value in more.items()}
    return {"task_id": key, "task": "铺货", "progress": progress, "due": pd.Timestamp(due), **dates}


def test_the_time_for_a_plan_runs_from_the_day_after_the_task_was_due_with_or_without_a_plan() -> None:
    tasks = [
        task("HD-1", "2026-11-17"),  # 48 hours after the end of the 17th, and no plan
        task("HD-2", "2026-11-19"),  # still time
        task("HD-3", "2026-11-10"),  # a plan in time
        task("HD-4", "2026-11-25"),  # not late
        task("HD-5", "2026-11-10", "done", finished="2026-11-10"),  # done in time
        task("HD-6", "2026-11-01", "done", finished="2026-11-05"),  # done late, and when a plan was made nobody says
        task("HD-7", "2026-11-10", "cancelled"),
    ]
    plan: Row = {"related_task": "HD-3", "proposed": pd.Timestamp("2026-11-12 20:00")}

    frame = timing_outcomes(inputs({TASKS: tasks, PLANS: [plan]}, "cross_region"))

    lag = frame[frame["rule"] == "lag"]
    found = dict(zip(lag["key"].tolist(), lag["outcome"].tolist(), strict=True))
    assert found == {"HD-1": "broken", "HD-2": "running", "HD-3": "met", "HD-6": "broken"}


def test_who_has_never_reported_has_missed_it_and_the_report_says_so() -> None:
    never: Row = {"task_id": "HD-1", "progress": "in_progress"}
    given = inputs({TASKS: [never]})
    opened = replace(given.project.round, opens=pd.Timestamp("2026-11-09 09:00").to_pydatetime())
    given = replace(given, project=replace(given.project, round=opened))

    report = make_report(given, "en")

    assert outcomes(given, "feedback") == [("broken", "tracking.tasks.reported")]
    listing = next(listing for listing in report.listings if listing.name == "Timing rules")
    cells = {column.key: column.values[0] for column in listing.columns}  # noqa: PD011 - no frame
    assert (cells["end"], cells["span"]) == ("Never reported", "7 d")


def test_friday_is_kept_before_the_end_of_work_and_a_holiday_moves_it_forward() -> None:
    """2026-09-25 and October 1 to 7 are holidays: feedback is due on Thursday the 24th and Wednesday the 30th."""

    def at(reported: str, as_of: str) -> list[tuple[str, str]]:
        row: Row = {"task_id": "HD-1", "progress": "in_progress", "reported": pd.Timestamp(reported)}
        moment = pd.Timestamp(as_of, tz="Asia/Shanghai").to_pydatetime()
        return outcomes(replace(inputs({TASKS: [row]}), as_of=moment), "feedback")

    assert at("2026-11-13", "2026-11-20 18:00") == [("met", "")]
    assert at("2026-11-13", "2026-11-20 18:01") == [("broken", "")]
    assert at("2026-09-24", "2026-09-30 18:00") == [("met", "")]
    assert at("2026-09-24", "2026-10-06 12:00") == [("broken", "")]


def test_each_row_is_judged_by_the_pack_of_its_own_file() -> None:
    rows = [issue("2026-11-20 09:00", _region=region) for region in ("HD", "SG")]
    given = inputs({ISSUES: rows})
    packs = {"HD": "coordination", "SG": "collaboration"}
    files = tuple(
        FileRecord(name, stamp=Stamp(packs.get(region, "coordination"), round="R1", region=region))
        for region, name in FILES.items()
    )
    library = LIBRARY
    timing = (Timing("respond", "collaboration", hours=40),)
    book = Book(files, dict(given.book.tables))

    judged = ReportInputs.of(book, replace(PROJECT, timing=timing), library, AS_OF)

    frame = timing_outcomes(judged)
    rule = frame[frame["rule"] == "respond"]
    assert dict(zip(rule["region"].tolist(), rule["outcome"].tolist(), strict=True)) == {
        "HD": "broken",
        "SG": "running",
    }


def test_the_table_of_compliance_counts_what_is_judged_and_names_one_worst_only() -> None:
    columns = [
        ("HD", "respond", "met"),
        ("HD", "respond", "broken"),
        ("SG", "respond", "met"),
        ("SG", "solve", "running"),
    ]
    frame = pd.DataFrame(columns, columns=["region", "rule", "outcome"])

    table = compliance_table(frame, ["solve", "respond"], ["HD", "SG", "NY"])
    even = compliance_table(pd.concat([frame, frame.replace({"HD": "SG", "SG": "HD"})]), [], [])

    assert (table.rules, table.regions) == (("solve", "respond"), ("HD", "SG"))
    assert (table.counts["HD", "respond"].share, table.counts["SG", "solve"].share) == (0.5, None)
    assert table.counts["", ""].judged == 3
    assert table.worst == "HD"
    assert even.worst is None


def test_compliance_and_what_is_running_stand_in_the_report() -> None:
    rows = [issue("2026-11-20 09:00"), issue("2026-11-20 17:30", _region="SG")]
    report = make_report(inputs({ISSUES: rows}), "zh")
    pages = {listing.name: listing for listing in report.listings}

    table = pages[round_texts.PAGE_COMPLIANCE.zh]
    shown = {column.key: list(column.values) for column in table.columns}
    assert shown["region"] == ["华东", "新加坡", "全部区域"]
    assert shown["respond"] == ["0% (0/1)", "–", "0% (0/1)"]
    pending = {c.key: list(c.values) for c in pages[round_texts.PAGE_PENDING.zh].columns}
    assert ("1 小时 30 分", "进行中") in zip(pending["left"], pending["outcome"], strict=True)
