"""The verb `print`: a returned workbook -> the same, laid out anew for paper, as a PDF.

What came back is never printed as it is: its print area does not follow the rows that were added, its rows are as high
as they were left, and its days overdue move on with every day that it is opened.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.errors import InputError, Refused
from xlsflow.fileformat.cells import (Scalar, display_text,)
from xlsflow.fileformat.key_row import key_text
from xlsflow.findings import Finding
from xlsflow.i18n import (
    LANGS,
    Lang,
    untranslated,
)
from xlsflow.model.records import (
    FileRecord,
    RawTable,
)
from xlsflow.pipeline.find_files import find_files
from xlsflow.pipeline.project_file import BEGINNING
from xlsflow.pipeline.session import (
    Collected,
    Desk,
)

if TYPE_CHECKING:
    from xlsflow.intake.grid import Grid, GridBook
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.lists import Choice, ChoiceList
    from xlsflow.template.loading.load import Library
    from xlsflow.template.model import Pack
    from xlsflow.workbook.outgoing.plan import Edition

PAPER = ".pdf"
NO_DATA = "header_again"
"""Why a row is left out on paper too: a header repeated between the rows."""
_FIRST_YEAR = 1900
"""Before it, no cell can hold a date."""

Line = dict[str, object]


@dataclass(frozen=True)
class Printed:
    """What was printed.

    Attributes:
        path: The PDF.
        as_of: The day that every mark and count on it is true for.
        files: The file that it was printed from.
        findings: What is not on paper as it stands in the file, such as a column that was added.
    """

    path: Path
    as_of: date
    files: tuple[FileRecord, ...]
    findings: tuple[Finding, ...]


def print_return(path: Path, out: Path, desk: Desk, now: date | None = None) -> Printed:
    """Print a returned workbook.

    Args:
        path: The workbook.
        out: The PDF to write.
        desk: What it is read against; its as-of day is the one that is printed, where it has one.
        now: The day that stands in for an as-of day where the workbook names none itself.

    Raises:
        InputError: The workbook is not there, or what is to be written is no PDF.
        Refused: It cannot be read, or is none that was sent out.
        OutputError: LibreOffice is missing or fails, or the PDF cannot be written.
    """
    from xlsflow.system.atomic_write import write_atomically
    from xlsflow.system.libreoffice import convert_to_pdf
    from xlsflow.workbook.outgoing.writer import write_edition

    if out.suffix.lower() != PAPER:
        raise InputError("report_format", file=out.name, known=PAPER)
    collected = _read(path, desk)
    edition = _edition(collected, now)
    with tempfile.TemporaryDirectory(prefix="xlsflow-") as folder:
        laid_out = Path(folder, "print.xlsx")
        write_edition(laid_out, edition)
        pages = convert_to_pdf(laid_out, out.name)

    def write(beside: Path) -> None:
        beside.write_bytes(pages)

    write_atomically(out, write)
    return Printed(out, edition.day, tuple(collected.records), tuple(sorted(collected.findings, key=Finding.order)))


def _read(path: Path, desk: Desk) -> Collected:
    """Return the raw tables of one file, read by what the file itself knows of its project where nobody else does.

    Raises:
        InputError: It is not there.
        Refused: It cannot be read.
    """
    from xlsflow.intake.isolation.reader_pool import (
        Unreadable,
        open_returns,
        usual_limits,
    )
    from xlsflow.pipeline.collect import take
    from xlsflow.pipeline.report import is_book

    if not path.is_file():
        raise InputError("no_such_file", path=path)
    (given,) = find_files([path])
    (opened,) = open_returns([path], replace(usual_limits(), lists=desk.project is None))
    if isinstance(opened, Unreadable):
        raise Refused(opened.code, **{**opened.facts, "file": given.name})
    if is_book(opened):
        raise Refused("book_to_print", file=given.name)
    if desk.project is None:
        desk = Desk(desk.library, None, desk.as_of, own_lists(opened, desk.library))
    collected = Collected(desk)
    take(given, opened, collected, setup=True)
    if collected.records[0].status == "refused":
        finding = collected.findings[0]
        raise Refused(finding.code, **{**finding.facts, "file": given.name})
    return collected


def _edition(collected: Collected, now: date | None) -> Edition:
    """Return what was read as the edition that is printed."""
    from xlsflow.workbook.outgoing.plan import Edition

    (record,) = collected.records
    opened = collected.desk.pack(record.stamp.pack)
    rows = {_full(collected, key): _rows(collected, key, tables) for key, tables in collected.tables.items()}
    facts = _facts(collected, rows, opened.pack)
    as_of, rows = _as_of(collected, rows)
    there = {template for _, template, _ in collected.tables}
    saved = record.saved.date() if record.saved else None
    return Edition(
        pack=opened.pack,
        templates=tuple(t for t in opened.templates if t.name in there or not t.data),
        scope=opened.scope,
        lang=_tongue(collected),
        stamp=record.stamp,
        facts=facts,
        rows=rows,
        as_of=collected.desk.as_of or as_of or now or saved or BEGINNING.date(),
        created=record.saved.replace(tzinfo=None) if record.saved else BEGINNING,
        for_print=True,
    )


def _full(collected: Collected, key: tuple[str, str, str]) -> str:
    template, block, _ = collected.definition(key)
    return template.full_name(block)


def _rows(collected: Collected, key: tuple[str, str, str], tables: Sequence[RawTable]) -> list[Line]:
    """Return every filled row of a block in the order of the sheet, notes and sums between them too."""
    from xlsflow.intake.recognition.raw_table import gather
    from xlsflow.workbook.outgoing.plan import Typed

    _, block, scope = collected.definition(key)
    batch, _ = gather(tables, block, scope)
    typed = [one for one in block.columns if not one.computed]
    unknown = () if collected.desk.project else collected.desk.library.project_lists
    found: list[tuple[int, Line]] = []
    for position in range(len(batch)):
        table, number = batch.source(position)
        cells = {
            one.name: _cell(
                one, batch.values[one.name][position], batch.raw(position, one.name), own=one.list_name() in unknown
            )
            for one in typed
        }
        found.append((table.rows[number], {name: cell for name, cell in cells.items() if cell is not None}))
    for table in tables:
        noted = (one for one in table.left_out if one.code != NO_DATA)
        found += ((one.row, {name: Typed(text) for name, text in one.texts.items()}) for one in noted)
    return [line for _, line in sorted(found, key=lambda one: one[0])]


def _cell(one: FieldBase, value: object, raw: Scalar, *, own: bool) -> object:
    """Return what a cell is printed with: its value, or what was typed where that could not be read as one.

    What belongs to a list of the project's own is left as it was typed where nobody knows the project.
    """
    from xlsflow.workbook.outgoing.plan import Typed

    if own and value is not None and isinstance(raw, str):
        return raw.strip()
    if isinstance(value, date) and value.year < _FIRST_YEAR:
        return Typed(value.isoformat())
    if value is not None or raw is None:
        return value
    if isinstance(raw, int | float) and not isinstance(raw, bool) and one.dtype in ("number", "integer"):
        return raw
    text = display_text(raw).strip()
    return Typed(text) if text else None


def _as_of(collected: Collected, rows: Mapping[str, list[Line]]) -> tuple[date | None, dict[str, list[Line]]]:
    """Return the as-of day that a workbook names, and its rows without it: on paper there is but one."""
    from xlsflow.workbook.outgoing.plan import AS_OF

    named: date | None = None
    left: dict[str, list[Line]] = {}
    for key in collected.tables:
        full, block = _full(collected, key), collected.definition(key)[1]
        cells = {one.name for one in block.columns if one.defines == AS_OF}
        for line in rows[full] if cells else ():
            named = next((_day(line[c]) for c in sorted(cells) if isinstance(line.get(c), date)), named)
        left[full] = [{name: cell for name, cell in line.items() if name not in cells} for line in rows[full]]
    return named, left


def _day(value: object) -> date:
    assert isinstance(value, date)
    return value.date() if isinstance(value, datetime) else value


def _facts(collected: Collected, rows: Mapping[str, list[Line]], pack: Pack) -> Mapping[str, object]:
    """Return what the workbook was issued with: what still stands in it, else what its stamp says."""
    stamp = collected.records[0].stamp
    facts: dict[str, object] = {
        "document.number": stamp.document,
        "pack.title": pack.title.say(_tongue(collected)),
        "pack.version": f"{pack.name} v{stamp.version or pack.version}",
        "project.code": stamp.project,
        "region.code": stamp.region,
        "round.id": stamp.round,
    }
    for key in collected.tables:
        _, block, _ = collected.definition(key)
        for line in () if block.has_rows else rows[_full(collected, key)]:
            facts |= {one.fill: line[one.name] for one in block.columns if one.fill and one.name in line}
    return facts


def _tongue(collected: Collected) -> Lang:
    """Return the language that a workbook is written in: what its stamp says, else that of its sheets' names."""
    named = collected.records[0].stamp.lang
    sheets = [(table.sheet, collected.definition(key)[0].tab) for key, ts in collected.tables.items() for table in ts]
    return max(LANGS, key=lambda lang: (lang == named, sum(sheet == tab.say(lang) for sheet, tab in sheets)))


