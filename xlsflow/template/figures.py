"""Figures in the texts of definitions: settings and time limits that a project may change.

An author writes `{setting.risk_high:15}` or `{timing.minutes:24 小时}`: what is named, and what stands there where a
pack does not set it. So hint, dropdown help, cover and message say the figure that is judged by.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic import Field as PydanticField

from xlsflow.i18n import LANGS, Lang, LocalizedText

FigureSource = Literal["setting", "timing"]
"""What a figure in a text is: a setting of the pack, or a time limit."""
LimitUnit = Literal["hours", "working_days", "days"]
_Part = TypeVar("_Part")
# A case of a rule (`timing.dispute_meeting.major`) and a neighbour of a bound (`setting.risk_high - 1`) are named too.
_FIGURE = re.compile(r"\{(setting|timing)\.([a-z0-9_]+)(?:\.([a-z0-9_]+))?(?:\s*([+-]\s*\d+))?:([^{}]*)\}")
_VALUE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
TIME_SPANS: Mapping[str, LocalizedText] = {
    "hours": LocalizedText("{n} 小时", "{n} {n:hour|hours}"),
    "working_days": LocalizedText("{n} 个工作日", "{n} {n:working day|working days}"),
    "days": LocalizedText("{n} 天", "{n} {n:day|days}"),
    "day": LocalizedText("每天", "every day"),
    "week": LocalizedText("每周", "every week"),
    "month": LocalizedText("每月", "every month"),
}
"""Unit of a time limit, or its interval -> the text of the limit."""


class TimingRule(BaseModel):
    """Time limit of a pack's handbook.

    Attributes:
        hours: Limit in hours.
        working_days: Limit in working days of the region's calendar.
        days: Limit in calendar days.
        every: Frequency, where the rule asks for a repetition rather than a limit.
        case: Code of the case field -> the limit that applies instead.
        case_unit: Unit of the limits in `case`, where it is not that of the limit itself.
        on: Day of the week on which a weekly repetition is due, 1 for Monday; the last working day before it counts
            where it is a day off. Without one it is due a week after the last time.
        at: Time of the day until which a repetition counts, the end of work (`18:00`); the whole day where empty.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    hours: float | None = None
    working_days: float | None = None
    days: float | None = None
    every: Literal["day", "week", "month"] | None = None
    case: Mapping[str, float] = {}
    case_unit: LimitUnit | None = None
    on: int | None = PydanticField(default=None, ge=1, le=7)
    at: str = PydanticField(default="", pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")

    @property
    def spans(self) -> Mapping[LimitUnit, float | None]:
        """Unit -> limit; at most one unit has one."""
        return {"hours": self.hours, "working_days": self.working_days, "days": self.days}


def with_own_limits(handbook: Mapping[str, TimingRule], own: Mapping[str, TimingRule]) -> Mapping[str, TimingRule]:
    """Return the limits of a handbook as a project changes them.

    The limits of special cases (urgent: 2 hours) stay those of the handbook, in the handbook's unit; a case with the
    usual limit is not special, and none takes longer than the project allows where the handbook was stricter.
    """

    def changed(rule: str, limit: TimingRule) -> TimingRule:
        usual = handbook.get(rule)
        if usual is None or not usual.case or limit.case:
            return limit
        unit, span = next(((name, span) for name, span in usual.spans.items() if span is not None), (None, None))
        own_span = limit.spans[unit] if unit else None
        special = {code: figure for code, figure in usual.case.items() if figure != span}
        if own_span is not None and span is not None:
            special = {c: min(figure, own_span) if figure < span else figure for c, figure in special.items()}
        return limit.model_copy(update={"case": special, "case_unit": usual.case_unit or unit})

    return {**handbook, **{rule: changed(rule, limit) for rule, limit in own.items()}}


def figures_named(part: object, source: FigureSource) -> frozenset[str]:
    """Return the settings, or the timing rules, that the texts of a definition name."""
    written = [text for localized in _texts(part) for text in localized.both()]
    return frozenset(found[2] for text in written for found in _FIGURE.finditer(text) if found[1] == source)


def with_figures(part: _Part, settings: Mapping[str, float], timing: Mapping[str, TimingRule]) -> _Part:
    """Return a definition whose texts hold the figures of a project, the author's own where it has none.

    Args:
        part: The definition of a sheet, or a part of it.
        settings: Name -> number.
        timing: Name of a timing rule -> its limit.
    """

    def fill(text: LocalizedText) -> LocalizedText:
        return LocalizedText(*(_filled(text.say(lang), lang, settings, timing) for lang in LANGS))

    filled: _Part = _replaced(part, fill)
    return filled


def values_named(text: LocalizedText) -> frozenset[str]:
    """Return the fields of the row that a rule's sentence names: `risk value {score}`."""
    return frozenset(name for written in text.both() for name in _VALUE.findall(written))


def sentence_with_values(text: LocalizedText, values: Mapping[str, LocalizedText]) -> LocalizedText:
    """Return a rule's sentence with the values of a row, or with the labels of its fields, in place."""
    zh, en = (
        _VALUE.sub(lambda found: values[found[1]].say(lang) if found[1] in values else found[0], text.say(lang))  # noqa: B023 - called at once
        for lang in LANGS
    )
    return LocalizedText(zh, en)


def _filled(text: str, lang: Lang, settings: Mapping[str, float], timing: Mapping[str, TimingRule]) -> str:
    def figure(found: re.Match[str]) -> str:
        source, name, case, more, default = found.groups()
        if source == "setting":
            return default if name not in settings else f"{settings[name] + float((more or '0').replace(' ', '')):g}"
        return (limit_text(timing[name], lang, case or "") if name in timing else "") or default

    return _FIGURE.sub(figure, text) if "{" in text else text


def limit_text(rule: TimingRule, lang: Lang, case: str = "") -> str:
    """Return the limit of a timing rule in words, that of a case where the rule has one; empty if it has no limit."""
    if rule.every:
        return TIME_SPANS[rule.every].say(lang)
    limits = [(unit, span) for unit, span in rule.spans.items() if span is not None]
    if not limits:
        return ""
    unit, span = (rule.case_unit or limits[0][0], rule.case[case]) if case in rule.case else limits[0]
    return TIME_SPANS[unit].format(lang, n=f"{span:g}")


def _texts(part: object) -> Iterator[LocalizedText]:
    if isinstance(part, LocalizedText):
        yield part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _texts(getattr(part, name))
    elif isinstance(part, tuple):
        for item in part:
            yield from _texts(item)


def _replaced(part: Any, fill: Callable[[LocalizedText], LocalizedText]) -> Any:  # noqa: ANN401 - any part of a definition
    """Return a definition with its texts filled; parts without a figure are the same objects."""
    if isinstance(part, LocalizedText):
        return fill(part) if "{" in part.zh or "{" in part.en else part
    if isinstance(part, tuple):
        items = tuple(_replaced(item, fill) for item in part)
        return items if any(new is not old for new, old in zip(items, part, strict=True)) else part
    if not isinstance(part, BaseModel):
        return part
    changed = {}
    for name in type(part).model_fields:
        old = getattr(part, name)
        if (new := _replaced(old, fill)) is not old:
            changed[name] = new
    if not changed:
        return part
    copy = part.model_copy(update=changed)
    # model_copy copies cached properties too; those of the copy are to be made of its own texts.
    for name in copy.__dict__.keys() - type(part).model_fields.keys():
        del copy.__dict__[name]
    return copy
