"""The schema of the plain script, written by hand: what each field must be, and what must hold across fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import pandera.pandas as pa

AS_OF = pd.Timestamp("2026-11-20")
EARLIEST, LATEST = pd.Timestamp("2000-01-01"), pd.Timestamp("2099-12-31")

YES_NO = ["是", "否"]
URGENCY = ["普通", "紧急", "特急"]
LEVEL = ["高", "中", "低"]
RACI = ["R", "A", "C", "I", "A/R"]
PROGRESS = ["未启动", "进行中", "阻塞", "滞后", "已完成", "已取消"]
ISSUE_STATE = ["待响应", "处理中", "待验证", "已闭环"]
REQUIREMENT_STATE = ["草稿", "已提交", "审核中", "已确认", "已驳回", "已归档"]

Frame = pd.DataFrame
Rule = tuple[str, Callable[[Frame], "pd.Series[bool]"]]
"""The field at fault, and what must hold."""


def one_of(values: list[str], *, required: bool = False) -> pa.Column:
    """Return a column of a list."""
    return pa.Column(str, pa.Check.isin(values), nullable=not required)


def text(*, required: bool = False) -> pa.Column:
    """Return a column of text."""
    return pa.Column(str, pa.Check.str_length(1, 2000), nullable=not required)


def key(prefix: str, *, required: bool = False) -> pa.Column:
    """Return a column of ids."""
    return pa.Column(str, pa.Check.str_matches(rf"^{prefix}-\d{{4}}-\w*\d{{3,6}}$"), nullable=not required)


def person(people: list[str], *, required: bool = False) -> pa.Column:
    """Return a column that names one person of the project."""
    return pa.Column(str, pa.Check.isin(people), nullable=not required)


def day(*, required: bool = False) -> pa.Column:
    """Return a column of dates."""
    return pa.Column("datetime64[us]", pa.Check.in_range(EARLIEST, LATEST), nullable=not required)


def number(least: float, most: float, *, required: bool = False) -> pa.Column:
    """Return a column of numbers."""
    return pa.Column(float, pa.Check.in_range(least, most), nullable=not required)


def schemas(regions: list[str], departments: list[str], people: list[str]) -> Mapping[str, dict[str, pa.Column]]:
    """Return block -> what each field must be."""
    units = [*regions, *departments]

    def who(*, required: bool = False) -> pa.Column:
        return person(people, required=required)

    return {
        "form": {
            "req_id": key("RW", required=True), "req_name": text(required=True),
            "requesting_unit": one_of(units, required=True),
            "requester": who(required=True), "receiving_unit": one_of(units), "receiver": who(), "scenario": text(),
            "priority": one_of(LEVEL, required=True), "urgency": one_of(URGENCY, required=True),
            "raised": day(required=True),
            "needed_by": day(required=True), "regions": text(required=True), "departments": text(),
            "background": text(required=True),
            "goal": text(required=True), "description": text(), "resources_needed": text(),
            "supporting_resources": text(),
            "tried": text(), "constraints": text(), "open_points": text(), "attachments": text(),
            "contact_person": who(required=True), "contact": text(required=True),
            "req_state": one_of(REQUIREMENT_STATE),
            "approval": one_of(["同意", "退回补充", "不同意"]),
        },
        "meeting": {
            "meeting_id": key("HY", required=True), "meeting_name": text(required=True), "meeting_type": text(),
            "place": text(required=True), "start": day(required=True), "end": day(required=True),
            "chair": who(required=True),
            "minute_taker": who(required=True), "issued": day(),
        },
        "attendees": {
            "unit": one_of(units, required=True), "person_name": who(required=True), "proxy": who(),
            "present": one_of(YES_NO),
            "confirmed": one_of(YES_NO),
        },
        "topics": {"topic": text(required=True), "discussion": text(), "decision": text()},
        "actions": {
            "action_id": key("HD", required=True), "req_id": key("RW"), "action": text(required=True),
            "region": one_of(regions, required=True), "owner": who(required=True), "supporting_departments": text(),
            "due": day(required=True), "required_resources": text(), "output": text(), "remark": text(),
        },
        "tasks": {
            "task_id": key("HD", required=True), "req_id": key("RW"), "source_action": key("HD"),
            "task": text(required=True),
            "region": one_of(regions, required=True), "owner": who(required=True), "start": day(),
            "due": day(required=True),
            "milestone": one_of(YES_NO), "progress": one_of(PROGRESS, required=True), "share": number(0, 1),
            "finished": day(),
            "done_this_week": text(), "delay_reason": text(), "problems": text(), "impact_scope": text(),
            "tried_measures": text(), "support": text(), "reported": day(required=True), "remark": text(),
        },
        "matrix": {"task_id": key("HD"), "task": text(required=True)},
        "issues": {
            "issue_id": key("WT", required=True), "related_task": key("HD"), "found_by": one_of(units, required=True),
            "raised_by": who(required=True), "raised": day(required=True), "problem": text(required=True),
            "impact_scope": text(),
            "tried_measures": text(), "support": text(), "urgency": one_of(URGENCY, required=True),
            "responsible_department": one_of(departments), "owner": who(required=True), "first_response": day(),
            "proposed": day(), "solution": text(), "solve_by": day(required=True),
            "state": one_of(ISSUE_STATE, required=True),
            "solved": day(), "verifier": who(), "verified": day(),
        },
        "risks": {
            "risk_id": key("FX", required=True), "identified": day(required=True),
            "area": one_of(regions, required=True),
            "description": text(required=True), "category": text(), "likelihood": number(1, 5, required=True),
            "severity": number(1, 5, required=True), "level": one_of(LEVEL, required=True), "response": text(),
            "measures": text(required=True), "owner": who(required=True), "solve_by": day(required=True),
            "state": one_of(["监控中", "已发生", "已关闭"], required=True), "updated": day(),
        },
    }  # fmt: skip


def not_before(field: str, other: str) -> Rule:
    """Return that a date must not lie before another."""
    return field, lambda f: ~(f[field] < f[other])


def not_in_future(field: str) -> Rule:
    """Return that a date must not lie behind the as-of day."""
    return field, lambda f: ~(f[field] >= AS_OF + pd.Timedelta(days=1))


def required_if(field: str, other: str, values: list[str]) -> Rule:
    """Return that a field must be filled where another has one of some values."""
    return field, lambda f: f[field].notna() | ~f[other].isin(values)


def unique(field: str) -> Rule:
    """Return that a value must occur once in a file."""
    return field, lambda f: f[field].isna() | ~f.duplicated(["file", field])


def must(at: str, that: Callable[[Frame], pd.Series[bool]], when: Callable[[Frame], pd.Series[bool]]) -> Rule:
    """Return that something must hold under a condition."""
    return at, lambda f: that(f) | ~when(f)


def rated(f: Frame) -> pd.Series[bool]:
    """Return whether the level of a risk is that of its value."""
    value = f["likelihood"] * f["severity"]
    wanted = pd.Series("低", index=f.index).mask(value >= 6, "中").mask(value >= 15, "高")
    return value.isna() | f["level"].isna() | (wanted == f["level"])


def has_figure(f: Frame, field: str) -> pd.Series[bool]:
    """Return whether there is a figure in a text."""
    return f[field].isna() | f[field].str.contains(r"\d", na=False)


UNDER_WAY = ["未启动", "进行中", "阻塞", "滞后"]
RULES: Mapping[str, list[Rule]] = {
    "form": [
        not_before("needed_by", "raised"), not_in_future("raised"), ("goal", lambda f: has_figure(f, "goal")),
        ("resources_needed", lambda f: has_figure(f, "resources_needed")),
        must("approval", lambda f: f["approval"] == "同意", lambda f: f["req_state"] == "已确认"),
        must("approval", lambda f: f["approval"] == "不同意", lambda f: f["req_state"] == "已驳回"),
    ],
    "meeting": [not_before("end", "start"), not_before("issued", "end")],
    "attendees": [unique("person_name"), ("proxy", lambda f: f["proxy"].isna() | (f["proxy"] != f["person_name"]))],
    "topics": [],
    "actions": [unique("action_id")],
    "tasks": [
        unique("task_id"), not_before("due", "start"), required_if("finished", "progress", ["已完成"]),
        not_in_future("finished"),
        not_before("finished", "start"), not_in_future("reported"), required_if("delay_reason", "progress", ["滞后"]),
        required_if("support", "progress", ["阻塞"]),
        must("share", lambda f: ~(f["share"] != 0) | f["share"].isna(), lambda f: f["progress"] == "未启动"),
        must("share", lambda f: ~(f["share"] != 1) | f["share"].isna(), lambda f: f["progress"] == "已完成"),
        must("progress", lambda f: ~(f["share"] >= 1), lambda f: f["progress"].isin(UNDER_WAY[1:])),
        must("progress", lambda f: f["finished"].isna(), lambda f: f["progress"].isin(UNDER_WAY)),
        must("progress", lambda f: ~(f["due"] < AS_OF), lambda f: f["progress"].isin(UNDER_WAY[:2])),
        must("progress", lambda f: ~(f["due"] > AS_OF), lambda f: f["progress"] == "滞后"),
    ],
    "matrix": [
        unique("task_id"), unique("task"),
        ("task", lambda f: f[roles(f)].isin(["A", "A/R"]).sum(axis=1) == 1),
        ("task", lambda f: f[roles(f)].isin(["R", "A/R"]).any(axis=1)),
    ],
    "issues": [
        unique("issue_id"), not_in_future("raised"),
        ("solve_by", lambda f: ~(f["solve_by"] + pd.Timedelta(days=1) <= f["raised"])),
        not_before("first_response", "raised"), not_before("proposed", "raised"), not_before("solved", "raised"),
        not_in_future("solved"), not_before("verified", "solved"), not_in_future("verified"),
        must("state", lambda f: f["first_response"].isna(), lambda f: f["state"] == "待响应"),
        required_if("solution", "state", ["待验证", "已闭环"]), required_if("solved", "state", ["待验证", "已闭环"]),
        required_if("verifier", "state", ["已闭环"]), required_if("verified", "state", ["已闭环"]),
    ],
    "risks": [
        unique("risk_id"), not_in_future("identified"), not_before("solve_by", "identified"),
        not_before("updated", "identified"),
        not_in_future("updated"), ("level", rated),
    ],
}  # fmt: skip
REFERENCES = [
    ("actions", "req_id", "form", "req_id"), ("tasks", "req_id", "form", "req_id"),
    ("tasks", "source_action", "actions", "action_id"), ("matrix", "task_id", "tasks", "task_id"),
    ("issues", "related_task", "tasks", "task_id"),
]  # fmt: skip


def roles(frame: Frame) -> list[str]:
    """Return the columns of the matrix that the project names."""
    return [name for name in frame.columns if name.startswith("roles_")]
