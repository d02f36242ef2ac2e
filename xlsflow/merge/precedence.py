"""Decides which files count: of identical copies one, of one region's returns the one that was saved last.

A file whose region is in doubt does not count and replaces none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from xlsflow.findings import Finding, Location
from xlsflow.model.ledger import LedgerLine
from xlsflow.model.returns import REGION_DOUBTFUL, FileRecord, Return

SENT_TWICE, SUPERSEDED = "file_twice", "superseded"
# A clock may be wrong by a time zone, so a return may seem to be saved some hours from now.
_MOST_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Precedence:
    """Whether a file counts in the merge, and which file replaces it.

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

    def record(self, returned: Return) -> FileRecord:
        """Return the file's record; its reason says why it does not count."""
        return returned.record if self.counts else replace(returned.record, reason=self.code)

    def findings(self, returned: Return) -> tuple[Finding, ...]:
        """Return the findings of a file; one that does not count has a single finding that says why."""
        if self.counts:
            return returned.findings
        if self.code == REGION_DOUBTFUL:
            return tuple(finding for finding in returned.findings if finding.code == self.code)
        return (Finding(self.code, Location(returned.record.file), "", {"other": self.other}),)

    def line(self, line: LedgerLine) -> LedgerLine:
        """Return a line of the file's ledger; where it does not count, all its rows share one fate."""
        if self.counts:
            return line
        rows = line.merged + line.superseded + line.duplicate + line.set_aside
        if self.code == SENT_TWICE:
            return line.moved(merged=0, superseded=0, duplicate=rows, set_aside=0)
        if self.code == REGION_DOUBTFUL:
            return line.moved(merged=0, superseded=0, duplicate=0, set_aside=rows)
        return line.moved(merged=0, superseded=rows, duplicate=0, set_aside=0)


def precedences(returns: Sequence[Return]) -> list[Precedence]:
    """Return for each file whether it counts; the order of the files does not matter."""
    found = [Precedence()] * len(returns)
    firsts: dict[str, int] = {}
    # Of identical copies, one of which the region is known goes first: the coordinator may have settled it by its name.
    for number in sorted(range(len(returns)), key=lambda n: (_is_doubtful(returns[n]), returns[n].identity)):
        record = returns[number].record
        first = firsts.setdefault(record.sha256, number) if record.sha256 else number
        if first != number and record.status != "refused":
            found[number] = Precedence(SENT_TWICE, returns[first].record.file)
        elif _is_doubtful(returns[number]):
            found[number] = Precedence(REGION_DOUBTFUL)
    latest: dict[tuple[str, ...], int] = {}
    known = [n for n, returned in enumerate(returns) if found[n].counts and _slot(returned.record)]
    for number in sorted(known, key=lambda n: _age(returns[n].record)):
        latest[_slot(returns[number].record)] = number
    for number in known:
        last = latest[_slot(returns[number].record)]
        if last != number:
            found[number] = Precedence(SUPERSEDED, returns[last].record.file)
    return found


def counted_by_pack(returns: Sequence[Return]) -> Mapping[str, list[int]]:
    """Return pack -> numbers of the returns of it that count, sorted by pack."""
    packs: dict[str, list[int]] = {}
    for number, precedence in enumerate(precedences(returns)):
        record = returns[number].record
        if precedence.counts and record.status != "refused" and record.stamp.pack:
            packs.setdefault(record.stamp.pack, []).append(number)
    return dict(sorted(packs.items()))


def _is_doubtful(returned: Return) -> bool:
    return returned.record.reason == REGION_DOUBTFUL


def known_time(record: FileRecord, now: datetime | None) -> datetime | None:
    """Return when a file was saved, in UTC; None where that is not known: not said, or far in the future.

    Args:
        record: The file.
        now: The present; None where it is not known, then every time is believed.
    """
    if record.saved is None:
        return None
    saved, today = (time if time is None or time.tzinfo else time.replace(tzinfo=UTC) for time in (record.saved, now))
    return saved if saved is not None and (today is None or saved <= today + _MOST_AHEAD) else None


def _slot(record: FileRecord) -> tuple[str, ...]:
    """Return the key of which one return counts: project, pack, round and region; empty if no region is known."""
    stamp = record.stamp
    if record.status == "refused" or not stamp.region:
        return ()
    return stamp.project, stamp.pack, stamp.round, stamp.region


def _age(record: FileRecord) -> tuple[datetime, str, str]:
    """Sort key: save time (naive UTC), then digest, then name; the largest wins."""
    saved = record.saved.replace(tzinfo=None) if record.saved else datetime.min  # noqa: DTZ901 - only compared
    return saved, record.sha256, record.file
