"""The frame of a page of rows: a person can filter, read and print it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.workbook.test_consolidated import everything, page, sheet, write

if TYPE_CHECKING:
    from pathlib import Path


def test_a_reader_can_filter_at_once_and_keeps_header_and_first_columns_in_sight(tmp_path: Path) -> None:
    cells = sheet(write(tmp_path / "book.xlsx", *everything()))

    assert cells.auto_filter.ref == "A4:H9"
    assert cells.freeze_panes == "C5"
    assert [cells.cell(4, place).value for place in (1, 2)] == ["编号", "任务 <&>"]
    assert cells.dimensions == "A1:H9"


def test_the_hidden_row_above_the_header_names_the_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "book.xlsx", *everything())
    cells = sheet(path)

    assert [cell.value for cell in cells[3]] == [
        f"key:{key}" for key in ("id", "task", "due", "raw", "status", "done", "cost", "ok")
    ]
    assert cells.row_dimensions[3].hidden


def test_a_page_is_printed_on_a4_sideways_with_its_header_on_every_sheet(tmp_path: Path) -> None:
    cells = sheet(write(tmp_path / "book.xlsx", *everything()))

    assert (cells.page_setup.orientation, cells.page_setup.paperSize) == ("landscape", 9)
    assert cells.sheet_properties.pageSetUpPr is not None
    assert (cells.page_setup.fitToHeight, cells.sheet_properties.pageSetUpPr.fitToPage) == (0, True)
    assert (cells.print_title_rows, cells.print_area) == ("$4:$4", "'数据'!$A$1:$H$9")
    assert cells.oddHeader is not None
    assert cells.oddFooter is not None
    assert (cells.oddHeader.right.text, cells.oddFooter.center.text) == ("全部 && 所有", "&P / &N")


def test_colours_and_number_formats_follow_value_and_chip(tmp_path: Path) -> None:
    cells = sheet(write(tmp_path / "book.xlsx", *everything()))

    shown = {
        place: (cells[place].number_format, cells[place].fill.fgColor.rgb) for place in ("C5", "C6", "C9", "D8", "D9")
    }
    assert shown == {
        "C5": ("yyyy-mm-dd", "FFF8C4B4"),
        "C6": ("yyyy-mm-dd", "00000000"),
        "C9": ("yyyy-mm-dd", "FFDFF4EA"),
        "D8": ("yyyy-mm-dd", "FFF8C4B4"),
        "D9": ("yyyy-mm-dd hh:mm", "FFEEF0F2"),
    }
    assert cells["D7"].fill.fgColor.rgb == "FFCFE3F5", "a blank cell is coloured too"


def test_a_row_is_as_high_as_its_wrapped_text(tmp_path: Path) -> None:
    cells = sheet(write(tmp_path / "book.xlsx", page(["短", "很长的一段文字" * 10, "一\n二\n三"], "long")))
    one, many, three = (cells.row_dimensions[row].height for row in (5, 6, 7))

    assert one is None
    assert three == pytest.approx(49.6)
    assert many > 10 * 14
