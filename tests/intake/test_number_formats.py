"""The format of a cell is part of its number: percentages, literal units, float noise, and how findings show them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.helpers.returns import ReadResult, book, drawn, one_pack, read_result, template_of
from tests.intake.test_raw_table import PACK, field
from xlsflow.fileformat.cells import PercentNumber, Scalar, UnformattedNumber, display_text, shown_number, stored_text
from xlsflow.intake.xlsx.cell_values import CellParser, number_display
from xlsflow.template.kinds import Scope

SHARES = template_of(
    "tasks",
    "任务表",
    {
        "name": "rows",
        "type": "table",
        "rows": 6,
        "fields": [
            field("title", "text", "任务名称", "Task"),
            field("share", "percent", "完成率", "Share"),
            field("hours", "number", "工时", "Hours"),
            field("margin", "number", "毛利率（%）", "Margin (%)"),
            field("money", "number", "金额（元）", "Amount (yuan)"),
        ],
    },
)
HEAD = "key:title | key:share | key:hours | key:margin | key:money\n任务名称 | 完成率 | 工时 | 毛利率（%） | 金额（元）"


def read(*cells: Scalar, column: int = 1, known: bool = True) -> ReadResult:
    """Return the result of reading a column of cells."""
    grid = drawn(HEAD)
    rows = [["x", *[cell if number == column else None for number in range(1, 5)]] for cell in cells]
    grid = replace(grid, rows=[*grid.rows, *rows], formats_known=known)
    return read_result(book(grid), one_pack(PACK, (SHARES,), Scope()))


def shares(back: ReadResult) -> list[object]:
    return [row.get("share") for row in back.rows["tasks.rows"]]


@pytest.mark.parametrize(
    ("number_format", "display"),
    [
        ("General", "number"),
        ("0%", "percent"),
        ("0.00%", "percent"),
        ("[Red]0%;-0%", "percent"),
        ("#,##0.0 %", "percent"),
        ('0"%"', "percent_sign"),
        (r"0\%", "percent_sign"),
        ("0!%", "percent_sign"),
        ('0.0" %"', "percent_sign"),
        ('0"％"', "percent_sign"),
        ('General"%"', "percent_sign"),
        ('0"万"', "unit:万"),
        ('#,##0.0"万元"', "unit:万元"),
        ('0"亿"', "unit:亿"),
        ('0!.0,"万"', "number"),
        ('0"件"', "number"),
        ('0"千米"', "number"),
        ('"占比"0', "number"),
        ('0;"%"', "number"),
        ("yyyy-mm-dd", "date"),
        ('yyyy"年"m"月"', "date"),
        ("[h]:mm", "duration"),
    ],
)
def test_a_format_says_how_a_number_is_shown(number_format: str, display: str) -> None:
    assert number_display(number_format) == display


@pytest.mark.parametrize(
    ("number_format", "stored", "shown"),
    [
        ("0%", "0.6", "60%"),
        ("0%", "1.1", "110%"),
        ("0%", "0.28999999999999998", "29%"),
        ('0"%"', "60", "60%"),
        ('0.0"%"', "62.5", "62.5%"),
        ('0"万元"', "12", "12万元"),
        ("General", "0.30000000000000004", "0.3"),
        ("General", "57.699999999999996", "57.7"),
        ("[h]:mm", "46353", "1112472:00"),
        ("[h]:mm", "1.0833333333333333", "26:00"),
        ("[h]:mm:ss", "0.0001157407", "0:00:10"),
        ("[h]:mm", "-0.5", "-12:00"),
    ],
)
def test_a_finding_shows_a_number_as_its_cell_does(number_format: str, stored: str, shown: str) -> None:
    value = CellParser((), (number_display(number_format),), from_1904=False).parse("", "0", stored, formula=False)

    assert display_text(value) == shown


@pytest.mark.parametrize(
    ("cells", "values", "codes"),
    [
        ([60.0], [0.6], ["read_as"]),
        ([60.0, 1.0], [0.6, 0.01], ["read_as"] * 2),
        ([45.0, 0.5, 100.0], [0.45, 0.005, 1.0], ["read_as"] * 3),
        ([60.0, 0.0, None], [0.6, 0.0, None], ["read_as"]),
        ([60.0, PercentNumber(1), 1.0], [0.6, 1.0, 0.01], ["read_as"] * 2),
        ([0.6, 0.3], [0.6, 0.3], []),
        ([0.6, 0.0], [0.6, 0.0], []),
        ([1.0], [None], ["ambiguous_percent"]),
        ([0.6, 1.0, 0.0], [0.6, None, 0.0], ["ambiguous_percent"]),
        ([1.5, 0.2], [None, 0.2], ["ambiguous_percent"]),
        ([0.9999999999999999], [None], ["ambiguous_percent"]),
        ([PercentNumber(1), PercentNumber(0.5)], [1.0, 0.5], []),
        ([PercentNumber(60)], [None], ["too_large"]),
        ([PercentNumber(1.1)], [None], ["too_large"]),
        ([PercentNumber(0.9999999999999999)], [1.0], []),
        ([PercentNumber(1e-17), PercentNumber(-1e-17)], [0.0, 0.0], []),
        (["1", 0.5], [None, 0.5], ["ambiguous_percent"]),
        ([60.0, "60%", 130.0], [0.6, 0.6, None], ["read_as", "too_large"]),
        ([-0.1], [None], ["too_small"]),
    ],
)
def test_a_column_of_percentages_is_read_in_one_unit(
    cells: list[Scalar], values: list[object], codes: list[str]
) -> None:
    back = read(*cells)

    assert shares(back) == values
    assert [code for code, _ in back.said] == codes


def test_where_formats_are_not_known_a_number_is_a_share() -> None:
    assert shares(read(1.0, 0.5, known=False)) == [1.0, 0.5]


def test_a_form_is_read_by_the_same_rule() -> None:
    kind = next(f for f in SHARES.blocks[0].columns if f.name == "share")  # type: ignore[union-attr]

    assert kind.read_column([UnformattedNumber(1)], Scope())[0] == [None]
    assert kind.read_column([UnformattedNumber(60)], Scope())[0] == [0.6]


@pytest.mark.parametrize(
    ("column", "cell", "value", "code"),
    [
        (2, PercentNumber(8), None, "percent_in_number"),
        (2, PercentNumber(0.5), None, "percent_in_number"),
        (3, PercentNumber(0.35), 35.0, ""),
        (3, 35.0, 35.0, ""),
        (4, "12万元", 120000.0, "read_as"),
        (2, "12万元", None, "not_a_number"),
        (2, 0.1 + 0.2, 0.3, ""),
        (2, 57.699999999999996, 57.7, ""),
        (2, 1e-17, 0.0, ""),
        (2, -1e-17, 0.0, ""),
    ],
)
def test_the_unit_shown_is_the_unit_read_or_it_is_asked(column: int, cell: Scalar, value: object, code: str) -> None:
    back = read(cell, column=column)
    (row,) = back.rows["tasks.rows"]

    assert next((found for name, found in row.items() if name != "title"), None) == value
    assert [found for found, _ in back.said] == ([code] if code else [])


def test_a_finding_says_110_percent() -> None:
    (finding,) = read(PercentNumber(1.1)).findings

    assert "110%" in finding.message("zh")
    assert "1.1" not in finding.message("en")


def test_data_keeps_the_fraction_and_noise_is_cut_at_15_digits() -> None:
    assert stored_text(PercentNumber(0.25)) == "0.25"
    assert (shown_number(1e-14), shown_number(12345678.9), shown_number(1e20)) == (1e-14, 12345678.9, 1e20)
