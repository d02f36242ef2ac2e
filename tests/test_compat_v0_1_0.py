"""What version 0.1.0 wrote is read with the same data by every later version.

The workbooks in `fixtures/v0_1_0` were written by 0.1.0, the JSON in its folder `expected` is what 0.1.0 read out of
them. Compared are data, codes and addresses. Texts are not: sentences, titles and labels may be reworded.
Only the public names of the package and the command line are used.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import openpyxl
import pandas as pd
import pytest

import xlsflow
from xlsflow import Order, View

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xlsflow import Book, Finding, Submission

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")  # openpyxl, of what it drops

Json = Any
"""What a JSON text holds."""

TOP = Path(__file__).parent.parent
FIXTURES = TOP / "tests" / "fixtures" / "v0_1_0"
EXPECTED = FIXTURES / "expected"

FIRST, SECOND = FIXTURES / "round_1", FIXTURES / "round_2"
FIRST_PROJECT, SECOND_PROJECT = FIXTURES / "project.xlsx", SECOND / "project.xlsx"
FIRST_BOOK, SECOND_BOOK = FIRST / "book.xlsx", SECOND / "book-en.xlsx"
FIRST_DAY, SECOND_DAY = datetime(2026, 11, 20, 18), datetime(2026, 11, 27, 18)  # noqa: DTZ001 - project time
PROJECTS = (FIRST_PROJECT, FIXTURES / "project-en.xlsx", SECOND_PROJECT)
BOOKS = ((FIRST_BOOK, FIRST_DAY), (SECOND_BOOK, SECOND_DAY))
FOREIGN = FIRST / "returned" / "差旅费报销单.xlsx"
MARKED = FIRST / "marked" / "coordination_DJXP-2026-W47-HN_华南.xlsx"
BLANK = FIRST / "sent" / "coordination_DJXP-2026-W47-HW_Overseas.xlsx"
WORKBOOKS = tuple(
    path
    for folder in ("sent", "returned", "marked")
    for path in sorted(FIXTURES.glob(f"round_*/{folder}/*"))
    if path != FOREIGN
)
"""What was sent, what was returned, and a marked copy."""

LATER_CODES = frozenset(
    {
        "other_version",
        "return_empty",
        "return_untouched",
        "starts_too_early",
        "waits_in_circle",
        "id_resembles",
        "date_far",
    }
)
"""Findings that 0.1.0 did not have: another definition, nothing filled in, what a plan and its ids are asked about."""

STAMP = ("pack", "version", "project", "round", "region", "lang", "document", "kind")
RECORD = ("file", "sha256", "status", "reason", "writer", "recognised")
FILE = ("file", "region", "round", "pack", "version", "status", "reason")
LEDGER = ("file", "sheet", "block", "seen", "blank", "merged", "superseded", "duplicate", "set_aside")
ASIDE = ("file", "sheet", "block", "row", "code")
REPORTED = ("severity", "code", "file", "sheet", "cell", "field", "value", "waived")
LATE = ("block", "key", "owner", "region", "due", "days_overdue")

ID = re.compile(r"[A-Z]{2}-\d{4}-\w+")
OF_A_REGION = re.compile(r"[A-Z]{2}-\d{4}-[A-Z]{2}\d{3}")
"""An ID that a blank row is issued with."""

FIRST_ROUND_ONLY = frozenset(
    (
        "2026-11-20T00:00:00",
        "第一批 62 家门店确认；第二批待复核 18 家。",
        "Broker appointed, HS codes confirmed.",
    )
)
"""What the rows that 0.1.0 gave back say was reported, done or updated in the first round."""

REWORDED: Mapping[str, str] = {"Watched": "Monitored"}
"""Label of a choice in 0.1.0 -> what it reads now; a workbook that goes out shows the new one."""

FIGURES: Mapping[str, Sequence[str]] = {
    "stuck": ("total", "share", "overdue", "soon", "stuck", "errors"),
    "days_overdue": ("key", "due", "days_overdue", "worked", "file", "row"),
    "days_left": ("key", "due", "days_left", "file", "row"),
    "hours": ("key", "start", "due", "hours", "file", "row"),
    "hours_late": ("file", "saved", "deadline", "hours_late", "rows", "errors", "warnings"),
}
"""Key that only one listing of a report has -> its keys whose values are no words of the report's language."""


