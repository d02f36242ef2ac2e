"""Returned files -> records and raw tables: what each file is, whose, and where its blocks lie."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.errors import Refused
from xlsflow.fileformat.stamp import CONSOLIDATED_KIND
from xlsflow.findings import (
    Diagnostic,
    Finding,
    Location,
)
from xlsflow.i18n import (
    Lang,
    untranslated,
)
from xlsflow.model.records import (
    FileRecord,
    Stamp,
)
from xlsflow.pipeline.find_files import (
    Given,
    find_files,
)
from xlsflow.pipeline.report import is_book
from xlsflow.pipeline.session import (
    Collected,
    Desk,
)

if TYPE_CHECKING:
    from xlsflow.intake.grid import GridBook
    from xlsflow.intake.recognition.placed_block import PlacedBlock, SheetDiagnostic
    from xlsflow.model.project import Project

LOCAL_TIME_WRITER = "LibreOffice"
REGION = "region.code"
"""What a field says that it is issued with where the region stands in it."""


def collect(paths: Sequence[Path], desk: Desk, *, setup: bool = False) -> Collected:
    """Read returned files up to their raw tables.

    Args:
        paths: Files and folders.
        desk: What they are read against.
        setup: Whether a project workbook is what is wanted, rather than returns.

    Raises:
        InputError: A path is not there.
    """
    from xlsflow.intake.isolation.reader_pool import (
        Unreadable,
        open_returns,
    )

    collected = Collected(desk)
    wanted = [one for one in find_files(paths) if _worth_opening(one, collected)]
    for one, opened in zip(wanted, open_returns([one.path for one in wanted]), strict=True):
        if isinstance(opened, Unreadable):
            _refuse(collected, FileRecord(one.name), Diagnostic(opened.code, opened.facts))
        else:
            take(one, opened, collected, setup=setup)
    return collected


def _worth_opening(given: Given, collected: Collected) -> bool:
    """Return whether a file can be a return; one that cannot is named."""
    if given.lock:
        _refuse(collected, FileRecord(given.name), Diagnostic("file_is_lock"))
    elif given.found and not given.sheet:
        _refuse(collected, FileRecord(given.name), Diagnostic("archive_not_opened" if given.archive else "other_file"))
    else:
        return True
    return False


def _refuse(collected: Collected, record: FileRecord, diagnostic: Diagnostic) -> None:
    collected.records.append(replace(record, status="refused", reason=diagnostic.code))
    collected.say(len(collected.records) - 1, diagnostic)


def take(given: Given, book: GridBook, collected: Collected, *, setup: bool) -> None:
    """Take one opened file up: recognise it, place its blocks, keep their raw tables."""
    if not setup and is_book(book):
        _take_book(given, book, collected)
        return
    from xlsflow.intake.hidden.stamp import identify

    stamp, doubts = identify(book)
    record = FileRecord(
        given.name, book.sha256, stamp or Stamp(), book.saved, book.writer, recognised="stamp" if stamp else "headers"
    )
    if stamp is None:
        guessed = _guess(book, collected.desk)
        if guessed is None:
            _refuse(collected, record, Diagnostic("foreign_file" if given.found else "not_ours"))
            return
        record = replace(record, stamp=Stamp(pack=guessed))
        doubts = (Diagnostic("stamp_missing"),)
    diagnostic = _unwanted(record.stamp, collected.desk, setup=setup)
    if diagnostic is not None:
        _refuse(collected, record, diagnostic)
        return
    collected.records.append(record)
    number = len(collected.records) - 1
    for doubt in doubts:
        collected.say(number, doubt)
    _place(number, book, collected)
    if not setup and collected.desk.project is not None:
        _whose(number, book, collected)
        _when(number, collected)


def _take_book(given: Given, book: GridBook, collected: Collected) -> None:
    """Take up a consolidated workbook: the files that went into it stand for it from here on."""
    from xlsflow.intake.hidden.consolidated_pages import read_pages
    from xlsflow.pipeline.reopen import gathered_again

    record = FileRecord(
        given.name, book.sha256, Stamp(kind=CONSOLIDATED_KIND), book.saved, book.writer, recognised="stamp"
    )
    try:
        pages = read_pages(book)
        diagnostic = _unwanted(pages.stamp, collected.desk, setup=False)
        if diagnostic is None:
            collected.books.append(gathered_again(given.name, pages, collected.desk))
    except Refused as refused:
        diagnostic = Diagnostic(refused.code, {name: fact for name, fact in refused.facts.items() if name != "file"})
    if diagnostic is not None:
        _refuse(collected, record, diagnostic)


def _guess(book: GridBook, desk: Desk) -> str | None:
    """Return the pack that a workbook without a stamp shows most of.

    Of packs that it shows as much of, the one whose names its sheets bear, of which fewest sheets are missing, and that
    is the project's own.
    """
    from xlsflow.intake.recognition.sheet_assignment import LEAST_SHARE

    own = desk.project.project.pack if desk.project else ""
    best: tuple[tuple[float, ...], str] | None = None
    for name in desk.library.pack_files:
        opened = desk.pack(name)
        fit = opened.recogniser.fit(book)
        if opened.pack.setup or fit.best < LEAST_SHARE:
            continue
        score = (fit.fields, fit.named, -fit.missing, name == own, opened.pack.default, fit.best)
        best = max(best, (score, name)) if best else (score, name)
    return best[1] if best else None


def _unwanted(stamp: Stamp, desk: Desk, *, setup: bool) -> Diagnostic | None:
    """Return why a file that is ours is not read here, None where it is."""
    if stamp.pack not in desk.library.pack_files:
        return Diagnostic("unknown_pack", {"pack": untranslated(stamp.pack)})
    if setup:
        return None
    if desk.library.pack(stamp.pack).setup:
        return Diagnostic("project_workbook")
    project = desk.project
    if project is None:
        return None
    if stamp.project and stamp.project != project.project.code:
        return Diagnostic("other_project", {"found": stamp.project, "wanted": project.project.code})
    if stamp.round and project.round.id and stamp.round != project.round.id and not desk.any_round:
        return Diagnostic("other_round", {"found": stamp.round, "wanted": project.round.id})
    return None


def _place(number: int, book: GridBook, collected: Collected) -> None:
    """Find every block of the file's pack, and keep its raw table."""
    from xlsflow.intake.recognition.placed_block import SheetDiagnostic
    from xlsflow.intake.recognition.raw_table import (
        about_sheet,
        raw_table,
    )
    from xlsflow.template.model import Template

    stamp = collected.records[number].stamp
    opened = collected.desk.pack(stamp.pack)
    if stamp.fingerprint and stamp.fingerprint != opened.fingerprint and collected.desk.project is not None:
        collected.say(number, Diagnostic("other_version"))
    told: set[str] = set()
    lang: Lang | None = "zh" if stamp.lang == "zh" else "en" if stamp.lang == "en" else None
    for found in opened.recogniser.place(book, lang):
        if isinstance(found, Template):
            collected.say(number, Diagnostic("sheet_missing", {"title": found.tab}))
            continue
        if isinstance(found, SheetDiagnostic):
            collected.say(number, found.diagnostic, found.sheet)
            continue
        table, remarks = raw_table(found, number)
        for remark in (*found.diagnostics, *remarks):
            _remark(number, remark, found, collected)
        if table.rows and table.sheet not in told:
            told.add(table.sheet)
            for diagnostic in about_sheet(found.grid):
                collected.say(number, diagnostic, table.sheet)
        key = (stamp.pack, found.template.name, found.block.name)
        collected.tables.setdefault(key, []).append(table)


