"""WHAT WENT OUT: the rows that a workbook was issued with, so that a merge can tell who has changed which cell.

A workbook that is generated from what came back before keeps these rows on the very hidden sheet `_base`. For every
block with a key, every row and every field it says what the cell was issued with, as data: codes, not labels. Against
it, the value that comes back is either untouched, changed or emptied; a key that is not on it is a new row. Values are
compared as the texts that `text_of` makes of them: a day and its midnight are the same, and so are 1 and 1.0.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

SHEET = "_base"
"""The sheet's name."""
TITLE, BLOCK, ROW = "xlsflow.base", "block", "row"
"""What the lines of the sheet begin with: fingerprint, then a block with its fields, then its rows."""
_EXACT = 1e15

Rows = Mapping[str, Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True)
class Base:
    """The rows that a workbook was issued with.

    Attributes:
        rows: Full block name (`tracking.tasks`) -> key of a row -> field -> text of its value; a blank is missing.
    """

    rows: Rows = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Mapping[str, Sequence[Mapping[str, object]]], keys: Mapping[str, str]) -> Base:
        """Return rows as a base.

        Args:
            rows: Full block name -> rows as data.
            keys: Full block name -> the field that names a row; a block without one is left out.
        """
        made: dict[str, dict[str, dict[str, str]]] = {}
        for name, lines in rows.items():
            for line in lines if keys.get(name) else ():
                texts = {one: text for one, value in line.items() if (text := text_of(value))}
                key = texts.pop(keys[name], "")
                if key:
                    made.setdefault(name, {})[key] = texts
        return cls(made)

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that change with any value."""
        return _fingerprint([*self._lines()])

    def value(self, block: str, key: str, name: str) -> str | None:
        """Return the text that a cell was issued with, empty for a blank; None where the row is a new one."""
        row = self.rows.get(block, {}).get(key)
        return None if row is None else row.get(name, "")

    def lines(self) -> Iterator[Sequence[str]]:
        """Yield the lines of the sheet."""
        lines = [*self._lines()]
        yield TITLE, _fingerprint(lines)
        yield from lines

    def _lines(self) -> Iterator[Sequence[str]]:
        for name, rows in self.rows.items():
            fields = list(dict.fromkeys(one for row in rows.values() for one in row))
            yield BLOCK, name, *fields
            for key, row in rows.items():
                yield ROW, key, *(row.get(one, "") for one in fields)

    @classmethod
    def read(cls, lines: Iterable[Sequence[str]]) -> Base | None:
        """Return the base that the lines of a sheet hold; None where they are not as they were written."""
        wanted, name, fields = "", "", list[str]()
        rows: dict[str, dict[str, dict[str, str]]] = {}
        for line in lines:
            kind, first, *rest = (*line, "", "")
            if kind == TITLE:
                wanted = first
            elif kind == BLOCK:
                name, fields = first, [one for one in rest if one]
                rows[name] = {}
            elif kind == ROW and name:
                rows[name][first] = {one: text for one, text in zip(fields, rest, strict=False) if text}
        base = cls(rows)
        return base if base.fingerprint == wanted else None


def _fingerprint(lines: Iterable[Sequence[str]]) -> str:
    text = "\x1e".join(map("\x1f".join, lines))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def text_of(value: object) -> str:
    """Return a value of the data as the text by which it is compared; a blank is empty.

    >>> text_of(1.0), text_of(0.35), text_of(datetime(2026, 11, 20)), text_of("in_progress")
    ('1', '0.35', '2026-11-20', 'in_progress')
    """
    if value is None or value.__class__ is str:
        return value or ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.15g}" if abs(value) < _EXACT else repr(value)
    return str(value)
