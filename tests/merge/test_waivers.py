"""What the coordinator accepts is reported as information, as long as it is accepted, wherever the file goes."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import xlsflow
from tests.helpers.documents import TOP
from tests.helpers.files import zipped
from tests.helpers.returned_rows import a_return, task
from tests.merge.test_merge import OUTLINES, a_file, gathered
from xlsflow import api
from xlsflow.cli import main
from xlsflow.feedback import has_marks
from xlsflow.findings import Finding, Location
from xlsflow.merge.from_consolidated import returns_of
from xlsflow.merge.merge import join, merge
from xlsflow.messages import CATALOGUE, REFUSALS
from xlsflow.model.waivers import Waiver, boxes, joined, waive
from xlsflow.pipeline import project_file

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")  # openpyxl, of what it drops

if TYPE_CHECKING:
    from collections.abc import Callable

    from xlsflow.model.consolidated_book import Book

ROUND = TOP / "samples" / "round"
WRONG = "DJXP-2026-W47-HN_华南.xlsx"
TASKS, RISKS = "执行跟踪", "风险跟踪"
AS_OF = datetime(2026, 11, 20, 18)  # noqa: DTZ001 - project time
DAY = AS_OF.date()

Row = dict[str, Any]


def finding(code: str = "required_blank", cell: str = "D12", sheet: str = "表", file: str = "a.xlsx") -> Finding:
    return Finding(code, Location(file, sheet, cell, "s.items", "no"))


# --- which findings a waiver covers ---
@pytest.mark.parametrize(
    ("cell", "covered"),
    [
        ("", True), ("D12", True), ("$d$12", True), ("Ｄ１２", True), ("D10:D20", True), ("D20:A1", True), ("12", True),
        ("10:12", True), ("D", True), ("A1, D12", True), ("A1、D12", True), ("D12:D14 A1", True),
        ("D11", False), ("E12", False), ("13", False), ("A1:C99", False), ("AD12", False), ("D1", False),
    ],
)  # fmt: skip
def test_a_waiver_names_a_cell_a_range_a_row_or_several(cell: str, *, covered: bool) -> None:
    assert Waiver(code="required_blank", cell=cell).covers(finding()) is covered


@pytest.mark.parametrize("cell", ["X?", "D12:", "第三行", "D12:20", "12D", ":", "A1:B"])
def test_what_is_no_address_covers_nothing(cell: str) -> None:
    assert boxes(cell) is None
    assert not Waiver(code="required_blank", cell=cell).covers(finding())


def test_a_finding_about_several_cells_is_covered_by_a_range_that_holds_them_all() -> None:
    wide = finding(cell="D12:D14")

    assert Waiver(code=wide.code, cell="D10:D14").covers(wide)
    assert not Waiver(code=wide.code, cell="D12").covers(wide)
    assert not Waiver(code=wide.code, cell="12").covers(wide)


def test_a_finding_about_the_file_is_covered_by_a_waiver_without_a_cell_only() -> None:
    whole = finding("other_version", cell="", sheet="")

    assert Waiver(code="other_version").covers(whole)
    assert not Waiver(code="other_version", cell="D12").covers(whole)


@pytest.mark.parametrize(("sheet", "covered"), [("", True), ("表", True), (" 表 ", True), ("表2", False)])
def test_a_waiver_is_for_one_sheet_or_all(sheet: str, *, covered: bool) -> None:
    assert Waiver(code="required_blank", sheet=sheet).covers(finding()) is covered


def test_what_is_accepted_is_reported_as_information_with_the_reason_and_until_when() -> None:
    (may,) = waive([finding()], [Waiver(code="required_blank", reason="总部代填。", until=DAY)], DAY)

    assert (may.code, may.severity) == ("required_blank", "info")
    assert may.message("zh").endswith("（已豁免，有效期至 2026-11-20：总部代填）")
    assert may.message("en").endswith(" (waived until 2026-11-20: 总部代填)")
    assert finding().message("zh") in may.message("zh")


def test_a_waiver_holds_on_its_last_day_and_not_on_the_next() -> None:
    until = Waiver(code="required_blank", reason="r", until=DAY)

    assert waive([finding()], [until], DAY)[0].waived
    assert not waive([finding()], [until], date(2026, 11, 21))[0].waived
    assert waive([finding()], [until], None)[0].waived


cells = st.sampled_from(["", "D12", "D12:D20", "12", "E5", "??"])
waivers = st.builds(
    Waiver,
    code=st.sampled_from(["required_blank", "other_version", "row_twice"]),
    sheet=st.sampled_from(["", "表", "另一张"]),
    cell=cells,
    reason=st.sampled_from(["甲", "乙"]),
    until=st.sampled_from([None, date(2026, 11, 19), DAY, date(2027, 1, 1)]),
)
found = st.builds(
    finding,
    code=st.sampled_from(["required_blank", "other_version", "row_twice", "required_if"]),
    cell=st.sampled_from(["", "D12", "D12:D14", "E5"]),
    sheet=st.sampled_from(["", "表", "另一张"]),
)


@given(st.lists(found, max_size=6), st.lists(waivers, max_size=4), st.sampled_from([None, DAY, date(2026, 12, 31)]))
def test_waiving_changes_nothing_but_how_much_a_finding_matters(
    said: list[Finding], several: list[Waiver], day: date | None
) -> None:
    reported = waive(said, several, day)

    assert [replace(one, waived=None) for one in reported] == said
    for one in reported:
        holding = [w for w in several if w.covers(one) and not w.lapsed(day)]
        assert bool(one.waived) is bool(holding)
        assert one.severity == ("info" if holding else CATALOGUE[one.code].severity)
    assert waive(reported, several, day) == reported
    assert waive(said, several[::-1], day) == reported
    assert waive(reported, [], day) == said
    assert waive(said, joined(several, several), day) == reported


# --- in a project workbook, read by the same engine as all else ---
def waiver(source: str, code: str, sheet: str = "", cell: object = "", reason: str = "已核实", **more: object) -> Row:
    return {"source": source, "code": code, "sheet": sheet or None, "cell": cell or None, "reason": reason, **more}


@pytest.fixture
def with_waivers(tmp_path: Path) -> Callable[..., Path]:
    """Return what writes the example project with waivers."""

    def write(*lines: Row, name: str = "project.xlsx") -> Path:
        path = tmp_path / name
        project_file.write_project(
            path, {**project_file.example_rows(), "waivers": lines}, lang="zh", library=project_file.open_library()
        )
        return path

    return write


def of(book: Book, file: str = WRONG) -> dict[tuple[str, str], Finding]:
    """Return what is said of a file by code and cell."""
    return {(one.code, one.location.cell): one for one in book.findings if one.location.file == file}


def merged(project: Path, *paths: Path) -> Book:
    return xlsflow.merge(paths or [ROUND / "inbox"], project=project, as_of=AS_OF)


ALL_OF_SOUTH = (
    waiver("华南", "not_a_person", TASKS, "D7", until=DAY), waiver("HN", "required_if", reason="线下已补"),
    waiver(WRONG, "not_in_list", TASKS), waiver("South China", "not_unique", TASKS, "A10"),
    waiver("hn", "several_people", TASKS, "11"), waiver("华南", "not_exactly_one"),
    waiver("华南", "rule_broken", RISKS),
)  # fmt: skip
"""Waivers by name, code, English name and file; by cell, row, sheet, and for a whole file."""


def south(plain: Book) -> tuple[Row, ...]:
    """Return a waiver for every error of the southern return, each for its own cell."""
    return tuple(
        waiver("华南", one.code, one.location.sheet, one.location.cell)
        for one in of(plain).values()
        if one.severity == "error"
    )


def test_a_file_whose_errors_are_all_accepted_is_ok_and_the_command_ends_well(
    with_waivers: Callable[..., Path], tmp_path: Path
) -> None:
    plain = merged(with_waivers(name="plain.xlsx"))
    project = with_waivers(*south(plain))
    inbox, book = str(ROUND / "inbox"), str(tmp_path / "book.xlsx")
    common = ["--project", str(project), "--as-of", "2026-11-20T18:00", "--format", "json", "--lang", "zh"]

    checked = CliRunner().invoke(main, ["check", inbox, *common])
    put = CliRunner().invoke(main, ["merge", inbox, "--out", book, *common])

    assert checked.exit_code == put.exit_code == 0
    said = json.loads(checked.output)
    assert {one["file"]: one["status"] for one in said["files"]}[WRONG] == "ok"
    waived = [one for one in said["findings"] if one["waived"]]
    assert {(one["severity"], one["waived"]) for one in waived} == {("info", "已核实")}
    assert len(waived) == len(south(plain))


def test_one_error_that_is_not_accepted_keeps_a_file_faulty(with_waivers: Callable[..., Path]) -> None:
    every = south(merged(with_waivers(name="plain.xlsx")))
    project = with_waivers(*every[1:])

    outcome = api.check([ROUND / "inbox"], project=project, as_of=AS_OF)

    assert {one.file: one.status for one in outcome.files}[WRONG] == "findings"
    errors = [one for one in outcome.findings if one.severity == "error"]
    assert [(one.code, one.location.cell) for one in errors] == [(every[0]["code"], every[0]["cell"])]


def test_data_and_ledger_do_not_change_by_a_waiver(with_waivers: Callable[..., Path]) -> None:
    plain = merged(with_waivers(name="plain.xlsx"))
    waived = merged(with_waivers(*south(plain)))

    assert waived.ledger == plain.ledger
    assert waived.aside == plain.aside
    for name, table in plain.tables.items():
        pd.testing.assert_frame_equal(waived.tables[name], table)


def test_a_row_without_a_key_stays_aside_though_that_is_accepted(
    with_waivers: Callable[..., Path], tmp_path: Path
) -> None:
    path = a_return(tmp_path / "in" / "HD.xlsx", "HD", task(1), task(2, task_id="HD-2026-777"))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    typed = b't="inlineStr"><is><t>HD-2026-777</t></is></c>'  # ids are issued with the rows: this one is deleted
    assert sum(data.count(typed) for data in parts.values()) == 1
    path.write_bytes(zipped({name: data.replace(typed, b"/>") for name, data in parts.items()}))
    plain = merged(with_waivers(name="plain.xlsx"), path)
    blank = next(one for one in of(plain, "HD.xlsx").values() if one.location.field == "task_id")
    book = merged(with_waivers(waiver("HD", blank.code, reason="表外登记")), path)

    assert book.aside == plain.aside
    assert len(book.aside) == 1
    assert book.ledger == plain.ledger
    assert book.files[0].status == "ok"
    assert of(book, "HD.xlsx")[blank.code, blank.location.cell].severity == "info"


def test_the_waiver_may_be_for_the_file_as_a_whole(with_waivers: Callable[..., Path], tmp_path: Path) -> None:
    path = a_return(tmp_path / "in" / "HD.xlsx", "HD", task(1))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    (mark,) = re.findall(rb'xf_fingerprint">"([0-9a-f]+)"', parts["xl/workbook.xml"])
    path.write_bytes(zipped({name: data.replace(mark, b"0" * len(mark)) for name, data in parts.items()}))
    other = of(merged(with_waivers(name="plain.xlsx"), path), "HD.xlsx")

    book = merged(with_waivers(waiver("HD.xlsx", "other_version")), path)

    assert other["other_version", ""].severity == "warning"
    assert of(book, "HD.xlsx")["other_version", ""].severity == "info"


def test_a_row_typed_as_a_number_is_a_row(with_waivers: Callable[..., Path]) -> None:
    project = with_waivers(waiver("华南", "required_if", TASKS, "X"))
    made = openpyxl.load_workbook(project)
    (cell,) = [c for row in made["豁免"].iter_rows() for c in row if c.value == "X"]
    cell.value = 8
    made.save(project)

    assert of(merged(project))["required_if", "J8"].waived


# --- what is said of the waivers themselves ---
@pytest.mark.parametrize(
    ("line", "code", "at", "said"),
    [
        (waiver("华南", "requird_if"), "waiver_code_unknown", "B", "是否指“required_if”"),
        (waiver("华南区域部", "required_if"), "waiver_source_unknown", "A", "华东、华南、华北"),
        (waiver("DJXP-2026-W47-HN-华南.xlsx", "required_if"), "waiver_source_unknown", "A", f"是否指“{WRONG}”"),
        (waiver("华南", "required_if", "风险跟宗"), "waiver_sheet_unknown", "C", "是否指“风险跟踪”"),
        (waiver("华南", "required_if", TASKS, "第 8 行"), "waiver_cell_unclear", "D", "第 8 行"),
        (waiver("华南", "required_if", until=date(2026, 11, 19)), "waiver_expired", "F", "2026-11-19"),
        (waiver("华南", "required_if", TASKS, "A1"), "waiver_unused", "B", "“华南”"),
        (waiver("华南", "file_password"), "waiver_of_refusal", "B", "file_password"),
    ],
)
def test_a_waiver_that_does_nothing_is_reported_at_its_cell(
    with_waivers: Callable[..., Path], line: Row, code: str, at: str, said: str
) -> None:
    (reported,) = of(merged(with_waivers(line)), "project.xlsx").values()

    assert (reported.code, reported.location.sheet, reported.location.cell[:1]) == (code, "豁免", at)
    assert said in reported.message("zh")
    assert reported.severity in ("info", "warning")


def test_nothing_is_said_of_waivers_that_are_needed_or_for_regions_that_are_not_at_hand(
    with_waivers: Callable[..., Path],
) -> None:
    project = with_waivers(waiver("华南", "required_if"), waiver("西南", "required_blank"))

    assert of(merged(project), "project.xlsx") == {}


def test_a_file_that_is_not_read_stays_refused(with_waivers: Callable[..., Path], tmp_path: Path) -> None:
    half = tmp_path / "in" / WRONG
    half.parent.mkdir()
    half.write_bytes((ROUND / "inbox" / WRONG).read_bytes()[:20_000])
    book = merged(with_waivers(waiver(WRONG, "file_incomplete"), waiver("华南", "file_damaged")), half)

    assert book.files[0].status == "refused"
    assert [one.severity for one in of(book).values()] == ["error"]
    assert {one.code for one in of(book, "project.xlsx").values()} == {"waiver_of_refusal"}


def test_every_reason_for_which_a_sample_is_not_read_is_known_as_one(with_waivers: Callable[..., Path]) -> None:
    refused = {one.reason for one in merged(with_waivers()).files if one.status == "refused"}

    assert refused
    assert refused <= REFUSALS <= CATALOGUE.keys()


def test_one_return_by_itself_reports_nothing_of_the_waivers_of_others(with_waivers: Callable[..., Path]) -> None:
    project = with_waivers(waiver("华南", "required_if"), waiver("华南", "requird_if"))
    read = xlsflow.read(ROUND / "inbox" / WRONG, project=project, as_of=AS_OF)

    assert {one.location.file for one in read.findings} == {WRONG}
    assert [one.code for one in read.findings if one.waived] == ["required_if"] * 3


# --- a book keeps it ---
def test_a_book_that_is_read_back_says_the_same_and_lets_a_waiver_lapse(
    with_waivers: Callable[..., Path], tmp_path: Path
) -> None:
    project = with_waivers(*ALL_OF_SOUTH, waiver("华南", "requird_if"))
    path = tmp_path / "book.xlsx"
    api.merge_to([ROUND / "inbox"], path, project=project, view=api.View(AS_OF))
    back, fresh = xlsflow.open_book(path), merged(project)

    assert back.findings == fresh.findings
    assert back.files == fresh.files
    assert any(one.waived for one in back.findings)
    later = tmp_path / "later.json"
    api.report(path, later, view=api.View(datetime(2026, 11, 25, 18)))  # noqa: DTZ001 - project time
    listed = json.loads(later.read_text("utf-8"))["lists"]
    lines = [row for one in listed.values() for row in one["rows"] if row.get("code") == "not_a_person"]
    assert [row["severity_label"] for row in lines] == ["必须修改"]


def test_a_county_s_waiver_goes_with_its_file_to_the_province(
    with_waivers: Callable[..., Path], tmp_path: Path
) -> None:
    county, province = with_waivers(*ALL_OF_SOUTH, name="county.xlsx"), with_waivers(name="province.xlsx")
    whole, half = tmp_path / "county book.xlsx", tmp_path / "province book.xlsx"
    api.merge_to([ROUND / "inbox" / WRONG], whole, project=county, view=api.View(AS_OF))
    api.merge_to([whole], half, project=province, view=api.View(AS_OF))
    direct = of(merged(county))
    again = tmp_path / "again"
    again.mkdir()
    shutil.copy(ROUND / "inbox" / WRONG, again)

    assert of(merged(province, whole)) == direct
    assert of(merged(province, half)) == direct
    assert of(merged(province, again, half)) == direct
    assert {one.file: one.status for one in merged(province, half).files}[WRONG] == "ok"


def test_books_may_be_joined_in_any_order_whatever_is_waived_in_them() -> None:
    blank = finding(cell="A7", file="a.xlsx")
    a = gathered(a_file("a.xlsx", [{"no": "1"}, {"no": "2"}], "north"), findings=[blank])
    b = gathered(a_file("b.xlsx", [{"no": "1"}], "south"))
    rules = (Waiver(code="required_blank", reason="r"), Waiver(code="used_elsewhere", reason="u", until=DAY))
    held = replace(a, returns=tuple(replace(returned, waivers=rules) for returned in a.returns), day=DAY)
    whole = merge([held, b])

    assert [one.code for one in whole.findings if one.waived]
    assert join(merge([b]), merge([held])).findings == join(merge([held]), merge([b])).findings == whole.findings
    assert merge([a, b, held]).findings == whole.findings  # the same file from two sides: what either accepts
    back = returns_of(replace(whole, source=None), OUTLINES)
    assert merge([replace(back, day=DAY)]).findings == whole.findings
    assert not [one for returned in back.returns for one in returned.findings if one.waived]


# --- what goes back to the region ---
def test_a_region_is_not_asked_to_mend_what_is_accepted(with_waivers: Callable[..., Path], tmp_path: Path) -> None:
    project = with_waivers(waiver("华南", "required_if", reason="线下已补"))
    api.check([ROUND / "inbox"], project=project, as_of=AS_OF, feedback=tmp_path / "back")
    text = (tmp_path / "back" / f"{WRONG}.txt").read_text("utf-8")
    made = openpyxl.load_workbook(tmp_path / "back" / WRONG)

    assert "6 处必须修改" in text
    assert "J8" not in text
    assert made[TASKS]["J8"].comment is None
    plain = openpyxl.load_workbook(ROUND / "inbox" / WRONG)
    assert made[TASKS]["J8"].fill.fgColor.rgb == plain[TASKS]["J8"].fill.fgColor.rgb
    listed = {(row[2], row[6]) for row in made.worksheets[0].iter_rows(min_row=5, values_only=True)}
    assert ("J8", "✓ 已豁免") in listed


def test_a_return_whose_errors_are_all_accepted_gets_no_marks(
    with_waivers: Callable[..., Path], tmp_path: Path
) -> None:
    plain = merged(with_waivers(name="plain.xlsx"))
    every = [waiver("华南", one.code, one.location.sheet, one.location.cell) for one in of(plain).values()]
    project = with_waivers(*every)
    inbox = tmp_path / "in"
    api.check([ROUND / "inbox"], project=project, as_of=AS_OF, feedback=tmp_path / "none")
    api.check([ROUND / "inbox"], project=with_waivers(name="p.xlsx"), as_of=AS_OF, feedback=tmp_path / "marked")
    inbox.mkdir()
    shutil.copy(tmp_path / "marked" / WRONG, inbox)
    api.check([inbox], project=project, as_of=AS_OF, feedback=tmp_path / "back")

    assert not (tmp_path / "none" / WRONG).exists()
    assert not has_marks(tmp_path / "back" / WRONG)
