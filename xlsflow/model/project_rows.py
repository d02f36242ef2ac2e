"""Rows of the project workbook: figures of its own, sheets that it adds, days off, returns that are settled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from xlsflow.template.lists import fold_text

_FOLDERS = re.compile(r"[/\\]")
# A digest by itself, or behind the name of a file as findings show it where names repeat.
_DIGEST = re.compile(r"(?:.*\s)?#?([0-9a-f]{8,64})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class RegisteredReturn:
    """A file and the region that it is from.

    Attributes:
        file: Name of the file with or without its folder, or at least the first eight characters of its digest.
        region: Name or code of the region.
        note: Why.
        book: Name of the project workbook that the line is in.
        page: Its sheet there.
        cells: Attribute -> its cell there.
    """

    file: str = ""
    region: str = ""
    note: str = ""
    book: str = field(default="", compare=False)
    page: str = field(default="", compare=False)
    cells: Mapping[str, str] = field(default_factory=dict, compare=False)

    def fit(self, name: str, sha256: str) -> int:
        """Return how surely it means a file: 3 by its digest, 2 by its whole name, 1 by its name alone, 0 not at all.

        Args:
            name: Name of the file, maybe with its folder.
            sha256: Digest of its bytes.
        """
        named = _DIGEST.fullmatch(self.file.strip().casefold())
        if named and sha256.startswith(named[1]):
            return 3
        meant, whole = fold_text(self.file), fold_text(name)
        if meant == whole:
            return 2
        return 1 if meant == fold_text(_FOLDERS.split(name)[-1]) else 0


@dataclass(frozen=True, slots=True)
class Timing:
    """How long something may take, where the project differs from the pack's handbook."""

    rule: str = ""
    pack: str = ""
    hours: float | None = None
    working_days: float | None = None
    days: float | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """A figure of the pack that the project changes."""

    name: str = ""
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class ExtraSheet:
    """A sheet that a pack offers and the project adds to its workbooks."""

    sheet: str = ""
    pack: str = ""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day off, or a working day at a weekend, that the calendar does not know."""

    calendar: str = ""
    date: date | None = None
    type: str = ""
    name: str = ""
