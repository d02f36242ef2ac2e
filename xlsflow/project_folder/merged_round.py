"""A round as it stands: everything in its inbox and its book, merged in memory or into the book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.post.journal import MERGED
from xlsflow.project_folder.folder import ProjectFolder, RoundFolder

if TYPE_CHECKING:
    from xlsflow.findings import Finding
    from xlsflow.i18n import Lang
    from xlsflow.model.consolidated_book import Book
    from xlsflow.model.returns import FileRecord
    from xlsflow.pipeline.definitions import Definitions
    from xlsflow.pipeline.feedback import ReturnedFiles
    from xlsflow.pipeline.merge import CollectedFile
    from xlsflow.pipeline.progress import Progress
    from xlsflow.pipeline.report import EarlierBooks
    from xlsflow.reports import ReportInputs


@dataclass(frozen=True)
class MergedRound:
    """The returns of a round, merged.

    Attributes:
        round: The round.
        definitions: What they were read against, with the project.
        instant: The as-of instant.
        returned: The files and their book.
        earlier: The books of earlier rounds.
    """

    round: RoundFolder
    definitions: Definitions
    instant: datetime
    returned: ReturnedFiles
    earlier: EarlierBooks

    @property
    def book(self) -> Book:
        """The merged data."""
        return self.returned.book

    @cached_property
    def inputs(self) -> ReportInputs:
        """What the report is made from."""
        from xlsflow.pipeline.merge import basis

        return basis(self.book, self.definitions, self.instant, self.earlier.last)

    def write(self, lang: Lang, now: datetime, progress: Progress | None = None) -> Sequence[Finding]:
        """Write the book, then the feedback; return what of the feedback could not be written.

        Raises:
            OutputError: The book cannot be written.
        """
        from xlsflow.pipeline.feedback import write_feedback
        from xlsflow.pipeline.merge import document
        from xlsflow.pipeline.report import book_writer

        path = self.round.book
        book_writer(path)(path, document(self.book, self.definitions, self.instant, lang, self.earlier.last))
        digests = sorted({record.sha256 for record in self.book.files if record.sha256})
        digest = sha256(path.read_bytes()).hexdigest()
        self.round.journal.add(MERGED, now, file=path.name, sha256=digest, files=digests)
        if not self.returned.paths:
            return ()
        return write_feedback(self.round.feedback, self.returned, self.definitions, now, progress)


@dataclass(frozen=True)
class RoundMerge:
    """What `merge` did in a project folder.

    Attributes:
        present: The present round.
        corrected: Earlier rounds that returns of theirs have come for since they were merged.
        findings: Those of the present round, and what could not be written.
    """

    present: MergedRound
    corrected: tuple[MergedRound, ...]
    findings: tuple[Finding, ...]


def merge_present_round(
    folder: ProjectFolder, now: datetime, lang: Lang, as_of: datetime | None = None, progress: Progress | None = None
) -> RoundMerge:
    """Merge the present round into its book, and returns of earlier rounds into theirs.

    Args:
        folder: The project folder.
        now: The present.
        lang: Language of the books.
        as_of: The as-of instant; the round's own where None, else the present.
        progress: Called after each file.

    Raises:
        InputError: The project names no round.
        OutputError: A book cannot be written; those before it are.
    """
    from xlsflow.findings import Finding

    with folder.round().locked():
        belated, corrected = _belated(folder, progress), []
        for round_, files in belated.items():
            merged = _corrected_round(folder, round_, files, progress)
            merged.write(lang, now)
            corrected.append(merged)
        elsewhere = frozenset(_digest(path) for files in belated.values() for path in files)
        present = merged_round(folder, now, as_of, elsewhere, progress)
        failed = present.write(lang, now, progress)
    findings = tuple(sorted((*present.book.findings, *failed), key=Finding.order))
    return RoundMerge(present, tuple(corrected), findings)


def merged_round(
    folder: ProjectFolder,
    now: datetime,
    as_of: datetime | None = None,
    elsewhere: frozenset[str] = frozenset(),
    progress: Progress | None = None,
) -> MergedRound:
    """Return the present round as it stands, without writing anything.

    What a coordinator has picked or edited in the book is read back, so the book is one of the files.

    Args:
        folder: The project folder.
        now: The present.
        as_of: The as-of instant; the round's own where None, else the present.
        elsewhere: Digests of files that are of earlier rounds, and merged there.
        progress: Called after each file.

    Raises:
        InputError: The project names no round.
    """
    from xlsflow.errors import InputError
    from xlsflow.pipeline.definitions import Definitions
    from xlsflow.pipeline.project_file import as_instant
    from xlsflow.pipeline.report import earlier_books

    project, round_ = folder.project, folder.round()
    instant = as_instant(project, as_of, now)
    if instant is None:
        raise InputError("no_as_of")
    definitions = Definitions(folder.library, project, instant.astimezone(project.zone).date())
    last = folder.last_book()
    earlier = earlier_books([last] if last else [], folder.library, project)
    inbox = [round_.inbox] if _files_in(round_.inbox) else []
    files = _read(round_, definitions, inbox, elsewhere, progress)
    return _merged(round_, definitions, instant, files, earlier)


@dataclass(frozen=True)
class _ReadFiles:
    """Files that were read, and the paths that led to them."""

    paths: Sequence[Path]
    files: Sequence[CollectedFile]


def _read(
    round_: RoundFolder,
    definitions: Definitions,
    paths: Sequence[Path],
    elsewhere: frozenset[str],
    progress: Progress | None,
) -> _ReadFiles:
    """Read returns and the book of a round, except for files that are merged elsewhere."""
    from xlsflow.pipeline.collect import collect

    whole = [*paths, *([round_.book] if round_.book.is_file() else [])]
    files = collect(whole, definitions, progress) if whole else []
    return _ReadFiles(whole, [file for file in files if file.record.sha256 not in elsewhere])


def _merged(
    round_: RoundFolder, definitions: Definitions, instant: datetime, read: _ReadFiles, earlier: EarlierBooks
) -> MergedRound:
    from xlsflow.pipeline.feedback import ReturnedFiles
    from xlsflow.pipeline.merge import merge_files

    book = merge_files(read.files, definitions, earlier.books)
    return MergedRound(round_, definitions, instant, ReturnedFiles(read.paths, read.files, book), earlier)


def _files_in(folder: Path) -> list[Path]:
    """Return the files of a folder; hidden ones are ours or nobody's."""
    found = folder.rglob("*") if folder.is_dir() else ()
    return sorted(path for path in found if path.is_file() and not path.name.startswith("."))


