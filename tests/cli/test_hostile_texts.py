"""What a hostile sender types into a return stays text in all that is written, and reading it reaches nowhere."""

from __future__ import annotations

import json
import re
import unicodedata
import zipfile
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.helpers.returned_rows import AS_OF, PROJECT, a_return, task
from xlsflow import api
from xlsflow.api import View, merge_to, report
from xlsflow.render.as_markdown import escaped
from xlsflow.render.as_text import finding_lines
from xlsflow.render.html_style import script
from xlsflow.system import libreoffice

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTILE = (
    "=cmd|'/c calc'!A0",
    '=HYPERLINK("http://127.0.0.1/evil","点此查看")',
    '=WEBSERVICE("http://127.0.0.1/evil")',
    '=DDE("cmd";"/c calc";"evil")',
    "+evil+1",
    "-evil+1",
    "@SUM(evil)",
    "\t=evil()",
    " =evil()",
    "\r=evil()",
    "＝evil()",
    "_x003D_evil()",
    "{=evil()}",
    "http://127.0.0.1/evil",
    "www.evil.example",
    "mailto:evil@example.com",
    "internal:'evil'!A1",
    "external:c:\\evil.xlsx",
    "file:///etc/evil",
    "<script>evil()</script>",
    '"><svg/onload=evil()>',
    "<a href='javascript:evil()'>x</a>",
    "![evil](http://127.0.0.1/evil.png)",
    "[evil](javascript:evil)",
    "<http://127.0.0.1/evil>",
    "&lt;script&gt;evil&#40;)",
    "| evil | `evil` |\r# evil",
    "evil\x1b]0;title\x07\x1b[2J",
    "evil\u202e\ufffe\uffff\0",
    "]]><f>evil()</f>",
)
FORMULAS = {"f", "formula", "formula1", "formula2", "definedName", "sqref", "calculatedColumnFormula"}
SIGN = "evil"
"""Is in every hostile text, and in nothing else."""


@pytest.fixture(scope="module")
def round_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder: a hostile return, what goes back for it, and the consolidated workbook in every form."""
    folder = tmp_path_factory.mktemp("hostile")
    tasks = [
        task(number, task=f"{number} {text}", remark=text, delay_reason=text, owner=text, support=text)
        for number, text in enumerate(HOSTILE, 1)
    ]
    wrong = [task(100 + number, progress=text, region=text, task_id=text) for number, text in enumerate(HOSTILE)]
    a_return(folder / "inbox" / "华东 =evil().xlsx", "HD", *tasks, *wrong)
    view = View(AS_OF)
    merge_to([folder / "inbox"], folder / "book.xlsx", project=PROJECT, view=view, feedback=folder / "back")
    for ending in (".html", ".json"):
        report(folder / "book.xlsx", folder / f"book{ending}", view=view)
    # The first page alone, which names what is overdue: later everything is.
    report(folder / "book.xlsx", folder / "book.md", view=View(AS_OF + timedelta(days=90)))
    return folder


def workbooks(folder: Path) -> Iterator[Path]:
    """Yield every workbook that was written, the copy for the region included."""
    yield folder / "book.xlsx"
    yield from (folder / "back").glob("*.xlsx")


def parts(path: Path) -> Iterator[tuple[str, ET.Element]]:
    """Yield every XML part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels", ".vml")):
                yield name, ET.fromstring(archive.read(name))  # noqa: S314 - our own files


def tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def test_the_texts_reach_every_output(round_: Path) -> None:
    """Otherwise what is said of them here would say nothing."""
    for name, least in (("book.html", len(HOSTILE)), ("book.json", len(HOSTILE)), ("book.md", 4)):
        assert (round_ / name).read_text("utf-8").count(SIGN) > least
    assert list((round_ / "back").glob("*.xlsx"))
    assert (round_ / "back" / "华东 =evil().xlsx.txt").read_text("utf-8").count(SIGN) > 3
    for path in workbooks(round_):
        found = {text for _, root in parts(path) for one in root.iter() for text in [one.text] if text and SIGN in text}
        assert len(found) > len(HOSTILE)


def test_no_hostile_text_is_a_formula_of_a_workbook(round_: Path) -> None:
    for path in workbooks(round_):
        for name, root in parts(path):
            for one in root.iter():
                if tag(one) in FORMULAS:
                    assert SIGN not in (one.text or ""), (path.name, name)
                if tag(one) == "c" and SIGN in "".join(one.itertext()):
                    assert one.get("t") in {"s", "str", "inlineStr"}
                    assert not [child for child in one if tag(child) == "f"]


