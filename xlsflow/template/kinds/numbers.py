"""Kinds `number`, `integer` and `percent`."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from functools import cached_property
from typing import ClassVar, Literal

from pydantic import model_validator

from xlsflow.fileformat.cells import PercentNumber, Scalar, UnformattedNumber, display_text, shown_number
from xlsflow.findings import Diagnostic
from xlsflow.i18n import Lang, LocalizedText
from xlsflow.template.kinds.field import (
    Alignment,
    ColumnMemory,
    EntryRule,
    FieldBase,
    FieldDtype,
    Reading,
    Scope,
    to_half_width,
)
from xlsflow.template.kinds.parsing.chinese_numerals import parse_chinese_number
from xlsflow.template.kinds.parsing.parse_measure import parse_measure, scale_by_ten, units_in_labels

# A number with commas, spaces or nothing between thousands. Decimals follow a point, never a comma: 1,234 is 1234.
_NUMBER = re.compile(r"[+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)(?:\.\d*)?|\.\d+)")
# A Chinese full stop between digits: what a Chinese keyboard types for a decimal point.
_CHINESE_POINT = re.compile(r"(?<=\d)。(?=\d)")
_PERCENT = re.compile(r"(.*?)\s*(?:%|per ?cent|pct)\.?", re.IGNORECASE)
_PER_MILLE = re.compile(r"(.*?)\s*‰")
_PERCENT_IN_CHINESE = re.compile(r"百分之(.+)")
# Default bound that stands for none: help texts do not mention it.
_UNBOUNDED = 1e12


def _parse_number(text: str) -> float | None:
    """Return the number in a text, None if it is not a number."""
    text = _CHINESE_POINT.sub(".", text)
    return float(text.replace(",", "").replace(" ", "")) if text.isascii() and _NUMBER.fullmatch(text) else None


def _number_text(number: float) -> str:
    if math.isinf(number):  # a cell may hold up to 9.99E+307, and a percentage is a hundred times what is in it
        return "∞" if number > 0 else "-∞"
    return f"{number:.15g}" if abs(number) < 1e15 else str(int(number))  # noqa: PLR2004 - above it, %g writes an exponent


class NumberField(FieldBase):
    """A number.

    Attributes:
        least: Minimum.
        most: Maximum.
    """

    dtype: ClassVar[FieldDtype] = "number"
    align: ClassVar[Alignment] = "center"
    number_format: ClassVar[str] = "0.##########"
    default_width: ClassVar[float] = 9.5
    kind_label: ClassVar[LocalizedText] = LocalizedText("数字", "number")

    kind: Literal["number"] = "number"
    least: float = -_UNBOUNDED
    most: float = _UNBOUNDED

    @model_validator(mode="after")
    def _has_room(self) -> NumberField:
        if not self.least <= self.most:
            raise ValueError(f"least ({_number_text(self.least)}) is above most ({_number_text(self.most)})")
        return self

    def entry_rule(self, scope: Scope) -> EntryRule | None:  # noqa: ARG002
        """Return the bounds."""
        return EntryRule("decimal", least=self.least, most=self.most)

    def help_text(self, lang: Lang, scope: Scope) -> str:
        """Return the author's help text, or the bounds."""
        template = _NUMBER_HELP[self.least > -_UNBOUNDED, self.most < _UNBOUNDED]
        bounds = template.say(lang).format(least=self.shown(self.least), most=self.shown(self.most))
        return super().help_text(lang, scope) or bounds

    def shown(self, number: float) -> str:
        """Return a number as text for a message."""
        return _number_text(number)

    def parse(self, raw: Scalar, scope: Scope) -> Reading:  # noqa: ARG002
        """Return the number if it can be read in exactly one way."""
        # Excel stores all of these as numbers, but who sees TRUE or a date in the cell did not type one.
        if isinstance(raw, bool | date | time | timedelta):
            return self.unreadable("not_a_number")
        if isinstance(raw, str):
            number = self._parse_text(to_half_width(raw))
            return self.unreadable("not_a_number") if number is None else self._bounded(number, raw)
        assert isinstance(raw, int | float)
        if isinstance(raw, PercentNumber):
            return self._read_percentage(raw)
        return self._bounded(shown_number(raw))

    def _read_percentage(self, raw: PercentNumber) -> Reading:
        """Return a number that its cell shows as a percentage: only a column of the unit % takes one."""
        # 60% in a column “Share (%)” is 60; in any other column it may be 60 or 0.6.
        if "%" in self._units:
            return self._bounded(shown_number(raw * 100))
        return self.unreadable("percent_in_number", shown=display_text(raw))

    @cached_property
    def _units(self) -> frozenset[str]:
        """The units in the field's label."""
        return units_in_labels((self.label,))

    def _parse_text(self, text: str) -> float | None:
        """Return the number in a text, with or without the unit of the column; None if there is none."""
        number = _parse_number(text)
        if number is None and (measure := parse_measure(text, self._units)):
            digits, power = measure
            number = _parse_number(digits)
            return None if number is None else scale_by_ten(number, power)
        return number

    def _bounded(self, number: float, typed: str | None = None) -> Reading:
        """Return a number if it is within the bounds, with a diagnostic if it was typed as a text of another form."""
        # A text such as 1e999, or 400 digits, overflows to infinity.
        if not math.isfinite(number):
            return self.unreadable("not_a_number")
        if number < self.least:
            return self.unreadable("too_small", limit=self.shown(self.least), shown=self.shown(number))
        if number > self.most:
            return self.unreadable("too_large", limit=self.shown(self.most), shown=self.shown(number))
        return Reading(number) if typed is None else self.corrected(number, self.shown(number), typed)

    def _sample_range(self) -> tuple[float, float]:
        """Return the bounds for samples, which stay below a million where the field's own bounds allow it."""
        low = max(self.least, min(-1e6, self.most))
        return low, min(self.most, max(1e6, low))

    def sample(self, rng: random.Random, scope: Scope) -> object:  # noqa: ARG002
        """Return a number within the bounds, to one decimal."""
        low, high = self._sample_range()
        return min(max(round(rng.uniform(low, high), 1), low), high)


