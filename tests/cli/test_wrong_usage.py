"""What somebody who knows only the README does wrong: nothing of theirs is lost, one sentence says what to do."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner

import xlsflow
from tests.helpers.returns import opened_by_openpyxl
from xlsflow import api
from xlsflow.cli import main
from xlsflow.errors import InputError, OutputError, Refused
from xlsflow.feedback import texts
from xlsflow.system.package_data import package_data_path

ROUND = package_data_path("samples") / "round"
AS_OF = datetime(2026, 11, 20, 18)  # noqa: DTZ001 - the round's own day


@pytest.fixture
def round_(tmp_path: Path) -> Path:
    """A copy of the sample round."""
    return Path(shutil.copytree(str(ROUND), tmp_path / "round"))


@pytest.mark.parametrize("name", ["project.xlsx", "inbox/DJXP-2026-W47-HB_华北.xlsx"])
def test_a_result_replaces_none_of_the_files_that_it_is_made_from(round_: Path, name: str) -> None:
    before = (round_ / name).read_bytes()
    with pytest.raises(OutputError) as stopped:
        api.merge_to([round_ / "inbox"], round_ / name, project=round_ / "project.xlsx")
    assert stopped.value.code == "output_is_input"
    assert (round_ / name).read_bytes() == before


def test_a_workbook_that_was_filled_since_is_not_written_over(round_: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    sent = xlsflow.generate(round_ / "project.xlsx", out)
    xlsflow.generate(round_ / "project.xlsx", out)  # as they went out, they may be
    name = "DJXP-2026-W47-HB_华北.xlsx"
    filled = (round_ / "inbox" / name).read_bytes()
    (out / name).write_bytes(filled)
    sent[0].unlink()
    with pytest.raises(OutputError) as stopped:
        xlsflow.generate(round_ / "project.xlsx", out)
    assert stopped.value.code == "output_was_filled"
    assert (out / name).read_bytes() == filled
    assert not sent[0].exists()


def test_a_folder_that_cannot_be_made_is_reported(round_: Path) -> None:
    there = round_ / "project.xlsx"
    for verb in (lambda: xlsflow.generate(there, there), lambda: list(xlsflow.demo(there))):
        with pytest.raises(OutputError) as stopped:
            verb()
        assert stopped.value.code == "output_not_writable"


def test_a_project_workbook_is_called_like_one(tmp_path: Path) -> None:
    with pytest.raises(InputError) as stopped:
        xlsflow.init(tmp_path / "project.xls")
    assert stopped.value.code == "report_format"


def test_one_return_is_read_and_never_the_first_of_several(round_: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        xlsflow.read(round_ / "inbox")
    result = tmp_path / "result.xlsx"
    api.merge_to([round_ / "inbox"], result, project=round_ / "project.xlsx")
    with pytest.raises(Refused) as stopped:
        xlsflow.read(result)
    assert stopped.value.code == "several_returns"


def test_without_a_project_nothing_is_said_that_only_a_project_can_say(round_: Path) -> None:
    checked = xlsflow.check([round_ / "inbox"], as_of=AS_OF)
    clean = {record.file for record in checked.files if record.status == "ok"}
    assert len(clean) == 3, "the same three as with the project"
    assert not {"unknown_person", "column_extra"} & {finding.code for finding in checked.findings}


def test_another_round_than_the_project_s_is_reported(round_: Path, tmp_path: Path) -> None:
    order = xlsflow.Order(round="2026-W48")
    assert xlsflow.generate(round_ / "project.xlsx", tmp_path / "next", order).other_round
    assert not xlsflow.generate(round_ / "project.xlsx", tmp_path / "same").other_round


def test_what_goes_out_says_who_saved_it_last(round_: Path, tmp_path: Path) -> None:
    (first, *_) = xlsflow.generate(round_ / "project.xlsx", tmp_path / "out")
    with ZipFile(first) as parts:
        assert b"<cp:lastModifiedBy>xlsflow<" in parts.read("docProps/core.xml")


def test_what_is_not_there_is_reported_in_the_reader_s_language(round_: Path, tmp_path: Path) -> None:
    project = str(round_ / "project.xlsx")
    for words, said in (
        (["generate", project, "--out", str(tmp_path / "o"), "--pack", "colaboration"], "是不是“collaboration”？"),
        (["templates", "show", "trackng"], "没有叫“trackng”的表或模板包；是不是“tracking”？"),
        (["templates", "list", "--templates", str(tmp_path / "no")], "找不到模板文件夹"),
    ):
        done = CliRunner().invoke(main, words, env={"XLSFLOW_LANG": "zh"})
        assert done.exit_code == 2
        assert said in done.output


@pytest.mark.parametrize("option", [["--closed"], ["--table", "raci"]])
def test_an_option_that_would_do_nothing_is_refused(round_: Path, tmp_path: Path, option: list[str]) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(main, ["generate", str(round_ / "project.xlsx"), "--out", str(out), *option])
    assert done.exit_code == 2
    assert "--from" in done.output
    assert not out.exists()


def test_own_sheets_beside_the_project_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "templates" / "sheets"
    folder.mkdir(parents=True)
    own = (package_data_path("workbook_templates") / "sheets" / "issues.toml").read_text("utf-8")
    (folder / "visits.toml").write_text(own.replace('name = "issues"', 'name = "visits"'), "utf-8")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["templates", "show", "visits"])
    assert done.exit_code == 0, done.output
    assert "visits" in done.output


@pytest.mark.parametrize(("now", "late"), [(datetime(2026, 11, 19, 9), False), (datetime(2026, 11, 28, 9), True)])  # noqa: DTZ001
def test_a_letter_asks_for_nothing_by_a_moment_that_is_past(
    round_: Path,
    tmp_path: Path,
    now: datetime,
    late: bool,  # noqa: FBT001
) -> None:
    xlsflow.check([round_ / "inbox"], project=round_ / "project.xlsx", as_of=AS_OF, now=now, feedback=tmp_path / "f")
    letter = next(path for path in (tmp_path / "f").rglob("*.txt") if "HN" in path.name).read_text("utf-8-sig")
    asked = texts.REQUEST_OVERDUE if late else texts.REQUEST_BEFORE_DUE
    assert asked.zh.partition("{")[0] in letter


def test_a_single_path_is_a_path_and_not_its_letters(round_: Path) -> None:
    book = xlsflow.merge(str(round_ / "inbox"), project=round_ / "project.xlsx", as_of=AS_OF)
    assert len(book.files) == len(xlsflow.merge([round_ / "inbox"], project=round_ / "project.xlsx", as_of=AS_OF).files)


def test_a_row_of_keys_that_was_deleted_does_not_make_our_own_columns_the_region_s(
    round_: Path, tmp_path: Path
) -> None:
    (sent,) = (path for path in (round_ / "inbox").glob("*HN*.xlsx"))
    book = opened_by_openpyxl(sent, data_only=True)  # with what LibreOffice has worked out, as values
    for sheet in book:
        rows = [*enumerate(sheet.iter_rows(max_row=12, values_only=True), start=1)]
        for number in [n for n, row in reversed(rows) if any(str(value).startswith("key:") for value in row)]:
            sheet.delete_rows(number)
    path = tmp_path / "no keys.xlsx"
    book.save(path)

    checked = xlsflow.check([path], project=round_ / "project.xlsx", as_of=AS_OF)

    assert "key_row_missing" in {finding.code for finding in checked.findings}
    assert "column_extra" not in {finding.code for finding in checked.findings}
