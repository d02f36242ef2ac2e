"""Determines for each region whether it has returned its workbook, when, and with how many findings."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd

from xlsflow.clock import localize
from xlsflow.fileformat.stamp import COORDINATOR_KIND
from xlsflow.findings import Severity
from xlsflow.model.returns import FROM_HISTORY, REGION_DOUBTFUL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsflow.model.project import Region
    from xlsflow.model.returns import FileRecord
    from xlsflow.reports.inputs import ReportInputs

_IN_TIME, RETURNED_LATE, _UNDATED, NOT_RETURNED = "in_time", "late", "undated", "missing"
"""What became of a return; undated: returned, but the file does not say when it was saved."""

_COLUMNS = (
    "region", "state", "files", "saved", "deadline", "hours_late", "rows", "errors", "warnings", "infos",
)  # fmt: skip


def return_status(inputs: ReportInputs) -> pd.DataFrame:
    """Return one row for each expected region, in the project's order.

    Columns: `region` (code), `state` (`in_time`, `late`, `undated`, `missing`), `files` (names), `saved` and `deadline`
    (the region's local time), `hours_late`, `rows` that were merged, `errors`, `warnings`, `infos` (findings in
    its files).
    """
    by_region: dict[str, list[FileRecord]] = {}
    for record in inputs.book.files:
        if record.stamp.kind != COORDINATOR_KIND:
            by_region.setdefault(record.stamp.region, []).append(record)
    counts = _counts_by_file(inputs)
    merged = Counter({line.file: 0 for line in inputs.book.ledger})
    for line in inputs.book.ledger:
        merged[line.file] += line.merged + line.unchanged
    rows = [_row(inputs, region, by_region.get(region.code, ()), counts, merged) for region in inputs.project.regions]
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    return frame.astype({"saved": "datetime64[s]", "deadline": "datetime64[s]"})


def _row(
    inputs: ReportInputs,
    region: Region,
    records: Sequence[FileRecord],
    counts: Mapping[tuple[str, str], int],
    merged: Mapping[str, int],
) -> tuple[object, ...]:
    """Return the row of one region.

    The return is in time if any of its files was saved in time, even one that a later file supersedes.
    """
    # Workbooks without a stamp do not name their round; they count for the current one.
    rounds = ("", inputs.project.round.id)
    usable = [record for record in records if record.status != "refused" and record.reason != REGION_DOUBTFUL]
    read = [record for record in usable if record.stamp.round in rounds]
    current = [record for record in read if not record.reason]
    saved = [_as_instant(record.saved) for record in read if record.saved]
    due = inputs.project.round.due
    deadline = localize(due, region.zone) if due else None
    state, hours = _UNDATED if read else NOT_RETURNED, 0.0
    if saved:
        late = (min(saved) - deadline).total_seconds() / 3600 if deadline else 0.0
        state, hours = (RETURNED_LATE, late) if late > 0 else (_IN_TIME, 0.0)
    names = [record.file for record in current]
    found = [sum(counts.get((name, severity), 0) for name in names) for severity in Severity]
    # The time that decides is shown: beside "in time", that of a later correction would be a contradiction.
    shown = min(saved).astimezone(region.zone).replace(tzinfo=None) if saved else None
    rows = sum(merged.get(name, 0) for name in names)
    return (region.code, state, tuple(names), shown, due, hours, rows, *found)


def _as_instant(saved: datetime) -> datetime:
    """Return a save time as an instant; one without a zone is in UTC, the convention of Office files."""
    return saved.replace(tzinfo=UTC) if saved.tzinfo is None else saved


def _counts_by_file(inputs: ReportInputs) -> Mapping[tuple[str, str], int]:
    """Return (file, severity) -> number of findings."""
    return Counter((finding.location.file, finding.severity.value) for finding in inputs.book.findings)


def uncounted_files(inputs: ReportInputs) -> tuple[FileRecord, ...]:
    """Return the files that are no region's return: refused, superseded, in doubt, of another round, edits."""
    current = (inputs.project.round.id, "")
    return tuple(
        record
        for record in inputs.book.files
        if record.recognised != FROM_HISTORY
        and (
            record.status == "refused"
            or record.reason
            or record.stamp.kind == COORDINATOR_KIND
            or record.stamp.region not in inputs.region_order
            or record.stamp.round not in current
        )
    )
