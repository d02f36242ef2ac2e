"""Splits a text that names several values of a list, whatever separators it uses."""

from __future__ import annotations

import re

from xlsflow.template.kinds.field import WHITESPACE
from xlsflow.template.lists import ChoiceList

# All of these are typed between values: Excel offers no choice of several in one cell without a macro.
_WORD = re.compile(r"[^、，,;；。\n|｜/／&＆+＋\s]+")
_PART = re.compile(r"[^、，,;；。\n|｜]+")
_CONJUNCTION = re.compile(r"以及|和|及|与|與")
_CONJUNCTIONS = frozenset(("and", "和", "及", "与", "與", "以及"))
# Maximum number of words in a label that contains spaces or separators itself (`Hong Kong, China`).
_MAX_LABEL_WORDS = 8

ChoicePiece = tuple[str, list[str] | None]
"""A piece of the text, and the codes that it names; None if it names no value."""


def split_choices(text: str, choices: ChoiceList) -> list[ChoicePiece]:
    """Split a text into pieces, each with the codes that it names.

    The longest run of words that is a label is one piece, so that neither `East China` nor `A/R` is split. Other text
    is one piece up to the next comma.
    """
    words = [match.span() for match in _WORD.finditer(text)]
    pieces: list[ChoicePiece] = []
    index = 0
    while index < len(words):
        piece, word_count = _next_piece(text, words[index:], choices)
        if piece[0].casefold() not in _CONJUNCTIONS:
            pieces.append(piece)
        index += word_count
    return pieces


def _next_piece(text: str, words: list[tuple[int, int]], choices: ChoiceList) -> tuple[ChoicePiece, int]:
    """Return the piece at the first of some words, and the number of words in it."""
    first = words[0][0]
    for word_count in range(min(_MAX_LABEL_WORDS, len(words)), 0, -1):
        run = text[first : words[word_count - 1][1]]
        if (code := choices.find_code(run)) is not None:
            return (run, [code]), word_count
    word = text[first : words[0][1]]
    if word.casefold() in _CONJUNCTIONS:
        return (word, []), 1
    # Only after the whole word: 和 and 与 also occur inside of labels.
    if linked := _linked_codes(word, choices):
        return (word, linked), 1
    part = _PART.match(text, first)
    assert part is not None  # `first` is the start of a word
    # All words up to the next comma are one unknown value, so that one sentence names it as it was typed.
    return (part[0].strip(WHITESPACE), None), sum(start < part.end() for start, _ in words)


def _linked_codes(word: str, choices: ChoiceList) -> list[str]:
    """Return the codes in a word such as 华东和华南, an empty list if a part of it is not a value."""
    codes = [choices.find_code(part) for part in _CONJUNCTION.split(word)]
    return [code for code in codes if code] if None not in codes else []
