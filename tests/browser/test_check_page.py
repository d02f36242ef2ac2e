"""The page that checks a workbook, in Chromium: what it finds, what it asks for, and what it lives through."""

from __future__ import annotations

import functools
import io
import os
import random
import re
import shutil
import threading
import zipfile
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.page_under_test import PATIENCE, CheckPage, made_for, runtime_for_tests
from tests.helpers import soak
from tests.helpers.documents import TOP
from tests.helpers.planted_round import NOW, PlantedRound, planted_round, said_by_check
from tests.intake.test_corpus import CORPUS, manifest
from xlsflow.errors import InputError
from xlsflow.i18n import LANGS
from xlsflow.page.runtime import Runtime, locked_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

RETURNS, STRANGERS, ROUNDS = 10, 8, 12
SAMPLE = TOP / "samples" / "round"
SMALLEST_PHONE = {"width": 360, "height": 740}
MOST_BYTES = 9_000_000
LEFT = "so this page has not checked it"


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    shared = tmp_path_factory.getbasetemp()
    return runtime_for_tests(shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> PlantedRound:
    return planted_round(tmp_path_factory.mktemp("round"), RETURNS * soak.FACTOR)


@pytest.fixture(scope="module")
def of_sample(runtime: Runtime, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_for(SAMPLE / "project.xlsx", tmp_path_factory.mktemp("page") / "检查 check.html", runtime)


@pytest.fixture(scope="module")
def opened(of_sample: Path, chromium: Browser) -> Iterator[CheckPage]:
    """The page of the sample, opened once for all tests that leave it as they found it."""
    context = chromium.new_context(locale="zh-CN", accept_downloads=True)
    page = CheckPage(context.new_page())
    page.open(of_sample.as_uri())
    yield page
    context.close()


@pytest.fixture
def sample(opened: CheckPage) -> Iterator[CheckPage]:
    yield opened
    opened.clear()


def strangers() -> list[Path]:
    """Return workbooks of the corpus: a few in `make test`, all in a long campaign; none where there is no corpus."""
    if not manifest():
        assert "XLSFLOW_CORPUS" not in os.environ, "the corpus is not where XLSFLOW_CORPUS says"
        return []
    files = sorted(f for f, row in manifest().items() if f.endswith(".xlsx") and row["expected"] != "slow")
    chosen = files if soak.FACTOR > 1 else random.Random(soak.SEED).sample(files, STRANGERS)  # noqa: S311 - samples
    return [CORPUS / file for file in chosen if (CORPUS / file).stat().st_size < 3_000_000]


@soak.campaign("files checked in the page", RETURNS + STRANGERS)
def test_it_says_and_marks_what_check_does(
    planted: PlantedRound, runtime: Runtime, chromium: Browser, tmp_path: Path
) -> None:
    files = [*planted.files, *strangers()]
    # By name, as they are said: two files of one name would be told apart on the command line.
    files = [*{file.name: file for file in files}.values()]
    said = said_by_check(files, planted.project, tmp_path / "feedback")
    context = chromium.new_context(locale="zh-CN", accept_downloads=True)
    page = CheckPage(context.new_page())
    # The clock of the page is that of the round.
    page.page.clock.set_fixed_time(NOW)
    page.open(made_for(planted.project, tmp_path / "check.html", runtime).as_uri())

    page.drop(files)

    wanted = [said[file.name][0]["zh"] for file in files]
    found = page.copied().split("\n")
    for file, text in zip(files, wanted, strict=True):
        lines = text.split("\n")
        shown, found = found[: len(lines)], found[len(lines) :]
        if _is_left(shown[0]):
            continue
        assert shown == lines, file.name
        assert page.marked_copy(file) == said[file.name][1], file.name
    assert {address.partition(":")[0] for address in page.requests} <= {"file", "blob", "data"}
    assert page.complaints == []
    context.close()


def _is_left(line: str) -> bool:
    return "不是 .xlsx 格式，本页没有检查" in line


def test_over_http_it_asks_for_nothing_but_itself(of_sample: Path, chromium: Browser) -> None:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(of_sample.parent)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    context = chromium.new_context(locale="en-GB")
    page = CheckPage(context.new_page())

    page.open(f"http://127.0.0.1:{server.server_port}/{of_sample.name}")
    page.drop([SAMPLE / "inbox" / "DJXP-2026-W47-HN_华南.xlsx"])

    asked = [address for address in page.requests if not address.startswith(("blob:", "data:"))]
    assert len(asked) == 1
    assert asked[0].startswith(f"http://127.0.0.1:{server.server_port}/")
    assert page.complaints == []
    context.close()
    server.shutdown()
    server.server_close()


def test_it_is_small(of_sample: Path) -> None:
    assert of_sample.stat().st_size < MOST_BYTES


def _zip(parts: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def _with_sheet(sheet: bytes, path: Path) -> Path:
    """Write the sample's return with another first sheet."""
    with zipfile.ZipFile(SAMPLE / "inbox" / "DJXP-2026-W47-HN_华南.xlsx") as source:
        parts = {name: source.read(name) for name in source.namelist()}
    parts["xl/worksheets/sheet1.xml"] = sheet
    return _zip(parts, path)


def _rows(count: int) -> bytes:
    """Return a sheet with as many rows of text."""
    rows = io.StringIO()
    for row in range(1, count + 1):
        rows.write(f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>{row} text</t></is></c></row>')
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return f"{head}{rows.getvalue()}</sheetData></worksheet>".encode()


def test_whatever_is_dropped_the_page_lives(sample: CheckPage, tmp_path: Path) -> None:
    encrypted = (
        next(CORPUS / f for f, row in manifest().items() if row["kind"] == "encrypted-xlsx") if manifest() else None
    )
    bomb = _with_sheet(b"<worksheet>" + b" " * (300 << 20) + b"</worksheet>", tmp_path / "bomb.xlsx")
    large = tmp_path / "large.xlsx"
    large.write_bytes(random.Random(1).randbytes(50 << 20))  # noqa: S311 - noise
    empty, good = tmp_path / "empty.xlsx", SAMPLE / "inbox" / "DJXP-2026-W47-HN_华南.xlsx"
    empty.touch()
    legacy = next(
        (CORPUS / f for f, row in manifest().items() if f.endswith(".ods") and row["expected"] == "opens"), None
    )

    sample.drop([file for file in (bomb, large, empty, encrypted, legacy, good) if file])

    said = sample.copied()
    assert "“bomb.xlsx”解压后过大" in said
    assert "“large.xlsx”不是 Excel 工作簿" in said
    assert "“empty.xlsx”是空文件" in said
    assert encrypted is None or "已用密码加密" in said
    assert legacy is None or "本页没有检查" in said
    assert said_by_check([good], SAMPLE / "project.xlsx", tmp_path)[good.name][0]["zh"].split("\n")[1] in said


def test_a_file_that_takes_too_long_is_ended_and_the_next_one_is_checked(
    of_sample: Path, chromium: Browser, tmp_path: Path
) -> None:
    endless = _with_sheet(_rows(900_000), tmp_path / "endless.xlsx")
    good = SAMPLE / "inbox" / "DJXP-2026-W47-HN_华南.xlsx"
    context = chromium.new_context(locale="zh-CN")
    page = CheckPage(context.new_page())
    page.page.clock.install()
    page.open(of_sample.as_uri())

    page.page.set_input_files("#files", [endless, good])
    expect(page.page.locator("#status")).to_contain_text("正在检查 endless.xlsx", timeout=PATIENCE)
    page.page.wait_for_timeout(500)
    page.page.clock.fast_forward(10 * 60 * 1000)
    page.finished()

    assert "秒处理器时间仍没有读完" in page.titles()[0]
    assert "处必须修改" in page.titles()[1]

    page.clear()
    page.page.set_input_files("#files", [endless, endless])
    expect(page.page.locator("#stop")).to_be_visible(timeout=PATIENCE)
    page.page.click("#stop")
    expect(page.page.locator("#results")).to_contain_text("已停止，没有检查")
    page.drop([good])
    assert "处必须修改" in page.titles()[-1]
    context.close()


@soak.campaign("files one after another in one page", ROUNDS)
def test_memory_stays_flat(sample: CheckPage) -> None:
    files = [file for file in sorted((SAMPLE / "inbox").iterdir()) if file.name.startswith("DJXP")]
    sample.drop(files)
    before = sample.heap()

    for _ in range(ROUNDS * soak.FACTOR // len(files)):
        sample.drop(files)
        sample.clear()

    assert sample.heap() == before


def test_everybody_can_use_it(sample: CheckPage) -> None:
    page = sample.page
    faults = _faults(sample)
    sample.drop(sorted((SAMPLE / "inbox").iterdir()))
    faults += _faults(sample)
    page.click("[data-lang=en]")
    assert page.get_attribute("html", "lang") == "en"
    expect(page.locator("h1")).to_have_text("Check your workbook")
    assert "error" in " ".join(sample.titles())
    page.set_viewport_size(SMALLEST_PHONE)  # type: ignore[arg-type]
    faults += _faults(sample)
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALLEST_PHONE["width"]
    page.set_viewport_size({"width": 1280, "height": 800})
    page.click("[data-lang=zh]")
    assert faults == []

    all_shown = page.locator("li").count()
    page.uncheck("#filter-info")
    page.uncheck("#filter-warning")
    assert 0 < page.locator("li").count() < all_shown
    assert page.locator("li:not([data-severity=error])").count() == 0
    page.check("#filter-info")
    page.check("#filter-warning")
    assert page.locator("li").count() == all_shown

    page.emulate_media(media="print")
    assert not page.is_visible("#drop")
    assert page.is_visible("li")
    page.emulate_media(media="screen")

    page.focus("[data-lang=zh]")
    reached = {"zh"}
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.dataset.lang"))
    assert {"zh", "en", "files", "filter-error", "copy-all"} <= reached


def _faults(sample: CheckPage) -> list[str]:
    """Return what axe finds."""
    found = Axe().run(sample.page).response["violations"]
    return [f"{fault['id']}: {node['html'][:120]}" for fault in found for node in fault["nodes"]]


ANSWERS = (
    (r"is a region, department or job title", "黄嘉豪"),
    (r"names \d people \(“([^、]+)、", ""),
    (r"Please give the date", "2026-11-18"),
    (r"Please give the time", "2026-11-20 10:00"),
    (r"Please name the person", "黄嘉豪"),
    (r"is not on the list \([^,]+, ([^,]+),", ""),
    (r"is “([^”]+)”, which \S+ already uses", "HD-2026-777"),
    (r"This row has 2 × A", None),
    (r"so it should be “([^”]+)”", ""),
)
"""What a sentence says -> what is typed into the cell; empty stands for what the sentence itself names."""


@pytest.mark.filterwarnings("ignore:Unknown extension:UserWarning", "ignore:Conditional Formatting:UserWarning")
def test_somebody_who_has_only_the_page_finds_and_corrects_every_error(opened: CheckPage, tmp_path: Path) -> None:
    page, returned = opened.page, SAMPLE / "inbox" / "DJXP-2026-W47-HN_华南.xlsx"
    page.click("[data-lang=en]")
    page.set_input_files("#files", returned)
    expect(page.locator("#status")).to_have_text("Checked: 1 of 1.", timeout=PATIENCE)
    assert "9 errors" in page.inner_text("#results h2")
    with page.expect_download() as coming:
        page.click("text=Download the marked copy")
    corrected = tmp_path / returned.name
    coming.value.save_as(corrected)

    book = openpyxl.load_workbook(corrected)
    for heading in page.locator("#results h3").all():
        for item in heading.locator("xpath=following-sibling::ul[1]/li[@data-severity='error']").all():
            cell, sentence = item.locator(".cells").inner_text(), item.locator(".message").inner_text()
            found, answer = next((m, typed) for said, typed in ANSWERS if (m := re.search(said, sentence)))
            book[heading.inner_text()][cell] = found[1] if answer == "" else answer
    book.save(corrected)
    page.click("text=Clear")
    page.set_input_files("#files", corrected)
    expect(page.locator("#status")).to_have_text("Checked: 1 of 1.", timeout=PATIENCE)

    assert "\n".join(page.locator("li[data-severity=error] .message").all_inner_texts()) == ""
    assert page.locator("#results section.file").count() == 1
    opened.clear()
    page.click("[data-lang=zh]")


def test_the_same_project_gives_the_same_bytes(of_sample: Path, runtime: Runtime, tmp_path: Path) -> None:
    again = made_for(SAMPLE / "project.xlsx", tmp_path / "again.html", runtime)

    assert again.read_bytes() == of_sample.read_bytes()


def test_a_runtime_that_is_not_the_locked_one_is_not_used(runtime: Runtime, tmp_path: Path) -> None:
    copy = Runtime(tmp_path / "runtime")
    shutil.copytree(runtime.folder, copy.folder)
    copy.verify()
    for name, spoil, code in (
        ("compiled.txt", b"another version", "page_runtime_outdated"),
        ("compiled.zip", None, "page_runtime_missing"),
        (locked_files()[0].file, b"altered", "page_part_altered"),
        (locked_files()[1].file, None, "page_part_altered"),
    ):
        file = copy.folder / name
        file.write_bytes(spoil) if spoil else file.unlink()
        with pytest.raises(InputError) as error:
            Runtime(copy.folder).verify()
        assert error.value.code == code
        for lang in LANGS:
            assert copy.folder.name in error.value.say(lang) or name in error.value.say(lang)
