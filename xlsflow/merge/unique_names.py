"""Names that tell files apart: Monday's return and Thursday's may bear one name, and both are spoken of."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsflow.model.records import (
        FileRecord,
        Part,
    )

_DIGITS = 8


def apart(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return files with a name each: where several bear one, the beginning of its digest stands behind it."""
    count = Counter(part.record.file for part in parts)
    return tuple(
        named(part, part.record.file + _mark(part.record)) if count[part.record.file] > 1 else part for part in parts
    )


def given(record: FileRecord) -> str:
    """Return the name that a file bore before it was told apart."""
    mark = _mark(record)
    return record.file.removesuffix(mark) if mark else record.file


def named(part: Part, name: str) -> Part:
    """Return a file by another name, in everything that is said of it."""
    return replace(
        part,
        record=replace(part.record, file=name),
        findings=tuple(replace(f, location=replace(f.location, file=name)) for f in part.findings),
        ledger=tuple(replace(line, file=name) for line in part.ledger),
        aside=tuple(replace(row, file=name) for row in part.aside),
    )


def _mark(record: FileRecord) -> str:
    return f" #{record.sha256[:_DIGITS]}" if record.sha256 else ""
