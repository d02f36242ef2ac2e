"""What was found, and a whole report, as JSON: for programs, so codes stay codes and days are ISO 8601."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from xlsflow.findings import Finding
    from xlsflow.i18n import Lang
    from xlsflow.model.ledger import LedgerLine
    from xlsflow.model.report_model import (
        Document,
        Listing,
        Value,
    )
    from xlsflow.model.returns import FileRecord

LEDGER = ("file", "sheet", "block", "seen", "blank", "merged", "superseded", "duplicate", "set_aside")


def findings_object(
    files: Iterable[FileRecord], findings: Iterable[Finding], ledger: Iterable[LedgerLine], lang: Lang
) -> Mapping[str, Any]:
    """Return what `check` and `merge` print with `--format json`.

    Args:
        files: The files that were given.
        findings: What is to be said of them.
        ledger: What became of their rows.
        lang: The language of the messages.
    """
    return {
        "files": [_file(record) for record in files],
        "findings": [_finding(finding, lang) for finding in sorted(findings, key=lambda one: one.order())],
        "ledger": [{name: getattr(line, name) for name in LEDGER} for line in ledger],
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
    place = finding.location
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "file": place.file,
        "sheet": place.sheet,
        "cell": place.cell,
        "field": place.field,
        "value": finding.value,
        "message": finding.message(lang),
        "waived": finding.waived.reason if finding.waived else "",
    }


def report_object(report: Document) -> Mapping[str, Any]:
    """Return a whole report: the figures and tables of its overview, then every listing by its keys."""
    first = report.overview
    return {
        "title": first.title,
        "instant": report.as_of.isoformat(),
        "lang": report.lang,
        "facts": list(first.facts),
        "conclusion": first.conclusion,
        "figures": [{"label": one.label, "figure": one.figure, "small": one.small} for one in first.figures],
        "overview": [_listing(one) for one in (first.lights, first.overdue, first.attention, first.owners)],
        "listings": [_listing(one) for one in report.listings if not one.kept],
    }


def _listing(listing: Listing) -> Mapping[str, Any]:
    """Return a listing: its titles by key, and its rows."""
    keys = [column.key for column in listing.columns]
    rows = zip(*(column.values for column in listing.columns), strict=True)
    return {
        "name": listing.name,
        "title": listing.title,
        "columns": {column.key: column.title for column in listing.columns},
        "rows": [{key: _plain(value) for key, value in zip(keys, row, strict=True)} for row in rows],
    }


def _plain(value: Value) -> str | float | int | bool | None:
    """Return a value as JSON has it; a missing number is none."""
    if isinstance(value, date):
        return value.isoformat()
    return None if value != value else value  # noqa: PLR0124 - nan


def as_text(made: Mapping[str, Any]) -> str:
    """Return an object as one JSON text, readable and with every character as it is."""
    return json.dumps(made, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
