"""Files as they lie in an inbox: whose they are, which are none of ours, and that no row goes astray."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

import xlsflow
from tests.helpers.returns import opened_by_openpyxl, put
from xlsflow.api import check, generate, init
from xlsflow.messages import CATALOGUE
from xlsflow.pipeline import project_file
from xlsflow.pipeline.generate import outgoing_workbook
from xlsflow.render.as_text import finding_lines
from xlsflow.workbook.outgoing.writer import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from xlsflow.api import Outcome
    from xlsflow.findings import Finding
    from xlsflow.model.returns import FileRecord

LOCK = b"\x06\xe9\x83\xad\xe6\x80\x9d" + b" " * 158


@pytest.fixture(scope="module")
def round_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example project and what went out for it."""
    folder = tmp_path_factory.mktemp("round")
    init(folder / "project.xlsx", example=True)
    generate(folder / "project.xlsx", folder / "outbox")
    return folder


def sent(round_: Path, region: str) -> Path:
    """Return the workbook of a region."""
    return next(path for path in (round_ / "outbox").iterdir() if f"-{region}_" in path.name)


def returned(round_: Path, region: str, target: Path, change: Callable[[Any], None] | None = None) -> Path:
    """Save a region's workbook under some name, with the reporter filled in and something done to it."""
    book = opened_by_openpyxl(sent(round_, region))
    cover = book.worksheets[0]
    project = xlsflow.open_project(round_ / "project.xlsx")
    reporter = next(one.name for one in project.people if project.region_of(one.name) == region)
    for row in cover.iter_rows():
        for cell in row:
            if str(cell.value).startswith(("填报人", "Reporter")):
                put(cover, _right_of(cover, cell), reporter)
            if str(cell.value).startswith(("联系方式", "Contact")):
                put(cover, _right_of(cover, cell), "13800000000")
    if change:
        change(book)
    book.save(target)
    return target


def _right_of(sheet: Any, cell: Any) -> str:  # noqa: ANN401
    merged = next((r for r in sheet.merged_cells.ranges if cell.coordinate in r), None)
    return str(sheet.cell(cell.row, (merged.max_col if merged else cell.column) + 1).coordinate)


def without_stamp(book: Any, *, properties: bool = True, meta: bool = True, names: bool = True) -> None:  # noqa: ANN401
    """Take stamps away."""
    if properties:
        for name in [one.name for one in book.custom_doc_props.props]:
            del book.custom_doc_props[name]
    if meta:
        del book["_meta"]
    if names:
        for name in [name for name in book.defined_names if name.startswith("xf_")]:
            del book.defined_names[name]


def foreign(path: Path) -> None:
    """Save a workbook that has nothing to do with us, but a column or two in common."""
    other = openpyxl.Workbook()
    for line in (("差旅费报销单",), ("责任人", "金额", "备注"), ("李明", 12, "")):
        other.worksheets[0].append(line)
    other.save(path)


def looked_at(round_: Path, *paths: Path) -> Outcome:
    return check(list(paths), project=round_ / "project.xlsx")


def only(outcome: Outcome) -> FileRecord:
    (record,) = outcome.files
    return record


def codes(found: tuple[Finding, ...]) -> list[str]:
    return [finding.code for finding in found]


@pytest.mark.parametrize(
    "gone",
    [{"meta": False, "names": False}, {"properties": False, "names": False}, {"properties": False, "meta": False}],
)
def test_any_stamp_may_be_lost(round_: Path, tmp_path: Path, gone: dict[str, bool]) -> None:
    path = returned(round_, "HD", tmp_path / "x.xlsx", lambda book: without_stamp(book, **gone))
    record = only(looked_at(round_, path))

    assert (record.recognised, record.stamp.region, record.stamp.round) == ("stamp", "HD", "2026-W47")


def test_only_the_hidden_sheet_of_the_stamp_is_enough(round_: Path, tmp_path: Path) -> None:
    path = returned(round_, "HD", tmp_path / "x.xlsx", lambda book: without_stamp(book, meta=False))

    assert only(looked_at(round_, path)).stamp.region == "HD"


