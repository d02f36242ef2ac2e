"""A consolidated workbook: what was put in, every reader gets back."""

from __future__ import annotations

import math
import subprocess
import sys
import warnings
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

import openpyxl
import pytest
import python_calamine
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet
from openxml_audit import FileFormat, OpenXmlValidator
from xlsxwriter.chart_line import ChartLine

from tests.helpers import soak
from xlsflow.fileformat.excel_limits import MAX_CELL_TEXT, MAX_ROWS
from xlsflow.model.report_model import Chart, ChartBar, KeyFigure, Listing, Overview, ReportColumn
from xlsflow.workbook.consolidated.page_model import DataPage, ShortenedText, WorkbookPage
from xlsflow.workbook.consolidated.row_xml import CHUNK_ROWS
from xlsflow.workbook.consolidated.writer import sheet_name, write_consolidated
from xlsflow.workbook.style.formats import drawing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.office import Office
    from xlsflow.model.report_model import Mark, ReportValue, ValueFormat

CREATED = datetime(2026, 3, 20, 18, 42)  # noqa: DTZ001 - a workbook has no time zone
FIRST = 5
"""Row of the first values, below title, note, key row and header."""

NASTY = [
    "=SUM(A1:A9)",
    "+1",
    "-1+2",
    "@cmd",
    "=1\n2",
    "'quoted",
    '"quoted" & <tagged>',
    "&amp; &lt;",
    "]]>",
    " leading",
    "trailing ",
    "\n",
    "\ttab\t",
    "line\nbreak",
    "line\r\nbreak",
    "\r",
    "null \x00, bell \x07, escape \x1b",
    "_x0041_",
    "_x0041_x0042_",
    "_x0041\x01",
    "_X0041_",
    "__x005F_",
    "a | b",
    "\u3000全角空格\u3000",
    "🙂 👩‍👩‍👧",
    "#N/A",
    "TRUE",
    "00123",
    "2026-03-31",
    "0.1",
    "\u2028\x85\x7f",
]

CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")
"""All that Unicode has; a half surrogate and U+FFFE are no characters."""


def overview(name: str = "总览") -> Overview:
    """Return an overview with a line, a bar or a cell of everything."""
    listing = Listing("rows", "", "", (ReportColumn("a", "甲", ["x"]),))
    chart = Chart("图", ("x",), (ChartBar("甲", (1,), "done"),), "")
    return Overview(
        name, "周报", "2026 年第 12 周", ("基准日 2026-03-20",), "结论", "due_soon",
        figures=(KeyFigure("逾期", "5", "", "idle"),),
        signals=listing, status=chart, overdue=listing, ageing=chart, attention=listing,
        footer=("", ""),
    )  # fmt: skip


def page(values: Sequence[ReportValue], shown: ValueFormat = "text", name: str = "数据") -> DataPage:
    return DataPage(name, "标题", "说明", (ReportColumn("key", "列", values, shown),))


def write(path: Path, *pages: WorkbookPage) -> Path:
    write_consolidated(path, pages, {"title": "周报"}, CREATED)
    return path


def load(path: Path) -> openpyxl.Workbook:
    """The workbook; openpyxl warns of the extension that a bar inside a cell needs."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*extension is not supported")
        return openpyxl.load_workbook(path)


def sheet(path: Path, name: str = "数据") -> Worksheet:
    found = load(path)[name]
    assert isinstance(found, Worksheet)
    return found


def by_openpyxl(path: Path, column: int = 1) -> list[object]:
    """Return the values of a column; openpyxl leaves it to its caller to decode escaped control characters."""
    cells = sheet(path).iter_rows(min_row=FIRST, min_col=column, max_col=column, values_only=True)
    return [unescape(value) if isinstance(value, str) else value for (value,) in cells]


def by_calamine(path: Path, name: str = "数据") -> list[object]:
    rows = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [row[0] for row in rows[FIRST - 1 :]]


def complaints(path: Path) -> list[str]:
    """What a validator of the file format finds; Excel would offer to repair the file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [str(error) for error in OpenXmlValidator(file_format=FileFormat.MICROSOFT_365).validate(path).errors]


