"""Joins the rows of one block round by round: what is open at the end of a round goes on into the next one.

So the data are the same whether an earlier round comes as its returns or as its book.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xlsflow.merge.carried_rows import open_rows
from xlsflow.merge.join_rows import BlockJoiner
from xlsflow.merge.precedence import FATE_SUPERSEDED, SHOWN
from xlsflow.merge.union_of_returns import NUMBER, stacked

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    import pandas as pd

    from xlsflow.merge.fold import Leaf
    from xlsflow.merge.precedence import JoinedBlock, MergeContext
    from xlsflow.model.consolidated_book import BlockOutline
    from xlsflow.model.history import RoundOrder

# In the place of a position: a row that a return no longer has.
_GONE = -1


class BlockRounds:
    """The rows of one block, as of the round that was joined last.

    Attributes:
        rows: The rows of the data.
        fates: For each row of the returns the index of its fate in `FATES`.
        folded: Positions of rows whose row in the data has cells of others, or that are not in the data.
        repeated: Positions of rows that are the same as another row of their return -> that row.
    """

    def __init__(self, name: str, table: pd.DataFrame, outline: BlockOutline, leaves: Sequence[Leaf | None]) -> None:
        """Start before the first round.

        Args:
            name: Full name of the block.
            table: The rows of all returns.
            outline: What is known of the block.
            leaves: The return of each number; None where it does not take part.
        """
        self._name = name
        self._table = table
        self._outline = outline
        rounds = sorted({leaf.round for leaf in leaves if leaf is not None})
        self._places = {round_: place for place, round_ in enumerate(rounds)}
        places = np.asarray([-1 if leaf is None else self._places[leaf.round] for leaf in leaves], dtype=np.int64)
        self._place = places[table[NUMBER].to_numpy()] if len(table) else np.empty(0, np.int64)
        self._at: list[int] = []
        self.rows = table.iloc[:0]
        self.fates = np.zeros(len(table), dtype=np.int64)
        self._followed: AbstractSet[str] | None = None
        self.folded: set[int] = set()
        self.repeated: dict[int, int] = {}

    def advance(self, round_: RoundOrder, context: MergeContext) -> JoinedBlock:
        """Join the rows of a round with those that are open from the rounds before, and return what came of it."""
        own = np.flatnonzero(self._place == self._places.get(round_, len(self._places)))
        opened = open_rows(self.rows, self._outline, self._followed)
        part = self._table.take(own).reset_index(drop=True) if len(own) < len(self._table) else self._table
        if opened:
            part = stacked([part, self.rows.take(opened)])
        joiner = BlockJoiner(self._name, part, self._outline, context)
        block = joiner.joined()
        at = np.asarray([*own.tolist(), *(self._at[index] for index in opened)], dtype=np.int64)
        # What was in the data of an earlier round is replaced, unless it is carried on.
        self.fates[np.isin(self.fates, SHOWN)] = FATE_SUPERSEDED
        self.fates[own] = block.fates[: len(own)]
        for position, fate in zip(at[len(own) :].tolist(), block.fates[len(own) :].tolist(), strict=True):
            if position != _GONE and fate in SHOWN:
                self.fates[position] = fate
        self.folded |= {int(at[position]) for position in block.folded if at[position] != _GONE}
        self.repeated |= {int(at[position]): int(at[first]) for position, first in block.repeated.items()}
        self._at = [int(at[position]) if position < len(at) else _GONE for position in block.positions]
        self.rows = block.rows
        return block

    def without_followed(self, block: JoinedBlock, followed: AbstractSet[str], round_: RoundOrder) -> JoinedBlock:
        """Return a block without the rows of earlier rounds that have become rows of another one.

        Args:
            block: The block as `advance` has returned it for the round.
            followed: Keys of the rows that have become another one.
            round_: The round.
        """
        self._followed = followed
        keys, places = block.rows[self._outline.key].tolist(), [self._place[at] if at >= 0 else -1 for at in self._at]
        present = self._places.get(round_, len(self._places))
        left = [n for n, key in enumerate(keys) if places[n] >= present or str(key) not in followed]
        if len(left) == len(keys):
            return block
        for n in {*range(len(keys))} - {*left}:
            if self._at[n] >= 0:
                self.fates[self._at[n]] = FATE_SUPERSEDED
        self._at = [self._at[n] for n in left]
        self.rows = block.rows.take(left).reset_index(drop=True)
        new = {n: place for place, n in enumerate(left)}
        return replace(block, rows=self.rows, clashes=[new[n] for n in block.clashes if n in new])
