"""A province merges the books of its counties: the same as if all returns had been merged, each by its own project."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from openpyxl import load_workbook

import xlsflow
from tests.helpers.returned_rows import AS_OF, TASKS, a_return_of, task
from xlsflow import View
from xlsflow.api import merge_to
from xlsflow.pipeline import project_file
from xlsflow.pipeline.definitions import Definitions
from xlsflow.pipeline.merge import basis, document
from xlsflow.render.as_markdown import markdown
from xlsflow.reports.figures.status_counts import items_with_flags, region_status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from xlsflow.model.consolidated_book import Book

Row = dict[str, object]

HERE = {"time_zone": "Asia/Shanghai", "calendar": "cn", "language": "zh", "contact": "何静", "email": "h@example.com"}


def written_project(path: Path, code: str, regions: Mapping[str, tuple[str, str]], round_: str = "2026-W47") -> Path:
    """Write a project like the example with other regions: code -> name and what it comes from."""
    rows: dict[str, list[Row]] = {
        name: [dict(row) for row in lines] for name, lines in project_file.example_rows().items()
    }
    rows["project"][0].update(code=code, name=f"项目{code}")
    rows["round"][0].update(id=round_)
    rows["regions"] = [
        {"code": region, "name": name, "name_en": f"{name} en", "comes_from": source or None, **HERE}
        for region, (name, source) in regions.items()
    ]
    names = [name for name, _ in regions.values()]
    rows["people"] = [
        {
            **rows["people"][0],
            "name": f"{code}{name}员",
            "name_en": "",
            "region": name,
            "email": f"{number}@example.com",
        }
        for number, name in enumerate(names)
    ]
    rows["raci_columns"] = []
    rows["waivers"] = []
    project_file.write_project(path, rows, lang="zh", library=project_file.open_library())
    return path


def item(number: int, region: str, person: str, **more: object) -> Row:
    return task(number, task_id=f"HD-2026-{'DX'.index(region[0]) + 1}{number:02}", region=region, owner=person, **more)


class House:
    """Two counties with the same names of regions and the same ids, a province, and the country."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        towns = {"DQ": ("东区", ""), "XQ": ("西区", "")}
        self.counties = {code: written_project(folder / f"{code}.xlsx", code, towns) for code in ("XA", "XB")}
        self.province = written_project(
            folder / "sheng.xlsx", "SH", {"BF": ("北方", "XA/DQ、XB"), "NF": ("南方", "XA"), "ZB": ("省直", "")}
        )
        self.country = written_project(folder / "guo.xlsx", "GJ", {"HX": ("华西", "SH")})
        late = date(2026, 11, 10)
        self.leaves = {
            "XA": [
                self.leaf("XA", "DQ", item(1, "DQ", "XA东区员", due=late), item(2, "DQ", "XA东区员")),
                self.leaf("XA", "XQ", item(1, "XQ", "XA西区员"), item(2, "DQ", "XA东区员", progress="done")),
            ],
            "XB": [
                self.leaf("XB", "DQ", item(1, "DQ", "XB东区员", due=late, task="另一件事")),
                self.leaf("XB", "DQ", item(1, "DQ", "XB东区员", task="改过"), name=" 同事", day=17),
            ],
        }
        self.own = self.leaf("SH", "ZB", task(9, region="ZB", owner="SH省直员"))
        self.books = {code: self.book(code, self.counties[code], *paths) for code, paths in self.leaves.items()}
        self.provincial = self.book("SH", self.province, *self.books.values(), self.own)

    def leaf(self, code: str, region: str, *tasks: Row, name: str = "", day: int = 18) -> Path:
        project = self.counties.get(code, self.province)
        path = self.folder / "in" / f"{code}-{region}{name}.xlsx"
        return a_return_of(path, region, {TASKS: list(tasks)}, workbook=project, day=day)

    def book(self, name: str, project: Path, *paths: Path, previous: Path | None = None) -> Path:
        out = self.folder / f"{name}-book.xlsx"
        merge_to(paths, out, project=project, view=View(AS_OF, previous=previous))
        return out

    def figures(self, book: Book, project: Path) -> dict[str, Mapping[Any, object]]:
        """Return region -> its figures in the overview."""
        library = project_file.open_library()
        definitions = Definitions(library, project_file.load_project(project, library), AS_OF.date())
        inputs = basis(book, definitions, AS_OF.astimezone())
        return {str(row["region"]): row for row in region_status(inputs, items_with_flags(inputs)).to_dict("records")}

    def merged(self, *paths: Path, project: Path | None = None) -> Book:
        return xlsflow.merge(paths, project=project or self.province, as_of=AS_OF)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def straight(house: House) -> Book:
    return house.merged(*house.books.values(), house.own)


def same(one: Book, other: Book) -> bool:
    assert sorted(r.record.sha256 for r in one.returns) == sorted(r.record.sha256 for r in other.returns)
    assert one.tables.keys() == other.tables.keys()
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, other.tables[name])
    assert one.ledger == other.ledger
    assert one.proposals == other.proposals
    assert one.history_lines == other.history_lines
    assert one.findings == other.findings
    return True


