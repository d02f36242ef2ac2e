"""Makes the listing of returns: the status and contact of each region, and the files that do not count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlsflow.fileformat.stamp import COORDINATOR_KIND
from xlsflow.findings import Finding, Location
from xlsflow.model.report_model import Listing, ReportColumn
from xlsflow.model.returns import REGION_DOUBTFUL
from xlsflow.reports import round_texts, texts
from xlsflow.reports.figures.columns import column_values
from xlsflow.reports.figures.returns import NOT_RETURNED, RETURNED_LATE, uncounted_files
from xlsflow.reports.figures.signals import SignalRule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from xlsflow.model.report_model import Mark, ReportValue
    from xlsflow.model.returns import FileRecord
    from xlsflow.reports.labels import Labels

RETURN_MARKS: Mapping[str, Mark] = {"in_time": "done", "late": "due_soon", "undated": "done", "missing": "missing"}
SIGNAL_MARKS: Mapping[str, Mark] = {"red": "overdue", "amber": "due_soon", "green": "done", "grey": "missing"}
_NOT_RETURNED_FIRST: Mapping[str, int] = {NOT_RETURNED: 0, RETURNED_LATE: 1}


def returns_listing(labels: Labels, returned: pd.DataFrame, regions: pd.DataFrame) -> Listing:
    """Return the listing of returns: one row for each region, then the files that do not count.

    Regions that have not returned come first, then those that were late.

    Args:
        labels: Labels in the language of the report.
        returned: The returns (`return_status`).
        regions: The status of each region (`region_status`).
    """
    lang = labels.lang
    others = uncounted_files(labels.inputs)
    order = returned["state"].map(_NOT_RETURNED_FIRST).fillna(len(_NOT_RETURNED_FIRST))
    returned = returned.loc[order.sort_values(kind="stable").index]
    columns = (
        *_state(labels, returned, regions, others),
        *_quality(labels, returned, others),
        *_people(labels, returned, regions, others),
    )
    missing = int((returned["state"] == NOT_RETURNED).sum())
    note = texts.NOTE_RETURNS.format(lang, expected=len(returned), returned=len(returned) - missing)
    name = texts.PAGE_RETURNS.say(lang)
    return Listing(name, name, f"{note}\n{_signal_rule_text(labels)}", columns, "follow_up", 1, key="returns")


def _blank(others: Sequence[FileRecord]) -> list[ReportValue]:
    return [None] * len(others)


def _state(
    labels: Labels, returned: pd.DataFrame, regions: pd.DataFrame, others: Sequence[FileRecord]
) -> tuple[ReportColumn, ...]:
    """Return the columns with region, signal, status and files of each return."""
    lang = labels.lang
    signal_of = dict(zip(regions["region"], regions["light"], strict=True))
    signals = [signal_of[code] for code in returned["region"]]
    states = [*returned["state"], *map(_other_state, others)]
    state_marks: list[Mark | None] = [RETURN_MARKS.get(state, "idle") for state in states]
    signal_marks: list[Mark | None] = [*(SIGNAL_MARKS[signal] for signal in signals), *(None for _ in others)]
    codes = returned["region"].tolist()
    names = [*labels.regions(codes), *_blank(others)]
    region_codes = [*codes, *(record.stamp.region or None for record in others)]
    shown = [*(texts.SIGNAL_NAMES[signal].say(lang) for signal in signals), *_blank(others)]
    state_names = [texts.RETURN_STATES[state].say(lang) for state in states]
    files = ["\n".join(each) or None for each in returned["files"]] + [record.file for record in others]
    return (
        ReportColumn("region", texts.COL_REGION.say(lang), names, "text", 11, codes=region_codes),
        ReportColumn(
            "light",
            texts.COL_SIGNAL.say(lang),
            shown,
            "text",
            11,
            marks=signal_marks,
            with_symbols=True,
            codes=[*signals, *_blank(others)],
        ),
        ReportColumn(
            "state",
            texts.COL_RETURN_STATE.say(lang),
            state_names,
            "text",
            12,
            marks=state_marks,
            with_symbols=True,
            codes=states,
        ),
        ReportColumn("file", texts.COL_FILE.say(lang), files, "text", 34),
    )


def _other_state(record: FileRecord) -> str:
    if record.stamp.kind == COORDINATOR_KIND:
        return "coordinator"
    return "refused" if is_unused(record) else "foreign"


def _quality(labels: Labels, returned: pd.DataFrame, others: Sequence[FileRecord]) -> tuple[ReportColumn, ...]:
    """Return the columns with save time, rows and findings of each return."""
    lang, blank = labels.lang, _blank(others)
    is_missing = [state == NOT_RETURNED for state in returned["state"]]

    def count(name: str) -> list[ReportValue]:
        return [
            None if missing else n for missing, n in zip(is_missing, column_values(returned[name]), strict=True)
        ] + blank

    late = (returned["state"] == RETURNED_LATE).tolist()
    hours = [round(n, 1) if is_late else None for n, is_late in zip(returned["hours_late"], late, strict=True)]
    # Without mails, the first arrival is a save time that the column before it mostly shows already.
    by_mail = any(record.received for record in labels.inputs.book.files)
    came = ReportColumn("came", texts.COL_CAME.say(lang), column_values(returned["came"]) + blank, "datetime", 17)
    return (
        ReportColumn("saved", texts.COL_SAVED.say(lang), column_values(returned["saved"]) + blank, "datetime", 17),
        *((came,) if by_mail else ()),
        ReportColumn(
            "deadline", texts.COL_DEADLINE.say(lang), column_values(returned["deadline"]) + blank, "datetime", 17
        ),
        ReportColumn("hours_late", texts.COL_HOURS_LATE.say(lang), [*hours, *blank], "number", 13, optional=True),
        ReportColumn("rows", texts.COL_ROWS.say(lang), count("rows"), "integer", 10),
        ReportColumn("errors", texts.COL_ERRORS.say(lang), count("errors"), "integer", 9),
        ReportColumn("warnings", texts.COL_WARNINGS.say(lang), count("warnings"), "integer", 9),
    )


def _people(
    labels: Labels, returned: pd.DataFrame, regions_status: pd.DataFrame, others: Sequence[FileRecord]
) -> tuple[ReportColumn, ...]:
    """Return the columns with the contacts of each region, and why other files do not count."""
    lang, blank = labels.lang, _blank(others)
    regions = [labels.inputs.project.region(code) for code in returned["region"]]
    by_region = regions_status.set_index("region")
    remarks = [
        *(_silence(labels, by_region.loc[code].to_dict()) for code in returned["region"]),
        *(uncounted_reason(labels, record) for record in others),
    ]
    return (
        ReportColumn(
            "contact",
            texts.COL_CONTACT.say(lang),
            [*(labels.person(region.contact) or None for region in regions), *blank],
            "text",
            13,
        ),
        ReportColumn(
            "email", texts.COL_EMAIL.say(lang), [*(region.email or None for region in regions), *blank], "text", 26
        ),
        ReportColumn(
            "head",
            texts.COL_HEAD.say(lang),
            [*(labels.person(region.head) or None for region in regions), *blank],
            "text",
            13,
            optional=True,
        ),
        ReportColumn("remark", texts.COL_NOTE.say(lang), remarks, "text", 40, optional=True),
    )


def _silence(labels: Labels, region: Mapping[str, Any]) -> str | None:
    """Return why nothing is known of a region, what was open when it was last heard of, and when that was."""
    lang = labels.lang
    if not region["silent"]:
        return None
    count, late = int(region["known_open"]), int(region["overdue"])
    known = round_texts.KNOWN_OPEN.format(lang, count=count, late=late) if count else round_texts.NONE_KNOWN.say(lang)
    heard = region["heard"]
    since = round_texts.HEARD_IN.format(lang, round=heard) if heard else round_texts.NEVER_HEARD.say(lang)
    return round_texts.SILENCE.format(
        lang, why=round_texts.SILENT_NAMES[region["silent"]].say(lang), known=known, since=since
    )


def _signal_rule_text(labels: Labels) -> str:
    """Return the rule of the signals as a sentence, with its thresholds."""
    rule, lang = SignalRule.of(labels.inputs), labels.lang
    new = texts.SIGNAL_RULE_NEW.format(lang, count=rule.red_new) if rule.red_new and labels.inputs.previous else ""
    return texts.SIGNAL_RULE.format(lang, red_days=rule.red_days, soon=rule.amber_soon, new=new)


def is_unused(record: FileRecord) -> bool:
    """Return whether nothing of a file is used, so that somebody must see to it."""
    return record.status == "refused" or record.reason == REGION_DOUBTFUL


def uncounted_reason(labels: Labels, record: FileRecord) -> str | None:
    """Return why a file does not count as a region's return."""
    if record.stamp.kind == COORDINATOR_KIND:
        return texts.COORDINATOR_EDITS.say(labels.lang)
    if record.reason:
        found = (finding for finding in labels.inputs.book.findings if finding.location.file == record.file)
        unexplained = Finding(record.reason, Location(record.file))
        return next((finding for finding in found if finding.code == record.reason), unexplained).message(labels.lang)
    if record.stamp.region or record.stamp.round:
        return " / ".join(filter(None, (labels.region(record.stamp.region), record.stamp.round)))
    return None