@settings(max_examples=soak.examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.sampled_from(NASTY), st.text(CHARACTERS, min_size=1)), min_size=1, max_size=40))
@example(NASTY)
def test_every_text_is_read_back_as_it_was(tmp_path: Path, texts: list[str]) -> None:
    path = write(tmp_path / "book.xlsx", page(texts))

    assert by_openpyxl(path) == texts
    assert by_calamine(path) == texts


def test_what_is_no_character_becomes_the_mark_for_that(tmp_path: Path) -> None:
    path = write(tmp_path / "book.xlsx", page(["half \ud83d", "\ufffe\uffff"]))

    assert by_calamine(path) == by_openpyxl(path) == ["half \ufffd", "\ufffd\ufffd"]


def test_a_text_that_looks_like_a_formula_is_none(tmp_path: Path) -> None:
    path = write(tmp_path / "book.xlsx", page(["=1+1", "=HYPERLINK(1)"]))

    cells = sheet(path)
    assert [cells.cell(row, 1).data_type for row in (FIRST, FIRST + 1)] == ["s", "s"]
    with ZipFile(path) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_a_text_stays_a_text_when_a_reader_edits_it(tmp_path: Path) -> None:
    cells = sheet(write(tmp_path / "book.xlsx", page(["=1+1"])))

    assert cells.cell(FIRST, 1).number_format == "@"


@settings(max_examples=soak.examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(-(10**15) + 1, 10**15 - 1),
            st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300, allow_subnormal=False),
            st.dates(date(1900, 3, 1), date(9999, 12, 31)),
            st.sampled_from(NASTY),
        ),
        min_size=1,
        max_size=40,
    )
)
@example([1, True, 1.0, 0, False, 0.0, None])
def test_values_of_any_mixture_are_read_back_as_they_were(tmp_path: Path, values: list[ReportValue]) -> None:
    path = write(tmp_path / "book.xlsx", page([*values, "end"]))

    wanted = [datetime(v.year, v.month, v.day) if isinstance(v, date) else v for v in values]  # noqa: DTZ001
    read = by_openpyxl(path)[:-1]
    assert read == wanted
    assert [isinstance(value, bool) for value in read] == [isinstance(value, bool) for value in values]
    assert by_calamine(path)[:-1] == ["" if value is None else value for value in values]


@settings(max_examples=soak.examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 31)), min_size=1))  # noqa: DTZ001
def test_a_moment_is_read_back_to_the_second(tmp_path: Path, moments: list[datetime]) -> None:
    path = write(tmp_path / "book.xlsx", page(moments, "datetime"))

    for read, moment in zip(by_openpyxl(path), moments, strict=True):
        assert isinstance(read, datetime)
        assert abs(read - moment) < timedelta(milliseconds=1)


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1)])
def test_days_around_the_leap_day_that_never_was_are_those_of_excel(tmp_path: Path, day: date) -> None:
    path = write(tmp_path / "book.xlsx", page([day], "date"))

    assert by_openpyxl(path) == [datetime(day.year, day.month, day.day)]  # noqa: DTZ001


def test_what_no_cell_can_keep_as_a_number_is_kept_as_text(tmp_path: Path) -> None:
    values: list[ReportValue] = [110101199003074512, -(10**15), math.inf, date(1899, 12, 31)]

    assert by_openpyxl(write(tmp_path / "book.xlsx", page(values, "integer"))) == [
        "110101199003074512",
        "-1000000000000000",
        "inf",
        "1899-12-31",
    ]


def test_a_missing_number_and_an_empty_text_are_blank_cells(tmp_path: Path) -> None:
    path = write(tmp_path / "book.xlsx", page([math.nan, "", None, 1.5], "number"))

    assert by_openpyxl(path) == [None, None, None, 1.5]


@pytest.mark.parametrize("value", [b"bytes", timedelta(1), datetime(2026, 1, 1, tzinfo=UTC)])
def test_a_value_that_no_cell_holds_is_refused_by_the_name_of_its_column(tmp_path: Path, value: ReportValue) -> None:
    with pytest.raises(TypeError, match=r"'key'|time zone"):
        write(tmp_path / "book.xlsx", page([value]))
    assert not list(tmp_path.iterdir())


