"""The page of post: the week in five commands runs as it stands there, and both languages say the same."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.helpers.documents import blocks, fenced, headings, links, run, tables
from tests.post import mails
from tests.post.test_collect import HN, INBOX
from xlsflow.post.settings import load_settings

ENGLISH, CHINESE = "xlsflow/post/README.md", "xlsflow/post/README.zh-CN.md"


def test_both_pages_have_the_same_structure(tmp_path: Path) -> None:
    assert headings(ENGLISH) == headings(CHINESE)
    assert [lines for lines, _ in tables(ENGLISH)] == [lines for lines, _ in tables(CHINESE)]
    assert len(links(ENGLISH)) == len(links(CHINESE))
    for language in ("sh", "toml"):
        assert blocks(ENGLISH, language) == blocks(CHINESE, language)
    assert [language for language, _ in fenced(ENGLISH)] == [language for language, _ in fenced(CHINESE)]
    (tmp_path / "xlsflow.toml").write_text(blocks(ENGLISH, "toml")[0], "utf-8")
    assert load_settings(tmp_path / "xlsflow.toml").smtp


def test_the_week_of_the_page_runs_without_an_option(tmp_path: Path) -> None:
    assert run("init", "my-project", "--example", cwd=tmp_path).returncode == 0
    folder = tmp_path / "my-project"
    generate, send, collect, merge, status = (line.split()[1:] for line in blocks(ENGLISH, "sh")[0].splitlines())
    assert run(*status, cwd=folder).returncode == 1  # nobody has returned anything yet
    assert run(*generate, cwd=folder).returncode == 0
    assert run(*send, cwd=folder / "rounds").returncode == 0  # anywhere inside the folder
    round_ = folder / "rounds" / "2026-W47"
    assert len([*(round_ / "letters").glob("*.eml")]) == 5
    assert run(*collect, cwd=folder).returncode == 0  # nothing has come
    for path in INBOX.glob("DJXP*"):
        if "HN" not in path.name:
            shutil.copy(path, round_ / "inbox")
    (round_ / "inbox" / "华南.eml").write_bytes(mails.mail({"华南.xlsx": HN}, sender="x@else.example"))
    done = run(*collect, cwd=folder)
    assert done.returncode == 0
    assert "x@else.example" in done.stdout
    assert run(*merge, cwd=folder).returncode == 1  # South China has errors
    done = run(*status, "--format", "json", cwd=folder)
    board = json.loads(done.stdout)
    assert (done.returncode, board["counts"]["returned"], board["settled"]) == (1, 4, False)
    assert run("report", "--out", "report.txt", "--lang", "zh", cwd=folder).returncode == 0
    said = (folder / "report.txt").read_text("utf-8")  # the same figures
    assert f"数据须改 {board['counts']['errors']}" in said
    assert f"已回收区域 {board['counts']['returned']} / 5" in said
    assert run(*merge, cwd=folder).returncode == 1  # again, with the book among the inputs
    assert json.loads(run(*status, "--format", "json", cwd=folder).stdout)["counts"] == board["counts"]
    assert run("status", cwd=tmp_path).returncode == 2  # outside: told how to go on
