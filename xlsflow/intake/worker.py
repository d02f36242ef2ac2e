"""The reader process: reads files one after another, hands over each as one message, and may die without harm."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import pickle
import signal
import sys
from pathlib import Path
from typing import IO, Any

from xlsflow.intake.guard import Limits, Refusal
from xlsflow.intake.reading import read_return
from xlsflow.intake.wire import READY, receive, send

_FILES_BETWEEN_COLLECTIONS = 32
_LONGEST_REQUEST = 1 << 20


def serve(requests: IO[bytes], answers: IO[bytes], limits: Limits) -> None:
    """Answer requests until there are no more; stop by itself after a fault that may have left something broken."""
    send(answers, READY)
    gc.collect()
    gc.freeze()
    gc.disable()
    count = 0
    while request := receive(requests, _LONGEST_REQUEST):
        answer = _answer(Path(json.loads(request)), limits)
        send(answers, pickle.dumps(answer, protocol=5))
        if answer[0] == "broken":
            return
        count += 1
        if count % _FILES_BETWEEN_COLLECTIONS == 0:
            gc.collect()


def _answer(path: Path, limits: Limits) -> tuple[Any, ...]:
    """Return `("book", ...)`, `("refused", code, facts)`, or `("broken", code, facts)` and then end this process."""
    try:
        return ("book", *read_return(path, limits))
    except Refusal as refusal:
        return "refused", refusal.code, refusal.facts
    except MemoryError:
        return "broken", "file_needs_memory", {"limit": str(limits.memory_bytes >> 20)}
    except BaseException as error:  # noqa: BLE001 - a panic of calamine is a BaseException; nothing may pass
        return "broken", "file_damaged", {"part": "workbook", "why": type(error).__name__}


def _confine(limits: Limits) -> None:
    """Give up what reading needs not: more memory, core dumps, writing files; where the system knows such limits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    sys.dont_write_bytecode = True
    with contextlib.suppress(ImportError):  # Windows
        import resource  # noqa: PLC0415

        most = limits.memory_bytes + _in_use(resource.getpagesize())
        for what, value in ((resource.RLIMIT_AS, most), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
            with contextlib.suppress(OSError, ValueError):  # macOS refuses some
                resource.setrlimit(what, (value, value))


def _in_use(page: int) -> int:
    """Return the address space that this process has before it reads anything."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * page
    return 128 << 20


def main() -> None:
    """Serve on standard input and output, which then are closed to everything else in this process."""
    limits = Limits(**json.loads(sys.argv[1]))
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    _confine(limits)
    serve(requests, answers, limits)


if __name__ == "__main__":
    main()
