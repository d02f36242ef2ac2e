"""Finds the input files behind paths: folders are searched, and each file gets a name for findings and reports."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from xlsflow.errors import InputError, OutputError

# File name extensions of spreadsheets; what a file really is, its content decides.
_SPREADSHEETS = frozenset(
    (
        *(".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlt", ".xlsb"),
        *(".ods", ".fods", ".et", ".ett", ".numbers", ".csv", ".tsv"),
    )
)
# File name extensions of archives: they may contain returns, but are not unpacked.
_ARCHIVES = frozenset((".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zipx", ".cab", ".iso"))
# File name extensions of saved mails: a return may be attached.
_MAILS = frozenset((".eml", ".msg", ".mht", ".mhtml", ".pst", ".mbox", ".emlx"))
# File name extensions of downloads that browsers and cloud drives have not finished.
_DOWNLOADS = frozenset((
    ".crdownload", ".part", ".partial", ".download", ".opdownload", ".tmp", ".td", ".xltd", ".downloading", ".baiduyun",
))  # fmt: skip
# File name extensions of shortcuts: they lead to a file that is elsewhere.
_SHORTCUTS = frozenset((".lnk", ".url", ".webloc", ".desktop", ".gsheet", ".gdoc", ".website"))
_MAY_HOLD = (
    ("archive_not_opened", _ARCHIVES),
    ("mail_not_opened", _MAILS),
    ("download_not_finished", _DOWNLOADS),
    ("shortcut_not_followed", _SHORTCUTS),
)
# How the name of the file begins that Excel leaves beside a workbook while somebody has it open.
_LOCK_PREFIX = "~$"
_HIDDEN_PREFIXES = (".", "__MACOSX")
# How the names begin of hidden files that programs leave beside workbooks: macOS, LibreOffice, and our own.
_CLUTTER_PREFIXES = ("._", ".~", ".xlsflow-")
# Beginning and end of the names of our own lists, such as the one of receipts: nothing about them is worth a line.
_OWN_LIST = ".xlsflow-", ".jsonl"
# Problems of files that lie in many folders and are nobody's return.
_HIDDEN = frozenset(("hidden_file", "hidden_folder"))


@dataclass(frozen=True, slots=True)
class InputFile:
    """One input file.

    Attributes:
        path: Where it is.
        name: Its name in findings and reports: relative to the folder that was searched; where several files have one,
            with the folders before it that tell them apart.
        found: Whether a folder was searched for it, rather than the file being named by the user.
        problem: Code of the finding that says why it is not read; empty if it is.
        reason: What the system says about that.
    """

    path: Path
    name: str
    found: bool
    problem: str = ""
    reason: str = ""

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
    """Return the files behind paths, each once, sorted by name; what cannot be searched or followed is one too.

    Names depend neither on the order of the paths nor on the current folder.

    Raises:
        InputError: A path is not there, or there is no file at all.
    """
    found: dict[Path, InputFile] = {}
    for path in paths:
        if path.is_dir():
            files: Iterable[InputFile] = _below(path)
        elif path.exists():
            files = (InputFile(path, _shown(path.name), found=False),)
        else:
            raise InputError("no_such_file", path=path)
        for file in files:
            key = file.path.absolute() if file.problem else file.path.resolve()
            found[key] = _joined(found.get(key, file), file)
    if all(file.problem in _HIDDEN for file in found.values()):
        raise InputError("nothing_to_read", path=", ".join(map(str, paths)))
    return sorted(_told_apart(list(found.values())), key=lambda file: file.name)


def _joined(one: InputFile, other: InputFile) -> InputFile:
    """Return a file that was found in two ways, whichever was first: under its shorter name."""
    first = min(one, other, key=lambda file: (len(file.name), file.name, str(file.path)))
    return replace(first, found=one.found and other.found)


def _told_apart(files: Sequence[InputFile]) -> Sequence[InputFile]:
    """Return files under different names: repeated ones get folders before them, as few as will do."""
    while True:
        count = Counter(file.name for file in files)
        longer = [replace(file, name=_longer(file)) if count[file.name] > 1 else file for file in files]
        if longer == files:
            return files
        files = longer


def _longer(file: InputFile) -> str:
    """Return the name of a file with one more folder before it, if there is one."""
    _, *parts = file.path.absolute().parts  # without the root: names hold no absolute paths
    count = len(PurePosixPath(file.name).parts) + 1
    return "/".join(map(_shown, parts[-count:]))


def _below(folder: Path) -> Iterator[InputFile]:
    """Yield everything in a folder and its folders; hidden folders and links to folders are not searched."""
    failures: list[OSError] = []
    for name, folders, files in os.walk(folder, onerror=failures.append):
        here = Path(name)
        problems = {inner: _folder_problem(here / inner) for inner in folders}
        folders[:] = [inner for inner, problem in problems.items() if not problem]
        for inner, problem in problems.items():
            if problem:
                yield _file_in(folder, here / inner, problem)
        for inner in files:
            if inner.startswith(_OWN_LIST[0]) and inner.endswith(_OWN_LIST[1]):
                continue
            yield _file_in(folder, here / inner, *_file_problem(here / inner))
    for failure in failures:
        yield _file_in(folder, Path(failure.filename), "folder_unreadable", failure.strerror or "")


def _file_in(folder: Path, path: Path, problem: str, reason: str = "") -> InputFile:
    name = path.relative_to(folder).as_posix() if path != folder else path.absolute().name
    return InputFile(path, _shown(name), found=True, problem=problem, reason=reason)


def _shown(name: str) -> str:
    """Return a name as text: bytes that are no UTF-8 are read as GB 18030, which old programs of China write."""
    if not any("\ud800" <= char <= "\udfff" for char in name):
        return name
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeError):
            return os.fsencode(name).decode(encoding)
    return name.encode("utf-8", "replace").decode("utf-8")


def _folder_problem(path: Path) -> str:
    """Return why a folder is not searched; empty if it is."""
    if path.name.startswith(_HIDDEN_PREFIXES):
        return "hidden_folder"
    return "folder_link" if os.path.islink(path) else ""  # noqa: PTH114 - never raises


def _file_problem(path: Path) -> tuple[str, str]:
    """Return why a file is not read, and what the system says about it; blanks if it is read."""
    if path.name.startswith(_HIDDEN_PREFIXES):
        is_return = path.suffix.lower() in _SPREADSHEETS and not path.name.startswith(_CLUTTER_PREFIXES)
        return "hidden_return" if is_return else "hidden_file", ""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        reason = error.strerror or type(error).__name__
        is_link = os.path.islink(path)  # noqa: PTH114 - `Path.is_symlink` raises where the folder allows no look
        return ("link_leads_nowhere" if is_link else "file_cannot_be_read"), reason
    if not stat.S_ISREG(mode):
        return ("file_is_no_file" if path.suffix.lower() in _SPREADSHEETS else "other_file"), ""
    return "", ""


def keep_inputs(out: Path, paths: Sequence[Path]) -> None:
    """Check that an output replaces none of the files that it is made from.

    Raises:
        InputError: A path is not there.
        OutputError: It would.
    """
    inputs = (file.path for file in find_files(paths)) if out.exists() else ()
    if any(path.exists() and out.samefile(path) for path in inputs):
        raise OutputError("output_is_input", file=out)
