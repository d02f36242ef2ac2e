"""The pages of a consolidated workbook, read back: which rows and columns are data, and which pages belong together."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.helpers.returns import book
from xlsflow.errors import Refused
from xlsflow.fileformat.hidden_pages import (
    AS_OF_FACT,
    BLOCKS_PAGE,
    CODES_PAGE,
    DUPLICATES_PAGE,
    FILES_PAGE,
    FINDINGS_PAGE,
    LEDGER_PAGE,
    LONG_TEXTS_PAGE,
    META_PAGE,
    PROJECT_PAGE,
    ROW_ORIGINS_PAGE,
    ROWS_FACT,
    SET_ASIDE_PAGE,
    WAIVERS_PAGE,
)
from xlsflow.fileformat.key_row import key_text
from xlsflow.intake.grid import Grid
from xlsflow.intake.hidden.consolidated_pages import BookPages, read_pages
from xlsflow.intake.hidden.data_pages import DataTable
from xlsflow.model.ledger import LedgerLine
from xlsflow.model.returns import Stamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsflow.fileformat.cells import Scalar

HIDDEN_KEYS: dict[str, str] = {
    META_PAGE: "fact value",
    PROJECT_PAGE: "block record",
    BLOCKS_PAGE: "block sheet keys rows",
    FILES_PAGE: "file sha256 saved writer status reason recognised stamp.pack stamp.version stamp.project stamp.round "
    "stamp.region stamp.lang stamp.fingerprint stamp.document stamp.kind",
    FINDINGS_PAGE: "code file sheet cell block field label_zh label_en value facts",
    LEDGER_PAGE: "file sheet block seen blank merged superseded duplicate set_aside",
    SET_ASIDE_PAGE: "file sheet block row code texts",
    DUPLICATES_PAGE: "block file sheet row first_file first_sheet first_row",
    ROW_ORIGINS_PAGE: "file sheet block spots",
    CODES_PAGE: "block field shown code",
    LONG_TEXTS_PAGE: "block field record text",
}
STAMPED = (("xlsflow.pack", "p"), (AS_OF_FACT, "2026-03-25T09:00:00+08:00"))
A_AND_B: tuple[tuple[Scalar, ...], ...] = (("a1", "b1"), ("a2", "b2"))


def page(name: str, keys: str, rows: Sequence[Sequence[Scalar]], *, above: int = 2, top: int = 0) -> Grid:
    """Return a page as it is written: rows of a title, the key row, the header, the data."""
    names = keys.split()
    titles: list[list[Scalar]] = [["title"] for _ in range(above)]
    cells: list[list[Scalar]] = [*titles, [key_text(key) for key in names], [*names], *map(list, rows)]
    return Grid(name, "visible", top, 0, cells)


def read(*pages: Grid, **hidden: Sequence[tuple[Scalar, ...]]) -> BookPages:
    """Return what is read from visible pages and the rows of hidden ones; those that are not named are empty."""
    rows: dict[str, Sequence[tuple[Scalar, ...]]] = {META_PAGE: STAMPED, **hidden}
    return read_pages(book(*pages, *(page(name, keys, rows.get(name, ())) for name, keys in HIDDEN_KEYS.items())))


def tasks(*pages: Grid, rows: int, long_texts: Sequence[tuple[Scalar, ...]] = ()) -> DataTable:
    """Return the rows of a block of two fields."""
    hidden: dict[str, Sequence[tuple[Scalar, ...]]] = {
        BLOCKS_PAGE: [("tasks", "Tasks", "a b", rows)],
        LONG_TEXTS_PAGE: long_texts,
    }
    return read(*pages, **hidden).tables["tasks"]


def test_every_row_from_the_first_below_the_header_to_the_last_is_data() -> None:
    table = tasks(page("Tasks", "a b", A_AND_B), rows=2)

    assert table.columns == {"a": ["a1", "a2"], "b": ["b1", "b2"]}
    assert list(table.rows) == [5, 6]
    assert list(table.sheets) == ["Tasks", "Tasks"]


def test_rows_are_counted_from_where_the_sheet_begins() -> None:
    """A sheet whose first rows are blank: its grid begins below them."""
    table = tasks(page("Tasks", "a b", A_AND_B, above=0, top=7), rows=2)

    assert list(table.rows) == [10, 11]


def test_blank_rows_at_the_end_are_no_data_and_those_in_between_are() -> None:
    rows = [("a1", "b1"), (None, None), (None, "b3"), *[(None, None)] * 3]
    table = tasks(page("Tasks", "a b", rows), rows=3)

    assert table.columns == {"a": ["a1", None, None], "b": ["b1", None, "b3"]}


def test_a_page_without_rows_is_a_table_without_rows() -> None:
    table = tasks(page("Tasks", "a b", ()), rows=0)

    assert table.columns == {"a": [], "b": []}
    assert list(table.rows) == []


@pytest.mark.parametrize("above", [0, 9])
def test_the_key_row_is_one_of_the_first_ten(above: int) -> None:
    assert tasks(page("Tasks", "a b", A_AND_B, above=above), rows=2).columns["a"] == ["a1", "a2"]


def test_keys_in_the_eleventh_row_are_not_looked_for() -> None:
    with pytest.raises(Refused) as caught:
        tasks(page("Tasks", "a b", A_AND_B, above=10), rows=2)
    assert caught.value.code == "book_rows"


def test_cells_missing_at_the_end_of_a_row_are_blank() -> None:
    """Where a stray cell lies far away, each row of a grid ends after its last filled cell."""
    rows = [("a1",), ("a2", "b2")]

    assert tasks(page("Tasks", "a b", rows), rows=2).columns["b"] == [None, "b2"]


def test_a_column_that_somebody_inserted_is_no_data() -> None:
    grid = page("Tasks", "a b", A_AND_B)
    wider = Grid("Tasks", "visible", 0, 0, [[row[0], "note", *row[1:]] for row in grid.rows])

    assert tasks(wider, rows=2).columns == {"a": ["a1", "a2"], "b": ["b1", "b2"]}


def test_pages_of_one_block_continue_each_other() -> None:
    pages = page("Tasks", "a b", A_AND_B), page("Tasks (2)", "a b", [("a3", "b3")], above=1)
    table = tasks(*pages, rows=3)

    assert table.columns["a"] == ["a1", "a2", "a3"]
    assert list(zip(table.sheets, table.rows, strict=True)) == [("Tasks", 5), ("Tasks", 6), ("Tasks (2)", 4)]


def test_a_block_takes_no_page_beyond_its_rows() -> None:
    """Two blocks with the same keys: the first one's rows are complete with its own page."""
    tables = read(
        page("Tasks", "a b", A_AND_B),
        page("Risks", "a b", [("a3", "b3")]),
        **{BLOCKS_PAGE: [("tasks", "Tasks", "a b", 2), ("risks", "Risks", "a b", 1)]},
    ).tables

    assert tables["tasks"].columns["a"] == ["a1", "a2"]
    assert tables["risks"].columns["a"] == ["a3"]


