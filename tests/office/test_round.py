"""A real spreadsheet program saves our workbooks: everything that a return is read by is still there."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

from tests.helpers import soak
from tests.helpers.returns import ReadResult, one_pack, opened_by_openpyxl, read_book, read_result
from tests.pipeline.test_roundtrip import STEADY, Region
from tests.template.random_templates import Case, cases
from tests.workbook.outgoing_example import LIBRARY, PACKS, example_outgoing
from xlsflow.fileformat.key_row import KEY_PREFIX
from xlsflow.i18n import LANGS, Lang
from xlsflow.intake.hidden.stamp import identify
from xlsflow.workbook.outgoing.writer import write_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.office import Entry, Office
    from xlsflow.intake.grid import RawWorkbook

ALL = [(pack, lang) for pack in PACKS for lang in LANGS]
DEFAULT = next(name for name in PACKS if LIBRARY.pack(name).default)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, office: Office) -> Path:
    """Every pack in both languages with sample rows in it, as it went out and as LibreOffice saved it."""
    folder = tmp_path_factory.mktemp("saved")
    for pack, lang in ALL:
        sent = folder / f"{pack}-{lang}.xlsx"
        write_workbook(sent, example_outgoing(pack, lang, filled=True))
        with office.open(sent) as document:
            document.save(folder / f"{pack}-{lang}-saved.xlsx")
    return folder


def both(shelf: Path, pack: str, lang: Lang) -> tuple[Path, Path]:
    """Return a workbook as it went out and as it was saved."""
    return shelf / f"{pack}-{lang}.xlsx", shelf / f"{pack}-{lang}-saved.xlsx"


def read(book: RawWorkbook, pack: str, lang: Lang) -> ReadResult:
    """Return what a workbook of a pack is read as."""
    one = example_outgoing(pack, lang)
    return read_result(replace(book, file="x.xlsx"), one_pack(one.pack, one.templates, one.scope))


def reported(back: ReadResult) -> list[tuple[str, str, str]]:
    """Return code, sheet and cell of what is said."""
    return [(finding.code, finding.location.sheet, finding.location.cell) for finding in back.findings]


@pytest.mark.parametrize(("pack", "lang"), ALL)
def test_a_workbook_that_was_saved_reads_back_the_same(shelf: Path, pack: str, lang: Lang) -> None:
    before, after = (read(read_book(path), pack, lang) for path in both(shelf, pack, lang))

    assert after.rows == before.rows
    assert any(before.rows.values())
    assert reported(after) == reported(before)


@pytest.mark.parametrize(("pack", "lang"), ALL)
def test_dropdowns_freeze_and_protection_are_kept(shelf: Path, pack: str, lang: Lang) -> None:
    before, after = (opened_by_openpyxl(path) for path in both(shelf, pack, lang))

    assert after.sheetnames == before.sheetnames
    for name in before.sheetnames:
        assert rules(after[name]) == rules(before[name]), name
        assert after[name].freeze_panes == before[name].freeze_panes, name
        assert after[name].protection.sheet == before[name].protection.sheet, name
        assert after[name].sheet_state != "visible" or before[name].sheet_state == "visible", name


def rules(sheet: Any) -> Mapping[str, int]:  # noqa: ANN401 - openpyxl's stubs lack much
    """Return how many cells have an in-cell rule, by its sort; the program may divide or join the rules."""
    found: Counter[str] = Counter()
    for rule in sheet.data_validations.dataValidation:
        found[rule.type] += sum(span.size["rows"] * span.size["columns"] for span in rule.sqref.ranges)
    return found


@pytest.mark.parametrize(("pack", "lang"), ALL)
def test_names_keys_and_all_three_stamps_are_kept(shelf: Path, pack: str, lang: Lang) -> None:
    before, after = (read_book(path) for path in both(shelf, pack, lang))

    assert set(after.names) >= set(before.names)
    assert keys(after) == keys(before)
    assert identify(before) == identify(after)
    alone = (
        replace(after, names={}, properties={}),
        replace(after, names={}, grids=()),
        replace(after, properties={}, grids=()),
    )
    assert [identify(one) for one in alone] == [identify(before)] * 3


def keys(book: RawWorkbook) -> list[tuple[str, int, tuple[object, ...]]]:
    """Return sheet, row and cells of every hidden row of keys."""
    return [
        (grid.name, row, tuple(cell for cell in cells if cell is not None))
        for grid in book.grids
        for row, cells in enumerate(grid.rows, grid.top)
        if row in grid.hidden_rows and any(str(cell).startswith(KEY_PREFIX) for cell in cells)
    ]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("ending", [".ods", ".xls"])
def test_a_copy_in_another_format_is_read_by_the_stamp_on_its_hidden_sheet(
    shelf: Path, office: Office, ending: str, lang: Lang
) -> None:
    sent, saved = both(shelf, DEFAULT, lang)
    with office.open(sent) as document:
        copy = document.save(saved.with_suffix(ending))
    book = read_book(copy)
    before, after = read(read_book(sent), DEFAULT, lang), read(book, DEFAULT, lang)

    assert (book.names, book.properties) == ({}, {})
    assert identify(book) == identify(read_book(sent))
    assert after.rows == before.rows
    assert reported(after) == reported(before)


@settings(STEADY, max_examples=soak.examples(8))
@given(case=cases())
def test_what_is_filled_in_with_the_program_comes_back_with_nothing_to_say(
    office: Office, case: Case, tmp_path: Path
) -> None:
    region = Region(case, tmp_path)
    entries: dict[str, dict[str, Entry]] = {}
    for spot in region.spots():
        sheet, block, number, field = spot
        value: Any = case.rows[case.template.full_name(block)][number].get(field.name)
        if value is not None:
            shown: Any = field.write(value, case.lang, case.scope)
            entries.setdefault(sheet, {})[region.cell(spot)] = shown
    with office.open(region.path) as document:
        for sheet, cells in entries.items():
            document.fill(sheet, cells)
        document.save(region.path)

    back = region.read_back()

    assert back.findings == []
    assert back.rows == case.rows
