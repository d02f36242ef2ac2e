"""The tests' side of the driver: one LibreOffice, the documents it has open, and a time limit on everything."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from tests.office.profile import write_profile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

START_SECONDS = 120
COMMAND_SECONDS = 120
DRIVER = Path(__file__).with_name("driver.py")

Entry = None | str | float | int | bool | date
"""What can be put into a cell; a datetime is a date too."""


class OfficeError(Exception):
    """LibreOffice is missing, did not answer in time, or could not do what was asked."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell holds and shows.

    Attributes:
        kind: `empty`, `value`, `text` or `formula`.
        value: Its number; a date is its serial number, a text is 0.
        text: What the cell shows.
        formula: What the cell holds, as one would edit it.
        error: LibreOffice's number of an error, 0 where there is none.
    """

    kind: str
    value: float
    text: str
    formula: str
    error: int


@dataclass(frozen=True, slots=True)
class Validation:
    """An in-cell rule and the cells that it holds for."""

    cells: str
    kind: str
    formula: str
    title: str
    message: str


class Document:
    """A workbook that is open in LibreOffice."""

    def __init__(self, office: Office, number: int) -> None:
        self._office = office
        self._number = number

    def _ask(self, do: str, **facts: object) -> Any:  # noqa: ANN401 - JSON
        return self._office.ask(do, document=self._number, **facts)

    def fill(self, sheet: str, cells: Mapping[str, Entry]) -> None:
        """Put values into cells; text stays text, dates become date values, number formats and validations stay.

        Raises:
            OfficeError: A cell is locked, or there is no such sheet.
        """
        entries = {at: {"date": value.isoformat()} if isinstance(value, date) else value for at, value in cells.items()}
        self._ask("fill", sheet=sheet, cells=entries)

    def type(self, sheet: str, cells: Mapping[str, str]) -> None:
        """Type into cells as at the keyboard: `2026-03-31` becomes a date, `12%` a percentage, `=A1+1` a formula."""
        self._ask("type", sheet=sheet, cells=dict(cells))

    def show(self, sheet: str, cell: str) -> None:
        """Bring a sheet to the front and put the cursor into a cell."""
        self._ask("show", sheet=sheet, cell=cell)

    def column_width(self, sheet: str, column: str) -> int:
        """Return the width of a column in hundredths of a millimetre."""
        return int(self._ask("column_width", sheet=sheet, column=column))

    def comments(self, sheet: str) -> list[str]:
        """Return the texts of the comments on a sheet."""
        return list(self._ask("comments", sheet=sheet))

    def copy_sheet(self, sheet: str, name: str) -> None:
        """Copy a sheet to the end, as by dragging its tab with Ctrl held down."""
        self._ask("copy_sheet", sheet=sheet, name=name)

    def formula(self, sheet: str, cell: str, formula: str) -> None:
        """Enter a formula, with the English names of functions."""
        self._ask("formula", sheet=sheet, cell=cell, formula=formula)

    def paste(self, sheet: str, cell: str, text: str) -> None:
        """Paste text over a cell as from an ordinary cell: its number format and its validation are gone after that."""
        self._ask("paste", sheet=sheet, cell=cell, text=text)

    def unprotect(self, sheet: str) -> None:
        """Lift the protection of a sheet that has no password."""
        self._ask("unprotect", sheet=sheet)

    def calculate(self) -> None:
        """Compute every formula, whatever results the file had stored."""
        self._ask("calculate")

    def cell(self, sheet: str, cell: str) -> Cell:
        """Return what one cell holds and shows."""
        return Cell(**self._ask("cell", sheet=sheet, cell=cell))

    def values(self, sheet: str, cells: str) -> list[list[str | float]]:
        """Return the values of a range, row by row: numbers and texts, a blank as an empty text."""
        rows: list[list[str | float]] = self._ask("values", sheet=sheet, cells=cells)
        return rows

    def sheets(self) -> dict[str, bool]:
        """Return the sheets in their order, and whether each is shown."""
        return dict(self._ask("sheets"))

    def names(self) -> dict[str, str]:
        """Return the defined names of the workbook with what they mean."""
        return dict(self._ask("names"))

    def validations(self, sheet: str) -> list[Validation]:
        """Return the in-cell rules of a sheet."""
        return [Validation(**one) for one in self._ask("validations", sheet=sheet)]

    def frozen(self, sheet: str) -> tuple[int, int]:
        """Return how many rows and columns of a sheet stay in place while scrolling."""
        rows, columns = self._ask("frozen", sheet=sheet)
        return rows, columns

    def save(self, path: Path) -> Path:
        """Save a copy in the format that its ending says: .xlsx, .ods, .xls or .pdf."""
        self._ask("save", path=str(path))
        return path


class Office:
    """One LibreOffice with a fresh profile, from `with` to the end of its block.

    Some files end it, or keep it busy until it is ended for that. The test with that file fails; whoever opens the
    next file finds a LibreOffice started anew, for all tests of a process share one.
    """

    def __init__(self, locale: str = "zh-CN", screen: str = "") -> None:
        """Take a language, and the X display on which the windows are shown; none without one."""
        self._locale, self._screen = locale, screen
        self._answers: queue.Queue[str] = queue.Queue()
        self.pid = 0
        """The process, and process group, of LibreOffice."""

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _start(self) -> None:
        self._answers = queue.Queue()
        self.folder = Path(tempfile.mkdtemp(prefix="xlsflow-office-"))
        profile, fonts = write_profile(self.folder, self._locale)
        command = [_python_with_uno(), str(DRIVER), _soffice(), str(profile), f"xlsflow-{os.getpid()}-{uuid4().hex}"]
        self._driver = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ
            | {"FONTCONFIG_FILE": str(fonts), "TMPDIR": str(self.folder), "PYTHONIOENCODING": "utf-8"}
            | ({"DISPLAY": self._screen, "XLSFLOW_OFFICE_ON_SCREEN": "1"} if self._screen else {}),
            encoding="utf-8",
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        try:
            self.pid = self._answer(START_SECONDS)
        except OfficeError:
            self._stop()
            raise

    def _stop(self) -> None:
        assert self._driver.stdin is not None
        assert self._driver.stdout is not None
        with suppress(BrokenPipeError):
            self._driver.stdin.close()  # the driver's sign to end LibreOffice and itself
        try:
            self._driver.wait(20)
        except subprocess.TimeoutExpired:
            self._kill()
        self._listener.join(20)
        self._driver.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def open(self, path: Path, seconds: float = COMMAND_SECONDS) -> Iterator[Document]:
        """Open a workbook for a block, within some seconds; what was not saved is lost at its end."""
        if self._driver.poll() is not None:
            self._stop()
            self._start()
        number = self.ask("open", seconds, path=str(path))
        try:
            yield Document(self, number)
        finally:
            if self._driver.poll() is None:
                self.ask("close", document=number)

    def convert(self, source: Path, target: Path, seconds: float = COMMAND_SECONDS) -> Path:
        """Open a workbook, within some seconds, compute it and save it under another name or in another format."""
        with self.open(source, seconds) as document:
            document.calculate()
            return document.save(target)

    def ask(self, do: str, within: float | None = None, /, **facts: object) -> Any:  # noqa: ANN401 - JSON
        """Have the driver carry out one command and return its answer.

        Raises:
            OfficeError: It could not be done, or not in time; after that LibreOffice is gone.
        """
        assert self._driver.stdin is not None
        try:
            self._driver.stdin.write(json.dumps({"do": do, **facts}) + "\n")
            self._driver.stdin.flush()
        except (BrokenPipeError, ValueError) as error:
            raise OfficeError("LibreOffice has ended") from error
        return self._answer(COMMAND_SECONDS if within is None else within)

    def _listen(self) -> None:
        assert self._driver.stdout is not None
        for line in self._driver.stdout:
            self._answers.put(line)
        self._answers.put("")

    def _answer(self, seconds: float) -> Any:  # noqa: ANN401 - JSON
        try:
            line = self._answers.get(timeout=seconds)
        except queue.Empty:
            self._kill()
            raise OfficeError(f"LibreOffice did not answer within {seconds} s") from None
        if not line:
            raise OfficeError("LibreOffice has ended")
        answer = json.loads(line)
        if answer.get("ended"):
            self._driver.wait(seconds)
            raise OfficeError(f"LibreOffice has ended: {answer['error']}")
        if "error" in answer:
            raise OfficeError(answer["error"])
        return answer["answer"]

    def _kill(self) -> None:
        self._driver.kill()
        self._driver.wait()
        if self.pid and sys.platform != "win32":
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)


def _soffice() -> str:
    """Return the program."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if not found:
        raise OfficeError("LibreOffice is not installed; `make test` installs it on Debian")
    return found


def _python_with_uno() -> str:
    """Return the Python that has the module `uno`: the system's, for Debian's package is made for that one."""
    python = "/usr/bin/python3"
    try:
        subprocess.run([python, "-c", "import uno"], check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.CalledProcessError) as error:
        raise OfficeError("Debian's package python3-uno is not installed; `make test` installs it") from error
    return python
