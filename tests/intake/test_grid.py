"""Every cell of a returned sheet arrives at its address as what it is, in whichever form its file was written."""

from __future__ import annotations

import io
import struct
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
import python_calamine
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers import files
from xlsflow.fileformat.cells import CellError, Scalar, Uncalculated, a1
from xlsflow.intake.grid import Grid, RawWorkbook
from xlsflow.intake.isolation.limits import Limits
from xlsflow.intake.isolation.read_file import read_bytes
from xlsflow.intake.xlsx.cell_values import from_serial, number_display

if TYPE_CHECKING:
    from collections.abc import Callable

    Opener = Callable[[bytes], RawWorkbook]

FORMS = pytest.mark.parametrize("form", [files.sheet, files.odd_sheet], ids=["plain", "prefixed"])


@pytest.fixture
def opened() -> Opener:
    """Return the book that some bytes make."""

    def read(data: bytes) -> RawWorkbook:
        return read_bytes("return.xlsx", data, Limits())

    return read


def filled(grid: Grid) -> dict[str, Scalar]:
    """Return the cells of a grid that are not blank, by address."""
    return {
        a1(grid.top + r, grid.left + c): value
        for r, row in enumerate(grid.rows)
        for c, value in enumerate(row)
        if value is not None
    }


def row(*cells: str) -> str:
    """Return a first row of cells, each given from its attributes on: ` t="b"><v>1</v>`."""
    return '<row r="1">' + "".join(f'<c r="{a1(0, n)}"{cell}</c>' for n, cell in enumerate(cells)) + "</row>"


