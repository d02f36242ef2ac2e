"""Findings as plain lines, and reports as Markdown and HTML."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.reports import report_example as example
from xlsflow.findings import Finding, Location
from xlsflow.i18n import LANGS, Lang, LocalizedText
from xlsflow.model.project import Region
from xlsflow.model.returns import FileRecord, RegionReturn
from xlsflow.render.as_chat import chat_message
from xlsflow.render.as_html import html
from xlsflow.render.as_markdown import escaped, markdown
from xlsflow.render.as_text import (
    counts_by_severity,
    finding_lines,
    region_lines,
    short_finding_lines,
    summary_lines,
)
from xlsflow.reports import make_report

if TYPE_CHECKING:
    from xlsflow.reports import ReportInputs


def test_findings_are_under_their_file_and_sheet_with_sign_and_cell() -> None:
    files = (FileRecord("a.xlsx", status="findings"), FileRecord("b.xlsx"))
    found = [
        Finding("required_blank", Location("a.xlsx", "跟踪", "B10", field="owner")),
        Finding("unknown_person", Location("a.xlsx", "跟踪", "B9", field="owner"), "李明", {"nearest": ""}),
        Finding("sheet_missing", Location("a.xlsx")),
    ]

    lines = list(finding_lines(files, found, "zh"))

    assert lines[0] == "▲ a.xlsx  1 处必须修改，2 处请核对"
    assert lines[1] == "  （整个文件）"
    assert lines[3] == "  跟踪"
    assert lines[4].startswith("    ◆ B9   “owner”")
    assert lines[5].startswith("    ▲ B10  “owner”")
    assert lines[6] == "● b.xlsx  没有发现问题"


def test_a_file_that_was_not_read_says_why() -> None:
    files = (FileRecord("a.xlsx", status="refused", reason=example.REFUSED), FileRecord("b.xlsx", status="refused"))

    lines = list(finding_lines(files, (), "en"))

    assert lines == [f"— {Finding(example.REFUSED, Location('a.xlsx')).message('en')}", "— b.xlsx  not used"]


def test_the_summary_counts_files_findings_and_rows() -> None:
    book = example.book()

    lines = list(summary_lines(book.files, book.findings, book.ledger, "en"))

    assert lines == [
        "5 files: 1 clean, 3 with errors, 1 not used",
        "4 errors, 1 warning, 1 note",
        "81 rows read: 36 blank, 33 merged, 0 superseded, 0 duplicate, 12 set aside",
    ]


def test_nothing_found_counts_as_nothing() -> None:
    assert counts_by_severity((), "zh") == ""
    assert list(summary_lines((), (), (), "zh")) == ["0 个文件：0 个没有问题，0 个须修改，0 个未采用"]


@pytest.mark.parametrize("lang", LANGS)
def test_every_row_of_a_markdown_table_has_as_many_cells_as_its_header(lang: Lang) -> None:
    lines = markdown(make_report(example.inputs(), lang)).splitlines()

    widths = [line.replace("\\|", "").count("|") if line.startswith("|") else 0 for line in lines]
    assert all(b in (0, a) for a, b in pairwise(widths) if a)
    assert any(widths)


def test_markdown_shows_what_people_typed_as_it_is() -> None:
    assert escaped("a|b *c*\n<i>") == "a\\|b \\*c\\*<br>\\<i\\>"


class _Balanced(HTMLParser):
    """Keeps the elements that are still open, and every text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_is_whole_and_shows_what_people_typed_as_it_is(lang: Lang) -> None:
    table = example.tasks().assign(job="<script>alert(1)</script>")
    page = "".join(html(make_report(example.inputs(example.book({example.JOBS: table})), lang)))

    read = _Balanced()
    read.feed(page)

    assert read.open == []
    assert "<script>alert" not in page
    assert "<script>alert(1)</script>" in read.texts


def test_a_page_has_the_first_500_rows_of_a_list_without_scripts_and_all_of_them_for_its_script() -> None:
    rows = tuple((f"HD-{n}", "t", "east", "林晓曼", -5, "late", 0.5, "", "") for n in range(530))
    page = "".join(html(make_report(example.inputs(example.book({example.JOBS: example.tasks(rows)})), "zh")))
    section = page.partition('id="list-overdue"')[2].partition("</section>")[0]

    assert section.count("<tr>") == 501, "the header and 500 rows"
    assert "前 500 行，共 530 行" in section
    assert '"HD-529"' in section


def sixty_regions() -> ReportInputs:
    """Return a round of sixty regions, each with long names and overdue items."""
    regions = tuple(
        Region(code=f"r{n:02}", name=f"第{n}大区（含直辖市）", name_en=f"Region number {n}") for n in range(60)
    )
    rows = [
        (f"HD-2026-{n:03}", "确认铺货清单并与仓库、门店逐一核对到位" * 2, f"r{n % 60:02}", "林晓曼", n % 40 - 30,
         ("late", "blocked", "done")[n % 3], 0.5, "供应商两次改期", "总部采购部协调")
        for n in range(600)
    ]  # fmt: skip
    return example.inputs(
        example.book({example.JOBS: example.tasks(rows)}), project=replace(example.project(), regions=regions)
    )


@pytest.mark.parametrize("lang", LANGS)
def test_a_message_and_a_markdown_page_stay_short_with_sixty_regions(lang: Lang) -> None:
    report = make_report(sixty_regions(), lang)
    message, page = chat_message(report), markdown(report)

    assert len(message) <= 2000
    assert len(page.encode()) <= 20_000
    for told in (report.overview.title, report.overview.figures[2].figure):
        assert told in message
        assert escaped(told) in page
    for region in ("第0大区", "第59大区") if lang == "zh" else ("Region number 0 ", "Region number 59 "):
        assert region in page, "all regions, those most in need first"


def many_files(count: int) -> tuple[list[FileRecord], list[Finding]]:
    files = [FileRecord(f"region {n:03}.xlsx", status="findings") for n in range(count)]
    found = [
        Finding("required_blank", Location(file.file, "跟踪", f"B{row}", field="owner"))
        for number, file in enumerate(files)
        for row in range(2, 3 + number % 5)
    ]
    return files, found


def test_of_many_files_a_merge_names_the_worst_unless_it_is_asked_for_all() -> None:
    files, found = many_files(300)

    short = list(short_finding_lines(files, found, "en"))
    whole = list(short_finding_lines(files, found, "en", verbose=True))

    assert len(short) == 21
    assert "5 errors" in short[0]
    assert "280 more files" in short[-1]
    assert len(whole) == 900
    assert list(short_finding_lines(*many_files(20), "en")) == list(finding_lines(*many_files(20), "en"))


def test_a_merge_names_who_is_missing_who_was_late_and_who_says_nothing() -> None:
    def label(name: str) -> LocalizedText:
        return LocalizedText(name, name)

    regions = [
        RegionReturn("west", label("West"), "missing", contact="Yang", email="west@example.com"),
        RegionReturn("south", label("South"), "late", 3.7),
        RegionReturn("north", label("North"), "in_time", silent="empty"),
        RegionReturn("east", label("East"), "in_time"),
    ]

    assert list(region_lines(regions, "en")) == [
        "No return from 1: West (Yang west@example.com)",
        "Late 1: South (3.7 h)",
        "Empty or unchanged 1: North",
    ]
    many = [RegionReturn(str(n), label(f"R{n}"), "missing") for n in range(300)]
    assert [len(line) < 200 for line in region_lines(many, "en")] == [True]
    assert ["R299" in line for line in region_lines(many, "en", verbose=True)] == [True]
    assert list(region_lines(regions[3:], "zh")) == []
