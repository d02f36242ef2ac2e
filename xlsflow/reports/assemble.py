"""Assembles the report of a consolidated workbook from its front page, listings, data and hidden pages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xlsflow.model.report_model import Report
from xlsflow.reports.due_dates import due_dates
from xlsflow.reports.figures.responsibilities import responsibility_gaps, responsibility_load
from xlsflow.reports.figures.returns import return_status
from xlsflow.reports.figures.risk_matrix import open_risks
from xlsflow.reports.figures.status_counts import items_with_flags, region_status, report_figures
from xlsflow.reports.figures.timing_rules import broken_rules, has_timing_rules, timing_outcomes
from xlsflow.reports.follow_up.decisions import decisions_listing
from xlsflow.reports.follow_up.escalation import reminders
from xlsflow.reports.follow_up.reminders_listing import reminders_listing
from xlsflow.reports.front_page.overview import OverviewInputs, overview
from xlsflow.reports.hidden_pages import document_properties, hidden_listings, long_texts
from xlsflow.reports.labels import Labels
from xlsflow.reports.listings.blocked_and_risks import blocked_listing, risks_listing
from xlsflow.reports.listings.by_region_and_owner import owners_listing, regions_listing
from xlsflow.reports.listings.chart_figures import figures_listing
from xlsflow.reports.listings.data_quality import aside_listing, findings_listing, ledger_listing
from xlsflow.reports.listings.merged_data import data_listings
from xlsflow.reports.listings.overdue_and_due_soon import due_soon_listing, overdue_listing
from xlsflow.reports.listings.proposals import proposals_listing
from xlsflow.reports.listings.requirements import requirements_listing
from xlsflow.reports.listings.responsibilities import gaps_listing, load_listing
from xlsflow.reports.listings.returns import returns_listing
from xlsflow.reports.listings.timing_compliance import compliance_listing, pending_listing
from xlsflow.reports.listings.timing_violations import timing_listing
from xlsflow.reports.over_rounds.changes import RowsOverRounds, item_changes
from xlsflow.reports.over_rounds.changes_listing import changes_listing
from xlsflow.reports.over_rounds.rounds import all_region_rounds, region_rounds, round_figures
from xlsflow.reports.over_rounds.trend import last_round, trend_chart, trend_listing, with_last_round

if TYPE_CHECKING:
    from xlsflow.i18n import Lang
    from xlsflow.reports.inputs import ReportInputs


def make_report(inputs: ReportInputs, lang: Lang) -> Report:
    """Return the report of a consolidated workbook.

    Args:
        inputs: What the report is made from.
        lang: Language of the report.
    """
    labels = Labels(inputs, lang)
    frame = items_with_flags(inputs)
    returned = return_status(inputs)
    regions = region_status(inputs, frame, returned)
    outcomes = timing_outcomes(inputs)
    violations = broken_rules(outcomes)
    figures = report_figures(inputs, frame, regions)
    page = OverviewInputs(
        labels, frame, returned, regions, figures, open_risks(inputs, frame), responsibility_load(inputs),
        responsibility_gaps(inputs), violations if has_timing_rules(inputs) else None,
    )  # fmt: skip
    rounds = all_region_rounds(inputs, region_rounds(inputs, regions))
    # Made before the listings that precede them: texts that do not fit into a cell are findings, and known only then.
    data = tuple(data_listings(labels, frame))
    long_cells = tuple(long_texts(labels, data))
    changes, totals = RowsOverRounds(inputs, frame), round_figures(rounds, inputs)
    before = last_round(totals)
    first = overview(page)
    then = with_last_round(labels, first.figures, figures, before)
    decisions = decisions_listing(labels, frame, regions)
    first = replace(first, figures=then, trend=trend_chart(labels, totals), decisions=decisions)
    listings = (
        overdue_listing(labels, frame),
        due_soon_listing(labels, frame),
        blocked_listing(labels, frame),
        reminders_listing(labels, reminders(inputs, frame, figures.missing)),
        changes_listing(labels, item_changes(changes), before.round if before else ""),
        timing_listing(labels, violations),
        pending_listing(labels, outcomes),
        compliance_listing(labels, outcomes),
        risks_listing(labels, frame),
        requirements_listing(labels, frame),
        returns_listing(labels, returned, regions),
        regions_listing(labels, regions),
        owners_listing(labels, frame),
        load_listing(labels),
        gaps_listing(labels),
        proposals_listing(labels),
        findings_listing(labels, long_cells),
        ledger_listing(labels),
        aside_listing(labels),
        trend_listing(labels, totals),
        figures_listing(labels, first),
        *data,
        *hidden_listings(labels, data, long_cells, rounds),
    )
    project = inputs.project
    return Report(
        lang, inputs.as_of, first, listings, {"title": first.title, **document_properties(labels)}, figures.signal,
        project.round.id, project.project.code or project.project.name, tuple(due_dates(labels, frame)),
    )  # fmt: skip
