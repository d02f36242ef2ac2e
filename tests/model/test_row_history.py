"""What the lines of a row's history tell together, against a bookkeeping that goes through them once more."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers import soak
from xlsflow.model.history import BEGUN, NOT_BEGUN, OVER, HistoryLine, RegionRound, joined_rounds, row_stories

DAY = date(2026, 11, 20)
PHASES = {"idle": NOT_BEGUN, "open": BEGUN, "done": OVER}
ROW = ("t.rows", "HD-1", "east")


def phase(line: HistoryLine) -> int | None:
    return PHASES.get(line.status)


def line(number: int, status: str = "open", due: int | None = 0, **more: object) -> HistoryLine:
    day = None if due is None else DAY + timedelta(days=due)
    return HistoryLine(*ROW, f"W{number}", DAY, day, day, status, **more)  # type: ignore[arg-type]


def test_slips_are_counted_from_the_date_that_counts() -> None:
    lines = [line(9, due=0), line(10, due=7)._replace(agreed=DAY), line(11, due=7), line(12, due=3), line(13, due=10)]

    stories = row_stories(lines, phase)

    assert [(story.slips, story.slip_days) for story in stories] == [(0, 0), (0, 0), (1, 7), (1, 7), (2, 14)]
    assert {story.first_due for story in stories} == {DAY}


def test_what_was_over_and_is_open_again_was_reopened_and_is_open_since_then() -> None:
    stories = row_stories([line(1), line(2, "done"), line(3, "done"), line(4, "open")], phase)

    assert [story.closed_now for story in stories] == [False, True, False, False]
    assert [story.open_since for story in stories] == ["W1", "", "", "W4"]
    assert stories[-1].reopened == 1


def test_less_done_than_before_is_a_step_back() -> None:
    lines = [line(1, share=0.5), line(2, share=0.4), line(3, "idle", share=0.4), line(4, "done"), line(5, "open")]

    assert [story.backwards for story in row_stories(lines, phase)] == [0, 1, 2, 2, 2]


def test_a_row_that_nobody_mentions_any_more_is_unconfirmed_while_the_book_shows_it_and_gone_when_not() -> None:
    lines = [line(46), HistoryLine("t.rows", "HD-2", "east", "W47", status="open")]

    shown = row_stories(lines, phase, {ROW}, "W48")
    lost = row_stories(lines, phase, (), "W48")

    assert (shown[0].unconfirmed_since, shown[0].gone) == ("W47", False)
    assert (lost[0].unconfirmed_since, lost[0].gone) == ("", True)
    assert not row_stories([line(46, "done")], phase, (), "W48")[0].gone


steps = st.lists(
    st.tuples(
        st.sampled_from([*PHASES]), st.none() | st.integers(0, 9), st.none() | st.integers(0, 4),
        st.sampled_from(["", "李", "王"]),
    ),
    min_size=1,
    max_size=8,
)  # fmt: skip


@settings(max_examples=soak.examples(100), deadline=None)
@given(steps)
def test_a_story_is_what_counting_again_gives(drawn: list[tuple[str, int | None, int | None, str]]) -> None:
    lines = [
        line(n, status, due, share=None if share is None else share / 4, owner=owner)
        for n, (status, due, share, owner) in enumerate(drawn)
    ]

    story = row_stories(lines, phase)[-1]

    pairs = [*pairwise(lines)]
    moves = [(b.agreed - a.agreed).days for a, b in pairs if a.agreed and b.agreed and b.agreed > a.agreed]
    assert (story.slips, story.slip_days) == (len(moves), sum(moves))
    assert story.first_due == next((entry.due for entry in lines if entry.due), None)
    assert story.reopened == sum(a.status == "done" and b.status != "done" for a, b in pairs)
    assert story.owner_changes == sum(bool(a.owner and b.owner) and a.owner != b.owner for a, b in pairs)
    last_open = [n for n, entry in enumerate(lines) if entry.status == "done"]
    since = "" if lines[-1].status == "done" else f"W{last_open[-1] + 1 if last_open else 0}"
    assert story.open_since == since


def test_of_two_books_that_tell_of_a_round_the_later_one_counts() -> None:
    first, later = RegionRound("W9", "east", DAY, overdue=1), RegionRound("W9", "east", DAY + timedelta(days=1))
    other = RegionRound("W10", "east", DAY)

    assert joined_rounds([other, first], [later]) == joined_rounds([later], [first], [other]) == (later, other)
