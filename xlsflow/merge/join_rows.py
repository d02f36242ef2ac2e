"""Joins the rows of one block: which of them are in the data, with which cells, and what became of the others.

Almost all keys stand in one return; their rows pass as whole columns. Only the others are folded one by one.
"""

# ruff: noqa: PD011 - the values of an entry are no frame

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from xlsflow.merge.carried_rows import LazyColumn, frame_of_rows, open_test, value_of_text
from xlsflow.merge.fold import Entry, Folded, FoldedRow, KeyFold, Leaf
from xlsflow.merge.precedence import (
    FATE_CARRIED,
    FATE_DUPLICATE,
    FATE_MERGED,
    FATE_SUPERSEDED,
    FATE_UNCHANGED,
    FATES,
    JoinedBlock,
    MergeContext,
)
from xlsflow.merge.union_of_returns import CELL, NUMBER, ROW, SHEET, stacked
from xlsflow.model.consolidated_book import ROW_SOURCE, BlockOutline
from xlsflow.model.proposals import Proposal, row_address
from xlsflow.template.kinds.ids import region_in_id
from xlsflow.template.lists import fold_text

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.model.history import RoundOrder

_DIGITS = "0123456789"
_Positions = np.ndarray[tuple[int], np.dtype[np.int64]]


class BlockJoiner:
    """Joins one block."""

    def __init__(self, name: str, table: pd.DataFrame, outline: BlockOutline, context: MergeContext) -> None:
        self.name = name
        self.outline = outline
        self.context = context
        gone = [*self._gone(table)]
        # The rows that returns no longer have follow those of the returns; they have the sheet row 0.
        self.table = stacked([table, frame_of_rows(gone, table)]) if gone else table
        self.given = len(table)
        self.numbers: list[int] = self.table[NUMBER].tolist()
        self.fates = np.zeros(len(self.table), dtype=np.int64)
        self.proposals: list[Proposal] = []
        self.repeated: dict[int, int] = {}
        self._last_numbers: dict[str, int] = {}

    def joined(self) -> JoinedBlock:
        """Return the rows of the data and what became of the others."""
        numbers = self.table[NUMBER].to_numpy()
        part = np.asarray([leaf is not None for leaf in self.context.leaves], dtype=bool)
        taken = np.flatnonzero(part[numbers]) if len(numbers) else np.empty(0, np.int64)
        shared = self._shared(taken)
        alone = np.setdiff1d(taken, shared, assume_unique=True) if len(shared) else taken
        kept = alone[self._keep_alone(alone)].tolist()
        cells: dict[int, FoldedRow] = {}
        clashes: list[int] = []
        groups = self._groups(shared) if self.outline.key else iter(())
        for folded in groups:
            kept += self._take(folded, cells, clashes)
        if not self.outline.key:
            kept += self._whole_rows(shared)
        self._propose_dropped(taken)
        order = np.asarray(sorted(kept), dtype=np.int64)
        rows = self.table.take(order).reset_index(drop=True) if len(order) < len(self.table) else self.table
        rows = _patched(rows, {_place(order, position): row.cells for position, row in cells.items() if row.cells})
        return JoinedBlock(
            rows, order.tolist(), self.fates[: self.given], self.proposals,
            [_place(order, position) for position in clashes],
            {int(position) for position in shared if position < self.given}, self.repeated,
        )  # fmt: skip

    # --- rows that stand alone ---

    def _keep_alone(self, alone: _Positions) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Return which rows that share their key with no other are in the data; set the fate of all of them."""
        numbers = self.table[NUMBER].to_numpy()[alone]
        current = np.asarray([leaf is not None and leaf.round >= self.context.round for leaf in self.context.leaves])
        is_current = current[numbers] if len(numbers) else np.empty(0, bool)
        self.fates[alone] = np.where(is_current, FATE_MERGED, FATE_SUPERSEDED)
        keep = is_current.copy()
        if not is_current.all():
            earlier = np.flatnonzero(~is_current)
            still_open = np.asarray([self.is_open(self._values(int(alone[i]))) for i in earlier], dtype=bool)
            keep[earlier[still_open]] = True
            self.fates[alone[earlier[still_open]]] = FATE_CARRIED
        for index, key in self._untouched(alone, numbers):
            position = int(alone[index])
            if self.fates[position] == FATE_MERGED:
                stays_closed = self._was_closed(key, self.context.leaves[numbers[index]])
                self.fates[position] = FATE_SUPERSEDED if stays_closed else FATE_UNCHANGED
                keep[index] = not stays_closed
        if self.context.deleted:
            for index, position in enumerate(alone.tolist()):
                if self._is_deleted(self._key_or_address(position), int(numbers[index])):
                    keep[index] = False
                    self.fates[position] = FATE_SUPERSEDED
        return keep

    def _untouched(self, alone: _Positions, numbers: np.ndarray[Any, Any]) -> Iterator[tuple[int, str]]:
        """Yield the rows that came back as they were sent out, with their keys."""
        prefilled = [n for n, returned in enumerate(self.context.returns) if returned.touched.get(self.name)]
        if not self.outline.key or not prefilled:
            return
        keys = self.table[self.outline.key].astype(object).tolist()
        for index in np.flatnonzero(np.isin(numbers, prefilled)).tolist():
            key = str(keys[alone[index]])
            if self.context.returns[numbers[index]].touched[self.name].get(key) == frozenset():
                yield index, key

    def _was_closed(self, key: str, leaf: Leaf | None) -> bool:
        """Return whether a row that nobody has touched in this round was closed when it was last reported.

        Then a late return has closed it after this round's workbooks went out.
        """
        return leaf is not None and self.context.known.get((self.name, key, leaf.region), False)

    def is_open(self, values: Mapping[str, object]) -> bool:
        """Return whether a row is carried on into the next round until it is closed."""
        return self._is_open(values)

    @cached_property
    def _is_open(self) -> Callable[[Mapping[str, object]], bool]:
        return open_test(self.outline)

    def _key_or_address(self, position: int) -> str:
        if self.outline.key:
            return str(self._columns[self.outline.key][position])
        leaf = self.context.leaves[self.numbers[position]]
        return row_address(leaf.digest if leaf else "", *self._addresses[position])

    def _is_deleted(self, key: str, number: int) -> bool:
        leaf = self.context.leaves[number]
        since = self.context.deleted.get((self.name, key, leaf.region)) if leaf is not None else None
        # In the rounds before its deletion a row was there.
        return leaf is not None and since is not None and leaf.round <= since <= self.context.round

    # --- rows that share their key ---

    def _shared(self, taken: _Positions) -> _Positions:
        """Return the rows whose key stands in more than one of them; where there is no key, all of several returns."""
        if not len(taken):
            return taken
        if not self.outline.key:
            return self._of_several_returns(taken)
        keys = self.table[self.outline.key].iloc[taken]
        shared = keys.duplicated(keep=False).to_numpy()
        gone = taken >= self.given
        return taken[shared | gone] if gone.any() else taken[shared]

    def _groups(self, shared: _Positions) -> Iterator[Folded]:
        """Yield what became of the rows of each shared key."""
        by_key: dict[str, list[int]] = {}
        keys = self._columns[self.outline.key]
        for position in shared.tolist():
            by_key.setdefault(str(keys[position]), []).append(position)
        for key, positions in by_key.items():
            there = [position for position in positions if position < self.given]
            entries = [self._entry(position, key) for position in there or positions[-1:]]
            owner = self._owner(key, entries)
            fold = KeyFold(
                self.name, key, self.outline.key, self.outline.title, owner, self.context.regions, self._stays,
                self.outline.per_round, self.outline.is_form,
            )  # fmt: skip
            folded = fold.fold(entries)
            if not there:
                folded.fates.clear()
            for position in (p for p in positions if p >= self.given):
                self._propose_gone(key, position)
            yield folded

    def _propose_dropped(self, taken: _Positions) -> None:
        """Add proposals about new rows of a return that its correction does not have."""
        numbers = self.table[NUMBER].to_numpy()
        here = [leaf for n in np.unique(numbers[taken]).tolist() if (leaf := self.context.leaves[n]) is not None]
        slots: dict[object, list[Leaf]] = {}  # only within one may returns correct each other
        for leaf in here:
            slots.setdefault(leaf.source, []).append(leaf)
        several = [leaves for leaves in slots.values() if len(leaves) > 1]
        pairs = [(leaf, other) for slot in several for leaf in slot for other in slot if leaf.is_correction_of(other)]
        if not pairs or not self.outline.key:
            return
        keys = self.table[self.outline.key].astype(object).tolist()
        rows = {leaf.number: {} for leaf in here}  # type: ignore[var-annotated]
        for position in taken.tolist():
            rows[self.numbers[position]][str(keys[position])] = position
        for leaf, other in pairs:
            sent = self.context.returns[other.number].touched.get(self.name, {})
            for key in sorted(rows[other.number].keys() - rows[leaf.number].keys() - sent.keys()):
                self._propose_gone(key, rows[other.number][key], leaf)

    def _stays(self, row: FoldedRow) -> bool:
        """Return whether a row is in the data: it is of the present round, or still open."""
        present = row.base.leaf.round >= self.context.round
        return present or self.is_open({name: row.value(name) for name in row.base.values})

    def _take(self, folded: Folded, cells: dict[int, FoldedRow], clashes: list[int]) -> list[int]:
        """Take over what became of the rows of one key; return the positions of those in the data."""
        for position, fate in folded.fates.items():
            self.fates[position] = FATES.index(fate)
        kept = []
        for row in folded.rows:
            base = row.base
            newest = max((base.leaf.round, *self._edit_rounds(folded)))
            key = str(base.values[self.outline.key])
            if self._is_deleted(key, base.leaf.number) or self._stays_closed(key, row):
                self.fates[base.position] = FATE_SUPERSEDED
                continue
            if newest < self.context.round:
                carried = self.is_open({name: row.value(name) for name in base.values})
                self.fates[base.position] = FATE_CARRIED if carried else FATE_SUPERSEDED
                if not carried:
                    continue
            kept.append(base.position)
            cells[base.position] = row
        if len(kept) > 1:
            clashes += kept
        self.proposals += [self._with_free_key(proposal) for proposal in folded.proposals]
        self.repeated |= {entry.position: first.position for entry, first in folded.repeated}
        return kept

    def _stays_closed(self, key: str, row: FoldedRow) -> bool:
        """Return whether nobody has touched a row in this round, and it was closed in an earlier one."""
        is_touched = row.cells or row.base.touched or row.base.is_new
        return not is_touched and self._was_closed(key, row.base.leaf)

    def _with_free_key(self, proposal: Proposal) -> Proposal:
        """Return a proposal to renumber a row with the next free key of its kind."""
        if proposal.kind != "renumber":
            return proposal
        stem = proposal.key.rstrip(_DIGITS)
        width = len(proposal.key) - len(stem)
        self._last_numbers.setdefault(stem, self._last_number(stem))
        self._last_numbers[stem] += 1
        return replace(proposal, value=f"{stem}{self._last_numbers[stem]:0{width}d}")

    def _last_number(self, stem: str) -> int:
        rests = (
            str(key).removeprefix(stem) for key in self.table[self.outline.key].tolist() if str(key).startswith(stem)
        )
        return max((int(rest) for rest in rests if rest.isdecimal()), default=0)

    def _edit_rounds(self, folded: Folded) -> Iterator[RoundOrder]:
        """Yield the rounds of the coordinator's edits that count: an edit confirms the row in its round."""
        for position, fate in folded.fates.items():
            leaf = self.context.leaves[self.numbers[position]]
            if leaf is not None and leaf.coordinator and fate == "merged":
                yield leaf.round

    def _owner(self, key: str, entries: Sequence[Entry]) -> str:
        """Return the region that a key belongs to: by earlier rounds, by the key itself, by what was sent out."""
        if len({entry.leaf.region for entry in entries}) == 1:
            return ""
        before = self.context.owners.get((self.name, key), "")
        sent = sorted({entry.leaf.region for entry in entries if not entry.is_new and not entry.leaf.coordinator})
        return before or region_in_id(key, self.context.regions) or (sent[0] if len(sent) == 1 else "")

    def _entry(self, position: int, key: str) -> Entry:
        number = self.numbers[position]
        leaf = self.context.leaves[number]
        assert leaf is not None
        values = self._values(position)
        # Against what an earlier round's workbook was sent out with says nothing in this round.
        is_earlier = leaf.round < self.context.round
        if is_earlier and leaf.coordinator:  # a row that the coordinator added is carried on like any other
            leaf = replace(leaf, coordinator=False)
        sent = None if is_earlier else self.context.returns[number].touched.get(self.name, {}).get(key)
        filled = frozenset(name for name, value in values.items() if value is not None)
        touched = filled if sent is None else sent
        if position >= self.given:
            touched = frozenset()
        sheet, row = self._addresses[position]
        return Entry(leaf, position, sheet, row, values, touched - {self.outline.key}, is_new=sent is None)

    def _values(self, position: int) -> dict[str, object]:
        return {name: values[position] for name, values in self._columns.items()}

    @cached_property
    def _addresses(self) -> list[tuple[str, int]]:
        return list(zip(self.table[SHEET].tolist(), self.table[ROW].tolist(), strict=True))

    @cached_property
    def _columns(self) -> Mapping[str, LazyColumn]:
        names = [name for name in self.table.columns if name not in ROW_SOURCE]
        return {name: LazyColumn(self.table[name]) for name in names}

    # --- rows that a return no longer has ---

    def _gone(self, table: pd.DataFrame) -> Iterator[dict[str, object]]:
        """Yield the rows that returns were sent out with and no longer have."""
        if not self.outline.key:
            return
        for number, (leaf, returned) in enumerate(zip(self.context.leaves, self.context.returns, strict=True)):
            is_present = leaf is not None and leaf.round == self.context.round
            for key, texts in returned.gone.get(self.name, {}).items() if is_present else ():
                row: dict[str, object] = {NUMBER: number, SHEET: "", ROW: 0, CELL: "", self.outline.key: key}
                row |= {name: value_of_text(text, table[name].dtype) for name, text in texts.items() if name in table}
                yield row

    def _propose_gone(self, key: str, position: int, by: Leaf | None = None) -> None:
        """Add a proposal about a row that a return no longer has, or that may be a new row of it under another key."""
        entry = self._entry(position, key)
        leaf = by or entry.leaf
        title = str(entry.values.get(self.outline.title) or "") if self.outline.title else ""
        others = [other for other in self._new_rows(leaf.number, title) if title]
        facts = {
            "title": title, "file": leaf.file, "region": leaf.region, "filler": leaf.filler, "saved": leaf.saved,
            "leaf": leaf.digest,
        }  # fmt: skip
        kind, value = ("same_row", others[0]) if others else ("deleted", None)
        self.proposals.append(Proposal(kind, self.name, key, value=value, **facts))  # type: ignore[arg-type]  # literals

    def _new_rows(self, number: int, title: str) -> Iterator[str]:
        """Yield the keys of a return's new rows with a title."""
        rows = np.flatnonzero(self.table[NUMBER].to_numpy()[: self.given] == number)
        sent = self.context.returns[number].touched.get(self.name, {})
        for position in rows.tolist():
            values = self._values(position)
            key = str(values[self.outline.key])
            if key not in sent and fold_text(str(values.get(self.outline.title) or "")) == fold_text(title):
                yield key

    # --- rows without a key ---

    def _of_several_returns(self, taken: _Positions) -> _Positions:
        """Return the rows of regions of which more than one return has rows of this block."""
        numbers = self.table[NUMBER].to_numpy()[taken]
        returns: dict[tuple[object, ...], set[int]] = {}
        for number in np.unique(numbers).tolist():
            leaf = self.context.leaves[number]
            assert leaf is not None
            returns.setdefault((leaf.round, leaf.source), set()).add(number)
        several = {number for many in returns.values() if len(many) > 1 for number in many}
        return taken[np.isin(numbers, sorted(several))] if several else taken[:0]

    def _whole_rows(self, shared: _Positions) -> list[int]:
        """Return the rows that are in the data where rows have no key: of equal rows of several returns one."""
        kept: list[int] = []
        seen: dict[tuple[object, ...], Leaf] = {}
        leaves = {position: self.context.leaves[self.numbers[position]] for position in shared.tolist()}
        ordered = sorted(leaves.items(), key=lambda item: (item[1].order if item[1] else (), -item[0]), reverse=True)
        for position, leaf in ordered:
            assert leaf is not None
            deleted = self._is_deleted(self._key_or_address(position), leaf.number)
            if leaf.round < self.context.round or deleted:
                self.fates[position] = FATE_SUPERSEDED
                continue
            corrected = any(
                other is not None and other.is_correction_of(leaf)
                for other in {id(o): o for o in leaves.values()}.values()
            )
            values = self._values(position)
            identity = (leaf.source, *(str(values[name]) for name in sorted(values)))
            first = seen.setdefault(identity, leaf)
            if first is not leaf:
                self.fates[position] = FATE_DUPLICATE
            elif corrected:
                self.fates[position] = FATE_SUPERSEDED
            else:
                self.fates[position] = FATE_MERGED
                kept.append(position)
        return kept


def _place(order: _Positions, position: int) -> int:
    """Return the place of a position among sorted ones."""
    return int(np.searchsorted(order, position))


def _patched(rows: pd.DataFrame, cells: Mapping[int, Mapping[str, object]]) -> pd.DataFrame:
    """Return rows with the cells of other returns in place."""
    by_field: dict[str, dict[int, object]] = {}
    for number, values in cells.items():
        for name, value in values.items():
            by_field.setdefault(name, {})[number] = value
    for name, patches in by_field.items():
        column = rows[name].copy()
        for number, value in patches.items():
            column.iloc[number] = value
        rows = rows.assign(**{name: column})
    return rows
