"""Rows and cells of a table that are no plain data: totals, notes, repeated headers, merged cells, pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlsflow.cells import Scalar
from xlsflow.intake.headers import bare, header

_TOTAL = re.compile(
    r"(本[页表月周季年日期]|当[月周日]|以上|各[区省部]|全部|分|总)?(合计|小计|总计|共计|累计|总和|汇总)(数|行|金额|[一二三四五六七八九十])?"
    r"|(sub|grand)?-?totals?|sum"
)
"""What a row of sums begins with, as headers are compared."""
_TOTAL_MOST = 12
_TOTAL_STARTS = frozenset("本当以各全分总合小共累汇sgtSGT 　(（【[")
_NOTE = re.compile(
    r"[（(]?(注|备注|说明|附注|附|填表说明|填报说明|填表人|填报人|制表人?|制单人?|审核人?|复核人?|审批人?|批准人?|经办人|负责人签字"
    r"|部门负责人|联系人|联系电话|电话|日期|填表日期|填报日期|签字|签名|盖章|单位盖章|单位[（(]盖章[)）]"
    r"|note|notes|n\.b\.|remark|remarks|prepared by|filled in by|reviewed by|approved by|signature|signed|contact|date)"
    r"\s*[0-9０-９]*\s*[:：.、]",
    re.IGNORECASE,
)
"""What a note or the line of whoever filled the sheet begins with."""


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

    >>> is_note("注：数据截至周五"), is_note("填表人：张三  联系电话：123"), is_note("日期核对")
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
    """

    columns: Mapping[str, Sequence[Scalar]]
    makers: frozenset[str]
    used: Sequence[int]
    issued: int
    labels: Mapping[str, frozenset[str]]

    def totals(self) -> list[int]:
        """Return the rows whose first text is that of a sum; a number that was printed beforehand is no text."""
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
        return sorted(found)

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
        """Return the rows at the end that are notes: one or two cells, by their words or below all that was issued."""
        found: list[int] = []
        if len(self.makers) < 3:  # noqa: PLR2004 - of two columns, one filled cell is no sign of a note
            return found
        for number in reversed(self.used):
            held = self._held(number)
            if len(held) > 2 or not isinstance(held[0], str):  # noqa: PLR2004
                break
            if not is_note(held[0]) and (len(held) > 1 or number < self.issued):
                break
            found.append(number)
        found.reverse()
        while found and not self._begins_notes(found[0]):
            del found[0]
        return found

    def _begins_notes(self, number: int) -> bool:
        """Return whether a row is surely the first of the notes: by its words, or by a blank row above it."""
        return is_note(str(self._held(number)[0])) or number - 1 not in self.used

    def _held(self, number: int) -> list[Scalar]:
        return [
            column[number]
            for name, column in self.columns.items()
            if name in self.makers and column[number] is not None
        ]


def _is_label(value: Scalar, labels: frozenset[str]) -> bool:
    return isinstance(value, str) and header(value) in labels
