"""Checks of single cells: what a paste puts into a cell past its validation, as far as a formula can see it.

Each is a formula and its twin in Python, for the rows that the workbook goes out with. Where a formula cannot decide as
the reader does, it asks for more: a date that is text is read on return, but no due date can be compared with it here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from xlsflow.i18n import LocalizedText
from xlsflow.template.kinds import EntryRule, FieldBase
from xlsflow.template.lists import fold_text
from xlsflow.workbook.consolidated.row_xml import serial_number
from xlsflow.workbook.self_check.row_checks import ERROR_LETTER, WARNING_LETTER
from xlsflow.workbook.style import texts

if TYPE_CHECKING:
    from xlsflow.workbook.outgoing.plan import Plan, Record
    from xlsflow.workbook.self_check.dropdown_lists import Dropdowns

_EARLIEST_YEAR = 1900
_YEAR_LENGTH, _NUMBER_LENGTH = 4, 3
# A bound beyond it stands for none.
_UNBOUNDED = 1e12


ShownRow = tuple["Plan", "Record"]
"""A row of data, and the workbook that it is in."""


class EntryCheck(NamedTuple):
    """A check of one cell.

    Attributes:
        test: The formula, without its `=`, that says whether the cell is at fault.
        letter: Severity.
        is_violated: The same as `test`, for a row of data; a batch asks it about the workbooks of many regions.
        sentence: What the mark beside the row says.
    """

    test: str
    letter: str
    is_violated: Callable[[ShownRow], bool]
    sentence: LocalizedText


@dataclass(frozen=True)
class EntryChecks:
    """Makes the checks of fields of one workbook."""

    plan: Plan
    dropdowns: Dropdowns

    def of(self, field: FieldBase, cell: str) -> Iterator[EntryCheck]:
        """Yield the checks of a field's cell, given its address."""
        rule = field.entry_rule(self.plan.outgoing.scope) if field.is_typed else None
        if rule is None:
            return
        test, is_wrong = self._test(field, rule, cell)
        if test:
            yield EntryCheck(test, ERROR_LETTER, _of_value(field, is_wrong), _sentence(field, rule))
        if field.to and (targets := self.dropdowns.cells_of(field.to)):
            found = "+".join(f"COUNTIF({cells},TRIM({cell}))" for cells in targets)
            # As long as nobody has filled anything in there, nothing can be checked against it.
            begun = "".join(f"{name}>0," for name in self.dropdowns.begun(field.to))
            missing = f'IF(TRIM({cell})="",FALSE,AND({begun}COUNTA({",".join(targets)})>0,{found}=0))'
            # A warning: the ID may be that of another region, which a merge knows and this workbook does not.
            to = field.to

            def is_unknown(row: ShownRow) -> bool:
                plan, record = row
                text, known = _text(plan.shown(field, record.get(field.name))), plan.values_of(to)
                is_known = not known or text == "" or fold_text(text) in known
                return not is_known and plan.has_rows_with(to)

            yield EntryCheck(missing, WARNING_LETTER, is_unknown, _labelled(texts.MARK_REFERS_TO_NOTHING, field))

    def _test(self, field: FieldBase, rule: EntryRule, cell: str) -> tuple[str, Callable[[object], bool]]:
        """Return the formula of a rule, empty if none can see a fault, and its twin for what a cell shows."""
        if rule.value_type == "list":
            return self._list_test(field, rule, cell)
        if rule.value_type == "length":
            most = rule.most
            assert isinstance(most, int)
            return f"LEN({cell})>{most}", lambda shown: len(_text(shown)) > most
        if rule.value_type == "id":
            shape = id_shape(cell, rule.prefix, rule.most)
            test = f'IF(TRIM({cell})="",FALSE,NOT(IFERROR({shape},FALSE)))'
            return test, lambda shown: _text(shown) != "" and not has_id_shape(_text(shown), rule.prefix)
        return self._number_test(field, rule, cell)

    def _list_test(self, field: FieldBase, rule: EntryRule, cell: str) -> tuple[str, Callable[[object], bool]]:
        accepted = self.dropdowns.accepted(rule.of) if rule.stop else ""
        if not accepted:
            return "", lambda _: False
        known = {fold_text(text) for text in self.dropdowns.columns[accepted]}
        blank = self._blank_words(field)
        found = "+".join(f"COUNTIF({name},TRIM({cell}))" for name in (accepted, blank) if name)
        words = known | {fold_text(text) for text in self.dropdowns.columns.get(blank, ())}
        test = f'IF(TRIM({cell})="",FALSE,{found}=0)'
        return test, lambda shown: _text(shown) != "" and fold_text(_text(shown)) not in words

    def _number_test(self, field: FieldBase, rule: EntryRule, cell: str) -> tuple[str, Callable[[object], bool]]:
        """Return the test of a number or date: within its bounds, and no text."""
        least, most = _bound(rule.least), _bound(rule.most)
        if rule.value_type == "date":
            most = None if most is None else most + 1  # any time of the last day
        outside = [f"{cell}<{least:.15g}"] if least is not None else []
        if most is not None:
            outside.append(f"{cell}>={most:.15g}" if rule.value_type == "date" else f"{cell}>{most:.15g}")
        if rule.value_type == "whole":
            outside.append(f"{cell}<>INT({cell})")
        blank = self._blank_words(field)
        is_text = f'TRIM({cell})<>""' + (f",COUNTIF({blank},TRIM({cell}))=0" if blank else "")
        words = {fold_text(text) for text in self.dropdowns.columns.get(blank, ())}

        def is_wrong(shown: object) -> bool:
            if isinstance(shown, date):
                shown = serial_number(shown)
            if not isinstance(shown, int | float):
                return _text(shown) != "" and fold_text(_text(shown)) not in words
            below = least is not None and shown < least
            above = most is not None and (shown >= most if rule.value_type == "date" else shown > most)
            return below or above or (rule.value_type == "whole" and shown != int(shown))

        bounds = f"OR({','.join(outside)})" if outside else "FALSE"
        return f"IF(ISNUMBER({cell}),{bounds},{f'AND({is_text})' if blank else is_text})", is_wrong

    def _blank_words(self, field: FieldBase) -> str:
        """Return the name of the words that are read as a blank cell; empty where a value is required."""
        return "" if field.required else self.dropdowns.blank_words()


