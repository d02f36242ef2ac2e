"""Writes files atomically: an output appears complete or not at all."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from xlsflow.errors import OutputError
from xlsflow.system.temporary import temporary_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path


_DISK_FULL = frozenset((errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)))


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside its path, flush it to disk, and rename it; missing folders are created.

    Args:
        path: The file to write; an existing one is replaced.
        write: Writes the content to the temporary path that it is called with, which has the same suffix.

    Raises:
        OutputError: The file is open in another program, or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(f"{path} is a folder")
        with temporary_file(path.parent, path.suffix) as temporary:
            write(temporary)
            _flush_to_disk(temporary)
            _replace(temporary, path)
    except OSError as error:
        raise _not_written(path, error) from error


def write_text_atomically(path: Path, text: str | Iterable[str]) -> None:
    """Write a text, or its pieces one after the other, in UTF-8, with the line ends that it has.

    Raises:
        OutputError: The file is open in another program, or cannot be written.
    """
    pieces = (text,) if isinstance(text, str) else text

    def write(temporary: Path) -> None:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(pieces)

    write_atomically(path, write)


def make_folder(path: Path) -> None:
    """Create a folder for outputs if it is missing.

    Raises:
        OutputError: There is a file of that name, or the folder cannot be created.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_written(path, error) from error


def _not_written(path: Path, error: OSError) -> OutputError:
    if error.errno in _DISK_FULL:
        return OutputError("output_disk_full", file=path)
    return OutputError("output_not_writable", file=path, reason=error.strerror or error)


def _flush_to_disk(path: Path) -> None:
    """Flush a file to disk, so that a power cut after the rename does not leave an empty one."""
    with path.open("rb+") as written:
        os.fsync(written.fileno())


def _replace(temporary: Path, path: Path) -> None:
    """Rename the finished file; Windows refuses while Excel has the old one open."""
    try:
        temporary.replace(path)
    except PermissionError as error:
        raise OutputError("output_locked", file=path) from error
