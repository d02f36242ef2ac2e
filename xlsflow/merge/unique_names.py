"""Gives each file a name of its own: Monday's return and Thursday's may have the same one, and both are reported."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsflow.model.returns import FileRecord, Return

_DIGITS = 8


def with_unique_names(returns: Sequence[Return]) -> tuple[Return, ...]:
    """Return the files under different names: where several have one, the beginning of the digest is appended."""
    count = Counter(came.record.file for came in returns)
    return tuple(
        renamed(came, came.record.file + _suffix(came.record)) if count[came.record.file] > 1 else came
        for came in returns
    )


def original_name(record: FileRecord) -> str:
    """Return the name that a file had before `with_unique_names`."""
    suffix = _suffix(record)
    return record.file.removesuffix(suffix) if suffix else record.file


def renamed(came: Return, name: str) -> Return:
    """Return a file under another name, also in its findings, ledger and rows set aside."""
    return replace(
        came,
        record=replace(came.record, file=name),
        findings=tuple(replace(f, location=replace(f.location, file=name)) for f in came.findings),
        ledger=tuple(replace(line, file=name) for line in came.ledger),
        aside=tuple(replace(row, file=name) for row in came.aside),
    )


def _suffix(record: FileRecord) -> str:
    return f" #{record.sha256[:_DIGITS]}" if record.sha256 else ""
