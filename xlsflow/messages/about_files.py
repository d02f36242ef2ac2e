"""Sentences about returned files that cannot be read at all."""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.messages.coded_message import CodedMessage, error, info, warning

FILES: Mapping[str, CodedMessage] = {
    # --- the file is not there, is not whole, or is protected (intake/isolation, intake/xlsx) ---
    "file_missing": error(
        "找不到文件“{file}”，请检查文件名和所在文件夹。", "“{file}” does not exist; please check its name and folder."
    ),
    "file_is_no_file": error(
        "“{file}”不是文件，请选择一个 Excel 工作簿。", "“{file}” is not a file; please choose an Excel workbook."
    ),
    "file_cannot_be_read": error(
        "“{file}”打不开（{why}）：请先在 Excel 或 WPS 中关闭它；若在网盘上，请先下载到本机，再试一次。",
        "“{file}” cannot be opened ({why}). Close it in Excel or WPS, or download it if it is in cloud storage; then"
        " try again.",
    ),
    "file_is_lock": info(
        "“{file}”是有人打开工作簿时产生的临时文件，不是填报表，可以忽略；请确认原工作簿已保存并关闭。",
        "“{file}” is a temporary file that exists while someone has the workbook open; ignore it, and make sure that"
        " the workbook itself is saved and closed.",
    ),
    "file_empty": error(
        "“{file}”是空文件（0 字节），请重新发送。", "“{file}” is empty (0 bytes); please send it again."
    ),
    "file_incomplete": error(
        "“{file}”不完整（共 {size} 字节，结尾缺失），多半是传输或同步中断，请重新发送。",
        "“{file}” is incomplete ({size} bytes, the end is missing), probably because a transfer was interrupted; please"
        " send it again.",
    ),
    "file_damaged": error(
        "“{file}”已损坏（{part}），请在 Excel 中打开、另存为 .xlsx 后重新发送。",
        "“{file}” is damaged ({part}); please open it in Excel, save it as .xlsx and send it again.",
    ),
    "file_password": error(
        "“{file}”已用密码加密（有时打开时并不要求输入），请取消密码（文件 > 信息 > 保护工作簿）、另存为 .xlsx 后重新发送。",
        "“{file}” is encrypted with a password, even if Excel does not ask for it; please remove the password"
        " (File > Info > Protect Workbook), save the file as .xlsx and send it again.",
    ),
    "file_too_big": error(
        "“{file}”有 {size} MB，最多读取 {limit} MB，请删去图片等附件后重新发送。",
        "“{file}” has {size} MB; the maximum is {limit} MB. Please remove pictures and attachments and send it again.",
    ),
    # --- the file has more in it than a workbook that was filled in by hand ---
    "file_too_many_parts": error(
        "“{file}”内部有 {count} 个部件，最多 {limit} 个，不像正常的工作簿；请把内容填到发出的原文件中，重新发送。",
        "“{file}” consists of {count} parts; the maximum is {limit}. It does not look like a normal workbook; please"
        " enter the data in the original file and send that.",
    ),
    "file_inflates": error(
        "“{file}”解压后过大（{part}，{size} MB），不像正常的工作簿，未读取；请把内容填到发出的原文件中，重新发送。",
        "“{file}” unpacks to an unusual size ({part}, {size} MB) and was not read; please enter the data in the"
        " original file and send that.",
    ),
    "file_too_many_cells": error(
        "“{file}”的工作表“{sheet}”内容过多（超过 {limit} 个单元格），请删去表格以外的内容后重新发送。",
        "“{file}”, sheet “{sheet}” has too much content (more than {limit} cells); please remove everything outside the"
        " table and send it again.",
    ),
    "file_too_slow": error(
        "“{file}”用了 {seconds} 秒处理器时间仍没有读完，已停止；若文件正常（如很大的汇总工作簿），可调高环境变量 XLSFLOW_LIMITS 中的 seconds，否则请把内容填到发出的原文件中，重新发送。",
        "“{file}” could not be read within {seconds} seconds of processor time. If the file is in order, like a very large consolidated workbook, raise seconds in the environment variable XLSFLOW_LIMITS; otherwise please enter the data in the original file and send that.",
    ),
    "file_needs_memory": error(
        "“{file}”读取时占用内存超过 {limit} MB，已停止；若文件正常（如很大的汇总工作簿），可调高环境变量 XLSFLOW_LIMITS 中的 memory_bytes，否则请把内容填到发出的原文件中，重新发送。",
        "“{file}” takes more than {limit} MB of memory to read. If the file is in order, like a very large consolidated workbook, raise memory_bytes in the environment variable XLSFLOW_LIMITS; otherwise please enter the data in the original file and send that.",
    ),
    "answer_too_long": error(
        "“{file}”的内容超过 {limit} MB，未读取；若文件正常（如很大的汇总工作簿），可调高环境变量 XLSFLOW_LIMITS 中的 answer_bytes，否则请把内容填到发出的原文件中，重新发送。",
        "“{file}” has more than {limit} MB of content and was not read. If the file is in order, like a very large consolidated workbook, raise answer_bytes in the environment variable XLSFLOW_LIMITS; otherwise please enter the data in the original file and send that.",
    ),
    "reader_died": error(
        "“{file}”使读取程序中断，文件多半已损坏；请把内容填到发出的原文件中，重新发送。",
        "“{file}” crashed the program that reads it and is probably damaged; please enter the data in the original file"
        " and send that.",
    ),
    "reader_does_not_start": error(
        "读取文件的程序无法启动（{program}），请检查 xlsflow 的安装。",
        "The program that reads files does not start ({program}); please check the installation of xlsflow.",
    ),
    # --- what no spreadsheet program writes ---
    "file_part_twice": error(
        "“{file}”中有两个同名部件（{part}），无法判断以哪个为准，未读取；请在 Excel 中另存为 .xlsx 后重新发送。",
        "“{file}” contains the part {part} twice, so it is not clear which one counts, and it was not read; please save"
        " it as .xlsx in Excel and send it again.",
    ),
    "file_has_doctype": error(
        "“{file}”的部件 {part} 含有表格软件不会写入的指令（DOCTYPE），出于安全未读取；请把内容填到发出的原文件中，重新发送。",
        "“{file}” was not read for safety, since its part {part} contains an instruction that no spreadsheet program"
        " writes (a DOCTYPE); please enter the data in the original file and send that.",
    ),
    "file_leads_outside": error(
        "“{file}”的内容指向文件之外（{target}），出于安全未读取；请把内容填到发出的原文件中，重新发送。",
        "“{file}” was not read for safety, since its contents are outside the file ({target}); please enter the data in"
        " the original file and send that.",
    ),
    "file_without_sheets": error(
        "“{file}”里没有可读的工作表，请确认发送的是填好的工作簿。",
        "“{file}” has no worksheet that can be read; please make sure that you sent the workbook you filled in.",
    ),
    # --- another kind of file ---
    "file_is_web_page": error(
        "“{file}”其实是网页，不是工作簿（可能是登录页面，或系统导出的网页表格）；请发送 Excel 工作簿本身，或用 Excel 打开后另存为 .xlsx。",
        "“{file}” is a web page, not a workbook (a login page, or a table exported as a web page); please send the Excel"
        " workbook itself, or open the file in Excel and save it as .xlsx.",
    ),
    "file_is_text": error(
        "“{file}”其实是文本（如 CSV），不是工作簿；请用 Excel 打开后另存为 .xlsx。",
        "“{file}” is plain text (such as CSV), not a workbook; please open it in Excel and save it as .xlsx.",
    ),
    "file_is_flat_xml": error(
        "“{file}”是 XML 表格（旧版 XML 表格或 .fods），请用 Excel 或 LibreOffice 打开后另存为 .xlsx。",
        "“{file}” is an XML spreadsheet (an old Excel format, or .fods); please open it in Excel or LibreOffice and save"
        " it as .xlsx.",
    ),
    "file_is_pdf": error(
        "“{file}”其实是 PDF，请发送填好的 Excel 工作簿本身。",
        "“{file}” is a PDF; please send the Excel workbook itself.",
    ),
    "file_is_word": error(
        "“{file}”其实是 Word 文档，请发送填好的 Excel 工作簿。",
        "“{file}” is a Word document; please send the Excel workbook.",
    ),
    "file_is_slides": error(
        "“{file}”其实是演示文稿，请发送填好的 Excel 工作簿。",
        "“{file}” is a presentation; please send the Excel workbook.",
    ),
    "file_is_numbers": error(
        "“{file}”是 Apple Numbers 文件，请在 Numbers 中导出为 Excel（.xlsx）后重新发送。",
        "“{file}” is an Apple Numbers file; please export it to Excel (.xlsx) in Numbers and send it again.",
    ),
    "file_is_archive": error(
        "“{file}”其实是压缩包，请解压后发送里面的工作簿。",
        "“{file}” is a compressed archive; please unpack it and send the workbook inside.",
    ),
    "archive_not_opened": warning(
        "{file} 是压缩包，没有读取；请先解压，再把里面的工作簿放进来。",
        "{file} is a compressed archive and was not read; please unpack it and put the workbooks inside here.",
    ),
    # --- what the page that checks a workbook in a browser leaves to the coordinator ---
    "checked_on_return": info(
        "“{file}”不是 .xlsx 格式，本页没有检查；可以照常发回，收到后会检查；想先检查，请另存为 .xlsx。",
        "“{file}” is not in the format .xlsx, so this page has not checked it. Send it as it is, and it is checked on"
        " return; to check it first, save it as .xlsx.",
    ),
    "book_not_checked_here": info(
        "“{file}”是汇总工作簿，本页只检查各区域填报的工作簿。",
        "“{file}” is a consolidated workbook; this page checks only the workbooks that regions fill in.",
    ),
    # --- what else is found beside returns (intake/find_files) ---
    "folder_unreadable": error(
        "文件夹 {file} 打不开（{why}），里面的文件没有读取；请检查权限后再运行一次。",
        "The folder {file} cannot be opened ({why}), so the files in it were not read; check its permissions and run the"
        " command again.",
    ),
    "folder_link": warning(
        "{file} 是指向另一个文件夹的链接，没有进去查找；里面若有回收的表，请把那个文件夹也写在命令里。",
        "{file} is a link to another folder and was not searched; if there are returns in that folder, name it in the"
        " command too.",
    ),
    "link_leads_nowhere": warning(
        "{file} 是失效的链接（{why}），没有读取；若是回收的表，请把文件本身放进来。",
        "{file} is a link to something that cannot be reached ({why}) and was not read; if it is a return, please put the"
        " file itself here.",
    ),
    "hidden_return": warning(
        "{file} 是隐藏文件（名称以点开头），没有读取；若是回收的表，请去掉开头的点。",
        "{file} is hidden, since its name begins with a dot, and was not read; if it is a return, please rename it without"
        " the dot.",
    ),
    "hidden_file": info(
        "{file} 是隐藏文件（名称以点开头），已跳过。",
        "{file} is hidden, since its name begins with a dot; it was skipped.",
    ),
    "hidden_folder": info("{file} 是隐藏文件夹，没有进去查找。", "{file} is a hidden folder and was not searched."),
    "container_opened": info(
        "{file} 里的表已由 xlsflow collect 取出，放在旁边。",
        "The workbooks in {file} have been taken out by xlsflow collect and lie beside it.",
    ),
    "mail_not_opened": warning(
        "{file} 是保存下来的邮件，没有读取；若附件里有回收的表，请打开邮件，把附件另存到这里。",
        "{file} is a saved e-mail and was not read; if a return is attached, please open it and save the attachment here.",
    ),
    "download_not_finished": warning(
        "{file} 是没有下载完的文件，没有读取；请重新下载完整后放进来，再删去它。",
        "{file} is an unfinished download and was not read; please download the file again, put it here and delete this"
        " one.",
    ),
    "shortcut_not_followed": warning(
        "{file} 只是快捷方式，没有读取；若它指向回收的表，请把那个文件本身放进来。",
        "{file} is only a shortcut and was not read; if it points to a return, please put that file itself here.",
    ),
    "file_is_shortcut": error(
        "“{file}”只是快捷方式，请发送它指向的工作簿本身。",
        "“{file}” is only a shortcut; please send the workbook that it points to.",
    ),
    "file_is_picture": error(
        "“{file}”其实是图片，请发送填好的 Excel 工作簿，不要发照片或截图。",
        "“{file}” is a picture; please send the Excel workbook, not a photo or screenshot.",
    ),
    "file_is_old_excel": error(
        "“{file}”是很旧的 Excel 格式，请用 Excel 打开后另存为 .xlsx。",
        "“{file}” is in a very old Excel format; please open it in Excel and save it as .xlsx.",
    ),
    "file_is_unknown": error(
        "“{file}”不是 Excel 工作簿；若是 WPS 等软件的文件，请另存为 .xlsx 后重新发送。",
        "“{file}” is not an Excel workbook; if it comes from another program, please save it there as .xlsx and send it"
        " again.",
    ),
}
