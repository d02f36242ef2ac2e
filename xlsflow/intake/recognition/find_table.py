"""Finds a table on a sheet: by the hidden row of keys, and by its header where that is gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from xlsflow.fileformat.cells import (
    a1,
    letters,
    shown,
)
from xlsflow.findings import Diagnostic
from xlsflow.i18n import (
    LocalizedText,
    untranslated,
)
from xlsflow.intake.recognition.header_text import (
    bare,
    before_unit,
    header,
    known_labels,
    labels_now,
)
from xlsflow.intake.recognition.placed_block import (
    Columns,
    Found,
    SheetDiagnostic,
)
from xlsflow.intake.recognition.sheet_index import (
    KEY,
    Page,
)
from xlsflow.intake.recognition.two_row_headers import second_level
from xlsflow.layout.sheet_layout import TableLayout
from xlsflow.template.kinds import FieldBase
from xlsflow.template.model import DataBlock

_FEW = 3
"""Keys that make a row a row of keys, where the table has that many."""
_FARTHEST_HEADER = 6
"""Rows that may have got between the keys and the header."""


@dataclass(frozen=True)
class WantedTable:
    """A table as it is looked for.

    Attributes:
        block: Its definition.
        place: Where it was issued.
    """

    block: DataBlock
    place: TableLayout

    @cached_property
    def fields(self) -> Mapping[str, FieldBase]:
        """Its fields by name."""
        return {field.name: field for field in self.block.columns}

    @cached_property
    def keys(self) -> tuple[tuple[int, str], ...]:
        """The hidden row of keys as it was issued: column and text."""
        return tuple((span.first, KEY + name) for name, span in self.place.columns.items())

    @cached_property
    def columns(self) -> Columns:
        """Its columns as they were issued."""
        return {name: (None, span.first) for name, span in self.place.columns.items()}

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Every header that its fields are or were known by -> the field."""
        return known_labels(self.block.columns)

    @cached_property
    def now(self) -> Mapping[str, str]:
        """Every header that its fields bear now -> the field."""
        return labels_now(self.block.columns)

    @property
    def title(self) -> Mapping[str, LocalizedText]:
        """Its heading, for a sentence."""
        return {"title": self.block.title or untranslated("")}

    def field_of(self, text: str) -> str | None:
        """Return the field that a header stands for."""
        return self.labels.get(header(text)) or self.labels.get(bare(text)) or self.labels.get(before_unit(text))

    def column_of(self, text: str) -> str | None:
        """Return the field that a header stands for, be it one that is worked out."""
        return self.field_of(text) or self.now.get(header(text))


def find_table(wanted: WantedTable, page: Page, shift: int, after: int) -> Found | None:
    """Return where a table lies; None where neither its keys nor its header are there.

    Args:
        wanted: The table.
        page: The sheet.
        shift: How many rows below its issued place it is looked for first.
        after: The first row that it can begin in.
    """
    row = wanted.place.key_row + shift
    if row >= after and _keyed(wanted, page, row):
        return _headed(wanted, page, row, wanted.columns)
    keyed = _by_keys(wanted, page, after)
    return _headed(wanted, page, *keyed) if keyed else _by_header(wanted, page, shift, after)


def _keyed(wanted: WantedTable, page: Page, row: int) -> bool:
    """Return whether a row holds the keys exactly as they were issued."""
    cells, left = page.row(row), page.left
    width = len(cells)
    return all(0 <= col - left < width and cells[col - left] == key for col, key in wanted.keys)


def _by_keys(wanted: WantedTable, page: Page, after: int) -> tuple[int, Columns] | None:
    """Return the row of keys that fits best, the first of equals; the hidden rows are looked at first."""
    for row, keys in page.hidden_keys:
        if row >= after and keys.keys() == wanted.fields.keys():
            return row, {name: (None, col) for name, col in keys.items()}
    best: tuple[int, int, Columns] | None = None
    for row, keys in page.keys:
        hits: Columns = {name: (None, col) for name, col in keys.items() if name in wanted.fields}
        score = 2 * len(hits) - len(keys)  # keys of other tables speak against it
        if row >= after and len(hits) >= min(_FEW, len(wanted.fields)) and (best is None or score > best[0]):
            best = score, row, hits
    return best[1:] if best else None


def _headed(wanted: WantedTable, page: Page, key_row: int, columns: Columns) -> Found:
    """Return a table whose keys were found; its header, which a reader goes by, must not say otherwise."""
    said = _said(wanted, page, key_row + 1, columns)
    row = key_row + 1
    if not _fits(said, columns):
        below = range(key_row + 2, key_row + 1 + _FARTHEST_HEADER)
        row = next((r for r in below if _fits(_said(wanted, page, r, columns), columns)), row)
        said = _said(wanted, page, row, columns)
    deeper = None if said.keys() == columns.keys() else second_level(page, row, wanted.column_of)
    last = row + 1 if deeper and deeper.items() <= columns.items() else row
    remarks: list[SheetDiagnostic] = []
    if any(name != field for field, name in said.items()):
        columns = _as_shown(wanted, page, row, columns, remarks)
    if len(columns) < len(wanted.fields):
        columns = _completed(wanted, page, row, columns, remarks)
    return Found(key_row, last - wanted.place.header_row, last + 1, columns, tuple(remarks))


