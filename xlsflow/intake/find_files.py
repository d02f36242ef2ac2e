"""Finds the input files behind paths: folders are searched, and each file gets a name for findings and reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xlsflow.errors import InputError

_SPREADSHEETS = frozenset(
    (
        *(".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlt", ".xlsb"),
        *(".ods", ".fods", ".et", ".ett", ".numbers", ".csv", ".tsv"),
    )
)
"""File name extensions of spreadsheets; what a file really is, its content decides."""
_ARCHIVES = frozenset((".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zipx", ".cab", ".iso"))
"""File name extensions of archives: they may contain returns, but are not unpacked."""
_MAILS = frozenset((".eml", ".msg", ".mht", ".mhtml", ".pst", ".mbox", ".emlx"))
"""File name extensions of saved mails: a return may be attached."""
_DOWNLOADS = frozenset(
    (
        ".crdownload",
        ".part",
        ".partial",
        ".download",
        ".opdownload",
        ".tmp",
        ".td",
        ".xltd",
        ".downloading",
        ".baiduyun",
    )
)
"""File name extensions of downloads that browsers and cloud drives have not finished."""
_SHORTCUTS = frozenset((".lnk", ".url", ".webloc", ".desktop", ".gsheet", ".gdoc", ".website"))
"""File name extensions of shortcuts: they lead to a file that is elsewhere."""
_MAY_HOLD = (
    ("archive_not_opened", _ARCHIVES),
    ("mail_not_opened", _MAILS),
    ("download_not_finished", _DOWNLOADS),
    ("shortcut_not_followed", _SHORTCUTS),
)
_LOCK_PREFIX = "~$"
"""How the name of the file begins that Excel leaves beside a workbook while somebody has it open."""
_HIDDEN_PREFIXES = (".", "__MACOSX")


@dataclass(frozen=True, slots=True)
class InputFile:
    """One input file.

    Attributes:
        path: Where it is.
        name: Its name in findings and reports: relative to the folder that was searched.
        found: Whether a folder was searched for it, rather than the file being named by the user.
    """

    path: Path
    name: str
    found: bool

    @property
    def is_lock(self) -> bool:
        """Whether it only marks a workbook as open."""
        return self.path.name.startswith(_LOCK_PREFIX)

    @property
    def is_spreadsheet(self) -> bool:
        """Whether its name is that of a spreadsheet."""
        return self.path.suffix.lower() in _SPREADSHEETS

    @property
    def may_hold_a_return(self) -> str:
        """The code of the warning about a file that is no spreadsheet but may hold one or lead to one; else empty."""
        suffix = self.path.suffix.lower()
        # A download in parts is named `name.zip.001`, or `name.xlsx.part`.
        if suffix.lstrip(".").isdecimal():
            suffix = Path(self.path.stem).suffix.lower()
        return next((code for code, suffixes in _MAY_HOLD if suffix in suffixes), "")


def find_files(paths: Sequence[Path]) -> list[InputFile]:
    """Return the files behind paths, each once, sorted by name.

    Raises:
        InputError: A path is not there, or there is no file at all.
    """
    found: dict[Path, InputFile] = {}
    for path in paths:
        if path.is_dir():
            for file in _below(path):
                found.setdefault(file.resolve(), InputFile(file, file.relative_to(path).as_posix(), found=True))
        elif path.exists():
            found.setdefault(path.resolve(), InputFile(path, path.name, found=False))
        else:
            raise InputError("no_such_file", path=path)
    if not found:
        raise InputError("nothing_to_read", path=", ".join(map(str, paths)))
    names = Counter(file.name for file in found.values())
    files = [replace(file, name=file.path.as_posix()) if names[file.name] > 1 else file for file in found.values()]
    return sorted(files, key=lambda file: file.name)


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(_HIDDEN_PREFIXES) for part in parts):
            yield path
