"""Merging many returns: xlsflow against the plain script, whole processes in pairs; what counts are the ratios.

    python -m tests.benchmarks.bench_merge                     300 returns, three pairs
    python -m tests.benchmarks.bench_merge --resaved 20        and twenty of them saved anew by LibreOffice
    python -m tests.benchmarks.bench_merge --round FOLDER      lay the round out there, or use the one that is there
    python -m tests.benchmarks.bench_merge --small             start-up and the loading of definitions only

Seconds belong to a machine and to what else it does: each run of the one is set beside a run of the other.
"""

from __future__ import annotations

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.workload import Round, found_round, make_round
from tests.office import Office

PLAIN_SCRIPT = ("-m", "tests.benchmarks.plain_script")
FINDINGS_ARE_FINE = (0, 1)
MIB = 1 << 20
LOAD = """
import time
from xlsflow.system.package_data import package_data_path
from xlsflow.template.loading.load import load_library
began = time.perf_counter()
library = load_library([package_data_path("workbook_templates")])
for name in library.pack_files:
    for sheet in library.pack(name).sheets:
        library.template_for(sheet)
print(time.perf_counter() - began)
"""
PANDAS = "import time; began = time.perf_counter(); import pandas; print(time.perf_counter() - began)"


@dataclass(frozen=True)
class Run:
    """What a process took.

    Attributes:
        seconds: From its start to its end.
        peak: Bytes of memory of the largest process; 0 where the system does not say.
    """

    seconds: float
    peak: int = 0


def run(words: Sequence[str], made: Path | None = None) -> Run:
    """Return what a whole process takes; end where it fails or does not make what it should."""
    if made:
        made.unlink(missing_ok=True)  # what an earlier run has written must not pass for this one's
    began = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    peak = 0
    if hasattr(os, "wait4"):
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    code = process.wait()
    took = time.perf_counter() - began
    if code not in FINDINGS_ARE_FINE or (made and not made.exists()):
        sys.exit(f"{shlex.join(words)} ended with {code}")
    return Run(took, peak)


def plain(done: Round, returns: Path) -> Run:
    """Merge with the plain script."""
    book = done.project.with_name("plain.xlsx")
    return run([sys.executable, *PLAIN_SCRIPT, str(returns), str(done.project), str(book)], book)


def ours(done: Round, returns: Path) -> Run:
    """Merge with xlsflow."""
    book = done.project.with_name("book.xlsx")
    words = ["merge", str(returns), "--project", str(done.project), "--out", str(book), "--as-of", "2026-11-20T18:00"]
    return run([sys.executable, "-m", "xlsflow", *words], book)


def compare(name: str, first: Callable[[], float], second: Callable[[], float], rounds: int) -> None:
    """Run two things in turn, and print how many times as long the first takes."""
    ratios = []
    for turn in range(rounds):
        # In turn, so that neither always finds the files in the system's memory.
        if turn % 2:
            one, other = first(), second()
        else:
            other, one = second(), first()
        ratios.append(one / other)
        print(f"    {one:.3f} s / {other:.3f} s = {one / other:.2f}", flush=True)
    low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
    print(f"{name}: {middle:.2f} (lowest {low:.2f}, highest {high:.2f})", flush=True)


def reported(code: str) -> float:
    """Return the seconds that a piece of Python says it took, in a process of its own."""
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)


def small(rounds: int) -> None:
    """Compare what every command does before its work begins."""
    bare, helped = [sys.executable, "-c", "pass"], [sys.executable, "-m", "xlsflow", "--help"]
    compare("xlsflow --help / bare Python", lambda: run(helped).seconds, lambda: run(bare).seconds, rounds)
    compare("loading all packs / importing pandas", lambda: reported(LOAD), lambda: reported(PANDAS), rounds)


def merging(done: Round, returns: Path, rounds: int) -> None:
    """Compare both ways of merging a folder of returns."""
    peaks: list[int] = []

    def merged() -> float:
        took = ours(done, returns)
        peaks.append(took.peak)
        return took.seconds

    count = len(list(returns.iterdir()))
    compare(f"{count} returns: plain script / xlsflow", lambda: plain(done, returns).seconds, merged, rounds)
    print(f"largest process of xlsflow: {max(peaks) / MIB:.0f} MiB")


def generating(done: Round) -> None:
    """Print what a workbook takes to generate, as so many starts of Python."""
    with tempfile.TemporaryDirectory(prefix="xlsflow-bench-") as folder:
        generate = run([sys.executable, "-m", "xlsflow", "generate", str(done.project), "--out", folder])
        count = len(list(Path(folder).iterdir()))
    start = statistics.median(run([sys.executable, "-c", "pass"]).seconds for _ in range(5))
    each = generate.seconds / count
    print(f"generate, {count} workbooks: {generate.seconds:.1f} s, each {each / start:.1f} times a start of Python")


def resave(done: Round, count: int) -> Path:
    """Return a folder with so many of the returns as LibreOffice saves them."""
    folder = done.project.with_name("resaved")
    folder.mkdir(exist_ok=True)
    wanted = [path for path in sorted(done.returns.iterdir())[:count] if not (folder / path.name).exists()]
    if wanted:
        with Office() as office:
            for path in wanted:
                with office.open(path) as document:
                    document.save(folder / path.name)
    return folder


def main() -> None:
    """Make the returns, run both in turn, and print how many times as fast xlsflow is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--returns", type=int, default=300, help="how many regions")
    parser.add_argument("--rounds", type=int, default=3, help="how many pairs of runs")
    parser.add_argument("--resaved", type=int, default=0, help="how many are also merged as LibreOffice saves them")
    parser.add_argument("--round", type=Path, help="where the round lies, or is laid out and left")
    parser.add_argument("--small", action="store_true", help="start-up only")
    asked = parser.parse_args()
    small(max(asked.rounds, 5))
    if asked.small:
        return
    with tempfile.TemporaryDirectory(prefix="xlsflow-bench-") as folder:
        top = asked.round or Path(folder)
        done = found_round(top) or make_round(top, asked.returns)
        merging(done, done.returns, asked.rounds)
        if asked.resaved:
            merging(done, resave(done, asked.resaved), asked.rounds)
        generating(done)


if __name__ == "__main__":
    main()
