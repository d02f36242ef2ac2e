"""Builds the checks of a block: the constraints of its template as Excel formulas, and the sentence of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import column_letters
from xlsflow.messages import CATALOGUE
from xlsflow.template.expressions.expression import Blank, Compare, Const, Count, Not, Ref, Unique
from xlsflow.template.rules import RowConstraint, implied_constraints
from xlsflow.workbook.self_check.data_validations import shorten_at_clause
from xlsflow.workbook.self_check.entry_checks import EntryCheck, EntryChecks
from xlsflow.workbook.self_check.formula import Addresses, condition_formula
from xlsflow.workbook.self_check.row_check_results import (
    SHORT_NAME,
    row_codes,
    several_people_predicate,
    violation_predicate,
)
from xlsflow.workbook.self_check.row_checks import (
    ERROR_LETTER,
    MISSING_LETTER,
    ROW_ABOVE_PLACEHOLDER,
    ROW_PLACEHOLDER,
    WARNING_LETTER,
    CellCheck,
    CheckedCell,
    RowChecks,
)
from xlsflow.workbook.style import texts

if TYPE_CHECKING:
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import DataBlock
    from xlsflow.workbook.outgoing.plan import Plan, SheetPlan
    from xlsflow.workbook.self_check.dropdown_lists import Dropdowns

# Excel takes 8,192 characters of a formula and of what a name refers to, and 255 of a text inside it; the placeholders
# for rows are longer than most row numbers, the quotes around a text count too.
_FORMULA_LIMIT, _NAME_LIMIT, _SENTENCE_LIMIT = 7500, 7500, 200
_QUOTES_AND_SEPARATOR = 8

# Columns between the block and its code cells; beside a mark its sentence needs room to run on.
_GAP_BESIDE_MARK, _GAP = 7, 2


def build_row_checks(
    plan: Plan, sheet: SheetPlan, block: DataBlock, addresses: Addresses, dropdowns: Dropdowns
) -> RowChecks | None:
    """Return the checks of a block, or None if it has none.

    Args:
        plan: The workbook's plan.
        sheet: The sheet of the block.
        block: The block.
        addresses: Where it lies.
        dropdowns: The workbook's lists.
    """
    first_col = sheet.layout.last_col + (_GAP_BESIDE_MARK if sheet.is_single_table else _GAP)
    template_row = Addresses(block, addresses.layout, ROW_PLACEHOLDER)
    builder = _Builder(plan, block, template_row, dropdowns, column_letters(first_col))
    cells = tuple(builder.cells())
    if not cells:
        return None
    columns = tuple(builder.columns(cells))
    sheet_number = plan.sheets.index(sheet)
    block_number = [data_block.name for data_block in sheet.template.data].index(block.name)
    rows = (addresses.layout.first_row, addresses.layout.last_row if block.has_rows else addresses.layout.first_row)
    name = f"chk_say_{sheet_number}_{block_number}"
    results = tuple(row_codes(plan, sheet, block, cells, [covered for _, covered in columns]))
    return RowChecks(cells, columns, first_col, rows, builder.sentences(), name, results)


def recheck_rows(plan: Plan, sheet: SheetPlan, block: DataBlock, checks: RowChecks) -> RowChecks:
    """Return the checks of the same block in another workbook with the same layout."""
    results = tuple(row_codes(plan, sheet, block, checks.cells, [covered for _, covered in checks.columns]))
    return replace(checks, results=results)


@dataclass(frozen=True)
class _Builder:
    """Builds the formulas of one block; `code_column` holds the first code cell of each row."""

    plan: Plan
    block: DataBlock
    addresses: Addresses
    dropdowns: Dropdowns
    code_column: str

    @cached_property
    def entries(self) -> Mapping[str, Sequence[EntryCheck]]:
        """Field -> the checks of its cell alone."""
        checks = EntryChecks(self.plan, self.dropdowns)
        return {field.name: [*checks.of(field, self.addresses.cell(field.name))] for field in self.block.columns}

    def cells(self) -> Iterator[CheckedCell]:
        """Yield every checked cell of a row, in the order of the columns."""
        by_field: dict[str, list[CellCheck]] = {field.name: [] for field in self.block.columns}
        groups: list[CheckedCell] = []
        number = 0
        for number, constraint in enumerate(self.block.constraints(), start=1):
            own = by_field[constraint.at]
            match constraint:
                case RowConstraint(code="not_exactly_one", must=Compare(left=Count(group=ref, codes=codes) as count)):
                    # No cell with the code is a finding at the key of the row; too many are findings at those cells.
                    none, many = Compare("<", count, Const(1)), Compare(">", count, Const(1))
                    own.append(self._check(constraint, number, self._when(constraint, none), too_many=False))
                    fields = self.block.groups[ref.path]
                    check = self._check(constraint, number, self._when(constraint, many), too_many=True)
                    groups.append(CheckedCell(fields, (check,), codes))
                case RowConstraint(must=Unique()) if not self.block.has_rows:
                    pass  # a form is one row: no value can occur twice
                case _:
                    own.append(self._check(constraint, number, self._violated(constraint)))
        for name, checks in by_field.items():
            field = self.block.field(name)
            for entry in self.entries[name]:
                number += 1
                checks.insert(0, CellCheck(None, entry.letter, number, entry.test, entry.is_violated, of_record=True))
            if (test := self._several_people(field)) and not field.computed and not field.fill:
                number += 1
                predicate = several_people_predicate(field, self.plan.outgoing.scope, self.plan.outgoing.lang)
                # First, as in a merge: a cell that names no one person has no other fault before that.
                checks.insert(0, CellCheck(None, ERROR_LETTER, number, test, predicate))
            if checks:
                yield CheckedCell((name,), tuple(sorted(checks, key=lambda check: check.letter == WARNING_LETTER)))
        yield from groups

    def _check(self, constraint: RowConstraint, number: int, test: str, *, too_many: bool | None = None) -> CellCheck:
        # What a rule only advises to fill in keeps nobody from sending.
        is_error = CATALOGUE[constraint.code].severity == "error"
        asks_for_value = constraint.must == Not(Blank(Ref(constraint.at)))
        letter = (MISSING_LETTER if asks_for_value else ERROR_LETTER) if is_error else WARNING_LETTER
        return CellCheck(constraint, letter, number, test, violation_predicate(constraint, too_many=too_many), too_many)

    def _condition(self, expr: object, *, presume: bool) -> str:
        outgoing = self.plan.outgoing
        return condition_formula(expr, self.addresses, outgoing.lang, outgoing.scope, presume=presume)  # type: ignore[arg-type]

    def _when(self, constraint: RowConstraint, violation: object) -> str:
        """Return the formula that says whether a violation holds where the constraint applies."""
        test = self._condition(violation, presume=False)
        return f"AND({self._condition(constraint.when, presume=False)},{test})" if constraint.when else test

    def _violated(self, constraint: RowConstraint) -> str:
        """Return the formula that says whether a row definitely violates a constraint."""
        match constraint.must:
            case Unique(field=ref):
                cell = self.addresses.cell(ref.field)
                column = self.addresses.column(ref.field).split("$")[1]
                header = self.addresses.layout.first_row
                # The first use of a value is no finding, nor is a running number printed in a row that is not used.
                above, used = (
                    f"${letters}${header}:${letters}{ROW_ABOVE_PLACEHOLDER}" for letters in (column, self.code_column)
                )
                test = f'IF(TRIM({cell})="",FALSE,SUMPRODUCT(({above}={cell})*({used}<>""))>0)'
            case Not(part=part):
                test = self._condition(part, presume=False)
            case must:
                test = f"NOT({self._condition(must, presume=True)})"
        return f"AND({self._condition(constraint.when, presume=False)},{test})" if constraint.when else test

    def _several_people(self, field: FieldBase) -> str:
        """Return the formula that says whether a cell for one person holds several, or a unit; empty for others."""
        if not field.separators:
            return ""
        cell = self.addresses.cell(field.name)
        signs = "{" + ";".join(f'"{sign}"' for sign in field.separators) + "}"
        # Without its first and last character: a separator at either end of a name separates nothing.
        inner = f"MID({cell},2,MAX(LEN({cell})-2,0))"
        tests = [f"AND(LEN({cell})>{SHORT_NAME},SUMPRODUCT(--ISNUMBER(FIND({signs},{inner})))>0)"]
        if units := self.dropdowns.refused(field.excluded_list()):
            tests.append(f"SUMPRODUCT(--({units}={cell}))>0")
        test = f"OR({','.join(tests)})"
        if people := self.dropdowns.offered(field.list_name()):
            # A name on the list is one person, whatever signs are in it.
            test = f"IF(SUMPRODUCT(--({people}={cell}))=0,{test},FALSE)"
        return f'IF(TRIM({cell})="",FALSE,{test})'

    def columns(self, cells: Sequence[CheckedCell]) -> Iterator[tuple[str, int]]:
        """Yield the formula of each code cell and how many checked cells it covers.

        A row has as many code cells as Excel's limit on the length of a formula requires.
        """
        content = [self.addresses.cell(field.name) for field in self.block.columns if field.counts_as_content]
        always_used = not self.block.has_rows and getattr(self.block, "required", False)
        in_use = "TRUE" if always_used else f'TRIM({"&".join(content)})<>""' if content else "FALSE"
        parts: list[str] = []
        for cell in cells:
            formula = cell.formula
            if parts and len(in_use) + sum(len(part) + 1 for part in (*parts, formula)) > _FORMULA_LIMIT:
                yield _code_formula(in_use, parts), len(parts)
                parts = []
            parts.append(formula)
        yield _code_formula(in_use, parts), len(parts)

    def sentences(self) -> tuple[str, ...]:
        """Return the sentence of each check, in the order of their numbers."""
        sentences = [*self._sentences()]
        # All sentences of a block share one name: with many rules each gets less room.
        limit = min(_SENTENCE_LIMIT, _NAME_LIMIT // len(sentences) - _QUOTES_AND_SEPARATOR)
        return tuple(shorten_at_clause(sentence, limit) for sentence in sentences)

    def _sentences(self) -> Iterator[str]:
        lang = self.plan.outgoing.lang
        for constraint in implied_constraints(self.block.columns, self.block.key):
            text = texts.MARK_REPEATED if isinstance(constraint.must, Unique) else texts.MARK_MISSING
            yield text.say(lang).format(label=self.block.label_of(constraint.at).say(lang))
        for rule in self.block.rules:
            for constraint in rule.constraints(self.block):
                sign = "▲" if CATALOGUE[constraint.code].severity == "error" else "◆"
                yield f"{sign} {rule.sentence_for(self.block).say(lang)}"
        for field in self.block.columns:
            yield from (entry.sentence.say(lang) for entry in self.entries[field.name])
            if field.separators and not field.computed and not field.fill:
                yield texts.MARK_NOT_ONE_PERSON.say(lang).format(label=field.label.say(lang))


def _code_formula(in_use: str, parts: Sequence[str]) -> str:
    # An error value in any cell of the row would otherwise spread to counts, colours and the cover.
    return f'=IFERROR(IF({in_use},{"&".join(parts)},""),"")'
