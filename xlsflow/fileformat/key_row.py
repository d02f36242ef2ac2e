"""The hidden row above a table's header, which names the field of each column.

Headers are translated, reworded and edited; the key row still says which field a column holds.
"""

from __future__ import annotations

KEY_PREFIX = "key:"
"""Precedes a field's name in the key row, and the first cell of a form's row: `key:due_date`."""

CHECK_KEY_PREFIX = "check:"
"""Stands in the key row above the columns of the self-check, which a reader skips.

Above hidden columns it stands in the header row too, because people delete the key row.
"""


def is_key(value: object) -> bool:
    """Return whether a cell belongs to a key row."""
    return isinstance(value, str) and value.startswith(KEY_PREFIX)


def key_text(name: str) -> str:
    """Return the text of a field's cell in the key row.

    >>> key_text("due_date")
    'key:due_date'
    """
    return KEY_PREFIX + name
