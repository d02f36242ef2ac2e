"""Tells whether one text says the opposite of another that is spelled almost alike: 未完成 and 已完成."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

# Characters that deny a word or put it off; a text and its suggestion have equally many.
_NOT_YET = re.compile("[不未没沒无無非否勿待]")
# Words that change what follows them: almost, partly, to be, refused, again.
_HEDGES = re.compile(
    "部分|基本|接近|预计|预定|准备|几乎|大致|可能|即将|拒绝|失败|撤销|解除|恢复|重新"
    "|[快将半难拒停暂拟仅缺禁免反假伪差欲应需须要能可再误]"
)
_DONE = re.compile("^已|[完毕了]$|完毕$")
_UNDER_WAY = re.compile("^[正在]|中$")
_CONTRARY = tuple(
    frozenset(pair)
    for pair in ("高低", "大小", "多少", "上下", "前后", "内外", "开关", "增减", "升降", "进出", "早晚", "快慢", "轻重",
                 "有无", "是否", "好坏", "优劣", "正反", "先后", "新旧", "长短", "买卖", "收发", "左右", "东西", "南北")
)  # fmt: skip
_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?")
_DENYING = frozenset(
    ("not", "no", "non", "never", "without", "cannot", "none", "nor", "neither", "hardly", "barely", "fails", "failed")
)
_HEDGING = frozenset(
    ("almost", "nearly", "partly", "partially", "half", "mostly", "soon", "to", "pending", "re", "again", "semi",
     "quasi", "maybe", "possibly", "planned", "expected", "should", "must", "can", "could", "will", "would")
)  # fmt: skip
_DENYING_PREFIXES = ("un", "in", "im", "ir", "il", "non", "dis", "mis", "de", "re", "anti", "pre", "half")
_CONTRARY_WORDS = tuple(
    frozenset(pair.split("/"))
    for pair in ("on/off", "high/low", "higher/lower", "over/under", "in/out", "up/down", "before/after",
                 "with/without",
                 "major/minor", "increase/decrease", "internal/external", "import/export", "open/closed", "early/late",
                 "upper/lower", "more/less", "yes/no", "start/end", "pass/fail", "first/last", "inside/outside",
                 "overdue/underdue", "input/output", "upstream/downstream", "online/offline", "onsite/offsite",
                 "inbound/outbound", "upgrade/downgrade", "include/exclude", "included/excluded", "maximum/minimum",
                 "maximal/minimal", "acceptable/unacceptable")
)  # fmt: skip
# Similarity from which two words are one word with a typing error.
_ALIKE = 0.8


def may_oppose(text: str, label: str) -> bool:
    """Return whether a label may say the opposite of a text, or something else about the same thing.

    It errs on the side of yes: a right suggestion that is left out costs less than a wrong one.

    >>> may_oppose("未完成", "已完成"), may_oppose("已完城", "已完成"), may_oppose("Unavailable", "Available")
    (True, False, True)
    """
    text, label = text.casefold(), label.casefold()
    # A typing error changes or swaps characters, but hardly ever adds or drops one that denies.
    if len(_NOT_YET.findall(text)) != len(_NOT_YET.findall(label)):
        return True
    if sorted(_HEDGES.findall(text)) != sorted(_HEDGES.findall(label)) or _differs_in_time(text, label):
        return True
    if any(_has_both(text, label, pair) for pair in _CONTRARY):
        return True
    return _opposes_in_english(_WORD.findall(text), _WORD.findall(label))


def _differs_in_time(text: str, label: str) -> bool:
    """Return whether one says that a thing is done and the other that it is under way."""
    return any(
        _DONE.search(one) and _UNDER_WAY.search(other) and not _DONE.search(other)
        for one, other in ((text, label), (label, text))
    )


def _has_both(text: str, label: str, pair: frozenset[str]) -> bool:
    """Return whether a text has one character of a pair where the label has the other."""
    here, there = pair & set(text), pair & set(label)
    return bool(here and there) and here != there


def _opposes_in_english(text: list[str], label: list[str]) -> bool:
    if _denials(text) != _denials(label) or _HEDGING & set(text) != _HEDGING & set(label):
        return True
    mine, theirs = set(text) - set(label), set(label) - set(text)
    if any(pair & mine and pair & theirs for pair in _CONTRARY_WORDS):
        return True
    return any(_differs_by_prefix(one, other) or _differs_by_ending(one, other) for one, other in _pairs(mine, theirs))


def _denials(words: list[str]) -> int:
    return sum(word in _DENYING or word.endswith(("n't", "n’t")) for word in words)


def _pairs(mine: set[str], theirs: set[str]) -> Iterator[tuple[str, str]]:
    for one in mine:
        for other in theirs:
            yield one, other
            yield other, one


def _differs_by_prefix(long: str, short: str) -> bool:
    """Return whether a word is another one behind a prefix that changes its meaning."""
    stems = (long.removeprefix(prefix) for prefix in _DENYING_PREFIXES if long.startswith(prefix))
    return any(
        len(long) > len(short) and SequenceMatcher(None, stem, short).ratio() >= _ALIKE
        for stem in stems
        # A prefix that both words have denies nothing: reopened, returned.
        if not short.startswith(long[: len(long) - len(stem)])
    )


def _differs_by_ending(one: str, other: str) -> bool:
    """Return whether one word says that something is under way and the other that it is done."""
    return one.endswith("ing") and other.endswith("ed") and one[:3] == other[:3]
