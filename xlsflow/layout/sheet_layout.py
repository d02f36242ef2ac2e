"""WHERE each thing lies on a sheet: template -> layout. Pure.

The writer puts cells there, the reader looks for them there first. A sheet opens with three bands (title, facts of the
round, hint); its blocks follow from top to bottom. A sheet with one table has exactly the table's columns, those that
are not printed behind the others. Where several blocks are stacked, the table with the most columns gives the grid and
the others are laid over it, a field spanning one or more grid columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xlsflow.i18n import (
    Lang,
    LocalizedText,
    untranslated,
)
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
from xlsflow.layout.form import (
    LABEL_WIDTH,
    form_grid,
    lay_out_form,
)
from xlsflow.layout.widths import (
    combined_request,
    fit_for_paper,
    requested_width,
    turned_request,
)
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
_TYPICAL_REGION_CODE = "HW"
"""A region's code as wide as most. Where blocks are stacked, the places of cells follow from the widths of columns, and
a return is looked through before anybody knows whose it is."""
_OPEN_SIGNATURE_BOXES = 6
"""Boxes to sign in beside those of the parties, where not everybody has one of their own."""
OPEN_SIGNER = untranslated("")
"""Who signs in an open box: their unit is written by hand."""
OWN_REGION_SIGNER = LocalizedText("本区域", "This region")
"""Who signs in the one box that has the name of the region itself: the place is the same in every region's workbook."""
ROW_MARK_HEADER, ROW_MARK_SIGNS = LocalizedText("检查", "Check"), ("●", "▲", "◆")
"""What stands above the marks beside the rows of a table, and what each mark begins with."""
_COARSE_GRID_COLUMNS = 3
"""A table of so few columns gives too coarse a grid for a form beside it."""


@dataclass(frozen=True, slots=True)
class LayoutSizes:
    """How much room variable things need.

    Attributes:
        rows: Block name -> rows, where they differ from the definition's (prefilled sheets).
        contents: Lines of the list of contents.
        region: Code of the region, which stands in the ids of numbered rows.
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    contents: int = 0
    region: str = ""


@dataclass(frozen=True, slots=True)
class _Grid:
    """What a sheet is laid out on."""

    template: Template
    lang: Lang
    scope: Scope
    room: LayoutSizes
    lone: bool
    widths: Sequence[float]
    printed_col: int
    paper: Paper = "A4"
    upright: frozenset[str] = frozenset()


def lay_out(template: Template, lang: Lang, scope: Scope, room: LayoutSizes | None = None) -> SheetLayout:
    """Return where each thing of a sheet lies.

    Args:
        template: The sheet's definition, resolved (the project's columns in place).
        lang: The language it is written in; widths differ.
        scope: The project's lists, for signatures of every region.
        room: Rows that differ from the definition.
    """
    ground = _grid(template, lang, scope, room or LayoutSizes())
    row = FIRST_BLOCK_ROW
    places: list[BlockLayout] = []
    for block in template.blocks:
        title_row = None
        if block.title is not None and not ground.lone:
            title_row, row = row, row + 1
        place, row = _lay_out_block(block, title_row, row, ground)
        places.append(place)
        row += 0 if ground.lone else 1
    last_row = row - (1 if ground.lone else 2)
    widths, frozen = tuple(ground.widths), _frozen_cells(ground, places)
    by_block = {place.block: place for place in places}
    return SheetLayout(
        widths, tuple(places), last_row, frozen, ground.printed_col, by_block, ground.paper, ground.upright
    )


def _grid(template: Template, lang: Lang, scope: Scope, room: LayoutSizes) -> _Grid:
    """Return the sheet's columns: those of its widest table, or of its forms."""
    lone = len(template.blocks) == 1 and len(template.data) == 1 and template.data[0].has_rows
    tables = [block for block in template.data if block.has_rows]
    if not tables:
        forms = [block for block in template.data if isinstance(block, FormBlock)]
        widths = form_grid(forms, lang, scope)
        return _Grid(template, lang, scope, room, lone, widths, len(widths) - 1, template.print.paper)
    most = max(len(block.columns) for block in tables)
    region = room.region if lone and room.region else _TYPICAL_REGION_CODE
    alike = [_left_to_right(block, lone) for block in tables if len(block.columns) == most]
    fields = alike[0]
    asked = [
        combined_request([requested_width(one, lang, scope, region) for one in column])
        for column in zip(*alike, strict=True)
    ]
    printed = [one for one in fields if one.printed or not lone] or fields
    cells = _project_columns(tables[0]) if lone else frozenset()
    narrow = [
        turned_request(one) if field.name in cells else one
        for one, field in zip(asked[: len(printed)], fields, strict=False)
    ]
    page = fit_for_paper(asked[: len(printed)], narrow, template.print)
    widths = [*page.widths, *(one.width for one in asked[len(printed) :])]
    while not lone and len(widths) <= _COARSE_GRID_COLUMNS:
        widths = [half for width in widths for half in (width / 2, width / 2)]
    last = (len(printed) if lone else len(widths)) - 1
    return _Grid(template, lang, scope, room, lone, widths, last, page.paper, cells if page.upright else frozenset())


