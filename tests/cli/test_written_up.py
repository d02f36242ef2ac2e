"""What the READMEs say is true: their commands run, their Python runs, their reference is current."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.helpers.documents import (
    READMES,
    TOP,
    between,
    blocks,
    commands,
    every_command,
    reference,
    run,
)

LANG = dict(zip(READMES, ("en", "zh"), strict=True))


@pytest.mark.parametrize("readme", READMES)
def test_the_commands_of_a_readme_run_in_their_order_in_an_empty_folder(readme: str, tmp_path: Path) -> None:
    shown = commands(readme)
    assert {words[1] for words in shown} >= {"init", "generate", "merge"}

    for words in shown:
        done = run(*words[1:], cwd=tmp_path)
        assert done.returncode in (0, 1), f"{words}: {done.stderr}"
        assert "Traceback" not in done.stderr

    assert (tmp_path / "result.xlsx").is_file()


@pytest.mark.parametrize("readme", READMES)
def test_the_python_of_a_readme_runs(readme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(TOP / "samples" / "round", tmp_path / "samples" / "round")
    monkeypatch.chdir(tmp_path)

    scope: dict[str, object] = {}
    for block in blocks(readme, "python"):
        exec(compile(block, readme, "exec"), scope)  # noqa: S102 - the README's own words

    assert "book" in scope


@pytest.mark.parametrize("readme", READMES)
def test_the_sheet_that_a_readme_defines_loads_and_is_generated(readme: str, tmp_path: Path) -> None:
    (text,) = blocks(readme, "toml")
    name = re.search(r'^name = "(\w+)"', text, re.MULTILINE)
    assert name is not None
    sheets = tmp_path / "templates" / "sheets"
    sheets.mkdir(parents=True)
    (sheets / f"{name[1]}.toml").write_text(text, "utf-8")

    assert run("templates", "check", f"templates/sheets/{name[1]}.toml", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("readme", READMES)
def test_the_command_reference_of_a_readme_is_what_the_help_says(readme: str) -> None:
    assert between(readme, "commands") == reference(LANG[readme]), "run: python -m tests.helpers.documents"


@pytest.mark.parametrize("readme", READMES)
def test_every_command_stands_in_a_readme(readme: str) -> None:
    text = (TOP / readme).read_text("utf-8")

    for words in every_command():
        assert "xlsflow " + " ".join(words) in text


@pytest.mark.parametrize("readme", READMES)
def test_the_links_and_pictures_of_a_readme_are_there(readme: str) -> None:
    text = (TOP / readme).read_text("utf-8")
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in target]

    assert any(target.endswith(".png") for target in targets)
    for target in targets:
        assert (TOP / target).exists(), target
