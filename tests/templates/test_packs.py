"""Each pack in Chinese and English: generated, filled in and saved by LibreOffice, checked and merged."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from tests.templates.packs.round import Round
from xlsflow.pipeline.project_file import open_library

if TYPE_CHECKING:
    from pathlib import Path

    from tests.office import Office

LIBRARY = open_library()
PACKS = [name for name in LIBRARY.pack_files if not LIBRARY.pack(name).setup]
REGIONS = {"HD": "zh", "HW": "en"}


@pytest.mark.parametrize("pack", PACKS)
def test_what_regions_type_in_either_language_comes_back_as_it_was_meant_and_without_a_finding(
    pack: str, office: Office, tmp_path: Path
) -> None:
    here = Round(tmp_path)
    filled = {region: here.rows(pack, region, rows=2) for region in REGIONS}
    for region, rows in filled.items():
        here.back(office, pack, region, rows)

    book = here.merged()

    assert [(finding.location.cell, finding.message("en")) for finding in book.findings] == []
    assert {record.stamp.region: (record.stamp.lang, record.status) for record in book.files} == {
        region: (lang, "ok") for region, lang in REGIONS.items()
    }
    assert set(book.tables) == set(filled["HD"])
    for full, table in book.tables.items():
        for region, rows in filled.items():
            mine = table[table["_region"] == region]
            found = meant(mine, list(rows[full][0]))
            # Below what was typed stand the rest of the rows that the table went out with.
            found = found[: len(rows[full])] if here.opened(pack).definitions[full].proposed_rows else found
            assert found == [{name: _plain(value) for name, value in row.items()} for row in rows[full]], (full, region)


def meant(table: pd.DataFrame, names: list[str]) -> list[dict[str, object]]:
    """Return the rows of a merged table in the order of their sheet, as plain values."""
    rows = table.sort_values("_row")[names].to_dict("records")
    return [{str(name): _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: object) -> object:
    if value is None or value != value:  # noqa: PLR0124 - what is missing in a frame is unlike itself
        return None
    if isinstance(value, datetime):
        return pd.Timestamp(value).to_pydatetime()
    return datetime.combine(value, datetime.min.time()) if isinstance(value, date) else value
