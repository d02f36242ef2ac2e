"""The rules of what is inside a room: its inner levels, its names, and what its folders say and hold."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.house.rules import House, Module

INNER_LEVELS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "intake": (
        (
            "grid",
            "find_files",
            "read_rows",
            "touched",
            "whose_return",
            "isolation.limits",
        ),  # the limits hold for every parser
        ("hidden", "recognition", "xlsx"),
        ("legacy",),  # uses the guards of xlsx for XML and ZIP
        ("isolation",),  # knows how to read every format
    ),
    "page": (
        ("sources", "texts", "browser"),  # what runs in the browser is text here
        ("runtime",),
        ("document",),
    ),
    "pipeline": (
        ("definitions", "progress"),
        ("check",),
        ("read_return",),
        ("collect", "project_file", "reopen"),
        ("templates",),
        ("merge",),
        ("feedback", "generate", "print_return", "report"),
        ("demo", "page"),
    ),
    "post": (
        ("settings", "secret", "journal", "working_time", "letter_texts"),
        ("letters", "incoming"),
        ("recipients", "smtp", "robots", "board"),
    ),
    "reports": (
        ("inputs", "texts", "round_texts"),
        ("without_contacts", "figures"),
        ("labels",),
        ("hidden_pages", "due_dates"),  # stores figures, which listings read again
        ("listings",),
        ("over_rounds", "follow_up"),
        ("front_page",),
        ("assemble",),
    ),
    "template": (
        ("traditional", "opposites", "expressions", "figures", "without_pydantic"),
        ("lists",),
        ("sealed_people",),
        ("kinds",),
        ("rules", "printed_blocks"),
        ("starting_rows",),
        ("tracking",),  # a section is strict like a printed block
        ("next_round",),
        ("model",),
        ("issued",),
        ("data_dictionary", "expressions.type_check"),  # the type of an expression depends on its fields' kinds
        ("loading",),
    ),
    "template.kinds": (
        ("field",),
        ("parsing", "text", "ids", "computed"),
        ("choices", "dates", "numbers"),
        ("people",),
    ),
    "workbook": (
        ("style",),
        ("consolidated", "outgoing.plan"),  # the plan is what is written, before anything is
        ("self_check",),
        ("outgoing.cell_xml", "outgoing.pieces", "outgoing.sheet_writer"),
        ("outgoing.sheet_drawer", "outgoing.drawn_package"),
        ("outgoing.sheet_filler",),
        ("self_check.conditional_formats", "style.page_setup"),  # parts of a sheet
        ("self_check.row_marks",),
        ("outgoing",),
        ("batch",),
    ),
}
"""Package with folders in it -> what lies in it, from the ground up.

An import goes down; it stays on its level only inside one entry. An entry may name a module of a folder, which then has
this level instead of that of its folder.
"""

MAX_MODULES = 14
_MIN_SENTENCES = 3

COMMANDS = frozenset(
    {"check", "collect", "demo", "generate", "init", "merge", "print_", "report", "send", "status", "trace"}
)
COMMAND_MODULES = re.compile(r"xlsflow\.(api|cli\.(commands|post_commands|trace)|pipeline\.\w+|merge\.merge)")
"""A command bears one name wherever it is carried out: typed, called, in its order of work."""

SAME_NAME_ALLOWED: Mapping[str, str] = {
    "main": "the start of a program: the command line has one, and so has the reader process",
    "ConfigDict": "what stands in for pydantic in the browser bears its names",
    "Field": "likewise",
    "T": "the customary name of a type variable",
}
"""Public name that modules may share -> why."""


def inner_arrows_point_down(house: House) -> Iterator[str]:
    """Inside a room, too, an import goes down."""
    folders = {package.removeprefix("xlsflow.") for package in _packages(house) if _has_folders(house, package)}
    yield from (f"xlsflow.{package} has no inner levels" for package in sorted(folders - {*INNER_LEVELS, "xlsflow"}))
    for package, levels in INNER_LEVELS.items():
        top = f"xlsflow.{package}"
        placed = {f"{top}.{entry}": number for number, entries in enumerate(levels) for entry in entries}
        for name in house.modules:
            if name.startswith(f"{top}.") and not _entry(name, placed):
                yield f"{name} has no inner level"
        for name, targets in house.arrows.items():
            here = _entry(name, placed)
            for target in sorted(targets):
                there = _entry(target, placed)
                if here and there and here != there and placed[there] >= placed[here]:
                    yield f"{name} imports {target}"


def _packages(house: House) -> set[str]:
    return {name.rpartition(".")[0] for name in house.modules if "." in name}


def _has_folders(house: House, package: str) -> bool:
    return any(inner.startswith(f"{package}.") for inner in _packages(house))


def _entry(name: str, placed: Mapping[str, int]) -> str:
    """Return the entry that a module belongs to: the one that says most of its name."""
    return max((entry for entry in placed if f"{name}.".startswith(f"{entry}.")), key=len, default="")


def a_public_name_is_defined_once(house: House) -> Iterator[str]:
    """A reader who meets a public name has one place to look for it."""
    where: dict[str, list[str]] = defaultdict(list)
    for name, module in house.modules.items():
        for public in set(_public_names(module)):
            where[public].append(name)
    for public, modules in sorted(where.items()):
        is_command = public in COMMANDS and all(COMMAND_MODULES.fullmatch(module) for module in modules)
        if len(modules) > 1 and not is_command and public not in SAME_NAME_ALLOWED:
            yield f"{public} is defined in {', '.join(sorted(modules))}"


def _public_names(module: Module) -> Iterator[str]:
    for node in module.tree.body:
        names: list[str] = []
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign):
            inside = (part for target in node.targets for part in ast.walk(target))
            names = [part.id for part in inside if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names = [node.target.id]
        yield from (name for name in names if not name.startswith("_"))


def folders_are_small(house: House) -> Iterator[str]:
    """A folder holds few modules, its `__init__` not counted."""
    for package in sorted(_packages(house) - {"xlsflow"}):
        inside = [name for name in house.modules if name.rpartition(".")[0] == package]
        files = [name for name in inside if name not in _packages(house)]
        if len(files) > MAX_MODULES:
            yield f"{package} has {len(files)} modules"


def packages_say_what_they_hold(house: House) -> Iterator[str]:
    """The docstring of a package says what lives in it, what never does, and where to start reading."""
    for package in sorted(_packages(house)):
        docstring = ast.get_docstring(house.modules[package].tree) if package in house.modules else ""
        text = " ".join((docstring or "").split())
        if len(re.findall(r"[.!?;](?= |$)", text)) < _MIN_SENTENCES or "start with" not in text.lower():
            yield f"{package} says too little in its __init__"


STRUCTURE_RULES: tuple[Callable[[House], Iterator[str]], ...] = (
    inner_arrows_point_down,
    a_public_name_is_defined_once,
    folders_are_small,
    packages_say_what_they_hold,
)
