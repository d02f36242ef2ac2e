"""However a command ends: with its exit code and at most one sentence, in the reader's language, never a traceback."""

from __future__ import annotations

import errno
import io
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.helpers.documents import TOP
from xlsflow import api
from xlsflow.cli import endings, main
from xlsflow.errors import LedgerError
from xlsflow.system import preload
from xlsflow.system.package_data import package_data_path

ROUND = package_data_path("samples") / "round"
PROJECT = str(ROUND / "project.xlsx")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="/dev/full, process groups")


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one return that has no errors."""
    folder = tmp_path_factory.mktemp("inbox")
    for path in (ROUND / "inbox").glob("DJXP*HB*.xlsx"):
        shutil.copy(path, folder)
    return folder


def shell(words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run `xlsflow` in a shell, with its redirections; `$X` is the command."""
    call = f'"{sys.executable}" -m xlsflow'
    variables = {**os.environ, "PYTHONPATH": str(TOP), "XLSFLOW_LANG": "en", **environment}
    return subprocess.run(
        ["bash", "-c", words.replace("$X", call).replace("$P", f'"{PROJECT}"')],
        cwd=cwd, env=variables, capture_output=True, timeout=120, check=False,
    )  # fmt: skip


RAISED = [
    (OSError(errno.EMFILE, "Too many open files"), 2, "同时打开的文件过多", "too many files are open"),
    (OSError(errno.ENFILE, "Too many open files in system"), 2, "同时打开的文件过多", "too many files are open"),
    (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), 2, "进程过多", "too many processes"),
    (OSError(errno.ENOMEM, "Cannot allocate memory"), 2, "内存不足", "too little memory"),
    (RuntimeError("can't start new thread"), 2, "进程过多", "too many processes"),
    (MemoryError(), 2, "内存不足", "too little memory"),
    (OSError(errno.ENOSPC, "No space left on device"), 2, "磁盘已满", "the disk is full"),
    (OSError(errno.ENAMETOOLONG, "File name too long", "a" * 5000), 2, "路径过长", "the path is too long"),
    (PermissionError(errno.EACCES, "Permission denied", "a/b"), 2, "a/b: Permission denied", "check the permissions"),
    (OSError(errno.EROFS, "Read-only file system"), 2, "没有权限", "check the permissions"),
    (OSError(errno.EIO, "Input/output error"), 2, "Input/output error", "Input/output error"),
    (ImportError("pandas.so: cannot open"), 2, "xlsflow 的安装", "the installation of xlsflow"),
    (LedgerError("ledger_unbalanced", file="a.xlsx", sheet="s", block="b", seen=2, told=1), 3, "a.xlsx", "a.xlsx"),
    (KeyError("x"), 3, "内部出错（KeyError: 'x'）", "Internal error of xlsflow"),
    (AssertionError(), 3, "内部出错（AssertionError）", "(AssertionError)"),
    (RecursionError("maximum depth"), 3, "内部出错", "Internal error of xlsflow"),
    (UnicodeEncodeError("ascii", "华", 0, 1, "x"), 3, "内部出错", "Internal error of xlsflow"),
    (KeyboardInterrupt(), 130, "已中断", "Interrupted"),
]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("error", "code", "zh", "en"), RAISED, ids=lambda value: str(value)[:20])
def test_whatever_stops_a_command_is_one_sentence_and_an_exit_code(
    error: BaseException, code: int, zh: str, en: str, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(api, "check", fail)
    handler = signal.getsignal(signal.SIGINT)
    try:
        done = CliRunner().invoke(main, ["check", "x", "--project", "p", "--lang", lang])
    finally:
        signal.signal(signal.SIGINT, handler)

    assert done.exit_code == code
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert (zh if lang == "zh" else en) in done.stderr
    assert len(done.stderr) < 500


@pytest.mark.parametrize(("value", "shown"), [("1", True), ("0", False), ("", False)])
def test_a_traceback_is_printed_where_it_is_asked_for(
    value: str,
    shown: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("lost")

    monkeypatch.setattr(api, "check", fail)
    monkeypatch.setenv("XLSFLOW_DEBUG", value)
    done = CliRunner().invoke(main, ["check", "x", "--lang", "en"])

    assert done.exit_code == 3
    assert ("Traceback" in done.stderr) is shown
    assert "Internal error" in done.stderr


def test_a_pipe_that_is_closed_early_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr(api, "check", fail)
    done = CliRunner().invoke(main, ["check", "x", "--project", "p"])

    assert (done.exit_code, done.stderr) == (2, "")


def test_output_that_is_only_refused_at_the_end_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Full())
    assert endings.flushed(1, "en") == 2
    assert endings.flushed(3, "en") == 3


def test_without_a_thread_modules_are_loaded_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", fail)
    preload.preload("checks.schema")


@LINUX
@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("$X check . --project $P --lang en 2>&-", 0),
        ("$X check . --project $P --lang en >&-", 0),
        ("$X check . --project $P --lang en <&-", 0),
        ("$X check . --project $P --lang en <&- >&- 2>&-", 0),
        ("$X check . --project $P 2>/dev/full", 0),
        ("$X check . --project $P >/dev/full", 2),
        ("$X check . --project $P --format json >/dev/full", 2),
        ("$X check . --project $P >/dev/full 2>/dev/full", 2),
        ("$X check nothing --project $P 2>/dev/full", 2),
        ("$X templates list >/dev/full", 2),
        ("$X --help >/dev/full", 2),
        ("ulimit -n 9; $X check . --project $P", 2),
    ],
)
def test_streams_that_cannot_be_used_cost_no_traceback(inbox: Path, words: str, code: int) -> None:
    done = shell(words, inbox)

    assert done.returncode == code, done
    assert b"Traceback" not in done.stdout + done.stderr
    assert b"Error" not in done.stdout + done.stderr


