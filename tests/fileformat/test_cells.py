"""Addresses as a sheet shows them, and raw values as a person reads them in the cell."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from xlsflow.fileformat.cells import CellError, Uncalculated, a1, column_letters, display_text

if TYPE_CHECKING:
    from xlsflow.fileformat.cells import Scalar


@given(col=st.integers(0, 16383))
def test_columns_have_the_letters_that_excel_gives_them(col: int) -> None:
    assert column_letters(col) == get_column_letter(col + 1)


def test_an_address_counts_rows_from_one() -> None:
    assert [a1(0, 0), a1(9, 25), a1(0, 26), a1(1048575, 16383)] == ["A1", "Z10", "AA1", "XFD1048576"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("华东", "华东"),
        (True, "TRUE"),
        (False, "FALSE"),
        (3, "3"),
        (3.0, "3"),
        (0.1 + 0.2, "0.3"),
        (-0.05, "-0.05"),
        (13800001111.0, "13800001111"),
        (330106199001011234.0, "3.30106199001011e+17"),
        (float("inf"), "inf"),
        (date(2026, 3, 31), "2026-03-31"),
        (datetime(2026, 3, 31), "2026-03-31"),  # noqa: DTZ001 - as sheets hold it
        (datetime(2026, 3, 31, 14, 30, 59), "2026-03-31 14:30"),  # noqa: DTZ001
        (time(9, 5), "09:05"),
        (time(9, 5, 7), "09:05:07"),
        (timedelta(hours=26), "26:00"),
        (CellError("#REF!"), "#REF!"),
        (Uncalculated(), "="),
    ],
)
def test_a_value_is_shown_as_in_the_cell(value: Scalar, text: str) -> None:
    assert display_text(value) == text
