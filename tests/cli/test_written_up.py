"""What the pages say is true: commands run, Python prints what is shown, generated parts are current.

A page and its Chinese equal have the same structure, and every link leads somewhere.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import re
import shutil
import tomllib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import xlsflow
from tests.helpers.documents import (
    PAGES,
    READMES,
    TOP,
    anchors,
    between,
    blocks,
    commands,
    every_command,
    fenced,
    headings,
    links,
    page_text,
    run,
    tables,
)
from tests.helpers.generated import PARTS, Part
from tests.helpers.returned_rows import TASKS, task
from tests.helpers.two_rounds import enter_round, two_rounds
from xlsflow.intake.isolation.limits import Limits

if TYPE_CHECKING:
    from xlsflow.i18n import Lang

EVERY_PAGE = sorted((*PAGES, *PAGES.values(), "CHANGELOG.md"))
LONGEST_README = 220


@pytest.mark.parametrize("readme", READMES)
def test_the_commands_of_a_readme_run_in_their_order(readme: str, tmp_path: Path) -> None:
    shutil.copytree(TOP / "samples" / "round" / "inbox", tmp_path / "inbox")
    shown = commands(readme)
    # What needs a project folder is on the page of post, whose commands tests/post runs; tests/page runs those of page.
    elsewhere = [*commands(f"xlsflow/post/{readme}"), *commands(f"xlsflow/page/{readme}")]
    assert {words[1] for words in (*shown, *elsewhere)} == {words[0] for words in every_command() if words}

    for words in shown:
        if "--from" in words:  # as the page says, the next round is in the project workbook by then
            enter_round(tmp_path / "project.xlsx", "2026-W48")
        done = run(*words[1:], cwd=tmp_path)
        assert done.returncode in (0, 1), f"{words}: {done.stderr}"
        assert "Traceback" not in done.stderr

    result, newer, decided = (xlsflow.open_book(tmp_path / f"{name}.xlsx") for name in ("result", "newer", "decided"))
    open_tasks = result.tables[TASKS].query("progress not in ('done', 'cancelled')")
    assert sorted(newer.tables[TASKS]["task_id"]) == sorted(open_tasks["task_id"])
    assert decided.tables[TASKS].equals(newer.tables[TASKS])


@pytest.mark.parametrize("page", ["workbook_templates/PROJECT.md", "workbook_templates/PROJECT.zh-CN.md"])
def test_the_commands_of_the_page_on_the_project_run(page: str, tmp_path: Path) -> None:
    assert [run(*words[1:], cwd=tmp_path).returncode for words in commands(page)] == [0, 0]


@pytest.mark.parametrize("readme", READMES)
def test_the_python_of_a_readme_prints_what_is_shown(
    readme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(TOP / "samples" / "round", tmp_path / "samples" / "round")
    monkeypatch.chdir(tmp_path)
    assert _printed(readme) == _shown(readme)


@pytest.mark.parametrize("page", ["xlsflow/merge/README.md", "xlsflow/merge/README.zh-CN.md"])
def test_the_python_of_the_page_on_merging_prints_what_is_shown(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [(date(2026, 11, 12), date(2026, 12, 10)), (date(2026, 12, 1), date(2026, 12, 8)), (date(2026, 12, 1),) * 2]
    before, now = ([task(number, due=due) for number, due in enumerate(dues, 1)] for dues in zip(*days, strict=True))
    two_rounds(tmp_path, before, now)
    monkeypatch.chdir(tmp_path)

    assert _printed(page) == _shown(page)


def _printed(page: str) -> str:
    """Return what the Python of a page prints."""
    (code,) = blocks(page, "python")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, page, "exec"), {})  # noqa: S102 - the page's own words
    return printed.getvalue()


def _shown(page: str) -> str:
    """Return what a page shows below its Python."""
    shown = fenced(page)
    (number,) = (number for number, (language, _) in enumerate(shown) if language == "python")
    language, text = shown[number + 1]
    assert language == "text"
    return text


@pytest.mark.parametrize("readme", READMES)
def test_the_sheet_that_a_readme_defines_has_no_mistake(readme: str, tmp_path: Path) -> None:
    (text,) = blocks(readme, "toml")
    name = re.search(r'^name = "(\w+)"', text, re.MULTILINE)
    assert name is not None
    sheets = tmp_path / "templates" / "sheets"
    sheets.mkdir(parents=True)
    (sheets / f"{name[1]}.toml").write_text(text, "utf-8")

    assert f"templates/sheets/{name[1]}.toml" in page_text(readme)
    assert run("templates", "check", f"templates/sheets/{name[1]}.toml", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("readme", READMES)
def test_a_readme_is_short(readme: str) -> None:
    assert len(page_text(readme).splitlines()) <= LONGEST_README


@pytest.mark.parametrize("readme", READMES)
def test_a_readme_shows_pictures_and_links_every_page_of_its_language(readme: str) -> None:
    pages = {page for pair in PAGES.items() for page in pair if page.endswith(".zh-CN.md") == ("zh" in readme)}
    found = links(readme)

    assert sum(target.endswith(".png") for target in found) == 2
    assert pages - {readme} <= set(found)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.page}-{part.name}")
def test_a_generated_part_is_current(part: Part, lang: Lang) -> None:
    assert between(part.pages()[lang], part.name) == part.make(lang), "run: python -m tests.helpers.documents"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_and_its_chinese_equal_have_the_same_structure(page: str) -> None:
    chinese = PAGES[page]

    assert headings(page) == headings(chinese)
    assert [lines for lines, _ in tables(page)] == [lines for lines, _ in tables(chinese)]
    assert [language for language, _ in fenced(page)] == [language for language, _ in fenced(chinese)]
    assert len(links(page)) == len(links(chinese))
    for (language, text), (_, other) in zip(fenced(page), fenced(chinese), strict=True):
        if language == "sh":
            assert _without_comments(text) == _without_comments(other)
        elif language == "toml":
            assert tomllib.loads(text) == tomllib.loads(other)


def _without_comments(text: str) -> list[str]:
    return [line.partition("#")[0].rstrip().replace("名称", "NAME") for line in text.splitlines()]


def test_every_page_of_the_repository_is_looked_at() -> None:
    folders = (TOP / name for name in ("xlsflow", "workbook_templates", "samples"))
    found = [*TOP.glob("*.md"), *(path for folder in folders for path in folder.rglob("*.md"))]

    assert sorted(path.relative_to(TOP).as_posix() for path in found) == EVERY_PAGE


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_the_links_of_a_page_lead_somewhere(page: str) -> None:
    for target in links(page):
        name, _, anchor = target.partition("#")
        path = ((TOP / page).parent / name).resolve() if name else TOP / page
        assert path.exists(), target
        if anchor:
            assert anchor in anchors(path.relative_to(TOP).as_posix()), target


@pytest.mark.parametrize("page", ["xlsflow/intake/README.md", "xlsflow/intake/README.zh-CN.md"])
def test_the_limits_and_their_defaults_are_written_up(page: str) -> None:
    shown = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", page_text(page), re.MULTILINE))
    defaults = {name: value for name, value in dataclasses.asdict(Limits()).items() if not isinstance(value, bool)}

    assert shown == {name: _size(default) for name, default in defaults.items()}


def _size(number: float) -> str:
    mebibytes, rest = divmod(number, 1 << 20)
    return f"{mebibytes:.0f}M" if number and not rest else f"{number:.0f}"


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    newest = re.search(r"^## \[(\d[\d.]*)\]", page_text("CHANGELOG.md"), re.MULTILINE)

    assert newest is not None
    assert {project["version"], newest[1]} == {xlsflow.__version__}
