"""Kinds `number`, `integer` and `percent`."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from functools import cached_property
from typing import ClassVar, Literal

from pydantic import model_validator

from xlsflow.fileformat.cells import Scalar
from xlsflow.i18n import (
    Lang,
    LocalizedText,
)
from xlsflow.template.kinds.field import (
    Alignment,
    EntryRule,
    FieldBase,
    FieldDtype,
    Reading,
    Scope,
    to_half_width,
)
from xlsflow.template.kinds.parsing.chinese_numerals import parse_chinese_number as in_chinese
from xlsflow.template.kinds.parsing.parse_unit import (
    parse_measure,
    scale_by_ten,
    units_in_labels,
)

_NUMBER = re.compile(r"[+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)(?:\.\d*)?|\.\d+)")
"""Digits, their thousands apart by commas or by blanks or not at all; a point, never a comma, before decimals."""
_CHINESE_POINT = re.compile(r"(?<=\d)。(?=\d)")
"""What a Chinese keyboard gives for a decimal point."""
_PERCENT = re.compile(r"(.*?)\s*(?:%|per ?cent|pct)\.?", re.IGNORECASE)
_PER_MILLE = re.compile(r"(.*?)\s*‰")
_PERCENT_IN_CHINESE = re.compile(r"百分之(.+)")
_UNBOUNDED = 1e12
"""A bound so far off that nobody is told of it."""


def _parse_number(text: str) -> float | None:
    """Return the number that a text writes out; None where it is none."""
    text = _CHINESE_POINT.sub(".", text)
    return float(text.replace(",", "").replace(" ", "")) if text.isascii() and _NUMBER.fullmatch(text) else None


def _number_text(number: float) -> str:
    return f"{number:.15g}" if abs(number) < 1e15 else str(int(number))  # noqa: PLR2004 - no exponent in a sentence


class NumberField(FieldBase):
    """A number.

    Attributes:
        least: Smallest value.
        most: Largest value.
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
        """Return the help, or the bounds."""
        words = _NUMBER_HELP[self.least > -_UNBOUNDED, self.most < _UNBOUNDED]
        bounds = words.say(lang).format(least=self.shown(self.least), most=self.shown(self.most))
        return super().help_text(lang, scope) or bounds

    def shown(self, number: float) -> str:
        """Return a number as a sentence shows it."""
        return _number_text(number)

    def parse(self, raw: Scalar, scope: Scope) -> Reading:  # noqa: ARG002
        """Return the number where it has one reading."""
        if isinstance(raw, bool | date | time | timedelta):
            return self.unreadable("not_a_number")
        if isinstance(raw, str):
            number = self._figure(to_half_width(raw))
            return self.unreadable("not_a_number") if number is None else self._bounded(number, raw)
        assert isinstance(raw, int | float)
        return self._bounded(float(raw))

    @cached_property
    def _units(self) -> frozenset[str]:
        """The units that its label declares."""
        return units_in_labels((self.label,))

    def _figure(self, text: str) -> float | None:
        """Return the number that a text writes out, with or without the unit of the column."""
        number = _parse_number(text)
        if number is None and (found := parse_measure(text, self._units)):
            figure, power = found
            number = _parse_number(figure)
            return None if number is None else scale_by_ten(number, power)
        return number

    def _bounded(self, number: float, typed: str | None = None) -> Reading:
        """Return a number within the bounds; one that was typed as text is noted unless it is typed as it is shown."""
        if not math.isfinite(number):
            return self.unreadable("not_a_number")
        if number < self.least:
            return self.unreadable("too_small", limit=self.shown(self.least), shown=self.shown(number))
        if number > self.most:
            return self.unreadable("too_large", limit=self.shown(self.most), shown=self.shown(number))
        return Reading(number) if typed is None else self.corrected(number, self.shown(number), typed)

    def _span(self) -> tuple[float, float]:
        """Return the bounds, or what is usual where they are far off."""
        low = max(self.least, min(-1e6, self.most))
        return low, min(self.most, max(1e6, low))

    def sample(self, rng: random.Random, scope: Scope) -> object:  # noqa: ARG002
        """Return a number within the bounds, to one decimal."""
        low, high = self._span()
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
        """Return the whole number where it has one reading."""
        reading = super().parse(raw, scope)
        if isinstance(reading.value, float):
            if not reading.value.is_integer():
                return self.unreadable("not_whole")
            return Reading(int(reading.value), reading.diagnostic)
        return reading

    def sample(self, rng: random.Random, scope: Scope) -> object:  # noqa: ARG002
        """Return a whole number within the bounds."""
        low, high = self._span()
        return rng.randint(int(low), int(high))


