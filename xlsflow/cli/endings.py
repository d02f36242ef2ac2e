"""How a command ends: its exit code, and the one sentence that says why it could not go on.

No command ends with a traceback, unless the environment variable XLSFLOW_DEBUG asks for one.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib.metadata import version
from typing import TYPE_CHECKING

import click

from xlsflow.i18n import LocalizedText

if TYPE_CHECKING:
    from xlsflow.errors import CodedError, XlsflowError
    from xlsflow.i18n import Lang

CLEAN, FINDINGS, COULD_NOT, INTERNAL, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit codes: no errors; findings of severity error; the work could not be done; a fault of xlsflow; a stop."""

DEBUG = "XLSFLOW_DEBUG"
"""The environment variable that has a traceback printed before the sentence."""

# Ctrl+C, a request of another program, a closed terminal, and what Windows has for both.
_REQUESTS_TO_END = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
_AT_ONCE = 1.0
_SOON = 0.02

# A character of the names that xlsflow writes: a system that cannot name it in a file needs UTF-8.
_ANY_NAME = "华"
_LONGEST_NAME = 80
_NO_THREAD = "can't start new thread"
_DISK_FULL = LocalizedText("磁盘已满，请腾出空间", "the disk is full; free some space")
_NO_RIGHTS = LocalizedText("没有权限，请检查文件和文件夹的权限", "check the permissions of the file and its folder")
_TOO_MANY_FILES = LocalizedText(
    "同时打开的文件过多，请关闭其他程序，或调高系统上限（ulimit -n）",
    "too many files are open; close other programs, or raise the limit of the system (ulimit -n)",
)
_TOO_MANY_PROCESSES = LocalizedText(
    "进程过多或内存不足，请关闭其他程序，或调高系统上限（ulimit -u）",
    "there are too many processes or too little memory; close other programs, or raise the limit of the system"
    " (ulimit -u)",
)
_HINTS: Mapping[int, LocalizedText] = {
    errno.ENOSPC: _DISK_FULL,
    getattr(errno, "EDQUOT", errno.ENOSPC): _DISK_FULL,
    errno.EACCES: _NO_RIGHTS,
    errno.EPERM: _NO_RIGHTS,
    errno.EROFS: _NO_RIGHTS,
    errno.EMFILE: _TOO_MANY_FILES,
    errno.ENFILE: _TOO_MANY_FILES,
    errno.EAGAIN: _TOO_MANY_PROCESSES,
    errno.ENOMEM: _TOO_MANY_PROCESSES,
    errno.ENAMETOOLONG: LocalizedText("路径过长，请换一个短些的", "the path is too long; choose a shorter one"),
}
_OTHER_HINT = LocalizedText(
    "请检查磁盘空间、权限和 xlsflow 的安装后再试", "check disk space, permissions and the installation of xlsflow"
)


def prepare(*, own_process: bool) -> None:
    """Give a command what it needs of its process: three streams, and names of files in any language.

    Args:
        own_process: Whether the command line is this process's own, so that it may be started again in UTF-8.
    """
    if own_process:
        stop = _Stop()
        sys.unraisablehook = stop.once_more
        _set_handlers(stop)
        _open_standard_streams()
        _use_utf8()
        # numpy's OpenBLAS starts threads that nothing here needs; where it gets none, it interrupts the process.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):  # a Windows console cannot print every character of a Chinese name
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")


class _Stopped(KeyboardInterrupt):
    """Somebody has asked for an end. After a plain KeyboardInterrupt inside an `exec`, Python would kill itself."""


class _Stop:
    """Stops the work in order, so that temporary files are removed, when Ctrl+C or a request to end arrives.

    What follows at once, as from a key that is held down, must not stop the removing.
    """

    def __init__(self) -> None:
        self._last = -_AT_ONCE

    def __call__(self, number: int, _: object) -> None:
        before, self._last = self._last, time.monotonic()
        if self._last - before >= _AT_ONCE:
            raise _Stopped(number)

    def once_more(self, dropped: sys.UnraisableHookArgs) -> None:
        """Stop a moment later where Python has dropped the exception, as it does while it clears an object away."""
        if not isinstance(dropped.exc_value, _Stopped):
            sys.__unraisablehook__(dropped)
            return
        self._last = -_AT_ONCE
        threading.Timer(_SOON, _signal_to_main_thread, dropped.exc_value.args).start()


