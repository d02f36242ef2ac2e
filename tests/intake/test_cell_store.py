"""The cells of one sheet while it is read: limits, addresses, and the rows that they become."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from xlsflow.intake.isolation.limits import Limits, Refusal
from xlsflow.intake.xlsx.cell_store import CellStore, parse_range

if TYPE_CHECKING:
    from xlsflow.intake.grid import CellRange


def test_a_sheet_may_hold_as_many_cells_as_the_limit_says_with_the_blanks_between_them() -> None:
    """Five cells: A1, the two blanks behind it, D1, and A2."""
    store = CellStore("S", Limits(cells=5))
    for number, col in ((1, 0), (1, 3), (2, 0)):
        store.set_cell(number, col, "x")
    with pytest.raises(Refusal) as caught:
        store.set_cell(2, 1, "x")

    assert (caught.value.code, caught.value.facts["limit"]) == ("file_too_many_cells", "5")


def test_of_a_cell_that_comes_twice_the_last_value_counts() -> None:
    store = CellStore("S", Limits(cells=3))
    for value in ("a", "b", "c"):
        store.set_cell(1, 0, value)

    assert store.as_rows() == (0, 0, [["c"]])


@pytest.mark.parametrize(("last_row", "padded"), [(16, True), (17, False)])
def test_rows_are_padded_as_long_as_that_makes_a_sheet_at_most_eight_times_as_large(
    last_row: int, *, padded: bool
) -> None:
    """Four cells, A1 to B1 and the last row's: a rectangle of two columns and 16 rows has 32."""
    store = CellStore("S", Limits(cells=49))
    for number, col in ((1, 0), (1, 1), (last_row, 0), (last_row, 1)):
        store.set_cell(number, col, "x")

    _, _, rows = store.as_rows()
    assert len(rows) == last_row
    assert (len(rows[1]) == 2) is padded


@pytest.mark.parametrize(
    ("text", "corners"),
    [
        ("B2:D4", (1, 1, 3, 3)),
        ("$a$1", (0, 0, 0, 0)),
        ("XFD1048576", (1_048_575, 16_383, 1_048_575, 16_383)),
        ("XFE1", None),
        ("A1048577", None),
        ("A1:A1048577", None),
        ("A0", None),
        ("A", None),
    ],
)
def test_a_range_lies_inside_a_sheet_or_is_none(text: str, corners: CellRange | None) -> None:
    assert parse_range(text) == corners


@pytest.mark.parametrize(("number", "col"), [(0, 0), (1_048_577, 0), (1, -1), (1, 16_384)])
def test_a_cell_outside_any_sheet_is_refused(number: int, col: int) -> None:
    with pytest.raises(Refusal) as caught:
        CellStore("S", Limits()).set_cell(number, col, "x")
    assert caught.value.code == "file_damaged"


def test_the_last_cell_of_a_sheet_is_one() -> None:
    store = CellStore("S", Limits())
    store.set_cell(1_048_576, 16_383, "x")

    assert store.as_rows() == (1_048_575, 16_383, [["x"]])


@pytest.mark.parametrize(("last_row", "padded"), [(25, True), (26, False)])
def test_rows_are_padded_up_to_a_fiftieth_of_the_limit(last_row: int, *, padded: bool) -> None:
    """Four cells; a limit of 2,500 cells allows a rectangle of 50, however few of them are filled."""
    store = CellStore("S", Limits(cells=2_500))
    for number, col in ((1, 0), (1, 1), (last_row, 0), (last_row, 1)):
        store.set_cell(number, col, "x")

    _, _, rows = store.as_rows()
    assert (len(rows[1]) == 2) is padded
