"""What is asked of a whole round: each region by its own day, ids of two returns, predecessors in a plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from tests.helpers.returned_rows import PROJECT, a_return, a_return_of, task
from xlsflow.clock import local_day
from xlsflow.pipeline.definitions import Definitions
from xlsflow.pipeline.merge import merge_paths
from xlsflow.pipeline.project_file import load_project, open_library

if TYPE_CHECKING:
    from pathlib import Path

LIBRARY = open_library()


def said(paths: list[Path], instant: datetime) -> list[tuple[str, str, str]]:
    project = load_project(PROJECT, LIBRARY)
    abroad = [replace(one, time_zone="Europe/Berlin") if one.code == "HW" else one for one in project.regions]
    changed = replace(project, regions=tuple(abroad))
    book = merge_paths(paths, Definitions(LIBRARY, changed, local_day(instant, changed.zone), instant=instant))
    return sorted((f.location.file, f.location.cell, f.code) for f in book.findings)


def test_each_region_has_its_own_day(tmp_path: Path) -> None:
    done = {"progress": "done", "share": 1.0, "finished": date(2026, 11, 20)}
    paths = [
        a_return(tmp_path / "hd.xlsx", "HD", task(1, **done)),
        a_return(tmp_path / "hw.xlsx", "HW", task(2, **{**done, "region": "HW"})),
    ]
    # It is the 20th in Shanghai and still the 19th in Berlin; seven hours later it is the 20th in both.
    asked = {
        instant: [file for file, _, code in said(paths, instant) if code == "in_future"]
        for instant in (datetime(2026, 11, 19, 16, 30, tzinfo=UTC), datetime(2026, 11, 19, 23, 30, tzinfo=UTC))
    }
    assert [*asked.values()] == [["hw.xlsx"], []]


def test_ids_and_predecessors_are_compared_across_returns(tmp_path: Path) -> None:
    step = {"phase": "prepare", "content": "选址", "unit": "HD", "start": date(2026, 11, 10), "end": date(2026, 11, 30)}
    plan = [
        {**step, "task_id": "HD-2026-001", "predecessor": "HD-2026-002"},
        {**step, "task_id": "HD-2026-002", "predecessor": "HD-2026-001"},
        {**step, "task_id": "HD-2026-003", "predecessor": "HD-2026-002"},
    ]
    paths = [
        a_return_of(tmp_path / "hd.xlsx", "HD", {"plan.tasks": plan}, pack="team_plan"),
        a_return_of(
            tmp_path / "hn.xlsx", "HN", {"plan.tasks": [{**step, "task_id": "HD-2026-0003"}]}, pack="team_plan"
        ),
    ]
    codes = {"waits_in_circle", "starts_too_early", "id_resembles"}
    found = [one for one in said(paths, datetime(2026, 11, 20, 4, tzinfo=UTC)) if one[2] in codes]
    assert found == [
        ("hd.xlsx", "G8", "starts_too_early"),
        ("hd.xlsx", "L6", "waits_in_circle"),
        ("hd.xlsx", "L7", "waits_in_circle"),
        ("hn.xlsx", "A6", "id_resembles"),
    ]