def _belated(folder: ProjectFolder, progress: Progress | None) -> dict[RoundFolder, list[Path]]:
    """Return the earlier rounds with a book -> files that are theirs and not in it: here, or in their own inbox."""
    from dataclasses import replace

    from xlsflow.pipeline.collect import collect
    from xlsflow.pipeline.definitions import Definitions

    earlier = {round_.path.name: round_ for round_ in folder.earlier()}
    found: dict[RoundFolder, list[Path]] = {}
    if not earlier:
        return found
    for round_ in earlier.values():
        merged = [entry for entry in round_.journal.entries() if entry.what == MERGED]
        known = set(merged[-1].facts.get("files", ())) if merged else set()
        new = [path for path in _files_in(round_.inbox) if _digest(path) not in known]
        if new:
            found[round_] = []
    project = folder.project
    definitions = replace(Definitions(folder.library, project), any_round=True)
    paths = _files_in(folder.round().inbox)
    by_digest = {_digest(path): path for path in paths}
    for record in _records(collect([folder.round().inbox], definitions, progress) if paths else ()):
        round_id = record.stamp.round
        path = by_digest.get(record.sha256)
        if path and round_id and round_id != project.round.id:
            of = folder.round(round_id)
            if of.path.name in earlier:
                found.setdefault(earlier[of.path.name], []).append(path)
    return found


def _records(files: Sequence[CollectedFile]) -> Sequence[FileRecord]:
    from xlsflow.model.returns import Return

    return [file.record for file in files if isinstance(file, Return) and file.record.status != "refused"]


def _corrected_round(
    folder: ProjectFolder, round_: RoundFolder, files: Sequence[Path], progress: Progress | None
) -> MergedRound:
    """Merge an earlier round again: by the project as it was then, which its book holds."""
    from xlsflow.pipeline.report import EarlierBooks, open_consolidated

    opened = open_consolidated(round_.book, folder.library)
    # What was carried into that round is in its book, so the books before it are not needed.
    paths = [*([round_.inbox] if _files_in(round_.inbox) else []), *files]
    read = _read(round_, opened.definitions, paths, frozenset(), progress)
    return _merged(round_, opened.definitions, opened.instant, read, EarlierBooks())


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
