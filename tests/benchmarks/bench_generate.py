"""Times the writing of many workbooks: as a batch, against each drawn on its own; the ratios count.

    python -m tests.benchmarks.bench_generate                  300 regions, blank and prefilled, one pair of each
    python -m tests.benchmarks.bench_generate --rounds 3       three pairs
    python -m tests.benchmarks.bench_generate --round FOLDER   the round of bench_merge in that folder

The wall-clock time covers building and writing the workbooks of all regions; their content is ready before. Processor
time is shown too, since a batch packs one workbook while it builds the next. Each way runs in a process of its own, for
its peak of memory, and with the settings of the command line: the garbage collector runs as rarely (else its work, most
of it on single workbooks, would favour the batch) and threads switch as often. Both must write the same bytes.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tests.benchmarks.workload import found_round, make_round
from xlsflow.cli import GC_THRESHOLDS, SWITCH_INTERVAL
from xlsflow.pipeline.generate import Order, outgoing_workbook
from xlsflow.pipeline.prefill import prefill_from
from xlsflow.pipeline.project_file import load_project, open_library
from xlsflow.workbook.batch.batch_writer import BatchWriter
from xlsflow.workbook.outgoing.writer import OutgoingWorkbook, write_workbook

MIB = 1 << 20
SINGLE, BATCH = "single", "batch"


def outgoing_workbooks(project_file: Path, returns: Path | None) -> Iterator[OutgoingWorkbook]:
    """Yield every region's outgoing workbook, with its open rows if there are returns."""
    library = open_library((), project_file)
    project = load_project(project_file, library)
    pack = library.pack(project.project.pack or "coordination")
    scope = library.scope(project.lists(), {**pack.settings, **project.figures()})
    templates = library.sheets(pack, scope)
    before = prefill_from([returns], project, templates, library) if returns else None
    for region in project.regions:
        outgoing = outgoing_workbook(region, project, pack, templates, scope, Order().lang or region.language)
        if before is not None:
            given = before.of(region.code, outgoing.day.year)
            outgoing = replace(outgoing, rows=given.rows, numbers=given.numbers)
        yield outgoing


def measured(way: str, asked: Sequence[OutgoingWorkbook]) -> dict[str, float | str]:
    """Return the time that one way takes, and a digest of the bytes that it wrote."""
    digest = hashlib.sha256()
    with tempfile.TemporaryDirectory(prefix="xlsflow-bench-") as folder:
        paths = [Path(folder) / f"{number}.xlsx" for number in range(len(asked))]
        began, worked = time.perf_counter(), time.process_time()
        if way == SINGLE:
            for path, outgoing in zip(paths, asked, strict=True):
                write_workbook(path, outgoing)
        else:
            with BatchWriter() as writer:
                for path, outgoing in zip(paths, asked, strict=True):
                    writer.write(path, outgoing)
        took, work = time.perf_counter() - began, time.process_time() - worked
        for path in paths:
            digest.update(path.read_bytes())
    rows = sum(len(some) for outgoing in asked for some in outgoing.rows.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {
        "seconds": took,
        "processor": work,
        "count": len(asked),
        "rows": rows,
        "peak": peak,
        "sum": digest.hexdigest(),
    }


def run(way: str, project: Path, returns: Path | None) -> dict[str, float | str]:
    """Return the time that one way takes, in a process of its own."""
    words = [sys.executable, "-m", "tests.benchmarks.bench_generate", "--way", way, "--project", str(project)]
    words += ["--returns", str(returns)] if returns else []
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    found: dict[str, float | str] = json.loads(done.stdout)
    return found


def compare(name: str, project: Path, returns: Path | None, rounds: int) -> None:
    """Run both ways in turn, and print how many times as fast the batch is."""
    ratios = []
    for turn in range(rounds):
        ways = (SINGLE, BATCH) if turn % 2 else (BATCH, SINGLE)
        took = {way: run(way, project, returns) for way in ways}
        single, batch = took[SINGLE], took[BATCH]
        if single["sum"] != batch["sum"]:
            sys.exit(f"{name}: the two ways have not written the same bytes")
        ratios.append(float(single["seconds"]) / float(batch["seconds"]))
        print(
            f"    {single['count']} workbooks, {single['rows']} rows: "
            f"{single['seconds']:.1f} s / {batch['seconds']:.1f} s = {ratios[-1]:.1f}; "
            f"processor {single['processor']:.1f} s / {batch['processor']:.1f} s; "
            f"peak {float(single['peak']) / MIB:.0f} / {float(batch['peak']) / MIB:.0f} MiB",
            flush=True,
        )
    print(f"{name}, single / batch: {statistics.median(ratios):.1f} (lowest {min(ratios):.1f})", flush=True)


def main() -> None:
    """Create a round if there is none, and compare both ways."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--regions", type=int, default=300, help="how many regions")
    parser.add_argument("--rounds", type=int, default=1, help="how many pairs of runs")
    parser.add_argument("--round", type=Path, help="where the round lies, or is laid out and left")
    parser.add_argument("--way", choices=(SINGLE, BATCH), help="run one way only, and print what it took as JSON")
    parser.add_argument("--project", type=Path, help="the project workbook, for --way")
    parser.add_argument("--returns", type=Path, help="the returns, for --way")
    asked = parser.parse_args()
    if asked.way:
        gc.set_threshold(*GC_THRESHOLDS)
        sys.setswitchinterval(SWITCH_INTERVAL)
        print(json.dumps(measured(asked.way, [*outgoing_workbooks(asked.project, asked.returns)])))
        return
    with tempfile.TemporaryDirectory(prefix="xlsflow-bench-") as folder:
        top = asked.round or Path(folder)
        done = found_round(top) or make_round(top, asked.regions)
        compare("blank", done.project, None, asked.rounds)
        compare("prefilled", done.project, done.returns, asked.rounds)


if __name__ == "__main__":
    main()
