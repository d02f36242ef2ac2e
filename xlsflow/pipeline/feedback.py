"""Findings -> what goes back to the regions: a marked copy of each return, and a text to send with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from xlsflow.clock import localize
from xlsflow.errors import OutputError
from xlsflow.fileformat.stamp import RETURN_KIND
from xlsflow.i18n import (
    Lang,
    LocalizedText,
)
from xlsflow.pipeline.find_files import find_files
from xlsflow.pipeline.session import (
    Collected,
    Desk,
    Key,
)
from xlsflow.system.atomic_write import write_atomically

if TYPE_CHECKING:
    from xlsflow.feedback import Dropdown, Recipient
    from xlsflow.findings import Finding
    from xlsflow.model.project import Project, Region
    from xlsflow.model.records import (
        Book,
        FileRecord,
        RawTable,
    )

CANNOT = "cannot_be_marked"
"""The code of a file that gets no marked copy: its faults are told in the covering text alone."""


def check_folder(folder: Path, paths: Sequence[Path]) -> None:
    """Make sure that what goes back is kept apart from what came back.

    Raises:
        OutputError: The folder is among the returned files: the next run would take the copies for returns.
    """
    there = folder.resolve()
    for path in paths:
        inside = path.resolve() if path.is_dir() else path.resolve().parent
        if there == inside or (path.is_dir() and inside in there.parents):
            raise OutputError("feedback_among_returns", folder=folder, path=path)


def write_feedback(folder: Path, paths: Sequence[Path], collected: Collected, book: Book) -> list[Path]:
    """Write a marked copy and a covering text for every return of which something is to be said.

    A return that bears marks of ours and has nothing left to mend is written without them.

    Args:
        folder: Where they shall stand.
        paths: The files and folders that were read.
        collected: What was read of them.
        book: What is to be said of them.

    Raises:
        OutputError: Something cannot be written.
    """
    from xlsflow.feedback import (ReturnOutcome, has_marks, can_be_marked, covering_text, mark_up,)

    lying = {given.name: given.path for given in find_files(paths)}
    said: dict[str, list[Finding]] = {}
    for finding in book.findings:
        said.setdefault(finding.location.file, []).append(finding)
    written: list[Path] = []
    for record in _returns(book, said):
        source, findings = lying[record.file], said.get(record.file, [])
        read = record.status != "refused"
        marked = read and can_be_marked(source)
        if all(finding.waived for finding in findings) and not (marked and has_marks(source)):
            continue
        target = folder / _below(record.file)
        to, why = _recipient(record, collected.desk), ""
        if marked:
            try:
                mark_up(source, target, findings, to.lang, list(_dropdowns(record, collected)))
                written.append(target)
            except OutputError as failed:
                if failed.code != CANNOT:
                    raise
                marked, why = False, str(failed.facts.get("reason", ""))
        text = covering_text(findings, to, ReturnOutcome(source.name, marked, read, why))
        beside = target.with_name(f"{target.name}.txt")
        write_atomically(beside, lambda path, text=text: path.write_text(text, "utf-8", newline="\n"))  # type: ignore[misc]
        written.append(beside)
    return written


def _returns(book: Book, said: dict[str, list[Finding]]) -> Iterator[FileRecord]:
    """Yield the files that something goes back for: those that count, and those that could not be read."""
    for record in book.files:
        if record.status != "refused":
            if not record.reason and record.stamp.kind == RETURN_KIND:
                yield record
        elif any(finding.severity == "error" for finding in said.get(record.file, ())):
            yield record


def _below(name: str) -> Path:
    """Return the name of a file as a path below a folder, whatever folders stand in it."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return Path(*(part for part in parts if part not in ("..", "/") and ":" not in part))


def _recipient(record: FileRecord, desk: Desk) -> Recipient:
    from xlsflow.feedback import Recipient
    from xlsflow.feedback.texts import LOCAL_DEADLINE

    project = desk.project
    spoken: Lang | None = "zh" if record.stamp.lang == "zh" else "en" if record.stamp.lang == "en" else None
    if project is None:
        return Recipient(lang=spoken or "zh")
    known = project.has_region(record.stamp.region)
    region = project.region(record.stamp.region) if known else None
    due, lang = project.round.due, spoken or (region.language if region else project.project.language)
    shown = f"{due:%Y-%m-%d %H:%M}" if due else ""
    if shown and region and region.time_zone != project.project.time_zone:
        shown = LOCAL_DEADLINE.format(lang, due=shown)
    saved, hours_late = _lateness(record, project, region)
    return Recipient(
        lang=lang,
        contact=_called(region.contact, project, lang) if region else "",
        region=region.label if region else None,
        round=(project.round.title if lang == "zh" or project.round.title.isascii() else "") or project.round.id,
        project=LocalizedText(project.project.name, project.project.name_en or project.project.name),
        due=shown,
        late=bool(due and ((desk.now and desk.now > due) or (desk.as_of and desk.as_of > due.date()))),
        saved=saved,
        hours_late=hours_late,
        coordinator=_called(project.project.coordinator, project, lang),
        coordinator_contact=project.project.coordinator_contact,
    )


def _lateness(record: FileRecord, project: Project, region: Region | None) -> tuple[str, str]:
    """Return when a late return was saved, in the region's time, and by how many hours late; blanks if in time."""
    if record.saved is None or project.round.due is None or region is None:
        return "", ""
    saved = (record.saved if record.saved.tzinfo else record.saved.replace(tzinfo=UTC)).astimezone(region.zone)
    hours = (saved - localize(project.round.due, region.zone)).total_seconds() / 3600
    return (f"{saved:%Y-%m-%d %H:%M}", f"{max(hours, 0.1):.3g}") if hours > 0 else ("", "")


def _called(name: str, project: Project, lang: Lang) -> str:
    """Return a person's name as it is written in a language, where the project says it."""
    return next((one.name_en for one in project.people if lang == "en" and one.name == name and one.name_en), name)


def _dropdowns(record: FileRecord, collected: Collected) -> Iterator[Dropdown]:
    """Yield the dropdowns that a return was issued with."""
    for (pack, template, block), tables in collected.tables.items():
        for table in tables:
            if collected.records[table.file].file == record.file:
                yield from _of_table((pack, template, block), table, record, collected)


def _of_table(key: Key, table: RawTable, record: FileRecord, collected: Collected) -> Iterator[Dropdown]:
    from xlsflow.feedback import Dropdown
    from xlsflow.workbook.outgoing.dropdown_lists import column_name

    _, block, scope = collected.definition(key)
    lang: Lang = "en" if record.stamp.lang == "en" else "zh"
    first, end = table.issued
    for field in block.columns:
        rule = None if field.computed or field.fill else field.entry_rule(scope)
        if rule is None or rule.value_type != "list" or field.name not in table.places:
            continue
        fixed, col = table.places[field.name]
        rows = (first, end - 1) if fixed is None else (fixed, fixed)
        said = field.label.say(lang), field.help_text(lang, scope)
        rejects_others = rule.stop and not field.to
        yield Dropdown(table.sheet, col, *rows, column_name(rule.of), *said, rejects_others)
