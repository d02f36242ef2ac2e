"""Type checker for expressions: rejects definitions that add a date to a text or use a plain value as a condition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from xlsflow.errors import did_you_mean
from xlsflow.template.expressions import expression as syntax
from xlsflow.template.expressions.expression import Expr, Ref
from xlsflow.template.kinds import FieldBase
from xlsflow.template.model import DataBlock, MatrixBlock

ExpressionType = Literal["truth", "number", "day", "text", "unknown"]
"""Type of an expression; "unknown" if a part of it has an error that is reported already."""

_TYPE_NAMES = {
    "truth": "a condition",
    "number": "a number",
    "day": "a date",
    "text": "a text",
    "unknown": "something",
}.__getitem__


def field_type(field: FieldBase) -> ExpressionType:
    """Return the type of a field's values."""
    if field.dtype == "datetime":
        return "day"
    return "number" if field.numeric else "text"


@dataclass(frozen=True)
class TypeChecker:
    """Infers types of expressions in one block and collects type errors.

    Attributes:
        block: The block whose fields the expressions refer to.
        errors: Messages, one for each error.
    """

    block: DataBlock
    errors: list[str]

    def type_of(self, expr: Expr) -> ExpressionType:
        """Return the type of an expression and add its errors to `errors`."""
        match expr:
            case syntax.And(parts=parts) | syntax.Or(parts=parts):
                return self._conditions(*parts)
            case syntax.Not(part=part):
                return self._conditions(part)
            case syntax.Compare(op=op, left=left, right=right):
                return self._comparison(op, self.type_of(left), self.type_of(right))
            case syntax.OneOf(left=left, options=options):
                first = self.type_of(left)
                for option in options:
                    self._comparison("==", first, self.type_of(option))
                return "truth"
            case syntax.Blank(field=ref) | syntax.Unique(field=ref) | syntax.HasFigure(field=ref):
                ref_type = self.type_of(ref)
                if isinstance(expr, syntax.HasFigure) and ref_type not in ("text", "unknown"):
                    self.errors.append(f"has_figure({ref.field}) looks at a text, and {ref.field!r} is none")
                return "truth"
        return self._value(expr)

    def _value(self, expr: Expr) -> ExpressionType:
        match expr:
            case syntax.Const(value=value):
                return "truth" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"
            case Ref():
                return self._field(expr)
            case syntax.AsOf():
                return "day"
            case syntax.SettingRef():
                return "number"
            case syntax.Count(group=group):
                self._group(group)
                return "number"
            case syntax.If(condition=condition, then=then, otherwise=otherwise):
                self._conditions(condition)
                return self._either(self.type_of(then), self.type_of(otherwise))
            case syntax.Calculation(op=op, left=left, right=right):
                return self._arith(op, self.type_of(left), self.type_of(right))
        raise AssertionError(expr)

    def _conditions(self, *parts: Expr) -> ExpressionType:
        for part in parts:
            if (part_type := self.type_of(part)) not in ("truth", "unknown"):
                self.errors.append(f"a condition is expected, not {_TYPE_NAMES(part_type)}")
        return "truth"

    def _comparison(self, op: str, left: ExpressionType, right: ExpressionType) -> ExpressionType:
        # An operand of unknown type is reported already; a second message about it would not help.
        if "unknown" not in (left, right):
            if "truth" in (left, right):
                self.errors.append(f"{op} compares values, not conditions; join conditions by and, or, not")
            elif left != right:
                self.errors.append(f"{_TYPE_NAMES(left)} cannot be compared with {_TYPE_NAMES(right)}")
            elif left == "text" and op not in ("==", "!="):
                self.errors.append(f"texts have no order: {op} compares numbers or dates")
        return "truth"

    def _arith(self, op: str, left: ExpressionType, right: ExpressionType) -> ExpressionType:
        match (left, op, right):
            case ("unknown", _, _) | (_, _, "unknown"):
                return "unknown"
            case ("number", _, "number") | ("day", "-", "day"):
                return "number"
            case ("day", "+" | "-", "number"):
                return "day"
        self.errors.append(f"{_TYPE_NAMES(left)} {op} {_TYPE_NAMES(right)} has no meaning")
        return "unknown"

    def _either(self, then: ExpressionType, otherwise: ExpressionType) -> ExpressionType:
        if "truth" in (then, otherwise):
            self.errors.append("'if' chooses between values; for conditions use and, or, not, or a rule with 'when'")
            return "unknown"
        if "unknown" not in (then, otherwise) and then != otherwise:
            self.errors.append(f"'if' gives {_TYPE_NAMES(then)} or {_TYPE_NAMES(otherwise)}; both must be of one type")
            return "unknown"
        # What one branch is known to be is enough to check what the value is used for.
        return otherwise if then == "unknown" else then

    def _field(self, ref: Ref) -> ExpressionType:
        names = [field.name for field in self.block.columns]
        if ref.field in names and not ref.part:
            return field_type(self.block.field(ref.field))
        if ref.field in declared_groups(self.block):
            self.errors.append(f"{ref.field!r} is a group of columns; count({ref.field}, ...) looks at it")
        elif ref.field in names:
            self.errors.append(f"{ref.field!r} has no part {ref.part!r}")
        else:
            self.errors.append(
                f"there is no field {ref.field!r}{did_you_mean(ref.field, (*names, *declared_groups(self.block)))}"
            )
        return "unknown"

    def _group(self, ref: Ref) -> None:
        known = declared_groups(self.block)
        if ref.field not in known:
            self.errors.append(f"there is no group of columns {ref.field!r}{did_you_mean(ref.field, known)}")


def declared_groups(block: DataBlock) -> tuple[str, ...]:
    """Return the names of a block's groups of project columns, which it has before the columns are known."""
    return (block.cells,) if isinstance(block, MatrixBlock) else ()


def type_errors(expr: Expr, block: DataBlock, *, expected: tuple[ExpressionType, ...]) -> Iterator[str]:
    """Yield the type errors of an expression in a block.

    Args:
        expr: The expression.
        block: The block whose fields it refers to.
        expected: The types that its value may have.
    """
    checker = TypeChecker(block, [])
    actual = checker.type_of(expr)
    # A part of a chain such as `a < b < c` is checked twice; its error is shown once.
    yield from dict.fromkeys(checker.errors)
    if not checker.errors and actual not in expected:
        yield f"{' or '.join(map(_TYPE_NAMES, expected))} is expected, but this gives {_TYPE_NAMES(actual)}"
