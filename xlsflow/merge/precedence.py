"""Decides which returns take part in a merge, and by what order their cells win."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from xlsflow.fileformat.stamp import COORDINATOR_KIND
from xlsflow.findings import Finding, Location
from xlsflow.i18n import LocalizedText, untranslated
from xlsflow.merge.fold import Leaf
from xlsflow.model.history import RoundOrder, round_order
from xlsflow.model.ledger import LedgerLine
from xlsflow.model.returns import FROM_HISTORY, REGION_DOUBTFUL, FileRecord, Return

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from xlsflow.model.proposals import Proposal

SENT_TWICE, SUPERSEDED, EARLIER_ROUND = "file_twice", "superseded", "earlier_round"
"""Why a file does not count: another one has the same content; another one of its region replaces all of it; its round
has passed, so its rows are in the history, and those still open are carried on."""

OF_THE_MERGE = frozenset((SENT_TWICE, SUPERSEDED, EARLIER_ROUND, "row_twice", "used_elsewhere", "cell_conflict"))
"""Codes of findings across files: a merge reports them again where they still hold."""

# A return may come in after the day that a report is true for; one saved more than a month later is from a wrong clock.
_CLOCK_TOLERANCE = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Precedence:
    """Whether a file counts in the merge, and which file replaces it.

    Attributes:
        code: Why it does not count; empty where it does.
        other: Name of the file that counts instead, or the round that it is from.
    """

    code: str = ""
    other: str | LocalizedText = ""

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
        known = tuple(finding for finding in returned.findings if finding.code == self.code)
        if known or self.code == REGION_DOUBTFUL:
            return known
        if returned.record.recognised == FROM_HISTORY:
            return ()
        return (Finding(self.code, Location(returned.record.file), "", {"other": self.other}),)


def sent_twice(returns: Sequence[Return]) -> list[Precedence]:
    """Return for each file whether it takes part by itself; the order of the files does not matter."""
    found = [Precedence()] * len(returns)
    firsts: dict[str, int] = {}
    # Of identical copies, one of which the region is known goes first: the coordinator may have settled it by its name.
    # Then the one saved first: saving again says nothing new, and a name says nothing at all.
    for number in sorted(range(len(returns)), key=lambda n: (*_place(returns[n]), returns[n].identity)):
        record = returns[number].record
        if record.status == "refused" or record.recognised == FROM_HISTORY:
            continue
        digests = [digest for digest in (record.content, record.sha256) if digest]
        first = next((firsts[digest] for digest in digests if digest in firsts), number)
        firsts |= dict.fromkeys(digests, first)
        if first != number:
            found[number] = Precedence(SENT_TWICE, returns[first].record.file)
        elif record.reason in (REGION_DOUBTFUL, SUPERSEDED):
            # Of a superseded file in a book of an earlier version, only the finding is known.
            found[number] = Precedence(record.reason)
    return found


def _place(returned: Return) -> tuple[bool, datetime]:
    """Return the place of a return among identical copies; a time that is unknown is the last."""
    saved = known_time(returned.record, None)
    return returned.record.reason == REGION_DOUBTFUL, saved or datetime.max  # noqa: DTZ901 - only compared


def identity_digest(record: FileRecord) -> str:
    """Return what identifies the content of a file; books of earlier versions know only the digest of its bytes."""
    return record.content or record.sha256


def counted_by_pack(returns: Sequence[Return]) -> Mapping[str, list[int]]:
    """Return pack -> numbers of the returns of it that take part, sorted by pack."""
    packs: dict[str, list[int]] = {}
    for number, precedence in enumerate(sent_twice(returns)):
        record = returns[number].record
        if precedence.counts and record.status != "refused" and record.stamp.pack:
            packs.setdefault(record.stamp.pack, []).append(number)
    return dict(sorted(packs.items()))


def leaves_of(
    returns: Sequence[Return], taking_part: Sequence[bool], day: date | None, present: str
) -> list[Leaf | None]:
    """Return what the order needs to know of each return; None for one that does not take part.

    Args:
        returns: The returns.
        taking_part: Whether each takes part.
        day: The as-of day; None takes every time of saving as it is.
        present: The round that the merge is about; a return that names none is of this one.
    """
    leaves = [_leaf(number, returned, day, present) for number, returned in enumerate(returns)]
    complete = _with_corrections(leaves)
    return [leaf if part else None for leaf, part in zip(complete, taking_part, strict=True)]


def _leaf(number: int, returned: Return, day: date | None, present: str) -> Leaf:
    record = returned.record
    return Leaf(
        number,
        record.file,
        round_order(record.stamp.round or present),
        # In an earlier book its edits have been applied; a row that the coordinator has added goes on like any other.
        record.stamp.kind == COORDINATOR_KIND and record.recognised != FROM_HISTORY,
        record.stamp.project,
        record.stamp.pack,
        record.stamp.region,
        known_time(record, day),
        identity_digest(record),
        returned.filler,
        frozenset(filter(None, (record.content, record.sha256))),
        frozenset(filter(None, (returned.corrects,))),
    )


def _with_corrections(leaves: Sequence[Leaf]) -> list[Leaf]:
    """Return leaves with the digests of all returns that they correct, through several corrections too."""
    direct: dict[str, frozenset[str]] = {}
    for leaf in leaves:
        direct |= dict.fromkeys(leaf.digests, leaf.corrects)

    def chain(digests: frozenset[str]) -> frozenset[str]:
        found: set[str] = set()
        waiting = [*digests]
        while waiting:
            digest = waiting.pop()
            if digest not in found:
                found.add(digest)
                waiting += direct.get(digest, ())
        return frozenset(found)

    return [replace(leaf, corrects=chain(leaf.corrects)) if leaf.corrects else leaf for leaf in leaves]


def known_time(record: FileRecord, day: date | None) -> datetime | None:
    """Return when a file was saved, as naive UTC; None where that is unknown or lies far after the as-of day."""
    if record.saved is None:
        return None
    saved = record.saved.astimezone(UTC).replace(tzinfo=None) if record.saved.tzinfo else record.saved
    return None if day is not None and saved.date() > day + _CLOCK_TOLERANCE else saved


def whole_file_line(line: LedgerLine, code: str) -> LedgerLine:
    """Return a line of the ledger of a file that does not take part: all its rows are duplicates, or set aside."""
    rows = line.seen - line.blank
    plain = line.moved(merged=0, superseded=0, duplicate=0, set_aside=0, unchanged=0, carried=0)
    if code == SENT_TWICE:
        return plain.moved(duplicate=rows)
    return plain.moved(superseded=rows) if code == SUPERSEDED else plain.moved(set_aside=rows)


def round_name(returned: Return) -> LocalizedText:
    """Return the round of a return as a fact of a finding."""
    return untranslated(returned.record.stamp.round)


# Fates as numbers, so that the fates of all rows are one array; 0 is a row whose return does not take part.
FATES: tuple[str, ...] = ("", "merged", "unchanged", "duplicate", "superseded", "carried")
_, FATE_MERGED, FATE_UNCHANGED, FATE_DUPLICATE, FATE_SUPERSEDED, FATE_CARRIED = range(len(FATES))

SHOWN = (FATE_MERGED, FATE_UNCHANGED, FATE_CARRIED)
"""Fates of the rows of which something is in the data."""


def shown_rows(fates: Mapping[str, int]) -> int:
    """Return of how many rows something is in the data; one carried on may have been confirmed by an edit."""
    return sum(fates.get(FATES[fate], 0) for fate in SHOWN)


@dataclass
class JoinedBlock:
    """The join of one block.

    Attributes:
        rows: The rows of the data, with the columns ROW_SOURCE.
        positions: Position of each of them in the input; rows that a return no longer has lie behind its end.
        fates: For each row of the input the index of its fate in `FATES`.
        proposals: What the coordinator may want to decide.
        clashes: Rows of the data whose key another row has too: position in `rows`.
        folded: Positions of the input whose row in the data has cells of others, or that are not in the data.
        repeated: Positions of the input that are the same as another row of their return -> that row.
    """

    rows: pd.DataFrame
    positions: Sequence[int]
    fates: np.ndarray[tuple[int], np.dtype[np.int64]]
    proposals: list[Proposal] = field(default_factory=list)
    clashes: list[int] = field(default_factory=list)
    folded: set[int] = field(default_factory=set)
    repeated: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class MergeContext:
    """What the join of every block needs to know.

    Attributes:
        returns: All returns.
        leaves: The return of each number; None where it does not take part.
        round: The round that the merge is about.
        regions: Code of a region -> its place in the order of the project.
        known: Block, key and region of the rows that were reported in earlier rounds -> whether they were closed.
        deleted: Block, key and region -> the round in which the coordinator deleted the row.
    """

    returns: Sequence[Return]
    leaves: Sequence[Leaf | None]
    round: RoundOrder
    regions: Mapping[str, int]
    known: Mapping[tuple[str, str, str], bool]
    deleted: Mapping[tuple[str, str, str], RoundOrder]

    @cached_property
    def owners(self) -> Mapping[tuple[str, str], str]:
        """Block and key -> region that a row belonged to in earlier rounds; missing where it was in several."""
        owners: dict[tuple[str, str], set[str]] = {}
        for block, key, region in self.known:
            owners.setdefault((block, key), set()).add(region)
        return {row: next(iter(regions)) for row, regions in owners.items() if len(regions) == 1}
