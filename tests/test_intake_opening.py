"""Returned files are opened in other processes: whatever one does, the others are read and nothing stays behind."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Generator
from functools import cache
from pathlib import Path

import pytest

from tests import files
from tests.counting import addresses, counted
from xlsflow.cells import CellError, Uncalculated
from xlsflow.errors import InputError
from xlsflow.findings import Finding, Place
from xlsflow.intake import opening
from xlsflow.intake.grid import GridBook
from xlsflow.intake.opening import Limits, Unreadable, open_returns

TOP = Path(__file__).parent.parent

# A reader that misbehaves as the name of the file tells it to; every other file it reads as usual.
FAULTY = """
import os, sys, time, pickle, struct
sys.path.append(sys.argv.pop(1))
from xlsflow.intake import worker
read = worker.read_return
class Evil:
    def __reduce__(self):
        return os.mkdir, (os.environ["TRAP"],)
def faulty(path, limits):
    if "abort" in path.name: os.abort()
    if "exit" in path.name: os._exit(0)
    if "hang" in path.name: time.sleep(600)
    if "memory" in path.name: raise MemoryError
    if "panic" in path.name: raise BaseException("panic")
    if "flood" in path.name: return ("x" * 5_000_000,)
    if "evil" in path.name: return (Evil(),)
    if "odd" in path.name: return (1, 2)
    if "noise" in path.name: worker.pickle = type("", (), {"dumps": lambda *a, **k: b"noise"})
    return read(path, limits)
worker.read_return = faulty
worker.main()
"""
CODES = {
    "abort": "reader_died",
    "exit": "reader_died",
    "hang": "file_too_slow",
    "memory": "file_needs_memory",
    "panic": "file_damaged",
    "flood": "reader_died",
    "evil": "reader_died",
    "odd": "reader_died",
    "noise": "reader_died",
}
LIMITS = Limits(seconds=1.0, answer_bytes=1_000_000)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Return a list in which every reader process stands that a test starts."""
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
    real = opening.command

    def command(limits: Limits) -> list[str]:
        return [FAULTY if part.startswith("import sys") else part for part in real(limits)]

    monkeypatch.setattr(opening, "command", command)
    monkeypatch.setenv("TRAP", str(tmp_path / "trap"))


def saved(folder: Path, names: list[str]) -> list[Path]:
    """Save one workbook a name; its only cell holds the number of its place in the list."""
    paths = []
    for number, name in enumerate(names):
        paths.append(folder / f"{name}.xlsx")
        paths[-1].write_bytes(files.workbook(f'<row r="1"><c r="A1"><v>{number}</v></c></row>'))
    return paths


def told(opened: GridBook | Unreadable) -> object:
    """Return the only cell of a workbook, or the code of the refusal."""
    return opened.code if isinstance(opened, Unreadable) else opened.grids[0].at(0, 0)


def test_files_come_back_in_the_order_given_whoever_read_them(tmp_path: Path) -> None:
    paths = saved(tmp_path, [f"{number % 7}-{number}" for number in range(40)])
    opened = list(open_returns(paths))
    assert [one.file for one in opened] == [path.name for path in paths]
    assert [told(one) for one in opened] == list(range(40))


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
    assert [told(one) for one in opened] == [0, 1, CODES[fault], 3, CODES[fault], 5, 6, 7]
    spoilt = [paths[2], paths[4]]
    without = list(open_returns([path for path in paths if path not in spoilt], LIMITS))
    assert [one for one in opened if isinstance(one, GridBook)] == without
    assert not (tmp_path / "trap").exists()
    for one in opened[2], opened[4]:
        assert isinstance(one, Unreadable)
        finding = Finding(one.code, Place(file=one.file), facts=one.facts)
        assert all(one.file in finding.message(lang) and "…" not in finding.message(lang) for lang in ("zh", "en"))
    assert all(process.poll() is not None for process in started)


@pytest.mark.usefixtures("faulty")
def test_all_faults_in_one_batch_leave_nothing_running(tmp_path: Path, started: list[subprocess.Popen[bytes]]) -> None:
    opened = list(open_returns(saved(tmp_path, [*CODES, "a", "b"]), LIMITS))
    assert [told(one) for one in opened] == [*CODES.values(), len(CODES), len(CODES) + 1]
    assert all(process.poll() is not None for process in started)


def test_stopping_half_way_leaves_nothing_running(tmp_path: Path, started: list[subprocess.Popen[bytes]]) -> None:
    returns = open_returns(saved(tmp_path, [str(number) for number in range(50)]))
    assert told(next(returns)) == 0
    assert isinstance(returns, Generator)
    returns.close()
    assert started
    assert all(process.poll() is not None for process in started)


def test_only_a_few_files_are_read_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = opening._Readers.read

    def read(self: opening._Readers, path: Path) -> GridBook | Unreadable:
        asked.append(path.name)
        return real(self, path)

    monkeypatch.setattr(opening._Readers, "read", read)
    returns = open_returns(saved(tmp_path, [str(number) for number in range(60)]))
    for number, _ in enumerate(returns, 1):
        assert len(asked) - number <= 3 * opening._MOST_READERS


