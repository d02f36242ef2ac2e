"""Diagnostics of records: made from violated constraints, at most one a cell, and turned into findings at the cells."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from xlsflow.checks.constraints import Constraint, ValueConstraint, fields_involved, is_error
from xlsflow.checks.context import CheckContext
from xlsflow.fileformat.cells import Bounds, a1, display_text, parse_bounds
from xlsflow.findings import Diagnostic, Finding, Location, Severity
from xlsflow.i18n import LocalizedText, untranslated
from xlsflow.model.ledger import ROW_WITHOUT_KEY, AsideRow
from xlsflow.model.returns import BlockRows, JoinedRows, Return, RowDiagnostic
from xlsflow.template.expressions.evaluate_row import RowContext, compile_value
from xlsflow.template.expressions.expression import Compare, Count, Ref, Unique
from xlsflow.template.figures import sentence_with_values, values_named
from xlsflow.template.model import DataBlock
from xlsflow.template.rules import RowConstraint

_NAMING_AS_OF = frozenset(("in_future", "date_far", "date_of_earlier_round"))
Violation = tuple[int, int]
"""Number of a constraint, and position of a record that violates it."""
UnreadCells = Collection[tuple[int, str]]
"""Cells (position and field) that could not be read: neither they nor constraints on them get further findings."""


@dataclass(frozen=True)
class DiagnosticBuilder:
    """Turns the violations of a block into diagnostics.

    Attributes:
        batch: The values.
        block: Their definition.
        context: What they were validated against.
        constraints: The constraints; a violation has an index into them.
        unread: Cells that could not be read.
    """

    batch: JoinedRows
    block: DataBlock
    context: CheckContext
    constraints: Sequence[Constraint]
    unread: UnreadCells

    def diagnostics(self, violations: Iterable[Violation]) -> list[RowDiagnostic]:
        """Return at most one diagnostic for each cell: the first error in order of precedence, else a warning."""
        unread = frozenset(self.unread)
        unread_fields = frozenset(name for _, name in unread)
        involved = [fields_involved(constraint, self.block) & unread_fields for constraint in self.constraints]
        ranks = [(not is_error(constraint), number) for number, constraint in enumerate(self.constraints)]
        # One finding a cell: what violates three rules is corrected once, and three sentences about it would hide other
        # cells.
        # The counts of a matrix are apart: a row without A and without R lacks two things.
        first: dict[tuple[int, str, str], int] = {}
        for number, position in violations:
            # A value that could not be read is missing here, so a constraint on it would be violated for no reason.
            if any((position, name) in unread for name in involved[number]) or self._is_first_use(number, position):
                continue
            cell = position, self._field_at_fault(number, position), _count_code(self.constraints[number])
            if cell not in first or ranks[number] < ranks[first[cell]]:
                first[cell] = number
        order = {field.name: index for index, field in enumerate(self.block.columns)}
        # What else is wrong with the cell comes before a count.
        told = (cell for cell in first if not cell[2] or (*cell[:2], "") not in first)
        cells = sorted(told, key=lambda cell: (cell[0], order[cell[1]], first[cell]))
        return [self._diagnostic(first[cell], *cell[:2]) for cell in cells]

    def _diagnostic(self, number: int, position: int, at: str) -> RowDiagnostic:
        constraint = self.constraints[number]
        if isinstance(constraint, ValueConstraint):
            diagnostic = constraint.diagnostic(self.batch.values[at][position])
            assert diagnostic is not None
            return RowDiagnostic(position, at, diagnostic)
        also = self._first_use(constraint.must.field.field, position) if isinstance(constraint.must, Unique) else None
        return RowDiagnostic(position, at, Diagnostic(constraint.code, dict(self._facts(constraint, position))), also)

    def _is_first_use(self, number: int, position: int) -> bool:
        """Return whether a repeated value occurs here first: only its repetitions are reported."""
        constraint = self.constraints[number]
        if isinstance(constraint, ValueConstraint) or not isinstance(constraint.must, Unique):
            return False
        return self._first_use(constraint.must.field.field, position) == position

    def _first_use(self, name: str, position: int) -> int:
        return self._first_uses(name)[self._files[position], self.batch.values[name][position]]

    @cached_property
    def _files(self) -> Sequence[int]:
        return self.batch.file_numbers

    @cached_property
    def _cached_first_uses(self) -> dict[str, Mapping[tuple[int, object], int]]:
        return {}

    def _first_uses(self, name: str) -> Mapping[tuple[int, object], int]:
        """Return file and value -> position of its first use."""
        if name not in self._cached_first_uses:
            uses: dict[tuple[int, object], int] = {}
            for position, use in enumerate(zip(self._files, self.batch.values[name], strict=True)):
                # The first use stays right: to report it as well would ask two people to change one and the same ID.
                uses.setdefault(use, position)
            self._cached_first_uses[name] = uses
        return self._cached_first_uses[name]

    def _counted(self, constraint: RowConstraint, position: int) -> list[str]:
        """Return the fields of a group that have one of the codes which a constraint counts."""
        match constraint.must:
            case Compare(left=Count(group=ref, codes=codes)):
                columns = self.block.groups.get(ref.path, ())
                return [name for name in columns if self.batch.values[name][position] in codes]
        return []

    def _field_at_fault(self, number: int, position: int) -> str:
        """Return the field that gets the finding: for a code that occurs too often, the second field with it."""
        constraint = self.constraints[number]
        if isinstance(constraint, RowConstraint) and constraint.code == "not_exactly_one":
            counted = self._counted(constraint, position)
            # The first cell with the code is the one that may keep it.
            return counted[1] if len(counted) > 1 else constraint.at
        return constraint.at

    def _facts(self, constraint: RowConstraint, position: int) -> Iterator[tuple[str, str | LocalizedText]]:
        if constraint.sentence:
            # The messages of counting rules have a place for the code rather than for a sentence.
            yield ("code" if _count_code(constraint) else "sentence"), self._with_values(constraint.sentence, position)
        if constraint.code == "not_exactly_one":
            yield "count", str(len(self._counted(constraint, position)))
        if constraint.other:
            yield "other", constraint.other
            match constraint.must:
                case Compare(right=Ref(field=name)):
                    yield "other_value", _value_text(self.batch.values[name][position])
        if constraint.code in _NAMING_AS_OF and self.context.as_of:
            yield "as_of", self.context.as_of.isoformat()

    def _with_values(self, sentence: LocalizedText, position: int) -> LocalizedText:
        """Return a rule's sentence with the values of a row that it names, as their cells show them."""
        names = values_named(sentence)
        if not names:
            return sentence
        values = {name: column[position] for name, column in self.batch.values.items()}
        row = RowContext(values, self.context.as_of, self.context.scope.settings, self.block.groups)
        for field in self.block.columns:
            if field.expression:
                values[field.name] = compile_value(field.expression)(row)
        return sentence_with_values(sentence, {name: self._shown(name, values[name]) for name in names})

    def _shown(self, name: str, value: object) -> LocalizedText:
        choices = self.context.scope.lists.get(self.block.field(name).list_name())
        code = value if isinstance(value, str) else ""
        if choices and code:
            return LocalizedText(choices.label_of(code, "zh"), choices.label_of(code, "en"))
        return untranslated(_value_text(value))


