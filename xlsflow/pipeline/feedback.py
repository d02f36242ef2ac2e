"""Writes the feedback for regions: a marked copy of each return with findings, and a covering text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.clock import localize
from xlsflow.errors import OutputError
from xlsflow.fileformat.stamp import RETURN_KIND
from xlsflow.i18n import LANGS, Lang, LocalizedText
from xlsflow.intake.find_files import find_files
from xlsflow.model.returns import BlockRows, FileRecord, Return, original_name
from xlsflow.pipeline.progress import counted

if TYPE_CHECKING:
    from xlsflow.feedback import Dropdown, Recipient
    from xlsflow.findings import Finding
    from xlsflow.model.consolidated_book import Book
    from xlsflow.model.project import Project, Region
    from xlsflow.pipeline.definitions import Definitions, PackDefinitions
    from xlsflow.pipeline.merge import CollectedFile
    from xlsflow.pipeline.progress import Progress
    from xlsflow.system.owned_folder import OwnedFolder

# Code of a file that gets no marked copy: its findings are in the covering text alone.
_CANNOT = "cannot_be_marked"


@dataclass(frozen=True)
class ReturnedFiles:
    """Returned files and what became of them.

    Attributes:
        paths: The files and folders that were read.
        files: What they were read as.
        book: What was merged of them.
    """

    paths: Sequence[Path]
    files: Sequence[CollectedFile]
    book: Book


def check_folder(folder: Path, paths: Sequence[Path]) -> None:
    """Check that feedback is not written among the returned files.

    Raises:
        OutputError: The folder is among the returned files: the next run would take the copies for returns.
    """
    target = folder.resolve()
    for path in paths:
        inside = path.resolve() if path.is_dir() else path.resolve().parent
        if target == inside or (path.is_dir() and inside in target.parents):
            raise OutputError("feedback_among_returns", folder=folder, path=path)


def write_feedback(
    to: Path,
    returned: ReturnedFiles,
    definitions: Definitions,
    now: datetime | None,
    progress: Progress | None = None,
) -> list[Finding]:
    """Write a marked copy and a covering text for every return that has findings; remove those that are outdated.

    A return that was marked before and has no findings any more is written without its marks. A return that is known
    from a consolidated workbook gets its copy if the file itself is among the files too, else the text alone.

    Args:
        to: Folder for the marked copies and covering texts.
        returned: The files.
        definitions: What they were read against.
        now: The present: a letter sets no deadline that is past.
        progress: Called after each return that may get feedback.

    Returns:
        What could not be written; no file costs the others theirs.
    """
    from xlsflow.findings import Finding, Location
    from xlsflow.system.owned_folder import OwnedFolder

    book, zone = returned.book, definitions.project.zone if definitions.project else None
    here = None if now is None or zone is None else now.astimezone(zone).replace(tzinfo=None)
    sources = {file.name: file.path for file in find_files(returned.paths)}
    by_file: dict[str, list[Finding]] = {}
    for finding in book.findings:
        by_file.setdefault(finding.location.file, []).append(finding)
    folder, failed, settled = OwnedFolder(to), [], {None, *sources.values()}
    for record in counted(list(_recipients(book, by_file)), "feedback", progress):
        came = _at_hand(record, returned.files)
        source = sources.get(came.record.file) if came else None
        letter = _Letter(record, came, source, by_file.get(record.file, []), definitions)
        try:
            if reason := _write_letter(letter, folder, here):
                why = LocalizedText(reason, reason)
                failed.append(Finding("copy_not_made", Location(record.file), "", {"why": why}))
        except OutputError as error:
            why = LocalizedText(error.say("zh"), error.say("en"))
            failed.append(Finding("feedback_not_written", Location(record.file), "", {"why": why}))
            settled -= {source}
    try:
        folder.close(filter(None, settled))
    except OutputError as error:
        why = LocalizedText(error.say("zh"), error.say("en"))
        failed.append(Finding("feedback_not_written", Location(str(to)), "", {"why": why}))
    return failed


def _at_hand(record: FileRecord, files: Sequence[CollectedFile]) -> Return | None:
    """Return the file that a record is about as it was read; None if it is in a consolidated workbook alone."""
    names = record.file, original_name(record)
    same = [file for file in files if isinstance(file, Return) and file.record.sha256 == record.sha256]
    by_name = next((file for file in same if file.record.file in names), None)
    return by_name or (same[0] if same and record.sha256 else None)


@dataclass(frozen=True)
class _Letter:
    """What goes back for one return.

    Attributes:
        record: The return.
        came: What was read of it; None if it is known from a consolidated workbook alone.
        source: Its file; None likewise.
        findings: What was found in it.
        definitions: What it was read against.
    """

    record: FileRecord
    came: Return | None
    source: Path | None
    findings: list[Finding]
    definitions: Definitions


def _write_letter(letter: _Letter, folder: OwnedFolder, now: datetime | None) -> str:
    """Write copy and text of one return, if it gets any; return why there is no copy, where that is unexpected.

    Raises:
        OutputError: Something cannot be written.
    """
    from xlsflow.feedback import ReturnOutcome, can_be_marked, covering_text, has_marks, mark_up

    record, source = letter.record, letter.source
    read = record.status != "refused"
    marked = read and source is not None and can_be_marked(source)
    if all(finding.waived for finding in letter.findings) and not (marked and source and has_marks(source)):
        return ""
    recipient, unmarked = _recipient(record, letter.definitions, now), ""
    target = folder.reserve(record.file, ".txt")
    if marked and source and letter.came:
        dropdowns = list(dropdowns_sent(letter.came, letter.definitions))
        try:
            mark_up(source, target, letter.findings, recipient.lang, dropdowns, partial(folder.write, source))
        except OutputError as error:
            if error.code != _CANNOT:
                raise
            marked, unmarked = False, str(error.facts.get("reason", ""))
    outcome = ReturnOutcome(source.name if source else record.file, marked, read, unmarked, at_hand=source is not None)
    text = covering_text(letter.findings, recipient, outcome)
    folder.write(
        source, target.with_name(f"{target.name}.txt"), lambda path: path.write_text(text, "utf-8", newline="\n")
    )
    return unmarked


def _recipients(book: Book, by_file: dict[str, list[Finding]]) -> Iterator[FileRecord]:
    """Yield the files that get feedback: those that count, and those that could not be read."""
    for record in book.files:
        if record.status != "refused":
            if not record.reason and record.stamp.kind == RETURN_KIND:
                yield record
        elif record.reason != "folder_unreadable" and any(
            finding.severity == "error" for finding in by_file.get(record.file, ())
        ):
            yield record


def _recipient(record: FileRecord, definitions: Definitions, now: datetime | None) -> Recipient:
    from xlsflow.feedback import Recipient
    from xlsflow.feedback.texts import LOCAL_DEADLINE

    project = definitions.project
    lang = language_of(record, project)
    if project is None:
        return Recipient(lang=lang)
    region = _region(record, project)
    due = project.round.due
    deadline = f"{due:%Y-%m-%d %H:%M}" if due else ""
    if deadline and region and region.time_zone != project.project.time_zone:
        deadline = LOCAL_DEADLINE.format(lang, due=deadline)
    came, hours_late = _lateness(record, project, region)
    return Recipient(
        lang=lang,
        contact=_person(region.contact, project, lang) if region else "",
        region=region.label if region else None,
        round=(project.round.title if lang == "zh" or project.round.title.isascii() else "") or project.round.id,
        project=LocalizedText(project.project.name, project.project.name_en or project.project.name),
        due=deadline,
        late=bool(due and ((now and now > due) or (definitions.as_of and definitions.as_of > due.date()))),
        saved=came if record.received is None else "",
        received=came if record.received is not None else "",
        hours_late=hours_late,
        coordinator=_person(project.project.coordinator, project, lang),
        coordinator_contact=project.project.coordinator_contact,
    )


def language_of(record: FileRecord, project: Project | None) -> Lang:
    """Return the language of what goes back for a return: its own, else its region's, else the project's."""
    if record.stamp.lang in LANGS:
        return "en" if record.stamp.lang == "en" else "zh"
    if project is None:
        return "zh"
    region = _region(record, project)
    return region.language if region else project.project.language


def _region(record: FileRecord, project: Project) -> Region | None:
    return project.region(record.stamp.region) if project.has_region(record.stamp.region) else None


def _lateness(record: FileRecord, project: Project, region: Region | None) -> tuple[str, str]:
    """Return when a late return came, in the region's time, and by how many hours late; blanks if in time."""
    if record.came is None or project.round.due is None or region is None:
        return "", ""
    came = record.came.astimezone(region.zone)
    # Deadlines are local times of each region; at least 0.1 is shown, since "0 hours late" would look like an error.
    hours = (came - localize(project.round.due, region.zone)).total_seconds() / 3600
    return (f"{came:%Y-%m-%d %H:%M}", f"{max(hours, 0.1):.3g}") if hours > 0 else ("", "")