VALUES: dict[str, tuple[str, Scalar]] = {
    "whole": ("><v>7</v>", 7.0),
    "number type": (' t="n"><v>-1.5E+3</v>', -1500.0),
    "zero": ("><v>0</v>", 0.0),
    "blanks around a number": ("><v> 12 </v>", 12.0),
    "no number": ("><v>1_000</v>", "1_000"),
    "beyond any number": ("><v>1e999</v>", "1e999"),
    "many digits": ("><v>" + "9" * 400 + "</v>", "9" * 400),
    "shared text": (' t="s"><v>0</v>', " 甲 & <乙> "),
    "shared text in runs": (' t="s"><v>1</v>', "红色"),
    "empty shared text": (' t="s"><v>2</v>', None),
    "text worked out": (' t="str"><f>"a"&amp;"b"</f><v>ab</v>', "ab"),
    "empty text worked out": (' t="str"><f>""</f><v></v>', None),
    "empty text, short": (' t="str"><f>""</f><v/>', None),
    "inline": (' t="inlineStr"><is><t xml:space="preserve"> x </t></is>', " x "),
    "inline in runs": (
        ' t="inlineStr"><is><r><t>x</t></r><rPh sb="0" eb="1"><t>no</t></rPh><r><t>y</t></r></is>',
        "xy",
    ),
    "true": (' t="b"><v>1</v>', True),
    "false": (' t="b"><v>0</v>', False),
    "error": (' t="e"><v>#REF!</v>', CellError("#REF!")),
    "error worked out": (' t="e"><f>1/0</f><v>#DIV/0!</v>', CellError("#DIV/0!")),
    "text that looks like an error": (' t="str"><v>#REF!</v>', "#REF!"),
    "formula": ("><f>1+1</f><v>2</v>", 2.0),
    "formula that compares": ("><f>A1&gt;B1</f><v>2</v>", 2.0),
    "shared formula": ('><f t="shared" si="0"/><v>3</v>', 3.0),
    "formula without a result": ("><f>1+1</f>", Uncalculated()),
    "formula with an empty result": ("><f>1+1</f><v></v>", Uncalculated()),
    "formula with an empty result, short": ("><f>1+1</f><v/>", Uncalculated()),
    "shared formula without a result": ('><f t="shared" si="0"/>', Uncalculated()),
    "text formula without a result": (' t="str"><f>"a"</f>', Uncalculated()),
    "formatted blank": (' s="1">', None),
    "date": (' s="1"><v>46082</v>', date(2026, 3, 1)),
    "date and time": (' s="1"><v>46082.75</v>', datetime(2026, 3, 1, 18)),  # noqa: DTZ001 - a sheet has no time zone
    "time": (' s="2"><v>0.5</v>', time(12)),
    "length of time": (' s="3"><v>1.5</v>', timedelta(hours=36)),
    "Chinese built-in date": (' s="4"><v>46082</v>', date(2026, 3, 1)),
    "below zero is no date": (' s="1"><v>-1</v>', -1.0),
    "past the year 9999 is no date": (' s="1"><v>2958466</v>', 2958466.0),
    "far past": (' s="3"><v>1e300</v>', 1e300),
    "format that is not there": (' s="99"><v>5</v>', 5.0),
    "ISO date": (' t="d"><v>2026-03-01</v>', date(2026, 3, 1)),
    "ISO moment": (' t="d"><v>2026-03-01T06:30:00Z</v>', datetime(2026, 3, 1, 6, 30)),  # noqa: DTZ001
    "ISO midnight": (' t="d"><v>2026-03-01T00:00:00</v>', date(2026, 3, 1)),
    "no ISO date": (' t="d"><v>soon</v>', "soon"),
    "entities": (' t="str"><v>&lt;&amp;&#65;&#x4E2D;&quot;&apos;&gt;</v>', "<&A中\"'>"),
    "line ends": (' t="str"><v>a\r\nb\rc&#13;d</v>', "a\nb\nc\rd"),
    "escapes": (' t="str"><v>a_x000D_b_x005F_x000D_</v>', "a\rb_x000D_"),
    "half a character": (' t="str"><v>_xD83D__xDE00_ _xD83D_</v>', "😀 \ufffd"),
    "beyond the first plane": (' t="str"><v>𠮷😀</v>', "𠮷😀"),
    "extra attributes": (' s="1" t="s" cm="1" vm="2"><v>0</v>', " 甲 & <乙> "),
    "value with an attribute": ('><v xml:space="preserve">4</v>', 4.0),
}
STRINGS = (
    "<si><t> 甲 &amp; &lt;乙> </t></si>"
    '<si><r><t>红</t></r><r><rPr><b/></rPr><t>色</t></r><rPh sb="0" eb="1"><t>hong</t></rPh></si><si><t/></si>'
)
STYLES = (
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/>'
    '<numFmt numFmtId="165" formatCode="[h]:mm"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="20"/><xf numFmtId="165"/>'
    '<xf numFmtId="31"/></cellXfs>'
)


@FORMS
@pytest.mark.parametrize("what", VALUES)
def test_a_cell_is_read_as_what_it_is(what: str, form: Callable[[str], str], opened: Opener) -> None:
    written, value = VALUES[what]
    data = files.zipped(files.parts({"S": form(row(written))}, strings=STRINGS, styles=STYLES))
    (grid,) = opened(data).grids
    assert filled(grid) == ({} if value is None else {"A1": value})
    assert type(grid.at(0, 0)) is type(value)


def test_every_kind_of_cell_side_by_side_reads_alike_in_both_forms(opened: Opener) -> None:
    written = row(*(cell for cell, _ in VALUES.values()))
    plain, prefixed = (
        opened(files.zipped(files.parts({"S": form(written)}, strings=STRINGS, styles=STYLES))).grids
        for form in (files.sheet, files.odd_sheet)
    )
    assert plain == prefixed
    assert filled(plain[0]) == {a1(0, n): value for n, (_, value) in enumerate(VALUES.values()) if value is not None}


CELLS = st.dictionaries(st.tuples(st.integers(0, 40), st.integers(0, 40)), st.sampled_from(list(VALUES)), max_size=25)


