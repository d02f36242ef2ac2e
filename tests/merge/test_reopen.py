"""A consolidated workbook is an input: what was written comes back, and merging books is merging all their files."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

import xlsflow
from tests.helpers import soak
from tests.helpers.returned_rows import AS_OF, PROJECT, ROUND, TASKS, a_return, task
from xlsflow import View
from xlsflow.api import merge_to
from xlsflow.errors import Refused
from xlsflow.pipeline.definitions import Definitions
from xlsflow.pipeline.merge import document
from xlsflow.pipeline.project_file import load_project, open_library
from xlsflow.pipeline.report import ReopenedBook, open_consolidated
from xlsflow.render.as_xlsx import write_xlsx

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.office import Office
    from xlsflow.i18n import Lang
    from xlsflow.model.consolidated_book import Book


def same_books(one: Book, other: Book) -> bool:
    assert one.files == other.files
    assert one.findings == other.findings
    assert one.ledger == other.ledger
    assert one.aside == other.aside
    assert one.tables.keys() == other.tables.keys()
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, other.tables[name])
    return True


def merged(*paths: Path) -> Book:
    return xlsflow.merge(paths, project=PROJECT, as_of=AS_OF)


def written(out: Path, *paths: Path, lang: Lang = "zh") -> Path:
    merge_to(paths, out, project=PROJECT, view=View(AS_OF, lang=lang))
    return out


@pytest.fixture(scope="module")
def inbox() -> list[Path]:
    return sorted((ROUND / "inbox").iterdir())


@pytest.fixture(scope="module")
def whole(inbox: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("whole") / "all.xlsx", *inbox)


@pytest.fixture(scope="module")
def whole_book(inbox: list[Path]) -> Book:
    return merged(*inbox)


# --- what was written comes back ---


def test_the_sample_round_comes_back_as_it_was(whole_book: Book, whole: Path) -> None:
    assert same_books(xlsflow.open_book(whole), whole_book)


def test_an_opened_book_says_what_is_overdue(whole_book: Book, whole: Path) -> None:
    late = xlsflow.open_book(whole).overdue(AS_OF)

    assert not late.empty
    pd.testing.assert_frame_equal(late, whole_book.overdue(AS_OF))


def test_the_project_comes_back_with_it(whole: Path) -> None:
    library = open_library()

    assert open_consolidated(whole, library).definitions.project == load_project(PROJECT, library)


def test_a_book_written_in_english_holds_the_same(inbox: list[Path], whole_book: Book, tmp_path: Path) -> None:
    assert same_books(xlsflow.open_book(written(tmp_path / "en.xlsx", *inbox, lang="en")), whole_book)


def test_a_book_that_libreoffice_has_saved_holds_the_same(
    whole_book: Book, whole: Path, office: Office, tmp_path: Path
) -> None:
    saved = office.convert(whole, tmp_path / "saved.xlsx")

    assert same_books(xlsflow.open_book(saved), whole_book)


@pytest.fixture(scope="module")
def opened(whole: Path) -> ReopenedBook:
    return open_consolidated(whole, open_library())


NASTY = (
    "_x000D_", "_x0041_", "a\rb", "a\nb\n", " ends ", "\ttab", "=1+1", "#REF!", "TRUE", "1e5", "00123", "2026-03-31",
    "<&>\"'", "\x0b\x01", "😀", "’'quoted", "@sum", "𠮷野家", "-", '{"$date": "x"}', "a|b", "无", "N/A",
)  # fmt: skip
long = st.tuples(st.sampled_from(["长", "😀", "x", "_x0041_", "\n"]), st.integers(32_000, 40_000))
texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=12),
    long,
)
"""What people type; a long text as what it repeats and how long it is, for its sake who reads of a failure."""


def _four(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.none() | values, min_size=4, max_size=4)


Pair = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module")
def there_and_back(
    opened: ReopenedBook, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Mapping[str, list[Any]]], Pair]:
    """Return what puts four values, over and over, into columns of a table, and gives it before and after the way."""
    path = tmp_path_factory.mktemp("back") / "book.xlsx"

    def way(columns: Mapping[str, list[Any]]) -> Pair:
        table = opened.book.tables[TASKS].copy()
        for name, values in columns.items():
            table[name] = pd.Series([values[place % 4] for place in range(len(table))]).astype(table[name].dtype)
        book = replace(opened.book, tables={**opened.book.tables, TASKS: table}, leaf_rows={})
        write_xlsx(path, document(book, opened.definitions, AS_OF.astimezone(), "zh"))
        return table, open_consolidated(path, open_library()).book.tables[TASKS]

    return way


@settings(max_examples=soak.examples(15), deadline=None)
@given(
    _four(texts),
    _four(st.floats(-1e300, 1e300) | st.sampled_from([0.1, 1 / 3, 1e15, 123456789012345678.0])),
    _four(st.dates(date(1850, 1, 1), date(9999, 1, 1))),
)
def test_texts_days_and_numbers_come_back_exactly(
    there_and_back: Callable[[Mapping[str, list[Any]]], Pair], words: list[Any], numbers: list[Any], days: list[Any]
) -> None:
    whole = [one[0] * (one[1] // len(one[0])) if isinstance(one, tuple) else one for one in words]

    before, after = there_and_back({"remark": whole, "share": numbers, "due": days})

    # What follows from the due date is worked out anew when the book is read.
    computed = ["signal", "days_late"]
    pd.testing.assert_frame_equal(after.drop(columns=computed), before.drop(columns=computed), check_exact=True)


def test_a_text_too_long_for_its_cell_is_said_to_be_cut_there_and_kept_whole(
    opened: ReopenedBook, tmp_path: Path
) -> None:
    table = opened.book.tables[TASKS].copy()
    table.loc[2, "remark"] = "😀" * 20_000
    book = replace(opened.book, tables={**opened.book.tables, TASKS: table}, leaf_rows={})

    report = document(book, opened.definitions, AS_OF.astimezone(), "zh")
    write_xlsx(tmp_path / "book.xlsx", report)

    found = next(one for one in report.listings if one.name == "校验发现")
    said = {one.key: one.values for one in found.columns}  # noqa: PD011 - no frame
    place = said["code"].index("text_cut")
    assert (said["file"][place], said["sheet"][place]) == (table["_file"][2], table["_sheet"][2])
    assert "20000" in str(said["message"][place])
    assert xlsflow.open_book(tmp_path / "book.xlsx").tables[TASKS]["remark"][2] == "😀" * 20_000


# --- merging books is merging all their files ---


@pytest.mark.parametrize("split", [1, 3])
def test_two_books_make_the_same_workbook_as_all_their_files(
    split: int, inbox: list[Path], whole: Path, tmp_path: Path
) -> None:
    a = written(tmp_path / "a.xlsx", *inbox[:split], lang="en")
    b = written(tmp_path / "b.xlsx", *inbox[split:])

    for number, books in enumerate([(a, b), (b, a), (a, b, *inbox), (whole, a)]):
        made = written(tmp_path / f"made{number}.xlsx", *books)
        assert made.read_bytes() == whole.read_bytes()


def test_books_nest_in_any_order(inbox: list[Path], whole: Path, tmp_path: Path) -> None:
    parts = [written(tmp_path / f"part{n}.xlsx", *inbox[n::3]) for n in range(3)]

    for number, (one, two, three) in enumerate([parts, parts[::-1]]):
        inner = written(tmp_path / f"inner{number}.xlsx", one, two)
        assert written(tmp_path / f"outer{number}.xlsx", three, inner).read_bytes() == whole.read_bytes()


def test_books_that_libreoffice_has_saved_are_merged_alike(
    inbox: list[Path], whole: Path, office: Office, tmp_path: Path
) -> None:
    a = office.convert(written(tmp_path / "a.xlsx", *inbox[:2]), tmp_path / "a-saved.xlsx")
    b = office.convert(written(tmp_path / "b.xlsx", *inbox[2:]), tmp_path / "b-saved.xlsx")

    assert written(tmp_path / "made.xlsx", a, b).read_bytes() == whole.read_bytes()


def _returns(folder: Path) -> list[Path]:
    """Write returns that speak of each other: rows that occur twice, ids used elsewhere, references across files."""
    row = task(1, req_id="RW-2026-001")
    return [
        a_return(folder / "hd.xlsx", "HD", row, row, task(2, req_id="RW-2026-404"), day=17),
        a_return(folder / "hd2.xlsx", "HD", row, task(3), pack="cross_region", day=16),
        a_return(folder / "hb.xlsx", "HB", task(2), task(5, req_id="RW-2026-001"), needs="RW-2026-002"),
        a_return(folder / "hn.xlsx", "HN", task(9), needs="RW-2026-001", day=15),
        a_return(folder / "hn-later.xlsx", "HN", task(9, task="另一件"), needs="RW-2026-003"),
        Path(shutil.copy(folder / "hn.xlsx", folder / "hn-copy.xlsx")),
    ]


def test_what_files_say_of_each_other_is_the_same_whoever_was_merged_first(tmp_path: Path) -> None:
    files = _returns(tmp_path / "in")
    book = merged(*files)

    codes = {finding.code for finding in book.findings}
    assert codes >= {"not_unique", "used_elsewhere", "refers_to_nothing", "file_twice"}
    used = next(f for f in book.findings if f.code == "used_elsewhere" and f.location.file == "hb.xlsx")
    assert used.message("zh").startswith("“任务编号”的“HD-2026-002”，华东（王雨桐）的《执行跟踪》A8“任务 2”也用到了；")
    assert "which East China (" in used.message("en")
    for group, rest in ((files[:2], files[2:]), (files[1::2], files[::2])):
        a, b = written(tmp_path / "a.xlsx", *group), written(tmp_path / "b.xlsx", *rest)
        assert same_books(merged(a, b), book)
        assert same_books(merged(a, *rest), book)
        assert same_books(xlsflow.open_book(written(tmp_path / "c.xlsx", b, a)), book)


def test_a_reference_leads_nowhere_only_as_long_as_its_target_is_in_neither_book(tmp_path: Path) -> None:
    a = a_return(tmp_path / "a.xlsx", "HD", task(1, req_id="RW-2026-001"), needs="RW-2026-009")
    b = a_return(tmp_path / "b.xlsx", "HB", needs="RW-2026-001")
    one, two = written(tmp_path / "one.xlsx", a), written(tmp_path / "two.xlsx", b)

    (lost,) = (f for f in xlsflow.open_book(one).findings if f.code == "refers_to_nothing")
    assert (lost.location.file, lost.value) == ("a.xlsx", "RW-2026-001")
    both = merged(one, two)
    assert [f for f in both.findings if f.code == "refers_to_nothing"] == []
    assert same_books(both, merged(a, b))


def test_two_returns_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    monday = a_return(tmp_path / "monday" / "hd.xlsx", "HD", task(1), day=16)
    done = task(1, progress="done", finished=AS_OF.date())
    thursday = a_return(tmp_path / "thursday" / "hd.xlsx", "HD", done, day=19)
    friday = a_return(tmp_path / "friday" / "hd.xlsx", "HD", task(1), task(2), day=20)
    a = written(tmp_path / "a.xlsx", monday)

    book = merged(a, thursday)

    assert len({record.file for record in book.files}) == 2
    assert all(record.file.startswith("hd.xlsx #") for record in book.files)
    assert [(p.kind, p.field, p.value) for p in book.proposals] == [("conflict", "progress", "in_progress")]
    assert book.tables[TASKS]["progress"].tolist() == ["done"]
    ab = written(tmp_path / "ab.xlsx", a, thursday)
    bc = written(tmp_path / "bc.xlsx", written(tmp_path / "b.xlsx", thursday), friday)
    assert same_books(merged(ab, friday), merged(a, bc))
    assert len(merged(ab, bc).files) == 3


# --- what cannot be taken for what it was ---


# openpyxl drops the bars of a cell, and says so.
pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported")


def _edited(source: Path, target: Path, edit: Any) -> Path:  # noqa: ANN401 - a function on an openpyxl workbook
    book = load_workbook(BytesIO(source.read_bytes()))
    edit(book)
    book.save(target)
    return target


def _drop_a_row(book: Any) -> None:  # noqa: ANN401
    book["执行跟踪"].delete_rows(6)


def _drop_a_page(book: Any) -> None:  # noqa: ANN401
    del book["_ledger"]


def _rename_a_file(book: Any) -> None:  # noqa: ANN401
    sheet = book["执行跟踪"]
    column = next(cell.column for cell in sheet[3] if cell.value == "key:_file")
    sheet.cell(5, column).value = "other.xlsx"


def test_a_book_without_one_of_its_pages_is_refused_with_the_reason(whole: Path, tmp_path: Path) -> None:
    changed = _edited(whole, tmp_path / "changed.xlsx", _drop_a_page)

    with pytest.raises(Refused) as stopped:
        xlsflow.open_book(changed)
    assert (stopped.value.code, "_ledger" in stopped.value.say("zh")) == ("book_page", True)
    (record,) = merged(changed).files
    assert (record.status, record.reason) == ("refused", "book_page")


@pytest.mark.parametrize("edit", [_drop_a_row, _rename_a_file])
def test_a_row_that_somebody_took_out_of_a_book_stays_and_its_deletion_is_proposed(
    edit: Any,  # noqa: ANN401
    whole: Path,
    tmp_path: Path,
) -> None:
    before = xlsflow.open_book(whole)
    book = xlsflow.open_book(_edited(whole, tmp_path / "changed.xlsx", edit))

    assert len(book.tables[TASKS]) == len(before.tables[TASKS])
    assert [p.kind for p in book.proposals if p not in before.proposals] == ["deleted"]


def test_a_column_that_somebody_took_out_of_a_book_is_told_and_changes_nothing(
    whole_book: Book, whole: Path, tmp_path: Path
) -> None:
    def drop(book: Any) -> None:  # noqa: ANN401
        sheet = book["执行跟踪"]
        sheet.delete_cols(next(cell.column for cell in sheet[3] if cell.value == "key:remark"))

    changed = merged(_edited(whole, tmp_path / "changed.xlsx", drop))

    pd.testing.assert_frame_equal(changed.tables[TASKS], whole_book.tables[TASKS])
    told = [(f.location.sheet, f.location.field) for f in changed.findings if f.code == "book_column_missing"]
    assert told == [("执行跟踪", "remark")]
    assert changed.proposals == whole_book.proposals


def test_an_edit_is_not_blamed_for_what_the_return_has_left_out(tmp_path: Path) -> None:
    came = a_return(tmp_path / "hd.xlsx", "HD", task(1, owner=None), task(2))
    book = written(tmp_path / "book.xlsx", came)

    def edit(workbook: Any) -> None:  # noqa: ANN401
        sheet = workbook["执行跟踪"]
        at = {cell.value: cell.column for cell in sheet[3]}
        sheet.cell(5, at["key:remark"]).value = "已催"
        sheet.cell(5, at["key:start"]).value = date(2026, 12, 24)

    again = merged(_edited(book, tmp_path / "edited.xlsx", edit))

    codes = {f.location.file: f.code for f in again.findings}
    assert codes == {
        "hd.xlsx": "required_blank",
        "edited.xlsx [HD]": next(iter({*codes.values()} - {"required_blank"})),
    }
    assert again.tables[TASKS]["remark"].tolist()[0] == "已催"


def test_a_value_that_was_mended_in_the_book_counts(whole: Path, tmp_path: Path) -> None:
    def mend(book: Any) -> None:  # noqa: ANN401
        sheet = book["执行跟踪"]
        column = next(cell.column for cell in sheet[3] if cell.value == "key:progress")
        sheet.cell(5, column).value = "阻塞"

    assert xlsflow.open_book(_edited(whole, tmp_path / "mended.xlsx", mend)).tables[TASKS]["progress"][0] == "blocked"


def test_pages_may_be_moved_and_renamed(whole_book: Book, whole: Path, tmp_path: Path) -> None:
    def move(book: Any) -> None:  # noqa: ANN401
        book["执行跟踪"].title = "我的跟踪"
        book.move_sheet("风险跟踪", -9)

    assert same_books(xlsflow.open_book(_edited(whole, tmp_path / "moved.xlsx", move)), whole_book)


@pytest.mark.parametrize("fact", ["project", "round"])
def test_a_book_of_another_project_or_round_is_refused(fact: str, opened: ReopenedBook, tmp_path: Path) -> None:
    project = opened.definitions.project
    assert project is not None
    other = {
        "project": replace(project, project=replace(project.project, code="XX")),
        "round": replace(project, round=replace(project.round, id="2026-W48")),
    }[fact]
    definitions = Definitions(opened.definitions.library, other)
    write_xlsx(tmp_path / "other.xlsx", document(opened.book, definitions, AS_OF.astimezone(), "zh"))

    (record,) = merged(tmp_path / "other.xlsx").files

    assert record.reason == f"other_{fact}"


def test_a_return_is_no_book(inbox: list[Path]) -> None:
    with pytest.raises(Refused) as stopped:
        xlsflow.open_book(next(path for path in inbox if path.name.startswith("DJXP")))

    assert stopped.value.code == "not_a_book"
