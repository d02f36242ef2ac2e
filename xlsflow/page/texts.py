"""The sentences of the page itself; those about workbooks come from the checks."""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.i18n import LocalizedText

SENTENCES_OF_PAGE: Mapping[str, LocalizedText] = {
    "title": LocalizedText("检查填报工作簿", "Check your workbook"),
    "private": LocalizedText(
        "检查在这台电脑上进行：工作簿不上传，本页也不能联网。",
        "Everything is checked on this computer: no workbook is uploaded, and this page cannot reach any network.",
    ),
    "choose": LocalizedText("选择工作簿", "Choose workbooks"),
    "hint": LocalizedText("也可以把一个或几个文件拖到这里。", "Or drop one or several files here."),
    "language": LocalizedText("语言", "Language"),
    "preparing": LocalizedText(
        "正在准备，需要几秒；可以先选文件。", "Getting ready, which takes a few seconds; choose files meanwhile."
    ),
    "preparing_with_files": LocalizedText("正在准备，马上检查。", "Getting ready; checking begins in a moment."),
    "ready": LocalizedText("可以开始检查。", "Ready."),
    "failed": LocalizedText(
        "本页无法在这个浏览器里运行；请用较新的 Edge、Chrome、Firefox 或 Safari 打开。工作簿也可以不检查直接发回。",
        "This page cannot run in this browser; open it in a recent Edge, Chrome, Firefox or Safari. You can also send"
        " the workbook back unchecked.",
    ),
    "bar": LocalizedText("进度", "Progress"),
    "checking": LocalizedText("正在检查 {file}（已完成 {done}/{all}）", "Checking {file} ({done} of {all} done)"),
    "finished": LocalizedText("检查完毕：{done}/{all}。", "Checked: {done} of {all}."),
    "waiting": LocalizedText("等待检查", "Waiting"),
    "stopped": LocalizedText("已停止，没有检查", "Stopped; not checked"),
    "stop": LocalizedText("停止", "Stop"),
    "clear": LocalizedText("清空", "Clear"),
    "print": LocalizedText("打印", "Print"),
    "copy": LocalizedText("复制文字", "Copy as text"),
    "copy_of": LocalizedText("复制文字：{file}", "Copy as text: {file}"),
    "copy_all": LocalizedText("全部复制为文字", "Copy all as text"),
    "copied": LocalizedText("已复制。", "Copied."),
    "download": LocalizedText("下载标注副本", "Download the marked copy"),
    "download_of": LocalizedText("下载标注副本：{file}", "Download the marked copy: {file}"),
    "after_download": LocalizedText(
        "标注副本里每处问题都已标出；可以直接在副本里改好、再检查一次、发回。",
        "The marked copy shows every finding at its cell. You can correct it right there, check it again and send it"
        " back.",
    ),
    "filter": LocalizedText("显示", "Show"),
    "error": LocalizedText("必须修改", "Errors"),
    "warning": LocalizedText("请核对", "Warnings"),
    "info": LocalizedText("提示", "Notes"),
    "whole_file": LocalizedText("（整个文件）", "(the whole file)"),
    "made": LocalizedText(
        "由 xlsflow {version} 生成；与收到后的检查是同一套程序。",
        "Made by xlsflow {version}; the same program checks what is sent back.",
    ),
}
"""Key in `page.js` -> sentence, with its facts in braces."""