@given(CELLS, st.booleans())
def test_wherever_cells_are_both_ways_of_reading_agree(cells: dict[tuple[int, int], str], by_order: bool) -> None:  # noqa: FBT001
    rows: dict[int, str] = {}
    for (at, col), what in sorted(cells.items()) if by_order else cells.items():
        rows[at] = rows.get(at, "") + f'<c r="{a1(at, col)}"{VALUES[what][0]}</c>'
    written = "".join(f'<row r="{at + 1}">{inside}</row>' for at, inside in rows.items())
    found = []
    for form in (files.sheet, files.odd_sheet):
        data = files.zipped(files.parts({"S": form(written)}, strings=STRINGS, styles=STYLES))
        found.append(read_bytes("return.xlsx", data, Limits()).grids[0])
    assert found[0] == found[1]
    wanted = {a1(*at): VALUES[what][1] for at, what in cells.items() if VALUES[what][1] is not None}
    assert filled(found[0]) == wanted
    assert all(found[0].at(*at) == VALUES[what][1] for at, what in cells.items())


@pytest.mark.parametrize(
    ("number_format", "display"),
    [
        ("General", "number"),
        ("0.00E+00", "number"),
        ("#,##0_d;[Red]-0", "number"),
        ('"d"0', "number"),
        ("0\\d", "number"),
        ("0;d", "number"),
        ("[Magenta]0", "number"),
        ("[$-804]@", "number"),
        ("G/通用格式", "number"),
        ("yyyy-mm-dd", "date"),
        ("[$-409]m/d/yyyy;@", "date"),
        ('yyyy"年"m"月"', "date"),
        ("[Red]hh:mm AM/PM", "date"),
        ("mm:ss", "date"),
        ("[h]:mm", "duration"),
        ("[ss].00", "duration"),
        ("[MM]", "duration"),
    ],
)
def test_a_number_format_shows_a_number_a_moment_or_a_length_of_time(number_format: str, display: str) -> None:
    assert number_display(number_format) == display


def test_dates_count_from_1900_with_the_day_that_never_was_or_from_1904() -> None:
    assert from_serial(1) == date(1900, 1, 1)
    assert from_serial(59) == date(1900, 2, 28)
    assert from_serial(61) == date(1900, 3, 1)
    assert from_serial(0) == time(0)
    assert from_serial(0, from_1904=True) == date(1904, 1, 1)
    assert from_serial(46082.999999999) == date(
        2026, 3, 2
    )  # the last nanosecond of a day is the next day, in Excel too


def test_a_workbook_of_the_old_mac_counts_from_1904(opened: Opener) -> None:
    package = files.parts(
        {"S": files.sheet(row(' s="1"><v>44620</v>'))}, styles=STYLES, workbook='<workbookPr date1904="1"/>|'
    )
    assert filled(opened(files.zipped(package)).grids[0]) == {"A1": date(2026, 3, 1)}


def test_what_a_number_stood_for_in_one_workbook_says_nothing_of_the_next(opened: Opener) -> None:
    sheets = {"S": files.sheet(row(' s="1"><v>44620</v>', " ><v>44620</v>"))}
    first = files.zipped(files.parts(sheets, styles=STYLES, workbook='<workbookPr date1904="1"/>|'))
    then = files.zipped(files.parts(sheets, styles=STYLES))
    unformatted = files.zipped(files.parts(sheets))

    assert filled(opened(first).grids[0]) == {"A1": date(2026, 3, 1), "B1": 44620.0}
    assert filled(opened(then).grids[0]) == {"A1": date(2022, 2, 28), "B1": 44620.0}
    assert filled(opened(unformatted).grids[0]) == {"A1": 44620.0, "B1": 44620.0}


@FORMS
def test_a_stray_cell_at_the_far_end_costs_nothing(form: Callable[[str], str], opened: Opener) -> None:
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    (grid,) = opened(files.zipped(files.parts({"S": form(cells)}))).grids
    assert (grid.at(0, 0), grid.at(1_048_575, 16_383), grid.at(5, 5), grid.at(1_048_576, 0)) == (1.0, 2.0, None, None)
    assert sum(map(len, grid.rows)) == 1 + 16_384


