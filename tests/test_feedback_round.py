"""The sample round marked, corrected in LibreOffice, and checked again: what a region really does with its copy."""

from __future__ import annotations

import shutil
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from openpyxl.comments import Comment

import xlsflow
from tests.written import TOP
from xlsflow.errors import OutputError
from xlsflow.feedback import bears_marks
from xlsflow.flow import verbs
from xlsflow.markings import COLUMN, KEPT, LIST, NOTE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.office import Office
    from xlsflow.findings import Finding

ROUND = TOP / "samples" / "round"
PROJECT = ROUND / "project.xlsx"
AS_OF = datetime(2026, 11, 20, 18)  # noqa: DTZ001 - project time
WRONG = "DJXP-2026-W47-HN_华南.xlsx"
OVERSEAS = "DJXP-2026-W47-HW_Overseas.xlsx"
TASKS, RACI, ISSUES, RISKS = "执行跟踪", "责任矩阵", "问题跟踪", "风险跟踪"


@pytest.fixture(scope="module")
def sent_back(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of what goes back for the sample round."""
    folder = tmp_path_factory.mktemp("feedback")
    verbs.check([ROUND / "inbox"], project=PROJECT, as_of=AS_OF, feedback=folder)
    return folder


def said(path: Path) -> list[tuple[str, str, str]]:
    """Return sheet, cell and code of what is said of a file."""
    findings = verbs.check([path], project=PROJECT, as_of=AS_OF).findings
    return [(one.place.sheet, one.place.cell, one.code) for one in findings]


def test_every_return_with_findings_comes_with_a_copy_and_a_text(sent_back: Path) -> None:
    assert WRONG in {path.name for path in sent_back.iterdir()}
    assert all((sent_back / f"{path.name}.txt").exists() for path in sent_back.glob("*.xlsx"))


def test_what_came_back_is_not_changed(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    shutil.copytree(ROUND / "inbox", inbox)
    before = {path.name: path.read_bytes() for path in inbox.iterdir()}

    verbs.check([inbox], project=PROJECT, as_of=AS_OF, feedback=tmp_path / "back")

    assert {path.name: path.read_bytes() for path in inbox.iterdir()} == before


def test_copies_never_go_among_the_returns(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    shutil.copy(ROUND / "inbox" / WRONG, inbox)

    for folder in (inbox, inbox / "back"):
        with pytest.raises(OutputError) as stopped:
            verbs.check([inbox], project=PROJECT, as_of=AS_OF, feedback=folder)
        assert stopped.value.code == "feedback_among_returns"
    assert [path.name for path in inbox.iterdir()] == [WRONG]


def test_merge_writes_the_same_copies(sent_back: Path, tmp_path: Path) -> None:
    view = verbs.View(as_of=AS_OF)
    verbs.merge_to([ROUND / "inbox"], tmp_path / "book.xlsx", project=PROJECT, view=view, feedback=tmp_path / "back")

    assert (tmp_path / "back" / WRONG).read_bytes() == (sent_back / WRONG).read_bytes()


def test_a_marked_copy_says_of_itself_what_the_return_said(sent_back: Path) -> None:
    assert said(sent_back / WRONG) == said(ROUND / "inbox" / WRONG)


def test_the_text_greets_counts_lists_and_names_the_deadline(sent_back: Path) -> None:
    text = (sent_back / f"{WRONG}.txt").read_text("utf-8")

    assert text.startswith("黄嘉豪：您好！\n")
    assert "9 处必须修改" in text
    assert f"▲ {TASKS} D7  " in text
    assert "2026-11-20 18:00 前发回" in text


def test_a_region_is_written_to_in_its_own_language(tmp_path: Path, office: Office) -> None:
    spoilt = tmp_path / OVERSEAS
    with office.open(ROUND / "inbox" / OVERSEAS) as document:
        sheets = list(document.sheets())
        document.fill(sheets[3], {"D7": "Overseas region"})
        document.save(spoilt)

    verbs.check([spoilt], project=PROJECT, as_of=AS_OF, feedback=tmp_path / "back")

    assert openpyxl.load_workbook(tmp_path / "back" / OVERSEAS).sheetnames[0] == LIST.en
    assert (tmp_path / "back" / f"{OVERSEAS}.txt").read_text("utf-8").startswith("Dear ")


def _with_note(source: Path, target: Path, office: Office) -> Path:
    """Return a return whose region has put a note of its own at a cell, saved by LibreOffice."""
    made = openpyxl.load_workbook(source)
    made[TASKS]["B6"].comment = Comment("our own note", "Huang")
    plain = target.with_name("noted.xlsx")
    made.save(plain)
    return office.convert(plain, target)


def corrected(office: Office, source: Path, target: Path) -> Path:
    """Return a marked copy as its region mends it in LibreOffice."""
    with office.open(source) as document:
        document.fill(
            TASKS, {"D7": "吴梓涵", "J8": date(2026, 11, 16), "F6": "滞后", "E9": date(2026, 11, 30), "F9": "进行中"}
        )
        document.fill(TASKS, {"D11": "黄嘉豪", "K6": "", "L6": "供应商延迟交付，已改排期。"})
        document.unprotect(TASKS)
        document.fill(TASKS, {"A10": "HD-2026-106"})
        document.save(target)
    return target


def _coloured(path: Path) -> Iterator[str]:
    """Yield the cells of a workbook that have the fill of a mark."""
    made = openpyxl.load_workbook(path)
    for page in made:
        for row in page.iter_rows():
            for cell in row:
                rgb = str(cell.fill.fgColor.rgb)[2:]
                if cell.fill.fill_type == "solid" and _is_shade(rgb):
                    yield f"{page.title}!{cell.coordinate}"


def _is_shade(rgb: str) -> bool:
    parts = [int(rgb[at : at + 2], 16) & ~7 for at in (0, 2, 4)] if len(rgb) == 6 else []
    return parts in ([0xF8, 0xC0, 0xB0], [0xF8, 0xE8, 0xB8], [0xC8, 0xE0, 0xF0])


def test_marks_survive_libreoffice_and_go_when_all_is_mended(
    sent_back: Path, tmp_path: Path, office: Office
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    noted = _with_note(ROUND / "inbox" / WRONG, inbox / WRONG, office)
    verbs.check([noted], project=PROJECT, as_of=AS_OF, feedback=tmp_path / "once")
    assert list(_coloured(tmp_path / "once" / WRONG))

    second = tmp_path / "second"
    second.mkdir()
    corrected(office, tmp_path / "once" / WRONG, second / WRONG)
    left = said(second / WRONG)
    assert not [one for one in left if one[0] == TASKS and one[1] in {"D7", "J8", "F9", "A10", "D11", "E9"}]
    assert not [one for one in left if one[2] in {"sheet_extra", "column_extra", "note_row"}]

    verbs.check([second / WRONG], project=PROJECT, as_of=AS_OF, feedback=tmp_path / "twice")
    again = openpyxl.load_workbook(tmp_path / "twice" / WRONG)
    texts = [c.comment.text for page in again for row in page.iter_rows() for c in row if c.comment]
    assert "our own note" in texts
    assert sum(NOTE in text for text in texts) == len({one[:2] for one in left if one[1]})
    assert again.sheetnames.count(LIST.zh) == 1
    assert again.sheetnames.count(KEPT) == 1
    heads = [cell.value for cell in again[ISSUES][5]]
    assert heads.count(COLUMN.zh) == 1
    assert "执行跟踪!D7" not in list(_coloured(tmp_path / "twice" / WRONG))


def test_a_copy_with_everything_mended_comes_out_without_a_mark(sent_back: Path, tmp_path: Path, office: Office) -> None:
    from xlsflow.feedback import mark_up

    saved = office.convert(sent_back / WRONG, tmp_path / WRONG)
    assert bears_marks(saved)
    clean = tmp_path / "clean.xlsx"
    mark_up(saved, clean, [], "zh")

    assert not bears_marks(clean)
    original = list(_coloured(office.convert(ROUND / "inbox" / WRONG, tmp_path / "plain.xlsx")))
    assert list(_coloured(clean)) == original
    made = openpyxl.load_workbook(clean)
    assert not [c for page in made for row in page.iter_rows() for c in row if c.comment]
    assert not [c for page in made for row in page.iter_rows() for c in row if c.value == COLUMN.zh]
    assert said(clean) == said(ROUND / "inbox" / WRONG)


def test_libreoffice_opens_a_marked_copy_with_its_dropdowns_and_links(sent_back: Path, office: Office) -> None:
    with office.open(sent_back / WRONG) as document, office.open(ROUND / "inbox" / WRONG) as before:
        assert list(document.sheets())[0] == LIST.zh
        assert len(document.validations(TASKS)) == len(before.validations(TASKS))


def test_a_file_that_cannot_be_read_gets_a_text_only(tmp_path: Path) -> None:
    broken = tmp_path / "in" / WRONG
    broken.parent.mkdir()
    broken.write_bytes((ROUND / "inbox" / WRONG).read_bytes()[:20_000])

    verbs.check([broken], project=PROJECT, as_of=AS_OF, feedback=tmp_path / "back")

    assert [path.name for path in (tmp_path / "back").iterdir()] == [f"{WRONG}.txt"]


def test_a_return_in_an_old_format_gets_a_text_that_says_why_there_is_no_copy(tmp_path: Path, office: Office) -> None:
    old = tmp_path / "in" / "HN.xls"
    old.parent.mkdir()
    office.convert(ROUND / "inbox" / WRONG, old)

    verbs.check([old], project=PROJECT, as_of=AS_OF, feedback=tmp_path / "back")

    assert [path.name for path in (tmp_path / "back").iterdir()] == ["HN.xls.txt"]
    assert ".xls 格式" in (tmp_path / "back" / "HN.xls.txt").read_text("utf-8")


def findings(path: Path) -> tuple[Finding, ...]:
    return xlsflow.check([path], project=PROJECT, as_of=AS_OF).findings


def test_a_marked_copy_is_a_whole_zip_file(sent_back: Path) -> None:
    with zipfile.ZipFile(sent_back / WRONG) as archive:
        assert archive.testzip() is None
