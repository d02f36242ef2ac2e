"""Shows how the figures have developed: the last round's below each figure, a line and a table over all rounds."""

from __future__ import annotations

from dataclasses import replace
from math import nan
from typing import TYPE_CHECKING

from xlsflow.model.report_model import Chart, ChartBar, Listing
from xlsflow.reports import round_texts, texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsflow.model.report_model import KeyFigure, ReportValue
    from xlsflow.reports.figures.status_counts import ReportFigures
    from xlsflow.reports.labels import Labels
    from xlsflow.reports.over_rounds.rounds import RoundFigures

_MIN_ROUNDS = 2


def trend_chart(labels: Labels, rounds: Sequence[RoundFigures]) -> Chart | None:
    """Return the lines of completion, overdue items and returns in time; None before the second round."""
    if len(rounds) < _MIN_ROUNDS:
        return None
    lang = labels.lang
    shares = tuple(nan if figures.share is None else figures.share for figures in rounds)
    late = tuple(float(figures.counts["overdue"]) for figures in rounds)
    in_time = tuple(figures.in_time / figures.expected if figures.expected else nan for figures in rounds)
    series = (
        ChartBar(round_texts.SERIES_DONE.say(lang), shares, "in_progress", key="completion"),
        ChartBar(round_texts.SERIES_OVERDUE.say(lang), late, "overdue", key="overdue"),
        ChartBar(round_texts.SERIES_IN_TIME.say(lang), in_time, "done", key="returned_in_time"),
    )
    title, text = round_texts.TREND_CHART_TITLE.say(lang), round_texts.TREND_TEXT.say(lang)
    names = tuple(figures.round for figures in rounds)
    return Chart(title, names, series, text, lines=True, key="trend", codes=names, head=round_texts.COL_ROUND.say(lang))


def trend_listing(labels: Labels, rounds: Sequence[RoundFigures]) -> Listing:
    """Return the figures of each round as a table, the latest first; of a first round there is nothing to compare."""
    lang, latest = labels.lang, [*reversed(rounds)] if len(rounds) >= _MIN_ROUNDS else []

    def count(name: str) -> list[ReportValue]:
        return [figures.counts[name] for figures in latest]

    columns = (
        labels.column("round", round_texts.COL_ROUND, [figures.round for figures in latest], "id", 12),
        labels.column("as_of", round_texts.COL_AS_OF, [figures.as_of for figures in latest], "date", 12),
        labels.column("expected", round_texts.COL_EXPECTED, [figures.expected for figures in latest], "integer", 9),
        labels.column("returned", round_texts.COL_RETURNED, [figures.returned for figures in latest], "integer", 9),
        labels.column("in_time", round_texts.COL_IN_TIME, [figures.in_time for figures in latest], "integer", 9),
        labels.column("total", texts.COL_TOTAL, count("total"), "integer", 9),
        labels.column("share", texts.COL_SHARE, [figures.share for figures in latest], "percent", 9),
        labels.column("overdue", texts.COL_OVERDUE_ITEMS, count("overdue"), "integer", 9),
        labels.column("new", round_texts.COL_NEW, count("new"), "integer", 11),
        labels.column("stuck", texts.COL_BLOCKED, count("stuck"), "integer", 9),
        labels.column("high", texts.COL_HIGH_RISK, count("high"), "integer", 9),
    )
    name = round_texts.PAGE_TREND.say(lang)
    return Listing(name, name, round_texts.NOTE_TREND.say(lang), columns, "follow_up", 1, key="trend", optional=True)


def last_round(rounds: Sequence[RoundFigures]) -> RoundFigures | None:
    """Return the figures of the round before the present one, which is the last; None where there is none."""
    return rounds[-2] if len(rounds) >= _MIN_ROUNDS else None


def with_last_round(
    labels: Labels, figures: Sequence[KeyFigure], totals: ReportFigures, before: RoundFigures | None
) -> tuple[KeyFigure, ...]:
    """Return the large figures with those of the last round, and of how many regions they tell."""
    lang = labels.lang
    heard = totals.expected - len(totals.silent)
    basis = round_texts.FIGURE_BASIS.format(lang, heard=heard, expected=totals.expected) if totals.silent else ""
    then = _figures_then(before) if before else {}
    made = []
    for figure in figures:
        said = then.get(figure.key, "")
        made.append(
            replace(
                figure,
                before=round_texts.LAST_ROUND.format(lang, figure=said) if said else "",
                basis="" if figure.key == "returned" else basis,
            )
        )
    return tuple(made)


def _figures_then(before: RoundFigures) -> Mapping[str, str]:
    """Return key of a large figure -> the figure in the last round."""
    counts = before.counts
    return {
        "returned": f"{before.returned} / {before.expected}",
        "completion": f"{before.share:.0%}" if before.share is not None else texts.DASH,
        "overdue": str(counts["overdue"]),
        "due_soon": str(counts["soon"]),
        "blocked": str(counts["stuck"]),
        "high_risks": str(counts["high"]),
        "data": str(counts["errors"]),
    }
