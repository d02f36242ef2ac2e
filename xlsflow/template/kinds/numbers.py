"""Kinds `number`, `integer` and `percent`."""

from __future__ import annotations

import random
import re
import unicodedata
from datetime import date, time, timedelta
from typing import ClassVar, Literal

from xlsflow.cells import Scalar
from xlsflow.template.kinds.base import Align, DType, EntryRule, FieldBase, Reading, Scope
from xlsflow.words import Lang, Words

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")


def _number(text: str) -> float | None:
    """Return the number that a text writes out, thousands separated or not; None where it is none."""
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").replace("−", "-")
    return float(plain.replace(",", "")) if _NUMBER.fullmatch(plain) else None


def _text(number: float) -> str:
    return str(int(number)) if number.is_integer() else repr(number)


class NumberField(FieldBase):
    """A number.

    Attributes:
        least: Smallest value.
        most: Largest value.
    """

    dtype: ClassVar[DType] = "number"
    align: ClassVar[Align] = "center"
    number_format: ClassVar[str] = "0.##########"
    usual_width: ClassVar[float] = 9.5

    kind: Literal["number"] = "number"
    least: float = -1e12
    most: float = 1e12

    def entry_rule(self, scope: Scope) -> EntryRule | None:  # noqa: ARG002
        """Return the bounds."""
        return EntryRule("decimal", least=self.least, most=self.most)

    def sentence(self, lang: Lang, scope: Scope) -> str:
        """Return the help, or the bounds."""
        bounds = NUMBER_HELP.say(lang).format(least=_text(self.least), most=_text(self.most))
        return super().sentence(lang, scope) or bounds

    def understand(self, raw: Scalar, scope: Scope) -> Reading:  # noqa: ARG002
        """Return the number where it has one reading."""
        if isinstance(raw, bool | date | time | timedelta):
            return self.problem("not_a_number")
        if isinstance(raw, str):
            number = _number(raw)
            return self.problem("not_a_number") if number is None else self._bounded(self.fixed(number, _text(number)))
        assert isinstance(raw, int | float)  # noqa: S101 - narrows the type
        return self._bounded(Reading(float(raw)))

    def _bounded(self, reading: Reading) -> Reading:
        assert isinstance(reading.value, float)  # noqa: S101
        if reading.value < self.least:
            return self.problem("too_small", limit=_text(self.least))
        if reading.value > self.most:
            return self.problem("too_large", limit=_text(self.most))
        return reading

    def sample(self, rng: random.Random, scope: Scope) -> object:  # noqa: ARG002
        """Return a number within the bounds, to one decimal."""
        low, high = max(self.least, -1e6), min(self.most, 1e6)
        return min(max(round(rng.uniform(low, high), 1), low), high)


class IntegerField(NumberField):
    """A whole number."""

    dtype: ClassVar[DType] = "integer"
    number_format: ClassVar[str] = "0"

    kind: Literal["integer"] = "integer"  # type: ignore[assignment] - the kind is what differs

    def entry_rule(self, scope: Scope) -> EntryRule | None:  # noqa: ARG002
        """Return the bounds of a whole number."""
        return EntryRule("whole", least=int(self.least), most=int(self.most))

    def understand(self, raw: Scalar, scope: Scope) -> Reading:
        """Return the whole number where it has one reading."""
        reading = super().understand(raw, scope)
        if isinstance(reading.value, float):
            if not reading.value.is_integer():
                return self.problem("not_whole")
            return Reading(int(reading.value), reading.problem)
        return reading

    def sample(self, rng: random.Random, scope: Scope) -> object:  # noqa: ARG002
        """Return a whole number within the bounds."""
        return rng.randint(int(max(self.least, -1e6)), int(min(self.most, 1e6)))


class PercentField(NumberField):
    """A share; the data holds a fraction, 0.6 for 60 %."""

    number_format: ClassVar[str] = "0%"

    kind: Literal["percent"] = "percent"  # type: ignore[assignment] - the kind is what differs
    least: float = 0.0
    most: float = 1.0

    def sentence(self, lang: Lang, scope: Scope) -> str:
        """Return the help, or the bounds in per cent."""
        bounds = PERCENT_HELP.say(lang).format(least=f"{self.least:.0%}", most=f"{self.most:.0%}")
        return FieldBase.sentence(self, lang, scope) or bounds

    def understand(self, raw: Scalar, scope: Scope) -> Reading:
        """Return the fraction; 60, 60% and ６０％ read as 0.6 where 60 as a fraction is out of bounds."""
        if isinstance(raw, str):
            plain = unicodedata.normalize("NFKC", raw).strip()
            number = _number(plain.removesuffix("%").strip())
            if number is None:
                return self.problem("not_a_number")
            if plain.endswith("%"):
                return self._bounded(self.fixed(number / 100, _percent(number / 100)))
            return self._whole_or_share(number, typed_as_text=True)
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            return self._whole_or_share(float(raw), typed_as_text=False)
        return super().understand(raw, scope)

    def _whole_or_share(self, number: float, *, typed_as_text: bool) -> Reading:
        if self.most < number <= self.most * 100 and number > 1:
            return self._bounded(self.fixed(number / 100, _percent(number / 100)))
        if typed_as_text:
            return self._bounded(self.fixed(number, _percent(number)))
        return self._bounded(Reading(number))

    def sample(self, rng: random.Random, scope: Scope) -> object:  # noqa: ARG002
        """Return a share in steps of five per cent."""
        return rng.randrange(int(self.least * 20), int(self.most * 20) + 1) / 20


def _percent(share: float) -> str:
    return f"{round(share * 100, 6):g}%"


NUMBER_HELP = Words("请填 {least} 到 {most} 之间的数字。", "A number from {least} to {most}.")
PERCENT_HELP = Words("请填 {least} 到 {most} 之间的百分比。", "A percentage from {least} to {most}.")
