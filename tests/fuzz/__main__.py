"""Fuzzes the readers, guided by coverage, with mutations that know how a workbook is built.

Atheris is no dependency of xlsflow; it needs an environment of its own (Linux, Python 3.11 to 3.13):

    python3.11 -m venv fuzz && fuzz/bin/pip install atheris python-calamine
    python -m tests.fuzz.seeds seeds/              once, with the environment of xlsflow
    fuzz/bin/python -m tests.fuzz found/ seeds/ -timeout=10 -rss_limit_mb=1200 -max_len=400000 -max_total_time=3600

The first folder collects inputs that reached new code. A failure is reported and saved in `findings/` once for each
line that raises it, and fuzzing goes on; an input that takes too much time or memory ends the run, and libFuzzer saves
it. Failures that were fixed become cases of tests/intake/test_mutated_returns.py, built from first principles.
"""

from __future__ import annotations

import hashlib
import importlib
import random
import sys
import traceback
from pathlib import Path
from typing import Any

from tests.fuzz.mutations import mutated


def main() -> None:
    """Run libFuzzer on the target."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["xlsflow"]):
        target = importlib.import_module("tests.fuzz.target")
    target.read_file._legacy = lambda data, _marks, _limits: target.without_calamine(data)

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)  # noqa: S311 - so that a run can be repeated
        new = atheris.Mutate(data, len(data)) if chance.random() < 0.05 else mutated(data, chance)
        return new if len(new) <= most else data

    def cross(data: bytes, _other: bytes, most: int, seed: int) -> bytes:
        return mutate(data, most, seed)

    known: set[str] = set()

    def try_input(data: bytes) -> None:
        try:
            target.both_ways(data)
        except Exception as error:  # noqa: BLE001 - every exception is a failure
            _keep(data, error, known)

    atheris.Setup(sys.argv, try_input, custom_mutator=mutate, custom_crossover=cross)
    atheris.Fuzz()


def _keep(data: bytes, error: Exception, known: set[str]) -> None:
    """Report and save an input that failed, once for each line that raises."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{type(error).__name__} {Path(frame.filename).name}:{frame.lineno} {str(error)[:40]}"
    if place in known:
        return
    known.add(place)
    folder = Path("findings")
    folder.mkdir(exist_ok=True)
    name = hashlib.sha256(place.encode()).hexdigest()[:12]
    (folder / name).write_bytes(data)
    (folder / f"{name}.txt").write_text(place + "\n" + "".join(traceback.format_exception(error)), encoding="utf-8")
    sys.stderr.write(f"finding {name}: {place}\n")


if __name__ == "__main__":
    main()
