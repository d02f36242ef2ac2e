"""What the marked copy and its covering text say besides the findings themselves."""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.fileformat.feedback_marks import WAIVED
from xlsflow.i18n import Words

SEVERITY: Mapping[str, Words] = {
    "error": Words("必须修改", "Must be mended"),
    "warning": Words("请核对", "Please check"),
    "info": Words("提示", "For information"),
    WAIVED: Words("已豁免", "Waived"),
}
COUNTS: Mapping[str, Words] = {
    "error": Words("{count} 处必须修改", "{count} to be mended"),
    "warning": Words("{count} 处请核对", "{count} to be checked"),
    "info": Words("{count} 处提示", "{count} for information"),
}
COMMA = Words("，", ", ")
STOP = Words("。", ".")

TITLE = Words("问题清单：{file}", "To mend: {file}")
HOW = Words(
    "点“单元格”一列可跳到原处。改好后把本文件直接发回即可，颜色、批注和本表不用删除。",
    "A click on a cell's address leads there. When done, send this very file back; colours, notes and this list may"
    " stay.",
)
HEADERS: tuple[Words, ...] = (
    Words("序号", "No."),
    Words("工作表", "Sheet"),
    Words("单元格", "Cell"),
    Words("项目", "Item"),
    Words("填写内容", "Filled in"),
    Words("问题与处理", "What to do"),
    Words("类别", "Severity"),
    Words("已改", "Done"),
)
WHOLE_FILE = Words("（整个文件）", "(whole file)")

GREETING = Words("{name}：您好！", "Dear {name},")
GREETING_NOBODY = Words("您好！", "Hello,")
ABOUT = Words(" ", ", ")
RECEIVED = Words(
    "已收到{region}的填报表（{what}，{file}），谢谢。", "Thank you for the workbook of {region} ({what}, {file})."
)
RECEIVED_PLAIN = Words("已收到填报表（{file}），谢谢。", "Thank you for the workbook ({file}).")
CHECKED = Words("核对后有 {counts}。", "Checked: {counts}.")
CLEAN = Words("核对没有发现问题，无需修改。", "Everything is in order; nothing needs to be mended.")
ONLY_INFO = Words("无需修改，以下仅供参考。", "Nothing needs to be mended; what follows is for your information.")
REFUSED = Words("但文件没能读取，原因如下。", "It could not be read, though; the reason is below.")
BEFORE_DUE = Words("请于 {due} 前{do}，{to}。", "Please send it {do} by {due}{to}.")
LATE = Words("截止时间 {due} 已过，请尽快{do}，{to}。", "It was due by {due}; please send it {do} soon{to}.")
SOON = Words("请尽快{do}，{to}。", "Please send it {do} soon{to}.")
MENDED = Words("改好", "back, mended,")
ANEW = Words("处理好", "again")
TO_SENDER = Words("发回原收件人", "")
TO_NAME = Words("发给{name}", " to {name}")
TO_REACH = Words("发给{name}（{contact}）", " to {name} ({contact})")
LOCAL = Words("{due}（当地时间）", "{due} (your local time)")
HEADINGS: Mapping[str, Words] = {
    "error": Words("必须修改：", "Must be mended:"),
    "warning": Words("请核对：", "Please check:"),
    "info": Words("仅供参考：", "For information:"),
}
COLON = Words("：", " – ")
MORE = Words(
    "…… 另有 {count} 项，见附件第一张表“{sheet}”。",
    "… and {count} more, see the first sheet of the attached copy, “{sheet}”.",
)
MORE_PLAIN = Words("…… 另有 {count} 项。", "… and {count} more.")
DONE = Words(
    "（另有 {count} 处已自动识别，不用改，见“{sheet}”。）",
    "(For {count} more, which need no mending, see “{sheet}”.)",
)
COPY = Words(
    "附件就是您发来的文件：有问题的单元格已涂色并加批注，第一张表“{sheet}”列出全部问题，点单元格地址可跳到原处。"
    "请直接在附件上修改，颜色、批注和“{sheet}”不用删除。",
    "Attached is your own file: the cells concerned are coloured and have a note, and the first sheet, “{sheet}”, lists"
    " everything with links to the cells. Please mend it there; colours, notes and “{sheet}” may stay.",
)
NO_COPY = Words(
    "{format} 格式的文件里不能做标注，请按上面的单元格地址在原文件里修改；方便的话请另存为 .xlsx 再发。",
    "No marks can be made in a {format} file; please go by the addresses above, and send it as .xlsx if you can.",
)
NO_COPY_OF_THIS = Words(
    "这个文件的内部写法特殊（{why}），不能在里面做标注，请按上面的单元格地址在原文件里修改。",
    "No marks can be made in this file, for it is written in an unusual way ({why}); please go by the addresses above.",
)
