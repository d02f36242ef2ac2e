"""What holds for every merge: order of files, nesting and repetition change nothing, and nothing is lost."""

# ruff: noqa: PD011 - blocks of a return are no frames

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.helpers import soak
from tests.helpers.drawn_returns import FIELDS, REGIONS, TASKS, a_return, gathered, read_back
from xlsflow.fileformat.baseline import comparison_text
from xlsflow.fileformat.stamp import COORDINATOR_KIND
from xlsflow.merge.carried_rows import carried_from
from xlsflow.merge.merge import make_book
from xlsflow.merge.union_of_returns import union
from xlsflow.model.consolidated_book import Book, ReturnSet
from xlsflow.model.proposals import Decision
from xlsflow.model.returns import Return

Row = dict[str, Any]

keys = st.sampled_from(["1", "2", "RW-2026-HB003"])
cells = st.fixed_dictionaries(
    {"no": keys, "what": st.sampled_from(["铺货", "培训"]), "state": st.sampled_from(["open", "done"])},
    optional={
        "who": st.sampled_from(["李", "王"]),
        "due": st.sampled_from([date(2026, 11, 5), date(2026, 12, 20)]),
        "share": st.sampled_from([0.0, 0.5, 1.0]),
    },
)
drawings = st.lists(cells, max_size=3)


@st.composite
def some_returns(draw: st.DrawFn) -> list[Return]:
    """Return returns of colleagues, corrections, blank copies, three rounds, two versions, and edits of books."""
    sent = {row["no"]: row for row in draw(drawings)}
    made: list[Return] = []
    for number in range(draw(st.integers(1, 5))):
        region = draw(st.sampled_from(REGIONS))
        before = [row for row in sent.values() if draw(st.booleans())]
        now = [*before, *draw(drawings)] if draw(st.booleans()) else draw(drawings)
        edit = draw(st.integers(0, 5)) == 0
        shown = {row["no"]: row for row in before}
        if edit:
            now = list({row["no"]: row for row in now}.values())
        decisions = [Decision("delete", TASKS, draw(keys))] if edit and draw(st.booleans()) else []
        earlier = [r for r in made if r.region == region]
        made.append(
            a_return(
                f"{'edit' if edit else 'file'}{number}.xlsx", region, now, sent=list(shown.values()),
                by=draw(st.sampled_from(["李", "王", ""])), at=draw(st.sampled_from([None, 1, 2, 3])),
                round=draw(st.sampled_from(["W45", "W46", "W47"])),
                notes=draw(st.lists(st.sampled_from("甲乙"), max_size=2)),
                corrects=draw(st.sampled_from([None, *earlier])), decisions=decisions,
                kind=COORDINATOR_KIND if edit else "", older=not edit and draw(st.booleans()),
            )
        )  # fmt: skip
    return made


def book_of(*sets: ReturnSet) -> Book:
    return make_book(replace(union(sets), round="W47", day=date(2026, 11, 20)), REGIONS)


def facts(book: Book) -> tuple[object, ...]:
    """Return all that a book says, to compare it with another."""
    tables = {name: table.astype("str").to_dict("records") for name, table in book.tables.items()}
    said = (book.files, book.findings, book.ledger, book.proposals, book.history_lines, dict(book.agreed))
    return tables, *said


usual = settings(max_examples=soak.examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])


@usual
@given(some_returns(), st.randoms(use_true_random=False))
def test_the_order_of_the_files_changes_nothing(returns: list[Return], rng: Any) -> None:  # noqa: ANN401
    book = book_of(gathered(*returns))
    shuffled = list(returns)
    rng.shuffle(shuffled)

    assert facts(book_of(gathered(*shuffled))) == facts(book)


@usual
@given(some_returns(), st.integers(0, 5))
def test_merging_books_is_merging_their_files(returns: list[Return], split: int) -> None:
    book = book_of(gathered(*returns))
    first, second = book_of(gathered(*returns[:split])), book_of(gathered(*returns[split:]))

    assert facts(book_of(read_back(book))) == facts(book)
    assert facts(book_of(read_back(first), read_back(second))) == facts(book)
    assert facts(book_of(gathered(*returns), read_back(first))) == facts(book)


