"""What lies among the inputs is read or reported: nothing is passed over without a word."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from itertools import permutations
from pathlib import Path
from typing import NoReturn

import pytest

from xlsflow import api
from xlsflow.errors import InputError
from xlsflow.intake import find_files as module
from xlsflow.intake.find_files import find_files
from xlsflow.messages import CATALOGUE
from xlsflow.system.package_data import package_data_path

ROUND = package_data_path("samples") / "round"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="links, pipes and names of Linux")

BESIDE = {
    ".DS_Store": ("hidden_file", "info"),
    ".gitignore": ("hidden_file", "info"),
    "._HB.xlsx": ("hidden_file", "info"),
    ".~lock.HB.xlsx#": ("hidden_file", "info"),
    ".xlsflow-0123456789ab.xlsx": ("hidden_file", "info"),
    ".HB.xlsx": ("hidden_return", "warning"),
    ".华北.XLSX": ("hidden_return", "warning"),
    ".HB.ods": ("hidden_return", "warning"),
    "inner/.HB.xls": ("hidden_return", "warning"),
    ".git/config": ("hidden_folder", "info"),
    ".returns/HB.xlsx": ("hidden_folder", "info"),
    "__MACOSX/._HB.xlsx": ("hidden_folder", "info"),
}


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """A folder with one return."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    for path in (ROUND / "inbox").glob("DJXP*HB*.xlsx"):
        shutil.copy(path, folder)
    return folder


def reported(inbox: Path) -> dict[str, tuple[str, str]]:
    """Return name -> code and severity of the files that are not read; each has a sentence in both languages."""
    outcome = api.check([inbox], project=ROUND / "project.xlsx")
    for finding in outcome.findings:
        for lang in ("zh", "en"):
            assert "…" not in finding.message(lang)
            assert finding.location.file in finding.message(lang)
    assert sum(not record.reason for record in outcome.files) == 1, "the return itself is read"
    return {finding.location.file: (finding.code, finding.severity) for finding in outcome.findings}


@pytest.mark.parametrize("name", BESIDE)
def test_a_hidden_file_is_reported(inbox: Path, name: str) -> None:
    path = inbox / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")
    code, severity = BESIDE[name]
    shown = name.split("/", maxsplit=1)[0] if code == "hidden_folder" else name

    assert reported(inbox) == {shown: (code, severity)}


@LINUX
@pytest.mark.parametrize("target", ["gone.xlsx", "/gone/HB.xlsx", "link.xlsx", "../gone/x", "inner/gone"])
@pytest.mark.parametrize("name", ["link.xlsx", "link"])
def test_a_link_that_leads_nowhere_is_reported(inbox: Path, name: str, target: str) -> None:
    (inbox / name).symlink_to(target)

    assert reported(inbox) == {name: ("link_leads_nowhere", "warning")}


@LINUX
def test_a_link_to_a_folder_is_reported_and_one_to_a_file_is_read(inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "HN.xlsx").write_bytes(b"")
    (inbox / "other").symlink_to(tmp_path / "other")
    (inbox / "around").symlink_to(inbox)
    assert reported(inbox) == {"other": ("folder_link", "warning"), "around": ("folder_link", "warning")}

    (inbox / "HN.xlsx").symlink_to(tmp_path / "other" / "HN.xlsx")
    assert reported(inbox)["HN.xlsx"] == ("file_empty", "error")


@LINUX
def test_a_pipe_is_reported_and_not_waited_for(inbox: Path) -> None:
    os.mkfifo(inbox / "p.xlsx")
    os.mkfifo(inbox / "p")

    assert reported(inbox) == {"p.xlsx": ("file_is_no_file", "error"), "p": ("other_file", "info")}


