"""The verb `report`: a consolidated workbook -> its report in another format, language, or as of another instant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.errors import InputError, Refused
from xlsflow.system.atomic_write import write_text_atomically

if TYPE_CHECKING:
    from xlsflow.model.consolidated_book import Book
    from xlsflow.model.report_model import Report
    from xlsflow.pipeline.definitions import Definitions
    from xlsflow.template.loading.load import Library

Writer = Callable[[Path, "Report"], None]
_WORKBOOK = ".xlsx"


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
    from xlsflow.merge.apply_waivers import with_waiver_findings
    from xlsflow.merge.merge import make_book
    from xlsflow.merge.name_other_rows import with_named_rows
    from xlsflow.merge.union_of_returns import union
    from xlsflow.model.project import Project
    from xlsflow.pipeline.definitions import Definitions
    from xlsflow.pipeline.reopen import returns_in

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
    definitions = Definitions(library, project, day)
    # Waivers are valid up to a day: they apply as of the day of this report, not of the merge.
    returns = replace(returns_in(path.name, pages, definitions), day=day)
    book = make_book(union([returns]), [region.code for region in project.regions])
    book = with_waiver_findings(book, project, day)
    packs = sorted({record.stamp.pack for record in book.counted if record.stamp.pack})
    named = with_named_rows(book, project, definitions.blocks_of(packs))
    return ReopenedBook(named, definitions, instant)


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
    from xlsflow.render.as_json import json_text, report_object

    write_text_atomically(path, json_text(report_object(report)))


_WRITERS: Mapping[str, Writer] = {
    _WORKBOOK: _xlsx, ".html": _html, ".htm": _html, ".pdf": _pdf, ".md": _markdown, ".json": _json,
}  # fmt: skip


def previous_book(path: Path | str | None, library: Library) -> tuple[Book, datetime] | None:
    """Return the book of the round before and the instant that it was true for; None if no path is given."""
    if path is None:
        return None
    opened = open_consolidated(Path(path), library)
    return opened.book, opened.instant
