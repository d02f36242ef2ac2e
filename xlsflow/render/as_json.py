"""Renders findings and lives as JSON for other programs: codes are not translated, dates are in ISO 8601."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from xlsflow.findings import Finding
    from xlsflow.i18n import Lang
    from xlsflow.model.ledger import LedgerLine
    from xlsflow.model.report_model import ReportValue
    from xlsflow.model.requirement_life import LifeRow, RequirementLife
    from xlsflow.model.returns import FileRecord, RegionReturn

_LEDGER_KEYS = (
    "file",
    "sheet",
    "block",
    "seen",
    "blank",
    "merged",
    "superseded",
    "duplicate",
    "set_aside",
    "unchanged",
    "carried",
)


def findings_object(
    files: Iterable[FileRecord],
    findings: Iterable[Finding],
    ledger: Iterable[LedgerLine],
    lang: Lang,
    regions: Iterable[RegionReturn] = (),
) -> Mapping[str, Any]:
    """Return what `check` and `merge` print with `--format json`.

    Args:
        files: The files that were read.
        findings: Their findings.
        ledger: Their row ledger.
        lang: Language of the messages.
        regions: What became of each region's return.
    """
    return {
        "files": [_file(record) for record in files],
        "findings": [_finding(finding, lang) for finding in sorted(findings, key=lambda finding: finding.order())],
        "ledger": [{name: getattr(line, name) for name in _LEDGER_KEYS} for line in ledger],
        "returns": [{**region._asdict(), "name": region.name.say(lang)} for region in regions],
    }


def _file(record: FileRecord) -> Mapping[str, str]:
    stamp = record.stamp
    return {
        "file": record.file,
        "region": stamp.region,
        "round": stamp.round,
        "pack": stamp.pack,
        "version": stamp.version,
        "status": record.status,
        "reason": record.reason,
    }


def _finding(finding: Finding, lang: Lang) -> Mapping[str, str]:
    location = finding.location
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "file": location.file,
        "sheet": location.sheet,
        "cell": location.cell,
        "field": location.field,
        "value": finding.value,
        "message": finding.message(lang),
        "waived": finding.waived.reason if finding.waived else "",
    }


def life_object(life: RequirementLife, lang: Lang) -> Mapping[str, Any]:
    """Return what `trace` prints with `--format json`.

    Args:
        life: The life of a requirement.
        lang: Language of titles, labels and sentences.
    """
    return {
        "id": life.id,
        "instant": life.as_of.isoformat(),
        "stages": [
            {
                "block": stage.block,
                "name": stage.name.say(lang),
                "date_label": stage.date_label.say(lang),
                "rows": [_life_row(row, lang) for row in stage.rows],
            }
            for stage in life.stages
        ],
        "unlinked": [sentence.say(lang) for sentence in life.unlinked],
    }


def _life_row(row: LifeRow, lang: Lang) -> Mapping[str, Any]:
    return {
        "id": row.key,
        "title": row.title.say(lang),
        "owner": row.owner.say(lang),
        "state": row.state,
        "state_label": row.state_label.say(lang),
        "open": row.is_open,
        "date": json_value(row.date),
        "days_overdue": row.days_overdue,
        "region": row.region,
        "round": row.round,
        "file": row.file,
        "sheet": row.sheet,
        "row": row.row,
    }


def json_value(value: ReportValue) -> str | float | int | bool | None:
    """Return a value as JSON represents it; NaN, which JSON does not have, becomes None."""
    if isinstance(value, date):
        return value.isoformat()
    # pandas gives NaN for a missing number, which only differs from itself.
    return None if value != value else value  # noqa: PLR0124 - nan


def json_text(made: Mapping[str, Any]) -> str:
    """Return an object as indented JSON text with characters outside ASCII unescaped."""
    # Without `allow_nan=False` Python would write NaN, which is no JSON and stops other readers.
    return json.dumps(made, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
