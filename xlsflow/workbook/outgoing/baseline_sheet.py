"""Writes the very hidden sheet `_base`: the rows that a workbook is issued with, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlsflow.fileformat.baseline import Baseline, comparison_text
from xlsflow.fileformat.cells import column_letters
from xlsflow.fileformat.hidden_sheets import BASELINE_SHEET
from xlsflow.fileformat.stamp import RETURN_KIND
from xlsflow.workbook.outgoing.worksheet import (
    GrowingWorksheet,
    kept_xml,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xlsxwriter import Workbook

    from xlsflow.workbook.outgoing.plan import Edition


class BaseWorksheet(GrowingWorksheet):
    """A worksheet of plain texts: it holds them as lines, not cell by cell, for they are all written anew each time."""

    def __init__(self) -> None:
        """Begin with no line."""
        super().__init__()
        self._lines: Sequence[Sequence[str]] = ()

    def hold(self, lines: Iterable[Sequence[str]]) -> None:
        """Hold these texts, row by row, and nothing else; where one is empty there is no cell."""
        self._lines = [*lines]
        self.dim_rowmin = self.dim_rowmax = self.dim_colmin = self.dim_colmax = None
        self._check_dimensions(0, 0)
        self._check_dimensions(len(self._lines) - 1, max(map(len, self._lines)) - 1)

    def _write_rows(self) -> None:
        columns = [column_letters(col) for col in range(max(map(len, self._lines)))]
        fh: Any = self.fh
        for number, texts in enumerate(self._lines, start=1):
            cells = [
                f'<c r="{column}{number}" t="inlineStr"><is>{kept_xml(text)}</is></c>'
                for column, text in zip(columns, texts, strict=False)
                if text
            ]
            fh.write(f'<row r="{number}">{"".join(cells)}</row>')


def write_base(book: Workbook, edition: Edition) -> BaseWorksheet | None:
    """Add the sheet where a workbook that is to come back is issued with rows; return it."""
    base = base_of(edition)
    if edition.for_print or edition.stamp.kind != RETURN_KIND or not base.rows:
        return None
    sheet = book.add_worksheet(BASELINE_SHEET, worksheet_class=BaseWorksheet)
    assert isinstance(sheet, BaseWorksheet)
    fill_base(sheet, base)
    sheet.protect()
    sheet.very_hidden()
    return sheet


def fill_base(sheet: BaseWorksheet, base: Baseline) -> None:
    """Write rows into a sheet that may have held others."""
    sheet.hold(base.lines())


def has_base(edition: Edition) -> bool:
    """Return whether an edition is issued with rows that a merge can know again."""
    many = [(template, block) for template in edition.templates for block in template.data if block.has_rows and block.key]
    return any(
        comparison_text(line.get(block.key))
        for template, block in many
        for line in edition.rows.get(template.full_name(block), ())
    )


def base_of(edition: Edition) -> Baseline:
    """Return the rows that an edition is issued with."""
    keys = {
        template.full_name(block): block.key for template in edition.templates for block in template.data if block.has_rows
    }
    return Baseline.from_rows({name: rows for name, rows in edition.rows.items() if name in keys}, keys)