@pytest.mark.parametrize("name", ["b", "b/c", "华南", "b.xlsx", "a b"])
def test_a_folder_that_cannot_be_opened_is_an_error(inbox: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (inbox / name).mkdir(parents=True)
    scan = os.scandir

    def scandir(path: str) -> object:
        if Path(path) == inbox / name:
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert reported(inbox) == {name: ("folder_unreadable", "error")}


def test_a_folder_that_is_named_and_cannot_be_opened_is_an_error(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def scandir(path: str) -> object:
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(os, "scandir", scandir)
    (file,) = find_files([inbox])
    assert (file.name, file.problem, file.reason) == ("inbox", "folder_unreadable", "Permission denied")


@pytest.fixture
def modes_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the modes of folders hold for root too, as they do for everybody else."""
    scan, stat = os.scandir, os.stat

    def scandir(path: str) -> object:
        return scan(path) if stat(path).st_mode & 0o400 else denied(path)

    def look(path: str | Path | int, **options: bool) -> object:
        inside = isinstance(path, (str, Path)) and not stat(Path(path).absolute().parent).st_mode & 0o100
        return denied(path) if inside else stat(path, **options)

    def denied(path: object) -> NoReturn:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    if os.geteuid() == 0:
        monkeypatch.setattr(os, "scandir", scandir)
        monkeypatch.setattr(os, "stat", look)


@LINUX
@pytest.mark.usefixtures("modes_hold")
def test_what_may_not_be_opened_is_reported(inbox: Path) -> None:
    for name in ("b", "c"):
        (inbox / name).mkdir()
        (inbox / name / "HN.xlsx").write_bytes(b"")
    (inbox / "b").chmod(0)
    (inbox / "c").chmod(0o400)
    try:
        assert reported(inbox) == {
            "b": ("folder_unreadable", "error"),
            "c/HN.xlsx": ("file_cannot_be_read", "error"),
        }
    finally:
        (inbox / "b").chmod(0o700)
        (inbox / "c").chmod(0o700)


@LINUX
def test_a_path_too_long_for_the_system_is_an_error(inbox: Path) -> None:
    """Nobody may open such a path, root included; made from their folders, files and folders can lie that deep."""
    name, long_name = "d" * 200, "f" * 195 + ".xlsx"
    longest = os.pathconf(inbox, "PC_PATH_MAX") - 1
    path, folder = inbox, os.open(inbox, os.O_RDONLY)
    while len(str(path)) <= longest:
        if len(str(path / long_name)) > longest:
            os.close(os.open(long_name, os.O_CREAT | os.O_WRONLY, dir_fd=folder))
        os.mkdir(name, dir_fd=folder)
        above, folder = folder, os.open(name, os.O_RDONLY, dir_fd=folder)
        os.close(above)
        path /= name
    os.close(folder)

    problems = {file.path: (file.problem, file.reason) for file in find_files([inbox]) if file.problem}
    assert problems == {
        path: ("folder_unreadable", os.strerror(errno.ENAMETOOLONG)),
        path.parent / long_name: ("file_cannot_be_read", os.strerror(errno.ENAMETOOLONG)),
    }


def test_a_folder_of_nothing_but_clutter_is_empty(tmp_path: Path) -> None:
    (tmp_path / ".DS_Store").write_bytes(b"x")
    with pytest.raises(InputError) as stopped:
        find_files([tmp_path])
    assert stopped.value.code == "nothing_to_read"


def test_a_hidden_file_that_is_named_is_read(inbox: Path) -> None:
    path = next(inbox.iterdir()).rename(inbox / ".HB.xlsx")
    assert not find_files([path])[0].problem


@LINUX
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("华北.xlsx".encode(), "华北.xlsx"),
        ("华北.xlsx".encode("gb18030"), "华北.xlsx"),
        ("华南（终稿）.xlsx".encode("gb18030"), "华南（终稿）.xlsx"),
        (b"\xff\xfe.xlsx", "??.xlsx"),
    ],
)
def test_a_name_in_another_encoding_is_shown_and_the_file_read(inbox: Path, name: bytes, shown: str) -> None:
    path = next(inbox.iterdir())
    path.rename(os.fsdecode(os.fsencode(inbox) + b"/" + name))
    outcome = api.check([inbox], project=ROUND / "project.xlsx")

    assert [(record.file, record.status) for record in outcome.files] == [(shown, "ok")]


def test_every_problem_has_a_sentence() -> None:
    source = Path(module.__file__).read_text("utf-8")
    for code in ("hidden_file", "hidden_folder", "hidden_return", "folder_link", "folder_unreadable"):
        assert code in source
        assert code in CATALOGUE


# --- names ---
def several(tmp_path: Path) -> list[Path]:
    """Return three folders with files of one name, two of them in folders of one name."""
    for name in ("a/in/x.xlsx", "b/in/x.xlsx", "b/in/sub/x.xlsx", "b/in/sub/y.xlsx", "c/x.xlsx"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    return [tmp_path / "a" / "in", tmp_path / "b" / "in", tmp_path / "c" / "x.xlsx"]


def names(paths: list[Path]) -> dict[str, bytes]:
    return {file.name: file.path.read_bytes() for file in find_files(paths)}


def test_files_of_one_name_are_told_apart_by_as_few_folders_as_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {
        "a/in/x.xlsx": b"a/in/x.xlsx",
        "b/in/x.xlsx": b"b/in/x.xlsx",
        "c/x.xlsx": b"c/x.xlsx",
        "sub/x.xlsx": b"b/in/sub/x.xlsx",
        "sub/y.xlsx": b"b/in/sub/y.xlsx",
    }
    paths = several(tmp_path)

    for order in permutations(paths):
        assert names(list(order)) == wanted
    monkeypatch.chdir(tmp_path / "a")
    assert names([Path("in"), Path("..", "b", "in"), Path("..", "c", "x.xlsx")]) == wanted
    monkeypatch.chdir(tmp_path / "b" / "in")
    assert names([tmp_path / "a" / "in", Path(), tmp_path / "c" / "x.xlsx"]) == wanted


def test_a_file_found_in_two_ways_has_one_name_whichever_was_first(tmp_path: Path) -> None:
    several(tmp_path)
    paths = [tmp_path / "b", tmp_path / "b" / "in" / "sub", tmp_path / "b" / "in" / "sub" / "x.xlsx"]

    for order in permutations(paths):
        found = {file.name: file.found for file in find_files(list(order))}
        assert found == {"in/x.xlsx": True, "x.xlsx": False, "y.xlsx": True}


@LINUX
def test_of_a_file_and_a_link_to_it_the_shorter_name_is_shown(tmp_path: Path) -> None:
    (tmp_path / "华东.xlsx").write_bytes(b"x")
    (tmp_path / "a link.xlsx").symlink_to(tmp_path / "华东.xlsx")

    assert [file.name for file in find_files([tmp_path])] == ["华东.xlsx"]


def test_no_finding_holds_a_path_of_this_computer(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "HB.xlsx").write_bytes(folder.encode())

    outcome = api.check([tmp_path / "one", tmp_path / "two"], project=ROUND / "project.xlsx")

    assert [record.file for record in outcome.files] == ["one/HB.xlsx", "two/HB.xlsx"]
    assert not [one for one in outcome.findings if str(tmp_path) in one.message("zh") + one.message("en")]
