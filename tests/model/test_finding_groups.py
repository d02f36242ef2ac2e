"""One fault, one line: the same fault down a column is reported once, with its range and how often it occurs."""

from __future__ import annotations

import random

import pytest

from tests.reports import report_example as example
from xlsflow.findings import Finding, Location
from xlsflow.i18n import LocalizedText, untranslated
from xlsflow.model.finding_groups import FEW, MOST_PIECES, grouped
from xlsflow.model.returns import FileRecord
from xlsflow.render.as_json import findings_object
from xlsflow.render.as_text import finding_lines
from xlsflow.reports import make_report
from xlsflow.reports.labels import Labels
from xlsflow.reports.listings.data_quality import findings_listing

OWNER, DUE = LocalizedText("责任人", "Owner"), LocalizedText("完成时间", "Due")


def blank(cell: str, *, sheet: str = "跟踪", field: str = "owner", file: str = "a.xlsx") -> Finding:
    return Finding("required_blank", Location(file, sheet, cell, "t.tasks", field, OWNER))


def read_as(cell: str, typed: str, read: str) -> Finding:
    return Finding(
        "read_as", Location("a.xlsx", "跟踪", cell, "t.tasks", "due", DUE), typed, {"read": untranslated(read)}
    )


def late(row: int, *, other: int) -> Finding:
    facts: dict[str, str | LocalizedText] = {"other": OWNER, "other_value": f"2026-03-{other:02d}"}
    return Finding("before", Location("a.xlsx", "跟踪", f"F{row}", "t.tasks", "due", DUE), "2026-01-01", facts)


def test_the_same_fault_in_forty_cells_is_one_line_with_a_range_and_the_count() -> None:
    (group,) = grouped(blank(f"D{row}") for row in range(6, 46))

    assert (group.cells, group.count, group.severity) == ("D6:D45", 40, "error")
    assert group.message("zh") == "“责任人”是必填项，还没有填写。（共 40 处）"
    assert group.message("en") == "“Owner” is required, but blank. (40 cells)"


def test_a_finding_by_itself_is_reported_as_ever() -> None:
    one = blank("D6")
    (group,) = grouped([one])

    assert (group.cells, group.jump, group.message("zh")) == ("D6", "D6", one.message("zh"))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["D6", "D8"], "D6, D8"),
        (["D6", "D7", "D9", "D10", "D12"], "D6:D7, D9:D10, D12"),
        (["D9", "D10", "D6"], "D6, D9:D10"),
        (["Z6", "AA6"], "Z6, AA6"),
        (["B6:J6", "B7:J7", "B9:J9"], "B6:J7, B9:J9"),
        (["A6:A9", "A10"], "A6:A10"),
        (["D6", "D6"], "D6"),
        ([f"D{row}" for row in range(2, 40, 2)], "D2, D4, D6, D8, D10, D12, …"),
    ],
)
def test_cells_are_named_as_ranges(cells: list[str], said: str) -> None:
    (group,) = grouped(map(blank, cells))

    assert group.cells == said
    assert group.count == len(cells)
    assert len(group.cells.split(", ")) <= MOST_PIECES + 1


def test_what_is_elsewhere_is_another_line() -> None:
    found = [
        blank("D6"),
        blank("E6", field="due"),
        blank("D6", sheet="别的"),
        blank("D6", file="b.xlsx"),
        Finding("error_cell", Location("a.xlsx", "跟踪", "D7", "t.tasks", "owner", OWNER), "#REF!"),
    ]
    assert [group.count for group in grouped(found)] == [1] * 5


def test_what_is_about_a_whole_sheet_or_file_is_by_itself() -> None:
    found = [Finding("sheet_missing", Location("a.xlsx"), "", {"title": untranslated(f"表{n}")}) for n in range(9)]

    assert [group.findings for group in grouped(found)] == [(one,) for one in found]


def test_what_was_read_is_one_line_whatever_it_was_read_as() -> None:
    (group,) = grouped([read_as("F6", "2026.3.1", "2026-03-01"), read_as("F7", "2026.3.2", "2026-03-02")])

    assert group.cells == "F6:F7"
    assert group.value == "2026.3.1 …"
    assert group.message("zh").endswith("“2026-03-01”。（共 2 处，以第一处为例）")


def test_faults_with_facts_of_their_own_are_kept_apart_as_long_as_they_are_few() -> None:
    few = [late(row, other=row) for row in range(6, 6 + FEW)]
    many = [late(row, other=row) for row in range(6, 7 + FEW)]

    assert [group.count for group in grouped(few)] == [1] * FEW
    assert [(group.cells, group.count) for group in grouped(many)] == [(f"F6:F{6 + FEW}", FEW + 1)]


def test_a_sentence_that_names_its_cell_names_all_of_them() -> None:
    place = Location("a.xlsx", "跟踪", "C6:D6", "t.tasks")
    again = Location("a.xlsx", "跟踪", "C7:D7", "t.tasks")
    (group,) = grouped([Finding("merged_across", place, "x"), Finding("merged_across", again, "x")])

    assert "C6:D7" in group.message("zh")


def test_lines_come_in_the_order_of_their_first_finding_and_no_finding_is_lost() -> None:
    rng = random.Random(7)  # noqa: S311 - samples, not secrets
    found = [late(row, other=rng.randint(1, 3)) for row in range(2, 40)]
    found += [blank(f"D{row}") for row in range(2, 40, 3)] + [read_as(f"F{row}", str(row), "x") for row in range(9)]
    rng.shuffle(found)
    groups = grouped(found)

    assert sorted(id(one) for group in groups for one in group.findings) == sorted(map(id, found))
    firsts = [found.index(group.first) for group in groups]
    assert firsts == sorted(firsts)
    assert len(groups) < len(found) / 4


def test_the_lines_of_a_check_are_grouped_and_their_counts_are_of_cells() -> None:
    found = [blank(f"D{row}") for row in (6, 7, 8, 12)]
    lines = list(finding_lines((FileRecord("a.xlsx", status="findings"),), found, "zh"))

    assert lines[0] == "▲ a.xlsx  4 处必须修改"
    assert lines[2:] == ["    ▲ D6:D8, D12  “责任人”是必填项，还没有填写。（共 4 处）"]


def test_programs_are_given_every_cell() -> None:
    made = findings_object((), [blank("D6"), blank("D7")], (), "en")

    assert [one["cell"] for one in made["findings"]] == ["D6", "D7"]


def test_a_report_lists_faults_and_counts_cells() -> None:
    found = tuple(blank(f"D{row}") for row in range(6, 46))
    listing = findings_listing(Labels(example.inputs(example.book(findings=found)), "zh"))
    reported = {column.key: list(column.values) for column in listing.columns}

    assert (reported["cell"], reported["places"]) == (["D6:D45"], [40])
    assert listing.note.startswith("必须修改 40 处")


def test_a_book_keeps_every_finding_for_reading_it_back() -> None:
    found = tuple(blank(f"D{row}") for row in range(6, 46))
    made = make_report(example.inputs(example.book(findings=found)), "zh")
    (kept,) = (one for one in made.listings if one.name == "_findings")

    assert kept.rows == 40
