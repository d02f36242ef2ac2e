"""Recognises posts, titles and telephone numbers around a name or in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator

HAN_RANGE = "\u3400-\u9fff"
_RANKS = "高级|资深|副|总|代理|分管|主要|各"
_FIELDS = "项目|区域|大区|部门|产品|客户|渠道|运营|销售|财务|市场|技术|行政|人事|采购|质量|安全|生产|研发|系统"
_POSTS = (
    "总经理|总工程师|总工|经理|总监|主任|主管|会计|出纳|专员|助理|工程师|负责人|责任人|对接人|联系人|联络人|接口人|协调人|牵头人|经办人"
    "|组长|部长|科长|处长|局长|主席|书记|秘书|客服|店长|班长|队长|院长|校长|厂长|领导"
)
_OTHERS = "员工|职工|供应商|服务商|承包商|客户|用户|第三方|甲方|乙方|丙方|我方|对方|双方|各方"
POST_PATTERN = re.compile(
    rf"(?:{_RANKS}|{_FIELDS})*(?:{_POSTS}|{_OTHERS})"
    r"|(?i:(?:(?:the|a|project|region(?:al)?|area|account|product|general|sales|finance|it|team|vice|deputy|senior)\s+)*"
    r"(?:managers?|lead|leader|heads?|director|coordinator|supervisor|engineers?|owner|assistant|pmo?|it|hr|supplier|vendor"
    r"|client|customer))"
)
"""A post or a party, which names no particular person."""
# 总 and 工 are short for 总经理 and 工程师 behind a surname: 李总, 王工.
_TITLES = f"{_POSTS}|总|工|先生|女士|小姐|同志|老师|师傅|姐|哥|某某?"
COMPOUND_SURNAMES = "欧阳|司马|上官|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容|令狐|长孙|宇文|夏侯|端木|百里|南宫"
"""Surnames of two characters, as alternatives of a pattern."""
_HONORIFIC = r"(?:mr|ms|mrs|miss|dr|prof)\b\.?"
VAGUE_NAME = re.compile(
    rf"[{HAN_RANGE}]|[小老阿大][{HAN_RANGE}]|(?:[{HAN_RANGE}]|{COMPOUND_SURNAMES})(?:{_TITLES})|(?i:{_HONORIFIC}\s*[a-z]+)"
)
"""A surname with a title, 小李, or a single character: not enough to identify a person outside the team."""

_STRAY_SIGNS = " \t\r\n“”\"‘’'「」【】[]（）()《》<>。.、，,;；:：-"
_TELEPHONE = re.compile(
    r"[\s,，/、:：(（]*(?:电话|手机|联系电话|tel\.?|mobile|phone)?[\s:：]*\+?\d[\d\s-]{5,}\d\s*[)）]?$", re.IGNORECASE
)
_TRAILING_POST = re.compile(
    rf"(?<=[{HAN_RANGE}]{{2}})\s*(?:{_RANKS}|{_FIELDS})*(?:{_POSTS}|先生|女士|小姐|同志|老师|师傅)$"
)
_TRAILING_TITLE = re.compile(rf"(?<=[{HAN_RANGE}]{{2}})(?:{_TITLES})$")
_LEADING_POST = re.compile(rf"^(?:{_RANKS}|{_FIELDS})*(?:{_POSTS}|姓名)[\s:：]*(?=[{HAN_RANGE}]{{2}})")
_IN_CHARGE = re.compile(rf"^(?:暂?由)?(?=[{HAN_RANGE}]{{2}})|(?<=[{HAN_RANGE}]{{2}})(?:负责|牵头|跟进|代管)$")
_LEADING_HONORIFIC = re.compile(rf"^{_HONORIFIC}\s*(?=[a-z]+\s+[a-z])", re.IGNORECASE)
_TRAILING_REMARK = re.compile(r"^(.+?)\s*\(([^()]*)\)?$")
_AND_OTHERS = re.compile(r"(.{2,}?)等(?:\s*(\d+|[二两三四五六七八九十]+)\s*)?(?:人|位|名)?")


def candidate_names(text: str) -> Iterator[str]:
    """Yield candidates for the name in a text, removing punctuation, telephone number, honorific and posts in turn."""
    yield (text := text.strip(_STRAY_SIGNS))
    for pattern in (_TELEPHONE, _LEADING_HONORIFIC, _LEADING_POST, _IN_CHARGE):
        text = pattern.sub("", text).strip(_STRAY_SIGNS)
        yield text
    remark = _TRAILING_REMARK.match(text)
    if remark and POST_PATTERN.fullmatch(remark[2].strip()):
        yield (text := remark[1])
    # The caller takes the first candidate that is in the list, so less certain ones come later.
    yield _TRAILING_TITLE.sub("", text)
    yield _TRAILING_POST.sub("", text).strip()


def strip_titles(text: str) -> str:
    """Return a name without additions that cannot be part of it: 赵六经理 is 赵六, but 李建工 may be a name."""
    for pattern in (_TELEPHONE, _LEADING_HONORIFIC, _TRAILING_POST):
        text = pattern.sub("", text).strip()
    return text


def parse_and_others(text: str) -> tuple[str, str] | None:
    """Return the name and the number in 李明等 or 李明等3人, None for any other text."""
    match = _AND_OTHERS.fullmatch(text)
    return (match[1], match[2] or "") if match else None
