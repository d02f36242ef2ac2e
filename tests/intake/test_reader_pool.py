"""Returned files are opened in other processes: whatever one does, the others are read and nothing stays behind."""

from __future__ import annotations

import json
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.helpers import files
from xlsflow.errors import InputError
from xlsflow.findings import Finding, Location
from xlsflow.intake.grid import RawWorkbook
from xlsflow.intake.isolation import reader_pool
from xlsflow.intake.isolation.limits import limits_asked
from xlsflow.intake.isolation.reader_pool import Limits, Request, Unreadable, open_returns

TOP = Path(__file__).parents[2]

# A reader that misbehaves as the name of the file tells it to; with every other file it runs the step that it is sent.
FAULTY = """
import os, sys, time, pickle, struct
sys.path.append(sys.argv.pop(1))
from xlsflow.intake.isolation import worker
load = worker.load_step
class Evil:
    def __reduce__(self):
        return os.mkdir, (os.environ["TRAP"],)
class Instance:  # of a class of ours that no answer may consist of
    def __reduce__(self):
        from xlsflow.intake.isolation.limits import Limits
        return Limits, ()
def faulty(message):
    step = load(message)
    def read(data, name):
        if "abort" in name: os.abort()
        if "kill" in name: os.kill(os.getpid(), 9)
        if "fault" in name: import ctypes; ctypes.string_at(0)
        if "balloon" in name: swollen = [bytes(1 << 20) for _ in range(1 << 20)]
        if "spin" in name:
            while True: pass
        if "exit" in name: os._exit(0)
        if "hang" in name: time.sleep(600)
        if "memory" in name: raise MemoryError
        if "panic" in name: raise BaseException("panic")
        if "flood" in name: return "x" * 5_000_000
        if "evil" in name: return Evil()
        if "hidden" in name: return step(data, name).__class__(*[Evil()] * 9)
        if "stranger" in name: return Instance()
        if "part" in name: return step(data, name).grids[0]
        if "odd" in name: return (1, 2)
        if "noise" in name: worker.pickle = type("", (), {"dumps": lambda *a, **k: b"noise"})
        return step(data, name)
    return read
worker.load_step = faulty
worker.run_worker()
"""
LIMITED = sys.platform == "linux"
"""Whether the system keeps a process from taking more memory than it may."""
CODES = {
    "abort": "reader_died",
    "kill": "reader_died",
    "fault": "reader_died",
    "balloon": "file_needs_memory",
    "spin": "file_too_slow",
    "exit": "reader_died",
    "hang": "file_too_slow",
    "memory": "file_needs_memory",
    "panic": "file_damaged",
    "flood": "answer_too_long",
    "evil": "reader_died",
    "hidden": "reader_died",
    "stranger": "reader_died",
    "part": "reader_died",
    "odd": "reader_died",
    "noise": "reader_died",
}
if not LIMITED:
    del CODES["balloon"]
LIMITS = Limits(seconds=1.0, answer_bytes=1_000_000)