@LINUX
def test_the_book_is_written_whether_or_not_anyone_listens(inbox: Path, tmp_path: Path) -> None:
    for number, redirection in enumerate(("2>&-", ">&-", ">/dev/full", "| true")):
        out = tmp_path / f"{number}.xlsx"
        done = shell(f'$X merge "{inbox}" --project $P --out "{out}" {redirection}', tmp_path)
        assert b"Traceback" not in done.stderr
        assert out.is_file(), redirection


@LINUX
@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_a_locale_without_chinese_can_name_chinese_files(inbox: Path, tmp_path: Path, locale: str) -> None:
    shutil.copytree(inbox, tmp_path / "收到")
    done = shell(
        "$X merge 收到 --project $P --out 结果.xlsx --lang zh",
        tmp_path, LC_ALL=locale, PYTHONUTF8="0", PYTHONCOERCECLOCALE="0",
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "DJXP-2026-W47-HB_华北.xlsx" in done.stdout.decode()
    assert (tmp_path / "结果.xlsx").is_file()


WRITES = """
import time
from xlsflow import api
from xlsflow.cli import main
from xlsflow.system.atomic_write import write_atomically
def write(beside):
    try:
        print("writing", flush=True)
        time.sleep(60)
    finally:
        print("stopping", flush=True)
        time.sleep(0.3)
api.init = lambda path, **_: write_atomically(path, write)
main()
"""
# Tests that run in the background of a shell, as in CI, inherit that some signals are ignored.
HEARS = (
    "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"
)
# Not measured: coverage saves its data where an interrupted process ends, and a second signal can reach it there.
NOT_MEASURED = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}


@LINUX
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_request_to_end_is_one_sentence_and_leaves_nothing_however_often_it_comes(name: str, tmp_path: Path) -> None:
    number = signal.Signals[name]
    call = [sys.executable, "-c", HEARS + WRITES, "init", str(tmp_path / "p.xlsx"), "--lang", "en"]
    environment = {**NOT_MEASURED, "PYTHONPATH": str(TOP)}
    process = subprocess.Popen(call, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for word in ("writing", "stopping"):
        assert process.stdout.readline() == f"{word}\n"
        process.send_signal(number)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)

    assert (process.returncode, said) == (130, "Interrupted; no output is incomplete.\n")
    assert not list(tmp_path.iterdir())


@LINUX
def test_a_request_to_end_is_not_lost_where_python_drops_exceptions() -> None:
    drops = (
        "import os, signal, time\nfrom xlsflow import api\nfrom xlsflow.cli import main\n"
        "def cleared_away():\n"
        "    try: yield\n"
        "    finally: os.kill(os.getpid(), signal.SIGTERM); time.sleep(0.1)\n"
        "def init(*_, **__): next(cleared_away()); time.sleep(60)\n"
        "api.init = init; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", drops, "init", "p.xlsx", "--lang", "en"],
        env={**NOT_MEASURED, "PYTHONPATH": str(TOP)}, capture_output=True, timeout=50, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (130, b"Interrupted; no output is incomplete.\n")