def own_lists(book: GridBook, library: Library) -> Mapping[str, ChoiceList]:
    """Return what a workbook knows of the lists that a project names: its dropdowns, and the columns of its matrices.

    Values are called by their labels, for their codes stand in the project alone.
    """
    from xlsflow.intake.hidden.stamp import identify
    from xlsflow.template.lists import ChoiceList
    from xlsflow.fileformat.hidden_sheets import LISTS_SHEET

    stamp, _ = identify(book)
    packs = [stamp.pack] if stamp and stamp.pack in library.pack_files else [*library.pack_files]
    matrices = {pair for name in packs for pair in _matrices(library.pack(name), library)}
    found: dict[str, dict[str, str]] = {}
    for grid in book.grids:
        if grid.name == LISTS_SHEET:
            found |= _dropdowns(grid, library)
    for grid in book.grids:
        for across, columns in _columns(grid, sorted(matrices)):
            found[across] = columns
    return {
        name: ChoiceList(name=name, title=library.project_lists[name], values=_choices(values))
        for name, values in found.items()
        if name in library.project_lists
    }


def _dropdowns(grid: Grid, library: Library) -> dict[str, dict[str, str]]:
    """Return the values of each list of the project that a sheet of lists holds."""
    from xlsflow.workbook.outgoing.dropdown_lists import column_name

    names = {column_name(name): name for name in library.project_lists}
    columns = ([display_text(cell) for cell in column] for column in zip_longest(*grid.rows))
    return {names[head]: {text: text for text in texts if text.strip()} for head, *texts in columns if head in names}


