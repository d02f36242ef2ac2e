"""Makes the charts and the risk matrix of the first page."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from xlsflow.model.report_model import Chart, ChartBar, CountGrid, GridCell
from xlsflow.reports import texts
from xlsflow.reports.figures.risk_matrix import SCALE, MatrixCell, risk_matrix
from xlsflow.reports.figures.status_counts import AGE_LIMITS, overdue_by_age

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.model.report_model import GridTone, Mark
    from xlsflow.reports.labels import Labels

_STATUS_BARS: tuple[tuple[str, Mark], ...] = (
    ("done", "done"), ("active", "in_progress"), ("idle", "idle"), ("blocked", "blocked"), ("overdue", "overdue"),
)  # fmt: skip

# Values from which a risk is high or medium where neither pack nor project sets them.
_HIGH, _MEDIUM = 15, 6


def status_chart(labels: Labels, shown: pd.DataFrame) -> Chart:
    """Return the chart of the items by status of the regions that the first page shows."""
    lang = labels.lang
    bars = tuple(
        ChartBar(texts.STATUS_GROUP_NAMES[name].say(lang), tuple(float(n) for n in shown[name]), mark, name)
        for name, mark in _STATUS_BARS
    )
    names = tuple(labels.region(code) or texts.UNKNOWN_REGION.say(lang) for code in shown["region"])
    codes = tuple(shown["region"])
    title, text, head = texts.STATUS_TITLE.say(lang), texts.STATUS_TEXT.say(lang), texts.COL_REGION.say(lang)
    return Chart(title, names, bars, text, key="status", codes=codes, head=head)


def ageing_chart(labels: Labels, frame: pd.DataFrame) -> Chart:
    """Return the chart of overdue items by age."""
    lang = labels.lang
    classes = [f"{low + 1}–{high}" for low, high in pairwise((0, *AGE_LIMITS))]
    classes.append(texts.AGE_OVER.format(lang, days=AGE_LIMITS[-1]))
    counts = tuple(float(n) for n in overdue_by_age(frame))
    bar = ChartBar(texts.STATUS_GROUP_NAMES["overdue"].say(lang), counts, "overdue", "overdue")
    title, text, head = texts.AGEING_TITLE.say(lang), texts.AGEING_TEXT.say(lang), texts.COL_DAYS_OVERDUE.say(lang)
    return Chart(title, tuple(classes), (bar,), text, key="ageing", codes=tuple(classes), head=head)


def matrix_grid(labels: Labels, risks: pd.DataFrame) -> CountGrid | None:
    """Return the matrix of the open risks (`open_risks`); None where none of them is scored.

    The likeliest are on top, those of greatest impact on the right.
    """
    lang, counts = labels.lang, risk_matrix(risks)
    if not counts:
        return None
    steps = range(1, SCALE + 1)
    cells = tuple(
        tuple(_cell(labels, counts.get((likelihood, impact), MatrixCell()), likelihood * impact) for impact in steps)
        for likelihood in reversed(steps)
    )
    unscored = len(risks) - sum(cell.count for cell in counts.values())
    notes = [texts.MATRIX_NOTE.say(lang)] if labels.inputs.previous else []
    notes += [texts.MATRIX_UNSCORED.format(lang, count=unscored)] if unscored else []
    return CountGrid(
        texts.MATRIX_TITLE.say(lang),
        tuple(texts.MATRIX_ROW.format(lang, n=step) for step in reversed(steps)),
        tuple(texts.MATRIX_COLUMN.format(lang, n=step) for step in steps),
        cells,
        texts.MATRIX_TEXT.say(lang),
        ("；" if lang == "zh" else "; ").join(notes),
        "open_risks",
    )


def _cell(labels: Labels, counted: MatrixCell, value: int) -> GridCell:
    inputs = labels.inputs
    tone: GridTone = "low"
    if value >= inputs.setting("risk_high", _HIGH):
        tone = "high"
    elif value >= inputs.setting("risk_medium", _MEDIUM):
        tone = "medium"
    return GridCell(counted.count, counted.risen, counted.fallen, tone)
