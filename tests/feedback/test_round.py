"""The sample round marked, corrected in LibreOffice, and checked again: what a region really does with its copy."""

from __future__ import annotations

import importlib
import re
import shutil
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from tests.feedback.test_corpus import audited, kept, parts, planted
from tests.helpers.documents import TOP
from tests.helpers.files import zipped
from tests.helpers.returns import opened_by_openpyxl
from xlsflow import api
from xlsflow.errors import OutputError
from xlsflow.feedback import Recipient, ReturnOutcome, covering_text, has_marks, mark_up
from xlsflow.fileformat.feedback_marks import COMMENT_PREFIX, FINDINGS_COLUMN, FINDINGS_SHEET, ORIGINAL_STYLES_SHEET
from xlsflow.findings import Finding, Location
from xlsflow.i18n import LocalizedText
from xlsflow.intake.grid import RawWorkbook
from xlsflow.intake.isolation.reader_pool import open_returns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.office import Office
    from xlsflow.i18n import Lang

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")  # openpyxl, of what it drops

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
    api.check([ROUND / "inbox"], project=PROJECT, as_of=AS_OF, feedback=folder)
    return folder


def said(path: Path) -> list[tuple[str, str, str]]:
    """Return sheet, cell and code of what is said of a file."""
    findings = api.check([path], project=PROJECT, as_of=AS_OF).findings
    return [(one.location.sheet, one.location.cell, one.code) for one in findings]


def test_every_return_with_findings_comes_with_a_copy_and_a_text(sent_back: Path) -> None:
    assert WRONG in {path.name for path in sent_back.iterdir()}
    assert all((sent_back / f"{path.name}.txt").exists() for path in sent_back.glob("*.xlsx"))