def test_of_pages_with_the_same_keys_each_block_takes_the_one_with_its_title() -> None:
    """The tabs were moved: the page of the second block comes first."""
    tables = read(
        page("Risks and hazards", "a b", [("a3", "b3")]),
        page("Tasks_open (2)", "a b", [("a1", "b1")]),
        **{BLOCKS_PAGE: [("tasks", "Tasks/open points", "a b", 1), ("risks", "Risks and hazards", "a b", 1)]},
    ).tables

    assert tables["tasks"].columns["a"] == ["a1"]
    assert tables["risks"].columns["a"] == ["a3"]


def test_a_block_without_rows_still_takes_its_page() -> None:
    tables = read(
        page("Tasks", "a b", ()),
        page("Risks", "a b", [("a3", "b3")]),
        **{BLOCKS_PAGE: [("tasks", "Tasks", "a b", 0), ("risks", "Risks", "a b", 1)]},
    ).tables

    assert tables["tasks"].columns["a"] == []
    assert tables["risks"].columns["a"] == ["a3"]


def test_the_sheets_of_a_block_are_those_with_its_title_in_the_order_of_their_numbers() -> None:
    """Blocks with the same keys, of which one's title begins with the other's; the tabs were moved, one was copied."""
    pages = [
        page(name, "a b", [(name, "x")])
        for name in ("Plan (10)", "Plan (3)", "Plan", "Plan B (2)", "Plan (2)", "Plan B", "Plan B (4)", "Plan B (3)")
    ]
    tables = read(*pages, **{BLOCKS_PAGE: [("b", "Plan B", "a b", 3), ("p", "Plan", "a b", 4)]}).tables

    assert tables["b"].columns["a"] == ["Plan B", "Plan B (2)", "Plan B (3)"]
    assert tables["p"].columns["a"] == ["Plan", "Plan (2)", "Plan (3)", "Plan (10)"]


