"""The command `page` says in one sentence what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.helpers.documents import TOP, run

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = str(TOP / "samples" / "round" / "project.xlsx")


def test_it_says_how_to_get_the_runtime_and_writes_nothing(tmp_path: Path) -> None:
    done = run("page", PROJECT, "--out", "check.html", "--runtime", "none", "--lang", "en", cwd=tmp_path)

    assert done.returncode == 2
    assert "Run xlsflow page --get-runtime first" in done.stderr
    assert not (tmp_path / "check.html").exists()


def test_it_wants_a_project_and_an_output_or_the_runtime_alone(tmp_path: Path) -> None:
    for arguments in ([], [PROJECT], ["--out", "check.html"]):
        done = run("page", *arguments, "--lang", "zh", cwd=tmp_path)
        assert done.returncode == 2
        assert "请给出项目设置表和 --out" in done.stderr