def test_without_any_stamp_a_return_is_known_by_its_headers_and_its_cover(round_: Path, tmp_path: Path) -> None:
    outcome = looked_at(round_, returned(round_, "HN", tmp_path / "无名.xlsx", without_stamp))
    record = only(outcome)

    assert (record.recognised, record.stamp.pack, record.stamp.region) == ("headers", "coordination", "HN")
    assert record.stamp.round == "2026-W47"
    assert codes(outcome.findings) == ["return_empty", "stamp_missing"]


@pytest.mark.parametrize("name", ["周报_华南.xlsx", "report-HN-final.xlsx", "South China week 47.xlsx"])
def test_without_stamp_and_cover_the_name_of_the_file_says_whose_it_is(round_: Path, tmp_path: Path, name: str) -> None:
    def change(book: Any) -> None:  # noqa: ANN401
        without_stamp(book)
        del book[book.sheetnames[0]]

    outcome = looked_at(round_, returned(round_, "HN", tmp_path / name, change))

    assert only(outcome).stamp.region == "HN"
    assert codes(outcome.findings) == ["return_empty", "sheet_missing", "stamp_missing"]


def test_a_return_of_which_nothing_says_the_region_is_left_out(round_: Path, tmp_path: Path) -> None:
    def change(book: Any) -> None:  # noqa: ANN401
        without_stamp(book)
        del book[book.sheetnames[0]]

    outcome = looked_at(round_, returned(round_, "HN", tmp_path / "周报.xlsx", change))

    assert "region_unknown" in codes(outcome.findings)


def test_a_file_that_was_sent_to_another_region_is_noticed(round_: Path, tmp_path: Path) -> None:
    def change(book: Any) -> None:  # noqa: ANN401
        cover = book.worksheets[0]
        cell = next(cell for row in cover.iter_rows() for cell in row if cell.value == "华南")
        cell.value = "华北"

    outcome = looked_at(round_, returned(round_, "HN", tmp_path / "x.xlsx", change))

    assert codes(outcome.findings) == ["region_differs", "return_empty"]
    assert only(outcome).stamp.region == "HN"
    assert "“华南”" in outcome.findings[0].message("zh")
    assert "“华北”" in outcome.findings[0].message("zh")


def test_a_cover_that_is_blank_is_asked_for_once_a_cell(round_: Path) -> None:
    outcome = looked_at(round_, sent(round_, "HD"))

    assert codes(outcome.findings) == ["return_empty", "required_blank", "required_blank"]
    assert [line.seen for line in outcome.ledger if line.seen] == [1] * sum(line.seen > 0 for line in outcome.ledger)


def test_what_lies_in_an_inbox_beside_returns_is_named_once_and_harms_nothing(round_: Path, tmp_path: Path) -> None:
    returned(round_, "HD", tmp_path / "a.xlsx")
    (tmp_path / "~$a.xlsx").write_bytes(LOCK)
    (tmp_path / "读我.txt").write_text("x", "utf-8")
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04broken")
    (tmp_path / "空.xlsx").write_bytes(b"")
    foreign(tmp_path / "别的.xlsx")
    outcome = looked_at(round_, tmp_path)

    assert {record.file: (record.status, record.reason) for record in outcome.files} == {
        "a.xlsx": ("ok", ""),
        "~$a.xlsx": ("refused", "file_is_lock"),
        "读我.txt": ("refused", "other_file"),
        "坏.xlsx": ("refused", "file_incomplete"),
        "空.xlsx": ("refused", "file_empty"),
        "别的.xlsx": ("refused", "foreign_file"),
    }
    reasons = [record.reason for record in outcome.files if record.reason]
    assert sorted(codes(outcome.findings)) == sorted([*reasons, "return_empty"])
    assert CATALOGUE["file_is_lock"].severity == "info"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *((name, "archive_not_opened") for name in ("华东.zip", "华东.RAR", "华东.7z", "华东.zip.001", "华东.tar.gz")),
        *((name, "mail_not_opened") for name in ("转发.eml", "答复 上报.MSG", "周报.mht", "周报.emlx")),
        *((name, "download_not_finished") for name in ("未确认 1.crdownload", "华东.xlsx.part", "华东.xlsx.download")),
        *((name, "download_not_finished") for name in ("华东.xlsx.tmp", "华东.xlsx.xltd")),
        *((name, "shortcut_not_followed") for name in ("华东.xlsx.lnk", "周报.url", "周报.webloc", "周报.gsheet")),
        *((name, "other_file") for name in ("读我.txt", "照片.png", "说明.docx", "合同.pdf", "2026.001", "无后缀")),
    ],
)
def test_a_file_that_may_hold_a_return_is_a_warning_that_says_what_to_do(
    round_: Path, tmp_path: Path, name: str, code: str
) -> None:
    (tmp_path / name).write_bytes(b"x")
    outcome = looked_at(round_, tmp_path)

    assert codes(outcome.findings) == [code]
    assert CATALOGUE[code].severity == ("info" if code == "other_file" else "warning")
    for lang in ("zh", "en"):
        assert name in outcome.findings[0].message(lang)


