"""How long campaigns run: XLSFLOW_SOAK times as many examples, from XLSFLOW_SEED on.

`make test` runs a fixed slice of each campaign (factor 1, seed 0: the same examples every time); `make soak` runs more
and other ones. A failure is repeated with the factor and the seed that the run prints.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FACTOR = int(os.environ.get("XLSFLOW_SOAK", "1"))
SEED = int(os.environ.get("XLSFLOW_SEED", "0"))
_SEED_STEP = 1_000_000
"""Numbers between the examples of two seeds: more than any run counts."""
_PROPERTY = "soak"
_DEFAULT_EXAMPLES = 100


def numbers(count: int, start: int = 0) -> range:
    """Return the numbers of the examples of a campaign.

    Args:
        count: How many `make test` runs.
        start: The first of them.
    """
    first = start + SEED * _SEED_STEP
    return range(first, first + count * FACTOR)


def examples(count: int) -> int:
    """Return how many examples hypothesis tries where `make test` tries `count`."""
    return count * FACTOR


def campaign(what: str, count: int) -> pytest.MarkDecorator:
    """Return the mark of a test that is part of a campaign.

    Args:
        what: What is tried, as the summary calls it.
        count: How many of them one run of the test tries.
    """
    return pytest.mark.soak(what, count)


def set_up_hypothesis() -> None:
    """Scale the tests that leave the number of examples to hypothesis; the time of a test is limited by pytest."""
    settings.register_profile("xlsflow", max_examples=examples(_DEFAULT_EXAMPLES), deadline=None)
    settings.load_profile("xlsflow")


def mark_campaigns(items: Iterable[pytest.Item]) -> None:
    """Mark the tests of hypothesis as campaigns too, and note with each test how many examples it tries."""
    for item in items:
        if isinstance(item, pytest.Function) and getattr(item.function, "is_hypothesis_test", False):
            asked = getattr(item.function, "_hypothesis_internal_use_settings", settings.default)
            item.add_marker(campaign("examples of hypothesis", asked.max_examples if asked else 0))
        for mark in item.iter_markers("soak"):
            item.user_properties.append((_PROPERTY, mark.args))


def summary(reports: Iterable[object]) -> Iterator[str]:
    """Yield a line for each campaign of which a test has passed: how many examples were tried."""
    tried = Counter[str]()
    for report in reports:
        if isinstance(report, pytest.TestReport) and report.when == "call":
            for name, value in report.user_properties:
                if name == _PROPERTY and isinstance(value, list | tuple):
                    what, count = value
                    tried[str(what)] += int(count)
    yield from (f"{count:>9,} {what}" for what, count in sorted(tried.items()))
