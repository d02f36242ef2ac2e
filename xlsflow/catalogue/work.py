"""What is said of files that can be read, and what stops the work."""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.catalogue.entry import Entry, error, info, warning

REFUSING = frozenset(
    (
        "book_origin", "book_page", "book_rows", "foreign_file", "not_ours", "other_file", "other_project", "other_round",
        "project_workbook", "unknown_pack",
    )
)  # fmt: skip
"""Codes of files that could be read but are not wanted here."""

WORK: Mapping[str, Entry] = {
    # --- what cannot be written (atomic, feedback) ---
    "output_locked": error(
        "“{file}”正被其他程序打开（多半是 Excel），无法替换；请关闭它后再试，原文件没有改动。",
        "“{file}” is open in another program (most likely Excel) and was left as it is; close it there and try again.",
    ),
    "output_not_writable": error(
        "“{file}”无法写入（{reason}）；请检查文件夹权限和磁盘空间，或换一个位置。",
        "“{file}” cannot be written ({reason}); check permissions and disk space, or choose another place.",
    ),
    "output_was_filled": error(
        "“{file}”发出后已有人填写保存过，不再覆盖；请换一个文件夹，或先把它移走。没有生成任何文件。",
        "“{file}” has been filled and saved since it was written and is not written over; choose another folder, or move it away"
        " first. Nothing was generated.",
    ),
    "output_is_input": error(
        "“{file}”是这次要读取的文件，不能用结果覆盖它；请换一个文件名或文件夹，原文件没有改动。",
        "“{file}” is one of the files to be read and cannot be replaced by the result; it was left as it is, please give another name.",
    ),
    "feedback_among_returns": error(
        "标注文件不能写到回收文件夹 {path} 里（{folder}），否则下次会被当作回收的文件；请换一个文件夹。",
        "Marked copies cannot be written to {folder}: it is among the returned files ({path}) and they would be read as returns"
        " next time; please choose another folder.",
    ),
    "cannot_be_marked": error(
        "无法在文件中标注（{reason}）；请按问题清单中的单元格地址修改。",
        "No marks can be made in the file ({reason}); please go by the addresses in the list of findings.",
    ),
    # --- how much of a file is read (intake/guard) ---
    "limits_unclear": error(
        "环境变量 {name} 中的“{word}”看不懂；请写成“名称=大于 0 的数”，如 seconds=30 或 file_bytes=80M；可用的名称：{known}。",
        "“{word}” in {name} is no limit; write a name and a number above 0, like seconds=30 or file_bytes=80M; there are: {known}.",
    ),
    # --- LibreOffice, which draws the pages of a PDF (office) ---
    "office_missing": error(
        "生成 {file} 需要 LibreOffice，这台电脑上没有找到；请从 libreoffice.org 安装后再试（报告也可以输出为 .html，用浏览器打印）。",
        "{file} needs LibreOffice, which was not found; get it from libreoffice.org (a report can also be written as .html).",
    ),
    "office_too_slow": error(
        "LibreOffice 在 {seconds} 秒内没有完成 {file}，已将其结束；请关闭其他程序后再试。",
        "LibreOffice did not finish {file} within {seconds} seconds and was ended; close other programs and try again.",
    ),
    "office_failed": error(
        "LibreOffice 没有生成 {file}（退出码 {exit}）；请确认 LibreOffice 能正常启动。",
        "LibreOffice made no {file} (exit code {exit}); please make sure that it starts as usual.",
    ),
    "book_to_print": error(
        "{file} 是汇总工作簿，不是一份回收的表；请用 xlsflow report {file} --out 报告.pdf 输出。",
        "{file} is a consolidated workbook, not a return; xlsflow report {file} --out report.pdf prints it.",
    ),
    "only_with_from": error(
        "{option} 只有同时给出 --from 才起作用；请补上 --from，或去掉它。",
        "{option} only means something together with --from; add that, or leave it out.",
    ),
    "several_returns": error(
        "{file} 是汇总工作簿，里面有几份回收的表；请用 open_book 或 merge 读取。",
        "{file} is a consolidated workbook of several returns; read it with open_book or merge.",
    ),
    # --- a consolidated workbook as an input (intake/book_pages, flow/book_back, flow/reporting) ---
    "not_a_book": error(
        "{file} 不是 xlsflow 生成的汇总工作簿；请给出 merge 写出的文件。",
        "{file} is no consolidated workbook of xlsflow; give the file that merge has written.",
    ),
    "book_page": error(
        "汇总工作簿 {file} 的隐藏页“{page}”缺失或被改动，无法读回；请用 merge 重新生成。",
        "The consolidated workbook {file} has lost its hidden page “{page}”, or it was changed; write it anew with merge.",
    ),
    "book_rows": error(
        "汇总工作簿 {file} 的行数与台账不符（{sheet}：应有 {wanted} 行，实有 {found} 行）；请不要在其中增删行，用 merge 重新生成。",
        "The rows of {file} are not those of its ledger ({sheet}: {wanted} expected, {found} there); do not add or delete rows in it, "
        "write it anew with merge.",
    ),
    "book_origin": error(
        "汇总工作簿 {file} 的“{sheet}”第 {row} 行没有可用的来源文件和行号，无法读回；请用 merge 重新生成。",
        "Row {row} of “{sheet}” in {file} does not say which file and row it comes from; write the workbook anew with merge.",
    ),
    "report_format": error(
        "不知道怎样写出 {file}；文件名的结尾可以是：{known}。",
        "It is not known how to write {file}; its name may end in: {known}.",
    ),
    # --- what kind of file it is, and whether it is wanted here (flow) ---
    "other_file": info("{file} 不是电子表格，已跳过。", "{file} is not a spreadsheet; it was skipped."),
    "foreign_file": warning(
        "{file} 不是本工具发出的表，已跳过；若是回收的表，请让对方用发出的原文件填写。",
        "{file} was not sent out by xlsflow and was skipped; if it is a return, ask for the original file to be filled.",
    ),
    "not_ours": error(
        "{file} 不是本工具发出的表，无法读取；请让对方用发出的原文件填写。",
        "{file} was not sent out by xlsflow and cannot be read; ask for the original file to be filled.",
    ),
    "project_workbook": info(
        "{file} 是项目设置表，不是回收的表，已跳过。", "{file} is a project workbook, not a return; it was skipped."
    ),
    "unknown_pack": error(
        "{file} 是用模板包“{pack}”生成的，这里没有这个模板包；请用 --templates 指定模板所在文件夹。",
        "{file} was generated from the pack “{pack}”, which is not known here; name its folder with --templates.",
    ),
    "other_project": error(
        "{file} 属于另一个项目（{found}），本项目是 {wanted}，未合并。",
        "{file} belongs to another project ({found}); this one is {wanted}, so it was not merged.",
    ),
    "other_round": error(
        "{file} 是 {found} 轮的表，本轮是 {wanted}，未合并；请让对方填写本轮发出的文件。",
        "{file} is from round {found}; this is {wanted}, so it was not merged. Ask for this round's file.",
    ),
    "other_version": warning(
        "{file} 是按另一版模板生成的，已按列标识读取；新增或改动的列可能是空的。",
        "{file} was generated from another version of the templates; it was read by its keys, new or changed columns may be blank.",
    ),
    "stamp_missing": warning(
        "{file} 的文件标识已丢失，是按表头识别的；请核对区域和轮次是否正确。",
        "{file} has lost its stamp and was recognised by its headers; please check that region and round are right.",
    ),
    "stamp_differs": warning(
        "{file} 里几处文件标识互相不一致，可能由两份表拼成；请核对内容是哪个区域的。",
        "{file} bears stamps that differ, as if put together from two files; please check which region it is from.",
    ),
    "region_unknown": error(
        "{file} 看不出是哪个区域的；请在文件名里写上区域名称。",
        "{file} does not say which region it is from; please put the region's name into the file name.",
    ),
    "region_differs": warning(
        "{file} 是发给“{region}”的表，里面写的区域却是“{written}”；可能抄用了别的区域的表，请核对内容是谁的。",
        "{file} was sent to {region} but says inside that it is from {written}, as if another region's file had been used;"
        " please check whose it is.",
    ),
    "region_not_asked": error(
        "{file} 的区域代码“{region}”不在项目设置里；请核对项目设置表的“区域”。",
        "{file} is from region “{region}”, which the project does not have; please check the project's regions.",
    ),
    # --- the project's waivers (merge/waived) ---
    "waiver_code_unknown": warning(
        "豁免登记的问题代码“{value}”不存在{near}，这一条没有起作用；请照抄检查结果中的代码。",
        "The waiver names the code “{value}”, which no finding has{near}, so nothing was waived; copy the code from the findings.",
    ),
    "waiver_source_unknown": warning(
        "豁免登记的“{value}”既不是区域，也不是这次读取的文件{near}，这一条没有起作用；现有区域：{known}。",
        "The waiver is for “{value}”, neither a region nor one of the files that were read{near}; the regions are {known}.",
    ),
    "waiver_sheet_unknown": warning(
        "豁免登记的工作表“{value}”在所指的文件里没有{near}，这一条没有起作用；请照抄检查结果中的工作表名。",
        "The waiver names the sheet “{value}”, which the file does not have{near}, so nothing was waived; copy it from the findings.",
    ),
    "waiver_cell_unclear": warning(
        "豁免登记的单元格“{value}”看不懂，这一条没有起作用；请写成 D12、D12:D20，或只写行号 12。",
        "The waiver names the cell “{value}”, which is no address, so nothing was waived; write D12, D12:D20, or a row like 12.",
    ),
    "waiver_expired": info(
        "这条豁免的有效期到 {value} 为止，基准日 {day} 已过，不再起作用；请延长或删去。",
        "This waiver was valid until {value}, before the as-of day {day}, and no longer holds; extend it or delete it.",
    ),
    "waiver_unused": info(
        "“{source}”的文件里没有这条豁免所指的问题，可能已经改好；不再需要时请删去这一条。",
        "No finding in the files of “{source}” is the one that is waived here, maybe it was mended; delete the waiver once not needed.",
    ),
    "waiver_of_refusal": warning(
        "“{value}”表示文件没有读取，不能豁免；请让对方按提示重发文件。",
        "“{value}” says that a file was not read, which cannot be waived; have the file sent again as the finding asks.",
    ),
    # --- what stops the work (errors) ---
    "no_such_file": error("找不到 {path}。", "There is no {path}."),
    "nothing_to_read": error("{path} 里没有文件。", "There is no file in {path}."),
    "already_there": error(
        "{path} 已经存在，未改动；请换一个文件名。",
        "{path} is there already and was left alone; please give another name.",
    ),
    "folder_not_empty": error(
        "文件夹 {path} 里已有内容，未改动；请换一个文件夹。",
        "The folder {path} is not empty and was left alone; please give another.",
    ),
    "no_as_of": error(
        "不知道报告的基准时刻；请用 as_of 给出，或在项目设置表的“轮次”里填基准日。",
        "It is not known which moment the report looks from; give as_of, or fill in the round's as-of date.",
    ),
    "nothing_to_go_on_from": error(
        "{path} 里没有本项目回收的表，无法带入上轮内容；请给出 merge 写出的汇总工作簿，或存放回收文件的文件夹。",
        "{path} holds no return of this project to go on from; give the workbook that merge wrote, or the folder of returns.",
    ),
    "no_such_table": error(
        "模板包里没有带行的表“{table}”{near}；现有：{known}。",
        "The pack has no table of rows “{table}”{near}; it has {known}.",
    ),
    "no_round": error(
        "项目设置表的“轮次”里没有填轮次编号或截止时间，请先填写。",
        "The project's round has no id or no deadline; please fill them in first.",
    ),
    "no_project_file": error("找不到项目设置表 {path}。", "There is no project workbook {path}."),
    "not_a_project_workbook": error(
        "{path} 不是项目设置表；请用 xlsflow init 生成一份。",
        "{path} is not a project workbook; xlsflow init writes one.",
    ),
    "project_faulty": error(
        "项目设置表 {path} 有 {count} 处要先改正，第一处在《{sheet}》{cell}：{zh}",
        "The project workbook {path} has {count} cells to mend first; the first is {sheet} {cell}: {en}",
    ),
    "no_regions": error(
        "项目设置表里还没有区域，请先填写。", "The project names no region yet; please fill them in first."
    ),
    "region_twice": error(
        "项目设置表里有两个区域都叫“{name}”（名称、英文名或代码）；请加以区分。",
        "The project has two regions called “{name}” (by name, English name or code); please tell them apart.",
    ),
    "codes_alike": error(
        "项目设置表里有两个区域的代码去掉标点后都是“{name}”，编号和文件名会混在一起；请改得不同些。",
        "The project has two regions whose codes are both “{name}” without their signs, so ids and file names would clash; please tell"
        " them apart.",
    ),
    "department_twice": error(
        "项目设置表里有两个部门都叫“{name}”（名称、英文名或代码）；请加以区分。",
        "The project has two departments called “{name}” (by name, English name or code); please tell them apart.",
    ),
    "column_twice": error(
        "项目设置表的责任矩阵里有两列都叫“{name}”（名称、英文名或代码）；请加以区分。",
        "The project has two columns of the RACI matrix called “{name}” (by name, English name or code); please tell them apart.",
    ),
    "unknown_time_zone": error(
        "项目设置表里的时区“{name}”不存在{near}；请从下拉列表中选择，或填 Asia/Shanghai 这样的名称。",
        "There is no time zone “{name}”, which the project names{near}; choose one from the dropdown, or type a name like Asia/Shanghai.",
    ),
    "person_twice": error(
        "项目设置表里有两个人都叫“{name}”；请在姓名后加以区分，如“{name}（华东）”。",
        "The project has two people called “{name}”; please tell them apart, like “{name} (East)”.",
    ),
    "no_such_region": error(
        "项目里没有区域“{region}”{near}；现有：{known}。", "The project has no region “{region}”{near}; it has {known}."
    ),
}
