"""Counts who bears which responsibilities in the matrices of a book, and finds tasks that lack one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from xlsflow.model.consolidated_book import ORIGIN
from xlsflow.reports.figures.columns import column_values
from xlsflow.template.model import MatrixBlock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xlsflow.reports.inputs import ReportInputs

# A cell may hold two responsibilities.
_BETWEEN = "/"
# Tone of a choice that needs attention.
_ALARM = "overdue"


def matrices(inputs: ReportInputs) -> Mapping[str, MatrixBlock]:
    """Return the matrices with rows in the data, by their full name."""
    blocks = {name: block for name, (_, block) in inputs.blocks.items() if isinstance(block, MatrixBlock)}
    return {name: block for name, block in blocks.items() if len(inputs.book.tables[name])}


def responsibilities(inputs: ReportInputs) -> tuple[str, ...]:
    """Return the single responsibilities that the cells of the matrices are made of, in the order of their list."""
    codes = (choice.code for block in matrices(inputs).values() for choice in inputs.scope.lists[block.of].values)  # noqa: PD011 - no frame
    return tuple(dict.fromkeys(letter for code in codes for letter in code.split(_BETWEEN)))


def responsibility_load(inputs: ReportInputs) -> pd.DataFrame:
    """Return one row for each column of the matrices: how often it has each responsibility, most loaded first.

    Columns: `block`, `field` (the column), one count for each responsibility, `total`.
    """
    letters = responsibilities(inputs)
    rows = []
    for name, block in matrices(inputs).items():
        table = inputs.book.tables[name]
        for field in block.cell_fields:
            if field.name in table.columns:
                counts = Counter(letter for code in column_values(table[field.name]) for letter in _letters(code))
                rows.append((name, field.name, *(counts[letter] for letter in letters), sum(counts.values())))
    frame = pd.DataFrame(rows, columns=["block", "field", *letters, "total"])
    # By what is first in the list, which is who does the work; equal ones keep the order of the project.
    return frame.sort_values([*letters[:1], "total"], ascending=False, kind="stable", ignore_index=True)


def _letters(code: object) -> tuple[str, ...]:
    return tuple(code.split(_BETWEEN)) if isinstance(code, str) else ()


def responsibility_gaps(inputs: ReportInputs) -> pd.DataFrame:
    """Return the rows of matrices of which a computed field says that something is missing or too much.

    Columns: `block`, `field` and `code` (the computed field and its code), `title`, `region`, `file`, `sheet`, `row`.
    """
    lines = [line for name, block in matrices(inputs).items() for line in _gaps(inputs, name, block)]
    return pd.DataFrame(lines, columns=["block", "field", "code", "title", "region", "file", "sheet", "row"])


def _gaps(inputs: ReportInputs, name: str, block: MatrixBlock) -> Iterator[tuple[object, ...]]:
    table = inputs.book.tables[name]
    origin = [column_values(table[column]) for column in (block.key, ORIGIN[3], *ORIGIN[:3])]
    for field in block.after:
        if field.computed and field.list_name() and field.name in table.columns:
            choices = inputs.scope.lists[field.list_name()].values  # noqa: PD011 - no frame
            # A list says of each result whether it is as it should be.
            wrong = {choice.code for choice in choices if choice.tone == _ALARM}
            lines = zip(column_values(table[field.name]), *origin, strict=True)
            yield from ((name, field.name, *line) for line in lines if line[0] in wrong)
