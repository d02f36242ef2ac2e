# ruff: noqa: E501 - one task a line
"""An invented round of five regions, as the merge hands it to a report: what tests of reports and render share."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from xlsflow.findings import Finding, Location
from xlsflow.i18n import LocalizedText
from xlsflow.model.consolidated_book import ORIGIN, Book
from xlsflow.model.ledger import AsideRow, LedgerLine
from xlsflow.model.people import Person
from xlsflow.model.project import Facts, Project, Region, Round
from xlsflow.model.project_rows import Holiday
from xlsflow.model.returns import FileRecord, Stamp
from xlsflow.reports import ReportInputs
from xlsflow.template.kinds import Scope
from xlsflow.template.lists import Choice, ChoiceList
from xlsflow.template.model import Template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


AS_OF = datetime(2026, 11, 20, 18, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
ROUND = "2026-W47"
PEOPLE = {
    "east": ("林晓曼", "张立诚", "王雨桐"),
    "south": ("黄嘉豪", "陈思远"),
    "north": ("赵文博", "孙婧"),
    "west": ("杨若溪", "周凯"),
    "overseas": ("Tan Wei Ling", "Daniel Ong"),
}
PINYIN = {
    "林晓曼": "Lin Xiaoman",
    "张立诚": "Zhang Licheng",
    "王雨桐": "Wang Yutong",
    "黄嘉豪": "Huang Jiahao",
    "陈思远": "Chen Siyuan",
}
NAMES = {"east": ("华东", "East"), "south": ("华南", "South"), "north": ("华北", "North"), "west": ("西南", "Southwest"), "overseas": ("海外", "Overseas")}  # fmt: skip

Row = tuple[str, str, str, str, int | None, str, float, str, str]
"""Id, task, region, owner, days until due (from the as-of day), progress, share, reason, support."""

TASKS: tuple[Row, ...] = (
    ("HD-2026-001", "确认华东首批 18 家门店的铺货清单", "east", "林晓曼", -14, "late", 0.6, "供应商两次改期，到货晚 9 天", "总部采购部协调第二供应商"),
    ("HD-2026-002", "华东仓库容量核算与备用仓签约", "east", "张立诚", -9, "in_progress", 0.7, "备用仓合同条款待法务审核", ""),
    ("HD-2026-003", "新品价签系统切换", "east", "王雨桐", -2, "in_progress", 0.8, "", ""),
    ("HD-2026-004", "促销临时用工审批（12 人）", "east", "张立诚", 3, "blocked", 0.2, "", "总部人力资源部 11-24 前批复 12 名临时用工"),
    ("HD-2026-005", "华东客服话术培训", "east", "林晓曼", 6, "in_progress", 0.5, "", ""),
    ("HD-2026-006", "物流干线招标", "east", "王雨桐", -20, "done", 1.0, "", ""),
    ("HD-2026-007", "门店巡检样表定稿", "east", "林晓曼", -11, "done", 1.0, "", ""),
    ("HD-2026-008", "华南冷链车辆调配方案", "south", "黄嘉豪", -5, "in_progress", 0.4, "司机排班冲突，需重新排期", ""),
    ("HD-2026-009", "华南经销商合同补签", "south", "陈思远", 1, "not_started", 0.0, "", ""),
    ("HD-2026-010", "华南门店网络升级", "south", "陈思远", 5, "not_started", 0.0, "", ""),
    ("HD-2026-011", "售后备件第二批到位", "south", "黄嘉豪", 18, "in_progress", 0.3, "", ""),
    ("HD-2026-012", "华南区域启动会", "south", "黄嘉豪", -18, "done", 1.0, "", ""),
    ("HD-2026-013", "门店人员信息核对", "south", "陈思远", -8, "done", 1.0, "", ""),
    ("HD-2026-014", "华北线下活动场地确认", "north", "赵文博", 4, "in_progress", 0.6, "", ""),
    ("HD-2026-015", "华北仓配时效复测", "north", "孙婧", 10, "in_progress", 0.4, "", ""),
    ("HD-2026-016", "华北供应商资质年审", "north", "孙婧", -6, "done", 1.0, "", ""),
    ("HD-2026-017", "华北样板店验收", "north", "赵文博", -3, "done", 1.0, "", ""),
    ("HD-2026-018", "会员数据迁移演练", "north", "赵文博", 15, "not_started", 0.0, "", ""),
    ("HD-2026-019", "停用旧报表", "north", "孙婧", -12, "cancelled", 0.0, "", ""),
    ("HD-2026-020", "Customs papers for the second shipment", "overseas", "Tan Wei Ling", -4, "late", 0.5, "Certificate of origin issued late", ""),
    ("HD-2026-021", "Local price list approved", "overseas", "Daniel Ong", 2, "in_progress", 0.7, "", ""),
    ("HD-2026-022", "Service hotline in two languages", "overseas", "Daniel Ong", 7, "not_started", 0.0, "", ""),
    ("HD-2026-023", "Warehouse in Johor: lease signed", "overseas", "Tan Wei Ling", -15, "done", 1.0, "", ""),
    ("HD-2026-024", "Launch plan agreed with head office", "overseas", "Tan Wei Ling", -10, "done", 1.0, "", ""),
    ("HD-2026-025", "Insurance for the exhibition", "overseas", "Daniel Ong", 21, "blocked", 0.1, "", "Finance to confirm the ceiling of cover"),
)  # fmt: skip

FILES = {
    "east": "W47_华东.xlsx",
    "south": "W47_华南_修改.xlsx",
    "north": "W47_华北.xlsx",
    "overseas": "W47_Overseas.xlsx",
}
SAVED = {
    "east": datetime(2026, 11, 20, 6, 10, tzinfo=UTC),
    "south": datetime(2026, 11, 20, 13, 40, tzinfo=UTC),  # 21:40 in China, after the deadline of 18:00
    "north": datetime(2026, 11, 19, 9, 5, tzinfo=UTC),
    "overseas": datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
}


def _field(name: str, kind: str, zh: str, en: str, **more: object) -> dict[str, object]:
    return {"name": name, "kind": kind, "label": {"zh": zh, "en": en}, **more}


def _sheet(name: str, zh: str, en: str, **block: object) -> Template:
    """Return the definition of a sheet with one table of the same name as its key says."""
    words = {"zh": zh, "en": en}
    table = {"name": "rows", "type": "table", **block}
    return Template.model_validate({"name": name, "title": words, "tab": words, "purpose": words, "blocks": [table]})


def _list(name: str, *choices: tuple[str, str, str]) -> ChoiceList:
    values = tuple(Choice(code=code, label=LocalizedText(zh, en)) for code, zh, en in choices)
    return ChoiceList(name=name, title=LocalizedText(name, name), values=values)


REGION = _field("region", "choice", "责任区域", "Owner's region", of="regions", required=True)
OWNER = _field("owner", "person", "责任人", "Owner", of="people", required=True)
DUE = _field("due", "date", "计划完成时间", "Due", required=True)

TEMPLATES = (
    _sheet(
        "jobs",
        "执行跟踪",
        "Tracking",
        key="job_no",
        follow={
            "title": "job", "owner": "owner", "region": "region", "due": "due", "status": "status", "done": ["done"],
            "dropped": ["cancelled"], "blocked": ["blocked"], "idle": ["not_started"], "reason": "why", "help": "help",
        },
        fields=[
            _field("job_no", "id", "任务编号", "Task ID", prefix="HD", required=True),
            _field("job", "text", "任务名称", "Task", required=True, width=24),
            REGION,
            OWNER,
            DUE,
            _field("status", "choice", "实际进度", "Progress", of="progress", required=True),
            _field("share", "percent", "完成率", "% done"),
            _field("ended", "date", "实际完成时间", "Finished"),
            _field("why", "text", "延迟原因", "Reason for delay"),
            _field("help", "text", "需协调资源", "Support needed"),
        ],
    ),
    _sheet(
        "problems",
        "问题跟踪",
        "Issues",
        key="no",
        follow={"title": "text", "owner": "owner", "due": "due", "status": "state", "done": ["closed"], "idle": ["open"]},
        fields=[
            _field("no", "id", "问题编号", "Issue ID", prefix="WT", required=True),
            _field("text", "text", "问题描述", "Problem", width=21),
            OWNER,
            DUE,
            _field("state", "choice", "状态", "Status", of="problem_state"),
        ],
    ),
    _sheet(
        "dangers",
        "风险跟踪",
        "Risks",
        key="no",
        risk="level",
        follow={
            "title": "text", "owner": "owner", "region": "area", "due": "due", "status": "state", "done": ["closed"],
        },
        fields=[
            _field("no", "id", "风险编号", "Risk ID", prefix="FX", required=True),
            _field("area", "choice", "区域", "Region", of="regions"),
            _field("text", "text", "风险描述", "Risk", width=24),
            _field("likelihood", "integer", "可能性", "Likelihood"),
            _field("level", "choice", "风险等级", "Level", of="grades"),
            OWNER,
            DUE,
            _field("state", "choice", "状态", "Status", of="danger_state"),
        ],
    ),
)  # fmt: skip
"""Three sheets of which something is followed up, smaller than the built-in ones."""

JOBS, PROBLEMS, DANGERS = "jobs.rows", "problems.rows", "dangers.rows"

LISTS = {
    one.name: one
    for one in (
        _list("progress", ("not_started", "未启动", "Not started"), ("in_progress", "进行中", "In progress"),
              ("blocked", "阻塞", "Blocked"), ("late", "滞后", "Delayed"), ("done", "已完成", "Done"),
              ("cancelled", "已取消", "Cancelled")),
        _list("problem_state", ("open", "待响应", "Awaiting"), ("in_progress", "处理中", "In progress"), ("closed", "已闭环", "Closed")),
        _list("danger_state", ("open", "监控中", "Watched"), ("closed", "已关闭", "Closed")),
        _list("grades", ("high", "高", "High"), ("medium", "中", "Medium"), ("low", "低", "Low")),
    )
}  # fmt: skip


def project() -> Project:
    """Return a project of five regions, one of them in Singapore."""
    regions = tuple(
        Region(
            code=code, name=zh, name_en=en, contact=PEOPLE[code][0], email=f"{code}@example.com",
            time_zone="Asia/Singapore" if code == "overseas" else "Asia/Shanghai",
            calendar="sg" if code == "overseas" else "cn", language="en" if code == "overseas" else "zh",
        )
        for code, (zh, en) in NAMES.items()
    )  # fmt: skip
    people = tuple(
        Person(name=name, name_en=PINYIN.get(name, ""), region=code) for code, names in PEOPLE.items() for name in names
    )
    return Project(
        project=Facts(name="新品上市协同", name_en="Product launch", code="XP26", pack="coordination"),
        round=Round(id=ROUND, due=datetime(2026, 11, 20, 18, 0)),  # noqa: DTZ001 - each region's own time
        regions=regions,
        people=people,
        holidays=(Holiday("cn", date(2026, 11, 16), "holiday", "公司日"),),
    )


def frame(rows: Sequence[Mapping[str, Any]], origin: Sequence[tuple[str, str, int, str]]) -> pd.DataFrame:
    """Return rows as the merge has them: where they come from first, then the fields; dates as dates, texts as texts."""
    table = pd.DataFrame(
        [{**dict(zip(ORIGIN, (*o, ROUND), strict=True)), **row} for o, row in zip(origin, rows, strict=True)]
    )
    for name in table.columns:
        if any(isinstance(value, date) for value in table[name]):
            table[name] = pd.to_datetime(table[name]).astype("datetime64[us]")
    return table


def day(offset: int | None) -> date | None:
    """Return a day by its distance from the as-of day."""
    return None if offset is None else AS_OF.date() + timedelta(days=offset)


def tasks(rows: Sequence[Row] = TASKS) -> pd.DataFrame:
    """Return tasks as a merged table; each is in the file of its region."""
    made = [
        {
            "job_no": key, "job": title, "region": region, "owner": owner, "due": day(due), "status": status,
            "share": share, "ended": day((due or 0) - 1) if status == "done" else None,
            "why": reason or None, "help": support or None,
        }
        for key, title, region, owner, due, status, share, reason, support in rows
    ]  # fmt: skip
    origin = [(FILES.get(row[2], "other.xlsx"), "执行跟踪", 6 + n, row[2]) for n, row in enumerate(rows)]
    return frame(made, origin)


def issues() -> pd.DataFrame:
    """Return four issues."""
    rows = (
        ("WT-2026-001", "冷链车温度记录缺失 3 天", "south", "黄嘉豪", -3, "in_progress"),
        ("WT-2026-002", "收银系统无法识别新价签", "east", "王雨桐", 2, "in_progress"),
        ("WT-2026-003", "样板店噪音投诉", "north", "孙婧", -7, "closed"),
        ("WT-2026-004", "Label misses the importer's address", "overseas", "Daniel Ong", 1, "open"),
    )
    made = [
        {"no": key, "text": text, "owner": owner, "due": day(due), "state": state}
        for key, text, _, owner, due, state in rows
    ]
    return frame(made, [(FILES[row[2]], "问题跟踪", 6 + n, row[2]) for n, row in enumerate(rows)])


def risks() -> pd.DataFrame:
    """Return four risks, two of them grave."""
    rows = (
        ("FX-2026-001", "第二供应商产能不足导致首批断货", "east", "张立诚", -1, "open", 4, 5, "high"),
        ("FX-2026-002", "冬季道路封闭影响华北配送", "north", "赵文博", 25, "open", 3, 5, "high"),
        ("FX-2026-003", "临时用工成本超预算", "south", "陈思远", 12, "open", 3, 3, "medium"),
        (
            "FX-2026-004",
            "Exchange rate moves before settlement",
            "overseas",
            "Tan Wei Ling",
            -30,
            "closed",
            2,
            2,
            "low",
        ),
    )
    made = [
        {"no": key, "area": region, "text": text, "likelihood": a,
         "level": level, "owner": owner, "due": day(due), "state": state}
        for key, text, region, owner, due, state, a, b, level in rows
    ]  # fmt: skip
    return frame(made, [(FILES[row[2]], "风险跟踪", 6 + n, row[2]) for n, row in enumerate(rows)])


def findings() -> tuple[Finding, ...]:
    """Return some of what people get wrong."""
    owner, due, status = (
        LocalizedText("责任人", "Owner"),
        LocalizedText("计划完成时间", "Due"),
        LocalizedText("实际进度", "Progress"),
    )

    def at(file: str, cell: str, field: str, label: LocalizedText) -> Location:
        return Location(FILES[file], "执行跟踪", cell, JOBS, field, label)

    return (
        Finding("not_a_person", at("east", "G9", "owner", owner), "华东区"),
        Finding("several_people", at("east", "G12", "owner", owner), "张立诚、王雨桐", {"count": "2"}),
        Finding("required_blank", at("south", "L8", "due", due)),
        Finding("not_in_list", at("overseas", "J7", "status", status), "almost", {"options": "Done", "nearest": ""}),
        Finding(
            "read_as", at("north", "I7", "due", due), "2026.11.24", {"read": LocalizedText("2026-11-24", "2026-11-24")}
        ),
        Finding(
            "unknown_person",
            at("north", "G8", "owner", owner),
            "孙静",
            {"nearest": LocalizedText("是否应为“孙婧”？", "")},
        ),
    )


def book(tables: Mapping[str, pd.DataFrame] | None = None, **parts: Any) -> Book:  # noqa: ANN401 - any part of a book
    """Return the round's book: four regions are back, one of them late, and a foreign file lies in the inbox."""
    given = {JOBS: tasks(), PROBLEMS: issues(), DANGERS: risks()} if tables is None else tables
    stamp = Stamp(pack="coordination", version="1", project="XP26", round=ROUND, lang="zh", fingerprint="0a1b2c3d4e5f")
    files = tuple(
        FileRecord(
            name, sha256=code * 4, stamp=replace(stamp, region=code, lang="en" if code == "overseas" else "zh"),
            saved=SAVED[code], writer="LibreOffice", status="findings" if code != "north" else "ok", recognised="stamp",
        )
        for code, name in FILES.items()
    )  # fmt: skip
    files += (FileRecord("通讯录.xlsx", status="refused", reason=REFUSED),)
    ledger = tuple(
        LedgerLine(name, sheet, block, seen=rows + 4, blank=3, merged=rows, set_aside=1)
        for name, sheet, block, rows in _merged(given)
    )
    whole: dict[str, Any] = {
        "files": files, "tables": given, "findings": findings(), "ledger": ledger,
        "aside": (AsideRow(FILES["east"], "执行跟踪", JOBS, 31, "required_blank", {"job": "待定", "owner": "？"}),),
    }  # fmt: skip
    return Book(**{**whole, **parts})


REFUSED = "file_without_sheets"
"""A code of the catalogue with which a file is refused."""


def _merged(tables: Mapping[str, pd.DataFrame]) -> list[tuple[str, str, str, int]]:
    """Return file, sheet, block and rows of everything in the tables."""
    return [
        (str(file), str(sheet), name, len(rows))
        for name, table in tables.items()
        for (file, sheet), rows in table.groupby(["_file", "_sheet"], sort=False)
    ]


def inputs(made: Book | None = None, **parts: Any) -> ReportInputs:  # noqa: ANN401 - any part of a inputs
    """Return what a report of the round is made from."""
    asked = project()
    scope = Scope({**LISTS, **asked.lists()}, {"due_soon_days": 7})
    return replace(ReportInputs(made or book(), asked, TEMPLATES, scope, AS_OF), **parts)
