"""Every code that a finding or a refusal can bear, with its severity and its sentence in zh and en.

A sentence names what was found and what to do, in words a non-programmer understands. `{file} {sheet} {cell} {label} {value}` are
always known to a finding; other names are facts that it carries. Codes are stable: tests, docs and waivers refer to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from xlsflow.words import Words


@dataclass(frozen=True, slots=True)
class Entry:
    """One code of the catalogue."""

    severity: Literal["error", "warning", "info"]
    words: Words


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
        "“{label}”写的是“{value}”，应为整数。",
        "{label}: “{value}” should be a whole number.",
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
    "too_small": _error("“{label}”是 {value}，不能小于 {limit}。", "{label}: {value} is below the least allowed, {limit}."),
    "too_large": _error("“{label}”是 {value}，不能大于 {limit}。", "{label}: {value} is above the most allowed, {limit}."),
    "not_in_list": _error(
        "“{label}”写的是“{value}”，不在可选项中（{options}），请从下拉列表中选择。{nearest}",
        "{label}: “{value}” is not one of {options}; please choose from the dropdown.{nearest}",
    ),
    "id_shape": _error(
        "“{label}”写的是“{value}”，编号应写成 {example} 的样子。",
        "{label}: “{value}” should look like {example}.",
    ),
    "not_a_person": _error(
        "“{label}”写的是“{value}”，这是区域或部门，不是人；请填一个具体的人的姓名。",
        "{label}: “{value}” is a region or department, not a person; please name one person.",
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
    # --- what cannot be written (workbook/atomic) ---
    "output_locked": _error(
        "“{file}”正被其他程序打开（多半是 Excel），无法替换；请关闭它后再试，原文件没有改动。",
        "“{file}” is open in another program (most likely Excel) and was left as it is; close it there and try again.",
    ),
    "output_not_writable": _error(
        "“{file}”无法写入（{reason}）；请检查文件夹权限和磁盘空间，或换一个位置。",
        "“{file}” cannot be written ({reason}); check permissions and disk space, or choose another place.",
    ),
}
"""Code -> severity and sentence. The groups follow the rooms that raise them."""
