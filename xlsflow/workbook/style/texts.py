"""The fixed words of a generated workbook, in zh and en; everything else it says comes from the definitions."""

from __future__ import annotations

from xlsflow.i18n import Words
from xlsflow.workbook.style.theme import Tone

REQUIRED_MARK = Words("＊", "*")

# --- the band of facts, the link back ---
COLON = Words("：", ": ")
BACK = Words("◀ 返回", "◀ Back to ")

# --- contents, completeness ---
CONTENTS_HEAD = (
    Words("工作表", "Sheet"),
    Words("用途", "Purpose"),
    Words("填报频率", "How often"),
    Words("完成度（自动）", "Completeness (live)"),
)
UNTOUCHED = Words("○ 未填写", "○ Not started")
COMPLETE = Words("● 必填已齐", "● Complete")
MISSING = Words("▲ 必填缺 ", "▲ Missing: ")
ROWS_BEFORE, ROWS_BEHIND = Words("", "Rows: "), Words(" 项 · ", " · ")
TO_MEND, TO_LOOK_AT = Words("待改 ", "To correct: "), Words(" · 请核对 ", " · To check: ")
STILL = Words("▲ 还有 ", "▲ ")
STILL_MISSING = Words(" 处必填未填", " required still blank")
STILL_WRONG = Words(" 处要改", " to correct")
BETWEEN, BESIDES = Words("、", ", "), Words("；", "; ")
TO_CHECK = Words(" 处请核对", " to check")
MAY_BE_SENT = Words("● 必填项已齐，可以提交", "● All required cells are filled; ready to send")

# --- the mark beside a row ---
MARK_SOUND = "●"
MARK_MISSING = Words("▲ {label}：必填未填", "▲ {label}: required, still blank")
MARK_REPEATED = Words("▲ {label}：不能重复", "▲ {label}: stands twice")
MARK_NOT_ONE = Words("▲ {label}：请填一个人的姓名", "▲ {label}: one person by name")

# --- legend ---
LEGEND_CHIPS: tuple[tuple[Tone, Words], ...] = (
    ("overdue", Words("逾期 / 高", "Overdue / high")),
    ("due_soon", Words("临期 / 中", "Due soon / medium")),
    ("blocked", Words("阻塞", "Blocked")),
    ("in_progress", Words("进行中", "In progress")),
    ("done", Words("完成", "Done")),
    ("idle", Words("未启动 / 低", "Not started / low")),
)
LEGEND_REQUIRED = Words("深蓝＊：必填", "Dark blue*: required")
LEGEND_OPTIONAL = Words("浅蓝：选填", "Light blue: optional")
LEGEND_COMPUTED = Words("灰色表头：自动计算", "Grey header: calculated")
LEGEND_INPUT = Words("黄或白：填写", "Yellow, white: fill in")
LEGEND_MISSING = Words("橙框：未填或要改", "Orange frame: to mend")
LEGEND_LOCKED = Words("灰色：不用填", "Grey: leave as it is")

# --- counts above a table that is followed up ---
KPI_TOTAL = Words("合计 ", "Total ")
KPI_DONE = Words("  ● 完成 ", "  ● done ")
KPI_OVERDUE = Words("  ▲ 逾期 ", "  ▲ overdue ")
KPI_SOON = Words("  ◆ 临期 ", "  ◆ due soon ")
KPI_BLOCKED = Words("  ■ 阻塞 ", "  ■ blocked ")

# --- text and signatures ---
STEP = Words("步骤 {number}", "Step {number}")
ATTENDING = Words("参会方：____________", "Attending: ______________")
SIGN_HERE = Words("签字：________   ____年__月__日", "Sign: __________  Date: ________")

# --- help and refusals of a cell ---
NOT_IN_LIST = Words("请从下拉列表中选择。", "Please choose from the dropdown.")
NEWCOMER = Words("不在名单里。确认无误请选“是”。", "Not on the list. Choose Yes to keep it if it is right.")
NOT_ACCEPTED = Words("这里填不了这个值。", "This value is not accepted here.")
TOO_LONG = Words("最多 {most} 个字。", "At most {most} characters.")

# --- the printed page ---
PAGE = Words("第 &P 页 / 共 &N 页", "Page &P of &N")
PRINTED_ON = Words("打印日期 &D", "Printed &D")
NUMBER = Words("编号 ", "No. ")
