"""The whole report: pages in order, in the reader's language, with nothing lost and nothing made up."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from tests.reports import report_example as example
from xlsflow.findings import Finding, Location
from xlsflow.i18n import LANGS, Lang
from xlsflow.model.consolidated_book import ORIGIN
from xlsflow.model.ledger import LedgerLine
from xlsflow.model.project import Region
from xlsflow.model.report_model import Listing, Report, ReportColumn
from xlsflow.reports import make_report
from xlsflow.reports.labels import shorten


def listing(made: Report, name: str) -> Listing:
    """Return a listing by name."""
    return next(one for one in made.listings if one.name == name)


def column(of: Listing, key: str) -> ReportColumn:
    """Return a column by key."""
    return next(one for one in of.columns if one.key == key)


def test_the_listings_come_in_the_order_that_a_coordinator_works() -> None:
    names = [one.name for one in make_report(example.inputs(), "zh").listings if one.is_shown]

    work = ["逾期清单", "7天内到期", "阻塞", "今日催办", "风险", "回收情况", "按区域", "按负责人"]
    quality = ["校验发现", "行数台账", "未入库行", "图表数据"]
    assert names == [*work, *quality, "执行跟踪", "问题跟踪", "风险跟踪"]


def test_rows_set_aside_have_a_page_only_where_there_are_any() -> None:
    made = make_report(example.inputs(example.book(aside=())), "zh")

    assert "未入库行" not in [one.name for one in made.listings if one.is_shown]
    assert "未入库行" in [one.name for one in made.listings]


@pytest.mark.parametrize("lang", LANGS)
def test_every_column_of_every_listing_is_of_one_length(lang: Lang) -> None:
    made = make_report(example.inputs(), lang)

    first = made.overview
    for one in (*made.listings, *first.tables):
        assert {len(c.values) for c in one.columns} == {one.rows}
        assert {len(c.marks) for c in one.columns} <= {0, one.rows}
        assert {len(c.codes) for c in one.columns} <= {0, one.rows}
        assert len(one.sources) in {0, one.rows}


def test_codes_are_shown_in_the_language_of_the_report() -> None:
    zh, en = (make_report(example.inputs(), lang) for lang in LANGS)

    assert column(listing(zh, "执行跟踪"), "status").values[:2] == ["滞后", "进行中"]
    assert column(listing(en, "Tracking"), "status").values[:2] == ["Delayed", "In progress"]
    assert column(listing(en, "Tracking"), "region").values[0] == "East"
    assert column(listing(en, "Tracking"), "owner").values[0] == "Lin Xiaoman"
    assert column(listing(en, "Tracking"), "owner").title == "Owner"


def test_a_status_of_two_sheets_is_shown_by_the_list_of_each() -> None:
    late = listing(make_report(example.inputs(), "zh"), "逾期清单")

    shown = dict(zip(column(late, "key").values, column(late, "status").values, strict=True))

    assert (shown["HD-2026-002"], shown["WT-2026-001"], shown["FX-2026-001"]) == ("进行中", "处理中", "监控中")


def test_a_data_page_can_be_read_back_by_its_keys() -> None:
    made = listing(make_report(example.inputs(), "zh"), "执行跟踪")

    keys = [one.key for one in made.columns]
    asked = [field.name for field in example.TEMPLATES[0].data[0].columns]

    assert keys == [ORIGIN[3], *asked, *(name for name in ORIGIN if name != ORIGIN[3])]
    assert not any(one.with_symbols for one in made.columns)  # a sign before a label would not be read as the label
    assert column(made, "due").values[0] == example.day(-14)


def test_overdue_rows_are_marked_where_they_are_in_the_data() -> None:
    made = listing(make_report(example.inputs(), "zh"), "执行跟踪")

    marks = dict(zip(column(made, "job_no").values, column(made, "due").marks, strict=True))

    assert (marks["HD-2026-001"], marks["HD-2026-004"]) == ("overdue", None)


def test_findings_are_reported_gravest_first_with_their_sentence() -> None:
    made = listing(make_report(example.inputs(), "zh"), "校验发现")

    assert column(made, "severity").values == ["必须修改"] * 4 + ["请核对", "提示"]
    assert column(made, "cell").values[:3] == ["J7", "G9", "G12"]
    assert "华东区" in str(column(made, "message").values[1])
    assert column(made, "region").values[1] == "华东"


def test_the_ledger_ends_in_totals_that_balance() -> None:
    made = listing(make_report(example.inputs(), "zh"), "行数台账")

    assert column(made, "file").values[-1] == "合计"
    assert column(made, "seen").values[-1] == sum(line.seen for line in example.book().ledger)
    assert set(column(made, "balanced").values) == {"是"}


def test_a_ledger_that_does_not_balance_says_so_in_its_line_and_in_the_total() -> None:
    lines = (
        LedgerLine("a.xlsx", "s", example.JOBS, seen=3, merged=2),
        LedgerLine("b.xlsx", "s", example.JOBS, seen=1, blank=1),
    )

    made = listing(make_report(example.inputs(example.book(ledger=lines)), "zh"), "行数台账")

    assert column(made, "balanced").values == ["否", "是", "否"]


def test_a_missing_region_is_grey_and_nothing_is_said_of_its_work() -> None:
    lights = make_report(example.inputs(), "zh").overview.signals

    row = [one.values[3] for one in lights.columns]

    assert row == ["西南", "未交", "未交", *["–"] * 7]
    assert [column(lights, key).marks[3] for key in ("light", "state")] == ["missing", "missing"]


def test_files_that_are_no_return_are_listed_below_the_regions_with_the_reason() -> None:
    made = listing(make_report(example.inputs(), "zh"), "回收情况")

    assert made.rows == 6
    assert column(made, "file").values[-1] == "通讯录.xlsx"
    assert column(made, "remark").values[-1] == Finding(example.REFUSED, Location("通讯录.xlsx")).message("zh")


def test_the_conclusion_names_the_worst() -> None:
    zh, en = (make_report(example.inputs(), lang).overview for lang in LANGS)

    assert zh.conclusion == (
        "整体红色：7 项逾期，最久 14 天（华东 林晓曼：确认华东首批 18 家门店的铺货清单）；2 项阻塞待协调；"
        "1 项高风险未处置；西南未交；数据有 4 处须改。"
    )
    assert en.conclusion.startswith("Overall red: 7 overdue, the longest by 14 days (East, Lin Xiaoman: ")


def test_a_round_without_a_flaw_is_green_and_says_so() -> None:
    rows = tuple((f"HD-{code}", "t", code, "林晓曼", 20, "in_progress", 0.5, "", "") for code in example.FILES)
    project = example.project()
    asked = tuple(region for region in project.regions if region.code != "west")
    files = tuple(replace(r, saved=example.SAVED["north"]) for r in example.book().files if r.status != "refused")
    book = example.book({example.JOBS: example.tasks(rows)}, findings=(), aside=(), files=files)

    first = make_report(example.inputs(book, project=replace(project, regions=asked)), "zh").overview

    assert first.conclusion == "整体绿色：没有逾期和阻塞。"
    assert first.mark == "done"
    assert first.overdue.columns[0].values == ["没有逾期事项"]
    assert first.attention.columns[0].values == ["没有需要协调的事项"]


def test_what_needs_coordination_is_what_is_stuck_missing_grave_or_wrong() -> None:
    topics, texts = make_report(example.inputs(), "zh").overview.attention.columns

    assert topics.values == ["阻塞", "未交", "高风险", "数据", "文件"]
    assert texts.values[1] == "西南：请联系 杨若溪 west@example.com"
    assert texts.values[3] == "华东：2 处须改：责任人，见“校验发现”"


def test_with_a_round_before_the_lists_say_what_is_new() -> None:
    before = example.inputs(as_of=example.AS_OF - timedelta(days=7))

    made = make_report(example.inputs(previous=before), "zh")

    late = listing(made, "逾期清单")
    assert column(late, "change").values[:4] == ["持续", "持续", "新增", "新增"]
    assert made.overview.figures[2].small == "新增 5，平均 5.4 天"
    assert f"对比 {example.ROUND}" in made.overview.facts


def test_more_regions_than_a_page_holds_show_the_gravest() -> None:
    project = example.project()
    more = tuple(Region(code=f"r{n}", name=f"区{n}") for n in range(20))

    made = make_report(example.inputs(project=replace(project, regions=(*more, *project.regions))), "zh").overview

    assert made.signals.rows == 6
    assert [table.rows for table in made.more if table.key == made.signals.key] == [19]
    assert made.signals.columns[0].values[:3] == ["华东", "华南", "海外"]
    assert len(made.status.categories) == 6
    assert "25" in made.signals.title


def test_the_same_basis_gives_the_same_report() -> None:
    assert make_report(example.inputs(), "zh") == make_report(example.inputs(), "zh")


def test_an_empty_book_gives_a_report_all_the_same() -> None:
    book = example.book({}, files=(), findings=(), ledger=(), aside=())

    made = make_report(example.inputs(book), "en")

    assert made.overview.figures[0].figure == "0 / 5"
    assert made.overview.mark == "missing", "nobody has returned, so nothing is known"


def test_what_is_kept_out_of_sight_says_all_that_the_book_knows() -> None:
    book = example.book()
    made = make_report(example.inputs(book), "zh")

    kept = {one.name: {c.key: c.values for c in one.columns} for one in made.listings if one.hidden}

    assert kept["_files"]["stamp.region"] == ["east", "south", "north", "overseas", None]
    assert kept["_ledger"]["merged"] == [line.merged for line in book.ledger]
    assert set(kept["_ledger"]) == {f.name for f in fields(LedgerLine)}
    assert kept["_findings"]["code"] == [one.code for one in book.findings]
    assert json.loads(str(kept["_findings"]["facts"][4])) == {"read": {"$zh": "2026-11-24", "$en": "2026-11-24"}}
    assert json.loads(str(kept["_aside"]["texts"][0])) == dict(book.aside[0].texts)
    assert kept["_blocks"]["block"] == [example.JOBS, example.PROBLEMS, example.DANGERS]


def test_the_stamp_says_that_it_is_a_book() -> None:
    stamp = make_report(example.inputs(), "en").properties

    assert stamp["xlsflow.kind"] == "book"
    assert (stamp["xlsflow.pack"], stamp["xlsflow.round"], stamp["xlsflow.lang"]) == (
        "coordination",
        example.ROUND,
        "en",
    )
    assert "xlsflow.region" not in stamp


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("确认铺货清单", "确认铺货…"),
        ("a price list", "a price …"),
        (" two\nlines", "two lines"),
        (None, ""),
        ("四个字了", "四个字了"),
    ],
)
def test_a_text_is_cut_by_how_wide_it_is(text: str | None, shown: str) -> None:
    assert shorten(text, 9) == shown
