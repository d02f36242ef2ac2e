"""Returns that are written already filled: what tests of a whole round put into an inbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from tests.helpers.documents import TOP
from xlsflow.fileformat.baseline import Baseline
from xlsflow.pipeline.generate import outgoing_workbook
from xlsflow.pipeline.project_file import default_pack, load_project, open_library
from xlsflow.workbook.outgoing.writer import write_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
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
    return {"req_id": name, "req_name": f"需求 {name}"}


def a_return(
    path: Path,
    region: str,
    *tasks: Row,
    needs: str = "",
    day: int = 18,
    pack: str = "",
    more: Mapping[str, Sequence[Row]] | None = None,
) -> Path:
    """Write a region's return, saved on a day of November, and return its path.

    Args:
        path: The file.
        region: Code of the region.
        tasks: Rows of its tracking sheet.
        needs: Id of its requirement.
        day: The day.
        pack: The pack; the default one where empty.
        more: Full name of a block -> its rows.
    """
    rows: dict[str, list[Row]] = {TASKS: list(tasks), NEEDS: [need(needs)] if needs else []}
    rows |= {name: list(lines) for name, lines in (more or {}).items()}
    return a_return_of(path, region, rows, day=day, pack=pack)


def a_return_of(
    path: Path, region: str, rows: Mapping[str, list[Row]], *, day: int = 18, pack: str = "", workbook: Path = PROJECT
) -> Path:
    """Write a return in a region's workbook, which went out blank, with rows by full name of their block."""
    library = open_library()
    project = load_project(workbook, library)
    chosen = library.pack(pack) if pack else default_pack(library)
    scope = library.scope(project.lists(), {**chosen.settings, **project.figures()})
    asked = project.region(region)
    edition = outgoing_workbook(asked, project, chosen, library.sheets(chosen, scope), scope, asked.language)
    rows = {name: lines for name, lines in rows.items() if lines}
    filled = replace(edition, rows=rows, created=datetime(2026, 11, day, 9))  # noqa: DTZ001 - of a file
    vars(filled)["baseline"] = Baseline()  # the region has filled the rows in
    path.parent.mkdir(parents=True, exist_ok=True)
    write_workbook(path, filled)
    return path
