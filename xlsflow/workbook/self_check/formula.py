"""Says an expression of the rule language as an Excel formula; it means what `template.evaluate` makes of one row.

A blank is unknown. A truth value is asked for *under a presumption*, what an unknown counts as; `not` swaps it. A
number or day is known where the cell holds a number: text that was typed into a date cell is as unknown here as it is
to the reader. Codes are compared as the labels of the sheet's language. No formula speaks of another row, except to
look for a value that stands twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import letters
from xlsflow.template.expressions.expression import (
    Arith,
    AsOf,
    Blank,
    Compare,
    Const,
    Count,
    Every,
    Expr,
    HasFigure,
    If,
    Not,
    OneOf,
    Ref,
    Setting,
    Some,
    Unique,
)
from xlsflow.workbook.outgoing.plan import AS_OF

if TYPE_CHECKING:
    from xlsflow.i18n import Lang
    from xlsflow.layout.sheet_layout import (
        FormLayout,
        TableLayout,
    )
    from xlsflow.template.kinds import FieldBase, Scope
    from xlsflow.template.model import DataBlock

_DIGITS = "{" + ",".join(f'"{digit}"' for digit in "0123456789０１２３４５６７８９") + "}"
_OPERATORS: Mapping[str, str] = {"==": "=", "!=": "<>"}


@dataclass(frozen=True)
class Addresses:
    """Where the values of one row stand, as a formula names them.

    Attributes:
        block: The block.
        row: 1-based sheet row, for the cells of a table.
        place: Where the block lies.
    """

    block: DataBlock
    place: TableLayout | FormLayout
    row: int = 0
    _columns: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Look the columns up once."""
        table = getattr(self.place, "columns", None)
        columns = {name: span.first for name, span in table.items()} if table is not None else {}
        object.__setattr__(self, "_columns", columns)

    @cached_property
    def _form(self) -> Mapping[str, str]:
        cells = getattr(self.place, "cells", ())
        return {cell.field: f"${letters(cell.value.first)}${cell.row + 1}" for cell in cells}

    def cell(self, name: str) -> str:
        """Return the cell of a field in this row."""
        return f"${letters(self._columns[name])}{self.row}" if name in self._columns else self._form[name]

    def column(self, name: str) -> str:
        """Return the cells of a field in all rows."""
        if name not in self._columns:
            return self._form[name]
        col = letters(self._columns[name])
        first, last = self.place.first_row + 1, self.place.last_row + 1
        return f"${col}${first}:${col}${last}"

    def runs(self, names: Sequence[str]) -> list[str]:
        """Return the cells of several fields in this row, as few ranges as they make."""
        if not self._columns:
            return [self._form[name] for name in names]
        runs: list[list[int]] = []
        for col in sorted(self._columns[name] for name in names):
            if runs and runs[-1][1] == col - 1:
                runs[-1][1] = col
            else:
                runs.append([col, col])
        ends = [(f"${letters(first)}{self.row}", f"${letters(last)}{self.row}") for first, last in runs]
        return [first if first == last else f"{first}:{last}" for first, last in ends]


def excel(expr: Expr, at: Addresses, lang: Lang, scope: Scope, *, presume: bool) -> str:
    """Return the formula, without its `=`, that says whether an expression holds in a row.

    Args:
        expr: The expression.
        at: Where the row's values stand.
        lang: The language of the sheet's labels.
        scope: The project's lists and figures; a figure is written into the formula.
        presume: What an unknown counts as.
    """
    return _Writer(at, lang, scope).truth(expr, presume=presume)


def excel_value(expr: Expr, at: Addresses, lang: Lang, scope: Scope, of: str = "") -> str:
    """Return the formula, without its `=`, that gives what an expression is worth in a row; an empty text if unknown.

    Args:
        expr: The expression.
        at: Where the row's values stand.
        lang: The language of the sheet's labels.
        scope: The project's lists and figures.
        of: The list whose codes the expression gives; the formula gives their labels.
    """
    return _Writer(at, lang, scope).result(expr, of)


