"""Identifies a file without a complete stamp: its pack, its region, its time of saving."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC
from typing import NamedTuple

from xlsflow.findings import Diagnostic
from xlsflow.i18n import untranslated
from xlsflow.intake.grid import RawWorkbook
from xlsflow.intake.recognition.recogniser import Recogniser
from xlsflow.intake.recognition.sheet_assignment import LEAST_SHARE
from xlsflow.model.project import Project, Region
from xlsflow.model.returns import BlockRows, FileRecord
from xlsflow.template.kinds import FieldBase, Scope
from xlsflow.template.model import DataBlock

_REGION_FACT = "region.code"
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


def region_fields(blocks: Mapping[str, DataBlock]) -> Mapping[str, FieldBase]:
    """Return full block name -> the field that a workbook is sent out with for its region."""
    return {name: field for name, block in blocks.items() for field in block.columns if field.fill == _REGION_FACT}


def filler_fields(blocks: Mapping[str, DataBlock]) -> Mapping[str, FieldBase]:
    """Return full block name -> the first field for a person beside that of the workbook's region."""
    cover = {name: blocks[name] for name in region_fields(blocks)}
    people = {name: [f for f in block.columns if f.names_a_person] for name, block in cover.items()}
    return {name: fields[0] for name, fields in people.items() if fields}


def filler(blocks: Iterable[BlockRows], fields: Mapping[str, FieldBase]) -> str:
    """Return who has filled a return in, as data; what is written there if that cannot be read; else nothing.

    Args:
        blocks: The blocks of a return, with their values.
        fields: See `filler_fields`.
    """
    for table in blocks:
        field = fields.get(table.full_name)
        if field is not None and table.rows and field.name in table.values:
            return str(table.values[field.name][0] or table.text(0, field.name).strip())
    return ""


def region_in_cell(blocks: Iterable[BlockRows], fields: Mapping[str, FieldBase], scope: Scope) -> str:
    """Return the region in the cell that a workbook is sent out with for it; empty where there is none.

    Args:
        blocks: The blocks of a return.
        fields: See `region_fields`.
        scope: The project's lists and settings.
    """
    for table in blocks:
        field = fields.get(table.full_name)
        if field is not None and table.rows and field.name in table.columns:
            return str(field.read(table.columns[field.name][0], scope).value or "")
    return ""


def region_in_name(file: str, regions: Sequence[Region]) -> str:
    """Return the one region that a file name mentions by name or code; empty where it is none or several."""
    name = file.casefold()
    words = set(re.split(r"[\W_]+", name))
    mentioned = [
        region.code
        for region in regions
        if region.name in file
        or region.code.casefold() in words
        or (region.name_en and region.name_en.casefold() in name)
    ]
    return mentioned[0] if len(mentioned) == 1 else ""


def with_region(record: FileRecord, file: str, written: str, project: Project) -> tuple[FileRecord, Diagnostic | None]:
    """Return a file's record with its region, and what is wrong with that.

    Args:
        record: The record; the region of its stamp goes before all else.
        file: Name of the file without folders.
        written: The region in its cell for it; empty where there is none.
        project: The regions.
    """
    code = record.stamp.region
    if not code:
        code = written or region_in_name(file, project.regions)
        record = replace(record, stamp=replace(record.stamp, region=code, round=record.stamp.round or project.round.id))
    if not code:
        return record, Diagnostic("region_unknown")
    if not project.has_region(code):
        return record, Diagnostic("region_not_asked", {"region": code})
    if written in {"", code}:
        return record, None
    inside = project.region(written).label if project.has_region(written) else untranslated(written)
    return record, Diagnostic("region_differs", {"region": project.region(code).label, "written": inside})


def with_utc_saved(record: FileRecord, project: Project) -> FileRecord:
    """Return a file's record with its time of saving in UTC.

    LibreOffice (measured on 7.4) writes local time but labels it UTC.
    """
    if record.saved is None or not record.writer.startswith(_LOCAL_TIME_WRITER):
        return record
    known = project.has_region(record.stamp.region)
    zone = project.region(record.stamp.region).zone if known else project.zone
    return replace(record, saved=record.saved.replace(tzinfo=zone).astimezone(UTC))
