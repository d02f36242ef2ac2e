"""What has changed since the last round, whom to remind of it, and what is to be decided today."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.reports import report_example as example
from xlsflow.merge.union_of_returns import outline_of
from xlsflow.model.consolidated_book import ReturnSet
from xlsflow.model.history import HistoryLine, RegionRound
from xlsflow.model.people import Person
from xlsflow.reports import make_report
from xlsflow.reports.figures.status_counts import items_with_flags, region_status
from xlsflow.reports.follow_up.decisions import MAX_DECISIONS, DecisionToMake, decisions_to_make
from xlsflow.reports.follow_up.escalation import Ladder, reminders
from xlsflow.reports.follow_up.reminders_listing import reminder_text
from xlsflow.reports.labels import Labels
from xlsflow.reports.over_rounds.changes import RowsOverRounds, item_changes

if TYPE_CHECKING:
    from xlsflow.reports import ReportInputs

TODAY = example.AS_OF.date()
ROUNDS = ("2026-W44", "2026-W45", "2026-W46", example.ROUND)
OUTLINES = {t.full_name(block): outline_of(block) for t in example.TEMPLATES for block in t.data}


def lines(key: str, region: str, *rounds: tuple[str, int, str]) -> list[HistoryLine]:
    """Return the lines of a task: status, due date as days from the as-of day, and reason, up to the present round."""
    told = []
    for name, (status, due, reason) in zip(ROUNDS[-len(rounds) :], rounds, strict=True):
        as_of = TODAY - timedelta(days=7 * (len(ROUNDS) - 1 - ROUNDS.index(name)))
        day = TODAY + timedelta(days=due)
        told.append(HistoryLine(example.JOBS, key, region, name, as_of, day, day, status, title="task", excuse=reason))
    return told


def with_history(*rows: list[HistoryLine], **parts: Any) -> ReportInputs:  # noqa: ANN401 - any part of a book
    whole = ReturnSet(outlines=OUTLINES, round=example.ROUND)
    told = tuple(sorted((line for row in rows for line in row), key=lambda line: (line[:3], line.round)))
    return example.inputs(example.book(history_lines=told, source=whole, **parts))


def changed(inputs: ReportInputs) -> dict[str, list[str]]:
    """Return kind of change -> keys of the items that it is about."""
    found: dict[str, list[str]] = {}
    for change in item_changes(RowsOverRounds(inputs, items_with_flags(inputs))):
        found.setdefault(change.kind, []).append(change.key)
    return found


def test_the_history_tells_what_slipped_was_reopened_went_back_recovered_and_is_gone() -> None:
    inputs = with_history(
        lines("HD-2026-002", "east", ("in_progress", -20, ""), ("in_progress", -9, "")),
        lines("HD-2026-005", "east", ("done", 6, ""), ("in_progress", 6, "")),
        lines("HD-2026-009", "south", ("in_progress", 1, ""), ("not_started", 1, "")),
        lines("HD-2026-016", "north", ("in_progress", -30, ""), ("done", -30, "")),
        lines("HD-2026-099", "north", ("in_progress", 3, ""))[:1],
    )
    gone = HistoryLine(example.JOBS, "HD-2026-100", "north", "2026-W46", TODAY, TODAY, TODAY, "in_progress")
    inputs = replace(inputs, book=replace(inputs.book, history_lines=(*inputs.book.history_lines, gone)))

    found = changed(inputs)

    assert found["slipped"] == ["HD-2026-002"]
    assert found["reopened"] == ["HD-2026-005"]
    assert found["backwards"] == ["HD-2026-009"]
    assert found["recovered"] == ["HD-2026-016"]
    assert found["gone"] == ["HD-2026-100"]


def test_overdue_for_three_rounds_and_the_same_excuse_three_times_are_said() -> None:
    long_ = ("in_progress", -30, "5f")
    inputs = with_history(
        lines("HD-2026-001", "east", long_, long_, long_, long_),
        lines("HD-2026-002", "east", ("in_progress", 0, "a"), ("in_progress", -9, "b"), ("in_progress", -9, "b")),
    )

    changes = {(c.kind, c.key): c for c in item_changes(RowsOverRounds(inputs, items_with_flags(inputs)))}

    assert changes["long_overdue", "HD-2026-001"].times == 4
    assert changes["long_overdue", "HD-2026-001"].since == "2026-W44"
    assert changes["same_excuse", "HD-2026-001"].times == 4
    assert ("long_overdue", "HD-2026-002") not in changes
    assert ("same_excuse", "HD-2026-002") not in changes


def test_an_overdue_item_with_a_new_date_stays_overdue_as_re_dated() -> None:
    agreed = {(example.JOBS, "HD-2026-005", "east"): TODAY - timedelta(days=4)}
    inputs = with_history(lines("HD-2026-005", "east", ("in_progress", -4, ""), ("in_progress", 6, "")), agreed=agreed)

    change = next(c for c in item_changes(RowsOverRounds(inputs, items_with_flags(inputs))) if c.kind == "redated")

    assert (change.key, change.days, change.asked) == ("HD-2026-005", 4, TODAY + timedelta(days=6))
    assert "redated" in [m.topic for m in decisions(inputs)]


def test_the_last_round_stands_below_the_figures_and_all_rounds_in_the_trend() -> None:
    def region(round_id: str, overdue: int, state: str = "in_time") -> RegionRound:
        return RegionRound(round_id, "east", TODAY, state, total=10, done=4, overdue=overdue, high=3)

    stored = (region("2026-W45", 7), region("2026-W46", 5, "late"))
    report = make_report(example.inputs(example.book(rounds=stored)), "en")

    figures = {figure.key: figure.before for figure in report.overview.figures}
    assert figures["overdue"] == "last round 5"
    assert figures["completion"] == "last round 40%"
    assert (figures["returned"], figures["high_risks"]) == ("last round 1 / 1", "last round 3")
    trend = report.overview.trend
    assert trend is not None
    assert trend.categories == ("2026-W45", "2026-W46", example.ROUND)
    assert [bar.values[:2] for bar in trend.bars] == [(0.4, 0.4), (7.0, 5.0), (1.0, 0.0)]
    assert {figure.basis for figure in report.overview.figures} == {"", "4 of 5 regions"}


def test_a_first_round_has_nothing_to_compare_with() -> None:
    report = make_report(example.inputs(), "en")

    assert report.overview.trend is None
    assert {figure.before for figure in report.overview.figures} == {""}
    shown = [listing.key for listing in report.listings if listing.is_shown]
    assert "trend" not in shown
    assert "changes" not in shown


# --- whom to remind ---


@pytest.mark.parametrize(
    ("days", "urgent", "rung"),
    [(1, False, "owner"), (3, False, "head"), (2, True, "head"), (7, False, "coordinator"), (13, False, "coordinator"),
     (7, True, "superior"), (14, False, "superior")],
)  # fmt: skip
def test_the_ladder_is_climbed_by_days_and_twice_as_fast_by_what_is_urgent(days: int, urgent: bool, rung: str) -> None:  # noqa: FBT001
    assert Ladder().rung(days, urgent=urgent) == rung


def with_heads(superior: str = "方总") -> ReportInputs:
    inputs = example.inputs()
    regions = tuple(replace(region, head="顾区总") for region in inputs.project.regions)
    facts = replace(
        inputs.project.project, coordinator="秦协调", coordinator_contact="qin@example.com", superior=superior,
        superior_contact="fang@example.com",
    )  # fmt: skip
    people = (*inputs.project.people, Person("顾区总", email="gu@example.com"))
    return replace(inputs, project=replace(inputs.project, regions=regions, project=facts, people=people))


def test_everybody_is_reminded_of_what_has_come_to_them_and_those_below_get_a_copy() -> None:
    inputs = with_heads()

    found = reminders(inputs, items_with_flags(inputs), ("west",))

    told = {(r.rung, r.person, r.region): [item.key for item in r.items] for r in found}
    assert told["superior", "方总", ""] == ["HD-2026-001"]
    assert told["coordinator", "秦协调", ""] == ["HD-2026-002"]
    assert told["owner", "杨若溪", "west"] == []  # its return is missing
    everything = [key for keys in told.values() for key in keys]
    assert len(everything) == len(set(everything)) == int((items_with_flags(inputs)["days_overdue"] > 0).sum())
    top = next(r for r in found if r.rung == "superior")
    assert (top.address, top.copy_to) == ("fang@example.com", ("林晓曼", "顾区总"))


def test_without_a_superior_the_coordinator_is_the_last() -> None:
    inputs = with_heads(superior="")

    assert {r.rung for r in reminders(inputs, items_with_flags(inputs), ())} <= {"owner", "head", "coordinator"}


def test_a_message_can_be_sent_as_it_is() -> None:
    inputs = with_heads()
    found = reminders(inputs, items_with_flags(inputs), ("west",))

    text = reminder_text(Labels(inputs, "zh"), next(r for r in found if r.rung == "superior"))
    missing = reminder_text(Labels(inputs, "en"), next(r for r in found if not r.items))

    assert text.splitlines() == [
        "方总，您好：",
        "以下 1 项长期逾期，协调未果，请决定如何处理。",
        (
            "1. HD-2026-001 确认华东首批 18 家门店的铺货清单（华东 林晓曼），应于 2026-11-06 完成，已逾期 14 天；"
            "原因：供应商两次改期，到货晚 9 天"
        ),
        "—— 秦协调",
    ]
    assert "We have not received your workbook of 2026-W47 (due 2026-11-20 18:00)" in missing


# --- what to decide ---


def decisions(inputs: ReportInputs) -> list[DecisionToMake]:
    frame = items_with_flags(inputs)
    return [*decisions_to_make(Labels(inputs, "zh"), frame, region_status(inputs, frame))]


def test_at_most_five_matters_are_to_be_decided_each_topic_before_the_second_of_another() -> None:
    found = decisions(with_heads())

    topics = [matter.topic for matter in found]
    assert len(found) <= MAX_DECISIONS
    assert topics[:3] == ["superior", "high", "blocked"]
    assert all(matter.who and matter.by >= TODAY for matter in found)


def test_where_nothing_is_open_nothing_is_to_be_decided() -> None:
    book = example.book({example.JOBS: example.tasks().iloc[:0]}, findings=())

    assert make_report(example.inputs(book), "en").overview.decisions is None
