"""Mistakes in single cells: what a hand types, and with which code it must be found there."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, TypeAlias

from tests.mistakes.parcel import Parcel, Xml
from xlsflow.template.kinds.choices import ChoiceField
from xlsflow.template.kinds.dates import (
    DateField,
    DatetimeField,
)
from xlsflow.template.kinds.ids import IdField
from xlsflow.template.kinds.numbers import IntegerField, NumberField, PercentField
from xlsflow.template.kinds.people import PersonField
from xlsflow.template.kinds.text import TextField

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.mistakes.parcel import Spot
    from xlsflow.template.kinds import FieldBase

Mistake: TypeAlias = "Callable[[Parcel], bool]"
"""Plants itself in a return, says what must be found, and returns whether it could."""
DIGITS = "一二三四五六七八九"
WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")


def _day(one: FieldBase) -> bool:
    return type(one) is DateField


def _moment(one: FieldBase) -> bool:
    return type(one) is DatetimeField


def _choice(one: FieldBase) -> bool:
    return type(one) is ChoiceField and not one.name.startswith("roles_") and one.of != "yes_no"


def _person(one: FieldBase) -> bool:
    return type(one) is PersonField


def _text(one: FieldBase) -> bool:
    return type(one) is TextField


def _count(one: FieldBase) -> bool:
    return type(one) in (IntegerField, NumberField)


def _share(one: FieldBase) -> bool:
    return type(one) is PercentField


def _typed(fits: Callable[[FieldBase], bool], say: Callable[[object, Parcel, Spot], object], code: str) -> Mistake:
    """Return the mistake that a cell is typed otherwise, or wrongly.

    Args:
        fits: Which fields it is made in.
        say: Gives what is typed, from the value that stands there; None where it cannot be made there.
        code: What must be said of it.
    """

    def plant(parcel: Parcel) -> bool:
        for spot in parcel.spots(fits):
            typed = say(parcel.held(spot), parcel, spot)
            if typed is not None:
                return parcel.put(spot, typed, code)
        return False

    return plant


def _in_blank(fits: Callable[[FieldBase], bool], typed: object, code: str) -> Mistake:
    """Return the mistake that something is typed where nothing need stand."""

    def plant(parcel: Parcel) -> bool:
        spots = parcel.spots(lambda one: not one.required and fits(one), filled=False)
        return any(parcel.put(spot, typed, code) for spot in spots)

    return plant


def _words(day: object) -> str:
    assert isinstance(day, date)
    year = "".join("〇一二三四五六七八九"[int(sign)] for sign in str(day.year))
    return f"{year}年{_number(day.month)}月{_number(day.day)}日"


def _number(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else DIGITS[tens - 1]) + ("十" if tens else "") + (DIGITS[ones - 1] if ones else "")


def _as_day(form: str) -> Callable[[object, Parcel, Spot], object]:
    def say(value: object, _: Parcel, __: Spot) -> object:
        assert isinstance(value, date)
        return form.format(y=value.year, m=value.month, d=value.day, wd="一二三四五六日"[value.weekday()])

    return say


def _serial(value: object, _: Parcel, __: Spot) -> object:
    assert isinstance(value, date)
    return str((value - date(1899, 12, 30)).days)


def _late_hour(value: object, _: Parcel, __: Spot) -> object:
    assert isinstance(value, datetime)
    half = "下午" if value.hour >= 12 else "上午"
    return (
        f"{value.year}年{value.month}月{value.day}日{half}{value.hour - 12 * (value.hour > 12)}点{value.minute:02d}分"
    )


def _label(value: object, parcel: Parcel, spot: Spot) -> str:
    return str(spot.field.write(value, parcel.edition.lang, parcel.edition.scope))


def _spaced(value: object, parcel: Parcel, spot: Spot) -> object:
    label = _label(value, parcel, spot)
    return f"{label[0]}\u3000{label[1:]}" if len(label) > 1 else None


def _stopped(value: object, parcel: Parcel, spot: Spot) -> object:
    return f"{_label(value, parcel, spot)}。"


def _boxes(value: object, parcel: Parcel, spot: Spot, ticks: int = 1) -> object:
    labels = parcel.edition.scope.lists[spot.field.list_name()].labels(parcel.edition.lang)
    label = _label(value, parcel, spot)
    others = [one for one in labels if one != label]
    if label not in labels or not others or len(labels) > 8:
        return None
    return f"□{others[0]} ☑{label}" if ticks == 1 else f"☑{others[0]} ☑{label}"


def _closed(say: Callable[[object, Parcel, Spot], object]) -> Callable[[object, Parcel, Spot], object]:
    """Return the same for lists that take no other value than theirs."""

    def closed(value: object, parcel: Parcel, spot: Spot) -> object:
        return None if parcel.edition.scope.lists[spot.field.list_name()].open else say(value, parcel, spot)

    return closed


def _synonym(value: object, parcel: Parcel, spot: Spot) -> object:
    values = parcel.edition.scope.lists[spot.field.list_name()].values
    return next((word for one in values if one.code == value for word in one.synonyms), None)


def _wide(value: object, _: Parcel, __: Spot) -> object:
    assert isinstance(value, int | float)
    return f"{value:g}".translate(WIDE) if float(value).is_integer() and value >= 0 else None


def _two(value: object, parcel: Parcel, spot: Spot) -> object:
    people = [one.label.zh for one in parcel.edition.scope.lists[spot.field.list_name()].values]
    return f"{_label(value, parcel, spot)}、{next(one for one in people if one != value)}"


def _region(_: object, parcel: Parcel, __: Spot) -> object:
    return parcel.edition.scope.lists["regions"].labels(parcel.edition.lang)[1]


def _number_alone(value: object, parcel: Parcel, spot: Spot) -> object:
    return None if parcel.referred(spot) else str(value)[-3:]


def _to_nowhere(value: object, _: Parcel, __: Spot) -> object:
    return f"{str(value)[:-3]}987"


def _below(_: object, __: Parcel, spot: Spot) -> object:
    least = getattr(spot.field, "least", None)
    return least - 1 if isinstance(least, int | float) and least > -1e6 else None


def _above(_: object, __: Parcel, spot: Spot) -> object:
    return 1.7 if isinstance(spot.field, PercentField) and spot.field.most == 1 else None


def _whole_only(_: object, __: Parcel, spot: Spot) -> object:
    return 2.5 if isinstance(spot.field, IntegerField) else None


def _same(typed: object) -> Callable[[object, Parcel, Spot], object]:
    return lambda _value, _parcel, _spot: typed


def _unless_referred(typed: object) -> Callable[[object, Parcel, Spot], object]:
    return lambda _value, parcel, spot: None if parcel.referred(spot) else typed


def _missed(parcel: Parcel) -> bool:
    """Leave a required cell blank, or put nothing but blanks into it."""
    typed = parcel.dice.choice((None, "\u3000", " \u00a0"))
    fits = (_day, _moment, _choice, _person, _text, _count)
    spots = parcel.spots(lambda one: one.required and any(fit(one) for fit in fits))
    keys = {one.full: one.block.key for one in parcel.blocks}
    return any(parcel.put(s, typed, "required_blank") for s in spots if keys[s.block] != s.field.name)


ERROR = Xml('<c r="{r}"{s} t="e"><v>#REF!</v></c>')
NO_RESULT = Xml('<c r="{r}"{s}><f>SUM(A1:A2)</f></c>')
PICTURE = Xml('<c r="{r}"{s} t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>')
REAL_DAY = Xml('<c r="{r}" t="d"><v>2026-03-04</v></c>')


def _id(one: FieldBase) -> bool:
    return type(one) is IdField and not one.to


def _reference(one: FieldBase) -> bool:
    return bool(one.to)


def _optional(fits: Callable[[FieldBase], bool]) -> Callable[[FieldBase], bool]:
    return lambda one: not one.required and fits(one)


IN_CELLS: Mapping[str, Mistake] = {
    # has one reading: it is read, and said
    "day in Chinese": _typed(_day, _as_day("{y}年{m}月{d}日"), "read_as"),
    "day in Chinese numerals": _typed(_day, lambda value, _, __: _words(value), "read_as"),
    "day with points": _typed(_day, _as_day("{y}.{m}.{d}"), "read_as"),
    "day with Chinese stops": _typed(_day, _as_day("{y}。{m}。{d}"), "read_as"),
    "day with strokes": _typed(_day, _as_day("{y}/{m}/{d}"), "read_as"),
    "day without separators": _typed(_day, _as_day("{y}{m:02}{d:02}"), "read_as"),
    "day in full width": _typed(_day, _as_day("{y}－{m:02}－{d:02}"), "read_as"),
    "day with its weekday": _typed(_day, _as_day("{y}年{m}月{d}日（周{wd}）"), "read_as"),
    "day as Excel's number": _typed(_day, _serial, "read_as"),
    "moment in Chinese": _typed(_moment, _late_hour, "read_as"),
    "choice with a wide blank": _typed(_choice, _spaced, "read_as"),
    "choice with a full stop": _typed(_choice, _stopped, "read_as"),
    "choice as a ticked box": _typed(_choice, _boxes, "read_as"),
    "choice by another word": _typed(_choice, _synonym, "read_as"),
    "name with a wide blank": _typed(_person, _spaced, "read_as"),
    "name with a post": _typed(_person, lambda value, _, __: f"{value}经理", "read_as"),
    "name with a telephone": _typed(_person, lambda value, _, __: f"{value} 13800138000", "read_as"),
    "figure in full width": _typed(_count, _wide, "read_as"),
    "per cent in full width": _typed(
        _share, lambda value, _, __: f"{float(str(value)) * 100:g}".translate(WIDE) + "％", "read_as"
    ),
    "id in small letters": _typed(_id, lambda value, _, __: str(value).lower(), "read_as"),
    "id with long dashes": _typed(_id, lambda value, _, __: str(value).replace("-", "—"), "read_as"),
    "id without dashes": _typed(_id, lambda value, _, __: str(value).replace("-", ""), "read_as"),
    "nothing as a stroke": _in_blank(lambda one: _day(one) or _choice(one) or _person(one), "/", "read_as_blank"),
    "nothing as N/A": _in_blank(lambda one: _day(one) or _choice(one) or _person(one), "N/A", "read_as_blank"),
    "nothing as a long dash": _in_blank(lambda one: _day(one) or _person(one) or _count(one), "——", "read_as_blank"),
    "nothing in a word": _in_blank(lambda one: _day(one) or _moment(one) or _person(one), "暂无", "read_as_blank"),
    # has several readings, or none
    "day of which month?": _typed(_day, _same("8/9/2026"), "ambiguous_date"),
    "day of which century?": _typed(_day, _same("26.11.20"), "ambiguous_date"),
    "day of which year?": _typed(_day, _same("11月20日"), "ambiguous_date"),
    "month without a day": _typed(_day, _same("2026年11月"), "ambiguous_date"),
    "weekday that it is not": _typed(_day, _same("2026-11-20（周一）"), "ambiguous_date"),
    "day to be settled": _typed(_day, _same("待定"), "not_a_date"),
    "days from to": _typed(_day, _same("2026.11.1-11.20"), "not_a_date"),
    "day in a word": _typed(_day, _same("下周五"), "not_a_date"),
    "day that there is not": _typed(_day, _same("2026-02-30"), "not_a_date"),
    "day of another century": _typed(_day, _same("1926-11-20"), "too_small"),
    "time without a day": _typed(_moment, _same("下午3点"), "not_a_datetime"),
    "time at midnight or noon": _typed(_moment, _same("2026-11-20 晚上12点"), "not_a_datetime"),
    "figure with about": _typed(_count, _same("约20"), "not_a_number"),
    "figure with a strange unit": _typed(_count, _same("20公斤"), "not_a_number"),
    "half of what is counted": _typed(_count, _whole_only, "not_whole"),
    "figure below the least": _typed(_count, _below, "too_small"),
    "share of more than all": _typed(_share, _above, "too_large"),
    "share or per cent?": _typed(_share, _same("1"), "ambiguous_percent"),
    "choice that is not offered": _typed(_choice, _closed(_same("另议")), "not_in_list"),
    "two boxes ticked": _typed(_choice, _closed(lambda v, p, s: _boxes(v, p, s, 2)), "not_in_list"),
    "choice with its number": _typed(_choice, _closed(lambda v, p, s: f"1-{_label(v, p, s)}"), "not_in_list"),
    "id that lost its beginning": _typed(_id, _number_alone, "id_shape"),
    "id that became a day": _typed(_id, _unless_referred(REAL_DAY), "date_in_text"),
    "reference to nothing": _typed(_reference, _to_nowhere, "refers_to_nothing"),
    "region as a person": _typed(_person, _region, "not_a_person"),
    "post as a person": _typed(_person, _same("项目经理"), "not_a_person"),
    "nobody in particular": _typed(_person, _same("李总"), "nobody_named"),
    "owner to be settled": _typed(_person, _same("待定"), "nobody_named"),
    "two people": _typed(_person, _two, "several_people"),
    "a newcomer": _typed(_person, _same("钱多多"), "unknown_person"),
    "required and blank": _missed,
    "error in a cell": _typed(lambda one: _day(one) or _person(one), _same(ERROR), "error_cell"),
    "formula without a result": _typed(
        lambda one: _day(one) or _person(one), _same(NO_RESULT), "formula_without_value"
    ),
    "picture in a cell": _in_blank(lambda one: _day(one) or _person(one) or _text(one), PICTURE, "picture_in_cell"),
    "number that lost digits": _typed(_optional(_text), _same(110101199001011000), "digits_lost"),
    "words that became a day": _typed(_optional(_text), _same(REAL_DAY), "date_in_text"),
    "too many words": _typed(_optional(_text), _same("很长的说明" * 1000), "too_long"),
}
"""What it is called -> how it is made; whether it could be."""
