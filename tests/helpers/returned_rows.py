"""Returns that are written already filled: what tests of a whole round put into an inbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from tests.helpers.documents import TOP
from xlsflow.pipeline.generate import outgoing_workbook
from xlsflow.pipeline.project_file import default_pack, load_project, open_library
from xlsflow.workbook.outgoing.writer import write_workbook

if TYPE_CHECKING:
    from pathlib import Path

ROUND = TOP / "samples" / "round"
PROJECT = ROUND / "project.xlsx"
AS_OF = datetime(2026, 11, 20, 18)  # noqa: DTZ001 - project time
TASKS, NEEDS = "tracking.tasks", "requirement.form"

Row = dict[str, object]


def task(number: int, **more: object) -> Row:
    """Return a task that nothing is wrong with."""
    return {
        "task_id": f"HD-2026-{number:03}",
        "task": f"任务 {number}",
        "region": "HD",
        "owner": "王雨桐",
        "due": date(2026, 12, 1),
        "progress": "in_progress",
        "reported": date(2026, 11, 19),
        **more,
    }


def need(name: str) -> Row:
    """Return a requirement that has an id."""
    return {"req_id": name}


def a_return(path: Path, region: str, *tasks: Row, needs: str = "", day: int = 18, pack: str = "") -> Path:
    """Write a region's return, saved on a day of November, and return its path."""
    library = open_library()
    project = load_project(PROJECT, library)
    chosen = library.pack(pack) if pack else default_pack(library)
    scope = library.scope(project.lists(), {**chosen.settings, **project.figures()})
    asked = project.region(region)
    outgoing = outgoing_workbook(asked, project, chosen, library.sheets(chosen, scope), scope, asked.language)
    rows: dict[str, list[Row]] = {TASKS: list(tasks), NEEDS: [need(needs)] if needs else []}
    rows = {name: lines for name, lines in rows.items() if lines}
    path.parent.mkdir(parents=True, exist_ok=True)
    write_workbook(path, replace(outgoing, rows=rows, created=datetime(2026, 11, day, 9)))  # noqa: DTZ001 - of a file
    return path
