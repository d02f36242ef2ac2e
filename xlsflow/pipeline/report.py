"""The verbs that begin with a consolidated workbook: `report` writes its report anew, `trace` a requirement's life."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.errors import InputError, Refused
from xlsflow.model.history import round_order
from xlsflow.model.returns import FileRecord
from xlsflow.system.atomic_write import write_text_atomically

if TYPE_CHECKING:
    from xlsflow.i18n import Lang
    from xlsflow.model.consolidated_book import Book
    from xlsflow.model.project import Project
    from xlsflow.model.report_model import DueDate, Report
    from xlsflow.model.requirement_life import RequirementLife
    from xlsflow.pipeline.definitions import Definitions
    from xlsflow.reports import ReportInputs
    from xlsflow.template.loading.load import Library

Writer = Callable[[Path, "Report"], None]
_WORKBOOK = ".xlsx"
_MOST_SUGGESTED = 3


@dataclass(frozen=True)
class View:
    """The instant and language of a report.

    Attributes:
        as_of: The instant that "today" means; the round's own as-of day where None.
        now: The present, for a round that names no as-of day.
        lang: The language.
        previous: Consolidated workbooks of earlier rounds, or one of them. What is open in them is carried on, their
            history goes on, and the latest is compared with.
        regions: Codes or names of the regions whose due dates a calendar has; all where there are none.
        owners: The people whose due dates it has; all where there are none.
        contacts: Whether telephone numbers and addresses of people stay in it.
    """

    as_of: datetime | None = None
    now: datetime | None = None
    lang: Lang = "zh"
    previous: Sequence[Path | str] | Path | str | None = None
    regions: Sequence[str] = ()
    owners: Sequence[str] = ()
    contacts: bool = True

    def chosen(self, report: Report) -> Report:
        """Return a report with the due dates that a calendar is to have.

        Raises:
            InputError: Nobody and no region of that name has any due date.
        """
        due = report.due_dates
        for names, of in ((self.regions, _region_words), (self.owners, _owner_words)):
            if unknown := [name for name in names if not any(name in of(one) for one in report.due_dates)]:
                raise InputError("no_due_dates_of", name=unknown[0])
            due = tuple(one for one in due if not names or {*of(one)} & {*names})
        return replace(report, due_dates=due)


def _region_words(due: DueDate) -> tuple[str, str]:
    return due.region, due.region_name


def _owner_words(due: DueDate) -> tuple[str, str]:
    return due.owner, due.owner_name


@dataclass(frozen=True)
class ReopenedBook:
    """A consolidated workbook, read back.

    Attributes:
        book: What it holds.
        definitions: The definitions, with the project that is in it.
        instant: What its report is true for.
    """

    book: Book
    definitions: Definitions
    instant: datetime


def open_consolidated(path: Path, library: Library, as_of: datetime | None = None) -> ReopenedBook:
    """Return a consolidated workbook as the book that it was written from.

    Args:
        path: The workbook.
        library: The definitions.
        as_of: The as-of instant; by default the one that the workbook was written for.

    Raises:
        InputError: It is not there.
        Refused: It cannot be read, is no consolidated workbook, or was changed so that rows are missing.
    """
    from xlsflow.intake.hidden.consolidated_pages import is_consolidated, read_pages
    from xlsflow.intake.isolation.reader_pool import Unreadable, open_returns
    from xlsflow.model.project import Project
    from xlsflow.pipeline.definitions import Definitions
    from xlsflow.pipeline.merge import add_consolidated, merged_projects
    from xlsflow.pipeline.read_return import ConsolidatedWorkbook
    from xlsflow.pipeline.reopen.nested import ProjectReturns

    if not path.is_file():
        raise InputError("no_such_file", path=path)
    (opened,) = open_returns([path])
    if isinstance(opened, Unreadable):
        raise over_limit(opened.code, path) or Refused(opened.code, **{**opened.facts, "file": path.name})
    if not is_consolidated(opened):
        raise Refused("not_a_book", file=path.name)
    pages = read_pages(opened)
    project = Project.from_rows(pages.project)
    instant = as_of or pages.instant
    instant = instant if instant.tzinfo else instant.replace(tzinfo=project.zone)
    day = instant.astimezone(project.zone).date()
    definitions = Definitions(library, project, day, instant=instant)
    record = FileRecord(path.name, opened.sha256, pages.stamp, opened.saved, opened.writer, recognised="stamp")
    own = ProjectReturns(definitions)
    parts: dict[str, ProjectReturns] = {}
    add_consolidated(ConsolidatedWorkbook(record, pages), own, parts)
    # Waivers are valid up to a day: they apply as of the day of this report, not of the merge.
    return ReopenedBook(merged_projects(own, parts), definitions, instant)


def over_limit(code: str, path: Path) -> Refused | None:
    """Return why a consolidated workbook was not read whole, where a limit is the cause; it names the setting."""
    from xlsflow.intake.isolation.limits import LIMIT_OF_REFUSAL, MIB
    from xlsflow.intake.isolation.reader_pool import usual_limits

    setting = LIMIT_OF_REFUSAL.get(code)
    if setting is None:
        return None
    value = getattr(usual_limits().grown(path.stat().st_size), setting)
    in_bytes = setting.endswith("_bytes")
    shown, more = (f"{value // MIB}M", f"{-(-4 * value // MIB)}M") if in_bytes else (f"{value:g}", f"{4 * value:.0f}")
    return Refused("book_over_limit", file=path.name, setting=setting, limit=shown, more=more)


def writer(path: Path) -> Writer:
    """Return the function that writes a report to a path, by its extension.

    Raises:
        InputError: No format has such an extension.
    """
    found = _WRITERS.get(path.suffix.lower())
    if found is None:
        raise InputError("report_format", file=path.name, known=" ".join(_WRITERS))
    return found


def book_writer(path: Path) -> Writer:
    """Return the function that writes a consolidated workbook.

    Raises:
        InputError: The path has not the extension of a workbook.
    """
    if path.suffix.lower() != _WORKBOOK:
        raise InputError("report_format", file=path.name, known=_WORKBOOK)
    return _WRITERS[_WORKBOOK]


def _xlsx(path: Path, report: Report) -> None:
    from xlsflow.render.as_xlsx import write_xlsx

    write_xlsx(path, report)


def _pdf(path: Path, report: Report) -> None:
    from xlsflow.render.as_pdf import write_pdf

    write_pdf(path, report)


def _html(path: Path, report: Report) -> None:
    from xlsflow.render.as_html import html

    write_text_atomically(path, html(report))


def _markdown(path: Path, report: Report) -> None:
    from xlsflow.render.as_markdown import markdown

    write_text_atomically(path, markdown(report))


def _json(path: Path, report: Report) -> None:
    from xlsflow.render.as_report_json import report_json

    write_text_atomically(path, report_json(report))


def _text(path: Path, report: Report) -> None:
    from xlsflow.render.as_chat import chat_message

    write_text_atomically(path, chat_message(report))


def _calendar(path: Path, report: Report) -> None:
    from xlsflow.render.as_calendar import calendar

    write_text_atomically(path, calendar(report))


_WRITERS: Mapping[str, Writer] = {
    _WORKBOOK: _xlsx, ".html": _html, ".htm": _html, ".pdf": _pdf, ".md": _markdown, ".json": _json,
    ".txt": _text, ".ics": _calendar,
}  # fmt: skip


@dataclass(frozen=True)
class EarlierBooks:
    """The books of earlier rounds that a merge or a report goes on from.

    Attributes:
        books: The books, the earliest round first.
        last: The book of the latest round and the instant that it was true for; None where there is none.
    """

    books: tuple[Book, ...] = ()
    last: tuple[Book, datetime] | None = None


def earlier_books(paths: Sequence[Path], library: Library, project: Project) -> EarlierBooks:
    """Return the books of earlier rounds of a project.

    Args:
        paths: Consolidated workbooks.
        library: The definitions.
        project: The project, in its present round.

    Raises:
        InputError: A workbook is of another project, or not of an earlier round.
        Refused: A file is no consolidated workbook, or cannot be read.
    """
    opened = []
    for path in paths:
        book = open_consolidated(path, library)
        theirs = book.definitions.project
        assert theirs is not None
        if theirs.project.code != project.project.code:
            wanted = project.project.code or project.project.name
            found = theirs.project.code or theirs.project.name
            raise InputError("previous_of_other_project", file=path.name, found=found, wanted=wanted)
        if round_order(theirs.round.id) >= round_order(project.round.id):
            raise InputError("previous_not_earlier", file=path.name, found=theirs.round.id, wanted=project.round.id)
        opened.append((round_order(theirs.round.id), book.instant, book))
    opened.sort(key=lambda item: item[:2])
    books = [book for *_, book in opened]
    return EarlierBooks(tuple(b.book for b in books), (books[-1].book, books[-1].instant) if books else None)


def trace(path: Path, requirement: str, library: Library) -> RequirementLife:
    """Return what became of a requirement.

    Args:
        path: The consolidated workbook.
        requirement: Id of the requirement, as people type it.
        library: The definitions.

    Raises:
        InputError: The workbook is not there, or has no such requirement.
        Refused: It is no consolidated workbook, or rows of it are missing.
    """
    from xlsflow.pipeline.merge import basis
    from xlsflow.reports import requirement_life, requirement_stages, tracked_items

    opened = open_consolidated(path, library)
    inputs = basis(opened.book, opened.definitions, opened.instant)
    stages = requirement_stages(inputs, tracked_items(inputs))
    if not stages.ids:
        raise InputError("no_requirements", file=path.name)
    known = requirement if requirement in stages.ids else _as_in_data(requirement, inputs)
    if known not in stages.ids:
        raise InputError("no_such_requirement", file=path.name, id=requirement, known=_nearest(known, stages.ids))
    return requirement_life(inputs, stages, known)


def _as_in_data(requirement: str, inputs: ReportInputs) -> str:
    """Return an id as a return with it would be read: with capital letters and the usual separators."""
    keys = [block.field(block.key) for _, block in inputs.blocks.values() if block.requirement]
    values = (key.read(requirement, inputs.scope).value for key in keys)
    return next((str(value) for value in values if value is not None), requirement)


def _nearest(requirement: str, ids: Sequence[str]) -> str:
    """Return the ids most similar to one; among equals, those that begin alike come first."""
    typed = requirement.upper()

    def distance(known: str) -> tuple[float, int, str]:
        alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(typed, known, strict=False)))
        return -SequenceMatcher(None, typed, known).ratio(), -alike, known

    return " ".join(sorted(ids, key=distance)[:_MOST_SUGGESTED])
