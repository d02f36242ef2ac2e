"""Book -> frames and figures: what is overdue, who has returned, where each region stands. Knows no file format."""

from xlsflow.reports.assemble import report
from xlsflow.reports.figures.returns import returns
from xlsflow.reports.figures.signals import (
    Light,
    LightRule,
    Standing,
    light,
    overall,
)
from xlsflow.reports.figures.status import (
    Figures,
    ageing,
    by_owner,
    by_region,
    figures,
    standings,
)
from xlsflow.reports.figures.tracked_items import (
    due_soon,
    followed,
    overdue,
)
from xlsflow.reports.inputs import Basis

__all__ = [
    "Basis",
    "Figures",
    "Light",
    "LightRule",
    "Standing",
    "ageing",
    "by_owner",
    "by_region",
    "due_soon",
    "figures",
    "followed",
    "light",
    "overall",
    "overdue",
    "report",
    "returns",
    "standings",
]
