"""What the guard costs: files read with it and without it, in pairs; what counts is the share of the reading.

    python -m tests.benchmarks.bench_guard                    the returns of the sample round
    python -m tests.benchmarks.bench_guard FOLDER...          other returns
    python -m tests.benchmarks.bench_guard --corpus FOLDER    how long every file of the corpus takes, isolated

Without it nothing is proven: what a file truly is, its directory, sizes, ratios, checksums, encodings, document types.
The time of the processor is measured, in this process: the isolation costs a return some tenths of a millisecond more.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import time
import zipfile
import zlib
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from tests.helpers.documents import TOP
from xlsflow.intake.isolation import read_file
from xlsflow.intake.isolation.limits import Limits, Refusal
from xlsflow.intake.isolation.reader_pool import Unreadable, open_returns
from xlsflow.intake.xlsx import zip_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 0.3
"""What the guard may cost, as a share of reading without it."""
SLOW, HONEST_SIZE = 2.0, 4 << 20


class Bare(zip_parts.Parts):
    """The parts of a package, believed."""

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a part, unproven."""
        entry = self._entries.get(zip_parts.normalized_name(name))
        if entry is None:
            return None
        at = entry.header_offset
        start = at + 30 + int.from_bytes(self._data[at + 26 : at + 28], "little")
        start += int.from_bytes(self._data[at + 28 : at + 30], "little")
        raw = self._data[start : start + entry.compress_size]
        return raw if entry.compress_type == zipfile.ZIP_STORED else zlib.decompress(raw, -zlib.MAX_WBITS)

    def xml(self, name: str) -> bytes | None:
        """Return a part that is XML, taken to be UTF-8."""
        return self.read(name)


def spent(name: str, data: bytes, *, guarded: bool) -> float:
    """Return the seconds of the processor that reading takes."""
    with ExitStack() as stack:
        if not guarded:
            stack.enter_context(patch.object(read_file, "Parts", Bare))
            stack.enter_context(patch.object(read_file, "container", lambda *_: "zip"))
            stack.enter_context(patch.object(zip_parts, "_check_places", lambda *_: None))
        gc.collect()
        began = time.process_time()
        for _ in range(3):
            read_file.read_bytes(name, data, Limits())
        return time.process_time() - began


def share(path: Path, rounds: int) -> float:
    """Return the middle of several measurements of what the guard adds, as a share of reading without it."""
    data = path.read_bytes()
    ratios = []
    for turn in range(rounds + 1):
        first = spent(path.name, data, guarded=turn % 2 == 0)
        second = spent(path.name, data, guarded=turn % 2 == 1)
        with_it, without = (first, second) if turn % 2 == 0 else (second, first)
        ratios.append(with_it / without - 1)
    return statistics.median(ratios[1:])  # the first one warms up


def corpus(folder: Path) -> None:
    """Print how long the files of the corpus take, one after another, and how many take longer than they should."""
    took = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix.lower() not in {".csv", ".md"} and path.stat().st_size <= HONEST_SIZE:
            began = time.perf_counter()
            (opened,) = open_returns([path])
            took.append(time.perf_counter() - began)
            if isinstance(opened, Unreadable) and opened.code in {"file_too_slow", "reader_died", "file_needs_memory"}:
                print(f"    {path.name}: {opened.code}")
    took.sort()
    at = took[int(len(took) * 0.99)]
    print(f"{len(took)} files, each in a process of its own that starts anew: middle {statistics.median(took):.3f} s,")
    print(f"99 of 100 below {at:.3f} s, longest {took[-1]:.3f} s, {sum(one > SLOW for one in took)} above {SLOW:g} s")


def compare(folders: Sequence[Path], rounds: int) -> None:
    """Print what the guard adds for each return, and on the whole."""
    shares = []
    for path in sorted(path for folder in folders for path in folder.glob("*.xls[xm]")):
        try:
            shares.append(share(path, rounds))
        except Refusal as refusal:
            print(f"    {path.name}: {refusal.code}")
            continue
        print(f"    {path.name}: {shares[-1]:+.3f}", flush=True)
    print(f"the guard adds {statistics.median(shares):.3f} (lowest {min(shares):.3f}, highest {max(shares):.3f})")
    print(f"at most {MOST} are allowed: {'kept' if statistics.median(shares) <= MOST else 'NOT KEPT'}")


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*", default=[TOP / "samples/round/inbox"])
    parser.add_argument("--rounds", type=int, default=9, help="how many pairs of runs")
    parser.add_argument("--corpus", type=Path, help="a folder of files")
    asked = parser.parse_args()
    if asked.corpus:
        corpus(asked.corpus)
    else:
        compare(asked.folders, asked.rounds)


if __name__ == "__main__":
    main()
