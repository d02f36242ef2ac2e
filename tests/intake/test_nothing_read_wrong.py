"""A return in every form that readers are known to read wrong: the same rows come out, or a finding says what is amiss.

Each case takes the same return apart, writes it as some program does, and goes through the whole check.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.helpers import files
from tests.helpers.returned_rows import AS_OF, PROJECT, TASKS, a_return, task
from xlsflow import api
from xlsflow.fileformat.cells import column_letters

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from xlsflow.model.returns import Return

Parts = dict[str, str]
SHEET, STRINGS, STYLES, BOOK = "xl/worksheets/sheet4.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"
MAIN, STRICT = files.MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main"
LINKS, STRICT_LINKS = files.LINKS, "http://purl.oclc.org/ooxml/officeDocument/relationships"
DAYS_TO_1904 = 1462


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a return of three tasks that nothing is wrong with."""
    folder = tmp_path_factory.mktemp("honest")
    return a_return(
        folder / "return.xlsx", "HD", task(1, remark="甲 & 乙"), task(2, share=0.5), task(3, support="Ä😀𠮷")
    )


@pytest.fixture
def read(honest: Path, tmp_path: Path) -> Callable[[Callable[[Parts], object]], Return]:
    """Return what is read of the return after its parts were changed."""

    def changed(change: Callable[[Parts], object]) -> Return:
        with zipfile.ZipFile(honest) as archive:
            parts = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
        before = dict(parts)
        change(parts)
        assert parts != before, "the case has changed nothing"
        path = tmp_path / "return.xlsx"
        path.write_bytes(files.zipped(parts))
        return api.read(path, project=PROJECT, as_of=AS_OF)

    return changed


def tasks(submission: Return) -> pd.DataFrame:
    return submission.tables[TASKS]


def said(submission: Return, *codes: str) -> list[tuple[str, str]]:
    """Return code and cell of the findings with some codes."""
    return [(finding.code, finding.location.cell) for finding in submission.findings if finding.code in codes]


def address(parts: Parts, text: str) -> str:
    """Return the address of the cell of tasks that holds a text."""
    found = re.search(rf'<c r="([A-Z]+[0-9]+)"[^>]*t="inlineStr"><is><t[^>]*>{text}</t></is></c>', parts[SHEET])
    assert found
    return found[1]


def cell(parts: Parts, at: str, inside: str, kind: str = "") -> None:
    """Write a cell anew: its type and its content."""
    said_type = f' t="{kind}"' if kind else ""
    parts[SHEET], times = re.subn(
        rf'<c r="{at}"((?: s="[0-9]+")?)[^>]*?(?:/>|>.*?</c>)', rf'<c r="{at}"\1{said_type}>{inside}</c>', parts[SHEET]
    )
    assert times == 1


def lying_dimension(parts: Parts) -> None:
    parts[SHEET] = re.sub(r'<dimension ref="[^"]*"/>', '<dimension ref="A1:B2"/>', parts[SHEET])


def no_dimension(parts: Parts) -> None:
    parts[SHEET] = re.sub(r"<dimension[^>]*>", "", parts[SHEET])


def strict(parts: Parts) -> None:
    for name, part in parts.items():
        parts[name] = part.replace(MAIN, STRICT).replace(LINKS, STRICT_LINKS)


def backslashes(parts: Parts) -> None:
    names = list(parts)
    for name in names:
        parts[name.replace("/", "\\")] = parts.pop(name)


def other_case(parts: Parts) -> None:
    for name in [STRINGS, SHEET, STYLES]:
        parts[name.replace("xl/s", "xl/S").replace("sheet", "Sheet")] = parts.pop(name)


def of_1904(parts: Parts) -> None:
    parts[BOOK] = parts[BOOK].replace("<workbookPr ", '<workbookPr date1904="1" ')
    for name in [name for name in parts if "worksheets/sheet" in name]:
        parts[name] = re.sub(r"<v>(4[56][0-9]{3})\b", lambda v: f"<v>{int(v[1]) - DAYS_TO_1904}", parts[name])