@FORMS
def test_rows_form_the_smallest_rectangle_and_are_counted_from_the_first_filled_cell(
    form: Callable[[str], str], opened: Opener
) -> None:
    cells = (
        '<row r="2"><c r="A2" s="1"/></row><row r="4"><c r="C4"><v>1</v></c></row>'
        '<row r="6"><c r="B6"><v>2</v></c><c r="E6" s="1"/></row><row r="9"><c r="Z9"/></row>'
    )
    (grid,) = opened(files.zipped(files.parts({"S": form(cells)}, styles=STYLES))).grids
    assert (grid.top, grid.left, grid.rows) == (3, 1, [[None, 1.0], [None, None], [2.0, None]])
    assert grid.at(3, 2) == 1.0
    assert grid.at(2, 2) is grid.at(3, 0) is grid.at(-1, -1) is None


@FORMS
def test_rows_and_cells_out_of_order_twice_or_without_address_find_their_place(
    form: Callable[[str], str], opened: Opener
) -> None:
    cells = (
        '<row r="3"><c r="B3"><v>5</v></c><c r="A3"><v>4</v></c><c r="B3"><v>6</v></c></row>'
        '<row r="1"><c r="A1"><v>1</v></c></row>'
    )
    assert filled(opened(files.zipped(files.parts({"S": form(cells)}))).grids[0]) == {"A1": 1.0, "A3": 4.0, "B3": 6.0}
    nameless = "<row><c><v>1</v></c><c/><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>"
    assert filled(opened(files.zipped(files.parts({"S": form(nameless)}))).grids[0]) == {
        "A1": 1.0,
        "C1": 2.0,
        "A3": 3.0,
    }


@FORMS
def test_merges_and_hidden_rows_come_with_the_cells(form: Callable[..., str], opened: Opener) -> None:
    rows = '<row r="1" hidden="1"/><row r="2" hidden="0"/>'
    cells = rows + '<row r="7" spans="1:2" hidden="true"><c r="A7"><v>1</v></c></row>'
    merged = '<mergeCells count="2"><mergeCell ref="A1:C2"/><mergeCell ref="AA10:AB11"/></mergeCells>'
    columns = '<cols><col min="1" max="2" hidden="1"/></cols>'
    (grid,) = opened(files.zipped(files.parts({"S": form(cells, before=columns, after=merged)}))).grids
    assert grid.merges == ((0, 0, 1, 2), (9, 26, 10, 27))
    assert grid.hidden_rows == {0, 6}


SAME = {
    "line breaks between tags": '<row r="1">\n  <c r="A1"><v>1</v></c>\n</row>\n',
    "line breaks inside tags": '<row\nr="1"><c\n r="A1"\n><v>1</v></c></row>',
    "single quotes": "<row r='1'><c r='A1'><v>1</v></c></row>",
    "comment": '<row r="1"><!-- <c r="B1"><v>2</v></c> --><c r="A1"><v>1</v></c></row>',
    "CDATA": '<row r="1"><c r="A1"><v><![CDATA[1]]></v></c></row>',
    "instruction": '<row r="1"><?keep <c r="B1"><v>2</v></c>?><c r="A1"><v>1</v></c></row>',
    "other order of attributes": '<row hidden="0" r="1"><c s="0" r="A1"><v>1</v></c></row>',
    "spaces in tags": '<row r="1" ><c r="A1" ><v >1</v ></c ></row >',
    "character reference in an attribute": '<row r="1"><c r="A1" t="&#110;"><v>1</v></c></row>',
    "extension inside a cell": '<row r="1"><c r="A1"><v>1</v><extLst><ext><v>9</v></ext></extLst></c></row>',
    "another namespace": '<row r="1"><c r="A1"><v>1</v></c><y:c xmlns:y="urn:y" r="A1"/></row>',
    "prefix on one cell": f'<row r="1"><z:c xmlns:z="{files.MAIN}" r="A1"><z:v>1</z:v></z:c></row>',
}


