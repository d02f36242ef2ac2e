"""Sentences about the page that checks a workbook in a browser, and about what it is made of."""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.messages.coded_message import CodedMessage, error

PAGE_MESSAGES: Mapping[str, CodedMessage] = {
    "page_runtime_missing": error(
        "文件夹 {folder} 里没有网页所需的运行环境（缺 {file}）；请先运行 xlsflow page --get-runtime，或用 --runtime 指定已有的文件夹。",
        "The folder {folder} lacks what the page runs on ({file}). Run xlsflow page --get-runtime first, or name a folder"
        " that has it with --runtime.",
    ),
    "page_runtime_outdated": error(
        "文件夹 {folder} 里的运行环境是为另一版 xlsflow 准备的；请再运行一次 xlsflow page --get-runtime。",
        "The folder {folder} was made for another version of xlsflow; run xlsflow page --get-runtime again.",
    ),
    "page_part_altered": error(
        "{file} 与 xlsflow 所锁定的版本不一致（SHA-256 不同），没有使用；请删去它，再运行 xlsflow page --get-runtime。",
        "{file} is not the file that xlsflow expects (another SHA-256) and was not used; delete it and run xlsflow page"
        " --get-runtime again.",
    ),
    "page_program_missing": error(
        "准备网页的运行环境需要 {program}，这台电脑上没有找到；请安装 {product} 后再试，或在另一台电脑上准备好文件夹，用 --runtime 指定。",
        "Fetching what the page runs on needs {program}, which was not found on this computer. Install {product}, or fetch"
        " the folder on another computer and name it with --runtime.",
    ),
    "page_program_failed": error(
        "{program} 没有成功：{why}；请检查网络和 {product} 的设置后再试。",
        "{program} failed: {why}. Check the network and the settings of {product}, then try again.",
    ),
    "page_arguments": error(
        "请给出项目设置表和 --out，或只给 --get-runtime。",
        "Name the project workbook and --out, or use --get-runtime alone.",
    ),
}
