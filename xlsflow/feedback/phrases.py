"""What the marked copy and its covering text say besides the findings themselves."""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.markings import WAIVED
from xlsflow.words import Words

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
RECEIVED = Words(
    "收到贵区域（{region}）{round}的填报文件“{file}”。",
    "Thank you for the workbook “{file}” of {region}{round}.",
)
RECEIVED_PLAIN = Words("收到填报文件“{file}”。", "Thank you for the workbook “{file}”.")
CHECKED = Words("核对结果：{counts}。", "We have checked it: {counts}.")
CLEAN = Words(
    "核对没有发现问题，无需修改，谢谢！", "Everything is in order, nothing needs to be mended. Thank you very much."
)
ONLY_INFO = Words("无需修改，以下仅供参考：", "Nothing must be mended; for your information:")
REFUSED = Words("这个文件没能读取：", "The file could not be read:")
MORE = Words(
    "…… 另有 {count} 处，见附件“{sheet}”。", "… and {count} more, see the sheet “{sheet}” of the attached copy."
)
MORE_PLAIN = Words("…… 另有 {count} 处。", "… and {count} more.")
COPY = Words(
    "附件是贵方原文件的标注版：有问题的单元格已涂色并加批注，第一张表“{sheet}”列出全部问题，点击即可跳到原处。",
    "Attached is your own file with marks: the cells concerned are coloured and have a note, and the first sheet,"
    " “{sheet}”, lists everything with links to the cells.",
)
NO_COPY = Words(
    "原文件是 {format} 格式，无法在其中标注，请按上面的单元格地址修改。",
    "Your file is of the format {format}, in which no marks can be made; please go by the addresses above.",
)
BEFORE_DUE = Words(
    "请在附件上直接改好，于 {due} 前发回原收件人，谢谢！",
    "Please mend it in the attached copy and send it back by {due}. Thank you.",
)
SEND_BACK = Words(
    "请在附件上直接改好后尽快发回，谢谢！", "Please mend it in the attached copy and send it back soon. Thank you."
)
BEFORE_DUE_PLAIN = Words("请改好后于 {due} 前发回，谢谢！", "Please mend it and send it back by {due}. Thank you.")
SEND_BACK_PLAIN = Words("请改好后尽快发回，谢谢！", "Please mend it and send it back soon. Thank you.")
COORDINATOR = Words("协调人：{name}", "Coordinator: {name}")