def _person(name: str, project: Project, lang: Lang) -> str:
    """Return a person's name in a language: the English name if the project has one and English is asked for."""
    return next((p.name_en for p in project.people if lang == "en" and p.name == name and p.name_en), name)


def dropdowns_sent(returned: Return, definitions: Definitions) -> Iterator[Dropdown]:
    """Yield the dropdowns that a return was sent out with."""
    opened = definitions.pack(returned.record.stamp.pack)
    lang: Lang = "en" if returned.record.stamp.lang == "en" else "zh"
    for table in returned.blocks:
        yield from _of_block(table, opened, lang)


def _of_block(table: BlockRows, opened: PackDefinitions, lang: Lang) -> Iterator[Dropdown]:
    from xlsflow.feedback import Dropdown
    from xlsflow.workbook.self_check.dropdown_lists import column_name

    _, block = opened.blocks[table.full_name]
    first, end = table.sent_rows
    for field in block.columns:
        rule = None if field.computed or field.fill else field.entry_rule(opened.scope)
        if rule is None or rule.value_type != "list" or field.name not in table.positions:
            continue
        fixed, col = table.positions[field.name]
        rows = (first, end - 1) if fixed is None else (fixed, fixed)
        texts = field.label.say(lang), field.help_text(lang, opened.scope)
        stops = rule.stop and not field.to
        yield Dropdown(table.sheet, col, *rows, column_name(rule.of), *texts, stops)
