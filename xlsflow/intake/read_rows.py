"""Reads the raw columns of a block as values, and accounts for its rows. Pure Python: no frame is built.

Checks across fields come later (`checks`); what is decided here is what one cell says, and whether a row has its key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from operator import is_

from xlsflow.fileformat.cells import stored_text
from xlsflow.messages import CATALOGUE
from xlsflow.model.ledger import ROW_WITHOUT_KEY, AsideRow, LedgerLine
from xlsflow.model.returns import BlockRows, RowDiagnostic
from xlsflow.template.kinds import FieldBase, Scope
from xlsflow.template.kinds.field import ColumnMemory
from xlsflow.template.model import DataBlock
from xlsflow.template.starting_rows import is_starting_row


class RowReader:
    """Reads the rows of one block in any number of files.

    What a raw value was read as is remembered, since most texts and dates recur from file to file: a cache only.
    """

    def __init__(self, block: DataBlock, scope: Scope) -> None:
        """Prepare to read a block.

        Args:
            block: Its definition.
            scope: The project's lists and settings.
        """
        self._scope = scope
        # A computed field is not read: its value is worked out again.
        self._fields: list[tuple[FieldBase, ColumnMemory]] = [(f, {}) for f in block.columns if not f.computed]

    def read(self, table: BlockRows) -> tuple[BlockRows, list[RowDiagnostic]]:
        """Return the block of a file with its values, and diagnostics of single cells."""
        values: dict[str, Sequence[object]] = {}
        diagnostics: list[RowDiagnostic] = []
        for field, memory in self._fields:
            raws = table.columns.get(field.name)
            if not raws:
                continue
            # Many fields are optional and blank throughout; the column of blanks is its own value.
            if raws.count(None) == len(raws):
                values[field.name] = raws
                continue
            column, found = field.read_column(raws, self._scope, memory)
            values[field.name] = raws if _are_same(column, raws) else column
            diagnostics.extend(RowDiagnostic(record, field.name, diagnostic) for record, diagnostic in found.items())
        wrong = (of_row for of_row in diagnostics if CATALOGUE[of_row.diagnostic.code].severity == "error")
        unreadable = tuple((of_row.position, of_row.field) for of_row in wrong)
        return replace(table, values=values, unreadable=unreadable), diagnostics


def without_untouched(tables: Sequence[BlockRows], blocks: Mapping[str, DataBlock]) -> list[BlockRows]:
    """Return the blocks of a file without the proposed rows of sheets whose forms nobody has filled in.

    Such a row, a point of the standing agenda for example, counts as blank while it is as it was sent out. A sheet that
    has no form keeps its rows.

    Args:
        tables: The blocks, with their values.
        blocks: Full block name -> its definition.
    """
    forms = [table for table in tables if not blocks[table.full_name].has_rows]
    used = {table.sheet for table in forms if _says_something(table, blocks[table.full_name])}
    blank = {table.sheet for table in forms} - used
    return [_untouched_left_out(t, blocks[t.full_name]) if t.sheet in blank else t for t in tables]


def _says_something(table: BlockRows, block: DataBlock) -> bool:
    return any(value is not None for name in block.content_fields for value in table.columns.get(name) or ())


def _untouched_left_out(table: BlockRows, block: DataBlock) -> BlockRows:
    if not block.proposed_rows:
        return table
    names = [name for name in block.content_fields if name in table.values]
    rows = [{name: table.values[name][record] for name in names} for record in range(len(table.rows))]
    kept = [record for record, row in enumerate(rows) if not is_starting_row(block.proposed_rows, row)]
    columns = {name: [column[record] for record in kept] for name, column in table.columns.items() if column}
    return replace(
        table, rows=[table.rows[record] for record in kept], columns=columns, values={}, unreadable=(),
        blank=table.blank + len(table.rows) - len(kept),
    )  # fmt: skip


def _are_same(values: Sequence[object], raws: Sequence[object]) -> bool:
    """Return whether a column is its own values, which is so for most texts and numbers: then it is pickled once."""
    return values == list(raws) and all(map(is_, map(type, values), map(type, raws)))


def ledger_line(file: str, table: BlockRows, block: DataBlock) -> LedgerLine:
    """Return the row counts of a block that was read; a row without its key is set aside."""
    without = len(_without_key(table, block))
    return LedgerLine(
        file,
        table.sheet,
        table.full_name,
        seen=table.seen,
        blank=table.blank,
        merged=len(table.rows) - without,
        set_aside=without + len(table.skipped),
    )


def rows_aside(file: str, table: BlockRows, block: DataBlock) -> Iterator[AsideRow]:
    """Yield the rows of a block that are not data, with their raw texts: those without a key, and those skipped."""
    for record in _without_key(table, block):
        raws = ((field.name, table.raw(record, field.name)) for field in block.columns)
        texts = {field: stored_text(raw) for field, raw in raws if raw is not None}
        yield AsideRow(file, table.sheet, table.full_name, table.rows[record] + 1, ROW_WITHOUT_KEY, texts)
    for row in table.skipped:
        yield AsideRow(file, table.sheet, table.full_name, row.row + 1, row.code, row.texts)


def _without_key(table: BlockRows, block: DataBlock) -> list[int]:
    """Return the records whose key is blank or unreadable; none where the block has no key."""
    if not block.key:
        return []
    keys = table.values.get(block.key) or [None] * len(table.rows)
    return [record for record, key in enumerate(keys) if key is None]
