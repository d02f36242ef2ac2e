"""Findings and reports as JSON."""

from __future__ import annotations

import json

import pandas as pd

from tests.reports import report_example as example
from xlsflow.render.as_json import findings_object, json_text, report_object
from xlsflow.reports import make_report


def test_the_findings_object_has_the_fields_that_programs_rely_on() -> None:
    book = example.book()

    made = json.loads(json_text(findings_object(book.files, book.findings, book.ledger, "zh")))

    assert list(made) == ["files", "findings", "ledger"]
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


def test_a_report_as_json_has_days_as_iso_and_every_visible_listing() -> None:
    made = json.loads(json_text(report_object(make_report(example.inputs(), "en"))))

    late = next(one for one in made["listings"] if one["name"] == "Overdue")
    assert made["instant"] == "2026-11-20T18:00:00+08:00"
    assert late["rows"][0]["due"] == "2026-11-06"
    assert late["rows"][0]["days_overdue"] == 14
    assert not any(one["name"].startswith("_") for one in made["listings"])


def test_a_missing_number_is_null() -> None:
    table = example.tasks()
    table.loc[0, "share"] = pd.NA

    made = json.loads(json_text(report_object(make_report(example.inputs(example.book({example.JOBS: table})), "zh"))))

    data = next(one for one in made["listings"] if one["name"] == "执行跟踪")
    assert data["rows"][0]["share"] is None
