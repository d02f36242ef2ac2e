"""Lets one process at a time do a piece of work; the system drops the lock when the process ends, however it ends."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from xlsflow.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

    # What a file system says that knows no locks, as some network drives do not; there two runs are not kept apart.
    _NO_LOCKS = frozenset((errno.ENOLCK, errno.ENOTSUP, errno.EINVAL, errno.ENOSYS))


@contextmanager
def only_one_at_a_time(path: Path) -> Iterator[None]:
    """Hold a lock while the body runs.

    Args:
        path: The file that carries the lock; it stays, since removing it would let two processes hold it.

    Raises:
        InputError: Another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        try:
            _lock(file.fileno())
        except OSError as error:
            if sys.platform == "win32" or error.errno not in _NO_LOCKS:
                raise InputError("already_running", folder=path.parent) from error
        yield


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
