"""The rows of a consolidated workbook's data pages as they were written, as text on a hidden page.

Against them, a cell that comes back is untouched or edited by the coordinator, and no row can get lost by sorting,
filtering or deleting. The text is compressed: as cells of its own it would double the workbook.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain, groupby, repeat
from typing import Any

from xlsflow.fileformat.cells import Scalar
from xlsflow.fileformat.excel_limits import MAX_ROWS

MAX_INFLATED = 256 << 20
"""Bytes of one block's rows: far above any real one, and below what a hostile workbook would inflate to."""

# Ten times as many rows as a sheet has.
_MAX_ROWS = 10 * MAX_ROWS

# Measured on 65,000 rows: the higher levels save a tenth of the size and take twice the time or more.
_LEVEL = 1

# Whether a column's values repeat is seen from so many of them.
_SAMPLE = 400


def packed_rows(columns: Mapping[str, Sequence[object]]) -> str:
    """Return the columns of a page as a text that a cell can hold in pieces."""
    content = [[name, *_coded(values)] for name, values in columns.items()]
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
        return {str(name): [_as_scalar(value) for value in _whole(*coded)] for name, *coded in columns}
    except (zlib.error, TypeError) as error:
        raise ValueError(str(error)) from error


def _coded(values: Sequence[object]) -> Iterator[Sequence[object]]:
    """Yield a column as JSON takes it: its values, and where they repeat one below the other how often each does.

    Each day becomes a list of its text; days repeat, so each is turned into text once.
    """
    kinds = set(map(type, values))
    counts: list[int] = []
    # True equals 1, so it must not be taken for one. Whole columns are blank, or say the same for a whole return.
    if not (bool in kinds and len(kinds) > 1) and len(list(groupby(values[:_SAMPLE]))) < _SAMPLE // 4:
        runs = [(value, len([*run])) for value, run in groupby(values)]
        values, counts = [value for value, _ in runs], [count for _, count in runs]
    if any(issubclass(kind, date) for kind in kinds):
        days = {value: [value.isoformat()] for value in set(values) if isinstance(value, date)}
        values = [days.get(value, value) if isinstance(value, date) else value for value in values]
    yield values
    if counts:
        yield counts


def _whole(values: Sequence[object], counts: Sequence[float] = ()) -> Iterator[object]:
    """Return a column with each value as often as it stands there.

    Raises:
        ValueError: The counts do not fit the values, or come to more rows than a book can have.
    """
    if not counts:
        return iter(values)
    if sum(counts) > _MAX_ROWS:
        raise ValueError("too many rows")
    return chain.from_iterable(repeat(value, int(count)) for value, count in zip(values, counts, strict=True))


def _as_scalar(value: Any) -> Scalar:  # noqa: ANN401 - from JSON
    return datetime.fromisoformat(value[0]) if isinstance(value, list) else value
