"""Writes the line of facts under the title, and the sentence that sums up the report."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from xlsflow.reports import round_texts, texts
from xlsflow.reports.figures.columns import column_values
from xlsflow.reports.figures.tracked_items import DUE_SOON_DAYS, overdue
from xlsflow.reports.labels import shorten

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.i18n import Lang
    from xlsflow.reports.figures.status_counts import ReportFigures
    from xlsflow.reports.inputs import ReportInputs
    from xlsflow.reports.labels import Labels


def fact_line(labels: Labels, figures: ReportFigures) -> tuple[str, ...]:
    """Return the facts: as-of instant, returns, sources, quality of the data, round compared with."""
    lang, inputs = labels.lang, labels.inputs
    missing = texts.listed(lang, labels.regions(figures.missing))
    reported = (texts.FACT_RETURNED_BUT if figures.missing else texts.FACT_RETURNED).say(lang)
    read = len(inputs.book.counted)
    facts = [
        texts.FACT_AS_OF.format(lang, as_of=labels.as_of),
        reported.format(returned=figures.returned, expected=figures.expected, missing=missing),
        texts.FACT_SOURCE.format(lang, files=read, items=figures.total),
        (texts.FACT_QUALITY if figures.errors or figures.warnings else texts.FACT_QUALITY_GOOD).format(
            lang, errors=figures.errors, warnings=figures.warnings
        ),
    ]
    if figures.carried:
        facts.append(round_texts.FACT_CARRIED.format(lang, count=figures.carried))
    if inputs.previous:
        rounds = {record.stamp.round for record in inputs.previous.book.files if record.stamp.round}
        # Round ids sort by time (2026-W47); a book of several rounds is compared as of the last one.
        before = max(rounds) if rounds else f"{inputs.previous.as_of:%Y-%m-%d}"
        facts.append(texts.FACT_COMPARED.format(lang, round=before))
    # The make-up days of a year are published late in the year before; until then days are counted without them.
    if years := _provisional_years(inputs):
        facts.append(texts.FACT_PROVISIONAL.format(lang, year=texts.listed(lang, tuple(map(str, years)))))
    return tuple(facts)


def _provisional_years(inputs: ReportInputs) -> tuple[int, ...]:
    """Return the years without an official notice that the report counts working days in: up to what is due soon."""
    ahead = timedelta(days=int(inputs.setting("due_soon_days", DUE_SOON_DAYS)))
    days = {
        (calendar, day)
        for code, calendar in inputs.region_calendars.items()
        for day in (inputs.local_dates[code], inputs.local_dates[code] + ahead)
    }
    return tuple(sorted({day.year for calendar, day in days if calendar.is_provisional(day)}))


def conclusion(labels: Labels, frame: pd.DataFrame, figures: ReportFigures) -> str:
    """Return the signal of the round and its reasons in one sentence, the most serious reason first."""
    lang = labels.lang
    clauses = [*_overdue_clauses(labels, frame, figures)]
    if figures.blocked:
        clauses.append(texts.CLAUSE_BLOCKED.format(lang, count=figures.blocked))
    if not figures.overdue and not figures.blocked:
        clauses += _good_clauses(lang, figures)
    if figures.untreated_risks:
        clauses.append(texts.CLAUSE_HIGH_RISKS.format(lang, count=figures.untreated_risks))
    clauses += _silence_clauses(labels, figures)
    if figures.errors:
        clauses.append(texts.CLAUSE_ERRORS.format(lang, count=figures.errors))
    verdict = texts.VERDICTS[figures.signal].say(lang)
    return f"{verdict}{'：' if lang == 'zh' else ': '}{texts.join_clauses(lang, tuple(clauses))}"


def _good_clauses(lang: Lang, figures: ReportFigures) -> list[str]:
    """Return that nothing is overdue or blocked, as far as that is known."""
    if not figures.silent:
        return [texts.CLAUSE_ALL_GOOD.say(lang)]
    return [round_texts.CLAUSE_GOOD_AS_KNOWN.say(lang)] if figures.total else []


def _silence_clauses(labels: Labels, figures: ReportFigures) -> list[str]:
    """Return the clauses about regions of which nothing is known in this round."""
    lang = labels.lang
    if figures.silent and len(figures.silent) == figures.expected:
        return [(round_texts.CLAUSE_NOBODY if figures.total else round_texts.CLAUSE_NOBODY_EVER).say(lang)]
    clauses = []
    if figures.missing:
        clauses.append(texts.CLAUSE_MISSING.format(lang, regions=texts.listed(lang, labels.regions(figures.missing))))
    if unsaid := tuple(region for region in figures.silent if region not in figures.missing):
        clauses.append(round_texts.CLAUSE_SILENT.format(lang, regions=texts.listed(lang, labels.regions(unsaid))))
    return clauses


def _overdue_clauses(labels: Labels, frame: pd.DataFrame, figures: ReportFigures) -> list[str]:
    """Return the clauses on overdue items: how many, the longest overdue one, how many are new."""
    lang = labels.lang
    if not figures.overdue:
        return []
    late = overdue(frame)
    tied = int((late["days_overdue"] == figures.worst).sum())
    if tied > 1:
        # None of several that are overdue for as long is the one to name.
        clause = texts.CLAUSE_OVERDUE_TIE.format(lang, count=figures.overdue, worst=figures.worst, tied=tied)
        return [clause, *_new_clause(labels, figures)]
    worst = late.head(1)
    owner = labels.item_values(worst, "owner")[0]
    clause = texts.CLAUSE_OVERDUE.format(
        lang,
        count=figures.overdue,
        worst=figures.worst,
        region=labels.region(worst["region"].iloc[0]),
        owner=owner or texts.DASH,
        title=shorten(column_values(worst["title"])[0] or column_values(worst["key"])[0], 44),
    )
    return [clause, *_new_clause(labels, figures)]


def _new_clause(labels: Labels, figures: ReportFigures) -> tuple[str, ...]:
    return (texts.CLAUSE_NEW.format(labels.lang, new=figures.new),) if figures.new else ()
