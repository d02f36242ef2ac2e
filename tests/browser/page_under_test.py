"""The page that checks workbooks, as tests open it: made once a run, driven by what a person sees."""

from __future__ import annotations

import base64
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from xlsflow.errors import InputError
from xlsflow.page.runtime import Runtime, fetch_runtime
from xlsflow.pipeline.page.write_page import write_page
from xlsflow.pipeline.project_file import load_project, open_library
from xlsflow.system.file_lock import only_one_at_a_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page, Request

FETCHED = Path(sys.prefix) / "page-runtime"
"""Where `make test` has fetched the runtime to, once for all checkouts that share the environment."""
PATIENCE = 120_000
"""Milliseconds that a busy machine may take for the next thing to happen."""


def runtime_for_tests(shared: Path) -> Runtime:
    """Return the runtime, compiled for this checkout once a run, whichever process of the tests comes first."""
    folder = shared / "page-runtime"
    while True:
        try:
            with only_one_at_a_time(shared / "page-runtime-lock" / "lock"):
                if not folder.is_dir():
                    shutil.copytree(FETCHED, folder) if FETCHED.is_dir() else folder.mkdir()
                return fetch_runtime(folder)
        except InputError as error:
            if error.code != "already_running":
                raise
            time.sleep(0.5)


def made_for(project: Path, out: Path, runtime: Runtime, region: str = "") -> Path:
    """Write the page of a project, and return its path."""
    library = open_library([], project)
    write_page(out, load_project(project, library), library, runtime.folder, region)
    return out


KEPT = """
globalThis.blobs = new Map();
const address = URL.createObjectURL;
URL.createObjectURL = (blob) => { const made = address(blob); blobs.set(made, blob); return made; };
"""
"""Keeps the blobs that links lead to: Chromium downloads ten of them, then asks a person."""
COPY = """async (link) => {
  const bytes = new Uint8Array(await blobs.get(link.href).arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}"""
"""Returns the content of the blob that a link leads to."""


@dataclass
class CheckPage:
    """The page in a browser.

    Attributes:
        page: The tab that it is in.
        requests: Addresses that were asked for.
        complaints: What the browser complained of.
    """

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.add_init_script(KEPT)
        self.page.on("request", self._asked)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)

    def open(self, address: str) -> None:
        """Open the page in Chinese, and wait until it is ready."""
        self.page.goto(f"{address}#zh")
        expect(self.page.locator("#status")).to_have_text("可以开始检查。", timeout=PATIENCE)
        # What is copied lands in a clipboard that a headless browser does not have.
        self.page.evaluate(
            "document.addEventListener('copy', () => { globalThis.copied = document.activeElement.value; })"
        )

    def drop(self, files: Sequence[Path]) -> None:
        """Choose files, and wait until all are checked."""
        self.page.set_input_files("#files", files)
        self.finished()

    def finished(self) -> None:
        """Wait until all files are checked."""
        expect(self.page.locator("#stop")).to_be_hidden(timeout=PATIENCE)
        expect(self.page.locator("#status")).to_contain_text("检查完毕", timeout=PATIENCE)

    def copied(self) -> str:
        """Return all findings as "Copy all as text" copies them."""
        self.page.click("#copy-all")
        return str(self.page.evaluate("globalThis.copied"))

    def titles(self) -> list[str]:
        """Return the title of every file."""
        return self.page.locator("#results h2").all_inner_texts()

    def clear(self) -> None:
        """Remove all results."""
        if self.page.is_visible("#clear"):
            self.page.click("#clear")

    def marked_copy(self, file: Path) -> bytes | None:
        """Return the marked copy of a file; None where none is offered."""
        link = self.page.locator(f"a[download='{file.name}']")
        return base64.b64decode(str(link.evaluate(COPY))) if link.count() else None

    def heap(self) -> int:
        """Return the bytes that the worker's Python has taken."""
        return int(self.page.workers[-1].evaluate("heapBytes()"))
