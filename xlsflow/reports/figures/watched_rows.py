"""Finds out which rows without a status of their own are open: actions, requirements, plans, proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.reports.figures.columns import column_values
from xlsflow.template.expressions.evaluate_row import RowContext, compile_violation
from xlsflow.template.expressions.expression import Not, Ref, parse_expression, walk_expression
from xlsflow.template.model import TableBlock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from xlsflow.reports.inputs import ReportInputs
    from xlsflow.template.tracking import Watch


def row_conditions(text: str, table: pd.DataFrame, settings: Mapping[str, float]) -> Sequence[bool | None]:
    """Return whether a condition holds for each row; None where a blank leaves it open.

    Args:
        text: The condition.
        table: The rows.
        settings: The settings of the pack.
    """
    expr = parse_expression(text)
    names = sorted({part.field for part in walk_expression(expr) if isinstance(part, Ref)} & {*table.columns})
    holds, fails = compile_violation(Not(expr), None), compile_violation(expr, None)
    if not names:
        return [None] * len(table)
    found: list[bool | None] = []
    for values in zip(*(column_values(table[name]) for name in names), strict=True):
        row = RowContext(dict(zip(names, values, strict=True)), None, settings)
        found.append(True if holds(row) else False if fails(row) else None)
    return found


def watched_groups(inputs: ReportInputs, name: str, watch: Watch) -> Sequence[str]:
    """Return the group of each row of a block: `active`, `done`, or `dropped` where it is no item of its own.

    Args:
        inputs: What the report is made from.
        name: Full name of the block.
        watch: Which fields say what is open.
    """
    table = inputs.book.tables[name]
    block = inputs.blocks[name][1]
    closed = row_conditions(watch.closed, table, inputs.scope.settings) if watch.closed else [None] * len(table)
    elsewhere = _named_keys(inputs, watch.followed_by)
    over = _finished_keys(inputs, block.field(watch.closes_with).to) if watch.closes_with else frozenset()
    keys = column_values(table[block.key]) if block.key else [None] * len(table)
    refers = column_values(table[watch.closes_with]) if watch.closes_with in table.columns else [None] * len(table)
    said = zip(*(column_values(table[field]) for field in (watch.title, watch.due)), strict=True)
    groups: list[str] = []
    for key, reference, is_closed, (title, due) in zip(keys, refers, closed, said, strict=True):
        if (title is None and due is None) or (key is not None and key in elsewhere):
            groups.append("dropped")
        else:
            groups.append("done" if is_closed or reference in over else "active")
    return groups


def _named_keys(inputs: ReportInputs, field: str) -> frozenset[object]:
    """Return the values of a field of another block."""
    name, _, column = field.rpartition(".")
    table = inputs.book.tables.get(name)
    return frozenset(column_values(table[column])) - {None} if table is not None and column in table else frozenset()


def _finished_keys(inputs: ReportInputs, to: str) -> frozenset[object]:
    """Return the keys of the tracked items of a block that are finished or cancelled."""
    name, _, column = to.rpartition(".")
    if name not in inputs.blocks:
        return frozenset()
    block, table = inputs.blocks[name][1], inputs.book.tables[name]
    follow = block.follow if isinstance(block, TableBlock) else None
    if follow is None or column not in table.columns:
        return frozenset()
    is_over = table[follow.status].isin([*follow.done, *follow.dropped])
    return frozenset(column_values(table[column][is_over]))