def _matrices(pack: Pack, library: Library) -> Iterator[tuple[str, str]]:
    """Yield what the columns of a pack's matrices begin with, and the list that names them."""
    from xlsflow.template.model import MatrixBlock

    for use in pack.sheets:
        blocks = library.template_for(use).blocks
        yield from ((block.cells, block.across) for block in blocks if isinstance(block, MatrixBlock))


def _columns(grid: Grid, matrices: Sequence[tuple[str, str]]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the list behind the columns of a matrix on a sheet, with what its keys and headers tell of it."""
    for cells, across in matrices:
        start = key_text(f"{cells}_")
        for number, row in enumerate(grid.rows):
            keys = {col: cell for col, cell in enumerate(row) if isinstance(cell, str) and cell.startswith(start)}
            if keys:
                heads = {col: display_text(grid.at(grid.top + number + 1, grid.left + col)) for col in keys}
                yield across, {key.removeprefix(start): heads[col].replace("\n", "") for col, key in keys.items()}
                break


def _choices(values: Mapping[str, str]) -> tuple[Choice, ...]:
    """Return values by code as a list holds them, each label once; a blank one is called by its code."""
    from xlsflow.template.lists import (Choice, fold_text,)

    once: dict[str, Choice] = {}
    for code, label in values.items():
        once.setdefault(fold_text(label or code), Choice(code=code, label=untranslated(label or code)))
    return tuple(once.values())
