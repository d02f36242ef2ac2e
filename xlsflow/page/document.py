"""Puts the page together: one HTML file with everything in it. Equal input gives equal bytes."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.page.texts import SENTENCES_OF_PAGE

if TYPE_CHECKING:
    from xlsflow.i18n import Lang, LocalizedText
    from xlsflow.page.runtime import Runtime

_BROWSER = Path(__file__).parent / "browser"


@dataclass(frozen=True)
class PageContent:
    """What a page is made for.

    Attributes:
        definitions: What files are checked against, as the checker in the page loads it.
        zones: Names of the time zones that it needs.
        about: What the page says of itself: `project`, `round`, and `region` where it is for one.
        language: Its language where the reader's browser names none.
        version: Version of xlsflow.
    """

    definitions: bytes
    zones: Iterable[str]
    about: Mapping[str, LocalizedText]
    language: Lang
    version: str


def page_document(content: PageContent, runtime: Runtime) -> bytes:
    """Return the page.

    Args:
        content: What it is made for.
        runtime: What it runs on; verified.
    """
    style, script = _text("page.css"), _text("page.js")
    packed = {
        "wasm": runtime.wasm,
        "code": runtime.code,
        "definitions": content.definitions,
        "zones": _zones(content.zones, runtime),
        "worker": f"{runtime.scripts}\n{_text('worker.js')}".encode(),
    }
    parts = [f'<script type="application/json" id="part-page">{_data(content)}</script>']
    parts += [f'<script type="text/plain" id="part-{name}">{_packed(data)}</script>' for name, data in packed.items()]
    page = _text("page.html").format(
        lang="zh-CN" if content.language == "zh" else "en",
        policy=_policy(style, script),
        title=escape(SENTENCES_OF_PAGE["title"].say(content.language)),
        style=style,
        parts="\n".join(parts),
        script=script,
    )
    return page.encode()


def _policy(style: str, script: str) -> str:
    """Return the policy that keeps the page from reaching anything: it has its own parts, and no network."""
    rules = {
        "default-src": "'none'",
        "connect-src": "'none'",
        "script-src": f"{_digest(script)} 'wasm-unsafe-eval'",
        "worker-src": "blob:",
        "style-src": _digest(style),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"


def _text(name: str) -> str:
    return (_BROWSER / name).read_text("utf-8")


def _packed(data: bytes) -> str:
    return base64.b64encode(gzip.compress(data, 9, mtime=0)).decode()


def _zones(names: Iterable[str], runtime: Runtime) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted({*names}):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), runtime.zone(name))
    return buffer.getvalue()


def _data(content: PageContent) -> str:
    value = {
        "texts": {key: {"zh": text.zh, "en": text.en} for key, text in SENTENCES_OF_PAGE.items()},
        "about": {
            **{key: {"zh": text.zh, "en": text.en} for key, text in content.about.items()},
            "version": content.version,
        },
        "language": content.language,
    }
    # Inside a script element only this ends it.
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
