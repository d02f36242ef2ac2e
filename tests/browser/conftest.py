"""One Chromium a test process; every test gets a page of its own."""

from collections.abc import Iterator
from shutil import which

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

# As root Chromium has no sandbox; the rest keeps it from asking hosts of its own, which a log of requests would show.
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=which("chromium"), args=list(SWITCHES))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()
