"""What is said of how a returned sheet is laid out: its shape, its columns, rows that are no data."""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.catalogue.entry import Entry, error, info, warning

SHEETS: Mapping[str, Entry] = {
    # --- which sheet is which (intake/recognise) ---
    "sheet_missing": warning("{file} 里没有《{title}》这张表。", "{file} has no sheet “{title}”."),
    "sheet_renamed": info(
        "工作表“{sheet}”已按内容认作《{title}》；请勿改工作表名称。",
        "Sheet “{sheet}” was recognised by its contents as “{title}”; please keep the names of sheets.",
    ),
    "sheet_unclear": error(
        "{names} 都像《{title}》，无法判断以哪一张为准，都没有读取；请只留一张，并改名为“{title}”。",
        "{names} both look like “{title}” and nobody can tell which one counts, so neither was read; keep one and call it “{title}”.",
    ),
    "sheet_copy_same": info(
        "工作表“{sheet}”是《{original}》的副本，没有更多内容，未重复读取。",
        "Sheet “{sheet}” is a copy of “{original}” with nothing more in it; it was not read a second time.",
    ),
    "sheet_copy_differs": error(
        "工作表“{sheet}”和《{original}》是同一张表，内容却不同；只读取了《{original}》，请把内容并成一张，删去另一张。",
        "Sheets “{sheet}” and “{original}” are the same form with different contents; only “{original}” was read."
        " Please put everything into one and delete the other.",
    ),
    "sheet_extra": info(
        "工作表“{sheet}”不是发出的表，没有读取。", "Sheet “{sheet}” is not one that was sent out; it was not read."
    ),
    # --- where its blocks lie (intake/tables, forms) ---
    "header_missing": error(
        "{file} 的《{sheet}》里找不到表头或栏目{title}，这一部分没有读取；请把内容填回发出的原文件。",
        "{file}, sheet {sheet}: no header or label was found{title}, so this part was not read; please put its contents back into"
        " the original file.",
    ),
    "key_row_missing": info(
        "《{sheet}》表头上方的隐藏行不见了，已按表头文字读取。",
        "{sheet}: the hidden row above the header is gone; the columns were read by their header texts.",
    ),
    "column_missing": error(
        "《{sheet}》里找不到必填的“{label}”；请把它加回来，或把内容填回发出的原文件。",
        "{sheet}: the required column {label} is missing; please put it back, or use the original file.",
    ),
    "column_gone": warning(
        "《{sheet}》里找不到“{label}”，按空白处理。", "{sheet}: {label} is missing and was taken as blank."
    ),
    "column_by_header": info(
        "《{sheet}》的 {column} 列没有列标识，已按表头文字认作“{label}”。",
        "{sheet}: column {column} has no key; by its header it was read as {label}.",
    ),
    "column_extra": warning(
        "《{sheet}》的 {column} 列{title}不是发出的列，其中 {count} 个单元格没有读取；如需上报，请写进已有的列。",
        "{sheet}: column {column}{title} was not sent out; {count} cells in it were not read. What must be reported belongs into"
        " the columns that are there.",
    ),
    "header_moved": warning(
        "《{sheet}》里这一列的表头写的是“{value}”，与隐藏的列标识不符，已按表头读作“{label}”；请核对这一列的内容。",
        "{sheet}: this column's header says “{value}”, its hidden key says otherwise; it was read as {label}. Please check its contents.",
    ),
    "label_changed": warning(
        "这里原来的栏目是“{label}”，现在写的是“{value}”，已按原来的栏目读取；请核对旁边的内容。",
        "The label here was {label} and now reads “{value}”; the cell beside it was read as {label}. Please check it.",
    ),
    # --- rows and cells that are no plain data (intake/read, oddities) ---
    "subtotal_row": info(
        "这一行是“{value}”行，不是数据，没有计入；汇总由程序计算。",
        "This row holds sums (“{value}”) and no data, so it is not counted; totals are worked out by the program.",
    ),
    "note_row": info(
        "表格下方的“{value}”是说明文字，没有作为数据读取。",
        "“{value}” below the table is a note and was not read as data.",
    ),
    "other_table": warning(
        "表格下方另有一张自己的表，这一行属于它，没有读取；需要上报的内容请写进原有的栏目。",
        "A table of your own begins below; this row belongs to it and was not read. What must be reported belongs into the columns"
        " that are there.",
    ),
    "header_again": info(
        "这一行重复了表头，没有作为数据读取。", "This row repeats the header and was not read as data."
    ),
    "hidden_sheet": info(
        "《{sheet}》是隐藏的工作表，也已读取；如果不需要，请删去其中的内容。",
        "{sheet} is a hidden sheet and was read too; please clear it where it is not wanted.",
    ),
    "rows_cut_off": warning(
        "《{sheet}》正好在第 {rows} 行结束，这是文件格式的上限，后面的行可能已丢失；请核对行数，另存为 .xlsx 后重新发送。",
        "{sheet} ends exactly at row {rows}, the last one that its format can hold, so rows may be lost; please compare their"
        " number, save it as .xlsx and send it again.",
    ),
    "hidden_rows": info(
        "《{sheet}》里有 {count} 行是隐藏的（第 {rows} 行），也已读取；不需要的请删去。",
        "{sheet}: {count} rows are hidden (row {rows}) and were read too; please delete those that are not wanted.",
    ),
    "merged_rows": info(
        "“{label}”的单元格 {cell} 是合并的，已把“{value}”读作其中每一行的内容。",
        "{label}: cells {cell} are merged; “{value}” was read for every row of them.",
    ),
    "merged_across": error(
        "单元格 {cell} 把几列合并成了一格，只读到“{value}”；请取消合并，逐列填写。",
        "Cells {cell} join several columns, of which only “{value}” can be read; please unmerge them and fill each column.",
    ),
    "picture_for_words": error(
        "“{label}”是必填项，单元格里却是一张图片，无法读取；请用文字填写。",
        "{label} is required, and the cell holds a picture that cannot be read; please write it in words.",
    ),
    "picture_in_cell": info(
        "“{label}”单元格里是一张图片，按空白处理；请用文字填写。",
        "{label}: the cell holds a picture and was taken as blank; please write it in words.",
    ),
}
