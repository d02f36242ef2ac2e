"""Merging many returns: xlsflow against the plain script, whole processes in pairs; what counts is the ratio.

python -m tests.benchmarks.bench_merge --returns 300 --rounds 3 --command 'xlsflow merge {returns} --out {book}'
"""

from __future__ import annotations

import argparse
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.workload import make_returns

PYTHON = shlex.quote(sys.executable)
PLAIN = f"{PYTHON} {shlex.quote(str(Path(__file__).with_name('plain_script.py')))} {{returns}} {{book}}"
OURS = f"{PYTHON} -m xlsflow merge {{returns}} --project {{project}} --out {{book}}"
FINDINGS_ARE_FINE = (0, 1)


def seconds(command: str, **paths: Path) -> float:
    """Return how long a whole process takes."""
    paths["book"].unlink(missing_ok=True)  # what an earlier run has written must not pass for this one's
    words = [word.format(**paths) for word in shlex.split(command)]
    began = time.perf_counter()
    done = subprocess.run(words, check=False, stdout=subprocess.DEVNULL)
    took = time.perf_counter() - began
    if done.returncode not in FINDINGS_ARE_FINE or not paths["book"].exists():
        sys.exit(f"{shlex.join(words)} ended with {done.returncode}")
    return took


def main() -> None:
    """Make the returns, run both in turn, and print how many times as fast xlsflow is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--returns", type=int, default=300, help="how many files")
    parser.add_argument("--rounds", type=int, default=3, help="how many pairs of runs")
    parser.add_argument("--command", default=OURS, help="what is compared, with {returns}, {project} and {book}")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="xlsflow-bench-") as folder:
        top = Path(folder)
        paths = {"returns": top / "returns", "project": top / "project.xlsx", "book": top / "book.xlsx"}
        rows = make_returns(paths["returns"], asked.returns)
        print(f"{asked.returns} returns, {rows} rows")
        ratios = []
        for turn in range(asked.rounds):
            # In turn, so that neither always finds the files in the system's memory.
            if turn % 2:
                ours, plain = seconds(asked.command, **paths), seconds(PLAIN, **paths)
            else:
                plain, ours = seconds(PLAIN, **paths), seconds(asked.command, **paths)
            ratios.append(plain / ours)
            print(f"plain script / xlsflow = {plain:.2f} s / {ours:.2f} s = {plain / ours:.1f}")
        print(f"median ratio: {statistics.median(ratios):.1f}")


if __name__ == "__main__":
    main()
