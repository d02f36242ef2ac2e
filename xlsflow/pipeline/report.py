"""The verb `report`: a consolidated workbook -> the same report in another form, language, or as of another moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.errors import InputError, Refused

if TYPE_CHECKING:
    from xlsflow.intake.grid import GridBook
    from xlsflow.model.records import Book
    from xlsflow.model.report_model import Report
    from xlsflow.pipeline.session import Desk
    from xlsflow.template.loading.load import Library

Writer = Callable[[Path, "Document"], None]
BOOK = ".xlsx"


@dataclass(frozen=True)
class Opened:
    """A consolidated workbook, read back.

    Attributes:
        book: What it holds.
        desk: The project that it keeps, with the definitions.
        instant: What its report is true for.
    """

    book: Book
    desk: Desk
    instant: datetime


def open_consolidated(path: Path, library: Library, as_of: datetime | None = None) -> Opened:
    """Return a consolidated workbook as the book that it was written from.

    Args:
        path: The workbook.
        library: The definitions.
        as_of: The moment that it is looked at from; the one that it was written for where None.

    Raises:
        InputError: It is not there.
        Refused: It cannot be read, is no consolidated workbook, or was changed so that rows are missing.
    """
    from xlsflow.intake.hidden.consolidated_pages import read_pages
    from xlsflow.intake.isolation.reader_pool import (
        Unreadable,
        open_returns,
    )
    from xlsflow.merge.apply_waivers import told
    from xlsflow.merge.merge import merge
    from xlsflow.model.project import Project
    from xlsflow.pipeline.reopen import gathered_again
    from xlsflow.pipeline.session import Desk

    if not path.is_file():
        raise InputError("no_such_file", path=path)
    (opened,) = open_returns([path])
    if isinstance(opened, Unreadable):
        raise Refused(opened.code, **{**opened.facts, "file": path.name})
    if not is_book(opened):
        raise Refused("not_a_book", file=path.name)
    pages = read_pages(opened)
    project = Project.from_rows(pages.project)
    instant = as_of or pages.instant
    instant = instant if instant.tzinfo else instant.replace(tzinfo=project.zone)
    day = instant.astimezone(project.zone).date()
    desk = Desk(library, project, day)
    gathered = replace(gathered_again(path.name, pages, desk), day=day)
    book = merge([gathered], [region.code for region in project.regions])
    return Opened(told(book, project, day), desk, instant)


def is_book(opened: GridBook) -> bool:
    """Return whether a file is a consolidated workbook, by what it says of itself or by the pages that it keeps."""
    from xlsflow.fileformat import hidden_pages, stamp

    said = opened.properties.get(f"{stamp.PROPERTY_PREFIX}kind")
    pages = {grid.name for grid in opened.grids}
    return said == stamp.CONSOLIDATED_KIND or {hidden_pages.META_PAGE, hidden_pages.BLOCKS_PAGE, hidden_pages.LEDGER_PAGE} <= pages


def writer(path: Path) -> Writer:
    """Return what writes a report to a path, by its ending.

    Raises:
        InputError: No form has such an ending.
    """
    found = _WRITERS.get(path.suffix.lower())
    if found is None:
        raise InputError("report_format", file=path.name, known=" ".join(_WRITERS))
    return found


def book_writer(path: Path) -> Writer:
    """Return what writes a consolidated workbook, which only a workbook can be.

    Raises:
        InputError: The path does not end like a workbook.
    """
    if path.suffix.lower() != BOOK:
        raise InputError("report_format", file=path.name, known=BOOK)
    return _WRITERS[BOOK]


def _xlsx(path: Path, report: Report) -> None:
    from xlsflow.render.as_xlsx import write_xlsx

    write_xlsx(path, report)


def _pdf(path: Path, report: Report) -> None:
    from xlsflow.render.as_pdf import write_pdf

    write_pdf(path, report)


def _html(path: Path, report: Report) -> None:
    from xlsflow.render.as_html import html

    _text(path, html(report))


def _markdown(path: Path, report: Report) -> None:
    from xlsflow.render.as_markdown import markdown

    _text(path, markdown(report))


def _json(path: Path, report: Report) -> None:
    from xlsflow.render.as_json import (json_text, report_object,)

    _text(path, json_text(report_object(report)))


def _text(path: Path, text: str) -> None:
    from xlsflow.system.atomic_write import write_atomically

    def write(beside: Path) -> None:
        beside.write_text(text, "utf-8", newline="\n")

    write_atomically(path, write)


_WRITERS: Mapping[str, Writer] = {
    BOOK: _xlsx, ".html": _html, ".htm": _html, ".pdf": _pdf, ".md": _markdown, ".json": _json,
}  # fmt: skip
