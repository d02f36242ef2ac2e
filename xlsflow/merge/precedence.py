"""Which of the files count: of copies one, of one region's returns the one that was saved last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from xlsflow.findings import (
    Finding,
    Location,
)
from xlsflow.model.records import (
    FileRecord,
    LedgerLine,
    Part,
)

TWICE, SUPERSEDED = "file_twice", "superseded"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a file is beside the others.

    Attributes:
        code: Why it does not count; empty where it does.
        other: Name of the file that counts instead.
    """

    code: str = ""
    other: str = ""

    @property
    def counts(self) -> bool:
        """Whether the file's rows go into the book."""
        return not self.code

    def record(self, part: Part) -> FileRecord:
        """Return the file's record, with why it does not count."""
        return part.record if self.counts else replace(part.record, reason=self.code)

    def findings(self, part: Part) -> tuple[Finding, ...]:
        """Return what is to be said of a file: of one that does not count, only why."""
        if self.counts:
            return part.findings
        return (Finding(self.code, Location(part.record.file), "", {"other": self.other}),)

    def line(self, line: LedgerLine) -> LedgerLine:
        """Return a line of the file's ledger: where it does not count, all its rows went one way."""
        if self.counts:
            return line
        gone = line.merged + line.superseded + line.duplicate + line.set_aside
        if self.code == TWICE:
            return line.moved(merged=0, superseded=0, duplicate=gone, set_aside=0)
        return line.moved(merged=0, superseded=gone, duplicate=0, set_aside=0)


def standings(parts: Sequence[Part]) -> list[Standing]:
    """Return what each file is beside the others, whatever order they come in."""
    found = [Standing()] * len(parts)
    firsts: dict[str, int] = {}
    for number in sorted(range(len(parts)), key=lambda n: parts[n].identity):
        record = parts[number].record
        first = firsts.setdefault(record.sha256, number) if record.sha256 else number
        if first != number and record.status != "refused":
            found[number] = Standing(TWICE, parts[first].record.file)
    latest: dict[tuple[str, ...], int] = {}
    known = [n for n, part in enumerate(parts) if found[n].counts and _whose(part.record)]
    for number in sorted(known, key=lambda n: _age(parts[n].record)):
        latest[_whose(parts[number].record)] = number
    for number in known:
        last = latest[_whose(parts[number].record)]
        if last != number:
            found[number] = Standing(SUPERSEDED, parts[last].record.file)
    return found


def _whose(record: FileRecord) -> tuple[str, ...]:
    """Return what there is one return of; empty for a file that was refused or is of no known region."""
    stamp = record.stamp
    if record.status == "refused" or not stamp.region:
        return ()
    return stamp.project, stamp.pack, stamp.round, stamp.region


def _age(record: FileRecord) -> tuple[datetime, str, str]:
    """Return what later files have more of; times of saving are all in UTC, whether they say so or not."""
    saved = record.saved.replace(tzinfo=None) if record.saved else datetime.min  # noqa: DTZ901 - only compared
    return saved, record.sha256, record.file
