"""A report without contacts holds no telephone number and no address, on no page and in no text that is packed."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

import pytest

import xlsflow
from tests.helpers.returned_rows import AS_OF, PROJECT, a_return_of, task
from tests.helpers.returns import opened_by_openpyxl
from xlsflow.api import merge_to, report
from xlsflow.reports.without_contacts import _CONTACT

if TYPE_CHECKING:
    from pathlib import Path

VIEW = xlsflow.View(AS_OF)
MOBILE, MAIL, EXTENSION = "13800138000", "li.ming@private.example.com", "分机 8021"


def cover(contact: str) -> dict[str, object]:
    return {"reporter": "王雨桐", "contact": contact}


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with returns that hold contacts where they belong, and elsewhere."""
    folder = tmp_path_factory.mktemp("inbox")
    tasks = [
        task(1, remark=f"请联系 {MAIL}"),
        task(2, owner=f"王雨桐 <wang.yutong@example.com> {MOBILE}"),
        {**task(3), "task_id": None, "remark": f"电话 {MOBILE}"},
    ]
    a_return_of(folder / "hd.xlsx", "HD", {"cover.submission": [cover(f"{MOBILE}, {MAIL}")], "tracking.tasks": tasks})
    # Another return of the region: what differs is a conflict, the contact on the cover among it.
    later = [task(1, progress="blocked", support="人手")]
    a_return_of(
        folder / "hd2.xlsx", "HD", {"cover.submission": [cover("021-6666-7777")], "tracking.tasks": later}, day=19
    )
    a_return_of(folder / "hn.xlsx", "HN", {"cover.submission": [cover(EXTENSION)], "tracking.tasks": []})
    return folder


@pytest.fixture(scope="module")
def full(inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("full") / "full.xlsx"
    merge_to([inbox], path, project=PROJECT, view=VIEW)
    return path


@pytest.fixture(scope="module")
def bare(inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bare") / "bare.xlsx"
    merge_to([inbox], path, project=PROJECT, view=xlsflow.View(AS_OF, contacts=False))
    return path


def texts(path: Path) -> str:
    """Return everything that a workbook stores, unpacked, with what its packed pages hold."""
    with zipfile.ZipFile(path) as package:
        whole = "".join(package.read(name).decode("utf-8") for name in package.namelist() if name.endswith(".xml"))
    book = xlsflow.open_book(path)
    return whole + repr((book.history_lines, book.proposals, book.findings, book.aside, book.returns))


def cells(path: Path) -> list[str]:
    book = opened_by_openpyxl(path)
    return [str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row if value]


def test_a_book_without_contacts_holds_none(full: Path, bare: Path) -> None:
    before, whole = texts(full), texts(bare)
    for contact in (MOBILE, MAIL, "021-6666-7777", EXTENSION, "wang.yutong@example.com", "pmo@example.com"):
        assert contact in before
        assert contact not in whole
    assert not [text for text in cells(bare) if "@" in text]
    assert not [text for text in cells(bare) if _CONTACT.search(text)]
    # Names and everything else stay.
    assert "王雨桐" in whole
    assert [*xlsflow.open_book(bare).tables["tracking.tasks"]["owner"]] == [
        *xlsflow.open_book(full).tables["tracking.tasks"]["owner"]
    ]


@pytest.mark.parametrize("name", ["again.xlsx", "again.json"])
def test_a_report_without_contacts_in_any_format(full: Path, tmp_path: Path, name: str) -> None:
    out = report(full, tmp_path / name, view=xlsflow.View(contacts=False))
    shown = "\n".join(cells(out)) if name.endswith(".xlsx") else out.read_text("utf-8")
    assert MOBILE not in shown
    assert MAIL not in shown
    assert "@example.com" not in shown


def test_a_book_without_contacts_is_read_back_without_an_edit(bare: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    before = xlsflow.open_book(bare)
    merge_to([bare], again, project=PROJECT, view=VIEW)
    after = xlsflow.open_book(again)
    assert not [record for record in after.files if record.file not in {one.file for one in before.files}]
    assert [(p.key, p.field) for p in after.proposals] == [(p.key, p.field) for p in before.proposals]


def test_contacts_stand_only_where_they_belong(full: Path, tmp_path: Path) -> None:
    """History, conflicts, baseline and findings hold no contact of the project unless it was typed there."""
    book = xlsflow.open_book(full)
    findings = [finding for finding in book.findings if finding.location.field not in {"contact", "owner"}]
    stored = repr((book.history_lines, book.proposals, findings, [one.gone for one in book.returns]))
    assert {*_CONTACT.findall(stored)} <= {MOBILE, MAIL}
    (sent,) = xlsflow.generate(PROJECT, tmp_path, xlsflow.Order(regions=["HD"], source=[full], round="W48"))
    with zipfile.ZipFile(sent) as package:
        whole = "".join(package.read(name).decode() for name in package.namelist() if name.endswith(".xml"))
    assert {*re.findall(r"[\w.]+@[\w.]+", whole)} <= {MAIL, "pmo@example.com"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("13800138000", True), ("电话：138 0013 8000。", True), ("+86 138-0013-8000", True), ("021-55500101", True),
        ("(021) 55500101", True), ("010-5550-0166", True), ("a.b+c@mail.example.com", True), ("+65 6123 4567", True),
        ("HD-2026-001", False), ("2026-11-20 18:00", False), ("1380013800013800", False), ("db13800138000ff", False),
        ("HD-2026-HB13800138000", False), ("3.13800138000", False), ("第 1 章 2 节", False), ("@所有人", False),
    ],
)  # fmt: skip
def test_what_looks_like_a_contact(text: str, *, found: bool) -> None:
    assert bool(_CONTACT.search(text)) is found
