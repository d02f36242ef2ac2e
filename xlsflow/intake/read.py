"""Placed blocks -> raw tables -> batches of values: one column at a time, over all files."""

from __future__ import annotations

from collections.abc import Sequence

from xlsflow.cells import Scalar
from xlsflow.intake.recognise import PlacedBlock
from xlsflow.records import Batch, Fault, RawTable
from xlsflow.template.kinds import Scope
from xlsflow.template.kinds.base import BLANKS
from xlsflow.template.model import DataBlock


def raw_table(placed: PlacedBlock, file: int) -> RawTable:
    """Return the used rows of a placed block as raw columns; a form is one row, used where any of its fields is."""
    found = _form_columns(placed) if not placed.block.many else _table_columns(placed)
    columns, rows, seen = found
    makes_row = [columns[f.name] for f in placed.block.columns if f.makes_row and f.name in columns]
    used = [i for i in range(len(rows)) if any(_filled(column[i]) for column in makes_row)]
    if len(used) < len(rows):
        columns = {name: [column[i] for i in used] for name, column in columns.items()}
    return RawTable(
        file=file,
        sheet=placed.grid.name,
        template=placed.template.name,
        block=placed.block.name,
        rows=[rows[i] for i in used],
        columns=columns,
        places=dict(placed.columns),
        seen=seen,
        blank=seen - len(used),
    )


Columns = tuple[dict[str, list[Scalar]], list[int], int]


def _table_columns(placed: PlacedBlock) -> Columns:
    """Return the columns between the header and the last row in which a declared field holds anything."""
    grid = placed.grid
    first = max(placed.first_row - grid.top, 0)
    lines = grid.rows[first : max(placed.end_row - grid.top, first)]
    width = min(map(len, lines), default=0)
    columns: dict[str, list[Scalar]] = {}
    for name, (_, col) in placed.columns.items():
        here = col - grid.left
        if 0 <= here < width:
            columns[name] = [line[here] for line in lines]
        else:  # rows of a sheet with a stray cell far away end each at its own last cell
            columns[name] = [line[here] if 0 <= here < len(line) else None for line in lines]
    makers = [columns[f.name] for f in placed.block.columns if f.makes_row and f.name in columns]
    last = max((_last(column) for column in makers), default=-1)
    columns = {name: column[: last + 1] for name, column in columns.items()}
    top = grid.top + first
    return columns, list(range(top, top + last + 1)), last + 1


def _last(column: Sequence[Scalar]) -> int:
    for number in range(len(column) - 1, -1, -1):
        if _filled(column[number]):
            return number
    return -1


def _form_columns(placed: PlacedBlock) -> Columns:
    columns: dict[str, list[Scalar]] = {
        name: [placed.grid.at(0 if row is None else row, col)] for name, (row, col) in placed.columns.items()
    }
    return columns, [placed.first_row], 1


def _filled(value: Scalar) -> bool:
    return value is not None and (value.__class__ is not str or bool(value.strip(BLANKS)))  # type: ignore[union-attr]


def gather(tables: Sequence[RawTable], block: DataBlock, scope: Scope) -> tuple[Batch, list[Fault]]:
    """Return one block of all returns as a batch of values, and what is to be said of single cells.

    Args:
        tables: The raw tables of that block, in the order of the files.
        block: Its definition.
        scope: The project's lists and figures.
    """
    used = [table for table in tables if table.rows]
    starts: list[int] = []
    total = 0
    for table in used:
        starts.append(total)
        total += len(table.rows)
    values: dict[str, list[object]] = {}
    raws: dict[str, list[Scalar]] = {}
    faults: list[Fault] = []
    for field in block.columns:
        column: list[Scalar] = []
        for table in used:
            column.extend(table.columns.get(field.name) or [None] * len(table.rows))
        raws[field.name] = column
        values[field.name], problems = field.read_column(column, scope)
        faults.extend(Fault(position, field.name, problem) for position, problem in problems.items())
    template = tables[0].template if tables else ""
    return Batch(template, block.name, values, raws, used, starts), faults

