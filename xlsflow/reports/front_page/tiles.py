"""Makes the key figures of the first page, one figure a tile."""

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
        _blocked(labels, frame, figures),
        *((_violations(labels, violations),) if violations is not None else ()),
        _risks(labels, figures),
        _errors(labels, figures),
    )


def _returned(labels: Labels, figures: ReportFigures) -> KeyFigure:
    lang = labels.lang
    detail = texts.ALL_RETURNED.say(lang)
    mark: Mark = "done"
    if figures.late:
        detail = texts.REGIONS_LATE.format(lang, late=texts.listed(lang, labels.regions(figures.late), 2))
        mark = "due_soon"
    # Missing regions replace late ones: there is one line, and who has sent nothing matters more.
    if figures.missing:
        detail = texts.REGIONS_MISSING.format(lang, missing=texts.listed(lang, labels.regions(figures.missing), 2))
        mark = "due_soon"
    values = {"returned": figures.returned, "expected": figures.expected, "late": len(figures.late)}
    figure = f"{figures.returned} / {figures.expected}"
    return KeyFigure(texts.TILE_RETURNED.say(lang), figure, detail, mark, "returned", values, "returns")


def _done(labels: Labels, figures: ReportFigures) -> KeyFigure:
    lang = labels.lang
    # No items at all: neither 0 % nor 100 % would be true.
    figure = texts.DASH if figures.share is None else f"{figures.share:.0%}"
    detail = texts.DONE_OF.format(lang, done=figures.done, total=figures.total)
    values = {"share": figures.share, "done": figures.done, "total": figures.total}
    return KeyFigure(texts.TILE_DONE.say(lang), figure, detail, "in_progress", "completion", values, "by_region")


def _overdue(labels: Labels, figures: ReportFigures) -> KeyFigure:
    lang, mean = labels.lang, f"{figures.mean:.1f}"
    detail = texts.OVERDUE_MEAN.format(lang, mean=mean, worst=figures.worst)
    # New since when is only known with the workbook of the previous round.
    if figures.new is not None:
        detail = texts.OVERDUE_NEW.format(lang, new=figures.new, mean=mean)
    if not figures.overdue:
        detail = texts.NONE_AT_ALL.say(lang)
    mark: Mark = "overdue" if figures.overdue else "done"
    values = {"overdue": figures.overdue, "new": figures.new, "mean_days": round(figures.mean, 1)}
    values["longest_days"] = figures.worst
    return KeyFigure(texts.TILE_OVERDUE.say(lang), str(figures.overdue), detail, mark, "overdue", values, "overdue")


def _due_soon(labels: Labels, figures: ReportFigures) -> KeyFigure:
    lang = labels.lang
    days = int(labels.inputs.setting("due_soon_days", DUE_SOON_DAYS))
    detail = texts.DUE_SOON_IDLE.format(lang, idle=figures.soon_idle)
    mark: Mark = "due_soon" if figures.soon else "done"
    label = texts.TILE_DUE_SOON.format(lang, days=days)
    values = {"due_soon": figures.soon, "not_started": figures.soon_idle, "days": days}
    return KeyFigure(label, str(figures.soon), detail, mark, "due_soon", values, "due_soon")


def _blocked(labels: Labels, frame: pd.DataFrame, figures: ReportFigures) -> KeyFigure:
    lang = labels.lang
    where = tuple(dict.fromkeys(labels.regions(frame.loc[frame["group"] == "blocked", "region"].tolist())))
    detail = texts.NONE_AT_ALL.say(lang)
    if where:
        detail = texts.BLOCKED_REGIONS.format(lang, where=texts.listed(lang, where, 2))
    mark: Mark = "blocked" if figures.blocked else "done"
    values = {"blocked": figures.blocked, "where": len(where)}
    return KeyFigure(texts.TILE_BLOCKED.say(lang), str(figures.blocked), detail, mark, "blocked", values, "blocked")


def _violations(labels: Labels, violations: pd.DataFrame) -> KeyFigure:
    missed = len(violations)
    detail = (worst_region(labels, violations) if missed else "") or texts.NONE_AT_ALL.say(labels.lang)
    mark: Mark = "overdue" if missed else "done"
    values = {"missed": missed}
    return KeyFigure(texts.TILE_TIMING.say(labels.lang), str(missed), detail, mark, "timing", values, "timing")


def _risks(labels: Labels, figures: ReportFigures) -> KeyFigure:
    lang = labels.lang
    detail = texts.RISKS_UNTREATED.format(lang, untreated=figures.untreated_risks)
    mark: Mark = "overdue" if figures.high else "done"
    values = {"high": figures.high, "not_addressed": figures.untreated_risks}
    return KeyFigure(texts.TILE_RISKS.say(lang), str(figures.high), detail, mark, "high_risks", values, "open_risks")


def _errors(labels: Labels, figures: ReportFigures) -> KeyFigure:
    lang = labels.lang
    detail = texts.ERRORS_WARNINGS.format(lang, warnings=figures.warnings)
    mark: Mark = "due_soon" if figures.errors else "done"
    values = {"errors": figures.errors, "warnings": figures.warnings}
    return KeyFigure(texts.TILE_ERRORS.say(lang), str(figures.errors), detail, mark, "data", values, "findings")
