"""Returned files in, raw grids out: other processes read them, and what goes wrong there becomes a value here.

A hostile or broken file can abort, hang or swell a reader process; then that one file is refused, and a fresh process
reads the rest.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from xlsflow.errors import InputError
from xlsflow.intake.grid import GridBook, book_of
from xlsflow.intake.isolation.framing import (
    READY,
    receive,
    send,
)
from xlsflow.intake.isolation.limits import (
    ASKED,
    Limits,
    limits_asked,
)

__all__ = ["Limits", "Unreadable", "open_returns"]

_MOST_READERS = 4
_SECONDS_TO_START = 60.0
_OUT_OF_TIME = -getattr(signal, "SIGXCPU", 0) or None  # the system ends a process that took its time of the processor
_MOST_WAITING = 32 << 20  # bytes of answers that are unpacked ahead of whoever asked
_WATCH_EVERY = 0.1  # seconds between two looks at the clock
_RESTART_ABOVE = 16 << 20  # a reader that handed over more than this is replaced: its memory is in shreds
_ALLOWED: Mapping[str, frozenset[str]] = {
    "datetime": frozenset({"date", "datetime", "time", "timedelta", "timezone"}),
    "xlsflow.fileformat.cells": frozenset({"CellError", "Uncalculated"}),
}
# What pickle raises on bytes that are no pickle, and what an answer of another shape leads to.
_NOT_UNDERSTOOD = (
    pickle.UnpicklingError,
    ArithmeticError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    MemoryError,
    TypeError,
    ValueError,
)
# The parent's own package folder goes last on the path: nothing of it may hide a module of the standard library.
_START = "import sys; sys.path.append(sys.argv.pop(1)); from xlsflow.intake.isolation.worker import main; main()"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that is not read, as a value: the others are.

    Attributes:
        file: Name of the file, without its folder.
        code: Why, as a code of the catalogue; its sentence says what to do.
        facts: What that sentence needs.
    """

    file: str
    code: str
    facts: dict[str, str] = field(default_factory=dict)


def open_returns(paths: Sequence[Path], limits: Limits | None = None) -> Iterator[GridBook | Unreadable]:
    """Open returned files, each in a reader process, and yield them in the order given.

    Args:
        paths: Files to open; none of them is changed.
        limits: How much of one file is read, and for how long; what the environment asks for where None.

    Yields:
        The raw grids of a file, or why it cannot be read. Only a few files are read ahead, so memory stays flat.

    Raises:
        InputError: If the environment asks for limits that are none, or a reader process does not start.
    """
    paths = [Path(path) for path in paths]
    count = min(len(paths), _MOST_READERS, _processors())
    if not count:
        return
    readers = _Readers(count, limits or usual_limits())
    try:
        with ThreadPoolExecutor(count, "intake") as pool:
            yield from _in_order(pool, readers, paths, 2 * count)
    finally:
        readers.close()


def usual_limits() -> Limits:
    """Return the limits of an honest file, or what the environment asks for instead."""
    return limits_asked(os.environ.get(ASKED, ""))


def _in_order(
    pool: ThreadPoolExecutor, readers: _Readers, paths: Sequence[Path], ahead: int
) -> Iterator[GridBook | Unreadable]:
    """Yield what the readers make of the files, in order; ask for a few more meanwhile."""
    waiting: deque[Future[GridBook | Unreadable]] = deque()
    try:
        for place, path in enumerate(paths):
            waiting.append(pool.submit(readers.read, path, place))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
                readers.room.next()
        while waiting:
            yield waiting.popleft().result()
            readers.room.next()
    finally:  # whoever asked may stop before the end: then nothing may be left running
        for future in waiting:
            future.cancel()
        readers.close()


def _processors() -> int:
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)  # not on Windows, not on macOS
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def command(limits: Limits) -> list[str]:
    """Return the command that starts a reader process, from an installed package as from a checkout."""
    package = str(Path(__file__).resolve().parents[3])
    return [sys.executable, "-P", "-c", _START, package, json.dumps(asdict(limits))]


class _Room:
    """How much of the answers may be unpacked before they are asked for: memory stays flat, whatever arrives.

    The file that is asked for next is never kept waiting, so nothing waits for ever.
    """

    def __init__(self, most: int) -> None:
        self._free = most
        self._next = 0
        self._taken: dict[int, int] = {}
        self._changed = threading.Condition()

    def take(self, place: int, size: int) -> None:
        """Wait until an answer may be unpacked."""
        with self._changed:
            self._changed.wait_for(lambda: place <= self._next or size <= self._free)
            self._taken[place] = size
            self._free -= size

    def next(self) -> None:
        """Go on to the next file: the one before is in other hands."""
        with self._changed:
            self._free += self._taken.pop(self._next, 0)
            self._next += 1
            self._changed.notify_all()

    def close(self) -> None:
        """Keep nobody waiting any more."""
        with self._changed:
            self._next = sys.maxsize
            self._changed.notify_all()


