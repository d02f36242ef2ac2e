"""Normalises header texts for comparison: ignores whitespace, punctuation, units in brackets and full-width forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from xlsflow.template.kinds import FieldBase
from xlsflow.template.lists import fold_text
from xlsflow.template.traditional import to_simplified

_NOISE = re.compile(r"[*()\[\]【】:★☆※▲]")
# A unit or hint in brackets.
_BRACKETED = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")


# The headers of a round are the same in every return.
@lru_cache(maxsize=8192)
def normalize_header(text: str) -> str:
    r"""Return a header for comparison: without whitespace, stars and brackets, in lower case and simplified characters.

    >>> normalize_header("计划完成\n时间＊") == normalize_header("计划完成时间")
    True
    """
    return _NOISE.sub("", fold_text(to_simplified(text)))


def without_brackets(text: str) -> str:
    """Return a header for comparison, without a unit or hint in brackets.

    >>> without_brackets("计划完成时间（年-月-日）") == normalize_header("计划完成时间")
    True
    """
    return normalize_header(_BRACKETED.sub("", unicodedata.normalize("NFKC", text)))


def before_unit(text: str) -> str:
    """Return a header for comparison, without a unit after a slash.

    >>> before_unit("工时/小时") == normalize_header("工时")
    True
    """
    return normalize_header(unicodedata.normalize("NFKC", text).partition("/")[0])


def current_labels(fields: Iterable[FieldBase]) -> Mapping[str, str]:
    """Return normalised label -> field name; a label that two fields share is left out."""
    return _unambiguous((normalize_header(text), field.name) for field in fields for text in field.label.both())


def known_labels(fields: Sequence[FieldBase]) -> Mapping[str, str]:
    """Return normalised label -> field name, for the present and former labels of fields that are filled in.

    A present label takes precedence over the same former label of another field.
    """
    filled_in = [field for field in fields if not field.computed]
    former = _unambiguous((normalize_header(text), field.name) for field in filled_in for text in field.was)
    return {**former, **current_labels(filled_in)}


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    names: dict[str, set[str]] = {}
    for text, name in pairs:
        names.setdefault(text, set()).add(name)
    # A label that two fields share identifies neither of them.
    return {text: next(iter(found)) for text, found in names.items() if len(found) == 1}
