"""The six big figures of the first page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.model.report_model import Figure
from xlsflow.reports import texts as w
from xlsflow.reports.figures.tracked_items import DUE_SOON_DAYS
from xlsflow.reports.listings.timing import worst_region

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.model.report_model import Mark
    from xlsflow.reports.figures.status import Figures
    from xlsflow.reports.labels import Labels


def tiles(
    labels: Labels, frame: pd.DataFrame, figures: Figures, over: pd.DataFrame | None = None
) -> tuple[Figure, ...]:
    """Return the big figures, from left to right; that of the timing rules only where the book tells of any."""
    return (
        _returned(labels, figures),
        _done(labels, figures),
        _late(labels, figures),
        _soon(labels, figures),
        _stuck(labels, frame, figures) if over is None else _stuck_and_over(labels, figures, over),
        _grave(labels, figures),
    )


def _returned(labels: Labels, figures: Figures) -> Figure:
    lang = labels.lang
    said = w.ALL_RETURNED.say(lang)
    mark: Mark = "done"
    if figures.late:
        said = w.LATE_RETURNS.say(lang).format(late=w.listed(lang, labels.regions(figures.late), 3))
        mark = "due_soon"
    if figures.missing:
        said = w.LACKING.say(lang).format(missing=w.listed(lang, labels.regions(figures.missing), 3))
        mark = "due_soon"
    return Figure(w.TILE_RETURNED.say(lang), f"{figures.returned} / {figures.expected}", said, mark)


def _done(labels: Labels, figures: Figures) -> Figure:
    lang = labels.lang
    figure = w.NOTHING if figures.share is None else f"{figures.share:.0%}"
    said = w.DONE_OF.say(lang).format(done=figures.done, total=figures.total)
    return Figure(w.TILE_DONE.say(lang), figure, said, "in_progress")


def _late(labels: Labels, figures: Figures) -> Figure:
    lang, mean = labels.lang, f"{figures.mean:.1f}"
    said = w.MEAN_LATE.say(lang).format(mean=mean, worst=figures.worst)
    if figures.new is not None:
        said = w.NEW_LATE.say(lang).format(new=figures.new, mean=mean)
    if not figures.overdue:
        said = w.NONE.say(lang)
    return Figure(w.TILE_LATE.say(lang), str(figures.overdue), said, "overdue" if figures.overdue else "done")


def _soon(labels: Labels, figures: Figures) -> Figure:
    lang = labels.lang
    days = int(labels.basis.figure("due_soon_days", DUE_SOON_DAYS))
    said = w.SOON_IDLE.say(lang).format(idle=figures.soon_idle)
    mark: Mark = "due_soon" if figures.soon else "done"
    return Figure(w.TILE_SOON.say(lang).format(days=days), str(figures.soon), said, mark)


def _stuck(labels: Labels, frame: pd.DataFrame, figures: Figures) -> Figure:
    lang = labels.lang
    where = tuple(dict.fromkeys(labels.regions(frame.loc[frame["group"] == "blocked", "region"].tolist())))
    said = w.STUCK_WHERE.say(lang).format(where=w.listed(lang, where, 3)) if where else w.NONE.say(lang)
    return Figure(w.TILE_STUCK.say(lang), str(figures.blocked), said, "blocked" if figures.blocked else "done")


def _stuck_and_over(labels: Labels, figures: Figures, over: pd.DataFrame) -> Figure:
    """Return how much is stuck, and how often a timing rule was broken."""
    lang = labels.lang
    said = worst_region(labels, over) if len(over) else w.NONE.say(lang)
    mark: Mark = "blocked" if figures.blocked else "overdue" if len(over) else "done"
    return Figure(w.TILE_STUCK_TIMING.say(lang), f"{figures.blocked} / {len(over)}", said, mark)


def _grave(labels: Labels, figures: Figures) -> Figure:
    lang = labels.lang
    said = w.GRAVE_OF.say(lang).format(untreated=figures.untreated, warnings=figures.warnings)
    mark: Mark = "overdue" if figures.high else "due_soon" if figures.errors else "done"
    return Figure(w.TILE_GRAVE.say(lang), f"{figures.high} / {figures.errors}", said, mark)
