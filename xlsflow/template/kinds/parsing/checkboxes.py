"""Reads a row of boxes, □普通 ■紧急 or （ ）是 （√）否, as the labels that are ticked."""

from __future__ import annotations

import re
from collections.abc import Callable

from xlsflow.template.kinds.field import WHITESPACE

_EMPTY_BOX, _TICKED_BOX = "□", "■"
_BRACKETS = re.compile(r"[(（\[【]\s*([√✓✔✅xXvV])?\s*[)）\]】]")
_EMPTY_SIGNS = "□☐○◯\uf0a3\uf0a8\uf06f"
"""Boxes that are not ticked; the last three are Wingdings, as Word and WPS paste them."""
_TICK_SIGNS = "■☑✔√✓✅☒●◉\uf052\uf0fe"
"""Ticked ones; ☒ is how Word ticks a box."""
_BOX = re.compile(f"([{_EMPTY_SIGNS}{_TICK_SIGNS}])")
_NOT_A_BOX = f"[^{_EMPTY_SIGNS}{_TICK_SIGNS}]"
TICK_VARIANTS = str.maketrans({**dict.fromkeys("✓✔✅☑", "√"), **dict.fromkeys("✗✘❌", "×"), "\ufe0f": ""})
"""Marks that say the same when they stand alone; ☒ and x do not: a tick to some, a cross to others."""

_CodeOf = Callable[[str], str | None]


def ticked_codes(text: str, code_of: _CodeOf) -> list[str] | None:
    """Return the codes of the boxes that are ticked, in a text of boxes and labels only; None for any other text.

    Args:
        text: What stands in the cell.
        code_of: Gives the code of a label.
    """
    text = _brackets_to_boxes(text)
    parts = [part.strip(WHITESPACE) for part in _BOX.split(text)]
    boxes = parts[1::2]
    if not boxes:
        return None
    if not parts[0] or (parts[-1] and _box_precedes_label(text)):
        labels, other = [_first_code(part, code_of) for part in parts[2::2]], parts[0]
    elif not parts[-1] or _box_follows_label(text):
        labels, other = [_last_code(part, code_of) for part in parts[0:-1:2]], parts[-1]
    else:
        return None
    if other and _first_code(other, code_of) is None:
        return None
    codes = [code for box, code in zip(boxes, labels, strict=True) if box in _TICK_SIGNS]
    if None in (codes or labels) or (not codes and len(labels) < 2):  # noqa: PLR2004 - one label left over may be meant
        return None
    return [code for code in codes if code is not None]


def _brackets_to_boxes(text: str) -> str:
    """Return a text with every bracket that is ticked or empty as a box."""
    return _BRACKETS.sub(lambda bracket: _TICKED_BOX if bracket[1] else _EMPTY_BOX, text)


def _box_follows_label(text: str) -> bool:
    """Return whether the one box of a text belongs to the label before it: 是√ 否."""
    return bool(re.fullmatch(rf"{_NOT_A_BOX}*\S[{_TICK_SIGNS}]\s{_NOT_A_BOX}*", text))


def _box_precedes_label(text: str) -> bool:
    """Return whether the one box of a text belongs to the label behind it: 普通 √紧急."""
    return bool(re.fullmatch(rf"{_NOT_A_BOX}*\s[{_TICK_SIGNS}](?!\s){_NOT_A_BOX}+", text))


def _first_code(text: str, code_of: _CodeOf) -> str | None:
    """Return the code of a label, or of the first of several that no box stands between."""
    if code := code_of(text):
        return code
    codes = [code_of(word) for word in text.split()]
    return codes[0] if codes and None not in codes else None


def _last_code(text: str, code_of: _CodeOf) -> str | None:
    if code := code_of(text):
        return code
    codes = [code_of(word) for word in text.split()]
    return codes[-1] if codes and None not in codes else None
