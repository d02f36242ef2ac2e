"""Kinds `date` and `datetime`: days, and days with a time."""

from __future__ import annotations

import random
import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import ClassVar, Literal

from xlsflow.cells import Scalar
from xlsflow.template.kinds.base import Align, DType, EntryRule, FieldBase, Reading, Scope, as_text
from xlsflow.words import Lang, Words

EARLIEST = date(2000, 1, 1)
LATEST = date(2099, 12, 31)
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's day 0; sheets hold local times without a zone
_SERIALS = range(36526, 73051)  # 2000-01-01 to 2099-12-31
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*(?:日|号)?")
_COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)")
_LOOSE = re.compile(r"\d{1,4}\s*[-/.年月]\s*\d{1,2}(\s*[-/.月日号]?\s*\d{0,4})\s*(日|号)?")
_CLOCK = re.compile(r"[T\s]*(上午|下午|AM|PM)?\s*(\d{1,2})\s*[:时点]\s*(\d{1,2})?\s*分?(?::\d{1,2}(?:\.0+)?)?\s*(AM|PM)?\s*Z?", re.I)


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


class DateField(FieldBase):
    """A day of the calendar, without a time.

    Attributes:
        least: Earliest day.
        most: Latest day.
    """

    dtype: ClassVar[DType] = "datetime"
    align: ClassVar[Align] = "center"
    number_format: ClassVar[str] = "yyyy-mm-dd"
    usual_width: ClassVar[float] = 11.5

    kind: Literal["date"] = "date"
    least: date = EARLIEST
    most: date = LATEST

    def sentence(self, lang: Lang, scope: Scope) -> str:
        """Return the help, or how a date is written."""
        return super().sentence(lang, scope) or DATE_HELP.say(lang)

    def entry_rule(self, scope: Scope) -> EntryRule | None:  # noqa: ARG002
        """Return the span of days."""
        return EntryRule("date", least=self.least, most=self.most)

    def understand(self, raw: Scalar, scope: Scope) -> Reading:  # noqa: ARG002
        """Return the day where it has one reading."""
        if isinstance(raw, datetime):
            if raw.time() == datetime.min.time():
                return self._bounded(Reading(raw.date()))
            return self._bounded(self.fixed(raw.date(), raw.date().isoformat()))
        if isinstance(raw, date):
            return self._bounded(Reading(raw))
        if isinstance(raw, bool | timedelta) or not isinstance(raw, str | float | int):
            return self.problem("not_a_date")
        text = unicodedata.normalize("NFKC", as_text(raw)).strip()
        if found := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
            day = _day(*found.groups()[:3])
            return self._bounded(self.fixed(day, day.isoformat())) if day else self.problem("not_a_date")
        if re.fullmatch(r"\d{5}(\.0*)?", text) and int(float(text)) in _SERIALS:
            day = (_SERIAL_ZERO + timedelta(days=int(float(text)))).date()
            return self._bounded(self.fixed(day, day.isoformat()))
        if (found := _YEAR_FIRST.match(text)) and _CLOCK.fullmatch(text[found.end() :]):
            day = _day(*found.groups()[:3])
            return self._bounded(self.fixed(day, day.isoformat())) if day else self.problem("not_a_date")
        return self.problem("ambiguous_date" if _LOOSE.fullmatch(text) else "not_a_date")

    def _bounded(self, reading: Reading) -> Reading:
        day = reading.value
        assert isinstance(day, date)  # noqa: S101 - narrows the type
        day = day.date() if isinstance(day, datetime) else day
        if day < self.least:
            return self.problem("too_small", limit=self.least.isoformat())
        if day > self.most:
            return self.problem("too_large", limit=self.most.isoformat())
        return reading

    def sample(self, rng: random.Random, scope: Scope) -> object:  # noqa: ARG002
        """Return a day within the bounds."""
        return self.least + timedelta(days=rng.randrange((self.most - self.least).days + 1))


class DatetimeField(DateField):
    """A day with a time, to the minute, in the local time of the region."""

    number_format: ClassVar[str] = "yyyy-mm-dd hh:mm"
    usual_width: ClassVar[float] = 15.5

    kind: Literal["datetime"] = "datetime"  # type: ignore[assignment] - the kind is what differs

    def sentence(self, lang: Lang, scope: Scope) -> str:
        """Return the help, or how a date with a time is written."""
        return FieldBase.sentence(self, lang, scope) or DATETIME_HELP.say(lang)

    def understand(self, raw: Scalar, scope: Scope) -> Reading:
        """Return the moment where it has one reading; a day alone is its midnight."""
        if isinstance(raw, datetime):
            return self._bounded(Reading(raw))
        if isinstance(raw, float) and not raw.is_integer() and int(raw) in _SERIALS:
            moment = _SERIAL_ZERO + timedelta(minutes=round(raw * 1440))
            return self._bounded(self.fixed(moment, moment.isoformat(" ", "minutes")))
        if isinstance(raw, str):
            text = unicodedata.normalize("NFKC", raw).strip()
            found = _YEAR_FIRST.match(text)
            if found and (clock := _CLOCK.fullmatch(text[found.end() :])):
                moment = _moment(_day(*found.groups()[:3]), clock)
                if moment is None:
                    return self.problem("not_a_datetime")
                return self._bounded(self.fixed(moment, moment.isoformat(" ", "minutes")))
        reading = super().understand(raw, scope)
        if isinstance(reading.value, date):
            day = reading.value
            return Reading(datetime(day.year, day.month, day.day), reading.problem)  # noqa: DTZ001
        if reading.problem and reading.problem.code == "not_a_date":
            return self.problem("not_a_datetime")
        return reading

    def sample(self, rng: random.Random, scope: Scope) -> object:
        """Return a moment within the bounds."""
        day = super().sample(rng, scope)
        assert isinstance(day, date)  # noqa: S101 - narrows the type
        return datetime(day.year, day.month, day.day, rng.randrange(24), rng.randrange(60))  # noqa: DTZ001


def _moment(day: date | None, clock: re.Match[str]) -> datetime | None:
    """Return a day at a time of the clock, with 上午/下午 or AM/PM; None where there is no such time."""
    before, hour_text, minute_text, after = clock.groups()
    hour, minute = int(hour_text), int(minute_text or 0)
    half = (before or after or "").upper()
    if half in ("下午", "PM") and hour < 12:  # noqa: PLR2004 - noon
        hour += 12
    elif half == "AM" and hour == 12:  # noqa: PLR2004
        hour = 0
    if day is None or hour > 23 or minute > 59:  # noqa: PLR2004
        return None
    return datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001


DATE_HELP = Words("请填日期，如 2026-03-31。", "A date, like 2026-03-31.")
DATETIME_HELP = Words("请填日期和时间，如 2026-03-31 14:30。", "A date and time, like 2026-03-31 14:30.")
