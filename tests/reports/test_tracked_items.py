"""What is followed up: whose it is, what its status amounts to, and how late it is by its own region's day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from tests.reports import report_example as example
from xlsflow.clock import Calendar
from xlsflow.reports import ReportInputs, overdue, tracked_items
from xlsflow.reports.figures.status_counts import items_with_flags
from xlsflow.reports.figures.tracked_items import due_soon
from xlsflow.system.package_data import package_data_path
from xlsflow.template.loading.load import load_library

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsflow.model.consolidated_book import Book


def one(due: int | None, status: str = "in_progress", region: str = "east") -> Book:
    """Return a book with one task."""
    rows: Sequence[example.Row] = (("HD-2026-001", "task", region, "林晓曼", due, status, 0.5, "", ""),)
    return example.book({example.JOBS: example.tasks(rows)})


def first(inputs: ReportInputs) -> pd.Series:
    """Return the first followed row."""
    return tracked_items(inputs).iloc[0]


def test_every_followed_sheet_is_in_one_frame() -> None:
    frame = tracked_items(example.inputs())

    assert frame["block"].value_counts().to_dict() == {example.JOBS: 25, example.PROBLEMS: 4, example.DANGERS: 4}


def test_a_row_without_a_region_of_its_own_belongs_to_the_region_of_its_file() -> None:
    frame = tracked_items(example.inputs()).set_index("key")

    assert frame.loc["WT-2026-001", "region"] == "south"  # its sheet asks for no region
    assert frame.loc["HD-2026-001", "region"] == "east"


def test_a_region_that_the_project_does_not_know_gives_way_to_that_of_the_file() -> None:
    table = example.tasks().assign(region="nowhere")

    frame = tracked_items(example.inputs(example.book({example.JOBS: table})))

    assert frame["region"].tolist() == table["_region"].tolist()


@pytest.mark.parametrize(
    ("status", "group", "days"),
    [
        ("in_progress", "active", 5),
        ("late", "active", 5),
        ("not_started", "idle", 5),
        ("blocked", "blocked", 5),
        ("done", "done", 0),
        ("cancelled", "dropped", 0),
    ],
)
def test_what_is_finished_or_given_up_is_never_overdue(status: str, group: str, days: int) -> None:
    row = first(example.inputs(one(-5, status)))

    assert (row["group"], row["days_overdue"]) == (group, days)


def test_a_bad_status_that_was_emptied_counts_as_under_way() -> None:
    table = example.tasks().assign(status=pd.Series(None, index=range(25), dtype="str"))

    frame = tracked_items(example.inputs(example.book({example.JOBS: table})))

    assert set(frame["group"]) == {"active"}


def test_a_bad_date_that_was_emptied_is_neither_overdue_nor_due_soon() -> None:
    table = example.tasks()
    table.loc[0, "due"] = pd.NaT

    frame = tracked_items(example.inputs(example.book({example.JOBS: table})))

    late, soon = overdue(frame), due_soon(frame)
    assert "HD-2026-001" not in {*late["key"], *soon["key"]}
    assert pd.isna(frame["days_left"][0])


def test_on_the_day_itself_nothing_is_overdue() -> None:
    assert first(example.inputs(one(0)))["days_overdue"] == 0


@pytest.mark.parametrize(("region", "days"), [("east", 1), ("overseas", 0)])
def test_overdue_is_counted_by_the_day_of_the_own_region(region: str, days: int) -> None:
    """At 16:30 UTC it is the next day in China; for the sake of the claim the other region lies in London."""
    project = example.project()
    regions = tuple(replace(r, time_zone="Europe/London") if r.code == "overseas" else r for r in project.regions)
    as_of = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)

    inputs = example.inputs(one(0, region=region), project=replace(project, regions=regions), as_of=as_of)

    assert first(inputs)["days_overdue"] == days


def test_working_days_follow_the_calendar_of_the_region_and_the_projects_own_days() -> None:
    frame = tracked_items(example.inputs()).set_index("key")

    # From Friday 6 to Friday 20 November: ten working days, less the company's day off on the 16th.
    assert list(frame.loc["HD-2026-001", ["days_overdue", "working_days_overdue"]]) == [14, 9]
    # Singapore does not have that day off: from Monday 16 to Friday 20.
    assert list(frame.loc["HD-2026-020", ["days_overdue", "working_days_overdue"]]) == [4, 4]


@pytest.mark.parametrize("days", [1, 2, 3, 6, 9, 14, 30])
def test_working_days_are_those_that_the_clock_counts(days: int) -> None:
    day = example.AS_OF.date()

    counted = first(example.inputs(one(-days)))["working_days_overdue"]

    calendar = Calendar("cn", days_off=frozenset({date(2026, 11, 16)}))
    assert counted == sum(calendar.is_working_day(day - timedelta(days=back)) for back in range(days))


def test_what_is_overdue_longest_comes_first() -> None:
    late = overdue(tracked_items(example.inputs()))

    assert late["key"].tolist() == [
        "HD-2026-001",
        "HD-2026-002",
        "HD-2026-008",
        "HD-2026-020",
        "WT-2026-001",
        "HD-2026-003",
        "FX-2026-001",
    ]


def test_due_soon_runs_from_today_to_the_last_day_of_the_span() -> None:
    rows = tuple((f"HD-{n}", "t", "east", "林晓曼", n, "in_progress", 0.0, "", "") for n in range(-1, 10))

    soon = due_soon(tracked_items(example.inputs(example.book({example.JOBS: example.tasks(rows)}))), 7)

    assert soon["days_left"].tolist() == list(range(8))


def test_grave_risks_are_those_of_the_first_level_of_the_list() -> None:
    frame = tracked_items(example.inputs())

    assert frame.loc[frame["high"], "key"].tolist() == ["FX-2026-001", "FX-2026-002"]


def test_newly_overdue_is_what_was_not_overdue_in_the_round_before() -> None:
    before = example.inputs(as_of=example.AS_OF - timedelta(days=7))

    frame = items_with_flags(example.inputs(previous=before)).set_index("key")

    assert not frame.loc["HD-2026-001", "new"]  # 14 days late now, 7 then
    assert frame.loc["HD-2026-008", "new"]
    assert frame["new"].isna()["HD-2026-010"]  # not overdue at all


def test_without_a_round_before_nothing_is_said_to_be_new() -> None:
    assert items_with_flags(example.inputs())["new"].isna().all()


def test_an_empty_book_has_nothing_to_follow() -> None:
    frame = items_with_flags(example.inputs(example.book({})))

    assert len(frame) == 0
    assert len(overdue(frame)) == len(due_soon(frame)) == 0


def test_a_basis_takes_its_sheets_and_figures_from_the_pack_of_the_returns() -> None:
    library = load_library([package_data_path("workbook_templates")])

    made = ReportInputs.of(example.book({}), example.project(), library, example.AS_OF)

    assert [sheet.name for sheet in made.templates] == [use.template for use in library.pack("coordination").sheets]
    assert made.setting("due_soon_days", -1) == library.pack("coordination").settings["due_soon_days"]


def test_an_as_of_instant_without_a_time_zone_is_refused() -> None:
    library = load_library([package_data_path("workbook_templates")])

    with pytest.raises(ValueError, match="time zone"):
        ReportInputs.of(example.book({}), example.project(), library, example.AS_OF.replace(tzinfo=None))
