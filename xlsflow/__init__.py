"""xlsflow: generate, check, merge and report on Excel workbooks that many regions fill in.

This module only binds the public names, and binds them late: importing it loads neither pandas nor any spreadsheet
library. Start with `api` for the verbs, then `pipeline.merge`; `README.md` beside this file is the map.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlsflow.api import (
        Order,
        View,
        check,
        demo,
        generate,
        init,
        merge,
        open_book,
        open_project,
        print_,
        read,
        report,
        trace,
    )
    from xlsflow.errors import XlsflowError
    from xlsflow.findings import Finding, Location, Severity
    from xlsflow.model.consolidated_book import Book
    from xlsflow.model.project import Project
    from xlsflow.model.requirement_life import RequirementLife
    from xlsflow.model.returns import Return

    Submission = Return

__version__ = "0.2.0"

_HOMES: Mapping[str, str] = {
    "Book": "model.consolidated_book",
    "Finding": "findings",
    "Location": "findings",
    "Order": "api",
    "Project": "model.project",
    "RequirementLife": "model.requirement_life",
    "Return": "model.returns",
    "Severity": "findings",
    "View": "api",
    "XlsflowError": "errors",
    "check": "api",
    "demo": "api",
    "generate": "api",
    "init": "api",
    "merge": "api",
    "open_book": "api",
    "open_project": "api",
    "print_": "api",
    "read": "api",
    "report": "api",
    "trace": "api",
}

# Names of 0.1.0 that notebooks may still use -> what they are called now.
_FORMER: Mapping[str, str] = {"Place": "Location", "Submission": "Return"}

__all__ = [
    "Book", "Finding", "Location", "Order", "Project", "RequirementLife", "Return", "Severity", "View", "XlsflowError",
    "check", "demo", "generate", "init", "merge", "open_book", "open_project", "print_", "read", "report", "trace",
]  # fmt: skip


class _Names(ModuleType):
    """The package itself: its names stay those of the verbs, also where a room inside is called by the same word."""

    def __setattr__(self, name: str, value: object) -> None:
        """Set a name; the import of a package (`xlsflow.merge`) does not replace the verb of that name."""
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """Pickle by name, as any module: functions of a notebook that use xlsflow travel to other processes."""
        from importlib import import_module

        return import_module, (self.__name__,)


sys.modules[__name__].__class__ = _Names


def __getattr__(name: str) -> object:
    """Load a public name on first use."""
    from importlib import import_module

    name = _FORMER.get(name, name)
    if name not in _HOMES:
        raise AttributeError(f"module 'xlsflow' has no attribute {name!r}")
    return getattr(import_module(f"xlsflow.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted({*__all__, "__version__"})
