"""Finds what a merge of one return would find, without frames; a test holds both equal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from xlsflow.findings import Finding, Location, Severity, cell_row
from xlsflow.merge.across_files import row_twice
from xlsflow.merge.apply_waivers import with_own_waivers, with_waived_status
from xlsflow.merge.fold import Entry, Folded, KeyFold, Leaf
from xlsflow.merge.precedence import EARLIER_ROUND, Precedence, leaves_of, round_name, sent_twice
from xlsflow.model.history import round_order
from xlsflow.model.returns import JoinedRows, Return
from xlsflow.model.waivers import waive

if TYPE_CHECKING:
    from xlsflow.model.project import Project
    from xlsflow.template.model import DataBlock

# Sheet, full name of the block, and 1-based row.
_Row = tuple[str, str, int]


def merged_alone(returned: Return, blocks: Mapping[str, DataBlock], project: Project, day: date | None) -> Return:
    """Return a checked return with the findings and the record that a merge of nothing else gives it.

    Args:
        returned: The return, with its blocks as columns.
        blocks: The definitions of its pack.
        project: The project.
        day: The as-of day.
    """
    returned = with_own_waivers(returned, project)
    precedence = _precedence(returned, project.round.id, day)
    found = list(precedence.findings(returned))
    if precedence.counts and returned.record.status != "refused":
        lost, twice = _repeated(returned, blocks, project.round.id, day)
        at = ((finding, finding.location) for finding in found)
        found = [f for f, place in at if (place.sheet, place.block, cell_row(place.cell)) not in lost] + twice
    findings = tuple(sorted(waive(found, returned.waivers, day), key=Finding.order))
    record = precedence.record(with_waived_status(returned, day))
    return replace(returned, record=record, findings=findings)


def _precedence(returned: Return, present: str, day: date | None) -> Precedence:
    """Return whether a return counts by itself."""
    precedence = sent_twice([returned])[0]
    leaf = _leaf(returned, present, day)
    earlier = returned.record.status != "refused" and leaf.round < round_order(present)
    return Precedence(EARLIER_ROUND, round_name(returned)) if precedence.counts and earlier else precedence


def _leaf(returned: Return, present: str, day: date | None) -> Leaf:
    leaf = leaves_of([returned], [True], day, present)[0]
    assert leaf is not None
    return leaf


def _repeated(
    returned: Return, blocks: Mapping[str, DataBlock], present: str, day: date | None
) -> tuple[set[_Row], list[Finding]]:
    """Return the rows of which nothing is in the data, and findings about those that are there twice."""
    wrong = {(f.location.sheet, f.location.cell) for f in returned.findings if f.severity == Severity.ERROR}
    lost: set[_Row] = set()
    findings: list[Finding] = []
    leaf = _leaf(returned, present, day)
    for name in dict.fromkeys(table.full_name for table in returned.blocks):
        block = blocks[name]
        tables = [(0, table) for table in returned.blocks if table.full_name == name]
        rows = JoinedRows.of(tables, [field.name for field in block.columns])
        for folded in _folds(rows, name, block, leaf):
            repeated = {entry.position for entry, _ in folded.repeated}
            gone = {at for at, fate in folded.fates.items() if fate in ("superseded", "duplicate")} - repeated
            lost |= {(table.sheet, name, table.rows[record] + 1) for _, table, record in map(rows.source, gone)}
            for entry, first in folded.repeated:
                here, there = (_key_cell(rows, one.position, block.key) for one in (entry, first))
                if here not in wrong:
                    at = Location(returned.record.file, *here, name, block.key, block.label_of(block.key))
                    findings.append(row_twice(at, str(entry.values[block.key]), there))
    return lost, findings


def _folds(rows: JoinedRows, name: str, block: DataBlock, leaf: Leaf) -> Iterator[Folded]:
    """Yield what becomes of the rows of each key that several have."""
    positions: dict[object, list[int]] = {}
    for position, key in enumerate(rows.values[block.key] if block.key else ()):
        if key is not None:
            positions.setdefault(key, []).append(position)
    for key, several in positions.items():
        if len(several) > 1:
            entries = [_entry(rows, position, leaf) for position in several]
            yield KeyFold(name, str(key), block.key, block.title_field).fold(entries)


def _entry(rows: JoinedRows, position: int, leaf: Leaf) -> Entry:
    _, table, record = rows.source(position)
    values = {name: column[position] for name, column in rows.values.items()}
    filled = frozenset(name for name, value in values.items() if value is not None)
    return Entry(leaf, position, table.sheet, table.rows[record] + 1, values, filled, is_new=True)


def _key_cell(rows: JoinedRows, position: int, key: str) -> tuple[str, str]:
    _, table, record = rows.source(position)
    return table.sheet, table.cell(record, key)
