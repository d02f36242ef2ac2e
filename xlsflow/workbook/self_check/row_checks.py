"""The checks that a workbook runs on its own rows while it is filled in.

Hidden cells beside a row, the code cells, hold the result as one text: four characters for every checked cell, `0000`
or a letter for the severity and the number of the violated check (`E007`). Counts, colours and the mark beside the row
all read that text, so each constraint is evaluated once. A cell shows at most one finding, errors before warnings, as
the merge reports it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xlsflow.fileformat.cells import column_letters
from xlsflow.template.expressions.expression import Unique, walk_expression
from xlsflow.template.rules import RowConstraint
from xlsflow.workbook.outgoing.plan import SheetPlan
from xlsflow.workbook.self_check.formula import text_literal
from xlsflow.workbook.style import texts

MISSING_LETTER, ERROR_LETTER, WARNING_LETTER = "M", "E", "W"
"""Severity of a finding: a required cell is blank, an error, a warning."""

OK_CODE = "0000"
"""Result of a cell without a finding."""

# Both are beyond the last row of a sheet (1,048,576), so no formula has them by chance.
ROW_PLACEHOLDER, ROW_ABOVE_PLACEHOLDER = 987654321, 123456789
"""Take the place of a row's number, and of the one above it, in formulas that are built once for all rows."""


@dataclass(frozen=True, slots=True)
class CellCheck:
    """One check of a cell.

    Attributes:
        constraint: The constraint; None for the built-in check that a cell for one person names one person.
        letter: Severity of a violation.
        number: Position of its sentence among the block's sentences, from 1.
        test: Formula that says whether it is violated.
        is_violated: The same as `test`, for a row of data.
        too_many: For "exactly one", which is checked in two halves: True where several cells hold the code, False
            where none does.
        of_record: Whether `is_violated` takes the workbook and the row as it is shown, unparsed texts included.
    """

    constraint: RowConstraint | None
    letter: str
    number: int
    test: str
    is_violated: Callable[[Any], bool] = field(compare=False)
    too_many: bool | None = None
    of_record: bool = False


@dataclass(frozen=True, slots=True)
class CheckedCell:
    """A cell of a row that can have a finding.

    Attributes:
        fields: The cell's field; several where the finding belongs to all cells that hold one of `codes`.
        checks: The checks, in order of precedence.
        codes: See `fields`.
        unique_fields: The fields of the checks whose values must differ from row to row.
    """

    fields: tuple[str, ...]
    checks: tuple[CellCheck, ...]
    codes: tuple[str, ...] = ()
    unique_fields: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Find the unique fields."""
        constraints = [check.constraint for check in self.checks if check.constraint is not None]
        sides = (expr for constraint in constraints for expr in (constraint.must, constraint.when) if expr)
        parts = (part for expr in sides for part in walk_expression(expr))
        unique = tuple(part.field.field for part in parts if isinstance(part, Unique))
        object.__setattr__(self, "unique_fields", unique)

    @property
    def formula(self) -> str:
        """The formula, without its `=`, that gives the four characters."""
        # Built from the inside out: the first check is the outermost IF and wins.
        formula = f'"{OK_CODE}"'
        for check in reversed(self.checks):
            formula = f'IF({check.test},"{check.letter}{check.number:03}",{formula})'
        return formula


@dataclass(frozen=True, slots=True)
class RowChecks:
    """The checks of a block.

    Attributes:
        cells: The checked cells of a row.
        columns: For each code cell of a row its formula, with placeholders for the row, and how many checked cells it
            covers.
        first_col: Column of the first code cell.
        rows: First and last row.
        sentences: What the mark says about each check.
        name: Defined name of the sentences.
        results: The texts of the code cells for the rows that the workbook is sent out with.
    """

    cells: tuple[CheckedCell, ...]
    columns: tuple[tuple[str, int], ...]
    first_col: int
    rows: tuple[int, int]
    sentences: tuple[str, ...]
    name: str
    results: tuple[tuple[str, ...], ...]

    def formulas(self, row: int) -> list[str]:
        """Return the formulas of a row's code cells."""
        here, above = str(ROW_PLACEHOLDER), str(ROW_ABOVE_PLACEHOLDER)
        return [formula.replace(here, str(row + 1)).replace(above, str(row)) for formula, _ in self.columns]

    def joined_codes(self, row: int) -> str:
        """Return the formula, without its `=`, that joins a row's code cells."""
        return "&".join(self._code_cell(number, row) for number in range(len(self.columns)))

    def _code_cell(self, number: int, row: int) -> str:
        return f"${column_letters(self.first_col + number)}{row + 1}"

    def fault_formula(self, index: int, row: int) -> str:
        """Return the formula, without its `=`, that says whether a checked cell of a row has a finding."""
        begin = 0
        for number, (_, covered) in enumerate(self.columns):
            if index < begin + covered:
                return f'MID({self._code_cell(number, row)},{(index - begin) * len(OK_CODE) + 1},1)>"0"'
            begin += covered
        raise IndexError(index)

    def count_formula(self, sheet: SheetPlan, letter: str) -> str:
        """Return the formula, without its `=`, that counts the findings of a severity."""
        first, last = column_letters(self.first_col), column_letters(self.first_col + len(self.columns) - 1)
        # Counts letters instead of comparing cells: one code cell holds the results of many.
        cells = sheet.at(f"${first}${self.rows[0] + 1}:${last}${self.rows[1] + 1}")
        return f'SUMPRODUCT(LEN({cells})-LEN(SUBSTITUTE({cells},"{letter}","")))'

    def count(self, letter: str) -> int:
        """Return how many findings of a severity the rows have that the workbook is sent out with."""
        return sum("".join(codes).count(letter) for codes in self.results)

    def mark_formula(self, row: int) -> str:
        """Return the formula of the mark beside a row: the sentence of the most severe finding, else a sign."""
        code = self.joined_codes(row)
        # Built from the inside out again: the letter that is tried last is outermost, and a blank cell outranks an
        # error.
        formula = f'IF({code}="","","{texts.MARK_OK}")'
        for letter in (WARNING_LETTER, ERROR_LETTER, MISSING_LETTER):
            formula = f'IFERROR(INDEX({self.name},VALUE(MID({code},FIND("{letter}",{code})+1,3))),{formula})'
        return f"={formula}"

    def mark_text(self, codes: Sequence[str]) -> str:
        """Return the result of `mark_formula` for the texts of a row's code cells."""
        code = "".join(codes)
        for letter in (MISSING_LETTER, ERROR_LETTER, WARNING_LETTER):
            if letter in code:
                start = code.index(letter)
                return self.sentences[int(code[start + 1 : start + 4]) - 1]
        return texts.MARK_OK if code else ""

    def defined_names(self) -> Mapping[str, str]:
        """Return the defined name of the sentences with the array that it refers to."""
        return {self.name: "={" + ";".join(map(text_literal, self.sentences)) + "}"}