class PercentField(NumberField):
    """A share; the data holds a fraction, 0.6 for 60 %."""

    number_format: ClassVar[str] = "0%"
    kind_label: ClassVar[LocalizedText] = LocalizedText("百分比", "percentage")

    kind: Literal["percent"] = "percent"  # type: ignore[assignment]  # the kind is what differs
    least: float = 0.0
    most: float = 1.0

    def shown(self, number: float) -> str:
        """Return a share in per cent."""
        return f"{_number_text(round(number * 100, 6))}%"

    def parse(self, raw: Scalar, scope: Scope) -> Reading:
        """Return the fraction; 60, 60% and ６０％ read as 0.6 where 60 as a fraction is far out of bounds."""
        if isinstance(raw, str):
            return self._written(to_half_width(raw).rstrip("。"), raw)
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            share = self._share(float(raw))
            return self._bounded(share, None if share == raw else str(raw))
        return super().parse(raw, scope)

    def _written(self, text: str, typed: str) -> Reading:
        """Return the fraction that a text writes out; a figure alone that is a share or per cent is not guessed."""
        if words := _PERCENT_IN_CHINESE.fullmatch(text):
            said = in_chinese(words[1])
            hundredths = _parse_number(words[1]) if said is None else float(said)
        elif found := _PERCENT.fullmatch(text):
            hundredths = _parse_number(found[1])
        elif found := _PER_MILLE.fullmatch(text):
            mille = _parse_number(found[1])
            hundredths = None if mille is None else scale_by_ten(mille, -1)
        else:
            number = _parse_number(text)
            if number is not None and 1 <= number < self._surely:
                return self.unreadable(
                    "ambiguous_percent", low=f"{_number_text(number)}%", high=f"{_number_text(number * 100)}%"
                )
            hundredths = None if number is None else scale_by_ten(self._share(number), 2)
        return (
            self.unreadable("not_a_number")
            if hundredths is None
            else self._bounded(scale_by_ten(hundredths, -2), typed)
        )

    @property
    def _surely(self) -> float:
        """The figure from which on per cent are meant, and no share."""
        return 2 * max(self.most, 1)

    def _share(self, number: float) -> float:
        """Return a figure as a fraction: 60 means 60 %, but 1.5 could be 150 % or 1.5 % and is left as it is."""
        return scale_by_ten(number, -2) if self._surely <= number <= self.most * 100 else number

    def sample(self, rng: random.Random, scope: Scope) -> object:  # noqa: ARG002
        """Return a share in steps of five per cent where the bounds allow it."""
        low, high = math.ceil(max(self.least, -10) * 20), math.floor(min(self.most, 10) * 20)
        return rng.randint(low, high) / 20 if low <= high else self.least


_NUMBER_HELP: Mapping[tuple[bool, bool], LocalizedText] = {
    (False, False): LocalizedText("请填数字。", "A number."),
    (True, False): LocalizedText("请填不小于 {least} 的数字。", "A number from {least} up."),
    (False, True): LocalizedText("请填不大于 {most} 的数字。", "A number up to {most}."),
    (True, True): LocalizedText("请填 {least} 到 {most} 之间的数字。", "A number from {least} to {most}."),
}
"""Whether there is a lower and an upper bound -> what to write."""
