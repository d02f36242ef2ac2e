"""How labels and headers are compared: what a spreadsheet program or a hurried hand adds around one does not count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from xlsflow.template.kinds import FieldBase
from xlsflow.template.lists import folded
from xlsflow.template.traditional import simplified

_NOISE = re.compile(r"[*()\[\]【】:★☆※▲]")
_ASIDE = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
"""What stands in brackets behind a label: a unit, a hint."""


@lru_cache(maxsize=8192)
def header(text: str) -> str:
    r"""Return a header as it is compared: no blanks, line breaks, stars, brackets or case, in simplified characters.

    >>> header("计划完成\n时间＊") == header("计划完成时间")
    True
    """
    return _NOISE.sub("", folded(simplified(text)))


def bare(text: str) -> str:
    """Return a header without what stands in brackets.

    >>> bare("计划完成时间（年-月-日）") == header("计划完成时间")
    True
    """
    return header(_ASIDE.sub("", unicodedata.normalize("NFKC", text)))


def before_unit(text: str) -> str:
    """Return a header without a unit behind a stroke.

    >>> before_unit("工时/小时") == header("工时")
    True
    """
    return header(unicodedata.normalize("NFKC", text).partition("/")[0])


def labels_now(fields: Iterable[FieldBase]) -> Mapping[str, str]:
    """Return every label, as it is compared -> the name of its field; one that two fields share counts for none."""
    return _lone((header(text), field.name) for field in fields for text in field.label.both())


def known_labels(fields: Sequence[FieldBase]) -> Mapping[str, str]:
    """Return every label that fields are or were known by, as it is compared -> the field's name.

    A label that a field bears now counts before one that another bore once.
    """
    asked = [field for field in fields if not field.computed]
    once = _lone((header(text), field.name) for field in asked for text in field.was)
    return {**once, **labels_now(asked)}


def _lone(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    names: dict[str, set[str]] = {}
    for text, name in pairs:
        names.setdefault(text, set()).add(name)
    return {text: next(iter(found)) for text, found in names.items() if len(found) == 1}
