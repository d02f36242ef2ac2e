"""Drives one LibreOffice: JSON commands in on stdin, JSON answers out on stdout, a line each.

Runs under the Python that has the module `uno` (Debian: /usr/bin/python3), which is not the one of the tests; hence a
script of its own, without imports from the tests. It owns LibreOffice: when its stdin ends, because the tests are over
or have died, LibreOffice ends too.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.table.CellContentType import EMPTY, FORMULA, TEXT, VALUE
from com.sun.star.uno import RuntimeException

SCREEN = "XLSFLOW_OFFICE_ON_SCREEN"  # set where LibreOffice shall show its windows on DISPLAY
START_SECONDS = 90
END_SECONDS = 15
GONE_SECONDS = 2
FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8", ".xls": "MS Excel 97", ".pdf": "calc_pdf_Export"}
CONTENT = {EMPTY.value: "empty", VALUE.value: "value", TEXT.value: "text", FORMULA.value: "formula"}
CONTENTS = 1 | 2 | 4 | 16  # com.sun.star.sheet.CellFlags: VALUE, DATETIME, STRING, FORMULA
DATE_FORMATS = 2 | 4  # com.sun.star.util.NumberFormat: DATE, TIME
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet has no time zone
DAY_SECONDS = 86400


def properties(**values: Any) -> tuple[Any, ...]:
    """Return UNO's way of passing named arguments."""
    made = []
    for name, value in values.items():
        one = PropertyValue()
        one.Name, one.Value = name, value
        made.append(one)
    return tuple(made)


def url(path: str) -> str:
    """Return a path as UNO names files."""
    return str(uno.systemPathToFileUrl(str(Path(path).absolute())))