def chinese_dates(parts: Parts) -> None:
    """Have every date format be one of those that Chinese Excel has built in and writes without a text."""
    formats = dict(re.findall(r'numFmtId="([0-9]+)" formatCode="([^"]*)"', parts[STYLES]))
    dates = {number for number, code in formats.items() if "yy" in code}
    assert dates
    built_in = iter([31, 57, 27, 58, 50, 36] * 9)
    parts[STYLES] = re.sub(
        r'(<xf numFmtId=")([0-9]+)"', lambda x: f'{x[1]}{next(built_in) if x[2] in dates else x[2]}"', parts[STYLES]
    )


def shared(parts: Parts) -> None:
    """Have the texts of tasks be in the table of texts, as Excel saves them."""
    texts = re.findall(r"<si>.*?</si>", parts[STRINGS], re.DOTALL)

    def taken_out(found: re.Match[str]) -> str:
        texts.append(f"<si>{found[1]}</si>")
        return f't="s"><v>{len(texts) - 1}</v>'

    parts[SHEET] = re.sub(r't="inlineStr"><is>(.*?)</is>', taken_out, parts[SHEET], flags=re.DOTALL)
    head = re.match(r".*?<sst[^>]*>", parts[STRINGS], re.DOTALL)
    assert head
    parts[STRINGS] = f"{head[0]}{''.join(texts)}</sst>"


def inline(parts: Parts) -> None:
    texts = re.findall(r"<si>(.*?)</si>", parts.pop(STRINGS), re.DOTALL)
    for name in [name for name in parts if "worksheets/sheet" in name]:
        parts[name] = re.sub(
            r't="s"><v>([0-9]+)</v>', lambda v: f't="inlineStr"><is>{texts[int(v[1])]}</is>', parts[name]
        )
    links = "xl/_rels/workbook.xml.rels"
    parts[links] = re.sub(r"<Relationship [^>]*sharedStrings[^>]*/>", "", parts[links])


def rich(parts: Parts) -> None:
    """Have every text be of two runs, with a phonetic guide that is none of it."""

    def runs(found: re.Match[str]) -> str:
        first, rest = found[1][:1], found[1][1:]
        if first == "&":
            return found[0]
        return (
            f'<si><r><t xml:space="preserve">{first}</t></r><r><rPr><b/></rPr><t xml:space="preserve">{rest}</t></r>'
            '<rPh sb="0" eb="1"><t>pin</t></rPh><phoneticPr fontId="1"/></si>'
        )

    shared(parts)
    parts[STRINGS] = re.sub(r"<si><t[^>]*>([^<]+)</t></si>", runs, parts[STRINGS])


def prefixed(parts: Parts) -> None:
    text = parts[SHEET].replace("</", "\0").replace("<", "<x:").replace("\0", "</x:").replace("<x:?", "<?")
    parts[SHEET] = text.replace(f'xmlns="{MAIN}"', f'xmlns="{MAIN}" xmlns:x="{MAIN}"')


def nameless(parts: Parts) -> None:
    """Leave the addresses out of cells that follow the one before them; one behind a gap keeps its own."""
    parts[SHEET] = re.sub(r"<row .*?</row>", lambda row: _nameless(row[0]), parts[SHEET], flags=re.DOTALL)


def _nameless(row: str) -> str:
    following = iter(column_letters(number) for number in range(100))

    def cell_of(found: re.Match[str]) -> str:
        if found[1] == next(following):
            return "<c"
        while next(following) != found[1]:
            pass
        return found[0]

    return re.sub(r'<c r="([A-Z]+)[0-9]+"', cell_of, row)


def utf_16(parts: Parts) -> None:
    for name in (STRINGS, SHEET, BOOK):
        parts[name] = parts[name].replace("UTF-8", "UTF-16").encode("utf-16")  # type: ignore[assignment]


SAME = [
    lying_dimension, no_dimension, strict, backslashes, other_case, of_1904, chinese_dates, shared, inline, rich,
    prefixed,
    nameless, utf_16,
]  # fmt: skip


