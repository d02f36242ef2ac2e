"""Turns a consolidated workbook into a report: figures, listings and a front page, as values.

Nothing here knows a file format; `render` writes what this package returns. Start with `assemble`, then `inputs` for
what a report is made from and `figures` for the rules.
"""

from xlsflow.reports.assemble import make_report
from xlsflow.reports.figures.frames import figure_frame
from xlsflow.reports.figures.requirement_stages import requirement_stages
from xlsflow.reports.figures.returns import return_status
from xlsflow.reports.figures.tracked_items import overdue, tracked_items
from xlsflow.reports.inputs import ReportInputs
from xlsflow.reports.listings.requirement_life import requirement_life

__all__ = [
    "ReportInputs",
    "figure_frame",
    "make_report",
    "overdue",
    "requirement_life",
    "requirement_stages",
    "return_status",
    "tracked_items",
]
