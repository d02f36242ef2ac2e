"""An output appears whole or not at all: it is made beside its place, secured on disk, and moved there in one step."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import uuid4

from xlsflow.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def write_whole(path: Path, make: Callable[[Path], None]) -> None:
    """Write a file so that nobody ever sees half of it; the folder is made where it is missing.

    Args:
        path: Where the file shall stand; what stood there is replaced.
        make: Writes the file to the path that it is given, which has the same ending.

    Raises:
        OutputError: The file is open in another program, or cannot be written there.
    """
    # Short, so that a long name does not become too long; with a dot, so that no search takes it for a return.
    beside = path.with_name(f".xlsflow-{uuid4().hex[:12]}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(f"{path} is a folder")
        make(beside)
        _secure(beside)
        _replace(beside, path)
    except OSError as error:
        raise OutputError("output_not_writable", file=path, reason=error.strerror or error) from error
    finally:
        with suppress(OSError):  # gone already when all went well
            beside.unlink()


def make_folder(path: Path) -> None:
    """Make a folder that outputs shall stand in, where it is missing.

    Raises:
        OutputError: A file stands there, or it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError("output_not_writable", file=path, reason=error.strerror or error) from error


def _secure(path: Path) -> None:
    """Have the system write the file to the disk, so that a power cut after the move does not leave an empty one."""
    with path.open("rb+") as written:
        os.fsync(written.fileno())


def _replace(beside: Path, path: Path) -> None:
    """Move the finished file to its place; Windows refuses while Excel holds the old one open."""
    try:
        beside.replace(path)
    except PermissionError as error:
        raise OutputError("output_locked", file=path) from error
