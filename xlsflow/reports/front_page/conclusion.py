"""The line of facts under the banner, and the one sentence to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.reports import texts as w
from xlsflow.reports.figures.tracked_items import (
    overdue,
    plain,
)
from xlsflow.reports.labels import short

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.reports.figures.status import Figures
    from xlsflow.reports.labels import Labels


def facts(labels: Labels, figures: Figures) -> tuple[str, ...]:
    """Return as of when, how much is in, from what, how good it is, compared with what."""
    lang, basis = labels.lang, labels.basis
    lacking = w.listed(lang, labels.regions(figures.missing))
    reported = (w.REPORTED_BUT if figures.missing else w.REPORTED).say(lang)
    rows = sum(line.merged for line in basis.book.ledger)
    read = len(basis.book.counted)
    said = [
        w.AS_OF.say(lang).format(as_of=labels.as_of),
        reported.format(returned=figures.returned, expected=figures.expected, missing=lacking),
        w.SOURCE.say(lang).format(files=read, rows=rows),
        (w.QUALITY if figures.errors or figures.warnings else w.QUALITY_GOOD)
        .say(lang)
        .format(errors=figures.errors, warnings=figures.warnings),
    ]
    if basis.previous:
        rounds = {record.stamp.round for record in basis.previous.book.files if record.stamp.round}
        before = max(rounds) if rounds else f"{basis.previous.as_of:%Y-%m-%d}"
        said.append(w.COMPARED.say(lang).format(round=before))
    if any(calendar.provisional(basis.today[code]) for code, calendar in basis.calendar.items()):
        said.append(w.PROVISIONAL.say(lang).format(year=basis.as_of.year))
    return tuple(said)


def conclusion(labels: Labels, frame: pd.DataFrame, figures: Figures) -> str:
    """Return the light of the whole and why, in one sentence: what hurts most comes first."""
    lang = labels.lang
    clauses = [*_late(labels, frame, figures)]
    if figures.blocked:
        clauses.append(w.SAYS_STUCK.say(lang).format(count=figures.blocked))
    if not figures.overdue and not figures.blocked:
        clauses.append(w.SAYS_GOOD.say(lang))
    if figures.untreated:
        clauses.append(w.SAYS_GRAVE.say(lang).format(count=figures.untreated))
    if figures.missing:
        clauses.append(w.SAYS_MISSING.say(lang).format(regions=w.listed(lang, labels.regions(figures.missing))))
    if figures.errors:
        clauses.append(w.SAYS_MEND.say(lang).format(count=figures.errors))
    verdict = w.VERDICTS[figures.light].say(lang)
    return f"{verdict}{'：' if lang == 'zh' else ': '}{w.joined(lang, tuple(clauses))}"


def _late(labels: Labels, frame: pd.DataFrame, figures: Figures) -> list[str]:
    """Return how much is overdue, and the worst of it."""
    lang = labels.lang
    if not figures.overdue:
        return []
    worst = overdue(frame).head(1)
    owner = labels.followed(worst, "owner")[0]
    said = w.SAYS_LATE.say(lang).format(
        count=figures.overdue,
        worst=figures.worst,
        region=labels.region(worst["region"].iloc[0]),
        owner=owner or w.NOTHING,
        title=short(plain(worst["title"])[0] or plain(worst["key"])[0], 44),
    )
    return [said, w.SAYS_NEW.say(lang).format(new=figures.new)] if figures.new else [said]
