"""The rules of the house, each a function from a house to a sentence for each fault, so that it can be tried."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

DOOR, API, PIPELINE, STAGE, VALUES, TEMPLATE, GROUND = 7, 6, 5, 4, 3, 2, 1

LEVELS: Mapping[str, int] = {
    **dict.fromkeys(("__main__", "__init__", "cli"), DOOR),
    "project_folder": API,  # the verbs of `api` on the files of a round
    "api": API,
    "pipeline": PIPELINE,
    **dict.fromkeys(
        ("workbook", "intake", "checks", "feedback", "merge", "prefill", "reports", "render", "post", "page"), STAGE
    ),
    **dict.fromkeys(("layout", "model"), VALUES),
    "template": TEMPLATE,
    **dict.fromkeys(("findings", "errors", "messages", "i18n", "fileformat", "system", "clock"), GROUND),
}
"""Room -> its floor. An import stays in its room, goes down, or goes to a neighbour that is no stage."""

BETWEEN_STAGES = {("render", "workbook")}  # a report in .xlsx goes through the one room that writes Excel

ROOMS: Mapping[str, frozenset[str]] = {
    "click": frozenset({"cli"}),
    "holidays": frozenset({"clock"}),
    "icalendar": frozenset({"render"}),
    "imapclient": frozenset({"post"}),
    "keyring": frozenset({"post"}),
    "olefile": frozenset({"post"}),
    "pandera": frozenset({"checks"}),
    "pydantic": frozenset({"template"}),
    "python_calamine": frozenset({"intake"}),
    "rich": frozenset({"cli"}),
    "tomli": frozenset({"template"}),
    "xlsxwriter": frozenset({"workbook"}),
    # A frame is what the rooms that compute hand to each other; those that read and write files know none.
    "pandas": frozenset(
        {"__init__", "api", "pipeline", "model", "checks", "feedback", "merge", "prefill", "reports", "render"}
    ),
    "numpy": frozenset({"model", "checks", "merge", "reports"}),
}
"""Third party -> the rooms that may import it, be it for a type only."""

MAX_LINES, MAX_FUNCTION_LINES, MAX_PARAMETERS = 400, 60, 6
BROAD_EXCEPTS_IN = ("xlsflow.cli.common", "xlsflow.intake.isolation.worker")
FIELD_TYPES = {"Field", "FieldBase"}  # what every kind is: naming it asks nothing
IMMUTABLE = {"Mapping", "Sequence", "Set", "Final", "TypeAlias", "tuple", "frozenset"}
MUTABLE_CALLS = {"dict", "list", "set", "defaultdict", "deque", "Counter", "OrderedDict", "bytearray"}

ALSO_WORDS_OF_PYTHON = frozenset(
    {
        "as_of",  # the option --as-of, and the word that formulas of definitions use for the day of the report
        "project",  # the option --project; the pack of that name is found by its `setup = true`
        "working_days",  # a part of a duty: the format of a pack's [timing] says it
        *("责任人", "区域负责人", "填报联系人", "原因"),  # one term for one thing: headings say what the sheets say
        *("编号", "日期", "序号", "类别"),  # plain words of the language: what kinds are called, headings of listings
        *("时限", "时限规则"),  # likewise: what a duty is called
        "minutes",  # what datetime.isoformat calls its precision
    }
)
"""Names of definitions that are words of Python or of the command line too, each with its reason."""

PROJECT_PACK = "project"
"""The pack that the code itself reads its set-up from; its sheets and fields may be named in PROJECT_MODULE."""

PROJECT_MODULE = "xlsflow.model.project"


@dataclass(frozen=True)
class Module:
    """One file of the package."""

    name: str
    text: str

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of its syntax tree."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text)

    @property
    def room(self) -> str:
        """The first folder or file below the package."""
        return self.name.split(".")[1] if "." in self.name else "__init__"

    @property
    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method."""
        return (node for node in self.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@dataclass(frozen=True)
class Definitions:
    """The raw TOML of `workbook_templates/`: path below it -> content."""

    files: Mapping[str, Mapping[str, Any]]

    def fields(self, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield name and content of the fields that a file spells out; `use` only refers to one."""
        if path == "fields.toml":
            yield from self.files[path].items()
        for block in self.files[path].get("blocks", ()):
            for field in (*block.get("fields", ()), *block.get("after", ())):
                yield field.get("name", field.get("use", "")), field

    def names(self, path: str) -> set[str]:
        """Return what a file names: its sheet or pack, its lists, and its fields of more than one word."""
        content = self.files[path]
        if path == "lists.toml":
            return set(content)
        fields = {name for name, _ in self.fields(path) if "_" in name}
        return fields | ({content["name"]} if "name" in content else set())

    def labels(self, path: str) -> set[str]:
        """Return the Chinese labels of the fields of a file."""
        return {field["label"]["zh"] for _, field in self.fields(path) if "label" in field}

    def may_name(self, module: Module) -> set[str]:
        """Return what a room may name all the same: the set-up of a project is part of the code, not of a handbook."""
        lists = {name for name, body in self.files.get("lists.toml", {}).items() if body.get("project")}
        sheets = self.files.get(f"packs/{PROJECT_PACK}.toml", {}).get("sheets", ())
        plain = {(sheet if isinstance(sheet, str) else sheet["template"]).split(":")[0] for sheet in sheets}
        if module.name == PROJECT_MODULE:
            return lists | {PROJECT_PACK}.union(*(self.names(f"sheets/{sheet}.toml") for sheet in plain))
        return lists if module.room == "template" else set()  # a person is by nature one of the project's people


@dataclass(frozen=True)
class House:
    """The package and its definitions."""

    modules: Mapping[str, Module]
    definitions: Definitions

    @cached_property
    def arrows(self) -> Mapping[str, set[str]]:
        """Module -> modules of the house that it imports, wherever in it and for whatever purpose."""
        return {name: set(self._inside(module)) - {name} for name, module in self.modules.items()}

    def _inside(self, module: Module) -> Iterator[str]:
        for target, names in imports(module):
            if target.split(".")[0] != "xlsflow":
                continue
            deeper = {f"{target}.{name}" for name in names} & set(self.modules)
            yield from deeper
            if len(deeper) < max(len(names), 1):
                yield target


def read_house(package: Path, templates: Path) -> House:
    """Read the source and the definitions."""
    modules = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        modules[name] = Module(name, path.read_text("utf-8"))
    files = sorted(templates.rglob("*.toml"))
    read = {path.relative_to(templates).as_posix(): tomllib.loads(path.read_text("utf-8")) for path in files}
    return House(modules, Definitions(read))


def imports(module: Module) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every imported module with the names taken from it."""
    for node in module.nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ".", tuple(alias.name for alias in node.names)


def arrows_point_down(house: House) -> Iterator[str]:
    """An import goes down, and from no stage to another."""
    for name, module in house.modules.items():
        if module.room not in LEVELS:
            yield f"{name}: the room {module.room!r} has no floor; give it one in LEVELS"
    for name, targets in house.arrows.items():
        here = Module(name, "").room
        for target in sorted(targets):
            there = Module(target, "").room
            low, high = LEVELS.get(there, 0), LEVELS.get(here, 0)
            beside = low == high and (low != STAGE or (here, there) in BETWEEN_STAGES)
            if not (here == there or low < high or beside):
                yield f"{name} imports {target}"


def no_circle(house: House) -> Iterator[str]:
    """No module imports itself by way of others."""
    for start in house.modules:
        seen: set[str] = set()
        ahead = [start]
        while ahead:
            for target in house.arrows.get(ahead.pop(), set()) - seen:
                seen.add(target)
                ahead.append(target)
        if start in seen:
            yield f"{start} imports in a circle"


def third_parties_have_their_room(house: House) -> Iterator[str]:
    """A third party is imported in its room only."""
    for name, module in house.modules.items():
        for party in {target.split(".")[0] for target, _ in imports(module)} - {"xlsflow", "__future__"}:
            if party not in sys.stdlib_module_names and module.room not in ROOMS.get(party, ()):
                yield f"{name} imports {party}"


def modules_tell_what_they_hold(house: House) -> Iterator[str]:
    """A module opens with a docstring."""
    return (name for name, module in house.modules.items() if not ast.get_docstring(module.tree))


def sizes_are_small(house: House) -> Iterator[str]:
    """Files and functions are short, functions take few parameters (a click callback takes one an option)."""
    for name, module in house.modules.items():
        if (lines := module.text.count("\n")) > MAX_LINES:
            yield f"{name} has {lines} lines"
        for function in module.functions:
            lines = (function.end_lineno or 0) - function.lineno + 1
            given = function.args
            parameters = [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
            count = len([p for p in parameters if p not in ("self", "cls")])
            if lines > MAX_FUNCTION_LINES:
                yield f"{name}.{function.name} has {lines} lines"
            if count > MAX_PARAMETERS and not (module.room == "cli" and function.decorator_list):
                yield f"{name}.{function.name} has {count} parameters"


def no_module_changes_its_state(house: House) -> Iterator[str]:
    """There is no `global`, and no list, dict or set at the top of a module that is not typed as unchangeable."""
    for name, module in house.modules.items():
        yield from (f"{name}: global" for node in module.nodes if isinstance(node, ast.Global))
        for node in module.tree.body:
            if isinstance(node, ast.Assign) and _is_mutable(node.value):
                names = [ast.unparse(target) for target in node.targets]
                yield from (f"{name}.{one}" for one in names if one != "__all__")
            elif isinstance(node, ast.AnnAssign) and node.value and _is_mutable(node.value):
                unchangeable = re.split(r"[\[.]", ast.unparse(node.annotation))[0] in IMMUTABLE
                yield from () if unchangeable else (f"{name}.{ast.unparse(node.target)}",)


def _is_mutable(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in MUTABLE_CALLS
    return isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp)


def broad_excepts_are_two(house: House) -> Iterator[str]:
    """The worker, which shields the house from foreign parsers, and the command line catch everything, once each."""
    found = Counter(name for name, module in house.modules.items() for node in module.nodes if _catches_all(node))
    for name, times in found.items():
        if name not in BROAD_EXCEPTS_IN or times > 1:
            yield f"{name} catches everything ({times} x)"


def _catches_all(node: ast.AST) -> bool:
    caught: list[ast.expr | None] = []
    if isinstance(node, ast.ExceptHandler):
        caught = list(node.type.elts) if isinstance(node.type, ast.Tuple) else [node.type]
    elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
        caught = list(node.args)
    return any(one is None or ast.unparse(one) in ("Exception", "BaseException") for one in caught)


def no_private_member_of_a_library(house: House) -> Iterator[str]:
    """A member that begins with `_` is used in the module that defines it, and no class of xlsxwriter is extended.

    Both would tie us to one version of a library: what is private may be gone in the next.
    """
    for name, module in house.modules.items():
        own = {node.name for node in module.functions} | {*_assigned(module)}
        for node in module.nodes:
            if isinstance(node, ast.Attribute) and _is_private(node.attr) and node.attr not in own:
                yield f"{name}:{node.lineno} uses {ast.unparse(node)}"
        writing = {
            (alias.asname or alias.name).split(".")[0]
            for node in module.nodes
            if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "xlsxwriter")
            or isinstance(node, ast.Import)
            for alias in node.names
            if isinstance(node, ast.ImportFrom) or alias.name.split(".")[0] == "xlsxwriter"
        }
        for node in module.nodes:
            for base in node.bases if isinstance(node, ast.ClassDef) else ():
                if ast.unparse(base).split(".")[0] in writing:
                    yield f"{name}:{base.lineno} extends {ast.unparse(base)}"


def _is_private(name: str) -> bool:
    named_tuple = (
        "_replace",
        "_asdict",
        "_fields",
        "_make",
    )  # public, and written so that no field can have their name
    return name.startswith("_") and not name.endswith("__") and name not in named_tuple


def _assigned(module: Module) -> Iterator[str]:
    """Yield the names of members that a module itself gives to its classes."""
    for node in module.nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self":
            yield node.attr
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__slots__":
            yield from ast.literal_eval(node.value)


def only_the_template_asks_for_a_kind(house: House) -> Iterator[str]:
    """Outside template/ no kind of field is named, and nothing is decided by a field's `kind`."""
    inside = [module for name, module in house.modules.items() if name.startswith("xlsflow.template.kinds")]
    classes = {node.name for module in inside for node in module.nodes if isinstance(node, ast.ClassDef)}
    kinds = {name for name in classes if name.endswith("Field")} - FIELD_TYPES
    words = set[object]().union(*(_kind_words(module) for module in inside))
    for name, module in house.modules.items():
        if module.room == "template":
            continue
        for node in module.nodes:
            word = getattr(node, "attr", getattr(node, "id", getattr(node, "name", None)))
            # The `kind` of something else, a chart say, is held against other words.
            if word in kinds or (isinstance(node, ast.Attribute) and word == "kind" and words & _decided_by(module)):
                yield f"{name}:{getattr(node, 'lineno', 0)} asks for {word}"


def _kind_words(module: Module) -> Iterator[object]:
    """Yield what follows `kind:` in the classes of the kinds."""
    for node in module.nodes:
        if (
            isinstance(node, ast.AnnAssign)
            and ast.unparse(node.target) == "kind"
            and isinstance(node.value, ast.Constant)
        ):
            yield node.value.value


def _decided_by(module: Module) -> set[object]:
    """Return the words that a module compares with, matches, or looks up in a dict."""
    held: list[ast.AST | None] = []
    for node in module.nodes:
        if isinstance(node, ast.Compare):
            held += [node.left, *node.comparators]
        elif isinstance(node, ast.Dict):
            held += node.keys
        elif isinstance(node, ast.MatchValue):
            held.append(node.value)
    deep = (inner for node in held if node for inner in ast.walk(node))
    return {inner.value for inner in deep if isinstance(inner, ast.Constant)}


def no_definition_is_named_in_code(house: House) -> Iterator[str]:
    """What a definition calls a sheet, a list or a field is in no string of the code, nor does a label."""
    definitions = house.definitions
    named = set[str]().union(*(definitions.names(p) | definitions.labels(p) for p in definitions.files))
    for name, module in house.modules.items():
        forbidden = named - definitions.may_name(module) - ALSO_WORDS_OF_PYTHON
        for text, line in _strings(module):
            if hits := {text, *text.split(".")} & forbidden:
                yield f"{name}:{line} names {', '.join(sorted(hits))}"


def _strings(module: Module) -> Iterator[tuple[str, int]]:
    """Yield the strings that the code works with: a docstring, which is a statement by itself, is none."""
    idle = {id(node.value) for node in module.nodes if isinstance(node, ast.Expr)}
    for node in module.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in idle:
            yield node.value, node.lineno


def a_label_is_in_one_file(house: House) -> Iterator[str]:
    """A field that several sheets share is in fields.toml, and they `use` it."""
    where = defaultdict(list)
    for path in house.definitions.files:
        for label in house.definitions.labels(path):
            where[label].append(path)
    return (f"{label} is in {', '.join(paths)}" for label, paths in where.items() if len(paths) > 1)


RULES: tuple[Callable[[House], Iterator[str]], ...] = (
    arrows_point_down,
    no_circle,
    third_parties_have_their_room,
    modules_tell_what_they_hold,
    sizes_are_small,
    no_module_changes_its_state,
    broad_excepts_are_two,
    no_private_member_of_a_library,
    only_the_template_asks_for_a_kind,
    no_definition_is_named_in_code,
    a_label_is_in_one_file,
)
