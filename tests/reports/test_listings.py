"""Columns, widths and addresses of the listings, where they depend on what the data hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.reports import report_example as example
from tests.reports.test_report import column, listing
from xlsflow.model.returns import FileRecord, Stamp
from xlsflow.reports import make_report, texts
from xlsflow.reports.figures.returns import return_status, uncounted_files

LONG = "x" * 40_000


@pytest.mark.parametrize(("seconds", "state"), [(-1, "in_time"), (0, "in_time"), (1, "late")])
def test_a_return_saved_at_the_deadline_is_in_time(seconds: int, state: str) -> None:
    due = datetime(2026, 11, 20, 10, tzinfo=UTC)  # 18:00 in China
    stamp = Stamp(pack="coordination", region="east", round=example.ROUND)
    file = FileRecord("a.xlsx", stamp=stamp, saved=due + timedelta(seconds=seconds))

    returned = return_status(example.inputs(example.book(files=(file,)))).set_index("region")

    assert returned.loc["east", "state"] == state


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"round": ""}, True),
        ({"round": "2026-W01"}, False),
        ({"region": "mars"}, False),
        ({"region": ""}, False),
    ],
)
def test_a_file_counts_only_for_a_region_and_round_of_the_project(changes: dict[str, str], counts: bool) -> None:  # noqa: FBT001
    stamp = replace(Stamp(pack="coordination", region="east", round=example.ROUND), **changes)
    inputs = example.inputs(example.book(files=(FileRecord("a.xlsx", stamp=stamp),)))

    assert bool(uncounted_files(inputs)) is not counts


@pytest.mark.parametrize(("fixed", "cell"), [(None, "C6"), (3, "C4")])
def test_a_text_too_long_for_a_cell_is_a_finding_at_its_own_cell(fixed: int | None, cell: str) -> None:
    rows = [(LONG if position == 1 else value for position, value in enumerate(row)) for row in example.TASKS[:1]]
    table = example.tasks([tuple(row) for row in rows])  # type: ignore[misc]  # of the same length
    file, sheet, number = (str(table[name].iloc[0]) for name in ("_file", "_sheet", "_row"))
    positions = {(file, sheet, example.JOBS): {"job": (fixed, 2), "job_no": (None, 0)}}
    book = example.book({example.JOBS: table}, findings=(), positions=positions)

    made = listing(make_report(example.inputs(book), "en"), texts.PAGE_FINDINGS.say("en"))

    assert number == "6"
    assert column(made, "code").values == ["text_cut"]
    assert column(made, "cell").values == [cell]
    assert column(made, "field").values == ["Task"]
    assert column(made, "file").values == [file]


def test_the_region_and_a_leading_key_stay_in_sight_in_the_data() -> None:
    made = make_report(example.inputs(), "en")

    assert [one.frozen for one in made.listings if one.subject == "data" and not one.hidden] == [2, 2, 2]


@pytest.mark.parametrize(
    ("rows", "columns"), [((0,), {"grave"}), ((1, 2), {"reason"}), ((3,), {"help"}), ((5,), set())]
)
def test_columns_of_overdue_items_that_would_be_empty_are_left_out(rows: tuple[int, ...], columns: set[str]) -> None:
    chosen = [(*example.TASKS[n][:4], -2, "blocked", *example.TASKS[n][6:]) for n in rows]
    tables = {example.JOBS: example.tasks(chosen)}
    if 0 in rows:
        tables = {example.DANGERS: example.risks()}

    made = listing(make_report(example.inputs(example.book(tables, findings=())), "en"), texts.PAGE_OVERDUE.say("en"))

    optional = {"grave", "reason", "help"}
    assert {one.key for one in made.shown} & optional == columns
    assert optional <= {one.key for one in made.columns}, "programs always get them"


def test_contacts_have_their_column_even_if_empty_and_heads_only_if_there_are_any() -> None:
    project = example.project()
    unknown = replace(project, regions=tuple(replace(region, contact="", head="") for region in project.regions))
    headed = replace(project, regions=tuple(replace(region, head="林晓曼") for region in project.regions))

    bare, full = (
        {one.key for one in listing(make_report(example.inputs(project=asked), "en"), "Returns").shown}
        for asked in (unknown, headed)
    )

    assert "contact" in bare
    assert "head" not in bare
    assert "head" in full