def _of_value(field: FieldBase, is_wrong: Callable[[object], bool]) -> Callable[[ShownRow], bool]:
    """Return the predicate of rows in which what a cell shows is wrong."""

    def predicate(row: ShownRow) -> bool:
        plan, record = row
        value = record.get(field.name)
        return value is not None and is_wrong(plan.shown(field, value))

    return predicate


def id_shape(cell: str, prefix: str, most: object) -> str:
    """Return the formula, without its `=`, that says whether a cell holds an id; an error where it is far from one.

    The part between year and number, a region's code, is free: codes may be Chinese. Excel takes no array constants in
    a validation, so digits are not looked at one by one.
    """
    start = len(prefix) + 1
    text = f"TRIM({cell})"
    year = f"--MID({text},{start + 1},{_YEAR_LENGTH})>{_EARLIEST_YEAR}"
    dash = f'MID({text},{start + _YEAR_LENGTH + 1},1)="-"'
    least = start + _YEAR_LENGTH + 1 + _NUMBER_LENGTH
    return (
        f'AND(LEFT({text},{start})="{prefix}-",{year},{dash},--RIGHT({text},{_NUMBER_LENGTH})>=0,'
        f"LEN({text})>={least},LEN({text})<={most})"
    )


def has_id_shape(text: str, prefix: str) -> bool:
    """Return the result of `id_shape` for a text; ids of rows that a workbook goes out with are short."""
    start = len(prefix) + 1
    year, number = text[start : start + _YEAR_LENGTH], text[-_NUMBER_LENGTH:]
    is_long = len(text) >= start + _YEAR_LENGTH + 1 + _NUMBER_LENGTH
    return (
        text[:start].casefold() == f"{prefix}-".casefold()
        and is_long
        and year.isdecimal()
        and number.isdecimal()
        and text[start + _YEAR_LENGTH] == "-"
    )


def _bound(value: object) -> float | None:
    """Return a bound as a cell holds it, None if there is none."""
    if isinstance(value, date):
        value = serial_number(value)
    return value if isinstance(value, int | float) and abs(value) < _UNBOUNDED else None


def _text(shown: object) -> str:
    return str(shown).strip() if shown is not None else ""


def _sentence(field: FieldBase, rule: EntryRule) -> LocalizedText:
    sentence = {
        "list": texts.MARK_NOT_LISTED,
        "date": texts.MARK_NOT_DATE,
        "length": texts.MARK_TOO_LONG,
        "id": texts.MARK_ID_SHAPE,
    }.get(rule.value_type, texts.MARK_NOT_NUMBER)
    return _labelled(sentence, field, prefix=rule.prefix)


def _labelled(sentence: LocalizedText, field: FieldBase, **facts: str) -> LocalizedText:
    return LocalizedText(
        sentence.zh.format(label=field.label.zh, **facts), sentence.en.format(label=field.label.en, **facts)
    )
