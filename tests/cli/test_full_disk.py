"""A full disk, an output that is locked: one sentence says what was not written; what was there or finished stays."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result

from tests.helpers.documents import TOP
from xlsflow.cli import main
from xlsflow.errors import OutputError
from xlsflow.system.atomic_write import write_text_atomically
from xlsflow.system.package_data import package_data_path

ROUND = package_data_path("samples") / "round"
PROJECT = ROUND / "project.xlsx"
INBOX = ROUND / "inbox"
WRONG = "DJXP-2026-W47-HN_华南.xlsx"
IN_A_ROOM_OF_ITS_OWN = ["unshare", "--map-root-user", "--mount"]


def can_mount() -> bool:
    """Return whether this system lets a process have a disk of its own."""
    try:
        command = [*IN_A_ROOM_OF_ITS_OWN, "sh", "-c", "mount -t tmpfs tmpfs /mnt"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


class Disk:
    """A disk that has room for some more files."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.room = 0
        self._sync = os.fsync
        monkeypatch.setattr(os, "fsync", self)

    def __call__(self, descriptor: int) -> None:
        self.room -= 1
        if self.room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        self._sync(descriptor)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run(*words: str | Path, lang: str = "en") -> Result:
    return CliRunner().invoke(main, [*map(str, words)], env={"XLSFLOW_LANG": lang})


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_file_that_found_no_room_is_named_and_what_was_there_stays(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(number, os.strerror(number))

    path = tmp_path / "book.txt"
    path.write_text("old", "utf-8")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError) as stopped:
        write_text_atomically(path, "new")

    assert f"磁盘已满，“{path}”没有写出" in stopped.value.say("zh")
    assert f"The disk is full: “{path}” was not written" in stopped.value.say("en")
    assert contents(tmp_path) == {"book.txt": b"old"}


@pytest.mark.parametrize(
    ("lang", "said"),
    [("zh", "5 份工作簿只写出了 2 份，没有写出："), ("en", "Only 2 of 5 workbooks were written; missing: ")],
)
def test_generate_says_which_workbooks_are_missing_and_keeps_the_others(
    lang: str, said: str, disk: Disk, tmp_path: Path
) -> None:
    disk.room = 5
    assert run("generate", PROJECT, "--out", tmp_path / "whole", "--quiet").exit_code == 0
    whole = contents(tmp_path / "whole")
    disk.room = 2
    done = run("generate", PROJECT, "--out", tmp_path / "out", "--quiet", lang=lang)
    written = contents(tmp_path / "out")

    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert said in done.stderr
    assert {name for name in whole if name not in done.stderr} == {*written}
    assert all(whole[name] == content for name, content in written.items())


