"""Computes the layout of a sheet from its template.

The writer puts cells at these positions, the reader looks for them there first. A sheet begins with three bands (title,
facts of the round, hint), followed by its blocks from top to bottom. A sheet that is a single table has exactly the
table's columns, with unprinted ones to the right. On a sheet of several blocks, the table with the most columns defines
the grid, and fields of other blocks span one or more grid columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xlsflow.i18n import Lang, LocalizedText, untranslated
from xlsflow.layout.block_layouts import (
    BlockLayout,
    ColumnSpan,
    FormCell,
    FormLayout,
    SheetLayout,
    StaticLayout,
    TableLayout,
    divide,
)
from xlsflow.layout.form import LABEL_WIDTH, form_grid, lay_out_form
from xlsflow.layout.widths import combined_request, fit_for_paper, requested_width, turned_request
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
from xlsflow.template.printed_blocks import Paper

TITLE_ROW, FACTS_ROW, HINT_ROW = 0, 1, 2
FIRST_BLOCK_ROW = 3
_SIGNATURES_PER_LINE = 3
_CONTENTS_WEIGHTS = (16.2, 34.0, 17.0, 34.0)
_LEGEND_CELLS = 6
_FROZEN_FIELDS = 2
# Region code of typical width, used instead of the region's own on sheets of several blocks.
#
# There cell positions depend on column widths, and a return is recognised before its region is known.
_TYPICAL_REGION_CODE = "HW"
# Number of signature boxes beside those of the parties, if a project list is too long for one box each.
_OPEN_SIGNATURE_BOXES = 6
OPEN_SIGNER = untranslated("")
"""Signer of an open box: the unit is written by hand."""
OWN_REGION_SIGNER = LocalizedText("本区域", "This region")
"""Signer of the region's own box, which is at the same position in the workbook of every region."""
ROW_MARK_HEADER, ROW_MARK_SIGNS = LocalizedText("检查", "Check"), ("●", "▲", "◆")
"""Header of the column with check marks beside the rows of a table, and the first character of each mark."""
# A grid of no more columns than this is too coarse for the other blocks, so each column is halved.
_COARSE_GRID_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class LayoutSizes:
    """Sizes that vary between workbooks of one template.

    Attributes:
        rows: Block name -> number of rows, where it differs from the definition (prefilled sheets).
        contents: Number of lines in the table of contents.
        region: Code of the region, which is part of the ids of numbered rows.
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    contents: int = 0
    region: str = ""


@dataclass(frozen=True, slots=True)
class _Grid:
    """The columns of a sheet, and what the layout of its blocks depends on."""

    template: Template
    lang: Lang
    scope: Scope
    sizes: LayoutSizes
    is_single_table: bool
    widths: Sequence[float]
    printed_col: int
    paper: Paper = "A4"
    upright: frozenset[str] = frozenset()


def lay_out(template: Template, lang: Lang, scope: Scope, sizes: LayoutSizes | None = None) -> SheetLayout:
    """Return the layout of a sheet.

    Args:
        template: The sheet's definition with project columns in place.
        lang: Language of the sheet, on which column widths depend.
        scope: The project's lists.
        sizes: Sizes that differ from the definition.
    """
    grid = _grid(template, lang, scope, sizes or LayoutSizes())
    row = FIRST_BLOCK_ROW
    layouts: list[BlockLayout] = []
    for block in template.blocks:
        title_row = None
        # A single table needs no heading below the sheet's title.
        if block.title is not None and not grid.is_single_table:
            title_row, row = row, row + 1
        layout, row = _lay_out_block(block, title_row, row, grid)
        layouts.append(layout)
        row += 0 if grid.is_single_table else 1  # a blank row between blocks
    # `row` is behind the last block, and on a sheet of several blocks behind the blank row after it.
    last_row = row - (1 if grid.is_single_table else 2)
    widths, frozen = tuple(grid.widths), _frozen_cells(grid, layouts)
    by_block = {layout.block: layout for layout in layouts}
    return SheetLayout(widths, tuple(layouts), last_row, frozen, grid.printed_col, by_block, grid.paper, grid.upright)


def _grid(template: Template, lang: Lang, scope: Scope, sizes: LayoutSizes) -> _Grid:
    """Return the sheet's columns: those of the table with the most columns, or of its forms."""
    is_single_table = len(template.blocks) == 1 and len(template.data) == 1 and template.data[0].has_rows
    tables = [block for block in template.data if block.has_rows]
    if not tables:
        forms = [block for block in template.data if isinstance(block, FormBlock)]
        widths = form_grid(forms, lang, scope)
        return _Grid(template, lang, scope, sizes, is_single_table, widths, len(widths) - 1, template.print.paper)
    # All tables with the most columns share the grid, so each column is as wide as any of them requests.
    most = max(len(block.columns) for block in tables)
    region = sizes.region if is_single_table and sizes.region else _TYPICAL_REGION_CODE
    widest = [_left_to_right(block, is_single_table) for block in tables if len(block.columns) == most]
    fields = widest[0]
    requests = [
        combined_request([requested_width(field, lang, scope, region) for field in column])
        for column in zip(*widest, strict=True)
    ]
    printed = [field for field in fields if field.printed or not is_single_table] or fields
    # Headers turn only there: on a sheet of several blocks other fields lie above and below these columns.
    cells = _project_columns(tables[0]) if is_single_table else frozenset()
    narrow = [
        turned_request(request) if field.name in cells else request
        for request, field in zip(requests[: len(printed)], fields, strict=False)
    ]
    page = fit_for_paper(requests[: len(printed)], narrow, template.print)
    widths = [*page.widths, *(request.width for request in requests[len(printed) :])]
    while not is_single_table and len(widths) <= _COARSE_GRID_COLUMNS:
        widths = [half for width in widths for half in (width / 2, width / 2)]
    last = (len(printed) if is_single_table else len(widths)) - 1
    return _Grid(
        template, lang, scope, sizes, is_single_table, widths, last, page.paper, cells if page.upright else frozenset()
    )


