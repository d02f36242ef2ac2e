"""The examples in docstrings of the package are true."""

from __future__ import annotations

import doctest
import importlib

import pytest

from tests.helpers.documents import TOP
from tests.house.rules import read_house

_HOUSE = read_house(TOP / "xlsflow", TOP / "workbook_templates")
_WITH_EXAMPLES = sorted(name for name, module in _HOUSE.modules.items() if ">>> " in module.text)


@pytest.mark.parametrize("name", _WITH_EXAMPLES)
def test_examples_in_docstrings_are_true(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))

    assert result.attempted > 0
    assert result.failed == 0


def test_there_are_examples() -> None:
    assert len(_WITH_EXAMPLES) > 15
