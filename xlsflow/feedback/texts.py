"""What the marked copy and its covering text say besides the findings themselves."""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.fileformat.feedback_marks import WAIVED
from xlsflow.i18n import LocalizedText

SEVERITY: Mapping[str, LocalizedText] = {
    "error": LocalizedText("必须修改", "Must be mended"),
    "warning": LocalizedText("请核对", "Please check"),
    "info": LocalizedText("提示", "For information"),
    WAIVED: LocalizedText("已豁免", "Waived"),
}
COUNTS: Mapping[str, LocalizedText] = {
    "error": LocalizedText("{count} 处必须修改", "{count} to be mended"),
    "warning": LocalizedText("{count} 处请核对", "{count} to be checked"),
    "info": LocalizedText("{count} 处提示", "{count} for information"),
}
COMMA = LocalizedText("，", ", ")
STOP = LocalizedText("。", ".")

TITLE = LocalizedText("问题清单：{file}", "To mend: {file}")
HOW = LocalizedText(
    "点“单元格”一列可跳到原处。改好后把本文件直接发回即可，颜色、批注和本表不用删除。",
    "A click on a cell's address leads there. When done, send this very file back; colours, notes and this list may"
    " stay.",
)
HEADERS: tuple[LocalizedText, ...] = (
    LocalizedText("序号", "No."),
    LocalizedText("工作表", "Sheet"),
    LocalizedText("单元格", "Cell"),
    LocalizedText("项目", "Item"),
    LocalizedText("填写内容", "Filled in"),
    LocalizedText("问题与处理", "What to do"),
    LocalizedText("类别", "Severity"),
    LocalizedText("已改", "Done"),
)
WHOLE_FILE = LocalizedText("（整个文件）", "(whole file)")

GREETING = LocalizedText("{name}：您好！", "Dear {name},")
GREETING_NOBODY = LocalizedText("您好！", "Hello,")
ABOUT = LocalizedText(" ", ", ")
RECEIVED = LocalizedText(
    "已收到{region}的填报表（{what}，{file}），谢谢。", "Thank you for the workbook of {region} ({what}, {file})."
)
RECEIVED_PLAIN = LocalizedText("已收到填报表（{file}），谢谢。", "Thank you for the workbook ({file}).")
CHECKED = LocalizedText("核对后有 {counts}。", "Checked: {counts}.")
CLEAN = LocalizedText("核对没有发现问题，无需修改。", "Everything is in order; nothing needs to be mended.")
ONLY_INFO = LocalizedText(
    "无需修改，以下仅供参考。", "Nothing needs to be mended; what follows is for your information."
)
REFUSED = LocalizedText("但文件没能读取，原因如下。", "It could not be read, though; the reason is below.")
BEFORE_DUE = LocalizedText("请于 {due} 前{do}，{to}。", "Please send it {do} by {due}{to}.")
LATE = LocalizedText("截止时间 {due} 已过，请尽快{do}，{to}。", "It was due by {due}; please send it {do} soon{to}.")
SOON = LocalizedText("请尽快{do}，{to}。", "Please send it {do} soon{to}.")
MENDED = LocalizedText("改好", "back, mended,")
ANEW = LocalizedText("处理好", "again")
TO_SENDER = LocalizedText("发回原收件人", "")
TO_NAME = LocalizedText("发给{name}", " to {name}")
TO_REACH = LocalizedText("发给{name}（{contact}）", " to {name} ({contact})")
LOCAL = LocalizedText("{due}（当地时间）", "{due} (your local time)")
HEADINGS: Mapping[str, LocalizedText] = {
    "error": LocalizedText("必须修改：", "Must be mended:"),
    "warning": LocalizedText("请核对：", "Please check:"),
    "info": LocalizedText("仅供参考：", "For information:"),
}
COLON = LocalizedText("：", " – ")
MORE = LocalizedText(
    "…… 另有 {count} 项，见附件第一张表“{sheet}”。",
    "… and {count} more, see the first sheet of the attached copy, “{sheet}”.",
)
MORE_PLAIN = LocalizedText("…… 另有 {count} 项。", "… and {count} more.")
DONE = LocalizedText(
    "（另有 {count} 处已自动识别，不用改，见“{sheet}”。）",
    "(For {count} more, which need no mending, see “{sheet}”.)",
)
COPY = LocalizedText(
    "附件就是您发来的文件：有问题的单元格已涂色并加批注，第一张表“{sheet}”列出全部问题，点单元格地址可跳到原处。"
    "请直接在附件上修改，颜色、批注和“{sheet}”不用删除。",
    "Attached is your own file: the cells concerned are coloured and have a note, and the first sheet, “{sheet}”, lists"
    " everything with links to the cells. Please mend it there; colours, notes and “{sheet}” may stay.",
)
NO_COPY = LocalizedText(
    "{format} 格式的文件里不能做标注，请按上面的单元格地址在原文件里修改；方便的话请另存为 .xlsx 再发。",
    "No marks can be made in a {format} file; please go by the addresses above, and send it as .xlsx if you can.",
)
NO_COPY_OF_THIS = LocalizedText(
    "这个文件的内部写法特殊（{why}），不能在里面做标注，请按上面的单元格地址在原文件里修改。",
    "No marks can be made in this file, for it is written in an unusual way ({why}); please go by the addresses above.",
)
