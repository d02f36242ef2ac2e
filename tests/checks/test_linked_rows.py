"""Rows of a plan against each other: circles of predecessors, early starts, ids that differ by zeros."""

from __future__ import annotations

import pandas as pd
import pytest

from xlsflow.checks.linked_rows import LinkedRows
from xlsflow.pipeline.project_file import open_library
from xlsflow.template.kinds.ids import IdField

LIBRARY = open_library()
_Row = tuple[int, str, str | None, str, str]
A, B, C, D = (f"HD-2026-00{number}" for number in range(1, 5))


def found(*rows: _Row) -> list[tuple[str, str, str]]:
    """Return key, code and what is named of the findings of rows: file, key, predecessor, start and end as MM-DD."""
    columns: dict[str, list[object]] = {
        "task_id": [row[1] for row in rows],
        "predecessor": [row[2] for row in rows],
        "start": [_day(row[3]) for row in rows],
        "end": [_day(row[4]) for row in rows],
    }
    source = [(row[0], "计划", number) for number, row in enumerate(rows, 6)]
    linked = LinkedRows("plan.tasks", LIBRARY.template("plan").block("tasks"), source, columns)
    keys = [row[1] for row in rows]
    return sorted(
        (keys[one.row - 6], one.code, one.facts.get("circle") or one.facts["other"]) for one in linked.found()
    )


def _day(text: str) -> object:
    # As a frame has them: times, and what is no time.
    return pd.Timestamp(f"2026-{text}") if text else pd.NaT


@pytest.mark.parametrize(
    ("rows", "circles"),
    [
        ([(0, A, B, "", ""), (0, B, A, "", "")], {A: f"{A} → {B} → {A}", B: f"{A} → {B} → {A}"}),
        ([(0, A, B, "", ""), (0, B, C, "", ""), (0, C, A, "", "")], dict.fromkeys((A, B, C), f"{A} → {B} → {C} → {A}")),
        # A row that leads into a circle is not in it.
        ([(0, D, A, "", ""), (0, A, B, "", ""), (0, B, A, "", "")], dict.fromkeys((A, B), f"{A} → {B} → {A}")),
        ([(0, A, B, "", ""), (0, B, A, "", ""), (0, C, D, "", ""), (0, D, C, "", "")],
         {A: f"{A} → {B} → {A}", B: f"{A} → {B} → {A}", C: f"{C} → {D} → {C}", D: f"{C} → {D} → {C}"}),
        # Across the returns of two regions.
        ([(0, A, B, "", ""), (1, B, A, "", "")], dict.fromkeys((A, B), f"{A} → {B} → {A}")),
        # Two regions use the same ids, each without a circle of its own.
        ([(0, A, B, "", ""), (0, B, None, "", ""), (1, A, None, "", ""), (1, B, A, "", "")], {}),
        ([(0, A, A, "", "")], {}),
        ([(0, A, B, "", ""), (0, B, C, "", ""), (0, C, None, "", "")], {}),
        ([(0, A, C, "", ""), (0, B, C, "", ""), (0, C, None, "", "")], {}),
        ([(0, A, "HD-2026-099", "", "")], {}),
        ([], {}),
    ],
)  # fmt: skip
def test_circles(rows: list[_Row], circles: dict[str, str]) -> None:
    assert found(*rows) == sorted((key, "waits_in_circle", circle) for key, circle in circles.items())


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("11-10", "11-20", True), ("11-19", "11-20", True), ("11-20", "11-20", False), ("11-21", "11-20", False),
        ("", "11-20", False), ("11-10", "", False), ("", "", False), ("11-20 08:00", "11-20 17:00", False),
        ("11-19 23:00", "11-20", True), ("12-01", "11-30", False),
    ],
)  # fmt: skip
def test_a_task_that_starts_before_its_predecessor_ends(start: str, end: str, *, told: bool) -> None:
    rows: list[_Row] = [(0, A, None, "11-01", end), (0, B, A, start, "12-31")]
    assert found(*rows) == [(B, "starts_too_early", A)] * told


def test_in_a_circle_nothing_is_said_of_starts() -> None:
    assert {code for _, code, _ in found((0, A, B, "11-01", "11-30"), (0, B, A, "11-01", "11-30"))} == {
        "waits_in_circle"
    }


@pytest.mark.parametrize(
    ("ids", "told"),
    [
        (["HD-2026-001", "HD-2026-0001"], {"HD-2026-0001": "HD-2026-001"}),
        (["HD-2026-00001", "HD-2026-001"], {"HD-2026-00001": "HD-2026-001"}),
        (["HD-2026-0012", "HD-2026-012"], {"HD-2026-0012": "HD-2026-012"}),
        (
            ["HD-2026-001", "HD-2026-0001", "HD-2026-000001"],
            dict.fromkeys(["HD-2026-0001", "HD-2026-000001"], "HD-2026-001"),
        ),
        (["HD-2026-HB001", "HD-2026-HB0001"], {"HD-2026-HB0001": "HD-2026-HB001"}),
        (["HD-2026-HB001", "HD-2026-HD0001"], {}),
        (["HD-2026-001", "HD-2027-0001"], {}),
        (["HD-2026-001", "HD-2026-0010"], {}),
        (["HD-2026-1000", "HD-2026-100"], {}),
        (["HD-2026-001", "HD-2026-001"], {}),
    ],
)
def test_ids_that_differ_by_leading_zeros(ids: list[str], told: dict[str, str]) -> None:
    rows: list[_Row] = [(number, key, None, "", "") for number, key in enumerate(ids)]
    assert found(*rows) == sorted((key, "id_resembles", other) for key, other in told.items())


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("HD-2026-000", True), ("HD-2026-0000", True), ("HD-2026-HB000", True), ("hd-2026-000", True),
        ("HD2026000", True), ("HD-2026-001", False), ("HD-2026-100", False), ("HD-2026-010", False),
        ("HD-2026-1000", False), ("HD-2026-HB010", False),
    ],
)  # fmt: skip
def test_numbers_begin_with_one(typed: str, *, told: bool) -> None:
    field = IdField.model_validate({"name": "no", "kind": "id", "prefix": "HD", "label": {"zh": "编号", "en": "ID"}})
    reading = field.parse(typed, LIBRARY.scope())
    assert (reading.diagnostic is not None and reading.diagnostic.code == "id_zero") is told
    assert reading.value
    # A column passes over what is canonical.
    assert field.is_canonical(typed) <= (not told)
