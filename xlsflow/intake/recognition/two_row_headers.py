"""Headers on two rows: a group above, its parts below (计划 over 开始 and 完成), or a label that was broken in two.

Where the cells of the group are merged, the grid holds its text in the first of them and blanks in the others; where
they are not, it is the same. So a group reaches to the right until the next text in its row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from xlsflow.intake.recognition.placed_block import Columns
from xlsflow.intake.recognition.sheet_index import Page

Named = Callable[[str], str | None]
"""Header -> the field that it stands for."""
ENDINGS = ("", "时间", "日期", "日")
"""What the parts of a group leave out: 完成 below 计划 is the 计划完成时间."""


def second_level(page: Page, row: int, named: Named) -> Columns | None:
    """Return field -> column of a header on a row and the one below; None where the lower row is no part of a header.

    Every text of the lower row must be a part of the name of a field: else it is the first row of data.
    """
    found: dict[str, tuple[int | None, int]] = {}
    parts = 0
    for col, upper, lower in _columns(page, row):
        if lower is None:
            name = named(upper) if upper else None
        elif isinstance(lower, str):
            name = _of_two(upper, lower, named)
            if name is None:
                return None
            parts += 1
        else:
            return None
        if name:
            found.setdefault(name, (None, col))
    return found if parts else None


def _columns(page: Page, row: int) -> Iterator[tuple[int, str, object]]:
    """Yield column, the text above with the group that reaches there, and what stands below."""
    above = dict(page.header_texts(row))
    below = {col: value for col, value in enumerate(page.row(row + 1), page.left) if value is not None}
    group = ""
    for col in range(page.left, max((*above, *below), default=page.left - 1) + 1):
        group = above.get(col, group)
        if col in below:
            yield col, group, below[col]
        else:
            yield col, above.get(col, ""), None


def _of_two(upper: str, lower: str, named: Named) -> str | None:
    """Return the field that a group and its part name together, else the part alone."""
    for text in (upper + lower, lower) if upper else (lower,):
        for ending in ENDINGS:
            if name := named(text + ending):
                return name
    return None
