"""The house as it is laid out: xlsflow keeps every rule, and every rule notices a breach."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.house import rules
from tests.house.rules import RULES, Definitions, House, Module, read_house

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOP = Path(__file__).parents[2]
XLSFLOW = read_house(TOP / "xlsflow", TOP / "workbook_templates")
HEAVY = ("openpyxl", "pandas", "pandera", "pydantic", "python_calamine", "xlsxwriter")

DEFINITIONS = Definitions(
    {
        "sheets/stock.toml": {
            "name": "stock",
            "blocks": [{"name": "rows", "fields": [{"name": "shelf_no", "label": {"zh": "货架"}}, {"use": "seen_on"}]}],
        },
        "sheets/setup.toml": {"name": "setup", "blocks": []},
        "packs/project.toml": {"name": "project", "sheets": ["setup"]},
        "lists.toml": {"colours": {"values": []}},
        "fields.toml": {"seen_on": {"label": {"zh": "上架日"}}},
    }
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_xlsflow_keeps_the_rule(rule: Callable[[House], Iterator[str]]) -> None:
    assert list(rule(XLSFLOW)) == []


@pytest.mark.parametrize(
    ("rule", "module", "source", "fault"),
    [
        (
            rules.arrows_point_down,
            "template.loading.load",
            "from xlsflow.layout import sheet_layout",
            "xlsflow.template.loading.load imports xlsflow.layout.sheet_layout",
        ),
        (rules.arrows_point_down, "merge", "import xlsflow.checks", "xlsflow.merge imports xlsflow.checks"),
        (
            rules.arrows_point_down,
            "i18n",
            "def f():\n  from xlsflow.pipeline import x",
            "xlsflow.i18n imports xlsflow.pipeline",
        ),
        (rules.arrows_point_down, "attic", "", "xlsflow.attic: the room 'attic' has no floor; give it one in LEVELS"),
        (
            rules.no_circle,
            "layout.sheet_layout",
            "if TYPE_CHECKING:\n  from xlsflow.pipeline import x",
            "xlsflow.layout.sheet_layout imports in a circle",
        ),
        (
            rules.third_parties_have_their_room,
            "merge.join",
            "import openpyxl.cell",
            "xlsflow.merge.join imports openpyxl",
        ),
        (rules.third_parties_have_their_room, "cli", "import requests", "xlsflow.cli imports requests"),
        (rules.modules_tell_what_they_hold, "clock", "x = 1", "xlsflow.clock"),
        (rules.sizes_are_small, "clock", "\n" * 401, "xlsflow.clock has 401 lines"),
        (rules.sizes_are_small, "clock", "def f():\n" + " x = 1\n" * 60, "xlsflow.clock.f has 61 lines"),
        (rules.sizes_are_small, "clock", "def f(a, b, c, d, e, f, *, g): ...", "xlsflow.clock.f has 7 parameters"),
        (rules.no_module_changes_its_state, "clock", "def f():\n  global x", "xlsflow.clock: global"),
        (rules.no_module_changes_its_state, "clock", "SEEN = {}", "xlsflow.clock.SEEN"),
        (rules.no_module_changes_its_state, "clock", "SEEN: dict[str, int] = dict()", "xlsflow.clock.SEEN"),
        (rules.broad_excepts_are_two, "clock", "try: x\nexcept Exception: y", "xlsflow.clock catches everything (1 x)"),
        (rules.broad_excepts_are_two, "clock", "try: x\nexcept: y", "xlsflow.clock catches everything (1 x)"),
        (rules.broad_excepts_are_two, "clock", "with suppress(Exception): x", "xlsflow.clock catches everything (1 x)"),
        (rules.no_private_member_of_a_library, "merge", "x = book._names", "xlsflow.merge:1 uses book._names"),
        (rules.no_private_member_of_a_library, "merge", "super()._write()", "xlsflow.merge:1 uses super()._write"),
        (
            rules.no_private_member_of_a_library,
            "workbook",
            "from xlsxwriter.worksheet import Worksheet\nclass Ours(Worksheet): ...",
            "xlsflow.workbook:2 extends Worksheet",
        ),
        (
            rules.no_private_member_of_a_library,
            "workbook",
            "import xlsxwriter\nclass Ours(xlsxwriter.Workbook): ...",
            "xlsflow.workbook:2 extends xlsxwriter.Workbook",
        ),
        (
            rules.only_the_template_asks_for_a_kind,
            "layout.sheet_layout",
            "isinstance(f, DayField)",
            "xlsflow.layout.sheet_layout:1 asks for DayField",
        ),
        (
            rules.only_the_template_asks_for_a_kind,
            "layout.sheet_layout",
            "f.kind == 'day'",
            "xlsflow.layout.sheet_layout:1 asks for kind",
        ),
        (
            rules.only_the_template_asks_for_a_kind,
            "layout.sheet_layout",
            "f.kind in ('day', 'x')",
            "xlsflow.layout.sheet_layout:1 asks for kind",
        ),
        (
            rules.only_the_template_asks_for_a_kind,
            "layout.sheet_layout",
            "{'day': 1}[f.kind]",
            "xlsflow.layout.sheet_layout:1 asks for kind",
        ),
        (rules.no_definition_is_named_in_code, "merge", "x['shelf_no']", "xlsflow.merge:1 names shelf_no"),
        (rules.no_definition_is_named_in_code, "merge", "x = 'stock.rows'", "xlsflow.merge:1 names stock"),
        (rules.no_definition_is_named_in_code, "merge", "x = '上架日'", "xlsflow.merge:1 names 上架日"),
        (rules.no_definition_is_named_in_code, "merge", "x = 'setup'", "xlsflow.merge:1 names setup"),
        (rules.no_definition_is_named_in_code, "merge", "x = 'colours'", "xlsflow.merge:1 names colours"),
    ],
)
def test_a_breach_is_noticed(rule: Callable[[House], Iterator[str]], module: str, source: str, fault: str) -> None:
    assert fault in list(rule(_built(**{module: source})))


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("render.excel", '"""X."""\nfrom xlsflow.workbook import x'),
        ("model.project", '"""X."""\nfrom xlsflow.clock import x\nY = "setup"'),
        ("merge", '"""The stock."""\nX: Mapping[str, str] = {}\n__all__ = ["f"]'),
        ("intake.isolation.worker", '"""X."""\ntry: x\nexcept Exception: y'),
        ("cli", '"""X."""\n@command\ndef f(a, b, c, d, e, f, g): ...'),
        ("merge", '"""X."""\nclass A:\n  def __init__(self): self._x = 1\n  def same(self, other): other._x'),
        ("render.excel", '"""X."""\nif chart.kind == "line": y'),
        ("template.loading.load", '"""X."""\nfrom xlsflow.template.kinds import DayField'),
    ],
)
def test_what_is_allowed_is_no_breach(module: str, source: str) -> None:
    built = _built(**{module: source})

    assert [fault for rule in RULES for fault in rule(built)] == []


def test_a_label_in_two_files_is_noticed() -> None:
    twice = {
        **DEFINITIONS.files,
        "sheets/other.toml": {"blocks": [{"after": [{"name": "x", "label": {"zh": "货架"}}]}]},
    }

    assert list(rules.a_label_is_in_one_file(House({}, Definitions(twice)))) == [
        "货架 is in sheets/stock.toml, sheets/other.toml"
    ]


def test_every_third_party_that_has_a_room_is_asked_for_by_the_package() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {
        _normal(re.split(r"[<>=!~ ;\[]", line)[0])
        for line in (*project["dependencies"], *project["optional-dependencies"]["mail"])
    }
    by_module = packages_distributions()
    roomed = {_normal(by_module[party][0]) for party in rules.ROOMS}

    assert roomed - asked == set()
    assert asked - roomed == {"tzdata"}  # is data only, found by zoneinfo


def test_help_loads_nothing_heavy() -> None:
    assert _loaded(_verb("--help")) == set()


def test_generating_blank_workbooks_loads_no_frames_and_no_second_library_for_spreadsheets(tmp_path: Path) -> None:
    project, outbox = tmp_path / "project.xlsx", tmp_path / "outbox"
    _loaded(_verb("init", str(project), "--example"))

    loaded = _loaded(_verb("generate", str(project), "--out", str(outbox)))

    assert [*outbox.iterdir()], "it has generated"
    assert {"xlsxwriter"} <= loaded <= {"xlsxwriter", "pydantic", "python_calamine"}


def test_importing_the_house_loads_no_frames_and_no_spreadsheets() -> None:
    """The definitions are pydantic models; all else that is heavy is imported by the verb that needs it."""
    floors = ("__init__", "cli", "api", "pipeline", "layout", "model", "template", "findings", "errors")
    light = [name for name, module in XLSFLOW.modules.items() if module.room in floors]

    assert _loaded("; ".join(f"import {name}" for name in light)) <= {"pydantic"}


def _built(**sources: str) -> House:
    """Return a small sound house with some modules put in or replaced."""
    sound = {
        "xlsflow": '"""X."""',
        "xlsflow.pipeline": (
            '"""X."""\nfrom xlsflow.layout.sheet_layout import lay_out\nfrom xlsflow import merge, checks'
        ),
        "xlsflow.layout.sheet_layout": '"""X."""\nfrom xlsflow.template.kinds import FieldBase',
        "xlsflow.merge": '"""X."""',
        "xlsflow.checks": '"""X."""\nimport pandera.pandas',
        "xlsflow.template.kinds": (
            '"""X."""\nclass FieldBase: ...\nclass DayField(FieldBase):\n  kind: Literal["day"] = "day"'
        ),
    }
    built = sound | {f"xlsflow.{name}": source for name, source in sources.items()}
    return House({name: Module(name, text) for name, text in built.items()}, DEFINITIONS)


def _verb(*words: str) -> str:
    """Return code that runs the command line."""
    start = f"import sys; sys.argv = {['xlsflow', *words]!r}; from xlsflow.cli import main"
    return f"{start}\ntry: main()\nexcept SystemExit: pass"


def _loaded(code: str) -> set[str]:
    """Return which of the heavy libraries a fresh Python has loaded after some code."""
    report = f"\nimport sys; print('loaded:', *({set(HEAVY)!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code + report], check=True, capture_output=True, encoding="utf-8", cwd=TOP, timeout=60
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
