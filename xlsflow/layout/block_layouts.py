"""Where things can lie on a sheet: spans of columns, cells of a form, tables, printed parts; all counted from 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xlsflow.i18n import LocalizedText
from xlsflow.template.printed_blocks import Paper


@dataclass(frozen=True, slots=True)
class ColumnSpan:
    """Columns from the first to the last, both included."""

    first: int
    last: int

    @property
    def single(self) -> bool:
        """Whether it is one column, so that nothing need be merged."""
        return self.first == self.last


@dataclass(frozen=True, slots=True)
class FormCell:
    """A field of a form: its label and, right of it, the cell to fill.

    Attributes:
        field: The field's name.
        row: Row of all its cells.
        label: Columns of the label.
        value: Columns of the cell to fill.
        boxes: Columns in which every value stands with a box to tick on paper, where there are such.
    """

    field: str
    row: int
    label: ColumnSpan
    value: ColumnSpan
    boxes: ColumnSpan | None = None


@dataclass(frozen=True, slots=True)
class FormLayout:
    """Where a form lies."""

    block: str
    title_row: int | None
    first_row: int
    last_row: int
    cells: tuple[FormCell, ...]

    @property
    def first(self) -> int:
        """The first row that it takes, its heading included."""
        return self.first_row if self.title_row is None else self.title_row

    def cell(self, name: str) -> FormCell:
        """Return a field's place."""
        return next(cell for cell in self.cells if cell.field == name)


@dataclass(frozen=True, slots=True)
class TableLayout:
    """Where a table or matrix lies: the hidden key row, the header under it, the rows to fill."""

    block: str
    title_row: int | None
    key_row: int
    header_row: int
    first_row: int
    last_row: int
    columns: Mapping[str, ColumnSpan]

    @property
    def first(self) -> int:
        """The first row that it takes, its heading included."""
        return self.key_row if self.title_row is None else self.title_row


@dataclass(frozen=True, slots=True)
class StaticLayout:
    """Where something lies that holds no data: text, signature boxes, contents, legend.

    Attributes:
        block: The block's name.
        title_row: Its heading.
        rows: Row of each line.
        spans: Columns of each cell of a line.
        words: What is printed, in reading order (signers of boxes, paragraphs of a text).
    """

    block: str
    title_row: int | None
    rows: tuple[int, ...]
    spans: tuple[ColumnSpan, ...]
    words: tuple[LocalizedText, ...] = ()

    @property
    def first(self) -> int:
        """The first row that it takes, its heading included."""
        return self.rows[0] if self.title_row is None else self.title_row

    @property
    def last_row(self) -> int:
        """The last row that it takes."""
        return self.rows[-1]


BlockLayout = FormLayout | TableLayout | StaticLayout


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """Where everything on one sheet lies.

    Attributes:
        widths: Column widths in characters.
        block_layouts: One a block, in order.
        last_row: The last row that anything stands in.
        frozen: Rows and columns above and left of which nothing scrolls; (0, 0) where nothing is frozen.
        printed_col: The last column on the printed page; columns that are not printed stand behind it.
        by_block: Name of a block -> its place.
        paper: The paper that it is printed on: the definition's, or larger where the project has too many columns.
        upright: Fields whose headers are written from bottom to top, or Chinese from top to bottom.
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
        """Return where a table or matrix lies."""
        place = self.by_block[block]
        if not isinstance(place, TableLayout):
            raise TypeError(block)
        return place

    def form(self, block: str) -> FormLayout:
        """Return where a form lies."""
        place = self.by_block[block]
        if not isinstance(place, FormLayout):
            raise TypeError(block)
        return place


def divide(widths: Sequence[float], weights: Sequence[float]) -> tuple[ColumnSpan, ...]:
    """Return grid columns shared out among parts, as nearly by weight as whole columns allow, at least one each.

    >>> divide([10, 10, 10, 10], [1, 3])
    (Span(first=0, last=0), Span(first=1, last=3))
    """
    parts, columns = len(weights), len(widths)
    if parts > columns:
        raise ValueError(f"{parts} parts do not fit on {columns} columns")
    scale = sum(widths) / sum(weights)
    # The best way to share the first columns among the parts so far: how many columns -> (how bad, where parts end).
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for part, weight in enumerate(weights):
        after: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, (bad, ends) in best.items():
            for end in range(start + 1, columns - (parts - part - 1) + 1):
                worse = bad + _misfit_penalty(sum(widths[start:end]), weight * scale)
                if end not in after or worse < after[end][0]:
                    after[end] = worse, (*ends, end)
        best = after
    ends = best[columns][1]
    return tuple(ColumnSpan(start, end - 1) for start, end in zip((0, *ends), ends, strict=False))


def _misfit_penalty(given: float, wanted: float) -> float:
    """Return how bad it is that a part gets another width than it wants: too little is worse than too much."""
    short = (wanted - given) / wanted
    return (3 * short if short > 0 else short) ** 2
