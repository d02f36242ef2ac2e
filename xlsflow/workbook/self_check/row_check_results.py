"""Evaluates a block's checks for the rows that a workbook is sent out with.

The results are stored beside the formulas, because a viewer that does not calculate (a mail preview, a phone) shows the
stored ones. They must equal what the formulas give; a test compares them in LibreOffice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from xlsflow.template.expressions.evaluate_row import RowContext, RowPredicate, compile_violation
from xlsflow.template.expressions.expression import Blank, Compare, Const, Not, Ref
from xlsflow.workbook.outgoing.plan import Plan, Record, SheetPlan, UnparsedText, is_used
from xlsflow.workbook.self_check.row_checks import OK_CODE, CellCheck, CheckedCell

if TYPE_CHECKING:
    from xlsflow.i18n import Lang
    from xlsflow.template.kinds import FieldBase, Scope
    from xlsflow.template.model import DataBlock
    from xlsflow.template.rules import RowConstraint

SHORT_NAME = 3
"""A text of at most so many characters is never taken for two names, whatever sign is in it: `n/a`."""


def row_codes(
    plan: Plan, sheet: SheetPlan, block: DataBlock, cells: Sequence[CheckedCell], covered: Sequence[int]
) -> Iterator[tuple[str, ...]]:
    """Yield the texts of the code cells for each row of a block.

    Args:
        plan: The workbook's plan.
        sheet: The sheet of the block.
        block: The block.
        cells: The checked cells of a row.
        covered: How many of them each code cell covers.
    """
    always_used = not block.has_rows and getattr(block, "required", False)
    earlier: dict[str, set[object]] = {name: set() for cell in cells for name in cell.unique_fields}
    # LibreOffice does not recalculate on opening either: what is stored here is what everybody sees at first.
    outgoing, blank = plan.outgoing, ("",) * len(covered)
    checks_by_cell = [cell.checks for cell in cells]
    bounds = [*pairwise(sum(covered[:number]) for number in range(len(covered) + 1))]
    for record in plan.records(sheet, block):
        if not always_used and not is_used(block, record):
            yield blank
            continue
        values = record
        if UnparsedText in map(type, record.values()):
            # An unparsed text in a numeric field is blank to the formulas too (ISNUMBER); elsewhere it is a text.
            values = {
                name: value
                for name, value in record.items()
                if not (isinstance(value, UnparsedText) and block.field(name).numeric)
            }
        row = RowContext(values, outgoing.day, outgoing.scope.settings, block.groups, earlier)
        codes = [_cell_code(plan, checks, row, record) for checks in checks_by_cell]
        yield tuple("".join(codes[begin:end]) for begin, end in bounds)
        for name, seen in earlier.items():
            if (value := record.get(name)) is not None:
                seen.add(value)


def _cell_code(plan: Plan, checks: Sequence[CellCheck], row: RowContext, record: Record) -> str:
    for check in checks:
        if check.is_violated((plan, record) if check.of_record else row):
            name = check.constraint.at if check.constraint else ""
            if name in record and name not in row.values and _asks_for_value(check.constraint, name):
                continue  # the cell is not blank: it holds an unparsed text
            return f"{check.letter}{check.number:03}"
    return OK_CODE


def _asks_for_value(constraint: RowConstraint | None, name: str) -> bool:
    return constraint is not None and constraint.must == Not(Blank(Ref(name)))


def violation_predicate(constraint: RowConstraint, *, too_many: bool | None) -> RowPredicate:
    """Return the predicate of rows that definitely violate a constraint, or one half of it (`CellCheck.too_many`)."""
    if too_many is None:
        return compile_violation(constraint.must, constraint.when)
    assert isinstance(constraint.must, Compare)
    return compile_violation(Compare("<=" if too_many else ">=", constraint.must.left, Const(1)), constraint.when)


def several_people_predicate(field: FieldBase, scope: Scope, lang: Lang) -> RowPredicate:
    """Return the predicate of rows in which a field for one person holds several people, or a unit."""
    people, units = scope.lists.get(field.list_name()), scope.lists.get(field.excluded_list())

    @lru_cache(maxsize=1024, typed=True)  # the same few names occur in thousands of rows
    def is_not_one_person(value: object) -> bool:
        text = str(value if isinstance(value, UnparsedText) else field.write(value, lang, scope))
        if not text.strip() or (people and people.is_offered(text, lang)):
            return False
        # text[1:-1], as in the formula: a separator at either end separates nothing.
        separated = len(text) > SHORT_NAME and any(sign in text[1:-1] for sign in field.separators)
        return separated or bool(units and units.is_label_or_code(text))

    def predicate(row: RowContext) -> bool:
        value = row.values.get(field.name)
        return value is not None and is_not_one_person(value)

    return predicate
