"""Determines for each region whether it has returned its workbook, when, and with how many findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from xlsflow.clock import localize
from xlsflow.fileformat.stamp import COORDINATOR_KIND
from xlsflow.findings import Severity
from xlsflow.model.history import round_order
from xlsflow.model.returns import FROM_HISTORY, REGION_DOUBTFUL

if TYPE_CHECKING:
    from xlsflow.model.project import Region
    from xlsflow.model.returns import FileRecord
    from xlsflow.reports.inputs import ReportInputs

_IN_TIME, RETURNED_LATE, _UNDATED, NOT_RETURNED = "in_time", "late", "undated", "missing"
"""What became of a return; undated: returned, but the file does not say when it was saved."""

RETURNED_EMPTY, RETURNED_UNTOUCHED = "empty", "untouched"
_SILENT_FINDINGS: Mapping[str, str] = {"return_empty": RETURNED_EMPTY, "return_untouched": RETURNED_UNTOUCHED}

_COLUMNS = (
    "region", "state", "files", "saved", "deadline", "hours_late", "rows", "errors", "warnings", "infos", "came",
    "silent", "heard",
)  # fmt: skip


def return_status(inputs: ReportInputs) -> pd.DataFrame:
    """Return one row for each expected region, in the project's order.

    Columns: `region` (code), `state` (`in_time`, `late`, `undated`, `missing`), `files` (names), `saved` and `deadline`
    (the region's local time), `hours_late`, `rows` that were merged, `errors`, `warnings`, `infos` (findings in
    its files), `came` (when the first of its files was received, else saved; local time), `silent` (why its files say
    nothing: `missing`, `empty`, `untouched`; else empty), and `heard`, the round in which a silent region was last
    heard of (empty where it never was).
    """
    by_region: dict[str, list[FileRecord]] = {}
    for record in inputs.book.files:
        if record.stamp.kind != COORDINATOR_KIND:
            by_region.setdefault(inputs.region_of(record.stamp.region), []).append(record)
    counts = _counts_by_file(inputs)
    merged = Counter({line.file: 0 for line in inputs.book.ledger})
    for line in inputs.book.ledger:
        merged[line.file] += line.merged + line.unchanged
    silences, heard = _silences(inputs), _last_heard(inputs)
    rows = []
    for region in inputs.project.regions:
        row = _row(inputs, region, by_region.get(region.code, ()), counts, merged)
        silent = _silence(row[1], row[2], silences)
        rows.append((*row, silent, heard.get(region.code, "") if silent else ""))
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    return frame.astype({"saved": "datetime64[s]", "deadline": "datetime64[s]", "came": "datetime64[s]"})


def _row(
    inputs: ReportInputs,
    region: Region,
    records: Sequence[FileRecord],
    counts: Mapping[tuple[str, str], int],
    merged: Mapping[str, int],
) -> tuple[Any, ...]:
    """Return the row of one region, without its silence.

    The return is in time if any of its files came in time, even one that a later file supersedes. A file comes when
    the first mail with it is received; where no mail is known, when it was saved.
    """
    # Workbooks without a stamp do not name their round; they count for the current one.
    rounds = ("", inputs.project.round.id)
    usable = [record for record in records if record.status != "refused" and record.reason != REGION_DOUBTFUL]
    read = [record for record in usable if record.stamp.round in rounds]
    current = [record for record in read if not record.reason]
    saved = [_as_instant(record.saved) for record in read if record.saved]
    came = [record.came for record in read if record.came]
    due = inputs.project.round.due
    deadline = localize(due, region.zone) if due else None
    state, hours = _UNDATED if read else NOT_RETURNED, 0.0
    if came:
        late = (min(came) - deadline).total_seconds() / 3600 if deadline else 0.0
        state, hours = (RETURNED_LATE, late) if late > 0 else (_IN_TIME, 0.0)
    names = [record.file for record in current]
    found = [sum(counts.get((name, severity), 0) for name in names) for severity in Severity]
    # The time that decides is shown: beside "in time", that of a later correction would be a contradiction.
    shown = min(saved).astimezone(region.zone).replace(tzinfo=None) if saved else None
    rows = sum(merged.get(name, 0) for name in names)
    first = min(came).astimezone(region.zone).replace(tzinfo=None) if came else None
    return (region.code, state, tuple(names), shown, due, hours, rows, *found, first)


def silent_inner_regions(inputs: ReportInputs) -> tuple[str, ...]:
    """Return the regions of projects within the project of which no file of the present round was read."""
    rounds = ("", inputs.project.round.id)
    heard = {
        record.stamp.region
        for record in inputs.book.files
        if record.status != "refused" and record.stamp.kind != COORDINATOR_KIND and record.stamp.round in rounds
    }
    return tuple(code for code in inputs.inner_regions if code not in heard)


def _silences(inputs: ReportInputs) -> Mapping[str, str]:
    """Return file -> why it says nothing, for the files that do not."""
    found = ((finding.location.file, _SILENT_FINDINGS.get(finding.code, "")) for finding in inputs.book.findings)
    return {file: silence for file, silence in found if silence}


def _silence(state: str, files: Sequence[str], silences: Mapping[str, str]) -> str:
    """Return why a region's files say nothing, if none of them does: having looked at all is more than being empty."""
    if state == NOT_RETURNED:
        return NOT_RETURNED
    said = {silences.get(file, "") for file in files}
    return "" if "" in said or not said else RETURNED_UNTOUCHED if RETURNED_UNTOUCHED in said else RETURNED_EMPTY


def _last_heard(inputs: ReportInputs) -> Mapping[str, str]:
    """Return region -> the last earlier round in which it said something."""
    now = round_order(inputs.project.round.id)
    lines = [(inputs.region_of(line.region), line.round) for line in inputs.book.history_lines]
    lines += [(line.region, line.round) for line in inputs.book.rounds if line.state and not line.silent]
    by_round = sorted({line for line in lines if round_order(line[1]) < now}, key=lambda line: round_order(line[1]))
    return dict(by_round)


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
            or inputs.region_of(record.stamp.region) not in inputs.region_order
            or record.stamp.round not in current
        )
    )
