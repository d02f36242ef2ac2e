"""Makes the sample round anew: what went out is generated, what came back is filled and saved by LibreOffice itself.

Run from the top of a checkout: `.venv/bin/python -m samples.make_round`. It needs LibreOffice, and libfaketime so that
every file says it was saved when the story says so. What is typed stands in `samples/example/returns.toml`; nothing
here writes a workbook by itself.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsflow
from tests.office import Document, Office
from xlsflow.fileformat.cells import a1
from xlsflow.intake.grid import RawWorkbook
from xlsflow.intake.isolation.reader_pool import open_returns
from xlsflow.intake.recognition.placed_block import PlacedBlock
from xlsflow.pipeline.definitions import Definitions
from xlsflow.pipeline.project_file import open_library

HERE = Path(__file__).parent
ROUND = HERE / "round"
FAKETIME = tuple(f"/usr/lib/{cpu}-linux-gnu/faketime/libfaketime.so.1" for cpu in ("x86_64", "aarch64"))
LOCK = b"\x06\xe9\x83\xad\xe6\x80\x9d" + b" " * 158
"""What Excel leaves beside an open workbook: the length of a name, the name, blanks."""


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Have programs that are started inside believe in a moment, from which time runs on."""
    library = next((path for path in FAKETIME if Path(path).exists()), None)
    if library is None:
        sys.exit("libfaketime is missing; on Debian: apt-get install faketime")
    os.environ.update(LD_PRELOAD=library, FAKETIME=f"@{moment:%Y-%m-%d %H:%M:%S}", TZ="Asia/Shanghai")
    try:
        yield
    finally:
        for name in ("LD_PRELOAD", "FAKETIME", "TZ"):
            os.environ.pop(name, None)


def put(document: Document, sheet: str, cell: str, value: Any) -> None:  # noqa: ANN401 - what TOML can hold
    """Fill one cell the way the story says: typed or chosen, or pasted over with everything it had."""
    if isinstance(value, dict):
        document.paste(sheet, cell, value["paste"])
    else:
        document.fill(sheet, {cell: value})


def fill_block(document: Document, found: PlacedBlock, rows: list[dict[str, Any]]) -> None:
    """Fill a form, or the first rows of a table, where it lies in the workbook that went out."""
    for number, row in enumerate(rows):
        for name, value in row.items():
            fixed, col = found.columns[name]
            put(document, found.grid.name, a1(found.first_row + number if fixed is None else fixed, col), value)


def fill_return(sent: Path, target: Path, story: dict[str, Any], definitions: Definitions) -> None:
    """Open what went out, fill it as the story says, save it as what came back."""
    opened = definitions.pack(story["pack"])
    (book,) = open_returns([sent])
    assert isinstance(book, RawWorkbook)
    places = {
        found.template.full_name(found.block): found
        for found in opened.recogniser.place(book, story["lang"])
        if isinstance(found, PlacedBlock)
    }
    with clock_at(story["saved"]), Office() as office, office.open(sent) as document:
        for full, rows in story["blocks"].items():
            fill_block(document, places[full], rows)
        document.calculate()
        document.save(target)


def foreign(target: Path, story: dict[str, Any]) -> None:
    """Save a workbook that has nothing to do with the round, made by LibreOffice from a table of text."""
    with tempfile.TemporaryDirectory() as folder, clock_at(story["saved"]), Office() as office:
        source = Path(folder) / "source.csv"
        source.write_text("\n".join(story["lines"]), "utf-8")
        office.convert(source, target)


def main() -> None:
    """Make the round: project workbook, outbox, inbox, result."""
    shutil.rmtree(ROUND, ignore_errors=True)
    inbox = ROUND / "inbox"
    inbox.mkdir(parents=True)
    project = xlsflow.init(ROUND / "project.xlsx", example=True)
    sent = xlsflow.generate(project, ROUND / "outbox")
    outbox = {path.stem.rpartition("_")[0].rpartition("-")[2]: path for path in sent}
    stories = tomllib.loads((HERE / "example" / "returns.toml").read_text("utf-8"))
    definitions = Definitions(open_library(), xlsflow.open_project(project))
    for code, story in stories.items():
        if "lines" in story:
            foreign(inbox / story["file"], story)
            continue
        fill_return(outbox[code], inbox / outbox[code].name, story, definitions)
    (inbox / f"~${outbox['HB'].name}").write_bytes(LOCK)
    print(ROUND)


if __name__ == "__main__":
    main()
