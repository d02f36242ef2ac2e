"""Finds a table on a sheet: by its hidden key row, or by its header if the key row is gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from xlsflow.fileformat.cells import a1, column_letters, display_text
from xlsflow.fileformat.key_row import key_text
from xlsflow.findings import Diagnostic
from xlsflow.i18n import untranslated
from xlsflow.intake.recognition.header_text import (
    before_unit,
    current_labels,
    known_labels,
    normalize_header,
    without_brackets,
)
from xlsflow.intake.recognition.placed_block import BlockMatch, SheetDiagnostic
from xlsflow.intake.recognition.sheet_index import SheetIndex
from xlsflow.intake.recognition.two_row_headers import match_two_rows
from xlsflow.layout.sheet_layout import TableLayout
from xlsflow.model.returns import FieldPositions
from xlsflow.template.kinds import FieldBase
from xlsflow.template.model import DataBlock

# Keys that make a row a key row, if the table has that many fields.
_LEAST_KEYS = 3
# Rows below the key row in which the header is searched, since people insert rows between the two.
_HEADER_SEARCH_ROWS = 6


@dataclass(frozen=True)
class TableSearch:
    """A table to be found on a sheet.

    Attributes:
        block: The table.
        layout: Its planned position.
    """

    block: DataBlock
    layout: TableLayout

    @cached_property
    def fields(self) -> Mapping[str, FieldBase]:
        """Its fields by name."""
        return {field.name: field for field in self.block.columns}

    @cached_property
    def filled_in(self) -> Sequence[FieldBase]:
        """Its fields that are not computed."""
        return [field for field in self.block.columns if not field.computed]

    @cached_property
    def keys(self) -> tuple[tuple[int, str], ...]:
        """The planned key row: column and text of each key."""
        return tuple((span.first, key_text(name)) for name, span in self.layout.columns.items())

    @cached_property
    def columns(self) -> FieldPositions:
        """The planned positions of its fields."""
        return {name: (None, span.first) for name, span in self.layout.columns.items()}

    @cached_property
    def _known_labels(self) -> Mapping[str, str]:
        return known_labels(self.block.columns)

    @cached_property
    def current_labels(self) -> Mapping[str, str]:
        """Normalised present label -> field."""
        return current_labels(self.block.columns)

    def field_of(self, text: str) -> str | None:
        """Return the field that is filled in below a header; None if the header names none."""
        labels = self._known_labels
        return labels.get(normalize_header(text)) or labels.get(without_brackets(text)) or labels.get(before_unit(text))

    def column_of(self, text: str) -> str | None:
        """Return the field that a header names, computed fields included; None if it names none."""
        return self.field_of(text) or self.current_labels.get(normalize_header(text))


def find_table(search: TableSearch, index: SheetIndex, shift: int, after: int) -> BlockMatch | None:
    """Return where a table lies; None if neither its keys nor its header are there.

    Args:
        search: The table.
        index: The sheet.
        shift: How many rows below its planned position to look first.
        after: The first row that it may begin in.
    """
    # Nearly every table is where it was planned, which takes one comparison per column.
    row = search.layout.key_row + shift
    if row >= after and _has_planned_keys(search, index, row):
        return _match_below_keys(search, index, row, search.columns)
    keyed = _find_key_row(search, index, after)
    return _match_below_keys(search, index, *keyed) if keyed else _match_by_header(search, index, shift, after)


def _has_planned_keys(search: TableSearch, index: SheetIndex, row: int) -> bool:
    """Return whether a row holds the keys exactly as planned."""
    cells, left = index.row(row), index.left
    width = len(cells)
    return all(0 <= col - left < width and cells[col - left] == key for col, key in search.keys)


def _find_key_row(search: TableSearch, index: SheetIndex, after: int) -> tuple[int, FieldPositions] | None:
    """Return the row with the best matching keys and their columns; the first of equals."""
    # The key row is hidden, so the few hidden rows are looked at before the whole sheet is.
    for row, keys in index.hidden_keys:
        if row >= after and keys.keys() == search.fields.keys():
            return row, {name: (None, col) for name, col in keys.items()}
    best: tuple[int, int, FieldPositions] | None = None
    for row, keys in index.keys:
        hits: FieldPositions = {name: (None, col) for name, col in keys.items() if name in search.fields}
        score = 2 * len(hits) - len(keys)  # keys of other tables count against it
        if row >= after and len(hits) >= min(_LEAST_KEYS, len(search.fields)) and (best is None or score > best[0]):
            best = score, row, hits
    return best[1:] if best else None


def _match_below_keys(search: TableSearch, index: SheetIndex, key_row: int, columns: FieldPositions) -> BlockMatch:
    """Return the table below a key row, with the columns that its header names."""
    row = key_row + 1
    named = _fields_named(search, index, row, columns)
    if not _is_header(named, columns):
        below = range(key_row + 2, key_row + 1 + _HEADER_SEARCH_ROWS)
        row = next((r for r in below if _is_header(_fields_named(search, index, r, columns), columns)), row)
        named = _fields_named(search, index, row, columns)
    # A label split over two rows moves the data down by a row that is no data.
    two_rows = None if named.keys() == columns.keys() else match_two_rows(index, row, search.column_of)
    last = row + 1 if two_rows and two_rows.items() <= columns.items() else row
    diagnostics: list[SheetDiagnostic] = []
    if any(name != field for field, name in named.items()):
        columns = _columns_by_header(search, index, row, columns, diagnostics)
    # Pasting a column from another workbook overwrites its key.
    if len(columns) < len(search.fields):
        columns = _add_columns_without_key(search, index, row, columns, diagnostics)
    return BlockMatch(key_row, last - search.layout.header_row, last + 1, columns, tuple(diagnostics))


def _fields_named(search: TableSearch, index: SheetIndex, row: int, columns: FieldPositions) -> dict[str, str]:
    """Return field -> the field that the header in its column names, for headers that name one."""
    cells, left, labels = index.row(row), index.left, search.current_labels
    width = len(cells)
    named: dict[str, str] = {}
    for field, (_, col) in columns.items():
        text = cells[col - left] if 0 <= col - left < width else None
        if isinstance(text, str) and (name := labels.get(normalize_header(text))):
            named[field] = name
    return named


def _is_header(named: Mapping[str, str], columns: FieldPositions) -> bool:
    return 2 * len(named) >= len(columns)


def _columns_by_header(
    search: TableSearch, index: SheetIndex, row: int, columns: FieldPositions, diagnostics: list[SheetDiagnostic]
) -> FieldPositions:
    """Return the columns that the headers name where they contradict the keys."""
    # Whoever filled in the sheet saw the headers, never the hidden keys.
    named = _fields_named(search, index, row, columns)
    # Reversed, so that of two columns with the same header the left one counts.
    by_header = {name: columns[field][1] for field, name in reversed(named.items())}
    taken = set(by_header.values())
    others = {name: (None, col) for name, (_, col) in columns.items() if name not in by_header and col not in taken}
    for name, col in by_header.items():
        if columns.get(name) != (None, col):
            text = display_text(index.grid.at(row, col))
            diagnostics.append(SheetDiagnostic(index.grid.name, Diagnostic("header_moved"), name, a1(row, col), text))
    return others | {name: (None, col) for name, col in by_header.items()}


def _add_columns_without_key(
    search: TableSearch, index: SheetIndex, row: int, columns: FieldPositions, diagnostics: list[SheetDiagnostic]
) -> FieldPositions:
    """Return the columns together with those that lost their key but kept their header; report the missing ones."""
    found = dict(columns)
    taken = {col for _, col in columns.values()}
    for col, text in index.header_texts(row):
        name = search.field_of(text)
        # A column with a key keeps it: only columns without one are named by their header.
        if col not in taken and name and name not in found:
            found[name] = (None, col)
            diagnostic = Diagnostic("column_by_header", {"column": column_letters(col)})
            diagnostics.append(SheetDiagnostic(index.grid.name, diagnostic, name))
    diagnostics += missing_columns(search.block.columns, found, index)
    return found


def missing_columns(
    fields: Iterable[FieldBase], columns: FieldPositions, index: SheetIndex
) -> Iterator[SheetDiagnostic]:
    """Yield a diagnostic for each missing field; one that is required is an error, any other a warning."""
    for field in fields:
        if field.name not in columns and not field.computed and not field.retired:
            code = "column_missing" if field.required else "column_gone"
            yield SheetDiagnostic(index.grid.name, Diagnostic(code), field.name)


def _match_by_header(search: TableSearch, index: SheetIndex, shift: int, after: int) -> BlockMatch | None:
    """Return the table with the best matching header; of equals the one nearest to its planned position."""
    # A third of the labels: people delete columns, but a line of text with two labels in it is no header.
    least = min(len(search.filled_in), max(2, len(search.filled_in) // 3))
    # A key row further down belongs to another table, which ends the search.
    end = min((row for row, _ in index.keys if row >= after), default=index.end)
    best: tuple[tuple[int, int], int, FieldPositions, int] | None = None
    for row in range(max(after, index.top), end):
        texts = index.header_texts(row)
        hits, height = _header_at(search, index, row, texts)
        # Every text that names no field counts against a row, as in the search for keys.
        score = 2 * len(hits) - len(texts), -abs(row - search.layout.header_row - shift)
        if len(hits) >= least and (best is None or score > best[0]):
            best = score, row, hits, height
    if best is None:
        return None
    _, row, columns, height = best
    title = {"title": search.block.title or untranslated("")}
    diagnostics = (
        SheetDiagnostic(index.grid.name, Diagnostic("key_row_missing", title)),
        *missing_columns(search.filled_in, columns, index),
    )
    # Header cells merged downwards reach below the row of their text; data begin after the lowest of them.
    heads = {col for _, col in columns.values()}
    bottom = max(
        (bottom for top, left, bottom, _ in index.vertical_merges if top <= row <= bottom and left in heads),
        default=row,
    )
    shift = row + height - 1 - search.layout.header_row
    return BlockMatch(row, shift, max(bottom + 1, row + height), columns, diagnostics)


def _header_at(
    search: TableSearch, index: SheetIndex, row: int, texts: Sequence[tuple[int, str]]
) -> tuple[FieldPositions, int]:
    """Return the columns that a row names as a header, alone or with the row below, and the height of that header."""
    hits = _columns_named(search, texts)
    if texts and len(hits) < len(search.fields):
        two_rows = match_two_rows(index, row, search.column_of)
        if two_rows and len(two_rows) > max(len(hits), len(_columns_named(search, index.header_texts(row + 1)))):
            return two_rows, 2
    return hits, 1


def _columns_named(search: TableSearch, texts: Sequence[tuple[int, str]]) -> dict[str, tuple[int | None, int]]:
    """Return the columns that headers name, computed fields included; the first of two headers for one field counts."""
    hits: dict[str, tuple[int | None, int]] = {}
    for col, text in texts:
        if name := search.column_of(text):
            hits.setdefault(name, (None, col))
    return hits
