"""Many returns become one book: what counts, what is said, and that every row is accounted for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers import soak
from xlsflow.checks.diagnostics import explain_missing_keys
from xlsflow.checks.frame import frame_of
from xlsflow.errors import LedgerError
from xlsflow.findings import Finding, Location
from xlsflow.i18n import LocalizedText
from xlsflow.intake.read_rows import ledger_line, rows_aside
from xlsflow.merge.from_consolidated import returns_of
from xlsflow.merge.merge import join, merge, single_return
from xlsflow.merge.union_of_returns import BlockTable, gather, outline_of
from xlsflow.model.consolidated_book import ORIGIN, Book, ReturnSet
from xlsflow.model.ledger import LedgerLine
from xlsflow.model.returns import BlockRows, FileRecord, JoinedRows, Return, Stamp
from xlsflow.template.model import FormBlock, TableBlock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsflow.template.model import DataBlock

Rows = list[dict[str, Any]]
KINDS = {"no": "text", "what": "text", "n": "integer", "share": "number", "on": "date"}


def _fields(*names: str) -> list[dict[str, Any]]:
    return [{"name": n, "kind": KINDS[n], "label": {"zh": f"中{n}", "en": f"The {n}"}} for n in names]


KEYED = TableBlock.model_validate({"name": "items", "type": "table", "key": "no", "fields": _fields("no", "what", "n")})
VARIANT = TableBlock.model_validate(
    {"name": "items", "type": "table", "key": "no", "fields": _fields("no", "share", "on", "what")}
)
LOOSE = FormBlock.model_validate({"name": "notes", "type": "form", "fields": _fields("what")})
OUTLINES = {"s.items": outline_of(KEYED), "s.notes": outline_of(LOOSE)}


def a_file(  # noqa: PLR0913 - what a file is made of
    name: str, rows: Rows, region: str = "", *, saved: int = 1, sha: str = "", notes: Rows | None = None,
    filler: str = "", **stamp: str,
) -> tuple[FileRecord, Rows, Rows]:  # fmt: skip
    """Return a file with rows of its table and, below, of its form; None stands for a blank row."""
    moment = datetime(2026, 3, saved, tzinfo=UTC) if saved else None
    facts = {"round": "R1", **stamp}
    record = FileRecord(name, sha or f"sha of {name}", Stamp("p", region=region, **facts), moment, filler=filler)
    return record, rows, notes or []


def gathered(
    *files: tuple[FileRecord, Rows, Rows], findings: Sequence[Finding] = (), block: DataBlock = KEYED
) -> ReturnSet:
    """Return files as they are joined; a row that is empty is a blank one."""
    blocks = {"s.items": block, "s.notes": LOOSE}
    returns = []
    for record, rows, notes in files:
        tables = [_block_rows(block, rows), _block_rows(LOOSE, notes)]
        own = tuple(finding for finding in findings if finding.location.file == record.file)
        came = Return(
            record,
            own,
            tuple(ledger_line(record.file, table, blocks[table.full_name]) for table in tables),
            tuple(row for table in tables for row in rows_aside(record.file, table, blocks[table.full_name])),
            tuple(tables),
            {("表", table.full_name): table.positions for table in tables},
        )
        returns.append(explain_missing_keys(came, blocks))
    joined = []
    for place, (name, definition) in enumerate(blocks.items()):
        numbered = [(number, came.blocks[place]) for number, came in enumerate(returns)]
        rows_ = JoinedRows.of(numbered, [field.name for field in definition.columns])
        joined.append(BlockTable(name, definition, rows_, frame_of(rows_, definition)))
    return gather(returns, joined)


def _block_rows(block: DataBlock, rows: Rows) -> BlockRows:
    used = [place for place, row in enumerate(rows) if row]
    columns = {field.name: [rows[place].get(field.name) for place in used] for field in block.columns}
    positions = {field.name: (None, col) for col, field in enumerate(block.columns)}
    at = [5 + place for place in used]
    blank = len(rows) - len(used)
    return BlockRows("表", "s", block.name, at, columns, positions, len(rows), blank, values=columns)


def ledger(book: Book, block: str = "s.items") -> dict[str, tuple[int, ...]]:
    """Return file -> seen, blank, merged, superseded, duplicate, set aside."""
    return {
        line.file: (line.seen, line.blank, line.merged, line.superseded, line.duplicate, line.set_aside)
        for line in book.ledger
        if line.block == block
    }


def said(book: Book) -> list[tuple[str, str, str, object]]:
    return [(f.code, f.location.file, f.location.cell, f.facts.get("other")) for f in book.findings]


# --- which rows are in the book ---


def test_rows_stand_by_region_file_and_sheet_row_with_their_origin() -> None:
    book = merge(
        [
            gathered(
                a_file("c.xlsx", [{"no": "3", "n": 7}], "south"),
                a_file("b.xlsx", [{}, {"no": "2"}, {"no": "1", "what": "w"}], "north"),
            )
        ],
        ["north", "south"],
    )

    table = book.tables["s.items"]
    assert list(table.columns) == [*ORIGIN, "no", "what", "n"]
    assert table.astype(object).where(table.notna(), None).to_numpy().tolist() == [
        ["b.xlsx", "表", 7, "north", "R1", "2", None, None],
        ["b.xlsx", "表", 8, "north", "R1", "1", "w", None],
        ["c.xlsx", "表", 6, "south", "R1", "3", None, 7],
    ]
    assert ledger(book) == {"b.xlsx": (3, 1, 2, 0, 0, 0), "c.xlsx": (1, 0, 1, 0, 0, 0)}
    assert said(book) == []


def test_a_later_return_of_the_same_person_replaces_the_rows_that_it_touches() -> None:
    error = Finding("no_figure", Location("old.xlsx", "表", "B6", "s.items", "what"))
    old = a_file("old.xlsx", [{"no": "1", "what": "old"}, {"what": "?"}, {}], "north", saved=2, filler="李")
    new = a_file("new.xlsx", [{"no": "1", "what": "new"}], "north", saved=3, filler="李")
    undated = a_file("undated.xlsx", [{"no": "8"}], "north", saved=0, filler="李")
    other = a_file("other.xlsx", [{"no": "9"}], "south")

    book = merge([gathered(old, new, other, undated, findings=[error])])

    assert book.tables["s.items"]["what"].tolist()[0] == "new"
    assert book.tables["s.items"]["no"].tolist() == ["1", "8", "9"]
    assert ledger(book)["old.xlsx"] == (3, 1, 0, 1, 0, 1)
    assert said(book) == [("superseded", "old.xlsx", "", "new.xlsx")]
    assert [(p.kind, p.file, p.value, p.current) for p in book.proposals] == [("corrected", "old.xlsx", "old", "new")]
    assert [record.reason for record in book.files] == ["", "superseded", "", ""]
    assert [record.file for record in book.counted] == ["new.xlsx", "other.xlsx", "undated.xlsx"]


@pytest.mark.parametrize("stamp", [{"project": "x"}, {"lang": "en"}])
def test_returns_of_another_project_correct_nothing(stamp: dict[str, Any]) -> None:
    one = a_file("a.xlsx", [{"no": "1", "what": "a"}], "north", filler="李")
    two = a_file("b.xlsx", [{"no": "1", "what": "b"}], "north", saved=2, filler="李", **stamp)

    assert len(merge([gathered(one, two)]).tables["s.items"]) == (2 if "project" in stamp else 1)


def test_files_of_no_known_region_do_not_supersede_each_other() -> None:
    book = merge([gathered(a_file("a.xlsx", [{"no": "1"}]), a_file("b.xlsx", [{"no": "2"}], saved=2))])

    assert book.tables["s.items"]["no"].tolist() == ["1", "2"]


def test_the_same_bytes_count_once() -> None:
    one = a_file("b.xlsx", [{"no": "1"}, {"what": "?"}], "north", sha="same")
    two = a_file("a.xlsx", [{"no": "1"}, {"what": "?"}], "north", sha="same")

    book = merge([gathered(one, two)])

    assert ledger(book) == {"a.xlsx": (2, 0, 1, 0, 0, 1), "b.xlsx": (2, 0, 0, 0, 2, 0)}
    assert ("file_twice", "b.xlsx", "", "a.xlsx") in said(book)
    assert len(book.aside) == 1


def test_rows_that_are_the_same_in_every_field_count_once() -> None:
    row = {"no": "1", "what": None, "n": 2}
    book = merge([gathered(a_file("a.xlsx", [row, {**row, "n": 3}, row, {"no": "2"}, row], "north"))])

    assert book.tables["s.items"]["n"].fillna(0).tolist() == [2, 3, 0]
    assert ledger(book) == {"a.xlsx": (5, 0, 3, 0, 2, 0)}
    assert said(book) == [("row_twice", "a.xlsx", f"A{row}", LocalizedText("A6", "A6")) for row in (8, 10)]


def test_an_error_at_the_key_says_enough_of_a_row_that_stands_twice() -> None:
    found = Finding("not_unique", Location("a.xlsx", "表", "A7", "s.items", "no"))

    book = merge([gathered(a_file("a.xlsx", [{"no": "1"}, {"no": "1"}], "north"), findings=[found])])

    assert book.findings == (found,)
    assert ledger(book) == {"a.xlsx": (2, 0, 1, 0, 1, 0)}


def test_rows_without_a_key_field_are_all_merged() -> None:
    book = merge([gathered(a_file("a.xlsx", [], "north", notes=[{"what": "w"}, {"what": "w"}]))])

    assert book.tables["s.notes"]["what"].tolist() == ["w", "w"]
    assert said(book) == []


def test_a_row_without_its_key_is_set_aside_with_what_stands_in_it() -> None:
    misread = Finding("id_shape", Location("a.xlsx", "表", "A7", "s.items", "no"))
    book = merge([gathered(a_file("a.xlsx", [{"what": "w", "n": 2}, {"what": "x"}], "north"), findings=[misread])])

    assert [(row.row, row.code, row.texts) for row in book.aside] == [
        (6, "row_without_key", {"what": "w", "n": "2"}),
        (7, "id_shape", {"what": "x"}),
    ]
    assert [(f.code, f.location.cell) for f in book.findings] == [("row_without_key", "A6"), ("id_shape", "A7")]
    assert ledger(book) == {"a.xlsx": (2, 0, 0, 0, 0, 2)}


# --- what files say of each other ---


def test_a_key_that_several_regions_use_is_said_at_each_of_them() -> None:
    book = merge(
        [
            gathered(
                a_file("a.xlsx", [{"no": "2"}], "south"),
                a_file("b.xlsx", [{"no": "1"}, {"no": "2", "what": "x"}, {"no": "2", "what": "y"}], "north"),
                a_file("c.xlsx", [{"no": "2", "what": "z"}], "east"),
            )
        ],
        ["north", "south", "east"],
    )

    there = LocalizedText("《b.xlsx》表 A7", "b.xlsx, sheet 表, A7")
    here = LocalizedText("《a.xlsx》表 A6", "a.xlsx, sheet 表, A6")
    assert said(book) == [
        ("used_elsewhere", "a.xlsx", "A6", there),
        ("used_elsewhere", "b.xlsx", "A7", here),
        ("used_elsewhere", "b.xlsx", "A8", here),
        ("used_elsewhere", "c.xlsx", "A6", there),
    ]
    assert len(book.tables["s.items"]) == 5


def test_what_is_not_tracked_belongs_to_its_round() -> None:
    one, two = a_file("a.xlsx", [{"no": "1"}], "north"), a_file("b.xlsx", [{"no": "1"}], "north", round="R2")

    book = merge([gathered(one, two)])

    assert said(book) == [("earlier_round", "a.xlsx", "", LocalizedText("R1", "R1"))]
    assert book.tables["s.items"]["_file"].tolist() == ["b.xlsx"]
    assert ledger(book) == {"a.xlsx": (1, 0, 0, 1, 0, 0), "b.xlsx": (1, 0, 1, 0, 0, 0)}


def test_the_same_row_of_two_regions_counts_once() -> None:
    book = merge([gathered(a_file("a.xlsx", [{"no": "1"}], "north"), a_file("b.xlsx", [{"no": "1"}], "south"))])

    assert len(book.tables["s.items"]) == 1
    assert ledger(book)["b.xlsx"] == (1, 0, 0, 0, 1, 0)


def test_variants_of_a_block_share_one_table() -> None:
    row = {"no": "2", "share": 0.5, "on": datetime(2026, 3, 1).date()}  # noqa: DTZ001 - a day
    book = merge([gathered(a_file("a.xlsx", [{"no": "1", "n": 1}])), gathered(a_file("b.xlsx", [row]), block=VARIANT)])

    table = book.tables["s.items"]
    assert list(table.columns) == [*ORIGIN, "no", "share", "what", "n", "on"]
    assert [str(dtype) for dtype in table.dtypes[-4:]] == ["float64", "str", "Int64", "datetime64[us]"]


# --- the ledger ---


def test_a_row_that_is_lost_on_the_way_stops_the_merge() -> None:
    sound = gathered(a_file("a.xlsx", [{"no": "1"}, {"no": "2"}], "north"))
    lost = replace(sound, tables={**sound.tables, "s.items": sound.tables["s.items"].iloc[:1]})

    with pytest.raises(LedgerError, match=r"a\.xlsx.*s\.items.*2 rows"):
        merge([lost])


def test_a_row_from_nowhere_stops_the_merge() -> None:
    sound = gathered(a_file("a.xlsx", [{"no": "1"}], "north"))
    stray = replace(sound, returns=(replace(sound.returns[0], ledger=()),))

    with pytest.raises(LedgerError):
        merge([stray])


def test_a_file_that_was_refused_is_named_and_counts_for_nothing() -> None:
    refused = FileRecord("~$a.xlsx", status="refused", reason="file_is_lock")
    finding = Finding("file_is_lock", Location("~$a.xlsx"))

    book = merge([gather([Return(refused, (finding,))], [])])

    assert book.files == (refused,)
    assert book.findings == (finding,)
    assert book.counted == ()
    assert book.tables == {}


# --- a merge is a join ---

cells = st.none() | st.sampled_from(["x", "y"])
a_row = st.fixed_dictionaries(
    {}, optional={"no": st.sampled_from(["1", "2"]), "what": cells, "n": st.none() | st.just(1)}
)
some_rows = st.lists(a_row.map(lambda row: row if any(row.values()) else {}), max_size=4)
a_return = st.builds(
    a_file,
    st.sampled_from(["a.xlsx", "b.xlsx", "c.xlsx", "d.xlsx", "e.xlsx"]),
    some_rows,
    st.sampled_from(["north", "south", ""]),
    saved=st.integers(0, 2),
    sha=st.sampled_from(["", "", "k"]),
    notes=st.lists(st.sampled_from([{}, {"what": "n"}]), max_size=1),
)


def _one_content_a_name(files: list[tuple[FileRecord, Rows, Rows]]) -> list[tuple[FileRecord, Rows, Rows]]:
    """Return files such that the same bytes hold the same, as bytes do."""
    first: dict[str, tuple[FileRecord, Rows, Rows]] = {}
    whole = []
    for record, rows, notes in files:
        known, rows_, notes_ = first.setdefault(record.sha256, (record, rows, notes))
        whole.append((replace(known, file=record.file), rows_, notes_))
    return list({(record.file, record.sha256): (record, rows, notes) for record, rows, notes in whole}.values())


some_files = st.lists(a_return, min_size=3, max_size=7, unique_by=lambda file: file[0].file).map(_one_content_a_name)


def _findings(files: Sequence[tuple[FileRecord, Rows, Rows]]) -> list[Finding]:
    return [Finding("no_figure", Location(record.file, "表", "B6")) for record, rows, _ in files if rows]


def same_books(one: Book, other: Book) -> bool:
    assert (one.files, one.findings, one.ledger, one.aside) == (other.files, other.findings, other.ledger, other.aside)
    assert one.tables.keys() == other.tables.keys()
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, other.tables[name])
    return True


@settings(max_examples=soak.examples(40), deadline=None)
@given(some_files, st.integers(0, 6), st.integers(0, 6))
def test_merging_is_order_free_nestable_and_repeatable(
    files: list[tuple[FileRecord, Rows, Rows]], first: int, second: int
) -> None:
    cut = sorted((first % len(files), second % len(files)))
    groups = [files[: cut[0]], files[cut[0] : cut[1]], files[cut[1] :]]
    order = ["south", "north"]
    a, b, c = (merge([gathered(*group, findings=_findings(group))], order) for group in groups)
    whole = merge([gathered(*files, findings=_findings(files))], order)

    assert same_books(join(a, join(b, c)), join(join(a, b), c))
    assert same_books(join(c, b, a), join(a, b, c))
    assert same_books(join(a, b, c), whole)
    assert same_books(join(whole, whole, b), whole)
    assert same_books(merge([gathered(*reversed(files), findings=_findings(files))], order), whole)


@settings(max_examples=soak.examples(40), deadline=None)
@given(some_files)
def test_every_row_is_accounted_for(files: list[tuple[FileRecord, Rows, Rows]]) -> None:
    book = merge([gathered(*files)])

    seen = {record.file: len(rows) for record, rows, _ in files}
    assert {name: line[0] for name, line in ledger(book).items()} == seen
    assert all(line.balanced for line in book.ledger)
    for block, table in book.tables.items():
        rows = {line.file: line.merged + line.unchanged for line in book.ledger if line.block == block}
        # A row may have cells of several returns; it stands at one of them.
        assert all(count <= rows[str(file)] for file, count in table["_file"].value_counts().items())
    assert len(book.aside) == sum(line.set_aside for line in book.ledger)


@settings(max_examples=soak.examples(40), deadline=None)
@given(some_files)
def test_a_book_read_back_is_a_valid_part_of_another(files: list[tuple[FileRecord, Rows, Rows]]) -> None:
    book = merge([gathered(*files, findings=_findings(files))])
    again = merge([returns_of(replace(book, source=None), OUTLINES)])

    assert same_books(again, book)


@settings(max_examples=soak.examples(40), deadline=None)
@given(some_files, st.integers(0, 6), st.sampled_from(["", "a.xlsx"]))
def test_books_that_were_read_back_merge_like_their_files(
    files: list[tuple[FileRecord, Rows, Rows]], cut: int, name: str
) -> None:
    if name:  # whatever the files are called, what is in them tells them apart
        files = [(replace(record, file=name), rows, notes) for record, rows, notes in files]
        files = list({record.sha256: (record, rows, notes) for record, rows, notes in files}.values())
    singles = [gathered(one) for one in files]
    whole = merge(singles)

    halves = [merge(half) for half in (singles[: cut % len(files)], singles[cut % len(files) :])]
    back = [returns_of(replace(half, source=None), OUTLINES) for half in halves]

    assert same_books(merge(back), whole)
    assert same_books(merge([returns_of(replace(merge(back[::-1]), source=None), OUTLINES), singles[0]]), whole)


@settings(max_examples=soak.examples(40), deadline=None)
@given(some_files)
def test_a_file_itself_goes_before_what_a_book_has_of_it(files: list[tuple[FileRecord, Rows, Rows]]) -> None:
    book = merge([gathered(*files, findings=_findings(files))])
    assert book.source is not None
    second_hand = returns_of(replace(book, source=None), OUTLINES)

    assert same_books(merge([second_hand, book.source]), book)
    assert same_books(merge([book.source, second_hand]), book)


def test_a_book_that_was_not_gathered_cannot_be_joined() -> None:
    with pytest.raises(ValueError, match="gathered"):
        join(Book((), {}), Book((), {}))


def test_a_book_of_one_file_is_that_files_own() -> None:
    one = single_return(merge([gathered(a_file("a.xlsx", [{}, {"no": "1", "n": 4}], "north"))]))

    assert one.region == "north"
    assert one.tables["s.items"].to_dict("index") == {
        7: {"no": "1", "what": pytest.approx(float("nan"), nan_ok=True), "n": 4}
    }
    assert one.ledger[0] == LedgerLine("a.xlsx", "表", "s.items", 2, 1, 1)


def test_nothing_at_all_is_a_book_too() -> None:
    assert same_books(merge([]), merge([ReturnSet()]))
    assert merge([gathered(a_file("a.xlsx", []))]).tables["s.items"].empty
    assert isinstance(Return(FileRecord("a")).identity, tuple)
