"""Reads a figure with its unit behind it, where the unit is the one that the column's label declares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from xlsflow.i18n import LocalizedText

_IN_BRACKETS = re.compile(r"[(（]([^()（）]+)[)）]")
_SCALES: Mapping[str, int] = {"": 0, "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8}
"""Word between a figure and its unit -> how many noughts it stands for."""
_SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))
_SCALED = re.compile(rf"([^\D][\d,. ]*?)\s*({_SCALE})\s*(\D*)")
_YUAN = "元"
_MONEY = re.compile(rf"({_SCALE}){_YUAN}")
_CURRENCY = re.compile(r"^(?:¥|RMB|CNY|人民币)\s*|\s*¥$", re.IGNORECASE)


def units_in_labels(labels: Iterable[LocalizedText]) -> frozenset[str]:
    """Return the units that a column declares by its labels: 时长（分钟）, 小时数, Total minutes."""
    found: set[str] = set()
    for label in labels:
        for text in label.both():
            found.update(unit.strip().casefold() for unit in _IN_BRACKETS.findall(text))
        if label.zh.endswith("数"):
            found.add(label.zh.removesuffix("数"))
        found.add(label.en.split()[-1].casefold())
    found |= {unit.removesuffix("s") for unit in found if unit.isascii()}
    return frozenset(found - {""})


def parse_measure(text: str, units: frozenset[str]) -> tuple[str, int] | None:
    """Return a figure as it is written, and the power of ten it is to be taken by; None where its unit is not declared.

    Args:
        text: The text in half width.
        units: What the column declares.

    >>> measured("1.2亿元", frozenset(("万元",)))
    ('1.2', 4)
    """
    money = next((found for unit in units if (found := _MONEY.fullmatch(unit))), None)
    bare = _CURRENCY.sub("", text, count=1) if money else text
    found = _SCALED.fullmatch(bare)
    if not found:
        return None
    figure, scale, unit = found.groups()
    unit = unit.strip().casefold()
    power = _SCALES[scale]
    if money:
        declared = _SCALES[money[1]]
        said = unit in (_YUAN, *(one for one in units if one.isascii())) or (not unit and (scale or bare != text))
        plain_yuan = (
            not scale and unit != _YUAN and declared != 0
        )  # ￥12 where 万元 are asked for: of which of the two?
        return (figure, power - declared) if said and not plain_yuan else None
    counted = bool(scale) and not unit and not all(one.isascii() for one in units)  # 1.2万 where 人 are asked for
    return (figure, power) if unit in units or counted else None


def scale_by_ten(number: float, power: int) -> float:
    """Return a number times a power of ten, without the noise of binary fractions."""
    return float(Decimal(repr(number)).scaleb(power)) if power else number
