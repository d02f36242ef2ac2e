"""Runs LibreOffice to convert a workbook or an HTML page to PDF."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from xlsflow.errors import OutputError
from xlsflow.system.atomic_write import write_atomically
from xlsflow.system.temporary import temporary_folder

# A large workbook takes LibreOffice about ten seconds; after this long it hangs.
_TIMEOUT_SECONDS = 180.0
_STOP_SECONDS = 20
# Bytes that LibreOffice needs for its profile and what it works on; with less it fails in many ways.
_LEAST_ROOM = 16 << 20

# The parent's own package folder goes last on the path: nothing of it may hide a module of the standard library.
_START = (
    "import sys; sys.path.append(sys.argv.pop(1));"
    " from xlsflow.system.libreoffice import run_with_parent; run_with_parent()"
)
_NOT_STARTED = 127

_PROGRAMS = ("soffice", "libreoffice")
# Environment variables of Windows that hold the folders of installed programs.
_WINDOWS_FOLDERS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
# soffice.com comes first: unlike soffice.exe it waits for the conversion and opens no window.
_WINDOWS_PROGRAMS = ("soffice.com", "soffice.exe")
_MAC_PATHS = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "~/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
_LINUX_PATHS = ("/usr/lib/libreoffice/program/soffice", "/opt/libreoffice/program/soffice", "/snap/bin/libreoffice")

# Font of a workbook that only Windows has -> fonts that Linux may have instead. Without this, fontconfig chooses a font
# without Chinese characters.
_FONT_SUBSTITUTES: Mapping[str, Sequence[str]] = {
    "Microsoft YaHei": ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"),
    "微软雅黑": ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"),
}
_FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
{aliases}</fontconfig>
"""
_ALIAS = """\
  <match target="pattern">
    <test name="family" qual="any"><string>{font}</string></test>
    <edit name="family" mode="append" binding="strong">{substitutes}</edit>
  </match>
"""


def find_libreoffice(paths: Sequence[Path] | None = None) -> Path | None:
    """Return LibreOffice's program, or None if it is not installed.

    Args:
        paths: Where to look if it is not on the search path; the usual paths of this system by default.
    """
    on_search_path = next((program for name in _PROGRAMS if (program := shutil.which(name))), None)
    if on_search_path:
        return Path(on_search_path)
    return next((path for path in (_usual_paths() if paths is None else paths) if path.is_file()), None)


def _usual_paths() -> Iterator[Path]:
    """Yield the paths that LibreOffice has after a usual installation."""
    if sys.platform == "win32":
        folders = (os.environ[name] for name in _WINDOWS_FOLDERS if os.environ.get(name))
        yield from (Path(folder, "LibreOffice", "program", name) for folder in folders for name in _WINDOWS_PROGRAMS)
    else:
        yield from (Path(path).expanduser() for path in (*_MAC_PATHS, *_LINUX_PATHS))


def write_as_pdf(path: Path, write_workbook: Callable[[Path], object]) -> None:
    """Write a workbook as a PDF.

    Args:
        path: The PDF.
        write_workbook: Writes the workbook to the path that it is called with.

    Raises:
        OutputError: LibreOffice is missing or fails, or there is no room for the PDF or on the way to it.
    """
    with temporary_folder() as folder:
        workbook = folder / "page.xlsx"
        try:
            write_workbook(workbook)
            pdf = convert_to_pdf(workbook, path.name)
        except (OSError, OutputError) as error:
            if shutil.disk_usage(folder).free > _LEAST_ROOM:
                raise
            raise OutputError("temporary_disk_full", file=path, folder=folder.parent) from error
    write_atomically(path, lambda beside: beside.write_bytes(pdf))


def convert_to_pdf(source: Path, name: str, *, program: Path | None = None, seconds: float = _TIMEOUT_SECONDS) -> bytes:
    """Return a workbook or HTML page as a PDF.

    Args:
        source: The file; it is only read.
        name: Name of the PDF in error messages.
        program: LibreOffice's program; searched for by default.
        seconds: How long the conversion may take.

    Raises:
        OutputError: LibreOffice is not installed, took too long, or wrote no PDF.
    """
    program = program or find_libreoffice()
    if program is None:
        raise OutputError("office_missing", file=name)
    with temporary_folder() as folder:
        copy = folder / f"page{source.suffix}"  # a name that needs no quoting in a URL
        shutil.copyfile(source, copy)
        command = [
            str(program),
            # With the user's profile, a LibreOffice that is open on the desktop would refuse to start another one.
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo"),
            *("--convert-to", "pdf", "--outdir", str(folder), str(copy)),
        ]
        exit_code = _run(command, _environment(folder), name, seconds)
        pdf = copy.with_suffix(".pdf")
        if not pdf.is_file():
            raise OutputError("office_failed", file=name, exit=exit_code)
        return pdf.read_bytes()


def _environment(folder: Path) -> Mapping[str, str]:
    """Return the environment of LibreOffice; on Linux it substitutes the fonts of Windows."""
    if sys.platform in ("win32", "darwin"):
        return os.environ
    fonts = folder / "fonts.conf"
    aliases = "".join(
        _ALIAS.format(font=font, substitutes="".join(f"<string>{name}</string>" for name in substitutes))
        for font, substitutes in _FONT_SUBSTITUTES.items()
    )
    fonts.write_text(_FONTS.format(aliases=aliases), encoding="utf-8")
    return {"FONTCONFIG_FILE": str(fonts), **os.environ, "TMPDIR": str(folder)}


def _run(command: Sequence[str], environment: Mapping[str, str], name: str, seconds: float) -> int:
    """Run LibreOffice and return its exit code.

    Raises:
        OutputError: It cannot be started, or took too long and was killed.
    """
    package = str(Path(__file__).resolve().parents[2])
    process = subprocess.Popen(  # noqa: S603 - a program of the system, files of our own
        [sys.executable, "-P", "-c", _START, package, *command],
        stdin=subprocess.PIPE,  # nothing is written into it: it ends when this process does
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=dict(environment),
        start_new_session=True,  # so that all that it starts can be killed with it
    )
    try:
        exit_code = process.wait(seconds)
    except subprocess.TimeoutExpired as error:
        raise OutputError("office_too_slow", file=name, seconds=f"{seconds:g}") from error
    finally:
        if process.poll() is None:
            _kill(process)
        assert process.stdin
        process.stdin.close()
    if exit_code == _NOT_STARTED:
        raise OutputError("office_missing", file=name)
    return exit_code


def run_with_parent() -> None:
    """Run the program of the command line, in a process of its own that ends it when its parent is gone.

    A run that is killed cannot end LibreOffice, which would go on writing into a folder that the next run removes.
    """
    try:
        process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)  # noqa: S603 - see `_run`
    except OSError:
        sys.exit(_NOT_STARTED)

    def end_with_parent() -> None:
        os.read(0, 1)  # not `sys.stdin`: Python cannot end while a thread waits there
        _kill(process)

    threading.Thread(target=end_with_parent, daemon=True).start()
    sys.exit(process.wait())


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill LibreOffice, and the process that its program starts to do the work."""
    if sys.platform == "win32":
        command = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
        with suppress(OSError):
            subprocess.run(command, check=False, capture_output=True, timeout=_STOP_SECONDS)  # noqa: S603 - our own process
    else:
        with suppress(ProcessLookupError):
            os.killpg(os.getpgid(process.pid), signal.SIGKILL)
    process.kill()
    process.wait(_STOP_SECONDS)
