"""Fields of every kind, and the lists of a small project."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, cast

from pydantic import TypeAdapter

from xlsflow.i18n import LocalizedText, untranslated
from xlsflow.template.kinds import Field, FieldBase, Scope
from xlsflow.template.lists import Choice, ChoiceList

if TYPE_CHECKING:
    from xlsflow.fileformat.cells import Scalar


def choices(name: str, *values: tuple[str, str, str, tuple[str, ...], str], open_: bool = False) -> ChoiceList:
    return ChoiceList(
        name=name,
        title=untranslated(name),
        values=tuple(Choice(code=c, label=LocalizedText(zh, en), synonyms=s, group=g) for c, zh, en, s, g in values),
        open=open_,
    )


REGIONS = choices(
    "regions",
    ("HD", "华东", "East China", ("华东区", "华东区域"), ""),
    ("HN", "华南", "South China", ("华南区",), ""),
    ("HW", "海外", "Overseas", (), ""),
    ("r-7", "和田", "Hotan", (), ""),
)
SCOPE = Scope(
    {
        "regions": REGIONS,
        "units": choices(
            "units",
            *((c.code, c.label.zh, c.label.en, c.synonyms, "") for c in REGIONS.values),
            ("CW", "财务", "Finance", ("财务部",), ""),
            ("SC", "市场", "Marketing", ("市场部",), ""),
        ),
        "people": choices(
            "people",
            ("李明", "李明", "Li Ming", (), "HD"),
            ("王芳", "王芳", "Wang Fang", (), "HN"),
            ("Priya Nair", "Priya Nair", "Priya Nair", (), "HW"),
            ("买买提·艾力", "买买提·艾力", "Memet Eli", (), "HD"),
            ("张和平", "张和平", "Zhang Heping", (), "HD"),
            open_=True,
        ),
        "progress": choices(
            "progress",
            ("not_started", "未启动", "Not started", ("未开始",), ""),
            ("in_progress", "进行中", "In progress", (), ""),
            ("done", "已完成", "Done", ("完成", "Finished"), ""),
        ),
        "yes_no": choices("yes_no", ("yes", "是", "Yes", ("Y", "√", "TRUE"), ""), ("no", "否", "No", ("FALSE",), "")),
        "raci": choices("raci", ("A", "A", "A", (), ""), ("R", "R", "R", (), ""), ("A/R", "A/R", "A/R", ("R/A",), "")),
        "places": choices(
            "places", ("hk", "中国香港", "Hong Kong, China", (), ""), ("sg", "新加坡", "Singapore", (), "")
        ),
        "sorts": choices(
            "sorts", ("supply", "供应链", "Supply chain", (), ""), ("x", "市场", "Market", (), ""), open_=True
        ),
    }
)
FIELD: TypeAdapter[FieldBase] = TypeAdapter(Field)


def field(kind: str, **keys: Any) -> FieldBase:  # noqa: ANN401 - whatever a definition may say
    """Return a required field of a kind; an optional one with `required=False`."""
    return FIELD.validate_python(
        {"name": "f", "kind": kind, "label": {"zh": "项", "en": "Item"}, "required": True, **keys}
    )


def value_and_code(kind: FieldBase, raw: Scalar) -> tuple[object, str]:
    """Return the value of a cell and the code of its diagnostic, empty if there is none."""
    reading = kind.read(raw, SCOPE)
    return reading.value, reading.diagnostic.code if reading.diagnostic else ""


def shown(value: object) -> Scalar:
    """Return a written cell content as the reader sees it again."""
    return cast("Scalar", value)


def rng(seed: int) -> random.Random:
    """Return a random generator with a fixed seed."""
    return random.Random(seed)  # noqa: S311 - samples, no secrets
