"""Every code that a finding or a refusal can bear, with its severity and its sentence in zh and en.

A sentence names what was found and what to do, in words a non-programmer understands. `{file} {sheet} {cell} {label} {value}` are
always known to a finding; other names are facts that it carries. Codes are stable: tests, docs and waivers refer to them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from xlsflow.words import Lang, Words


@dataclass(frozen=True, slots=True)
class Entry:
    """One code of the catalogue."""

    severity: Literal["error", "warning", "info"]
    words: Words

    def say(self, lang: Lang, facts: Mapping[str, str | Words]) -> str:
        """Return the sentence with its facts; one that is not given reads as an ellipsis, never as a broken sentence."""
        said = {name: fact.say(lang) if isinstance(fact, Words) else fact for name, fact in facts.items()}
        return self.words.say(lang).format_map(defaultdict(lambda: "…", said))


def _error(zh: str, en: str) -> Entry:
    return Entry("error", Words(zh, en))


def _warning(zh: str, en: str) -> Entry:
    return Entry("warning", Words(zh, en))


def _info(zh: str, en: str) -> Entry:
    return Entry("info", Words(zh, en))


CATALOGUE: Mapping[str, Entry] = {
    # --- what was typed in a cell cannot be read, or was read with one reading (template/kinds) ---
    "read_as": _info(
        "“{label}”写的是“{value}”，已按“{read}”读取；下次请直接写成“{read}”。",
        "{label}: “{value}” was read as “{read}”; next time please type “{read}”.",
    ),
    "read_as_blank": _info(
        "“{label}”写的是“{value}”，已按空白处理；没有内容时请留空。",
        "{label}: “{value}” was read as blank; please leave the cell empty where there is nothing.",
    ),
    "error_cell": _error(
        "“{label}”单元格显示错误值“{value}”，请重新填写内容。",
        "{label}: the cell shows the error “{value}”; please type the value again.",
    ),
    "formula_without_value": _error(
        "“{label}”单元格是没有计算结果的公式，请在 Excel 中打开并保存一次，或直接填写数值。",
        "{label}: the cell holds a formula without a stored result; open and save the file in Excel, or type the value.",
    ),
    "not_a_date": _error(
        "“{label}”写的是“{value}”，不是日期，请写成 2026-03-31 的样子。",
        "{label}: “{value}” is not a date; please write it like 2026-03-31.",
    ),
    "ambiguous_date": _error(
        "“{label}”写的是“{value}”，有不止一种读法，请写全年月日，如 2026-03-31。",
        "{label}: “{value}” can be read as more than one date; please write year, month and day, like 2026-03-31.",
    ),
    "not_a_datetime": _error(
        "“{label}”写的是“{value}”，不是日期和时间，请写成 2026-03-31 14:30 的样子。",
        "{label}: “{value}” is not a date and time; please write it like 2026-03-31 14:30.",
    ),
    "not_a_number": _error(
        "“{label}”写的是“{value}”，不是数字，请只填数字。",
        "{label}: “{value}” is not a number; please type digits only.",
    ),
    "not_whole": _error(
        "“{label}”写的是“{value}”，应为整数，请改成不带小数的数字。",
        "{label}: “{value}” should be a whole number; please type it without decimals.",
    ),
    "digits_lost": _error(
        "“{label}”是超过 15 位的数字，Excel 已把末尾改成 0，请把单元格设为文本后重新填写。",
        "{label}: the number has more than 15 digits and Excel has replaced the last ones by 0; format the cell as text and retype it.",
    ),
    "date_in_text": _error(
        "“{label}”应填文字或编号，却成了日期“{value}”，请把单元格设为文本后重新填写。",
        "{label}: a text or number is wanted but the cell turned into the date “{value}”; format it as text and retype it.",
    ),
    "too_long": _error(
        "“{label}”有 {length} 个字，最多 {limit} 个字，请缩短。",
        "{label}: {length} characters, at most {limit} are allowed; please shorten it.",
    ),
    "too_small": _error(
        "“{label}”是 {value}，低于允许的下限 {limit}，请核对。",
        "{label}: {value} is below the least allowed, {limit}; please check it.",
    ),
    "too_large": _error(
        "“{label}”是 {value}，超出允许的上限 {limit}，请核对。",
        "{label}: {value} is above the most allowed, {limit}; please check it.",
    ),
    "not_in_list": _error(
        "“{label}”写的是“{value}”，不在可选项中（{options}），请从下拉列表中选择。{nearest}",
        "{label}: “{value}” is not one of {options}; please choose from the dropdown.{nearest}",
    ),
    "id_shape": _error(
        "“{label}”写的是“{value}”，编号应写成 {example} 的样子，请改正。",
        "{label}: “{value}” should look like {example}; please correct it.",
    ),
    "not_a_person": _error(
        "“{label}”写的是“{value}”，这是区域、部门或岗位，不是人；请填一个具体的人的姓名。",
        "{label}: “{value}” is a region, department or post, not a person; please name one person.",
    ),
    "nobody_named": _error(
        "“{label}”写的是“{value}”，没有写明是谁；请填一个具体的人的姓名。",
        "{label}: “{value}” does not say who it is; please name one person.",
    ),
    "several_people": _error(
        "“{label}”写了 {count} 个人（“{value}”），一项工作只能有一个责任人，请只留一个。",
        "{label}: “{value}” names {count} people; one task has one owner, please keep one.",
    ),
    "unknown_person": _warning(
        "“{label}”写的“{value}”不在人员名单里；若是新同事，请通知协调人加入名单。{nearest}",
        "{label}: “{value}” is not on the list of people; if new, ask the coordinator to add them.{nearest}",
    ),
    # --- what the rules say (template/rules) ---
    "required_blank": _error("“{label}”是必填项，还没有填写。", "{label} is required and still blank."),
    "not_unique": _error(
        "“{label}”的“{value}”重复，{other} 已经用过，请换一个。",
        "{label}: “{value}” is used already in {other}; please use another.",
    ),
    "rule_broken": _error("“{label}”写的是“{value}”：{sentence}", "{label} is “{value}”: {sentence}"),
    "rule_warned": _warning("“{label}”写的是“{value}”：{sentence}", "{label} is “{value}”: {sentence}"),
    "refers_to_nothing": _error(
        "“{label}”写的“{value}”在《{target}》中找不到。{nearest}",
        "{label}: “{value}” is not found in {target}.{nearest}",
    ),
    "required_if": _error("“{label}”还没有填写：{sentence}", "{label} is still blank: {sentence}"),
    "before": _error(
        "“{label}”是 {value}，早于“{other}”（{other_value}），请核对这两项。",
        "{label} is {value}, before {other} ({other_value}); please check both.",
    ),
    "in_future": _error(
        "“{label}”是 {value}，晚于今天（{as_of}）；这里填已经发生的日期，请核对。",
        "{label} is {value}, after today ({as_of}); a date that has passed is wanted here, please check it.",
    ),
    "not_exactly_one": _error(
        "这一行有 {count} 个 {code}，应当恰好有一个，请改正。",
        "This row has {count} × {code}; exactly one is wanted, please correct it.",
    ),
    "none_of": _error("这一行没有 {code}，至少要有一个，请补上。", "This row has no {code}; please give it at least one."),
    "no_figure": _error(
        "“{label}”写的是“{value}”，没有可衡量的数字，请写明数量、比例或期限。",
        "{label} is “{value}”, without a figure to measure it by; please add a number, a share or a date.",
    ),
    # --- what several returns say together (merge) ---
    "used_elsewhere": _warning(
        "“{label}”的“{value}”在 {other} 中也用到了；请与对方核对，若不是同一项，请换一个编号。",
        "{label}: “{value}” is used in {other} too; please agree with them, and use another unless it is the same item.",
    ),
    "superseded": _warning(
        "“{file}”之后，同一区域又有保存更晚的“{other}”；已采用后者，本文件的数据不计入。",
        "“{file}” was followed by “{other}”, saved later by the same region; the later one counts, this one does not.",
    ),
    "file_twice": _info(
        "“{file}”与“{other}”的内容完全相同，只计一次。", "“{file}” is the very same file as “{other}”; it counts once."
    ),
    "row_twice": _info("这一行与 {other} 完全相同，只计一次。", "This row is the same as {other} in every field; it counts once."),
    "row_without_key": _warning(
        "“{label}”没有填写，这一行无法识别，没有计入；请补上。",
        "{label} is blank, so this row cannot be told from others and is left out; please fill it in.",
    ),
    "ledger_unbalanced": _error(
        "“{file}”的工作表“{sheet}”（{block}）有 {seen} 行，只说明了 {told} 行的去向；这是程序错误，请报告，结果没有写出。",
        "“{file}”, sheet “{sheet}” ({block}): {seen} rows were seen but {told} are accounted for; this is a fault of xlsflow, please"
        " report it. Nothing was written.",
    ),
    # --- what cannot be written (workbook/atomic) ---
    "output_locked": _error(
        "“{file}”正被其他程序打开（多半是 Excel），无法替换；请关闭它后再试，原文件没有改动。",
        "“{file}” is open in another program (most likely Excel) and was left as it is; close it there and try again.",
    ),
    "output_not_writable": _error(
        "“{file}”无法写入（{reason}）；请检查文件夹权限和磁盘空间，或换一个位置。",
        "“{file}” cannot be written ({reason}); check permissions and disk space, or choose another place.",
    ),
    # --- a returned file cannot be read at all (intake/guard, parts, reading, opening) ---
    "file_missing": _error(
        "找不到文件“{file}”，请检查文件名和所在文件夹。",
        "“{file}” is not there; please check its name and folder.",
    ),
    "file_is_no_file": _error(
        "“{file}”不是文件，请选择一个 Excel 工作簿。",
        "“{file}” is not a file; please choose an Excel workbook.",
    ),
    "file_cannot_be_read": _error(
        "“{file}”打不开（{why}）：请先在 Excel 或 WPS 中关闭它；若在网盘上，请先下载到本机，再试一次。",
        "“{file}” cannot be opened ({why}): close it in Excel or WPS, or fetch it from the cloud folder first, then try again.",
    ),
    "file_is_lock": _error(
        "“{file}”是有人打开工作簿时产生的临时文件，不是填报表，可以忽略；请确认原工作簿已保存并关闭。",
        "“{file}” is the small file that stands beside a workbook while someone has it open; ignore it, and make sure the"
        " workbook itself is saved and closed.",
    ),
    "file_empty": _error(
        "“{file}”是空文件（0 字节），请对方重新发送。",
        "“{file}” is empty (0 bytes); ask for it again.",
    ),
    "file_incomplete": _error(
        "“{file}”不完整（共 {size} 字节，结尾缺失），多半是传输或同步中断，请对方重新发送。",
        "“{file}” is incomplete ({size} bytes, the end is missing), most likely cut off while it was sent; ask for it again.",
    ),
    "file_damaged": _error(
        "“{file}”已损坏（{part}），请对方在 Excel 中打开、另存为 .xlsx 后重新发送。",
        "“{file}” is damaged ({part}); have it opened in Excel, saved again as .xlsx and sent again.",
    ),
    "file_password": _error(
        "“{file}”设有打开密码，请对方取消密码（文件 > 信息 > 保护工作簿）后重新发送。",
        "“{file}” needs a password to open; have it removed (File > Info > Protect Workbook) and the file sent again.",
    ),
    "file_too_big": _error(
        "“{file}”有 {size} MB，最多读取 {limit} MB，请删去图片等附件后重新发送。",
        "“{file}” has {size} MB, at most {limit} MB are read; remove pictures and attachments and send it again.",
    ),
    "file_too_many_parts": _error(
        "“{file}”内部有 {count} 个部件，最多 {limit} 个，不像正常的工作簿；请从模板重新填写后发送。",
        "“{file}” is made of {count} parts, at most {limit} are read; this is no usual workbook, please fill in the template anew.",
    ),
    "file_inflates": _error(
        "“{file}”解压后过大（{part}，{size} MB），不像正常的工作簿，未读取；请从模板重新填写后发送。",
        "“{file}” unpacks to an unusual size ({part}, {size} MB) and is not read; please fill in the template anew.",
    ),
    "file_too_many_cells": _error(
        "“{file}”的工作表“{sheet}”内容过多（超过 {limit} 个单元格），请删去表格以外的内容后重新发送。",
        "“{file}”: sheet “{sheet}” holds too much (over {limit} cells); remove what does not belong to the table and send it again.",
    ),
    "file_too_slow": _error(
        "“{file}”在 {seconds} 秒内没有读完，已停止；请把内容复制到新的模板后重新发送。",
        "“{file}” could not be read within {seconds} seconds; please copy its contents into a fresh template and send it again.",
    ),
    "file_needs_memory": _error(
        "“{file}”读取时占用内存超过 {limit} MB，已停止；请把内容复制到新的模板后重新发送。",
        "“{file}” needs more than {limit} MB of memory to read; please copy its contents into a fresh template and send it again.",
    ),
    "reader_died": _error(
        "“{file}”使读取程序中断，文件多半已损坏；请把内容复制到新的模板后重新发送。",
        "“{file}” ended the program that reads it, so it is most likely damaged; please copy its contents into a"
        " fresh template and send it again.",
    ),
    "reader_does_not_start": _error(
        "读取文件的程序无法启动（{program}），请检查 xlsflow 的安装。",
        "The program that reads files does not start ({program}); please check the installation of xlsflow.",
    ),
    "file_part_twice": _error(
        "“{file}”中有两个同名部件（{part}），无法判断以哪个为准，未读取；请在 Excel 中另存为 .xlsx 后重新发送。",
        "“{file}” holds the part {part} twice and nobody can tell which one counts; save it again as .xlsx in Excel and send it again.",
    ),
    "file_has_doctype": _error(
        "“{file}”的部件 {part} 含有表格软件不会写入的指令（DOCTYPE），出于安全未读取；请从模板重新填写后发送。",
        "“{file}”: part {part} holds instructions that no spreadsheet program writes (a DOCTYPE), so it is not read; please fill"
        " in the template anew.",
    ),
    "file_leads_outside": _error(
        "“{file}”的内容指向文件之外（{target}），出于安全未读取；请从模板重新填写后发送。",
        "“{file}” takes its contents from outside the file ({target}), so it is not read; please fill in the template anew.",
    ),
    "file_without_sheets": _error(
        "“{file}”里没有可读的工作表，请确认发送的是填好的工作簿。",
        "“{file}” holds no worksheet that can be read; please make sure that the filled workbook was sent.",
    ),
    "file_is_web_page": _error(
        "“{file}”其实是网页，不是工作簿（可能是登录页面，或网页另存的表格）；请发送 Excel 工作簿本身。",
        "“{file}” is a web page and no workbook (a login page, or a table saved from the web); please send the Excel workbook itself.",
    ),
    "file_is_text": _error(
        "“{file}”其实是文本（如 CSV），不是工作簿；请用 Excel 打开后另存为 .xlsx。",
        "“{file}” is plain text (such as CSV) and no workbook; open it in Excel and save it as .xlsx.",
    ),
    "file_is_flat_xml": _error(
        "“{file}”是 XML 表格（旧版 XML 表格或 .fods），请用 Excel 或 LibreOffice 打开后另存为 .xlsx。",
        "“{file}” is a spreadsheet in plain XML; open it in Excel or LibreOffice and save it as .xlsx.",
    ),
    "file_is_pdf": _error(
        "“{file}”其实是 PDF，请发送填好的 Excel 工作簿本身。",
        "“{file}” is a PDF; please send the filled Excel workbook itself.",
    ),
    "file_is_word": _error(
        "“{file}”其实是 Word 文档，请发送填好的 Excel 工作簿。",
        "“{file}” is a Word document; please send the filled Excel workbook.",
    ),
    "file_is_slides": _error(
        "“{file}”其实是演示文稿，请发送填好的 Excel 工作簿。",
        "“{file}” is a presentation; please send the filled Excel workbook.",
    ),
    "file_is_numbers": _error(
        "“{file}”是 Apple Numbers 文件，请在 Numbers 中导出为 Excel（.xlsx）后重新发送。",
        "“{file}” is an Apple Numbers file; export it to Excel (.xlsx) in Numbers and send it again.",
    ),
    "file_is_archive": _error(
        "“{file}”其实是压缩包，请解压后发送里面的工作簿。",
        "“{file}” is an archive; please unpack it and send the workbook inside.",
    ),
    "file_is_shortcut": _error(
        "“{file}”只是快捷方式，请发送它指向的工作簿本身。",
        "“{file}” is only a shortcut; please send the workbook that it points to.",
    ),
    "file_is_picture": _error(
        "“{file}”其实是图片，请发送填好的 Excel 工作簿，不要发照片或截图。",
        "“{file}” is a picture; please send the filled Excel workbook, not a photo or screenshot.",
    ),
    "file_is_old_excel": _error(
        "“{file}”是很旧的 Excel 格式，请用 Excel 打开后另存为 .xlsx。",
        "“{file}” is in a very old Excel format; open it in Excel and save it as .xlsx.",
    ),
    "file_is_unknown": _error(
        "“{file}”不是 Excel 工作簿；若是 WPS 等软件的文件，请另存为 .xlsx 后重新发送。",
        "“{file}” is not an Excel workbook; if another program wrote it, save it there as .xlsx and send it again.",
    ),
    # --- what kind of file it is, and whether it is wanted here (flow) ---
    "lock_file": _info(
        "{file} 只是别人正打开工作簿时留下的锁文件，已跳过；请确认那份工作簿已保存并关闭。",
        "{file} is only the mark of a workbook that somebody has open; it was skipped. Make sure that workbook is saved and closed.",
    ),
    "other_file": _info("{file} 不是电子表格，已跳过。", "{file} is not a spreadsheet; it was skipped."),
    "foreign_file": _warning(
        "{file} 不是本工具发出的表，已跳过；若是回收的表，请让对方用发出的原文件填写。",
        "{file} was not sent out by xlsflow and was skipped; if it is a return, ask for the original file to be filled.",
    ),
    "not_ours": _error(
        "{file} 不是本工具发出的表，无法读取；请让对方用发出的原文件填写。",
        "{file} was not sent out by xlsflow and cannot be read; ask for the original file to be filled.",
    ),
    "project_workbook": _info(
        "{file} 是项目设置表，不是回收的表，已跳过。", "{file} is a project workbook, not a return; it was skipped."
    ),
    "unknown_pack": _error(
        "{file} 是用模板包“{pack}”生成的，这里没有这个模板包；请用 --templates 指定模板所在文件夹。",
        "{file} was generated from the pack “{pack}”, which is not known here; name its folder with --templates.",
    ),
    "other_project": _error(
        "{file} 属于另一个项目（{found}），本项目是 {wanted}，未合并。",
        "{file} belongs to another project ({found}); this one is {wanted}, so it was not merged.",
    ),
    "other_round": _error(
        "{file} 是 {found} 轮的表，本轮是 {wanted}，未合并；请让对方填写本轮发出的文件。",
        "{file} is from round {found}; this is {wanted}, so it was not merged. Ask for this round's file.",
    ),
    "other_version": _warning(
        "{file} 是按另一版模板生成的，已按列标识读取；新增或改动的列可能是空的。",
        "{file} was generated from another version of the templates; it was read by its keys, new or changed columns may be blank.",
    ),
    "stamp_missing": _warning(
        "{file} 的文件标识已丢失，是按表头识别的；请核对区域和轮次是否正确。",
        "{file} has lost its stamp and was recognised by its headers; please check that region and round are right.",
    ),
    "stamp_differs": _warning(
        "{file} 里几处文件标识互相不一致，可能由两份表拼成；请核对内容是哪个区域的。",
        "{file} bears stamps that differ, as if put together from two files; please check which region it is from.",
    ),
    "region_unknown": _error(
        "{file} 看不出是哪个区域的；请在文件名里写上区域名称。",
        "{file} does not say which region it is from; please put the region's name into the file name.",
    ),
    "region_not_asked": _error(
        "{file} 的区域代码“{region}”不在项目设置里；请核对项目设置表的“区域”。",
        "{file} is from region “{region}”, which the project does not have; please check the project's regions.",
    ),
    "sheet_missing": _warning("{file} 里没有《{title}》这张表。", "{file} has no sheet “{title}”."),
    "header_missing": _error(
        "{file} 的《{sheet}》里找不到表头，这张表没有读取；请把内容填回发出的原文件。",
        "{file}, sheet {sheet}: no header was found, so it was not read; please put the rows back into the original file.",
    ),
    "key_row_missing": _info(
        "《{sheet}》表头上方的隐藏行不见了，已按表头文字读取。",
        "{sheet}: the hidden row above the header is gone; the columns were read by their header texts.",
    ),
    "column_missing": _error(
        "《{sheet}》里找不到必填的“{label}”；请把它加回来，或把内容填回发出的原文件。",
        "{sheet}: the required column {label} is missing; please put it back, or use the original file.",
    ),
    "column_gone": _warning("《{sheet}》里找不到“{label}”，按空白处理。", "{sheet}: {label} is missing and was taken as blank."),
    # --- what stops the work (errors) ---
    "no_such_file": _error("找不到 {path}。", "There is no {path}."),
    "nothing_to_read": _error("{path} 里没有文件。", "There is no file in {path}."),
    "already_there": _error(
        "{path} 已经存在，未改动；请换一个文件名。", "{path} is there already and was left alone; please give another name."
    ),
    "folder_not_empty": _error(
        "文件夹 {path} 里已有内容，未改动；请换一个文件夹。",
        "The folder {path} is not empty and was left alone; please give another.",
    ),
    "no_as_of": _error(
        "不知道报告的基准时刻；请用 as_of 给出，或在项目设置表的“轮次”里填基准日。",
        "It is not known which moment the report looks from; give as_of, or fill in the round's as-of date.",
    ),
    "no_round": _error(
        "项目设置表的“轮次”里没有填轮次编号或截止时间，请先填写。",
        "The project's round has no id or no deadline; please fill them in first.",
    ),
    "no_project_file": _error("找不到项目设置表 {path}。", "There is no project workbook {path}."),
    "not_a_project_workbook": _error(
        "{path} 不是项目设置表；请用 xlsflow init 生成一份。", "{path} is not a project workbook; xlsflow init writes one."
    ),
    "project_faulty": _error(
        "项目设置表 {path} 有 {count} 处要先改正，第一处在《{sheet}》{cell}：{zh}",
        "The project workbook {path} has {count} cells to mend first; the first is {sheet} {cell}: {en}",
    ),
    "no_regions": _error("项目设置表里还没有区域，请先填写。", "The project names no region yet; please fill them in first."),
    "region_twice": _error(
        "项目设置表里有两个区域都叫“{name}”（名称、英文名或代码）；请加以区分。",
        "The project has two regions called “{name}” (by name, English name or code); please tell them apart.",
    ),
    "department_twice": _error(
        "项目设置表里有两个部门都叫“{name}”（名称、英文名或代码）；请加以区分。",
        "The project has two departments called “{name}” (by name, English name or code); please tell them apart.",
    ),
    "column_twice": _error(
        "项目设置表的责任矩阵里有两列都叫“{name}”（名称、英文名或代码）；请加以区分。",
        "The project has two columns of the RACI matrix called “{name}” (by name, English name or code); please tell them apart.",
    ),
    "unknown_time_zone": _error(
        "项目设置表里的时区“{name}”不存在{near}；请从下拉列表中选择，或填 Asia/Shanghai 这样的名称。",
        "There is no time zone “{name}”, which the project names{near}; choose one from the dropdown, or type a name like Asia/Shanghai.",
    ),
    "person_twice": _error(
        "项目设置表里有两个人都叫“{name}”；请在姓名后加以区分，如“{name}（华东）”。",
        "The project has two people called “{name}”; please tell them apart, like “{name} (East)”.",
    ),
    "no_such_region": _error(
        "项目里没有区域“{region}”{near}；现有：{known}。", "The project has no region “{region}”{near}; it has {known}."
    ),
}
"""Code -> severity and sentence. The groups follow the rooms that raise them."""
