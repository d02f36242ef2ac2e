"""Translates the expression language of templates into Excel formulas, for one row.

A formula means the same as `template.expressions.evaluate_row` for that row; a test compares them in LibreOffice.

- A blank is unknown. A condition is translated with a presumption: the value that unknown counts as. `not` inverts it.
- A number or date is known if the cell holds a number: to the reader, too, a text in a date cell is no date.
- Codes are compared as the labels of the sheet's language.
- No formula refers to another row, except to find a value that occurs twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import column_letters
from xlsflow.template.expressions import expression as syntax
from xlsflow.template.expressions.expression import Expr, Ref
from xlsflow.workbook.outgoing.plan import AS_OF

if TYPE_CHECKING:
    from xlsflow.i18n import Lang
    from xlsflow.layout.sheet_layout import FormLayout, TableLayout
    from xlsflow.template.kinds import FieldBase, Scope
    from xlsflow.template.model import DataBlock

# Full-width digits too: to the reader they are digits (`has_figure`).
_DIGITS = "{" + ",".join(f'"{digit}"' for digit in "0123456789０１２３４５６７８９") + "}"
# Half of what Excel takes: a quote in the text counts twice.
_MAX_LITERAL = 120
_OPERATORS: Mapping[str, str] = {"==": "=", "!=": "<>"}


@dataclass(frozen=True)
class Addresses:
    """The addresses of a block's values, for use in formulas.

    Attributes:
        block: The block.
        layout: Where the block lies.
        row: Sheet row (from 1) that `cell` and `runs` refer to in a table; a form has only one.
    """

    block: DataBlock
    layout: TableLayout | FormLayout
    row: int = 0
    _columns: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Look the columns up once: a batch asks for them millions of times."""
        table = getattr(self.layout, "columns", None)
        columns = {name: span.first for name, span in table.items()} if table is not None else {}
        object.__setattr__(self, "_columns", columns)

    @cached_property
    def _form(self) -> Mapping[str, str]:
        cells = getattr(self.layout, "cells", ())
        return {cell.field: f"${column_letters(cell.value.first)}${cell.row + 1}" for cell in cells}

    def cell(self, name: str) -> str:
        """Return the address of a field's cell in this row."""
        # The row is relative: what is written for a table's first row, Excel moves along to the others.
        return f"${column_letters(self._columns[name])}{self.row}" if name in self._columns else self._form[name]

    def column_number(self, name: str) -> int:
        """Return the column of a field of a table, from 0."""
        return self._columns[name]

    def column(self, name: str) -> str:
        """Return the range of a field's cells in all rows."""
        if name not in self._columns:
            return self._form[name]
        col = column_letters(self._columns[name])
        first, last = self.layout.first_row + 1, self.layout.last_row + 1
        return f"${col}${first}:${col}${last}"

    def runs(self, names: Sequence[str]) -> list[str]:
        """Return the cells of several fields in this row, in as few ranges as possible."""
        if not self._columns:
            return [self._form[name] for name in names]
        runs: list[list[int]] = []
        for col in sorted(self._columns[name] for name in names):
            if runs and runs[-1][1] == col - 1:
                runs[-1][1] = col
            else:
                runs.append([col, col])
        ends = [(f"${column_letters(first)}{self.row}", f"${column_letters(last)}{self.row}") for first, last in runs]
        return [first if first == last else f"{first}:{last}" for first, last in ends]


def condition_formula(expr: Expr, addresses: Addresses, lang: Lang, scope: Scope, *, presume: bool) -> str:
    """Return the formula, without its `=`, that says whether a condition holds in a row.

    Args:
        expr: The condition.
        addresses: Where the row's values are.
        lang: The language of the sheet's labels.
        scope: The project's lists and settings; the value of a setting is written into the formula.
        presume: What an unknown counts as.
    """
    return _FormulaWriter(addresses, lang, scope).truth(expr, presume=presume)


def value_formula(expr: Expr, addresses: Addresses, lang: Lang, scope: Scope, list_name: str = "") -> str:
    """Return the formula, without its `=`, of an expression's value in a row; it gives an empty text for unknown.

    Args:
        expr: The expression.
        addresses: Where the row's values are.
        lang: The language of the sheet's labels.
        scope: The project's lists and settings.
        list_name: The choice list of the expression's value, if it is a code; the formula gives the label.
    """
    return _FormulaWriter(addresses, lang, scope).result(expr, list_name)


