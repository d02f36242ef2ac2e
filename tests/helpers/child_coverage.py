"""Coverage of the reader processes, which write no files and are killed when they are no longer needed."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path

import coverage

from xlsflow.intake.isolation import reader_pool

_SECONDS_TO_SAVE = 3.0


def measure_readers() -> None:
    """Let reader processes end by themselves and save their data, if coverage is measured at all."""
    if coverage.Coverage.current() is None:
        return
    folders = [str(Path(__file__).parent / "reader_coverage"), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, folders))
    kill = reader_pool._end

    def end(process: subprocess.Popen[bytes]) -> None:
        with suppress(OSError, subprocess.TimeoutExpired):
            if process.stdin:
                process.stdin.close()
            process.wait(_SECONDS_TO_SAVE)
        kill(process)

    reader_pool._end = end
