"""An output appears whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlsflow.errors import OutputError
from xlsflow.system.atomic_write import write_atomically


def test_what_stood_there_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_text("old", encoding="utf-8")

    def make(beside: Path) -> None:
        beside.write_text("new", encoding="utf-8")

    write_atomically(path, make)

    assert {file.name: file.read_text("utf-8") for file in tmp_path.iterdir()} == {"book.xlsx": "new"}


def test_a_fault_on_the_way_leaves_what_stood_there(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_text("old", encoding="utf-8")

    def half(beside: Path) -> None:
        beside.write_text("ne", encoding="utf-8")
        raise KeyError("broken")

    with pytest.raises(KeyError):
        write_atomically(path, half)

    assert {file.name: file.read_text("utf-8") for file in tmp_path.iterdir()} == {"book.xlsx": "old"}


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "2026" / "W12" / "book.xlsx"

    write_atomically(path, Path.touch)

    assert path.exists()


def test_a_name_of_any_legal_length_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("长" * 83 + ".xlsx")  # 254 bytes of 255

    write_atomically(path, Path.touch)

    assert path.exists()


def test_a_file_that_another_program_holds_open_is_named_in_both_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows refuses to replace a workbook that is open in Excel; other systems do not, hence the pretence."""
    path = tmp_path / "book.xlsx"
    path.write_text("old", encoding="utf-8")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Access is denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OutputError) as stopped:
        write_atomically(path, Path.touch)

    assert stopped.value.code == "output_locked"
    assert "book.xlsx”正被其他程序打开" in stopped.value.say("zh")
    assert "is open in another program" in stopped.value.say("en")
    assert [file.name for file in tmp_path.iterdir()] == ["book.xlsx"]


@pytest.mark.parametrize("taken", ["folder", "folder/file/book.xlsx"])
def test_a_place_that_no_file_can_have_is_named(tmp_path: Path, taken: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").touch()

    with pytest.raises(OutputError) as stopped:
        write_atomically(tmp_path / taken, Path.touch)

    assert stopped.value.code == "output_not_writable"
    assert str(tmp_path / taken) in stopped.value.say("zh")
    assert sorted(file.name for file in tmp_path.rglob("*")) == ["file", "folder"]