@pytest.fixture(autouse=True)
def _several_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have two readers at least, however many processes run tests."""
    monkeypatch.setattr(reader_pool, "_processors", lambda: 2)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Return a list of every reader process that a test starts."""
    processes: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def start(*args: object, **named: object) -> subprocess.Popen[bytes]:
        process: subprocess.Popen[bytes] = real(*args, **named)  # type: ignore[call-overload]
        processes.append(process)
        return process

    monkeypatch.setattr(subprocess, "Popen", start)
    return processes


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let every reader process misbehave where the name of a file tells it to."""
    real = reader_pool.command

    def command(limits: Limits) -> list[str]:
        return [FAULTY if part.startswith("import sys") else part for part in real(limits)]

    monkeypatch.setattr(reader_pool, "command", command)
    monkeypatch.setenv("TRAP", str(tmp_path / "trap"))


def saved(folder: Path, names: list[str]) -> list[Path]:
    """Save one workbook a name; its only cell holds the number of its place in the list."""
    paths = []
    for number, name in enumerate(names):
        paths.append(folder / f"{name}.xlsx")
        paths[-1].write_bytes(files.workbook(f'<row r="1"><c r="A1"><v>{number}</v></c></row>'))
    return paths


def reported(opened: RawWorkbook | Unreadable) -> object:
    """Return the only cell of a workbook, or the code of the refusal."""
    return opened.code if isinstance(opened, Unreadable) else opened.grids[0].at(0, 0)


def test_files_come_back_in_the_order_given_whoever_read_them(tmp_path: Path) -> None:
    paths = saved(tmp_path, [f"{number % 7}-{number}" for number in range(40)])
    opened = list(open_returns(paths))
    assert [one.file for one in opened] == [path.name for path in paths]
    assert [reported(one) for one in opened] == list(range(40))


def test_no_file_at_all_starts_no_process(started: list[subprocess.Popen[bytes]]) -> None:
    assert list(open_returns([])) == []
    assert started == []


@pytest.mark.usefixtures("faulty")
@pytest.mark.parametrize("fault", CODES)
def test_a_file_that_ends_its_reader_is_refused_and_the_others_are_read_as_without_it(
    fault: str, tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    paths = saved(tmp_path, ["a", "b", fault, "c", fault + "2", "d", "e", "f"])
    opened = list(open_returns(paths, LIMITS))
    assert [reported(one) for one in opened] == [0, 1, CODES[fault], 3, CODES[fault], 5, 6, 7]
    spoilt = [paths[2], paths[4]]
    without = list(open_returns([path for path in paths if path not in spoilt], LIMITS))
    assert [one for one in opened if isinstance(one, RawWorkbook)] == without
    assert not (tmp_path / "trap").exists()
    for one in opened[2], opened[4]:
        assert isinstance(one, Unreadable)
        finding = Finding(one.code, Location(file=one.file), facts=one.facts)
        assert all(one.file in finding.message(lang) and "…" not in finding.message(lang) for lang in ("zh", "en"))
    assert all(process.poll() is not None for process in started)


@pytest.mark.usefixtures("faulty")
def test_all_faults_in_one_batch_leave_nothing_running(tmp_path: Path, started: list[subprocess.Popen[bytes]]) -> None:
    opened = list(open_returns(saved(tmp_path, [*CODES, "a", "b"]), LIMITS))
    assert [reported(one) for one in opened] == [*CODES.values(), len(CODES), len(CODES) + 1]
    assert all(process.poll() is not None for process in started)


def test_stopping_half_way_leaves_nothing_running(tmp_path: Path, started: list[subprocess.Popen[bytes]]) -> None:
    returns = open_returns(saved(tmp_path, [str(number) for number in range(50)]))
    assert reported(next(returns)) == 0
    assert isinstance(returns, Generator)
    returns.close()
    assert started
    assert all(process.poll() is not None for process in started)


def test_only_a_few_files_are_read_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = reader_pool._Readers.read

    def read(self: reader_pool._Readers[RawWorkbook], request: Request, number: int) -> RawWorkbook | Unreadable:
        asked.append(request.path.name)
        return real(self, request, number)

    monkeypatch.setattr(reader_pool._Readers, "read", read)
    returns = open_returns(saved(tmp_path, [str(number) for number in range(60)]))
    for number, _ in enumerate(returns, 1):
        assert len(asked) - number <= 3 * reader_pool._MOST_READERS


def test_however_much_arrives_little_is_unpacked_before_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked: list[str] = []
    real = reader_pool._Reader._unpacked

    def unpacked_too(self: reader_pool._Reader[RawWorkbook], path: Path, message: bytes) -> RawWorkbook | Unreadable:
        unpacked.append(path.name)
        return real(self, path, message)

    monkeypatch.setattr(reader_pool._Reader, "_unpacked", unpacked_too)
    paths = saved(tmp_path, [str(number) for number in range(30)])
    monkeypatch.setattr(reader_pool, "_MOST_WAITING", 1)
    for taken, opened in enumerate(open_returns(paths)):
        assert reported(opened) == taken
        time.sleep(0.02)  # a reader is faster than this
        assert unpacked == [path.name for path in paths[: taken + 1]]


def test_a_reader_takes_no_more_memory_than_allowed(tmp_path: Path) -> None:
    big, small = tmp_path / "big.xlsx", tmp_path / "small.xlsx"
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr">{files.text(str(n) * 20)}</c></row>' for n in range(1, 200_000)
    )
    big.write_bytes(files.workbook(rows))
    small.write_bytes(files.workbook())
    opened = [reported(one) for one in open_returns([big, small], Limits(memory_bytes=60 << 20))]
    assert opened == ["file_needs_memory" if LIMITED else "1" * 20, 1.0]
    assert reported(next(iter(open_returns([big])))) == "1" * 20


def test_a_reader_that_cannot_start_stops_the_work_since_no_file_is_to_blame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_pool, "command", lambda _: [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(InputError) as stopped:
        list(open_returns(saved(tmp_path, ["a"])))
    assert stopped.value.code == "reader_does_not_start"


def test_modules_lying_beside_the_returns_are_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("zipfile", "json", "xlsflow", "zlib", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('trapped')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    saved(tmp_path, ["a"])
    assert reported(next(iter(open_returns([Path("a.xlsx")])))) == 0


def test_nothing_is_written_and_the_files_stay_as_they_are(tmp_path: Path) -> None:
    paths = saved(tmp_path, ["a", "b", "名 称 😀", "x" * 100])
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}
    assert [reported(one) for one in open_returns(paths)] == [0, 1, 2, 3]
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()} == before


def test_the_process_that_holds_the_data_loads_no_reader(tmp_path: Path) -> None:
    path = tmp_path / "return.xls"
    path.write_bytes(files.xls(b""))
    code = (
        "import sys; from pathlib import Path; from xlsflow.intake.isolation.reader_pool import open_returns;"
        "print([one.format for one in open_returns([Path(sys.argv[1])])]);"
        "print(sorted({'python_calamine', 'pyexpat', 'zipfile', 'pydantic', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, cwd=TOP, encoding="utf-8"
    )
    assert done.stdout.split("\n")[:2] == ["['xls']", "[]"]


@pytest.mark.usefixtures("faulty")
@pytest.mark.skipif(not hasattr(signal, "SIGXCPU"), reason="this system knows no limit on the time of a processor")
def test_a_reader_whose_parent_has_stopped_looking_at_the_clock_ends_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_pool._Reader, "end_if_late", lambda _: None)
    opened = [reported(one) for one in open_returns(saved(tmp_path, ["a", "spin", "b"]), LIMITS)]
    assert opened == [0, "file_too_slow", 2]


@pytest.mark.skipif(not LIMITED, reason="only here is there a limit that makes calamine abort rather than swap")
def test_a_file_that_really_aborts_calamine_harms_no_other(tmp_path: Path) -> None:
    corner = [files.record_b(5, struct.pack("<IId", col, 0, 1.0)) for col in (0, 16_383)]
    evil = tmp_path / "far.xlsb"
    evil.write_bytes(files.xlsb({0: corner, 1_048_575: corner}))
    good = saved(tmp_path, ["a", "b", "c"])
    opened = [reported(one) for one in open_returns([good[0], evil, good[1], evil, good[2]], Limits(cells=1 << 40))]
    assert opened == [0, "reader_died", 1, "reader_died", 2]
    assert [reported(one) for one in open_returns([evil, good[0]])] == ["file_too_many_cells", 0]


def test_limits_are_settings_that_the_environment_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = saved(tmp_path, ["a"])
    size = paths[0].stat().st_size
    for words, code in ((f"file_bytes={size - 1}", "file_too_big"), (f"file_bytes={size}, seconds=30", 0)):
        monkeypatch.setenv("XLSFLOW_LIMITS", words)
        assert [reported(one) for one in open_returns(paths)] == [code]
    assert limits_asked("seconds=2.5 memory_bytes=1G,cells=7") == Limits(seconds=2.5, memory_bytes=1 << 30, cells=7)
    assert limits_asked("") == Limits()


@pytest.mark.parametrize(
    "word", ["second=3", "seconds", "seconds=", "seconds=0", "seconds=-1", "cells=x", "lists=1", "base=1"]
)
def test_what_is_no_limit_stops_the_work_by_its_word(word: str) -> None:
    with pytest.raises(InputError) as stopped:
        limits_asked(f"cells=9 {word}")
    assert all(word in stopped.value.say(lang) and "seconds=30" in stopped.value.say(lang) for lang in ("zh", "en"))


def test_the_limits_are_those_that_were_measured() -> None:
    """Of some 4,600 real files: 114 MB inflated, 140 to 1, 1,033 parts at the most."""
    assert Limits() == Limits(
        file_bytes=256 << 20, part_bytes=256 << 20, total_bytes=512 << 20, ratio=200, ratio_from=10 << 20,
        entries=5_000, cells=5_000_000, seconds=10, memory_bytes=512 << 20, answer_bytes=64 << 20,
    )  # fmt: skip


GROWN = [
    ("seconds", 5, 10), ("seconds", 10, 20), ("seconds", 50, 100), ("seconds", 120, 240),
    ("memory_bytes", 16, 512 << 20), ("memory_bytes", 50, 1600 << 20), ("memory_bytes", 120, 3840 << 20),
    ("part_bytes", 16, 256 << 20), ("part_bytes", 50, 800 << 20),
    ("total_bytes", 21, 512 << 20), ("total_bytes", 120, 2880 << 20),
    ("answer_bytes", 16, 64 << 20), ("answer_bytes", 120, 480 << 20),
    ("cells", 1, 5_000_000), ("cells", 120, 25_165_824),
    ("file_bytes", 120, 256 << 20), ("entries", 120, 5_000), ("ratio", 120, 200),
]  # fmt: skip


@pytest.mark.parametrize(("name", "mebibytes", "limit"), GROWN)
def test_limits_grow_with_the_size_on_disk(name: str, mebibytes: int, limit: float) -> None:
    assert getattr(Limits().grown(mebibytes << 20), name) == limit
    assert getattr(Limits().grown(mebibytes << 20).grown(mebibytes << 20), name) == limit, "once, not twice"


@pytest.mark.parametrize("name", ["seconds", "memory_bytes", "part_bytes", "total_bytes", "answer_bytes", "cells"])
def test_a_limit_that_is_set_stays_as_it_is_set(name: str) -> None:
    asked = limits_asked(f"{name}=7")
    assert getattr(asked.grown(200 << 20), name) == 7


def test_a_usual_file_has_the_usual_limits() -> None:
    assert Limits().grown(5 << 20) == Limits()
    assert Limits().grown(0) == Limits()


def test_a_large_file_has_a_reader_of_its_own(tmp_path: Path, started: list[subprocess.Popen[bytes]]) -> None:
    paths = saved(tmp_path, ["a", "large", "b"])
    paths[1].write_bytes(paths[1].read_bytes() + bytes(20 << 20))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader_pool, "_processors", lambda: 1)
        codes = [reported(opened) for opened in open_returns(paths)]

    assert codes[0] == 0
    assert codes[2] == 2
    limits = [json.loads(str(process.args[-1])) for process in started]  # type: ignore[index]
    assert [one["seconds"] for one in limits[:1]] == [10]
    assert any(one["seconds"] > 40 for one in limits)
    assert limits[-1]["seconds"] == 10, "the next file has the usual limits again"


@pytest.mark.usefixtures("faulty")
def test_an_answer_that_is_too_long_says_so(tmp_path: Path) -> None:
    paths = saved(tmp_path, ["a", "b"])
    codes = [reported(opened) for opened in open_returns(paths, Limits(answer_bytes=10))]
    assert codes == ["answer_too_long", "answer_too_long"]