def test_a_title_that_ends_with_a_number_is_no_continuation() -> None:
    pages = [page(name, "a b", [(name, "x")]) for name in ("Plan", "Plan (2)", "Plan (2) (2)", "Plan (3)")]
    tables = read(*pages, **{BLOCKS_PAGE: [("second", "Plan (2)", "a b", 2), ("first", "Plan", "a b", 2)]}).tables

    assert tables["second"].columns["a"] == ["Plan (2)", "Plan (2) (2)"]
    assert tables["first"].columns["a"] == ["Plan", "Plan (3)"]


@pytest.mark.parametrize("written", [1, 3])
def test_a_row_more_or_less_than_was_written_is_refused(written: int) -> None:
    with pytest.raises(Refused) as caught:
        tasks(page("Tasks", "a b", A_AND_B), rows=written)
    assert (caught.value.code, caught.value.facts["wanted"], caught.value.facts["found"]) == (
        "book_rows",
        str(written),
        "2",
    )


def test_a_long_text_is_restored_in_its_own_row() -> None:
    table = tasks(
        page("Tasks", "a b", A_AND_B), rows=2, long_texts=[("tasks", "b", 1.0, "b2 and more"), ("other", "b", 0, "x")]
    )

    assert table.columns == {"a": ["a1", "a2"], "b": ["b1", "b2 and more"]}


def test_a_text_in_several_columns_of_a_hidden_page_is_joined() -> None:
    codes = page(CODES_PAGE, "block field shown shown#1 shown#2 code", [("tasks", "a", "x", "y", None, "c")])
    pages = [page(name, keys, STAMPED if name == META_PAGE else ()) for name, keys in HIDDEN_KEYS.items()]
    read_ = read_pages(book(codes, *(grid for grid in pages if grid.name != CODES_PAGE)))

    assert read_.codes == {("tasks", "a"): {"xy": "c"}}


def test_positions_of_fields_are_columns_of_tables_and_cells_of_forms() -> None:
    spots = read(**{ROW_ORIGINS_PAGE: [("f.xlsx", "S", "tasks", "due=D1 start=B6! far=AA12")]}).places

    assert spots == {("f.xlsx", "S", "tasks"): {"due": (None, 3), "start": (5, 1), "far": (None, 26)}}


def test_the_hidden_pages_come_back_line_by_line() -> None:
    hidden: dict[str, Sequence[tuple[Scalar, ...]]] = {
        LEDGER_PAGE: [("f.xlsx", "S", "tasks", 7.0, 1.0, 2.0, 3.0, 4.0, 5.0)],
        DUPLICATES_PAGE: [("tasks", "g.xlsx", "S", 6.0, "f.xlsx", "T", 5.0)],
        SET_ASIDE_PAGE: [("f.xlsx", "S", "tasks", 9.0, "note_row", '{"a": "注"}')],
        PROJECT_PAGE: [("regions", '{"code": "HD"}'), ("regions", '{"code": "HB"}')],
        FILES_PAGE: [("f.xlsx", "00", None, "Excel", "ok", None, "stamp", *"p12PRhzfd")],
        FINDINGS_PAGE: [("required_blank", "f.xlsx", "S", "B7", "tasks", "a", "甲", "A", None, None)],
    }
    pages = read(**hidden)

    assert pages.stamp == Stamp(pack="p")
    assert pages.instant == datetime.fromisoformat("2026-03-25T09:00:00+08:00")
    assert pages.ledger == (LedgerLine("f.xlsx", "S", "tasks", 7, 1, 2, 3, 4, 5),)
    assert [(row.block, row.row, row.first) for row in pages.again] == [
        ("tasks", ("g.xlsx", "S", 6), ("f.xlsx", "T", 5))
    ]
    assert [(row.sheet, row.row, row.code, row.texts) for row in pages.aside] == [("S", 9, "note_row", {"a": "注"})]
    assert pages.project == {"regions": [{"code": "HD"}, {"code": "HB"}]}
    assert [(record.file, record.saved, record.status, record.stamp.pack) for record in pages.files] == [
        ("f.xlsx", None, "ok", "p")
    ]
    assert [(finding.code, finding.location.cell) for finding in pages.findings] == [("required_blank", "B7")]
    assert pages.waivers == {}