def test_a_reader_takes_no_more_memory_than_allowed(tmp_path: Path) -> None:
    big, small = tmp_path / "big.xlsx", tmp_path / "small.xlsx"
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr">{files.text(str(n) * 20)}</c></row>' for n in range(1, 200_000)
    )
    big.write_bytes(files.workbook(rows))
    small.write_bytes(files.workbook())
    opened = [told(one) for one in open_returns([big, small], Limits(memory_bytes=30 << 20))]
    limited = sys.platform == "linux"  # the other systems have no such limit
    assert opened == ["file_needs_memory" if limited else "1" * 20, 1.0]
    assert told(next(iter(open_returns([big])))) == "1" * 20


def test_a_reader_that_cannot_start_stops_the_work_since_no_file_is_to_blame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "command", lambda _: [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(InputError) as stopped:
        list(open_returns(saved(tmp_path, ["a"])))
    assert stopped.value.code == "reader_does_not_start"


def test_modules_lying_beside_the_returns_are_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("zipfile", "json", "xlsflow", "zlib", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('trapped')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    saved(tmp_path, ["a"])
    assert told(next(iter(open_returns([Path("a.xlsx")])))) == 0


def test_nothing_is_written_and_the_files_stay_as_they_are(tmp_path: Path) -> None:
    paths = saved(tmp_path, ["a", "b", "名 称 😀", "x" * 100])
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}
    assert [told(one) for one in open_returns(paths)] == [0, 1, 2, 3]
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()} == before


def test_the_process_that_holds_the_data_loads_no_reader(tmp_path: Path) -> None:
    path = tmp_path / "return.xls"
    path.write_bytes(files.xls(b""))
    code = (
        "import sys; from pathlib import Path; from xlsflow.intake.opening import open_returns;"
        "print([one.format for one in open_returns([Path(sys.argv[1])])]);"
        "print(sorted({'python_calamine', 'pyexpat', 'zipfile', 'pydantic', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, cwd=TOP, encoding="utf-8"
    )
    assert done.stdout.split("\n")[:2] == ["['xls']", "[]"]


# --- the corpus: files of others and hostile ones, kept outside the repository ---

CORPUS = Path(os.environ.get("XLSFLOW_CORPUS") or TOP.parent / "shared" / "corpus")
FITTING = {
    "zip-bomb": {"file_inflates"},
    "xml-bomb": {"file_has_doctype"},
    "xml-bomb-xxe": {"file_has_doctype"},
    "xxe": {"file_has_doctype"},
    "path-traversal": {"file_leads_outside"},
    "zip-duplicate-entry": {"file_part_twice"},
    "encrypted": {"file_password"},
    "encrypted-xlsx": {"file_password"},
    "encrypted-xls-ods": {"file_password"},
    "empty": {"file_empty"},
    "truncated": {"file_incomplete"},
    "lock-file": {"file_is_lock"},
    "numbers-file": {"file_is_numbers"},
    "fods": {"file_is_flat_xml"},
}
"""What a refusal must say, where the kind of the file leaves no choice."""


@cache
def manifest() -> dict[str, dict[str, str]]:
    """Return the rows of the corpus by file; none where there is no corpus."""
    path = CORPUS / "MANIFEST.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return {row["file"]: row for row in csv.DictReader(stream)}


CASES = sorted(manifest()) or ["there-is-no-corpus-here"]


@pytest.fixture(scope="module")
def corpus() -> dict[str, GridBook | Unreadable]:
    """Open the whole corpus in one go."""
    return dict(zip(manifest(), open_returns([CORPUS / file for file in manifest()]), strict=True))


@pytest.mark.parametrize("file", CASES)
def test_a_file_of_the_corpus_is_opened_in_full_or_refused_for_what_it_is(
    file: str, corpus: dict[str, GridBook | Unreadable]
) -> None:
    if not corpus:
        assert "XLSFLOW_CORPUS" not in os.environ, "the corpus is not where XLSFLOW_CORPUS says"
        return
    row, opened = manifest()[file], corpus[file]
    if isinstance(opened, Unreadable):
        assert row["expected"] != "opens", opened
        assert opened.code in FITTING.get(row["kind"], {opened.code})
        assert opened.code not in {"reader_died", "file_too_slow"}
        assert "…" not in Finding(opened.code, Place(file=opened.file), facts=opened.facts).message("zh")
        return
    assert row["expected"] != "refuse"
    if opened.format in {"xlsx", "xlsm"}:
        assert addresses(opened) == counted(CORPUS / file)
    else:
        known = (row[f"{reader}_cells"] for reader in ("calamine", "pandas"))
        most = max((int(count) for count in known if count.isdigit()), default=0)
        assert sum(map(len, addresses(opened).values())) >= most


def test_errors_and_formulas_without_result_are_told_from_blanks_throughout_the_corpus(
    corpus: dict[str, GridBook | Unreadable],
) -> None:
    books = [book for book in corpus.values() if isinstance(book, GridBook)]
    kinds = Counter(type(value) for book in books for grid in book.grids for row in grid.rows for value in row)
    assert not corpus or (kinds[CellError] > 100 and kinds[Uncalculated] > 0)
