"""Finds the values of a list in a text that names several of them, whatever stands between."""

from __future__ import annotations

import re

from xlsflow.template.kinds.field import WHITESPACE
from xlsflow.template.lists import ChoiceList

_WORD = re.compile(r"[^、，,;；。\n|｜/／&＆+＋\s]+")
_PART = re.compile(r"[^、，,;；。\n|｜]+")
_CONJUNCTION = re.compile(r"以及|和|及|与|與")
_CONJUNCTIONS = frozenset(("and", "和", "及", "与", "與", "以及"))
_MAX_LABEL_WORDS = 8
"""Words of a label that may stand with blanks or separators between them (`Hong Kong, China`)."""

ChoicePiece = tuple[str, list[str] | None]
"""A piece of the text, and the codes that it names; None where it names none."""


def split_choices(text: str, choices: ChoiceList) -> list[ChoicePiece]:
    """Return what a text names, piece by piece.

    The longest run of words that is a label counts, so that neither `East China` nor `A/R` is torn apart. What is no
    label is a piece up to the next comma.
    """
    words = [found.span() for found in _WORD.finditer(text)]
    found: list[ChoicePiece] = []
    at = 0
    while at < len(words):
        piece, taken = _next_piece(text, words[at:], choices)
        if piece[0].casefold() not in _CONJUNCTIONS:
            found.append(piece)
        at += taken
    return found


def _next_piece(text: str, words: list[tuple[int, int]], choices: ChoiceList) -> tuple[ChoicePiece, int]:
    """Return the piece that a text goes on with, and how many words it takes."""
    first = words[0][0]
    for taken in range(min(_MAX_LABEL_WORDS, len(words)), 0, -1):
        run = text[first : words[taken - 1][1]]
        if (code := choices.find_code(run)) is not None:
            return (run, [code]), taken
    word = text[first : words[0][1]]
    if word.casefold() in _CONJUNCTIONS:
        return (word, []), 1
    if linked := _linked_codes(word, choices):
        return (word, linked), 1
    part = _PART.match(text, first)
    assert part is not None  # a word starts there
    return (part[0].strip(WHITESPACE), None), sum(start < part.end() for start, _ in words)


def _linked_codes(word: str, choices: ChoiceList) -> list[str]:
    """Return the codes of a word such as 华东和华南; nothing where a part of it is no value."""
    codes = [choices.find_code(part) for part in _CONJUNCTION.split(word)]
    return [code for code in codes if code] if None not in codes else []
