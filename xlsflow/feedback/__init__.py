"""The returned file, marked up for the region that sent it.

The copy is made by changing a few parts of the package, byte for byte: no library that reads and writes whole workbooks
keeps everything that regions put into theirs (pictures in cells, charts, newer validations).
"""

from __future__ import annotations

from xlsflow.feedback.covering_text import (
    Recipient,
    Sending,
    covering_text,
)
from xlsflow.feedback.dropdowns import Dropdown
from xlsflow.feedback.mark_up import (
    bears_marks,
    can_be_marked,
    mark_up,
)

__all__ = ["Dropdown", "Recipient", "Sending", "bears_marks", "can_be_marked", "covering_text", "mark_up"]
