"""Two people of one name in one project: told apart by region or department, in dropdowns and in what is read."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from tests.helpers.returned_rows import PROJECT as PROJECT_WORKBOOK
from xlsflow.errors import ProjectError
from xlsflow.model.project import Project
from xlsflow.model.project_rows import Setting
from xlsflow.pipeline.generate import Order, generate
from xlsflow.pipeline.project_file import load_project, open_library
from xlsflow.template.kinds.people import PersonField

LIBRARY = open_library()
REGIONS = ({"code": "HD", "name": "华东", "name_en": "East"}, {"code": "HN", "name": "华南", "name_en": "South"})
DEPARTMENTS = (
    {"code": "XS", "name": "销售", "name_en": "Sales"},
    {"code": "SC", "name": "市场", "name_en": "Marketing"},
)
_Row = tuple[str, str, str, str]
LI_EAST, LI_SOUTH = ("李明", "Li Ming", "华东", "销售"), ("李明", "Li Min", "华南", "销售")


def project(*people: _Row) -> Project:
    keys = ("name", "name_en", "region", "department")
    rows = [dict(zip(keys, person, strict=True)) for person in people]
    return Project.from_rows({"regions": REGIONS, "departments": DEPARTMENTS, "people": rows})


@pytest.mark.parametrize(
    ("people", "names"),
    [
        ([LI_EAST, LI_SOUTH], ["李明（华东）", "李明（华南）"]),
        ([LI_EAST, ("李明", "Li Min", "华东", "市场")], ["李明（销售）", "李明（市场）"]),
        ([LI_EAST, ("李 明", "Li Min", "HN", "")], ["李明（华东）", "李 明（华南）"]),
        (
            [LI_EAST, LI_SOUTH, ("李明", "Lee M", "华南", "市场")],
            ["李明（华东销售）", "李明（华南销售）", "李明（华南市场）"],
        ),
        ([LI_EAST, ("王芳", "Wang Fang", "华南", "")], ["李明", "王芳"]),
        ([LI_EAST, ("李明（华南）", "Li Min", "华南", "")], ["李明", "李明（华南）"]),
        # English names alike, Chinese ones not: only the English ones get something behind them.
        (
            [("李明", "Li Ming", "华东", ""), ("黎明", "Li Ming", "华南", "")],
            ["李明|Li Ming (East)", "黎明|Li Ming (South)"],
        ),
        (
            [("Wei Li", "Wei Li", "华东", ""), ("Wei Li", "", "华南", "")],
            ["Wei Li（华东）|Wei Li (East)", "Wei Li（华南）|"],
        ),
        ([LI_EAST, ("李明", "Li Ming", "华南", "")], ["李明（华东）|Li Ming (East)", "李明（华南）|Li Ming (South)"]),
        ([("李明", "", "东北", ""), ("李明", "", "西北", "")], ["李明（东北）", "李明（西北）"]),
        ([("李明", "", "East", ""), ("李明", "", "South", "")], ["李明（华东）", "李明（华南）"]),
    ],
)
def test_namesakes_get_their_region_or_department(people: list[_Row], names: list[str]) -> None:
    made = project(*people)
    shown = [
        f"{one.name}|{one.name_en}" if "|" in name else one.name for one, name in zip(made.people, names, strict=True)
    ]
    assert shown == names
    assert [choice.code for choice in made.lists()["people"].values] == [one.name for one in made.people]


@pytest.mark.parametrize(
    "people",
    [
        [LI_EAST, LI_EAST],
        [LI_EAST, ("李明", "Li Min", "华东", "销售")],
        [LI_EAST, ("李明", "Li Min", "", "")],
        [("李明", "", "", "销售"), ("李明", "", "", "销售")],
        # What would be written behind the name is the name of somebody else.
        [LI_EAST, LI_SOUTH, ("李明（华东）", "Lee", "华南", "市场")],
    ],
)
def test_whom_nothing_tells_apart_is_asked_about(people: list[_Row]) -> None:
    with pytest.raises(ProjectError) as caught:
        project(*people)
    assert caught.value.code == "person_twice"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("李明（华东）", "李明（华东）"),
        ("李明(华南)", "李明（华南）"),
        ("李明（East）", "李明（华东）"),
        ("华东-李明", "李明（华东）"),
        ("李明/华南区", "李明（华南）"),
        ("Li Ming (East)", "李明（华东）"),
        ("li.south@example.com", "李明（华南）"),
        ("李明 <li.east@example.com>", "李明（华东）"),
        ("李明", None),
        ("Li Ming", "李明（华东）"),
        ("李 明（华 东）", "李明（华东）"),
        ("王芳", "王芳"),
    ],
)
def test_what_is_typed_is_read_where_it_names_one_of_them(typed: str, code: str | None) -> None:
    made = project(LI_EAST, LI_SOUTH, ("王芳", "", "华东", ""))
    mails = ("li.east@example.com", "li.south@example.com", "")
    own = replace(made, people=tuple(replace(p, email=mail) for p, mail in zip(made.people, mails, strict=True)))
    field = PersonField.model_validate(
        {"name": "owner", "kind": "person", "label": {"zh": "责任人", "en": "Owner"}, "of": "people", "never": "units"}
    )
    reading = field.parse(typed, own.scope(LIBRARY, LIBRARY.pack("coordination")))
    assert reading.value == code
    if code is None:
        assert reading.diagnostic is not None
        assert reading.diagnostic.code == "which_person"


def test_a_project_workbook_with_two_plain_namesakes_goes_out_and_its_dropdowns_tell_them_apart(tmp_path: Path) -> None:
    path = tmp_path / "project.xlsx"
    book = openpyxl.load_workbook(PROJECT_WORKBOOK)
    sheet = book["人员"]
    cells = [row[0] for row in sheet.iter_rows() if row[0].value in {"陈思远", "黄嘉豪"}]
    for cell in cells:
        cell.value = "李明"
    book.save(path)
    assert len(cells) == 2
    made = load_project(path, LIBRARY)
    assert [person.name for person in made.people if "李明" in person.name] == ["李明（华东）", "李明（华南）"]
    (sent,) = generate(made, tmp_path, Order(regions=("HD",), lang="zh"), LIBRARY)
    with zipfile.ZipFile(sent) as package:
        shown = "".join(package.read(name).decode() for name in package.namelist() if name.endswith(".xml"))
    assert "李明（华东）" in shown
    assert "李明（华南）" in shown
    assert "李明<" not in shown


def names_in(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as package:
        whole = "".join(package.read(name).decode() for name in package.namelist() if name.endswith(".xml"))
    return {person.name for person in load_project(PROJECT_WORKBOOK, LIBRARY).people if person.name in whole}


def test_a_workbook_holds_the_names_that_its_dropdowns_need(tmp_path: Path) -> None:
    known = load_project(PROJECT_WORKBOOK, LIBRARY)
    own = replace(known, settings=(Setting("all_names", 0),), project=replace(known.project, coordinator="黄嘉豪"))
    everybody, some = (
        names_in(*generate(project, tmp_path / folder, Order(regions=("HD",)), LIBRARY))
        for folder, project in (("all", known), ("own", own))
    )
    assert everybody == {person.name for person in known.people}
    assert some == {person.name for person in known.people if known.region_of(person.name) in {"HD", "HN"}}
