"""Answers that stand beside the box of a form, as where its merge was undone: read, or told, as in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.helpers.returns import ReadResult, book, one_pack, read_result, template_of
from tests.intake.test_raw_table import PACK, field
from xlsflow.intake.grid import Grid
from xlsflow.layout.sheet_layout import FormLayout, lay_out
from xlsflow.template.kinds import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsflow.fileformat.cells import Scalar

FORM = template_of(
    "form",
    "需求表",
    {
        "name": "form",
        "type": "form",
        "pairs": 2,
        "fields": [
            field("name", "text", "需求名称", "Name", required=True),
            field("owner", "text", "经办人", "Owner"),
            field("due", "date", "完成时间", "Due"),
            field("hours", "number", "工时", "Hours"),
            {**field("goal", "text", "目标", "Goal"), "full": True},
        ],
    },
)
LAYOUT = lay_out(FORM, "zh", Scope()).by_block["form"]
assert isinstance(LAYOUT, FormLayout)
BOXES = {cell.field: (cell.row, cell.value.first, cell.value.last) for cell in LAYOUT.cells}
LABELS = {(cell.row, cell.label.first): FORM.block("form").label_of(cell.field).zh for cell in LAYOUT.cells}


def read(typed: Mapping[tuple[str, int], Scalar], merges: tuple[tuple[int, int, int, int], ...] = ()) -> ReadResult:
    """Return the result of reading the form: field and number of columns right of the first of its box -> the cell."""
    cells: dict[tuple[int, int], Scalar] = {**LABELS, (0, 0): "需求表  Form"}
    cells |= {(BOXES[name][0], BOXES[name][1] + right): value for (name, right), value in typed.items()}
    height = 1 + max(row for row, _ in cells)
    width = 1 + max(col for _, col in cells)
    rows = [[cells.get((row, col)) for col in range(width)] for row in range(height)]
    grid = Grid("需求表", "visible", 0, 0, rows, merges)
    return read_result(book(grid), one_pack(PACK, (FORM,), Scope()))


WIDE = BOXES["goal"][2] - BOXES["goal"][1]
NAMED: dict[tuple[str, int], Scalar] = {("name", 0): "首发"}


@pytest.mark.parametrize(
    ("typed", "values", "codes"),
    [
        ({("name", 1): "首发"}, {"name": "首发"}, ["read_beside"]),
        ({**NAMED, ("owner", 1): "李明"}, {"owner": "李明"}, ["read_beside"]),
        ({**NAMED, ("due", 1): "2026-03-31"}, {"due": "2026-03-31"}, ["read_beside"]),
        ({**NAMED, ("hours", 1): 8}, {"hours": 8.0}, ["read_beside"]),
        ({**NAMED, ("goal", 1): "12 天"}, {"goal": "12 天"}, ["read_beside"]),
        ({**NAMED, ("goal", WIDE): "12 天"}, {"goal": "12 天"}, ["read_beside"]),
        # In the box and beside it, or twice beside it: what counts is not guessed.
        ({**NAMED, ("goal", 0): "12 天", ("goal", 1): "另见附件"}, {"goal": "12 天"}, ["beside_box"]),
        ({**NAMED, ("goal", 1): "12 天", ("goal", 2): "15 天"}, {"goal": None}, ["beside_box", "beside_box"]),
        ({**NAMED, ("name", 1): "第二版"}, {"name": "首发"}, ["beside_box"]),
        # Blank in effect, or our own label beside the box.
        ({**NAMED, ("goal", 1): "  "}, {"goal": None}, []),
        ({**NAMED, ("goal", 1): "目标"}, {"goal": None}, []),
        # Right of the form are cells of our own.
        ({**NAMED, ("goal", WIDE + 1): "已核对"}, {"goal": None}, []),
        (NAMED, {"name": "首发", "goal": None}, []),
    ],
)
def test_an_answer_beside_its_box(
    typed: Mapping[tuple[str, int], Scalar], values: Mapping[str, object], codes: list[str]
) -> None:
    back = read(typed)
    (row,) = back.rows["form.form"]
    shown = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
    assert {name: shown.get(name) for name in values} == values
    assert [code for code, _ in back.said if "beside" in code] == codes


def test_what_lies_under_a_merged_box_is_shown_by_no_program() -> None:
    row, first, last = BOXES["goal"]
    back = read({**NAMED, ("goal", 0): "12 天", ("goal", 1): "旧稿"}, merges=((row, first, row, last),))
    assert not back.said


def test_the_message_says_where_the_answer_belongs() -> None:
    back = read({**NAMED, ("goal", 1): "12 天"})
    assert back.findings[0].message("zh").endswith("仍已读取；下次请写在 B6。")
    assert "“12 天”" in back.findings[0].message("zh")