class Driver:
    """The commands, one method each; a document is known by the number that `open` gave."""

    def __init__(self, desktop: Any) -> None:
        self.desktop = desktop
        self.documents: dict[int, Any] = {}
        self.opened = 0

    def sheet(self, document: int, name: str) -> Any:
        """Return a sheet by its name."""
        sheets = self.documents[document].Sheets
        if not sheets.hasByName(name):
            raise KeyError(f"no sheet {name!r}; there are {list(sheets.ElementNames)}")
        return sheets.getByName(name)

    def writable(self, document: int, sheet: str, cell: str) -> Any:
        """Return a cell that may be changed; LibreOffice itself would pass over a locked one without a word."""
        inside = self.sheet(document, sheet)
        found = inside.getCellRangeByName(cell)
        if inside.isProtected() and found.CellProtection.IsLocked:
            raise PermissionError(f"{sheet}!{cell} is locked and its sheet is protected")
        return found

    def open(self, path: str) -> int:
        """Open a file with a view: without one, freeze panes, zoom and grid lines are lost when it is saved."""
        made = self.desktop.loadComponentFromURL(url(path), "_blank", 0, properties(UpdateDocMode=0))
        if made is None or not hasattr(made, "Sheets"):
            raise ValueError(f"LibreOffice cannot open {path} as a workbook")
        if made.CurrentController is None:
            raise RuntimeError("LibreOffice opened the file without a view")
        self.opened += 1
        self.documents[self.opened] = made
        return self.opened

    def wait(self, document: int, seconds: float) -> None:  # noqa: ARG002 - every command names a document
        """Do nothing for a while, in place of a LibreOffice that hangs."""
        time.sleep(seconds)

    def close(self, document: int) -> None:
        """Close a document; what was not saved is lost."""
        self.documents.pop(document).close(True)  # noqa: FBT003 - UNO takes no names

    def save(self, document: int, path: str) -> None:
        """Save a copy, in the format that the ending of the name says."""
        self.documents[document].storeToURL(url(path), properties(FilterName=FILTERS[Path(path).suffix.lower()]))

    def fill(self, document: int, sheet: str, cells: dict[str, Any]) -> None:
        """Put values into cells; each keeps its number format and its validation."""
        for cell, value in cells.items():
            self.put(document, self.writable(document, sheet, cell), value)

    def put(self, document: int, cell: Any, value: Any) -> None:
        """Put one value: text stays text, {"date": ISO} becomes a date, None empties the cell."""
        if value is None:
            cell.clearContents(CONTENTS)
        elif isinstance(value, bool):
            cell.setFormula("=TRUE()" if value else "=FALSE()")
        elif isinstance(value, (int, float)):
            cell.setValue(value)
        elif isinstance(value, str):
            cell.setString(value)
        else:
            self.put_date(document, cell, value["date"])

    def put_date(self, document: int, cell: Any, iso: str) -> None:
        """Put a date as a date value; a cell that has no date format gets one, as it would by typing."""
        moment = datetime.fromisoformat(iso)
        cell.setValue((moment - EPOCH).total_seconds() / DAY_SECONDS)
        formats = self.documents[document].NumberFormats
        if not formats.getByKey(cell.NumberFormat).Type & DATE_FORMATS:
            code = "YYYY-MM-DD" if len(iso) == len("2026-03-31") else "YYYY-MM-DD HH:MM"
            locale = uno.createUnoStruct("com.sun.star.lang.Locale", Language="en", Country="US")
            key = formats.queryKey(code, locale, False)  # noqa: FBT003
            cell.NumberFormat = key if key >= 0 else formats.addNew(code, locale)

    def show(self, document: int, sheet: str, cell: str) -> None:
        """Bring a sheet to the front and put the cursor into a cell, as a click does."""
        view = self.documents[document].CurrentController
        view.Frame.activate()
        view.setActiveSheet(self.sheet(document, sheet))
        view.select(self.sheet(document, sheet).getCellRangeByName(cell))

    def column_width(self, document: int, sheet: str, column: str) -> int:
        """Return the width of a column in hundredths of a millimetre."""
        return int(self.sheet(document, sheet).Columns.getByName(column).Width)

    def comments(self, document: int, sheet: str) -> list[str]:
        """Return the texts of the comments on a sheet."""
        return [note.String for note in self.sheet(document, sheet).Annotations]

    def copy_sheet(self, document: int, sheet: str, name: str) -> None:
        """Copy a sheet to the end, as by dragging its tab with Ctrl held down."""
        sheets = self.documents[document].Sheets
        sheets.copyByName(sheet, name, sheets.Count)

    def type(self, document: int, sheet: str, cells: dict[str, str]) -> None:
        """Type into cells as at the keyboard: what looks like a number, a date or a formula becomes one."""
        for cell, text in cells.items():
            self.writable(document, sheet, cell).FormulaLocal = text

    def formula(self, document: int, sheet: str, cell: str, formula: str) -> None:
        """Enter a formula, with the English names of functions."""
        self.writable(document, sheet, cell).setFormula(formula)

    def paste(self, document: int, sheet: str, cell: str, text: str) -> None:
        """Paste text copied from an ordinary cell: its format comes along and the validation of the target goes."""
        target = self.writable(document, sheet, cell)
        target.setPropertyToDefault("Validation")
        target.setPropertyToDefault("NumberFormat")
        target.setString(text)

    def unprotect(self, document: int, sheet: str) -> None:
        """Lift the protection of a sheet that has no password."""
        self.sheet(document, sheet).unprotect("")

    def calculate(self, document: int) -> None:
        """Compute every formula, whatever results the file had stored."""
        self.documents[document].calculateAll()

    def cell(self, document: int, sheet: str, cell: str) -> dict[str, Any]:
        """Return what one cell holds and shows."""
        found = self.sheet(document, sheet).getCellRangeByName(cell)
        return {
            "kind": CONTENT[found.Type.value],
            "value": found.Value,
            "text": found.String,
            "formula": found.Formula,
            "error": found.getError(),
        }

    def values(self, document: int, sheet: str, cells: str) -> list[list[Any]]:
        """Return the values of a range, row by row: numbers and texts, a blank as an empty text."""
        return [list(row) for row in self.sheet(document, sheet).getCellRangeByName(cells).getDataArray()]

    def sheets(self, document: int) -> dict[str, bool]:
        """Return the sheets in their order, and whether each is shown."""
        return {sheet.Name: bool(sheet.IsVisible) for sheet in self.documents[document].Sheets}

    def names(self, document: int) -> dict[str, str]:
        """Return the defined names of the workbook with what they mean."""
        names = self.documents[document].NamedRanges
        return {name: names.getByName(name).Content for name in sorted(names.ElementNames)}

    def frozen(self, document: int, sheet: str) -> tuple[int, int]:
        """Return how many rows and columns stay in place while scrolling."""
        view = self.documents[document].CurrentController
        view.setActiveSheet(self.sheet(document, sheet))
        return (view.SplitRow, view.SplitColumn) if view.hasFrozenPanes() else (0, 0)

    def validations(self, document: int, sheet: str) -> list[dict[str, Any]]:
        """Return the in-cell rules of a sheet with the ranges that they hold for."""
        found = []
        for ranges in self.sheet(document, sheet).getUniqueCellFormatRanges():
            rule = ranges.getByIndex(0).Validation
            if rule.Type.value != "ANY":
                found.append(
                    {
                        "cells": ranges.RangeAddressesAsString,
                        "kind": rule.Type.value.lower(),
                        "formula": rule.getFormula1(),
                        "title": rule.ErrorTitle,
                        "message": rule.ErrorMessage,
                    }
                )
        return found