def test_a_return_is_not_changed(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    shutil.copytree(ROUND / "inbox", inbox)
    before = {path.name: path.read_bytes() for path in inbox.iterdir()}

    api.check([inbox], project=PROJECT, as_of=AS_OF, feedback=tmp_path / "back")

    assert {path.name: path.read_bytes() for path in inbox.iterdir()} == before


def test_copies_never_go_among_the_returns(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    shutil.copy(ROUND / "inbox" / WRONG, inbox)

    for folder in (inbox, inbox / "back"):
        with pytest.raises(OutputError) as stopped:
            api.check([inbox], project=PROJECT, as_of=AS_OF, feedback=folder)
        assert stopped.value.code == "feedback_among_returns"
    assert [path.name for path in inbox.iterdir()] == [WRONG]


def test_merge_writes_the_same_copies(sent_back: Path, tmp_path: Path) -> None:
    view = api.View(as_of=AS_OF)
    api.merge_to([ROUND / "inbox"], tmp_path / "book.xlsx", project=PROJECT, view=view, feedback=tmp_path / "back")

    assert (tmp_path / "back" / WRONG).read_bytes() == (sent_back / WRONG).read_bytes()


def test_a_marked_copy_says_of_itself_what_the_return_said(sent_back: Path) -> None:
    assert said(sent_back / WRONG) == said(ROUND / "inbox" / WRONG)


def test_the_text_greets_counts_lists_and_names_the_deadline(sent_back: Path) -> None:
    text = (sent_back / f"{WRONG}.txt").read_text("utf-8")

    assert text.startswith("黄嘉豪：您好！\n")
    assert "9 处必须修改" in text
    assert f"\n必须修改：\n1. {TASKS} D7：" in text
    assert f"\n请核对：\n10. {TASKS} F6：" in text
    assert "请在截止时间（2026-11-20 18:00）前改好，发给陈思远（pmo@example.com）。" in text
    assert "另有 1 处已自动识别" in text
    assert "第一张表“问题清单”" in text


def test_the_text_says_where_the_deadline_has_passed(tmp_path: Path) -> None:
    later = datetime(2026, 11, 23, 9)  # noqa: DTZ001 - project time
    api.check([ROUND / "inbox" / WRONG], project=PROJECT, as_of=later, feedback=tmp_path)

    assert "截止时间已过（2026-11-20 18:00），请尽快改好" in (tmp_path / f"{WRONG}.txt").read_text("utf-8")


def test_the_text_says_by_how_much_a_return_was_late(tmp_path: Path) -> None:
    early, late = Finding("required_blank", Location("a.xlsx")), Recipient(saved="2026-11-29 10:00", hours_late="40")

    assert "您的表于 2026-11-29 10:00 保存，比截止时间晚 40 小时。" in covering_text(
        [early], late, ReturnOutcome("a.xlsx")
    )
    english = covering_text([early], replace(late, lang="en", hours_late="1"), ReturnOutcome("a.xlsx"))
    assert "Your file was saved at 2026-11-29 10:00, 1 hour after the deadline." in english
    assert "保存，比" not in covering_text([early], Recipient(), ReturnOutcome("a.xlsx"))

    with zipfile.ZipFile(ROUND / "inbox" / WRONG) as source, zipfile.ZipFile(tmp_path / WRONG, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":  # LibreOffice writes local time
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2026-11-21T10:30:00Z", data)
            target.writestr(name, data)
    api.check([tmp_path / WRONG], project=PROJECT, as_of=AS_OF, feedback=tmp_path / "back")
    text = (tmp_path / "back" / f"{WRONG}.txt").read_text("utf-8")
    assert "您的表于 2026-11-21 10:30 保存，比截止时间晚 16.5 小时。" in text


def test_where_nothing_is_to_be_fixed_the_text_asks_for_nothing() -> None:
    info = Finding("read_as", Location("a.xlsx", "表", "A1"), "1", {"read": "2"})

    text = covering_text([info], Recipient(), ReturnOutcome("a.xlsx"))

    assert "无需修改" in text
    assert "请直接在附件上修改" not in text


def test_points_to_check_are_to_be_confirmed_and_errors_to_be_corrected() -> None:
    where = Location("a.xlsx", "Sheet", "A1")
    warning, error = Finding("superseded", where), Finding("required_blank", where)
    to = Recipient(lang="en", coordinator="Luo Jing")

    assert "please confirm or correct these points and send the file to Luo Jing as" in covering_text(
        [warning], replace(to, due="2026-11-20", late=True), ReturnOutcome("a.xlsx")
    )
    assert "We found 1 point to fix. Please send the corrected file to Luo Jing" in covering_text(
        [error], to, ReturnOutcome("a.xlsx")
    )


def test_a_list_under_the_name_that_0_1_0_gave_it_is_taken_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = ROUND / "inbox" / WRONG
    findings = api.check([source], project=PROJECT, as_of=AS_OF).findings
    module = importlib.import_module("xlsflow.feedback.mark_up")  # the package exports the function of that name
    monkeypatch.setattr(module, "FINDINGS_SHEET", LocalizedText("问题清单", "To mend"))
    monkeypatch.setattr(module, "FINDINGS_SHEET_LINK", "lost")
    mark_up(source, tmp_path / "old.xlsx", findings, "en")
    assert "To mend" in opened_by_openpyxl(tmp_path / "old.xlsx").sheetnames
    monkeypatch.undo()

    mark_up(tmp_path / "old.xlsx", tmp_path / "new.xlsx", findings, "en")

    names = opened_by_openpyxl(tmp_path / "new.xlsx").sheetnames
    assert "To fix" in names
    assert "To mend" not in names


def test_a_region_is_written_to_in_its_own_language(tmp_path: Path, office: Office) -> None:
    spoilt = tmp_path / OVERSEAS
    with office.open(ROUND / "inbox" / OVERSEAS) as document:
        sheets = list(document.sheets())
        document.fill(sheets[3], {"D7": "Overseas region"})
        document.save(spoilt)

    api.check([spoilt], project=PROJECT, as_of=AS_OF, feedback=tmp_path / "back")

    assert openpyxl.load_workbook(tmp_path / "back" / OVERSEAS).sheetnames[0] == FINDINGS_SHEET.en
    assert (tmp_path / "back" / f"{OVERSEAS}.txt").read_text("utf-8").startswith("Dear ")
    text = (tmp_path / "back" / f"{OVERSEAS}.txt").read_text("utf-8")
    assert "to Chen Siyuan (pmo@example.com) before the deadline (2026-11-20 18:00 your time)." in text


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
        for name in (TASKS, RACI, ISSUES, RISKS):
            document.unprotect(name)
        document.fill(TASKS, {"D7": "吴梓涵", "J8": date(2026, 11, 16), "E9": date(2026, 11, 30), "F9": "进行中"})
        document.fill(TASKS, {"F6": "滞后", "L6": "供应商延迟交付，已改排期。", "D11": "黄嘉豪", "A10": "HD-2026-106"})
        document.fill(RACI, {"D6": "C"})
        document.fill(ISSUES, {"R6": "吴梓涵", "S6": date(2026, 11, 20)})
        document.fill(RISKS, {"I6": "高"})
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


def test_marks_survive_libreoffice_and_go_when_all_is_mended(tmp_path: Path, office: Office) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    noted = _with_note(ROUND / "inbox" / WRONG, inbox / WRONG, office)
    api.check([noted], project=PROJECT, as_of=AS_OF, feedback=tmp_path / "once")
    assert list(_coloured(tmp_path / "once" / WRONG))

    assert said(corrected(office, tmp_path / "once" / WRONG, tmp_path / WRONG)) == []

    api.check([tmp_path / WRONG], project=PROJECT, as_of=AS_OF, feedback=tmp_path / "twice")
    clean = tmp_path / "twice" / WRONG
    assert not has_marks(clean)
    assert list(_coloured(clean)) == list(_coloured(noted))
    assert _notes(clean) == {f"{TASKS}!B6": "our own note"}
    assert said(clean) == []
    assert "没有发现问题" in clean.with_name(f"{WRONG}.txt").read_text("utf-8")


Mended = dict[str, dict[str, "str | date"]]
FIRST: dict[str, Mended] = {
    "zh": {
        TASKS: {"D7": "吴梓涵", "J8": date(2026, 11, 16), "E9": date(2026, 11, 30), "F9": "进行中"},
        RACI: {"D6": "C"},
    },
    "en": {"Tracking": {"D7": "Zhou Qihang"}},
}
"""What a region mends at first."""
REST: dict[str, Mended] = {
    "zh": {
        TASKS: {"F6": "滞后", "L6": "供应商延迟交付，已改排期。", "D11": "黄嘉豪", "A10": "HD-2026-106"},
        ISSUES: {"R6": "吴梓涵", "S6": date(2026, 11, 20)},
        RISKS: {"I6": "高"},
    },
    "en": {"Tracking": {"D6": "Zhou Qihang"}},
}
"""What it mends once it is reminded."""
SPOILT: dict[str, Mended] = {"zh": {}, "en": {"Tracking": {"D6": "Overseas region", "D7": "Overseas"}}}
FILES = {"zh": WRONG, "en": OVERSEAS}
OWN_FILL = "FF00FFCC"


def _mended(office: Office, source: Path, target: Path, mended: Mended) -> Path:
    with office.open(source) as document:
        for name, filled in mended.items():
            document.unprotect(name)
            document.fill(name, filled)
        document.save(target)
    return target


def _their_own(source: Path, target: Path, office: Office, page: str) -> Path:
    """Return a return with a note, a fill and a sheet of its region's own, saved by LibreOffice."""
    made = openpyxl.load_workbook(source)
    made[page]["B6"].comment = Comment("our own note", "Huang")
    made[page]["C6"].fill = PatternFill("solid", fgColor=OWN_FILL)
    extra = made.create_sheet("Ours")
    extra["A1"], extra["B2"] = "our own sheet", 42
    extra["B2"].comment = Comment("our other note", "Huang")
    made.save(target.with_name(f"made_{target.name}"))
    return office.convert(target.with_name(f"made_{target.name}"), target)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_two_rounds_of_mending_leave_the_region_s_own_work_and_none_of_ours(
    lang: Lang, tmp_path: Path, office: Office
) -> None:
    page, name = next(iter(FIRST[lang])), FILES[lang]
    places = [tmp_path / folder for folder in ("spoilt", "own", "once", "again", "twice", "last", "clean")]
    for folder in places:
        folder.mkdir()
    spoilt, own, once, again, twice, last, clean = (folder / name for folder in places)
    _mended(office, ROUND / "inbox" / name, spoilt, SPOILT[lang])
    _their_own(spoilt, own, office, page)

    api.check([own], project=PROJECT, as_of=AS_OF, feedback=once.parent)
    left = said(_mended(office, once, again, FIRST[lang]))
    api.check([again], project=PROJECT, as_of=AS_OF, feedback=twice.parent)
    remaining = said(_mended(office, twice, last, REST[lang]))
    mark_up(last, clean, [], lang)

    assert openpyxl.load_workbook(once).sheetnames[0] == FINDINGS_SHEET.say(lang)
    assert 0 < len([one for one in left if one[2] != "sheet_extra"]) < len(said(own))
    marked = {f"{sheet}!{cell}" for sheet, cell, _ in left if cell}
    assert {at for at, text in _notes(twice).items() if text.startswith(COMMENT_PREFIX)} == marked
    assert openpyxl.load_workbook(twice).sheetnames.count(FINDINGS_SHEET.say(lang)) == 1
    assert {code for _, _, code in remaining} <= {"sheet_extra"}
    assert not has_marks(clean)
    _is_their_own(clean, page, _coloured(own))


def _is_their_own(path: Path, page: str, coloured: Iterator[str]) -> None:
    made = openpyxl.load_workbook(path)
    marks = [*FINDINGS_SHEET.both(), ORIGINAL_STYLES_SHEET]
    assert not [name for name in made.sheetnames if name.startswith(tuple(marks))]
    assert not [c for one in made for row in one.iter_rows() for c in row if c.value in FINDINGS_COLUMN.both()]
    assert _notes(path) == {f"{page}!B6": "our own note", "Ours!B2": "our other note"}
    assert made[page]["C6"].fill.fgColor.rgb == OWN_FILL
    assert [made["Ours"][cell].value for cell in ("A1", "B2")] == ["our own sheet", 42]
    assert list(_coloured(path)) == list(coloured)


def _notes(path: Path) -> dict[str, str]:
    made = openpyxl.load_workbook(path)
    return {
        f"{page.title}!{c.coordinate}": c.comment.text
        for page in made
        for row in page.iter_rows()
        for c in row
        if c.comment
    }


def test_what_is_half_mended_is_marked_anew(sent_back: Path, tmp_path: Path, office: Office) -> None:
    with office.open(sent_back / WRONG) as document:
        document.fill(TASKS, {"D7": "吴梓涵"})
        document.save(tmp_path / WRONG)

    api.check([tmp_path / WRONG], project=PROJECT, as_of=AS_OF, feedback=tmp_path / "back")

    again = openpyxl.load_workbook(tmp_path / "back" / WRONG)
    assert [again.sheetnames.count(name) for name in (FINDINGS_SHEET.zh, ORIGINAL_STYLES_SHEET)] == [1, 1]
    assert [cell.value for cell in again[TASKS][5]].count(FINDINGS_COLUMN.zh) == 1
    notes = _notes(tmp_path / "back" / WRONG)
    assert f"{TASKS}!D7" not in notes
    assert all(text.startswith(COMMENT_PREFIX) for text in notes.values())
    assert {f"{sheet}!{cell}" for sheet, cell, _ in said(tmp_path / WRONG)} == notes.keys()
    assert f"{TASKS}!D7" not in list(_coloured(tmp_path / "back" / WRONG))


def test_a_copy_with_everything_mended_comes_out_without_a_mark(
    sent_back: Path, tmp_path: Path, office: Office
) -> None:
    saved = office.convert(sent_back / WRONG, tmp_path / WRONG)
    assert has_marks(saved)
    clean = tmp_path / "clean.xlsx"
    mark_up(saved, clean, [], "zh")

    assert not has_marks(clean)
    original = list(_coloured(office.convert(ROUND / "inbox" / WRONG, tmp_path / "plain.xlsx")))
    assert list(_coloured(clean)) == original
    made = openpyxl.load_workbook(clean)
    assert not [c for page in made for row in page.iter_rows() for c in row if c.comment]
    assert not [c for page in made for row in page.iter_rows() for c in row if c.value == FINDINGS_COLUMN.zh]
    assert said(clean) == said(ROUND / "inbox" / WRONG)


def _offers(path: Path, cell: str) -> list[str]:
    """Return the lists that a cell of the sheet of tasks offers."""
    rules = openpyxl.load_workbook(path)[TASKS].data_validations.dataValidation
    return [str(rule.formula1) for rule in rules if rule.type == "list" and cell in rule]


def test_a_dropdown_that_was_pasted_over_is_put_back(sent_back: Path, tmp_path: Path, office: Office) -> None:
    assert _offers(ROUND / "inbox" / WRONG, "F9") == []
    assert _offers(sent_back / WRONG, "F9") == ["lst_progress"]
    assert _offers(office.convert(sent_back / WRONG, tmp_path / WRONG), "F9") == ["lst_progress"]


def test_a_file_that_cannot_be_read_gets_a_text_only(tmp_path: Path) -> None:
    broken = tmp_path / "in" / WRONG
    broken.parent.mkdir()
    broken.write_bytes((ROUND / "inbox" / WRONG).read_bytes()[:20_000])

    api.check([broken], project=PROJECT, as_of=AS_OF, feedback=tmp_path / "back")

    assert [path.name for path in (tmp_path / "back").glob("[!.]*")] == [f"{WRONG}.txt"]
    text = (tmp_path / "back" / f"{WRONG}.txt").read_text("utf-8")
    assert "没有采用" in text
    assert "请在截止时间（2026-11-20 18:00）前处理好，发给陈思远" in text


def test_a_file_that_can_be_read_but_not_marked_gets_a_text_that_lists_everything(tmp_path: Path) -> None:
    odd = tmp_path / "in" / WRONG
    odd.parent.mkdir()
    with zipfile.ZipFile(ROUND / "inbox" / WRONG) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content["xl/styles.xml"] = content["xl/styles.xml"].replace(b"<cellXfs", b"<!DOCTYPE x><cellXfs", 1)
    odd.write_bytes(zipped(content))
    (tmp_path / "out").mkdir()

    with pytest.raises(OutputError) as stopped:
        mark_up(odd, tmp_path / "out" / WRONG, [Finding("required_blank", Location(WRONG, TASKS, "D7"))], "zh")

    assert stopped.value.code == "cannot_be_marked"
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_where_marks_fail_the_text_says_so_and_lists_everything(
    lang: Lang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OutputError("cannot_be_marked", reason="DOCTYPE")

    monkeypatch.setattr("xlsflow.feedback.mark_up", fails)
    api.check([ROUND / "inbox" / WRONG], project=PROJECT, as_of=AS_OF, feedback=tmp_path)
    found = api.check([ROUND / "inbox" / WRONG], project=PROJECT, as_of=AS_OF).findings

    text = covering_text(found, Recipient(lang), ReturnOutcome(WRONG, has_copy=False, no_copy_reason="DOCTYPE"))
    assert [path.name for path in tmp_path.glob("[!.]*")] == [f"{WRONG}.txt"]
    for said in (text, (tmp_path / f"{WRONG}.txt").read_text("utf-8")):
        assert said.count("DOCTYPE") == 1
        assert all(f"{one.location.sheet} {one.location.cell}" in said for one in found)
        assert FINDINGS_SHEET.say(lang) not in said


@pytest.mark.parametrize("name", [WRONG, OVERSEAS])
@pytest.mark.parametrize("program", ["LibreOffice", "openpyxl"])
def test_nothing_of_a_return_that_another_program_saved_is_lost(
    name: str, program: str, tmp_path: Path, office: Office
) -> None:
    saved, copy, clean = (tmp_path / f"{step}.xlsx" for step in ("saved", "copy", "clean"))
    if program == "openpyxl":
        openpyxl.load_workbook(ROUND / "inbox" / name).save(saved)
    else:
        office.convert(ROUND / "inbox" / name, saved)
    (book,) = open_returns([saved])
    assert isinstance(book, RawWorkbook)

    mark_up(saved, copy, planted(name, book), "zh")
    mark_up(copy, clean, [], "zh")

    kept(parts(saved), parts(copy))
    kept(parts(saved), parts(clean))
    assert audited(copy) - audited(saved) == Counter()


@pytest.mark.parametrize("ending", [".xls", ".ods"])
def test_a_return_in_another_format_gets_a_text_that_lists_all_and_says_why_there_is_no_copy(
    ending: str, tmp_path: Path, office: Office
) -> None:
    other = tmp_path / "in" / f"HN{ending}"
    other.parent.mkdir()
    office.convert(ROUND / "inbox" / WRONG, other)

    api.check([other], project=PROJECT, as_of=AS_OF, feedback=tmp_path / "back")

    assert [path.name for path in (tmp_path / "back").glob("[!.]*")] == [f"HN{ending}.txt"]
    text = (tmp_path / "back" / f"HN{ending}.txt").read_text("utf-8")
    assert f"{ending} 格式的文件里不能做标注" in text
    assert "附件" not in text
    found = [f"{sheet} {cell}" for sheet, cell, _ in said(other) if cell]
    assert len(found) > 8
    assert not [place for place in found if place not in text]


def test_a_marked_copy_is_a_whole_zip_file(sent_back: Path) -> None:
    with zipfile.ZipFile(sent_back / WRONG) as archive:
        assert archive.testzip() is None