def _signal_to_main_thread(number: int) -> None:
    if sys.platform == "win32":
        signal.raise_signal(number)
    else:
        signal.pthread_kill(threading.main_thread().ident or 0, number)  # which ends its waiting


def _set_handlers(handler: Callable[..., None] | signal.Handlers) -> None:
    """Have something else done when the process is asked to end; a request that is ignored remains so (nohup)."""
    for name in _REQUESTS_TO_END:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            with suppress(ValueError):  # not in the main thread
                signal.signal(number, handler)


def deaf() -> None:
    """Ignore what asks the process to end, which it does: it would be a traceback of the interpreter's end."""
    _set_handlers(signal.SIG_IGN)


def _open_standard_streams() -> None:
    """Put the null device where a standard stream is closed: else the next file opened takes its number."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - until the process ends


def _use_utf8() -> None:
    """Start again in UTF-8 where the locale, such as C, cannot name files in Chinese."""
    try:
        _ANY_NAME.encode(sys.getfilesystemencoding())
    except UnicodeEncodeError:
        if os.environ.get("PYTHONUTF8") != "1" and sys.platform != "win32":
            os.environ["PYTHONUTF8"] = "1"  # the reader processes follow it too
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - this very command


def could_not(error: XlsflowError, lang: Lang) -> int:
    """Print why the work could not be done, and return the exit code."""
    from xlsflow.errors import LedgerError

    return _say(error, lang, INTERNAL if isinstance(error, LedgerError) else COULD_NOT)


def interrupted(lang: Lang) -> int:
    """Print that somebody has stopped the command, and return the exit code."""
    _print_error(
        "已中断；输出的文件要么完整，要么没有写。" if lang == "zh" else "Interrupted; no output is incomplete."
    )
    return INTERRUPTED


def unexpected(error: Exception, lang: Lang) -> int:
    """Print what an exception means that is none of xlsflow's, and return the exit code."""
    from xlsflow.errors import CodedError

    if isinstance(error, OSError):
        if error.errno == errno.EPIPE:  # whoever read the output has seen enough, like `head`
            return COULD_NOT
        return _say(_system_error(error), lang, COULD_NOT)
    if isinstance(error, (MemoryError, ImportError)) or _NO_THREAD in str(error):
        hint = _OTHER_HINT if isinstance(error, ImportError) else _TOO_MANY_PROCESSES
        reason = str(error) or type(error).__name__
        return _say(CodedError("system_refuses", reason=reason, hint=hint), lang, COULD_NOT)
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return _say(CodedError("internal_error", version=version("xlsflow"), error=what), lang, INTERNAL)


def _system_error(error: OSError) -> CodedError:
    from xlsflow.errors import CodedError
    from xlsflow.messages.single_line import single_line

    reason = error.strerror or type(error).__name__
    if isinstance(error.filename, str | bytes | os.PathLike):
        reason = f"{single_line(os.fsdecode(error.filename), _LONGEST_NAME)}: {reason}"
    return CodedError("system_refuses", reason=reason, hint=_HINTS.get(error.errno or 0, _OTHER_HINT))


def _say(error: XlsflowError, lang: Lang, code: int) -> int:
    if os.environ.get(DEBUG, "0") not in ("", "0"):
        with suppress(OSError):
            traceback.print_exc()
    _print_error(error.say(lang))
    return code


def _print_error(sentence: str) -> None:
    with suppress(OSError):  # the exit code says it all the same
        click.echo(sentence, err=True)


def flushed(code: int, lang: Lang) -> int:
    """Write what is still to be printed; return the exit code, which tells if it cannot be."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError) as error:
            # Python would try again at its end, with a message and an exit code of its own.
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            if stream is sys.stdout and code in (CLEAN, FINDINGS) and isinstance(error, OSError):
                code = unexpected(error, lang)
    return code
