"""Which Python modules go into the page: those of xlsflow that its entry needs, and most of the standard library."""

from __future__ import annotations

import ast
import io
import zipfile
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# What the worker imports, and what its definitions are made of besides.
_ENTRIES = ("xlsflow.pipeline.page.check_in_page", "xlsflow.template.sealed_people")

_PACKAGE = Path(__file__).parent.parent
_STAND_INS = _PACKAGE / "page" / "browser"
# Not there in the browser: a module that imports one of these at its top is left out, since nothing could import it.
_ABSENT = frozenset(
    ("calamine", "click", "holidays", "numpy", "pandas", "pandera", "python_calamine", "rich", "tomli", "xlsxwriter")
)
# Of the standard library: what needs a network, a terminal, other processes or a screen, and what serves programmers.
_NEVER_NEEDED = frozenset(
    """
    __hello__ __phello__ _aix_support _android_support _apple_support _ios_support _pyio _pyrepl
    _sysconfigdata__emscripten_wasm32-emscripten antigravity argparse asyncio/__main__ asyncio/proactor_events
    asyncio/tools asyncio/windows_events asyncio/windows_utils bdb cProfile cmd colorsys compileall configparser csv
    ctypes curses dbm doctest email/_header_value_parser email/contentmanager email/generator email/headerregistry
    email/mime ensurepip filecmp fileinput ftplib getopt getpass gettext graphlib idlelib imaplib lib2to3
    logging/config logging/handlers mailbox mimetypes modulefinder multiprocessing netrc nturl2path optparse pdb
    pickletools plistlib poplib pprint profile pstats pty py_compile pyclbr pydoc pydoc_data rlcompleter sched
    shelve smtplib socketserver sqlite3 statistics symtable tabnanny tarfile test this timeit tkinter trace
    tracemalloc turtle turtledemo unittest venv wave webbrowser wsgiref xml/dom xml/etree xmlrpc zipapp
    """.split()  # noqa: SIM905 - a list of names, not of quotation marks
)


def page_sources(standard_library: bytes) -> bytes:
    """Return a zip of all sources that the page runs; equal sources give equal bytes.

    Args:
        standard_library: The runtime's own, as a zip.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as target:
        for name, data in sorted([*_standard(standard_library), *_stand_ins(), *_own_modules()]):
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return buffer.getvalue()


def _standard(library: bytes) -> Iterable[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(library)) as source:
        names = [name for name in source.namelist() if not name.endswith("/") and not _is_never_needed(name)]
        return [(name, source.read(name)) for name in names]


def _is_never_needed(name: str) -> bool:
    folders = name.removesuffix(".py").split("/")
    return any("/".join(folders[: depth + 1]) in _NEVER_NEEDED for depth in range(len(folders)))


def _stand_ins() -> Iterable[tuple[str, bytes]]:
    return [(file.name, file.read_bytes()) for file in _STAND_INS.glob("*.py") if file.stem != "__init__"]


def _own_modules() -> Iterable[tuple[str, bytes]]:
    return [(file.relative_to(_PACKAGE.parent).as_posix(), file.read_bytes()) for file in _Modules().needed()]


class _Modules:
    """The modules of xlsflow, and what they import."""

    @cached_property
    def _files(self) -> Mapping[str, Path]:
        """Name of each module -> its file."""
        files = ((file.relative_to(_PACKAGE.parent).with_suffix("").parts, file) for file in _PACKAGE.rglob("*.py"))
        return {".".join(parts).removesuffix(".__init__"): file for parts, file in files}

    def needed(self) -> Iterator[Path]:
        """Yield the files of the entries and of all that they lead to."""
        waiting, seen = [*_ENTRIES], {*_ENTRIES}
        while waiting:
            name = waiting.pop()
            yield self._files[name]
            # The package itself binds every verb of the API, late; the page calls none.
            parents = [name.rpartition(".")[0]] if "." in name else []
            found = {*parents, *self._imports(name, everywhere=name != _PACKAGE.name)} - seen
            kept = sorted(target for target in found if self._can_be_imported(target))
            seen |= found
            waiting += kept

    @cached_property
    def _verdicts(self) -> dict[str, bool]:
        return {}

    def _can_be_imported(self, name: str) -> bool:
        """Return whether nothing that a module imports at its top is absent in the browser."""
        if name not in self._verdicts:
            self._verdicts[name] = True  # for a circle, of which there is none
            tops = self._imports(name, everywhere=False)
            foreign = self._roots(name) & _ABSENT
            self._verdicts[name] = not foreign and all(map(self._can_be_imported, tops))
        return self._verdicts[name]

    def _imports(self, name: str, *, everywhere: bool) -> set[str]:
        """Return the modules of xlsflow that a module imports: anywhere in it, or at its top."""
        targets = self._targets(name, everywhere=everywhere)
        return {target for target in targets if target in self._files}

    def _roots(self, name: str) -> set[str]:
        return {target.partition(".")[0] for target in self._targets(name, everywhere=False)}

    def _targets(self, name: str, *, everywhere: bool) -> set[str]:
        tree = ast.parse(self._files[name].read_text("utf-8"))
        nodes = ast.walk(tree) if everywhere else iter(tree.body)
        targets: set[str] = set()
        for node in nodes:
            if isinstance(node, ast.Import):
                targets |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                targets |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        return targets