def _remark(number: int, remark: SheetDiagnostic, found: PlacedBlock, collected: Collected) -> None:
    """Say what is to be said of a block's shape, or of a cell in it before it is read."""
    label = found.block.label_of(remark.field) if remark.field else None
    full = found.template.full_name(found.block)
    place = Location(collected.records[number].file, remark.sheet, remark.cell, full, remark.field, label)
    collected.findings.append(Finding(remark.diagnostic.code, place, remark.value, remark.diagnostic.facts))


def _whose(number: int, book: GridBook, collected: Collected) -> None:
    """Make sure that the file's region is one of the project's; without a stamp a cell or the file's name says it."""
    record, project = collected.records[number], collected.desk.project
    assert project is not None
    code, written = record.stamp.region, _written(number, collected)
    if not code:
        code = written or _spoken(book.file, project)
        stamp = replace(record.stamp, region=code, round=record.stamp.round or project.round.id)
        collected.records[number] = replace(record, stamp=stamp)
    if not code:
        collected.say(number, Diagnostic("region_unknown"))
    elif not project.has_region(code):
        collected.say(number, Diagnostic("region_not_asked", {"region": code}))
    elif written not in {"", code}:
        inside = project.region(written).label if project.has_region(written) else untranslated(written)
        collected.say(number, Diagnostic("region_differs", {"region": project.region(code).label, "written": inside}))


def _written(number: int, collected: Collected) -> str:
    """Return the region that stands in the cell which a return was issued with for it; empty where there is none."""
    for key, tables in collected.tables.items():
        table = tables[-1]
        if table.file != number or not table.rows:
            continue
        _, block, scope = collected.definition(key)
        for field in block.columns:
            if field.fill == REGION and field.name in table.columns:
                return str(field.read(table.columns[field.name][0], scope).value or "")
    return ""


def _spoken(file: str, project: Project) -> str:
    """Return the one region that the name of a file speaks of, by name or code; empty where it is none or several."""
    name = file.casefold()
    words = set(re.split(r"[\W_]+", name))
    spoken = [
        one.code
        for one in project.regions
        if one.name in file or one.code.casefold() in words or (one.name_en and one.name_en.casefold() in name)
    ]
    return spoken[0] if len(spoken) == 1 else ""


def _when(number: int, collected: Collected) -> None:
    """Set right when a file was saved: LibreOffice calls the local time of its user UTC (measured on 7.4)."""
    record, project = collected.records[number], collected.desk.project
    assert project is not None
    if record.saved is not None and record.writer.startswith(LOCAL_TIME_WRITER):
        known = project.has_region(record.stamp.region)
        zone = project.region(record.stamp.region).zone if known else project.zone
        saved = record.saved.replace(tzinfo=zone).astimezone(UTC)
        collected.records[number] = replace(record, saved=saved)
