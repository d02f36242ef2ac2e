"""The HTML report in a browser: sorted, filtered, searched by mouse and keyboard, on a phone, in the dark, on paper."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.reports import report_example as example
from xlsflow.i18n import LANGS
from xlsflow.render.as_html import html
from xlsflow.reports import make_report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, ViewportSize

    from xlsflow.i18n import Lang

MANY = 1200
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the example in both languages, and a report of many overdue items."""
    folder = tmp_path_factory.mktemp("pages")
    rows = tuple(
        (f"HD-{n:04}", f"任务 {n}", ("east", "south", "north")[n % 3], "林晓曼", -1 - n % 50, "late", 0.5, "", "")
        for n in range(MANY)
    )
    many = example.inputs(example.book({example.JOBS: example.tasks(rows)}))
    for name, inputs, lang in (("zh", None, "zh"), ("en", None, "en"), ("many", many, "zh")):
        text = "".join(html(make_report(inputs or example.inputs(), "en" if lang == "en" else "zh")))
        (folder / f"{name}.html").write_text(text, "utf-8")
    return folder


@pytest.fixture
def many(page: Page, pages: Path) -> Iterator[Page]:
    """Yield the page of many items; it may ask no host and make no error."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: wrong.append(request.url) if not request.url.startswith("file:") else None)
    page.set_viewport_size(DESK)
    page.goto((pages / "many.html").as_uri())
    yield page
    assert wrong == []


def cells(page: Page, column: int) -> list[str]:
    """Return the texts of a column of the list of overdue items, as far as they are drawn."""
    return page.locator(f"#list-overdue tbody td:nth-child({column})").all_text_contents()


def test_a_header_sorts_up_down_and_back(many: Page) -> None:
    head = many.locator("#list-overdue thead th").nth(0)
    button = head.get_by_role("button")
    before = cells(many, 1)

    button.click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert cells(many, 1)[:2] == ["HD-0000", "HD-0001"]
    button.focus()
    many.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert cells(many, 1)[0] == f"HD-{MANY - 1}"
    many.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") is None
    assert cells(many, 1) == before


def test_a_list_is_searched_by_keyboard_and_filtered_by_what_a_column_holds(many: Page) -> None:
    many.locator("#list-overdue").scroll_into_view_if_needed()
    many.keyboard.press("/")
    many.keyboard.type("HD-0777")
    assert cells(many, 1) == ["HD-0777"]
    assert f"1 / {MANY}" in str(many.locator("#list-overdue output").text_content())
    many.keyboard.press("Escape")

    many.locator("#list-overdue").get_by_label("报送区域").select_option("华南")
    assert set(cells(many, 3)) == {"华南"}
    assert f"{MANY // 3} / {MANY}" in str(many.locator("#list-overdue output").text_content())


def test_all_rows_come_as_they_are_needed(many: Page) -> None:
    assert len(cells(many, 1)) == 100
    box = many.locator("#list-overdue .scroll")
    for _ in range(20):
        box.evaluate("box => box.scrollTo(0, box.scrollHeight)")
        many.wait_for_timeout(30)
    assert len(cells(many, 1)) == MANY


def test_a_row_leads_to_its_source_and_back(many: Page) -> None:
    opener = many.locator("#list-overdue tbody td.id button").first
    opener.focus()
    many.keyboard.press("Enter")

    dialog = many.get_by_role("dialog")
    words = str(dialog.text_content())
    assert all(word in words for word in ("执行跟踪", "W47_", opener.text_content() or ""))
    many.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert opener.evaluate("one => one === document.activeElement")


@pytest.mark.parametrize(("lang", "size", "scheme"), [("zh", DESK, "dark"), ("en", PHONE, "light")])
def test_the_page_has_no_barrier_on_a_phone_or_in_the_dark(
    chromium: Browser, pages: Path, lang: Lang, size: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    context = chromium.new_context(viewport=size, color_scheme=scheme)
    page = context.new_page()
    page.goto((pages / f"{lang}.html").as_uri())

    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    context.close()


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_is_cut_off_at_the_side_of_a_phone(chromium: Browser, pages: Path, lang: Lang) -> None:
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto((pages / f"{lang}.html").as_uri())

    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    context.close()


def test_the_reader_chooses_between_light_and_dark(many: Page) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    light = many.evaluate(paper)

    many.get_by_role("button", name="深色").click()
    dark = many.evaluate(paper)
    many.get_by_role("button", name="浅色").click()

    assert dark != light
    assert many.evaluate(paper) == light


def test_without_scripts_it_is_a_plain_page_with_the_first_rows_and_the_numbers_of_the_charts(
    chromium: Browser, pages: Path
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((pages / "many.html").as_uri())

    assert len(cells(page, 1)) == 500
    assert f"前 500 行，共 {MANY} 行" in str(page.locator("#list-overdue").text_content())
    assert page.locator("details table").count() >= 2
    assert page.locator("button").count() == 1, "what only a script can do is not offered"
    context.close()


def test_paper_splits_no_box(many: Page, tmp_path: Path) -> None:
    many.pdf(path=tmp_path / "a.pdf", prefer_css_page_size=True, print_background=True)

    text = subprocess.run(["pdftotext", "-layout", tmp_path / "a.pdf", "-"], check=True, capture_output=True)
    first, *others = text.stdout.decode().split("\f")
    assert "① 各区域信号" in first
    third = make_report(example.inputs(), "zh").overview.bands[2][0].title
    assert third in first, "the first page is whole"
    assert not any("深色" in page for page in (first, *others)), "what only a screen needs is not printed"
