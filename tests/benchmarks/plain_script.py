"""The script that a coordinator who knows pandas would write: `-m tests.benchmarks.plain_script RETURNS PROJECT BOOK`.

It does the work that xlsflow is measured by: reads every sheet of every file, checks it by a schema written by hand,
and writes one workbook with the status by region, who has not returned, what is overdue, what falls due within a week,
what is wrong, the rows ledger, and all the data. Nothing in it is slower than it need be: a file is opened once, checks
are asked once a sheet over all files, pandas picks its fastest writer.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pandera.pandas as pa

from tests.benchmarks.plain_schema import AS_OF, RACI, REFERENCES, RULES, one_of, roles, schemas

KEY_ROW = 3
TABLES = {"执行跟踪": "tasks", "责任矩阵": "matrix", "问题跟踪": "issues", "风险跟踪": "risks"}
STACKED = ("会议纪要", ("meeting", "attendees", "topics", "actions"))
FORM = "需求表"
WORKED_OUT = ("row", "signal", "days_late", "score", "check")
MADE = ("file", "sheet", "row", "region_of_file")
DONE = {"tasks": ["已完成", "已取消"], "issues": ["已闭环"], "risks": ["已关闭"]}
FOLLOWED = {
    "tasks": {"task_id": "编号", "task": "事项", "owner": "责任人", "due": "计划完成时间", "progress": "状态"},
    "issues": {"issue_id": "编号", "problem": "事项", "owner": "责任人", "solve_by": "计划完成时间", "state": "状态"},
    "risks": {"risk_id": "编号", "description": "事项", "owner": "责任人", "solve_by": "计划完成时间", "state": "状态"},
}
REQUIREMENT_LABELS = {
    "需求编号": "req_id", "需求名称": "req_name", "发起部门/区域": "requesting_unit", "需求方负责人": "requester",
    "承接方": "receiving_unit",
    "承接方负责人": "receiver", "协作场景": "scenario", "优先级": "priority", "紧急程度": "urgency",
    "提出时间": "raised",
    "期望完成时间": "needed_by", "涉及区域": "regions", "涉及部门": "departments", "需求背景": "background",
    "核心目标": "goal",
    "具体需求描述": "description", "资源需求": "resources_needed", "配合资源": "supporting_resources",
    "已尝试的沟通": "tried",
    "限制条件": "constraints", "待确认事项": "open_points", "附件清单": "attachments", "联系人": "contact_person",
    "联系方式": "contact",
    "需求状态": "req_state", "审批意见": "approval",
}  # fmt: skip
MEETING_LABELS = {
    "会议编号": "meeting_id", "会议名称": "meeting_name", "会议类型": "meeting_type", "地点/线上": "place",
    "开始时间": "start",
    "结束时间": "end", "主持人": "chair", "记录人": "minute_taker", "发布时间": "issued",
}  # fmt: skip

Frame = pd.DataFrame
Engine = Literal["openpyxl", "calamine"]
Case = tuple[Any, str, str, object]
"""Row, field, what is wrong, and the value."""


def read_project(path: Path) -> tuple[Frame, list[str], list[str], list[str]]:
    """Return the regions, their names, and the names of the departments and of the people."""
    sheets = pd.read_excel(path, sheet_name=["区域", "部门", "人员"], header=KEY_ROW, engine="openpyxl")
    regions = sheets["区域"].iloc[1:].dropna(subset=["key:name"])
    departments, people = (sheets[sheet].iloc[1:]["key:name"].dropna().tolist() for sheet in ("部门", "人员"))
    return regions, regions["key:name"].tolist(), departments, people


def table(frame: Frame, first_row: int) -> Frame:
    """Return the rows of a table whose columns are called `key:field`, with the row that each is in."""
    keys = [name for name in frame.columns if str(name).startswith("key:")]
    frame = frame[keys].rename(columns=lambda name: name[4:])
    return frame.assign(row=range(first_row, first_row + len(frame)))


def form(raw: Frame, labels: Mapping[str, str]) -> Frame:
    """Return a form as one row: right of each label is its value."""
    found: dict[str, object] = {}
    for line in raw.itertuples(index=False):
        for place, cell in enumerate(line):
            name = labels.get(str(cell).strip(" ＊*"))
            if name and name not in found:
                found[name] = next((value for value in line[place + 1 : place + 4] if pd.notna(value)), None)
    return pd.DataFrame([{name: found.get(name) for name in labels.values()}]).assign(row=KEY_ROW + 1)


def stacked(raw: Frame) -> dict[str, Frame]:
    """Return the blocks of the minutes: the form on top, then a table below each row of keys."""
    is_key = raw.apply(lambda column: column.astype(str).str.startswith("key:")).any(axis=1)
    starts = raw.index[is_key].tolist()
    found = {"meeting": form(raw.loc[: starts[0] - 1], MEETING_LABELS)}
    for name, start, end in zip(STACKED[1][1:], starts, [*starts[1:], len(raw)], strict=True):
        below = raw.loc[start + 2 : end - 1].copy()
        below.columns = raw.loc[start].astype(str)
        block = table(below, start + 3)
        first = block.columns[0]
        ends = block.index[block[first].astype(str).str.match(r"[一二三四五]、")]  # the title of what follows
        found[name] = block.loc[: ends[0] - 1] if len(ends) else block
    return found


def read(folder: Path, engine: Engine) -> tuple[dict[str, Frame], Frame]:
    """Read every sheet of every file and put the files below each other; return the ledger too."""
    parts: dict[str, list[Frame]] = {}
    ledger = []
    for path in sorted(folder.glob("*.xlsx")):
        if path.name.startswith("~$"):
            continue
        with pd.ExcelFile(path, engine=engine) as book:
            blocks = {"form": (FORM, form(book.parse(FORM, header=None), REQUIREMENT_LABELS))}
            for name, frame in stacked(book.parse(STACKED[0], header=None)).items():
                blocks[name] = STACKED[0], frame
            for sheet, name in TABLES.items():
                blocks[name] = sheet, table(book.parse(sheet, header=KEY_ROW).iloc[1:], KEY_ROW + 3)
        for name, (sheet, frame) in blocks.items():
            filled = frame.dropna(how="all", subset=[column for column in frame.columns if column not in WORKED_OUT])
            made = filled.assign(file=path.name, sheet=sheet, region_of_file=path.stem.rpartition("_")[2])
            parts.setdefault(name, []).append(made)
            ledger.append((path.name, sheet, name, len(frame), len(frame) - len(filled), len(filled)))
    whole = {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}
    return whole, pd.DataFrame(ledger, columns=["文件", "工作表", "所在表", "读到", "空行", "入库"])


def clean(frame: Frame, columns: Mapping[str, pa.Column]) -> list[Case]:
    """Give each column its type; what cannot be read becomes a blank and is listed."""
    unread = []
    for name, column in columns.items():
        raw = frame[name]
        if "datetime" in str(column.dtype):
            texts = raw.map(lambda value: value.strip().replace(".", "-") if isinstance(value, str) else value)
            frame[name] = pd.to_datetime(texts, errors="coerce").astype("datetime64[us]")
        elif "float" in str(column.dtype):
            frame[name] = pd.to_numeric(raw, errors="coerce").astype(float)
        else:
            frame[name] = raw.astype("string").str.strip().astype(str).where(raw.notna())
        lost = frame.index[raw.notna() & frame[name].isna()]
        unread += [(row, name, "unreadable", raw[row]) for row in lost]
    return unread


def check(name: str, frame: Frame, columns: Mapping[str, pa.Column]) -> list[Case]:
    """Return what is wrong: the row, the field, the check and the value."""
    wide = [pa.Check(rule, name=f"{at}:{number}", ignore_na=False) for number, (at, rule) in enumerate(RULES[name])]
    try:
        pa.DataFrameSchema(dict(columns), checks=wide).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as wrong:
        cases = wrong.failure_cases.dropna(subset=["index"])
        at_frame = cases["schema_context"] == "DataFrameSchema"
        fields = cases["check"].astype(str).str.partition(":")[0].where(at_frame, cases["column"])
        cases = cases.assign(field=fields)[~at_frame | (cases["column"] == fields)]
        return list(zip(cases["index"], cases["field"], cases["check"], cases["failure_case"], strict=True))
    return []


def dangling(data: Mapping[str, Frame]) -> list[tuple[str, Any, str, str, object]]:
    """Return the references to what no return holds."""
    found: list[tuple[str, Any, str, str, object]] = []
    for block, field, target, other in REFERENCES:
        frame = data[block]
        lost = frame[frame[field].notna() & ~frame[field].isin(data[target][other])]
        found += [(block, row, field, "refers to nothing", value) for row, value in lost[field].items()]
    return found


def follow(data: Mapping[str, Frame]) -> Frame:
    """Return everything that is followed up, with the days until it is due."""
    parts = []
    for block, names in FOLLOWED.items():
        frame = data[block]
        picked = frame[[*names, *MADE]].rename(columns=names).assign(所在表=block)
        parts.append(picked[~picked["状态"].isin(DONE[block])])
    whole = pd.concat(parts, ignore_index=True)
    return whole.assign(剩余天数=(whole["计划完成时间"] - AS_OF).dt.days)


def main() -> None:
    """Read, check, and write one workbook."""
    parser = argparse.ArgumentParser()
    parser.add_argument("returns", type=Path)
    parser.add_argument("project", type=Path)
    parser.add_argument("book", type=Path)
    parser.add_argument("--engine", choices=["openpyxl", "calamine"], default="openpyxl", help="what pandas reads with")
    given = parser.parse_args()
    warnings.simplefilter("ignore")  # openpyxl warns of every extension that it does not read

    regions, region_names, departments, people = read_project(given.project)
    data, ledger = read(given.returns, given.engine)
    wanted = schemas(region_names, departments, people)
    wanted["matrix"].update({name: one_of(RACI) for name in roles(data["matrix"])})
    wrong = []
    for name, frame in data.items():
        for row, field, why, value in [*clean(frame, wanted[name]), *check(name, frame, wanted[name])]:
            wrong.append((name, row, field, why, value))
    wrong += dangling(data)
    where = ["file", "sheet", "row"]
    said = [(*data[block].loc[row, where], field, str(value), why) for block, row, field, why, value in wrong]
    findings = pd.DataFrame(said, columns=["文件", "工作表", "行", "栏目", "原值", "问题"])

    tasks, open_things = data["tasks"], follow(data)
    overdue = open_things[open_things["剩余天数"] < 0].sort_values("剩余天数")
    soon = open_things[open_things["剩余天数"].between(0, 7)].sort_values("剩余天数")
    status = pd.crosstab(tasks["region_of_file"], tasks["progress"]).reindex(region_names, fill_value=0)
    status = status.assign(逾期=overdue.groupby("region_of_file").size()).fillna(0)
    files = tasks.groupby("region_of_file")["file"].first()
    back = regions[["key:code", "key:name", "key:contact", "key:email"]].assign(文件=regions["key:name"].map(files))
    back = back.assign(问题=back["文件"].map(findings.groupby("文件").size()))

    with pd.ExcelWriter(given.book) as writer:
        status.to_excel(writer, sheet_name="总览")
        overdue.to_excel(writer, sheet_name="逾期", index=False)
        soon.to_excel(writer, sheet_name="7天内到期", index=False)
        back.to_excel(writer, sheet_name="回收情况", index=False)
        findings.to_excel(writer, sheet_name="问题", index=False)
        ledger.to_excel(writer, sheet_name="行数台账", index=False)
        for name, frame in data.items():
            frame.to_excel(writer, sheet_name=name, index=False)


if __name__ == "__main__":
    main()
