"""A book in a notebook: it pickles, its text is short, its frames answer what is due."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime

import pandas as pd
import pytest

import xlsflow
from tests.helpers.returned_rows import AS_OF, PROJECT, ROUND
from xlsflow.model.consolidated_book import Book, Moment


@pytest.fixture(scope="module")
def book() -> Book:
    return xlsflow.merge([ROUND / "inbox"], project=PROJECT, as_of=AS_OF)


def test_a_book_pickles_with_all_that_it_can_say(book: Book) -> None:
    again = pickle.loads(pickle.dumps(book))  # noqa: S301 - our own

    assert again.findings == book.findings
    pd.testing.assert_frame_equal(again.overdue(), book.overdue(AS_OF))
    assert pickle.loads(pickle.dumps(xlsflow)) is xlsflow  # noqa: S301 - our own


def test_its_text_is_one_line_and_its_html_has_the_regions(book: Book) -> None:
    rows, tables, waiting = sum(map(len, book.tables.values())), len(book.tables), len(book.proposals)
    assert repr(book) == (
        f"<Book 2026-W47: 4 of 6 files, {rows} rows in {tables} tables, 9 errors, 2 warnings, {waiting} to decide>"
    )
    html = book._repr_html_()
    assert html.count("<tr") == 1 + 5
    assert len(html) < 5_000
    assert book._repr_html_().startswith("<p>&lt;Book")


@pytest.mark.parametrize(
    "moment",
    [
        AS_OF,
        pd.Timestamp(AS_OF),
        date(2026, 11, 20),
        "2026-11-20",
        "2026-11-20T18:00",
        datetime(2026, 11, 20, 10, tzinfo=UTC),
        None,
    ],
    ids=str,
)
def test_an_instant_is_given_in_any_usual_form(book: Book, moment: Moment | None) -> None:
    pd.testing.assert_frame_equal(book.overdue(moment), book.overdue(AS_OF))


def test_the_frames_agree_with_each_other(book: Book) -> None:
    regions, owners = book.by_region(), book.by_owner()

    assert len(book.overdue()) == regions["overdue"].sum() == owners["overdue"].sum()
    assert len(book.due_soon()) == regions["soon"].sum()
    assert book.due_soon()["due"].is_monotonic_increasing
    assert set(book.blocked()["group"]) == {"blocked"}
    assert len(book.timing()) > 0
    assert len(book.findings_frame("en")) == len(book.findings)
    assert set(book.findings_frame()["severity"]) == {"error", "warning", "info"}
    ledger = book.ledger_frame()
    fates = ["blank", "merged", "unchanged", "carried", "superseded", "duplicate", "set_aside"]
    assert (ledger["seen"] == ledger[fates].sum(axis="columns")).all()


def test_a_book_that_no_verb_made_says_what_it_lacks() -> None:
    with pytest.raises(ValueError, match=r"only a book from xlsflow\.merge"):
        Book((), {}).overdue()
