"""Whose a return is: a file that another region has filled in replaces nothing until the coordinator has settled it."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import xlsflow
from tests.helpers.returned_rows import AS_OF, PROJECT, ROUND, TASKS, a_return_of, task
from tests.helpers.returns import opened_by_openpyxl, template_of
from xlsflow.api import View, merge_to
from xlsflow.cli import main
from xlsflow.i18n import LocalizedText
from xlsflow.intake.whose_return import region_in_name, region_in_rows
from xlsflow.merge.precedence import known_time
from xlsflow.model.people import Person
from xlsflow.model.project import Project, Region
from xlsflow.model.project_rows import RegisteredReturn
from xlsflow.model.returns import BlockRows, FileRecord, Return, Stamp
from xlsflow.pipeline import project_file
from xlsflow.template.kinds.ids import IdField
from xlsflow.template.model import Follow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from xlsflow.model.consolidated_book import Book
    from xlsflow.template.model import DataBlock

Row = dict[str, Any]
COVER = "cover.submission"
FILLERS = {"HD": "张立诚", "HN": "黄嘉豪", "HB": "李承泽"}
OWN = next((ROUND / "inbox").glob("DJXP*HD*"))


def filled(path: Path, stamp: str, *, cover: str = "", filler: str = "", rows: Sequence[str] = ()) -> Path:
    """Write a return on the workbook of one region, with signs of others."""
    submission: Row = {"reporter": FILLERS.get(filler, filler or None), **({"region": cover} if cover else {})}
    tasks = [task(150 + number, region=region) for number, region in enumerate(rows)]
    return a_return_of(path, stamp, {COVER: [submission], TASKS: tasks})


def merged(*paths: Path, project: Path = PROJECT) -> Book:
    book = xlsflow.merge(list(paths), project=project, as_of=AS_OF)
    assert all(line.balanced for line in book.ledger)
    return book


def record(book: Book, name: str) -> FileRecord:
    return next(one for one in book.files if one.file == name)


def codes(book: Book, name: str) -> list[str]:
    found = (finding for finding in book.findings if finding.location.file == name)
    return [finding.code for finding in found if finding.code.startswith("region_")]


def project_with(path: Path, *lines: Row) -> Path:
    """Write the example project with lines of the sheet of returns."""
    rows = {**project_file.example_rows(), "returns": lines}
    project_file.write_project(path, rows, lang="zh", library=project_file.open_library())
    return path


# --- U1 and U4: a copy of another region's workbook ---
def test_a_region_that_fills_another_s_workbook_does_not_replace_its_return(tmp_path: Path) -> None:
    other = filled(tmp_path / "DJXP-2026-W47-HN_华南.xlsx", "HD", cover="HN", filler="HN", rows=["HN"])

    book = merged(OWN, other)

    assert record(book, OWN.name).reason == ""
    assert record(book, other.name).reason == "region_doubtful"
    assert set(book.tables[TASKS]["_file"]) == {OWN.name}
    assert {line.file: line.set_aside for line in book.ledger if line.block == TASKS} == {OWN.name: 0, other.name: 1}
    (finding,) = (finding for finding in book.findings if finding.location.file == other.name)
    assert finding.severity == "error"
    for said in ("封面写的是“华南”", "黄嘉豪", "多数", "文件名", "回收登记", record(book, other.name).sha256[:8]):
        assert said in finding.message("zh")
    assert "the cover says South China" in finding.message("en")


def test_two_regions_on_a_copy_of_a_third_s_workbook_are_both_told_and_none_is_dropped(tmp_path: Path) -> None:
    paths = [filled(tmp_path / "in" / f"{who}.xlsx", "XN", cover=who, filler=who, rows=[who]) for who in ("HN", "HB")]

    book = merged(*paths)

    assert [one.reason for one in book.files] == ["region_doubtful"] * 2
    assert len(book.tables[TASKS]) == 0
    assert [codes(book, path.name) for path in paths] == [["region_doubtful"]] * 2
    assert sum(line.superseded for line in book.ledger) == 0


def test_the_report_counts_the_region_as_not_returned_and_lists_the_file_with_its_reason(tmp_path: Path) -> None:
    other = filled(tmp_path / "in" / "周报.xlsx", "XN", cover="HN", filler="HN", rows=["HN"])
    out = tmp_path / "book.xlsx"

    merge_to([OWN, other], out, project=PROJECT, view=View(AS_OF))

    lines = [[cell.value for cell in row] for row in opened_by_openpyxl(out)["回收情况"].iter_rows()]
    (line,) = (line for line in lines if "周报.xlsx" in line)
    (southwest,) = (line for line in lines if "西南" in line)
    assert any("封面写的是“华南”" in str(value) for value in line)
    assert any("未采用" in str(value) for value in line)
    assert any("未交" in str(value) for value in southwest)
    # The file stays in doubt when the book is merged again.
    assert [one.reason for one in merged(out).files] == ["", "region_doubtful"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_check_ends_with_an_error(tmp_path: Path, lang: str) -> None:
    other = filled(tmp_path / "in" / "周报.xlsx", "XN", cover="HN", filler="HN")

    result = CliRunner().invoke(main, ["check", str(other), "--project", str(PROJECT), "--lang", lang])

    assert result.exit_code == 1
    assert ("回收登记" if lang == "zh" else "check code") in result.output


# --- how much it takes ---
@pytest.mark.parametrize(
    ("signs", "told"),
    [
        ({}, []),
        ({"filler": "HD", "rows": ["HD", "HD"]}, []),
        ({"cover": "HN"}, ["region_differs"]),
        ({"filler": "HN"}, ["region_signs_differ"]),
        ({"rows": ["HN"]}, ["region_signs_differ"]),
        ({"name": "华南"}, ["region_signs_differ"]),
        ({"name": "华南", "filler": "HB"}, ["region_signs_differ"]),  # they do not agree
        ({"cover": "HN", "filler": "HB"}, ["region_signs_differ"]),
        ({"filler": "HN", "rows": ["HN"]}, ["region_doubtful"]),
        ({"name": "HN", "cover": "HN"}, ["region_doubtful"]),
        ({"filler": "HN", "rows": ["HN", "HD"]}, ["region_signs_differ"]),  # one of its own rows
        ({"rows": ["HN", "HB"]}, []),  # not more than half
        ({"rows": ["HN", "HN", "HB"]}, ["region_signs_differ"]),
        ({"filler": "外部顾问", "rows": ["HD"]}, []),
    ],
)
def test_two_signs_that_agree_are_doubt_and_one_is_a_question(
    tmp_path: Path, signs: dict[str, Any], told: list[str]
) -> None:
    name = f"周报_{signs.get('name', '')}.xlsx"
    path = filled(tmp_path / name, "HD", **{sign: value for sign, value in signs.items() if sign != "name"})

    book = merged(path)

    assert codes(book, path.name) == told
    assert (book.files[0].reason != "") == (told == ["region_doubtful"])


def test_ids_with_the_code_of_a_region_are_a_sign_but_those_that_the_workbook_brought_are_not() -> None:
    codes_ = ["HD", "HN"]
    typed = IdField(name="no", kind="id", prefix="RW", label=LocalizedText("编号", "ID"))

    assert typed.regions_in(["RW-2026-HN001", "RW-2026-001", None, "RW-2026-XX001"], codes_) == ["HN", "", "", ""]
    sheet = template_of(
        "t", "表", {"name": "b", "type": "table", "key": "no", "fields": [typed.model_dump(exclude_none=True)]}
    )
    brought = sheet.data[0].model_copy(update={"fields": (typed.model_copy(update={"numbered": True}),)})
    project = Project(regions=(Region("HD", "华东"), Region("HN", "华南")))

    def region(block: DataBlock, *ids: str) -> str:
        rows = BlockRows("表", "t", "b", range(len(ids)), {}, {}, len(ids), 0, values={"no": ids})
        returned = Return(FileRecord("x", stamp=Stamp(region="HD")), blocks=(rows,))
        return region_in_rows(returned, {"t.b": block}, project)

    assert region(sheet.data[0], "RW-2026-HN001", "RW-2026-HN002") == "HN"
    assert region(sheet.data[0], "RW-2026-HN001", "RW-2026-HN002", "RW-2026-HD001") == ""
    assert region(brought, "RW-2026-HN001", "RW-2026-HN002", "RW-2026-HD001") == "HN"
    assert region(brought, "RW-2026-HD001") == ""


def test_rows_that_the_workbook_went_out_with_are_no_sign() -> None:
    rows = BlockRows("表", "t", "b", range(2), {}, {}, 2, 0, values={"id": ["1", "2"], "area": ["HN", "HN"]})
    follow = {"title": "id", "owner": "id", "due": "id", "status": "area", "region": "area", "done": ["x"]}
    fields = [{"name": name, "kind": "text", "label": {"zh": name, "en": name}} for name in ("id", "area")]
    sheet = template_of("t", "表", {"name": "b", "type": "table", "key": "id", "fields": fields})
    block = sheet.data[0].model_copy(update={"follow": Follow.model_validate(follow)})
    project = Project(regions=(Region("HD", "华东"), Region("HN", "华南")))
    returned = Return(FileRecord("x", stamp=Stamp(region="HD")), blocks=(rows,))

    def region(touched: Mapping[str, frozenset[str]]) -> str:
        return region_in_rows(replace(returned, touched={"t.b": touched}), {"t.b": block}, project)

    assert region({}) == "HN"
    assert region({"1": frozenset(), "2": frozenset()}) == ""
    assert region({"1": frozenset({"area"}), "2": frozenset()}) == "HN"


# --- settled by the coordinator ---
@pytest.mark.parametrize("by", ["name", "NAME", "digest", "name and digest", "folder"])
def test_what_the_coordinator_has_settled_goes_before_all_signs(tmp_path: Path, by: str) -> None:
    inbox = tmp_path / "in"
    other = filled(inbox / "sub" / "周报 HN.xlsx", "HD", cover="HN", filler="HN", rows=["HN"])
    digest = hashlib.sha256(other.read_bytes()).hexdigest()[:8]
    named = {
        "name": "周报 HN.xlsx",
        "NAME": " 周报 hn.XLSX",
        "digest": digest.upper(),
        "name and digest": f"x.xlsx #{digest}",
        "folder": "sub/周报 HN.xlsx",
    }[by]
    project = project_with(tmp_path / "project.xlsx", {"file": named, "region": "华南"})

    book = merged(inbox, OWN, project=project)

    assert [(one.stamp.region, one.reason) for one in book.files] == [("HD", ""), ("HN", "")]
    assert set(book.tables[TASKS].query("_file != @OWN.name")["_region"]) == {"HN"}
    assert codes(book, "sub/周报 HN.xlsx") == ["region_settled"]


def test_a_file_settled_at_last_goes_before_the_doubt_in_a_book(tmp_path: Path) -> None:
    other = filled(tmp_path / "in" / "周报.xlsx", "HD", cover="HN", filler="HN", rows=["HN"])
    merge_to([other, OWN], tmp_path / "book.xlsx", project=PROJECT, view=View(AS_OF))
    copy = tmp_path / "again" / "改名.xlsx"
    copy.parent.mkdir()
    shutil.copy(other, copy)
    project = project_with(tmp_path / "project.xlsx", {"file": "改名.xlsx", "region": "华南"})

    book = merged(tmp_path / "book.xlsx", copy, project=project)

    assert {one.file: one.reason for one in book.files} == {OWN.name: "", "改名.xlsx": "", "周报.xlsx": "file_twice"}


def test_a_line_that_names_no_file_is_told_at_its_cell(tmp_path: Path) -> None:
    project = project_with(tmp_path / "project.xlsx", {"file": OWN.name.replace("HD", "HO"), "region": "华南"})

    book = merged(OWN, project=project)

    (finding,) = (one for one in book.findings if one.location.file == "project.xlsx")
    assert (finding.code, finding.location.sheet, finding.location.cell[0]) == ("returns_file_unknown", "回收登记", "A")
    assert f"是否指“{OWN.name}”" in finding.message("zh")
    assert "has no effect" in finding.message("en")


def test_doubt_cannot_be_waived(tmp_path: Path) -> None:
    other = filled(tmp_path / "周报.xlsx", "HD", cover="HN", filler="HN")
    rows = {
        **project_file.example_rows(),
        "waivers": [{"source": "周报.xlsx", "code": "region_doubtful", "reason": "已核实"}],
    }
    project = tmp_path / "project.xlsx"
    project_file.write_project(project, rows, lang="zh", library=project_file.open_library())

    book = merged(other, project=project)

    assert book.files[0].reason == "region_doubtful"
    assert {finding.code: str(finding.severity) for finding in book.findings} == {
        "region_doubtful": "error",
        "waiver_of_doubt": "warning",
    }


def test_a_line_fits_by_digest_before_name_before_name_without_folder() -> None:
    digest = "3f9a02c1" + "0" * 56
    fits = [
        RegisteredReturn(file).fit("b/x.xlsx", digest)
        for file in ("3F9A02C1", "y #3f9a02c100", "3f9a02", "b/X.xlsx", "x.xlsx", "a/x.xlsx", "")
    ]

    assert fits == [3, 3, 0, 2, 1, 0, 0]


# --- former names and codes of regions ---
def recoded(path: Path) -> Path:
    """Write the example project after 华南 (HN) has become 南部 (NB); HB was split, so two regions have been it."""
    rows: dict[str, list[Row]] = {
        name: [dict(row) for row in lines] for name, lines in project_file.example_rows().items()
    }
    for row in rows["regions"]:
        if row["code"] == "HN":
            row.update(code="NB", name="南部", name_en="South", was="华南、HN, South China")
        if row["code"] in ("XN", "HW"):
            row["was"] = "旧区"
    for person in rows["people"]:
        person["region"] = {"华南": "南部"}.get(person["region"], person["region"])
    for column in rows["raci_columns"]:
        if column["code"] == "HN":
            column["name"] = "南部"
    project_file.write_project(path, rows, lang="zh", library=project_file.open_library())
    return path


def test_returns_and_books_of_a_region_that_was_renamed_are_those_of_the_present_one(tmp_path: Path) -> None:
    came = filled(tmp_path / "in" / "周报.xlsx", "HN", filler="HN", rows=["HN", "HD"])
    merge_to([came], tmp_path / "old.xlsx", project=PROJECT, view=View(AS_OF))
    project = recoded(tmp_path / "project.xlsx")

    for path in (came, tmp_path / "old.xlsx"):
        book = merged(path, project=project)

        assert book.files[0].stamp.region == "NB"
        assert codes(book, came.name) == []
        assert list(book.tables[TASKS]["_region"]) == ["NB", "NB"]
        assert list(book.tables[TASKS]["region"]) == ["NB", "HD"]
        assert list(book.tables[COVER]["region"]) == ["NB"]
        assert set(book.history["region"]) == {"NB"}


def test_a_former_name_counts_unless_it_is_a_present_one_or_of_several_regions() -> None:
    project = Project(
        regions=(
            Region("A", "甲", was="乙、旧甲；OLD"),
            Region("B", "乙", was="拆分前"),
            Region("C", "丙", was="拆分前\nA"),
        ),
        people=(Person("张三", region="旧甲"),),
    )

    assert [project.present_code(code) for code in ("A", "old", "旧甲", "拆分前", "X")] == [
        "A",
        "A",
        "A",
        "拆分前",
        "X",
    ]
    assert project.region("乙").code == "B"
    assert project.region("旧甲").code == "A"
    assert project.region_of("张三") == "A"
    assert project.region_of("李四") == ""
    regions = project.lists()["regions"]
    assert [regions.find_code(text) for text in ("旧甲", "OLD", "拆分前", "乙", "甲区")] == ["A", "A", None, "B", "A"]
    assert regions.is_label("旧甲")
    assert region_in_name("周报_旧甲.xlsx", project) == "A"
    assert region_in_name("周报_乙.xlsx", project) == "B"
    assert region_in_name("周报_拆分前.xlsx", project) == ""


# --- times ---
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("saved", "day", "known"),
    [
        (None, NOW.date(), False),
        (NOW, NOW.date(), True),
        (NOW + timedelta(days=20), NOW.date(), True),  # merged later, as of the same day
        (NOW + timedelta(days=40), NOW.date(), False),
        (datetime(2031, 1, 1), NOW.date(), False),  # noqa: DTZ001 - a file without a zone
        (datetime(2031, 1, 1), None, True),  # noqa: DTZ001
    ],
)
def test_a_time_far_in_the_future_is_not_known(saved: datetime | None, day: date | None, known: bool) -> None:  # noqa: FBT001
    assert (known_time(FileRecord("x", saved=saved), day) is not None) == known
