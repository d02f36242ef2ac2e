"""WHAT WENT OUT: the rows that a workbook was issued with, so that a merge can tell who has changed which cell.

A workbook that is generated from what came back before keeps these rows on the very hidden sheet `_base`, a block as
one text. For every block with a key, every row and field it says what the cell was issued with, as data: codes, not
labels. (In cells, of which there would be thousands, it took a tenth of the time in which a workbook is made.) Against
it, the value that comes back is either untouched, changed or emptied; a key that is not on it is a new row. Values are
compared as the texts that `text_of` makes of them: a day and its midnight are the same, and so are 1 and 1.0.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

SHEET = "_base"
"""The sheet's name."""
TITLE = "xlsflow.base"
"""What its first line begins with, before the fingerprint."""
MOST_IN_CELL = 16_000
"""Characters of a line in one cell: a cell holds 32,767, and some count as two."""
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
        return _fingerprint([*self._texts()])

    def value(self, block: str, key: str, name: str) -> str | None:
        """Return the text that a cell was issued with, empty for a blank; None where the row is a new one."""
        row = self.rows.get(block, {}).get(key)
        return None if row is None else row.get(name, "")

    def lines(self) -> Iterator[Sequence[str]]:
        """Yield the lines of the sheet: the fingerprint, then a line for each block, in as many cells as it needs."""
        texts = [*self._texts()]
        yield TITLE, _fingerprint(texts)
        for text in texts:
            yield [text[begin : begin + MOST_IN_CELL] for begin in range(0, len(text), MOST_IN_CELL)]

    def _texts(self) -> Iterator[str]:
        """Yield each block as JSON: its name, its fields, and of every row its key and what stands in the fields."""
        for name, rows in self.rows.items():
            fields = list(dict.fromkeys(one for row in rows.values() for one in row))
            block = [name, fields, [[key, *map(row.get, fields)] for key, row in rows.items()]]
            text = json.dumps(block, ensure_ascii=False, separators=(",", ":"))
            yield text if text.isprintable() else json.dumps(block, separators=(",", ":"))  # as no program changes it

    @classmethod
    def read(cls, lines: Iterable[Sequence[str]]) -> Base | None:
        """Return the base that the lines of a sheet hold; None where they are not as they were written."""
        (title, wanted, *_), *blocks = [[*line, "", ""] for line in lines] or [["", ""]]
        texts = [text for line in blocks if (text := "".join(line))]
        if title != TITLE or _fingerprint(texts) != wanted:
            return None
        return cls({name: _rows(fields, rows) for name, fields, rows in map(json.loads, texts)})


def _rows(fields: Sequence[str], rows: Iterable[Sequence[str | None]]) -> dict[str, dict[str, str]]:
    found = {}
    for key, *texts in rows:
        assert key is not None
        found[key] = {one: text for one, text in zip(fields, texts, strict=True) if text is not None}
    return found


def _fingerprint(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]


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
