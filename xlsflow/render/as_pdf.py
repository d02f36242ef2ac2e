"""A report as a PDF: the printed pages of its workbook, as LibreOffice draws them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.errors import OutputError
from xlsflow.render.as_xlsx import write_xlsx
from xlsflow.workbook.atomic import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from xlsflow.document import Document

SECONDS = 180
"""A report of many pages takes some ten seconds; a LibreOffice that waits for an answer would take for ever."""

PROGRAMS = ("soffice", "libreoffice", "soffice.exe")
PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
)
"""Where it lies on systems that do not put it on the path."""


def write_pdf(path: Path, report: Document) -> None:
    """Write a report as a PDF; the data themselves are left to the workbook.

    Raises:
        OutputError: LibreOffice is missing or does not answer, or the file cannot be written there.
    """
    read = tuple(listing for listing in report.listings if listing.about != "data" and not listing.kept)
    with tempfile.TemporaryDirectory(prefix="xlsflow-") as folder:
        source = Path(folder, "report.xlsx")
        write_xlsx(source, replace(report, listings=read))
        made = _printed(source, Path(folder), path.name)
        write_whole(path, lambda beside: shutil.move(made, beside))


def office() -> str | None:
    """Return the path of LibreOffice, None where there is none."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    return found or next((place for place in PLACES if Path(place).is_file()), None)


def _printed(source: Path, folder: Path, name: str) -> Path:
    """Return the PDF that LibreOffice makes of a workbook, in the same folder.

    Raises:
        OutputError: It is missing, or made none in time.
    """
    program = office()
    if program is None:
        raise OutputError("office_missing", file=name)
    # Its own profile: a LibreOffice that is open on the desktop would be asked instead, and decline.
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    quiet = ("--headless", "--norestore", "--nologo")
    command = [program, profile, *quiet, "--convert-to", "pdf", "--outdir", str(folder), str(source)]
    code = _run(command, name)
    made = source.with_suffix(".pdf")
    if not made.is_file():
        raise OutputError("office_failed", file=name, exit=code)
    return made


def _run(command: list[str], name: str) -> int:
    """Run LibreOffice to its end and return how it ended.

    Raises:
        OutputError: It cannot be started, or does not end in time.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - a program of the system, files of our own
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # it starts another process, which must end with it
        )
    except OSError as error:
        raise OutputError("office_missing", file=name) from error
    try:
        return process.wait(SECONDS)
    except subprocess.TimeoutExpired as error:
        raise OutputError("office_too_slow", file=name, seconds=SECONDS) from error
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End LibreOffice and what it has started, where it is still there."""
    end_all: Callable[[int, int], None] | None = getattr(os, "killpg", None)  # not on Windows
    with suppress(OSError):  # gone already when all went well
        if end_all is None:
            process.kill()
        else:
            end_all(process.pid, signal.SIGTERM)
    process.wait()