@usual
@given(some_returns())
def test_every_row_has_a_fate_and_every_row_of_the_data_an_origin(returns: list[Return]) -> None:
    book = book_of(gathered(*returns))

    assert all(line.balanced for line in book.ledger)
    for name, table in book.tables.items():
        kept: Counter[str] = Counter()
        for line in book.ledger:
            if line.block == name:
                kept[line.file] += line.merged + line.unchanged + line.carried
        counts = Counter(table.loc[table["_row"] > 0, "_file"].tolist())
        assert all(count <= kept[file] for file, count in counts.items())


@usual
@given(some_returns())
def test_no_touched_value_disappears_without_being_shown(returns: list[Return]) -> None:
    """It is in the data, or a proposal shows it, or a later round or the coordinator has replaced it."""
    book = book_of(gathered(*returns))
    table = book.tables[TASKS].astype(object)
    shown = {(p.key, p.field, comparison_text(p.value)) for p in book.proposals}
    in_data = {
        (str(row["no"]), name, _text(row[name])) for row in table.to_dict("records") for name in FIELDS if name != "no"
    }
    counted = [r for r in returns if r.record.stamp.round == "W47" and r.record.stamp.kind != COORDINATOR_KIND]
    edited = {
        (key, name)
        for r in returns
        if r.record.stamp.kind == COORDINATOR_KIND
        for key in (str(k) for t in r.blocks if t.full_name == TASKS for k in t.values["no"])
        for name in FIELDS
    }
    deleted = {decision.key for r in returns for decision in r.decisions}
    for returned in counted:
        for block in (t for t in returned.blocks if t.full_name == TASKS):
            for number, key in enumerate(block.values["no"]):
                sent = returned.touched.get(TASKS, {}).get(str(key))
                for name in FIELDS[1:]:
                    value = block.values[name][number] if name in block.values else None
                    touched = value is not None if sent is None else name in sent
                    if not touched or (str(key), name) in edited or str(key) in deleted:
                        continue
                    cell = (str(key), name, comparison_text(value))
                    assert cell in in_data | shown, cell


def _text(value: object) -> str:
    return "" if value is None or value != value else comparison_text(value)  # noqa: PLR0124 - a missing value


@usual
@given(some_returns(), some_returns())
def test_nothing_open_in_the_last_book_stops_counting_until_somebody_says_so(
    before: list[Return], now: list[Return]
) -> None:
    old = [_of_round("W46", r) for r in before]
    last = make_book(replace(union([gathered(*old)]), round="W46", day=date(2026, 11, 13)), REGIONS)
    present = [_of_round("W47", r) for r in now]
    book = book_of(gathered(*present), carried_from(last))

    was_open = set(last.tables[TASKS].loc[last.tables[TASKS]["state"] == "open", "no"].astype(str))
    in_data = set(book.tables[TASKS]["no"].astype(str))
    deleted = {decision.key for r in present for decision in r.decisions}
    assert was_open - deleted <= in_data
    # With the returns of the last round instead of its book, the data and the history are the same.
    again = book_of(gathered(*present), gathered(*old))
    pd.testing.assert_frame_equal(_plain(again), _plain(book))


def _of_round(round_: str, returned: Return) -> Return:
    """Return a return as if it were of a round: the digests of its content and of its bytes are other ones then."""
    record = returned.record
    corrects = record.stamp.corrects and f"{round_}{record.stamp.corrects}"
    stamp = replace(record.stamp, round=round_, corrects=corrects)
    record = replace(record, stamp=stamp, content=f"{round_}{record.content}", sha256=f"{round_}{record.sha256}")
    return replace(returned, record=record)


def _plain(book: Book) -> pd.DataFrame:
    columns = ["_region", "_round", *FIELDS]
    table = book.tables[TASKS].astype("str").sort_values(columns).reset_index(drop=True)
    return table[columns]
