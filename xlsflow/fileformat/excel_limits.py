"""What Excel accepts: the limits that a writer must keep and that a reader may rely on."""

from __future__ import annotations

import re

MAX_ROWS = 1_048_576
"""Rows of a sheet."""

MAX_COLUMNS = 16_384
"""Columns of a sheet."""

MAX_CELL_TEXT = 32_767
"""Length of a cell's text as `excel_length` counts it: Excel repairs (that is, damages) a file with a longer one."""

MAX_SHEET_NAME = 31
"""Characters of a sheet's name."""

ILLEGAL_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]|^'|'$")
"""What a sheet's name must not contain, begin or end with."""

MAX_VALIDATION_TITLE = 32
"""Length of the title of a validation's help or error, as `excel_length` counts it."""

MAX_VALIDATION_TEXT = 255
"""Length of a validation's help, error text or formula; a longer one makes Excel ask to repair the file."""

EXACT_LIMIT = 10**15
"""Excel keeps 15 significant digits: from here on a whole number loses digits, and 0.1 + 0.2 is shown as 0.3."""


def excel_length(text: str) -> int:
    """Return the length of a text in UTF-16 units, as Excel counts it: an emoji counts as two."""
    # A lone surrogate (half an emoji, left by another program) must not raise: it is one unit.
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
