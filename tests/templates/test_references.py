"""References from one sheet to another: within a return, across returns, across packs; and synonyms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.templates.packs.filling import places
from tests.templates.packs.round import Round
from xlsflow.fileformat.cells import a1

if TYPE_CHECKING:
    from pathlib import Path

    from tests.office import Office
    from xlsflow.model.consolidated_book import Book

REQUIREMENT, TASKS = "requirement.form", "tracking.tasks"
EAST, SOUTH, NOTHING = "RW-2026-HD001", "RW-2026-HN001", "RW-2026-HD007"


@dataclass(frozen=True)
class Merged:
    """Two regions' returns as one book: the second's tasks are for its own requirement, the first's, and for none.

    Attributes:
        book: The book.
        cell: Where the reference to nothing is.
    """

    book: Book
    cell: str


@pytest.fixture(scope="module", params=["coordination", "cross_region"])
def merged(request: pytest.FixtureRequest, office: Office, tmp_path_factory: pytest.TempPathFactory) -> Merged:
    """The returns of one pack, and those of two."""
    first, second = "coordination", request.param
    here = Round(tmp_path_factory.mktemp(second))
    here.back(office, first, "HD", {REQUIREMENT: here.rows(first, "HD")[REQUIREMENT]})
    rows = here.rows(second, "HN")
    targets = (SOUTH, EAST, NOTHING)
    tasks = [row | {"req_id": to, "source_action": None} for row, to in zip(rows[TASKS], targets, strict=True)]
    back = here.back(office, second, "HN", {REQUIREMENT: rows[REQUIREMENT], TASKS: tasks})
    at = places(back, here.opened(second))[TASKS]
    return Merged(here.merged(), a1(at.first_row + 2, at.columns["req_id"][1]))


def test_a_task_may_refer_to_what_is_in_its_own_return_or_in_another_regions_of_whichever_pack(
    merged: Merged,
) -> None:
    found = [finding for finding in merged.book.findings if finding.location.field == "req_id"]

    assert [finding.value for finding in found] == [NOTHING]


def test_a_reference_to_nothing_is_found_at_its_cell_with_the_nearest_that_there_is(merged: Merged) -> None:
    (found,) = [finding for finding in merged.book.findings if finding.location.field == "req_id"]

    assert (found.code, found.location.cell) == ("refers_to_nothing", merged.cell)
    assert "《需求表》" in found.message("zh")
    assert f"“{NOTHING}”" in found.message("en")
    assert found.message("en").endswith(f"Did you mean “{EAST}”?")


def test_a_row_with_a_reference_to_nothing_is_kept_with_what_was_typed(merged: Merged) -> None:
    assert merged.book.tables[TASKS]["req_id"].tolist() == [SOUTH, EAST, NOTHING]


def test_the_words_of_two_handbooks_for_one_state_merge_into_one_code(office: Office, tmp_path: Path) -> None:
    """The return of one pack has 完成, pasted over the dropdown; that of the other has 已完成."""
    here = Round(tmp_path)
    done = {"progress": "done", "share": 1.0, "finished": here.desk.as_of, "delay_reason": None}
    for pack, region in (("communication", "HD"), ("cross_region", "HN")):
        row = here.rows(pack, region)[TASKS][0] | done | {"start": None, "req_id": None, "source_action": None}
        path = here.back(office, pack, region, {TASKS: [row]})
        if pack == "communication":
            _paste(office, path, here, pack, "完成")

    book = here.merged()

    tasks = book.tables[TASKS].set_index("_region")
    assert tasks["progress"].to_dict() == {"HD": "done", "HN": "done"}
    assert {record.stamp.pack for record in book.files} == {"communication", "cross_region"}
    (read,) = [finding for finding in book.findings if finding.location.field == "progress"]
    assert (read.code, read.value, read.severity) == ("read_as", "完成", "info")
    assert "“已完成”" in read.message("zh")


def test_a_field_that_only_one_of_two_packs_has_is_blank_in_the_others_rows(office: Office, tmp_path: Path) -> None:
    here = Round(tmp_path)
    disputed = {"opinion_class": "disputed", "core_difference": "价格", "dispute_severity": "major"}
    for pack, region in (("communication", "HD"), ("cross_region", "HN")):
        row = here.rows(pack, region)["opinions.opinions"][0]
        row |= {name: value for name, value in disputed.items() if name in row}
        here.back(office, pack, region, {"opinions.opinions": [row]})

    opinions = here.merged().tables["opinions.opinions"].set_index("_region")

    assert opinions["core_difference"].to_dict() == {"HD": "价格", "HN": "价格"}
    assert opinions["dispute_severity"].isna().to_dict() == {"HD": False, "HN": True}
    assert opinions.loc["HD", "dispute_severity"] == "major"


def _paste(office: Office, path: Path, here: Round, pack: str, text: str) -> None:
    """Paste a text over the first task's progress, as from another program."""
    at = places(path, here.opened(pack))[TASKS]
    with office.open(path) as document:
        document.paste(at.grid.name, a1(at.first_row, at.columns["progress"][1]), text)
        document.save(path)
