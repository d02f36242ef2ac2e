"""How many sheets a workbook has, and how many rows its tables: by its prefilled rows and by figures of the project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil

from xlsflow.template.model import Template

TABLE_ROWS = "table_rows"
"""Name of the project's figure that says how many blank rows a table has."""

SPARE_FORMS = "spare_forms"
"""Name of the project's figure that says how many spare sheets a form has."""

# Blank rows for new entries after the prefilled ones: at least so many, and half as many as there are of those.
_SPARE_ROWS, _SPARE_SHARE = 20, 0.5
# A table that needs more rows than its template has is rounded up, so that regions share drawn sheets.
_ROW_STEP, _ROW_STEP_STACKED = 10, 5
# Blank rows on paper of a table that nobody has filled in.
_BLANK_PRINTED_ROWS = 3
# Between the name of a block and the number of its sheet; names of blocks do not contain it.
_SHEET_SIGN = "#"
# More than anybody fills in by hand only makes a workbook slow.
_MAX_SPARE_FORMS, _MAX_ROWS = 20, 2000


@dataclass(frozen=True)
class WorkbookSizes:
    """What decides how many sheets and rows a workbook has.

    Attributes:
        templates: Its templates.
        prefilled: Name of a block's rows (`name_on_sheet`) -> their number.
        settings: The figures of pack and project.
        for_print: Whether it is only printed: no spare rows, no spare sheets.
    """

    templates: Sequence[Template]
    prefilled: Mapping[str, int]
    settings: Mapping[str, float]
    for_print: bool

    @cached_property
    def sheets(self) -> Sequence[tuple[Template, int]]:
        """Every sheet, the cover first: its template, and its number among the sheets of that template."""
        in_order = sorted(self.templates, key=lambda template: not template.cover)
        return [(template, copy) for template in in_order for copy in range(self._sheet_count(template))]

    def _sheet_count(self, template: Template) -> int:
        """Return how many sheets of a template there are: those that are filled, and spare ones of a form."""
        names = [template.full_name(block) for block in template.data]
        filled = 1
        while any(name_on_sheet(name, filled) in self.prefilled for name in names):
            filled += 1
        if self.for_print or not template.is_repeatable:
            return filled
        return filled + min(int(self.settings.get(SPARE_FORMS, 0)), _MAX_SPARE_FORMS)

    def row_counts(self, template: Template, copy: int, extra: Mapping[str, int] | None = None) -> Mapping[str, int]:
        """Return block name -> number of rows, for tables of a sheet that need another number than their template has.

        Args:
            template: The template.
            copy: Number of the sheet among those of its template, from 0.
            extra: Name of a block's rows -> rows that it needs in addition, because some are split for paper.
        """
        is_single = len(template.blocks) == 1
        step = _ROW_STEP if is_single else _ROW_STEP_STACKED
        # The project's figure is for sheets that are one table; tables of a form have as many rows as its page takes.
        wanted = min(int(self.settings.get(TABLE_ROWS, 0)), _MAX_ROWS) if is_single else 0
        counts = {}
        for block in template.data:
            if not block.has_rows:
                continue
            name = name_on_sheet(template.full_name(block), copy)
            prefilled, planned = self.prefilled.get(name, 0), wanted or getattr(block, "rows", 0)
            spare = max(_SPARE_ROWS if is_single else min(_SPARE_ROWS, planned), ceil(prefilled * _SPARE_SHARE))
            if self.for_print:
                counts[block.name] = (prefilled or _BLANK_PRINTED_ROWS) + (extra or {}).get(name, 0)
            elif prefilled and prefilled + spare > planned:
                counts[block.name] = -(-(prefilled + spare) // step) * step
            elif wanted:
                counts[block.name] = wanted
        return counts


def name_on_sheet(full_name: str, copy: int) -> str:
    """Return the name of a block's rows on one of several sheets of a form.

    >>> name_on_sheet("requirement.form", 0), name_on_sheet("requirement.form", 1)
    ('requirement.form', 'requirement.form#2')
    """
    return f"{full_name}{_SHEET_SIGN}{copy + 1}" if copy else full_name


def without_sheet(name: str) -> str:
    """Return the full name of the block whose rows have a name by `name_on_sheet`."""
    return name.partition(_SHEET_SIGN)[0]
