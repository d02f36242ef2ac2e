"""What tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.office import Office

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def office() -> Iterator[Office]:
    """One LibreOffice for all tests of a process: it takes seconds to start and a tenth of one to open a file."""
    with Office() as running:
        yield running
