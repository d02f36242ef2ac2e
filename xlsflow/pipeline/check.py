"""Raw tables -> values and findings: every cell is read, every rule is asked, each fault is said once, at its cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from xlsflow.catalogue import CATALOGUE
from xlsflow.fileformat.cells import (Bounds, parse_bounds, display_text,)
from xlsflow.findings import (
    Finding,
    Location,
)
from xlsflow.i18n import (
    LocalizedText,
    untranslated,
)
from xlsflow.model.records import (
    Batch,
    FileRecord,
    RawTable,
    RowDiagnostic,
)
from xlsflow.pipeline.session import (
    Collected,
    Key,
)


def examine(collected: Collected, *, scalar: bool = False) -> None:
    """Read and check everything that was collected; values and findings are added to it.

    Args:
        collected: Files up to their raw tables.
        scalar: Whether rows are checked one by one without loading pandas; right for few rows.
    """
    from xlsflow.intake.recognition.raw_table import gather

    misread: dict[Key, set[tuple[int, str]]] = {}
    if not scalar:
        from xlsflow.checks.frame import frame_of
    for key, tables in collected.tables.items():
        _, block, scope = collected.definition(key)
        batch, faults = gather(tables, block, scope)
        collected.batches[key] = batch
        if not scalar:
            collected.frames[key] = frame_of(batch, block)
        misread[key] = {(f.position, f.field) for f in faults if CATALOGUE[f.diagnostic.code].severity == "error"}
        misread[key] |= _not_found(batch, [field.name for field in block.columns])
        _add(collected, key, batch, faults)
    # Of many files at once, references are asked about once it is known which of them count (flow/references.py).
    known = known_values(collected) if scalar else {}
    for key, batch in collected.batches.items():
        if len(batch):
            _add(collected, key, batch, _checked(collected, key, batch, known, misread[key], scalar=scalar))
    collected.findings.sort(key=Finding.order)
    wrong = {finding.location.file for finding in collected.findings if finding.severity == "error"}
    for number, record in enumerate(collected.records):
        if record.status != "refused":
            collected.records[number] = replace(record, status="findings" if record.file in wrong else "ok")


def _not_found(batch: Batch, names: Iterable[str]) -> set[tuple[int, str]]:
    """Return the cells of columns that a return lacks: the column is missed once, not in every row."""
    gone: set[tuple[int, str]] = set()
    wanted = list(names)
    for start, table in zip(batch.starts, batch.tables, strict=True):
        missing = [name for name in wanted if name not in table.columns]
        gone |= {(start + n, name) for name in missing for n in range(len(table.rows))}
    return gone


def known_values(collected: Collected) -> Mapping[str, frozenset[object]]:
    """Return full field name -> the values it has in any return: what references may point to.

    A field that nobody has filled is left out: where nothing is there, nothing can be checked against it.
    """
    known: dict[str, set[object]] = {}
    for (_, template, block), batch in collected.batches.items():
        for name, values in batch.values.items():
            known.setdefault(f"{template}.{block}.{name}", set()).update(v for v in values if v is not None)
    return {name: frozenset(values) for name, values in known.items() if values}


def _checked(
    collected: Collected,
    key: Key,
    batch: Batch,
    known: Mapping[str, frozenset[object]],
    skip: set[tuple[int, str]],
    *,
    scalar: bool,
) -> list[RowDiagnostic]:
    from xlsflow.checks.context import CheckContext

    _, block, scope = collected.definition(key)
    titles = {
        f"{t}.{b}.{name}": collected.definition((pack, t, b))[0].tab
        for (pack, t, b), other in collected.batches.items()
        for name in other.values
    }
    context = CheckContext(scope=scope, as_of=collected.desk.as_of, known=known, titles=titles)
    if scalar:
        from xlsflow.checks.scalar import check_rows

        return check_rows(batch, block, context, skip)
    from xlsflow.checks.frame import check_frame

    return check_frame(batch, block, context, skip, collected.frames[key])


def _add(collected: Collected, key: Key, batch: Batch, faults: Iterable[RowDiagnostic]) -> None:
    """Add faults as findings at their cells."""
    template, block, _ = collected.definition(key)
    labels = {field.name: field.label for field in block.columns}
    full = template.full_name(block)
    joined = _joined(collected)
    for fault in faults:
        table, number = batch.source(fault.position)
        if fault.diagnostic.code == "required_blank" and _under_another(collected, table, number, fault.field, joined):
            continue
        facts = dict(fault.diagnostic.facts)
        if fault.also is not None:
            facts["other"] = _where(collected.records, batch, fault)
        place = Location(
            collected.records[table.file].file,
            table.sheet,
            table.cell(number, fault.field),
            full,
            fault.field,
            labels[fault.field],
        )
        value = display_text(batch.raw(fault.position, fault.field))
        collected.findings.append(Finding(fault.diagnostic.code, place, value, facts))


def _joined(collected: Collected) -> Mapping[tuple[str, str], list[Bounds]]:
    """Return file and sheet -> cells that join several columns: those but the first are blank because of it."""
    joined: dict[tuple[str, str], list[Bounds]] = {}
    for finding in collected.findings:
        if finding.code == "merged_across" and (box := parse_bounds(finding.location.cell)):
            joined.setdefault((finding.location.file, finding.location.sheet), []).append(box)
    return joined


def _under_another(
    collected: Collected, table: RawTable, number: int, field: str, joined: Mapping[tuple[str, str], list[Bounds]]
) -> bool:
    """Return whether a blank cell is part of another that was merged over it: that is said already."""
    boxes = joined.get((collected.records[table.file].file, table.sheet)) if joined else None
    here = parse_bounds(table.cell(number, field)) if boxes else None
    if here is None or boxes is None:
        return False
    return any(left < here[0] <= right and top <= here[2] <= bottom for left, right, top, bottom in boxes)


def _where(records: list[FileRecord], batch: Batch, fault: RowDiagnostic) -> LocalizedText:
    """Return the place of the other record that a fault speaks of, as far as it differs from the fault's own."""
    assert fault.also is not None
    mine, _ = batch.source(fault.position)
    table, number = batch.source(fault.also)
    cell = table.cell(number, fault.field)
    if table.file == mine.file:
        return untranslated(cell)
    file = records[table.file].file
    return LocalizedText(f"《{file}》{table.sheet} {cell}", f"{file}, sheet {table.sheet}, {cell}")
