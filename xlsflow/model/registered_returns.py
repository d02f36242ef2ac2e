"""A line of the project's sheet of returns: the coordinator settles whose a file is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

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
