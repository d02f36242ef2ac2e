"""Rows that are no data: where the signs of one begin to count."""

from __future__ import annotations

import pytest

from xlsflow.intake.recognition.non_data_rows import UsedRows

TEXT = ["x", None, "以上为初步数据"]


def rows(*, fields: str = "abc", issued: int = 2) -> UsedRows:
    """Return a row of data, a blank one, and a single text."""
    columns = {name: TEXT if name == "a" else ["y", None, None] for name in fields}
    return UsedRows(columns, frozenset(fields), [0, 2], issued, {name: frozenset({name}) for name in fields})


@pytest.mark.parametrize(("issued", "found"), [(2, [2]), (3, [])])
def test_a_single_text_after_a_gap_is_a_note_from_the_first_row_beyond_the_template(
    issued: int, found: list[int]
) -> None:
    assert rows(issued=issued).notes() == found


@pytest.mark.parametrize(("fields", "found"), [("ab", []), ("abc", [2])])
def test_a_single_text_tells_of_a_note_only_in_three_columns_or_more(fields: str, found: list[int]) -> None:
    assert rows(fields=fields).notes() == found


@pytest.mark.parametrize(("figures", "found"), [([1.0, 2.0, 3.0], [2]), ([3.0, None, 3.0], []), ([1.0, 2.0, 4.0], [])])
def test_a_last_row_of_numbers_is_a_total_of_at_least_two(figures: list[float | None], found: list[int]) -> None:
    used = [number for number, value in enumerate(figures) if value is not None]

    totals = UsedRows({"n": figures}, frozenset("n"), used, 9, {"n": frozenset({"n"})}).totals()

    assert totals == dict.fromkeys(found, "total")


@pytest.mark.parametrize(("second", "found"), [("b", [0]), ("x", []), (None, [])])
def test_a_repeated_header_has_two_labels_and_nothing_else(second: str | None, found: list[int]) -> None:
    labels = {"a": frozenset({"a"}), "b": frozenset({"b"})}

    assert UsedRows({"a": ["a"], "b": [second]}, frozenset("ab"), [0], 9, labels).headers() == found
