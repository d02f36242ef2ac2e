"""Names of the very hidden sheets of an outgoing workbook.

A reader compares by prefix, because a sheet that somebody copied is called `_meta (2)`.
"""

from __future__ import annotations

HIDDEN_PREFIX = "_"
"""Every hidden sheet of ours begins with it, so a reader can leave all of them out."""

STAMP_SHEET = "_meta"
"""Holds the stamp: which template, round and region the workbook is for."""

LISTS_SHEET = "_lists"
"""Holds the values behind the dropdowns, one list a column."""

BASELINE_SHEET = "_base"
"""Holds the rows that the workbook was sent out with."""
