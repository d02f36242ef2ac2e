"""Kinds `date` and `datetime`."""

from __future__ import annotations

import random
import re
from datetime import MAXYEAR, date, datetime, time, timedelta
from typing import ClassVar, Literal

from pydantic import model_validator

from xlsflow.fileformat.cells import Scalar, display_text
from xlsflow.i18n import Lang, LocalizedText
from xlsflow.template.kinds.field import Alignment, EntryRule, FieldBase, FieldDtype, Reading, Scope, to_half_width
from xlsflow.template.kinds.parsing.parse_date import ParsedDate, TimeOfDay, parse_date, strip_half_day

_EARLIEST_DATE = date(2000, 1, 1)
_LATEST_DATE = date(2099, 12, 31)
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's day 0; sheets hold local times without a zone
# Excel serial numbers of 2000-01-01 to 2099-12-31; other numbers in a date column are not taken for dates.
_PLAUSIBLE_SERIALS = range(36526, 73051)


def _from_serial(text: str) -> datetime | None:
    """Return the time of an Excel serial number, which a cell without date format shows; None for other texts."""
    if not re.fullmatch(r"[0-9]{5}(\.[0-9]*)?", text) or int(float(text)) not in _PLAUSIBLE_SERIALS:
        return None
    return _SERIAL_ZERO + timedelta(seconds=round(float(text) * 86400))


def _to_minute(moment: datetime) -> datetime:
    """Return a time to the minute, after removing floating-point noise: 14:29:59.9995 is 14:30.

    Actual seconds are cut off, as the cell's number format does.
    """
    if moment.year < MAXYEAR:
        # datetime has no year 10000: half a second before it must not be rounded up.
        moment += timedelta(microseconds=500_000)
    return moment.replace(second=0, microsecond=0)


class DateField(FieldBase):
    """A date without a time.

    Attributes:
        least: Earliest date.
        most: Latest date.
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
        """Return the author's help text, or an example of a date."""
        return super().help_text(lang, scope) or _DATE_HELP.say(lang)

    def entry_rule(self, scope: Scope) -> EntryRule | None:  # noqa: ARG002
        """Return the bounds."""
        return EntryRule("date", least=self.least, most=self.most)

    def parse(self, raw: Scalar, scope: Scope) -> Reading:  # noqa: ARG002
        """Return the date if it can be read in exactly one way; a time behind it is dropped with a diagnostic."""
        if isinstance(raw, datetime):
            moment = _to_minute(raw)
            return self._bounded(moment.date(), None if moment.time() == time() else display_text(raw))
        if isinstance(raw, date):
            return self._bounded(raw)
        if isinstance(raw, bool) or not isinstance(raw, str | float | int):
            return self.unreadable("not_a_date")
        parsed = self._parse_text(strip_half_day(to_half_width(display_text(raw))))
        if parsed.day is None:
            return self.unreadable("ambiguous_date" if parsed.ambiguous else "not_a_date")
        return self._bounded(parsed.day, display_text(raw))

    def _parse_text(self, text: str) -> ParsedDate:
        """Return the date and time of a text, which may be an Excel serial number."""
        parsed = parse_date(text)
        if parsed.day is None and (moment := _from_serial(text)):
            moment = _to_minute(moment)
            return ParsedDate(moment.date(), TimeOfDay(moment.hour, moment.minute))
        return parsed

    def _bounded(self, day: date, typed: str | None = None) -> Reading:
        """Return a date or time within the bounds, with a diagnostic if `typed` differs from how a sheet shows it."""
        on = day.date() if isinstance(day, datetime) else day
        if on < self.least:
            return self.unreadable("too_small", limit=self.least.isoformat())
        if on > self.most:
            return self.unreadable("too_large", limit=self.most.isoformat())
        shown = day.isoformat(" ", "minutes") if isinstance(day, datetime) else day.isoformat()
        return Reading(day) if typed is None else self.corrected(day, shown, typed)

    def sample(self, rng: random.Random, scope: Scope) -> object:  # noqa: ARG002
        """Return a date within the bounds."""
        return self._day(rng)

    def _day(self, rng: random.Random) -> date:
        return self.least + timedelta(days=rng.randrange((self.most - self.least).days + 1))


class DatetimeField(DateField):
    """A date with a time, to the minute, in the local time of the region."""

    number_format: ClassVar[str] = "yyyy-mm-dd hh:mm"
    default_width: ClassVar[float] = 15.5
    kind_label: ClassVar[LocalizedText] = LocalizedText("日期和时间", "date and time")

    kind: Literal["datetime"] = "datetime"  # type: ignore[assignment]  # the kind is what differs

    def help_text(self, lang: Lang, scope: Scope) -> str:
        """Return the author's help text, or an example of a date with a time."""
        return FieldBase.help_text(self, lang, scope) or _DATETIME_HELP.say(lang)

    def parse(self, raw: Scalar, scope: Scope) -> Reading:  # noqa: ARG002
        """Return the time if it can be read in exactly one way; a date alone is its midnight."""
        if isinstance(raw, datetime):
            return self._bounded(_to_minute(raw))
        if isinstance(raw, date):
            return self._bounded(datetime.combine(raw, time()))
        if isinstance(raw, bool) or not isinstance(raw, str | float | int):
            return self.unreadable("not_a_datetime")
        # The fraction of a serial number has more digits than display_text shows; without them minutes would be lost.
        typed = repr(raw) if isinstance(raw, float) and not raw.is_integer() else display_text(raw)
        parsed = self._parse_text(to_half_width(typed))
        # 24:00 on the last day of the year 9999 would overflow datetime.
        if parsed.day is None or parsed.day.year == MAXYEAR:
            return self.unreadable("ambiguous_date" if parsed.ambiguous else "not_a_datetime")
        moment = datetime.combine(parsed.day, time()) + timedelta(hours=parsed.clock.hour, minutes=parsed.clock.minute)
        is_date_only = typed == parsed.day.isoformat()
        return self._bounded(moment, None if is_date_only else typed)

    def sample(self, rng: random.Random, scope: Scope) -> object:  # noqa: ARG002
        """Return a time within the bounds."""
        return datetime.combine(self._day(rng), time(rng.randrange(24), rng.randrange(60)))


_DATE_HELP = LocalizedText("请填日期，如 2026-03-31。", "A date, like 2026-03-31.")
_DATETIME_HELP = LocalizedText("请填日期和时间，如 2026-03-31 14:30。", "A date and time, like 2026-03-31 14:30.")
