"""What a report says around its figures, in Chinese and English.

What a definition calls a field, a sheet or a status is not here: a report asks the definition.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.i18n import (
    Lang,
    LocalizedText,
)

# --- titles of pages ---
OVERVIEW = LocalizedText("总览", "Overview")
OVERDUE = LocalizedText("逾期清单", "Overdue")
DUE_SOON = LocalizedText("{days}天内到期", "Due in {days} days")
TIMING = LocalizedText("时限", "Timing rules")
RETURNS = LocalizedText("回收情况", "Returns")
FINDINGS = LocalizedText("校验发现", "Findings")
LEDGER = LocalizedText("行数台账", "Row ledger")
ASIDE = LocalizedText("未入库行", "Rows set aside")
REPORT = LocalizedText("{project} 汇总报告", "{project}: consolidated report")
REPORT_WITHOUT_NAME = LocalizedText("汇总报告", "Consolidated report")
ROUND = LocalizedText("第 {round} 期", "Round {round}")

# --- notes under them ---
OVERDUE_NOTE = LocalizedText(
    "共 {count} 项，按逾期天数从多到少；逾期 = 基准时刻当地日期晚于计划完成时间，且未完成、未取消。基准 {as_of}。",
    "{count} items, longest overdue first. Overdue: due before the region's own day at the as-of time, and neither "
    "done nor cancelled. As of {as_of}.",
)
DUE_SOON_NOTE = LocalizedText(
    "共 {count} 项，从今天起 {days} 天内到期且未完成。基准 {as_of}。",
    "{count} open items that fall due today or in the next {days} days. As of {as_of}.",
)
TIMING_NOTE = LocalizedText(
    "共 {count} 次违反时限，超出最多的在前：{rules}。小时按自然小时、工作日按各区域工作日历计，时间为当地时间；"
    "只填日期的按当天最宽计。基准 {as_of}。",
    "{count} times a timing rule was broken, the longest overrun first: {rules}. Hours are clock hours, working days "
    "follow the region's calendar, times are local; a day without a time counts in favour of the owner. As of {as_of}.",
)
TIMING_KEPT = LocalizedText("没有违反时限。基准 {as_of}。", "No timing rule was broken. As of {as_of}.")
RETURNS_NOTE = LocalizedText(
    "应报 {expected} 个区域，已回收 {returned} 个；是否按时以文件保存时间对照各区域当地截止时间。",
    "{returned} of {expected} regions have returned. In time or late: when the file was saved against the deadline in "
    "the region's own time.",
)
FINDINGS_NOTE = LocalizedText(
    "必须修改 {errors} 处，请核对 {warnings} 处，提示 {infos} 处；单元格地址是各区域原文件中的位置。",
    "{errors} to mend, {warnings} to check, {infos} for information; cells are those of the region's own file.",
)
LEDGER_NOTE = LocalizedText(
    "读到的每一行都有去向：读到 = 空行 + 入库 + 被替代 + 重复 + 未入库。",
    "Every row is accounted for: seen = blank + merged + superseded + duplicate + set aside.",
)
ASIDE_NOTE = LocalizedText(
    "这 {count} 行没有可用的编号或内容，没有入库；原文保留在此。",
    "These {count} rows had no usable key or content and are not in the data; their texts are kept here.",
)
DATA_NOTE = LocalizedText(
    "{count} 行，来自 {files} 个文件；灰色列头是每行的出处，红底日期已逾期。基准 {as_of}。",
    "{count} rows from {files} files; grey headers: where each row comes from; dates on red: overdue. As of {as_of}.",
)

# --- headers ---
KEY = LocalizedText("事项编号", "ID")
ITEM = LocalizedText("事项", "Item")
WHERE = LocalizedText("所在表", "From sheet")
REGION = LocalizedText("报送区域", "Region")
LIGHT = LocalizedText("灯", "Light")
STATE = LocalizedText("回收", "Return")
TOTAL = LocalizedText("总数", "Total")
SHARE = LocalizedText("完成", "Done")
LATE_ITEMS = LocalizedText("逾期", "Overdue")
LATE_SHORT = LocalizedText("逾期", "Late")
SOON_ITEMS = LocalizedText("{days}天内", "Due {days} d")
STUCK = LocalizedText("阻塞", "Blocked")
TO_MEND = LocalizedText("须改", "To mend")
DAYS_LATE = LocalizedText("逾期（天）", "Days overdue")
WORKING_DAYS_LATE = LocalizedText("逾期（工作日）", "Working days overdue")
DAYS_LEFT = LocalizedText("剩余（天）", "Days left")
CHANGE = LocalizedText("较上期", "Change")
NEW = LocalizedText("新增", "New")
CONTINUING = LocalizedText("持续", "Continuing")
GRAVE = LocalizedText("高风险", "High risk")
OPEN_ITEMS = LocalizedText("未完成", "Open")
DAYS = LocalizedText("天数", "Days")
FILE = LocalizedText("文件", "File")
SHEET = LocalizedText("工作表", "Sheet")
ROW = LocalizedText("行号", "Row")
CELL = LocalizedText("单元格", "Cell")
PLACES = LocalizedText("处数", "Places")
FIELD = LocalizedText("栏目", "Field")
FOUND = LocalizedText("原值", "Value found")
MESSAGE = LocalizedText("说明与处理", "What to do")
SEVERITY = LocalizedText("级别", "Severity")
CODE = LocalizedText("代码", "Code")
SAVED = LocalizedText("文件保存时间", "File saved")
DEADLINE = LocalizedText("截止（当地）", "Deadline (local)")
HOURS_LATE = LocalizedText("晚交（小时）", "Hours late")
ROWS = LocalizedText("入库行数", "Rows merged")
HEAD = LocalizedText("区域主管", "Regional head")
CONTACT = LocalizedText("联系人（区域）", "Contact person")
EMAIL = LocalizedText("邮箱", "E-mail")
REMARK = LocalizedText("提示", "Note")
WARNINGS = LocalizedText("请核对", "To check")
SEEN = LocalizedText("读到", "Seen")
BLANK = LocalizedText("空行", "Blank")
MERGED = LocalizedText("入库", "Merged")
SUPERSEDED = LocalizedText("被替代", "Superseded")
DUPLICATE = LocalizedText("重复", "Duplicate")
SET_ASIDE = LocalizedText("未入库", "Set aside")
BALANCED = LocalizedText("平衡", "Balanced")
WHY = LocalizedText("缘由", "Reason")
TEXTS = LocalizedText("原文", "Raw texts")
SUM = LocalizedText("合计", "Total")
ORIGIN: tuple[LocalizedText, ...] = (
    LocalizedText("来源文件", "Source file"),
    LocalizedText("来源工作表", "Source sheet"),
    LocalizedText("来源行号", "Source row"),
    LocalizedText("来源区域", "Source region"),
    LocalizedText("来源期次", "Source round"),
)
PERSON = LocalizedText("由谁负责", "Owner")

TIMING_RULE = LocalizedText("时限规则", "Timing rule")
ALLOWED = LocalizedText("规定", "Allowed")
BEGAN = LocalizedText("起算时间", "From")
LATEST = LocalizedText("最迟时间", "At the latest")
DONE_AT = LocalizedText("实际时间", "Done")
OVERRUN = LocalizedText("超出（小时）", "Hours over")

# --- words in cells ---
NOT_YET = LocalizedText("尚未完成", "Not done yet")
SPANS: Mapping[str, LocalizedText] = {
    "hours": LocalizedText("{n} 小时", "{n} h"),
    "working_days": LocalizedText("{n} 个工作日", "{n} working days"),
    "days": LocalizedText("{n} 天", "{n} days"),
    "day": LocalizedText("每天", "every day"),
    "week": LocalizedText("每周", "every week"),
    "month": LocalizedText("每月", "every month"),
}
YES = LocalizedText("是", "Yes")
NO = LocalizedText("否", "No")
NOTHING = "–"
OF_NOBODY = LocalizedText("（区域不明）", "(no region)")
LIGHTS: Mapping[str, LocalizedText] = {
    "red": LocalizedText("红", "Red"),
    "amber": LocalizedText("黄", "Amber"),
    "green": LocalizedText("绿", "Green"),
    "grey": LocalizedText("未报", "No return"),
}
STATES: Mapping[str, LocalizedText] = {
    "in_time": LocalizedText("按时", "In time"),
    "late": LocalizedText("晚交", "Late"),
    "undated": LocalizedText("已交", "Returned"),
    "missing": LocalizedText("未回收", "Missing"),
    "foreign": LocalizedText("其他文件", "Other file"),
    "refused": LocalizedText("未读取", "Not read"),
}
SEVERITIES: Mapping[str, LocalizedText] = {
    "error": LocalizedText("必须修改", "To mend"),
    "warning": LocalizedText("请核对", "To check"),
    "info": LocalizedText("提示", "Information"),
}
GROUPS: Mapping[str, LocalizedText] = {
    "done": LocalizedText("已完成", "Done"),
    "active": LocalizedText("进行中", "In progress"),
    "idle": LocalizedText("未启动", "Not started"),
    "blocked": LocalizedText("阻塞", "Blocked"),
    "overdue": LocalizedText("逾期", "Overdue"),
}

# --- overview ---
AS_OF = LocalizedText("基准 {as_of}", "As of {as_of}")
REPORTED = LocalizedText("已回收 {returned}/{expected} 个区域", "{returned} of {expected} regions reported")
REPORTED_BUT = LocalizedText(
    "已回收 {returned}/{expected} 个区域，缺：{missing}", "{returned} of {expected} regions, missing: {missing}"
)
SOURCE = LocalizedText("来源 {files} 个文件、{rows} 行", "Source: {files} files, {rows} rows")
QUALITY = LocalizedText("数据：{errors} 处须改、{warnings} 处待核对", "Data: {errors} to mend, {warnings} to check")
QUALITY_GOOD = LocalizedText("数据：没有须改之处", "Data: nothing to mend")
COMPARED = LocalizedText("对比 {round}", "Compared with {round}")
PROVISIONAL = LocalizedText(
    "{year} 年节假日尚未公布，工作日为暂定", "Holidays of {year} not announced: working days provisional"
)

LIGHTS_TITLE = LocalizedText("① 区域红绿灯", "① Regions at a glance")
LIGHTS_TITLE_CUT = LocalizedText(
    "① 区域红绿灯（最需关注的 {shown} 个，共 {count} 个）", "① Regions at a glance (the {shown} gravest of {count})"
)
STATUS_TITLE = LocalizedText("② 各区域事项进度", "② Items by region")
STATUS_TEXT = LocalizedText("各区域事项按进度分类的数量", "How many items stand where, region by region")
LATE_TITLE = LocalizedText(
    "③ 逾期最久（共 {count} 项，全部见“{page}”）", "③ Longest overdue ({count} in all, listed on {page})"
)
AGEING_TITLE = LocalizedText("④ 逾期账龄（天）", "④ Days overdue")
AGEING_TEXT = LocalizedText("逾期事项按逾期天数分段的数量", "How many items are overdue for how many days")
ATTENTION_TITLE = LocalizedText("⑤ 需要协调和催办", "⑤ Needs coordination")
OWNERS_TITLE = LocalizedText("⑥ 逾期最多的负责人", "⑥ Owners with most overdue")
NOBODY_LATE = LocalizedText("没有逾期事项", "Nothing is overdue")
NOTHING_OPEN = LocalizedText("没有需要协调的事项", "Nothing needs coordination")
NO_OWNER_LATE = LocalizedText("没有人有逾期事项", "No owner has anything overdue")
BEYOND = LocalizedText(">{days}", ">{days}")

TILE_RETURNED = LocalizedText("已回收区域", "Regions reported")
TILE_DONE = LocalizedText("完成率（全部事项）", "Completion")
TILE_LATE = LocalizedText("已逾期", "Overdue items")
TILE_SOON = LocalizedText("{days} 天内到期", "Due in {days} days")
TILE_STUCK = LocalizedText("阻塞待协调", "Blocked")
TILE_STUCK_TIMING = LocalizedText("阻塞 / 超时限", "Blocked / rules broken")
TILE_GRAVE = LocalizedText("高风险 / 数据须改", "High risks / to mend")
ALL_RETURNED = LocalizedText("全部回收", "all are in")
LACKING = LocalizedText("缺：{missing}", "missing: {missing}")
LATE_RETURNS = LocalizedText("晚交 {late}", "late: {late}")
DONE_OF = LocalizedText("{done} / {total} 项", "{done} of {total} items")
NEW_LATE = LocalizedText("新增 {new}，平均 {mean} 天", "{new} new, {mean} days on average")
MEAN_LATE = LocalizedText("平均 {mean} 天，最久 {worst} 天", "{mean} days on average, {worst} at worst")
SOON_IDLE = LocalizedText("其中未启动 {idle}", "{idle} not started")
STUCK_WHERE = LocalizedText("涉及 {where}", "in {where}")
BROKEN_MOST = LocalizedText("超时限最多：{where} {count}", "most rules broken: {where} {count}")
GRAVE_OF = LocalizedText(
    "高风险未处置 {untreated}；待核对 {warnings}", "risks untreated: {untreated}; to check: {warnings}"
)
NONE = LocalizedText("无", "none")

# --- the conclusion, put together from clauses ---
VERDICTS: Mapping[str, LocalizedText] = {
    "red": LocalizedText("整体红灯", "Overall red"),
    "amber": LocalizedText("整体黄灯", "Overall amber"),
    "green": LocalizedText("整体绿灯", "Overall green"),
}
SAYS_LATE = LocalizedText(
    "{count} 项逾期，最久 {worst} 天（{region} {owner}：{title}）",
    "{count} overdue, the worst by {worst} days ({region}, {owner}: {title})",
)
SAYS_NEW = LocalizedText("其中新增 {new} 项", "{new} of them new")
SAYS_STUCK = LocalizedText("{count} 项阻塞待协调", "{count} blocked and waiting for help")
SAYS_GRAVE = LocalizedText("{count} 项高风险未处置", "high risks not dealt with: {count}")
SAYS_MISSING = LocalizedText("{regions}尚未回收", "no return from {regions}")
SAYS_MEND = LocalizedText("数据有 {count} 处须改", "values to mend: {count}")
SAYS_GOOD = LocalizedText("没有逾期和阻塞", "nothing is overdue or blocked")

# --- needs coordination ---
ASK_STUCK = LocalizedText("{key} {title}（{region} {owner}）：{help}", "{key} {title} ({region}, {owner}): {help}")
ASK_STUCK_BARE = LocalizedText(
    "{key} {title}（{region} {owner}）：没有写明需要什么支持，请联系确认",
    "{key} {title} ({region}, {owner}): says nothing of what is needed; please ask",
)
ASK_MISSING = LocalizedText("{region}：请联系 {contact} {email}", "{region}: please contact {contact} {email}")
ASK_GRAVE = LocalizedText("{key} {title}（{region} {owner}）：{what}", "{key} {title} ({region}, {owner}): {what}")
ASK_MEND = LocalizedText(
    "{region}：{count} 处须改，多为“{field}”，见“{page}”",
    "{region}: values to mend: {count}, mostly {field}; see {page}",
)
ASK_REFUSED = LocalizedText("{file}：{why}", "{file}: {why}")
IS_LATE = LocalizedText("已逾期 {days} 天", "overdue by {days} d")
IS_IDLE = LocalizedText("尚未处置", "not dealt with yet")
IS_STILL = LocalizedText("与上期相比没有进展", "no movement since the round before")
ASK_TIMING = LocalizedText(
    "{rule}：超时限 {count} 次，最多 {region} {owner}（{most} 次），见“{page}”",
    "{rule}: broken {count} times, most by {region}, {owner} ({most}); see {page}",
)
TOPICS: Mapping[str, LocalizedText] = {
    "blocked": LocalizedText("阻塞", "Blocked"),
    "missing": LocalizedText("缺报", "Missing"),
    "high": LocalizedText("高风险", "High risk"),
    "timing": LocalizedText("时限", "Timing"),
    "data": LocalizedText("数据", "Data"),
    "file": LocalizedText("文件", "File"),
}
FOOT = LocalizedText(
    "口径：逾期 = 当地日期晚于计划完成时间且未完成、未取消；灯色规则见“{page}”页说明",
    "Overdue: due before the region's own day, not done or cancelled. Rule of the lights: {page}",
)
RULE = LocalizedText(
    "灯色规则：红 = 有事项逾期超过 {red_days} 天、或高风险未处置{new}；黄 = 其他逾期、阻塞、晚交、数据须改，"
    "或 {soon} 项以上临期未启动；灰 = 未回收；其余为绿。",
    "Lights: red = something overdue by more than {red_days} days, or a high risk untreated{new}; amber = otherwise "
    "overdue, blocked, returned late, values to mend, or {soon} or more due soon and not started; grey = no return; "
    "else green.",
)
RULE_NEW = LocalizedText("、或新增逾期达 {count} 项", ", or {count} newly overdue")
MADE_BY = LocalizedText("xlsflow 生成", "made by xlsflow")


def moment(iso: str, offset: str) -> str:
    """Return an instant as it is written in a line: wall time and how far from UTC."""
    return f"{iso} (UTC{offset})"


def listed(lang: Lang, names: tuple[str, ...], most: int = 4) -> str:
    """Return names in one line, cut where they are many."""
    between = "、" if lang == "zh" else ", "
    more = len(names) - most
    tail = (f"等 {len(names)} 个" if lang == "zh" else f" and {more} more") if more > 0 else ""
    return between.join(names[:most]) + tail


def joined(lang: Lang, clauses: tuple[str, ...]) -> str:
    """Return clauses as one sentence."""
    return ("；" if lang == "zh" else "; ").join(clauses) + ("。" if lang == "zh" else ".")
