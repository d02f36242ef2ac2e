"""The script that a coordinator who knows pandas would write: `plain_script.py RETURNS BOOK`.

It does the work that xlsflow is measured by: reads every sheet of every file, checks it, and writes an overview (status
by region, what is overdue, what falls due within a week), what is wrong with file and row, and all the data.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

AS_OF = pd.Timestamp("2026-11-20")
HEADER_ROW = 2

REGIONS = ["华东", "华南", "华北", "华西", "西南", "海外"]
DEPARTMENTS = ["研发", "市场", "销售", "售后", "财务", "供应链", "法务", "运营"]
URGENCY = ["普通", "紧急", "特急"]
LEVEL = ["高", "中", "低"]
PROGRESS = ["未启动", "进行中", "阻塞", "滞后", "已完成", "已取消"]


def one_of(values: list[str], *, required: bool = True) -> pa.Column:
    """Return a column of a list."""
    return pa.Column(str, pa.Check.isin(values), nullable=not required)


def text(*, required: bool = True) -> pa.Column:
    """Return a column of text."""
    return pa.Column(str, pa.Check.str_length(1, 500), nullable=not required)


def number(least: float, most: float) -> pa.Column:
    """Return a column of numbers."""
    return pa.Column(float, pa.Check.in_range(least, most))


def key() -> pa.Column:
    """Return a column that numbers the rows."""
    return pa.Column(str, pa.Check.str_matches(r"^[A-Z]+-\d{4}-\d+-\d+$"), unique=True)


def day(*, required: bool = True) -> pa.Column:
    """Return a column of dates."""
    return pa.Column("datetime64[us]", pa.Check.ge(pd.Timestamp("2020-01-01")), nullable=not required)


SCHEMAS = {
    "需求清单": {
        "需求编号": key(), "需求名称": text(), "发起区域": one_of(REGIONS), "负责人": text(), "优先级": one_of(LEVEL),
        "紧急程度": one_of(URGENCY), "提出时间": day(), "期望完成时间": day(), "核心目标": text(),
        "需求状态": one_of(["草稿", "已提交", "审核中", "已确认"]), "备注": text(required=False),
    },
    "会议纪要": {
        "行动项编号": key(), "会议名称": text(), "具体任务": text(), "责任人": text(), "责任区域": one_of(REGIONS),
        "配合部门": one_of(DEPARTMENTS, required=False), "计划完成时间": day(), "输出物": text(),
        "备注": text(required=False),
    },
    "进度跟踪": {
        "任务编号": key(), "任务名称": text(), "责任人": text(), "责任区域": one_of(REGIONS), "开始时间": day(),
        "计划完成时间": day(), "里程碑": one_of(["是", "否"]), "实际进度": one_of(PROGRESS), "完成率": number(0, 1),
        "实际完成时间": day(required=False), "本周完成内容": text(), "延迟原因": text(required=False),
        "需协调资源": text(required=False), "备注": text(required=False),
    },
    "RACI矩阵": {
        "任务编号": key(), "任务名称": text(),
        **{department: one_of(["R", "A", "C", "I"], required=False) for department in DEPARTMENTS},
    },
    "问题清单": {
        "问题编号": key(), "发现方": one_of(REGIONS), "提出人": text(), "提出时间": day(), "问题描述": text(),
        "紧急程度": one_of(URGENCY), "责任部门": one_of(DEPARTMENTS), "责任人": text(), "解决时限": day(),
        "状态": one_of(["待响应", "处理中", "待验证", "已闭环"]), "实际解决时间": day(required=False),
        "验证人": text(required=False),
    },
    "风险登记": {
        "风险编号": key(), "识别日期": day(), "区域": one_of(REGIONS), "风险描述": text(), "可能性": number(1, 5),
        "影响程度": number(1, 5), "风险等级": one_of(LEVEL), "应对措施": text(), "责任人": text(), "解决时限": day(),
        "更新时间": day(required=False),
    },
}  # fmt: skip
DONE = ["已完成", "已取消"]

Case = tuple[object, ...]
"""Sheet, file, row, column, what is wrong, and the value."""


def read(folder: str) -> dict[str, pd.DataFrame]:
    """Read every sheet of every file and put the files below each other."""
    parts: dict[str, list[pd.DataFrame]] = {sheet: [] for sheet in SCHEMAS}
    for path in sorted(Path(folder).glob("*.xlsx")):
        if path.name.startswith("~$"):
            continue
        frames = pd.read_excel(path, sheet_name=list(SCHEMAS), header=HEADER_ROW, engine="openpyxl")
        for sheet, filled in frames.items():
            frame = filled.dropna(how="all")
            frame.insert(0, "文件", path.name)
            frame.insert(1, "行", frame.index + HEADER_ROW + 2)
            parts[sheet].append(frame)
    return {sheet: pd.concat(frames, ignore_index=True) for sheet, frames in parts.items()}


def clean(sheet: str, frame: pd.DataFrame) -> list[Case]:
    """Give each column its type; what cannot be read becomes a blank and is listed."""
    unread: list[Case] = []
    for name, column in SCHEMAS[sheet].items():
        raw = frame[name]
        if "datetime" in str(column.dtype):
            frame[name] = pd.to_datetime(raw, errors="coerce", format="%Y-%m-%d").astype("datetime64[us]")
        elif "float" in str(column.dtype):
            frame[name] = pd.to_numeric(raw, errors="coerce").astype(float)
        else:
            frame[name] = raw.astype("string").str.strip().astype(str).where(raw.notna())
        lost = frame.index[raw.notna() & frame[name].isna()]
        unread += [(sheet, frame.at[row, "文件"], frame.at[row, "行"], name, "unreadable", raw[row]) for row in lost]
    return unread


def check(sheet: str, frame: pd.DataFrame) -> list[Case]:
    """Return what is wrong, with file and row."""
    try:
        pa.DataFrameSchema(SCHEMAS[sheet]).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as wrong:
        cases = wrong.failure_cases.dropna(subset=["index"])
        return [
            (sheet, frame.at[row, "文件"], frame.at[row, "行"], column, rule, value)
            for row, column, rule, value in zip(
                cases["index"], cases["column"], cases["check"], cases["failure_case"], strict=True
            )
        ]
    return []


def main(folder: str, out: str) -> None:
    """Read, check, and write one workbook."""
    data = read(folder)
    wrong = [case for sheet, frame in data.items() for case in clean(sheet, frame) + check(sheet, frame)]

    tasks = data["进度跟踪"]
    by_region = pd.crosstab(tasks["责任区域"], tasks["实际进度"])
    open_tasks = tasks[~tasks["实际进度"].isin(DONE) & tasks["计划完成时间"].notna()].copy()
    open_tasks["逾期天数"] = (AS_OF - open_tasks["计划完成时间"]).dt.days
    overdue = open_tasks[open_tasks["逾期天数"] > 0].sort_values("逾期天数", ascending=False)
    soon = open_tasks[open_tasks["逾期天数"].between(-7, 0)].sort_values("计划完成时间")
    brief = ["任务编号", "任务名称", "责任人", "责任区域", "计划完成时间", "实际进度", "逾期天数", "文件", "行"]

    with pd.ExcelWriter(out) as writer:
        by_region.to_excel(writer, sheet_name="总览")
        overdue[brief].to_excel(writer, sheet_name="逾期", index=False)
        soon[brief].to_excel(writer, sheet_name="7天内到期", index=False)
        columns = ["工作表", "文件", "行", "列", "问题", "值"]
        pd.DataFrame(wrong, columns=columns).to_excel(writer, sheet_name="问题", index=False)
        for sheet, frame in data.items():
            frame.to_excel(writer, sheet_name=sheet, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