@pytest.mark.parametrize("change", SAME)
def test_the_same_rows_are_read_however_they_are_written(
    change: Callable[[Parts], object], honest: Path, read: Callable[[Callable[[Parts], object]], Return]
) -> None:
    as_sent, found = api.read(honest, project=PROJECT, as_of=AS_OF), read(change)
    assert len(tasks(as_sent)) == 3
    assert found.tables.keys() == as_sent.tables.keys()
    for name, table in as_sent.tables.items():
        assert found.tables[name].equals(table), name
    assert [(finding.code, finding.location) for finding in found.findings] == [
        (finding.code, finding.location) for finding in as_sent.findings
    ]


Read = Callable[[Callable[[Parts], object]], "Return"]


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?"])
def test_a_cell_that_shows_an_error_is_an_error_there_and_no_blank(error: str, read: Read) -> None:
    at: list[str] = []

    def change(parts: Parts) -> None:
        at.append(address(parts, "任务 2"))
        cell(parts, at[0], f"<f>1/0</f><v>{error}</v>", "e")

    found = read(change)
    assert said(found, "error_cell") == [("error_cell", at[0])]
    assert ("required_blank", at[0]) not in said(found, "required_blank")
    assert len(tasks(found)) == 3


@pytest.mark.parametrize("inside", ["<f>A1</f>", "<f>A1</f><v></v>", "<f>A1</f><v/>"])
def test_a_formula_without_its_result_is_an_error_there_and_no_blank(inside: str, read: Read) -> None:
    at: list[str] = []

    def change(parts: Parts) -> None:
        at.append(address(parts, "任务 2"))
        cell(parts, at[0], inside)

    assert said(read(change), "formula_without_value") == [("formula_without_value", at[0])]


def test_a_picture_in_a_cell_is_reported_and_is_no_text(read: Read) -> None:
    at: list[str] = []

    def change(parts: Parts) -> None:
        at.append(address(parts, "甲 &amp; 乙"))
        cell(parts, at[0], '<f>_xlfn.DISPIMG("ID_8E2F",1)</f><v>=DISPIMG("ID_8E2F",1)</v>', "str")

    found = read(change)
    assert said(found, "picture_in_cell") == [("picture_in_cell", at[0])]
    assert tasks(found)["remark"].isna().all()


def test_hidden_rows_are_read_and_reported(read: Read) -> None:
    def change(parts: Parts) -> None:
        parts[SHEET] = re.sub(r'<row r="7"', '<row r="7" hidden="1"', parts[SHEET])

    found = read(change)
    assert said(found, "hidden_rows") == [("hidden_rows", "")]
    assert tasks(found)["task_id"].tolist() == ["HD-2026-001", "HD-2026-002", "HD-2026-003"]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_read_and_reported(state: str, read: Read) -> None:
    def change(parts: Parts) -> None:
        parts[BOOK] = parts[BOOK].replace('name="执行跟踪"', f'name="执行跟踪" state="{state}"')

    found = read(change)
    assert said(found, "hidden_sheet") == [("hidden_sheet", "")]
    assert len(tasks(found)) == 3


@pytest.mark.parametrize(("last", "reported"), [(65_536, True), (1_048_576, True), (65_535, False), (65_537, False)])
def test_a_sheet_that_ends_where_its_format_does_may_have_lost_rows(last: int, reported: bool, read: Read) -> None:  # noqa: FBT001
    def change(parts: Parts) -> None:
        row = f'<row r="{last}"><c r="A{last}" t="str"><v>HD-2026-999</v></c></row></sheetData>'
        parts[SHEET] = parts[SHEET].replace("</sheetData>", row)

    found = read(change)
    assert bool(said(found, "rows_cut_off")) is reported
    assert tasks(found)["task_id"].tolist()[:3] == ["HD-2026-001", "HD-2026-002", "HD-2026-003"]


def test_a_strict_workbook_without_what_was_asked_is_never_an_empty_return(read: Read) -> None:
    """Other readers see no sheet at all in it, and no error."""

    def change(parts: Parts) -> None:
        strict(parts)
        parts[SHEET] = re.sub(r"<row .*</row>", "", parts[SHEET], flags=re.DOTALL)

    assert {code for code, _ in said(read(change), "sheet_missing", "header_missing", "sheet_unclear")}
