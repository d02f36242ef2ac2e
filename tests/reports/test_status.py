"""Where regions stand: who has returned, counts that add up, lights by their rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.reports import report_example as example
from xlsflow.model.returns import FileRecord, Stamp
from xlsflow.reports import (
    Basis,
    Figures,
    Light,
    LightRule,
    Standing,
    ageing,
    by_owner,
    by_region,
    figures,
    light,
    overall,
    returns,
    standings,
)
from xlsflow.reports.figures.returns import strangers


def whole(basis: Basis) -> Figures:
    """Return the figures of a basis."""
    frame = standings(basis)
    return figures(basis, frame, by_region(basis, frame))


def with_files(*files: FileRecord) -> Basis:
    """Return the round with other files."""
    return example.basis(example.book(files=files))


def east(saved: datetime | None, name: str = "a.xlsx", **parts: str) -> FileRecord:
    """Return a file of the region whose deadline is 18:00 in China."""
    stamp = Stamp(pack="coordination", round=parts.pop("round", example.ROUND), region="east")
    return FileRecord(name, stamp=stamp, saved=saved, reason=parts.pop("reason", ""))


def test_in_time_or_late_is_by_the_deadline_in_the_regions_own_time() -> None:
    """The deadline is 18:00 local; both regions here are 8 hours ahead of UTC."""
    back = returns(example.basis()).set_index("region")

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

    assert (returns(here)["state"][0], returns(there)["state"][0]) == ("late", "in_time")


def test_a_file_that_does_not_say_when_it_was_saved_is_returned_but_undated() -> None:
    assert returns(with_files(east(None)))["state"][0] == "undated"


def test_a_correction_after_the_deadline_does_not_make_a_return_late() -> None:
    saved = example.SAVED["east"]
    early, corrected = east(saved, "a.xlsx", reason="other_version"), east(saved + timedelta(days=1), "b.xlsx")

    back = returns(with_files(early, corrected)).iloc[0]

    assert back["state"] == "in_time"
    assert back["files"] == ("b.xlsx",)


def test_a_file_of_another_round_is_no_return_of_this_one() -> None:
    basis = with_files(east(example.SAVED["east"], round="2026-W46"))

    assert returns(basis)["state"][0] == "missing"
    assert [record.file for record in strangers(basis)] == ["a.xlsx"]


def test_findings_count_for_the_region_whose_file_they_are_in() -> None:
    back = returns(example.basis()).set_index("region")

    assert back["errors"].to_dict() == {"east": 2, "south": 1, "north": 0, "west": 0, "overseas": 1}
    assert list(back.loc["north", ["warnings", "infos"]]) == [1, 1]


def test_the_parts_of_a_region_add_up_to_its_total() -> None:
    basis = example.basis()

    regions = by_region(basis, standings(basis))

    parts = regions[["done", "active", "idle", "blocked", "overdue"]].sum(axis=1)
    assert parts.tolist() == regions["total"].tolist()
    assert regions["total"].sum() == 32  # 33 rows, one of them given up


def test_the_figures_of_the_whole_are_those_of_the_regions() -> None:
    found = whole(example.basis())

    assert (found.returned, found.expected, found.missing, found.late) == (4, 5, ("west",), ("south",))
    assert (found.overdue, found.worst, found.soon, found.soon_idle) == (7, 14, 9, 4)
    assert (found.blocked, found.high, found.untreated, found.errors, found.warnings) == (2, 2, 1, 4, 1)
    assert found.share == pytest.approx(10 / 32)


def test_rows_whose_region_nobody_knows_are_counted_all_the_same() -> None:
    table = example.tasks().assign(region=None, _region="")
    basis = example.basis(example.book({example.JOBS: table}))

    regions = by_region(basis, standings(basis))

    assert regions["region"].tolist() == [*basis.region_order, ""]
    assert regions["total"].tolist() == [0, 0, 0, 0, 0, 24]


def test_a_region_with_nothing_to_do_has_no_share() -> None:
    basis = example.basis(example.book({}))

    assert by_region(basis, standings(basis))["share"].isna().all()
    assert whole(basis).share is None


def test_ages_add_up_to_what_is_overdue() -> None:
    frame = standings(example.basis())

    assert ageing(frame) == (3, 2, 2, 0, 0)


def test_owners_are_listed_by_what_they_have_overdue() -> None:
    owners = by_owner(standings(example.basis()))

    assert list(owners.iloc[0][["owner", "overdue", "worst"]]) == ["张立诚", 2, 9]


@pytest.mark.parametrize(
    ("standing", "shown"),
    [
        (Standing(), "green"),
        (Standing(returned=False), "grey"),
        (Standing(returned=False, overdue=3, worst=30), "grey"),
        (Standing(overdue=1, worst=7), "amber"),
        (Standing(overdue=1, worst=8), "red"),
        (Standing(overdue=1, worst=1, new=1), "red"),
        (Standing(high=1), "red"),
        (Standing(blocked=1), "amber"),
        (Standing(soon_idle=1), "green"),
        (Standing(soon_idle=2), "amber"),
        (Standing(errors=1), "amber"),
        (Standing(late=True), "amber"),
    ],
)
def test_the_light_follows_its_rule(standing: Standing, shown: Light) -> None:
    assert light(standing) == shown


def test_the_figures_of_the_rule_are_settings() -> None:
    basis = example.basis()
    lenient = replace(basis, scope=replace(basis.scope, settings={"light_red_days": 30}))

    rule = LightRule.of(lenient)

    assert rule == LightRule(red_days=30)
    assert light(Standing(overdue=1, worst=14), rule) == "amber"


def test_a_missing_return_keeps_the_whole_from_being_green() -> None:
    assert overall(["green", "grey"]) == "amber"
    assert overall(["green", "grey", "red"]) == "red"
    assert overall([]) == "green"


def test_each_region_has_the_light_that_its_rows_give_it() -> None:
    basis = example.basis()

    regions = by_region(basis, standings(basis))

    assert regions["light"].tolist() == ["red", "amber", "green", "grey", "amber"]