@dataclass(frozen=True)
class _FormulaWriter:
    """Writes formulas for one row."""

    addresses: Addresses
    lang: Lang
    scope: Scope

    def truth(self, expr: Expr, *, presume: bool) -> str:
        """Return the formula of a condition."""
        match expr:
            case syntax.And(parts=parts) | syntax.Or(parts=parts):
                name = "AND" if isinstance(expr, syntax.And) else "OR"
                return f"{name}({','.join(self.truth(part, presume=presume) for part in parts)})"
            case syntax.Not(part=part):
                return f"NOT({self.truth(part, presume=not presume)})"
            case syntax.If(condition=condition, then=then, otherwise=otherwise):
                yes, no = self._branch(then, presume=presume), self._branch(otherwise, presume=presume)
                return f"IF({self.truth(condition, presume=False)},{yes},{no})"
        return self._test(expr, presume=presume)

    def _branch(self, expr: Expr, *, presume: bool) -> str:
        """Return the formula of a branch of `a if c else b`: only a plain value can be unknown there."""
        never_unknown = isinstance(
            expr, syntax.And | syntax.Or | syntax.Not | syntax.Compare | syntax.OneOf | syntax.Unique | syntax.HasFigure
        )
        return self.truth(expr, presume=False if never_unknown else presume)

    def _test(self, expr: Expr, *, presume: bool) -> str:
        """Return the formula of a condition that has no conditions as parts."""
        match expr:
            case syntax.Blank(field=ref):
                # TRIM, because to the reader, too, a cell of blanks is blank.
                return f'TRIM({self._cell(ref)})=""'
            case syntax.Compare():
                return self._compare(expr, presume=presume)
            case syntax.OneOf(left=left, options=options):
                tests = [f"{self.raw(left)}={self._constant(option, left)}" for option in options]
                test = tests[0] if len(tests) == 1 else f"OR({','.join(tests)})"
                # A blank equals none of them, so it needs no test of its own: shorter formulas for most rules.
                only_texts = not presume and all(self._is_text_comparison(option, left) for option in options)
                return test if only_texts else self._if_known((left,), test, presume=presume)
            case syntax.Unique(field=ref):
                cell = self._cell(ref)
                # Not COUNTIF, which takes * and ? in an ID for wildcards and reads 1E5 as a number.
                return self._if_known(
                    (ref,), f"SUMPRODUCT(--({self.addresses.column(ref.field)}={cell}))=1", presume=presume
                )
            case syntax.HasFigure(field=ref):
                found = f"SUMPRODUCT(--ISNUMBER(FIND({_DIGITS},{self._cell(ref)})))>0"
                return self._if_known((ref,), found, presume=presume)
            case syntax.Const(value=value):
                return _boolean(value)
        return self._if_known((expr,), self._is_something(expr), presume=presume)

    def _is_something(self, expr: Expr) -> str:
        """Return the formula that says whether a known value counts as true: any text, any number but 0."""
        if isinstance(expr, Ref) and not self._field(expr).numeric:
            return "TRUE"
        return f"{self.raw(expr)}<>0"

    def _compare(self, expr: syntax.Compare, *, presume: bool) -> str:
        left, right = self._constant(expr.left, expr.right), self._constant(expr.right, expr.left)
        test = f"{left}{_OPERATORS.get(expr.op, expr.op)}{right}"
        if expr.op == "==" and not presume and self._is_text_comparison(expr.right, expr.left):
            return test
        return self._if_known((expr.left, expr.right), test, presume=presume)

    def _is_text_comparison(self, const: Expr, other: Expr) -> bool:
        """Return whether a text cell is compared with a text that is not empty: a blank differs from it anyway."""
        is_text = isinstance(const, syntax.Const) and isinstance(const.value, str) and const.value != ""
        return is_text and isinstance(other, Ref) and not self._field(other).numeric

    def _if_known(self, parts: Sequence[Expr], test: str, *, presume: bool) -> str:
        """Return a test that applies only where all its parts are known."""
        known = [text for part in parts for text in self._known(part)]
        if not known:
            return test
        condition = known[0] if len(known) == 1 else f"AND({','.join(dict.fromkeys(known))})"
        return f"IF({condition},{test},{_boolean(presume)})"

    def _known(self, expr: Expr) -> list[str]:
        """Return the conditions under which a value is known; none if it always is."""
        match expr:
            case Ref():
                cell = self._cell(expr)
                return [f"ISNUMBER({cell})" if self._field(expr).numeric else f'TRIM({cell})<>""']
            case syntax.Calculation(op=op, left=left, right=right):
                known = [*self._known(left), *self._known(right)]
                # AND evaluates all its arguments, so a division by an unknown would be an error; IF stops at the first.
                return [f"IF({_all(known)},{self.raw(right)}<>0,FALSE)"] if op == "/" else known
            case syntax.If(condition=condition, then=then, otherwise=otherwise):
                yes, no = _all(self._known(then)), _all(self._known(otherwise))
                return [] if yes == no == "TRUE" else [f"IF({self.truth(condition, presume=False)},{yes},{no})"]
        return []

    def raw(self, expr: Expr) -> str:
        """Return the formula of a value that is known."""
        match expr:
            case syntax.Const(value=value):
                return _literal(value)
            case Ref():
                return self._cell(expr)
            case syntax.SettingRef(name=name):
                return _literal(self.scope.settings[name])
            case syntax.AsOf():
                return AS_OF
            case syntax.Count(group=group, codes=codes):
                return self._count(group, codes)
            case syntax.Calculation(op=op, left=left, right=right):
                return f"({self.raw(left)}{op}{self.raw(right)})"
            case syntax.If(condition=condition, then=then, otherwise=otherwise):
                return f"IF({self.truth(condition, presume=False)},{self.raw(then)},{self.raw(otherwise)})"
        return self.truth(expr, presume=False)

    def result(self, expr: Expr, list_name: str) -> str:
        """Return the formula of a value, or of an empty text where it is unknown."""
        if isinstance(expr, syntax.If):
            yes, no = self.result(expr.then, list_name), self.result(expr.otherwise, list_name)
            return f"IF({self.truth(expr.condition, presume=False)},{yes},{no})"
        if isinstance(expr, syntax.Const) and list_name in self.scope.lists:
            return _literal(self.scope.lists[list_name].label_of(str(expr.value), self.lang))
        known = self._known(expr)
        return f'IF({_all(known)},{self.raw(expr)},"")' if known else self.raw(expr)

    def _count(self, group: Ref, codes: Sequence[str]) -> str:
        """Return the formula that counts the cells of a group which hold one of the codes."""
        # A matrix takes its columns from the project, which may name none of this part.
        names = self.addresses.block.groups.get(group.path, ())
        if not names or not codes:
            return "0"
        field = self.addresses.block.field(names[0])
        labels = [_literal(str(field.write(code, self.lang, self.scope))) for code in codes]
        # One SUMPRODUCT a run: ranges of different shapes cannot be added. `--` turns a single TRUE into a number.
        sign = "--" if len(labels) == 1 else ""
        return "+".join(
            f"SUMPRODUCT({sign}{'+'.join(f'({run}={label})' for label in labels)})"
            for run in self.addresses.runs(names)
        )

    def _constant(self, const: Expr, other: Expr) -> str:
        """Return the formula of a value; a constant is written as the compared cell shows it: a code as its label."""
        if isinstance(const, syntax.If) and isinstance(other, Ref):
            yes, no = self._constant(const.then, other), self._constant(const.otherwise, other)
            return f"IF({self.truth(const.condition, presume=False)},{yes},{no})"
        if not isinstance(const, syntax.Const):
            return self.raw(const)
        if isinstance(other, Ref) and isinstance(const.value, str):
            return _literal(str(self._field(other).write(const.value, self.lang, self.scope)))
        return _literal(const.value)

    def _field(self, ref: Ref) -> FieldBase:
        return self.addresses.block.field(ref.field)

    def _cell(self, ref: Ref) -> str:
        return self.addresses.cell(ref.field)


def _all(conditions: Sequence[str]) -> str:
    """Return the formula that says whether all conditions hold."""
    distinct = list(dict.fromkeys(conditions))
    if not distinct:
        return "TRUE"
    return distinct[0] if len(distinct) == 1 else f"AND({','.join(distinct)})"


def _boolean(value: object) -> str:
    return "TRUE" if value else "FALSE"


def text_literal(text: str) -> str:
    """Return a text as a formula writes it.

    >>> text_literal('12" pipe')
    '"12"" pipe"'
    """
    return '"' + text.replace('"', '""') + '"'


def text_literals(text: str) -> str:
    """Return a long text as a formula writes it, in parts: Excel takes no text of more than 255 characters there."""
    parts = [text[at : at + _MAX_LITERAL] for at in range(0, len(text), _MAX_LITERAL)]
    return "&".join(map(text_literal, parts)) or '""'


def _literal(value: str | float | bool) -> str:  # noqa: FBT001 - one of the constants of the language
    """Return a constant as a formula writes it."""
    if isinstance(value, bool):
        return _boolean(value)
    if isinstance(value, str):
        return text_literal(value)
    # Excel keeps 15 digits; a formula with more is changed when it is edited.
    return format(value, ".15g")
