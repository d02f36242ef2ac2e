"""What a merge does in the situations that really occur, each drawn as a table of what came back and what comes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.helpers.drawn_returns import REGIONS, a_return, an_edit, drawn, fates, merged, proposals, read_back, text
from xlsflow.merge.merge import make_book
from xlsflow.merge.union_of_returns import union
from xlsflow.model.proposals import Decision

# no | what | who | due | state | share
SENT = """
    1 | 铺货 | 李 | 11-12 | open | 0.2
    2 | 培训 | 王 | 11-30 | open | 0.5
"""


def test_the_same_content_under_two_names_counts_once() -> None:
    book = merged(a_return("a.xlsx", "HD", SENT), a_return("copy of a.xlsx", "HD", SENT, at=5))

    assert drawn(book).count("铺货") == 1
    assert [record.reason for record in book.files] == ["", "file_twice"]


def test_a_file_that_was_saved_again_is_a_duplicate() -> None:
    first = a_return("a.xlsx", "HD", SENT, sent=SENT)
    again = a_return("a (1).xlsx", "HD", SENT, sent=SENT, at=9)

    reasons = {record.file: record.reason for record in merged(first, again).files}
    assert reasons == {"a.xlsx": "", "a (1).xlsx": "file_twice"}


def test_a_return_that_was_saved_again_stands_as_of_the_first_time_whatever_its_name() -> None:
    one = "1 | 铺货 | 李 | 11-12 | open | 0.4"
    li = [("b.xlsx", 2), ("a.xlsx", 6)], [("a.xlsx", 2), ("b.xlsx", 6)]
    wang = a_return("wang.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | open | 0.7", sent=SENT.split("\n")[1], by="王", at=4)

    for names in li:
        copies = [a_return(name, "HD", one, sent=SENT.split("\n")[1], by="李", at=at) for name, at in names]
        assert drawn(merged(*copies, wang)) == text("HD | W47 | 1 | 铺货 | 李 | 11-12 | open | 0.7")


def test_a_correction_by_the_same_person_replaces_the_rows_that_it_touches() -> None:
    first = a_return(
        "a.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | open | 0.4\n2 | 培训 | 王 | 11-30 | open | 0.9", sent=SENT, by="李"
    )
    second = a_return(
        "b.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | done | 1\n2 | 培训 | 王 | 11-30 | open | 0.5", sent=SENT, by="李", at=2
    )

    book = merged(first, second)

    assert drawn(book) == text("""
        HD | W47 | 2 | 培训 | 王 | 11-30 | open | 0.9
        HD | W47 | 1 | 铺货 | 李 | 11-12 | done | 1
    """)
    assert proposals(book) == text("corrected | 1 | share | 0.4 | a.xlsx")
    assert fates(book) == {"a.xlsx": {"merged": 1, "superseded": 1}, "b.xlsx": {"merged": 1, "unchanged": 1}}


def test_a_marked_copy_corrects_its_return_whoever_filled_it_in_and_whenever() -> None:
    first = a_return("a.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | open | 0.4", sent=SENT, by="李", at=None)
    second = a_return(
        "a marked.xlsx", "HD", "1 | 铺货 | - | 11-12 | open | 0.6", sent=SENT, by="王", at=None, corrects=first
    )

    book = merged(first, second)

    assert "1 | 铺货 | - | 11-12 | open | 0.6" in drawn(book)
    assert [p.kind for p in book.proposals if p.field] == ["corrected"]


def test_colleagues_who_fill_different_cells_both_count() -> None:
    one = a_return(
        "li.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | open | 0.4\n2 | 培训 | 王 | 11-30 | open | 0.5", sent=SENT, by="李"
    )
    other = a_return(
        "wang.xlsx",
        "HD",
        "1 | 铺货 | 李 | 11-12 | open | 0.2\n2 | 培训 | 王 | 11-30 | done | 1",
        sent=SENT,
        by="王",
        at=2,
    )

    book = merged(one, other)

    assert drawn(book) == text("""
        HD | W47 | 1 | 铺货 | 李 | 11-12 | open | 0.4
        HD | W47 | 2 | 培训 | 王 | 11-30 | done | 1
    """)
    assert proposals(book) == ""
    assert [record.reason for record in book.files] == ["", ""]


def test_the_same_cell_filled_differently_is_a_conflict() -> None:
    one = a_return("li.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | open | 0.4", sent=SENT.split("\n")[1], by="李")
    other = a_return("wang.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | open | 0.7", sent=SENT.split("\n")[1], by="王", at=2)

    book = merged(one, other)

    assert "0.7" in drawn(book)
    assert proposals(book) == text("conflict | 1 | share | 0.4 | li.xlsx")
    assert [(f.code, f.location.file, f.location.cell) for f in book.findings] == [("cell_conflict", "li.xlsx", "F6")]


def test_times_that_are_equal_or_in_the_future_leave_the_order_open() -> None:
    sent = "1 | 铺货 | 李 | 11-12 | open | 0.2"
    one = a_return("a.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | open | 0.4", sent=sent, by="李", at=2)
    same = a_return("b.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | open | 0.7", sent=sent, by="李", at=2)
    undated = a_return("c.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | open | 0.9", sent=sent, by="李", at=None)

    assert [p.kind for p in merged(one, same).proposals] == ["conflict"]
    assert [p.kind for p in merged(one, undated).proposals] == ["conflict"]


def test_a_blank_or_untouched_copy_that_is_sent_later_changes_nothing() -> None:
    full = a_return(
        "a.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | open | 0.4\n2 | 培训 | 王 | 11-30 | done | 1", sent=SENT, by="李"
    )
    untouched = a_return("later.xlsx", "HD", SENT, sent=SENT, by="李", at=9)
    blank = a_return("blank.xlsx", "HD", "", by="李", at=10)

    assert drawn(merged(full, untouched, blank)) == drawn(merged(full))
    assert proposals(merged(full, untouched)) == ""


def test_a_row_that_a_return_no_longer_has_stays_and_its_deletion_is_proposed() -> None:
    book = merged(a_return("a.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | done | 1", sent=SENT))

    assert drawn(book) == text("""
        HD | W47 | 2 | 培训 | 王 | 11-30 | open | 0.5
        HD | W47 | 1 | 铺货 | 李 | 11-12 | done | 1
    """)
    assert proposals(book) == text("deleted | 2 | - | - | a.xlsx")


def test_a_deletion_that_the_coordinator_accepts_is_gone_until_a_later_round_has_the_row_again() -> None:
    first = a_return("a.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | done | 1", sent=SENT)
    accepts = an_edit("HD", "", "", decisions=[Decision("delete", "s.tasks", "2")])

    book = merged(first, accepts)

    assert drawn(book) == text("HD | W47 | 1 | 铺货 | 李 | 11-12 | done | 1")
    assert proposals(book) == ""
    again = a_return("c.xlsx", "HD", "2 | 培训 | 王 | 11-30 | open | 0.6", round="W48")
    assert "0.6" in drawn(merged(again, earlier=[book], round="W48"))


def test_a_row_under_a_new_key_is_asked_about() -> None:
    book = merged(
        a_return("a.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | done | 1\n9 | 培训 | 王 | 11-30 | open | 0.6", sent=SENT)
    )

    assert proposals(book) == text("same_row | 2 | - | 9 | a.xlsx")
    assert drawn(book).count("培训") == 2


def test_another_region_s_copy_of_a_row_never_wins_and_counts_once() -> None:
    own = a_return("hd.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | open | 0.4", sent="1 | 铺货 | 李 | 11-12 | open | 0.2")
    copy = a_return("hb.xlsx", "HB", "1 | 铺货 | 赵 | 11-12 | open | 0.4", at=9)

    book = merged(own, copy)

    assert drawn(book) == text("HD | W47 | 1 | 铺货 | 李 | 11-12 | open | 0.4")
    assert proposals(book) == text("foreign | 1 | who | 赵 | hb.xlsx")
    assert fates(book)["hb.xlsx"] == {"superseded": 1}


def test_the_same_row_of_two_regions_counts_once_and_different_ones_stay_both() -> None:
    same = [a_return(f"{region}.xlsx", region, "1 | 铺货 | 李 | 11-12 | open | 0.4") for region in ("HD", "HB")]
    other = a_return("hb.xlsx", "HB", "1 | 盘点 | 赵 | 11-20 | open | 0")

    assert drawn(merged(*same)) == text("HD | W47 | 1 | 铺货 | 李 | 11-12 | open | 0.4")
    both = merged(same[0], other)
    assert drawn(both).count("| 1 |") == 2
    assert [(f.code, f.location.file) for f in both.findings] == [
        ("used_elsewhere", "HD.xlsx"),
        ("used_elsewhere", "hb.xlsx"),
    ]
    assert proposals(both) == text("renumber | 1 | - | 2 | hb.xlsx")


def test_two_colleagues_new_rows_under_one_key_are_one_only_if_their_titles_agree() -> None:
    one = a_return("li.xlsx", "HD", "7 | 盘点 | 李 | 11-20 | open | 0", by="李")
    same = a_return("wang.xlsx", "HD", "7 | 盘 点 | 李 | 11-20 | open | 0.3", by="王", at=2)
    other = a_return("zhao.xlsx", "HD", "7 | 招聘 | 赵 | 11-22 | open | 0", by="赵", at=3)

    assert [p.kind for p in merged(one, same).proposals if p.field == "share"] == ["conflict"]
    both = merged(one, other)
    assert drawn(both).count("| 7 |") == 2
    assert proposals(both) == text("renumber | 7 | - | 8 | zhao.xlsx")


def test_a_later_round_wins_and_what_is_still_open_of_an_earlier_one_is_carried_on() -> None:
    before = a_return(
        "w46.xlsx",
        "HD",
        "1 | 铺货 | 李 | 11-12 | open | 0.2\n3 | 打样 | 周 | 11-05 | open | 0\n4 | 验收 | 周 | 11-05 | done | 1",
        round="W46",
    )
    now = a_return("w47.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | done | 1", sent="1 | 铺货 | 李 | 11-12 | open | 0.2")

    book = merged(before, now)

    assert drawn(book) == text("""
        HD | W46 | 3 | 打样 | 周 | 11-05 | open | 0
        HD | W47 | 1 | 铺货 | 李 | 11-12 | done | 1
    """)
    assert fates(book) == {"w46.xlsx": {"carried": 1, "superseded": 2}, "w47.xlsx": {"merged": 1}}
    assert [record.reason for record in book.files] == ["earlier_round", ""]


def test_a_region_that_is_silent_for_weeks_keeps_its_open_rows() -> None:
    w45 = merged(
        a_return("hb45.xlsx", "HB", "5 | 盘点 | 赵 | 11-01 | open | 0\n6 | 招聘 | 赵 | 11-01 | done | 1", round="W45"),
        round="W45",
    )
    w46 = merged(
        a_return("hd46.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | open | 0.2", round="W46"), earlier=[w45], round="W46"
    )
    w47 = merged(a_return("hd47.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | done | 1"), earlier=[w46])

    assert drawn(w47) == text("""
        HD | W47 | 1 | 铺货 | 李 | 11-12 | done | 1
        HB | W45 | 5 | 盘点 | 赵 | 11-01 | open | 0
    """)
    assert fates(w47)["hb45.xlsx"] == {"carried": 1}
    closed = an_edit("HB", "5 | 盘点 | 赵 | 11-01 | done | 1", "5 | 盘点 | 赵 | 11-01 | open | 0")
    assert "done" in drawn(merged(closed, earlier=[w46]))


def test_an_overdue_row_that_its_region_re_dates_stays_overdue_until_the_coordinator_accepts() -> None:
    sent = "1 | 铺货 | 李 | 11-05 | open | 0.2"
    w46 = merged(a_return("hd46.xlsx", "HD", sent, round="W46"), round="W46", as_of=13)
    moved = a_return("hd47.xlsx", "HD", "1 | 铺货 | 李 | 12-20 | open | 0.2", sent=sent)

    book = merged(moved, earlier=[w46])

    assert proposals(book) == text("redated | 1 | - | 12-20 | -")
    assert {key: f"{day}" for key, day in book.agreed.items()} == {("s.tasks", "1", "HD"): "2026-11-05"}
    accepts = an_edit("HD", "", "", decisions=[Decision("accept", "s.tasks", "1", "2026-12-20")])
    accepted = merged(moved, accepts, earlier=[w46])
    assert (proposals(accepted), accepted.agreed) == ("", {})
    assert [(line.round, str(line.due), str(line.agreed)) for line in accepted.history_lines] == [
        ("W46", "2026-11-05", "2026-11-05"),
        ("W47", "2026-12-20", "2026-12-20"),
    ]


def test_the_coordinator_s_edit_of_a_book_wins_and_is_kept_by_later_merges() -> None:
    first = a_return(
        "a.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | open | 0.4", sent="1 | 铺货 | 李 | 11-12 | open | 0.2", by="李"
    )
    edit = an_edit("HD", "1 | 铺货 | 李 | 11-12 | open | 0.5", "1 | 铺货 | 李 | 11-12 | open | 0.4", at=10)
    colleague = a_return(
        "b.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | open | 0.9", sent="1 | 铺货 | 李 | 11-12 | open | 0.2", by="王", at=5
    )
    later = a_return(
        "c.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | open | 0.9", sent="1 | 铺货 | 李 | 11-12 | open | 0.2", by="王", at=15
    )

    assert "0.5" in drawn(merged(first, edit))
    assert proposals(merged(first, edit, colleague)) == ""
    assert "0.5" in drawn(merged(first, edit, later))
    assert proposals(merged(first, edit, later)) == text("conflict | 1 | share | 0.9 | c.xlsx")


def test_a_cell_that_the_coordinator_has_kept_is_not_asked_about_again() -> None:
    sent = "1 | 铺货 | 李 | 11-12 | open | 0"
    own = a_return("hd.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | open | 0.2", sent=sent, by="李")
    copy = a_return("hb.xlsx", "HB", "1 | 铺货 | 赵 | 11-12 | open | 0.4", at=9)
    mine = a_return("hd 2.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | open | 0.4", sent=sent, at=2, by="李")
    keeps = an_edit("HB", "1 | 铺货 | 李 | 11-12 | open | 0.4", "1 | 铺货 | - | 11-12 | open | -", at=10)

    assert [p.kind for p in merged(own, copy, mine).proposals] == ["foreign", "corrected"]
    assert proposals(merged(own, copy, mine, keeps)) == ""


def test_rows_without_a_key_are_joined_by_whole_rows() -> None:
    one = a_return("li.xlsx", "HD", "", notes=["甲", "乙"], by="李")
    colleague = a_return("wang.xlsx", "HD", "", notes=["乙", "丙"], by="王", at=2)
    correction = a_return("li 2.xlsx", "HD", "", notes=["甲甲"], by="李", at=3)

    assert sorted(merged(one, colleague).tables["s.notes"]["note"]) == ["丙", "乙", "甲"]
    assert sorted(merged(one, colleague, correction).tables["s.notes"]["note"]) == ["丙", "乙", "甲甲"]


# no | what | who | due | state | share
OPEN = "5 | 盘点 | 赵 | 11-05 | open | 0"
MOVED = "5 | 盘点 | 赵 | 12-20 | open | 0"


def test_an_edit_of_a_row_that_is_carried_on_confirms_it_and_it_goes_on_from_there() -> None:
    w45 = merged(a_return("hb45.xlsx", "HB", OPEN, round="W45"), round="W45")
    edit = an_edit("HB", "5 | 盘点 | 赵 | 11-05 | open | 0.5", OPEN, round="W46")

    w46 = merged(edit, earlier=[w45], round="W46")
    w47 = merged(earlier=[w46])

    assert drawn(w46) == drawn(w47) == text("HB | W46 | 5 | 盘点 | 赵 | 11-05 | open | 0.5")
    assert [(line.round, line.share) for line in w47.history_lines] == [("W45", 0.0), ("W46", 0.5)]
    assert fates(w46) == {"book.xlsx [HB]": {"merged": 1}}
    assert drawn(make_book(replace(union([read_back(w46)]), round="W46"), REGIONS)) == drawn(w46)
    assert fates(w47) == {"book.xlsx [HB]": {"carried": 1}}


def test_a_row_that_the_coordinator_closes_while_its_region_is_silent_is_closed_in_the_history() -> None:
    w45 = merged(a_return("hb45.xlsx", "HB", OPEN, round="W45"), round="W45")
    edit = an_edit("HB", "5 | 盘点 | 赵 | 11-05 | done | 1", OPEN, round="W46")

    w46 = merged(edit, earlier=[w45], round="W46")

    assert [(line.round, line.status) for line in w46.history_lines] == [("W45", "open"), ("W46", "done")]
    assert drawn(merged(earlier=[w46])) == ""


def test_a_new_date_that_was_accepted_stays_accepted_in_later_rounds() -> None:
    w46 = merged(a_return("hb46.xlsx", "HB", OPEN, round="W46"), round="W46", as_of=13)
    accepts = an_edit("HB", "", "", decisions=[Decision("accept", "s.tasks", "5", "2026-12-20")])
    w47 = merged(a_return("hb47.xlsx", "HB", MOVED, sent=OPEN), accepts, earlier=[w46])

    w48 = merged(a_return("hb48.xlsx", "HB", MOVED, sent=MOVED, round="W48"), earlier=[w47], round="W48", as_of=27)

    assert (proposals(w48), w48.agreed) == ("", {})
    assert [str(line.agreed) for line in w48.history_lines] == ["2026-11-05", "2026-12-20", "2026-12-20"]


def test_a_new_date_that_is_not_accepted_does_not_count_once_its_region_is_silent() -> None:
    w46 = merged(a_return("hb46.xlsx", "HB", OPEN, round="W46"), round="W46", as_of=13)
    w47 = merged(a_return("hb47.xlsx", "HB", MOVED, sent=OPEN), earlier=[w46])
    accepts = an_edit("HB", "", "", round="W48", decisions=[Decision("accept", "s.tasks", "5", "2026-12-20")])

    silent = merged(earlier=[w47], round="W48", as_of=27)
    accepted = merged(accepts, earlier=[w47], round="W48", as_of=27)

    assert proposals(silent) == text("redated | 5 | - | 12-20 | -")
    assert {key: f"{day}" for key, day in silent.agreed.items()} == {("s.tasks", "5", "HB"): "2026-11-05"}
    assert (proposals(accepted), accepted.agreed) == ("", {})
    assert merged(earlier=[accepted], round="W49", as_of=28).agreed == {}


def test_what_a_later_book_has_closed_or_deleted_is_not_open_because_an_older_one_is_given_too() -> None:
    w45 = merged(a_return("hb45.xlsx", "HB", f"{OPEN}\n6 | 招聘 | 赵 | 11-20 | open | 0", round="W45"), round="W45")
    closed = a_return("hb46.xlsx", "HB", "5 | 盘点 | 赵 | 11-05 | done | 1", sent=OPEN, round="W46")
    deletes = an_edit("HB", "", "", round="W46", decisions=[Decision("delete", "s.tasks", "6")])

    w46 = merged(closed, deletes, earlier=[w45], round="W46")

    assert drawn(merged(earlier=[w46])) == drawn(merged(earlier=[w45, w46])) == ""
    # A book that does not know the row says nothing about it.
    other = merged(a_return("hd46.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | open | 0.2", round="W46"), round="W46")
    assert drawn(merged(earlier=[w45, other])).count("open") == 3


def test_an_edit_of_one_of_two_rows_under_one_key_is_an_edit_of_that_row() -> None:
    both = a_return("a.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | open | 0.2\n1 | 培训 | 王 | 11-13 | open | 0.3")
    edit = an_edit("HD", "1 | 铺货 | 李 | 11-12 | open | 0.9", "1 | 铺货 | 李 | 11-12 | open | 0.2")

    assert drawn(merged(both, edit)) == text("""
        HD | W47 | 1 | 铺货 | 李 | 11-12 | open | 0.9
        HD | W47 | 1 | 培训 | 王 | 11-13 | open | 0.3
    """)


def test_of_two_open_rows_under_one_key_the_one_that_does_not_come_back_is_carried_on() -> None:
    one = a_return("a.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | open | 0.2", by="李", round="W46")
    other = a_return("b.xlsx", "HD", "1 | 培训 | 王 | 11-13 | open | 0.3", by="王", round="W46")
    w46 = merged(one, other, round="W46")
    back = a_return("c.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | done | 1", sent="1 | 铺货 | 李 | 11-12 | open | 0.2")

    book = merged(back, earlier=[w46])

    assert drawn(book) == text("""
        HD | W46 | 1 | 培训 | 王 | 11-13 | open | 0.3
        HD | W47 | 1 | 铺货 | 李 | 11-12 | done | 1
    """)
    assert fates(book) == {"b.xlsx": {"carried": 1}, "c.xlsx": {"merged": 1}}


def test_a_deletion_is_of_one_region_s_row() -> None:
    mine = a_return("hd.xlsx", "HD", "7 | 盘点 | 李 | 11-20 | open | 0")
    theirs = a_return("hb.xlsx", "HB", "7 | 招聘 | 赵 | 11-22 | open | 0")
    deletes = an_edit("HB", "", "", decisions=[Decision("delete", "s.tasks", "7")])

    assert drawn(merged(mine, theirs, deletes)) == text("HD | W47 | 7 | 盘点 | 李 | 11-20 | open | 0")


def test_a_late_value_of_an_earlier_round_is_still_proposed_when_the_book_is_read_back() -> None:
    w46 = merged(a_return("hd46.xlsx", "HD", "1 | 铺货 | 李 | 11-30 | open | 0.6", round="W46"), round="W46")
    old = "1 | 铺货 | 李 | 11-30 | open | 0.2"
    book = merged(a_return("hd47.xlsx", "HD", "1 | 铺货 | 王 | 11-30 | open | 0.2", sent=old), earlier=[w46])

    assert "earlier | 1 | share | 0.6 | hd46.xlsx" in proposals(book)
    again = make_book(replace(union([read_back(book)]), round="W47", day=date(2026, 11, 20)), REGIONS)
    assert proposals(again) == proposals(book)
    assert (again.ledger, again.files) == (book.ledger, book.files)


def test_a_row_that_a_late_return_has_closed_stays_closed_where_the_next_one_came_back_untouched() -> None:
    sent = "1 | 铺货 | 李 | 11-12 | open | 0.2\n2 | 培训 | 王 | 11-30 | open | 0.5"
    first = a_return("hd46.xlsx", "HD", sent, round="W46")
    late = a_return("late46.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | done | 1", sent=sent, at=16, by="李", round="W46")
    untouched = a_return("hd47.xlsx", "HD", sent, sent=sent, at=18)
    reopened = a_return("hd47.xlsx", "HD", sent, sent=sent.replace("0.2", "0.9"), at=18)
    w46 = merged(first, late, round="W46")

    for book in (merged(first, late, untouched), merged(untouched, earlier=[w46])):
        assert drawn(book) == text("HD | W47 | 2 | 培训 | 王 | 11-30 | open | 0.5")
        assert fates(book)["hd47.xlsx"] == {"unchanged": 1, "superseded": 1}
        again = make_book(replace(union([read_back(book)]), round="W47", day=date(2026, 11, 20)), REGIONS)
        assert (drawn(again), again.ledger) == (drawn(book), book.ledger)
    for book in (merged(first, late, reopened), merged(reopened, earlier=[w46])):
        assert "W47 | 1 | 铺货 | 李 | 11-12 | open | 0.2" in drawn(book)


def test_what_colleagues_say_together_is_a_duplicate_where_another_region_says_the_same() -> None:
    li = a_return("li.xlsx", "HB", "1 | 铺货 | 李 | 11-12 | open | -", by="李")
    wang = a_return("wang.xlsx", "HB", "1 | 铺货 | - | 11-12 | open | 0.4", by="王", at=2)
    other = a_return("hd.xlsx", "HD", "1 | 铺货 | 李 | 11-12 | open | 0.4")

    book = merged(li, wang, other)

    assert drawn(book) == text("HD | W47 | 1 | 铺货 | 李 | 11-12 | open | 0.4")
    assert fates(book) == {"hd.xlsx": {"merged": 1}, "li.xlsx": {"duplicate": 1}, "wang.xlsx": {"duplicate": 1}}
