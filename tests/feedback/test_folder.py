"""Feedback never costs the merge; it stays in its folder, replaces nothing of anyone else, and is never outdated."""

from __future__ import annotations

import json
import re
import shutil
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.helpers.files import zipped
from tests.helpers.returns import opened_by_openpyxl
from xlsflow import api, feedback
from xlsflow.errors import OutputError
from xlsflow.feedback.xml_edit import parse_part, to_utf8
from xlsflow.findings import Finding
from xlsflow.system.owned_folder import LIST_NAME, OwnedFolder, safe_path
from xlsflow.system.package_data import package_data_path

ROUND = package_data_path("samples") / "round"
PROJECT = ROUND / "project.xlsx"
WRONG = ROUND / "inbox" / "DJXP-2026-W47-HN_华南.xlsx"
CLEAN = ROUND / "inbox" / "DJXP-2026-W47-HB_华北.xlsx"
AS_OF = datetime(2026, 11, 20, 18)  # noqa: DTZ001 - the round's own day
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="names and links of Linux")

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


def names(folder: Path) -> list[str]:
    """Return what is in a folder, without our list."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in found if name != LIST_NAME)


def checked(*paths: Path, to: Path) -> tuple[Finding, ...]:
    return api.check(list(paths), project=PROJECT, as_of=AS_OF, feedback=to).findings


def merged(*paths: Path, out: Path, to: Path | None = None) -> tuple[Finding, ...]:
    return api.merge_to(list(paths), out, project=PROJECT, view=api.View(AS_OF), feedback=to).findings


SAFE = [
    ("a.xlsx", "a.xlsx"),
    ("华南/a b.xlsx", "华南/a b.xlsx"),
    ("RE: 10:30.xlsx", "RE_ 10_30.xlsx"),
    ("a:b", "a_b"),
    (":", "_"),
    ("C:/inbox/a.xlsx", "C_/inbox/a.xlsx"),
    ("/inbox/a.xlsx", "inbox/a.xlsx"),
    ("../../a.xlsx", "a.xlsx"),
    ("a/../b.xlsx", "a/b.xlsx"),
    ("..\\..\\a.xlsx", ".._.._a.xlsx"),
    ("..", "_"),
    ("", "_"),
    ("a?*<>|.xlsx", "a_____.xlsx"),
    ("a\nb\x7f.xlsx", "a_b_.xlsx"),
    ("a. ", "a"),
    ("con.xlsx", "_con.xlsx"),
    ("LPT1", "_LPT1"),
    ("~/a.xlsx", "~/a.xlsx"),
]


@pytest.mark.parametrize(("name", "safe"), SAFE)
def test_any_name_becomes_one_that_every_system_allows(name: str, safe: str) -> None:
    assert safe_path(name) == safe


@pytest.mark.parametrize("name", ["区" * 83 + ".xlsx", "a" * 250 + ".xlsx", "a." + "b" * 253, "é" * 127, "x" * 255])
def test_a_long_name_is_cut_and_stays_its_own(name: str, tmp_path: Path) -> None:
    short, other = safe_path(name), safe_path("y" + name[1:])
    assert short != other
    assert safe_path(name, " (2)") != short
    assert short.endswith(".xlsx") == name.endswith(".xlsx")
    (tmp_path / f"{short}.txt").write_text("x", "utf-8")


ODD_NAMES = ["RE: 10:30.xlsx", "a:b:c.xlsx", "区" * 83 + ".xlsx", "con.xlsx", 'a"b<c>.xlsx', "a\\b.xlsx", "x. .xlsx"]


@LINUX
@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_return_of_an_odd_name_gets_its_copy_and_the_book_is_written(name: str, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    shutil.copy(WRONG, tmp_path / "inbox" / name)
    found = merged(tmp_path / "inbox", out=tmp_path / "book.xlsx", to=tmp_path / "back")

    assert "feedback_not_written" not in {finding.code for finding in found}
    assert (tmp_path / "book.xlsx").is_file()
    assert names(tmp_path / "back") == [safe_path(name), f"{safe_path(name)}.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["back", "book.xlsx", "inbox"]


@LINUX
def test_a_colon_alone_leads_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a:b.xlsx").write_bytes(b"x")
    (tmp_path / "back.txt").write_text("precious", "utf-8")
    checked(tmp_path / "inbox", to=tmp_path / "back")

    assert (tmp_path / "back.txt").read_text("utf-8") == "precious"
    assert names(tmp_path / "back") == ["a_b.xlsx.txt"]


@LINUX
@pytest.mark.parametrize(
    ("first", "second"), [("a:x.xlsx", "a?x.xlsx"), ("A.xlsx", "a.xlsx"), ("x. .xlsx", "x. .XLSX")]
)
def test_two_returns_never_share_a_copy(first: str, second: str, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    for name in (first, second):
        (tmp_path / "inbox" / name).write_bytes(b"x")
    checked(tmp_path / "inbox", to=tmp_path / "back")

    assert len(names(tmp_path / "back")) == 2
    assert len({name.casefold() for name in names(tmp_path / "back")}) == 2


def test_a_return_of_a_book_gets_its_text_and_where_its_file_is_at_hand_its_copy(tmp_path: Path) -> None:
    merged(WRONG, CLEAN, out=tmp_path / "county.xlsx")
    shutil.copy(WRONG, tmp_path / "renamed.xlsx")

    merged(tmp_path / "county.xlsx", out=tmp_path / "province.xlsx", to=tmp_path / "text")
    assert names(tmp_path / "text") == [f"{WRONG.name}.txt"]
    text = (tmp_path / "text" / f"{WRONG.name}.txt").read_text("utf-8")
    assert "汇总时没有原文件" in text
    assert "D7：" in text

    merged(tmp_path / "county.xlsx", WRONG, out=tmp_path / "both.xlsx", to=tmp_path / "copy")
    assert names(tmp_path / "copy") == [WRONG.name, f"{WRONG.name}.txt"]
    merged(tmp_path / "province.xlsx", out=tmp_path / "state.xlsx", to=tmp_path / "again")
    assert names(tmp_path / "again") == [f"{WRONG.name}.txt"]
    merged(tmp_path / "county.xlsx", tmp_path / "renamed.xlsx", out=tmp_path / "c.xlsx", to=tmp_path / "renamed")
    assert any(name.endswith(".xlsx") for name in names(tmp_path / "renamed"))


@pytest.mark.parametrize("reason", ["KeyError", "full", "no text"])
def test_a_copy_that_cannot_be_made_is_a_finding(reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        code = {"KeyError": "cannot_be_marked"}.get(reason, "output_not_writable")
        raise OutputError(code, reason="KeyError", file="x")

    monkeypatch.setattr(feedback, "covering_text" if reason == "no text" else "mark_up", fail)
    found = merged(WRONG, out=tmp_path / "book.xlsx", to=tmp_path / "back")
    (failed,) = (finding for finding in found if finding.code in ("copy_not_made", "feedback_not_written"))

    assert (tmp_path / "book.xlsx").is_file()
    assert failed.location.file == WRONG.name
    assert failed.severity == ("warning" if reason == "KeyError" else "error")
    for lang in ("zh", "en"):
        assert "…" not in failed.message(lang)
    assert names(tmp_path / "back") == {
        "KeyError": [f"{WRONG.name}.txt"], "full": [], "no text": [WRONG.name]
    }[reason]  # fmt: skip


def test_a_folder_that_is_a_file_costs_the_feedback_alone(tmp_path: Path) -> None:
    (tmp_path / "back").write_text("precious", "utf-8")
    found = merged(WRONG, out=tmp_path / "book.xlsx", to=tmp_path / "back")

    assert (tmp_path / "book.xlsx").is_file()
    assert "feedback_not_written" in {finding.code for finding in found}
    assert (tmp_path / "back").read_text("utf-8") == "precious"


def test_what_is_there_and_not_ours_is_kept(tmp_path: Path) -> None:
    back = tmp_path / "back"
    back.mkdir()
    (back / WRONG.name).write_bytes(b"precious")
    (back / "other.txt").write_text("precious", "utf-8")
    checked(WRONG, to=back)

    assert (back / WRONG.name).read_bytes() == b"precious"
    second = WRONG.name.replace(".xlsx", " (2).xlsx")
    assert names(back) == sorted([WRONG.name, second, f"{second}.txt", "other.txt"])

    checked(WRONG, to=back)
    assert names(back) == sorted([WRONG.name, second, f"{second}.txt", "other.txt"])


def test_what_somebody_has_changed_is_kept(tmp_path: Path) -> None:
    text = tmp_path / "back" / f"{WRONG.name}.txt"
    checked(WRONG, to=tmp_path / "back")
    text.write_text("my own words", "utf-8")
    checked(WRONG, to=tmp_path / "back")

    assert text.read_text("utf-8") == "my own words"
    assert len(names(tmp_path / "back")) == 3, "the new copy and text, and the words"


def test_a_second_run_writes_the_same_and_removes_what_is_outdated(tmp_path: Path) -> None:
    inbox, back = tmp_path / "inbox", tmp_path / "back"
    (inbox / "county").mkdir(parents=True)
    shutil.copy(WRONG, inbox / "a.xlsx")
    shutil.copy(WRONG, inbox / "county" / "b.xlsx")
    (inbox / "c.xlsx").write_bytes(b"")
    checked(inbox, to=back)
    first = {name: (back / name).read_bytes() for name in names(back)}
    assert "c.xlsx.txt" in first

    checked(inbox, to=back)
    assert {name: (back / name).read_bytes() for name in names(back)} == first

    shutil.copy(CLEAN, inbox / "a.xlsx")  # corrected
    (inbox / "county" / "b.xlsx").unlink()  # withdrawn
    (back / "note.txt").write_text("mine", "utf-8")
    checked(inbox, to=back)
    assert names(back) == ["c.xlsx.txt", "note.txt"]
    assert not (back / "county").exists()


def test_what_another_run_wrote_about_other_files_stays(tmp_path: Path) -> None:
    shutil.copy(WRONG, tmp_path / "a.xlsx")
    shutil.copy(WRONG, tmp_path / "b.xlsx")
    checked(tmp_path / "a.xlsx", to=tmp_path / "back")
    checked(tmp_path / "b.xlsx", to=tmp_path / "back")
    assert names(tmp_path / "back") == ["a.xlsx", "a.xlsx.txt", "b.xlsx", "b.xlsx.txt"]

    (tmp_path / "a.xlsx").unlink()
    checked(tmp_path / "b.xlsx", to=tmp_path / "back")
    assert names(tmp_path / "back") == ["b.xlsx", "b.xlsx.txt"]


def words(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text, "utf-8")


def killed(*_: object) -> None:
    raise MemoryError


@pytest.mark.parametrize("cut", [0, 10])
def test_what_a_run_wrote_that_did_not_come_to_its_end_is_ours_all_the_same(cut: int, tmp_path: Path) -> None:
    """The line about a second file may be cut off, if that was the moment; its file was not there yet then."""
    folder = OwnedFolder(tmp_path)
    folder.write(tmp_path / "inbox.xlsx", folder.reserve("a.txt"), words("a"))
    if cut:
        whole = (tmp_path / LIST_NAME).read_bytes()
        (tmp_path / LIST_NAME).write_bytes(whole + whole[:-cut])
    again = OwnedFolder(tmp_path)
    again.write(tmp_path / "inbox.xlsx", again.reserve("b.txt"), words("b"))

    last = OwnedFolder(tmp_path)
    assert [last.reserve(name).name for name in ("a.txt", "b.txt")] == ["a.txt", "b.txt"]
    last.close([])
    assert names(tmp_path) == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_a_run_was_about_to_replace_is_ours_before_and_after(
    when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = OwnedFolder(tmp_path)
    folder.write(None, folder.reserve("a.txt"), words("old"))
    folder.close([])
    again = OwnedFolder(tmp_path)
    path = again.reserve("a.txt")
    if when == "before":
        monkeypatch.setattr(Path, "replace", killed)
        with pytest.raises(MemoryError):
            again.write(None, path, words("new"))
        monkeypatch.undo()
    else:
        again.write(None, path, words("new"))

    assert path.read_text("utf-8") == ("old" if when == "before" else "new")
    assert OwnedFolder(tmp_path).reserve("a.txt") == path


@pytest.mark.parametrize(
    "stored",
    [
        "", "[]", "1", "{", '{"a": 1}', '{"a": ["x"]}', '{"../precious.txt": ["DIGEST", ""]}',
        '["../precious.txt", "DIGEST", ""]', '{}\n["link/precious.txt", "DIGEST", ""]', '["a"]', '["a", 1, 2]',
        '{"/precious.txt": ["DIGEST", ""]}', '{"link/precious.txt": ["DIGEST", ""]}', '{"a": ["", ""]}',
    ],
)  # fmt: skip
def test_a_list_that_was_tampered_with_reaches_nothing_outside(stored: str, tmp_path: Path) -> None:
    outside = tmp_path / "precious.txt"
    outside.write_text("precious", "utf-8")
    back = tmp_path / "back"
    back.mkdir()
    (back / "a").write_text("precious", "utf-8")
    if sys.platform == "linux":
        (back / "link").symlink_to(tmp_path)
    (back / LIST_NAME).write_text(stored.replace("DIGEST", sha256(b"precious").hexdigest()), "utf-8")
    OwnedFolder(back).close([])

    assert outside.read_text("utf-8") == "precious"
    assert (back / "a").is_file()


@LINUX
def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    inbox, back = tmp_path / "inbox", tmp_path / "back"
    (inbox / "county").mkdir(parents=True)
    shutil.copy(WRONG, inbox / "county" / "b.xlsx")
    back.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (back / "county").symlink_to(tmp_path / "elsewhere")
    found = checked(inbox, to=back)

    assert not names(tmp_path / "elsewhere")
    assert "feedback_not_written" in {finding.code for finding in found}


def test_the_list_names_no_folder_of_this_machine(tmp_path: Path) -> None:
    shutil.copy(WRONG, tmp_path / "a.xlsx")
    checked(tmp_path / "a.xlsx", to=tmp_path / "back")
    listed = json.loads((tmp_path / "back" / LIST_NAME).read_text("utf-8"))

    assert {source for _, source in listed.values()} == {"../a.xlsx"}


ENCODINGS = [
    "US-ASCII",
    "us-ascii",
    "ascii",
    "ANSI_X3.4-1968",
    "ISO646-US",
    "iso-8859-1",
    "windows-1252",
    "gb18030",
    "UTF8",
]


@pytest.mark.parametrize("coding", [*ENCODINGS, "utf-8"])
def test_parts_in_any_encoding_become_well_formed_copies(coding: str, tmp_path: Path) -> None:
    path, copy = tmp_path / "return.xlsx", tmp_path / "copy.xlsx"
    with zipfile.ZipFile(WRONG) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for name, part in parts.items():
        if name.startswith("xl/worksheets/sheet") or name in (
            "xl/workbook.xml",
            "xl/styles.xml",
            "[Content_Types].xml",
        ):
            text = re.sub(r"^<\?xml[^>]*\?>", f'<?xml version="1.0" encoding="{coding}"?>', part.decode())
            parts[name] = text.encode("ascii" if coding in ENCODINGS else "utf-8", "xmlcharrefreplace")
    path.write_bytes(zipped(list(parts.items())))
    checked(path, to=tmp_path / "back")
    copy = tmp_path / "back" / "return.xlsx"

    with zipfile.ZipFile(copy) as package:
        for name in package.namelist():
            if name.endswith(".xml") and coding != "gb18030":  # which expat does not read
                ET.fromstring(package.read(name))  # noqa: S314 - our own file; as it declares itself
        assert "问题清单" in package.read("xl/workbook.xml").decode()
    if coding != "gb18030":
        assert opened_by_openpyxl(copy).sheetnames[0] == "问题清单"


@pytest.mark.parametrize("declared", ["us-ascii", "ascii"])
def test_what_declares_ascii_and_is_not_is_read_as_programs_read_it(declared: str) -> None:
    data = f'<?xml version="1.0" encoding="{declared}"?><a>华</a>'.encode()
    assert to_utf8(data).endswith("<a>华</a>".encode())
    assert parse_part(to_utf8(data)).name == "a"


@pytest.mark.parametrize("relation_left", [True, False])
def test_a_workbook_without_styles_gets_a_copy(relation_left: bool, tmp_path: Path) -> None:  # noqa: FBT001
    with zipfile.ZipFile(WRONG) as package:
        parts = {name: package.read(name) for name in package.namelist() if name != "xl/styles.xml"}
    for name, part in parts.items():
        if name.startswith("xl/worksheets/sheet"):
            plain = re.sub(rb'(<(?:c|row|col)\b[^>]*?) (?:s|style)="\d+"', rb"\1", part)
            parts[name] = re.sub(rb' dxfId="\d+"', b"", plain)
    if not relation_left:
        rels = "xl/_rels/workbook.xml.rels"
        parts[rels] = re.sub(rb"<Relationship [^>]*styles\.xml[^>]*/>", b"", parts[rels])
        types = "[Content_Types].xml"
        parts[types] = re.sub(rb"<Override [^>]*styles\.xml[^>]*/>", b"", parts[types])
    path = tmp_path / "return.xlsx"
    path.write_bytes(zipped(list(parts.items())))
    checked(path, to=tmp_path / "back")
    copy = tmp_path / "back" / "return.xlsx"

    with zipfile.ZipFile(copy) as package:
        assert package.read("[Content_Types].xml").count(b"styles.xml") == 1
        assert len(re.findall(rb"/styles\"", package.read("xl/_rels/workbook.xml.rels"))) == 1
    book = opened_by_openpyxl(copy)
    assert book.sheetnames[0] == "问题清单"
    assert book["执行跟踪"]["D7"].fill.fgColor.rgb.startswith(("FFF8", "00F8", "F8"))