# --- what is compared ---
def plain(value: Any) -> Json:  # noqa: ANN401 - of a frame, of a cell
    """Return a value as JSON has it; a blank is None."""
    if value is None or pd.isna(value):
        return None
    if isinstance(value, date):  # a datetime and a Timestamp are dates too
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


COMPUTED = frozenset({"signal", "days_late", "score", "check"})
"""The fields of the definitions that follow from others of their row."""


def table_of(table: pd.DataFrame) -> Json:
    """Return a frame: the names of its columns, and of every row its index and the cells that are not blank."""
    columns = list(table.columns)
    rows = []
    for index, line in zip(table.index.tolist(), zip(*(table[c].tolist() for c in columns), strict=True), strict=True):
        # What follows from other cells of the row was blank in 0.1.0; now it is worked out in every book.
        cells = ((name, plain(value)) for name, value in zip(columns, line, strict=True) if name not in COMPUTED)
        rows.append([index, {name: value for name, value in cells if value is not None}])
    return {"columns": columns, "rows": rows}


def reported(findings: Iterable[Finding]) -> Json:
    """Return findings without their sentences, in an order that does not depend on how they are listed."""
    lines = [
        [
            str(one.severity), one.code, one.place.file, one.place.sheet, one.place.cell, one.place.field, one.value,
            one.waived.reason if one.waived else "",
        ]
        for one in findings
        if one.code not in LATER_CODES
    ]  # fmt: skip
    return sorted(lines)


def named(one: object, names: Sequence[str]) -> dict[str, Json]:
    """Return some attributes by their names."""
    return {name: plain(getattr(one, name)) for name in names}


def parts_of(returned: Book | Submission, files: Iterable[Any]) -> Json:
    """Return what a book and a single return have in common."""
    return {
        "files": [{**named(one, RECORD), **named(one.stamp, STAMP), "saved": plain(one.saved)} for one in files],
        "tables": {name: table_of(table) for name, table in sorted(returned.tables.items())},
        "findings": reported(returned.findings),
        "ledger": [list(named(_as_merged(line), LEDGER).values()) for line in returned.ledger],
        "aside": [[*named(row, ASIDE).values(), dict(row.texts)] for row in returned.aside],
    }


@cache
def read(path: Path) -> Submission:
    """Read one workbook of a region, once for all tests."""
    first = FIRST in path.parents
    project, day = (FIRST_PROJECT, FIRST_DAY) if first else (SECOND_PROJECT, SECOND_DAY)
    return xlsflow.read(path, project=project, as_of=day)


def return_of(path: Path) -> Json:
    """Return what is read of one workbook of a region."""
    one = read(path)
    return {"region": one.region, "ok": one.ok, **parts_of(one, [one.record])}


def book_of(book: Book, day: datetime) -> Json:
    """Return what a book holds, and what of it is overdue."""
    late = book.overdue(day)
    return {**parts_of(book, book.files), "overdue": [row for _, row in table_of(late[list(LATE)])["rows"]]}


def printed(text: str) -> Json:
    """Return what `--format json` prints, without the sentences."""
    made = json.loads(text)
    findings = [one for one in made["findings"] if one["code"] not in LATER_CODES]
    return {
        "files": [{name: one[name] for name in FILE} for one in made["files"]],
        "findings": sorted([one[name] for name in REPORTED] for one in findings),
        "ledger": [[_as_merged(line)[name] for name in LEDGER] for line in made["ledger"]],
    }


# The tiles of 0.1.0: two of them had two figures each.
_TILES = (("returned",), ("completion",), ("overdue",), ("due_soon",), ("blocked", "timing"), ("high_risks", "data"))
_SILENT = ("blocked", "timing")


