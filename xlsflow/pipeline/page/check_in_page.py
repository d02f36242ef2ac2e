"""Checks one workbook in the page: the step for one file, what a merge of it alone finds, and its marked copy.

It runs in the browser (Pyodide), where there is neither pandas nor pydantic; a test holds it equal to `xlsflow check`.
"""

from __future__ import annotations

import gc
import json
import pickle
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from xlsflow.errors import OutputError
from xlsflow.findings import Diagnostic, Finding, Severity
from xlsflow.i18n import LANGS
from xlsflow.intake.isolation.limits import Limits
from xlsflow.intake.isolation.worker import guarded
from xlsflow.merge.one_return import merged_alone
from xlsflow.model.finding_groups import FindingGroup, grouped
from xlsflow.model.returns import FileRecord, Return
from xlsflow.pipeline.feedback import dropdowns_sent, language_of
from xlsflow.pipeline.project_file import as_instant
from xlsflow.pipeline.read_return import ConsolidatedWorkbook, read_return
from xlsflow.render.as_text import finding_lines, severity_sign

if TYPE_CHECKING:
    from xlsflow.pipeline.definitions import Definitions

LIMITS = Limits(base=True, other_formats=False)
"""Limits of a file; by the clock it has several times the seconds, since WebAssembly is slower than the machine."""

_CLOCK = 3.0
# What ends the worker from outside -> the code of its sentence.
_ENDINGS: Mapping[str, str] = {"time": "file_too_slow", "died": "reader_died", "unreadable": "file_cannot_be_read"}


@dataclass
class PageChecker:
    """Checks the files that are dropped on the page, one after another.

    Attributes:
        definitions: What they are read against, every pack open.
        last: The file that was checked last, as it was read, with its findings; None if it was refused.
    """

    definitions: Definitions
    last: tuple[Path, Return] | None = None

    @classmethod
    def loaded(cls, data: bytes) -> PageChecker:
        """Return a checker with the definitions that the page carries."""
        checker = cls(pickle.loads(data))  # noqa: S301 - part of the page, like this code
        # What is there now stays for good, so a collection after each file need not look at it.
        gc.collect()
        gc.freeze()
        return checker

    def expected(self, name: str, size: int) -> str:
        """Return, as JSON, how many milliseconds a file may take, and what to show if the worker ends over it."""
        limits = LIMITS.grown(size)
        facts = {"seconds": f"{limits.seconds:g}", "exit": "", "why": "NotReadableError"}
        refused = {
            why: self._shown(Return.refused(FileRecord(name), Diagnostic(code, facts)))
            for why, code in _ENDINGS.items()
        }
        return _json({"time": limits.seconds * _CLOCK * 1000, "memory": limits.memory_bytes, "refused": refused})

    def check(self, path: str, now: str) -> str:
        """Return, as JSON, what is shown of a file.

        Args:
            path: Where its bytes lie; its name is the file's own.
            now: The present, in ISO format with a zone; it is the as-of day where the round names none.
        """
        file, project = Path(path), self.definitions.project
        assert project is not None
        instant = as_instant(project, None, datetime.fromisoformat(now))
        definitions = self.definitions.on(instant.astimezone(project.zone).date() if instant else None)
        step = partial(read_return, definitions, LIMITS)
        what, *rest = guarded(step, file, [file.name], LIMITS)
        came = rest[0] if what == "answer" else Return.refused(FileRecord(file.name), Diagnostic(rest[0], rest[1]))
        if isinstance(came, ConsolidatedWorkbook):
            came = Return.refused(came.record, Diagnostic("book_not_checked_here"))
        if came.record.status != "refused":
            opened = definitions.pack(came.record.stamp.pack)
            came = merged_alone(came, opened.definitions, project, definitions.as_of)
            self.last = file, came
        else:
            self.last = None
        gc.collect()
        # As in a reader process, what had to be broken off may have left something broken.
        return _json({**self._shown(came), "broken": what == "broken"})

    def mark(self) -> bytes | None:
        """Return the marked copy of the file that was checked last; None where `check --feedback` would make none."""
        from xlsflow.feedback import can_be_marked, has_marks, mark_up

        if self.last is None:
            return None
        file, came = self.last
        self.last = None
        is_open = any(not finding.waived for finding in came.findings)
        if came.record.reason or not can_be_marked(file) or not (is_open or has_marks(file)):
            return None
        dropdowns = list(dropdowns_sent(came, self.definitions))
        lang = language_of(came.record, self.definitions.project)
        with TemporaryDirectory() as folder:
            target = Path(folder, "copy")
            try:
                mark_up(file, target, came.findings, lang, dropdowns, lambda path, write: write(path))
            except OutputError:
                return None
            return target.read_bytes()

    def _shown(self, came: Return) -> dict[str, Any]:
        counts = Counter(finding.severity.value for finding in came.findings)
        lines = {lang: list(finding_lines([came.record], came.findings, lang)) for lang in LANGS}
        listed = [finding for finding in came.findings if finding.location.sheet or not _stands_in_title(came, finding)]
        return {
            "file": came.record.file,
            "status": came.record.status,
            "counts": {severity.value: counts[severity.value] for severity in Severity},
            "title": {lang: lines[lang][0] for lang in LANGS},
            "text": {lang: "\n".join(lines[lang]) for lang in LANGS},
            "sheets": list(_sheets(listed)),
        }


def _stands_in_title(came: Return, finding: Finding) -> bool:
    """Return whether a finding is the reason why a file does not count, which its title says."""
    return finding.code == came.record.reason


def _sheets(findings: Sequence[Finding]) -> Iterator[dict[str, Any]]:
    """Yield each sheet with its findings, in the order and the groups of the terminal."""
    for sheet, here in groupby(findings, key=lambda finding: finding.location.sheet):
        yield {"sheet": sheet, "groups": [_group(group) for group in grouped(here)]}


def _group(group: FindingGroup) -> dict[str, Any]:
    return {
        "severity": group.severity.value,
        "sign": severity_sign(group.severity),
        "cells": group.cells,
        "message": {lang: group.message(lang) for lang in LANGS},
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