@pytest.mark.parametrize("name", [*HIDDEN_KEYS])
def test_a_workbook_without_one_of_its_hidden_pages_is_refused(name: str) -> None:
    pages = [page(other, keys, STAMPED if other == META_PAGE else ()) for other, keys in HIDDEN_KEYS.items()]
    with pytest.raises(Refused) as caught:
        read_pages(book(*(grid for grid in pages if grid.name != name)))
    assert (caught.value.code, caught.value.facts["page"]) == ("book_page", name)


def codes(*sheets: tuple[str, Sequence[str]], keys: str = "block field shown code", rows: object = None) -> list[str]:
    """Return what is read from the sheets of a hidden page, of which the workbook says how many rows it has."""
    others = {name: names for name, names in HIDDEN_KEYS.items() if name != CODES_PAGE}
    meta = STAMPED if rows is None else (*STAMPED, (f"{ROWS_FACT}{CODES_PAGE}", str(rows)))
    first, *more = (
        page(name, "block field shown code" if name == CODES_PAGE else keys, [("b", "f", text, "c") for text in shown])
        for name, shown in sheets
    )
    hidden = (page(name, names, meta if name == META_PAGE else ()) for name, names in others.items())
    return [*read_pages(book(*more, first, *hidden)).codes.get(("b", "f"), {})]


FIRST, SECOND, ELEVENTH = (CODES_PAGE, ("a", "b")), (f"{CODES_PAGE} (2)", ("c",)), (f"{CODES_PAGE} (11)", ("d",))


@pytest.mark.parametrize("rows", [None, 4])
def test_a_hidden_page_longer_than_a_sheet_continues(rows: int | None) -> None:
    assert codes(ELEVENTH, SECOND, FIRST, rows=rows) == ["a", "b", "c", "d"]


@pytest.mark.parametrize("left", [(FIRST, SECOND), (FIRST, ELEVENTH), (FIRST,), (SECOND, ELEVENTH)])
def test_a_hidden_page_that_has_lost_a_sheet_is_refused(left: Sequence[tuple[str, Sequence[str]]]) -> None:
    with pytest.raises(Refused) as caught:
        codes(*left, rows=4)
    assert (caught.value.code, caught.value.facts["page"]) == ("book_page", CODES_PAGE)


@pytest.mark.parametrize("rows", [1, 3, "two"])
def test_a_hidden_page_with_a_row_more_or_less_is_refused(rows: object) -> None:
    with pytest.raises(Refused) as caught:
        codes(FIRST, rows=rows)
    assert (caught.value.code, caught.value.facts["page"]) == ("book_page", CODES_PAGE)


@pytest.mark.parametrize("rows", [None, 2])
def test_a_sheet_of_somebody_s_own_is_no_part_of_a_hidden_page(rows: int | None) -> None:
    assert codes(FIRST, SECOND, keys="my own keys too", rows=rows) == ["a", "b"]
    assert codes(FIRST, (f"{CODES_PAGE} (1)", ("e",)), (f"{CODES_PAGE} of mine", ("e",)), rows=rows) == ["a", "b"]
    assert codes(FIRST, SECOND, rows=2) == ["a", "b"]


@pytest.mark.parametrize(
    "spoilt",
    [
        {META_PAGE: [(AS_OF_FACT, "yesterday")]},
        {PROJECT_PAGE: [("regions", "{")]},
        {PROJECT_PAGE: [("regions", "[1]")]},
        {FINDINGS_PAGE: [("required_blank", "f", "S", "B7", "t", "a", "", "", "", "facts")]},
        {SET_ASIDE_PAGE: [("f.xlsx", "S", "tasks", 9.0, "note_row", "texts")]},
    ],
)
def test_a_hidden_page_that_was_changed_is_refused(spoilt: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        read(**spoilt)
    assert (caught.value.code, caught.value.facts["page"]) == ("book_page", next(iter(spoilt)))


def test_waivers_are_those_of_their_file() -> None:
    facts = '{"code": "too_large", "sheet": "S", "cell": "B7", "reason": "agreed", "until": ""}'
    waivers = page(WAIVERS_PAGE, "file record", [("f.xlsx", facts), ("g.xlsx", facts), ("f.xlsx", "{}")])

    found = read(waivers).waivers
    assert {file: [waiver.code for waiver in listed] for file, listed in found.items()} == {
        "f.xlsx": ["too_large", ""],
        "g.xlsx": ["too_large"],
    }
