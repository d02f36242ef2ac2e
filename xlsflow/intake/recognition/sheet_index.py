"""One sheet of a return while it is searched; what costs time is indexed only when it is first asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

from xlsflow.fileformat.cells import Scalar
from xlsflow.intake.grid import Grid, Span
from xlsflow.intake.recognition.header_text import (
    bare,
    header,
)

KEY = "key:"
"""What stands before a field's name in the hidden row above a header."""


class Page:
    """The cells of one sheet, and where on it keys and texts stand; all rows and columns are those of the sheet."""

    def __init__(self, grid: Grid) -> None:
        """Begin with nothing indexed."""
        self.grid = grid
        self.top = grid.top
        self.left = grid.left
        self.end = grid.top + len(grid.rows)

    def row(self, number: int) -> Sequence[Scalar]:
        """Return the cells of a row, the first of them in column `left`; nothing where it is outside."""
        return self.grid.rows[number - self.top] if self.top <= number < self.end else ()

    def says(self, row: int, col: int, texts: Collection[str]) -> bool:
        """Return whether a cell holds one of some texts, which are given as they are compared."""
        value = self.grid.at(row, col)
        return isinstance(value, str) and (header(value) in texts or bare(value) in texts)

    def blank(self, row: int) -> bool:
        """Return whether nothing stands in a row."""
        return all(value is None for value in self.row(row))

    @cached_property
    def keys(self) -> Sequence[tuple[int, Mapping[str, int]]]:
        """Every row that holds keys: field name -> column."""
        return self._keys(range(self.top, self.end))

    @cached_property
    def hidden_keys(self) -> Sequence[tuple[int, Mapping[str, int]]]:
        """The hidden rows that hold keys, found without looking at the others."""
        return self._keys(row for row in sorted(self.grid.hidden_rows) if self.top <= row < self.end)

    def _keys(self, rows: Iterable[int]) -> list[tuple[int, Mapping[str, int]]]:
        found: list[tuple[int, Mapping[str, int]]] = []
        for number in rows:
            hits = [(v, c) for c, v in enumerate(self.row(number), self.left) if isinstance(v, str) and v[:4] == KEY]
            if hits:
                found.append((number, {text[len(KEY) :]: col for text, col in reversed(hits)}))
        return found

    @cached_property
    def texts(self) -> Mapping[str, Sequence[tuple[int, int]]]:
        """Every text as it is compared -> the cells that it stands in, from top to bottom."""
        found: dict[str, list[tuple[int, int]]] = {}
        for number, row in enumerate(self.grid.rows, self.top):
            for col, value in enumerate(row, self.left):
                if isinstance(value, str):
                    for text in {header(value), bare(value)}:
                        found.setdefault(text, []).append((number, col))
        return found

    @cached_property
    def merged(self) -> Mapping[tuple[int, int], tuple[int, int]]:
        """First cell of every merged range -> its last one."""
        return {(top, left): (bottom, right) for top, left, bottom, right in self.grid.merges}

    @cached_property
    def tall(self) -> Sequence[Span]:
        """The merged ranges that take more than one row."""
        return [span for span in self.grid.merges if span[2] > span[0]]

    def header_texts(self, row: int) -> list[tuple[int, str]]:
        """Return column and text of every header in a row, those of cells that are merged from above included."""
        found = {col: value for col, value in enumerate(self.row(row), self.left) if isinstance(value, str) and value}
        for top, left, bottom, right in self.tall:
            if top < row <= bottom and left == right:
                value = self.grid.at(top, left)
                if isinstance(value, str):
                    found.setdefault(left, value)
        return sorted(found.items())
