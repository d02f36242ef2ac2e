"""How the kinds date and datetime read cells."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.template.kinds_example import field, value_and_code

if TYPE_CHECKING:
    from xlsflow.fileformat.cells import Scalar


A_DAY = date(2026, 3, 31)
SERIAL = 46112.0  # 2026-03-31


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (A_DAY, ""),
        (datetime(2026, 3, 31), ""),  # noqa: DTZ001
        (datetime(2026, 3, 31, 14, 30), "read_as"),  # noqa: DTZ001
        (datetime(2026, 3, 30, 23, 59, 59, 999_900), ""),  # noqa: DTZ001 - the noise of a float
        ("2026-03-31", ""),
        ("2026年3月31日", "read_as"),
        ("2026 年 3 月 31 日", "read_as"),
        ("2026年3月31号", "read_as"),
        ("2026年3月31", "read_as"),
        ("2026.3.31", "read_as"),
        ("2026.03.31", "read_as"),
        ("2026/3/31", "read_as"),
        ("2026-3-31", "read_as"),
        ("2026–3–31", "read_as"),
        ("２０２６．３．３１", "read_as"),
        ("20260331", "read_as"),
        (20260331.0, "read_as"),
        ("2026-03-31 00:00:00", "read_as"),
        ("2026-03-31T09:30:00", "read_as"),
        ("2026-03-31 24:00", "read_as"),
        (SERIAL, "read_as"),
        (46112, "read_as"),
        ("46112", "read_as"),
        (46112.604166667, "read_as"),
        ("31/3/2026", "read_as"),
        ("3/31/2026", "read_as"),
        ("31.03.2026", "read_as"),
        ("31 Mar 2026", "read_as"),
        ("31-Mar-2026", "read_as"),
        ("31st March 2026", "read_as"),
        ("March 31, 2026", "read_as"),
    ],
)
def test_a_day_that_has_one_reading_is_read(raw: Scalar, code: str) -> None:
    assert value_and_code(field("date"), raw) == (A_DAY, code)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("24.8.15", "ambiguous_date"),
        ("8/15", "ambiguous_date"),
        ("8月15日", "ambiguous_date"),
        (8.15, "ambiguous_date"),
        ("08/09/2024", "ambiguous_date"),
        ("08/09/2024 14:30", "ambiguous_date"),
        ("2026年8月", "ambiguous_date"),
        ("2026-02-30", "not_a_date"),
        ("2026-13-01", "not_a_date"),
        ("20261301", "not_a_date"),
        ("202603311", "not_a_date"),
        ("8月1日-15日", "not_a_date"),
        ("2026.8.15-8.20", "not_a_date"),
        ("2026-03-31 25:00", "not_a_date"),
        ("2026-03-31T00:00:00Z", "not_a_date"),
        ("民国113年1月1日", "not_a_date"),
        ("长期", "not_a_date"),
        ("待定", "not_a_date"),
        ("46_112", "not_a_date"),
        (12.0, "not_a_date"),
        (1e300, "not_a_date"),
        (float("inf"), "not_a_date"),
        (True, "not_a_date"),
        (time(9, 0), "not_a_date"),
        (timedelta(hours=30), "not_a_date"),
        ("1026-03-31", "too_small"),
        (date(2126, 3, 31), "too_large"),
        (datetime.max, "too_large"),  # noqa: DTZ901
    ],
)
def test_what_is_no_day_or_several_is_never_guessed(raw: Scalar, code: str) -> None:
    assert value_and_code(field("date"), raw) == (None, code)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (datetime(2026, 3, 31, 14, 30), ""),  # noqa: DTZ001
        (datetime(2026, 3, 31, 14, 29, 59, 999_500), ""),  # noqa: DTZ001
        (datetime(2026, 3, 31, 14, 30, 0, 400), ""),  # noqa: DTZ001
        (datetime(2026, 3, 31, 14, 30, 45), ""),  # noqa: DTZ001 - the sheet shows 14:30
        (SERIAL + 14.5 / 24, "read_as"),
        (SERIAL + 14.5 / 24 - 1e-9, "read_as"),
        (f"{SERIAL + 14.5 / 24}", "read_as"),
        ("2026-03-31 14:30", ""),
        ("2026-03-31 14:30:45", "read_as"),
        ("2026-03-31T14:30", "read_as"),
        ("2026/3/31 14：30", "read_as"),
        ("2026年3月31日14时30分", "read_as"),
        ("2026年3月31日 14点半", "read_as"),
        ("2026年3月31日 下午2:30", "read_as"),
        ("2026.3.31 下午2点30分", "read_as"),
        ("2026-03-31 2:30 PM", "read_as"),
        ("2026-03-31 下午14:30", "read_as"),
        ("31 Mar 2026, 2:30 pm", "read_as"),
    ],
)
def test_a_moment_that_has_one_reading_is_read_to_the_minute(raw: Scalar, code: str) -> None:
    assert value_and_code(field("datetime"), raw) == (datetime(2026, 3, 31, 14, 30), code)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        (A_DAY, datetime(2026, 3, 31), ""),  # noqa: DTZ001
        ("2026-03-31", datetime(2026, 3, 31), ""),  # noqa: DTZ001
        ("2026.3.31", datetime(2026, 3, 31), "read_as"),  # noqa: DTZ001
        ("2026-03-31 24:00", datetime(2026, 4, 1), "read_as"),  # noqa: DTZ001
        ("2026-03-31 12:00 AM", datetime(2026, 3, 31), "read_as"),  # noqa: DTZ001
        ("2026-03-31 12:00 PM", datetime(2026, 3, 31, 12), "read_as"),  # noqa: DTZ001
        ("2026-03-31 中午12点", datetime(2026, 3, 31, 12), "read_as"),  # noqa: DTZ001
        ("2026-03-31 晚上12点", None, "not_a_datetime"),
        ("2026-03-31 上午14:30", None, "not_a_datetime"),
        ("2026-03-31 14:60", None, "not_a_datetime"),
        ("2026-03-31 9", None, "not_a_datetime"),
        ("14:30", None, "not_a_datetime"),
        (time(14, 30), None, "not_a_datetime"),
        ("3/4/2026 14:30", None, "ambiguous_date"),
        ("9999-12-31 24:00", None, "not_a_datetime"),
    ],
)
def test_a_moment_is_never_guessed(raw: Scalar, value: object, code: str) -> None:
    assert value_and_code(field("datetime"), raw) == (value, code)


def test_a_day_keeps_to_its_bounds() -> None:
    kind = field("datetime", least=date(2026, 1, 1), most=date(2026, 12, 31))

    assert value_and_code(kind, datetime(2026, 12, 31, 23, 59)) == (datetime(2026, 12, 31, 23, 59), "")  # noqa: DTZ001
    assert value_and_code(kind, "2027-01-01 00:00") == (None, "too_large")