def figures_of(path: Path) -> Json:
    """Return the figures of a report in JSON; which overdue items are new is said by the groups of `change`."""
    made = json.loads(path.read_text("utf-8"))
    tiles = made["figures"]
    figures = [
        [
            [number for name in names for number in _numbers(tiles[name]["text"])],
            sorted(
                (n for name in names if name not in _SILENT for n in _numbers(tiles[name]["detail"])), key=float
            ),
        ]
        for names in _TILES
    ]  # fmt: skip
    # Of who is missing 0.1.0 named up to three, now two and how many.
    figures[0][1] = []
    found: dict[str, Json] = {"instant": made["instant"], "figures": figures}
    for listing in made["lists"].values():
        for key, names in FIGURES.items():
            if key in listing["columns"] and key not in found:
                found[key] = [_figures(row, names) for row in listing["rows"]]
        if {"days_overdue", "change"} <= listing["columns"].keys() and "change" not in found:
            groups: dict[str, list[str]] = {}
            for row in listing["rows"]:
                if row["change"]:
                    groups.setdefault(row["change"], []).append(row["key"])
            if groups:
                found["change"] = sorted(groups.values())
    return in_any_order(found)


# Other than in 0.1.0 on purpose: the limit of the handbook's special cases survives what the project changes, and a row
# is judged by the pack of its own file; requirements, actions and proposals are followed too, so totals, completion and
# what is due soon count them; a high risk is one by its figures.
_JUDGED_OTHERWISE = frozenset({"WT-2026-HW001", "RW-2026-021"})
_COUNTED_OTHERWISE = ("total", "share", "soon")
_SAME_TILES = (0, 2)


def in_any_order(figures: dict[str, Json]) -> dict[str, Json]:
    """Return figures with the lists of regions sorted and without zeros: 0.1.0 had the project's order, and dashes."""
    bare = [
        {name: value for name, value in row.items() if value and name not in _COUNTED_OTHERWISE}
        for row in figures["stuck"]
    ]
    tiles = [figures["figures"][at] for at in _SAME_TILES]
    late = sorted(figures["hours_late"], key=repr)
    hours = [row for row in figures["hours"] if row["key"] not in _JUDGED_OTHERWISE]
    soon = [row for row in figures["days_left"] if row.get("key")]
    lists = {"hours": hours, "days_left": soon, "hours_late": late}
    return {**figures, "stuck": sorted(bare, key=repr), **lists, "figures": tiles}


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+(?:\.\d+)?", text)


def _figures(row: Mapping[str, Json], names: Sequence[str]) -> Json:
    """Return some values of a row; the dash that means nothing is nothing."""
    return {name: row[name] for name in names if row[name] not in (None, "–")}


def issued_in(path: Path) -> Json:
    """Return what a workbook was issued with: rows of values by sheet, and every ID on a sheet.

    The results of formulas are left out.
    """
    one = read(path)
    sheet_of = {line.block: line.sheet for line in one.ledger}
    sheets = _shown(path)
    rows = {}
    for block, table in one.tables.items():
        if len(table) and not block.startswith("cover."):
            title = sheet_of[block]
            rows[block] = [[title], *(sheets[title][row - 1] for row in table.index.tolist())]
    ids = {title: [row[0] for row in lines if row and ID.fullmatch(str(row[0]))] for title, lines in sheets.items()}
    return {"rows": rows, "ids": {title: found for title, found in ids.items() if found}}


