"""How the marks of `xlsflow feedback` are recognised in a workbook, so that reading it again ignores them.

Spreadsheet programs renumber styles, drop the authors of comments and unhide very hidden sheets. Names and texts
survive, so the marks are recognised by those.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.fileformat.stamp import NAME_PREFIX
from xlsflow.i18n import LocalizedText

FINDINGS_SHEET = LocalizedText("问题清单", "To fix")
"""Name of the sheet that lists the findings."""

FINDINGS_SHEET_NAMES = (*FINDINGS_SHEET.both(), "To mend")
"""Every name that the sheet has had; 0.1.0 called it "To mend"."""

FINDINGS_SHEET_MARK = "xlsflow:feedback"
"""Text of that sheet's first cell, in a hidden row; people rename sheets, this cell stays."""

FINDINGS_SHEET_LINK = f"{NAME_PREFIX}feedback"
"""Defined name that refers to that sheet."""

CORRECTED_RETURN = f"{NAME_PREFIX}corrects"
"""Defined name with the digest of the return that was marked: a fact of the stamp, so a reader finds it there."""

ORIGINAL_STYLES_SHEET = "_xf_marks"
"""Name of the hidden sheet that stores the styles of marked cells, to restore them later."""

FINDINGS_COLUMN = LocalizedText("问题提示（自动生成）", "Findings (automatic)")
"""Header of the column that lists the findings of each row."""

COMMENT_PREFIX = "xlsflow · "
"""Precedes the text of each comment; not every program keeps the author."""

COMMENT_AUTHOR = "xlsflow"
"""Author of each comment."""

WAIVED_KEY = "waived"
"""Takes the place of the severity for a finding that is waived."""

SEVERITY_SIGNS: Mapping[str, str] = {"error": "▲", "warning": "◆", "info": "○", WAIVED_KEY: "✓"}
"""Severity -> the sign before a finding's text."""


def is_findings_sheet(first_cell: object) -> bool:
    """Return whether a sheet is the list of findings, by its first cell."""
    return first_cell == FINDINGS_SHEET_MARK


def is_findings_column(header: str) -> bool:
    """Return whether a column is the one with the findings, by its header."""
    return header.strip() in FINDINGS_COLUMN.both()
