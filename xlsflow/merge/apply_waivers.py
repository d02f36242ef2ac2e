"""What the coordinator accepts: which waivers go with which file, and what is to be said of the waivers themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from xlsflow.catalogue import CATALOGUE, REFUSALS
from xlsflow.errors import (ProjectError, nearest_match,)
from xlsflow.findings import (
    Finding,
    Location,
    Severity,
)
from xlsflow.i18n import (
    LocalizedText,
    untranslated,
)
from xlsflow.merge.unique_names import given
from xlsflow.model.records import (
    Book,
    FileRecord,
    Gathered,
    Part,
)
from xlsflow.model.waivers import (
    Waiver,
    joined,
    waive,
)
from xlsflow.template.lists import fold_text

if TYPE_CHECKING:
    from xlsflow.model.project import Project

_FOLDERS = re.compile(r"[/\\]")


def with_waivers(gathered: Gathered, project: Project, day: date | None) -> Gathered:
    """Return what files say with what of them may stand: what the project accepts, besides what came with them.

    Args:
        gathered: What the files say.
        project: Who accepts.
        day: The as-of day.
    """
    if not project.waivers:
        return replace(gathered, day=day)
    sources = _Sources(project)
    parts = tuple(_with(part, [w for w in project.waivers if sources.names(w, part.record)]) for part in gathered.parts)
    return replace(gathered, parts=parts, day=day)


def _with(part: Part, waivers: Sequence[Waiver]) -> Part:
    """Return a file with more waivers; that a file was not read can not be waived."""
    if not waivers or part.record.status == "refused":
        return part
    return replace(part, waivers=joined(part.waivers, waivers))


def judged(part: Part, day: date | None) -> Part:
    """Return a file with the status that follows from what of it may stand."""
    if not part.waivers or part.record.status == "refused":
        return part
    wrong = any(one.severity == Severity.ERROR for one in waive(part.findings, part.waivers, day))
    return replace(part, record=replace(part.record, status="findings" if wrong else "ok"))


def told(book: Book, project: Project, day: date | None) -> Book:
    """Return a book with what is to be said of the project's own waivers, each at its cell of the project workbook."""
    about = _Told(book, project, day)
    more = [finding for waiver in project.waivers for finding in about.of(waiver)]
    if not more:
        return book
    return replace(book, findings=tuple(sorted((*book.findings, *more), key=Finding.order)))


@dataclass(frozen=True)
class _Sources:
    """Whom waivers are for."""

    project: Project

    def region(self, waiver: Waiver) -> str:
        """Return the code of the region that a waiver names; empty where it names none."""
        try:
            return self.project.region(waiver.source).code
        except ProjectError:
            return ""

    def names(self, waiver: Waiver, record: FileRecord) -> bool:
        """Return whether a waiver is for a file: by its name with or without its folder, or by its region."""
        name, wanted = given(record), fold_text(waiver.source)
        if wanted in (fold_text(name), fold_text(_FOLDERS.split(name)[-1]), fold_text(record.file)):
            return True
        return bool(record.stamp.region) and self.region(waiver) == record.stamp.region


@dataclass(frozen=True)
class _Told:
    """A book that waivers are held against."""

    book: Book
    project: Project
    day: date | None

    def of(self, waiver: Waiver) -> Iterator[Finding]:
        """Yield what is to be said of a waiver: the first thing that keeps it from doing what it is meant to."""
        at, code, facts = self._wrong(waiver)
        if code:
            place = Location(waiver.book, waiver.page, waiver.cells.get(at, ""))
            yield Finding(code, place, str(getattr(waiver, at) or ""), facts)

    def _wrong(self, waiver: Waiver) -> tuple[str, str, Mapping[str, str | LocalizedText]]:
        """Return the attribute at fault, the code of the finding, and its facts; an empty code where nothing is."""
        sources = _Sources(self.project)
        if waiver.code not in CATALOGUE:
            return "code", "waiver_code_unknown", {"near": _meant(waiver.code, CATALOGUE)}
        if waiver.code in REFUSALS:
            return "code", "waiver_of_refusal", {}
        if waiver.boxes is None:
            return "cell", "waiver_cell_unclear", {}
        if waiver.lapsed(self.day):
            return "until", "waiver_expired", {"day": str(self.day)}
        files = [record for record in self.book.files if sources.names(waiver, record)]
        if not files:
            unknown = not sources.region(waiver)
            labels = [region.label for region in self.project.regions]
            known = LocalizedText("、".join(label.zh for label in labels), ", ".join(label.en for label in labels))
            near = {"near": _meant(waiver.source, self._known), "known": known}
            return ("source", "waiver_source_unknown", near) if unknown else ("source", "", {})
        return self._idle(waiver, {record.file for record in files if record in self._counted})

    def _idle(self, waiver: Waiver, files: set[str]) -> tuple[str, str, Mapping[str, str | LocalizedText]]:
        """Return what is wrong with a waiver that is for some of the files but waives nothing of them."""
        if not files or any(waiver.covers(one) for name in files for one in self._said.get(name, ())):
            return "code", "", {}
        sheets = {line.sheet for line in self.book.ledger if line.file in files}
        sheets |= {one.location.sheet for name in files for one in self._said.get(name, ())} - {""}
        if waiver.sheet and fold_text(waiver.sheet) not in {fold_text(one) for one in sheets}:
            return "sheet", "waiver_sheet_unknown", {"near": _meant(waiver.sheet, sorted(sheets))}
        return "code", "waiver_unused", {"source": waiver.source}

    @cached_property
    def _counted(self) -> tuple[FileRecord, ...]:
        return self.book.counted

    @cached_property
    def _said(self) -> Mapping[str, list[Finding]]:
        """File -> what is said of it."""
        found: dict[str, list[Finding]] = {}
        for finding in self.book.findings:
            found.setdefault(finding.location.file, []).append(finding)
        return found

    @cached_property
    def _known(self) -> list[str]:
        """What a waiver may be for: the regions, and the files at hand."""
        regions = [name for one in self.project.regions for name in (one.name, one.name_en, one.code) if name]
        return [*regions, *(given(record) for record in self.book.files)]


def _meant(word: str, known: Iterable[str]) -> LocalizedText:
    """Return the question whether something else was meant, nothing where nothing is near."""
    near = nearest_match(word, known)
    return LocalizedText(f"（是否指“{near}”？）", f" (did you mean “{near}”?)") if near else untranslated("")