def _count_code(constraint: Constraint) -> str:
    """Return the code of a constraint that counts cells of a matrix, empty for another one."""
    counts = isinstance(constraint, RowConstraint) and constraint.code in ("not_exactly_one", "none_of")
    return constraint.code if counts and isinstance(constraint, RowConstraint) else ""


def _value_text(value: object) -> str:
    assert isinstance(value, str | float | int | date | None)
    return display_text(value)


MergedCells = Mapping[tuple[str, str], Sequence[Bounds]]
"""File and sheet -> ranges that were merged across columns: all their cells but the first are blank because of it."""


# Number of a file, a block of it, and a record of that.
_Source = tuple[int, BlockRows, int]


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
    for of_row in diagnostics:
        number, table, record = own = rows.source(of_row.position)
        other = None if of_row.also is None else rows.source(of_row.also)
        cell = table.cell(record, of_row.field)
        boxes = merged.get((files[number], table.sheet), ()) if merged else ()
        if of_row.diagnostic.code == "required_blank" and _is_covered(cell, boxes):
            continue
        facts = dict(of_row.diagnostic.facts)
        if other is not None:
            facts["other"] = _other_cell(own, other, of_row.field, files)
        location = Location(files[number], table.sheet, cell, name, of_row.field, labels[of_row.field])
        yield number, Finding(of_row.diagnostic.code, location, table.text(record, of_row.field), facts)


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
    names = list(names)
    for start, table in zip(rows.starts, rows.tables, strict=True):
        cells |= {(start + record, name) for record, name in table.unreadable}
        cells |= _of_missing_columns(start, table, names)
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


def _other_cell(own: _Source, other: _Source, field: str, files: Sequence[str]) -> LocalizedText:
    """Return the address of the other record that a diagnostic mentions, with its file where that differs."""
    number, table, record = other
    cell = table.cell(record, field)
    if number == own[0]:
        return untranslated(cell)
    file = files[number]
    return LocalizedText(f"《{file}》{table.sheet} {cell}", f"{file}, sheet {table.sheet}, {cell}")


def explain_missing_keys(returned: Return, blocks: Mapping[str, DataBlock]) -> Return:
    """Return a checked return whose rows without a key say why: the error at the key, else a finding of their own.

    Args:
        returned: The return, with all findings of its rows.
        blocks: Full name of each of its blocks -> the definition.
    """
    if not any(row.code == ROW_WITHOUT_KEY for row in returned.aside):
        return returned
    errors = {(f.location.sheet, f.location.cell): f.code for f in returned.findings if f.severity == Severity.ERROR}
    found = {(table.sheet, table.full_name): table.columns for table in returned.blocks}
    rows: list[AsideRow] = []
    more: list[Finding] = []
    for row in returned.aside:
        block = blocks.get(row.block)
        if row.code != ROW_WITHOUT_KEY or block is None:
            rows.append(row)
            continue
        fixed, col = returned.positions[row.sheet, row.block].get(block.key, (None, 0))
        cell = a1(row.row - 1 if fixed is None else fixed, col)
        # An ID that could not be read is reported at its cell; “has no ID” beside it would say less.
        code = errors.get((row.sheet, cell), ROW_WITHOUT_KEY)
        if code == ROW_WITHOUT_KEY and block.key in found.get((row.sheet, row.block), ()):
            label = block.label_of(block.key)
            more.append(Finding(ROW_WITHOUT_KEY, Location(row.file, row.sheet, cell, row.block, block.key, label)))
        rows.append(replace(row, code=code))
    return replace(returned, aside=tuple(rows), findings=(*returned.findings, *more))
