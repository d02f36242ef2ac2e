"""The fixed texts of a report around its figures, in Chinese and English.

What a definition calls a field, a sheet or a status is not here: a report asks the definition.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.i18n import Lang, LocalizedText

# --- titles of pages ---
PAGE_OVERVIEW = LocalizedText("总览", "Overview")
PAGE_OVERDUE = LocalizedText("逾期清单", "Overdue")
PAGE_DUE_SOON = LocalizedText("{days}天内到期", "Due in {days} days")
PAGE_TIMING = LocalizedText("时限", "Timing rules")
PAGE_REQUIREMENTS = LocalizedText("需求一览", "Requirements")
PAGE_BLOCKED = LocalizedText("阻塞", "Blocked")
PAGE_RISKS = LocalizedText("风险", "Open risks")
PAGE_REGIONS = LocalizedText("按区域", "By region")
PAGE_OWNERS = LocalizedText("按负责人", "By owner")
PAGE_LOAD = LocalizedText("责任负荷", "Responsibilities")
PAGE_GAPS = LocalizedText("责任缺口", "Responsibility gaps")
PAGE_FIGURES = LocalizedText("图表数据", "Chart figures")
PAGE_RETURNS = LocalizedText("回收情况", "Returns")
PAGE_FINDINGS = LocalizedText("校验发现", "Findings")
PAGE_LEDGER = LocalizedText("行数台账", "Row ledger")
PAGE_ASIDE = LocalizedText("未入库行", "Rows set aside")
REPORT_TITLE = LocalizedText("{project} 汇总报告", "{project}: consolidated report")
REPORT_TITLE_UNNAMED = LocalizedText("汇总报告", "Consolidated report")
ROUND_TITLE = LocalizedText("{round}", "Round {round}")

# --- notes under them ---
NOTE_OVERDUE = LocalizedText(
    "共 {count} 项，按逾期天数从多到少；逾期 = 基准时刻当地日期晚于计划完成时间，且未完成、未取消。基准 {as_of}。",
    "{count} {count:item|items}, longest overdue first. Overdue: past the due date in the region's local time, "
    "and neither done nor cancelled. As of {as_of}.",
)
NOTE_DUE_SOON = LocalizedText(
    "共 {count} 项，从基准日起 {days} 天内到期且未完成。基准 {as_of}。",
    "{count} open {count:item|items} due on the as-of day or within {days} days after it. As of {as_of}.",
)
NOTE_BLOCKED = LocalizedText(
    "共 {count} 项阻塞，逾期最久的在前。基准 {as_of}。",
    "{count} blocked {count:item|items}, longest overdue first. As of {as_of}.",
)
NOTE_RISKS = LocalizedText(
    "共 {count} 项未关闭的风险，风险值高的在前。风险值 = 可能性 × 影响程度。基准 {as_of}。",
    "{count} open {count:risk|risks}, the greatest first. Value: likelihood times impact. As of {as_of}.",
)
NOTE_REGIONS = LocalizedText(
    "全部 {count} 个区域，最需关注的在前。总数不含已取消的事项；逾期、阻塞含本轮未确认的事项。基准 {as_of}。",
    "All {count} {count:region|regions}, those most in need first. Cancelled items are not counted; what a region has"
    " not confirmed in this round is. As of {as_of}.",
)
NOTE_OWNERS = LocalizedText(
    "有未完成事项的 {count} 人，逾期最多的在前。基准 {as_of}。",
    "{count} {count:person|people} with open items, those with most overdue ones first. As of {as_of}.",
)
NOTE_LOAD = LocalizedText(
    "责任矩阵每一列承担的任务数，{first} 最多的在前。基准 {as_of}。",
    "Number of tasks that each column of the RACI matrix bears, those with most {first} first. As of {as_of}.",
)
NOTE_GAPS = LocalizedText(
    "责任矩阵中 {count} 行有缺口。基准 {as_of}。",
    "{count} {count:row|rows} of the RACI matrix with a gap. As of {as_of}.",
)
NOTE_FIGURES = LocalizedText("总览各图表和风险矩阵的数字。", "The numbers of the charts and of the risk matrix.")
NOTE_TIMING = LocalizedText(
    "共 {count} 次超时限，超出最多的在前：{rules}。小时按自然小时、工作日按各区域工作日历计，时间为当地时间；"
    "只填日期的按当天最宽计。基准 {as_of}。",
    "Timing rules missed {count} {count:time|times}, longest overrun first: {rules}. Hours are clock hours, "
    "working days follow the region's calendar, times are local; a date without a time counts in the owner's "
    "favour. As of {as_of}.",
)
NOTE_NO_VIOLATIONS = LocalizedText("没有超时限。基准 {as_of}。", "No timing rule was missed. As of {as_of}.")
NOTE_REQUIREMENTS = LocalizedText(
    "共 {count} 项需求；每个环节：行数（列头为表名）、状态、最晚日期，红色为有逾期；单项经过用 xlsflow trace 查看。"
    "基准 {as_of}。",
    "{count} {count:requirement|requirements}; for each sheet the number of rows, their status and latest date; red: "
    "something is overdue. xlsflow trace shows the rows of one. As of {as_of}.",
)
NO_LINK = LocalizedText(
    "模板包“{pack}”没有把{sheets}关联到需求的栏目。", "The pack “{pack}” has no link from {sheets} to requirements."
)
NOTE_RETURNS = LocalizedText(
    "应报 {expected} 个区域，已回收 {returned} 个；是否按时，以邮件收到时间（没有记录时以文件保存时间）"
    "对照各区域当地截止时间。",
    "{returned} of {expected} regions have returned their workbook. On time or late: when the mail with the file "
    "was received, else when the file was saved, compared with the deadline in the region's local time.",
)
NOTE_FINDINGS = LocalizedText(
    "必须修改 {errors} 处，请核对 {warnings} 处，提示 {infos} 处；单元格地址是各区域原文件中的位置。",
    "{errors} to fix, {warnings} to check, {infos} for information; cell addresses are those in the region's own file.",
)
NOTE_LEDGER = LocalizedText(
    "读到的每一行都有去向：读到 = 空行 + 入库 + 未改动 + 上轮结转 + 被替代 + 重复 + 未入库。",
    "Every row is accounted for: read = blank + merged + unchanged + carried on + superseded + duplicate + set aside.",
)
NOTE_ASIDE = LocalizedText(
    "这 {count} 行没有可用的编号或内容，没有入库；原文保留在此。",
    "{count} {count:row|rows} without a usable ID or content, which {count:is|are} not in the data; the original "
    "text is kept here.",
)
NOTE_DATA = LocalizedText(
    "{count} 行，来自 {files} 个文件；灰色列头是每行的出处，红底日期已逾期。基准 {as_of}。",
    "{count} {count:row|rows} from {files} {files:file|files}; grey headers: where each row comes from; dates on "
    "red: overdue. As of {as_of}.",
)

# --- headers ---
COL_KEY = LocalizedText("事项编号", "ID")
COL_ITEM = LocalizedText("事项", "Item")
COL_SOURCE_SHEET = LocalizedText("所在表", "From sheet")
COL_REGION = LocalizedText("报送区域", "Region")
COL_SIGNAL = LocalizedText("信号", "Signal")
COL_RETURN_STATE = LocalizedText("回收", "Return")
COL_TOTAL = LocalizedText("总数", "Total")
COL_SHARE = LocalizedText("完成", "Done")
COL_OVERDUE_ITEMS = LocalizedText("逾期", "Overdue")
COL_OVERDUE_SHORT = LocalizedText("逾期", "Overdue")
COL_DUE_SOON = LocalizedText("{days}天内", "Due {days} d")
COL_BLOCKED = LocalizedText("阻塞", "Blocked")
COL_ERRORS = LocalizedText("须改", "To fix")
COL_DAYS_OVERDUE = LocalizedText("逾期（天）", "Days overdue")
COL_WORKING_DAYS_OVERDUE = LocalizedText("逾期（工作日）", "Working days overdue")
COL_DAYS_LEFT = LocalizedText("剩余（天）", "Days left")
COL_CHANGE = LocalizedText("较上轮", "Change")
CHANGES: Mapping[str, LocalizedText] = {
    "new": LocalizedText("新增", "New"),
    "continuing": LocalizedText("持续", "Continuing"),
}
COL_HIGH_RISK = LocalizedText("高风险", "High risk")
COL_NEWLY_OVERDUE = LocalizedText("新增逾期", "Newly overdue")
COL_RISK_LEVEL = LocalizedText("等级", "Level")
COL_RISK_VALUE = LocalizedText("评分", "Score")
COL_LIKELIHOOD = LocalizedText("可能性评分", "Likelihood")
COL_IMPACT = LocalizedText("影响评分", "Impact")
COL_LOAD = LocalizedText("部门 / 角色 / 人员", "Department, role or person")
COL_GAP = LocalizedText("缺口", "Gap")
COL_TASK = LocalizedText("任务", "Task")
COL_CHART = LocalizedText("图表", "Chart")
COL_CATEGORY = LocalizedText("类别", "Category")
COL_SERIES = LocalizedText("系列", "Series")
COL_NUMBER = LocalizedText("数值", "Number")
COL_OPEN_ITEMS = LocalizedText("未完成", "Open")
COL_DAYS = LocalizedText("天数", "Days")
COL_LONGEST = LocalizedText("最久天数", "Longest (days)")
COL_FILE = LocalizedText("文件", "File")
COL_SHEET = LocalizedText("工作表", "Sheet")
COL_ROW = LocalizedText("行号", "Row")
COL_CELL = LocalizedText("单元格", "Cell")
COL_COUNT = LocalizedText("处数", "Count")
COL_FIELD = LocalizedText("栏目", "Field")
COL_VALUE = LocalizedText("原值", "Value found")
COL_MESSAGE = LocalizedText("说明与处理", "What to do")
COL_SEVERITY = LocalizedText("级别", "Severity")
COL_CODE = LocalizedText("代码", "Code")
COL_SAVED = LocalizedText("文件保存时间", "File saved")
COL_CAME = LocalizedText("最早到达", "First came")
COL_DEADLINE = LocalizedText("截止（当地）", "Deadline (local)")
COL_HOURS_LATE = LocalizedText("晚交（小时）", "Hours late")
COL_ROWS = LocalizedText("入库行数", "Rows merged")
COL_HEAD = LocalizedText("区域负责人", "Regional head")
COL_CONTACT = LocalizedText("填报联系人", "Regional contact")
COL_EMAIL = LocalizedText("邮箱", "E-mail")
COL_NOTE = LocalizedText("提示", "Note")
COL_WARNINGS = LocalizedText("请核对", "To check")
COL_SEEN = LocalizedText("读到", "Read")
COL_BLANK = LocalizedText("空行", "Blank")
COL_MERGED = LocalizedText("入库", "Merged")
COL_MEMORY = LocalizedText("待确认", "Not confirmed")
AS_OF_ROUND = LocalizedText("截至 {round}，本轮未确认", "as of {round}, not confirmed")
REDATED = LocalizedText("申请改期至 {day}，未同意", "new date {day} not accepted")
COORDINATOR_EDITS = LocalizedText(
    "协调人在汇总工作簿中的修改，见《冲突与建议》。",
    "The coordinator's own edits in the consolidated workbook; see “Conflicts and proposals”.",
)
COL_UNCHANGED = LocalizedText("未改动", "Unchanged")
COL_CARRIED = LocalizedText("上轮结转", "Carried on")
COL_SUPERSEDED = LocalizedText("被替代", "Superseded")
COL_DUPLICATE = LocalizedText("重复", "Duplicate")
COL_SET_ASIDE = LocalizedText("未入库", "Set aside")
COL_BALANCED = LocalizedText("平衡", "Balanced")
COL_REASON = LocalizedText("原因", "Reason")
COL_RAW_TEXTS = LocalizedText("原文", "Original text")
COL_SUM = LocalizedText("合计", "Total")
COL_ORIGIN: tuple[LocalizedText, ...] = (
    LocalizedText("来源文件", "Source file"),
    LocalizedText("来源工作表", "Source sheet"),
    LocalizedText("来源行号", "Source row"),
    LocalizedText("来源区域", "Source region"),
    LocalizedText("来源轮次", "Source round"),
)
COL_OWNER = LocalizedText("责任人", "Owner")
COL_LAST_DATE = LocalizedText("最晚日期", "Last date")

COL_TIMING_RULE = LocalizedText("时限规则", "Timing rule")
COL_ALLOWED = LocalizedText("规定时限", "Allowed")
COL_START = LocalizedText("起算时间", "From")
COL_DUE = LocalizedText("最迟时间", "Due")
COL_DONE_AT = LocalizedText("实际时间", "Done")
COL_OVERRUN = LocalizedText("超出（小时）", "Hours over")

# --- words in cells ---
NOT_IN_BOOK = LocalizedText("汇总中没有此需求", "not in this workbook")
NOT_DONE_YET = LocalizedText("尚未完成", "Not done yet")
YES = LocalizedText("是", "Yes")
NO = LocalizedText("否", "No")
DASH = "–"
UNKNOWN_REGION = LocalizedText("（区域不明）", "(no region)")
SIGNAL_NAMES: Mapping[str, LocalizedText] = {
    "red": LocalizedText("红", "Red"),
    "amber": LocalizedText("黄", "Amber"),
    "green": LocalizedText("绿", "Green"),
    "grey": LocalizedText("未交", "No return"),
}
RETURN_STATES: Mapping[str, LocalizedText] = {
    "in_time": LocalizedText("按时", "On time"),
    "late": LocalizedText("晚交", "Late"),
    "undated": LocalizedText("已交", "Returned"),
    "missing": LocalizedText("未交", "No return"),
    "foreign": LocalizedText("其他文件", "Other file"),
    "coordinator": LocalizedText("协调人修改", "Edits"),
    "refused": LocalizedText("未采用", "Not used"),
}
SEVERITY_NAMES: Mapping[str, LocalizedText] = {
    "error": LocalizedText("必须修改", "To fix"),
    "warning": LocalizedText("请核对", "To check"),
    "info": LocalizedText("提示", "Information"),
}
STATUS_GROUP_NAMES: Mapping[str, LocalizedText] = {
    "done": LocalizedText("已完成", "Done"),
    "active": LocalizedText("进行中", "In progress"),
    "idle": LocalizedText("未启动", "Not started"),
    # An overdue item that is blocked is in the bar of overdue ones, and in all other counts of blocked ones.
    "blocked": LocalizedText("阻塞未逾期", "Blocked, not overdue"),
    "overdue": LocalizedText("逾期", "Overdue"),
}

# --- overview ---
FACT_AS_OF = LocalizedText("基准 {as_of}", "As of {as_of}")
FACT_RETURNED = LocalizedText("已回收 {returned}/{expected} 个区域", "{returned} of {expected} regions returned")
FACT_RETURNED_BUT = LocalizedText(
    "已回收 {returned}/{expected} 个区域，缺：{missing}",
    "{returned} of {expected} regions returned, missing: {missing}",
)
FACT_SOURCE = LocalizedText(
    "来源 {files} 个文件；事项 {items} 项", "{files} {files:file|files}; {items} {items:item|items}"
)
FACT_QUALITY = LocalizedText("数据：{errors} 处须改、{warnings} 处待核对", "Data: {errors} to fix, {warnings} to check")
FACT_QUALITY_GOOD = LocalizedText("数据：没有须改之处", "Data: nothing to fix")
FACT_COMPARED = LocalizedText("对比 {round}", "Compared with {round}")
FACT_PROVISIONAL = LocalizedText(
    "{year} 年节假日尚未公布，工作日为暂定", "Holidays of {year} not announced yet: working days are provisional"
)

SIGNALS_TITLE = LocalizedText("① 各区域信号", "① Signals by region")
SIGNALS_TITLE_CUT = LocalizedText(
    "① 各区域信号（最需关注的 {shown} 个，共 {count} 个，其余见下页）",
    "① Signals by region (the {shown} most in need of {count}; the others follow)",
)
SIGNALS_TITLE_MORE = LocalizedText("① 各区域信号（其余 {count} 个）", "① Signals by region (the other {count})")
STATUS_TITLE = LocalizedText("② 事项进度", "② Items by status")
STATUS_TEXT = LocalizedText("各区域事项按进度分类的数量", "Number of items by status, for each region")
OVERDUE_TITLE = LocalizedText("③ 逾期最久（共 {count} 项）", "③ Longest overdue ({count} in all)")
AGEING_TITLE = LocalizedText("④ 逾期账龄（天）", "④ Days overdue")
AGEING_TEXT = LocalizedText("逾期事项按逾期天数分段的数量", "Number of overdue items by days overdue")
ATTENTION_TITLE = LocalizedText("⑤ 需要协调和催办", "⑤ Needs coordination")
TREND_TITLE = LocalizedText("⑥ 历轮趋势", "⑥ Trend over the rounds")
MATRIX_TITLE = LocalizedText("⑦ 风险矩阵（可能性 × 影响）", "⑦ Risks: likelihood × impact")
MATRIX_TEXT = LocalizedText("未关闭的风险按可能性和影响分布的数量", "Number of open risks by likelihood and impact")
MATRIX_NOTE = LocalizedText("↑↓ 较上轮升、降到此格", "↑↓ risen or fallen here since the previous round")
MATRIX_UNSCORED = LocalizedText("另有 {count} 项未评分", "{count} not scored")
MATRIX_ROW = LocalizedText("可能性 {n}", "L{n}")
MATRIX_COLUMN = LocalizedText("影响 {n}", "I{n}")
OWNERS_TITLE = LocalizedText("⑧ 逾期最多的负责人", "⑧ Owners with the most overdue items")
LOAD_TITLE = LocalizedText("⑨ 责任负荷（责任矩阵）", "⑨ Responsibilities (RACI)")
GAPS_TITLE = LocalizedText("⑩ 责任缺口（共 {count} 处）", "⑩ Responsibility gaps ({count})")
NO_GAPS = LocalizedText("没有缺口", "No gaps")
NOTHING_OVERDUE = LocalizedText("没有逾期事项", "Nothing is overdue")
NOTHING_OPEN = LocalizedText("没有需要协调的事项", "Nothing needs coordination")
NO_OWNER_OVERDUE = LocalizedText("没有人有逾期事项", "No owner has overdue items")
AGE_OVER = LocalizedText(">{days}", ">{days}")

TILE_RETURNED = LocalizedText("已回收区域", "Regions returned")
TILE_DONE = LocalizedText("完成率（全部事项）", "Completion")
TILE_OVERDUE = LocalizedText("已逾期", "Overdue items")
TILE_DUE_SOON = LocalizedText("{days} 天内到期", "Due in {days} days")
TILE_BLOCKED = LocalizedText("阻塞待协调", "Blocked")
TILE_TIMING = LocalizedText("超时限", "Rules missed")
TILE_RISKS = LocalizedText("高风险", "High risks")
TILE_ERRORS = LocalizedText("数据须改", "Data to fix")
ALL_RETURNED = LocalizedText("全部回收", "all returned")
REGIONS_MISSING = LocalizedText("缺：{missing}", "missing: {missing}")
REGIONS_LATE = LocalizedText("晚交 {late}", "late: {late}")
DONE_OF = LocalizedText("{done} / {total} 项", "{done} of {total} {total:item|items}")
OVERDUE_NEW = LocalizedText("新增 {new}，平均 {mean} 天", "{new} new, {mean} days on average")
OVERDUE_MEAN = LocalizedText("平均 {mean} 天，最久 {worst} 天", "{mean} days on average, longest {worst}")
DUE_SOON_IDLE = LocalizedText("其中未启动 {idle}", "{idle} not started")
BLOCKED_REGIONS = LocalizedText("涉及 {where}", "in {where}")
MOST_VIOLATIONS = LocalizedText("最多：{where} {count} 次", "most: {where} {count}")
RISKS_UNTREATED = LocalizedText("未处置 {untreated}", "{untreated} not addressed")
ERRORS_WARNINGS = LocalizedText("另有 {warnings} 处待核对", "{warnings} more to check")
BEFORE = LocalizedText("上轮 {figure}", "last round {figure}")
NONE_AT_ALL = LocalizedText("无", "none")

# --- the conclusion, put together from clauses ---
VERDICTS: Mapping[str, LocalizedText] = {
    "red": LocalizedText("整体红色", "Overall red"),
    "amber": LocalizedText("整体黄色", "Overall amber"),
    "green": LocalizedText("整体绿色", "Overall green"),
    "grey": LocalizedText("整体灰色", "Overall grey"),
}
CLAUSE_OVERDUE = LocalizedText(
    "{count} 项逾期，最久 {worst} 天（{region} {owner}：{title}）",
    "{count} overdue, the longest by {worst} {worst:day|days} ({region}, {owner}: {title})",
)
CLAUSE_OVERDUE_TIE = LocalizedText(
    "{count} 项逾期，最久 {worst} 天（{tied} 项）",
    "{count} overdue, the longest by {worst} {worst:day|days} ({tied} items)",
)
CLAUSE_NEW = LocalizedText("其中新增 {new} 项", "{new} of them new")
CLAUSE_BLOCKED = LocalizedText("{count} 项阻塞待协调", "{count} blocked and waiting for help")
CLAUSE_HIGH_RISKS = LocalizedText("{count} 项高风险未处置", "{count} high {count:risk|risks} not addressed")
CLAUSE_MISSING = LocalizedText("{regions}未交", "no return from {regions}")
CLAUSE_ERRORS = LocalizedText("数据有 {count} 处须改", "{count} {count:value|values} to fix")
CLAUSE_ALL_GOOD = LocalizedText("没有逾期和阻塞", "nothing is overdue or blocked")

# --- needs coordination ---
ASK_BLOCKED = LocalizedText("{key} {title}（{region} {owner}）：{help}", "{key} {title} ({region}, {owner}): {help}")
ASK_BLOCKED_NO_HELP = LocalizedText(
    "{key} {title}（{region} {owner}）：没有写明需要什么支持，请联系确认",
    "{key} {title} ({region}, {owner}): does not say what is needed; please ask",
)
ASK_MISSING = LocalizedText("{region}：请联系 {contact} {email}", "{region}: please contact {contact} {email}")
ASK_HIGH_RISK = LocalizedText("{key} {title}（{region} {owner}）：{what}", "{key} {title} ({region}, {owner}): {what}")
ASK_ERRORS = LocalizedText(
    "{region}：{count} 处须改：{fields}，见“{page}”", "{region}: {count} to fix: {fields}; see “{page}”"
)
ASK_ERRORS_MOSTLY = LocalizedText(
    "{region}：{count} 处须改，多为“{fields}”，见“{page}”", "{region}: {count} to fix, mostly “{fields}”; see “{page}”"
)
ASK_UNREAD = LocalizedText("{region}：{why}", "{region}: {why}")
RISK_OVERDUE = LocalizedText("已逾期 {days} 天", "overdue by {days} {days:day|days}")
RISK_NOT_STARTED = LocalizedText("尚未处置", "not started yet")
RISK_UNCHANGED = LocalizedText("与上轮相比没有进展", "no progress since the previous round")
ASK_TIMING = LocalizedText(
    "“{rule}”超时限 {count} 次（{people}），见“{page}”",
    "“{rule}” missed {count} {count:time|times} ({people}); see “{page}”",
)
ASK_TIMING_PERSON = LocalizedText("{region} {owner} {count} 次", "{region}, {owner}: {count}")
TOPICS: Mapping[str, LocalizedText] = {
    "blocked": LocalizedText("阻塞", "Blocked"),
    "missing": LocalizedText("未交", "No return"),
    "high": LocalizedText("高风险", "High risk"),
    "timing": LocalizedText("时限", "Timing"),
    "data": LocalizedText("数据", "Data"),
    "file": LocalizedText("文件", "File"),
}
FOOTER_RULE = LocalizedText(
    "口径：逾期 = 当地日期晚于计划完成时间且未完成、未取消；信号规则见“{page}”页说明",
    "Overdue: past due in the region's local time, not done or cancelled. Signals: see “{page}”",
)
SIGNAL_RULE = LocalizedText(
    "信号规则：红 = 有事项逾期超过 {red_days} 天、或高风险未处置{new}；黄 = 其他逾期、阻塞、晚交、数据须改，或 "
    "{soon} 项以上临期未启动；灰 = 未交、空表或未改动；其余为绿。",
    "Signals: red = an item overdue by more than {red_days} days, or a high risk not addressed{new}; amber = "
    "other overdue items, blocked items, a late return, values to fix, or {soon} or more items due soon and not "
    "started; grey = no return, an empty or an unchanged one; otherwise green.",
)
SIGNAL_RULE_NEW = LocalizedText("、或新增逾期达 {count} 项", ", or {count} or more newly overdue items")
MADE_BY = LocalizedText("xlsflow 生成", "made by xlsflow")


WHERE = LocalizedText("{file}《{sheet}》第 {row} 行", "{file}, {sheet}, row {row}")


def moment(iso: str, offset: str) -> str:
    """Return an instant as it is written in a line: wall time and how far from UTC."""
    return f"{iso} (UTC{offset})"


def listed(lang: Lang, names: tuple[str, ...], most: int = 4) -> str:
    """Return names in one line, cut where they are many."""
    between = "、" if lang == "zh" else ", "
    more = len(names) - most
    tail = (f"等 {len(names)} 个" if lang == "zh" else f" and {more} more") if more > 0 else ""
    return between.join(names[:most]) + tail


def join_clauses(lang: Lang, clauses: tuple[str, ...]) -> str:
    """Return clauses as one sentence."""
    return ("；" if lang == "zh" else "; ").join(clauses) + ("。" if lang == "zh" else ".")
