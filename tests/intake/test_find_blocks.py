"""Where the blocks of a sheet begin: their headings bound the block above."""

from __future__ import annotations

import pytest

from tests.helpers.returns import drawn, template_of
from xlsflow.intake.recognition.find_blocks import BlockResult, block_searches, find_blocks
from xlsflow.intake.recognition.sheet_index import SheetIndex
from xlsflow.template.kinds import Scope


def block(name: str, title: str, *fields: str, kind: str = "table") -> dict[str, object]:
    columns = [{"name": field, "kind": "text", "label": {"zh": f"{field}栏", "en": field}} for field in fields]
    made: dict[str, object] = {"name": name, "type": kind, "title": {"zh": title, "en": name}, "fields": columns}
    return made | ({"rows": 4} if kind == "table" else {})


TABLES = template_of("s", "表", block("first", "第一部分", "a", "b"), block("second", "第二部分", "c", "d"))
FORM_BELOW = template_of(
    "s", "表", block("first", "第一部分", "a", "b"), block("second", "第二部分", "c", "d", kind="form")
)
FIRST = "第一部分\nkey:a | key:b\na栏 | b栏\n1 | 2\n3 | 4\n"
SECOND = "key:c | key:d\nc栏 | d栏\n5 | 6\n"


def results(template: object, drawing: str) -> list[BlockResult]:
    searches = block_searches(template, "zh", Scope())  # type: ignore[arg-type]
    return find_blocks(searches, SheetIndex(drawn(drawing)))


@pytest.mark.parametrize("between", [0, 1, 2])
def test_a_table_begins_with_its_heading_at_most_three_rows_above_its_keys(between: int) -> None:
    first, second = results(TABLES, FIRST + "第二部分\n" + "（请填写）\n" * between + SECOND)

    assert (first.start, second.start) == (0, 5)


def test_a_heading_farther_above_is_text_of_somebody_s_own() -> None:
    _, second = results(TABLES, FIRST + "第二部分\n" + "（请填写）\n" * 3 + SECOND)

    assert second.start == 9


def test_a_table_without_its_heading_begins_with_its_keys() -> None:
    first, second = results(TABLES, FIRST.replace("第一部分\n", "\n说明\n") + SECOND)

    assert (first.start, second.start) == (1, 5)


def test_of_two_headings_the_nearer_one_counts() -> None:
    _, second = results(TABLES, FIRST + "第二部分\n第二部分\n" + SECOND)

    assert second.start == 6


def test_a_heading_above_the_first_row_of_data_of_the_block_before_is_none() -> None:
    """The first table has no rows left; its header names a column like the second table's heading."""
    _, second = results(TABLES, "key:a | key:b\na栏 | 第二部分\n" + SECOND)

    assert second.start == 2


def test_a_form_is_found_by_its_heading_where_rows_were_added_above() -> None:
    """The heading occurs as a value of the table above; the planned position, moved along, comes first."""
    planned = results(FORM_BELOW, "\n" * 40)
    assert planned[1].start is None
    searches = block_searches(FORM_BELOW, "zh", Scope())
    table, form = searches[0].layout, searches[1].layout
    assert form.title_row is not None
    gap = form.title_row - table.title_row - 3 if table.title_row is not None else 0
    rows = "第二部分 | 2\n" + "3 | 4\n" * (gap - 2)
    head = "说明\n说明\n说明\n说明\n说明\n第一部分\nkey:a | key:b\na栏 | b栏\n"
    first, second = results(FORM_BELOW, head + rows + "\n第二部分\nc栏 | | 5\nd栏 | | 6\n")

    assert first.start == 5
    assert second.start == 8 + gap


FORM_ABOVE = block("first", "第一部分", "a", "b", kind="form")


@pytest.mark.parametrize("kind", ["form", "table"])
def test_a_form_ends_where_the_next_block_begins(kind: str) -> None:
    """The label of b was deleted; the next block has the same one, which is not taken."""
    template = template_of("s", "表", FORM_ABOVE, block("second", "第二部分", "b", "d", kind=kind))
    below = "b栏 | | 2\nd栏 | | 3\n" if kind == "form" else "key:b | key:d\nb栏 | d栏\n2 | 3\n"
    first, second = results(template, "第一部分\na栏\n第二部分\n" + below)

    assert first.match is not None
    assert second.match is not None
    assert first.match.columns.keys() == {"a"}
    assert second.match.columns.keys() == {"b", "d"}
    assert (first.start, second.start) == (0, 2)


def test_a_form_reaches_beyond_blocks_that_were_deleted() -> None:
    """Nothing of the next block is there: the form may use every row below."""
    template = template_of("s", "表", FORM_ABOVE, block("second", "第二部分", "c", "d"))
    first, second = results(template, "第一部分\na栏 | | 1\n\n\n\n\nb栏 | | 2\n")

    assert first.match is not None
    assert first.match.columns.keys() == {"a", "b"}
    assert first.match.columns["b"][0] == 6
    assert second == (None, None)


def test_a_form_without_its_heading_begins_with_its_first_label() -> None:
    template = template_of("s", "表", FORM_ABOVE, block("second", "第二部分", "c", "d"))
    first, _ = results(template, "说明\n\na栏 | | 1\nb栏 | | 2\n" + SECOND)

    assert first.start == 2
