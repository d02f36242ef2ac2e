"""The rows of one block of a book as plain data, read once for all regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from xlsflow.model.consolidated_book import ORIGIN
from xlsflow.model.history import round_order
from xlsflow.template.expressions.evaluate_row import RowContext, compile_violation
from xlsflow.template.expressions.expression import Not

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.template.model import DataBlock, Template

_FILE, _, _, _REGION, _ROUND = ORIGIN

Row = dict[str, object]


@dataclass(frozen=True)
class BookRows:
    """The rows of one block; a row is called by its position in the table of the book.

    Attributes:
        sheet: The sheet.
        block: The block.
        columns: Column -> its values as plain data, a blank as None.
    """

    sheet: Template
    block: DataBlock
    columns: Mapping[str, Sequence[object]]

    @classmethod
    def of(cls, sheet: Template, block: DataBlock, table: pd.DataFrame) -> BookRows:
        """Return the rows of a table of a book."""
        return cls(sheet, block, {str(column): _plain(table[column]) for column in table.columns})

    @cached_property
    def name(self) -> str:
        """Full name of the block."""
        return self.sheet.full_name(self.block)

    @cached_property
    def by_region(self) -> Mapping[str, Sequence[int]]:
        """Region -> its rows, in the order of the book."""
        found: dict[str, list[int]] = {}
        for position, region in enumerate(self.columns[_REGION]):
            found.setdefault(str(region), []).append(position)
        return found

    def value(self, field: str, position: int) -> object:
        """Return the value of a field in a row; None if the book does not have the field."""
        return self.columns[field][position] if field in self.columns else None

    def key(self, position: int) -> str:
        """Return the key of a row; empty if rows have none."""
        return str(self.value(self.block.key, position) or "")

    def title(self, position: int) -> str:
        """Return what a row is about."""
        return " ".join(str(self.value(self.block.title_field, position) or "").split())

    def file(self, position: int) -> str:
        """Return the name of the file that a row comes from."""
        return str(self.columns[_FILE][position])

    def region(self, position: int) -> str:
        """Return the code of the region that a row comes from."""
        return str(self.columns[_REGION][position])

    def round(self, position: int) -> str:
        """Return the id of the round that a row was last reported in."""
        return str(self.columns[_ROUND][position])

    def typed(self, position: int) -> Row:
        """Return a row as field -> value, without blanks and without fields that a workbook fills in itself."""
        return {name: value for name in self._typed if (value := self.columns[name][position]) is not None}

    @cached_property
    def _typed(self) -> Sequence[str]:
        filled = (field.name for field in self.block.columns if not (field.computed or field.fill or field.defines))
        return [name for name in filled if name in self.columns]

    @cached_property
    def open(self) -> frozenset[int]:
        """The rows that are not definitely closed; none if the rows of the block belong to their round alone."""
        if self.block.is_closed is None:
            return frozenset()
        is_closed = compile_violation(Not(self.block.is_closed), None)
        groups = self.block.groups
        rows = range(len(self.columns[_REGION]))
        return frozenset(p for p in rows if not is_closed(RowContext(self.typed(p), groups=groups)))

    def latest(self, positions: Sequence[int]) -> Sequence[int]:
        """Return the rows that count of several rounds: those of the latest one, for each key if rows are followed."""
        by_key = self.block.is_closed is not None
        last: dict[str, tuple[object, ...]] = {}
        for position in positions:
            key = self.key(position) if by_key else ""
            last[key] = max(round_order(self.round(position)), last.get(key, ()))
        return [p for p in positions if round_order(self.round(p)) == last[self.key(p) if by_key else ""]]


def _plain(column: Any) -> list[object]:  # noqa: ANN401 - of pandas
    values = zip(column.tolist(), column.isna().tolist(), strict=True)
    return [
        None if blank else value.to_pydatetime() if hasattr(value, "to_pydatetime") else value
        for value, blank in values
    ]
