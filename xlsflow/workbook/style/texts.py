"""The fixed words of a generated workbook, in zh and en; everything else it says comes from the definitions."""

from __future__ import annotations

from xlsflow.i18n import LocalizedText
from xlsflow.workbook.style.theme import Tone

REQUIRED_MARK = LocalizedText("＊", "*")

# --- the band of facts, the link back ---
COLON = LocalizedText("：", ": ")
BACK = LocalizedText("◀ 返回", "◀ Back to ")

# --- contents, completeness ---
CONTENTS_HEAD = (
    LocalizedText("工作表", "Sheet"),
    LocalizedText("用途", "Purpose"),
    LocalizedText("填报频率", "How often"),
    LocalizedText("完成度（自动）", "Completeness (live)"),
)
UNTOUCHED = LocalizedText("○ 未填写", "○ Not started")
COMPLETE = LocalizedText("● 必填已齐", "● Complete")
MISSING = LocalizedText("▲ 必填缺 ", "▲ Missing: ")
ROWS_BEFORE, ROWS_BEHIND = LocalizedText("", "Rows: "), LocalizedText(" 项 · ", " · ")
TO_MEND, TO_LOOK_AT = LocalizedText("待改 ", "To correct: "), LocalizedText(" · 请核对 ", " · To check: ")
STILL = LocalizedText("▲ 还有 ", "▲ ")
STILL_MISSING = LocalizedText(" 处必填未填", " required still blank")
STILL_WRONG = LocalizedText(" 处要改", " to correct")
BETWEEN, BESIDES = LocalizedText("、", ", "), LocalizedText("；", "; ")
TO_CHECK = LocalizedText(" 处请核对", " to check")
MAY_BE_SENT = LocalizedText("● 必填项已齐，可以提交", "● All required cells are filled; ready to send")

# --- the mark beside a row ---
MARK_SOUND = "●"
MARK_MISSING = LocalizedText("▲ {label}：必填未填", "▲ {label}: required, still blank")
MARK_REPEATED = LocalizedText("▲ {label}：不能重复", "▲ {label}: stands twice")
MARK_NOT_ONE = LocalizedText("▲ {label}：请填一个人的姓名", "▲ {label}: one person by name")

# --- legend ---
LEGEND_CHIPS: tuple[tuple[Tone, LocalizedText], ...] = (
    ("overdue", LocalizedText("逾期 / 高", "Overdue / high")),
    ("due_soon", LocalizedText("临期 / 中", "Due soon / medium")),
    ("blocked", LocalizedText("阻塞", "Blocked")),
    ("in_progress", LocalizedText("进行中", "In progress")),
    ("done", LocalizedText("完成", "Done")),
    ("idle", LocalizedText("未启动 / 低", "Not started / low")),
)
LEGEND_REQUIRED = LocalizedText("深蓝＊：必填", "Dark blue*: required")
LEGEND_OPTIONAL = LocalizedText("浅蓝：选填", "Light blue: optional")
LEGEND_COMPUTED = LocalizedText("灰色表头：自动计算", "Grey header: calculated")
LEGEND_INPUT = LocalizedText("黄或白：填写", "Yellow, white: fill in")
LEGEND_MISSING = LocalizedText("橙框：未填或要改", "Orange frame: to mend")
LEGEND_LOCKED = LocalizedText("灰色：不用填", "Grey: leave as it is")

# --- counts above a table that is followed up ---
KPI_TOTAL = LocalizedText("合计 ", "Total ")
KPI_DONE = LocalizedText("  ● 完成 ", "  ● done ")
KPI_OVERDUE = LocalizedText("  ▲ 逾期 ", "  ▲ overdue ")
KPI_SOON = LocalizedText("  ◆ 临期 ", "  ◆ due soon ")
KPI_BLOCKED = LocalizedText("  ■ 阻塞 ", "  ■ blocked ")

# --- text and signatures ---
STEP = LocalizedText("步骤 {number}", "Step {number}")
ATTENDING = LocalizedText("参会方：____________", "Attending: ______________")
SIGN_HERE = LocalizedText("签字：________   ____年__月__日", "Sign: __________  Date: ________")

# --- help and refusals of a cell ---
NOT_IN_LIST = LocalizedText("请从下拉列表中选择。", "Please choose from the dropdown.")
NEWCOMER = LocalizedText("不在名单里。确认无误请选“是”。", "Not on the list. Choose Yes to keep it if it is right.")
NOT_ACCEPTED = LocalizedText("这里填不了这个值。", "This value is not accepted here.")
TOO_LONG = LocalizedText("最多 {most} 个字。", "At most {most} characters.")

# --- the printed page ---
PAGE = LocalizedText("第 &P 页 / 共 &N 页", "Page &P of &N")
PRINTED_ON = LocalizedText("打印日期 &D", "Printed &D")
NUMBER = LocalizedText("编号 ", "No. ")
