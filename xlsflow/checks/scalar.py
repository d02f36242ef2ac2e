"""The checks of a block, asked row by row: for few rows, without loading pandas; what is found is the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from xlsflow.checks.constraints import (
    Constraint,
    ValueConstraint,
    constraints_of,
)
from xlsflow.checks.context import CheckContext
from xlsflow.checks.violations import (
    DiagnosticBuilder,
    UnreadCells,
    Violation,
    file_numbers,
)
from xlsflow.model.records import (
    Batch,
    RowDiagnostic,
)
from xlsflow.template.expressions.evaluate_row import (
    RowContext,
    compile_value,
    compile_violation,
)
from xlsflow.template.expressions.expression import (
    Unique,
    walk_expression,
)
from xlsflow.template.model import DataBlock
from xlsflow.template.rules import RowConstraint


def check_rows(batch: Batch, block: DataBlock, context: CheckContext, skip: UnreadCells) -> list[RowDiagnostic]:
    """Return every fault of a block's values; see `checks.frame.check`, which finds the same.

    Args:
        batch: The values.
        block: Their definition.
        context: What they are checked against.
        skip: Cells that could not be read.
    """
    asked = constraints_of(block, context)
    rows = list(_row_contexts(batch, block, context, asked))
    breaks: list[Violation] = []
    for number, demand in enumerate(asked):
        if isinstance(demand, ValueConstraint):
            values = batch.values[demand.at]
            breaks.extend((number, place) for place, value in enumerate(values) if demand.diagnostic(value) is not None)
        else:
            is_broken = compile_violation(demand.must, demand.when)
            breaks.extend((number, place) for place, row in enumerate(rows) if is_broken(row))
    return DiagnosticBuilder(batch, block, context, asked, skip).faults(breaks)


def _row_contexts(
    batch: Batch, block: DataBlock, context: CheckContext, asked: Sequence[Constraint]
) -> Iterator[RowContext]:
    """Yield each record as what expressions are worked out against, computed fields worked out."""
    others = _repeated_values(batch, asked)
    formulas = [(field.name, compile_value(field.expression)) for field in block.columns if field.expression]
    for position, file in enumerate(file_numbers(batch)):
        values = {name: column[position] for name, column in batch.values.items()}
        row = RowContext(values, context.as_of, context.scope.settings, block.groups, others.get(file))
        for name, worked_out in formulas:
            values[name] = worked_out(row)
        yield row


def _repeated_values(batch: Batch, asked: Sequence[Constraint]) -> Mapping[int, Mapping[str, frozenset[object]]]:
    """Return file -> field -> values that stand in several rows of the file, for the fields that must be unique."""
    wanted = {
        part.field.field
        for check in asked
        if isinstance(check, RowConstraint)
        for side in (check.must, check.when)
        if side
        for part in walk_expression(side)
        if isinstance(part, Unique)
    }
    repeated: dict[int, dict[str, frozenset[object]]] = {}
    for name in wanted & set(batch.values):
        for (file, value), times in Counter(zip(file_numbers(batch), batch.values[name], strict=True)).items():
            if times > 1:
                held = repeated.setdefault(file, {})
                held[name] = held.get(name, frozenset()) | {value}
    return repeated