def test_a_refused_file_is_said_to_be_refused_in_one_line(round_: Path, tmp_path: Path) -> None:
    (tmp_path / "空.xlsx").write_bytes(b"")
    outcome = looked_at(round_, tmp_path)

    assert len(list(finding_lines(outcome.files, outcome.findings, "zh"))) == 1


def test_a_foreign_file_that_is_named_outright_is_an_error(round_: Path, tmp_path: Path) -> None:
    foreign(tmp_path / "别的.xlsx")

    assert codes(looked_at(round_, tmp_path / "别的.xlsx").findings) == ["not_ours"]


def test_rows_that_are_no_data_are_set_aside_with_their_reason_and_the_ledger_balances(
    round_: Path, tmp_path: Path
) -> None:
    def change(book: Any) -> None:  # noqa: ANN401
        sheet = book["执行跟踪"]
        header = {str(cell.value).strip("＊"): cell.column for cell in sheet[5]}
        for row, (number, title) in enumerate([("HD-2026-901", "核对"), (None, "合计"), ("HD-2026-902", "发货")], 6):
            put(sheet, sheet.cell(row, 1).coordinate, number)
            put(sheet, sheet.cell(row, header["任务名称"]).coordinate, title)

    path = returned(round_, "HD", tmp_path / "x.xlsx", change)
    book = xlsflow.merge([path], project=round_ / "project.xlsx")
    line = next(line for line in book.ledger if line.sheet == "执行跟踪")

    assert (line.seen, line.merged, line.set_aside, line.balanced) == (3, 2, 1, True)
    assert [(row.row, row.code) for row in book.aside] == [(7, "subtotal_row")]
    assert list(book.tables[line.block]["_row"]) == [6, 8]


def test_a_copied_sheet_is_never_merged_twice(round_: Path, tmp_path: Path) -> None:
    def change(book: Any) -> None:  # noqa: ANN401
        sheet = book["执行跟踪"]
        put(sheet, "A6", "HD-2026-901")
        put(sheet, "B6", "盘点")
        copy = book.copy_worksheet(sheet)
        copy.title = "执行跟踪 (2)"

    path = returned(round_, "HD", tmp_path / "x.xlsx", change)
    book = xlsflow.merge([path], project=round_ / "project.xlsx")

    assert [finding.location.sheet for finding in book.findings if finding.code == "sheet_copy_same"] == [
        "执行跟踪 (2)"
    ]
    assert [line.seen for line in book.ledger if line.sheet.startswith("执行跟踪")] == [1]


def test_a_workbook_of_a_newer_version_of_its_pack_is_refused_with_the_reason(round_: Path, tmp_path: Path) -> None:
    library = project_file.open_library()
    project = project_file.load_project(round_ / "project.xlsx", library)
    pack = library.pack("coordination")
    scope = library.scope(project.lists(), {**pack.settings, **project.figures()})
    newer = outgoing_workbook(project.regions[0], project, pack, library.sheets(pack, scope), scope, "zh")
    write_workbook(tmp_path / "newer.xlsx", replace(newer, stamp=replace(newer.stamp, version="99")))

    outcome = check([tmp_path / "newer.xlsx"], project=round_ / "project.xlsx")

    (finding,) = outcome.findings
    assert (finding.code, outcome.files[0].status) == ("newer_version", "refused")
    assert "99" in finding.message("zh")
