"""By what our own marks in a returned file are known again: a marked file is read as if they were not there.

Spreadsheet programs renumber styles, drop the authors of notes and unhide what was very hidden; names and texts stay.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.i18n import LocalizedText

LIST = LocalizedText("问题清单", "To mend")
"""Name of the sheet that lists what is to be mended."""
LIST_MARK = "xlsflow:feedback"
"""What stands in its first cell, in a hidden row."""
LIST_NAME = "xf_feedback"
"""The defined name that leads to it."""
KEPT = "_xf_marks"
"""Name of the hidden sheet that keeps how marked cells looked before."""
COLUMN = LocalizedText("问题提示（自动生成）", "Findings (automatic)")
"""Header of the column that tells a row's findings."""
NOTE = "xlsflow · "
"""How a note of ours begins: not every program keeps an author."""
AUTHOR = "xlsflow"
WAIVED = "waived"
"""What stands in place of the severity of a finding that may stand."""
SIGNS: Mapping[str, str] = {"error": "▲", "warning": "◆", "info": "○", WAIVED: "✓"}
"""What stands before a finding, by its severity."""


def is_list(first_cell: object) -> bool:
    """Return whether a sheet is our list, by its first cell."""
    return first_cell == LIST_MARK


def is_column(header: str) -> bool:
    """Return whether a column is ours, by its header."""
    return header.strip() in COLUMN.both()
