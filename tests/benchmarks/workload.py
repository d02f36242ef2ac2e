"""Makes returns as regions send them: six sheets of 30 to 60 rows with dropdowns, now and then a slip.

The sheets and their columns stand here once; the files are the same, byte for byte, for the same number and seed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

HEADER_ROW = 2  # from 0: a title and a hint stand above
PRE_PROVISIONED = 60
AS_OF = date(2026, 11, 20)
STALE_BLANK = 0.003  # share of dropdown values with a trailing blank, as in a paste
TEXT_DATE = 0.004  # share of dates that were typed as text

LISTS: Mapping[str, tuple[str, ...]] = {
    "regions": ("华东", "华南", "华北", "华西", "西南", "海外"),
    "departments": ("研发", "市场", "销售", "售后", "财务", "供应链", "法务", "运营"),
    "people": ("李明", "王芳", "张伟", "刘洋", "陈静", "杨帆", "赵磊", "黄丽", "周强", "吴敏"),
    "priority": ("高", "中", "低"),
    "urgency": ("普通", "紧急", "特急"),
    "progress": ("未启动", "进行中", "阻塞", "滞后", "已完成", "已取消"),
    "yes_no": ("是", "否"),
    "raci": ("R", "A", "C", "I"),
    "state": ("待响应", "处理中", "待验证", "已闭环"),
    "requirement_state": ("草稿", "已提交", "审核中", "已确认"),
    "score": ("1", "2", "3", "4", "5"),
}


@dataclass(frozen=True)
class Column:
    """One column: `id`, `text`, `date`, `number`, `percent`, or the name of a list; `share` of its cells are filled."""

    label: str
    holds: str
    share: float = 1.0


SHEETS: Mapping[str, tuple[Column, ...]] = {
    "需求清单": (
        Column("需求编号", "id"),
        Column("需求名称", "text"),
        Column("发起区域", "regions"),
        Column("负责人", "people"),
        Column("优先级", "priority"),
        Column("紧急程度", "urgency"),
        Column("提出时间", "date"),
        Column("期望完成时间", "date"),
        Column("核心目标", "text"),
        Column("需求状态", "requirement_state"),
        Column("备注", "text", 0.4),
    ),
    "会议纪要": (
        Column("行动项编号", "id"),
        Column("会议名称", "text"),
        Column("具体任务", "text"),
        Column("责任人", "people"),
        Column("责任区域", "regions"),
        Column("配合部门", "departments", 0.8),
        Column("计划完成时间", "date"),
        Column("输出物", "text"),
        Column("备注", "text", 0.4),
    ),
    "进度跟踪": (
        Column("任务编号", "id"),
        Column("任务名称", "text"),
        Column("责任人", "people"),
        Column("责任区域", "regions"),
        Column("开始时间", "date"),
        Column("计划完成时间", "date"),
        Column("里程碑", "yes_no"),
        Column("实际进度", "progress"),
        Column("完成率", "percent"),
        Column("实际完成时间", "date", 0.3),
        Column("本周完成内容", "text"),
        Column("延迟原因", "text", 0.3),
        Column("需协调资源", "text", 0.3),
        Column("备注", "text", 0.4),
    ),
    "RACI矩阵": (
        Column("任务编号", "id"),
        Column("任务名称", "text"),
        *(Column(department, "raci", 0.6) for department in LISTS["departments"]),
    ),
    "问题清单": (
        Column("问题编号", "id"),
        Column("发现方", "regions"),
        Column("提出人", "people"),
        Column("提出时间", "date"),
        Column("问题描述", "text"),
        Column("紧急程度", "urgency"),
        Column("责任部门", "departments"),
        Column("责任人", "people"),
        Column("解决时限", "date"),
        Column("状态", "state"),
        Column("实际解决时间", "date", 0.4),
        Column("验证人", "people", 0.4),
    ),
    "风险登记": (
        Column("风险编号", "id"),
        Column("识别日期", "date"),
        Column("区域", "regions"),
        Column("风险描述", "text"),
        Column("可能性", "number"),
        Column("影响程度", "number"),
        Column("风险等级", "priority"),
        Column("应对措施", "text"),
        Column("责任人", "people"),
        Column("解决时限", "date"),
        Column("更新时间", "date", 0.7),
    ),
}


@dataclass(frozen=True)
class Styles:
    """The formats of a return."""

    title: Format
    header: Format
    formats: Mapping[str, Format]
    late: Format


def make_returns(folder: Path, number: int, seed: int = 1) -> int:
    """Fill a folder with returns; return how many rows they hold altogether."""
    folder.mkdir(parents=True, exist_ok=True)
    regions = LISTS["regions"]
    return sum(
        _write_return(folder / f"{place:04}_{regions[place % len(regions)]}.xlsx", random.Random(f"{seed}/{place}"))  # noqa: S311
        for place in range(number)
    )


def _write_return(path: Path, dice: random.Random) -> int:
    with xlsxwriter.Workbook(path, {"in_memory": True}) as book:
        book.set_properties({"title": "周报", "created": datetime(2026, 11, 20)})  # noqa: DTZ001
        for name, value in (("pack", "benchmark"), ("region", path.stem), ("round", "2026-W47")):
            book.set_custom_property(name, value)
        cell = {"border": 1, "locked": False}
        styles = Styles(
            book.add_format({"bold": True, "font_size": 16}),
            book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True}),
            {
                "text": book.add_format(cell),
                "date": book.add_format({**cell, "num_format": "yyyy-mm-dd"}),
                "percent": book.add_format({**cell, "num_format": "0%"}),
            },
            book.add_format({"bg_color": "#F8CBAD"}),
        )
        pages = {name: book.add_worksheet(name) for name in SHEETS}
        _write_lists(book)
        return sum(_write_sheet(page, name, styles, path.stem, dice) for name, page in pages.items())


def _write_lists(book: xlsxwriter.Workbook) -> None:
    page = book.add_worksheet("_lists")
    for column, (name, values) in enumerate(LISTS.items()):
        page.write_column(0, column, values)
        letter = chr(ord("A") + column)
        book.define_name(f"lst_{name}", f"=_lists!${letter}$1:${letter}${len(values)}")
    page.very_hidden()


def _write_sheet(page: Worksheet, name: str, styles: Styles, file: str, dice: random.Random) -> int:
    columns = SHEETS[name]
    first, last, right = HEADER_ROW + 1, HEADER_ROW + PRE_PROVISIONED, len(columns) - 1
    page.write(0, 0, name, styles.title)
    page.write_row(HEADER_ROW, 0, [column.label for column in columns], styles.header)
    rows = dice.randint(30, PRE_PROVISIONED)
    for row in range(first, first + rows):
        for place, column in enumerate(columns):
            _write_cell(page, (row, place), column, styles, f"{file[:4]}-{row:03}", dice)
    for place, column in enumerate(columns):
        if column.holds in LISTS:
            page.data_validation(first, place, last, place, {"validate": "list", "source": f"=lst_{column.holds}"})
        elif column.holds == "date":
            rule = {"validate": "date", "criteria": ">=", "value": date(2020, 1, 1)}
            page.data_validation(first, place, last, place, rule)
    for text in ("滞后", "特急"):
        rule = {"type": "cell", "criteria": "==", "value": f'"{text}"', "format": styles.late}
        page.conditional_format(first, 0, last, right, rule)
    page.autofilter(HEADER_ROW, 0, last, right)
    page.freeze_panes(first, 2)
    page.set_column(0, right, 14)
    page.protect()
    return rows


def _write_cell(
    page: Worksheet, at: tuple[int, int], column: Column, styles: Styles, number: str, dice: random.Random
) -> None:
    style = styles.formats.get(column.holds, styles.formats["text"])
    if dice.random() >= column.share:
        page.write_blank(*at, None, style)
    elif column.holds == "date":
        day = datetime.combine(AS_OF, time()) + timedelta(dice.randint(-90, 60))
        if dice.random() < TEXT_DATE:
            page.write_string(*at, f"{day.year}.{day.month}.{day.day}", style)
        else:
            page.write_datetime(*at, day, style)
    elif column.holds == "percent":
        page.write_number(*at, dice.randint(0, 20) / 20, style)
    elif column.holds == "number":
        page.write_number(*at, dice.randint(1, 5), style)
    elif column.holds == "id":
        page.write_string(*at, f"RW-2026-{number}", style)
    elif column.holds == "text":
        page.write_string(*at, dice.choice(TEXTS) + str(dice.randint(1, 999)), style)
    else:
        stale = " " if dice.random() < STALE_BLANK else ""
        page.write_string(*at, dice.choice(LISTS[column.holds]) + stale, style)


TEXTS = (
    "与供应商确认交付时间并更新计划",
    "完成接口联调",
    "整理客户反馈意见",
    "协调仓储资源",
    "提交季度预算调整申请",
    "培训区域团队",
)
