"""The rows that a workbook was sent out with, as text on its very hidden sheet `_base`.

Against the baseline, a cell that comes back is untouched, changed or emptied, and a key that is not in it is a new row.
The baseline holds data (codes, not labels) of every block that has a key. Each block is one JSON text: in cells of
their own, thousands of them, the values took a tenth of the time that a workbook takes to write.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from xlsflow.fileformat.excel_limits import EXACT_LIMIT

CELL_CHUNK = 16_000
"""Characters of a text in one cell: a cell holds 32,767 UTF-16 units, and a character can take two."""

# Begins the first row of the sheet, before the fingerprint.
_TITLE = "xlsflow.base"

BaselineRows = Mapping[str, Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True)
class Baseline:
    """The rows that a workbook was sent out with.

    Attributes:
        rows: Full block name (`tracking.tasks`) -> key of a row -> field -> `comparison_text` of its value; blank
            values are left out.
        round: Round that the rows are from; empty where it is not known.
    """

    rows: BaselineRows = field(default_factory=dict)
    round: str = ""

    @classmethod
    def from_rows(
        cls, rows: Mapping[str, Sequence[Mapping[str, object]]], keys: Mapping[str, str], round_: str = ""
    ) -> Baseline:
        """Return the baseline of some rows.

        Args:
            rows: Full block name -> rows as data.
            keys: Full block name -> its key field; a block without one is left out.
            round_: Round that the rows are from.
        """
        by_block: dict[str, dict[str, dict[str, str]]] = {}
        for block, records in rows.items():
            for record in records if keys.get(block) else ():
                texts = {name: text for name, value in record.items() if (text := comparison_text(value))}
                key = texts.pop(keys[block], "")
                if key:
                    by_block.setdefault(block, {})[key] = texts
        return cls(by_block, round_)

    @classmethod
    def from_lines(cls, lines: Iterable[Sequence[str]]) -> Baseline | None:
        """Return the baseline that a sheet holds, or None if somebody has changed the sheet.

        Args:
            lines: The texts of the sheet's cells, row by row.
        """
        # 0.1.0 wrote no round.
        (title, fingerprint, round_, *_), *blocks = [[*line, "", "", ""] for line in lines] or [["", "", ""]]
        texts = [text for line in blocks if (text := "".join(line))]
        if title != _TITLE or _fingerprint(texts) != fingerprint:
            return None
        return cls({block: _parse_rows(names, rows) for block, names, rows in map(json.loads, texts)}, round_)

    def lines(self) -> Iterator[Sequence[str]]:
        """Yield the cells of each row of the sheet: first the fingerprint and the round, then one row a block."""
        yield _TITLE, self.fingerprint, self.round
        for text in self._texts:
            yield [text[begin : begin + CELL_CHUNK] for begin in range(0, len(text), CELL_CHUNK)]

    @cached_property
    def fingerprint(self) -> str:
        """What the stamp says of the rows, so that a lost sheet can be told from one that never was."""
        return _fingerprint(self._texts)

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        return tuple(self._json())

    def _json(self) -> Iterator[str]:
        """Yield each block as JSON: its name, its fields, and for every row the key and the values of the fields."""
        for block, rows in self.rows.items():
            names = list(dict.fromkeys(name for row in rows.values() for name in row))
            content = [block, names, [[key, *map(row.get, names)] for key, row in rows.items()]]
            text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
            # Spreadsheet programs change control characters when they save; escaped, they survive.
            yield text if text.isprintable() else json.dumps(content, separators=(",", ":"))


def _parse_rows(names: Sequence[str], rows: Iterable[Sequence[str | None]]) -> dict[str, dict[str, str]]:
    by_key = {}
    for key, *texts in rows:
        assert key is not None
        by_key[key] = {name: text for name, text in zip(names, texts, strict=True) if text is not None}
    return by_key


def _fingerprint(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]


def comparison_text(value: object) -> str:
    """Return a value of the data as the text by which it is compared: a day equals its midnight, and 1 equals 1.0.

    >>> comparison_text(1.0), comparison_text(0.35), comparison_text(datetime(2026, 11, 20)), comparison_text(None)
    ('1', '0.35', '2026-11-20', '')
    """
    if value is None or value.__class__ is str:
        return value or ""
    if isinstance(value, datetime):
        if value.hour or value.minute or value.second or value.microsecond:
            return value.isoformat(" ", "seconds")
        return value.isoformat()[:10]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.15g}" if abs(value) < EXACT_LIMIT else repr(value)
    return str(value)
