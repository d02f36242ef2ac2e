"""Who is asked, by when: a project from the rows of its workbook, its lists, and what it cannot be worked with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsflow.errors import ProjectError
from xlsflow.i18n import LANGS, LocalizedText
from xlsflow.model.people import Person
from xlsflow.model.project import Department, Facts, Project, RaciColumn, Region, Round
from xlsflow.model.project_rows import Holiday, Setting
from xlsflow.system.package_data import package_data_path
from xlsflow.template.loading.load import load_library
from xlsflow.template.model import MatrixBlock

if TYPE_CHECKING:
    from collections.abc import Mapping

EAST = {"code": "HD", "name": "华东", "name_en": "East China", "contact": "张立诚", "email": "a@example.com"}
SOUTH = {"code": "HN", "name": "华南", "name_en": None}
OVERSEAS = {
    "code": "HW",
    "name": "海外",
    "name_en": "Overseas",
    "time_zone": "Europe/Berlin",
    "calendar": "de",
    "language": "en",
}
SALES = {"code": "XS", "name": "销售", "name_en": "Sales"}
LI = {"name": "李明", "name_en": "Li Ming", "region": "HD"}
PRIYA = {"name": "Priya Nair", "region": "overseas"}


def project(**blocks: Any) -> Project:  # noqa: ANN401 - rows as a workbook gives them
    rows: Mapping[str, list[Mapping[str, Any]]] = {
        "regions": [EAST, SOUTH, OVERSEAS],
        "departments": [SALES],
        "people": [LI, PRIYA],
    }
    return Project.from_rows({**rows, **blocks})


# --- rows ---


def test_rows_become_values_and_a_blank_cell_keeps_the_usual() -> None:
    made = project(
        project=[{"name": "铺货", "code": "DJ", "pack": None}],
        round=[{"id": "2026-W47", "due": datetime(2026, 11, 20, 18), "as_of": None}],  # noqa: DTZ001 - as sheets hold it
        holidays=[{"calendar": "cn", "date": date(2026, 12, 24), "type": "holiday", "name": "厂休"}],
        settings=[{"name": "due_soon_days", "value": 5.0}],
        something_else=[{"x": 1}],
    )

    assert made.project == Facts(name="铺货", code="DJ")
    assert made.round == Round(id="2026-W47", due=datetime(2026, 11, 20, 18))  # noqa: DTZ001
    assert made.regions[1] == Region(code="HN", name="华南")
    assert made.regions[2].language == "en"
    assert made.holidays == (Holiday("cn", date(2026, 12, 24), "holiday", "厂休"),)
    assert made.settings == (Setting("due_soon_days", 5.0),)
    assert made.figures() == {"due_soon_days": 5.0}
    assert (made.timing, made.raci_columns) == ((), ())


def test_a_column_that_the_code_does_not_know_is_left_alone() -> None:
    assert project(departments=[{**SALES, "floor": 3}]).departments == (Department("XS", "销售", "Sales"),)


def test_a_region_has_its_own_time() -> None:
    made = project()

    assert str(made.zone) == "Asia/Shanghai"
    assert datetime(2026, 7, 1, tzinfo=made.regions[2].zone).astimezone(UTC).hour == 22


# --- looking regions up ---


@pytest.mark.parametrize("name", ["HD", "hd", "华东", "East China", "east china", " 华 东 "])
def test_a_region_is_found_by_code_or_name(name: str) -> None:
    assert project().region(name).code == "HD"


def test_a_region_that_is_not_there_is_reported_with_the_nearest_and_all_that_are() -> None:
    with pytest.raises(ProjectError) as caught:
        project().region("East Chnia")

    assert caught.value.say("zh") == "项目里没有区域“East Chnia”（是否指“East China”？）；现有：华东、华南、海外。"
    assert caught.value.say("en") == (
        "The project has no region “East Chnia” (did you mean “East China”?);"
        " its regions are: East China, 华南, Overseas."
    )


def test_only_a_code_says_whether_a_region_is_asked() -> None:
    assert project().has_region("HW")
    assert not project().has_region("海外")


# --- lists ---


def test_lists_have_codes_labels_and_the_words_behind_a_name() -> None:
    lists = project().lists()

    assert {name: [choice.code for choice in one.values] for name, one in lists.items()} == {
        "regions": ["HD", "HN", "HW"],
        "departments": ["XS"],
        "units": ["HD", "HN", "HW", "XS"],
        "people": ["李明", "Priya Nair"],
        "raci_columns": ["XS", "HD", "HN", "HW"],
    }
    assert [lists["regions"].code_of(text) for text in ("华东区", "华东大区", "East China", "hd", "华北")] == [
        *["HD"] * 4,
        None,
    ]
    assert lists["departments"].code_of("销售部") == lists["units"].code_of("sales") == "XS"
    assert lists["regions"].label_of("HN", "en") == "华南"
    assert lists["people"].open
    assert not lists["regions"].open


def test_a_person_belongs_to_the_region_by_whatever_name() -> None:
    people = project().lists()["people"]
    assert [people.group_of(name) for name in ("李明", "Priya Nair")] == ["HD", "HW"]


def test_a_name_behind_which_another_name_hides_stays_apart() -> None:
    lists = project(regions=[EAST, {"code": "EQ", "name": "华东区"}, {"code": "Z", "name": "新区"}]).lists()

    assert lists["regions"].code_of("华东区") == "EQ"
    assert lists["regions"].code_of("华东区域") == "HD"
    assert lists["regions"].code_of("新区") == "Z"
    assert lists["regions"].code_of("新区区") is None


def test_a_department_that_is_called_like_a_region_is_not_asked_for_twice() -> None:
    lists = project(departments=[SALES, {"code": "OS", "name": "海外", "name_en": "Overseas"}]).lists()

    assert lists["units"].code_of("海外") == "HW"
    assert lists["departments"].code_of("海外") == "OS"
    assert [choice.code for choice in lists["raci_columns"].values] == ["XS", "OS", "HD", "HN"]


def test_names_that_are_alike_in_both_languages_and_a_label_like_anothers_code_work() -> None:
    lists = project(
        departments=[{"code": "IT", "name": "信息", "name_en": "Information"}, {"code": "Y", "name": "IT"}]
    ).lists()

    assert lists["departments"].code_of("IT") == "Y"
    assert lists["departments"].label_of("Y", "en") == "IT"


def test_columns_of_the_matrix_are_the_projects_own_where_it_names_them() -> None:
    columns = [
        {"code": "R&D", "name": "研发", "sort": "department"},
        {"code": "区长", "name": "区域长", "sort": "region"},
    ]
    made = project(raci_columns=columns)
    library = load_library([package_data_path("workbook_templates")])
    block = next(
        found
        for name in library.sheet_files
        for found in library.template(name).resolved(library.scope(made.lists())).data
        if isinstance(found, MatrixBlock)
    )

    assert made.raci_columns == (RaciColumn("R&D", "研发"), RaciColumn("区长", "区域长", sort="region"))
    assert [field.name for field in block.cell_fields] == ["roles_ru26d", "roles_u533au957f"]
    assert [field.label.zh for field in block.cell_fields] == ["研发", "区域长"]
    assert block.groups["roles.region"] == ("roles_u533au957f",)


# --- what cannot be worked with ---


@pytest.mark.parametrize(
    ("blocks", "code", "name"),
    [
        ({"regions": []}, "no_regions", None),
        ({"regions": [EAST, {**SOUTH, "code": "hd"}]}, "region_twice", "hd"),
        ({"regions": [EAST, {**SOUTH, "code": "H-D"}]}, "codes_alike", "HD"),
        ({"regions": [EAST, {**SOUTH, "name": "华 东"}]}, "region_twice", "华 东"),
        ({"regions": [EAST, {**SOUTH, "name_en": "EAST CHINA"}]}, "region_twice", "EAST CHINA"),
        ({"regions": [EAST, {"code": "X", "name": "East China"}]}, "region_twice", "East China"),
        ({"departments": [SALES, {"code": "S2", "name": "市场", "name_en": "sales"}]}, "department_twice", "sales"),
        ({"people": [LI, {"name": "李 明"}]}, "person_twice", "李 明"),
        ({"people": [LI, {"name": "黎明", "name_en": "Li Ming"}]}, "person_twice", "Li Ming"),
        ({"raci_columns": [{"code": "A", "name": "甲"}, {"code": "a", "name": "乙"}]}, "column_twice", "a"),
        ({"project": [{"time_zone": "Asia/Beijing"}]}, "unknown_time_zone", "Asia/Beijing"),
        ({"regions": [{**EAST, "time_zone": "../etc"}]}, "unknown_time_zone", "../etc"),
        ({"regions": [{**EAST, "time_zone": "Europe"}]}, "unknown_time_zone", "Europe"),
    ],
)
def test_a_project_that_cannot_be_worked_with_says_why(blocks: dict[str, Any], code: str, name: str | None) -> None:
    with pytest.raises(ProjectError) as caught:
        project(**blocks)

    assert caught.value.code == code
    assert caught.value.facts.get("name") == name
    assert all(caught.value.say(lang) for lang in LANGS)


def test_a_wrong_time_zone_is_reported_with_the_nearest() -> None:
    with pytest.raises(ProjectError) as caught:
        project(project=[{"time_zone": "Asia/Shangai"}])

    assert caught.value.facts["near"] == LocalizedText(
        "（是否指“Asia/Shanghai”？）", " (did you mean “Asia/Shanghai”?)"
    )


NAMES = st.sampled_from(("甲", "甲区", "甲区域", "甲大区", "甲部", "乙", "A", "a", "B", "甲 区"))
CODES = st.sampled_from(("A", "a", "B", "甲", "甲区", "C"))


@given(
    regions=st.lists(st.builds(Region, code=CODES, name=NAMES, name_en=NAMES | st.just("")), min_size=1, max_size=4),
    departments=st.lists(st.builds(Department, code=CODES, name=NAMES, name_en=NAMES | st.just("")), max_size=4),
    people=st.lists(st.builds(Person, name=NAMES, name_en=NAMES | st.just(""), region=NAMES), max_size=4),
    columns=st.lists(st.builds(RaciColumn, code=CODES, name=NAMES, name_en=NAMES | st.just("")), max_size=4),
)
def test_what_passes_has_lists_that_can_be_made(
    regions: list[Region], departments: list[Department], people: list[Person], columns: list[RaciColumn]
) -> None:
    """Whatever names `verify` lets pass, no list complains of two readings, and each label reads as its own code."""
    made = Project(
        regions=tuple(regions), departments=tuple(departments), people=tuple(people), raci_columns=tuple(columns)
    )
    try:
        made.verify()
    except ProjectError:
        return
    for one in made.lists().values():
        for choice in one.values:
            assert [one.code_of(label) for label in choice.label.both()] == [choice.code, choice.code]
