"""What is read from a file that xlsxwriter has drawn, held to the letter: the cutter relies on the form of its XML.

xlsxwriter promises no such form, so this runs with every version that CI installs, the lowest one included.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from xlsxwriter import Workbook

from xlsflow.workbook.outgoing.cell_xml import mark, replace_marks, texts_sheet
from xlsflow.workbook.outgoing.drawn_package import DrawnPackage, FormatNumbers, write_samples
from xlsflow.workbook.style.form_formats import FormFormats
from xlsflow.workbook.style.formats import KEEP_FORMULA, drawing

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

HEAD_BEHIND_DIMENSION = (
    '<sheetViews><sheetView tabSelected="1" workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/>'
    '</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
    '<cols><col min="1" max="1" width="10.7109375" customWidth="1"/>'
    '<col min="4" max="4" width="0" hidden="1" customWidth="1"/></cols><sheetData>'
)
ROWS = {
    0: {0: ' s="1" t="s"><v>0</v></c>', 1: ' s="1" t="s"><v>1</v></c>'},
    2: {0: ' s="2"/>', 1: ' s="3"/>', 2: ' s="3"/>'},
}
RULES = (
    '</sheetData><sheetProtection sheet="1" objects="1" scenarios="1" sort="0"/><autoFilter ref="A1:B3"/>'
    '<mergeCells count="1"><mergeCell ref="B3:C3"/></mergeCells>'
    '<conditionalFormatting sqref="A3"><cfRule type="expression" dxfId="0" priority="1">'
    '<formula>$A3="FILTER(1)"</formula></cfRule></conditionalFormatting>'
    '<dataValidations count="1"><dataValidation type="list" allowBlank="1" showInputMessage="1" showErrorMessage="1" '
    'sqref="A3"><formula1>OFFSET(lst_x,0,0,SORT(1),1)</formula1></dataValidation></dataValidations>'
    '<hyperlinks><hyperlink ref="B1" location="\'S\'!A1" display="back"/></hyperlinks>'
)
PAGE_SETUP = (
    '<printOptions horizontalCentered="1"/><pageMargins left="0.5" right="0.5" top="0.5" bottom="0.5" header="0.3" '
    'footer="0.3"/><pageSetup paperSize="9" orientation="landscape"/>'
    f"<headerFooter><oddHeader>&amp;R{mark('number')}</oddHeader></headerFooter>"
)
REST = '<ignoredErrors><ignoredError sqref="A1:A3" numberStoredAsText="1"/></ignoredErrors></worksheet>'


def drawn(texts: tuple[str, ...], *, spare_format: bool = False) -> tuple[DrawnPackage, FormatNumbers]:
    """Draw one sheet with a little of everything, and a hidden one with the samples of formats."""
    file = BytesIO()
    with drawing(file) as book:
        formats = FormFormats(book)
        if spare_format:
            formats.get(italic=True)
        sheet, hidden = book.add_worksheet("S"), book.add_worksheet("_meta")
        if spare_format:  # its numbers come first
            hidden.conditional_format(
                9, 9, 9, 9, {"type": "formula", "criteria": "=TRUE", "format": formats.rule("done")}
            )
            sheet.write_blank(0, 0, None, formats.get(italic=True))
            sheet.write_string(0, 0, "another")
        draw(sheet, formats, texts)
        hidden.protect()
        write_samples(hidden, formats)
        book.define_name("lst_x", "=_meta!$A$1:$A$2")
        book.define_name("xf_region", '="A & B"')
    package = DrawnPackage(file)
    return package, package.format_numbers(1, formats)


def draw(sheet: Worksheet, formats: FormFormats, texts: tuple[str, ...]) -> None:
    bold, first, second = formats.get(bold=True), formats.get(align="left"), formats.get(align="right")
    sheet.set_column(0, 0, 10)
    sheet.set_column(3, 3, None, None, {"hidden": True})
    sheet.write_string(0, 0, texts[0], bold)
    sheet.write_url(0, 1, "internal:'S'!A1", bold, texts[1])
    sheet.write_blank(2, 0, None, first)
    sheet.merge_range(2, 1, 2, 2, "", second)
    rule = {"type": "formula", "criteria": f'=$A3="FILTER(1)"{KEEP_FORMULA}', "format": formats.rule("overdue")}
    sheet.conditional_format(2, 0, 2, 0, rule)
    source = f"=OFFSET(lst_x,0,0,SORT(1),1){KEEP_FORMULA}"
    sheet.data_validation(2, 0, 2, 0, {"validate": "list", "source": source})
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, 2, 1)
    sheet.protect("", {"sort": True})
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.set_margins(0.5, 0.5, 0.5, 0.5)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 1)
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, 2, 1)
    sheet.set_header(f"&R{mark('number')}")
    sheet.ignore_errors({"number_stored_as_text": "A1:A3"})


def test_a_sheet_is_cut_where_regions_differ() -> None:
    package, _ = drawn(("head", "back"))

    sheet = package.sheet(0)

    before, _, behind = sheet.head.partition('<dimension ref="A1:C3"/>')
    assert before.endswith('<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>')
    assert behind == HEAD_BEHIND_DIMENSION
    assert (sheet.rows, sheet.rules, sheet.page_setup, sheet.rest) == (ROWS, RULES, PAGE_SETUP, REST)
    assert sheet.names == {
        "_xlnm._FilterDatabase": "S!$A$1:$B$3",
        "_xlnm.Print_Area": "S!$A$1:$B$3",
        "_xlnm.Print_Titles": "S!$1:$1",
    }


def test_rows_come_in_their_order_and_so_do_the_cells_of_a_row() -> None:
    file = BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.center_horizontally()
        for row, col in ((30, 1), (0, 28), (0, 2), (4, 0), (30, 0)):
            sheet.write_string(row, col, "x")

    rows = DrawnPackage(file).sheet(0).rows

    assert {row: [*cells] for row, cells in rows.items()} == {0: [2, 28], 4: [0], 30: [0, 1]}
    assert [*rows] == [0, 4, 30]


def test_the_numbers_of_formats_are_read_from_their_samples() -> None:
    package, numbers = drawn(("head", "back"))

    assert [*numbers.cells.values()] == ["1", "2", "3"]
    assert [*numbers.rules.values()] == ["0"]
    before, after = package.halves(1)
    assert before.endswith('<sheetFormatPr defaultRowHeight="15"/>')
    assert after.startswith('<sheetProtection sheet="1"')
    assert "conditionalFormatting" not in before + after


def test_a_sheet_of_another_workbook_gets_the_numbers_of_this_one() -> None:
    target, numbers = drawn(("head", "back"))
    package, own = drawn(("head", "back"), spare_format=True)
    assert package.sheet(0).rows != ROWS

    cells = {key: numbers.cells.get(key, "99") for key in own.cells}
    rules = {key: numbers.rules.get(key, "99") for key in own.rules}
    package.renumber(0, own, target, FormatNumbers(cells, rules))

    assert package.sheet(0).rows == ROWS
    assert package.sheet(0).rules == RULES


def test_a_text_that_the_other_workbook_lacks_is_written_into_its_cell() -> None:
    target, numbers = drawn(("head", "back"))
    package, own = drawn(("new & <bold>", "back"))

    package.renumber(0, own, target, numbers)

    head = ' s="1" t="inlineStr"><is><t>new &amp; &lt;bold&gt;</t></is></c>'
    assert package.sheet(0).rows[0] == {0: head, 1: ROWS[0][1]}


def test_a_format_that_the_other_workbook_lacks_is_an_error() -> None:
    target, numbers = drawn(("head", "back"))
    package, own = drawn(("head", "back"), spare_format=True)

    with pytest.raises(LookupError):
        package.renumber(0, own, target, numbers)


def test_names_get_something_else_to_refer_to_and_keep_their_order() -> None:
    package, _ = drawn(("head", "back"))

    names = [(name.name, name.sheet, name.refers_to) for name in package.names]
    changed = package.with_names(f"{name.refers_to}!" for name in package.names)

    assert names == [
        ("_xlnm._FilterDatabase", "0", "S!$A$1:$B$3"),
        ("lst_x", "", "_meta!$A$1:$A$2"),
        ("_xlnm.Print_Area", "0", "S!$A$1:$B$3"),
        ("_xlnm.Print_Titles", "0", "S!$1:$1"),
        ("xf_region", "", '"A &amp; B"'),
    ]
    assert changed.count("!</definedName>") == len(names)
    assert changed.replace("!</definedName>", "</definedName>") == package.parts["xl/workbook.xml"]


def test_no_font_has_a_theme_scheme() -> None:
    package, _ = drawn(("head", "back"))

    assert "<scheme" not in package.parts["xl/styles.xml"]
    assert package.parts["xl/styles.xml"].count('<name val="Microsoft YaHei"/>') == package.parts[
        "xl/styles.xml"
    ].count("<family ")


def test_placeholders_and_rows_are_put_in() -> None:
    assert replace_marks(f"<a>{mark('x')}-{mark('y_1')}</a>", {"x": "1", "y_1": "&amp;"}) == "<a>1-&amp;</a>"

    head, rest = '<dimension ref="A1"/>', "</worksheet>"
    assert texts_sheet(head, rest, []) == '<dimension ref="A1:A1"/><sheetData></sheetData></worksheet>'
    assert texts_sheet(head, rest, [["a", ""], ["", " b"]]) == (
        '<dimension ref="A1:B2"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
        '<row r="2"><c r="B2" t="inlineStr"><is><t xml:space="preserve"> b</t></is></c></row></sheetData></worksheet>'
    )
