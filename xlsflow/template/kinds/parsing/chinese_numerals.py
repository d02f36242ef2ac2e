"""Parses numbers in Chinese numerals: 三十一, 卅一, 贰零贰陆, 六十二点五."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

_DIGITS: Mapping[str, int] = {
    **{sign: value for value, sign in enumerate("零一二三四五六七八九")},
    **{sign: value for value, sign in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    **dict.fromkeys("○O0", 0),
    "两": 2,
}
_SIGNS = "".join(_DIGITS) + "十拾廿卅百佰"
_BELOW_THOUSAND = re.compile(
    r"(?:([一二两三四五六七八九壹贰叁肆伍陆柒捌玖])[百佰](零)?)?(?:([一二三四五六七八九壹贰叁肆伍陆柒捌玖])?([十拾])|([廿卅]))?"
    r"([一二两三四五六七八九壹贰叁肆伍陆柒捌玖])?"
)
# A run of numerals before a unit of a date or time. Arabic digits do not start a run, but may follow inside one.
_BEFORE_DATE_UNIT = re.compile(rf"(?<![0-9{_SIGNS}])[{_SIGNS}]+(?=\s*[年月日号时点分])")
# Number of digits of a year that is written digit by digit.
_YEAR_DIGITS = 4


def parse_chinese_integer(text: str) -> int | None:
    """Return the integer below 1000 that a text contains, None for any other text.

    >>> [parse_chinese_integer(text) for text in ("三十一", "卅一", "一百零五", "三一")]
    [31, 31, 105, None]
    """
    # The pattern below knows no zero: 零 and 〇 are numbers only on their own.
    if len(text) == 1 and text in _DIGITS:
        return _DIGITS[text]
    match = _BELOW_THOUSAND.fullmatch(text)
    if not text or not match:
        return None
    hundreds, zero, tens, ten, twenty, ones = match.groups()
    if hundreds and ones and not (zero or ten or twenty):
        return None  # 一百五 is 150 to one reader and 105 to another
    value = 100 * _DIGITS[hundreds] if hundreds else 0
    value += 10 * (_DIGITS[tens] if tens else 1) if ten else {"廿": 20, "卅": 30}.get(twenty or "", 0)
    return value + (_DIGITS[ones] if ones else 0)


def parse_chinese_number(text: str) -> Decimal | None:
    """Return the number below 1000 that a text contains, with decimals after 点, None for any other text.

    百 alone is 100, as in 百分之百.

    >>> [parse_chinese_number(text) for text in ("六十二点五", "百", "几十")]
    [Decimal('62.5'), Decimal('100'), None]
    """
    if text == "百":
        return Decimal(100)
    whole, point, decimals = text.partition("点")
    value = parse_chinese_integer(whole)
    if value is None or (point and not decimals) or any(sign not in _DIGITS for sign in decimals):
        return None
    return Decimal(f"{value}.{''.join(str(_DIGITS[sign]) for sign in decimals)}" if decimals else value)


def replace_chinese_numerals(text: str) -> str:
    """Return the text of a date or time with its Chinese numerals replaced by Arabic digits.

    >>> replace_chinese_numerals("二〇二六年三月三十一日下午两点半")
    '2026年3月31日下午2点半'
    """
    return _BEFORE_DATE_UNIT.sub(lambda run: _to_arabic(run[0]), text)


def _to_arabic(run: str) -> str:
    # Four digits in a row are a year (二〇二六); shorter runs are numbers (三十一).
    if len(run) == _YEAR_DIGITS and all(sign in _DIGITS for sign in run):
        return "".join(str(_DIGITS[sign]) for sign in run)
    value = parse_chinese_integer(run)
    return run if value is None else str(value)
