"""The verbs `merge`, `check` and `read`: files that were read -> book -> report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.errors import InputError, Refused
from xlsflow.findings import Diagnostic
from xlsflow.model.consolidated_book import BookPart
from xlsflow.model.returns import RegionReturn, Return
from xlsflow.pipeline.check import check
from xlsflow.pipeline.collect import collect
from xlsflow.pipeline.read_return import ConsolidatedWorkbook
from xlsflow.pipeline.reopen.nested import (
    ProjectReturns,
    file_of_part,
    part_definitions,
    part_of,
    projects_in,
    side_by_side,
)

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.i18n import Lang
    from xlsflow.model.consolidated_book import Book, FrameName, Moment, ReturnSet
    from xlsflow.model.project import Project
    from xlsflow.model.report_model import Report
    from xlsflow.pipeline.definitions import Definitions
    from xlsflow.pipeline.progress import Progress
    from xlsflow.reports import ReportInputs
    from xlsflow.template.loading.load import Library

CollectedFile = Return | ConsolidatedWorkbook

# The project's setting that says whether a new date of an overdue row waits to be accepted: it does unless it is 0.
_ACCEPT_DATES = "accept_new_dates"


def merge_paths(
    paths: Sequence[Path], definitions: Definitions, progress: Progress | None = None, earlier: Sequence[Book] = ()
) -> Book:
    """Read, check and merge returned files; see `merge_files`.

    Raises:
        InputError: A path is not there.
        LedgerError: A row is unaccounted for.
    """
    return merge_files(collect(paths, definitions, progress), definitions, earlier)


def merge_files(files: Sequence[CollectedFile], definitions: Definitions, earlier: Sequence[Book] = ()) -> Book:
    """Check and merge files that were read.

    Args:
        files: The files.
        definitions: What they were read against.
        earlier: Books of earlier rounds: what is open in them is carried on, and their history goes on.

    Raises:
        LedgerError: A row is unaccounted for.
    """
    own = ProjectReturns(definitions, earlier=[*earlier])
    parts: dict[str, ProjectReturns] = {}
    for file in files:
        if isinstance(file, Return):
            own.returns.append(file)
            continue
        try:
            add_consolidated(file, own, parts)
        except Refused as error:
            own.returns.append(Return.refused(file.record, Diagnostic(error.code, error.facts)))
    return merged_projects(own, parts)


def add_consolidated(workbook: ConsolidatedWorkbook, own: ProjectReturns, parts: dict[str, ProjectReturns]) -> None:
    """Add what a consolidated workbook was made from, and what was edited in it, to what is merged of each project.

    Raises:
        Refused: Its data are not those of its ledger, or its definitions are not known here.
    """
    from xlsflow.pipeline.reopen.returns_in import returns_in

    # All of it is read before anything is added: a workbook counts whole or not at all.
    found = [(pages, returns_in(replace(workbook, pages=pages.pages), pages.definitions))
             for pages in projects_in(workbook, own.definitions)]  # fmt: skip
    for pages, reopened in found:
        project = own if pages.definitions is own.definitions else part_of(parts, pages.definitions)
        code = "" if project is own else project.code
        project.returns += (file_of_part(edit, code) for edit in reopened.edits)
        files = tuple(file_of_part(returned, code) for returned in reopened.returns.returns)
        project.sets.append(replace(reopened.returns, returns=files))


def merged_projects(own: ProjectReturns, parts: dict[str, ProjectReturns]) -> Book:
    """Merge the returns of each project by itself, and return the books as one.

    Args:
        own: The returns of the project.
        parts: Code of a project within it -> its returns.

    Raises:
        LedgerError: A row is unaccounted for.
    """
    from xlsflow.merge.carried_rows import carried_on

    before, own.earlier = own.earlier, []
    for book in before:
        own.earlier.append(book.parts[0].book if book.parts else book)
        for part in book.parts[1:]:
            part_of(parts, part_definitions(own.definitions, part.project)).earlier.append(part.book)
    projects = (own, *(parts[code] for code in sorted(parts)))
    books = [
        joined_book(project.returns, [*project.sets, *carried_on(project.earlier)], project.definitions)
        for project in projects
    ]
    if not parts:
        return books[0]
    return side_by_side([BookPart(*pair) for pair in zip((one.project for one in projects), books, strict=True)],
                        own.definitions)  # fmt: skip


def joined_book(returns: Sequence[Return], books: Sequence[ReturnSet], definitions: Definitions) -> Book:
    """Check returns and merge them with sets of returns that were checked before.

    Raises:
        LedgerError: A row is unaccounted for.
    """
    from xlsflow.checks.references import check_references
    from xlsflow.merge.apply_waivers import with_waiver_findings, with_waivers
    from xlsflow.merge.merge import make_book
    from xlsflow.merge.name_other_rows import with_named_rows, with_shown_values
    from xlsflow.merge.precedence import counted_by_pack
    from xlsflow.merge.union_of_returns import union

    whole = union([check(returns, definitions), *books])
    counted = counted_by_pack(whole.returns)
    packs = {pack: definitions.pack(pack).blocks for pack in counted}
    # References are checked last: which rows they may name depends on which files count.
    whole = check_references(whole, counted, packs)
    project = definitions.project
    if project is None:
        return _with_computed(make_book(whole), definitions)
    regions = [region.code for region in project.regions]
    settings = [definitions.pack(pack).scope.settings for pack in counted]
    accepts = any(figures.get(_ACCEPT_DATES, 1) for figures in settings)
    # Whoever goes on from returns of any round takes the latest of them as the present one.
    present = "" if definitions.any_round else project.round.id
    whole = replace(with_waivers(whole, project, definitions.as_of), round=present, accepts_dates=accepts)
    book = make_book(whole, regions)
    book = with_waiver_findings(book, project, definitions.as_of)
    blocks = definitions.blocks_of(packs)
    for pack in packs:
        book = with_shown_values(book, blocks, definitions.pack(pack).scope)
    return _with_computed(with_named_rows(book, project, blocks), definitions)


def _with_computed(book: Book, definitions: Definitions) -> Book:
    """Return a book with the values that follow from others of their row; its source stays as it was returned."""
    from xlsflow.checks.computed import with_computed_values

    pack_of = {record.file: record.stamp.pack for record in book.files}
    opened = {pack: definitions.pack(pack) for pack in sorted(set(pack_of.values()) & set(definitions.packs))}
    tables = {}
    for name, table in book.tables.items():
        blocks = {p: (known.blocks[name][1], known.scope) for p, known in opened.items() if name in known.blocks}
        tables[name] = with_computed_values(table, blocks, pack_of, definitions.day_of) if blocks else table
    return replace(book, tables=tables)


def read_one(path: Path, definitions: Definitions) -> Return:
    """Read and check one return.

    Raises:
        InputError: It is not there, or is a folder.
        Refused: The file cannot be read at all, or is a consolidated workbook of several.
    """
    from xlsflow.merge.merge import single_return

    if not path.is_file():
        raise InputError("no_such_file", path=path)
    # By itself a return is of the present round, whatever the project's round is meanwhile.
    book = merge_paths([path], replace(definitions, any_round=True))
    if len(book.files) > 1:
        raise Refused("several_returns", file=path.name)
    record = book.files[0]
    if record.status == "refused":
        finding = next(finding for finding in book.findings if finding.location.file == record.file)
        raise Refused(finding.code, **{**finding.facts, "file": finding.location.file})
    return single_return(book)


def basis(
    book: Book, definitions: Definitions, as_of: datetime, previous: tuple[Book, datetime] | None = None
) -> ReportInputs:
    """Return the inputs of a report of a book; the definitions have a project."""
    from xlsflow.reports import ReportInputs

    assert definitions.project is not None
    project = replace(definitions.project, parts=tuple(part.project for part in book.parts[1:]))
    return ReportInputs.of(book, project, definitions.library, as_of, previous)


def returns_by_region(book: Book, definitions: Definitions, as_of: datetime) -> tuple[RegionReturn, ...]:
    """Return what became of each region's return, in the order of the project."""
    from xlsflow.reports import return_status

    inputs = basis(book, definitions, as_of)
    rows = return_status(inputs).to_dict("records")
    regions = {region.code: region for region in inputs.project.regions}
    return tuple(
        RegionReturn(
            row["region"], regions[row["region"]].label, row["state"], round(row["hours_late"], 1), row["silent"] or "",
            regions[row["region"]].contact, regions[row["region"]].email,
        )
        for row in rows
    )  # fmt: skip