def test_a_province_has_what_its_counties_have_under_its_own_regions(straight: Book) -> None:
    rows = straight.tables[TASKS]

    found = sorted(zip(rows["_region"], rows["task_id"], rows["task"], rows["region"], strict=True))
    assert found == [
        ("XA/DQ", "HD-2026-101", "任务 1", "XA/DQ"),
        ("XA/DQ", "HD-2026-102", "任务 2", "XA/DQ"),
        ("XA/XQ", "HD-2026-102", "任务 2", "XA/DQ"),
        ("XA/XQ", "HD-2026-201", "任务 1", "XA/XQ"),
        ("XB/DQ", "HD-2026-101", "另一件事", "XB/DQ"),
        ("XB/DQ", "HD-2026-101", "改过", "XB/DQ"),
        ("ZB", "HD-2026-009", "任务 9", "ZB"),
    ]
    # North first: it takes XA/DQ and all of XB.
    assert list(rows["_region"].str.slice(0, 5).drop_duplicates()) == ["XA/DQ", "XB/DQ", "XA/XQ", "ZB"]
    twice = {(f.location.file, f.value) for f in straight.findings if f.code == "used_elsewhere"}
    # One id in two projects is no clash; one in two regions of a project, or of two colleagues, is.
    assert twice == {
        ("XA/XA-DQ.xlsx", "HD-2026-102"),
        ("XA/XA-XQ.xlsx", "HD-2026-102"),
        ("XB/XB-DQ.xlsx", "HD-2026-101"),
        ("XB/XB-DQ 同事.xlsx", "HD-2026-101"),
    }
    assert {f.code for f in straight.findings} & {"unknown_choice", "not_in_list"} == set()


@pytest.mark.parametrize("order", [1, -1])
def test_books_of_single_returns_books_of_counties_and_a_book_of_books_are_one(
    house: House, straight: Book, order: int
) -> None:
    if order == 1:
        assert same(house.merged(house.provincial), straight)
        assert same(house.merged(house.provincial, house.books["XB"]), straight)
        return
    single = [
        house.book(f"{code}{number}", house.counties[code], path)
        for code, paths in house.leaves.items()
        for number, path in enumerate(paths)
    ]
    assert same(house.merged(*single[::-1], house.own), straight)


def test_the_country_has_the_same_rows_under_its_region(house: House, straight: Book) -> None:
    book = house.merged(house.provincial, project=house.country)

    rows, before = book.tables[TASKS], straight.tables[TASKS]
    assert sorted(rows["task"]) == sorted(before["task"])
    assert set(rows["_region"]) == {"XA/DQ", "XA/XQ", "XB/DQ", "SH/ZB"}
    assert set(house.figures(book, house.country)) == {"HX"}


def test_the_overview_counts_by_the_regions_of_the_province(house: House, straight: Book) -> None:
    figures = house.figures(straight, house.province)

    assert {region: (row["total"], row["overdue"], row["state"]) for region, row in figures.items()} == {
        "BF": (5, 2, "in_time"),  # the row of XA/DQ in the return of XA/XQ is of XA/DQ
        "NF": (1, 0, "in_time"),
        "ZB": (1, 0, "in_time"),
    }


def test_a_county_that_has_not_returned_is_named_among_what_needs_attention(house: House, straight: Book) -> None:
    library = project_file.open_library()
    definitions = Definitions(library, project_file.load_project(house.province, library), AS_OF.date())

    text = markdown(document(straight, definitions, AS_OF.astimezone(), "zh"))

    assert "北方·西区：请联系" in text  # XB/XQ; of the others somebody has returned
    assert "南方·西区：请联系" not in text


@pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")  # openpyxl, of what it drops
def test_what_is_edited_in_the_province_is_merged_into_its_county(house: House, straight: Book, tmp_path: Path) -> None:
    edited = tmp_path / "edited.xlsx"
    workbook = load_workbook(house.provincial)
    lines = [row for sheet in workbook if sheet.sheet_state == "visible" for row in sheet]
    line = next(row for row in lines if {"HD-2026-201", "XA/XA-XQ.xlsx"} <= {cell.value for cell in row})
    next(cell for cell in line if cell.value == "任务 1").value = "省里改的"
    workbook.save(edited)

    book = house.merged(edited)
    again = house.merged(house.book("edited", house.province, edited))

    changed = book.tables[TASKS]["task"].compare(straight.tables[TASKS]["task"])
    assert changed.to_numpy().tolist() == [["省里改的", "任务 1"]]
    assert [r.part for r in book.files if r.stamp.kind == "coordinator"] == ["XA"]
    assert same(again, book)


def test_a_county_that_is_silent_next_round_is_carried_on(house: House) -> None:
    nested = {"BF": ("北方", "XA/DQ、XB"), "NF": ("南方", "XA"), "ZB": ("省直", "")}
    later = written_project(house.folder / "sheng-W48.xlsx", "SH", nested, "2026-W48")
    (county,) = (
        written_project(house.folder / "XA-W48.xlsx", "XA", {"DQ": ("东区", ""), "XQ": ("西区", "")}, "2026-W48"),
    )
    empty = house.book("XA-W48", county, *house.leaves["XA"][:1])
    out = house.folder / "SH-W48-book.xlsx"
    merge_to([empty], out, project=later, view=View(AS_OF, previous=house.provincial))

    rows = xlsflow.open_book(out).tables[TASKS]

    assert set(rows["_round"]) == {"2026-W47"}
    assert sorted(rows["_region"]) == [
        "XA/DQ",
        "XA/DQ",
        "XA/XQ",
        "XB/DQ",
        "XB/DQ",
        "ZB",
    ]  # the row that was done is gone


def test_what_belongs_nowhere_is_refused_with_what_to_do(house: House) -> None:
    lost = written_project(house.folder / "lost.xlsx", "SH", {"BF": ("北方", "XA/DQ")})

    book = house.merged(house.books["XA"], house.leaves["XA"][0], house.books["XB"], project=lost)

    assert {(record.file, record.reason) for record in book.files} == {
        ("XA-book.xlsx", "part_without_region"),
        ("XA-DQ.xlsx", "return_of_part"),
        ("XB-book.xlsx", "other_project"),
    }
    texts = [finding.message("zh") for finding in book.findings if finding.code == "part_without_region"]
    assert "XA/XQ" in texts[0]
