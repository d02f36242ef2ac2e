"""The processors of the machine, shared out among the processes of a test run."""

from __future__ import annotations

import os

from xlsflow.intake.isolation import reader_pool


def share_processors() -> None:
    """Let a merge start as many readers as there are processors for one process of the run.

    To start a reader takes longer than to read what most tests give it, and the other processes of the run are at work.
    """
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    share = max(reader_pool._processors() // processes, 1)
    reader_pool._processors = lambda: share
