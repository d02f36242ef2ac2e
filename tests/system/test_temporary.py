"""No temporary file outlives the run after the one that made it, however that one ended."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING

from tests.helpers.documents import TOP
from xlsflow.system import temporary
from xlsflow.system.atomic_write import write_text_atomically
from xlsflow.system.temporary import temporary_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pytest

NAME = ".xlsflow-0123456789ab"
WRITES = """
import sys; from pathlib import Path; from xlsflow.system.atomic_write import write_atomically
def write(beside):
    beside.write_text("new"); print("half", flush=True); sys.stdin.read()
write_atomically(Path(sys.argv[1]), write)
"""
CONVERTS = """
import sys; from pathlib import Path; from xlsflow.system.libreoffice import convert_to_pdf
convert_to_pdf(Path(sys.argv[1]), "a.pdf", program=Path(sys.argv[2]))
"""


@contextmanager
def running(code: str, *arguments: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run code in a process of its own, which waits where it reads its input."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(TOP), **environment},
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def half_written(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == b"half\n"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_a_killed_run_left_is_removed_by_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_text("old", "utf-8")
    with running(WRITES, path) as process:
        half_written(process)
        process.kill()
        process.wait()

    assert len(names(tmp_path)) == 2
    assert path.read_text("utf-8") == "old"
    write_text_atomically(tmp_path / "other.txt", "x")
    assert names(tmp_path) == ["book.xlsx", "other.txt"]


def test_what_another_run_still_writes_is_left_to_it(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with running(WRITES, path) as process:
        half_written(process)
        write_text_atomically(tmp_path / "other.txt", "x")
        assert len(names(tmp_path)) == 2
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(60) == 0

    assert names(tmp_path) == ["book.xlsx", "other.txt"]
    assert path.read_text("utf-8") == "new"


def test_files_of_others_stay(tmp_path: Path) -> None:
    others = [".xlsflow-feedback.json", ".xlsflow-0123456789abc.xlsx", f"x{NAME}", "xlsflow-demo", ".xlsflow-.xlsx"]
    for name in others:
        (tmp_path / name).write_text("", "utf-8")
    (tmp_path / NAME).mkdir()
    (tmp_path / f"{NAME}.lock").symlink_to(tmp_path / others[0])
    before = names(tmp_path)
    write_text_atomically(tmp_path / "zzz", "x")

    assert names(tmp_path) == [*before, "zzz"]


def test_where_there_are_no_locks_outputs_are_written_and_nothing_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(*_: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("fcntl.flock", flock)
    (tmp_path / f"{NAME}.xlsx").write_text("", "utf-8")
    write_text_atomically(tmp_path / "a.txt", "x")

    assert names(tmp_path) == [f"{NAME}.xlsx", "a.txt"]


def test_on_windows_what_was_written_just_now_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There an output is not open between writing and renaming; what is open cannot be removed in any case."""
    monkeypatch.setattr(temporary, "sys", SimpleNamespace(platform="win32"))
    old, new = tmp_path / f"{NAME}.xlsx", tmp_path / f"{NAME[:-1]}c.xlsx"
    for path in (old, new):
        path.write_text("", "utf-8")
    hour_ago = time.time() - 3600
    os.utime(old, (hour_ago, hour_ago))
    write_text_atomically(tmp_path / "a.txt", "x")

    assert names(tmp_path) == [new.name, "a.txt"]


def test_a_folder_is_private_and_gone_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with suppress(KeyError), temporary_folder() as folder:
        (folder / "profile").mkdir()
        with temporary_folder() as inner:
            assert folder != inner
        assert folder.is_dir()
        assert folder.stat().st_mode & 0o777 == 0o700
        raise KeyError

    assert names(tmp_path) == []


def test_a_program_that_writes_a_moment_longer_does_not_keep_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LibreOffice consists of several processes, which are killed and do not end all at once."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    remove, files = shutil.rmtree, iter(range(3))

    def remove_and_find_more(folder: Path, **_: bool) -> None:
        for number in files:
            (folder / f"{number}").touch()
            return
        remove(folder)

    monkeypatch.setattr(shutil, "rmtree", remove_and_find_more)
    with temporary_folder() as folder:
        assert folder.is_dir()

    assert names(tmp_path) == []


def test_libreoffice_and_its_folder_do_not_outlive_a_killed_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs, noted, source, temp = (tmp_path / name for name in ("hangs", "pid", "a.xlsx", "temp"))
    child = f"import os, time; open({str(noted)!r}, 'w').write(f'{{os.getpid()}}\\n'); time.sleep(60)"
    hangs.write_text(
        f"#!{sys.executable}\nimport subprocess, sys\nsubprocess.run([sys.executable, '-c', {child!r}])\n", "utf-8"
    )
    hangs.chmod(0o755)
    source.touch()
    temp.mkdir()
    with running(CONVERTS, source, hangs, TMPDIR=str(temp)) as process:
        _wait_until(lambda: noted.is_file() and noted.read_text("utf-8").endswith("\n"))
        process.kill()
        process.wait()

    pid = int(noted.read_text("utf-8"))
    _wait_until(lambda: not _runs(pid))
    assert len(names(temp)) == 2
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    with temporary_folder():
        assert len(names(temp)) == 2
    assert names(temp) == []


def _wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(300):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("waited in vain")


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
