"""Sentences about values, rows and rules."""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.messages.coded_message import CodedMessage, error, info, warning

DATA: Mapping[str, CodedMessage] = {
    # --- a cell that cannot be read, or was read with one reading (template/kinds) ---
    "read_as": info(
        "“{label}”写的是“{value}”，已按“{read}”读取；下次请直接写成“{read}”。",
        "“{label}” is “{value}”; it was read as “{read}”. Next time please write “{read}”.",
    ),
    "read_as_blank": info(
        "“{label}”写的是“{value}”，已按空白处理；没有内容时请留空。",
        "“{label}” is “{value}”; it was read as blank. Where there is nothing to say, please leave the cell empty.",
    ),
    "error_cell": error(
        "“{label}”单元格显示错误值“{value}”，请重新填写内容。",
        "“{label}” shows the error “{value}”; please enter the value again.",
    ),
    "formula_without_value": error(
        "“{label}”单元格是没有计算结果的公式，请在 Excel 中打开并保存一次，或直接填写数值。",
        "“{label}” is a formula without a stored result; open and save the file in Excel, or enter the value itself.",
    ),
    "not_a_date": error(
        "“{label}”写的是“{value}”，不是日期，请写成 2026-03-31 的样子。",
        "“{label}” is “{value}”, which is not a date; please write it like 2026-03-31.",
    ),
    "ambiguous_date": error(
        "“{label}”写的是“{value}”，有不止一种读法，请写全年月日，如 2026-03-31。",
        "“{label}” is “{value}”, which could be more than one date; please write year, month and day, like 2026-03-31.",
    ),
    "not_a_datetime": error(
        "“{label}”写的是“{value}”，不是日期和时间，请写成 2026-03-31 14:30 的样子。",
        "“{label}” is “{value}”, which is not a date and time; please write it like 2026-03-31 14:30.",
    ),
    "not_a_number": error(
        "“{label}”写的是“{value}”，不是数字，请只填数字。",
        "“{label}” is “{value}”, which is not a number; please enter digits only.",
    ),
    "ambiguous_percent": error(
        "“{label}”写的是“{value}”，可能是 {low}，也可能是 {high}，请带上百分号重新填写。",
        "“{label}” is “{value}”, which could be {low} or {high}; please enter it with a percent sign.",
    ),
    "percent_in_number": error(
        "“{label}”的单元格带百分号，显示为“{shown}”，而这一栏填的不是百分比；请去掉百分号格式后重新填写。",
        "“{label}” is shown as “{shown}”, but this column takes no percentage; please remove the percent format and enter"
        " the number again.",
    ),
    "not_whole": error(
        "“{label}”写的是“{value}”，应为整数，请改成不带小数的数字。",
        "“{label}” is “{value}”, but should be a whole number; please enter it without decimals.",
    ),
    "digits_lost": error(
        "“{label}”是超过 15 位的数字，Excel 已把末尾改成 0，请把单元格设为文本后重新填写。",
        "“{label}” has more than 15 digits, and Excel has replaced the last ones with 0; format the cell as text and"
        " enter the number again.",
    ),
    "date_in_text": error(
        "“{label}”应填文字或编号，却成了日期“{value}”，请把单元格设为文本后重新填写。",
        "“{label}” should be text or an ID, but Excel has turned it into the date “{value}”; format the cell as text"
        " and enter it again.",
    ),
    "too_long": error(
        "“{label}”有 {length} 个字，最多 {limit} 个字，请缩短。",
        "“{label}” has {length} characters; the maximum is {limit}. Please shorten it.",
    ),
    "too_small": error(
        "“{label}”是 {shown}，低于下限 {limit}，请核对。",
        "“{label}” is {shown}, below the minimum of {limit}; please check it.",
    ),
    "too_large": error(
        "“{label}”是 {shown}，超过上限 {limit}，请核对。",
        "“{label}” is {shown}, above the maximum of {limit}; please check it.",
    ),
    "not_in_list": error(
        "“{label}”写的是“{value}”，不在可选项中（{options}），请从下拉列表中选择。{nearest}",
        "“{label}” is “{value}”, which is not on the list ({options}); please choose from the dropdown.{nearest}",
    ),
    "id_shape": error(
        "“{label}”写的是“{value}”，编号应写成 {example} 的样子，请改正。",
        "“{label}” is “{value}”, but IDs look like {example}; please correct it.",
    ),
    "not_a_person": error(
        "“{label}”写的是“{value}”，这是区域、部门或岗位，不是人；请填一个具体的人的姓名。",
        "“{label}” is “{value}”, which is a region, department or job title, not a person; please name one person.",
    ),
    "nobody_named": error(
        "“{label}”写的是“{value}”，没有写明是谁；请填一个具体的人的姓名。",
        "“{label}” is “{value}”, which does not say who it is; please name one person.",
    ),
    "several_people": error(
        "“{label}”写了 {count} 个人（“{value}”），一项工作只能有一个责任人，请只留一个。",
        "“{label}” names {count} people (“{value}”), but only one person can be responsible; please keep one.",
    ),
    "which_person": error(
        "“{label}”写的“{value}”不止一个人，请从下拉列表中选择其中一个：{names}。",
        "“{label}” is “{value}”, which is the name of several people; please choose one from the dropdown: {names}.",
    ),
    "unknown_person": warning(
        "“{label}”写的“{value}”不在人员名单里；若是新同事，请通知协调人加入名单。{nearest}",
        "“{label}” is “{value}”, who is not on the list of people; if new, ask the coordinator to add them.{nearest}",
    ),
    # --- constraints of fields, rows and tables (template/rules) ---
    "required_blank": error("“{label}”是必填项，还没有填写。", "“{label}” is required, but blank."),
    "not_unique": error(
        "“{label}”的“{value}”重复，{other} 已经用过，请换一个。",
        "“{label}” is “{value}”, which {other} already uses; please use another value.",
    ),
    "rule_broken": error("“{label}”写的是“{value}”：{sentence}", "“{label}” is “{value}”: {sentence}"),
    "rule_warned": warning("“{label}”写的是“{value}”：{sentence}", "“{label}” is “{value}”: {sentence}"),
    "refers_to_nothing": error(
        "“{label}”写的“{value}”在《{target}》中找不到。{nearest}",
        "“{label}” is “{value}”, which does not exist in “{target}”.{nearest}",
    ),
    "required_if": error("“{label}”还没有填写：{sentence}", "“{label}” is blank: {sentence}"),
    "before": error(
        "“{label}”是 {value}，早于“{other}”（{other_value}），请核对这两项。",
        "“{label}” is {value}, which is before “{other}” ({other_value}); please check both.",
    ),
    "in_future": error(
        "“{label}”是 {value}，晚于基准日（{as_of}）；这里填已经发生的日期，请核对。",
        "“{label}” is {value}, after the as-of day ({as_of}), but should be a date in the past; please check it.",
    ),
    "date_far": warning(
        "“{label}”写的是“{value}”，离基准日 {as_of} 太远，请核对年份。",
        "“{label}” is “{value}”, which is far from the as-of day, {as_of}; please check the year.",
    ),
    "date_of_earlier_round": warning(
        "“{label}”写的是“{value}”，比基准日 {as_of} 早得多，不像本轮填写的；请核对。",
        "“{label}” is “{value}”, long before the as-of day, {as_of}, so it hardly belongs to this round; please check.",
    ),
    "waits_in_circle": warning(
        "“{label}”写的是“{value}”，但这些任务互相等待：{circle}，谁也不能先开始；请核对。",
        "“{label}” is “{value}”, but these wait for each other: {circle}; none of them can begin. Please check.",
    ),
    "starts_too_early": warning(
        "“{label}”写的是“{value}”，而前置任务 {other} 到 {other_value} 才结束；请核对。",
        "“{label}” is “{value}”, but its predecessor {other} ends on {other_value}; please check.",
    ),
    "id_resembles": warning(
        "“{label}”写的是“{value}”，与 {other} 只差前面的零；如是同一项，请改成一样的编号。",
        "“{label}” is “{value}”, which differs from {other} by leading zeros only; if it is the same item, please use one"
        " ID.",
    ),
    "id_zero": warning(
        "“{label}”写的是“{value}”，编号从 001 开始；请核对。",
        "“{label}” is “{value}”, but numbers begin with 001; please check.",
    ),
    "not_exactly_one": error(
        "这一行有 {count} 个 {code}，应当恰好有一个，请改正。",
        "This row has {count} × {code}, but should have exactly one; please correct it.",
    ),
    "none_of": error(
        "这一行没有 {code}，至少要有一个，请补上。", "This row has no {code}, but needs at least one; please add it."
    ),
    "no_figure": error(
        "“{label}”写的是“{value}”，没有可衡量的数字，请写明数量、比例或期限。",
        "“{label}” is “{value}”, which has no figure to measure it by; please add an amount, a percentage or a date.",
    ),
    # --- several returns compared (merge) ---
    "used_elsewhere": warning(
        "“{label}”的“{value}”，{other}也用到了；请与对方核对，若不是同一项，请换一个编号。",
        "“{label}” is “{value}”, which {other} uses too; please check with them, and use another ID unless it is the"
        " same item.",
    ),
    "text_cut": info(
        "“{label}”有 {length} 个字，超过一个单元格能放的长度，汇总工作簿的数据页只显示开头；全文保留在文件内，下次合并仍完整。",
        "“{label}” has {length} characters, more than a cell can hold; the data sheet shows the beginning, and the"
        " workbook keeps the whole text.",
    ),
    "superseded": warning(
        "“{file}”之后，同一区域又有保存更晚的“{other}”；已采用后者，本文件的数据不计入。",
        "The same region saved “{other}” after “{file}”; the later file counts, and this one does not.",
    ),
    "earlier_round": info(
        "“{file}”是 {other} 轮的填报表：其中未关闭的事项继续计入，其余只记入历史。",
        "“{file}” is of round {other}: what is open in it counts on, the rest is in the history.",
    ),
    "cell_conflict": warning(
        "{key} 的“{label}”这里写的是“{shown}”，同一区域的另一份填报表写的是“{current}”；汇总暂用后者，请协调人在《冲突与建议》页选定。",
        "“{label}” of {key} is “{shown}” here and “{current}” in another return of the region; the report uses the"
        " latter until the coordinator picks on the sheet “Conflicts and proposals”.",
    ),
    "book_column_missing": warning(
        "“{label}”这一列不在本页上；其中的数据没有变。若要清空，请恢复该列，再逐格清除。",
        "The column “{label}” is not on this sheet; nothing in it has changed. To empty cells, put the column back and"
        " clear them.",
    ),
    "file_twice": info(
        "“{file}”与“{other}”的内容完全相同，只计一次。", "“{file}” is identical to “{other}”; it counts once."
    ),
    "row_twice": info("这一行与 {other} 完全相同，只计一次。", "This row is identical to {other}; it counts once."),
    "row_without_key": warning(
        "“{label}”没有填写，这一行无法识别，没有计入；请补上。",
        "“{label}” is blank, so this row cannot be identified and does not count; please fill it in.",
    ),
    "ledger_unbalanced": error(
        "“{file}”的工作表“{sheet}”（{block}）有 {seen} 行，只说明了 {told} 行的去向；这是程序错误，请报告，结果没有写出。",
        "“{file}”, sheet “{sheet}” ({block}): {seen} rows were read, but only {told} are accounted for. This is a bug"
        " in xlsflow; please report it. Nothing was written.",
    ),
}
