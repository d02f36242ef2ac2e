"""How a project differs from its packs: time limits, settings, sheets that it adds, days that calendars do not know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Timing:
    """How long something may take, where the project differs from the pack's handbook."""

    rule: str = ""
    pack: str = ""
    hours: float | None = None
    working_days: float | None = None
    days: float | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """A figure of the pack that the project changes."""

    name: str = ""
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class ExtraSheet:
    """A sheet that a pack offers and the project adds to its workbooks."""

    sheet: str = ""
    pack: str = ""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day off, or a working day at a weekend, that the calendar does not know."""

    calendar: str = ""
    date: date | None = None
    type: str = ""
    name: str = ""
