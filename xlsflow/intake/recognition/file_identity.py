"""Identifies a file without a complete stamp: its pack, its time of saving."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC
from typing import NamedTuple

from xlsflow.intake.grid import RawWorkbook
from xlsflow.intake.recognition.recogniser import Recogniser
from xlsflow.intake.recognition.sheet_assignment import LEAST_SHARE
from xlsflow.model.project import Project
from xlsflow.model.returns import FileRecord

_LOCAL_TIME_WRITER = "LibreOffice"


class PackCandidate(NamedTuple):
    """A pack that a workbook without a stamp may have been made from.

    Attributes:
        name: Its name.
        recogniser: Finds its sheets.
        own: Whether it is the pack of the project.
        default: Whether it is the default pack.
    """

    name: str
    recogniser: Recogniser
    own: bool
    default: bool


def guess_pack(workbook: RawWorkbook, candidates: Iterable[PackCandidate]) -> str | None:
    """Return the pack whose fields a workbook shows most of, None where it resembles no pack.

    Of packs that fit equally well, the one whose sheet names it has, of which fewest sheets are missing, and that is
    the project's own.
    """
    best: tuple[tuple[float, ...], str] | None = None
    for pack in candidates:
        fit = pack.recogniser.fit(workbook)
        if fit.best < LEAST_SHARE:
            continue
        score = (fit.fields, fit.named, -fit.missing, pack.own, pack.default, fit.best)
        best = max(best, (score, pack.name)) if best else (score, pack.name)
    return best[1] if best else None


def with_utc_saved(record: FileRecord, project: Project) -> FileRecord:
    """Return a file's record with its time of saving in UTC.

    LibreOffice (measured on 7.4) writes local time but labels it UTC.
    """
    if record.saved is None or not record.writer.startswith(_LOCAL_TIME_WRITER):
        return record
    known = project.has_region(record.stamp.region)
    zone = project.region(record.stamp.region).zone if known else project.zone
    return replace(record, saved=record.saved.replace(tzinfo=zone).astimezone(UTC))
