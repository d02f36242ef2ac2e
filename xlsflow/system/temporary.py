"""Temporary files and folders: gone when the work is done or fails, and after a run that was killed, with the next one.

Whoever uses one holds a lock on it. The system drops the lock when the process ends, however that happens, so what
bears such a name and is not locked is a leftover.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from uuid import uuid4

if sys.platform != "win32":
    import fcntl

# A short name, because the output may have the longest name allowed; a leading dot, because no search for returns looks
# at hidden files.
_NAME = re.compile(r"\.xlsflow-[0-9a-f]{12}(\.[^.]*)?")
_LOCK = ".lock"
# Windows lets nobody remove a file that is open. For a moment, between writing and renaming, an output is not.
_MOMENT = 60.0
_TRIES, _PAUSE = 40, 0.05


@contextmanager
def temporary_file(folder: Path, suffix: str) -> Iterator[Path]:
    """Yield the path of a file that may be written and renamed; leftovers of earlier runs in the folder are removed.

    Raises:
        OSError: The file cannot be created.
    """
    _remove_leftovers(folder)
    path = folder / f".xlsflow-{uuid4().hex[:12]}{suffix}"
    try:
        # Windows renames no open file.
        with nullcontext() if sys.platform == "win32" else _held(path):
            yield path
    finally:
        with suppress(OSError):  # after a success it does not exist any more
            path.unlink()


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Yield a folder that nobody else may look into.

    Raises:
        OSError: It cannot be created.
    """
    with temporary_file(Path(tempfile.gettempdir()), _LOCK) as lock, lock.open("ab"):  # on Windows, that holds it
        folder = lock.with_suffix("")
        try:
            folder.mkdir(0o700)
            yield folder
        finally:
            _remove_folder(folder)


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Create a file and keep it open and locked."""
    with path.open("xb+") as file:
        if sys.platform != "win32":
            with suppress(OSError):  # not every network drive has locks; there, no leftovers are removed
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield


def _remove_leftovers(folder: Path) -> None:
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with suppress(OSError):
                    _remove_unless_used(Path(entry.path))


def _remove_unless_used(path: Path) -> None:
    """Remove a temporary file, and the folder that a lock stands for.

    Raises:
        OSError: Somebody uses it.
    """
    if sys.platform == "win32":
        if time.time() - path.stat().st_mtime > _MOMENT:
            path.unlink()
            _remove_folder(path.with_suffix(""))
        return
    with path.open("rb+") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _remove_folder(path.with_suffix(""))
        path.unlink()


def _remove_folder(folder: Path) -> None:
    """Remove a folder, if it is there; a program that was killed may write into it for a moment longer."""
    for _ in range(_TRIES):
        if not folder.is_dir():
            break
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(_PAUSE * folder.is_dir())
