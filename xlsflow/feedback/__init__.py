"""Writes a marked copy of a returned workbook for the region that sent it, and the covering text to send with it.

Nothing here judges the data, and parts are changed byte by byte, because no library that rewrites whole workbooks keeps
everything that regions put into theirs (pictures in cells, charts, newer validations). Start with `mark_up`, then
`sheet_xml` for how cells are changed and `covering_text` for the message.
"""

from __future__ import annotations

from xlsflow.feedback.covering_text import Recipient, ReturnOutcome, covering_text
from xlsflow.feedback.dropdowns import Dropdown
from xlsflow.feedback.mark_up import can_be_marked, has_marks, mark_up

__all__ = ["Dropdown", "Recipient", "ReturnOutcome", "can_be_marked", "covering_text", "has_marks", "mark_up"]
