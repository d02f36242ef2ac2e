"""Dates that are probably a slip, and rows of a matrix that lack two things: told alike by a frame and row by row."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.checks.test_frame import batch
from xlsflow.checks.context import CheckContext
from xlsflow.checks.frame import check_frame
from xlsflow.checks.row_by_row import check_rows
from xlsflow.model.project import Department, Project, Region
from xlsflow.pipeline.project_file import open_library

if TYPE_CHECKING:
    from xlsflow.template.model import DataBlock, Template

LIBRARY = open_library()
PACK = LIBRARY.pack("coordination")
PROJECT = Project(
    regions=(Region("HD", "华东"), Region("HN", "华南")),
    departments=(Department("XS", "销售"), Department("SC", "市场")),
)
SCOPE = PROJECT.scope(LIBRARY, PACK)
SHEETS: dict[str, Template] = {template.name: template for template in LIBRARY.sheets(PACK, SCOPE)}
CONTEXT = CheckContext(SCOPE, date(2026, 11, 20))


def codes(block: DataBlock, context: CheckContext, **values: object) -> list[tuple[str, str]]:
    rows = batch(block, [values])
    found = check_frame(rows, block, context, ())
    assert found == check_rows(rows, block, context, ())
    return [(one.field, one.diagnostic.code) for one in found]


@pytest.mark.parametrize(
    ("field", "day", "code"),
    [
        ("due", date(2062, 11, 27), "date_far"),
        ("due", date(2037, 1, 1), "date_far"),
        ("due", date(2099, 12, 31), "date_far"),
        ("due", date(2027, 11, 27), ""),
        ("due", date(2036, 11, 19), ""),
        ("due", date(2006, 11, 1), "date_far"),
        ("start", date(2002, 3, 1), "date_far"),
        ("start", date(2016, 3, 1), ""),
        ("finished", date(2000, 1, 1), "date_far"),
        ("reported", date(2025, 11, 19), "date_of_earlier_round"),
        ("reported", date(2026, 1, 19), "date_of_earlier_round"),
        ("reported", date(2026, 11, 13), ""),
        ("reported", date(2026, 9, 30), ""),
        ("reported", date(2062, 11, 19), "in_future"),
        # A cell with an error gets no question beside it; nothing is asked of a day that nobody knows.
        ("finished", date(2062, 11, 19), "in_future"),
        ("due", None, ""),
    ],
)
def test_dates_that_are_probably_a_slip(field: str, day: date | None, code: str) -> None:
    block = SHEETS["tracking"].block("tasks")
    found = [found for name, found in codes(block, CONTEXT, task="核对", **{field: day}) if name == field]
    assert [one for one in found if one not in {"required_blank", "before"}] == [code] * bool(code)
    if code.startswith("date"):
        assert code not in str(codes(block, CheckContext(SCOPE), task="核对", **{field: day}))


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({}, ["not_exactly_one", "none_of"]),
        ({"roles_hd": "C"}, ["not_exactly_one", "none_of"]),
        ({"roles_xs": "I", "roles_sc": "C"}, ["not_exactly_one", "none_of"]),
        ({"roles_xs": "A"}, ["none_of"]),
        ({"roles_xs": "R"}, ["not_exactly_one"]),
        ({"roles_xs": "A/R"}, []),
        ({"roles_xs": "A", "roles_sc": "R"}, []),
        ({"roles_xs": "R/C", "roles_hd": "C"}, ["not_exactly_one"]),
        # Two A: told at the second; the missing R at the task.
        ({"roles_xs": "A", "roles_sc": "A"}, ["none_of", "not_exactly_one"]),
        # A region alone is R.
        ({"roles_xs": "A", "roles_hd": "R"}, ["rule_broken"]),
    ],
)
def test_a_row_without_a_and_r_is_told_of_both(cells: dict[str, str], told: list[str]) -> None:
    block = SHEETS["raci"].block("matrix")
    assert [code for _, code in codes(block, CONTEXT, task="选址", **cells)] == told
    # Where the task itself is blank, this is what is corrected first.
    assert ("task", "required_blank") in codes(block, CONTEXT, **cells)
    assert ("task", "none_of") not in codes(block, CONTEXT, **cells)