def start(soffice: str, profile: str, pipe: str) -> subprocess.Popen[bytes]:
    """Start LibreOffice as the head of a process group of its own, so that all of it can be ended."""
    command = [
        soffice,
        f"-env:UserInstallation={url(profile)}",
        *([] if SCREEN in os.environ else ["--headless"]),
        "--norestore",
        "--nologo",
        "--nodefault",
        "--nofirststartwizard",
        f"--accept=pipe,name={pipe};urp;",
    ]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)


def connect(pipe: str, office: subprocess.Popen[bytes]) -> Any:
    """Return the desktop of the LibreOffice that has just been started."""
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)
        except NoConnectException:
            if time.monotonic() > until or office.poll() is not None:
                raise
            time.sleep(0.1)


def kill(office: subprocess.Popen[bytes]) -> None:
    """End LibreOffice and all that it started, by force."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(office.pid, signal.SIGKILL)


def say(answer: dict[str, Any]) -> None:
    """Answer one command."""
    print(json.dumps(answer), flush=True)


def gone(office: subprocess.Popen[bytes]) -> bool:
    """Return whether LibreOffice has ended; the connection to it is lost a moment before."""
    try:
        office.wait(GONE_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True


def serve(driver: Driver, commands: queue.Queue[str], office: subprocess.Popen[bytes]) -> None:
    """Carry out commands for as long as there are any, and a LibreOffice to carry them out."""
    while command := commands.get():
        asked = json.loads(command)
        try:
            say({"answer": getattr(driver, asked.pop("do"))(**asked)})
        except Exception as error:  # noqa: BLE001 - whatever it is, the test that asked shall get it
            ended = isinstance(error, RuntimeException) and gone(office)
            say({"error": f"{type(error).__name__}: {error}", "ended": ended})
            if ended:
                return


def listen(commands: queue.Queue[str], office: subprocess.Popen[bytes]) -> None:
    """Pass commands on; at the end of stdin ask for the end, and enforce it where LibreOffice does not answer."""
    for line in sys.stdin:
        commands.put(line)
    commands.put("")
    time.sleep(END_SECONDS)
    kill(office)
    os._exit(1)


def main() -> None:
    """Serve until stdin ends: arguments are the program, the folder of the profile and the name of the pipe."""
    soffice, profile, pipe = sys.argv[1:]
    office = start(soffice, profile, pipe)
    commands: queue.Queue[str] = queue.Queue()
    threading.Thread(target=listen, args=(commands, office), daemon=True).start()
    try:
        desktop = connect(pipe, office)
        say({"answer": office.pid})
        serve(Driver(desktop), commands, office)
        # Asked politely, it removes its pipes and temporary files; the bridge breaks while it answers.
        with contextlib.suppress(RuntimeException):
            desktop.terminate()
        office.wait()
    finally:
        kill(office)


if __name__ == "__main__":
    main()
