"""What needs someone's help or decision: what is stuck, missing, grave, wrong or was not read."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from xlsflow.findings import Severity
from xlsflow.reports import texts as w
from xlsflow.reports.figures.returns import MISSING
from xlsflow.reports.figures.tracked_items import (
    plain,
    untreated,
)
from xlsflow.reports.labels import short
from xlsflow.reports.listings.returns import why
from xlsflow.reports.listings.timing import by_rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from xlsflow.model.report_model import Mark
    from xlsflow.reports.labels import Labels

Matter = tuple[str, str, "Mark"]
"""What it is about, what is to be done, its mark."""

MOST: Mapping[str, int] = {"blocked": 3, "missing": 2, "high": 2, "timing": 2, "data": 2, "file": 1}
"""How many of each sort are told first; what is left of the room goes to the first sorts."""


def attention(
    labels: Labels, frame: pd.DataFrame, back: pd.DataFrame, most: int, over: pd.DataFrame | None = None
) -> list[Matter]:
    """Return what needs coordination, gravest sort first.

    Args:
        labels: The words.
        frame: What is followed up (`standings`).
        back: Who has returned (`returns`).
        most: At most so many.
        over: The timing rules that were broken (`broken`), where the book tells of any.
    """
    sorts = {
        "blocked": _stuck(labels, frame, most),
        "missing": _missing(labels, back),
        "high": _grave(labels, frame, most),
        "timing": by_rule(labels, over) if over is not None else iter(()),
        "data": _data(labels),
        "file": _files(labels),
    }
    taken = {name: list(islice(texts, most)) for name, texts in sorts.items()}
    room = most - sum(min(len(texts), MOST[name]) for name, texts in taken.items())
    chosen: list[Matter] = []
    for name, texts in taken.items():
        extra = min(max(room, 0), max(len(texts) - MOST[name], 0))
        room -= extra
        topic = w.TOPICS[name].say(labels.lang)
        chosen += [(topic, text, MARKS[name]) for text in texts[: MOST[name] + extra]]
    return chosen[:most]


MARKS: Mapping[str, Mark] = {
    "blocked": "blocked", "missing": "missing", "high": "overdue", "timing": "overdue", "data": "due_soon",
    "file": "idle",
}  # fmt: skip


def _first(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the rows that are overdue longest."""
    order = ["days_overdue", "region", "key"]
    return rows.sort_values(order, ascending=[False, True, True], kind="stable").head(most)


def _facts(labels: Labels, rows: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Yield what is to be said of each followed row."""
    owners = labels.followed(rows, "owner")
    for row, owner in zip(rows.to_dict("records"), owners, strict=True):
        yield {
            "key": short(_given(row["key"])),
            "title": short(_given(row["title"]), 44),
            "region": labels.region(str(row["region"])),
            "owner": str(owner or w.NOTHING),
            "days": str(row["days_overdue"]),
        }


def _given(value: object) -> object:
    """Return a text of a frame, or nothing where it is missing."""
    return value if isinstance(value, str) else None


def _stuck(labels: Labels, frame: pd.DataFrame, most: int) -> Iterator[str]:
    """Yield what is blocked, longest overdue first, with the help that it needs."""
    rows = frame[frame["group"] == "blocked"]
    rows = _first(rows, most)
    for facts, needed, reason in zip(_facts(labels, rows), plain(rows["help"]), plain(rows["reason"]), strict=True):
        said = short(needed or reason, 56)
        yield (w.ASK_STUCK if said else w.ASK_STUCK_BARE).say(labels.lang).format(help=said, **facts)


def _missing(labels: Labels, back: pd.DataFrame) -> Iterator[str]:
    """Yield the regions that have not returned, with whom to ask."""
    for code in back.loc[back["state"] == MISSING, "region"]:
        region = labels.basis.project.region(code)
        yield (
            w.ASK_MISSING.say(labels.lang)
            .format(
                region=labels.region(code), contact=labels.person(region.contact or region.head), email=region.email
            )
            .rstrip()
        )


def _grave(labels: Labels, frame: pd.DataFrame, most: int) -> Iterator[str]:
    """Yield the open grave risks that are overdue, not begun, or have not moved since the round before."""
    rows = frame[untreated(frame)]
    rows = _first(rows, most)
    reasons = (rows["days_overdue"], rows["group"] == "idle")
    for facts, late, idle in zip(_facts(labels, rows), *reasons, strict=True):
        said = w.IS_LATE if late else w.IS_IDLE if idle else w.IS_STILL
        what = said.say(labels.lang).format(days=late)
        yield w.ASK_GRAVE.say(labels.lang).format(what=what, **facts)


def _data(labels: Labels) -> Iterator[str]:
    """Yield the regions with most values to mend, with the field that it is mostly about."""
    region = {record.file: record.stamp.region for record in labels.basis.book.files}
    wrong = [one for one in labels.basis.book.findings if one.severity is Severity.ERROR]
    counts = Counter(region.get(one.location.file, "") for one in wrong)
    for code, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        fields = Counter(
            one.location.label.say(labels.lang) if one.location.label else one.location.sheet
            for one in wrong
            if region.get(one.location.file, "") == code
        )
        field = min(fields, key=lambda name: (-fields[name], name))
        where = labels.region(code) or w.OF_NOBODY.say(labels.lang)
        page = w.FINDINGS.say(labels.lang)
        yield w.ASK_MEND.say(labels.lang).format(region=where, count=count, field=field, page=page)


def _files(labels: Labels) -> Iterator[str]:
    """Yield the files that were not read."""
    for record in labels.basis.book.files:
        if record.status == "refused":
            reason = short(why(labels, record) or w.STATES["refused"].say(labels.lang))
            yield w.ASK_REFUSED.say(labels.lang).format(file=record.file, why=reason)