def _said(wanted: WantedTable, page: Page, row: int, columns: Columns) -> dict[str, str]:
    """Return field -> the field that its header names, for those whose header names one."""
    cells, left, now = page.row(row), page.left, wanted.now
    width = len(cells)
    said: dict[str, str] = {}
    for field, (_, col) in columns.items():
        text = cells[col - left] if 0 <= col - left < width else None
        if isinstance(text, str) and (name := now.get(header(text))):
            said[field] = name
    return said


def _fits(said: Mapping[str, str], columns: Columns) -> bool:
    return 2 * len(said) >= len(columns)


def _as_shown(wanted: WantedTable, page: Page, row: int, columns: Columns, remarks: list[SheetDiagnostic]) -> Columns:
    """Return the columns as their headers name them: that is what whoever filled them has seen."""
    shown_at = {name: columns[field][1] for field, name in reversed(_said(wanted, page, row, columns).items())}
    taken = set(shown_at.values())
    kept = {name: (None, col) for name, (_, col) in columns.items() if name not in shown_at and col not in taken}
    for name, col in shown_at.items():
        if columns.get(name) != (None, col):
            text = shown(page.grid.at(row, col))
            remarks.append(SheetDiagnostic(page.grid.name, Diagnostic("header_moved"), name, a1(row, col), text))
    return kept | {name: (None, col) for name, col in shown_at.items()}


def _completed(wanted: WantedTable, page: Page, row: int, columns: Columns, remarks: list[SheetDiagnostic]) -> Columns:
    """Return the columns with those that have lost their key but not their header; what is missing is said."""
    found = dict(columns)
    taken = {col for _, col in columns.values()}
    for col, text in page.header_texts(row):
        name = wanted.field_of(text)
        if col not in taken and name and name not in found:
            found[name] = (None, col)
            remarks.append(
                SheetDiagnostic(page.grid.name, Diagnostic("column_by_header", {"column": letters(col)}), name)
            )
    remarks += missing(wanted.fields.values(), found, page)
    return found


def missing(fields: Iterable[FieldBase], columns: Columns, page: Page) -> Iterator[SheetDiagnostic]:
    """Yield what a sheet lacks: a required field is an error, another a warning."""
    for field in fields:
        if field.name not in columns and not field.computed:
            yield SheetDiagnostic(
                page.grid.name, Diagnostic("column_missing" if field.required else "column_gone"), field.name
            )


def _by_header(wanted: WantedTable, page: Page, shift: int, after: int) -> Found | None:
    """Return the table whose header fits best; the nearest to its issued place of equals."""
    asked = [field for field in wanted.fields.values() if not field.computed]
    least = min(len(asked), max(2, len(asked) // 3))
    end = min((row for row, _ in page.keys if row >= after), default=page.end)  # those keys are another table's
    best: tuple[tuple[int, int], int, Columns, int] | None = None
    for row in range(max(after, page.top), end):
        texts = page.header_texts(row)
        hits, levels = _header_at(wanted, page, row, texts)
        score = 2 * len(hits) - len(texts), -abs(row - wanted.place.header_row - shift)
        if len(hits) >= least and (best is None or score > best[0]):
            best = score, row, hits, levels
    if best is None:
        return None
    _, row, columns, levels = best
    remarks = (
        SheetDiagnostic(page.grid.name, Diagnostic("key_row_missing", wanted.title)),
        *missing(asked, columns, page),
    )
    heads = {col for _, col in columns.values()}
    bottom = max((b for t, left, b, _ in page.tall if t <= row <= b and left in heads), default=row)
    return Found(row, row + levels - 1 - wanted.place.header_row, max(bottom + 1, row + levels), columns, remarks)


def _header_at(wanted: WantedTable, page: Page, row: int, texts: Sequence[tuple[int, str]]) -> tuple[Columns, int]:
    """Return the columns that a row names as a header, alone or with the row below, and how many rows it then has."""
    hits = _named(wanted, texts)
    if texts and len(hits) < len(wanted.fields):
        deeper = second_level(page, row, wanted.column_of)
        if deeper and len(deeper) > max(len(hits), len(_named(wanted, page.header_texts(row + 1)))):
            return deeper, 2
    return hits, 1


def _named(wanted: WantedTable, texts: Sequence[tuple[int, str]]) -> dict[str, tuple[int | None, int]]:
    """Return the columns that headers name, also of what is worked out; the first of two that say the same."""
    hits: dict[str, tuple[int | None, int]] = {}
    for col, text in texts:
        if name := wanted.column_of(text):
            hits.setdefault(name, (None, col))
    return hits
