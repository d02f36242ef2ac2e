"""WHERE each thing lies on a sheet: template -> layout. Pure; the writer puts cells there, the reader looks for them there first.

Rows and columns are 0-based. A sheet opens with three bands (title, facts of the round, hint); its blocks follow from top to bottom. A sheet
with one table has exactly the table's columns. Where several blocks are stacked, the table with the most columns gives the grid and the
others are laid over it, a field spanning one or more grid columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xlsflow.template.kinds import FieldBase, Scope
from xlsflow.template.model import (
    ContentsBlock,
    DataBlock,
    FormBlock,
    LegendBlock,
    MatrixBlock,
    SignaturesBlock,
    TableBlock,
    Template,
    TextBlock,
)
from xlsflow.words import Lang, Words

TITLE_ROW, FACTS_ROW, HINT_ROW = 0, 1, 2
FIRST_BLOCK_ROW = 3
LABEL_WIDTH = 15.5
TICKED_WIDTH = 11.0
"""Room for the value beside which a form shows boxes to tick."""
PORTRAIT_WIDTH = 96.0
"""Characters of the body font across an A4 portrait page at full scale (707 px, 7 px a character, 5 px a column)."""
SIGNATURES_IN_LINE = 3
CONTENTS_WEIGHTS = (1.1, 2.2, 1.1, 1.4)
LEGEND_CELLS = 4
FROZEN_FIELDS = 2


@dataclass(frozen=True, slots=True)
class Span:
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
    label: Span
    value: Span
    boxes: Span | None = None


@dataclass(frozen=True, slots=True)
class FormPlace:
    """Where a form lies."""

    block: str
    title_row: int | None
    first_row: int
    last_row: int
    cells: tuple[FormCell, ...]

    def cell(self, name: str) -> FormCell:
        """Return a field's place."""
        return next(cell for cell in self.cells if cell.field == name)


@dataclass(frozen=True, slots=True)
class TablePlace:
    """Where a table or matrix lies: the hidden key row, the header under it, the rows to fill."""

    block: str
    title_row: int | None
    key_row: int
    header_row: int
    first_row: int
    last_row: int
    columns: Mapping[str, Span]


@dataclass(frozen=True, slots=True)
class PrintedPlace:
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
    spans: tuple[Span, ...]
    words: tuple[Words, ...] = ()


Place = FormPlace | TablePlace | PrintedPlace


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """Where everything on one sheet lies.

    Attributes:
        widths: Column widths in characters.
        places: One a block, in order.
        last_row: The last row that anything stands in.
        frozen: Rows and columns above and left of which nothing scrolls; (0, 0) where nothing is frozen.
        printed_col: The last column on the printed page; columns that are not printed stand behind it.
        by_block: Name of a block -> its place.
    """

    widths: tuple[float, ...]
    places: tuple[Place, ...]
    last_row: int
    frozen: tuple[int, int] = (0, 0)
    printed_col: int = 0
    by_block: Mapping[str, Place] = field(default_factory=dict)

    @property
    def last_col(self) -> int:
        """The last column."""
        return len(self.widths) - 1

    def table(self, block: str) -> TablePlace:
        """Return where a table or matrix lies."""
        place = self.by_block[block]
        if not isinstance(place, TablePlace):
            raise TypeError(block)
        return place

    def form(self, block: str) -> FormPlace:
        """Return where a form lies."""
        place = self.by_block[block]
        if not isinstance(place, FormPlace):
            raise TypeError(block)
        return place


@dataclass(frozen=True, slots=True)
class Room:
    """How much room variable things need.

    Attributes:
        rows: Full block name is not needed here: block name -> rows, where they differ from the definition's (prefilled sheets).
        contents: Lines of the list of contents.
        region: Code of the region, which stands in the ids of numbered rows.
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    contents: int = 0
    region: str = ""


def lay_out(template: Template, lang: Lang, scope: Scope, room: Room | None = None) -> SheetLayout:
    """Return where each thing of a sheet lies.

    Args:
        template: The sheet's definition, resolved (the project's columns in place).
        lang: The language it is written in; widths differ.
        scope: The project's lists, for signatures of every region.
        room: Rows that differ from the definition.
    """
    room = room or Room()
    widths = _grid(template, lang)
    lone = len(template.data) == 1 and len(template.blocks) == 1 and template.data[0].many
    row = FIRST_BLOCK_ROW
    places: list[Place] = []
    for block in template.blocks:
        title_row = None
        if block.title is not None and not lone:
            title_row, row = row, row + 1
        place, row = _place(block, title_row, row, widths, lang, scope, room)
        places.append(place)
        row += 0 if lone else 1
    last_row = row - (1 if lone else 2)
    frozen = (0, 0)
    first = places[0]
    if lone and isinstance(first, TablePlace):
        frozen = (first.first_row, 2)
    return SheetLayout(tuple(widths), tuple(places), last_row, frozen, {place.block: place for place in places})


def _grid(template: Template, lang: Lang) -> list[float]:
    """Return the widths of the sheet's columns."""
    tables = [block for block in template.data if block.many]
    if tables:
        widest = max(tables, key=lambda block: len(block.columns))
        widths = [column.room(lang) for column in widest.columns]
        return widths if len(widths) > 3 else _stretched(widths)  # noqa: PLR2004 - too few for a form beside it
    pairs = max((block.pairs for block in template.data if isinstance(block, FormBlock)), default=2)
    value = PORTRAIT_WIDTH / pairs - LABEL_WIDTH
    return [LABEL_WIDTH, value] * pairs


