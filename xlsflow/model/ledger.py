"""Accounts for every row of every file: what became of it, and the rows that could not be used.

A row that is neither in the data nor in the ledger would be lost work, so the lines are written out and must balance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

ROW_WITHOUT_KEY = "row_without_key"
"""Code of a row whose key is blank or unreadable."""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """Row counts of one block of one file; the other counts add up to `seen`.

    Attributes:
        file: Name of the file.
        sheet: Name of the sheet as returned.
        block: Full name of the block.
        seen: Rows that were read.
        blank: Rows without any value.
        merged: Rows of which a cell is in the data.
        superseded: Rows of which all that was filled lost against other returns.
        duplicate: Rows that another return has with the same values.
        set_aside: Rows that could not be used.
        unchanged: Rows that came back as they were sent out.
        carried: Rows of an earlier round that are still open.
    """

    file: str
    sheet: str
    block: str
    seen: int
    blank: int = 0
    merged: int = 0
    superseded: int = 0
    duplicate: int = 0
    set_aside: int = 0
    unchanged: int = 0
    carried: int = 0

    @property
    def accounted(self) -> int:
        """How many rows are accounted for."""
        done = self.merged + self.unchanged + self.carried
        return self.blank + done + self.superseded + self.duplicate + self.set_aside

    @property
    def balanced(self) -> bool:
        """Whether every row is accounted for."""
        return self.seen == self.accounted

    def moved(self, **counts: int) -> LedgerLine:
        """Return the line with some of its counts replaced."""
        return replace(self, **counts)  # type: ignore[arg-type]  # mypy sees a str in every field


@dataclass(frozen=True, slots=True)
class AsideRow:
    """A row that is not in the data, with its raw texts.

    Attributes:
        file: Name of the file.
        sheet: Name of the sheet as returned.
        block: Full name of the block.
        row: 1-based sheet row.
        code: Finding code for the reason.
        texts: Field name -> raw text.
    """

    file: str
    sheet: str
    block: str
    row: int
    code: str
    texts: Mapping[str, str]
