"""How complete each sheet is: counts that a workbook keeps of itself, and their stored results.

Each sheet has four defined names: rows in use, blank required cells, errors, warnings. The cover combines them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from xlsflow.layout.sheet_layout import data_layouts
from xlsflow.workbook.outgoing.plan import Plan, SheetPlan, is_used
from xlsflow.workbook.self_check.formula import Addresses, text_literals
from xlsflow.workbook.self_check.room import is_full_formula, unchecked_rows_formula
from xlsflow.workbook.self_check.row_check_builder import build_row_checks, recheck_rows
from xlsflow.workbook.self_check.row_checks import ERROR_LETTER, MISSING_LETTER, WARNING_LETTER, RowChecks
from xlsflow.workbook.style import texts

if TYPE_CHECKING:
    from xlsflow.i18n import Lang
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import DataBlock
    from xlsflow.workbook.self_check.dropdown_lists import Dropdowns

_ZERO = "0"


@dataclass(frozen=True, slots=True)
class NamedCount:
    """A count of a sheet.

    Attributes:
        name: Its defined name.
        formula: What the name refers to.
        value: The result for the rows that the workbook is sent out with.
    """

    name: str
    formula: str
    value: int


@dataclass(frozen=True, slots=True)
class SheetCounts:
    """The counts of one sheet.

    Attributes:
        used: Rows in use.
        missing: Required cells that are blank.
        errors: Cells with an error.
        warnings: Cells with a warning.
        full: Tables whose last row is in use.
        unchecked: Rows in use without checks: inserted blank, or written below the table.
        has_rows: Whether all its blocks have rows, so that their number says something.
        row_checks: Block -> its checks.
    """

    used: NamedCount
    missing: NamedCount
    errors: NamedCount
    warnings: NamedCount
    full: NamedCount
    unchecked: NamedCount
    has_rows: bool
    row_checks: Mapping[str, RowChecks]

    def names(self) -> Mapping[str, str]:
        """Return every defined name with what it refers to."""
        counts = (self.used, self.missing, self.errors, self.warnings, self.full, self.unchecked)
        names = {count.name: count.formula for count in counts}
        for checks in self.row_checks.values():
            names |= checks.defined_names()
        return names

    def formula(self, lang: Lang) -> str:
        """Return the formula that says in words how complete the sheet is."""
        used, missing, errors, warnings = (
            count.name for count in (self.used, self.missing, self.errors, self.warnings)
        )
        before = f'"{texts.ROWS_BEFORE.say(lang)}"&' if self.has_rows and texts.ROWS_BEFORE.say(lang) else ""
        rows = f'{used}&"{texts.ROWS_AFTER.say(lang)}"&' if self.has_rows else ""
        blank = f'IF({missing}=0,"","{texts.MISSING_COUNT.say(lang)}"&{missing})'
        wrong = f'IF({errors}=0,"",IF({missing}=0,"▲ "," · ")&"{texts.ERROR_COUNT.say(lang)}"&{errors})'
        to_correct = f'IF({missing}+{errors}=0,"{texts.COMPLETE.say(lang)}",{blank}&{wrong})'
        to_check = f'IF({warnings}=0,"","{texts.WARNING_COUNT.say(lang)}"&{warnings})'
        full, unchecked = self.full.name, self.unchecked.name
        unchecked_before, unchecked_after = texts.NO_CHECKS_BEFORE.say(lang), texts.NO_CHECKS_AFTER.say(lang)
        no_room = (
            f'IF({unchecked}=0,"","{unchecked_before}"&{unchecked}&"{unchecked_after}")'
            f'&IF({full}=0,"","{texts.ROWS_USED_UP.say(lang)}")'
        )
        untouched = f"{used}+{missing}+{errors}+{unchecked}=0"
        counted = f"{before}{rows}{to_correct}&{to_check}" + (f"&{no_room}" if self.has_tables else "")
        return f'=IF({untouched},"{texts.NOT_STARTED.say(lang)}",{counted})'

    def text(self, lang: Lang) -> str:
        """Return the result of that formula for the rows that the workbook is sent out with."""
        missing, errors, warnings = self.missing.value, self.errors.value, self.warnings.value
        if not self.used.value + missing + errors:
            return texts.NOT_STARTED.say(lang)
        blank = texts.MISSING_COUNT.say(lang) + str(missing) if missing else ""
        wrong = f"{' · ' if missing else '▲ '}{texts.ERROR_COUNT.say(lang)}{errors}" if errors else ""
        to_check = f"{texts.WARNING_COUNT.say(lang)}{warnings}" if warnings else ""
        rows = f"{texts.ROWS_BEFORE.say(lang)}{self.used.value}{texts.ROWS_AFTER.say(lang)}" if self.has_rows else ""
        full = texts.ROWS_USED_UP.say(lang) if self.full.value else ""
        return rows + (blank + wrong or texts.COMPLETE.say(lang)) + to_check + full

    @property
    def has_tables(self) -> bool:
        """Whether it has tables, whose rows can run out."""
        return self.full.formula != f"={_ZERO}"

    def hint_formula(self, hint: str, lang: Lang) -> str:
        """Return the formula of the line above a table: the hint, or what to do where rows have run out."""
        used_up, no_checks = text_literals(texts.HINT_USED_UP.say(lang)), text_literals(texts.HINT_NO_CHECKS.say(lang))
        otherwise = f"IF({self.full.name}>0,{used_up},{text_literals(hint)})"
        return f"=IF({self.unchecked.name}>0,{no_checks},{otherwise})"

    def hint(self, hint: str, lang: Lang) -> str:
        """Return the result of that formula for the rows that the workbook is sent out with."""
        return texts.HINT_USED_UP.say(lang) if self.full.value else hint


def count_sheets(plan: Plan, dropdowns: Dropdowns) -> Mapping[str, SheetCounts]:
    """Return the counts of each sheet that holds data, by its tab."""
    counts = {sheet.tab: count_sheet(plan, number, dropdowns) for number, sheet in enumerate(plan.sheets)}
    return {tab: sheet_counts for tab, sheet_counts in counts.items() if sheet_counts is not None}


def count_sheet(plan: Plan, number: int, dropdowns: Dropdowns) -> SheetCounts | None:
    """Return the counts of the sheet with this number, or None if it holds no data."""
    sheet = plan.sheets[number]
    blocks = [(block, Addresses(block, layout)) for block, layout in data_layouts(sheet.template, sheet.layout)]
    if not blocks:
        return None
    built = {block.name: build_row_checks(plan, sheet, block, addresses, dropdowns) for block, addresses in blocks}
    row_checks = {name: checks for name, checks in built.items() if checks}
    used_rows = [_used_rows(plan, sheet, block, addresses) for block, addresses in blocks]
    used = NamedCount(
        f"chk_used_{number}", _sum([formula for formula, _ in used_rows]), sum(value for _, value in used_rows)
    )
    # Names inside a file are part of its format: `mend` and `look` stay, whatever the code calls them.
    missing, errors, warnings = (
        NamedCount(
            f"chk_{name}_{number}",
            _sum([checks.count_formula(sheet, letter) for checks in row_checks.values()]),
            sum(checks.count(letter) for checks in row_checks.values()),
        )
        for name, letter in (("missing", MISSING_LETTER), ("mend", ERROR_LETTER), ("look", WARNING_LETTER))
    )
    tables = [(block, addresses) for block, addresses in blocks if block.has_rows]
    full, unchecked = (
        NamedCount(f"chk_{name}_{number}", _sum(formulas), 0)
        for name, formulas in (
            ("full", [is_full_formula(sheet, block, addresses) for block, addresses in tables]),
            ("loose", [unchecked_rows_formula(sheet, *table, row_checks.get(table[0].name)) for table in tables]),
        )
    )
    full = replace(full, value=sum(_is_full(plan, sheet, block) for block, _ in tables))
    return SheetCounts(used, missing, errors, warnings, full, unchecked, len(tables) == len(blocks), row_checks)


def recount_sheets(plan: Plan, counts: Mapping[str, SheetCounts]) -> Mapping[str, SheetCounts]:
    """Return the counts of a workbook that has the layout of another, whose counts are known.

    Args:
        plan: The workbook's plan.
        counts: The other workbook's counts by tab.
    """
    recounted: dict[str, SheetCounts] = {}
    for sheet in plan.sheets:
        if sheet.tab not in counts:
            continue
        old = counts[sheet.tab]
        blocks = sheet.template.data
        row_checks = {
            block.name: recheck_rows(plan, sheet, block, old.row_checks[block.name])
            for block in blocks
            if block.name in old.row_checks
        }
        missing, errors, warnings = (
            sum(checks.count(letter) for checks in row_checks.values())
            for letter in (MISSING_LETTER, ERROR_LETTER, WARNING_LETTER)
        )
        recounted[sheet.tab] = replace(
            old,
            used=replace(old.used, value=sum(_count_used(plan, sheet, block) for block in blocks)),
            missing=replace(old.missing, value=missing),
            errors=replace(old.errors, value=errors),
            warnings=replace(old.warnings, value=warnings),
            full=replace(old.full, value=sum(_is_full(plan, sheet, block) for block in blocks if block.has_rows)),
            row_checks=row_checks,
        )
    return recounted


def ready_to_send(counts: Sequence[SheetCounts], lang: Lang) -> tuple[str, str]:
    """Return the formula that says whether the workbook can be sent, and the result to store with it."""
    missing, errors, unchecked, warnings = (
        f"({'+'.join(count.name for count in severity)})"
        for severity in zip(*((one.missing, one.errors, one.unchecked, one.warnings) for one in counts), strict=True)
    )
    not_ready, blank, wrong, no_checks, separator, ready_separator, to_check, ready = (
        text.say(lang)
        for text in (
            texts.NOT_READY, texts.NOT_READY_MISSING, texts.NOT_READY_ERRORS, texts.NOT_READY_UNCHECKED,
            texts.NOT_READY_SEPARATOR, texts.READY_SEPARATOR, texts.READY_WARNINGS, texts.READY_TO_SEND,
        )
    )  # fmt: skip
    # MID drops the separator before the first part.
    parts = ((missing, blank), (errors, wrong), (unchecked, no_checks))
    listed = "&".join(f'IF({count}=0,"","{separator}"&{count}&"{text}")' for count, text in parts)
    formula = (
        f'=IF({missing}+{errors}+{unchecked}=0,"{ready}","{not_ready}"&MID({listed},{len(separator) + 1},200))'
        f'&IF({warnings}=0,"","{ready_separator}"&{warnings}&"{to_check}")'
    )
    m, e, w = (sum(getattr(one, name).value for one in counts) for name in ("missing", "errors", "warnings"))
    to_correct = [f"{m}{blank}"] * bool(m) + [f"{e}{wrong}"] * bool(e)
    result = not_ready + separator.join(to_correct) if to_correct else ready
    return formula, result + (f"{ready_separator}{w}{to_check}" if w else "")


def _is_full(plan: Plan, sheet: SheetPlan, block: DataBlock) -> bool:
    """Return whether a table goes out with its last row in use."""
    layout, rows = sheet.layout.table(block.name), plan.records(sheet, block)
    return len(rows) > layout.last_row - layout.first_row and is_used(block, rows[-1])


def _sum(formulas: Sequence[str]) -> str:
    return "=" + ("+".join(formulas) or _ZERO)


def _used_rows(plan: Plan, sheet: SheetPlan, block: DataBlock, addresses: Addresses) -> tuple[str, int]:
    """Return the formula that counts a block's rows in use, and its result for the rows it is sent out with."""
    content = [field for field in block.columns if field.counts_as_content]
    used = _count_used(plan, sheet, block)
    # Rows that the table went out with say nothing of whether anybody has begun; the forms of its sheet do.
    if not content or block.proposed_rows:
        return _ZERO, used
    # A required form is in use even when blank: otherwise a sheet that nobody has touched would seem complete.
    if not block.has_rows and getattr(block, "required", False):
        return "1", used
    return f"SUMPRODUCT(--({_filled_cells(content, sheet, addresses)}>0))", used


def _count_used(plan: Plan, sheet: SheetPlan, block: DataBlock) -> int:
    """Return how many rows of a block are in use; a required form always counts as one."""
    if block.proposed_rows or not any(field.counts_as_content for field in block.columns):
        return 0
    if not block.has_rows and getattr(block, "required", False):
        return 1
    return sum(is_used(block, row) for row in plan.records(sheet, block))


def _filled_cells(fields: Sequence[FieldBase], sheet: SheetPlan, addresses: Addresses) -> str:
    """Return the formula, without its `=`, that counts the filled cells of every row, as an array."""
    # TRIM, because to the reader, too, a cell of nothing but spaces is blank.
    return "+".join(f'(TRIM({sheet.at(addresses.column(field.name))})<>"")' for field in fields)
