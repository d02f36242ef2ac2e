"""Checks rows of one table against each other, over all files that count: who waits for whom, and ids that resemble.

All of it is a question, never an error: a plan may overlap on purpose, ids that differ by zeros may be two items.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from xlsflow.fileformat.cells import display_text

if TYPE_CHECKING:
    from xlsflow.template.model import DataBlock

LINKED_CODES = frozenset(("waits_in_circle", "starts_too_early", "id_resembles"))
"""The codes of these findings: they depend on which files count."""


class LinkedRow(NamedTuple):
    """A row that something is asked about.

    Attributes:
        number: Number of its return.
        sheet: Name of its sheet.
        row: Number of its row, from 1.
        field: Field with the cell.
        value: Text of the cell.
        code: Code of the finding.
        facts: Its facts.
    """

    number: int
    sheet: str
    row: int
    field: str
    value: str
    code: str
    facts: Mapping[str, str]


class _Row(NamedTuple):
    number: int
    sheet: str
    row: int
    key: str
    before: str | None
    start: date | None
    end: date | None


@dataclass(frozen=True)
class LinkedRows:
    """The rows of a block that count.

    Attributes:
        full_name: Full name of the block.
        block: Its definition.
        source: Number of the return, sheet and 1-based row of each row.
        columns: Field name -> its values; a blank is None or what differs from itself.
    """

    full_name: str
    block: DataBlock
    source: Sequence[tuple[int, str, int]]
    columns: Mapping[str, Sequence[object]]

    def found(self) -> Iterator[LinkedRow]:
        """Yield the rows that something is asked about."""
        key = self.block.key
        if not key or key not in self.columns:
            return
        yield from self._resembling_ids()
        if self._before and self._before in self.columns:
            circles = [*self._circles()]
            yield from circles
            # In a circle every row begins too early, which says no more.
            told = {found[:3] for found in circles}
            yield from (found for found in self._early_starts() if found[:3] not in told)

    @cached_property
    def _before(self) -> str:
        """Name of the field that names another row of the block, which comes before; empty if there is none."""
        return linking_fields(self.full_name, self.block)[1]

    @cached_property
    def _rows(self) -> Sequence[_Row]:
        names = linking_fields(self.full_name, self.block)
        blank: Sequence[object] = (None,) * len(self.source)
        columns = (self.columns.get(name, blank) for name in names)
        return [
            _Row(*where, str(key), None if _is_blank(before) else str(before), _day(start), _day(end))
            for where, (key, before, start, end) in zip(self.source, zip(*columns, strict=True), strict=True)
        ]

    @cached_property
    def _by_key(self) -> Mapping[tuple[int, str], _Row]:
        return {(row.number, row.key): row for row in reversed(self._rows)}

    @cached_property
    def _anywhere(self) -> Mapping[str, _Row]:
        return {row.key: row for row in reversed(self._rows)}

    def _row_before(self, row: _Row) -> _Row | None:
        """Return the row that a row names, that of its own file where there are several."""
        if not row.before:
            return None
        return self._by_key.get((row.number, row.before)) or self._anywhere.get(row.before)

    def _circles(self) -> Iterator[LinkedRow]:
        done: set[tuple[int, str]] = set()
        for first in self._rows:
            path: dict[tuple[int, str], _Row] = {}
            row: _Row | None = first
            while row and (row.number, row.key) not in path and (row.number, row.key) not in done:
                path[row.number, row.key] = row
                row = self._row_before(row)
            if row and (row.number, row.key) in path:
                members = list(path.values())
                members = members[members.index(path[row.number, row.key]) :]
                # A row that names itself is an error of its own.
                if len(members) > 1:
                    circle = " → ".join(one.key for one in (*members, members[0]))
                    for one in members:
                        yield LinkedRow(*one[:3], self._before, str(one.before), "waits_in_circle", {"circle": circle})
            done.update(path)

    def _early_starts(self) -> Iterator[LinkedRow]:
        for row in self._rows:
            before = self._row_before(row)
            if before and before is not row and row.start and before.end and row.start < before.end:
                facts = {"other": before.key, "other_value": before.end.isoformat()}
                start = self.block.follow.start  # type: ignore[attr-defined]  # without it no row has a start
                yield LinkedRow(*row[:3], start, display_text(row.start), "starts_too_early", facts)

    def _resembling_ids(self) -> Iterator[LinkedRow]:
        field = self.block.field(self.block.key)
        alike: dict[str, set[str]] = {}
        for row in self._rows:
            alike.setdefault(field.without_leading_zeros(row.key), set()).add(row.key)
        # The shortest is how ids are written.
        usual = {key: min(keys, key=len) for keys in alike.values() if len(keys) > 1 for key in keys}
        for row in self._rows:
            if usual.get(row.key, row.key) != row.key:
                yield LinkedRow(*row[:3], field.name, row.key, "id_resembles", {"other": usual[row.key]})


def linking_fields(full_name: str, block: DataBlock) -> tuple[str, str, str, str]:
    """Return the fields that link rows: key, what comes before, start and end; empty where there is none."""
    own, follow = f"{full_name}.{block.key}", getattr(block, "follow", None)
    before = next((field.name for field in block.columns if field.to == own), "")
    return block.key, before, follow.start if follow else "", follow.due if follow else ""


def _is_blank(value: object) -> bool:
    # Not a number and not a time of pandas differ from themselves.
    return value is None or value != value  # noqa: PLR0124


def _day(value: object) -> date | None:
    if _is_blank(value):
        return None
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None