@pytest.mark.parametrize(
    ("lang", "said"),
    [("zh", "5 份工作簿只写出了 4 份，没有写出："), ("en", "Only 4 of 5 workbooks were written; missing: ")],
)
def test_a_workbook_that_is_open_in_another_program_costs_the_others_nothing(
    lang: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows refuses to replace it; other systems do not, hence the pretence."""
    replace = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if target.name == WRONG:
            raise PermissionError(errno.EACCES, "Access is denied")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    done = run("generate", PROJECT, "--out", tmp_path, "--quiet", lang=lang)

    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert ("正被其他程序打开" if lang == "zh" else "is open in another program") in done.stderr
    assert f"{said}{WRONG}" in done.stderr
    assert len(contents(tmp_path)) == 4


def test_the_book_is_kept_where_a_marked_copy_finds_no_room(disk: Disk, tmp_path: Path) -> None:
    """So is the copy of the run before, which is outdated but not gone without a new one."""
    disk.room = 100
    words = ("merge", INBOX, "--project", PROJECT, "--out", tmp_path / "book.xlsx", "--feedback", tmp_path / "back")
    assert run(*words).exit_code == 1
    before = contents(tmp_path)
    (tmp_path / "book.xlsx").unlink()
    disk.room = 1
    done = run(*words)

    assert done.exit_code == 1
    assert f"The feedback for {WRONG} was not written: The disk is full" in done.stdout
    assert contents(tmp_path).keys() == before.keys()
    assert (tmp_path / "book.xlsx").read_bytes()
    assert {name: content for name, content in contents(tmp_path).items() if WRONG in name} == {
        name: content for name, content in before.items() if WRONG in name
    }


FULL = [
    ("40k", "merge $I --project $P --out $D/r.xlsx", 2, "“$D/r.xlsx” was not written"),
    ("8k", "report $B --out $D/r.html", 2, "“$D/r.html” was not written"),
    ("8k", "report $B --out $D/r.pdf", 2, "“$D/r.pdf” was not written"),
    ("250k", "generate $P --out $D/out", 2, "of 5 workbooks were written; missing: "),
    ("40k", "merge $I --project $P --out $O/r.xlsx --feedback $D/back", 1, "The feedback for "),
    ("40k", "init $D/project.xlsx", 2, "“$D/project.xlsx” was not written"),
    ("200k", "demo $D/demo", 2, "of 5 workbooks were written; missing: "),
    ("84k", "templates schema --out $D", 2, ".schema.json” was not written"),
]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    assert run("merge", INBOX, "--project", PROJECT, "--out", path).exit_code == 1
    return path


def on_a_disk(size: str, words: str, book: Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command that writes to a disk of some size; whatever is on it then must be whole."""
    disk = folder / "disk"
    disk.mkdir()
    names = {"D": disk, "I": INBOX, "P": PROJECT, "B": book, "O": folder}
    for name, path in names.items():
        words = words.replace(f"${name}", f'"{path}"')
    script = (
        f'mount -t tmpfs -o size={size} tmpfs "{disk}" && "{sys.executable}" -m xlsflow {words}; code=$?;'
        f' cp -r "{disk}/." "{folder}/kept"; exit $code'
    )
    variables = {**os.environ, "PYTHONPATH": str(TOP), "XLSFLOW_LANG": "en", **environment}
    done = subprocess.run(
        [*IN_A_ROOM_OF_ITS_OWN, "sh", "-c", script], env=variables, capture_output=True, text=True, check=False
    )
    for path in (folder / "kept").rglob("*"):
        assert not path.name.startswith(".xlsflow-") or path.name == ".xlsflow-feedback.json"
        if path.suffix == ".xlsx":
            with ZipFile(path) as package:
                assert package.testzip() is None
    return done


@pytest.mark.skipif(not can_mount(), reason="this system lets no process have a disk of its own")
@pytest.mark.parametrize(("size", "words", "code", "said"), FULL, ids=[words for _, words, _, _ in FULL])
def test_a_disk_that_is_really_full_is_told_by_every_command(
    size: str, words: str, code: int, said: str, book: Path, tmp_path: Path
) -> None:
    done = on_a_disk(size, words, book, tmp_path)

    assert done.returncode == code, done
    assert said.replace("$D", str(tmp_path / "disk")) in done.stdout + done.stderr
    assert "The disk is full" in done.stdout + done.stderr
    assert len(done.stderr.splitlines()) == (1 if code == 2 else 0)
    assert code == 2 or (tmp_path / "r.xlsx").is_file()


@pytest.mark.skipif(not can_mount(), reason="this system lets no process have a disk of its own")
@pytest.mark.parametrize("size", ["8k", "500k"])
def test_a_full_disk_of_temporary_files_is_told_with_the_name_of_the_output(
    size: str, book: Path, tmp_path: Path
) -> None:
    done = on_a_disk(size, "report $B --out $O/r.pdf", book, tmp_path, TMPDIR=str(tmp_path / "disk"))

    assert (done.returncode, done.stdout) == (2, "")
    assert f"“{tmp_path / 'r.pdf'}” was not written" in done.stderr
    assert f"temporary files, {tmp_path / 'disk'}, is almost full" in done.stderr
    assert not (tmp_path / "r.pdf").exists()
