"""The rows of a book as they were written come back from their text as a cell would be read."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsflow.fileformat.written_rows import packed_rows, unpacked_rows

DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))
VALUES = st.one_of(
    st.none(), st.text(max_size=3), st.booleans(), st.integers(-9, 9), st.sampled_from([0.0, 1.0, 0.35]), DAYS
)


@given(st.dictionaries(st.text("abc", min_size=1), st.lists(VALUES, max_size=9).map(lambda v: v * 50)))
def test_every_column_comes_back_with_all_its_rows(columns: dict[str, list[object]]) -> None:
    def read(value: object) -> object:
        if isinstance(value, date):
            return datetime.combine(value, time())
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value

    back = unpacked_rows(packed_rows(columns))

    assert back == {name: [read(value) for value in values] for name, values in columns.items()}
    assert [[*map(type, values)] for values in back.values()] == [
        [type(read(value)) for value in values] for values in columns.values()
    ]


def test_a_column_that_says_the_same_in_every_row_takes_next_to_no_room() -> None:
    assert len(packed_rows({"region": ["HD"] * 60_000, "remark": [None] * 60_000})) < 200


def test_a_text_that_was_changed_is_refused() -> None:
    text = packed_rows({"region": ["HD"] * 400})
    with pytest.raises(ValueError, match=r"^\S"):
        unpacked_rows(text[:-8])
