"""What the marked copy and its covering text say besides the findings themselves."""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.fileformat.feedback_marks import WAIVED_KEY
from xlsflow.i18n import LocalizedText

# What the recipient has to do, rather than how severe the finding is: that is what a list to work through says.
SEVERITY_LABELS: Mapping[str, LocalizedText] = {
    "error": LocalizedText("必须修改", "To fix"),
    "warning": LocalizedText("请核对", "Please check"),
    "info": LocalizedText("提示", "For information"),
    WAIVED_KEY: LocalizedText("已豁免", "Waived"),
}
SEVERITY_COUNT_TEXTS: Mapping[str, LocalizedText] = {
    "error": LocalizedText("{count} 处必须修改", "{count} {count:point|points} to fix"),
    "warning": LocalizedText("{count} 处请核对", "{count} {count:point|points} to check"),
    "info": LocalizedText("{count} 处提示", "{count} for information"),
}
COUNT_SEPARATOR = LocalizedText("，", ", ")
SENTENCE_END = LocalizedText("。", ".")

SHEET_TITLE = LocalizedText("问题清单：{file}", "To fix: {file}")
SHEET_INSTRUCTIONS = LocalizedText(
    "点“单元格”一列可跳到原处。改好后把本文件直接发回即可，颜色、批注和本表不用删除。",
    "Click a cell address to go there. When you are done, send this file back; colours, comments and list may stay.",
)
SHEET_HEADERS: tuple[LocalizedText, ...] = (
    LocalizedText("序号", "No."),
    LocalizedText("工作表", "Sheet"),
    LocalizedText("单元格", "Cell"),
    LocalizedText("项目", "Item"),
    LocalizedText("填写内容", "Value found"),
    LocalizedText("问题与处理", "What to do"),
    LocalizedText("类别", "Severity"),
    LocalizedText("已改", "Done"),
)
WHOLE_FILE = LocalizedText("（整个文件）", "(whole file)")

GREETING = LocalizedText("{name}：您好！", "Dear {name},")
GREETING_NOBODY = LocalizedText("您好！", "Hello,")
SUBJECT_SEPARATOR = LocalizedText(" ", ", ")
RECEIVED = LocalizedText(
    "已收到{region}的填报表（{what}，{file}），谢谢。", "Thank you for the {region} workbook ({what}, {file})."
)
RECEIVED_PLAIN = LocalizedText("已收到填报表（{file}），谢谢。", "Thank you for the workbook ({file}).")
SAVED_LATE = LocalizedText(
    "您的表于 {came} 保存，比截止时间晚 {hours} 小时。",
    "Your file was saved at {came}, {hours} {hours:hour|hours} after the deadline.",
)
RECEIVED_LATE = LocalizedText(
    "您的邮件于 {came} 收到，比截止时间晚 {hours} 小时。",
    "Your message was received at {came}, {hours} {hours:hour|hours} after the deadline.",
)
RESULT_COUNTS = LocalizedText("核对后有 {counts}。", "We found {counts}.")
RESULT_CLEAN = LocalizedText("核对没有发现问题，无需修改。", "We found nothing to fix.")
# Not RESULT_CLEAN: a list follows, of what nobody has to do anything about.
RESULT_ONLY_INFO = LocalizedText("无需修改，以下仅供参考。", "Nothing to fix; what follows is for your information.")
RESULT_NOT_READ = LocalizedText("但这份文件没有采用，原因如下。", "It could not be used; the reason is below.")
# In Chinese {do} and {to} are two clauses, so the comma is here. In English {to} continues {do}, and brings its blank
# along; "send the file" without an addressee is a reply, so {to} may be empty there.
REQUEST_BEFORE_DUE = LocalizedText(
    "请在截止时间（{due}）前{do}，{to}。", "Please {do}{to} before the deadline ({due})."
)
REQUEST_OVERDUE = LocalizedText(
    "截止时间已过（{due}），请尽快{do}，{to}。", "The deadline ({due}) has passed; please {do}{to} as soon as you can."
)
REQUEST_SOON = LocalizedText("请尽快{do}，{to}。", "Please {do}{to} as soon as you can.")
ACTION_CORRECT = LocalizedText("改好", "send the corrected file")
ACTION_CONFIRM = LocalizedText("确认或改好", "confirm or correct these points and send the file")
ACTION_NEW_FILE = LocalizedText("处理好", "send a new file")
ADDRESSEE_SENDER = LocalizedText("发回原收件人", "")
ADDRESSEE_NAME = LocalizedText("发给{name}", " to {name}")
ADDRESSEE_CONTACT = LocalizedText("发给{name}（{contact}）", " to {name} ({contact})")
LOCAL_DEADLINE = LocalizedText("当地时间 {due}", "{due} your time")
SEVERITY_HEADINGS: Mapping[str, LocalizedText] = {
    "error": LocalizedText("必须修改：", "Please fix:"),
    "warning": LocalizedText("请核对：", "Please check:"),
    "info": LocalizedText("仅供参考：", "For information:"),
}
LOCATION_SEPARATOR = LocalizedText("：", " – ")
MORE_FINDINGS = LocalizedText(
    "…… 另有 {count} 项，见附件第一张表“{sheet}”。",
    "… and {count} more, see the first sheet of the attached copy, “{sheet}”.",
)
MORE_FINDINGS_NO_COPY = LocalizedText("…… 另有 {count} 项。", "… and {count} more.")
MORE_INFOS = LocalizedText(
    "（另有 {count} 处已自动识别，不用改，见“{sheet}”。）",
    "({count} more {count:was|were} read automatically and {count:needs|need} no change; see “{sheet}”.)",
)
ABOUT_COPY = LocalizedText(
    "附件就是您发来的文件：有问题的单元格已涂色并加批注，第一张表“{sheet}”列出全部问题，点单元格地址可跳到原处。"
    "请直接在附件上修改，颜色、批注和“{sheet}”不用删除。",
    "Attached is your own file: the cells concerned are coloured and have a comment, and the first sheet, “{sheet}”,"
    " lists everything with links to the cells. Please make your corrections there; colours, comments and “{sheet}” may"
    " stay.",
)
NO_COPY_FORMAT = LocalizedText(
    "{format} 格式的文件里不能做标注，请按上面的单元格地址在原文件里修改；方便的话请另存为 .xlsx 再发。",
    "A {format} file cannot be marked; please use the cell addresses above, and send it as .xlsx if you can.",
)
NO_COPY_FILE = LocalizedText(
    "这个文件的内部写法特殊（{why}），不能在里面做标注，请按上面的单元格地址在原文件里修改。",
    "This file cannot be marked because it is stored in an unusual way ({why}); please use the cell addresses above.",
)
NO_COPY_NOT_AT_HAND = LocalizedText(
    "汇总时没有原文件，所以没有附上标注的副本，请按上面的单元格地址在原文件里修改。",
    "There is no marked copy, because this comes from a consolidated workbook without the file itself; please use the"
    " cell addresses above.",
)
