"""Sentences about files that can be read but are not used, about waivers, and about what stops the work."""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.messages.coded_message import CodedMessage, error, info, warning

REFUSING = frozenset(
    (
        "book_origin", "book_page", "book_rows", "foreign_file", "newer_version", "not_ours", "other_file", "other_project",
        "other_round", "part_without_region", "project_workbook", "return_of_part", "unknown_pack",
    )
)  # fmt: skip
"""Codes of files that could be read but are not used."""

WORK: Mapping[str, CodedMessage] = {
    # --- returns that say nothing (intake/touched) ---
    "return_empty": warning(
        "“{file}”已收到，但封面以外没有填写任何内容；如确实无可填报，请告知协调人，否则请填好后重新发送。",
        "“{file}” was received, but nothing is filled in besides the cover; if there is nothing to report, please tell"
        " the coordinator, otherwise fill it in and send it again.",
    ),
    "return_untouched": warning(
        "“{file}”已收到，{since}没有任何改动；如情况确实没有变化，请告知协调人，否则请更新后重新发送。",
        "“{file}” was received, but nothing in it has changed {since}; if nothing has happened, please tell the"
        " coordinator, otherwise update it and send it again.",
    ),
    # --- outputs that cannot be written (system/atomic_write, pipeline, feedback) ---
    "output_locked": error(
        "“{file}”正被其他程序打开（多半是 Excel），无法替换；请关闭它后再试，原文件没有改动。",
        "“{file}” is open in another program (probably Excel) and was not changed; close it there and try again.",
    ),
    "output_not_writable": error(
        "“{file}”无法写入（{reason}）；请检查文件夹权限和磁盘空间，或换一个位置。",
        "“{file}” cannot be written ({reason}); check permissions and disk space, or choose another location.",
    ),
    "output_disk_full": error(
        "磁盘已满，“{file}”没有写出，原有的文件没有改动；请腾出空间后再运行一次，或换一个位置。",
        "The disk is full: “{file}” was not written, and what was there is unchanged; free some space and run the command"
        " again, or choose another location.",
    ),
    "temporary_disk_full": error(
        "“{file}”没有写出：临时文件夹 {folder} 所在的磁盘空间不足，原有的文件没有改动；请腾出空间后再试。",
        "“{file}” was not written, and what was there is unchanged: the disk of the folder for temporary files, {folder},"
        " is almost full; free some space and try again.",
    ),
    "outputs_missing": error(
        "{why}{count} 份工作簿只写出了 {written} 份，没有写出：{files}。",
        "{why} Only {written} of {count} workbooks were written; missing: {files}.",
    ),
    "output_was_filled": error(
        "“{file}”发出后已有人填写保存过，不再覆盖；请换一个文件夹，或先把它移走。没有生成任何文件。",
        "“{file}” has been filled in since it was generated and will not be overwritten; choose another folder, or move"
        " it away first. Nothing was generated.",
    ),
    "output_is_input": error(
        "“{file}”是这次要读取的文件，不能用结果覆盖它；请换一个文件名或文件夹，原文件没有改动。",
        "“{file}” is one of the input files and cannot be overwritten with the result; it was not changed. Please choose"
        " another name or folder.",
    ),
    "feedback_among_returns": error(
        "标注文件不能写到回收文件夹 {path} 里（{folder}），否则下次会被当作回收的文件；请换一个文件夹。",
        "Marked copies cannot be written to {folder}, which is inside the folder of returns ({path}): the next run would"
        " read them as returns. Please choose another folder.",
    ),
    "cannot_be_marked": error(
        "无法在文件中标注（{reason}）；请按问题清单中的单元格地址修改。",
        "The file cannot be marked ({reason}); please use the cell addresses in the list of findings.",
    ),
    "copy_not_made": warning(
        "{file} 没能在副本中标注（{why}），只写了说明文字；问题都列在里面。",
        "{file} could not be marked in a copy ({why}); the text for it was written and lists everything.",
    ),
    "feedback_not_written": error(
        "没能写出 {file} 的标注文件和说明文字：{why}其他文件和汇总不受影响，处理后请再运行一次。",
        "The feedback for {file} was not written: {why} Nothing else is affected; please run the command again then.",
    ),
    # --- how much of a file is read (intake/isolation) ---
    "limits_unclear": error(
        "环境变量 {name} 中的“{word}”看不懂；请写成“名称=大于 0 的数”，如 seconds=30 或 file_bytes=80M；可用的名称：{known}。",
        "Unknown limit “{word}” in {name}; write a name and a number above 0, like seconds=30 or file_bytes=80M. Known"
        " limits: {known}.",
    ),
    # --- LibreOffice, which draws the pages of a PDF (system/libreoffice) ---
    "office_missing": error(
        "生成 {file} 需要 LibreOffice，这台电脑上没有找到；请从 libreoffice.org 安装后再试（报告也可以输出为 .html，用浏览器打印）。",
        "{file} needs LibreOffice, which was not found on this computer; install it from libreoffice.org (a report can"
        " also be written as .html and printed from a browser).",
    ),
    "office_too_slow": error(
        "LibreOffice 在 {seconds} 秒内没有完成 {file}，已将其结束；请关闭其他程序后再试。",
        "LibreOffice did not finish {file} within {seconds} seconds and was stopped; close other programs and try again.",
    ),
    "office_failed": error(
        "LibreOffice 没有生成 {file}（退出码 {exit}）；请确认 LibreOffice 能正常启动。",
        "LibreOffice did not write {file} (exit code {exit}); please make sure that LibreOffice starts normally.",
    ),
    "book_to_print": error(
        "{file} 是汇总工作簿，不是一份回收的表；请用 xlsflow report {file} --out 报告.pdf 输出。",
        "{file} is a consolidated workbook, not a return; use xlsflow report {file} --out report.pdf instead.",
    ),
    "only_with_from": error(
        "{option} 只有同时给出 --from 才起作用；请补上 --from，或去掉它。",
        "{option} only works together with --from; add --from, or leave {option} out.",
    ),
    "only_with_calendar": error(
        "{option} 只用于日历（.ics）；其他格式请去掉它，在报告里筛选。",
        "{option} is for calendars (.ics); leave it out for other formats, and filter in the report.",
    ),
    "no_due_dates_of": error(
        "“{name}”没有任何到期日；请按项目设置表写区域的代码、名称或人员的姓名。",
        "“{name}” has no due dates; please give the code or name of a region, or the name of a person, as in the project"
        " workbook.",
    ),
    "several_returns": error(
        "{file} 是汇总工作簿，里面有几份回收的表；请用 open_book 或 merge 读取。",
        "{file} is a consolidated workbook of several returns; read it with open_book or merge.",
    ),
    # --- a consolidated workbook as an input (intake/hidden, pipeline) ---
    "not_a_book": error(
        "{file} 不是 xlsflow 生成的汇总工作簿；请给出 merge 写出的文件。",
        "{file} is not a consolidated workbook of xlsflow; use a file that merge has written.",
    ),
    "book_over_limit": error(
        "汇总工作簿 {file} 超过了读取上限 {setting}（{limit}），没有读完，文件本身没有问题；请设置环境变量 XLSFLOW_LIMITS={setting}={more} 后再试。",
        "The consolidated workbook {file} is beyond the limit {setting} ({limit}) and was not read; nothing is wrong with"
        " the file. Set the environment variable XLSFLOW_LIMITS={setting}={more} and try again.",
    ),
    "book_page": error(
        "汇总工作簿 {file} 的隐藏页“{page}”缺失或被改动，无法读回；请用 merge 重新生成。",
        "The hidden sheet “{page}” of the consolidated workbook {file} is missing or was changed, so it cannot be read;"
        " please run merge again.",
    ),
    "book_rows": error(
        "汇总工作簿 {file} 的行数与台账不符（{sheet}：应有 {wanted} 行，实有 {found} 行）；请不要在其中增删行，用 merge 重新生成。",
        "The number of rows in the consolidated workbook {file} does not match its ledger ({sheet}: {wanted} expected,"
        " {found} found); rows must not be added or deleted there. Please run merge again.",
    ),
    "book_origin": error(
        "汇总工作簿 {file} 的“{sheet}”第 {row} 行没有可用的来源文件和行号，无法读回；请用 merge 重新生成。",
        "Row {row} of “{sheet}” in the consolidated workbook {file} does not say which file and row it comes from;"
        " please run merge again.",
    ),
    "report_format": error(
        "不支持 {file} 的输出格式；可用的扩展名：{known}。",
        "Unsupported output format for {file}; supported extensions: {known}.",
    ),
    # --- what kind of file it is, and whether it is used (pipeline/collect) ---
    "other_file": info("{file} 不是电子表格，已跳过。", "{file} is not a spreadsheet; it was skipped."),
    "foreign_file": warning(
        "{file} 不是本工具发出的表，已跳过；若是回收的表，请在发出的原文件中填写后重新发送。",
        "{file} was not generated by xlsflow and was skipped; if it is a return, please fill in the original file and"
        " send that.",
    ),
    "not_ours": error(
        "{file} 不是本工具发出的表，无法读取；请在发出的原文件中填写后重新发送。",
        "{file} was not generated by xlsflow and cannot be read; please fill in the original file and send that.",
    ),
    "project_workbook": info(
        "{file} 是项目设置表，不是回收的表，已跳过。", "{file} is a project workbook, not a return; it was skipped."
    ),
    "unknown_pack": error(
        "{file} 是用模板包“{pack}”生成的，这里没有这个模板包；请用 --templates 指定模板所在文件夹。",
        "{file} was generated from the pack “{pack}”, which does not exist here; give its folder with --templates.",
    ),
    "other_project": error(
        "{file} 属于另一个项目（{found}），本项目是 {wanted}，没有采用。",
        "{file} belongs to another project ({found}); this project is {wanted}. It was not used.",
    ),
    "return_of_part": error(
        "{file} 是下级项目 {found} 的表，要先按它自己的项目设置合并；请把 {found} 的汇总工作簿合并到这里，没有采用这份表。",
        "{file} is a return of the project {found}, which is read with the settings of that project; it was not used."
        " Merge the consolidated workbook of {found} here instead.",
    ),
    "part_without_region": error(
        "{file} 里有 {found} 的数据，但本项目没有说它算到哪个区域，整份没有采用；请在项目设置表“区域”的“数据来自”列里补上 {found}，再合并。",
        "{file} holds data of {found}, but the project does not say for which region they count, so it was not used."
        " Add {found} in the column “Comes from” of the project workbook's sheet Regions, then merge again.",
    ),
    "other_round": error(
        "{file} 是 {found} 轮的表，晚于项目工作簿中的本轮 {wanted}，没有采用；若新的一轮已开始，请先在项目工作簿的“轮次”里改编号，再合并。",
        "{file} is from round {found}, which is after the project's round {wanted}; it was not used. If a new round has"
        " begun, set its ID in the project workbook first, then merge.",
    ),
    "newer_version": error(
        "{file} 是按更新的模板（{pack} 第 {found} 版）生成的，这里的模板是第 {known} 版，只能读懂一半，没有采用；请先升级 xlsflow 或模板，再合并。",
        "{file} was generated from a newer version of the templates ({pack}, version {found}); those here are version"
        " {known} and would read only half of it, so it was not used. Please upgrade xlsflow or the templates first.",
    ),
    "other_version": warning(
        "{file} 是按另一版模板生成的，已按列标识读取；新增或改动的列可能是空的。",
        "{file} was generated from another version of the templates; it was read by its hidden keys, and columns that"
        " were added or changed may be blank.",
    ),
    "stamp_missing": warning(
        "{file} 的文件标识已丢失，是按表头识别的；请核对区域和轮次是否正确。",
        "{file} has lost its identification and was recognised by its headers; please check the region and the round.",
    ),
    "stamp_differs": warning(
        "{file} 里几处文件标识互相不一致，可能由两份表拼成；请核对内容是哪个区域的。",
        "{file} contains contradictory identification, as if two files had been combined; please check which region its"
        " data come from.",
    ),
    "region_unknown": error(
        "{file} 看不出是哪个区域的；请在文件名里写上区域名称。",
        "{file} does not say which region it is from; please put the name of the region into the file name.",
    ),
    "region_differs": warning(
        "{file} 是发给“{region}”的表，里面写的区域却是“{written}”；可能抄用了别的区域的表，请核对内容是谁的。",
        "{file} was sent to “{region}”, but the region in it is “{written}”; maybe another region's file was used."
        " Please check whose data it contains.",
    ),
    "region_signs_differ": warning(
        "{file} 是发给“{region}”的表，但{signs}；可能抄用了别的区域的表，请核对内容是谁的。",
        "{file} was sent to {region}, but {signs}; maybe another region's file was used. Please check whose data it"
        " contains.",
    ),
    "region_doubtful": error(
        "{file} 是发给“{region}”的表{agreeing}，但{signs}，可能是别的区域填的；弄清之前不计入，也不替代其他文件。请在项目工作簿的“回收登记”里登记这个文件（文件名，或校验码 {digest}）属于哪个区域，再运行一次。",
        "{file} was sent to {region}{agreeing}, but {signs}, so it may be another region's return; until this is settled it does"
        " not count and replaces no other file. Please enter the file (its name, or its check code {digest}) and its region on"
        " the sheet “Returns” of the project workbook, and run the command again.",
    ),
    "region_settled": info(
        "{file} 按项目工作簿“回收登记”的登记，计入“{region}”。",
        "{file} counts as the return of {region}, as entered on the sheet “Returns” of the project workbook.",
    ),
    "region_not_asked": error(
        "{file} 的区域代码“{region}”不在项目设置里；请核对项目设置表的“区域”。",
        "{file} is from region “{region}”, which is not in the project workbook; please check its list of regions.",
    ),
    # --- waivers of the project (merge/apply_waivers) ---
    "waiver_code_unknown": warning(
        "豁免登记的问题代码“{value}”不存在{near}，这一条没有起作用；请照抄检查结果中的代码。",
        "There is no finding code “{value}”{near}, so this waiver has no effect; please copy the code from the findings.",
    ),
    "waiver_source_unknown": warning(
        "豁免登记的“{value}”既不是区域，也不是这次读取的文件{near}，这一条没有起作用；现有区域：{known}。",
        "“{value}” is neither a region nor one of the files that were read{near}, so this waiver has no effect; the"
        " regions are: {known}.",
    ),
    "waiver_sheet_unknown": warning(
        "豁免登记的工作表“{value}”在所指的文件里没有{near}，这一条没有起作用；请照抄检查结果中的工作表名。",
        "The file has no sheet “{value}”{near}, so this waiver has no effect; please copy the name from the findings.",
    ),
    "waiver_cell_unclear": warning(
        "豁免登记的单元格“{value}”看不懂，这一条没有起作用；请写成 D12、D12:D20，或只写行号 12。",
        "“{value}” is not a cell address, so this waiver has no effect; please write D12, D12:D20, or a row like 12.",
    ),
    "waiver_expired": info(
        "这条豁免的有效期到 {value} 为止，基准日 {day} 已过，不再起作用；请延长或删去。",
        "This waiver was valid until {value}, which is before the as-of day {day}, so it has no effect; please extend or"
        " delete it.",
    ),
    "waiver_unused": info(
        "“{source}”的文件里没有这条豁免所指的问题，可能已经改好；不再需要时请删去这一条。",
        "No finding in the files of “{source}” matches this waiver, maybe because it was corrected; please delete the"
        " waiver when it is no longer needed.",
    ),
    "waiver_of_refusal": warning(
        "“{value}”表示文件没有读取，不能豁免；请让对方按提示重发文件。",
        "“{value}” says that a file was not read, which cannot be waived; please ask for the file again, as the finding"
        " says.",
    ),
    # --- the project's sheet of returns (merge/apply_waivers) ---
    "returns_file_unknown": warning(
        "回收登记的“{value}”不是这次读取的文件{near}，这一条没有起作用；请照抄检查结果中的文件名或校验码，不再需要时请删去。",
        "“{value}” is none of the files that were read{near}, so this line has no effect; please copy the file name or the"
        " check code from the findings, or delete the line when it is no longer needed.",
    ),
    "waiver_of_doubt": warning(
        "“{value}”表示不清楚是谁的表，不能豁免；请在“回收登记”里登记它属于哪个区域。",
        "“{value}” says that it is not known whose a file is, which cannot be waived; please enter its region on the"
        " sheet “Returns”.",
    ),
    # --- what stops the work (errors) ---
    "system_refuses": error(
        "系统不让继续（{reason}）：{hint}。", "The system does not let xlsflow go on ({reason}): {hint}."
    ),
    "internal_error": error(
        "xlsflow {version} 内部出错（{error}），与填报内容无关；请把这句话和所用的命令发给 xlsflow 的维护者（设置 XLSFLOW_DEBUG=1 再运行一次可得到详情）。",
        "Internal error of xlsflow {version} ({error}); nobody has to correct anything. Please send this sentence and the"
        " command to the maintainers of xlsflow (XLSFLOW_DEBUG=1 shows the details).",
    ),
    "no_such_file": error("找不到 {path}。", "{path} does not exist."),
    "nothing_to_read": error("{path} 里没有文件。", "There are no files in {path}."),
    "already_there": error(
        "{path} 已经存在，未改动；请换一个文件名。",
        "{path} already exists and was not changed; please choose another name.",
    ),
    "folder_not_empty": error(
        "文件夹 {path} 里已有内容，未改动；请换一个文件夹。",
        "The folder {path} is not empty and was not changed; please choose another.",
    ),
    "no_as_of": error(
        "不知道报告的基准时刻；请用 as_of 给出，或在项目设置表的“轮次”里填基准日。",
        "There is no as-of time for the report; give as_of, or fill in the as-of date of the round in the project"
        " workbook.",
    ),
    "previous_of_other_project": error(
        "“{file}”是项目 {found} 的汇总工作簿，不是 {wanted} 的，不能作为上轮；请给出本项目上一轮的汇总工作簿。",
        "“{file}” is the consolidated workbook of project {found}, not {wanted}; please give that of an earlier round of"
        " this project.",
    ),
    "previous_not_earlier": error(
        "“{file}”是 {found} 轮的汇总工作簿，不早于本轮 {wanted}，不能作为上轮；若要继续合并它，请把它放在回收文件里；若本轮已是新的一轮，请先在项目工作簿的“轮次”里改编号。",
        "“{file}” is the consolidated workbook of round {found}, which is not before this round, {wanted}. To merge it"
        " further, give it among the returned files; if a new round has begun, set its ID in the project workbook first.",
    ),
    "nothing_to_go_on_from": error(
        "{path} 里没有本项目回收的表，无法带入上轮内容；请给出 merge 写出的汇总工作簿，或存放回收文件的文件夹。",
        "{path} contains no return of this project to take rows from; give the consolidated workbook that merge wrote,"
        " or the folder of returns.",
    ),
    "from_this_round": error(
        "{path} 里已有本轮（{round}）的数据，不能作为上一轮带入；请先在项目设置表的“本轮填报”里填好新的轮次和截止时间，再生成。"
        "某个区域的工作簿丢了、要按本轮重发的，请用 --region 指定该区域。",
        "{path} holds data of this round ({round}), so nothing can go on from it yet; first enter the ID and the deadline of"
        " the new round in the project workbook. If a region has lost its workbook of this round, name the region with"
        " --region.",
    ),
    "no_such_table": error(
        "“{table}”不能带入{near}；可带入：{known}。", "“{table}” has no rows to take over{near}; possible are: {known}."
    ),
    "no_such_sheet": error(
        "工作簿里没有工作表“{sheet}”；有：{known}。", "The workbook has no sheet “{sheet}”; it has: {known}."
    ),
    "no_requirements": error(
        "{file} 里没有任何需求：没有填好编号的需求表，也没有行引用需求编号；请换一份汇总工作簿。",
        "{file} has no requirement: no requirement sheet has an ID, and no row refers to one; choose another consolidated"
        " workbook.",
    ),
    "no_such_requirement": error(
        "{file} 里没有需求“{id}”；最接近的编号：{known}。",
        "{file} has no requirement “{id}”; the nearest IDs are: {known}.",
    ),
    "no_round": error(
        "项目设置表的“轮次”里没有填轮次编号或截止时间，请先填写。",
        "The round in the project workbook has no ID or no deadline; please fill them in first.",
    ),
    "no_project_file": error("找不到项目设置表 {path}。", "The project workbook {path} does not exist."),
    "not_a_project_workbook": error(
        "{path} 不是项目设置表；请用 xlsflow init 生成一份。",
        "{path} is not a project workbook; use xlsflow init to create one.",
    ),
    "project_faulty": error(
        "项目设置表 {path} 有 {count} 处要先改正，第一处在《{sheet}》{cell}：{zh}",
        "The project workbook {path} has {count} {count:error|errors} to correct first; the first is in “{sheet}”"
        " {cell}: {en}",
    ),
    "no_regions": error(
        "项目设置表里还没有区域，请先填写。", "The project workbook has no regions yet; please fill them in first."
    ),
    "region_twice": error(
        "项目设置表里有两个区域都叫“{name}”（名称、英文名或代码）；请加以区分。",
        "The project workbook has two regions called “{name}” (as name, English name or code); please give them"
        " different ones.",
    ),
    "codes_alike": error(
        "项目设置表里有两个区域的代码去掉标点后都是“{name}”，编号和文件名会混在一起；请改得不同些。",
        "The project workbook has two regions whose codes are both “{name}” without punctuation, so IDs and file names"
        " would clash; please give them different codes.",
    ),
    "department_twice": error(
        "项目设置表里有两个部门都叫“{name}”（名称、英文名或代码）；请加以区分。",
        "The project workbook has two departments called “{name}” (as name, English name or code); please give them"
        " different ones.",
    ),
    "column_twice": error(
        "项目设置表的责任矩阵里有两列都叫“{name}”（名称、英文名或代码）；请加以区分。",
        "The project workbook has two columns of the RACI matrix called “{name}” (as name, English name or code); please"
        " give them different ones.",
    ),
    "unknown_time_zone": error(
        "项目设置表里的时区“{name}”不存在{near}；请从下拉列表中选择，或填 Asia/Shanghai 这样的名称。",
        "The time zone “{name}” in the project workbook does not exist{near}; choose one from the dropdown, or enter a"
        " name like Asia/Shanghai.",
    ),
    "person_twice": error(
        "项目设置表里有两个人都叫“{name}”，所在区域和部门也不能区分；请在姓名后加以区别，如“{name}（甲）”。",
        "The project workbook has two people called “{name}”, whom neither region nor department tells apart; please add"
        " something behind the name, like “{name} (A)”.",
    ),
    "no_such_region": error(
        "项目里没有区域“{region}”{near}；现有：{known}。",
        "The project has no region “{region}”{near}; its regions are: {known}.",
    ),
}
