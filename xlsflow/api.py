"""The verbs, for the command line and for notebooks alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.errors import InputError, OutputError
from xlsflow.i18n import Lang
from xlsflow.pipeline import project_file
from xlsflow.pipeline.generate import (
    Order,
    Outbox,
)

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.findings import Finding
    from xlsflow.model.project import Project
    from xlsflow.model.records import (
        Book,
        FileRecord,
        LedgerLine,
        Submission,
    )
    from xlsflow.pipeline.print_ import Printed
    from xlsflow.pipeline.session import Desk
    from xlsflow.template.loading.load import Library

__all__ = [
    "Order",
    "Outcome",
    "View",
    "check",
    "generate",
    "init",
    "merge",
    "merge_to",
    "open_book",
    "open_project",
    "print_",
    "read",
    "report",
]  # fmt: skip

Paths = Sequence[Path | str]
"""Files and folders; a single one may stand for itself."""


@dataclass(frozen=True)
class View:
    """From when, and in which language, a report looks at what came back.

    Attributes:
        as_of: The moment that "today" means; the round's own as-of day where None.
        now: The present, for a round that names no as-of day.
        lang: The language.
        previous: The consolidated workbook of the round before, to tell what has changed since.
    """

    as_of: datetime | None = None
    now: datetime | None = None
    lang: Lang = "zh"
    previous: Path | str | None = None


@dataclass(frozen=True)
class Outcome:
    """What a verb has to tell: the files, what is to be mended, what became of every row.

    Attributes:
        files: One record a file.
        findings: Sorted by file, sheet and cell.
        ledger: One line a file, sheet and block.
    """

    files: tuple[FileRecord, ...]
    findings: tuple[Finding, ...]
    ledger: tuple[LedgerLine, ...]


def init(path: Path | str, *, lang: Lang = "zh", example: bool = False, templates: Paths = ()) -> Path:
    """Write the project workbook, blank or filled with a believable example.

    Args:
        path: The workbook to write; it must not be there yet.
        lang: Its language.
        example: Whether to fill in the example project.
        templates: Folders of your own definitions.

    Raises:
        InputError: The file is there already.
        OutputError: It cannot be written.
    """
    return project_file.init(Path(path), lang=lang, example=example, library=_library(templates, Path(path)))


def open_project(path: Path | str, *, templates: Paths = ()) -> Project:
    """Return the project that a project workbook describes.

    Raises:
        ProjectError: It is not there, is none, or has cells that must be mended first; the sentence names the first.
    """
    return project_file.load_project(Path(path), _library(templates, Path(path)))


def generate(project: Path | str, out: Path | str, order: Order = Order(), *, templates: Paths = ()) -> Outbox:  # noqa: B008 - frozen
    """Write a workbook for every region of a project, and return their paths.

    Args:
        project: The project workbook.
        out: Folder for the workbooks.
        order: Which pack, round, regions and language, and what to go on from; the project's own where it says nothing.
        templates: Folders of your own definitions.

    Raises:
        ProjectError: The project workbook cannot be used, or a region is not in it.
        TemplateError: The pack is not there or wrong.
    """
    from xlsflow.pipeline.generate import generate as write

    library = _library(templates, Path(project))
    return write(project_file.load_project(Path(project), library), Path(out), order, library)


def read(
    path: Path | str, *, project: Path | str | None = None, as_of: datetime | None = None, templates: Paths = ()
) -> Submission:
    """Read and check one return.

    Args:
        path: The returned workbook.
        project: The project workbook; without it regions, people and matrix columns are not checked.
        as_of: The moment that "today" means; rules about today are not asked without one.
        templates: Folders of your own definitions.

    Returns:
        Its tables as frames (index: 1-based sheet row, columns: fields, values: codes), its findings and its ledger.

    Raises:
        Refused: The file cannot be read at all.
    """
    from xlsflow.pipeline.merge import submission

    desk, _ = _desk(project, as_of, templates)
    return submission(Path(path), desk)


def check(
    paths: Paths, *, project: Path | str | None = None, as_of: datetime | None = None, now: datetime | None = None,
    templates: Paths = (), feedback: Path | str | None = None,
) -> Outcome:  # fmt: skip
    """Check returned files, and say of every fault where it is and what to do.

    Args:
        paths: Files and folders.
        project: The project workbook; without it regions, people and matrix columns are not checked.
        as_of: The moment that "today" means; the round's own where None.
        now: The present, for a round that names no as-of day; rules about today are not asked where both are missing.
        templates: Folders of your own definitions.
        feedback: Folder for a marked copy of every return of which something is to be said, and a text to send with it.

    Raises:
        InputError: A path is not there.
        OutputError: A marked copy cannot be written, or its folder is among the returned files.
    """
    from xlsflow.pipeline.merge import merged

    desk, _ = _desk(project, as_of, templates, now)
    book = merged(_each(paths), desk, _folder(feedback))
    return Outcome(book.files, book.findings, book.ledger)


def merge(paths: Paths, *, project: Path | str, as_of: datetime | None = None, templates: Paths = ()) -> Book:
    """Merge returned files and folders, and return the book: `.tables`, `.findings`, `.ledger`, `.overdue(as_of)`.

    Args:
        paths: Files and folders.
        project: The project workbook.
        as_of: The moment that "today" means; the round's own where None.
        templates: Folders of your own definitions.

    Raises:
        InputError: A path is not there.
        ProjectError: The project workbook cannot be used.
        LedgerError: A row is unaccounted for: never by fault of the data.
    """
    from xlsflow.pipeline.merge import merged

    desk, _ = _desk(project, as_of, templates)
    return _with_overdue(merged(_each(paths), desk), desk)


def merge_to(
    paths: Paths,
    out: Path | str,
    *,
    project: Path | str,
    view: View = View(),
    templates: Paths = (),
    feedback: Path | str | None = None,
) -> Outcome:
    """Merge returned files and write the consolidated workbook: status, overdue, findings, ledger, data.

    Args:
        paths: Files and folders.
        out: The workbook to write.
        project: The project workbook.
        view: From when and in which language the workbook looks at what came back.
        templates: Folders of your own definitions.
        feedback: Folder for a marked copy of every return of which something is to be said, and a text to send with it.

    Raises:
        InputError: A path is not there, or neither the view nor the round says when the report looks from.
        OutputError: The workbook cannot be written (it may be open in Excel), or would replace one that is read.
    """
    from xlsflow.pipeline.merge import (
        document,
        merged,
    )
    from xlsflow.pipeline.report import book_writer

    write = book_writer(Path(out))
    _keep_inputs(Path(out), [*_each(paths), project])
    desk, instant = _desk(project, view.as_of, templates, view.now)
    if instant is None:
        raise InputError("no_as_of")
    before = _before(view, desk.library)
    book = merged(_each(paths), desk, _folder(feedback))
    write(Path(out), document(book, desk, instant, view.lang, before))
    return Outcome(book.files, book.findings, book.ledger)


def open_book(path: Path | str, *, templates: Paths = ()) -> Book:
    """Return the book that a consolidated workbook was written from: the same tables, findings and ledger.

    Args:
        path: What `merge` has written; it may have been opened and saved by a spreadsheet program since.
        templates: Folders of your own definitions.

    Raises:
        Refused: It is no consolidated workbook, or rows of it are missing.
    """
    from xlsflow.pipeline.report import open_consolidated

    opened = open_consolidated(Path(path), _library(templates))
    return _with_overdue(opened.book, opened.desk)


def report(path: Path | str, out: Path | str, *, view: View = View(), templates: Paths = ()) -> Path:
    """Write the report of a consolidated workbook anew: in another form or language, or as of another moment.

    Args:
        path: What `merge` has written; the project stands in it.
        out: The file to write; its ending says the form: .xlsx, .html, .pdf, .md or .json.
        view: From when and in which language; as of the same moment where it names none.
        templates: Folders of your own definitions.

    Raises:
        Refused: It is no consolidated workbook, or rows of it are missing.
        OutputError: The report cannot be written, or LibreOffice, which a PDF needs, is missing.
    """
    from xlsflow.pipeline.merge import document
    from xlsflow.pipeline.report import (
        open_consolidated,
        writer,
    )

    write = writer(Path(out))
    library = _library(templates)
    opened = open_consolidated(Path(path), library, view.as_of)
    write(Path(out), document(opened.book, opened.desk, opened.instant, view.lang, _before(view, library)))
    return Path(out)


def print_(
    path: Path | str, out: Path | str, *, project: Path | str | None = None, as_of: datetime | None = None,
    now: datetime | None = None, templates: Paths = (),
) -> Printed:  # fmt: skip
    """Lay a filled workbook out anew for paper and write it as a PDF, through LibreOffice.

    Args:
        path: The filled workbook.
        out: The PDF to write.
        project: The project workbook; without it the file's own lists say which regions and matrix columns there are.
        as_of: The day that marks and counts are true for; what the workbook names, else `now`, else when it was saved.
        now: The present.
        templates: Folders of your own definitions.

    Returns:
        The PDF, its as-of day, and what of the file does not stand on it.

    Raises:
        InputError: The file is not there, or what is to be written is no PDF.
        Refused: It cannot be read, or was not sent out by xlsflow.
        OutputError: LibreOffice is missing or fails, or the PDF cannot be written.
    """
    from xlsflow.pipeline.print_ import print_return

    desk, _ = _desk(project, None, templates)
    day = as_of.date() if as_of else None
    return print_return(Path(path), Path(out), replace(desk, as_of=day), now.date() if now else None)


def _before(view: View, library: Library) -> tuple[Book, datetime] | None:
    """Return the book of the round before and the moment that it was true for."""
    from xlsflow.pipeline.report import open_consolidated

    if view.previous is None:
        return None
    opened = open_consolidated(Path(view.previous), library)
    return opened.book, opened.instant


def _with_overdue(book: Book, desk: Desk) -> Book:
    """Return a book that knows what is overdue, for the desk knows the project."""
    from xlsflow.pipeline.merge import basis
    from xlsflow.reports import (
        overdue,
        tracked_items,
    )

    def overdue_at(moment: datetime) -> pd.DataFrame:
        assert desk.project is not None
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=desk.project.zone)
        return overdue(tracked_items(basis(book, desk, zoned)))

    return replace(book, looked_at=overdue_at)


def _keep_inputs(out: Path, paths: Paths) -> None:
    """Make sure that what is written replaces none of the files that it is made from.

    Raises:
        InputError: A path is not there.
        OutputError: It would.
    """
    from xlsflow.pipeline.find_files import find_files

    if out.exists() and any(out.samefile(given.path) for given in find_files(_each(paths))):
        raise OutputError("output_is_input", file=out)


def _each(paths: Paths | Path) -> list[Path]:
    """Return every path; a text is a sequence too, of letters, and is taken for the path that it is."""
    return [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]


def _folder(path: Path | str | None) -> Path | None:
    return None if path is None else Path(path)


def _library(templates: Paths, project: Path | None = None) -> Library:
    return project_file.open_library([Path(folder) for folder in templates], project)


def _desk(
    project: Path | str | None, as_of: datetime | None, templates: Paths, now: datetime | None = None
) -> tuple[Desk, datetime | None]:
    """Return what returns are read against, and the as-of instant where there is one."""
    from xlsflow.pipeline.session import Desk

    path = None if project is None else Path(project)
    library = _library(templates, path)
    if path is None:
        moment = as_of or now
        return Desk(library, None, moment.date() if moment else None), moment
    loaded = project_file.load_project(path, library)
    instant = project_file.as_instant(loaded, as_of, now)
    day = None if instant is None else instant.astimezone(loaded.zone).date()
    here = None if now is None else now.astimezone(loaded.zone).replace(tzinfo=None)
    return Desk(library, loaded, day, now=here), instant