@LINUX
def test_a_request_that_is_ignored_remains_so() -> None:
    """As under `nohup`."""
    ignores = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    asks = "import os; from xlsflow import api; api.init = lambda path, **_: os.kill(os.getpid(), signal.SIGHUP)\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{ignores}{asks}from xlsflow.cli import main; main()", "init", "p.xlsx"],
        env={**os.environ, "PYTHONPATH": str(TOP)}, capture_output=True, timeout=60, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, b"")


@LINUX
@pytest.mark.parametrize("loading", ["click", "xlsflow.cli.templates"])
def test_ctrl_c_while_the_command_line_is_loaded_ends_it_quietly(loading: str) -> None:
    interrupted = (
        f"{HEARS}import builtins, os\nfrom xlsflow.__main__ import run\nload = builtins.__import__\n"
        "def interrupt(name, *rest):\n"
        f"    if name == {loading!r}: os.kill(os.getpid(), signal.SIGINT)\n"
        "    return load(name, *rest)\n"
        "builtins.__import__ = interrupt; run()"
    )
    done = subprocess.run(
        [sys.executable, "-c", interrupted, "templates", "list"],
        env={**NOT_MEASURED, "PYTHONPATH": str(TOP)}, capture_output=True, timeout=60, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


LONG = ["a" * 5000, "/".join(["a" * 100] * 50)]


@pytest.mark.parametrize("long", LONG, ids=["name", "folders"])
@pytest.mark.parametrize(
    "words",
    [
        ["check", "LONG"],
        ["check", ".", "--project", "LONG"],
        ["check", ".", "--project", PROJECT, "--templates", "LONG"],
        ["merge", "LONG", "--project", PROJECT, "--out", "x.xlsx"],
        ["merge", ".", "--project", PROJECT, "--out", "LONG.xlsx"],
        ["merge", ".", "--project", PROJECT, "--out", "x.xlsx", "--previous", "LONG"],
        ["generate", PROJECT, "--out", "LONG"],
        ["generate", "LONG", "--out", "x"],
        ["init", "LONG.xlsx"],
        ["report", "LONG", "--out", "x.html"],
        ["print", "LONG", "--out", "x.pdf"],
        ["demo", "LONG"],
        ["templates", "check", "LONG"],
        ["templates", "schema", "--out", "LONG"],
    ],
    ids=" ".join,
)
def test_a_path_that_no_system_takes_is_one_sentence(
    words: list[str], long: str, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(inbox)
    done = CliRunner().invoke(main, [word.replace("LONG", long) for word in words], env={"XLSFLOW_LANG": "en"})

    assert done.exit_code == 2, done.output
    assert len(done.stderr.splitlines()) == 1
    assert len(done.stderr) < 1000


@pytest.mark.parametrize(("lang", "said"), [("zh", "路径是空的"), ("en", "the path is empty")])
@pytest.mark.parametrize(
    "words",
    [
        ["check", ""],
        ["check", "x", ""],
        ["check", "x", "--project", ""],
        ["check", "x", "--feedback", ""],
        ["check", "x", "--templates", ""],
        ["merge", "", "--project", "p", "--out", "o"],
        ["merge", "x", "--project", "p", "--out", ""],
        ["merge", "x", "--project", "p", "--out", "o", "--previous", ""],
        ["generate", "", "--out", "o"],
        ["generate", "p", "--out", ""],
        ["generate", "p", "--out", "o", "--from", ""],
        ["init", ""],
        ["report", "", "--out", "o"],
        ["print", "", "--out", "o"],
        ["demo", ""],
        ["templates", "check", ""],
    ],
    ids=" ".join,
)
def test_an_empty_path_is_refused_and_never_the_current_folder(words: list[str], lang: str, said: str) -> None:
    done = CliRunner().invoke(main, words, env={"XLSFLOW_LANG": lang})

    assert done.exit_code == 2
    assert said in done.stderr


def test_an_empty_path_of_a_caller_is_refused_too() -> None:
    from xlsflow.errors import InputError  # noqa: PLC0415

    for paths in ("", [""], ["x", ""]):
        with pytest.raises(InputError):
            api.check(paths)
