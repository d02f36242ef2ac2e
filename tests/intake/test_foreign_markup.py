"""Markup of other namespaces is no data: what programs ignore is ignored, in every part, by both readers."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from functools import cache

import pytest

from tests.fuzz.rewritings import rewritten
from tests.helpers import files, soak
from tests.helpers.documents import TOP
from xlsflow.intake.grid import RawWorkbook
from xlsflow.intake.isolation.limits import Limits
from xlsflow.intake.isolation.read_file import read_bytes

REWRITTEN = 150
BEGIN, ROW = '<row r="1"><c r="A1"><v>1</v></c>', '<c r="B1" t="s"><v>0</v></c></row>'
SPACES = (
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:zz="urn:zz"'
    f' xmlns:main="{files.MAIN}"'
)
IGNORABLE = SPACES + ' mc:Ignorable="zz"'
MERGES = '<mergeCells count="1"><mergeCell ref="A3:B4"/></mergeCells>'
STRINGS = "<si><t>one</t></si><si><t>two</t></si>"
CHOICE = (
    '<mc:AlternateContent><mc:Choice Requires="{}">{}</mc:Choice><mc:Fallback>{}</mc:Fallback></mc:AlternateContent>'
)


def read(data: bytes) -> RawWorkbook:
    return read_bytes("f.xlsx", data, Limits())


def book(sheet: str, strings: str = STRINGS, workbook: str = "", *, more: str = IGNORABLE) -> bytes:
    """Return a workbook of one sheet; its parts declare the prefixes `mc` and `zz`, and that `zz` is ignorable."""
    parts = files.parts({"S": sheet}, strings=strings, styles="<cellXfs><xf/></cellXfs>", workbook=workbook)
    declared = {
        name: re.sub(rf'(xmlns="{files.MAIN}")', rf"\1{more}", content, count=1)
        for name, content in parts.items()
        if isinstance(content, str)
    }
    return files.zipped(declared)


def cells(data: bytes) -> object:
    grid = read(data).grids[0]
    return [grid.at(0, 0), grid.at(0, 1)], len(grid.rows), grid.merges, grid.hidden_rows


AS_SHOWN = ([1.0, "one"], 1, ((2, 0, 3, 1),), frozenset[int]())

# Rows of the sheet, then what comes before and after the cells.
SHEETS = {
    "a row": (BEGIN + ROW + '<zz:row r="1"><zz:c r="B1"><zz:v>9</zz:v></zz:c></zz:row>', "", ""),
    "a row of cells of ours": (BEGIN + ROW + '<zz:row r="1"><c r="B1"><v>9</v></c></zz:row>', "", ""),
    "a cell": (BEGIN + '<zz:c r="B1"><zz:v>9</zz:v></zz:c>' + ROW, "", ""),
    "a hidden row": ('<zz:row r="1" hidden="1"/>' + BEGIN + ROW, "", ""),
    "a value": (BEGIN.replace("</v>", "</v><zz:v>9</zz:v>") + ROW, "", ""),
    "a value inside a value": (BEGIN.replace("</v>", "<zz:v>9</zz:v></v>") + ROW, "", ""),
    "a formula": (BEGIN.replace("<v>", "<zz:f>1+1</zz:f><v>") + ROW, "", ""),
    "an inline text": (BEGIN.replace("</v>", "</v><zz:is><zz:t>9</zz:t></zz:is>") + ROW, "", ""),
    "a second sheetData": (BEGIN + ROW, "", '<zz:sheetData><zz:row r="1"><zz:c r="B1"/></zz:row></zz:sheetData>'),
    "a sheetData before ours": (BEGIN + ROW, '<zz:x><sheetData><row r="9"><c r="A9"/></row></sheetData></zz:x>', ""),
    "merged ranges": (BEGIN + ROW, "", '<zz:mergeCells><zz:mergeCell ref="A1:B1"/></zz:mergeCells>'),
    "merged ranges in a wrapper": (BEGIN + ROW, "", '<zz:x><mergeCells><mergeCell ref="A1:B1"/></mergeCells></zz:x>'),
    "a default namespace on a row": (BEGIN + ROW + '<row xmlns="urn:zz" r="1"><c r="B1"><v>9</v></c></row>', "", ""),
    "a default namespace on a cell": (BEGIN + '<c xmlns="urn:zz" r="B1"><v>9</v></c>' + ROW, "", ""),
    "a default namespace on a value": (BEGIN.replace("</v>", '</v><v xmlns="urn:zz">9</v>') + ROW, "", ""),
    "a default namespace on merges": (BEGIN + ROW, "", '<mergeCells xmlns="urn:zz"><mergeCell ref="A1"/></mergeCells>'),
    "attributes of a row": (BEGIN.replace('"1"', '"1" zz:hidden="1"', 1) + ROW, "", ""),
    "attributes of a cell": (BEGIN.replace('r="A1"', 'zz:r="C9" r="A1" zz:t="s"') + ROW, "", ""),
    "an extension": (BEGIN + ROW, "", '<extLst><ext uri="x"><zz:sheetData><row r="1"/></zz:sheetData></ext></extLst>'),
    "the alternative of others": (BEGIN + CHOICE.format("zz", '<c r="B1"><v>9</v></c>', "") + ROW, "", ""),
    "the fallback for us": (BEGIN.replace("<v>1</v>", CHOICE.format("zz", "<v>9</v>", "<v>1</v>")) + ROW, "", ""),
    "an alternative we understand": (CHOICE.format("main", BEGIN + ROW, "<row/>"), "", ""),
    "alternatives in alternatives": (CHOICE.format("zz", "<row/>", CHOICE.format("zz", "<row/>", BEGIN + ROW)), "", ""),
    "no alternative for us": (BEGIN + ROW + CHOICE.format("zz", "<row/>", "<zz:row/>"), "", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", SHEETS)
@pytest.mark.parametrize("usual", [True, False], ids=["fast", "exact"])
@pytest.mark.parametrize("more", [IGNORABLE, SPACES], ids=["ignorable", "not declared ignorable"])
def test_foreign_markup_of_a_sheet_is_no_data(case: str, more: str, *, usual: bool) -> None:
    rows, before, after = SHEETS[case]
    # A comment has the whole sheet read with the XML parser.
    comment = "" if usual else "<!-- x -->"

    assert cells(book(files.sheet(rows, before=comment + before, after=after + MERGES), more=more)) == AS_SHOWN


STRINGS_AS_SHOWN = {
    "a string": "<zz:si><zz:t>x</zz:t></zz:si><si><t>one</t></si><si><t>two</t></si>",
    "a wrapped string": "<zz:x><si><t>x</t></si></zz:x><si><t>one</t></si><si><t>two</t></si>",
    "a string in a string": "<si><zz:si><zz:t>x</zz:t></zz:si><t>one</t></si><si><t>two</t></si>",
    "a text": "<si><zz:t>x</zz:t><t>one</t></si><si><t>two</t></si>",
    "a text in a text": "<si><t>on<zz:t>x</zz:t>e</t></si><si><t>two</t></si>",
    "a run": "<si><r><t>on</t></r><zz:r><t>x</t></zz:r><r><t>e</t></r></si><si><t>two</t></si>",
    "a default namespace": '<si><t xmlns="urn:zz">x</t><t>one</t></si><si><t>two</t></si>',
    "a default namespace on a string": '<si xmlns="urn:zz"><t>x</t></si><si><t>one</t></si><si><t>two</t></si>',
    "an alternative": f'{CHOICE.format("zz", "<si/><si/>", "<si><t>one</t></si>")}<si><t>two</t></si>',
    "an alternative of a text": f'<si>{CHOICE.format("zz", "<t>x</t>", "<t>one</t>")}</si><si><t>two</t></si>',
    "an extension": '<si><t>one</t></si><si><t>two</t></si><extLst><ext uri="x"><zz:si/></ext></extLst>',
}  # fmt: skip


@pytest.mark.parametrize("case", STRINGS_AS_SHOWN)
def test_foreign_markup_of_the_strings_is_no_text(case: str) -> None:
    sheet = files.sheet('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>')

    assert read(book(sheet, STRINGS_AS_SHOWN[case])).grids[0].rows == [["one", "two"]]


NAMES = "<definedNames>{}</definedNames>"
OURS = '<definedName name="xf_pack">"coordination"</definedName>'
WORKBOOKS = {
    "a name": NAMES.format(OURS + '<zz:definedName name="xf_pack">"x"</zz:definedName>'),
    "a name of another default": NAMES.format(OURS + '<definedName xmlns="urn:zz" name="xf_pack">"x"</definedName>'),
    "names": NAMES.format(OURS) + '<zz:definedNames><definedName name="xf_pack">"x"</definedName></zz:definedNames>',
    "an attribute": NAMES.format(OURS.replace("name=", 'zz:name="xf_region" name=')),
    "an attribute behind": NAMES.format(OURS.replace('pack">', 'pack" zz:name="x" zz:localSheetId="0">')),
    "a sheet": NAMES.format(OURS) + '<zz:sheets><zz:sheet name="X" sheetId="9" r:id="r1"/></zz:sheets>',
    "a sheet of ours in a wrapper": NAMES.format(OURS) + '<zz:x><sheet name="X" sheetId="9" r:id="r1"/></zz:x>',
    "a setting": '<zz:workbookPr date1904="1"/>' + NAMES.format(OURS),
    "an alternative": CHOICE.format("zz", NAMES.format(""), NAMES.format(OURS)),
    "an alternative of a setting": CHOICE.format("zz", '<workbookPr date1904="1"/>', "") + NAMES.format(OURS),
    "an alternative of Excel's": CHOICE.format("x15", "<zz:absPath/>", "") + NAMES.format(OURS),
}


@pytest.mark.parametrize("case", WORKBOOKS)
def test_foreign_markup_of_the_workbook_is_no_name_and_no_sheet(case: str) -> None:
    date = '<row r="1"><c r="A1" t="d"><v>2026-03-01</v></c></row>'
    plain = read(book(files.sheet(date), workbook="|" + NAMES.format(OURS)))
    opened = read(book(files.sheet(date), workbook="|" + WORKBOOKS[case]))

    assert opened.names == {"xf_pack": '"coordination"'}
    assert opened.grids == plain.grids


def test_an_ignorable_element_whose_content_is_to_be_processed_is_left_out_and_its_content_read() -> None:
    """`mc:ProcessContent`: what Excel does; LibreOffice drops the content too."""
    sheet = files.sheet(f"<zz:open>{BEGIN}{ROW}</zz:open>", after=MERGES)

    assert cells(book(sheet, more=IGNORABLE + ' mc:ProcessContent="zz:open"')) == AS_SHOWN
    assert cells(book(sheet, more=IGNORABLE + ' mc:ProcessContent="zz:*"')) == AS_SHOWN


@cache
def returned() -> tuple[tuple[bytes, RawWorkbook], ...]:
    """Return whole returns, as regions sent them, and what is read of them."""
    paths = sorted((TOP / "samples/round/inbox").glob("DJXP*.xlsx"))
    return tuple((data, read(data)) for data in (path.read_bytes() for path in paths))


@soak.campaign("harmless rewritings", REWRITTEN * soak.FACTOR)
def test_a_return_that_is_harmlessly_rewritten_is_read_like_the_original() -> None:
    for number in soak.numbers(REWRITTEN):
        chance = random.Random(number)  # noqa: S311 - the same files every time
        data, want = chance.choice(returned())
        opened = read(rewritten(data, chance))

        assert replace(opened, sha256="", size=0) == replace(want, sha256="", size=0), f"rewriting {number}"
