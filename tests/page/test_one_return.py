"""What the page's step says of a file by itself is what `check` says of it, and so is its marked copy."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.helpers import soak
from tests.helpers.documents import TOP
from tests.helpers.planted_round import NOW, PlantedRound, planted_round, said_by_check
from xlsflow import api
from xlsflow.pipeline.definitions import Definitions
from xlsflow.pipeline.page.check_in_page import PageChecker
from xlsflow.pipeline.project_file import load_project, open_library

if TYPE_CHECKING:
    from pathlib import Path

RETURNS = 8
SAMPLE = TOP / "samples" / "round"


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> PlantedRound:
    return planted_round(tmp_path_factory.mktemp("round"), RETURNS * soak.FACTOR)


def checker_of(project: Path) -> PageChecker:
    """Return what checks files in the page, with definitions as they are before they go into it."""
    library = open_library([], project)
    return PageChecker(replace(Definitions(library, load_project(project, library)), check_rows=True))


@soak.campaign("returns by themselves", RETURNS)
def test_planted_mistakes_are_said_and_marked_as_by_check(planted: PlantedRound, tmp_path: Path) -> None:
    checker, copies = checker_of(planted.project), 0
    said = said_by_check(planted.files, planted.project, tmp_path)

    for file in planted.files:
        shown = json.loads(checker.check(str(file), NOW.isoformat()))
        wanted, copy = said[file.name]
        if _is_of_another_format(shown):
            continue
        assert shown["text"] == wanted, file.name
        assert checker.mark() == copy, file.name
        copies += copy is not None

    assert copies > RETURNS / 2


def _is_of_another_format(shown: dict[str, dict[str, str]]) -> bool:
    return "“" in shown["text"]["en"] and "checked on return" in shown["text"]["en"]


def test_the_returns_of_the_sample_are_said_as_by_check(tmp_path: Path) -> None:
    checker, files = checker_of(SAMPLE / "project.xlsx"), sorted((SAMPLE / "inbox").iterdir())
    said = said_by_check(files, SAMPLE / "project.xlsx", tmp_path)

    for file in files:
        shown = json.loads(checker.check(str(file), NOW.isoformat()))
        wanted, copy = said[file.name]
        assert shown["text"] == wanted
        assert checker.mark() == copy


def test_a_consolidated_workbook_is_left_to_the_coordinator(tmp_path: Path) -> None:
    api.merge_to([SAMPLE / "inbox"], tmp_path / "book.xlsx", project=SAMPLE / "project.xlsx", view=api.View(now=NOW))

    shown = json.loads(checker_of(SAMPLE / "project.xlsx").check(str(tmp_path / "book.xlsx"), NOW.isoformat()))

    assert shown["status"] == "refused"
    assert "consolidated workbook" in shown["text"]["en"]
