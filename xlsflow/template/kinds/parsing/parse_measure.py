"""Parses a number with a unit behind it, if the column's label declares that unit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from xlsflow.i18n import LocalizedText

_IN_BRACKETS = re.compile(r"[(（]([^()（）]+)[)）]")
# Chinese power word between a number and its unit -> power of ten.
_SCALES: Mapping[str, int] = {"": 0, "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8}
_SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))
_SCALED = re.compile(rf"([^\D][\d,. ]*?)\s*({_SCALE})\s*(\D*)")
_YUAN = "元"
_MONEY = re.compile(rf"({_SCALE}){_YUAN}")
_CURRENCY = re.compile(r"^(?:¥|RMB|CNY|人民币)\s*|\s*¥$", re.IGNORECASE)


def units_in_labels(labels: Iterable[LocalizedText]) -> frozenset[str]:
    """Return the units that labels declare: 时长（分钟）, 小时数, Total minutes."""
    found: set[str] = set()
    for label in labels:
        for text in label.both():
            found.update(unit.strip().casefold() for unit in _IN_BRACKETS.findall(text))
        if label.zh.endswith("数"):
            found.add(label.zh.removesuffix("数"))
        # The last word of an English label is its unit if it is one at all: Total minutes, Headcount.
        found.add(label.en.split()[-1].casefold())
    found |= {unit.removesuffix("s") for unit in found if unit.isascii()}
    return frozenset(found - {""})


def parse_measure(text: str, units: frozenset[str]) -> tuple[str, int] | None:
    """Return the digits of a number and the power of ten to multiply it by, None if its unit is not declared.

    Args:
        text: The text in half width.
        units: The units that the column declares.

    >>> parse_measure("1.2亿元", frozenset(("万元",)))
    ('1.2', 4)
    """
    money = next((match for unit in units if (match := _MONEY.fullmatch(unit))), None)
    without_currency = _CURRENCY.sub("", text, count=1) if money else text
    match = _SCALED.fullmatch(without_currency)
    if not match:
        return None
    digits, scale, unit = match.groups()
    unit = unit.strip().casefold()
    power = _SCALES[scale]
    if money:
        declared = _SCALES[money[1]]
        has_unit = unit in (_YUAN, *filter(str.isascii, units)) or (not unit and (scale or without_currency != text))
        # ￥12 in a column of 万元 may be 12 yuan or 12 times 10,000 yuan.
        is_ambiguous = not scale and unit != _YUAN and declared != 0
        return (digits, power - declared) if has_unit and not is_ambiguous else None
    # 1.2万 in a column of 人: Chinese omits the unit after a power word.
    omits_unit = bool(scale) and not unit and not all(map(str.isascii, units))
    return (digits, power) if unit in units or omits_unit else None


def scale_by_ten(number: float, power: int) -> float:
    """Return a number times a power of ten, exact in decimal: 0.29 times 100 is 29, not 28.999999999999996."""
    return float(Decimal(repr(number)).scaleb(power)) if power else number
