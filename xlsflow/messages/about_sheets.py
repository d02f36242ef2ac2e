"""Sentences about the structure of a returned sheet: its columns, and rows that are not data."""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.messages.coded_message import CodedMessage, error, info, warning

SHEETS: Mapping[str, CodedMessage] = {
    # --- which sheet is which (intake/recognition) ---
    "sheet_missing": warning("{file} 里没有《{title}》这张表。", "{file} has no sheet “{title}”."),
    "sheet_renamed": info(
        "工作表“{sheet}”已按内容认作《{title}》；请勿改工作表名称。",
        "Sheet “{sheet}” was recognised as “{title}” by its contents; please do not rename sheets.",
    ),
    "sheet_unclear": error(
        "{names} 都像《{title}》，无法判断以哪一张为准，都没有读取；请只留一张，并改名为“{title}”。",
        "{names} both look like “{title}”, so it is not clear which one counts, and neither was read; please keep one"
        " and rename it to “{title}”.",
    ),
    "sheet_copy_same": info(
        "工作表“{sheet}”是《{original}》的副本，没有更多内容，未重复读取。",
        "Sheet “{sheet}” is a copy of “{original}” with nothing added; it was not read again.",
    ),
    "sheet_copy_read": info(
        "工作表“{sheet}”和《{original}》是同一种表单，作为另一份一起读取；编号相同的算同一份的两个版本。",
        "Sheet “{sheet}” is another “{original}” and was read as well; where both have the same ID, they are two versions"
        " of one.",
    ),
    "sheet_copy_differs": error(
        "工作表“{sheet}”和《{original}》是同一张表，内容却不同；只读取了《{original}》，请把内容并成一张，删去另一张。",
        "Sheets “{sheet}” and “{original}” are the same form with different contents, and only “{original}” was read;"
        " please move everything into one and delete the other.",
    ),
    "sheet_extra": info(
        "工作表“{sheet}”不是发出的表，没有读取。",
        "Sheet “{sheet}” was not in the workbook as it was sent out; it was not read.",
    ),
    # --- headers and labels (intake/recognition) ---
    "header_missing": error(
        "{file} 的《{sheet}》里找不到表头或栏目{title}，这一部分没有读取；请把内容填回发出的原文件。",
        "{file}, sheet “{sheet}”: no header or label was found{title}, so this part was not read; please enter its data"
        " in the original file.",
    ),
    "key_row_missing": info(
        "《{sheet}》表头上方的隐藏行不见了，已按表头文字读取。",
        "“{sheet}” has lost the hidden row above its header; the columns were read by their header texts.",
    ),
    "column_missing": error(
        "《{sheet}》里找不到必填的“{label}”；请把它加回来，或把内容填回发出的原文件。",
        "“{sheet}” has no column “{label}”, which is required; please put it back, or use the original file.",
    ),
    "column_gone": warning(
        "《{sheet}》里找不到“{label}”，按空白处理。", "“{sheet}” has no column “{label}”; it was read as blank."
    ),
    "column_by_header": info(
        "《{sheet}》的 {column} 列没有列标识，已按表头文字认作“{label}”。",
        "“{sheet}”, column {column} has lost its hidden key; it was read as “{label}” by its header.",
    ),
    "read_beside": info(
        "“{label}”写的“{value}”不在 {box}，而在它右边，仍已读取；下次请写在 {box}。",
        "“{label}”, “{value}”, is not in {box} but right of it, and was read all the same; please use {box} next time.",
    ),
    "beside_box": warning(
        "“{label}”的格子（{box}）右边还写有“{value}”，没有读取；要计入请写进 {box}。",
        "Right of the box of “{label}” ({box}) stands “{value}”, which was not read; put it into {box} if it counts.",
    ),
    "column_extra": warning(
        "《{sheet}》的 {column} 列{title}不是发出的列，其中 {count} 个单元格没有读取；如需上报，请写进已有的列。",
        "“{sheet}”, column {column}{title} was not in the sheet as it was sent out, and {count} {count:cell|cells} in it"
        " {count:was|were} not read; please put what you want to report into the existing columns.",
    ),
    "header_moved": warning(
        "《{sheet}》里这一列的表头写的是“{value}”，与隐藏的列标识不符，已按表头读作“{label}”；请核对这一列的内容。",
        "“{sheet}”: the header of this column is “{value}”, which does not match its hidden key, so it was read as"
        " “{label}” by its header; please check what is in the column.",
    ),
    "label_changed": warning(
        "这里原来的栏目是“{label}”，现在写的是“{value}”，已按原来的栏目读取；请核对旁边的内容。",
        "The label here was “{label}” and now is “{value}”; the cell beside it was read as “{label}”. Please check it.",
    ),
    # --- rows and cells that are not plain data (intake/recognition) ---
    "subtotal_row": info(
        "这一行是“{value}”行，不是数据，没有计入；汇总由程序计算。",
        "This row is a total (“{value}”), not data, and does not count; totals are calculated by the program.",
    ),
    "subtotal_with_text": warning(
        "这一行的数字是上面各行的合计，没有计入；其中的文字也没有读取：“{text}”。若是一项数据，请补全必填项。",
        "The numbers of this row are totals of rows above, so it does not count, nor does its text: “{text}”. If it is an"
        " item of its own, please fill in its required fields.",
    ),
    "not_a_total": warning(
        "这一行写着“{value}”，但数字不是上面各行的合计，已作为数据读取；若是合计行，请删去这一行。",
        "This row says “{value}”, but its numbers are not totals of the rows above, so it was read as data; please delete"
        " it if it is a total.",
    ),
    "struck_row": warning(
        "第 {row} 行加了删除线，仍已读取；若已作废，请删去这一行，否则请去掉删除线。",
        "Row {row} is struck out but was read all the same; please delete it if it no longer holds, else remove the"
        " strikethrough.",
    ),
    "struck_cell": warning(
        "“{label}”写的“{value}”加了删除线，仍已读取；若已作废，请清空，否则请去掉删除线。",
        "“{label}” is “{value}”, which is struck out but was read all the same; please clear it if it no longer holds,"
        " else remove the strikethrough.",
    ),
    "struck_part": warning(
        "“{label}”中的“{struck}”加了删除线，没有读取，只读了“{value}”；请核对，并删去划掉的部分。",
        "“{struck}” in “{label}” is struck out and was not read, only “{value}” was; please check it, and delete what is"
        " struck out.",
    ),
    "example_row": warning(
        "第 {row} 行像是填写示例或灰色提示，仍已作为数据读取；若是示例，请删去这一行。",
        "Row {row} looks like an example or a grey hint but was read as data; please delete it if it is one.",
    ),
    "note_row": info(
        "表格下方的“{value}”是说明文字，没有作为数据读取。",
        "“{value}” below the table is a note and was not read as data.",
    ),
    "other_table": warning(
        "表格下方另有一张自己的表，这一行属于它，没有读取；需要上报的内容请写进原有的栏目。",
        "This row belongs to another table, which was added below, and was not read; please put what you want to report"
        " into the existing columns.",
    ),
    "header_again": info(
        "这一行重复了表头，没有作为数据读取。", "This row repeats the header and was not read as data."
    ),
    "hidden_sheet": info(
        "《{sheet}》是隐藏的工作表，也已读取；如果不需要，请删去其中的内容。",
        "“{sheet}” is a hidden sheet and was read too; please clear it if it is not needed.",
    ),
    "rows_cut_off": warning(
        "《{sheet}》正好在第 {rows} 行结束，这是文件格式的上限，后面的行可能已丢失；请核对行数，另存为 .xlsx 后重新发送。",
        "“{sheet}” ends exactly at row {rows}, the last row of its file format, so rows may be lost; please check how"
        " many there should be, save the file as .xlsx and send it again.",
    ),
    "hidden_rows": info(
        "《{sheet}》里有 {count} 行是隐藏的（第 {rows} 行），也已读取；不需要的请删去。",
        "“{sheet}” has {count} hidden {count:row|rows} ({rows}), which {count:was|were} read too; please delete what is"
        " not needed.",
    ),
    "merged_rows": info(
        "“{label}”的单元格 {cell} 是合并的，已把“{value}”读作其中每一行的内容。",
        "“{label}”: cells {cell} are merged; “{value}” was read for each of their rows.",
    ),
    "merged_across": error(
        "单元格 {cell} 把几列合并成了一格，只读到“{value}”；请取消合并，逐列填写。",
        "Cells {cell} are merged across columns, so only “{value}” could be read; please unmerge them and fill in each"
        " column.",
    ),
    "picture_for_words": error(
        "“{label}”是必填项，单元格里却是一张图片，无法读取；请用文字填写。",
        "“{label}” is required, but its cell contains a picture, which cannot be read; please enter text.",
    ),
    "picture_in_cell": info(
        "“{label}”单元格里是一张图片，按空白处理；请用文字填写。",
        "“{label}” contains a picture and was read as blank; please enter text.",
    ),
}