class IntegerField(NumberField):
    """A whole number."""

    dtype: ClassVar[FieldDtype] = "integer"
    number_format: ClassVar[str] = "0"
    kind_label: ClassVar[LocalizedText] = LocalizedText("整数", "whole number")

    kind: Literal["integer"] = "integer"  # type: ignore[assignment]  # the kind is what differs

    @model_validator(mode="after")
    def _has_whole_bounds(self) -> IntegerField:
        if not (self.least.is_integer() and self.most.is_integer()):
            raise ValueError("the bounds of a whole number must be whole numbers")
        return self

    def entry_rule(self, scope: Scope) -> EntryRule | None:  # noqa: ARG002
        """Return the bounds of a whole number."""
        return EntryRule("whole", least=int(self.least), most=int(self.most))

    def parse(self, raw: Scalar, scope: Scope) -> Reading:
        """Return the whole number if it can be read in exactly one way."""
        reading = super().parse(raw, scope)
        if isinstance(reading.value, float):
            if not reading.value.is_integer():
                return self.unreadable("not_whole")
            return Reading(int(reading.value), reading.diagnostic)
        return reading

    def sample(self, rng: random.Random, scope: Scope) -> object:  # noqa: ARG002
        """Return a whole number within the bounds."""
        low, high = self._sample_range()
        return rng.randint(int(low), int(high))


