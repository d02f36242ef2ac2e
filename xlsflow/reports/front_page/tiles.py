"""Makes the six key figures of the first page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.model.report_model import KeyFigure
from xlsflow.reports import texts
from xlsflow.reports.figures.tracked_items import DUE_SOON_DAYS
from xlsflow.reports.listings.timing_violations import worst_region

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.model.report_model import Mark
    from xlsflow.reports.figures.status_counts import ReportFigures
    from xlsflow.reports.labels import Labels


def key_figures(
    labels: Labels, frame: pd.DataFrame, figures: ReportFigures, violations: pd.DataFrame | None = None
) -> tuple[KeyFigure, ...]:
    """Return the key figures from left to right; violations are shown only if the data has timing rules."""
    return (
        _returned(labels, figures),
        _done(labels, figures),
        _overdue(labels, figures),
        _due_soon(labels, figures),
        _blocked(labels, frame, figures)
        if violations is None
        else _blocked_and_violations(labels, figures, violations),
        _risks_and_errors(labels, figures),
    )


def _returned(labels: Labels, figures: ReportFigures) -> KeyFigure:
    lang = labels.lang
    detail = texts.ALL_RETURNED.say(lang)
    mark: Mark = "done"
    if figures.late:
        detail = texts.REGIONS_LATE.format(lang, late=texts.listed(lang, labels.regions(figures.late), 3))
        mark = "due_soon"
    # Missing regions replace late ones: there is one line, and who has sent nothing matters more.
    if figures.missing:
        detail = texts.REGIONS_MISSING.format(lang, missing=texts.listed(lang, labels.regions(figures.missing), 3))
        mark = "due_soon"
    return KeyFigure(texts.TILE_RETURNED.say(lang), f"{figures.returned} / {figures.expected}", detail, mark)


def _done(labels: Labels, figures: ReportFigures) -> KeyFigure:
    lang = labels.lang
    # No items at all: neither 0 % nor 100 % would be true.
    figure = texts.DASH if figures.share is None else f"{figures.share:.0%}"
    detail = texts.DONE_OF.format(lang, done=figures.done, total=figures.total)
    return KeyFigure(texts.TILE_DONE.say(lang), figure, detail, "in_progress")


def _overdue(labels: Labels, figures: ReportFigures) -> KeyFigure:
    lang, mean = labels.lang, f"{figures.mean:.1f}"
    detail = texts.OVERDUE_MEAN.format(lang, mean=mean, worst=figures.worst)
    # New since when is only known with the workbook of the previous round.
    if figures.new is not None:
        detail = texts.OVERDUE_NEW.format(lang, new=figures.new, mean=mean)
    if not figures.overdue:
        detail = texts.NONE_AT_ALL.say(lang)
    return KeyFigure(
        texts.TILE_OVERDUE.say(lang), str(figures.overdue), detail, "overdue" if figures.overdue else "done"
    )


def _due_soon(labels: Labels, figures: ReportFigures) -> KeyFigure:
    lang = labels.lang
    days = int(labels.inputs.setting("due_soon_days", DUE_SOON_DAYS))
    detail = texts.DUE_SOON_IDLE.format(lang, idle=figures.soon_idle)
    mark: Mark = "due_soon" if figures.soon else "done"
    return KeyFigure(texts.TILE_DUE_SOON.format(lang, days=days), str(figures.soon), detail, mark)


def _blocked(labels: Labels, frame: pd.DataFrame, figures: ReportFigures) -> KeyFigure:
    lang = labels.lang
    where = tuple(dict.fromkeys(labels.regions(frame.loc[frame["group"] == "blocked", "region"].tolist())))
    detail = (
        texts.BLOCKED_REGIONS.format(lang, where=texts.listed(lang, where, 3)) if where else texts.NONE_AT_ALL.say(lang)
    )
    return KeyFigure(
        texts.TILE_BLOCKED.say(lang), str(figures.blocked), detail, "blocked" if figures.blocked else "done"
    )


def _blocked_and_violations(labels: Labels, figures: ReportFigures, violations: pd.DataFrame) -> KeyFigure:
    """Return the number of blocked items and of violations of timing rules."""
    lang = labels.lang
    detail = worst_region(labels, violations) if len(violations) else texts.NONE_AT_ALL.say(lang)
    mark: Mark = "blocked" if figures.blocked else "overdue" if len(violations) else "done"
    return KeyFigure(
        texts.TILE_BLOCKED_TIMING.say(lang),
        texts.BLOCKED_AND_VIOLATIONS.format(lang, stuck=figures.blocked, over=len(violations)),
        detail,
        mark,
    )


def _risks_and_errors(labels: Labels, figures: ReportFigures) -> KeyFigure:
    lang = labels.lang
    detail = texts.RISKS_UNTREATED.format(lang, untreated=figures.untreated_risks, warnings=figures.warnings)
    mark: Mark = "overdue" if figures.high else "due_soon" if figures.errors else "done"
    return KeyFigure(
        texts.TILE_RISKS_ERRORS.say(lang),
        texts.RISKS_AND_ERRORS.format(lang, grave=figures.high, wrong=figures.errors),
        detail,
        mark,
    )
