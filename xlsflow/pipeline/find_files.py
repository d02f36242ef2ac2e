"""Which files are meant by the paths that were given: folders are searched, what cannot be a return is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xlsflow.errors import InputError

SHEETS = frozenset(
    (
        ".xlsx",
        ".xlsm",
        ".xltx",
        ".xltm",
        ".xls",
        ".xlt",
        ".xlsb",
        ".ods",
        ".fods",
        ".et",
        ".ett",
        ".numbers",
        ".csv",
        ".tsv",
    )
)
"""What a spreadsheet's name can end with; what it really is, its content says."""
ARCHIVES = frozenset((".zip", ".rar", ".7z", ".gz", ".tgz", ".tar"))
"""What the name of a file ends with that may contain returns, but is not unpacked."""
LOCK = "~$"
"""How the name of the file begins that Excel leaves beside a workbook while somebody has it open."""
_PASSED_OVER = (".", "__MACOSX")


@dataclass(frozen=True, slots=True)
class Given:
    """One file to look at.

    Attributes:
        path: Where it lies.
        name: How it is called in findings and reports: below the folder that was given.
        found: Whether a folder was searched for it, rather than the file being named outright.
    """

    path: Path
    name: str
    found: bool

    @property
    def lock(self) -> bool:
        """Whether it is only the mark of a workbook that somebody has open."""
        return self.path.name.startswith(LOCK)

    @property
    def sheet(self) -> bool:
        """Whether its name is that of a spreadsheet."""
        return self.path.suffix.lower() in SHEETS

    @property
    def archive(self) -> bool:
        """Whether its name is that of a compressed archive."""
        return self.path.suffix.lower() in ARCHIVES


def find_files(paths: Sequence[Path]) -> list[Given]:
    """Return the files that paths stand for, each once, in the order of their names.

    Raises:
        InputError: A path is not there, or there is no file at all.
    """
    found: dict[Path, Given] = {}
    for path in paths:
        if path.is_dir():
            for one in _below(path):
                found.setdefault(one.resolve(), Given(one, one.relative_to(path).as_posix(), found=True))
        elif path.exists():
            found.setdefault(path.resolve(), Given(path, path.name, found=False))
        else:
            raise InputError("no_such_file", path=path)
    if not found:
        raise InputError("nothing_to_read", path=", ".join(map(str, paths)))
    names = Counter(given.name for given in found.values())
    apart = [replace(g, name=g.path.as_posix()) if names[g.name] > 1 else g for g in found.values()]
    return sorted(apart, key=lambda given: given.name)


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(_PASSED_OVER) for part in parts):
            yield path
