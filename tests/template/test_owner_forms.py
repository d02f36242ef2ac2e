"""The forms in which people name an owner: each is read where it has one reading."""

from __future__ import annotations

import pytest

from xlsflow.model.people import Person
from xlsflow.model.project import Department, Project, Region
from xlsflow.template.kinds import Scope
from xlsflow.template.kinds.people import PersonField

PROJECT = Project(
    regions=(Region("HD", "华东", "East"), Region("HN", "华南", "South")),
    departments=(Department("MKT", "市场", "Marketing"), Department("SUP", "供应链", "Supply chain")),
    people=(
        Person("孙可心", "Sun Kexin", "华东", "供应链", email="Sun.Kexin@example.com"),
        Person("王雨桐", "Wang Yutong", "华南", "市场", email="wang.yutong@example.com"),
        Person("陈黎", "Chen Li", "华东", "市场", email="team@example.com"),
        Person("黎晨", "Li Chen", "华南", "市场", email="team@example.com"),
    ),
)
FIELD = PersonField.model_validate(
    {"name": "owner", "kind": "person", "of": "people", "never": "units", "label": {"zh": "责任人", "en": "Owner"}}
)
SUN = "孙可心"


def read(text: str) -> tuple[object, str]:
    """Return the value of a text and the code of what is said about it."""
    reading = FIELD.parse(text, Scope(lists=PROJECT.lists()))
    return reading.value, reading.diagnostic.code if reading.diagnostic else ""


@pytest.mark.parametrize(
    "typed",
    [
        *("sun.kexin@example.com", "SUN.KEXIN@EXAMPLE.COM", "mailto:sun.kexin@example.com", "<sun.kexin@example.com>"),
        *("sun.kexin@example.com;", "ｓｕｎ.kexin@example.com", "孙可心<sun.kexin@example.com>", "@孙可心"),
        *("孙可心 <sun.kexin@example.com>", "孙可心（sun.kexin@example.com）", "孙可心 sun.kexin@example.com"),
        *("sun.kexin@example.com 孙可心", "Sun Kexin <sun.kexin@example.com>", '"Sun, Kexin" <sun.kexin@example.com>'),
        *("Kexin Sun <sun.kexin@example.com>", "孙可心 <private@elsewhere.example>", "孙可心/sun.kexin@example.com"),
        *("Sun Kexin", "Kexin Sun", "KEXIN SUN", "Sun, Kexin", "Kexin, Sun", "Ms Sun Kexin", "Ms. Kexin Sun"),
        *("孙可心(10023)", "孙可心（E10023）", "孙可心(工号10023)", "孙可心（工号：10023）", "孙可心 [10023]"),
        *("孙可心【10023】", "Kexin Sun (E-10023)", "Sun Kexin (ID 10023)", "SunKexin", "孙可心（华东）"),
        *("孙可心（供应链）", "孙可心(供应链部)", "孙可心-供应链", "供应链/孙可心", "孙可心（Supply chain）"),
        *("华东 孙可心", "Sun Kexin (East)", "孙可心（华东区）"),
    ],
)  # fmt: skip
def test_an_owner_in_a_form_that_people_type_is_read(typed: str) -> None:
    assert read(typed)[0] == SUN


@pytest.mark.parametrize(
    "typed",
    [
        "somebody@example.com",
        "team@example.com",  # two people share it
        "王雨桐 <sun.kexin@example.com>",  # two people
        "sun.kexin@example.com; wang.yutong@example.com",
        "孙可心（市场）",  # of another department
        "孙可心（华南）",
        "孙可心（王雨桐）",
        "K. Sun",
        "可心",
        "Kexin",
    ],
)
def test_an_owner_with_no_reading_or_two_is_not_guessed(typed: str) -> None:
    value, code = read(typed)

    assert value != SUN
    assert code


@pytest.mark.parametrize(
    ("typed", "person"), [("Chen Li", "陈黎"), ("Li Chen", "黎晨"), ("chenli", "陈黎"), ("Chen, Li", None)]
)
def test_where_a_name_the_other_way_round_is_another_person_only_the_listed_order_is_read(
    typed: str, person: str | None
) -> None:
    assert read(typed)[0] == person


NAMESAKES = Project(
    regions=PROJECT.regions,
    departments=PROJECT.departments,
    people=(
        Person("李明（华东）", "Li Ming (East)", "华东", "供应链", email="li.ming@example.com"),
        Person("李明（华南）", "Li Ming (South)", "华南", "市场", email="li.ming2@example.com"),
        Person("何俊（市场）", "He Jun (Marketing)", "华南", "市场"),
    ),
)


@pytest.mark.parametrize(
    ("typed", "person", "said"),
    [
        ("李明（华东）", "李明（华东）", ""),
        ("李明(华南)", "李明（华南）", "read_as"),
        ("李明（华南区）", "李明（华南）", "read_as"),
        ("李明（市场）", "李明（华南）", "read_as"),
        ("李明（供应链部）", "李明（华东）", "read_as"),
        ("李明 [华南]", "李明（华南）", "read_as"),
        ("李明/华南", "李明（华南）", "read_as"),
        ("华东-李明", "李明（华东）", "read_as"),
        ("市场 李明", "李明（华南）", "read_as"),
        ("li.ming2@example.com", "李明（华南）", "read_as"),
        ("李明 <li.ming2@example.com>", "李明（华南）", "read_as"),
        ("Li Ming (East)", "李明（华东）", ""),
        ("Li Ming (Supply chain)", "李明（华东）", "read_as"),
        ("何俊", "何俊（市场）", "read_as"),  # the only one of that name
        ("李明", None, "which_person"),
        ("Li Ming", None, "which_person"),
    ],
)
def test_two_people_of_one_name_are_kept_apart_by_what_is_in_brackets(
    typed: str, person: str | None, said: str
) -> None:
    reading = FIELD.parse(typed, Scope(lists=NAMESAKES.lists()))

    assert reading.value == person
    assert (reading.diagnostic.code if reading.diagnostic else "") == said