@dataclass(frozen=True)
class _Writer:
    """Writes formulas for one row."""

    at: Addresses
    lang: Lang
    scope: Scope

    def truth(self, expr: Expr, *, presume: bool) -> str:
        """Return whether an expression holds."""
        match expr:
            case Every(parts=parts) | Some(parts=parts):
                name = "AND" if isinstance(expr, Every) else "OR"
                return f"{name}({','.join(self.truth(part, presume=presume) for part in parts)})"
            case Not(part=part):
                return f"NOT({self.truth(part, presume=not presume)})"
            case If(condition=condition, then=then, otherwise=otherwise):
                yes, no = self._branch(then, presume=presume), self._branch(otherwise, presume=presume)
                return f"IF({self.truth(condition, presume=False)},{yes},{no})"
        return self._test(expr, presume=presume)

    def _branch(self, expr: Expr, *, presume: bool) -> str:
        """Return a branch of `a if c else b` as a truth value: a comparison is settled, only a value can be unknown."""
        settled = isinstance(expr, Every | Some | Not | Compare | OneOf | Unique | HasFigure)
        return self.truth(expr, presume=False if settled else presume)

    def _test(self, expr: Expr, *, presume: bool) -> str:
        """Return whether an expression without parts that are expressions of truth holds."""
        match expr:
            case Blank(field=ref):
                return f'TRIM({self._cell(ref)})=""'
            case Compare():
                return self._compare(expr, presume=presume)
            case OneOf(left=left, options=options):
                tests = [f"{self.raw(left)}={self._constant(option, left)}" for option in options]
                test = tests[0] if len(tests) == 1 else f"OR({','.join(tests)})"
                words = not presume and all(self._is_word(option, left) for option in options)
                return test if words else self._if_known((left,), test, presume=presume)
            case Unique(field=ref):
                cell = self._cell(ref)
                return self._if_known((ref,), f"SUMPRODUCT(--({self.at.column(ref.field)}={cell}))=1", presume=presume)
            case HasFigure(field=ref):
                found = f"SUMPRODUCT(--ISNUMBER(FIND({_DIGITS},{self._cell(ref)})))>0"
                return self._if_known((ref,), found, presume=presume)
            case Const(value=value):
                return _boolean(value)
        return self._if_known((expr,), self._is_something(expr), presume=presume)

    def _is_something(self, expr: Expr) -> str:
        """Return whether a known value counts as true: a text does, a number that is not 0 does."""
        if isinstance(expr, Ref) and not self._field(expr).numeric:
            return "TRUE"
        return f"{self.raw(expr)}<>0"

    def _compare(self, expr: Compare, *, presume: bool) -> str:
        left, right = self._constant(expr.left, expr.right), self._constant(expr.right, expr.left)
        test = f"{left}{_OPERATORS.get(expr.op, expr.op)}{right}"
        if expr.op == "==" and not presume and self._is_word(expr.right, expr.left):
            return test
        return self._if_known((expr.left, expr.right), test, presume=presume)

    def _is_word(self, const: Expr, other: Expr) -> bool:
        """Return whether a cell of words is held against a word: a blank is then unlike it without being asked for."""
        word = isinstance(const, Const) and isinstance(const.value, str) and const.value != ""
        return word and isinstance(other, Ref) and not self._field(other).numeric

    def _if_known(self, parts: Sequence[Expr], test: str, *, presume: bool) -> str:
        """Return a test that is only made where all its parts are known."""
        known = [text for part in parts for text in self._known(part)]
        if not known:
            return test
        condition = known[0] if len(known) == 1 else f"AND({','.join(dict.fromkeys(known))})"
        return f"IF({condition},{test},{_boolean(presume)})"

    def _known(self, expr: Expr) -> list[str]:
        """Return what must be the case for a value to be known; nothing where it always is."""
        match expr:
            case Ref():
                cell = self._cell(expr)
                return [f"ISNUMBER({cell})" if self._field(expr).numeric else f'TRIM({cell})<>""']
            case Arith(op=op, left=left, right=right):
                known = [*self._known(left), *self._known(right)]
                # Where a part is unknown the quotient is not worked out: IF, unlike AND, stops at the first no.
                return [f"IF({_all(known)},{self.raw(right)}<>0,FALSE)"] if op == "/" else known
            case If(condition=condition, then=then, otherwise=otherwise):
                yes, no = _all(self._known(then)), _all(self._known(otherwise))
                return [] if yes == no == "TRUE" else [f"IF({self.truth(condition, presume=False)},{yes},{no})"]
        return []

    def raw(self, expr: Expr) -> str:
        """Return a value that is known."""
        match expr:
            case Const(value=value):
                return _literal(value)
            case Ref():
                return self._cell(expr)
            case Setting(name=name):
                return _literal(self.scope.settings[name])
            case AsOf():
                return AS_OF
            case Count(group=group, codes=codes):
                return self._count(group, codes)
            case Arith(op=op, left=left, right=right):
                return f"({self.raw(left)}{op}{self.raw(right)})"
            case If(condition=condition, then=then, otherwise=otherwise):
                return f"IF({self.truth(condition, presume=False)},{self.raw(then)},{self.raw(otherwise)})"
        return self.truth(expr, presume=False)

    def result(self, expr: Expr, of: str) -> str:
        """Return a value, or an empty text where it is unknown."""
        if isinstance(expr, If):
            yes, no = self.result(expr.then, of), self.result(expr.otherwise, of)
            return f"IF({self.truth(expr.condition, presume=False)},{yes},{no})"
        if isinstance(expr, Const) and of in self.scope.lists:
            return _literal(self.scope.lists[of].label_of(str(expr.value), self.lang))
        known = self._known(expr)
        return f'IF({_all(known)},{self.raw(expr)},"")' if known else self.raw(expr)

    def _count(self, group: Ref, codes: Sequence[str]) -> str:
        """Return how many cells of a group hold one of the codes."""
        # The project may name no column of a sort.
        names = self.at.block.groups.get(f"{group.field}.{group.part}" if group.part else group.field, ())
        if not names or not codes:
            return "0"
        column = self.at.block.field(names[0])
        labels = [_literal(str(column.write(code, self.lang, self.scope))) for code in codes]
        # One sum a run: ranges of different shapes cannot be added. A lone truth value counts with two signs before it.
        sign = "--" if len(labels) == 1 else ""
        return "+".join(
            f"SUMPRODUCT({sign}{'+'.join(f'({run}={label})' for label in labels)})" for run in self.at.runs(names)
        )

    def _constant(self, const: Expr, other: Expr) -> str:
        """Return a value, a constant as it stands in the cell that it is compared with: a code as its label."""
        if isinstance(const, If) and isinstance(other, Ref):
            yes, no = self._constant(const.then, other), self._constant(const.otherwise, other)
            return f"IF({self.truth(const.condition, presume=False)},{yes},{no})"
        if not isinstance(const, Const):
            return self.raw(const)
        if isinstance(other, Ref) and isinstance(const.value, str):
            return _literal(str(self._field(other).write(const.value, self.lang, self.scope)))
        return _literal(const.value)

    def _field(self, ref: Ref) -> FieldBase:
        return self.at.block.field(ref.field)

    def _cell(self, ref: Ref) -> str:
        return self.at.cell(ref.field)


def _all(conditions: Sequence[str]) -> str:
    """Return that all conditions hold."""
    several = list(dict.fromkeys(conditions))
    if not several:
        return "TRUE"
    return several[0] if len(several) == 1 else f"AND({','.join(several)})"


def _boolean(value: object) -> str:
    return "TRUE" if value else "FALSE"


def _literal(value: str | float | bool) -> str:  # noqa: FBT001 - one of the constants of the language
    """Return a constant as a formula writes it."""
    if isinstance(value, bool):
        return _boolean(value)
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    return format(value, ".15g")