def _project_columns(block: DataBlock) -> frozenset[str]:
    """Return the project columns of a matrix; their number is unknown to the author, so their headers may turn."""
    return frozenset(field.name for field in block.cell_fields) if isinstance(block, MatrixBlock) else frozenset()


def _left_to_right(block: DataBlock, is_single_table: bool) -> list[FieldBase]:  # noqa: FBT001
    """Return a table's fields from left to right; unprinted ones come last, where the print area can exclude them."""
    return sorted(block.columns, key=lambda field: is_single_table and not field.printed)


def _frozen_cells(grid: _Grid, layouts: Sequence[BlockLayout]) -> tuple[int, int]:
    """Return the frozen rows and columns of a sheet that is one table: its header, and the fields that name a row."""
    first = layouts[0]
    if not (grid.is_single_table and isinstance(first, TableLayout)):
        return 0, 0
    # At least one column scrolls: with all of them frozen, a narrow window would show nothing else.
    return first.first_row, min(_FROZEN_FIELDS, len(first.columns) - 1)


def _lay_out_block(block: object, title_row: int | None, row: int, grid: _Grid) -> tuple[BlockLayout, int]:
    """Return the layout of a block, and the row after it."""
    widths = grid.widths
    if isinstance(block, FormBlock):
        return lay_out_form(block, title_row, row, widths, grid.lang, grid.scope)
    if isinstance(block, TableBlock | MatrixBlock):
        fields = _left_to_right(block, grid.is_single_table)
        # On a sheet of its own a table has the grid to itself: one column a field.
        spans = divide(widths, widths if grid.is_single_table else [_column_weight(field, grid) for field in fields])
        columns = {field.name: span for field, span in zip(fields, spans, strict=True)}
        # The hidden key row comes first, the header below it, then the input rows.
        last = row + 1 + grid.sizes.rows.get(block.name, block.rows)
        return TableLayout(block.name, title_row, row, row + 1, row + 2, last, columns), last + 1
    if isinstance(block, TextBlock):
        rows = tuple(range(row, row + len(block.lines)))
        spans = divide(widths, (1, 6)) if block.steps else (ColumnSpan(0, len(widths) - 1),)
        return StaticLayout(block.name, title_row, rows, spans, block.lines), rows[-1] + 1
    if isinstance(block, SignaturesBlock):
        signers = (*block.parties, *_signers_per_value(block, grid))
        rows = tuple(range(row, row + 2 * -(-len(signers) // _SIGNATURES_PER_LINE)))  # name and line for each
        spans = divide(widths, (1,) * _SIGNATURES_PER_LINE)
        return StaticLayout(block.name, title_row, rows, spans, signers), row + len(rows)
    if isinstance(block, ContentsBlock):
        rows = tuple(range(row, row + 1 + grid.sizes.contents))
        return StaticLayout(block.name, title_row, rows, divide(widths, _CONTENTS_WEIGHTS)), rows[-1] + 1
    assert isinstance(block, LegendBlock)
    return StaticLayout(
        block.name, title_row, (row, row + 1), divide(widths, (1,) * min(_LEGEND_CELLS, len(widths)))
    ), row + 2


def _signers_per_value(block: SignaturesBlock, grid: _Grid) -> list[LocalizedText]:
    """Return a signer for each value of the block's list; if they are too many, the own region and open boxes."""
    choices = grid.scope.lists[block.per].values if block.per else ()
    if len(choices) <= block.most:
        return [choice.label for choice in choices]
    own = [OWN_REGION_SIGNER for choice in choices if choice.code == grid.sizes.region]
    return own + [OPEN_SIGNER] * (_OPEN_SIGNATURE_BOXES - len(own))


def _column_weight(field: FieldBase, grid: _Grid) -> float:
    return requested_width(field, grid.lang, grid.scope, _TYPICAL_REGION_CODE).width


def data_layouts(template: Template, layout: SheetLayout) -> list[tuple[DataBlock, FormLayout | TableLayout]]:
    """Return each data block with its layout."""
    pairs: list[tuple[DataBlock, FormLayout | TableLayout]] = []
    for block in template.data:
        block_layout = layout.by_block[block.name]
        if not isinstance(block_layout, StaticLayout):
            pairs.append((block, block_layout))
    return pairs


__all__ = [
    "FACTS_ROW", "FIRST_BLOCK_ROW", "HINT_ROW", "LABEL_WIDTH", "OPEN_SIGNER", "OWN_REGION_SIGNER", "ROW_MARK_HEADER",
    "ROW_MARK_SIGNS", "TITLE_ROW", "BlockLayout", "ColumnSpan", "FormCell", "FormLayout", "LayoutSizes", "SheetLayout",
    "StaticLayout", "TableLayout", "data_layouts", "divide", "lay_out",
]  # fmt: skip
