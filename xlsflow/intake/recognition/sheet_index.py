"""Indexes one sheet of a return: where its keys and texts are. Each index is built when it is first used."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

from xlsflow.fileformat.cells import Scalar
from xlsflow.fileformat.key_row import KEY_PREFIX
from xlsflow.intake.grid import CellRange, Grid
from xlsflow.intake.recognition.header_text import normalize_header, without_brackets


class SheetIndex:
    """The cells of one sheet and the positions of its keys and texts; rows and columns are 0-based and absolute."""

    def __init__(self, grid: Grid) -> None:
        """Take a sheet without indexing it."""
        self.grid = grid
        self.top = grid.top
        self.left = grid.left
        self.end = grid.top + len(grid.rows)

    def row(self, number: int) -> Sequence[Scalar]:
        """Return the cells of a row, beginning with column `left`; nothing for a row outside the filled ones."""
        return self.grid.rows[number - self.top] if self.top <= number < self.end else ()

    def has_text(self, row: int, col: int, texts: Collection[str]) -> bool:
        """Return whether a cell holds one of some normalised header texts."""
        value = self.grid.at(row, col)
        return isinstance(value, str) and (normalize_header(value) in texts or without_brackets(value) in texts)

    def is_blank(self, row: int) -> bool:
        """Return whether a row has no filled cell."""
        return all(value is None for value in self.row(row))

    @cached_property
    def keys(self) -> Sequence[tuple[int, Mapping[str, int]]]:
        """Every row that holds keys: field name -> column."""
        return self._key_rows(range(self.top, self.end))

    @cached_property
    def hidden_keys(self) -> Sequence[tuple[int, Mapping[str, int]]]:
        """The hidden rows among them; cheap, since no other row is read."""
        return self._key_rows(row for row in sorted(self.grid.hidden_rows) if self.top <= row < self.end)

    def _key_rows(self, rows: Iterable[int]) -> list[tuple[int, Mapping[str, int]]]:
        found: list[tuple[int, Mapping[str, int]]] = []
        length = len(KEY_PREFIX)
        for number in rows:
            # A slice is much faster than `startswith`, and every cell of a sheet passes here.
            keys = [
                (value[length:], col)
                for col, value in enumerate(self.row(number), self.left)
                if isinstance(value, str) and value[:length] == KEY_PREFIX
            ]
            if keys:
                found.append((number, dict(reversed(keys))))  # of two equal keys the first one counts
        return found

    @cached_property
    def texts(self) -> Mapping[str, Sequence[tuple[int, int]]]:
        """Every normalised header text -> the cells that hold it, from top to bottom."""
        found: dict[str, list[tuple[int, int]]] = {}
        for number, row in enumerate(self.grid.rows, self.top):
            for col, value in enumerate(row, self.left):
                if isinstance(value, str):
                    # A label may be changed by a unit in brackets, so it is found with and without them.
                    for text in {normalize_header(value), without_brackets(value)}:
                        found.setdefault(text, []).append((number, col))
        return found

    @cached_property
    def merge_ends(self) -> Mapping[tuple[int, int], tuple[int, int]]:
        """First cell of every merged range -> its last cell."""
        return {(top, left): (bottom, right) for top, left, bottom, right in self.grid.merges}

    @cached_property
    def vertical_merges(self) -> Sequence[CellRange]:
        """The merged ranges that span more than one row."""
        return [(top, left, bottom, right) for top, left, bottom, right in self.grid.merges if bottom > top]

    def header_texts(self, row: int) -> list[tuple[int, str]]:
        """Return column and text of every header in a row, including headers merged from a row above."""
        found = {col: value for col, value in enumerate(self.row(row), self.left) if isinstance(value, str) and value}
        # A header merged over two rows has its text in the upper one.
        for top, left, bottom, right in self.vertical_merges:
            if top < row <= bottom and left == right:
                value = self.grid.at(top, left)
                if isinstance(value, str):
                    found.setdefault(left, value)
        return sorted(found.items())