class _Readers:
    """A few readers, each started when it is first needed, and the watch that ends those that take too long."""

    def __init__(self, count: int, limits: Limits) -> None:
        self.room = _Room(_MOST_WAITING)
        self._all = [_Reader(limits, self.room) for _ in range(count)]
        self._idle: queue.LifoQueue[_Reader] = queue.LifoQueue()
        for reader in self._all:
            self._idle.put(reader)
        self._closed = threading.Event()
        threading.Thread(target=self._watch, name="intake-watch", daemon=True).start()

    def read(self, path: Path, place: int) -> GridBook | Unreadable:
        """Read one file, which is asked for at its place, with whichever reader is idle."""
        reader = self._idle.get()
        try:
            return reader.read(path, place)
        finally:
            self._idle.put(reader)

    def close(self) -> None:
        """End every reader, also one that is reading."""
        self._closed.set()
        self.room.close()
        for reader in self._all:
            reader.end()

    def _watch(self) -> None:
        while not self._closed.wait(_WATCH_EVERY):
            for reader in self._all:
                reader.end_if_late()


class _Reader:
    """One reader process, started anew after it died; used by one thread at a time, ended by any."""

    def __init__(self, limits: Limits, room: _Room) -> None:
        self._limits = limits
        self._room = room
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()  # held while a deadline is set or acted on
        self._deadline = float("inf")
        self._late = False

    def read(self, path: Path, place: int) -> GridBook | Unreadable:
        """Read one file; whatever becomes of the process, the answer is a value."""
        process = self._process
        if process is None or process.poll() is not None:
            self.end()
            process = self._started()
        self._set_deadline(self._limits.seconds)
        message = self._asked(process, os.fspath(path.absolute()))
        self._set_deadline(None)
        if message is None:
            return self._death(path, process)
        if self._late or len(message) > _RESTART_ABOVE:
            self.end()
        self._room.take(place, len(message))
        return self._understood(path, message)

    def end(self) -> None:
        """End the process; the next file starts a fresh one."""
        process, self._process = self._process, None
        if process:
            _end(process)

    def end_if_late(self) -> None:
        """End the process if it takes longer than it may."""
        with self._lock:
            process = self._process
            if process and time.monotonic() > self._deadline:
                self._late = True
                process.kill()

    def _set_deadline(self, seconds: float | None) -> None:
        with self._lock:
            if seconds is None:
                self._deadline = float("inf")
            else:
                self._deadline, self._late = time.monotonic() + seconds, False

    def _started(self) -> subprocess.Popen[bytes]:
        """Start the process and wait for its first word: starting is not part of a file's time."""
        self._process = process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
            command(self._limits),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._set_deadline(_SECONDS_TO_START)
        assert process.stdout
        if receive(process.stdout, len(READY)) != READY:
            self.end()
            raise InputError("reader_does_not_start", program=sys.executable)
        return process

    def _asked(self, process: subprocess.Popen[bytes], path: str) -> bytes | None:
        """Return the answer for one file; None if the process died over it, or answers more than is taken."""
        assert process.stdin
        assert process.stdout
        try:
            send(process.stdin, json.dumps(path).encode("ascii"))
            return receive(process.stdout, self._limits.answer_bytes)
        except OSError:
            return None

    def _death(self, path: Path, process: subprocess.Popen[bytes]) -> Unreadable:
        """Return what the end of the process says of the file."""
        late = self._late
        self.end()
        if late or process.returncode == _OUT_OF_TIME:
            return Unreadable(path.name, "file_too_slow", {"seconds": f"{self._limits.seconds:g}"})
        return Unreadable(path.name, "reader_died", {"exit": str(process.returncode)})

    def _understood(self, path: Path, message: bytes) -> GridBook | Unreadable:
        """Return what a message says; one that says anything else is as good as a dead reader."""
        try:
            what, *rest = _Plain(io.BytesIO(message)).load()
            if what == "book":
                return book_of(tuple(rest))
            if what == "broken":
                self.end()
            code, facts = rest
            return Unreadable(path.name, str(code), dict(facts))
        except _NOT_UNDERSTOOD:
            self.end()
            return Unreadable(path.name, "reader_died", {"exit": "answer"})


class _Plain(pickle.Unpickler):
    """Reads plain values only: no name but those of dates and of our own cells is looked up."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - its signature
        """Return one of the few classes that a cell may be of."""
        if name in _ALLOWED.get(module, ()):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(name)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and give its pipes back."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):  # what was not yet written finds no reader
            if pipe:
                pipe.close()
