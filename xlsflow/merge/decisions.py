"""What the coordinator has decided about rows, from all consolidated workbooks that came back edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from xlsflow.fileformat.baseline import comparison_text
from xlsflow.merge.precedence import identity_digest
from xlsflow.merge.union_of_returns import NUMBER

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from xlsflow.merge.fold import Leaf
    from xlsflow.model.consolidated_book import BlockOutline
    from xlsflow.model.history import RoundOrder
    from xlsflow.model.proposals import Proposal
    from xlsflow.model.returns import Return

RowKey = tuple[str, str, str]
"""Block, key and region: two regions may have the same key for different things."""


@dataclass(frozen=True)
class Decisions:
    """The decisions of all of the coordinator's edits.

    Attributes:
        deleted: Row -> round in which it was deleted; in a later round it may come back.
        accepted: Row -> due dates that were accepted.
        kept: Row and kind of the proposals that were declined.
        renamed_rows: Block, key, and digest of a return or sign of a region -> the new key of its row.
    """

    deleted: Mapping[RowKey, RoundOrder] = field(default_factory=dict)
    accepted: Mapping[RowKey, AbstractSet[str]] = field(default_factory=dict)
    kept: AbstractSet[tuple[str, str, str, str]] = frozenset()
    renamed_rows: Mapping[tuple[str, str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, returns: Sequence[Return], leaves: Sequence[Leaf | None]) -> Decisions:
        """Return the decisions that returns carry; of two about one row the one of the greater return counts."""
        deleted: dict[RowKey, RoundOrder] = {}
        accepted: dict[RowKey, set[str]] = {}
        kept: set[tuple[str, str, str, str]] = set()
        renamed: dict[tuple[str, str, str], str] = {}
        edits = [leaf for leaf in leaves if leaf is not None and returns[leaf.number].decisions]
        for leaf in sorted(edits, key=lambda leaf: leaf.order):
            for decision in returns[leaf.number].decisions:
                row = decision.block, decision.key, leaf.region
                if decision.kind == "delete":
                    deleted[row] = leaf.round
                elif decision.kind == "accept":
                    accepted.setdefault(row, set()).add(decision.value)
                elif decision.kind == "keep":
                    kept.add((*row, decision.value))
                else:
                    renamed[*row[:2], decision.leaf or _region_sign(leaf.region)] = decision.value
        return cls(deleted, accepted, kept, renamed)

    def renamed(self, name: str, table: pd.DataFrame, outline: BlockOutline, returns: Sequence[Return]) -> pd.DataFrame:
        """Return the rows of a block with the keys that the coordinator has given them."""
        mine = {at[1:]: key for at, key in self.renamed_rows.items() if at[0] == name}
        if not mine or not outline.key:
            return table
        signs = [(identity_digest(r.record), _region_sign(r.record.stamp.region)) for r in returns]
        keys = []
        for key, number in zip(table[outline.key].tolist(), table[NUMBER].tolist(), strict=True):
            digest, region = signs[number]
            keys.append(mine.get((key, digest)) or mine.get((key, region)) or key)
        return table.assign(**{outline.key: pd.array(keys, dtype="str")})

    def settles(self, proposal: Proposal) -> bool:
        """Return whether a proposal has been decided."""
        row = proposal.block, proposal.key, proposal.region
        if (*row, proposal.kind) in self.kept:
            return True
        if proposal.kind == "redated":
            return comparison_text(proposal.value) in self.accepted.get(row, ())
        return proposal.kind in ("deleted", "same_row") and row in self.deleted


def _region_sign(region: str) -> str:
    """Return what stands for all returns of a region, in the place of the digest of one."""
    return f"region {region}"
