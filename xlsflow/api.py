"""The verbs as functions, for the command line and for notebooks alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from xlsflow.errors import InputError
from xlsflow.i18n import Lang
from xlsflow.pipeline import project_file
from xlsflow.pipeline.generate import Order, Outbox
from xlsflow.pipeline.report import View
from xlsflow.system.garbage_collection import paused_collector

if TYPE_CHECKING:
    from xlsflow.findings import Finding
    from xlsflow.model.consolidated_book import Book
    from xlsflow.model.ledger import LedgerLine
    from xlsflow.model.project import Project
    from xlsflow.model.requirement_life import RequirementLife
    from xlsflow.model.returns import FileRecord, RegionReturn, Return
    from xlsflow.pipeline.definitions import Definitions
    from xlsflow.pipeline.feedback import ReturnedFiles
    from xlsflow.pipeline.print_return import Printed
    from xlsflow.pipeline.progress import Progress, Reporting
    from xlsflow.pipeline.report import EarlierBooks
    from xlsflow.template.loading.load import Library

__all__ = [
    "Order", "Outcome", "View", "check", "demo", "generate", "init", "merge", "merge_to", "open_book", "open_project",
    "print_", "read", "report", "trace",
]  # fmt: skip

# Files and folders, or a single one.
_Paths = Sequence[Path | str]


@dataclass(frozen=True)
class Outcome:
    """What a verb reports: the files, what must be corrected, and what became of every row.

    Attributes:
        files: One record a file.
        findings: Sorted by file, sheet and cell.
        ledger: One line a file, sheet and block.
        regions: What became of each region's return; empty where no round was merged.
    """

    files: tuple[FileRecord, ...]
    findings: tuple[Finding, ...]
    ledger: tuple[LedgerLine, ...]
    regions: tuple[RegionReturn, ...] = ()


def init(path: Path | str, *, lang: Lang = "zh", example: bool = False, templates: _Paths = ()) -> Path:
    """Write the project workbook, blank or filled with the example project.

    Args:
        path: The workbook to write; it must not exist yet.
        lang: Its language.
        example: Whether to fill in the example project.
        templates: Folders of your own definitions.

    Raises:
        InputError: The file exists already.
        OutputError: It cannot be written.
    """
    return project_file.init(Path(path), lang=lang, example=example, library=_library(templates, Path(path)))


def open_project(path: Path | str, *, templates: _Paths = ()) -> Project:
    """Return the project that a project workbook describes.

    Raises:
        ProjectError: It is not there, is no project workbook, or has cells that must be corrected first; the sentence
            names the first.
    """
    return project_file.load_project(Path(path), _library(templates, Path(path)))


def generate(
    project: Path | str, out: Path | str, order: Order = Order(), *, templates: _Paths = (),  # noqa: B008 - frozen
    progress: Progress | None = None,
) -> Outbox:  # fmt: skip
    """Write a workbook for every region of a project, and return their paths.

    Args:
        project: The project workbook.
        out: Folder for the workbooks.
        order: Which pack, round, regions and language, and earlier data to prefill from; by default the project's own.
        templates: Folders of your own definitions.
        progress: Called as `progress(stage, done, total)` after each file that is read or workbook that is written.

    Raises:
        ProjectError: The project workbook cannot be used, or a region is not in it.
        TemplateError: The pack is not there or wrong.
    """
    from xlsflow.pipeline.generate import generate as write

    library = _library(templates, Path(project))
    return write(project_file.load_project(Path(project), library), Path(out), order, library, progress)


def read(
    path: Path | str, *, project: Path | str | None = None, as_of: datetime | None = None, templates: _Paths = ()
) -> Return:
    """Read and check one return.

    Args:
        path: The returned workbook.
        project: The project workbook; without it regions, people and matrix columns are not checked.
        as_of: The instant that "today" means; without one, rules about today are not checked.
        templates: Folders of your own definitions.

    Returns:
        Its tables as frames (index: 1-based sheet row, columns: fields, values: codes), its findings and its ledger.

    Raises:
        Refused: The file cannot be read at all.
    """
    from xlsflow.pipeline.merge import read_one

    definitions, _ = _definitions(project, as_of, templates)
    return read_one(Path(path), definitions)


@paused_collector()
def check(
    paths: _Paths, *, project: Path | str | None = None, as_of: datetime | None = None, now: datetime | None = None,
    templates: _Paths = (), feedback: Path | str | None = None, **reporting: Unpack[Reporting],
) -> Outcome:  # fmt: skip
    """Check returned files, and report for every error where it is and what to do.

    Args:
        paths: Files and folders.
        project: The project workbook; without it regions, people and matrix columns are not checked.
        as_of: The instant that "today" means; the round's own where None.
        now: The present, for a round that names no as-of day; without both, rules about today are not checked.
        templates: Folders of your own definitions.
        feedback: Folder for a marked copy of every return with findings, and a text to send with it.
        reporting: `progress`, called as `progress(stage, done, total)` after each file.

    Raises:
        InputError: A path is not there.
        OutputError: The folder for marked copies is among the returned files.
    """
    definitions, _ = _definitions(project, as_of, templates, now)
    returned = _merged(_each(paths), definitions, feedback, None, **reporting)
    return _outcome(returned, definitions, feedback, now, **reporting)


@paused_collector()
def merge(
    paths: _Paths, *, project: Path | str, as_of: datetime | None = None, previous: _Paths | Path = (),
    templates: _Paths = (), progress: Progress | None = None,
) -> Book:  # fmt: skip
    """Merge returned files and folders, and return the book: `.tables`, `.findings`, `.history`, `.overdue(as_of)`.

    Args:
        paths: Files and folders.
        project: The project workbook.
        as_of: The instant that "today" means; the round's own where None.
        previous: Consolidated workbooks of earlier rounds: what is open in them is carried on.
        templates: Folders of your own definitions.
        progress: Called as `progress(stage, done, total)` after each file that is read.

    Raises:
        InputError: A path is not there, or a previous workbook is of another project or not of an earlier round.
        ProjectError: The project workbook cannot be used.
        LedgerError: A row is unaccounted for; the data never cause that.
    """
    from xlsflow.pipeline.merge import merge_paths, with_frames

    files = _each(paths)
    definitions, instant = _definitions(project, as_of, templates)
    earlier = _earlier(previous, definitions)
    return with_frames(merge_paths(files, definitions, progress, earlier.books), definitions, instant)


@paused_collector()
def merge_to(
    paths: _Paths,
    out: Path | str,
    *,
    project: Path | str,
    view: View = View(),  # noqa: B008 - frozen
    templates: _Paths = (),
    feedback: Path | str | None = None,
    **reporting: Unpack[Reporting],
) -> Outcome:
    """Merge returned files and write the consolidated workbook: status, overdue, findings, ledger, data.

    Args:
        paths: Files and folders.
        out: The workbook to write.
        project: The project workbook.
        view: The instant and language of its report.
        templates: Folders of your own definitions.
        feedback: Folder for a marked copy of every return with findings, and a text to send with it.
        reporting: `progress`, called as `progress(stage, done, total)` after each file.

    Raises:
        InputError: A path is not there, or neither the view nor the round names an as-of day.
        OutputError: The workbook cannot be written (it may be open in Excel), or would replace an input.
    """
    from xlsflow.intake.find_files import keep_inputs
    from xlsflow.pipeline.merge import document, returns_by_region
    from xlsflow.pipeline.report import book_writer

    write = book_writer(Path(out))
    keep_inputs(Path(out), _each([*_each(paths), project]))
    definitions, instant = _definitions(project, view.as_of, templates, view.now)
    if instant is None:
        raise InputError("no_as_of")
    earlier = _earlier(view.previous or (), definitions)
    returned = _merged(_each(paths), definitions, feedback, earlier, **reporting)
    write(Path(out), document(returned.book, definitions, instant, view.lang, earlier.last, contacts=view.contacts))
    # The book is there before feedback is written: no copy that fails may cost it.
    regions = returns_by_region(returned.book, definitions, instant)
    return replace(_outcome(returned, definitions, feedback, view.now, **reporting), regions=regions)


def open_book(path: Path | str, *, templates: _Paths = ()) -> Book:
    """Return the book that a consolidated workbook was written from: the same tables, findings and ledger.

    Args:
        path: A workbook that `merge` has written; a spreadsheet program may have saved it since.
        templates: Folders of your own definitions.

    Raises:
        Refused: It is no consolidated workbook, or rows of it are missing.
    """
    from xlsflow.pipeline.merge import with_frames
    from xlsflow.pipeline.report import open_consolidated

    opened = open_consolidated(Path(path), _library(templates))
    return with_frames(opened.book, opened.definitions, opened.instant)


@paused_collector()
def report(
    path: Path | str, out: Path | str, *, view: View = View(), templates: _Paths = (),  # noqa: B008 - frozen
) -> Path:  # fmt: skip
    """Write the report of a consolidated workbook again: in another format or language, or as of another instant.

    Args:
        path: A workbook that `merge` has written; the project is in it.
        out: The file to write; its extension decides the format: .xlsx, .html, .pdf, .md, .txt, .json or .ics.
        view: The instant and language, by default the same instant; whose due dates a calendar has.
        templates: Folders of your own definitions.

    Raises:
        Refused: It is no consolidated workbook, or rows of it are missing.
        OutputError: The report cannot be written, or LibreOffice, which a PDF needs, is missing.
    """
    from xlsflow.pipeline.merge import document
    from xlsflow.pipeline.report import open_consolidated, writer

    write = writer(Path(out))
    opened = open_consolidated(Path(path), _library(templates), view.as_of)
    book, definitions, last = opened.book, opened.definitions, _earlier(view.previous or (), opened.definitions).last
    made = document(book, definitions, opened.instant, view.lang, last, contacts=view.contacts)
    write(Path(out), view.chosen(made))
    return Path(out)


def trace(path: Path | str, requirement: str, *, templates: _Paths = ()) -> RequirementLife:
    """Return what became of a requirement: every row of a consolidated workbook that belongs to it, stage by stage.

    Args:
        path: A workbook that `merge` has written.
        requirement: Id of the requirement.
        templates: Folders of your own definitions.

    Raises:
        InputError: The workbook is not there, or has no such requirement; the sentence names the nearest.
        Refused: It is no consolidated workbook, or rows of it are missing.
    """
    from xlsflow.pipeline.report import trace as follow

    return follow(Path(path), requirement, _library(templates))


def print_(
    path: Path | str, out: Path | str, *, project: Path | str | None = None, view: View | None = None,
    sheets: Sequence[str] = (), templates: _Paths = (),
) -> Printed:  # fmt: skip
    """Lay out a filled workbook for printing and write it as a PDF, through LibreOffice.

    Args:
        path: The filled workbook.
        out: The PDF to write.
        project: The project workbook; without it the file's own lists say which regions and matrix columns there are.
        view: The day that marks and counts are true for: its `as_of`, else the one that the workbook names, else its
            `now`, else the day that it was saved.
        sheets: Which sheets to print, filled in or not; by default every one that is filled in.
        templates: Folders of your own definitions.

    Returns:
        The PDF, its as-of day, and what of the file is not on it.

    Raises:
        InputError: The file is not there, has no such sheet, or the output is no PDF.
        Refused: It cannot be read, or was not sent out by xlsflow.
        OutputError: LibreOffice is missing or fails, or the PDF cannot be written.
    """
    from xlsflow.pipeline.print_return import print_return

    definitions, _ = _definitions(project, None, templates)
    day, now = (moment and moment.date() for moment in (view.as_of, view.now)) if view else (None, None)
    return print_return(Path(path), Path(out), replace(definitions, as_of=day), now, sheets)


def demo(folder: Path | str, *, lang: Lang = "zh") -> Iterator[str]:
    """Lay out one whole round of the example project in a folder; yield a line for each step.

    Raises:
        InputError: The folder is not empty.
        OutputError: It cannot be made or written into.
    """
    from xlsflow.pipeline.demo import demo_round

    return demo_round(Path(folder), lang)


def _earlier(previous: _Paths | Path, definitions: Definitions) -> EarlierBooks:
    """Return the books of earlier rounds."""
    from xlsflow.pipeline.report import earlier_books

    assert definitions.project is not None
    return earlier_books(_each(previous), definitions.library, definitions.project)


def _merged(
    paths: list[Path],
    definitions: Definitions,
    feedback: Path | str | None,
    earlier: EarlierBooks | None,
    progress: Progress | None = None,
) -> ReturnedFiles:
    """Read, check and merge returned files."""
    from xlsflow.pipeline.collect import collect
    from xlsflow.pipeline.feedback import ReturnedFiles, check_folder
    from xlsflow.pipeline.merge import merge_files

    if feedback is not None:
        check_folder(Path(feedback), paths)
    files = collect(paths, definitions, progress)
    return ReturnedFiles(paths, files, merge_files(files, definitions, earlier.books if earlier else ()))


def _outcome(
    returned: ReturnedFiles,
    definitions: Definitions,
    feedback: Path | str | None,
    now: datetime | None,
    progress: Progress | None = None,
) -> Outcome:
    """Write what goes back to the regions where that is asked for, and return what the verb reports."""
    from xlsflow.findings import Finding
    from xlsflow.pipeline.feedback import write_feedback

    book = returned.book
    failed = () if feedback is None else write_feedback(Path(feedback), returned, definitions, now, progress)
    return Outcome(book.files, tuple(sorted((*book.findings, *failed), key=Finding.order)), book.ledger)


def _each(paths: _Paths | Path) -> list[Path]:
    """Return every path; a text is one path, though it is a sequence too.

    Raises:
        InputError: A text is empty, which would mean the current folder.
    """
    each = [paths] if isinstance(paths, str | Path) else paths
    if "" in each:
        raise InputError("no_such_file", path="“”")
    return [Path(path) for path in each]


def _library(templates: _Paths, project: Path | None = None) -> Library:
    return project_file.open_library([Path(folder) for folder in templates], project)


def _definitions(
    project: Path | str | None, as_of: datetime | None, templates: _Paths, now: datetime | None = None
) -> tuple[Definitions, datetime | None]:
    """Return the definitions that returned files are read against, and the as-of instant if there is one."""
    from xlsflow.pipeline.definitions import Definitions

    path = None if project is None else Path(project)
    library = _library(templates, path)
    if path is None:
        instant = as_of or now
        return Definitions(library, None, instant.date() if instant else None), instant
    loaded = project_file.load_project(path, library)
    instant = project_file.as_instant(loaded, as_of, now)
    return Definitions(library, loaded, instant and instant.astimezone(loaded.zone).date(), instant=instant), instant
