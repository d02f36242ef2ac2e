"""The inside of the rooms: xlsflow keeps every rule of structure, and every rule notices a breach."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.house import structure
from tests.house.rules import Definitions, House, Module, read_house

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Rule = Callable[[House], Iterator[str]]

TOP = Path(__file__).parents[2]
XLSFLOW = read_house(TOP / "xlsflow", TOP / "workbook_templates")
SAYS_ENOUGH = '"""Holds X. Never Y. Start with `z`."""'


def test_every_name_that_a_module_exports_is_there() -> None:
    exporting = [name for name, module in XLSFLOW.modules.items() if "\n__all__ = " in module.text]
    assert len(exporting) > 10
    for module in map(import_module, exporting):
        assert [name for name in module.__all__ if not hasattr(module, name)] == [], module


@pytest.mark.parametrize("rule", structure.STRUCTURE_RULES, ids=lambda rule: rule.__name__)
def test_xlsflow_keeps_the_rule(rule: Rule) -> None:
    assert list(rule(XLSFLOW)) == []


@pytest.mark.parametrize(
    ("rule", "sources", "fault"),
    [
        (
            structure.inner_arrows_point_down,
            {"reports.figures.returns": "from xlsflow.reports.listings import data"},
            "xlsflow.reports.figures.returns imports xlsflow.reports.listings",
        ),
        (
            structure.inner_arrows_point_down,
            {"template.kinds.text": "from xlsflow.template.kinds.ids import x"},
            "xlsflow.template.kinds.text imports xlsflow.template.kinds.ids",
        ),
        (structure.inner_arrows_point_down, {"reports.attic": ""}, "xlsflow.reports.attic has no inner level"),
        (
            structure.inner_arrows_point_down,
            {"merge.attic": "", "merge.attic.chest": ""},
            "xlsflow.merge has no inner levels",
        ),
        (
            structure.a_public_name_is_defined_once,
            {"merge.a": "class Row: ...", "checks.b": "Row: int = 1"},
            "Row is defined in xlsflow.checks.b, xlsflow.merge.a",
        ),
        (
            structure.a_public_name_is_defined_once,
            {"api": "def check(): ...", "checks.b": "A, check = 1, 2"},
            "check is defined in xlsflow.api, xlsflow.checks.b",
        ),
        (structure.folders_are_small, {f"merge.m{number}": "" for number in range(15)}, "xlsflow.merge has 15 modules"),
        (
            structure.packages_say_what_they_hold,
            {"merge": '"""Holds X. Start with `z`."""', "merge.a": ""},
            "xlsflow.merge says too little in its __init__",
        ),
    ],
)
def test_a_breach_is_noticed(rule: Rule, sources: dict[str, str], fault: str) -> None:
    assert fault in list(rule(_built(sources)))


@pytest.mark.parametrize(
    "sources",
    [
        {"reports.listings.data": "import xlsflow.reports.figures, xlsflow.reports.listings.due"},
        {"api": "def check(): ...", "cli.commands": "def check(): ...", "pipeline.check": "def check(): ..."},
        {"merge.a": "_row = 1", "checks.b": "_row = 2"},
        {f"merge.m{number}": "" for number in range(14)},
    ],
)
def test_what_is_allowed_is_no_breach(sources: dict[str, str]) -> None:
    rules = structure.STRUCTURE_RULES
    packages = {name[: place.start()] for name in sources for place in re.finditer(r"\.", name)}
    built = _built(dict.fromkeys(packages, SAYS_ENOUGH) | sources)

    assert [fault for rule in rules for fault in rule(built) if "has no inner levels" not in fault] == []


def _built(sources: dict[str, str]) -> House:
    texts = {"xlsflow": SAYS_ENOUGH} | {f"xlsflow.{name}": text for name, text in sources.items()}
    return House({name: Module(name, text) for name, text in texts.items()}, Definitions({}))
