"""Finds the used rows of a table that are not data: totals, notes, repeated headers, another table below."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlsflow.fileformat.cells import CellError, Scalar, Uncalculated
from xlsflow.intake.recognition.header_text import normalize_header
from xlsflow.intake.recognition.total_rows import LabelledRows, TotalKind, is_total

# The beginning of a note, or of a line for names and signatures.
_NOTE = re.compile(
    r"[（(]?(注|备注|说明|附注|附|填表说明|填报说明|填表人|填报人|制表人?|制单人?|审核人?|复核人?|审批人?|批准人?|经办人|负责人签字"
    r"|部门负责人|联系人|联系电话|电话|日期|填表日期|填报日期|签字|签名|盖章|单位盖章|单位[（(]盖章[)）]"
    r"|note|notes|n\.b\.|remark|remarks|prepared by|filled in by|reviewed by|approved by|signature|signed|contact|date)"
    r"\s*[0-9０-９]*\s*[:：.、]"
    r"|※|[（(]?以下(空白|无正文)|以上(数据|内容|信息|各项)|(nb|ps)[\s:：]",
    re.IGNORECASE,
)
# The beginning of an id: a row that has one is data, whatever its other cells contain.
_NUMBERED = re.compile(r"[A-Za-z]{1,8}-?[0-9]")
_DIGIT = re.compile(r"[0-9０-９]")
_ROUNDING = 1e-6  # Excel stores binary floats, so a sum may differ in the last digits


def is_note(text: str) -> bool:
    """Return whether a text below a table is a note.

    >>> is_note("注：数据截至周五"), is_note("（以下空白）"), is_note("日期核对")
    (True, True, False)
    """
    return _NOTE.match(text.strip()) is not None


@dataclass(frozen=True, slots=True)
class UsedRows:
    """The used rows of a table, among which rows that are not data are found.

    Attributes:
        columns: Field -> cells, one a row, from left to right as on the sheet.
        makers: Fields whose value makes a row a used one.
        used: Numbers of the used rows.
        sent_end: Number of the first row after those of the outgoing workbook.
        labels: Field that is filled in -> its normalised labels.
        figures: Fields whose values always contain a digit.
        key: Field that identifies a row; empty if there is none.
        required: Fields that a row of data must have.
        days: Fields that take dates.
        shares: Fields that take percentages.
    """

    columns: Mapping[str, Sequence[Scalar]]
    makers: frozenset[str]
    used: Sequence[int]
    sent_end: int
    labels: Mapping[str, frozenset[str]]
    figures: frozenset[str] = frozenset()
    key: str = ""
    required: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()
    shares: frozenset[str] = frozenset()

    def totals(self) -> dict[int, TotalKind]:
        """Return the rows whose first text labels a total, as what their numbers prove, and a last row that adds up."""
        labelled: list[int] = []
        # Column by column instead of row by row: most rows are decided by their first filled column.
        undecided: Sequence[int] = self.used
        for name, column in self.columns.items():
            if not undecided:
                break
            filled_in = name in self.makers
            next_column: list[int] = []
            for number in undecided:
                value = column[number]
                if value.__class__ is not str:
                    next_column.append(number)
                elif is_total(value):
                    labelled.append(number)
                elif not filled_in:  # a prefilled number of the row says nothing about it
                    next_column.append(number)
            undecided = next_column
        kinds: dict[int, TotalKind] = {}
        if labelled:
            typed = {name: column for name, column in self.columns.items() if name in self.makers}
            rows = LabelledRows(typed, self.used, self.required, self.days, self.shares, self.key)
            kinds = rows.judge(labelled)
        unlabelled = [number for number in undecided if number == self.used[-1] and self._adds_up(number)]
        return kinds | dict.fromkeys(unlabelled, "total")

    def failed(self) -> dict[int, str]:
        """Return the rows below a gap that hold nothing but errors or formulas without a result -> that value's code.

        Such a row is a formula that was left behind, not a row of data that lacks everything else.
        """
        found: dict[int, str] = {}
        above = -1
        for number in self.used:
            after_gap = number > above + 1 or above in found
            above = number
            if not after_gap:
                continue
            cells = self._filled_cells(number)
            if cells and all(isinstance(cell, CellError | Uncalculated) for cell in cells):
                found[number] = "error_cell" if isinstance(cells[0], CellError) else "formula_without_value"
        return found

    def _adds_up(self, number: int) -> bool:
        """Return whether all filled cells of a row are sums of the columns above them."""
        above = [row for row in self.used if row < number]
        cells = [(column, column[number]) for name, column in self.columns.items() if name in self.makers]
        filled = [(column, value) for column, value in cells if value is not None]
        # A total of a single row would make every row that repeats the one above it a total.
        if len(above) < 2 or not all(isinstance(value, float) for _, value in filled):  # noqa: PLR2004 - two addends
            return False
        return all(
            isinstance(value, float) and value and abs(_sum(column, above) - value) < _ROUNDING
            for column, value in filled
        )

    def headers(self) -> list[int]:
        """Return the rows that repeat the header: at least two filled cells, each with the label of its own column."""
        first = next((name for name in self.columns if name in self.makers), "")
        if not first:
            return []
        # Normalising every cell of the first column would be slow: the first character rules out most of them.
        starts = {start for text in self.labels[first] for start in (text[0], text[0].upper(), " ", "\n", "*", "＊")}
        found = []
        for number in self.used:
            value = self.columns[first][number]
            if not isinstance(value, str) or value[0] not in starts:
                continue
            filled = [
                (name, column[number])
                for name, column in self.columns.items()
                if name in self.labels and column[number] is not None
            ]
            if len(filled) > 1 and all(_is_label(value, self.labels[name]) for name, value in filled):
                found.append(number)
        return found

    def notes(self) -> list[int]:
        """Return the last rows that are notes: from the first one known as a note to the end of the table."""
        found: list[int] = []
        if len(self.makers) < 3:  # noqa: PLR2004 - in two columns a single filled cell does not indicate a note
            return found
        # From the bottom, since notes stand below the data and the first row of data ends the search.
        for number in reversed(self.used):
            if not self._may_be_note(number):
                break
            found.append(number)
        found.reverse()
        while found and not self._starts_notes(found[0]):
            del found[0]
        return found

    def _may_be_note(self, number: int) -> bool:
        """Return whether a row may be a note: a single text, or a line with the names of those who filled it in."""
        cells = self._filled_cells(number)
        if not isinstance(cells[0], str) or _NUMBERED.match(cells[0]):
            return False
        if is_note(cells[0]):
            return len(cells) <= 2 or any(isinstance(cell, str) and is_note(cell) for cell in cells[1:])  # noqa: PLR2004
        return len(cells) == 1

    def _starts_notes(self, number: int) -> bool:
        """Return whether a row is certainly a note: by its words, or below a gap after the rows of the template."""
        if is_note(str(self._filled_cells(number)[0])):
            return True
        return number >= self.sent_end and number - 1 not in self.used

    def other_table(self) -> list[int]:
        """Return the rows of another table below this one: from its header, after a blank row, to the end.

        Its header has words in columns that take ids, dates and numbers, and none of our ids follows below it.
        """
        if self.key not in self.figures:
            return []
        ids = self.columns[self.key]
        for number in self.used:
            word = ids[number]
            if not isinstance(word, str) or _DIGIT.search(word):
                continue
            # Rare: almost no id lacks a digit, so the linear search does not matter.
            position = self.used.index(number)
            if position and self._is_foreign_header(number) and (start := self._start(position)):
                rest = self.used[start:]
                has_our_ids = any(isinstance(cell := ids[row], str) and _NUMBERED.match(cell) for row in rest)
                return [] if has_our_ids else list(rest)
        return []

    def _is_foreign_header(self, number: int) -> bool:
        """Return whether every filled cell is a different text without digits, including in numeric columns."""
        filled = {name: self.columns[name][number] for name in self.labels if self.columns[name][number] is not None}
        words = {value for value in filled.values() if isinstance(value, str) and not _DIGIT.search(value)}
        return (
            len(filled) > 2  # noqa: PLR2004 - fewer words may be a careless row of data
            and len(words) == len(filled)
            and len(self.figures & filled.keys()) > 1
        )

    def _start(self, position: int) -> int | None:
        """Return the position in `used` where a table begins whose header was found; None without a blank row above."""
        if self.used[position] - 1 not in self.used:
            return position
        # A title of one cell may stand between the blank row and the header.
        title = self.used[position - 1]
        if len(self._filled_cells(title)) == 1 and title - 1 not in self.used and position > 1:
            return position - 1
        return None

    def _filled_cells(self, number: int) -> list[Scalar]:
        return [
            column[number]
            for name, column in self.columns.items()
            if name in self.makers and column[number] is not None
        ]


def _is_label(value: Scalar, labels: frozenset[str]) -> bool:
    return isinstance(value, str) and normalize_header(value) in labels


def _sum(column: Sequence[Scalar], rows: Sequence[int]) -> float:
    return sum(value for number in rows if isinstance(value := column[number], float))
