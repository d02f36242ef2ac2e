"""A report as JSON: what its schema promises, whatever the book says."""

from __future__ import annotations

import json
from datetime import timedelta
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from jsonschema import Draft202012Validator

from tests.reports import report_example as example
from xlsflow.i18n import LANGS
from xlsflow.render.as_report_json import report_json
from xlsflow.reports import make_report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsflow.i18n import Lang
    from xlsflow.reports import ReportInputs

SCHEMA = json.loads(files("xlsflow.render").joinpath("report.schema.json").read_text("utf-8"))


def made(inputs: ReportInputs, lang: Lang = "zh") -> Any:  # noqa: ANN401 - what JSON holds
    text = "".join(report_json(make_report(inputs, lang)))
    return json.loads(text)


def rounds() -> Mapping[str, ReportInputs]:
    """Return rounds of every kind."""
    nothing = example.book({}, files=(), findings=(), ledger=(), aside=())
    all_done = [(*row[:5], "done", *row[6:]) for row in example.TASKS]
    all_late = [(*row[:4], -9, "late", *row[6:]) for row in example.TASKS]
    return {
        "usual": example.inputs(),
        "with the round before": example.inputs(previous=example.inputs(as_of=example.AS_OF - timedelta(days=7))),
        "nothing returned": example.inputs(nothing),
        "one row": example.inputs(example.book({example.JOBS: example.tasks(example.TASKS[:1])}, findings=())),
        "all done": example.inputs(example.book({example.JOBS: example.tasks(all_done)})),
        "all overdue": example.inputs(example.book({example.JOBS: example.tasks(all_late)})),
    }


def keys(value: Any) -> Any:  # noqa: ANN401 - what JSON holds
    """Return the keys of a report, without those of rows and figures that a round may not have."""
    return {name: list(value[name]) for name in ("figures", "charts", "lists")} | {"top": list(value)}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", rounds())
def test_a_report_is_what_the_published_schema_says_with_the_same_keys_in_every_round(name: str, lang: Lang) -> None:
    report = made(rounds()[name], lang)

    errors = [f"{list(error.path)}: {error.message}" for error in Draft202012Validator(SCHEMA).iter_errors(report)]
    assert errors == []
    assert keys(report) == keys(made(rounds()["usual"], "en"))
    columns = {one: list(listing["columns"]) for one, listing in report["lists"].items() if one != "requirements"}
    usual = made(rounds()["usual"])["lists"]
    assert columns == {one: list(usual[one]["columns"]) for one in columns}


def test_a_report_has_codes_and_numbers_with_labels_beside_them() -> None:
    zh, en = (made(example.inputs(), lang) for lang in LANGS)
    late = [report["lists"]["overdue"]["rows"][0] for report in (zh, en)]

    assert zh["format"] == 2
    assert zh["instant"] == "2026-11-20T18:00:00+08:00"
    assert [row["region"] for row in late] == ["east", "east"]
    assert [row["region_label"] for row in late] == ["华东", "East"]
    assert [row["status"] for row in late] == ["late", "late"]
    assert [row["status_label"] for row in late] == ["滞后", "Delayed"]
    assert (late[0]["due"], late[0]["days_overdue"]) == ("2026-11-06", 14)
    assert zh["figures"]["returned"]["values"] == {"returned": 4, "expected": 5, "late": 1}
    assert zh["figures"]["completion"]["values"]["share"] == pytest.approx(10 / 32)


def test_a_row_of_a_list_names_the_row_of_the_data_that_it_is_about() -> None:
    report = made(example.inputs())

    for row in report["lists"]["overdue"]["rows"]:
        source = report["data"][row["source"]["list"]]["rows"][row["source"]["row"]]
        assert (source["_file"], source["_row"]) == (row["file"], row["row"])


def test_every_region_is_there_though_the_first_page_shows_few() -> None:
    report = made(example.inputs())

    assert {row["region"] for row in report["lists"]["by_region"]["rows"]} == set(example.NAMES)


def test_a_missing_number_is_null() -> None:
    table = example.tasks()
    table.loc[0, "share"] = pd.NA

    report = made(example.inputs(example.book({example.JOBS: table})))

    assert report["data"][example.JOBS]["rows"][0]["share"] is None
