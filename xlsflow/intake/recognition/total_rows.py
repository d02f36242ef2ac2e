"""Tells a row of totals from a row of data whose words look like one: by its numbers, never by its words alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from xlsflow.fileformat.cells import CellError, Scalar, Uncalculated
from xlsflow.intake.recognition.header_text import normalize_header, without_brackets

# The label of a row of totals, as a normalised header.
_TOTAL = re.compile(
    r"(本[页表月周季年日期]|当[月周日]|以上|各[区省部]|全部|分|总)?(合计|小计|总计|共计|累计|总和|汇总|平均值?|均值)"
    r"(数|行|金额|[一二三四五六七八九十]|共?\d+[项条个人件家次行])?|(sub|grand)?-?totals?|sum|average|mean"
)
_TOTAL_LENGTH = 12
_TOTAL_STARTS = frozenset("本当以各全分总合小共累汇平均sgtamSGTAM 　(（【[")
_NUMBERED = re.compile(r"[A-Za-z]{1,8}-?[0-9]")
# A text in a row of totals that is no words: a count with its unit (`8 项`), or a dash.
_COUNT = re.compile(
    r"(?:共计?|约|[-—/+])?\s*([0-9][0-9,]*(?:\.[0-9]+)?)\s*[^\s0-9]{0,2}|[-—/]+|[0-9]{1,9} (?:items?|rows?)"
)
_ROUNDING = 1e-6  # Excel stores binary floats, so a sum may differ in the last digits
_MIN_ADDENDS = 2

TotalKind = Literal["total", "total_with_text", "not_summed", ""]
"""What a labelled row is: totals, totals beside words of its own, numbers that are no totals, or plain data."""


def is_total(text: str) -> bool:
    """Return whether a text labels a row of totals.

    >>> is_total("合 计："), is_total("Grand total"), is_total("合计核对")
    (True, True, False)
    """
    # Normalising is slow, and this runs on the first text of every row: most are ruled out by length or first letter.
    if len(text) > _TOTAL_LENGTH or text[0] not in _TOTAL_STARTS:
        return False
    return any(_TOTAL.fullmatch(label) for label in (normalize_header(text), without_brackets(text)))


@dataclass(frozen=True, slots=True)
class LabelledRows:
    """The rows of a table whose first text labels a total, judged by their other cells.

    Attributes:
        columns: Field -> cells, for the fields that are filled in by hand, from left to right.
        used: Numbers of the used rows.
        required: Fields that a row of data must have.
        days: Fields that take dates: a number in one is no total.
        shares: Fields that take percentages: a total shows a mean of them, which need not be the plain one.
        key: Field that identifies a row; empty if there is none.
    """

    columns: Mapping[str, Sequence[Scalar]]
    used: Sequence[int]
    required: frozenset[str]
    days: frozenset[str]
    shares: frozenset[str]
    key: str

    def judge(self, labelled: Sequence[int]) -> dict[int, TotalKind]:
        """Return what each labelled row is, from top to bottom: a total adds up the rows of data around it."""
        kinds: dict[int, TotalKind] = {}
        open_labels = set(labelled)
        for number in sorted(labelled):
            kinds[number] = self._kind(number, open_labels, [row for row, kind in kinds.items() if _is_aside(kind)])
            if not _is_aside(kinds[number]):
                open_labels.discard(number)
        return kinds

    def _kind(self, number: int, labels: set[int], earlier: Sequence[int]) -> TotalKind:
        cells = {name: value for name, column in self.columns.items() if not _is_blank(value := column[number])}
        if isinstance(own_id := cells.get(self.key), str) and _NUMBERED.match(own_id):
            return ""
        # The label may also stand in a prefilled column, which is none of these.
        label = next((name for name, value in cells.items() if isinstance(value, str) and is_total(value)), "")
        rest = {name: value for name, value in cells.items() if name != label}
        words = [name for name, value in rest.items() if self._is_word(name, value)]
        numbers = {name: value for name, value in rest.items() if isinstance(value, float) and name not in words}
        groups = list(self._groups(number, labels, earlier))
        # A row of data has all of its required fields; one that lacks some may be a total with a note beside it.
        complete = (self.required - {label}).issubset(cells)
        if words:
            sums = {name: value for name, value in numbers.items() if name not in self.shares}
            summed = bool(sums) and all(self._is_sum(name, value, groups) for name, value in sums.items())
            return "total_with_text" if summed and not complete else ""
        if numbers:
            proven = all(self._is_total_of(name, value, groups) for name, value in numbers.items())
            return "total" if proven else "not_summed"
        uncalculated = any(isinstance(value, CellError | Uncalculated) for value in rest.values())
        # A label and nothing else is no row of data where other fields are required.
        return "" if complete and not uncalculated else "total"

    def _is_word(self, name: str, value: Scalar) -> bool:
        """Return whether a cell holds what no total has: words, a date, a tick."""
        if isinstance(value, str):
            return _COUNT.fullmatch(value.strip()) is None
        return name in self.days or not isinstance(value, float | CellError | Uncalculated)

    def _groups(self, number: int, labels: set[int], earlier: Sequence[int]) -> Iterator[Sequence[int]]:
        """Yield the groups of rows that a total may add up: down from the last total, all above it, all below it."""
        data = [row for row in self.used if row not in labels and row != number]
        since = max((row for row in earlier if row < number), default=-1)
        yield [row for row in data if since < row < number]
        yield [row for row in data if row < number]
        yield [row for row in earlier if row < number]  # a grand total of part sums
        until = min((row for row in labels if row > number), default=len(self.columns[next(iter(self.columns))]))
        yield [row for row in data if number < row < until]
        yield data

    def _is_sum(self, name: str, value: float, groups: Sequence[Sequence[int]]) -> bool:
        """Return whether a number is the sum of at least two others: of one it would be a repetition."""
        found = (self._values(name, group) for group in groups)
        return value != 0 and any(len(values) >= _MIN_ADDENDS and _same(sum(values), value) for values in found)

    def _is_total_of(self, name: str, value: float, groups: Sequence[Sequence[int]]) -> bool:
        """Return whether a number is a sum, a mean, a count, the least or the largest of a group."""
        for group in groups:
            if not group:
                continue
            values = self._values(name, group)
            if _same(value, len(group)) or _same(value, len(values)):
                return True
            if not values:
                if value == 0:
                    return True
                continue
            if name in self.shares and min(values) - _ROUNDING <= value <= max(values) + _ROUNDING:
                return True
            if any(_same(value, one) for one in (sum(values), sum(values) / len(values), min(values), max(values))):
                return True
        return False

    def _values(self, name: str, rows: Sequence[int]) -> list[float]:
        column = self.columns[name]
        found = (_number(column[row]) for row in rows)
        return [value for value in found if value is not None]


def _is_aside(kind: TotalKind) -> bool:
    return kind in {"total", "total_with_text"}


def _is_blank(value: Scalar) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _number(value: Scalar) -> float | None:
    """Return a number, also one that was typed as a text with its unit."""
    if isinstance(value, float):
        return value
    match = _COUNT.fullmatch(value.strip()) if isinstance(value, str) else None
    return float(match[1].replace(",", "")) if match and match[1] else None


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= max(_ROUNDING, abs(other) * 1e-9)
