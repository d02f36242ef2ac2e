"""The checks of a block, asked row by row: for few rows, without loading pandas; what is found is the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from xlsflow.checks.constraints import (
    Demand,
    Limit,
    demands,
)
from xlsflow.checks.context import Context
from xlsflow.checks.violations import (
    Bench,
    Break,
    Skip,
    sources,
)
from xlsflow.model.returns import JoinedRows, RowDiagnostic
from xlsflow.template.expressions.evaluate_row import (
    Row,
    breaking,
    working_out,
)
from xlsflow.template.expressions.expression import (
    Unique,
    walk,
)
from xlsflow.template.model import DataBlock
from xlsflow.template.rules import Check


def check_rows(batch: JoinedRows, block: DataBlock, context: Context, skip: Skip) -> list[RowDiagnostic]:
    """Return every fault of a block's values; see `checks.frame.check`, which finds the same.

    Args:
        batch: The values.
        block: Their definition.
        context: What they are checked against.
        skip: Cells that could not be read.
    """
    asked = demands(block, context)
    rows = list(_rows(batch, block, context, asked))
    breaks: list[Break] = []
    for number, demand in enumerate(asked):
        if isinstance(demand, Limit):
            values = batch.values[demand.at]
            breaks.extend((number, place) for place, value in enumerate(values) if demand.diagnostic(value) is not None)
        else:
            is_broken = breaking(demand.must, demand.when)
            breaks.extend((number, place) for place, row in enumerate(rows) if is_broken(row))
    return Bench(batch, block, context, asked, skip).faults(breaks)


def _rows(batch: JoinedRows, block: DataBlock, context: Context, asked: Sequence[Demand]) -> Iterator[Row]:
    """Yield each record as what expressions are worked out against, computed fields worked out."""
    others = _repeated(batch, asked)
    formulas = [(field.name, working_out(field.expression)) for field in block.columns if field.expression]
    for position, file in enumerate(sources(batch)):
        values = {name: column[position] for name, column in batch.values.items()}
        row = Row(values, context.as_of, context.scope.settings, block.groups, others.get(file))
        for name, worked_out in formulas:
            values[name] = worked_out(row)
        yield row


def _repeated(batch: JoinedRows, asked: Sequence[Demand]) -> Mapping[int, Mapping[str, frozenset[object]]]:
    """Return file -> field -> values that stand in several rows of the file, for the fields that must be unique."""
    wanted = {
        part.field.field
        for check in asked
        if isinstance(check, Check)
        for side in (check.must, check.when)
        if side
        for part in walk(side)
        if isinstance(part, Unique)
    }
    repeated: dict[int, dict[str, frozenset[object]]] = {}
    for name in wanted & set(batch.values):
        for (file, value), times in Counter(zip(sources(batch), batch.values[name], strict=True)).items():
            if times > 1:
                held = repeated.setdefault(file, {})
                held[name] = held.get(name, frozenset()) | {value}
    return repeated
