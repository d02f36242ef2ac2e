"""What somebody who knows only the README does wrong: nothing of theirs is lost, one sentence says what to do."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

import xlsflow
from xlsflow.errors import InputError, OutputError, Refused
from xlsflow.flow import verbs
from xlsflow.resources import resource

ROUND = resource("samples") / "round"
AS_OF = datetime(2026, 11, 20, 18)  # noqa: DTZ001 - the round's own day


@pytest.fixture
def round_(tmp_path: Path) -> Path:
    """A copy of the sample round."""
    return Path(shutil.copytree(str(ROUND), tmp_path / "round"))


@pytest.mark.parametrize("name", ["project.xlsx", "inbox/DJXP-2026-W47-HB_华北.xlsx"])
def test_a_result_replaces_none_of_the_files_that_it_is_made_from(round_: Path, name: str) -> None:
    before = (round_ / name).read_bytes()
    with pytest.raises(OutputError) as stopped:
        verbs.merge_to([round_ / "inbox"], round_ / name, project=round_ / "project.xlsx")
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


def test_a_folder_that_cannot_be_made_is_told(round_: Path) -> None:
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
    verbs.merge_to([round_ / "inbox"], result, project=round_ / "project.xlsx")
    with pytest.raises(Refused) as stopped:
        xlsflow.read(result)
    assert stopped.value.code == "several_returns"


def test_without_a_project_nothing_is_said_that_only_a_project_can_say(round_: Path) -> None:
    checked = xlsflow.check([round_ / "inbox"], as_of=AS_OF)
    clean = {record.file for record in checked.files if record.status == "ok"}
    assert len(clean) == 3, "the same three as with the project"
    assert not {"unknown_person", "column_extra"} & {finding.code for finding in checked.findings}


def test_another_round_than_the_project_s_is_told(round_: Path, tmp_path: Path) -> None:
    order = xlsflow.Order(round="2026-W48")
    assert xlsflow.generate(round_ / "project.xlsx", tmp_path / "next", order).other_round
    assert not xlsflow.generate(round_ / "project.xlsx", tmp_path / "same").other_round


def test_what_goes_out_says_who_saved_it_last(round_: Path, tmp_path: Path) -> None:
    (first, *_) = xlsflow.generate(round_ / "project.xlsx", tmp_path / "out")
    with ZipFile(first) as parts:
        assert b"<cp:lastModifiedBy>xlsflow<" in parts.read("docProps/core.xml")
