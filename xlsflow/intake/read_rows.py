"""Reads the raw columns of a block as values, and accounts for its rows. Pure Python: no frame is built.

Checks across fields come later (`checks`); what is decided here is what one cell says, and whether a row has its key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import is_

from xlsflow.catalogue import CATALOGUE
from xlsflow.fileformat.cells import (
    display_text,
)
from xlsflow.model.ledger import ROW_WITHOUT_KEY, AsideRow, LedgerLine
from xlsflow.model.returns import BlockRows, RowDiagnostic
from xlsflow.template.kinds import Scope
from xlsflow.template.kinds.field import ColumnMemory
from xlsflow.template.model import DataBlock

BlockMemory = dict[str, ColumnMemory]
"""Field of a block -> what its raw values were read as in earlier files."""


def read_rows(
    table: BlockRows, block: DataBlock, scope: Scope, memory: BlockMemory | None = None
) -> tuple[BlockRows, list[RowDiagnostic]]:
    """Return a block with its values, and diagnostics of single cells.

    Args:
        table: The raw columns.
        block: Their definition.
        scope: The project's lists and settings.
        memory: Readings of earlier files; most texts and dates recur.
    """
    values: dict[str, Sequence[object]] = {}
    diagnostics: list[RowDiagnostic] = []
    for field in block.columns:
        raws = table.columns.get(field.name)
        if not raws:
            continue
        column, found = field.read_column(raws, scope, None if memory is None else memory.setdefault(field.name, {}))
        # One list for both is pickled once: most columns hold texts and numbers that are their own values.
        values[field.name] = raws if all(map(is_, column, raws)) else column
        diagnostics.extend(RowDiagnostic(record, field.name, diagnostic) for record, diagnostic in found.items())
    wrong = (one for one in diagnostics if CATALOGUE[one.diagnostic.code].severity == "error")
    return replace(table, values=values, unreadable=tuple((one.position, one.field) for one in wrong)), diagnostics


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
        texts = {field: display_text(raw) for field, raw in raws if raw is not None}
        yield AsideRow(file, table.sheet, table.full_name, table.rows[record] + 1, ROW_WITHOUT_KEY, texts)
    for row in table.skipped:
        yield AsideRow(file, table.sheet, table.full_name, row.row + 1, row.code, row.texts)


def _without_key(table: BlockRows, block: DataBlock) -> list[int]:
    """Return the records whose key is blank or unreadable; none where the block has no key."""
    if not block.key:
        return []
    keys = table.values.get(block.key) or [None] * len(table.rows)
    return [record for record, key in enumerate(keys) if key is None]
