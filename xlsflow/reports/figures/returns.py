"""Who has returned the workbook, when, and how good it is."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd

from xlsflow.clock import at
from xlsflow.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsflow.model.project import Region
    from xlsflow.model.returns import FileRecord
    from xlsflow.reports.inputs import Basis

IN_TIME, LATE, UNDATED, MISSING = "in_time", "late", "undated", "missing"
"""What became of a return; undated: returned, but the file does not say when it was saved."""

COLUMNS = (
    "region", "state", "files", "saved", "deadline", "hours_late", "rows", "errors", "warnings", "infos",
)  # fmt: skip


def returns(basis: Basis) -> pd.DataFrame:
    """Return one row for each region that was asked, in the project's order.

    Columns: `region` (code), `state` (`in_time`, `late`, `undated`, `missing`), `files` (names), `saved` and `deadline`
    (the region's wall time), `hours_late`, `rows` that went into the book, `errors`, `warnings`, `infos` (findings in
    its files).
    """
    by_region: dict[str, list[FileRecord]] = {}
    for record in basis.book.files:
        by_region.setdefault(record.stamp.region, []).append(record)
    counts = severities(basis)
    merged = Counter({line.file: 0 for line in basis.book.ledger})
    for line in basis.book.ledger:
        merged[line.file] += line.merged
    rows = [_row(basis, region, by_region.get(region.code, ()), counts, merged) for region in basis.project.regions]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"saved": "datetime64[s]", "deadline": "datetime64[s]"})


def _row(
    basis: Basis,
    region: Region,
    records: Sequence[FileRecord],
    counts: Mapping[tuple[str, str], int],
    merged: Mapping[str, int],
) -> tuple[object, ...]:
    """Return what is to be said of one region's return: in time where any of its files was, even a superseded one."""
    rounds = ("", basis.project.round.id)
    read = [record for record in records if record.status != "refused" and record.stamp.round in rounds]
    current = [record for record in read if not record.reason]
    saved = [instant(record.saved) for record in read if record.saved]
    due = basis.project.round.due
    deadline = at(due, region.zone) if due else None
    state, hours = UNDATED if read else MISSING, 0.0
    if saved:
        late = (min(saved) - deadline).total_seconds() / 3600 if deadline else 0.0
        state, hours = (LATE, late) if late > 0 else (IN_TIME, 0.0)
    names = [record.file for record in current]
    found = [sum(counts.get((name, severity), 0) for name in names) for severity in Severity]
    shown = max(saved).astimezone(region.zone).replace(tzinfo=None) if saved else None
    rows = sum(merged.get(name, 0) for name in names)
    return (region.code, state, tuple(names), shown, due, hours, rows, *found)


def instant(saved: datetime) -> datetime:
    """Return a time of saving as an instant; one without a zone is in UTC, as files keep it."""
    return saved.replace(tzinfo=UTC) if saved.tzinfo is None else saved


def severities(basis: Basis) -> Mapping[tuple[str, str], int]:
    """Return (file, severity) -> how many findings."""
    return Counter((finding.location.file, finding.severity.value) for finding in basis.book.findings)


def strangers(basis: Basis) -> tuple[FileRecord, ...]:
    """Return the files that do not count as a region's return: refused, followed by a later one, of another round."""
    current = (basis.project.round.id, "")
    return tuple(
        record
        for record in basis.book.files
        if record.status == "refused"
        or record.reason
        or record.stamp.region not in basis.region_order
        or record.stamp.round not in current
    )
