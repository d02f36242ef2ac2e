"""Findings as JSON."""

from __future__ import annotations

import json

from tests.reports import report_example as example
from xlsflow.render.as_json import findings_object, json_text


def test_the_findings_object_has_the_fields_that_programs_rely_on() -> None:
    book = example.book()

    made = json.loads(json_text(findings_object(book.files, book.findings, book.ledger, "zh")))

    assert list(made) == ["files", "findings", "ledger", "returns"]
    assert made["files"][0] == {
        "file": "W47_华东.xlsx", "region": "east", "round": example.ROUND, "pack": "coordination", "version": "1",
        "status": "findings", "reason": "",
    }  # fmt: skip
    assert made["files"][-1]["reason"] == example.REFUSED
    assert list(made["findings"][0]) == [
        "severity", "code", "file", "sheet", "cell", "field", "value", "message", "waived"
    ]  # fmt: skip
    assert made["ledger"][0] == {
        "file": "W47_华东.xlsx", "sheet": "执行跟踪", "block": example.JOBS, "seen": 11, "blank": 3, "merged": 7,
        "superseded": 0, "duplicate": 0, "set_aside": 1, "unchanged": 0, "carried": 0,
    }  # fmt: skip


def test_findings_are_reported_in_the_language_asked_for() -> None:
    book = example.book()

    zh, en = (findings_object(book.files, book.findings, book.ledger, lang)["findings"] for lang in ("zh", "en"))

    assert [one["code"] for one in zh] == [one["code"] for one in en]
    assert zh[-1]["message"] != en[-1]["message"]
