"""Book -> frames and figures: what is overdue, who has returned, where each region stands. Knows no file format."""

from xlsflow.reports.basis import Basis
from xlsflow.reports.document import report
from xlsflow.reports.follow import due_soon, followed, overdue
from xlsflow.reports.lights import Light, LightRule, Standing, light, overall
from xlsflow.reports.returned import returns
from xlsflow.reports.standing import Figures, ageing, by_owner, by_region, figures, standings

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