def test_no_hostile_text_is_a_link_of_a_workbook(round_: Path) -> None:
    for path in workbooks(round_):
        for name, root in parts(path):
            for one in root.iter():
                assert one.get("TargetMode") != "External", (path.name, name)
                if tag(one) in {"hyperlink", "Relationship", "hlinkClick"}:
                    assert not [value for value in one.attrib.values() if SIGN in value], (path.name, name)


class LivePage(HTMLParser):
    """Notes every tag that runs or fetches, and every attribute that leads out or holds a hostile text."""

    def __init__(self) -> None:
        super().__init__()
        self.live: list[object] = []
        self.scripts: list[str] = []
        self.in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_ours = attrs == [("method", "dialog")] or tag == "script"
        if tag in {"iframe", "object", "embed", "link", "img", "form", "base"} and not is_ours:
            self.live.append(tag)
        self.in_script = tag == "script" and ("type", "application/json") not in attrs
        for name, value in attrs:
            outside = name in {"href", "src", "action"} and not (value or "").startswith("#")
            if outside or name.startswith("on") or (SIGN in (value or "") and name != "title"):
                self.live.append((tag, name, value))

    def handle_data(self, data: str) -> None:
        if self.in_script:
            self.scripts.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.in_script = self.in_script and tag != "script"


def test_a_page_runs_nothing_fetches_nothing_and_leads_nowhere(round_: Path) -> None:
    page = LivePage()
    page.feed((round_ / "book.html").read_text("utf-8"))
    assert page.live == []
    assert "".join(page.scripts) == script(), "data are no script, and nothing ends them"


def test_markdown_shows_hostile_texts_as_they_are(round_: Path) -> None:
    text = (round_ / "book.md").read_text("utf-8")
    lines = [line for line in text.splitlines() if SIGN in line]
    bare = [re.sub(r"\\[!-/:-@\[-`{-~]", "", line).replace("<br>", "") for line in lines]
    for line in bare:
        assert not re.search(r"<\w|\]\(|https?://|www\.|`|&\w+;|&#", line), line
        assert line.startswith("|"), line
    columns = {line.count("|") for line in bare}
    assert columns <= {line.count("|") for line in text.splitlines() if line.startswith("| ---")}


@pytest.mark.parametrize("text", ["a\rb", "a\nb", "a\r\nb"])
def test_a_line_of_a_table_stays_one_line_of_markdown(text: str) -> None:
    assert escaped(text) == "a<br>b"


def test_the_json_is_data(round_: Path) -> None:
    assert json.loads((round_ / "book.json").read_text("utf-8"))["lists"]


def test_no_terminal_and_no_chat_obeys_a_hostile_text_or_name(round_: Path, tmp_path: Path) -> None:
    source = next((round_ / "inbox").iterdir())
    path = tmp_path / "a\x1b[2J.xlsx"
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(path, "w") as renamed:
        for name in archive.namelist():
            data = archive.read(name)
            if name == "xl/workbook.xml":
                data = data.replace('name="执行跟踪"'.encode(), 'name="执行跟踪&#10;华北  ✔ 没有问题\u202e"'.encode())
            renamed.writestr(name, data)
    outcome = api.check([path], project=PROJECT, as_of=AS_OF, feedback=tmp_path / "back")
    (text,) = (tmp_path / "back").glob("*.txt")
    said = [*finding_lines(outcome.files, outcome.findings, "zh"), *text.read_text("utf-8").splitlines()]
    assert any("华北" in line for line in said)
    for line in said:
        assert not line.startswith("华北")
        assert not [one for one in line if unicodedata.category(one) in {"Cc", "Cf"}], line


def test_what_is_laid_out_for_paper_holds_no_hostile_formula(
    round_: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out = tmp_path / "laid_out.xlsx"

    def convert_to_pdf(source: Path, _name: str) -> bytes:
        laid_out.write_bytes(source.read_bytes())
        return b"%PDF"

    monkeypatch.setattr(libreoffice, "convert_to_pdf", convert_to_pdf)
    api.print_(next((round_ / "inbox").iterdir()), tmp_path / "a.pdf", project=PROJECT, view=api.View(AS_OF))
    count = 0
    for _, root in parts(laid_out):
        for one in root.iter():
            assert one.get("TargetMode") != "External"
            assert tag(one) not in FORMULAS or SIGN not in (one.text or "")
            count += SIGN in (one.text or "")
    assert count > len(HOSTILE)