def test_a_text_too_long_for_a_cell_is_cut_and_named(tmp_path: Path) -> None:
    fits, long, emoji = "字" * MAX_CELL_TEXT, "字" * (MAX_CELL_TEXT + 1), "a" + "🙂" * 20_000

    cuts = write_consolidated(tmp_path / "book.xlsx", [page([fits, "kurz", long, emoji])], {}, CREATED)

    read = by_calamine(tmp_path / "book.xlsx")
    assert cuts == (ShortenedText("数据", "A7", MAX_CELL_TEXT + 1), ShortenedText("数据", "A8", 40_001))
    assert read == [fits, "kurz", "字" * (MAX_CELL_TEXT - 1) + "…", "a" + "🙂" * ((MAX_CELL_TEXT - 2) // 2) + "…"]


def test_rows_keep_their_place_from_chunk_to_chunk(tmp_path: Path) -> None:
    numbers: list[ReportValue] = [None if n % 3 == 0 else n for n in range(2 * CHUNK_ROWS + 7)]
    texts: list[ReportValue] = [f"第{n}行" if n % 5 else None for n in range(len(numbers))]
    columns = (ReportColumn("n", "数", numbers, "integer"), ReportColumn("t", "文", texts))
    path = write(tmp_path / "book.xlsx", DataPage("数据", "", "", columns))

    rows = list(sheet(path).iter_rows(min_row=FIRST, values_only=True, max_col=2))
    assert rows == list(zip(numbers, texts, strict=True))


def test_more_rows_than_a_sheet_has_go_on_on_the_next(tmp_path: Path) -> None:
    room = MAX_ROWS - FIRST + 1
    path = write(tmp_path / "book.xlsx", page(range(room + 2), "integer"))

    first, second = by_calamine(path), by_calamine(path, "数据 (2)")
    assert (len(first), first[0], first[-1], second) == (room, 0, room - 1, [room, room + 1])


def everything() -> list[WorkbookPage]:
    """Every format, chip, kind of page and state of a sheet."""
    marks: list[Mark | None] = ["overdue", "due_soon", "done", None, "blocked"]
    raw_marks: list[Mark | None] = [None, None, "info", "error", "idle"]
    columns = (
        ReportColumn("id", "编号", [f"HD-{n}" for n in range(5)], "id", 13),
        ReportColumn("task", "任务 <&>", [*NASTY[:5]], "long", 26, role="further"),
        ReportColumn(
            "due", "计划", [date(2026, 3, n + 1) for n in range(5)], "date", 11.5, ("overdue", *[None] * 3, "done")
        ),
        ReportColumn("raw", "原文", ["x", 1, None, date(2026, 1, 1), CREATED], "text", 16, raw_marks),
        ReportColumn("status", "进度", list(marks), "text", 10, marks),
        ReportColumn("done", "完成率", [0, 0.25, 0.5, None, 1], "percent", 9),
        ReportColumn("cost", "费用", [1.5, None, -2, 1e6, 0], "number", 12, role="made"),
        ReportColumn("ok", "是否", [True, False, None, True, False], "integer", 8),
    )
    return [
        overview(),
        DataPage("数据", "全部 & 所有", "说明" * 60, columns, frozen=2),
        DataPage("空", "2026 年", "", (ReportColumn("a", "甲", []), ReportColumn("b", "乙", []))),
        DataPage("藏", "T", "", columns[:1], hidden="hidden"),
        DataPage("深藏", "T", "", columns[:1], hidden="very_hidden"),
    ]


def test_the_file_is_what_the_format_asks_for(tmp_path: Path) -> None:
    path = write(tmp_path / "book.xlsx", *everything(), page(NASTY, name="难"))

    assert complaints(path) == []


def test_the_same_pages_give_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    """Other seeds order the sets of Python differently."""
    code = (
        "import sys; from pathlib import Path; from tests.workbook.test_consolidated import everything, write;"
        "write(Path(sys.argv[1]), *everything())"
    )
    made = [tmp_path / f"{seed}.xlsx" for seed in (1, 2)]
    for seed, path in enumerate(made, start=1):
        subprocess.run([sys.executable, "-c", code, path], check=True, env={"PYTHONHASHSEED": str(seed)})

    assert made[0].read_bytes() == made[1].read_bytes()
    with ZipFile(made[0]) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_sheets_are_hidden_as_asked_and_the_book_opens_at_a_visible_one(tmp_path: Path) -> None:
    hidden, *others = reversed(everything())
    book = load(write(tmp_path / "book.xlsx", hidden, *others))

    assert {name: book[name].sheet_state for name in ("深藏", "藏", "空")} == {
        "深藏": "veryHidden",
        "藏": "hidden",
        "空": "visible",
    }
    assert book.active is not None
    assert book.active.title == "空"


def test_a_workbook_that_is_given_up_is_not_completed() -> None:
    """An interruption while it is drawn: xlsxwriter would go on with half of it, and warn of what is missing."""
    file = BytesIO()
    with suppress(KeyboardInterrupt), drawing(file) as workbook:
        chart = workbook.add_chart({"type": "line"})
        assert isinstance(chart, ChartLine)
        workbook.add_worksheet("数据").insert_chart("A1", chart)
        chart.add_series({"values": "=未画!$A$1:$A$9"})
        raise KeyboardInterrupt

    assert file.getvalue() == b""


def test_a_book_without_a_visible_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="visible page"):
        write(tmp_path / "book.xlsx", everything()[-1])


def test_properties_known_to_excel_go_to_their_places_and_others_become_custom(tmp_path: Path) -> None:
    write_consolidated(tmp_path / "book.xlsx", [page([1])], {"title": "周报", "xf_pack": "合作 & 更多"}, CREATED)
    book = load(tmp_path / "book.xlsx")

    assert (book.properties.title, book.properties.created) == ("周报", CREATED)
    custom = book.custom_doc_props.props  # type: ignore[attr-defined]  # openpyxl's stubs are older
    assert {prop.name: prop.value for prop in custom} == {"xf_pack": "合作 & 更多"}


def test_a_name_is_made_legal_and_unlike_the_others() -> None:
    taken: set[str] = set()
    wanted = ["A/B:C", "a/b:c", "x" * 40, "x" * 40, "'q'", " ", "[1]"]

    assert [sheet_name(name, taken) for name in wanted] == [
        "A_B_C",
        "a_b_c (2)",
        "x" * 31,
        "x" * 27 + " (2)",
        "_q_",
        "_",
        "_1_",
    ]


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="different lengths"):
        DataPage("数据", "", "", (ReportColumn("a", "甲", [1]), ReportColumn("b", "乙", [])))
    with pytest.raises(ValueError, match="1 values but 2 marks"):
        ReportColumn("a", "甲", [1], marks=("done", "done"))


def test_libreoffice_shows_and_saves_what_was_written(office: Office, tmp_path: Path) -> None:
    texts = [text for text in NASTY if "\x00" not in text and "\r" not in text]  # LibreOffice turns these into others
    columns = (
        ReportColumn("t", "文", texts),
        ReportColumn("n", "数", [n / 3 for n in range(len(texts))], "number"),
        ReportColumn("d", "日", [date(2026, 1, 1) + timedelta(n) for n in range(len(texts))], "date"),
    )
    path = write(tmp_path / "book.xlsx", DataPage("数据", "", "", columns))
    with office.open(path) as document:
        shown = document.values("数据", f"A{FIRST}:A{FIRST + len(texts) - 1}")
        day = document.cell("数据", f"C{FIRST}")
        saved = document.save(tmp_path / "saved.xlsx")
        frozen = document.frozen("数据")

    assert [row[0] for row in shown] == texts
    assert (day.text, frozen) == ("2026-01-01", (4, 1))
    assert by_openpyxl(saved, 2) == pytest.approx(columns[1].values)
    assert by_openpyxl(saved, 3) == by_openpyxl(path, 3)
    assert sheet(saved).auto_filter.ref == sheet(path).auto_filter.ref
