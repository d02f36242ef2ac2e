"""No two blocks of a built-in sheet overlap, in any project and language."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workbook.outgoing_example import LIBRARY, PROJECT
from xlsflow.i18n import LANGS, Lang
from xlsflow.layout.sheet_layout import (
    FIRST_BLOCK_ROW,
    ColumnSpan,
    FormLayout,
    LayoutSizes,
    SheetLayout,
    StaticLayout,
    divide,
    lay_out,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsflow.layout.sheet_layout import BlockLayout

SCOPE = LIBRARY.scope(PROJECT.lists(), {})
SHEETS = [(name, variant) for name in sorted(LIBRARY.sheet_files) for variant in ("", *LIBRARY.variants(name))]
Cell = tuple[int, int]


def parts(block_layout: BlockLayout) -> Iterator[tuple[int, ColumnSpan]]:
    """Yield row and columns of every cell that is written, merged cells as one."""
    if isinstance(block_layout, FormLayout):
        for cell in block_layout.cells:
            yield from ((cell.row, span) for span in (cell.label, cell.value, cell.boxes) if span is not None)
    elif isinstance(block_layout, StaticLayout):
        yield from ((row, span) for row in block_layout.rows for span in block_layout.spans)
    else:
        rows = (
            block_layout.key_row,
            block_layout.header_row,
            *range(block_layout.first_row, block_layout.last_row + 1),
        )
        yield from ((row, span) for row in rows for span in block_layout.columns.values())


def cells(block_layout: BlockLayout, layout: SheetLayout) -> Iterator[Cell]:
    """Yield every cell of a block, including its heading across the whole sheet."""
    if block_layout.title_row is not None:
        yield from ((block_layout.title_row, col) for col in range(layout.last_col + 1))
    yield from ((row, col) for row, span in parts(block_layout) for col in range(span.first, span.last + 1))


@pytest.mark.parametrize(("name", "variant"), SHEETS)
@pytest.mark.parametrize("lang", LANGS)
def test_blocks_lie_on_distinct_cells_below_the_bands_and_inside_the_sheet(name: str, variant: str, lang: Lang) -> None:
    template = LIBRARY.template(name, variant).resolved(SCOPE)
    layout = lay_out(template, lang, SCOPE, LayoutSizes(contents=9, region="HD"))
    taken = Counter(cell for block_layout in layout.block_layouts for cell in cells(block_layout, layout))

    assert [block_layout.block for block_layout in layout.block_layouts] == [block.name for block in template.blocks]
    assert {cell for cell, times in taken.items() if times > 1} == set()
    assert min(row for row, _ in taken) == FIRST_BLOCK_ROW
    assert max(row for row, _ in taken) <= layout.last_row
    assert {col for _, col in taken} <= set(range(layout.last_col + 1))
    assert 0 <= layout.printed_col <= layout.last_col
    assert min(layout.widths) > 0


@pytest.mark.parametrize(("name", "variant"), SHEETS)
def test_every_field_has_its_place_and_a_row_has_no_gap(name: str, variant: str) -> None:
    template = LIBRARY.template(name, variant).resolved(SCOPE)
    layout = lay_out(template, "zh", SCOPE)

    for block in template.data:
        block_layout = layout.by_block[block.name]
        names = (
            {cell.field for cell in block_layout.cells}
            if isinstance(block_layout, FormLayout)
            else set(layout.table(block.name).columns)
        )
        assert names == {field.name for field in block.columns}
        if not isinstance(block_layout, FormLayout):
            assert is_seamless(list(layout.table(block.name).columns.values()), layout.last_col)


def is_seamless(spans: list[ColumnSpan], last: int) -> bool:
    """Return whether spans cover all columns without gaps or overlaps."""
    starts = [0, *(span.last + 1 for span in spans)]
    return [span.first for span in spans] == starts[:-1] and starts[-1] == last + 1


@given(
    widths=st.lists(st.floats(1, 60), min_size=1, max_size=25),
    weights=st.lists(st.floats(0.5, 60), min_size=1, max_size=25),
)
def test_columns_are_divided_without_gap_and_each_part_gets_one(widths: list[float], weights: list[float]) -> None:
    some = weights[: len(widths)]
    spans = divide(widths, some)

    assert len(spans) == len(some)
    assert all(span.first <= span.last for span in spans)
    assert is_seamless(list(spans), len(widths) - 1)
