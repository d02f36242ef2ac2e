"""Reads the files behind paths, each in a reader process; what a merge needs is loaded meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.findings import Diagnostic
from xlsflow.i18n import untranslated
from xlsflow.intake.find_files import InputFile, find_files
from xlsflow.model.returns import FileRecord, Return
from xlsflow.pipeline.progress import counted
from xlsflow.pipeline.read_return import BrokenPack, reading_step
from xlsflow.post.incoming.receipts import earliest_receipts, opened_digests
from xlsflow.system.preload import preload

if TYPE_CHECKING:
    from xlsflow.intake.isolation.reader_pool import Unreadable
    from xlsflow.pipeline.definitions import Definitions
    from xlsflow.pipeline.progress import Progress
    from xlsflow.pipeline.read_return import ConsolidatedWorkbook, ReadFile


def collect(
    paths: Sequence[Path], definitions: Definitions, progress: Progress | None = None
) -> list[Return | ConsolidatedWorkbook]:
    """Read returned files, each in a reader process.

    Args:
        paths: Files and folders.
        definitions: What they are read against.
        progress: Called after each file.

    Returns:
        One value a file, in the order of their names; a file that is not read is one too.

    Raises:
        InputError: A path is not there.
        TemplateError: A file is of a pack whose definition is wrong.
    """
    from xlsflow.intake.isolation.reader_pool import Request, read_files, usual_limits

    preload("checks.schema", "merge.merge", "reports")  # a second's work, while other processes read
    opened = opened_digests(paths)
    files = [(file, _refusal(file, opened)) for file in find_files(paths)]
    limits = replace(usual_limits(), base=True)
    requests = [Request(file.path, (file.name, file.found)) for file, refusal in files if refusal is None]
    receipts = earliest_receipts(paths)
    reading = read_files(requests, reading_step(definitions, limits), limits)
    # Closed here: Python drops an interruption that comes while it clears away a generator by itself.
    with closing(reading) as answers:
        return [
            refusal or _with_receipt(_value(next(answers), file, definitions), receipts)
            for file, refusal in counted(files, "read", progress)
        ]


def _with_receipt(
    value: Return | ConsolidatedWorkbook, receipts: Mapping[str, datetime]
) -> Return | ConsolidatedWorkbook:
    """Return a file with the time of its receipt, where a mail has brought it."""
    received = receipts.get(value.record.sha256)
    return value if received is None else replace(value, record=replace(value.record, received=received))


def _refusal(file: InputFile, opened: frozenset[str]) -> Return | None:
    """Return the refusal of a file that cannot be a return, judging by its name; None if it can."""
    if file.problem:
        return Return.refused(FileRecord(file.name), Diagnostic(file.problem, {"why": untranslated(file.reason)}))
    if file.is_lock:
        return Return.refused(FileRecord(file.name), Diagnostic("file_is_lock"))
    if opened and file.may_hold_a_return and sha256(file.path.read_bytes()).hexdigest() in opened:
        return Return.refused(FileRecord(file.name), Diagnostic("container_opened"))
    if file.found and not file.is_spreadsheet:
        return Return.refused(FileRecord(file.name), Diagnostic(file.may_hold_a_return or "other_file"))
    return None


def _value(answer: ReadFile | Unreadable, file: InputFile, definitions: Definitions) -> Return | ConsolidatedWorkbook:
    """Return the answer of a reader process as the value of a file.

    Raises:
        TemplateError: The definition of its pack is wrong.
    """
    from xlsflow.intake.isolation.reader_pool import Unreadable

    if isinstance(answer, Unreadable):
        return Return.refused(FileRecord(file.name), Diagnostic(answer.code, answer.facts))
    if isinstance(answer, BrokenPack):
        definitions.pack(answer.name)  # raises
        return Return.refused(FileRecord(file.name), Diagnostic("unknown_pack", {"pack": untranslated(answer.name)}))
    return answer
