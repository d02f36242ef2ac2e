"""Runs a callable over files in other processes, within limits; a file that cannot be read becomes a value.

A hostile or broken file can abort, hang or swell a reader process; then that one file is refused, and a fresh process
reads the rest. Answers are unpickled with an allow list, so a reader process that a file has taken over can hand back
wrong values but run nothing in this process.
"""

from __future__ import annotations

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
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar, cast

from xlsflow.errors import InputError
from xlsflow.intake.grid import Grid, RawWorkbook
from xlsflow.intake.isolation.framing import READY, MessageTooLong, receive, send_message
from xlsflow.intake.isolation.limits import ASKED, Limits, limits_asked
from xlsflow.intake.isolation.safe_pickle import unpickle

__all__ = ["Limits", "Request", "Step", "Unreadable", "open_returns", "read_files", "usual_limits"]

_T = TypeVar("_T")

_MOST_READERS = 4
_SECONDS_TO_START = 60.0
_CLOCK_FACTOR = 10  # a process that shares the processor with others takes longer by the clock
_OUT_OF_TIME = -getattr(signal, "SIGXCPU", 0) or None  # the system ends a process that took its time of the processor
_MOST_WAITING = 32 << 20  # bytes of answers unpacked before the caller takes them
_WATCH_EVERY = 0.1  # seconds between two looks at the clock
_RESTART_ABOVE = 16 << 20  # a reader that handed over more than this is replaced: its memory is fragmented
# What pickle raises on bytes that are no pickle, and what an answer of another shape leads to.
_NOT_UNDERSTOOD = (
    pickle.UnpicklingError, ArithmeticError, AttributeError, EOFError, ImportError, LookupError, MemoryError, TypeError,
    ValueError,
)  # fmt: skip
# The parent's own package folder goes last on the path: nothing of it may hide a module of the standard library.
_START = (
    "import sys; sys.path.append(sys.argv.pop(1)); from xlsflow.intake.isolation.worker import run_worker; run_worker()"
)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file whose reader process refused it or died over it.

    Attributes:
        file: Name of the file, without its folder.
        code: Why, as a code of the catalogue.
        facts: What the sentence of that code needs.
    """

    file: str
    code: str
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """One file to read.

    Attributes:
        path: The file; it is not changed.
        arguments: What the step is called with after the bytes, as JSON can carry it.
    """

    path: Path
    arguments: tuple[str | bool, ...] = ()


@dataclass(frozen=True)
class Step(Generic[_T]):
    """What reader processes do with each file.

    Attributes:
        function: Called as `function(data, *arguments)`; it is pickled once and sent to each process at its start.
        answers: Classes that it may return.
        parts: Further classes inside its answers, besides plain values, dates and cells.
    """

    function: Callable[..., _T]
    answers: tuple[type[_T], ...]
    parts: tuple[type, ...] = ()


def read_files(
    requests: Sequence[Request], step: Step[_T], limits: Limits | None = None
) -> Generator[_T | Unreadable, None, None]:
    """Run a step over files, each in a reader process, and yield the answers in the order of the requests.

    Only a few files are read ahead, so memory stays flat.

    Args:
        requests: The files.
        step: What to do with each.
        limits: How much of one file is read, and for how long; by default what the environment sets.

    Raises:
        InputError: The environment sets invalid limits, or a reader process does not start.
    """
    count = min(len(requests), _MOST_READERS, _processors())
    if not count:
        return
    readers = _Readers(count, limits or usual_limits(), step)
    try:
        readers.function = pickle.dumps(step.function, protocol=5)
        with ThreadPoolExecutor(count, "intake") as pool:
            yield from _in_order(pool, readers, requests, 2 * count)
    finally:
        readers.close()


def open_returns(paths: Sequence[Path], limits: Limits | None = None) -> Iterator[RawWorkbook | Unreadable]:
    """Yield the raw grids of files, or why one cannot be read; see `read_files`."""
    limits = limits or usual_limits()
    requests = [Request(Path(path), (Path(path).name,)) for path in paths]
    return read_files(requests, Step(partial(_grids, limits), (RawWorkbook,), (Grid,)), limits)


def _grids(limits: Limits, data: bytes, name: str) -> RawWorkbook:
    from xlsflow.intake.isolation.read_file import read_bytes  # noqa: PLC0415 - in the reader process only

    return read_bytes(name, data, limits)


def usual_limits() -> Limits:
    """Return the limits of an honest file, or those that the environment sets."""
    return limits_asked(os.environ.get(ASKED, ""))


def _in_order(
    pool: ThreadPoolExecutor, readers: _Readers[_T], requests: Sequence[Request], ahead: int
) -> Iterator[_T | Unreadable]:
    """Yield the answers in order, and have a few more files read meanwhile."""
    waiting: deque[Future[_T | Unreadable]] = deque()
    try:
        for number, request in enumerate(requests):
            waiting.append(pool.submit(readers.read, request, number))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
                readers.room.next()
        while waiting:
            yield waiting.popleft().result()
            readers.room.next()
    finally:  # the caller may stop before the end: then nothing may be left running
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
    """Limits the bytes of answers that are unpacked before the caller takes them, so that memory stays flat.

    The answer that the caller takes next never waits, so there is no deadlock.
    """

    def __init__(self, most: int) -> None:
        self._free = most
        self._next = 0
        self._taken: dict[int, int] = {}
        self._changed = threading.Condition()

    def take(self, number: int, size: int) -> None:
        """Wait until the answer to a request may be unpacked."""
        with self._changed:
            self._changed.wait_for(lambda: number <= self._next or size <= self._free)
            self._taken[number] = size
            self._free -= size

    def next(self) -> None:
        """Release the answer that the caller has taken."""
        with self._changed:
            self._free += self._taken.pop(self._next, 0)
            self._next += 1
            self._changed.notify_all()

    def close(self) -> None:
        """Let every waiting thread go on."""
        with self._changed:
            self._next = sys.maxsize
            self._changed.notify_all()


class _Readers(Generic[_T]):
    """A few readers, each started when it is first needed, and the thread that ends those that take too long."""

    def __init__(self, count: int, limits: Limits, step: Step[_T]) -> None:
        self.room = _Room(_MOST_WAITING)
        self._all = [_Reader(limits, step, self.room) for _ in range(count)]
        for reader in self._all:  # they load their modules while the step is pickled
            reader.start()
        self.function = b""
        self._idle: queue.LifoQueue[_Reader[_T]] = queue.LifoQueue()
        for reader in self._all:
            self._idle.put(reader)
        self._closed = threading.Event()
        threading.Thread(target=self._watch, name="intake-watch", daemon=True).start()

    def read(self, request: Request, number: int) -> _T | Unreadable:
        """Have one file read by whichever reader is idle."""
        reader = self._idle.get()
        try:
            return reader.read(request, number, self.function)
        finally:
            self._idle.put(reader)

    def close(self) -> None:
        """End every reader, even one that is reading."""
        self._closed.set()
        self.room.close()
        for reader in self._all:
            reader.end()

    def _watch(self) -> None:
        while not self._closed.wait(_WATCH_EVERY):
            for reader in self._all:
                reader.end_if_late()


class _Reader(Generic[_T]):
    """One reader process, restarted after it died; used by one thread at a time, ended by any."""

    def __init__(self, limits: Limits, step: Step[_T], room: _Room) -> None:
        self._usual = limits
        self._limits = limits  # of the process that runs, which may be grown for a large file
        self._step = step
        self._room = room
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False
        self._lock = threading.Lock()  # held while a deadline is set or acted on
        self._deadline = float("inf")
        self._late = False
        self._too_long = False

    def read(self, request: Request, number: int, function: bytes) -> _T | Unreadable:
        """Read one file with a pickled function; whatever becomes of the process, the answer is a value."""
        process = self._process
        limits = self._usual.grown(_size(request.path))
        if process is None or process.poll() is not None or limits != self._limits:
            self.end()
            self._limits = limits
            process = self.start()
        if not self._ready:
            self._prepare(process, function)
        self._set_deadline(self._limits.seconds * _CLOCK_FACTOR)
        message = self._answer(process, [os.fspath(request.path.absolute()), *request.arguments])
        self._set_deadline(None)
        if message is None:
            return self._death(request.path, process)
        if self._late or len(message) > _RESTART_ABOVE:
            self.end()
        self._room.take(number, len(message))
        return self._unpacked(request.path, message)

    def end(self) -> None:
        """End the process; the next request starts a fresh one."""
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

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process without waiting for it."""
        self._ready = False
        self._process = process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
            command(self._limits),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # A copy: importing numpy in another thread sets and removes variables, and a process that is started with
            # the environment itself then fails now and then (seen as "Bad address").
            env={name: value for name in list(os.environ) if (value := os.environ.get(name)) is not None},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        return process

    def _prepare(self, process: subprocess.Popen[bytes], function: bytes) -> None:
        """Send the function and wait until the process is ready: this is not part of a file's time.

        Raises:
            InputError: The process does not start; no file is to blame.
        """
        self._set_deadline(_SECONDS_TO_START)
        assert process.stdin
        assert process.stdout
        with suppress(OSError):  # a process that has ended answers nothing either
            send_message(process.stdin, function)
        ready = None
        with suppress(MessageTooLong):
            ready = receive(process.stdout, len(READY))
        if ready != READY:
            self.end()
            raise InputError("reader_does_not_start", program=sys.executable)
        self._ready = True

    def _answer(self, process: subprocess.Popen[bytes], request: Sequence[object]) -> bytes | None:
        """Return the answer for one file; None if the process died over it, or the answer is too long."""
        assert process.stdin
        assert process.stdout
        self._too_long = False
        try:
            send_message(process.stdin, json.dumps(request).encode("ascii"))
            return receive(process.stdout, self._limits.answer_bytes)
        except MessageTooLong:
            self._too_long = True
            return None
        except OSError:
            return None

    def _death(self, path: Path, process: subprocess.Popen[bytes]) -> Unreadable:
        """Return the file as one that its reader process died over."""
        late = self._late
        self.end()
        if self._too_long:
            return Unreadable(path.name, "answer_too_long", {"limit": str(self._limits.answer_bytes >> 20)})
        if late or process.returncode == _OUT_OF_TIME:
            return Unreadable(path.name, "file_too_slow", {"seconds": f"{self._limits.seconds:g}"})
        return Unreadable(path.name, "reader_died", {"exit": str(process.returncode)})

    def _unpacked(self, path: Path, message: bytes) -> _T | Unreadable:
        """Return what a message holds; one that cannot be understood counts as the death of its reader."""
        try:
            what, *rest = unpickle(message, (*self._step.answers, *self._step.parts))
            if what == "answer":
                (answer,) = rest
                if type(answer) not in self._step.answers:
                    raise TypeError(type(answer))
                return cast("_T", answer)
            if what == "broken":
                self.end()
            code, facts = rest
            return Unreadable(path.name, str(code), dict(facts))
        except _NOT_UNDERSTOOD:
            self.end()
            return Unreadable(path.name, "reader_died", {"exit": "answer"})


def _size(path: Path) -> int:
    """Return the size of a file on disk; 0 where it cannot be told, which the reader process then finds too."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and close its pipes."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):  # unwritten bytes of a pipe without a reader
            if pipe:
                pipe.close()
