"""Positions on a sheet: column spans, form cells, layouts of blocks and sheets. Rows and columns count from 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xlsflow.i18n import LocalizedText
from xlsflow.template.printed_blocks import Paper


@dataclass(frozen=True, slots=True)
class ColumnSpan:
    """A range of columns, both ends included."""

    first: int
    last: int

    @property
    def single(self) -> bool:
        """Whether it is one column, which needs no merged cells."""
        return self.first == self.last


@dataclass(frozen=True, slots=True)
class FormCell:
    """Position of a form field: its label, and the input cell to the right of it.

    Attributes:
        field: Name of the field.
        row: Row of label and input cell.
        label: Columns of the label.
        value: Columns of the input cell.
        boxes: Columns of the checkboxes, None if the field has none.
    """

    field: str
    row: int
    label: ColumnSpan
    value: ColumnSpan
    boxes: ColumnSpan | None = None


@dataclass(frozen=True, slots=True)
class FormLayout:
    """Layout of a form."""

    block: str
    title_row: int | None
    first_row: int
    last_row: int
    cells: tuple[FormCell, ...]

    @property
    def first(self) -> int:
        """The first row of the block, its heading included."""
        return self.first_row if self.title_row is None else self.title_row

    @property
    def box_widths(self) -> Mapping[str, int]:
        """Field -> number of columns of its input cell."""
        return {cell.field: cell.value.last - cell.value.first + 1 for cell in self.cells}

    def cell(self, name: str) -> FormCell:
        """Return the position of a field."""
        return next(cell for cell in self.cells if cell.field == name)


@dataclass(frozen=True, slots=True)
class TableLayout:
    """Layout of a table or matrix: the hidden key row, the header below it, the input rows."""

    block: str
    title_row: int | None
    key_row: int
    header_row: int
    first_row: int
    last_row: int
    columns: Mapping[str, ColumnSpan]

    @property
    def first(self) -> int:
        """The first row of the block, its heading included."""
        return self.key_row if self.title_row is None else self.title_row


@dataclass(frozen=True, slots=True)
class StaticLayout:
    """Layout of a block without data: text, signature boxes, table of contents, legend.

    Attributes:
        block: Name of the block.
        title_row: Row of its heading, None if it has none.
        rows: Row of each line.
        spans: Columns of each cell of a line.
        texts: Its texts in reading order (signers, paragraphs).
    """

    block: str
    title_row: int | None
    rows: tuple[int, ...]
    spans: tuple[ColumnSpan, ...]
    texts: tuple[LocalizedText, ...] = ()

    @property
    def first(self) -> int:
        """The first row of the block, its heading included."""
        return self.rows[0] if self.title_row is None else self.title_row

    @property
    def last_row(self) -> int:
        """The last row of the block."""
        return self.rows[-1]


BlockLayout = FormLayout | TableLayout | StaticLayout


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """Layout of one sheet.

    Attributes:
        widths: Column widths in characters.
        block_layouts: Layouts of the blocks, in order.
        last_row: The last row with content.
        frozen: Number of frozen rows and columns; (0, 0) if nothing is frozen.
        printed_col: The last column on the printed page; columns that are not printed are to the right of it.
        by_block: Block name -> its layout.
        paper: Paper size: that of the definition, or larger if the project has too many columns for it.
        upright: Fields with vertical headers: rotated for English, stacked for Chinese.
    """

    widths: tuple[float, ...]
    block_layouts: tuple[BlockLayout, ...]
    last_row: int
    frozen: tuple[int, int] = (0, 0)
    printed_col: int = 0
    by_block: Mapping[str, BlockLayout] = field(default_factory=dict)
    paper: Paper = "A4"
    upright: frozenset[str] = frozenset()

    @property
    def last_col(self) -> int:
        """The last column."""
        return len(self.widths) - 1

    def table(self, block: str) -> TableLayout:
        """Return the layout of a table or matrix."""
        layout = self.by_block[block]
        if not isinstance(layout, TableLayout):
            raise TypeError(block)
        return layout

    def form(self, block: str) -> FormLayout:
        """Return the layout of a form."""
        layout = self.by_block[block]
        if not isinstance(layout, FormLayout):
            raise TypeError(block)
        return layout


def divide(widths: Sequence[float], weights: Sequence[float]) -> tuple[ColumnSpan, ...]:
    """Divide grid columns among parts in proportion to their weights, at least one column each.

    The division with the lowest total penalty is found by dynamic programming over columns and parts.

    >>> divide([10, 10, 10, 10], [1, 3])
    (ColumnSpan(first=0, last=0), ColumnSpan(first=1, last=3))
    """
    parts, columns = len(weights), len(widths)
    if parts > columns:
        raise ValueError(f"{parts} parts do not fit on {columns} columns")
    scale = sum(widths) / sum(weights)
    # Number of columns used by the parts so far -> lowest penalty, and the end column of each part.
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for part, weight in enumerate(weights):
        extended: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, (penalty, ends) in best.items():
            # At least one column is left for each remaining part.
            for end in range(start + 1, columns - (parts - part - 1) + 1):
                total = penalty + _misfit_penalty(sum(widths[start:end]), weight * scale)
                if end not in extended or total < extended[end][0]:
                    extended[end] = total, (*ends, end)
        best = extended
    ends = best[columns][1]
    return tuple(ColumnSpan(start, end - 1) for start, end in zip((0, *ends), ends, strict=False))


def _misfit_penalty(width: float, requested: float) -> float:
    """Return the penalty for a part whose width differs from the requested one; too narrow costs more than too wide."""
    shortfall = (requested - width) / requested
    # Squared, so that many parts a little off cost less than one that is far off.
    return (3 * shortfall if shortfall > 0 else shortfall) ** 2
