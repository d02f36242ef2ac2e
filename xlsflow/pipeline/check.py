"""Checks what was read: the rows of many returns at once as frames, or of one return row by row.

In a merge the pandera schema decides: one call for each block, on the joined frame. The row-wise twin is for few rows
where no frames are loaded: the project workbook, a single file. A test holds both equal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from xlsflow.findings import Finding, Severity
from xlsflow.model.returns import JoinedRows, Return

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlsflow.model.consolidated_book import ReturnSet
    from xlsflow.model.returns import BlockRows
    from xlsflow.pipeline.definitions import Definitions
    from xlsflow.template.model import DataBlock

BlockKey = tuple[str, str, date | None]
"""Pack, full name of a block, and the as-of day of the regions that its rows are from."""


def check(returns: Sequence[Return], definitions: Definitions) -> ReturnSet:
    """Check the rows of returns and join them in one table a block.

    References are not checked here: which rows they may name depends on which files count.

    Args:
        returns: The returns as they were read; no two of them have one name.
        definitions: What they were read against.
    """
    from xlsflow.checks.context import CheckContext
    from xlsflow.checks.diagnostics import merged_cells, missing_cells, row_findings
    from xlsflow.checks.frame import check_frame, frame_of
    from xlsflow.merge.union_of_returns import BlockTable, gather

    files = [returned.record.file for returned in returns]
    found: list[list[Finding]] = [list(returned.findings) for returned in returns]
    merged = merged_cells(finding for findings in found for finding in findings)
    tables: list[BlockTable] = []
    definitions_of: dict[str, dict[str, DataBlock]] = {}
    for (pack, name, day), blocks in _by_block(returns, definitions).items():
        opened = definitions.pack(pack)
        _, block = opened.blocks[name]
        definitions_of.setdefault(pack, {})[name] = block
        rows = JoinedRows.of(blocks, [field.name for field in block.columns])
        context = CheckContext(scope=opened.scope, as_of=day)
        skip = missing_cells(rows, (field.name for field in block.columns))
        frame = frame_of(rows, block)
        if len(rows):
            broken = check_frame(rows, block, context, skip, frame)
            for number, finding in row_findings(broken, rows, files, (name, block), merged):
                found[number].append(finding)
        tables.append(BlockTable(name, block, rows, frame))
    checked = [
        _judged(returned, findings, definitions_of.get(returned.record.stamp.pack, {}))
        for returned, findings in zip(returns, found, strict=True)
    ]
    return gather(checked, tables)


def check_return(returned: Return, definitions: Definitions) -> Return:
    """Check the rows of one return by themselves, row by row; what they refer to must be in it too."""
    from xlsflow.checks.context import CheckContext
    from xlsflow.checks.diagnostics import merged_cells, missing_cells, row_findings
    from xlsflow.checks.own_references import with_own_references
    from xlsflow.checks.row_by_row import check_rows

    file, findings = returned.record.file, list(returned.findings)
    merged = merged_cells(findings)
    opened = definitions.pack(returned.record.stamp.pack)
    for (_, name, day), tables in _by_block([returned], definitions).items():
        context = CheckContext(scope=opened.scope, as_of=day)
        _, block = opened.blocks[name]
        names = [field.name for field in block.columns]
        rows = JoinedRows.of(tables, names)
        if len(rows):
            broken = check_rows(rows, block, context, missing_cells(rows, names))
            findings += (finding for _, finding in row_findings(broken, rows, [file], (name, block), merged))
    return with_own_references(_judged(returned, findings, opened.definitions), opened.blocks)


def _by_block(returns: Iterable[Return], definitions: Definitions) -> Mapping[BlockKey, list[tuple[int, BlockRows]]]:
    """Return pack, block and day -> its tables, each with the number of its return."""
    blocks: dict[BlockKey, list[tuple[int, BlockRows]]] = {}
    for number, returned in enumerate(returns):
        for table in returned.blocks:
            stamp = returned.record.stamp
            key = stamp.pack, table.full_name, definitions.day_of(stamp.region)
            blocks.setdefault(key, []).append((number, table))
    return blocks


def _judged(returned: Return, findings: Sequence[Finding], blocks: Mapping[str, DataBlock]) -> Return:
    """Return a return with all its findings, sorted, and the status that follows from them."""
    from xlsflow.checks.diagnostics import explain_missing_keys

    returned = replace(returned, findings=tuple(sorted(findings, key=Finding.order)))
    if returned.record.status == "refused":
        return returned
    wrong = any(finding.severity == Severity.ERROR for finding in returned.findings)
    return explain_missing_keys(
        replace(returned, record=replace(returned.record, status="findings" if wrong else "ok")), blocks
    )
