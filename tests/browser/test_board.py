"""The board of a round in Chromium: one offline page."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.helpers.documents import TOP, run

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_board_is_a_page_that_needs_nothing_from_elsewhere(tmp_path: Path, page: Page, lang: str) -> None:
    run("init", "p", "--example", cwd=tmp_path)
    inbox = tmp_path / "p" / "rounds" / "2026-W47" / "inbox"
    inbox.mkdir(parents=True)
    for path in (TOP / "samples" / "round" / "inbox").glob("DJXP*HB*"):
        shutil.copy(path, inbox)
    assert run("status", "--lang", lang, cwd=tmp_path / "p").returncode == 1
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((inbox.parent / "board.html").as_uri())
    assert len(asked) == 1
    rows = page.locator("tbody tr")
    assert rows.count() == 5
    assert rows.nth(2).inner_text().split("\t")[0] == ("华北" if lang == "zh" else "North China")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
