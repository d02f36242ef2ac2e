"""What tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.helpers import soak
from tests.helpers.child_coverage import measure_readers
from tests.helpers.processors import share_processors
from tests.office import Office

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def office() -> Iterator[Office]:
    """One LibreOffice for all tests of a process: it takes seconds to start and a tenth of one to open a file."""
    with Office() as running:
        yield running


def pytest_configure() -> None:
    """Scale the campaigns."""
    soak.set_up_hypothesis()


def pytest_sessionstart() -> None:
    """Measure the coverage of child processes too, where coverage is measured; share the processors."""
    measure_readers()
    share_processors()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is part of a campaign, before tests are chosen by their marks."""
    soak.mark_campaigns(items)


def pytest_report_header() -> str:
    """Say with what a run can be repeated."""
    return f"campaigns: XLSFLOW_SOAK={soak.FACTOR} XLSFLOW_SEED={soak.SEED}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many examples were tried."""
    lines = list(soak.summary(terminalreporter.stats.get("passed", ())))
    if lines:
        terminalreporter.section(f"campaigns: XLSFLOW_SOAK={soak.FACTOR} XLSFLOW_SEED={soak.SEED}")
        for line in lines:
            terminalreporter.write_line(line)