def _project_columns(block: DataBlock) -> frozenset[str]:
    """Return the columns of a matrix that the project names: nobody who defines it knows how many there will be."""
    return frozenset(one.name for one in block.cell_fields) if isinstance(block, MatrixBlock) else frozenset()


def _left_to_right(block: DataBlock, lone: bool) -> list[FieldBase]:  # noqa: FBT001 - a fact of the ground
    """Return a table's fields from left to right, what is not printed behind the rest: the print area leaves it out."""
    return sorted(block.columns, key=lambda one: lone and not one.printed)


def _frozen_cells(ground: _Grid, places: Sequence[BlockLayout]) -> tuple[int, int]:
    """Return what stays in sight on a sheet that is one table: the header, and the fields that name a row."""
    first = places[0]
    if not (ground.lone and isinstance(first, TableLayout)):
        return 0, 0
    return first.first_row, min(_FROZEN_FIELDS, len(first.columns) - 1)


def _lay_out_block(block: object, title_row: int | None, row: int, ground: _Grid) -> tuple[BlockLayout, int]:
    """Return a block's place, and the row behind it."""
    widths = ground.widths
    if isinstance(block, FormBlock):
        return lay_out_form(block, title_row, row, widths, ground.lang, ground.scope)
    if isinstance(block, TableBlock | MatrixBlock):
        fields = _left_to_right(block, ground.lone)
        spans = divide(widths, widths if ground.lone else [_column_weight(one, ground) for one in fields])
        columns = {one.name: span for one, span in zip(fields, spans, strict=True)}
        last = row + 1 + ground.room.rows.get(block.name, block.rows)
        return TableLayout(block.name, title_row, row, row + 1, row + 2, last, columns), last + 1
    if isinstance(block, TextBlock):
        rows = tuple(range(row, row + len(block.lines)))
        spans = divide(widths, (1, 6)) if block.steps else (ColumnSpan(0, len(widths) - 1),)
        return StaticLayout(block.name, title_row, rows, spans, block.lines), rows[-1] + 1
    if isinstance(block, SignaturesBlock):
        signers = (*block.parties, *_signers_per_value(block, ground))
        rows = tuple(
            range(row, row + 2 * -(-len(signers) // _SIGNATURES_PER_LINE))
        )  # who signs, and the line to sign on
        spans = divide(widths, (1,) * _SIGNATURES_PER_LINE)
        return StaticLayout(block.name, title_row, rows, spans, signers), row + len(rows)
    if isinstance(block, ContentsBlock):
        rows = tuple(range(row, row + 1 + ground.room.contents))
        return StaticLayout(block.name, title_row, rows, divide(widths, _CONTENTS_WEIGHTS)), rows[-1] + 1
    assert isinstance(block, LegendBlock)
    return StaticLayout(
        block.name, title_row, (row, row + 1), divide(widths, (1,) * min(_LEGEND_CELLS, len(widths)))
    ), row + 2


def _signers_per_value(block: SignaturesBlock, ground: _Grid) -> list[LocalizedText]:
    """Return who signs by name; where they would be too many, the region itself and open boxes for those who attend."""
    named = ground.scope.lists[block.per].values if block.per else ()
    if len(named) <= block.most:
        return [choice.label for choice in named]
    own = [OWN_REGION_SIGNER for choice in named if choice.code == ground.room.region]
    return own + [OPEN_SIGNER] * (_OPEN_SIGNATURE_BOXES - len(own))


def _column_weight(one: FieldBase, ground: _Grid) -> float:
    return requested_width(one, ground.lang, ground.scope, _TYPICAL_REGION_CODE).width


def data_layouts(template: Template, layout: SheetLayout) -> list[tuple[DataBlock, FormLayout | TableLayout]]:
    """Return each block that holds data with its place."""
    found: list[tuple[DataBlock, FormLayout | TableLayout]] = []
    for block in template.data:
        place = layout.by_block[block.name]
        if not isinstance(place, StaticLayout):
            found.append((block, place))
    return found


__all__ = [
    "FACTS_ROW",
    "FIRST_BLOCK_ROW",
    "HINT_ROW",
    "LABEL_WIDTH",
    "OPEN_SIGNER",
    "OWN_REGION_SIGNER",
    "ROW_MARK_HEADER",
    "ROW_MARK_SIGNS",
    "TITLE_ROW",
    "BlockLayout",
    "ColumnSpan",
    "FormCell",
    "FormLayout",
    "LayoutSizes",
    "SheetLayout",
    "StaticLayout",
    "TableLayout",
    "data_layouts",
    "divide",
    "lay_out",
]  # fmt: skip
