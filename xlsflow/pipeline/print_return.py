"""The verb `print`: a returned workbook -> a PDF of it, laid out again for printing.

The returned file itself is never printed: its print area does not follow added rows, its row heights do not fit their
texts, and its days overdue change with every day that it is opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.errors import InputError, Refused
from xlsflow.fileformat.cells import Scalar, display_text
from xlsflow.fileformat.key_row import key_text
from xlsflow.findings import Finding
from xlsflow.i18n import LANGS, Lang, untranslated
from xlsflow.model.returns import BlockRows, FileRecord, Return
from xlsflow.pipeline.project_file import BEGINNING

if TYPE_CHECKING:
    from xlsflow.intake.grid import Grid, RawWorkbook
    from xlsflow.pipeline.definitions import Definitions, PackDefinitions
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.lists import Choice, ChoiceList
    from xlsflow.template.loading.load import Library
    from xlsflow.template.model import Pack
    from xlsflow.workbook.outgoing.plan import OutgoingWorkbook

_PDF = ".pdf"
# Why a row is left out on paper too: a header repeated between the rows.
_REPEATED_HEADER = "header_again"
# Before it, no cell can hold a date.
_FIRST_YEAR = 1900

_Row = dict[str, object]


@dataclass(frozen=True)
class Printed:
    """What was printed.

    Attributes:
        path: The PDF.
        as_of: The as-of day of all marks and counts on it.
        files: The file that it was printed from.
        findings: What is not printed or printed differently, such as an added column.
    """

    path: Path
    as_of: date
    files: tuple[FileRecord, ...]
    findings: tuple[Finding, ...]


def print_return(
    path: Path, out: Path, definitions: Definitions, now: date | None = None, sheets: Sequence[str] = ()
) -> Printed:
    """Print a returned workbook; sheets that nobody has filled in are left out.

    Args:
        path: The workbook.
        out: The PDF to write.
        definitions: What it is read against; their as-of day, if any, is the one that is printed.
        now: The as-of day where the workbook names none itself.
        sheets: Which sheets to print, by their names in the workbook or in definitions, filled in or not; all that are
            filled in where empty.

    Raises:
        InputError: The workbook is not there, has no such sheet, or the output is no PDF.
        Refused: It cannot be read, or was not sent out by xlsflow.
        OutputError: LibreOffice is missing or fails, or the PDF cannot be written.
    """
    from xlsflow.system.libreoffice import write_as_pdf
    from xlsflow.workbook.outgoing.writer import write_workbook

    if out.suffix.lower() != _PDF:
        raise InputError("report_format", file=out.name, known=_PDF)
    returned, definitions = _read(path, definitions)
    outgoing = _outgoing_workbook(returned, definitions, now, sheets)
    write_as_pdf(out, lambda workbook: write_workbook(workbook, outgoing))
    return Printed(out, outgoing.day, (returned.record,), tuple(sorted(returned.findings, key=Finding.order)))


def _read(path: Path, definitions: Definitions) -> tuple[Return, Definitions]:
    """Return one file, and what it was read against: without a project, the lists that the file itself has.

    Raises:
        InputError: It is not there.
        Refused: It cannot be read.
    """
    from xlsflow.intake.hidden.consolidated_pages import is_consolidated
    from xlsflow.intake.isolation.reader_pool import Unreadable, open_returns, usual_limits
    from xlsflow.pipeline.read_return import place_blocks

    if not path.is_file():
        raise InputError("no_such_file", path=path)
    (opened,) = open_returns([path], replace(usual_limits(), lists=definitions.project is None))
    if isinstance(opened, Unreadable):
        raise Refused(opened.code, **{**opened.facts, "file": path.name})
    if is_consolidated(opened):
        raise Refused("book_to_print", file=path.name)
    lists = {} if definitions.project else own_lists(opened, definitions.library)
    definitions = replace(definitions, lists=lists, as_return=False)
    returned = place_blocks(definitions, opened, path.name)
    if returned.record.status == "refused":
        raise Refused(returned.record.reason, **{**returned.findings[0].facts, "file": path.name})
    return returned, definitions


def _outgoing_workbook(
    returned: Return, definitions: Definitions, now: date | None, sheets: Sequence[str]
) -> OutgoingWorkbook:
    """Return the content of the workbook that is laid out for printing."""
    from xlsflow.workbook.outgoing.plan import OutgoingWorkbook

    record, opened = returned.record, definitions.pack(returned.record.stamp.pack)
    lang = _language(returned, opened)
    named, rows = _rows_by_sheet(returned, definitions, opened, sheets)
    facts = _facts(returned, rows, opened, lang)
    as_of, rows = _as_of(opened, rows)
    saved = record.saved.date() if record.saved else None
    return OutgoingWorkbook(
        pack=opened.pack,
        templates=tuple(t for t in opened.templates if t.name in named or (not t.data and not sheets)),
        scope=opened.scope,
        lang=lang,
        stamp=record.stamp,
        facts=facts,
        rows=rows,
        as_of=definitions.as_of or as_of or now or saved or BEGINNING.date(),
        created=record.saved.replace(tzinfo=None) if record.saved else BEGINNING,
        for_print=True,
    )


def _rows_by_sheet(
    returned: Return, definitions: Definitions, opened: PackDefinitions, sheets: Sequence[str]
) -> tuple[set[str], dict[str, list[_Row]]]:
    """Return which templates are printed, and the rows of each of their sheets by `name_on_sheet`.

    Raises:
        InputError: There is no sheet of a name that was asked for.
    """
    from xlsflow.layout.sheet_sizes import name_on_sheet
    from xlsflow.workbook.outgoing.plan import is_used

    asked = _asked_sheets(returned, opened, sheets)
    tables: dict[tuple[str, str], list[BlockRows]] = {}
    for table in returned.blocks:
        tables.setdefault((table.template, table.sheet), []).append(table)
    read = {place: {t.full_name: _rows(t, definitions, opened) for t in of_sheet} for place, of_sheet in tables.items()}
    used = {
        place
        for place, blocks in read.items()
        if any(is_used(opened.blocks[name][1], row) for name, rows in blocks.items() for row in rows)
    }
    # A workbook that is blank altogether is printed to be filled in by hand.
    covers = {template.name for template in opened.templates if template.cover}
    blank = not any(template not in covers for template, _ in used)
    rows: dict[str, list[_Row]] = {}
    printed: dict[str, int] = {}
    for (template, sheet), blocks in read.items():
        if sheet in asked if sheets else blank or template in covers or (template, sheet) in used:
            copy = printed[template] = printed.get(template, -1) + 1
            rows |= {name_on_sheet(name, copy): of_block for name, of_block in blocks.items()}
    return {*printed}, rows


def _asked_sheets(returned: Return, opened: PackDefinitions, sheets: Sequence[str]) -> set[str]:
    """Return the names in the workbook of the sheets that are asked for.

    Raises:
        InputError: There is no sheet of such a name.
    """
    names = {table.sheet: table.sheet for table in returned.blocks}
    for table in returned.blocks:
        template, _ = opened.blocks[table.full_name]
        names |= {name: table.sheet for name in (*template.tab.both(), template.name) if name not in names}
    for name in sheets:
        if name not in names:
            known = ", ".join(dict.fromkeys(names.values()))
            raise InputError("no_such_sheet", sheet=name, known=known)
    return {names[name] for name in sheets}


def _rows(raw: BlockRows, definitions: Definitions, opened: PackDefinitions) -> list[_Row]:
    """Return every filled row of a block in the order of the sheet, with the notes and subtotals between them."""
    from xlsflow.workbook.outgoing.plan import UnparsedText

    _, block = opened.blocks[raw.full_name]
    table, _ = opened.readers[raw.full_name].read(raw)
    unknown = () if definitions.project else definitions.library.project_lists
    fields = [field for field in block.columns if not field.computed and field.name in table.values]
    found: list[tuple[int, _Row]] = []
    for record, row in enumerate(table.rows):
        cells = {
            field.name: _cell(
                field, table.values[field.name][record], table.raw(record, field.name), own=field.list_name() in unknown
            )
            for field in fields
        }
        found.append((row, {name: cell for name, cell in cells.items() if cell is not None}))
    notes = (row for row in table.skipped if row.code != _REPEATED_HEADER)
    found += ((row.row, {name: UnparsedText(text) for name, text in row.texts.items()}) for row in notes)
    return [line for _, line in sorted(found, key=lambda pair: pair[0])]


def _cell(field: FieldBase, value: object, raw: Scalar, *, own: bool) -> object:
    """Return the printed content of a cell: its value, or the typed text if it could not be read.

    What belongs to a list of the project's own is left as it was typed where nobody knows the project.
    """
    from xlsflow.workbook.outgoing.plan import UnparsedText

    if own and value is not None and isinstance(raw, str):
        return raw.strip()
    if isinstance(value, date) and value.year < _FIRST_YEAR:
        return UnparsedText(value.isoformat())
    if value is not None or raw is None:
        return value
    if isinstance(raw, int | float) and not isinstance(raw, bool) and field.dtype in ("number", "integer"):
        return raw
    text = display_text(raw).strip()
    return UnparsedText(text) if text else None


def _as_of(opened: PackDefinitions, rows: Mapping[str, list[_Row]]) -> tuple[date | None, dict[str, list[_Row]]]:
    """Return the as-of day that a workbook names, and its rows without it: a printed page has only one."""
    from xlsflow.layout.sheet_sizes import without_sheet
    from xlsflow.workbook.outgoing.plan import AS_OF

    named: date | None = None
    without: dict[str, list[_Row]] = {}
    for name in rows:
        _, block = opened.blocks[without_sheet(name)]
        cells = {field.name for field in block.columns if field.defines == AS_OF}
        for line in rows[name] if cells else ():
            named = next((_day(line[c]) for c in sorted(cells) if isinstance(line.get(c), date)), named)
        without[name] = [{field: cell for field, cell in line.items() if field not in cells} for line in rows[name]]
    return named, without


def _day(value: object) -> date:
    assert isinstance(value, date)
    return value.date() if isinstance(value, datetime) else value


def _facts(
    returned: Return, rows: Mapping[str, list[_Row]], opened: PackDefinitions, lang: Lang
) -> Mapping[str, object]:
    """Return the facts of the workbook: from its cells if they are still there, else from its stamp."""
    from xlsflow.layout.sheet_sizes import without_sheet

    stamp = returned.record.stamp
    facts: dict[str, object] = {
        "document.number": stamp.document,
        "pack.title": opened.pack.title.say(lang),
        "pack.version": f"{opened.pack.name} v{stamp.version or opened.pack.version}",
        "project.code": stamp.project,
        "region.code": stamp.region,
        "round.id": stamp.round,
    }
    for name in rows:
        _, block = opened.blocks[without_sheet(name)]
        for line in () if block.has_rows else rows[name]:
            facts |= {field.fill: line[field.name] for field in block.columns if field.fill and field.name in line}
    return facts


def _language(returned: Return, opened: PackDefinitions) -> Lang:
    """Return the language of a workbook: that of its stamp, else that of its sheet names."""
    stamped = returned.record.stamp.lang
    sheets = [(table.sheet, opened.blocks[table.full_name][0].tab) for table in returned.blocks]
    return max(LANGS, key=lambda lang: (lang == stamped, sum(sheet == tab.say(lang) for sheet, tab in sheets)))


def own_lists(workbook: RawWorkbook, library: Library) -> Mapping[str, ChoiceList]:
    """Return the lists of a project as far as a workbook contains them: its dropdowns, and the columns of its matrices.

    The labels serve as codes, since the codes themselves are in the project only.
    """
    from xlsflow.fileformat.hidden_sheets import LISTS_SHEET
    from xlsflow.intake.hidden.stamp import identify
    from xlsflow.template.lists import ChoiceList

    stamp, _ = identify(workbook)
    packs = [stamp.pack] if stamp and stamp.pack in library.pack_files else [*library.pack_files]
    matrices = {pair for name in packs for pair in _matrices(library.pack(name), library)}
    found: dict[str, dict[str, str]] = {}
    for grid in workbook.grids:
        if grid.name == LISTS_SHEET:
            found |= _dropdowns(grid, library)
    for grid in workbook.grids:
        for across, columns in _columns(grid, sorted(matrices)):
            found[across] = columns
    return {
        name: ChoiceList(name=name, title=library.project_lists[name], values=_choices(values))
        for name, values in found.items()
        if name in library.project_lists
    }


def _dropdowns(grid: Grid, library: Library) -> dict[str, dict[str, str]]:
    """Return the values of each list of the project that a sheet of lists holds."""
    from xlsflow.workbook.self_check.dropdown_lists import column_name

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
    """Yield the list behind the columns of a matrix on a sheet, with the codes and labels in its keys and headers."""
    for cells, across in matrices:
        start = key_text(f"{cells}_")
        for number, row in enumerate(grid.rows):
            keys = {col: cell for col, cell in enumerate(row) if isinstance(cell, str) and cell.startswith(start)}
            if keys:
                heads = {col: display_text(grid.at(grid.top + number + 1, grid.left + col)) for col in keys}
                yield across, {key.removeprefix(start): heads[col].replace("\n", "") for col, key in keys.items()}
                break


def _choices(values: Mapping[str, str]) -> tuple[Choice, ...]:
    """Return values by code as choices, each label once; a blank label is replaced by its code."""
    from xlsflow.template.lists import Choice, fold_text

    once: dict[str, Choice] = {}
    for code, label in values.items():
        once.setdefault(fold_text(label or code), Choice(code=code, label=untranslated(label or code)))
    return tuple(once.values())
