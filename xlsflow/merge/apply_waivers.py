"""Applies the project's waivers: which of them go with which file, and findings about the waivers themselves.

So is the project's sheet of returns looked through, which names files too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from xlsflow.errors import ProjectError, nearest_match
from xlsflow.findings import Finding, Location, Severity
from xlsflow.i18n import LocalizedText, enumerated, untranslated
from xlsflow.messages import CATALOGUE, REFUSALS
from xlsflow.model.consolidated_book import Book, ReturnSet
from xlsflow.model.returns import REGION_DOUBTFUL, FileRecord, Return, original_name
from xlsflow.model.waivers import Waiver, joined, waive
from xlsflow.template.lists import fold_text

if TYPE_CHECKING:
    from xlsflow.model.project import Project
    from xlsflow.model.project_rows import RegisteredReturn

_FOLDERS = re.compile(r"[/\\]")


def with_waivers(returns: ReturnSet, project: Project, day: date | None) -> ReturnSet:
    """Return files with the waivers of the project, besides those that came with them.

    Args:
        returns: The files.
        project: The project.
        day: The as-of day.
    """
    if not project.waivers:
        return replace(returns, day=day)
    return replace(returns, returns=tuple(with_own_waivers(returned, project) for returned in returns.returns), day=day)


def with_own_waivers(returned: Return, project: Project) -> Return:
    """Return a file with the waivers that the project has for it, besides those that came with it."""
    sources = _Sources(project)
    return _with(returned, [waiver for waiver in project.waivers if sources.match(waiver, returned.record)])


def _with(returned: Return, waivers: Sequence[Waiver]) -> Return:
    """Return a file with more waivers; neither a refusal nor doubt about its region can be waived."""
    waivers = [waiver for waiver in waivers if waiver.code != REGION_DOUBTFUL]
    if not waivers or returned.record.status == "refused":
        return returned
    return replace(returned, waivers=joined(returned.waivers, waivers))


def with_waived_status(returned: Return, day: date | None) -> Return:
    """Return a file with the status that follows from the findings that are not waived."""
    if not returned.waivers or returned.record.status == "refused":
        return returned
    wrong = any(finding.severity == Severity.ERROR for finding in waive(returned.findings, returned.waivers, day))
    return replace(returned, record=replace(returned.record, status="findings" if wrong else "ok"))


def with_waiver_findings(book: Book, project: Project, day: date | None) -> Book:
    """Return a book with findings about the project's own waivers and returns, each at its cell of their workbook."""
    checker = _WaiverChecker(book, project, day)
    more = [finding for waiver in project.waivers for finding in checker.check(waiver)]
    more += [finding for line in project.returns for finding in _check_registered(line, book)]
    if not more:
        return book
    return replace(book, findings=tuple(sorted((*book.findings, *more), key=Finding.order)))


def _check_registered(line: RegisteredReturn, book: Book) -> Iterator[Finding]:
    """Yield a finding if a line of the sheet of returns names none of the files."""
    if not any(line.fit(original_name(record), record.sha256) for record in book.files):
        near = _meant(line.file, [original_name(record) for record in book.files])
        location = Location(line.book, line.page, line.cells.get("file", ""))
        yield Finding("returns_file_unknown", location, line.file, {"near": near})


@dataclass(frozen=True)
class _Sources:
    """Finds the files that waivers are for."""

    project: Project

    def region(self, waiver: Waiver) -> str:
        """Return the code of the region that a waiver names; empty where it names none."""
        try:
            return self.project.region(waiver.source).code
        except ProjectError:
            return ""

    def match(self, waiver: Waiver, record: FileRecord) -> bool:
        """Return whether a waiver is for a file: by its name with or without its folder, or by its region."""
        name, source = original_name(record), fold_text(waiver.source)
        if source in (fold_text(name), fold_text(_FOLDERS.split(name)[-1]), fold_text(record.file)):
            return True
        return bool(record.stamp.region) and self.region(waiver) == record.stamp.region


@dataclass(frozen=True)
class _WaiverChecker:
    """Checks waivers against a book."""

    book: Book
    project: Project
    day: date | None

    def check(self, waiver: Waiver) -> Iterator[Finding]:
        """Yield the first reason why a waiver has no effect."""
        attribute, code, facts = self._wrong(waiver)
        if code:
            location = Location(waiver.book, waiver.page, waiver.cells.get(attribute, ""))
            yield Finding(code, location, str(getattr(waiver, attribute) or ""), facts)

    def _wrong(self, waiver: Waiver) -> tuple[str, str, Mapping[str, str | LocalizedText]]:
        """Return the faulty attribute, the code of the finding, and its facts; an empty code where nothing is."""
        sources = _Sources(self.project)
        if waiver.code not in CATALOGUE:
            return "code", "waiver_code_unknown", {"near": _meant(waiver.code, CATALOGUE)}
        if waiver.code == REGION_DOUBTFUL:
            return "code", "waiver_of_doubt", {}
        if waiver.code in REFUSALS:
            return "code", "waiver_of_refusal", {}
        if waiver.boxes is None:
            return "cell", "waiver_cell_unclear", {}
        if waiver.lapsed(self.day):
            return "until", "waiver_expired", {"day": str(self.day)}
        files = [record for record in self.book.files if sources.match(waiver, record)]
        if not files:
            unknown = not sources.region(waiver)
            known = enumerated(region.label for region in self.project.regions)
            near = {"near": _meant(waiver.source, self._known), "known": known}
            return ("source", "waiver_source_unknown", near) if unknown else ("source", "", {})
        return self._idle(waiver, {record.file for record in files if record in self._counted})

    def _idle(self, waiver: Waiver, files: set[str]) -> tuple[str, str, Mapping[str, str | LocalizedText]]:
        """Return what is wrong with a waiver that is for some of the files but waives none of their findings."""
        if not files or any(waiver.covers(finding) for name in files for finding in self._findings.get(name, ())):
            return "code", "", {}
        sheets = {line.sheet for line in self.book.ledger if line.file in files}
        sheets |= {finding.location.sheet for name in files for finding in self._findings.get(name, ())} - {""}
        if waiver.sheet and fold_text(waiver.sheet) not in set(map(fold_text, sheets)):
            return "sheet", "waiver_sheet_unknown", {"near": _meant(waiver.sheet, sorted(sheets))}
        return "code", "waiver_unused", {"source": waiver.source}

    @cached_property
    def _counted(self) -> tuple[FileRecord, ...]:
        return self.book.counted

    @cached_property
    def _findings(self) -> Mapping[str, list[Finding]]:
        """File -> its findings."""
        found: dict[str, list[Finding]] = {}
        for finding in self.book.findings:
            found.setdefault(finding.location.file, []).append(finding)
        return found

    @cached_property
    def _known(self) -> list[str]:
        """What a waiver may be for: regions and files."""
        regions = [name for r in self.project.regions for name in (r.name, r.name_en, r.code) if name]
        return [*regions, *(original_name(record) for record in self.book.files)]


def _meant(word: str, known: Iterable[str]) -> LocalizedText:
    """Return a suggestion of the nearest known word, or nothing."""
    near = nearest_match(word, known)
    return LocalizedText(f"（是否指“{near}”？）", f" (did you mean “{near}”?)") if near else untranslated("")