class PercentField(NumberField):
    """A percentage; the data has a fraction, 0.6 for 60 %."""

    number_format: ClassVar[str] = "0%"
    kind_label: ClassVar[LocalizedText] = LocalizedText("百分比", "percentage")

    kind: Literal["percent"] = "percent"  # type: ignore[assignment]  # the kind is what differs
    least: float = 0.0
    most: float = 1.0

    @property
    def is_share(self) -> bool:
        """Whether the values are percentages: always."""
        return True

    def shown(self, number: float) -> str:
        """Return a fraction as a percentage."""
        return f"{_number_text(round(number * 100, 6))}%"

    def parse(self, raw: Scalar, scope: Scope) -> Reading:
        """Return the fraction; 60, 60% and ６０％ are read as 0.6 if 60 as a fraction is far out of bounds."""
        if isinstance(raw, str):
            return self._parse_percent_text(to_half_width(raw).rstrip("。"), raw)
        if isinstance(raw, PercentNumber):
            return self._bounded(shown_number(raw))
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            number = shown_number(raw)
            fraction = self._to_fraction(number)
            return self._bounded(fraction, None if fraction == number else str(number))
        return super().parse(raw, scope)

    def read_column(
        self, raws: Sequence[Scalar], scope: Scope, memory: ColumnMemory | None = None
    ) -> tuple[list[object], dict[int, Diagnostic]]:
        """Read a column: numbers without a percent sign are whole percent or fractions, all of them alike."""
        bare = {at: shown_number(raw) for at, raw in enumerate(raws) if isinstance(raw, UnformattedNumber)}
        if not bare:
            return super().read_column(raws, scope, memory)
        values, diagnostics = super().read_column([None if at in bare else raw for at, raw in enumerate(raws)], scope)
        # One person fills a column in one way: a 60 in it proves that a 1 above it is 1 %. Without such a number, 1 is
        # asked about.
        is_whole = any(self._min_percent <= number for number in bare.values())
        for at, number in bare.items():
            values[at], diagnostic = self._read_bare(number, is_whole=is_whole)
            if diagnostic is not None:
                diagnostics[at] = diagnostic
        return values, dict(sorted(diagnostics.items()))

    def _read_bare(self, number: float, *, is_whole: bool) -> Reading:
        """Return the fraction for a number without a percent sign, given whether its column is in whole percent."""
        if is_whole:
            return self._bounded(scale_by_ten(number, -2), _number_text(number)) if number else Reading(0.0)
        return self._ambiguous(number) if 1 <= number < self._min_percent else self._bounded(number)

    def _ambiguous(self, number: float) -> Reading:
        """Return a reading without value for a number that may be whole percent or a fraction."""
        low, high = f"{_number_text(number)}%", f"{_number_text(scale_by_ten(number, 2))}%"
        return self.unreadable("ambiguous_percent", low=low, high=high)

    def _parse_percent_text(self, text: str, typed: str) -> Reading:
        """Return the fraction in a text; a plain number such as 1.5 that may be 1.5 % or 150 % is not guessed."""
        if match := _PERCENT_IN_CHINESE.fullmatch(text):
            chinese = parse_chinese_number(match[1])
            hundredths = _parse_number(match[1]) if chinese is None else float(chinese)
        elif match := _PERCENT.fullmatch(text):
            hundredths = _parse_number(match[1])
        elif match := _PER_MILLE.fullmatch(text):
            thousandths = _parse_number(match[1])
            hundredths = None if thousandths is None else scale_by_ten(thousandths, -1)
        else:
            number = _parse_number(text)
            if number is not None and 1 <= number < self._min_percent:
                return self._ambiguous(number)
            hundredths = None if number is None else scale_by_ten(self._to_fraction(number), 2)
        return (
            self.unreadable("not_a_number")
            if hundredths is None
            else self._bounded(scale_by_ten(hundredths, -2), typed)
        )

    @property
    def _min_percent(self) -> float:
        """The number from which on a plain number is a percentage and cannot be a fraction."""
        return 2 * max(self.most, 1)

    def _to_fraction(self, number: float) -> float:
        """Return a plain number as a fraction: 60 is 60 %, but 1.5 may be 150 % or 1.5 % and stays unchanged."""
        return scale_by_ten(number, -2) if self._min_percent <= number <= self.most * 100 else number

    def sample(self, rng: random.Random, scope: Scope) -> object:  # noqa: ARG002
        """Return a fraction, in steps of 5 % if the bounds allow it."""
        # Samples stay between -1000 % and 1000 % where the bounds are wider.
        low, high = math.ceil(max(self.least, -10) * 20), math.floor(min(self.most, 10) * 20)
        return rng.randint(low, high) / 20 if low <= high else self.least


# Whether there is a lower and an upper bound -> help text.
_NUMBER_HELP: Mapping[tuple[bool, bool], LocalizedText] = {
    (False, False): LocalizedText("请填数字。", "A number."),
    (True, False): LocalizedText("请填不小于 {least} 的数字。", "A number from {least} up."),
    (False, True): LocalizedText("请填不大于 {most} 的数字。", "A number up to {most}."),
    (True, True): LocalizedText("请填 {least} 到 {most} 之间的数字。", "A number from {least} to {most}."),
}
