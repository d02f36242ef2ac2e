"""Rows and cells of a table that are no plain data: totals, notes, repeated headers, merged cells, pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlsflow.fileformat.cells import Scalar
from xlsflow.intake.recognition.header_text import (
    bare,
    header,
)

_TOTAL = re.compile(
    r"(本[页表月周季年日期]|当[月周日]|以上|各[区省部]|全部|分|总)?(合计|小计|总计|共计|累计|总和|汇总|平均值?|均值)"
    r"(数|行|金额|[一二三四五六七八九十]|共?\d+[项条个人件家次行])?|(sub|grand)?-?totals?|sum|average|mean"
)
"""What a row of sums begins with, as headers are compared."""
_TOTAL_MOST = 12
_TOTAL_STARTS = frozenset("本当以各全分总合小共累汇平均sgtamSGTAM 　(（【[")
_NOTE = re.compile(
    r"[（(]?(注|备注|说明|附注|附|填表说明|填报说明|填表人|填报人|制表人?|制单人?|审核人?|复核人?|审批人?|批准人?|经办人|负责人签字"
    r"|部门负责人|联系人|联系电话|电话|日期|填表日期|填报日期|签字|签名|盖章|单位盖章|单位[（(]盖章[)）]"
    r"|note|notes|n\.b\.|remark|remarks|prepared by|filled in by|reviewed by|approved by|signature|signed|contact|date)"
    r"\s*[0-9０-９]*\s*[:：.、]"
    r"|※|[（(]?以下(空白|无正文)|以上(数据|内容|信息|各项)|(nb|ps)[\s:：]",
    re.IGNORECASE,
)
"""What a note or the line of whoever filled the sheet begins with."""


_NUMBERED = re.compile(r"[A-Za-z]{1,8}-?[0-9]")
"""What an id begins with: a row that bears one is data, whatever else it says."""
_FIGURE = re.compile(r"[0-9０-９]")
SLACK = 1e-6


def is_total(text: str) -> bool:
    """Return whether a row that begins with a text is a row of sums.

    >>> is_total("合 计："), is_total("Grand total"), is_total("合计核对")
    (True, True, False)
    """
    if len(text) > _TOTAL_MOST or text[0] not in _TOTAL_STARTS:
        return False
    return any(_TOTAL.fullmatch(one) for one in (header(text), bare(text)))


def is_note(text: str) -> bool:
    """Return whether a text below a table is a note.

    >>> is_note("注：数据截至周五"), is_note("（以下空白）"), is_note("日期核对")
    (True, True, False)
    """
    return _NOTE.match(text.strip()) is not None


@dataclass(frozen=True, slots=True)
class Lines:
    """The used rows of a table before its oddities are taken out.

    Attributes:
        columns: Field -> what stands in it, a value a row, from left to right as on the sheet.
        makers: Fields whose value makes a row a used one.
        used: Numbers of the rows that are used.
        issued: Number of the first row behind those that were issued.
        labels: Field that is not worked out -> its labels, as headers are compared.
        figures: Fields that hold no value without a figure.
        key: Field that names a row; empty where there is none.
    """

    columns: Mapping[str, Sequence[Scalar]]
    makers: frozenset[str]
    used: Sequence[int]
    issued: int
    labels: Mapping[str, frozenset[str]]
    figures: frozenset[str] = frozenset()
    key: str = ""

    def totals(self) -> list[int]:
        """Return the rows whose first text is that of a sum, and rows of figures that add up what stands above them.

        A number that was printed beforehand is no text.
        """
        found: list[int] = []
        ahead: Sequence[int] = self.used
        for name, column in self.columns.items():
            if not ahead:
                break
            typed = name in self.makers
            further: list[int] = []
            for number in ahead:
                value = column[number]
                if value.__class__ is not str:
                    further.append(number)
                elif is_total(value):
                    found.append(number)
                elif not typed:
                    further.append(number)
            ahead = further
        return sorted({*found, *(number for number in ahead if number == self.used[-1] and self._adds_up(number))})

    def _adds_up(self, number: int) -> bool:
        """Return whether a row without a word holds nothing but the sums of the columns above it."""
        above = [row for row in self.used if row < number]
        figures = [(column, column[number]) for name, column in self.columns.items() if name in self.makers]
        held = [(column, value) for column, value in figures if value is not None]
        if len(above) < 2 or not all(isinstance(value, float) for _, value in held):  # noqa: PLR2004 - one row is no sum
            return False
        return all(isinstance(v, float) and v and abs(_sum(column, above) - v) < SLACK for column, v in held)

    def headers(self) -> list[int]:
        """Return the rows that repeat the header: at least two cells, and all that are filled, hold their own label."""
        first = next((name for name in self.columns if name in self.makers), "")
        if not first:
            return []
        starts = {start for text in self.labels[first] for start in (text[0], text[0].upper(), " ", "\n", "*", "＊")}
        found = []
        for number in self.used:
            value = self.columns[first][number]
            if not isinstance(value, str) or value[0] not in starts:
                continue
            asked = ((name, column) for name, column in self.columns.items() if name in self.labels)
            filled = [(name, column[number]) for name, column in asked if column[number] is not None]
            if len(filled) > 1 and all(_is_label(value, self.labels[name]) for name, value in filled):
                found.append(number)
        return found

    def notes(self) -> list[int]:
        """Return the rows at the end that are notes: by their words, or what stands below such a row or all else."""
        found: list[int] = []
        if len(self.makers) < 3:  # noqa: PLR2004 - of two columns, one filled cell is no sign of a note
            return found
        for number in reversed(self.used):
            if not self._may_be_note(number):
                break
            found.append(number)
        found.reverse()
        while found and not self._begins_notes(found[0]):
            del found[0]
        return found

    def _may_be_note(self, number: int) -> bool:
        """Return whether a row can be a note: one text, or a line of whoever filled in, checked and signed."""
        held = self._held(number)
        if not isinstance(held[0], str) or _NUMBERED.match(held[0]):
            return False
        if is_note(held[0]):
            return len(held) <= 2 or any(isinstance(v, str) and is_note(v) for v in held[1:])  # noqa: PLR2004
        return len(held) == 1

    def _begins_notes(self, number: int) -> bool:
        """Return whether a row is surely the first of the notes: by its words, or below all that was issued."""
        if is_note(str(self._held(number)[0])):
            return True
        return number >= self.issued and number - 1 not in self.used

    def other_table(self) -> list[int]:
        """Return the rows of a table of their own below: from its header, behind a blank row, to the end.

        Its header has words where ids, days and numbers belong, and no id of ours stands below it.
        """
        if self.key not in self.figures:
            return []
        ids = self.columns[self.key]
        worded = [n for n in self.used if isinstance(word := ids[n], str) and not _FIGURE.search(word)]
        for number in worded:
            place = self.used.index(number)
            if place and self._is_foreign_header(number) and (start := self._start(place)):
                rest = self.used[start:]
                ours = any(isinstance(word := ids[row], str) and _NUMBERED.match(word) for row in rest)
                return [] if ours else list(rest)
        return []

    def _is_foreign_header(self, number: int) -> bool:
        """Return whether a row holds but different words, also where figures belong."""
        held = {name: self.columns[name][number] for name in self.labels if self.columns[name][number] is not None}
        words = {value for value in held.values() if isinstance(value, str) and not _FIGURE.search(value)}
        return (
            len(held) > 2  # noqa: PLR2004 - a header has three
            and len(words) == len(held)
            and len(self.figures & held.keys()) > 1
        )

    def _start(self, place: int) -> int | None:
        """Return the place of the first row of a table whose header was found; None where no blank row stands above."""
        if self.used[place] - 1 not in self.used:
            return place
        title = self.used[place - 1]
        if len(self._held(title)) == 1 and title - 1 not in self.used and place > 1:
            return place - 1
        return None

    def _held(self, number: int) -> list[Scalar]:
        return [
            column[number]
            for name, column in self.columns.items()
            if name in self.makers and column[number] is not None
        ]


def _is_label(value: Scalar, labels: frozenset[str]) -> bool:
    return isinstance(value, str) and header(value) in labels


def _sum(column: Sequence[Scalar], rows: Sequence[int]) -> float:
    return sum(value for number in rows if isinstance(value := column[number], float))
