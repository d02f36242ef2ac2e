"""Mistakes in single cells: what is typed, and the code of the finding that must be reported there."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, TypeAlias

from tests.mistakes.faulty_return import FaultyReturn, Xml
from xlsflow.template.kinds.choices import ChoiceField
from xlsflow.template.kinds.dates import DateField, DatetimeField
from xlsflow.template.kinds.ids import IdField
from xlsflow.template.kinds.numbers import IntegerField, NumberField, PercentField
from xlsflow.template.kinds.people import PersonField
from xlsflow.template.kinds.text import TextField

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.mistakes.faulty_return import TargetCell
    from xlsflow.template.kinds import FieldBase

Mistake: TypeAlias = "Callable[[FaultyReturn], bool]"
"""Puts a mistake into a return and adds the expected finding; returns whether that was possible."""
DIGITS = "一二三四五六七八九"
WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")


def _day(field: FieldBase) -> bool:
    return type(field) is DateField


def _moment(field: FieldBase) -> bool:
    return type(field) is DatetimeField


def _choice(field: FieldBase) -> bool:
    return type(field) is ChoiceField and not field.name.startswith("roles_") and field.of != "yes_no"


def _person(field: FieldBase) -> bool:
    return type(field) is PersonField


def _text(field: FieldBase) -> bool:
    return type(field) is TextField


def _count(field: FieldBase) -> bool:
    return type(field) in (IntegerField, NumberField)


def _share(field: FieldBase) -> bool:
    return type(field) is PercentField


def _typed(
    fits: Callable[[FieldBase], bool], say: Callable[[object, FaultyReturn, TargetCell], object], code: str
) -> Mistake:
    """Return the mistake of typing a value in another form, or a wrong one.

    Args:
        fits: Whether it can be made in a field.
        say: Returns what is typed instead of the correct value; None if it cannot be made there.
        code: Code of the expected finding.
    """

    def plant(faulty: FaultyReturn) -> bool:
        for target in faulty.targets(fits):
            typed = say(faulty.value_at(target), faulty, target)
            if typed is not None:
                return faulty.put(target, typed, code)
        return False

    return plant


def _in_blank(fits: Callable[[FieldBase], bool], typed: object, code: str) -> Mistake:
    """Return the mistake of typing something into a cell that may stay blank."""

    def plant(faulty: FaultyReturn) -> bool:
        targets = faulty.targets(lambda field: not field.required and fits(field), filled=False)
        return any(faulty.put(target, typed, code) for target in targets)

    return plant


def _words(day: object) -> str:
    assert isinstance(day, date)
    year = "".join("〇一二三四五六七八九"[int(sign)] for sign in str(day.year))
    return f"{year}年{_number(day.month)}月{_number(day.day)}日"


def _number(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else DIGITS[tens - 1]) + ("十" if tens else "") + (DIGITS[ones - 1] if ones else "")


def _as_day(form: str) -> Callable[[object, FaultyReturn, TargetCell], object]:
    def say(value: object, _: FaultyReturn, __: TargetCell) -> object:
        assert isinstance(value, date)
        return form.format(y=value.year, m=value.month, d=value.day, wd="一二三四五六日"[value.weekday()])

    return say


def _serial(value: object, _: FaultyReturn, __: TargetCell) -> object:
    assert isinstance(value, date)
    return str((value - date(1899, 12, 30)).days)


def _late_hour(value: object, _: FaultyReturn, __: TargetCell) -> object:
    assert isinstance(value, datetime)
    half = "下午" if value.hour >= 12 else "上午"
    return (
        f"{value.year}年{value.month}月{value.day}日{half}{value.hour - 12 * (value.hour > 12)}点{value.minute:02d}分"
    )


def _label(value: object, faulty: FaultyReturn, target: TargetCell) -> str:
    return str(target.field.write(value, faulty.outgoing.lang, faulty.outgoing.scope))


def _spaced(value: object, faulty: FaultyReturn, target: TargetCell) -> object:
    label = _label(value, faulty, target)
    return f"{label[0]}\u3000{label[1:]}" if len(label) > 1 else None


def _stopped(value: object, faulty: FaultyReturn, target: TargetCell) -> object:
    return f"{_label(value, faulty, target)}。"


def _boxes(value: object, faulty: FaultyReturn, target: TargetCell, ticks: int = 1) -> object:
    labels = faulty.outgoing.scope.lists[target.field.list_name()].labels(faulty.outgoing.lang)
    label = _label(value, faulty, target)
    others = [label_ for label_ in labels if label_ != label]
    if label not in labels or not others or len(labels) > 8:
        return None
    return f"□{others[0]} ☑{label}" if ticks == 1 else f"☑{others[0]} ☑{label}"


def _closed(
    say: Callable[[object, FaultyReturn, TargetCell], object],
) -> Callable[[object, FaultyReturn, TargetCell], object]:
    """Return the same, restricted to lists that accept no other values."""

    def closed(value: object, faulty: FaultyReturn, target: TargetCell) -> object:
        return None if faulty.outgoing.scope.lists[target.field.list_name()].open else say(value, faulty, target)

    return closed


def _synonym(value: object, faulty: FaultyReturn, target: TargetCell) -> object:
    values = faulty.outgoing.scope.lists[target.field.list_name()].values
    return next((word for value_ in values if value_.code == value for word in value_.synonyms), None)


def _wide(value: object, _: FaultyReturn, __: TargetCell) -> object:
    assert isinstance(value, int | float)
    return f"{value:g}".translate(WIDE) if float(value).is_integer() and value >= 0 else None


def _two(value: object, faulty: FaultyReturn, target: TargetCell) -> object:
    people = [person.label.zh for person in faulty.outgoing.scope.lists[target.field.list_name()].values]
    return f"{_label(value, faulty, target)}、{next(person for person in people if person != value)}"


def _region(_: object, faulty: FaultyReturn, __: TargetCell) -> object:
    return faulty.outgoing.scope.lists["regions"].labels(faulty.outgoing.lang)[1]


def _number_alone(value: object, faulty: FaultyReturn, target: TargetCell) -> object:
    return None if faulty.is_referenced(target) else str(value)[-3:]


def _to_nowhere(value: object, _: FaultyReturn, __: TargetCell) -> object:
    return f"{str(value)[:-3]}987"


def _below(_: object, __: FaultyReturn, target: TargetCell) -> object:
    least = getattr(target.field, "least", None)
    return least - 1 if isinstance(least, int | float) and least > -1e6 else None


def _above(_: object, __: FaultyReturn, target: TargetCell) -> object:
    return 1.7 if isinstance(target.field, PercentField) and target.field.most == 1 else None


def _whole_only(_: object, __: FaultyReturn, target: TargetCell) -> object:
    return 2.5 if isinstance(target.field, IntegerField) else None


def _same(typed: object) -> Callable[[object, FaultyReturn, TargetCell], object]:
    return lambda _value, _faulty, _spot: typed


def _unless_referred(typed: object) -> Callable[[object, FaultyReturn, TargetCell], object]:
    return lambda _value, faulty, target: None if faulty.is_referenced(target) else typed


def _missed(faulty: FaultyReturn) -> bool:
    """Leave a required cell blank, or put nothing but blanks into it."""
    typed = faulty.rng.choice((None, "\u3000", " \u00a0"))
    fits = (_day, _moment, _choice, _person, _text, _count)
    targets = faulty.targets(lambda field: field.required and any(fit(field) for fit in fits))
    keys = {placed.full: placed.block.key for placed in faulty.blocks}
    return any(
        faulty.put(s, typed, "required_blank")
        for s in targets
        if keys[s.block] != s.field.name and faulty.has_more(s)  # a row of nothing is no row
    )


ERROR = Xml('<c r="{r}"{s} t="e"><v>#REF!</v></c>')
NO_RESULT = Xml('<c r="{r}"{s}><f>SUM(A1:A2)</f></c>')
PICTURE = Xml('<c r="{r}"{s} t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>')
REAL_DAY = Xml('<c r="{r}" t="d"><v>2026-03-04</v></c>')


def _id(field: FieldBase) -> bool:
    return type(field) is IdField and not field.to


def _reference(field: FieldBase) -> bool:
    return bool(field.to)


def _any_of(*fits: Callable[[FieldBase], bool]) -> Callable[[FieldBase], bool]:
    return lambda field: any(fit(field) for fit in fits)


def _optional(fits: Callable[[FieldBase], bool]) -> Callable[[FieldBase], bool]:
    return lambda field: not field.required and fits(field)


IN_CELLS: Mapping[str, Mistake] = {
    # Has a single reading: it is read, and reported.
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
    "nothing as a stroke": _in_blank(_any_of(_day, _choice, _person), "/", "read_as_blank"),
    "nothing as N/A": _in_blank(_any_of(_day, _choice, _person), "N/A", "read_as_blank"),
    "nothing as a long dash": _in_blank(_any_of(_day, _person, _count), "——", "read_as_blank"),
    "nothing in a word": _in_blank(_any_of(_day, _moment, _person), "暂无", "read_as_blank"),
    # Has several readings, or none.
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
    "error in a cell": _typed(_any_of(_day, _person), _same(ERROR), "error_cell"),
    "formula without a result": _typed(_any_of(_day, _person), _same(NO_RESULT), "formula_without_value"),
    "picture in a cell": _in_blank(_any_of(_day, _person, _text), PICTURE, "picture_in_cell"),
    "number that lost digits": _typed(_optional(_text), _same(110101199001011000), "digits_lost"),
    "words that became a day": _typed(_optional(_text), _same(REAL_DAY), "date_in_text"),
    "too many words": _typed(_optional(_text), _same("很长的说明" * 1000), "too_long"),
}
"""Name of a mistake -> the function that makes it."""