def document(
    book: Book,
    definitions: Definitions,
    as_of: datetime,
    lang: Lang,
    previous: tuple[Book, datetime] | None = None,
    *,
    contacts: bool = True,
) -> Report:
    """Return the report of a book in one language; without contacts it can be passed on."""
    from xlsflow.reports import make_report
    from xlsflow.reports.without_contacts import without_contacts

    inputs = basis(book, definitions, as_of, previous)
    return make_report(inputs if contacts else without_contacts(inputs), lang)


@dataclass(frozen=True)
class BookFrames:
    """Makes the frames of a book; a value rather than a function, so that a book can be pickled.

    Attributes:
        book: The book.
        project: The project.
        library: The definitions.
        instant: The instant that it was merged for; None where there was none.
    """

    book: Book
    project: Project
    library: Library
    instant: datetime | None

    def __call__(self, name: FrameName, as_of: Moment | None) -> pd.DataFrame:
        """Return a frame; see `Book`.

        Raises:
            ValueError: No instant is known.
        """
        from xlsflow.pipeline.definitions import Definitions
        from xlsflow.reports import figure_frame

        instant = self.instant if as_of is None else _instant(as_of, self.project)
        if instant is None:
            raise ValueError("no as-of day: the round names none, so give one, such as book.overdue('2026-11-20')")
        return figure_frame(basis(self.book, Definitions(self.library, self.project), instant), name)


def _instant(moment: Moment, project: Project) -> datetime:
    """Return an instant in the project's time zone."""
    if isinstance(moment, str):
        day_only = len(moment.strip()) <= len("2026-11-20")
        moment = date.fromisoformat(moment.strip()) if day_only else datetime.fromisoformat(moment.strip())
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(23, 59))
    return moment if moment.tzinfo else moment.replace(tzinfo=project.zone)


def with_frames(book: Book, definitions: Definitions, instant: datetime | None) -> Book:
    """Return a book that can make frames of figures, since the project is known."""
    assert definitions.project is not None
    return replace(book, frames=BookFrames(book, definitions.project, definitions.library, instant))
