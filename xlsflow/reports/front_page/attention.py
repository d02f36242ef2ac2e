"""Selects what needs someone's help or a decision: blocked items, missing returns, high risks, errors, unread files."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from xlsflow.findings import Severity
from xlsflow.model.nested_projects import nested_region
from xlsflow.reports import texts
from xlsflow.reports.figures.columns import column_values
from xlsflow.reports.figures.returns import NOT_RETURNED, silent_inner_regions
from xlsflow.reports.figures.tracked_items import untreated_risks
from xlsflow.reports.labels import shorten
from xlsflow.reports.listings.returns import is_unused, uncounted_reason
from xlsflow.reports.listings.timing_violations import rule_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from xlsflow.model.report_model import Mark
    from xlsflow.reports.labels import Labels

# Topic, what to do, mark.
_Matter = tuple[str, str, "Mark"]

# Lines reserved for each topic; unused lines go to the topics in this order.
_USUAL_LINES: Mapping[str, int] = {"blocked": 1, "missing": 1, "high": 1, "timing": 1, "data": 1, "file": 1}


_NOBODYS_MATTER = frozenset({"file_is_lock"})


def attention_items(
    labels: Labels, frame: pd.DataFrame, returned: pd.DataFrame, limit: int, violations: pd.DataFrame | None = None
) -> list[_Matter]:
    """Return what needs coordination, the most serious topic first.

    Args:
        labels: Labels in the language of the report.
        frame: The tracked items (`items_with_flags`).
        returned: The returns (`return_status`).
        limit: Maximum number of lines.
        violations: Violated timing rules (`timing_violations`); None if the data has none to check.
    """
    topics = {
        "blocked": _blocked(labels, frame, limit),
        "missing": _missing_regions(labels, returned),
        "high": _high_risks(labels, frame, limit),
        "timing": rule_sentences(labels, violations) if violations is not None else iter(()),
        "data": _regions_with_errors(labels),
        "file": _unread_files(labels),
    }
    taken = {name: list(islice(lines, limit)) for name, lines in topics.items()}
    # Every topic keeps its reserved lines, so that many blocked items cannot hide a missing return.
    room = limit - sum(min(len(lines), _USUAL_LINES[name]) for name, lines in taken.items())
    chosen: list[_Matter] = []
    for name, lines in taken.items():
        extra = min(max(room, 0), max(len(lines) - _USUAL_LINES[name], 0))
        room -= extra
        topic = texts.TOPICS[name].say(labels.lang)
        chosen += [(topic, text, _TOPIC_MARKS[name]) for text in lines[: _USUAL_LINES[name] + extra]]
    return chosen[:limit]


_TOPIC_MARKS: Mapping[str, Mark] = {
    "blocked": "blocked", "missing": "missing", "high": "overdue", "timing": "overdue", "data": "due_soon",
    "file": "idle",
}  # fmt: skip


def _longest_overdue(rows: pd.DataFrame, limit: int) -> pd.DataFrame:
    """Return the longest overdue rows."""
    order = ["days_overdue", "region", "key"]
    return rows.sort_values(order, ascending=[False, True, True], kind="stable").head(limit)


def _facts(labels: Labels, rows: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Yield the texts that sentences about each item are made from."""
    owners = labels.item_values(rows, "owner")
    for row, owner in zip(rows.to_dict("records"), owners, strict=True):
        yield {
            "key": shorten(_text_or_none(row["key"])),
            "title": shorten(_text_or_none(row["title"]), 44),
            "region": labels.region(str(row["region"])),
            "owner": str(owner or texts.DASH),
            "days": str(row["days_overdue"]),
        }


def _text_or_none(value: object) -> object:
    """Return a text of a frame, or None for the missing value, which pandas represents as NaN."""
    return value if isinstance(value, str) else None


def _blocked(labels: Labels, frame: pd.DataFrame, limit: int) -> Iterator[str]:
    """Yield the blocked items, longest overdue first, with the help they need."""
    rows = frame[frame["group"] == "blocked"]
    rows = _longest_overdue(rows, limit)
    for facts, needed, reason in zip(
        _facts(labels, rows), column_values(rows["help"]), column_values(rows["reason"]), strict=True
    ):
        request = shorten(needed or reason, 56)
        yield (texts.ASK_BLOCKED if request else texts.ASK_BLOCKED_NO_HELP).format(labels.lang, help=request, **facts)


def _missing_regions(labels: Labels, returned: pd.DataFrame) -> Iterator[str]:
    """Yield the regions that have not returned, with their contact; also those of projects within the project."""
    project = labels.inputs.project
    missing: list[str] = returned.loc[returned["state"] == NOT_RETURNED, "region"].tolist()
    inner = [code for code in silent_inner_regions(labels.inputs) if labels.inputs.region_of(code) not in missing]
    for code in (*missing, *inner):
        region = nested_region(project, code) or project.region(code)
        yield texts.ASK_MISSING.format(
            labels.lang,
            region=labels.region(code),
            contact=labels.person(region.contact or region.head),
            email=region.email,
        ).rstrip()


def _high_risks(labels: Labels, frame: pd.DataFrame, limit: int) -> Iterator[str]:
    """Yield the untreated high risks, longest overdue first."""
    rows = frame[untreated_risks(frame)]
    rows = _longest_overdue(rows, limit)
    reasons = (rows["days_overdue"], rows["group"] == "idle")
    for facts, late, idle in zip(_facts(labels, rows), *reasons, strict=True):
        state = texts.RISK_OVERDUE if late else texts.RISK_NOT_STARTED if idle else texts.RISK_UNCHANGED
        what = state.format(labels.lang, days=late)
        yield texts.ASK_HIGH_RISK.format(labels.lang, what=what, **facts)


def _regions_with_errors(labels: Labels) -> Iterator[str]:
    """Yield the regions with errors in their data, those with most errors first, with the fields they are about."""
    lang, region = labels.lang, {record.file: record.stamp.region for record in labels.inputs.book.files}
    unused = {record.file for record in labels.inputs.book.files if is_unused(record)}
    wrong: dict[str, list[str]] = {}
    for finding in labels.inputs.book.findings:
        location = finding.location
        if finding.severity is Severity.ERROR and location.file not in unused:
            field = location.label.say(lang) if location.label else location.sheet or location.file
            wrong.setdefault(region.get(location.file, ""), []).append(field)
    for code, fields in sorted(wrong.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        names = sorted({*fields}, key=lambda name: (-fields.count(name), name))
        # “Mostly” is said only of more than half.
        mostly = len(names) > 1 and 2 * fields.count(names[0]) > len(fields)
        text = texts.ASK_ERRORS_MOSTLY if mostly else texts.ASK_ERRORS
        shown = names[0] if mostly else texts.listed(lang, tuple(names), 3)
        where = labels.region(code) or texts.UNKNOWN_REGION.say(lang)
        yield text.format(lang, region=where, count=len(fields), fields=shown, page=texts.PAGE_FINDINGS.say(lang))


def _unread_files(labels: Labels) -> Iterator[str]:
    """Yield the reason for each file that could not be read or is not used, with its region if known."""
    for record in labels.inputs.book.files:
        # A lock file says only that somebody has a workbook open.
        if is_unused(record) and record.reason not in _NOBODYS_MATTER:
            reason = shorten(uncounted_reason(labels, record) or texts.RETURN_STATES["refused"].say(labels.lang))
            region = labels.region(record.stamp.region)
            yield texts.ASK_UNREAD.format(labels.lang, region=region, why=reason) if region else reason