def _stretched(widths: Sequence[float]) -> list[float]:
    """Return each column as two halves, so that narrow tables give a grid that a form can lie on."""
    return [half for width in widths for half in (width / 2, width / 2)]


def _place(  # noqa: PLR0913 - one step of lay_out, which holds these in hand
    block: object, title_row: int | None, row: int, widths: list[float], lang: Lang, scope: Scope, room: Room
) -> tuple[Place, int]:
    """Return a block's place, and the row behind it."""
    if isinstance(block, FormBlock):
        return _form(block, title_row, row, widths)
    if isinstance(block, TableBlock | MatrixBlock):
        spans = divide(widths, [column.room(lang) for column in block.columns])
        columns = {column.name: span for column, span in zip(block.columns, spans, strict=True)}
        last = row + 1 + room.rows.get(block.name, block.rows)
        return TablePlace(block.name, title_row, row, row + 1, row + 2, last, columns), last + 1
    whole = Span(0, len(widths) - 1)
    if isinstance(block, TextBlock):
        rows = tuple(range(row, row + len(block.lines)))
        spans = divide(widths, (1, 6)) if block.steps else (whole,)
        return PrintedPlace(block.name, title_row, rows, spans, block.lines), rows[-1] + 1
    if isinstance(block, SignaturesBlock):
        named = scope.lists[block.per].values if block.per else ()
        signers = (*block.parties, *(choice.label for choice in named))
        lines = -(-len(signers) // SIGNATURES_IN_LINE)
        rows = tuple(range(row, row + 2 * lines))  # who signs, and the line to sign on
        return PrintedPlace(block.name, title_row, rows, divide(widths, (1,) * SIGNATURES_IN_LINE), signers), rows[-1] + 1
    if isinstance(block, ContentsBlock):
        rows = tuple(range(row, row + 1 + room.contents))
        return PrintedPlace(block.name, title_row, rows, divide(widths, CONTENTS_WEIGHTS)), rows[-1] + 1
    assert isinstance(block, LegendBlock)  # noqa: S101 - the last of the block types
    return PrintedPlace(block.name, title_row, (row, row + 1), divide(widths, (1,) * LEGEND_CELLS)), row + 2


def _form(block: FormBlock, title_row: int | None, row: int, widths: list[float]) -> tuple[FormPlace, int]:
    pairs = max(1, min(block.pairs, len(widths) // 2))
    spans = divide(widths, [LABEL_WIDTH, sum(widths) / pairs - LABEL_WIDTH] * pairs)
    cells: list[FormCell] = []
    line: list[FieldBase] = []
    last = len(widths) - 1

    def close() -> None:
        """Put a line down; its last field takes what is left of it."""
        nonlocal row
        for place, one in enumerate(line):
            value = spans[2 * place + 1]
            end = last if place == len(line) - 1 else value.last
            cells.append(FormCell(one.name, row, spans[2 * place], Span(value.first, end)))
        row += bool(line)
        line.clear()

    first = row
    for one in block.columns:
        if one.full:
            close()
        line.append(one)
        if one.full or len(line) == pairs:
            close()
    close()
    return FormPlace(block.name, title_row, first, row - 1, tuple(cells)), row


def divide(widths: Sequence[float], weights: Sequence[float]) -> tuple[Span, ...]:
    """Return grid columns shared out among parts, as nearly by weight as whole columns allow, at least one each.

    >>> divide([10, 10, 10, 10], [1, 3])
    (Span(first=0, last=0), Span(first=1, last=3))
    """
    parts, columns = len(weights), len(widths)
    if parts > columns:
        raise ValueError(f"{parts} parts do not fit on {columns} columns")
    edges = [0.0]
    for width in widths:
        edges.append(edges[-1] + width)
    scale = edges[-1] / sum(weights)
    spans: list[Span] = []
    first, wanted = 0, 0.0
    for part, weight in enumerate(weights):
        wanted += weight * scale
        most = columns - (parts - part - 1)  # leave a column for each part to come
        end = min(range(first + 1, most + 1), key=lambda e: abs(edges[e] - wanted))
        end = columns if part == parts - 1 else end
        spans.append(Span(first, end - 1))
        first = end
    return tuple(spans)


def data_places(template: Template, layout: SheetLayout) -> list[tuple[DataBlock, FormPlace | TablePlace]]:
    """Return each block that holds data with its place."""
    found: list[tuple[DataBlock, FormPlace | TablePlace]] = []
    for block in template.data:
        place = layout.by_block[block.name]
        if not isinstance(place, PrintedPlace):
            found.append((block, place))
    return found
