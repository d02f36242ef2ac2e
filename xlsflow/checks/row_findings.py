"""Turns diagnostics of records into findings at the cells of their files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from xlsflow.fileformat.cells import (
    Bounds,
    display_text,
    parse_bounds,
)
from xlsflow.findings import (
    Finding,
    Location,
)
from xlsflow.i18n import (
    LocalizedText,
    untranslated,
)
from xlsflow.model.returns import BlockRows, JoinedRows, RowDiagnostic
from xlsflow.template.model import DataBlock

MergedCells = Mapping[tuple[str, str], Sequence[Bounds]]
"""File and sheet -> ranges that were merged across columns: all their cells but the first are blank because of it."""


def row_findings(
    diagnostics: Iterable[RowDiagnostic],
    rows: JoinedRows,
    files: Sequence[str],
    definition: tuple[str, DataBlock],
    merged: MergedCells | None = None,
) -> Iterator[tuple[int, Finding]]:
    """Yield the finding of each diagnostic with the number of its file.

    A blank that is part of a merged range gets none: the range is reported already.

    Args:
        diagnostics: Diagnostics of the records.
        rows: The records.
        files: Names of the files by number.
        definition: Full name of the block, and its definition.
        merged: Ranges that were merged across columns.
    """
    name, block = definition
    labels = {field.name: field.label for field in block.columns}
    for one in diagnostics:
        number, table, record = rows.source(one.position)
        cell = table.cell(record, one.field)
        boxes = merged.get((files[number], table.sheet), ()) if merged else ()
        if one.diagnostic.code == "required_blank" and _is_covered(cell, boxes):
            continue
        facts = dict(one.diagnostic.facts)
        if one.also is not None:
            facts["other"] = _other_cell(rows, files, one)
        location = Location(files[number], table.sheet, cell, name, one.field, labels[one.field])
        yield number, Finding(one.diagnostic.code, location, display_text(table.raw(record, one.field)), facts)


def merged_cells(findings: Iterable[Finding]) -> MergedCells:
    """Return the ranges that findings report as merged across columns."""
    merged: dict[tuple[str, str], list[Bounds]] = {}
    for finding in findings:
        if finding.code == "merged_across" and (box := parse_bounds(finding.location.cell)):
            merged.setdefault((finding.location.file, finding.location.sheet), []).append(box)
    return merged


def missing_cells(rows: JoinedRows, names: Iterable[str]) -> set[tuple[int, str]]:
    """Return position and field of the cells that cannot be checked.

    They are those that could not be read, and those of columns that a file lacks: a missing column is reported once,
    not in every row.
    """
    cells: set[tuple[int, str]] = set()
    wanted = list(names)
    for start, table in zip(rows.starts, rows.tables, strict=True):
        cells |= {(start + record, name) for record, name in table.unreadable}
        cells |= _of_missing_columns(start, table, wanted)
    return cells


def _of_missing_columns(start: int, table: BlockRows, names: Iterable[str]) -> set[tuple[int, str]]:
    missing = [name for name in names if name not in table.columns]
    return {(start + record, name) for name in missing for record in range(len(table.rows))}


def _is_covered(cell: str, boxes: Iterable[Bounds]) -> bool:
    """Return whether a cell is part of a merged range, but not its first one in the row."""
    here = parse_bounds(cell) if boxes else None
    if here is None:
        return False
    return any(left < here[0] <= right and top <= here[2] <= bottom for left, right, top, bottom in boxes)


def _other_cell(rows: JoinedRows, files: Sequence[str], diagnostic: RowDiagnostic) -> LocalizedText:
    """Return the address of the other record that a diagnostic mentions, with its file where that differs."""
    assert diagnostic.also is not None
    own, _, _ = rows.source(diagnostic.position)
    number, table, record = rows.source(diagnostic.also)
    cell = table.cell(record, diagnostic.field)
    if number == own:
        return untranslated(cell)
    file = files[number]
    return LocalizedText(f"《{file}》{table.sheet} {cell}", f"{file}, sheet {table.sheet}, {cell}")
