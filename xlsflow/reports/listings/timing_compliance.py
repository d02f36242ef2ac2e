"""Makes the table of compliance, region by rule, and the listing of rules that are running or cannot be judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.model.report_model import Listing, ReportColumn
from xlsflow.reports import round_texts, texts
from xlsflow.reports.figures.columns import column_values
from xlsflow.reports.figures.compliance import compliance_table
from xlsflow.reports.figures.timing_rules import NOT_JUDGEABLE, RUNNING, has_timing_rules

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.model.report_model import Mark, ReportValue
    from xlsflow.reports.figures.compliance import Compliance
    from xlsflow.reports.labels import Labels

_GOOD, _FAIR = 0.95, 0.8


def compliance_listing(labels: Labels, outcomes: pd.DataFrame) -> Listing:
    """Return the table of compliance: a row for each region, a column for each timing rule.

    Args:
        labels: Labels in the language of the report.
        outcomes: The outcomes of timing rules (`timing_outcomes`).
    """
    lang, inputs = labels.lang, labels.inputs
    rules = list(dict.fromkeys(rule for pack in inputs.packs for rule in pack.timing))
    table = compliance_table(outcomes, rules, list(inputs.region_order))
    regions = (*table.regions, "") if len(table.regions) > 1 else table.regions
    names: list[ReportValue] = [labels.region(code) if code else round_texts.REGION_ALL.say(lang) for code in regions]
    columns = [labels.column("region", texts.COL_REGION, names, "text", 12, codes=[code or None for code in regions])]
    for rule in (*table.rules, ""):
        title = labels.rule(rule) if rule else round_texts.RULE_ALL.say(lang)
        cells = [table.counts[region, rule] for region in regions]
        shown: list[ReportValue] = [_share_text(cell) for cell in cells]
        shares: list[ReportValue] = [cell.share for cell in cells]
        marks = [_mark(cell) for cell in cells]
        columns.append(ReportColumn(rule or "all", title, shown, "text", 13, marks=marks, codes=shares))
    worst = table.worst
    lowest = ""
    if worst is not None:
        share = f"{table.counts[worst, ''].share:.0%}"
        where = labels.region(worst) or texts.UNKNOWN_REGION.say(lang)
        lowest = round_texts.WORST_COMPLIANCE.format(lang, region=where, share=share)
    note = round_texts.NOTE_COMPLIANCE.format(lang, worst=lowest, as_of=labels.as_of)
    name = round_texts.PAGE_COMPLIANCE.say(lang)
    return Listing(
        name, name, note, tuple(columns), "follow_up", 1, key="compliance", optional=not has_timing_rules(inputs)
    )


def _share_text(cell: Compliance) -> str:
    return texts.DASH if cell.share is None else f"{cell.share:.0%} ({cell.met}/{cell.judged})"


def _mark(cell: Compliance) -> Mark | None:
    if cell.share is None:
        return None
    return "done" if cell.share >= _GOOD else "due_soon" if cell.share >= _FAIR else "overdue"


def pending_listing(labels: Labels, outcomes: pd.DataFrame) -> Listing:
    """Return the rules with time left, the next one due first, then those that cannot be judged for lack of a time.

    Args:
        labels: Labels in the language of the report.
        outcomes: The outcomes of timing rules (`timing_outcomes`).
    """
    lang = labels.lang
    open_ = outcomes[outcomes["outcome"].isin([RUNNING, NOT_JUDGEABLE])]
    rows = open_.sort_values(["outcome", "due", "region", "rule", "key"], ascending=[False, True, True, True, True])
    states = rows["outcome"].tolist()
    note = round_texts.NOTE_PENDING.format(
        lang, running=states.count(RUNNING), missing=states.count(NOT_JUDGEABLE), as_of=labels.as_of
    )
    left = [
        round_texts.span_text(lang, hours) if state == RUNNING else None
        for state, hours in zip(states, rows["hours"].tolist(), strict=True)
    ]
    marks: list[Mark | None] = ["in_progress" if state == RUNNING else "missing" for state in states]
    owners, rules = column_values(rows["owner"]), rows["rule"].tolist()
    people = [labels.person(name) if isinstance(name, str) else None for name in owners]
    columns = (
        labels.column("rule", texts.COL_TIMING_RULE, [labels.rule(rule) for rule in rules], "text", 19, codes=rules),
        labels.column("key", texts.COL_KEY, column_values(rows["key"]), "id", 15),
        labels.column("title", texts.COL_ITEM, column_values(rows["title"]), "text", 30),
        labels.region_column(rows["region"].tolist()),
        labels.column("owner", texts.COL_OWNER, people, "text", 13, codes=owners),
        labels.column(
            "outcome", round_texts.COL_OUTCOME, [round_texts.OUTCOMES[state].say(lang) for state in states], "text", 12,
            marks=marks, codes=states,
        ),
        labels.column("start", texts.COL_START, column_values(rows["start"]), "datetime", 17),
        labels.column("due", texts.COL_DUE, column_values(rows["due"]), "datetime", 17),
        labels.column("left", round_texts.COL_TIME_LEFT, left, "text", 13),
        labels.column(
            "missing", round_texts.COL_MISSING_TIME, [_field(labels, name) for name in rows["missing"].tolist()],
            "text", 18,
        ),
        *labels.origin_columns(rows),
    )  # fmt: skip
    name = round_texts.PAGE_PENDING.say(lang)
    return Listing(
        name, name, note, columns, "follow_up", 2, key="timing_pending", sources=labels.sources(rows), optional=True
    )


def _field(labels: Labels, full_name: str) -> str | None:
    """Return the label of the field with the time that is missing, with its sheet."""
    block, _, name = full_name.rpartition(".")
    if not name:
        return None
    for pack in labels.inputs.packs:
        if block in pack.blocks:
            return f"{labels.sheet(block)}·{pack.blocks[block].label_of(name).say(labels.lang)}"
    return name