@pytest.mark.parametrize("how", SAME)
def test_the_same_cell_reads_the_same_however_its_xml_is_written(how: str, opened: Opener) -> None:
    assert filled(opened(files.workbook(SAME[how])).grids[0]) == {"A1": 1.0}


def test_a_comment_around_the_cells_is_no_cell_and_no_merge(opened: Opener) -> None:
    cells = '<row r="1"><c r="A1"><v>1</v></c></row>'
    fake = '<!--<sheetData><row r="1"><c r="A1"><v>2</v></c></row></sheetData><mergeCell ref="A1:B1"/>-->'
    for form in (files.sheet(cells, before=fake), files.sheet(cells, after=fake)):
        (grid,) = opened(files.zipped(files.parts({"S": form}))).grids
        assert (filled(grid), grid.merges) == ({"A1": 1.0}, ())


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "iso-8859-1"])
def test_text_is_read_in_the_encoding_of_its_part(coding: str, opened: Opener) -> None:
    word = "Ä" if coding == "iso-8859-1" else "华东区"
    package = files.parts({"S": files.sheet(row(' t="s"><v>0</v>'))}, strings=f"<si><t>{word}</t></si>")
    part = "xl/sharedStrings.xml"
    package[part] = str(package[part]).replace("UTF-8", coding.removesuffix("-sig")).encode(coding)
    assert filled(opened(files.zipped(package)).grids[0]) == {"A1": word}


def test_parts_named_with_backslashes_or_in_another_case_are_found(opened: Opener) -> None:
    package = files.parts({"S": files.sheet(row(' t="s"><v>0</v>'))}, strings="<si><t>x</t></si>")
    for rename in (lambda name: name.replace("/", "\\"), str.upper, lambda name: "/" + name):
        data = files.zipped({rename(name): content for name, content in package.items()})
        assert filled(opened(data).grids[0]) == {"A1": "x"}


def test_sheets_come_in_the_order_of_the_tabs_with_their_visibility(opened: Opener) -> None:
    names = ("进度跟踪", "_lists", "R&amp;D")
    package = files.parts(dict.fromkeys(names, files.sheet("")), states={"_lists": "veryHidden", "R&amp;D": "hidden"})
    found = [(grid.name, grid.visibility) for grid in opened(files.zipped(package)).grids]
    assert found == [("进度跟踪", "visible"), ("_lists", "very_hidden"), ("R&D", "hidden")]


def test_a_sheet_that_nothing_leads_to_is_left_out_like_chart_and_macro_sheets(opened: Opener) -> None:
    package = files.parts({"S": files.sheet(row("><v>1</v>")), "Chart": "<chartsheet/>", "Module": ""})
    links = (("worksheet", "worksheets/sheet1.xml"), ("chartsheet", "worksheets/sheet2.xml"))
    package["xl/_rels/workbook.xml.rels"] = files.relations(*links)
    assert [grid.name for grid in opened(files.zipped(package)).grids] == ["S"]


