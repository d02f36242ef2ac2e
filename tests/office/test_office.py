"""The driver of the spreadsheet program: what a person does to a workbook happens, and what they do not touch stays."""

from __future__ import annotations

import os
import signal
import time
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from tests.office import Cell, Entry, Office, OfficeError, render, text

if TYPE_CHECKING:
    from pathlib import Path

SHEET = "跟踪"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A protected sheet with a dropdown, a date rule, frozen panes and a formula whose stored result is wrong."""
    path = tmp_path / "sent.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet, lists = made.add_worksheet(SHEET), made.add_worksheet("lists")
        lists.write_column("A1", ["未启动", "进行中"])
        lists.very_hidden()
        made.define_name("progress", "=lists!$A$1:$A$2")
        free = made.add_format({"locked": False})
        day = made.add_format({"locked": False, "num_format": "yyyy/mm/dd"})
        as_text = made.add_format({"locked": False, "num_format": "@"})
        sheet.write_row(
            "A1", ["任务", "状态", "日期", "编号", "计数"], made.add_format({"font_name": "Microsoft YaHei"})
        )
        sheet.set_column("A:E", 16)
        for row in range(2, 6):
            for column, form in zip("ABCD", (free, free, day, as_text), strict=True):
                sheet.write_blank(f"{column}{row}", None, form)
            sheet.write_formula(f"E{row}", f"=COUNTA(A{row}:D{row})", None, 99)
        sheet.data_validation("B2:B5", {"validate": "list", "source": "=progress", "error_message": "请选择"})
        sheet.data_validation("C2:C5", {"validate": "date", "criteria": ">", "value": date(2020, 1, 1)})
        sheet.freeze_panes(1, 2)
        sheet.protect()
    return path


def test_a_saved_copy_keeps_dropdowns_names_hidden_sheets_and_frozen_panes(
    office: Office, book: Path, tmp_path: Path
) -> None:
    with office.open(book) as sent:
        saved = sent.save(tmp_path / "saved.xlsx")
    with office.open(saved) as again:
        rules = {rule.kind: (rule.cells, rule.formula, rule.message) for rule in again.validations(SHEET)}
        names, sheets, frozen = again.names(), again.sheets(), again.frozen(SHEET)

    assert rules == {"list": (f"{SHEET}.B2:B5", "progress", "请选择"), "date": (f"{SHEET}.C2:C5", "43831", "")}
    assert names == {"progress": "$lists.$A$1:$A$2"}
    assert sheets == {SHEET: True, "lists": False}
    assert frozen == (1, 2)


def test_values_are_filled_in_as_they_are_and_saved(office: Office, book: Path, tmp_path: Path) -> None:
    cells: dict[str, Entry] = {
        "A2": "2026.3.31",
        "B2": "进行中",
        "C2": date(2026, 3, 31),
        "D2": "00123",
        "A3": 7,
        "A4": True,
        "A5": 0.25,
    }
    with office.open(book) as sent:
        sent.fill(SHEET, cells)
        saved = sent.save(tmp_path / "saved.xlsx")
    with office.open(saved) as again:
        values = again.values(SHEET, "A2:D5")
        day = again.cell(SHEET, "C2")

    assert values == [["2026.3.31", "进行中", 46112, "00123"], [7, "", "", ""], [1, "", "", ""], [0.25, "", "", ""]]
    assert (day.kind, day.text) == ("value", "2026/03/31")  # the number format of the cell


def test_a_date_in_a_cell_without_a_date_format_still_shows_as_a_date(office: Office, book: Path) -> None:
    with office.open(book) as sent:
        sent.fill(SHEET, {"A2": date(2026, 3, 31), "A3": datetime(2026, 3, 31, 14, 30)})  # noqa: DTZ001
        shown = [sent.cell(SHEET, at).text for at in ("A2", "A3")]

    assert shown == ["2026-03-31", "2026-03-31 14:30"]


def test_an_emptied_cell_is_blank(office: Office, book: Path) -> None:
    with office.open(book) as sent:
        sent.fill(SHEET, {"A2": "x", "B2": "y"})
        sent.fill(SHEET, {"A2": None})

        assert [sent.cell(SHEET, at).kind for at in ("A2", "B2")] == ["empty", "text"]


@pytest.mark.parametrize(
    ("at", "typed", "becomes"),
    [
        ("A2", "2026-03-31", Cell("value", 46112, "2026-03-31", "46112", 0)),
        ("C2", "2026-3-31", Cell("value", 46112, "2026/03/31", "46112", 0)),
        ("A2", "12%", Cell("value", 0.12, "12.00%", "0.12", 0)),
        ("A2", "=6*7", Cell("formula", 42, "42", "=6*7", 0)),
        ("D2", "00123", Cell("text", 0, "00123", "'00123", 0)),
        ("A2", "华东区", Cell("text", 0, "华东区", "华东区", 0)),
    ],
)
def test_typing_does_what_the_keyboard_does(office: Office, book: Path, at: str, typed: str, becomes: Cell) -> None:
    with office.open(book) as sent:
        sent.type(SHEET, {at: typed})

        assert sent.cell(SHEET, at) == becomes


def test_formulas_are_computed_whatever_result_was_stored(office: Office, book: Path) -> None:
    with office.open(book) as sent:
        sent.fill(SHEET, {"A2": "x", "B2": "进行中"})
        sent.calculate()

        assert sent.cell(SHEET, "E2") == Cell("formula", 2, "2", "=COUNTA(A2:D2)", 0)


def test_a_formula_that_fails_tells_its_error(office: Office, book: Path) -> None:
    with office.open(book) as sent:
        sent.formula(SHEET, "A2", "=1/0")

        assert sent.cell(SHEET, "A2").error == 532


def test_pasting_takes_the_dropdown_of_that_cell_away_and_no_other(office: Office, book: Path, tmp_path: Path) -> None:
    with office.open(book) as sent:
        sent.paste(SHEET, "B3", "快好了")
        saved = sent.save(tmp_path / "saved.xlsx")
    with office.open(saved) as again:
        lists = [rule.cells for rule in again.validations(SHEET) if rule.kind == "list"]
        text_of_it = again.cell(SHEET, "B3").text

    assert lists == [f"{SHEET}.B2,{SHEET}.B4:B5"]
    assert text_of_it == "快好了"


def test_a_locked_cell_refuses_until_the_sheet_is_unprotected(office: Office, book: Path) -> None:
    with office.open(book) as sent:
        with pytest.raises(OfficeError, match=f"{SHEET}!A1 is locked"):
            sent.fill(SHEET, {"A1": "x"})
        sent.unprotect(SHEET)
        sent.fill(SHEET, {"A1": "x"})

        assert sent.cell(SHEET, "A1").text == "x"


@pytest.mark.parametrize(("ending", "magic"), [("xlsx", b"PK"), ("ods", b"PK"), ("xls", b"\xd0\xcf\x11\xe0")])
def test_each_format_is_written_and_can_be_read_again(
    office: Office, book: Path, tmp_path: Path, *, ending: str, magic: bytes
) -> None:
    saved = office.convert(book, tmp_path / f"saved.{ending}")

    assert saved.read_bytes().startswith(magic)
    with office.open(saved) as again:
        assert again.values(SHEET, "A1:B1") == [["任务", "状态"]]


def test_every_page_is_printed_and_becomes_a_picture(office: Office, book: Path, tmp_path: Path) -> None:
    pdf = office.convert(book, tmp_path / "saved.pdf")
    pages = text(pdf).split("\f")[:-1]

    assert " ".join(pages).split()[:4] == ["任务", "状态", "日期", "编号"]
    assert [page.read_bytes()[:4] for page in render(pdf)] == [b"\x89PNG"] * len(pages)


def test_the_chinese_font_of_windows_is_shown_with_one_that_has_chinese(office: Office, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "font.xlsx") as made:
        made.add_worksheet().write("A1", "Task 任务", made.add_format({"font_name": "Microsoft YaHei"}))
    pdf = office.convert(tmp_path / "font.xlsx", tmp_path / "font.pdf").read_bytes()

    assert b"NotoSansCJK" in pdf
    assert b"DejaVu" not in pdf  # what LibreOffice takes for a font that it does not know


def test_what_is_no_workbook_and_what_is_not_there_is_reported(office: Office, book: Path, tmp_path: Path) -> None:
    with pytest.raises(OfficeError, match=r"missing\.xlsx"), office.open(tmp_path / "missing.xlsx"):
        pass
    with office.open(book) as sent, pytest.raises(OfficeError, match="no sheet '没有'"):
        sent.cell("没有", "A1")


def test_libreoffice_ends_with_its_block_and_leaves_no_file_behind() -> None:
    with Office() as own:
        pid, folder = own.pid, own.folder
        assert folder.exists()

    with pytest.raises(ProcessLookupError):
        _until_gone(pid)
    assert not folder.exists()


def test_a_driver_that_does_not_answer_is_ended_together_with_libreoffice(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Office() as own:
        monkeypatch.setattr("tests.office.libreoffice.COMMAND_SECONDS", 0.5)
        with pytest.raises(OfficeError, match="did not answer within"):
            own.ask("wait", document=0, seconds=60)

        with pytest.raises(ProcessLookupError):
            _until_gone(own.pid)
        with pytest.raises(OfficeError, match="has ended"):
            own.ask("sheets", document=1)

        monkeypatch.undo()
        with own.open(book) as sent:  # whoever opens the next file finds a LibreOffice started anew
            assert SHEET in sent.sheets()


def test_a_libreoffice_that_has_died_is_started_anew_for_the_next_file(book: Path) -> None:
    with Office() as own:
        os.killpg(own.pid, signal.SIGKILL)
        with pytest.raises(OfficeError, match="has ended"), own.open(book):
            pass

        with own.open(book) as sent:
            assert SHEET in sent.sheets()


def _until_gone(group: int) -> None:
    """Wait for a process group to be gone, which is the error that ends the wait."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        os.killpg(group, 0)
        time.sleep(0.1)
