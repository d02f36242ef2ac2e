"""A folder of outputs in which only what was written here is replaced or removed.

A hidden list in the folder says what that is: name, digest and source of each file. A file that somebody has changed
since is not ours any more.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path, PurePosixPath

from xlsflow.errors import OutputError
from xlsflow.i18n import LocalizedText
from xlsflow.system.atomic_write import write_atomically, write_text_atomically

LIST_NAME = ".xlsflow-feedback.json"
_LONGEST_NAME = 240  # bytes; file systems take 255, and a number and an extension are still to come
_LONGEST_SUFFIX = 16
_NOT_IN_NAMES = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LEADS_OUTSIDE = LocalizedText("有链接指向文件夹之外", "a link leads out of the folder")


class OwnedFolder:
    """Writes files into a folder; `close` must be called at the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._before = self._read_list()
        self._written: dict[str, tuple[str, str]] = {}
        self._taken: set[str] = set()

    def reserve(self, name: str, *endings: str) -> Path:
        """Return a path in the folder for a file of some name, such that nothing else is replaced.

        Args:
            name: Relative or absolute, with slashes; characters that some system does not allow are replaced.
            endings: What is appended for further files of the same name.

        Raises:
            OutputError: A link in the folder leads out of it.
        """
        relative = safe_path(name)
        number = 1
        while any(self._is_taken(f"{relative}{ending}") for ending in ("", *endings)):
            number += 1
            relative = safe_path(name, f" ({number})")
        self._taken.update(_folded(f"{relative}{ending}") for ending in ("", *endings))
        path = self._folder / relative
        with suppress(RuntimeError):  # a circle of links, on which writing fails
            if path.parent.resolve().is_relative_to(self._folder.resolve()):
                return path
        raise OutputError("output_not_writable", file=path, reason=_LEADS_OUTSIDE)

    def _is_taken(self, relative: str) -> bool:
        path = self._folder / relative
        return _folded(relative) in self._taken or (os.path.lexists(path) and not self._digest_if_ours(relative))

    def _digest_if_ours(self, relative: str) -> str:
        """Return the digest of a file that is as it was written here; else an empty text."""
        path = self._folder / relative
        digest = _digest(path) if path.is_file() and not path.is_symlink() else ""
        return digest if digest in self._before.get(relative, ()) else ""

    def write(self, source: Path | None, path: Path, write: Callable[[Path], object]) -> None:
        """Write a file at a reserved path.

        Args:
            source: The file that it is about; None if that is in another file.
            path: The path.
            write: Writes the content to the path that it is called with.

        Raises:
            OutputError: It cannot be written.
        """

        def write_and_note(beside: Path) -> None:
            write(beside)
            entry = _digest(beside), self._reference(source) if source else ""
            # Before the file is there: should this run be killed, the next one knows that it is ours.
            with (self._folder / LIST_NAME).open("a", encoding="utf-8", newline="\n") as listed:
                listed.write(f"\n{json.dumps([relative, *entry], ensure_ascii=False)}\n")
            self._written[relative] = entry

        relative = path.relative_to(self._folder).as_posix()
        write_atomically(path, write_and_note)

    def close(self, sources: Iterable[Path]) -> None:
        """Remove what is outdated, and write the list.

        Outdated is what was written earlier about a file that is gone, or is among the sources of this time.

        Args:
            sources: All files that this time's outputs are about, or would be.

        Raises:
            OutputError: The list cannot be written.
        """
        read = {self._reference(source) for source in sources}
        for relative, known in self._before.items():
            digest = self._digest_if_ours(relative)
            if relative in self._written or not digest:
                continue
            source = known[digest]
            if source and source not in read and (self._folder / source).exists():
                self._written[relative] = digest, source
            else:
                self._remove(self._folder / relative)
        if self._written or self._before:
            text = json.dumps(dict(sorted(self._written.items())), ensure_ascii=False, indent=1) + "\n"
            write_text_atomically(self._folder / LIST_NAME, text)

    def _remove(self, path: Path) -> None:
        with suppress(OSError):
            path.unlink()
            for folder in path.relative_to(self._folder).parents:
                if folder.parts:
                    (self._folder / folder).rmdir()  # fails where there is still something in it

    def _reference(self, source: Path) -> str:
        """Return a source as a path relative to the folder: both may be moved together."""
        try:
            return Path(os.path.relpath(source, self._folder)).as_posix()
        except ValueError:  # on another drive
            return source.absolute().as_posix()

    def _read_list(self) -> Mapping[str, Mapping[str, str]]:
        """Return relative path -> digest -> source of what was written earlier; nothing from a list that is broken."""
        found: dict[str, dict[str, str]] = {}
        with suppress(OSError, ValueError, AttributeError, TypeError, RecursionError):
            for name, digest, source in _entries((self._folder / LIST_NAME).read_text("utf-8")):
                if digest and self._is_inside(str(name)):
                    found.setdefault(str(name), {})[str(digest)] = str(source)
        return found

    def _is_inside(self, name: str) -> bool:
        with suppress(OSError, RuntimeError, ValueError):
            return name == safe_path(name) and (self._folder / name).resolve().is_relative_to(self._folder.resolve())
        return False


def listed_sources(folder: Path) -> Mapping[Path, Path]:
    """Return each file that was written into an owned folder -> the file that it is about, where that is known."""
    found: dict[Path, Path] = {}
    with suppress(OSError, ValueError, AttributeError, TypeError, RecursionError):
        for name, _, source in _entries((folder / LIST_NAME).read_text("utf-8")):
            if source and str(name) == safe_path(str(name)):
                found[folder / str(name)] = folder / str(source)
    return found


def _entries(text: str) -> Iterator[Sequence[object]]:
    """Yield relative path, digest and source: those of the list, then those that an unfinished run has appended."""
    listed, end = json.JSONDecoder().raw_decode(text) if text.startswith("{") else ({}, 0)
    yield from ((name, *entry) for name, entry in listed.items())
    for line in text[end:].splitlines():
        with suppress(ValueError):  # cut off, where the run was killed
            yield json.loads(line)


def safe_path(name: str, addition: str = "") -> str:
    """Return a name as a relative path that every system allows and that stays below its folder.

    >>> safe_path("../RE: 10:30.xlsx"), safe_path("C:/inbox/a.xlsx", " (2)")
    ('RE_ 10_30.xlsx', 'C_/inbox/a (2).xlsx')
    """
    parts = [part for part in name.split("/") if part not in ("", ".", "..")] or ["_"]
    suffix = PurePosixPath(parts[-1]).suffix if addition else ""
    parts[-1] = parts[-1].removesuffix(suffix) + addition + suffix
    return "/".join(_safe_name(part) for part in parts)


def _safe_name(name: str) -> str:
    name = _NOT_IN_NAMES.sub("_", name).rstrip(" .") or "_"
    name = f"_{name}" if _RESERVED.fullmatch(name) else name
    if len(name.encode("utf-8", "replace")) <= _LONGEST_NAME:
        return name
    suffix = PurePosixPath(name).suffix
    suffix = suffix if len(suffix.encode()) <= _LONGEST_SUFFIX else ""
    tail = f"~{sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}{suffix}"
    stem = name.encode("utf-8", "replace")[: _LONGEST_NAME - len(tail.encode())].decode("utf-8", "ignore")
    return stem + tail


def _folded(relative: str) -> str:
    """Return a path as file systems compare it that ignore case and the form of accents."""
    return unicodedata.normalize("NFC", relative).casefold()


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
