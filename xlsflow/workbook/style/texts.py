"""The fixed texts of a generated workbook in both languages; all other texts come from the templates."""

from __future__ import annotations

from xlsflow.i18n import LocalizedText
from xlsflow.workbook.style.theme import CellTone

REQUIRED_MARK = LocalizedText("＊", "*")

# The line of facts under a title, and the link back to the cover.
FACT_COLON = LocalizedText("：", ": ")
BACK = LocalizedText("◀ 返回", "◀ Back to ")

# The list of sheets on the cover, and how complete each sheet is.
CONTENTS_HEAD = (
    LocalizedText("工作表", "Sheet"),
    LocalizedText("用途", "Purpose"),
    LocalizedText("填报频率", "How often"),
    LocalizedText("完成度（自动）", "Completeness (live)"),
)
NOT_STARTED = LocalizedText("○ 未填写", "○ Not started")
COMPLETE = LocalizedText("● 必填已齐", "● Complete")
MISSING_COUNT = LocalizedText("▲ 必填缺 ", "▲ Missing: ")
ROWS_BEFORE, ROWS_AFTER = LocalizedText("", "Rows: "), LocalizedText(" 项 · ", " · ")
ERROR_COUNT, WARNING_COUNT = LocalizedText("待改 ", "To correct: "), LocalizedText(" · 请核对 ", " · To check: ")
NOT_READY = LocalizedText("▲ 还有 ", "▲ ")
NOT_READY_MISSING = LocalizedText(" 处必填未填", " required still blank")
NOT_READY_ERRORS = LocalizedText(" 处要改", " to correct")
NOT_READY_SEPARATOR, READY_SEPARATOR = LocalizedText("、", ", "), LocalizedText("；", "; ")
READY_WARNINGS = LocalizedText(" 处请核对", " to check")
READY_TO_SEND = LocalizedText("● 自检通过，可以提交", "● Passes its own checks; ready to send")
WHAT_IS_CHECKED = LocalizedText(
    "这里查：必填、编号写法和重复、下拉值、日期、数字范围、本行各项是否矛盾。"
    "收回后再查：人名、多选、与其他表和其他区域的编号是否对得上。",
    "Checked here: required cells, IDs, dropdown values, dates, bounds, contradictions within a row. "
    "Checked on return: names of people, multiple choices, IDs of other sheets and regions.",
)


# Rows: used up, or without checks because they were inserted or written below the table.
ROWS_USED_UP = LocalizedText(" · 行已用完", " · no rows left")
NO_CHECKS_BEFORE, NO_CHECKS_AFTER = LocalizedText(" · 未自检 ", " · "), LocalizedText(" 行", " unchecked rows")
NOT_READY_UNCHECKED = LocalizedText(" 行没有自检", " rows without checks")
HINT_USED_UP = LocalizedText(
    "▲ 行已用完：请复制最后一行，插入到它的上方；也可以接着往下写，照样会读取和打印，只是没有下拉列表和自检。",
    "▲ No rows left: copy the last row and insert it above itself; or write on below: that is read and printed too, "
    "but without dropdowns and checks.",
)
HINT_NO_CHECKS = LocalizedText(
    "▲ 有的行没有自检（插入的空行，或写在表格下方）：请把上一行整行复制到新行，再改成新内容。",
    "▲ Some rows have no checks (inserted blank, or written below the table): copy the row above over the new one, "
    "then type its content.",
)

# The mark beside a row.
MARK_OK = "●"
MARK_MISSING = LocalizedText("▲ {label}：必填未填", "▲ {label}: required, still blank")
MARK_REPEATED = LocalizedText("▲ {label}：不能重复", "▲ {label}: already used")
MARK_NOT_LISTED = LocalizedText("▲ {label}：请从下拉列表选择", "▲ {label}: choose from the dropdown")
MARK_NOT_DATE = LocalizedText("▲ {label}：请填日期，如 2026-03-31", "▲ {label}: a date, like 2026-03-31")
MARK_NOT_NUMBER = LocalizedText("▲ {label}：请填范围内的数字", "▲ {label}: a number within its bounds")
MARK_TOO_LONG = LocalizedText("▲ {label}：文字太长", "▲ {label}: too long")
MARK_ID_SHAPE = LocalizedText("▲ {label}：写成 {prefix}-2026-001 的样子", "▲ {label}: like {prefix}-2026-001")
MARK_REFERS_TO_NOTHING = LocalizedText("▲ {label}：本工作簿里没有这个编号", "▲ {label}: no such ID in this workbook")
MARK_NOT_ONE_PERSON = LocalizedText("▲ {label}：请填一个人的姓名", "▲ {label}: name one person")

# The legend.
LEGEND_CHIPS: tuple[tuple[CellTone, LocalizedText], ...] = (
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
LEGEND_MISSING = LocalizedText("橙框：未填或要改", "Orange frame: to fix")
LEGEND_LOCKED = LocalizedText("灰色：不用填", "Grey: leave as it is")

# The counts above a table of tracked items.
KPI_TOTAL = LocalizedText("合计 ", "Total ")
KPI_DONE = LocalizedText("  ● 完成 ", "  ● done ")
KPI_OVERDUE = LocalizedText("  ▲ 逾期 ", "  ▲ overdue ")
KPI_SOON = LocalizedText("  ◆ 临期 ", "  ◆ due soon ")
KPI_BLOCKED = LocalizedText("  ■ 阻塞 ", "  ■ blocked ")

# Fixed texts and signature boxes.
STEP = LocalizedText("步骤 {number}", "Step {number}")
ATTENDING = LocalizedText("参会方：____________", "Attending: ______________")
SIGN_HERE = LocalizedText("签字：________   ____年__月__日", "Sign: __________  Date: ________")

# Help and error texts of a cell.
GUARDED_TITLE = LocalizedText("请勿改动", "Please leave this")
GUARDED = LocalizedText(
    "表头和灰色单元格由工作簿自己填写，请取消，到白色单元格里填写。",
    "Headers and grey cells are filled by the workbook itself. Please cancel, and type into the white cells.",
)
NOT_IN_LIST = LocalizedText("下拉列表里没有这个值。", "This value is not on the dropdown list.")
ID_SHAPE = LocalizedText("请写成 {prefix}-2026-001 的样子。", "IDs look like {prefix}-2026-001.")
UNLISTED_PERSON = LocalizedText("不在名单里；确认无误可以保留。", "Not on the list; keep it if it is right.")
NOT_ACCEPTED = LocalizedText("这里填不了这个值。", "This value is not accepted here.")
TOO_LONG = LocalizedText("最多 {most} 个字。", "At most {most} characters.")

# The note of a cell that is filled in anew each round.
EARLIER = LocalizedText("{round} 填报：\n{value}", "Reported in {round}:\n{value}")
EARLIER_AUTHOR = LocalizedText("以前的填报", "Earlier reports")

# Header and footer of a printed page; `&P`, `&N` and `&D` are Excel's codes.
PAGE = LocalizedText("第 &P 页 / 共 &N 页", "Page &P of &N")
PRINTED_ON = LocalizedText("打印日期 &D", "Printed &D")
DOCUMENT_NUMBER = LocalizedText("编号 ", "No. ")
