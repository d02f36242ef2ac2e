"""Makes the listing of violated timing rules, and the sentences about them on the first page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from xlsflow.model.report_model import Listing, ReportColumn
from xlsflow.reports import round_texts, texts
from xlsflow.reports.figures.columns import column_values
from xlsflow.reports.figures.timing_rules import has_timing_rules
from xlsflow.template.figures import TIME_SPANS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from xlsflow.model.report_model import Mark, ReportValue
    from xlsflow.reports.labels import Labels

# People named in the sentence about one rule; the listing has them all.
_MOST_PEOPLE = 3


def timing_listing(labels: Labels, violations: pd.DataFrame) -> Listing:
    """Return the listing of all violations, the longest overrun first.

    Args:
        labels: Labels in the language of the report.
        violations: Violations of timing rules (`timing_violations`).
    """
    lang = labels.lang
    counts = Counter(violations["rule"].tolist())
    between = "、" if lang == "zh" else ", "
    rules = between.join(f"{labels.rule(rule)} {count}" for rule, count in counts.most_common())
    words = texts.NOTE_TIMING if counts else texts.NOTE_NO_VIOLATIONS
    note = words.format(lang, count=len(violations), rules=rules, as_of=labels.as_of)
    name = texts.PAGE_TIMING.say(lang)
    columns = _columns(labels, violations)
    return Listing(
        name, name, note, columns, "follow_up", 2, key="timing", sources=labels.sources(violations),
        optional=not has_timing_rules(labels.inputs),
    )  # fmt: skip


def _columns(labels: Labels, violations: pd.DataFrame) -> tuple[ReportColumn, ...]:
    lang = labels.lang
    # Text with its unit, since one column holds hours, days and working days.
    limits = [
        TIME_SPANS[unit].format(lang, n=f"{figure:g}")
        for unit, figure in zip(violations["unit"].tolist(), violations["allowed"].tolist(), strict=True)
    ]
    done: list[ReportValue] = [
        moment or (round_texts.NEVER_REPORTED if missing else texts.NOT_DONE_YET).say(lang)
        for moment, missing in zip(column_values(violations["end"]), violations["missing"].tolist(), strict=True)
    ]
    open_: list[Mark | None] = ["due_soon" if moment is None else None for moment in column_values(violations["end"])]
    marked: list[Mark | None] = ["overdue"] * len(violations)
    rules, owners = violations["rule"].tolist(), column_values(violations["owner"])
    hours = [round(hours, 1) for hours in violations["hours"].tolist()]
    spans = [round_texts.span_text(lang, hours) for hours in violations["hours"].tolist()]
    return (
        labels.column("rule", texts.COL_TIMING_RULE, [labels.rule(rule) for rule in rules], "text", 19, codes=rules),
        labels.column("key", texts.COL_KEY, column_values(violations["key"]), "id", 15),
        labels.column("title", texts.COL_ITEM, column_values(violations["title"]), "text", 30),
        labels.region_column(violations["region"].tolist()),
        labels.column("owner", texts.COL_OWNER, [_person(labels, name) for name in owners], "text", 13, codes=owners),
        labels.column("allowed", texts.COL_ALLOWED, limits, "text", 13),
        labels.column("start", texts.COL_START, column_values(violations["start"]), "datetime", 17),
        labels.column("due", texts.COL_DUE, column_values(violations["due"]), "datetime", 17),
        labels.column("end", texts.COL_DONE_AT, done, "datetime", 17, marks=open_),
        labels.column("hours", texts.COL_OVERRUN, hours, "number", 11, marks=marked),
        labels.column("span", round_texts.COL_OVERRUN_SPAN, spans, "text", 13),
        *labels.origin_columns(violations),
    )


def _person(labels: Labels, name: ReportValue) -> ReportValue:
    return labels.person(name) if isinstance(name, str) else None


def rule_sentences(labels: Labels, violations: pd.DataFrame) -> Iterator[str]:
    """Yield a sentence for each violated rule, the one violated most often first, with the main offenders."""
    lang = labels.lang
    for rule, count in Counter(violations["rule"].tolist()).most_common():
        here = violations[violations["rule"] == rule]
        people = Counter(zip(here["region"].tolist(), column_values(here["owner"]), strict=True))
        # By name among equals: the order of the files must not decide who is named.
        ranked = sorted(people.items(), key=lambda pair: (-pair[1], str(pair[0])))
        shown = [
            texts.ASK_TIMING_PERSON.format(
                lang, region=labels.region(region), owner=_person(labels, owner) or texts.DASH, count=missed
            )
            for (region, owner), missed in ranked[:_MOST_PEOPLE]
        ]
        if len(ranked) > _MOST_PEOPLE:
            shown.append("…")
        yield texts.ASK_TIMING.format(
            lang,
            rule=labels.rule(rule),
            count=count,
            people=("，" if lang == "zh" else "; ").join(shown),
            page=texts.PAGE_TIMING.say(lang),
        )


def worst_region(labels: Labels, violations: pd.DataFrame) -> str:
    """Return the sentence that names the region with most violations; empty where several have as many."""
    ranked = Counter(violations["region"].tolist()).most_common(2)
    (code, count), *others = ranked
    if any(number == count for _, number in others):
        return ""
    return texts.MOST_VIOLATIONS.format(
        labels.lang, where=labels.region(code) or texts.UNKNOWN_REGION.say(labels.lang), count=count
    )