def written_book() -> bytes:
    """Return a workbook as xlsxwriter writes it, with stamps, dates, formats and every type of cell."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2026, 3, 1, 8, 30, tzinfo=UTC)})
        book.set_custom_property("pack", "coordination")
        book.set_custom_property("round", "2026-W47")
        book.set_custom_property("region", "华东 & 华南")
        day, span = book.add_format({"num_format": "yyyy/m/d"}), book.add_format({"num_format": "[h]:mm"})
        for name in ("甲", "乙"):
            page = book.add_worksheet(name)
            page.merge_range("B2:D2", name)
            for at in range(3, 200):
                page.write(at, 0, f"任务 {at % 7}")
                page.write(at, 1, at / 8)
                page.write_datetime(at, 2, datetime(2026, 1, 1) + timedelta(days=at, hours=at % 3), day)  # noqa: DTZ001
                page.write_datetime(at, 3, timedelta(minutes=90 * at), span)
                page.write(at, 28, at % 2 == 0)
                page.write_blank(at, 30, None, day)
        book.define_name("status", "=甲!$A$4:$A$9")
        book.define_name("乙!local", "=乙!$A$4")
    return stream.getvalue()


def test_stamps_and_names_of_a_workbook_are_read(opened: Opener) -> None:
    book = opened(written_book())
    assert book.properties == {"pack": "coordination", "round": "2026-W47", "region": "华东 & 华南"}
    assert book.names == {"status": "甲!$A$4:$A$9"}
    assert book.writer == "Microsoft Excel 12.0000"
    assert book.saved == datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    assert (book.file, book.format, book.size) == ("return.xlsx", "xlsx", len(written_book()))


def test_a_workbook_without_stamps_still_opens(opened: Opener) -> None:
    book = opened(files.workbook())
    assert (book.writer, book.saved, book.properties, book.names) == ("", None, {}, {})


def test_macros_are_seen_by_the_format_and_never_read(opened: Opener) -> None:
    package = files.parts({"S": files.sheet("")}) | {"xl/vbaProject.bin": b"\0"}
    assert opened(files.zipped(package)).format == "xlsm"


def test_values_are_those_of_an_independent_reader(opened: Opener) -> None:
    data = written_book()
    theirs = python_calamine.load_workbook(io.BytesIO(data))
    for grid in opened(data).grids:
        rows = theirs.get_sheet_by_name(grid.name).to_python(skip_empty_area=False)
        wanted = {a1(r, c): value for r, line in enumerate(rows) for c, value in enumerate(line) if value != ""}
        found = filled(grid)
        assert found == wanted
        assert {at: type(value) for at, value in found.items()} == {at: type(value) for at, value in wanted.items()}


def test_an_old_xls_is_read_with_its_errors_and_hidden_rows(opened: Opener) -> None:
    cells = (
        files.record(0x208, struct.pack("<HHHHHHI", 2, 0, 9, 300, 0, 0, 0x20))
        + files.record(0x203, struct.pack("<HHHd", 2, 1, 0, 4.5))
        + files.record(0x205, struct.pack("<HHHBB", 3, 1, 0, 0x2A, 1))
        + files.record(0x205, struct.pack("<HHHBB", 3, 2, 0, 1, 0))
        + files.record(0x06, struct.pack("<HHH8sHIH", 4, 2, 0, b"\2\0\x17\0\0\0\xff\xff", 0, 0, 0))
    )
    book = opened(files.xls(cells))
    assert book.format == "xls"
    (grid,) = book.grids
    assert filled(grid) == {"B3": 4.5, "B4": CellError("#N/A"), "C4": True, "C5": CellError("#REF!")}
    assert grid.hidden_rows == {2}


def test_an_ods_is_read_with_its_errors_and_hidden_rows_where_equal_rows_are_written_once(opened: Opener) -> None:
    number = '<table:table-cell office:value-type="float" office:value="3"/>'
    error = '<table:table-cell office:value-type="string" office:string-value="" calcext:value-type="error">'
    rows = (
        f'<table:table-row table:number-rows-repeated="2">{number}</table:table-row>'
        '<table:table-row table:visibility="filter"><table:table-cell table:number-columns-repeated="2"/>'
        f"{error}<text:p>#N/A</text:p></table:table-cell>{number}</table:table-row>"
    )
    book = opened(files.ods(rows))
    assert book.format == "ods"
    assert filled(book.grids[0]) == {"A1": 3.0, "A2": 3.0, "C3": CellError("#N/A"), "D3": 3.0}
    assert book.grids[0].hidden_rows == {2}
