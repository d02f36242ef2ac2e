"""LibreOffice, which turns a workbook or a page into a PDF: found, run once with a profile of its own, and ended."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from xlsflow.errors import OutputError

LIMIT_SECONDS = 180.0
"""A large workbook takes LibreOffice some ten seconds; what takes so long hangs."""
PROGRAMS = ("soffice", "libreoffice")
_ENDING_SECONDS = 20
WINDOWS_HOMES = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
"""Variables of Windows that name the folders in which programs are installed."""
WINDOWS_NAMES = ("soffice.com", "soffice.exe")
"""The first one waits for its work to be done and writes nothing to a window."""
MAC_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "~/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
OTHER_PLACES = ("/usr/lib/libreoffice/program/soffice", "/opt/libreoffice/program/soffice", "/snap/bin/libreoffice")

STAND_INS: Mapping[str, Sequence[str]] = {
    "Microsoft YaHei": ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"),
    "微软雅黑": ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"),
}
"""Font of a workbook that only Windows has -> what Linux may have instead; it would else take one without Chinese."""
_FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
{aliases}</fontconfig>
"""
_ALIAS = """\
  <match target="pattern">
    <test name="family" qual="any"><string>{wanted}</string></test>
    <edit name="family" mode="append" binding="strong">{there}</edit>
  </match>
"""


def find_office(places: Sequence[Path] | None = None) -> Path | None:
    """Return LibreOffice's program, or None where it is not installed.

    Args:
        places: Where to look besides the path of programs; where this system keeps it if None.
    """
    named = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if named:
        return Path(named)
    return next((place for place in (_places() if places is None else places) if place.is_file()), None)


def _places() -> Iterator[Path]:
    """Yield where LibreOffice stands when it is installed as usual."""
    if sys.platform == "win32":
        homes = (os.environ[name] for name in WINDOWS_HOMES if os.environ.get(name))
        yield from (Path(home, "LibreOffice", "program", name) for home in homes for name in WINDOWS_NAMES)
    else:
        yield from (Path(place).expanduser() for place in (*MAC_PLACES, *OTHER_PLACES))


def pdf_of(source: Path, name: str, *, program: Path | None = None, seconds: float = LIMIT_SECONDS) -> bytes:
    """Return a workbook or page as the PDF that LibreOffice prints it to.

    Args:
        source: The file; it is only read.
        name: How the PDF is called where it cannot be made.
        program: LibreOffice; looked for where None.
        seconds: How long it may take.

    Raises:
        OutputError: LibreOffice is not installed, took too long, or made no PDF.
    """
    program = program or find_office()
    if program is None:
        raise OutputError("office_missing", file=name)
    with tempfile.TemporaryDirectory(prefix="xlsflow-", ignore_cleanup_errors=True) as folder:
        there = Path(folder)
        copy = there / f"page{source.suffix}"  # a name that needs no quoting in a URL
        shutil.copyfile(source, copy)
        command = [
            str(program),
            f"-env:UserInstallation={(there / 'profile').as_uri()}",  # one that is open on the desktop would decline
            *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo"),
            *("--convert-to", "pdf", "--outdir", str(there), str(copy)),
        ]
        ended = _run(command, _environment(there), name, seconds)
        made = copy.with_suffix(".pdf")
        if not made.is_file():
            raise OutputError("office_failed", file=name, exit=ended)
        return made.read_bytes()


def _environment(folder: Path) -> Mapping[str, str]:
    """Return the variables that LibreOffice runs with; on Linux the fonts of Windows get stand-ins."""
    if sys.platform in ("win32", "darwin"):
        return os.environ
    fonts = folder / "fonts.conf"
    families = {wanted: "".join(f"<string>{one}</string>" for one in there) for wanted, there in STAND_INS.items()}
    aliases = "".join(_ALIAS.format(wanted=wanted, there=there) for wanted, there in families.items())
    fonts.write_text(_FONTS.format(aliases=aliases), encoding="utf-8")
    return {"FONTCONFIG_FILE": str(fonts), **os.environ, "TMPDIR": str(folder)}


def _run(command: Sequence[str], environment: Mapping[str, str], name: str, seconds: float) -> int:
    """Run LibreOffice to its end and return how it ended.

    Raises:
        OutputError: It could not be started, or took too long; it has been ended then.
    """
    try:
        running = subprocess.Popen(  # noqa: S603 - a program of the system, files of our own
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(environment),
            start_new_session=True,  # so that it can be ended with the process that it starts
        )
    except OSError as error:
        raise OutputError("office_missing", file=name) from error
    try:
        return running.wait(seconds)
    except subprocess.TimeoutExpired as error:
        raise OutputError("office_too_slow", file=name, seconds=f"{seconds:g}") from error
    finally:
        if running.poll() is None:
            _end(running)


def _end(running: subprocess.Popen[bytes]) -> None:
    """End LibreOffice, and the process that its program has started to do the work."""
    if sys.platform == "win32":
        ending = ["taskkill", "/F", "/T", "/PID", str(running.pid)]
        with suppress(OSError):
            subprocess.run(ending, check=False, capture_output=True, timeout=_ENDING_SECONDS)  # noqa: S603 - our own process
    else:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
    running.kill()
    running.wait(_ENDING_SECONDS)
