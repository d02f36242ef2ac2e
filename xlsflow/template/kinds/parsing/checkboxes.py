"""Parses a row of checkboxes, such as □普通 ■紧急 or （ ）是 （√）否, into the ticked labels."""

from __future__ import annotations

import re
from collections.abc import Callable

from xlsflow.template.kinds.field import WHITESPACE

_EMPTY_BOX, _TICKED_BOX = "□", "■"
_BRACKETS = re.compile(r"[(（\[【]\s*([√✓✔✅xXvV])?\s*[)）\]】]")
# Empty checkboxes; the last three are Wingdings characters, as pasted from Word and WPS.
_EMPTY_SIGNS = "□☐○◯\uf0a3\uf0a8\uf06f"
# Ticked checkboxes; ☒ is Word's own ticked box.
_TICK_SIGNS = "■☑✔√✓✅☒●◉\uf052\uf0fe"
_BOX = re.compile(f"([{_EMPTY_SIGNS}{_TICK_SIGNS}])")
_NOT_A_BOX = f"[^{_EMPTY_SIGNS}{_TICK_SIGNS}]"
TICK_VARIANTS = str.maketrans({**dict.fromkeys("✓✔✅☑", "√"), **dict.fromkeys("✗✘❌", "×"), "\ufe0f": ""})
"""Variants of a mark without box. ☒ and x are not included: some people tick with them, some cross out."""

_CodeOf = Callable[[str], str | None]


def ticked_codes(text: str, code_of: _CodeOf) -> list[str] | None:
    """Return the codes of the ticked checkboxes, None if a text has anything but checkboxes and labels.

    Args:
        text: The text of the cell.
        code_of: Returns the code of a label.
    """
    text = _brackets_to_boxes(text)
    parts = [part.strip(WHITESPACE) for part in _BOX.split(text)]
    boxes = parts[1::2]
    if not boxes:
        return None
    # □是 ■否 begins with a box, 是□ 否■ ends with one; where both ends are text, the spaces decide.
    if not parts[0] or (parts[-1] and _box_precedes_label(text)):
        labels, other = [_first_code(part, code_of) for part in parts[2::2]], parts[0]
    elif not parts[-1] or _box_follows_label(text):
        labels, other = [_last_code(part, code_of) for part in parts[0:-1:2]], parts[-1]
    else:
        return None
    if other and _first_code(other, code_of) is None:
        return None
    codes = [code for box, code in zip(boxes, labels, strict=True) if box in _TICK_SIGNS]
    if None in (codes or labels) or (not codes and len(labels) < 2):  # noqa: PLR2004 - if all other boxes were deleted, the one label left may be the answer
        return None
    return [code for code in codes if code is not None]


def _brackets_to_boxes(text: str) -> str:
    """Return a text with empty and ticked pairs of brackets replaced by checkboxes."""
    return _BRACKETS.sub(lambda bracket: _TICKED_BOX if bracket[1] else _EMPTY_BOX, text)


def _box_follows_label(text: str) -> bool:
    """Return whether the only box of a text belongs to the label before it: 是√ 否."""
    return bool(re.fullmatch(rf"{_NOT_A_BOX}*\S[{_TICK_SIGNS}]\s{_NOT_A_BOX}*", text))


def _box_precedes_label(text: str) -> bool:
    """Return whether the only box of a text belongs to the label after it: 普通 √紧急."""
    return bool(re.fullmatch(rf"{_NOT_A_BOX}*\s[{_TICK_SIGNS}](?!\s){_NOT_A_BOX}+", text))


def _first_code(text: str, code_of: _CodeOf) -> str | None:
    """Return the code of a label, or of the first of several labels without a box between them."""
    if code := code_of(text):
        return code
    codes = [code_of(word) for word in text.split()]
    return codes[0] if codes and None not in codes else None


def _last_code(text: str, code_of: _CodeOf) -> str | None:
    """Return the code of a label, or of the last of several labels without a box between them."""
    if code := code_of(text):
        return code
    codes = [code_of(word) for word in text.split()]
    return codes[-1] if codes and None not in codes else None
