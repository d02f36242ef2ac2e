"""Progress is n of N on a terminal, and nothing where nobody watches."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import xlsflow
from tests.helpers.documents import TOP, run

if TYPE_CHECKING:
    from xlsflow.pipeline.progress import Stage

INBOX = TOP / "samples" / "round" / "inbox"
PROJECT = TOP / "samples" / "round" / "project.xlsx"
FILES = sorted(path for path in INBOX.rglob("*.xlsx") if not path.name.startswith("~$"))[:2]
CHECK = ("check", *map(str, FILES), "--project", str(PROJECT))
_SECONDS = 120


def on_terminal(*words: str, cwd: Path) -> str:
    """Run a command whose standard error is a terminal, and return what is drawn there."""
    pty = pytest.importorskip("pty", reason="no pseudo-terminals on this system")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "xlsflow", *words]
    environment = {**os.environ, "XLSFLOW_LANG": "en", "TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=theirs, env=environment)
    os.close(theirs)
    drawn, end = b"", time.monotonic() + _SECONDS
    try:
        while time.monotonic() < end:
            if not select.select([ours], [], [], 1)[0]:
                continue
            try:
                data = os.read(ours, 1 << 16)
            except OSError:  # Linux reports the closed end of a terminal as an error
                break
            if not data:
                break
            drawn += data
        process.wait(_SECONDS)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", drawn.decode())


def counts(drawn: str, stage: str) -> list[str]:
    """Return the different "n/N" that were drawn for a stage, in their order."""
    return list(dict.fromkeys(re.findall(rf"{stage}[^\r\n]*?(\d+/\d+)", drawn)))


def test_files_read_are_counted_on_a_terminal(tmp_path: Path) -> None:
    shown = counts(on_terminal(*CHECK, cwd=tmp_path), "Reading files")

    assert shown[0] == "0/2"
    assert shown[-1] == "2/2"


def test_workbooks_written_and_marked_copies_are_counted_on_a_terminal(tmp_path: Path) -> None:
    written = on_terminal(
        "generate", str(PROJECT), "--out", "outbox", "--round", "2026-W48", "--from", str(INBOX), cwd=tmp_path
    )
    count = len(list((tmp_path / "outbox").glob("*.xlsx")))
    assert counts(written, "Writing workbooks")[-1] == f"{count}/{count}"
    assert counts(written, "Reading files")

    marked = on_terminal(*CHECK, "--feedback", "back", cwd=tmp_path)
    assert counts(marked, "Writing marked copies")[-1] == "2/2"


@pytest.mark.parametrize("words", [("--quiet",), ("--format", "json")])
def test_nothing_is_drawn_where_it_is_not_wanted(words: tuple[str, ...], tmp_path: Path) -> None:
    assert on_terminal(*CHECK, *words, cwd=tmp_path) == ""


def test_a_pipe_stays_silent(tmp_path: Path) -> None:
    assert run(*CHECK, cwd=tmp_path).stderr == ""
    assert run("generate", str(PROJECT), "--out", "outbox", cwd=tmp_path).stderr == ""


def test_a_notebook_is_notified_of_each_file(tmp_path: Path) -> None:
    reported: list[tuple[Stage, int, int]] = []

    def note(stage: Stage, done: int, total: int) -> None:
        reported.append((stage, done, total))

    xlsflow.check(FILES, project=PROJECT, feedback=tmp_path / "back", progress=note)
    assert reported == [(stage, done, 2) for stage in ("read", "feedback") for done in range(3)]

    reported.clear()
    xlsflow.merge(FILES, project=PROJECT, progress=note)
    assert reported == [("read", done, 2) for done in range(3)]

    reported.clear()
    written = xlsflow.generate(PROJECT, tmp_path / "outbox", progress=note)
    assert reported == [("generate", done, len(written)) for done in range(len(written) + 1)]
