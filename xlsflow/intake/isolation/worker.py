"""The reader process: reads files one after another, answers each with one message; it may die over one.

It runs a callable that its parent hands over at the start, and knows nothing of what that does.
"""

from __future__ import annotations

import contextlib
import gc
import json
import math
import os
import pickle
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from xlsflow.intake.isolation.framing import READY, receive, send_message
from xlsflow.intake.isolation.limits import Limits, Refusal
from xlsflow.intake.isolation.read_file import file_bytes

_FILES_BETWEEN_COLLECTIONS = 32
_LONGEST_REQUEST = 1 << 20
_LONGEST_STEP = 1 << 28

# Called with the bytes of a file and the arguments of its request.
_Step = Callable[..., object]


def serve(requests: IO[bytes], answers: IO[bytes], limits: Limits) -> None:
    """Receive the step, then answer requests until there are no more.

    Ends after an error that may have left something broken; the parent then starts a fresh process.
    """
    gc.disable()  # nothing that is loaded or read here is in cycles; the loop below collects now and then all the same
    step = load_step(receive(requests, _LONGEST_STEP) or b"")
    send_message(answers, READY)
    gc.freeze()
    count = 0
    while request := receive(requests, _LONGEST_REQUEST):
        _allow(limits.seconds)
        path, *arguments = json.loads(request)
        answer = guarded(step, Path(path), arguments, limits)
        send_message(answers, pickle.dumps(answer, protocol=5))
        if answer[0] == "broken":
            return
        count += 1
        if count % _FILES_BETWEEN_COLLECTIONS == 0:
            gc.collect()


def load_step(message: bytes) -> _Step:
    """Return the callable that the parent has pickled; it comes from our own process and is trusted."""
    step: _Step = pickle.loads(message)  # noqa: S301 - from the parent, before any file is read
    return step


def guarded(step: Callable[..., object], path: Path, arguments: Sequence[Any], limits: Limits) -> tuple[Any, ...]:
    """Run the step: `("answer", value)`, `("refused", code, facts)` or `("broken", code, facts)`."""
    try:
        return "answer", step(file_bytes(path, limits), *arguments)
    except Refusal as refusal:
        return "refused", refusal.code, refusal.facts
    except MemoryError:
        return "broken", "file_needs_memory", {"limit": str(limits.memory_bytes >> 20)}
    except BaseException as error:  # noqa: BLE001 - a panic of calamine is a BaseException; nothing may pass
        return "broken", "file_damaged", {"part": "workbook", "why": type(error).__name__}


def _confine(limits: Limits) -> None:
    """Give up what reading does not need: more memory, core dumps, writing files; where the system has such limits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    sys.dont_write_bytecode = True
    with contextlib.suppress(ImportError):  # Windows
        import resource  # noqa: PLC0415

        least = {resource.RLIMIT_AS: limits.memory_bytes, resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: 0}
        for what, value in least.items():
            with contextlib.suppress(OSError, ValueError):  # macOS refuses some
                resource.setrlimit(what, (value, value))


def _allow(seconds: float) -> None:
    """Limit the processor time of the next file: the parent, who looks at the clock, may be gone."""
    with contextlib.suppress(ImportError, OSError, ValueError):  # Windows has no such limit
        import resource  # noqa: PLC0415

        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime + seconds), hard))


def run_worker() -> None:
    """Serve on standard input and output, which then are closed to everything else in this process."""
    limits = Limits(**json.loads(sys.argv[1]))
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # A library that prints would otherwise write into the middle of an answer.
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    _confine(limits)
    serve(requests, answers, limits)


if __name__ == "__main__":
    run_worker()
