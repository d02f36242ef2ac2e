"""What a merge cannot decide alone, and what the coordinator has decided about it.

A proposal is one line of the sheet "Conflicts and proposals". Until the coordinator picks, the winner by order is in
the data; a pick comes back with the consolidated workbook, as a cell that the coordinator has filled or as a decision.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from xlsflow.fileformat.baseline import comparison_text

ProposalKind = Literal["conflict", "foreign", "deleted", "same_row", "redated", "renumber", "earlier", "corrected"]
"""One cell filled differently by two colleagues; a cell of another region's row; a row that a return no longer has; a
new row that may be one that is gone; an overdue row with a new due date; a key that two rows have; a cell of an earlier
round that the later one does not know; a cell that a correction has replaced."""

DecisionKind = Literal["delete", "keep", "rename", "accept"]
"""A row is deleted; a proposal about a row is declined; a row gets another key; a new due date is accepted."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the coordinator has decided about a row.

    Attributes:
        kind: What is decided.
        block: Full name of the row's block.
        key: Its key; its `row_address` where its block has none.
        value: The new key of `rename`, the accepted date of `accept`, the kind of the declined proposal of `keep`.
        leaf: Content digest of the return whose row is meant; empty where the key is enough.
    """

    kind: DecisionKind
    block: str
    key: str
    value: str = ""
    leaf: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing to decide.

    Attributes:
        kind: What it is about.
        block: Full name of the block.
        key: Key of the row.
        field: Field of the cell; empty where it is about the whole row.
        title: Title of the row.
        current: The value in the data; where it is about a whole row, None.
        value: The value that is not in the data, the proposed key, or the proposed date.
        file: The return that the value is from.
        sheet: Its sheet.
        row: 1-based sheet row in it; 0 where the row is gone.
        region: Code of its region.
        filler: Who filled it in.
        saved: When it was saved.
        leaf: Content digest of the return.
    """

    kind: ProposalKind
    block: str
    key: str
    field: str = ""
    title: str = ""
    current: object = None
    value: object = None
    file: str = ""
    sheet: str = ""
    row: int = 0
    region: str = ""
    filler: str = ""
    saved: datetime | None = None
    leaf: str = ""

    @property
    def id(self) -> str:
        """Identity of the proposal: it stays the same in later merges as long as both values do."""
        parts = (self.kind, self.block, self.key, self.field, comparison_text(self.value), self.region)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]

    def order(self) -> tuple[object, ...]:
        """Return the sort key: what changes the data most comes first."""
        kinds = ("conflict", "deleted", "same_row", "redated", "renumber", "foreign", "earlier", "corrected")
        return kinds.index(self.kind), self.block, self.key, self.field, self.region, self.file, self.id


def row_address(leaf: str, sheet: str, row: int) -> str:
    """Return what identifies a row without a key: the digest of its return, its sheet and its 1-based row."""
    return f"{leaf} {sheet} {row}"
