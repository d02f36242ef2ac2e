"""The rows of a consolidated workbook's data pages as they were written, as text on a hidden page.

Against them, a cell that comes back is untouched or edited by the coordinator, and no row can get lost by sorting,
filtering or deleting. The text is compressed: as cells of its own it would double the workbook.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from xlsflow.fileformat.cells import Scalar

MAX_INFLATED = 256 << 20
"""Bytes of one block's rows: far above any real one, and below what a hostile workbook would inflate to."""

# Measured on 65,000 rows: the higher levels save a tenth of the size and take twice the time or more.
_LEVEL = 1


def packed_rows(columns: Mapping[str, Sequence[object]]) -> str:
    """Return the columns of a page as a text that a cell can hold in pieces."""
    content = [[name, _plain(values)] for name, values in columns.items()]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("utf-8", "surrogatepass"), _LEVEL)).decode("ascii")


def unpacked_rows(text: str) -> dict[str, list[Scalar]]:
    """Return the columns that a text holds; numbers are floats and days are datetimes, as a cell would be read.

    Raises:
        ValueError: The text was changed.
    """
    try:
        stream = zlib.decompressobj()
        inflated = stream.decompress(base64.b64decode(text, validate=True), MAX_INFLATED)
        if not stream.eof:
            raise ValueError("incomplete")
        columns = json.loads(inflated.decode("utf-8", "surrogatepass"), parse_int=float)
        return {str(name): [_as_scalar(value) for value in values] for name, values in columns}
    except (zlib.error, TypeError) as error:
        raise ValueError(str(error)) from error


def _plain(values: Sequence[object]) -> Sequence[object]:
    """Return a column with each day as a list of its text; days repeat, so each is turned into text once."""
    if not any(issubclass(kind, date) for kind in set(map(type, values))):
        return values
    days = {value: [value.isoformat()] for value in set(values) if isinstance(value, date)}
    return [days.get(value, value) if isinstance(value, date) else value for value in values]


def _as_scalar(value: Any) -> Scalar:  # noqa: ANN401 - from JSON
    return datetime.fromisoformat(value[0]) if isinstance(value, list) else value
