"""How regions are doing: who has returned, counts that add up, lights by their rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.reports import report_example as example
from xlsflow.model.returns import FileRecord, Stamp
from xlsflow.reports import ReportInputs
from xlsflow.reports.figures.returns import return_status, uncounted_files
from xlsflow.reports.figures.signals import Signal, SignalFacts, SignalRule, overall_signal, region_signal
from xlsflow.reports.figures.status_counts import (
    ReportFigures,
    items_with_flags,
    open_by_owner,
    overdue_by_age,
    region_status,
    report_figures,
)


def whole(inputs: ReportInputs) -> ReportFigures:
    """Return the figures of a report."""
    frame = items_with_flags(inputs)
    return report_figures(inputs, frame, region_status(inputs, frame))


def with_files(*files: FileRecord) -> ReportInputs:
    """Return the round with other files."""
    return example.inputs(example.book(files=files))


def east(saved: datetime | None, name: str = "a.xlsx", **parts: str) -> FileRecord:
    """Return a file of the region whose deadline is 18:00 in China."""
    stamp = Stamp(pack="coordination", round=parts.pop("round", example.ROUND), region="east")
    return FileRecord(name, stamp=stamp, saved=saved, reason=parts.pop("reason", ""))


def test_in_time_or_late_is_by_the_deadline_in_the_regions_own_time() -> None:
    """The deadline is 18:00 local; both regions here are 8 hours ahead of UTC."""
    back = return_status(example.inputs()).set_index("region")

    assert back["state"].to_dict() == {
        "east": "in_time",
        "south": "late",
        "north": "in_time",
        "west": "missing",
        "overseas": "in_time",
    }
    assert back.loc["south", "hours_late"] == pytest.approx(3 + 40 / 60)
    assert back.loc["south", "saved"] == datetime(2026, 11, 20, 21, 40)  # noqa: DTZ001 - its wall time


def test_the_same_instant_is_late_in_one_time_zone_and_in_time_in_another() -> None:
    saved = datetime.fromisoformat("2026-11-20T12:00+00:00")
    project = example.project()
    away = replace(project, regions=tuple(replace(r, time_zone="Europe/London") for r in project.regions))
    here, there = with_files(east(saved)), replace(with_files(east(saved)), project=away)

    assert (return_status(here)["state"][0], return_status(there)["state"][0]) == ("late", "in_time")


def test_a_file_that_does_not_say_when_it_was_saved_is_returned_but_undated() -> None:
    assert return_status(with_files(east(None)))["state"][0] == "undated"


def test_a_correction_after_the_deadline_does_not_make_a_return_late() -> None:
    saved = example.SAVED["east"]
    early, corrected = east(saved, "a.xlsx", reason="other_version"), east(saved + timedelta(days=1), "b.xlsx")

    back = return_status(with_files(early, corrected)).iloc[0]

    assert back["state"] == "in_time"
    assert back["files"] == ("b.xlsx",)


def test_a_file_of_another_round_is_no_return_of_this_one() -> None:
    inputs = with_files(east(example.SAVED["east"], round="2026-W46"))

    assert return_status(inputs)["state"][0] == "missing"
    assert [record.file for record in uncounted_files(inputs)] == ["a.xlsx"]


def test_findings_count_for_the_region_whose_file_they_are_in() -> None:
    back = return_status(example.inputs()).set_index("region")

    assert back["errors"].to_dict() == {"east": 2, "south": 1, "north": 0, "west": 0, "overseas": 1}
    assert list(back.loc["north", ["warnings", "infos"]]) == [1, 1]


def test_the_parts_of_a_region_add_up_to_its_total() -> None:
    inputs = example.inputs()

    regions = region_status(inputs, items_with_flags(inputs))

    parts = regions[["done", "active", "idle", "blocked", "overdue"]].sum(axis=1)
    assert parts.tolist() == regions["total"].tolist()
    assert regions["total"].sum() == 32  # 33 rows, one of them given up


def test_the_figures_of_the_whole_are_those_of_the_regions() -> None:
    found = whole(example.inputs())

    assert (found.returned, found.expected, found.missing, found.late) == (4, 5, ("west",), ("south",))
    assert (found.overdue, found.worst, found.soon, found.soon_idle) == (7, 14, 9, 4)
    assert (found.blocked, found.high, found.untreated_risks, found.errors, found.warnings) == (2, 2, 1, 4, 1)
    assert found.share == pytest.approx(10 / 32)


def test_rows_whose_region_nobody_knows_are_counted_all_the_same() -> None:
    table = example.tasks().assign(region=None, _region="")
    inputs = example.inputs(example.book({example.JOBS: table}))

    regions = region_status(inputs, items_with_flags(inputs))

    assert regions["region"].tolist() == [*inputs.region_order, ""]
    assert regions["total"].tolist() == [0, 0, 0, 0, 0, 24]


def test_a_region_with_nothing_to_do_has_no_share() -> None:
    inputs = example.inputs(example.book({}))

    assert region_status(inputs, items_with_flags(inputs))["share"].isna().all()
    assert whole(inputs).share is None


def test_ages_add_up_to_what_is_overdue() -> None:
    frame = items_with_flags(example.inputs())

    assert overdue_by_age(frame) == (3, 2, 2, 0, 0)


def test_owners_are_listed_by_what_they_have_overdue() -> None:
    owners = open_by_owner(items_with_flags(example.inputs()))

    assert list(owners.iloc[0][["owner", "overdue", "worst"]]) == ["张立诚", 2, 9]


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        (SignalFacts(), "green"),
        (SignalFacts(silent=True), "grey"),
        (SignalFacts(silent=True, overdue=3, worst=30), "grey"),
        (SignalFacts(overdue=1, worst=7), "amber"),
        (SignalFacts(overdue=1, worst=8), "red"),
        (SignalFacts(overdue=2, worst=1, new=2), "amber"),
        (SignalFacts(overdue=3, worst=1, new=3), "red"),
        (SignalFacts(high=1), "red"),
        (SignalFacts(blocked=1), "amber"),
        (SignalFacts(soon_idle=1), "green"),
        (SignalFacts(soon_idle=2), "amber"),
        (SignalFacts(errors=1), "amber"),
        (SignalFacts(late=True), "amber"),
    ],
)
def test_the_light_follows_its_rule(facts: SignalFacts, shown: Signal) -> None:
    assert region_signal(facts) == shown


def test_the_figures_of_the_rule_are_settings() -> None:
    inputs = example.inputs()
    lenient = replace(inputs, scope=replace(inputs.scope, settings={"light_red_days": 30}))

    rule = SignalRule.of(lenient)

    assert rule == SignalRule(red_days=30)
    assert region_signal(SignalFacts(overdue=1, worst=14), rule) == "amber"


def test_a_missing_return_keeps_the_whole_from_being_green() -> None:
    assert overall_signal(["green", "grey"]) == "amber"
    assert overall_signal(["green", "grey", "red"]) == "red"
    assert overall_signal([]) == "grey", "without a region nothing is known"
    assert overall_signal(["grey", "grey"]) == "grey"
    assert overall_signal(["grey", "green"], ["red", "green"]) == "red", "silence makes nothing better"


def test_each_region_has_the_light_that_its_rows_give_it() -> None:
    inputs = example.inputs()

    regions = region_status(inputs, items_with_flags(inputs))

    assert regions["light"].tolist() == ["red", "amber", "green", "grey", "amber"]
