"""Returned files -> book -> consolidated workbook: what `check`, `merge` and `read` share, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.errors import InputError, Refused
from xlsflow.pipeline.check import examine
from xlsflow.pipeline.collect import collect
from xlsflow.pipeline.feedback import (
    check_folder,
    write_feedback,
)
from xlsflow.pipeline.preload import load_ahead
from xlsflow.pipeline.session import (
    Collected,
    Desk,
)

if TYPE_CHECKING:
    from xlsflow.i18n import Lang
    from xlsflow.model.records import (
        Book,
        Submission,
    )
    from xlsflow.model.report_model import Report
    from xlsflow.reports import ReportInputs


def merged(paths: Sequence[Path], desk: Desk, feedback: Path | None = None) -> Book:
    """Read, check and merge returned files.

    Args:
        paths: Files and folders.
        desk: What they are read against.
        feedback: Folder for a marked copy of every return of which something is to be said.

    Raises:
        InputError: A path is not there.
        LedgerError: A row is unaccounted for.
        OutputError: A marked copy cannot be written.
    """
    if feedback is not None:
        check_folder(feedback, paths)
    load_ahead("checks.schema", "merge.merge", "reports")  # a second's work, while other processes read the files
    collected = collect(paths, desk)
    examine(collected)
    book = _book(collected)
    if feedback is not None:
        write_feedback(feedback, paths, collected, book)
    return book


def _book(collected: Collected) -> Book:
    from xlsflow.merge.apply_waivers import (
        told,
        with_waivers,
    )
    from xlsflow.merge.gather import Taken, gather
    from xlsflow.merge.merge import merge
    from xlsflow.merge.other_rows import with_named_rows
    from xlsflow.merge.union import union
    from xlsflow.pipeline.references import referred

    taken = []
    for key, batch in collected.batches.items():
        template, block, _ = collected.definition(key)
        taken.append(Taken(template.full_name(block), block, collected.tables[key], batch, collected.frames[key]))
    project = collected.desk.project
    regions = [region.code for region in project.regions] if project else []
    whole = union([gather(collected.records, collected.findings, taken), *collected.books])
    known = referred(whole, collected.desk)
    if project is None:
        return merge([known], regions)
    day = collected.desk.as_of
    book = told(merge([with_waivers(known, project, day)], regions), project, day)
    packs = sorted({record.stamp.pack for record in book.counted if record.stamp.pack})
    templates = [template for pack in packs for template in collected.desk.pack(pack).templates]
    blocks = {template.full_name(block): block for template in templates for block in template.data}
    return with_named_rows(book, project, blocks)


def submission(path: Path, desk: Desk) -> Submission:
    """Read and check one return.

    Raises:
        InputError: It is not there, or is a folder.
        Refused: The file cannot be read at all, or is a consolidated workbook of several.
    """
    from xlsflow.merge.merge import submission_of

    if not path.is_file():
        raise InputError("no_such_file", path=path)
    book = merged([path], desk)
    if len(book.files) > 1:
        raise Refused("several_returns", file=path.name)
    record = book.files[0]
    if record.status == "refused":
        finding = next(one for one in book.findings if one.location.file == record.file)
        raise Refused(finding.code, **{**finding.facts, "file": finding.location.file})
    return submission_of(book)


def basis(book: Book, desk: Desk, as_of: datetime, previous: tuple[Book, datetime] | None = None) -> ReportInputs:
    """Return what a report of a book is made from; the desk has a project."""
    from xlsflow.reports import ReportInputs

    assert desk.project is not None
    return ReportInputs.of(book, desk.project, desk.library, as_of, previous)


def document(
    book: Book, desk: Desk, as_of: datetime, lang: Lang, previous: tuple[Book, datetime] | None = None
) -> Report:
    """Return the report of a book in one language."""
    from xlsflow.reports import make_report

    return make_report(basis(book, desk, as_of, previous), lang)
