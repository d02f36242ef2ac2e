"""Kinds `date` and `datetime`: days, and days with a time."""

from __future__ import annotations

import random
import re
from datetime import MAXYEAR, date, datetime, time, timedelta
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
    as_text,
    to_half_width,
)
from xlsflow.template.kinds.parsing.parse_date import (
    ParsedDate,
    TimeOfDay,
    parse_date,
    strip_half_day,
)

_EARLIEST_DATE = date(2000, 1, 1)
_LATEST_DATE = date(2099, 12, 31)
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's day 0; sheets hold local times without a zone
_PLAUSIBLE_SERIALS = range(36526, 73051)
"""2000-01-01 to 2099-12-31: other numbers are no dates that anybody means."""


def _from_serial(text: str) -> datetime | None:
    """Return the moment whose number Excel shows where a cell is not formatted as a date; None for other texts."""
    if not re.fullmatch(r"[0-9]{5}(\.[0-9]*)?", text) or int(float(text)) not in _PLAUSIBLE_SERIALS:
        return None
    return _SERIAL_ZERO + timedelta(seconds=round(float(text) * 86400))


def _to_minute(moment: datetime) -> datetime:
    """Return a moment without the noise of a spreadsheet's floats, to the minute: 14:29:59.9995 is 14:30.

    Seconds that were really there are cut off, as the sheet shows it.
    """
    if moment.year < MAXYEAR:
        moment += timedelta(microseconds=500_000)
    return moment.replace(second=0, microsecond=0)


class DateField(FieldBase):
    """A day of the calendar, without a time.

    Attributes:
        least: Earliest day.
        most: Latest day.
    """

    dtype: ClassVar[FieldDtype] = "datetime"
    align: ClassVar[Alignment] = "center"
    number_format: ClassVar[str] = "yyyy-mm-dd"
    default_width: ClassVar[float] = 11.5
    kind_label: ClassVar[LocalizedText] = LocalizedText("日期", "date")

    kind: Literal["date"] = "date"
    least: date = _EARLIEST_DATE
    most: date = _LATEST_DATE

    @model_validator(mode="after")
    def _has_room(self) -> DateField:
        if self.least > self.most:
            raise ValueError(f"least ({self.least}) is after most ({self.most})")
        return self

    def help_text(self, lang: Lang, scope: Scope) -> str:
        """Return the help, or how a date is written."""
        return super().help_text(lang, scope) or _DATE_HELP.say(lang)

    def entry_rule(self, scope: Scope) -> EntryRule | None:  # noqa: ARG002
        """Return the span of days."""
        return EntryRule("date", least=self.least, most=self.most)

    def parse(self, raw: Scalar, scope: Scope) -> Reading:  # noqa: ARG002
        """Return the day where it has one reading."""
        if isinstance(raw, datetime):
            moment = _to_minute(raw)
            return self._bounded(moment.date(), None if moment.time() == time() else as_text(raw))
        if isinstance(raw, date):
            return self._bounded(raw)
        if isinstance(raw, bool) or not isinstance(raw, str | float | int):
            return self.unreadable("not_a_date")
        found = self._understood(strip_half_day(to_half_width(as_text(raw))))
        if found.day is None:
            return self.unreadable("ambiguous_date" if found.ambiguous else "not_a_date")
        return self._bounded(found.day, as_text(raw))

    def _understood(self, text: str) -> ParsedDate:
        """Return the day that a text writes out, be it as a number of Excel's."""
        found = parse_date(text)
        if found.day is None and (moment := _from_serial(text)):
            moment = _to_minute(moment)
            return ParsedDate(moment.date(), TimeOfDay(moment.hour, moment.minute))
        return found

    def _bounded(self, day: date, typed: str | None = None) -> Reading:
        """Return a day or moment within the bounds; one that was typed otherwise than it is shown is noted."""
        on = day.date() if isinstance(day, datetime) else day
        if on < self.least:
            return self.unreadable("too_small", limit=self.least.isoformat())
        if on > self.most:
            return self.unreadable("too_large", limit=self.most.isoformat())
        shown = day.isoformat(" ", "minutes") if isinstance(day, datetime) else day.isoformat()
        return Reading(day) if typed is None else self.corrected(day, shown, typed)

    def sample(self, rng: random.Random, scope: Scope) -> object:  # noqa: ARG002
        """Return a day within the bounds."""
        return self._day(rng)

    def _day(self, rng: random.Random) -> date:
        return self.least + timedelta(days=rng.randrange((self.most - self.least).days + 1))


class DatetimeField(DateField):
    """A day with a time, to the minute, in the local time of the region."""

    number_format: ClassVar[str] = "yyyy-mm-dd hh:mm"
    default_width: ClassVar[float] = 15.5
    kind_label: ClassVar[LocalizedText] = LocalizedText("日期和时间", "date and time")

    kind: Literal["datetime"] = "datetime"  # type: ignore[assignment]  # the kind is what differs

    def help_text(self, lang: Lang, scope: Scope) -> str:
        """Return the help, or how a date with a time is written."""
        return FieldBase.help_text(self, lang, scope) or _DATETIME_HELP.say(lang)

    def parse(self, raw: Scalar, scope: Scope) -> Reading:  # noqa: ARG002
        """Return the moment where it has one reading; a day alone is its midnight."""
        if isinstance(raw, datetime):
            return self._bounded(_to_minute(raw))
        if isinstance(raw, date):
            return self._bounded(datetime.combine(raw, time()))
        if isinstance(raw, bool) or not isinstance(raw, str | float | int):
            return self.unreadable("not_a_datetime")
        # a serial's fraction has more digits than are shown
        typed = repr(raw) if isinstance(raw, float) and not raw.is_integer() else as_text(raw)
        found = self._understood(to_half_width(typed))
        if found.day is None or found.day.year == MAXYEAR:
            return self.unreadable("ambiguous_date" if found.ambiguous else "not_a_datetime")
        moment = datetime.combine(found.day, time()) + timedelta(hours=found.clock.hour, minutes=found.clock.minute)
        alone = typed == found.day.isoformat()
        return self._bounded(moment, None if alone else typed)

    def sample(self, rng: random.Random, scope: Scope) -> object:  # noqa: ARG002
        """Return a moment within the bounds."""
        return datetime.combine(self._day(rng), time(rng.randrange(24), rng.randrange(60)))


_DATE_HELP = LocalizedText("请填日期，如 2026-03-31。", "A date, like 2026-03-31.")
_DATETIME_HELP = LocalizedText("请填日期和时间，如 2026-03-31 14:30。", "A date and time, like 2026-03-31 14:30.")