def _shown(path: Path) -> dict[str, list[list[Json]]]:
    """Return by the title of each sheet that a reader sees its rows: what is in their cells, without formulas."""
    book = openpyxl.load_workbook(path, read_only=True)
    sheets = {}
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            lines = [[plain(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
            sheets[sheet.title] = [[c for c in row if c is not None and not str(c).startswith("=")] for row in lines]
    book.close()
    return sheets


def without_new_numbers(found: Json, wanted: Json) -> Json:
    """Return what workbooks were issued with, without the IDs of blank rows of sheets that 0.1.0 did not number."""
    ids = {}
    for title, numbers in found["ids"].items():
        before = len(wanted["ids"].get(title, ()))
        assert all(OF_A_REGION.fullmatch(number) for number in numbers[before:]), title
        if before:
            ids[title] = numbers[:before]
    return {**found, "ids": ids}


def with_sorted_cells(issued: Json) -> Json:
    """Return what a workbook was issued with, the cells of each row sorted.

    Later versions print more columns, and those stand left of the others.
    """
    blocks = issued["rows"].items()
    rows = {block: [title, *(sorted(row, key=str) for row in lines)] for block, (title, *lines) in blocks}
    return {**issued, "rows": rows}


# --- how it is compared ---
def _as_merged(line: Any) -> Any:  # noqa: ANN401 - a line of a ledger, or its JSON
    """Return a line of a ledger with the rows counted as merged that 0.1.0 did not tell from those unchanged."""
    if isinstance(line, dict):
        return {**line, "merged": line["merged"] + line["unchanged"]}
    return replace(line, merged=line.merged + line.unchanged)


def expected(name: str) -> Json:
    """Return what 0.1.0 read."""
    return json.loads((EXPECTED / f"{name}.json").read_text("utf-8"))


def reworded(wanted: Json) -> Json:
    """Return some JSON of 0.1.0 with the labels that were reworded since."""
    if isinstance(wanted, dict):
        return {name: reworded(value) for name, value in wanted.items()}
    if isinstance(wanted, list):
        return [reworded(value) for value in wanted]
    return REWORDED.get(wanted, wanted) if isinstance(wanted, str) else wanted


def asked_again(wanted: Json) -> Json:
    """Return what regions were given back without what was true of the first round only: its cells are blank since."""
    if isinstance(wanted, dict):
        return {name: asked_again(value) for name, value in wanted.items()}
    if isinstance(wanted, list):
        return [asked_again(value) for value in wanted if not isinstance(value, str) or value not in FIRST_ROUND_ONLY]
    return wanted


def name_of(path: Path) -> str:
    """Return a fixture's path below the folder of fixtures."""
    return path.relative_to(FIXTURES).as_posix()


def like(wanted: Json, found: Any) -> Json:  # noqa: ANN401 - a project and its parts
    """Return of an object what has the shape of some JSON: attributes of later versions are passed over."""
    if isinstance(wanted, dict):
        return {name: like(value, getattr(found, name)) for name, value in wanted.items()}
    if isinstance(wanted, list):
        assert len(wanted) == len(found)
        return [like(value, one) for value, one in zip(wanted, found, strict=True)]
    return plain(found)


def same(found: Json, wanted: Json) -> None:
    """Assert that the same was read; a column may have been added since, as long as it is blank."""
    assert found.keys() == wanted.keys()
    assert found["tables"].keys() == wanted["tables"].keys()
    for name, table in wanted["tables"].items():
        assert found["tables"][name]["rows"] == table["rows"], name
        assert set(found["tables"][name]["columns"]) >= set(table["columns"]), name
    wanted = {**wanted, "files": [_with_saved(*pair) for pair in zip(wanted["files"], found["files"], strict=True)]}
    for part in wanted.keys() - {"tables"}:
        assert found[part] == wanted[part], part


def _with_saved(wanted: dict[str, Json], found: dict[str, Json]) -> Json:
    """Return the record of a file with its program and time of saving, which 0.1.0 did not read of .ods and .xls."""
    return {**wanted, **{name: found[name] for name in ("writer", "saved") if not wanted[name]}}


def cli(*words: str | Path) -> str:
    """Run a command in a process of its own, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "xlsflow", *map(str, words)],
        env={**os.environ, "PYTHONPATH": str(TOP), "PYTHONUTF8": "1"},
        capture_output=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


# --- the tests ---
def test_the_fixtures_are_the_files_that_0_1_0_wrote() -> None:
    there = {name_of(path): path for path in FIXTURES.rglob("*.*") if path.suffix in (".xlsx", ".ods")}

    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in there.items()} == expected("files")


@pytest.mark.parametrize("path", PROJECTS, ids=name_of)
def test_a_project_workbook_is_the_same_project(path: Path) -> None:
    wanted = expected(name_of(path))

    assert like(wanted, xlsflow.open_project(path)) == wanted


@pytest.mark.parametrize("path", WORKBOOKS, ids=name_of)
def test_a_workbook_of_a_region_is_read_with_the_same_data(path: Path) -> None:
    same(return_of(path), expected(name_of(path)))


@pytest.mark.parametrize("path", WORKBOOKS, ids=name_of)
def test_a_workbook_of_an_earlier_definition_is_said_to_be_one_and_to_lack_nothing(path: Path) -> None:
    """Its pack asked for less: what was added since is not missing in it."""
    codes = [one.code for one in read(path).findings]

    assert codes.count("other_version") == 1
    assert "column_gone" not in codes


def test_a_marked_copy_holds_the_data_of_the_return_that_it_was_made_from() -> None:
    marked, returned = (return_of(path)["tables"] for path in (MARKED, FIRST / "returned" / MARKED.name))

    assert marked == returned


@pytest.mark.parametrize(("path", "day"), BOOKS, ids=["round_1", "round_2"])
def test_a_consolidated_workbook_is_the_same_book(path: Path, day: datetime) -> None:
    same(book_of(xlsflow.open_book(path), day), expected(name_of(path)))


@pytest.mark.parametrize(
    ("folder", "project", "book", "day"),
    [(FIRST, FIRST_PROJECT, FIRST_BOOK, FIRST_DAY), (SECOND, SECOND_PROJECT, SECOND_BOOK, SECOND_DAY)],
    ids=["round_1", "round_2"],
)
def test_returns_are_merged_into_the_book_that_0_1_0_made_of_them(
    folder: Path, project: Path, book: Path, day: datetime
) -> None:
    made = xlsflow.merge([folder / "returned"], project=project, as_of=day)

    same(book_of(made, day), expected(name_of(book)))


def test_a_return_and_a_book_are_merged_together() -> None:
    """The book holds the returns of round 1; one of them is given again, one in a marked copy, one as it went out."""
    again = FIRST / "returned" / "team_plan_DJXP-2026-W47-HD_华东.xlsx"

    made = book_of(xlsflow.merge([FIRST_BOOK, MARKED, BLANK, again], project=FIRST_PROJECT, as_of=FIRST_DAY), FIRST_DAY)

    # 0.1.0 took the file saved last for all of its region; now the blank one replaces nothing.
    before, book = expected("book_and_returns"), expected(name_of(FIRST_BOOK))
    for name, table in book["tables"].items():
        found = [_without_origin(row) for row in made["tables"][name]["rows"]]
        assert all(_without_origin(row) in found for row in table["rows"]), name
    assert {record["file"] for record in made["files"]} == {record["file"] for record in before["files"]}


def test_books_of_two_rounds_are_merged_together() -> None:
    made = book_of(xlsflow.merge([FIRST_BOOK, SECOND_BOOK], project=SECOND_PROJECT, as_of=SECOND_DAY), SECOND_DAY)

    # 0.1.0 put both rounds side by side; now the second one counts, and of the first what is still open.
    second = expected(name_of(SECOND_BOOK))
    for name, table in second["tables"].items():
        found = [_without_origin(row) for row in made["tables"][name]["rows"]]
        assert all(_without_origin(row) in found for row in table["rows"]), name
    first = expected(name_of(FIRST_BOOK))["tables"]["tracking.tasks"]["rows"]
    known = {row[1]["task_id"] for row in (*first, *second["tables"]["tracking.tasks"]["rows"])}
    ids = {row[1]["task_id"] for row in made["tables"]["tracking.tasks"]["rows"]}
    closed = {row[1]["task_id"] for row in first if row[1].get("progress") in ("done", "cancelled")}
    assert known - closed <= ids <= known


def _without_origin(row: Json) -> Json:
    """Return a row without the file and place that it is from."""
    return {name: value for name, value in row[1].items() if not name.startswith("_")}


def test_check_prints_the_same_findings() -> None:
    words = ("--project", FIRST_PROJECT, "--as-of", "2026-11-20T18:00", "--format", "json")

    assert printed(cli("check", FIRST / "returned", *words)) == expected("check")


def test_merge_goes_on_from_the_book_of_the_round_before(tmp_path: Path) -> None:
    out = tmp_path / "book.xlsx"
    words = ("--project", SECOND_PROJECT, "--as-of", "2026-11-27T18:00", "--previous", FIRST_BOOK, "--format", "json")

    made, wanted = printed(cli("merge", SECOND / "returned", *words, "--out", out)), expected("merge_previous")

    # What is open in the first round is carried on; 0.1.0 forgot it.
    names = [record["file"] for record in wanted["files"]]
    assert [record for record in made["files"] if record["file"] in names] == wanted["files"]
    assert [line for line in made["ledger"] if line[0] in names] == wanted["ledger"]
    tables = book_of(xlsflow.open_book(out), SECOND_DAY)["tables"]
    for name, table in expected(name_of(SECOND_BOOK))["tables"].items():
        found = [_without_origin(row) for row in tables[name]["rows"]]
        assert all(_without_origin(row) in found for row in table["rows"]), name


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_report_that_compares_two_books_has_the_same_figures(lang: Literal["zh", "en"], tmp_path: Path) -> None:
    made = xlsflow.report(SECOND_BOOK, tmp_path / "report.json", view=View(lang=lang, previous=FIRST_BOOK))

    assert figures_of(made) == in_any_order(expected("report_previous"))


def test_a_report_of_one_book_has_the_same_figures(tmp_path: Path) -> None:
    wanted = in_any_order(expected("report"))
    # One cell more to check: a task of the plan begins before its predecessor ends, which 0.1.0 did not ask about.
    (asked,) = (one for one in wanted["hours_late"] if one.get("file", "").startswith("team_plan_DJXP-2026-W47-HD"))
    assert asked["warnings"] == 0
    asked["warnings"] = 1
    assert figures_of(xlsflow.report(FIRST_BOOK, tmp_path / "report.json")) == wanted


def test_regions_get_the_open_rows_of_a_book_back(tmp_path: Path) -> None:
    regions, also = ["HN", "HW"], ["raci"]

    made = xlsflow.generate(SECOND_PROJECT, tmp_path / "a", Order(regions=regions, source=[FIRST_BOOK], also=also))

    wanted = asked_again(reworded(expected("issued")))
    south = wanted["DJXP-2026-W48-HN_华南.xlsx"]
    given, ids = south["rows"]["tracking.tasks"], south["ids"]["执行跟踪"]
    assert given[4][0] == ids[3] == ids[0], "0.1.0 gave an id back that two rows have"
    given[4][0] = ids[3] = "HD-2026-HN001"
    found = {path.name: with_sorted_cells(without_new_numbers(issued_in(path), wanted[path.name])) for path in made}
    assert found == {name: with_sorted_cells(issued) for name, issued in wanted.items()}
    (remark,) = made.remarks
    assert remark.en.startswith("South China: these IDs also belong to another row, so new ones were given: ")
    assert remark.en.endswith("HD-2026-101 “导购培训（两场）” → HD-2026-HN001 (the old one stays with its other row)")
    returned = Order(regions=regions, source=[FIRST / "returned"], also=also)
    again = xlsflow.generate(SECOND_PROJECT, tmp_path / "b", returned)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in made]


def test_a_region_gets_the_open_rows_of_another_pack_back(tmp_path: Path) -> None:
    cli("generate", SECOND_PROJECT, "--out", tmp_path, "--from", FIRST_BOOK, "--pack", "team_plan", "--region", "HD")

    (path,) = tmp_path.iterdir()
    given, wanted = issued_in(path), asked_again(expected("issued_team_plan")[path.name])
    form = [given["rows"].pop(block) for block in [*given["rows"]] if block.startswith("acceptance.")]
    assert with_sorted_cells(without_new_numbers(given, wanted)) == with_sorted_cells(wanted)
    assert form == [  # 0.1.0 gave no forms back; this one failed, so it is open
        [["成果验收"], ["申请编号＊", "YS-2026-001", "关联任务＊", "HD-2026-011"]],
        [["成果验收"], ["验收结论＊", "不通过", "整改时限", "2026-11-25T00:00:00"]],
        [["成果验收"], ["62 家全部回签", "通过"], ["收货时段误差 ≤ 30 分钟", "不通过", "3 家门店只给了日期"]],
    ]
