"""Finds the blocks of one sheet, in their order: each is searched below the one before and bounds the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

from xlsflow.i18n import Lang, LocalizedText
from xlsflow.intake.recognition.find_form import FormSearch, find_form
from xlsflow.intake.recognition.find_table import TableSearch, find_table
from xlsflow.intake.recognition.header_text import normalize_header
from xlsflow.intake.recognition.placed_block import BlockMatch
from xlsflow.intake.recognition.sheet_index import SheetIndex
from xlsflow.layout.sheet_layout import BlockLayout, FormLayout, StaticLayout, TableLayout, lay_out
from xlsflow.template.kinds import Scope
from xlsflow.template.model import DataBlock, Template

# Columns in which a heading is searched, since people insert columns on the left.
_HEADING_COLUMNS = 3
# Rows above a key row in which the heading of its table is searched.
_ROWS_ABOVE_KEYS = 3


@dataclass(frozen=True)
class BlockSearch:
    """A block to be found on a sheet: a table, a form, or static text.

    Attributes:
        layout: Its planned position.
        title: Its heading.
        words: The normalised texts of a static block.
        table: The table.
        form: The form.
    """

    layout: BlockLayout
    title: LocalizedText | None
    words: frozenset[str] = frozenset()
    table: TableSearch | None = None
    form: FormSearch | None = None

    @cached_property
    def exact_titles(self) -> frozenset[str]:
        """Its heading in every language."""
        return frozenset(self.title.both()) if self.title else frozenset()

    @cached_property
    def titles(self) -> frozenset[str]:
        """Its heading in every language, normalised."""
        return _normalized((self.title,))

    @property
    def block(self) -> DataBlock | None:
        """The block, if it holds data."""
        search = self.table or self.form
        return search.block if search else None


class BlockResult(NamedTuple):
    """What was found of a block.

    Attributes:
        match: Where it lies; None if it was not found or holds no data.
        start: The row that it begins in, heading included; None if nothing of it was found.
    """

    match: BlockMatch | None
    start: int | None


def block_searches(template: Template, lang: Lang, scope: Scope) -> tuple[BlockSearch, ...]:
    """Return the searches for the blocks of a template, in their order on the sheet."""
    layout = lay_out(template, lang, scope)
    fields = [field for block in template.data for field in block.columns]
    # A form must not take the label or heading of a neighbour for a reworded label of its own.
    known = {normalize_header(text) for field in fields for text in (*field.label.both(), *field.was)}
    known |= _normalized([block.title for block in template.blocks])
    searches: list[BlockSearch] = []
    for block in template.blocks:
        planned = layout.by_block[block.name]
        # A block that is alone on its sheet has no heading of its own: the title of the sheet stands for it.
        title = block.title if planned.title_row is not None else None
        if isinstance(block, DataBlock) and isinstance(planned, TableLayout):
            searches.append(BlockSearch(planned, title, table=TableSearch(block, planned)))
        elif isinstance(block, DataBlock) and isinstance(planned, FormLayout):
            searches.append(BlockSearch(planned, title, form=FormSearch(block, planned, frozenset(known))))
        else:
            words = planned.texts if isinstance(planned, StaticLayout) else ()
            searches.append(BlockSearch(planned, title, _normalized(words)))
    return tuple(searches)


def _normalized(texts: Sequence[LocalizedText | None]) -> frozenset[str]:
    return frozenset(normalize_header(version) for text in texts if text for version in text.both())


def find_blocks(searches: Sequence[BlockSearch], index: SheetIndex) -> list[BlockResult]:
    """Return the match of each block of a sheet."""
    results: list[BlockResult] = []
    # Rows inserted above one block move all blocks below it, so each search starts where the one before ended up.
    shift = after = 0
    for number, search in enumerate(searches):
        match: BlockMatch | None = None
        start: int | None = None
        if search.table:
            match = find_table(search.table, index, shift, after)
            start = _heading_above(search, index, match.top, after) if match else None
        else:
            start = _heading_row(search, index, shift, after)
            if search.form:
                # The heading is a better reference than the block before, which may have grown since.
                if start is not None and search.layout.title_row is not None:
                    shift = start - search.layout.title_row
                # Computed only on demand: most forms are where they were planned.
                limit = partial(_next_block_row, searches[number + 1 :], index, start or after)
                match = find_form(search.form, index, shift, after, limit)
                start = match.top if match and start is None else start
        if match:
            shift, after = match.shift, match.first_row
        results.append(BlockResult(match, start))
    return results


def _heading_above(search: BlockSearch, index: SheetIndex, top: int, after: int) -> int:
    """Return the row of the heading just above a table's keys; the row of the keys if there is none."""
    rows = range(top - 1, max(top - _ROWS_ABOVE_KEYS - 1, after - 1), -1)
    return next((row for row in rows if _is_heading(search, index, row)), top) if search.title else top


def _is_heading(search: BlockSearch, index: SheetIndex, row: int) -> bool:
    return any(
        isinstance(value, str) and normalize_header(value) in search.titles
        for value in index.row(row)[:_HEADING_COLUMNS]
    )


def _heading_row(search: BlockSearch, index: SheetIndex, shift: int, after: int) -> int | None:
    """Return the row of a heading: at its planned position, else its first occurrence, else the first static text."""
    if search.layout.title_row is not None:
        expected = search.layout.title_row + shift
        if expected >= after and _is_heading(search, index, expected):
            return expected
        first = max(after, index.top)
        # Normalising every row is slow, so a heading that nobody changed is searched first.
        for row, cells in enumerate(index.grid.rows[first - index.top :], first):
            if cells and cells[0] in search.exact_titles:
                return row
        similar = (row for row in range(first, index.end) if _is_heading(search, index, row))
        if (found := next(similar, None)) is not None:
            return found
    if not search.words:
        return None
    rows = range(max(after, index.top), index.end)
    return next((row for row in rows if _is_static_text(search, index, row)), None)


def _is_static_text(search: BlockSearch, index: SheetIndex, row: int) -> bool:
    """Return whether a row holds nothing but texts of a static block."""
    cells = [value for value in index.row(row) if value is not None]
    return bool(cells) and all(isinstance(value, str) and normalize_header(value) in search.words for value in cells)


def _next_block_row(later: Sequence[BlockSearch], index: SheetIndex, after: int) -> int:
    """Return the row after the last one that a form may have: that of the next block's keys or heading."""
    for search in later:
        if search.table:
            names = search.table.fields
            # Keys of the table, not just any keys: another table may have been pasted in between.
            rows = [row for row, keys in index.keys if row >= after and not names.keys().isdisjoint(keys)]
        else:
            heading = _heading_row(search, index, 0, after + 1)
            rows = [] if heading is None else [heading]
        if rows:
            return rows[0]
    return index.end
